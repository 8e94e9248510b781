// SPDX-License-Identifier: Apache-2.0
//! What a relay call has to prove, the cheapest checks first.

use crate::{
	Acked, Config, Edge, Error, Lanes, Pallet, Progress, Relayed, Sizes, Step, WeightInfo,
	FREE_MIN_BATCH, FREE_MIN_SHARE, MAX_PRUNE,
};
use alloc::vec::Vec;
use bp_runtime::StorageProofChecker;
use frame_support::{ensure, traits::Get, weights::Weight};
use sp_core::H256;
use sp_runtime::{traits::BlakeTwo256, SaturatedConversion};
use terrace_layers::{
	keys, limits, Direction, FinalityClients, FinalityProof, Imported, LaneState, Message,
	Neighbours, StateProof, VersionedMessage,
};

impl<T: Config> Pallet<T> {
	/// Checks what needs no proof: lengths, the neighbour and this end of the lane.
	pub(crate) fn check_call(call: &Relayed<'_>) -> Result<Edge, Error<T>> {
		Self::check_sizes(call)?;
		ensure!(call.lane.is_known(), Error::<T>::UnknownLane);
		let relation = T::Registry::relation(&call.chain).ok_or(Error::<T>::UnknownChain)?;
		ensure!(T::Registry::may_receive(&call.chain), Error::<T>::NotReceiving);
		let own = Lanes::<T>::get(call.key()).ok_or(Error::<T>::UnknownLane)?;
		ensure!(own.open, Error::<T>::LaneClosed);
		let next = own.in_nonce.saturating_add(1);
		ensure!(call.first >= next, Error::<T>::Obsolete);
		ensure!(call.first == next, Error::<T>::NotYet);
		Ok(Edge { relation, own })
	}

	fn check_sizes(call: &Relayed<'_>) -> Result<(), Error<T>> {
		let sizes = Sizes::of(call.proof, call.messages, call.tail);
		ensure!(sizes.messages <= limits::MAX_MESSAGES_PER_CALL, Error::<T>::TooManyMessages);
		ensure!(sizes.payload_bytes <= limits::MAX_BYTES_PER_CALL, Error::<T>::TooManyBytes);
		let longest = call.messages.iter().map(Vec::len).max().unwrap_or(0);
		ensure!(longest.saturated_into::<u32>() <= limits::MAX_MESSAGE, Error::<T>::MessageTooLong);
		ensure!(sizes.tail <= limits::MAX_PENDING, Error::<T>::TailTooLong);
		ensure!(
			sizes.nodes <= limits::MAX_PROOF_NODES && sizes.proof_bytes <= limits::MAX_PROOF_BYTES,
			Error::<T>::ProofTooLarge
		);
		Ok(())
	}

	/// Checks the proof, the messages under it and what they may take.
	///
	/// `imported` is what the finality proof of the call, verified before, has shown.
	pub(crate) fn check_proof(
		call: &Relayed<'_>,
		edge: &Edge,
		imported: Option<Imported>,
	) -> Result<Step, Error<T>> {
		let peer = Self::proven_lane(call, edge, imported)?;
		if peer.in_nonce > edge.own.out_nonce {
			return Ok(Step::Overrun { claimed: peer.in_nonce });
		}
		let acked = (peer.in_nonce > Acked::<T>::get(call.key()).nonce).then_some(peer.in_nonce);
		let sent_more = peer.out_nonce > edge.own.in_nonce;
		ensure!(sent_more || acked.is_some(), Error::<T>::Obsolete);
		let progress = Self::check_messages(call, &edge.own, &peer)?;
		ensure!(!call.messages.is_empty() || acked.is_some(), Error::<T>::Obsolete);
		Ok(Step::Progress(Progress { acked, ..progress }))
	}

	/// Checks and reads the messages that the neighbour's end of the lane commits to.
	pub(crate) fn check_messages(
		call: &Relayed<'_>,
		own: &LaneState,
		peer: &LaneState,
	) -> Result<Progress, Error<T>> {
		let delivered = Self::delivered(call, own, peer)?;
		let messages: Vec<_> = call.messages.iter().map(|payload| Self::read(payload)).collect();
		let weight = messages.iter().fold(Weight::zero(), |sum, message| {
			sum.saturating_add(Self::weight_of_message(message.as_ref()))
		});
		ensure!(weight.all_lte(call.max_weight), Error::<T>::WeightTooLow);
		Ok(Progress { delivered, acked: None, messages, weight })
	}

	/// The neighbour's end of the lane, as its state proves it.
	pub(crate) fn proven_lane(
		call: &Relayed<'_>,
		edge: &Edge,
		imported: Option<Imported>,
	) -> Result<LaneState, Error<T>> {
		let root = imported
			.filter(|block| block.number == call.at)
			.map(|block| block.state_root)
			.or_else(|| T::Registry::state_root(&call.chain, call.at))
			.ok_or(Error::<T>::HeaderUnknown)?;
		let bad = |_| Error::<T>::BadStateProof;
		let mut proof =
			StorageProofChecker::<BlakeTwo256>::new(root, call.proof.clone()).map_err(bad)?;
		let value = proof.read_value(&keys::lane(edge.own.self_id, call.lane)).map_err(bad)?;
		proof.ensure_no_unused_nodes().map_err(bad)?;
		let value = value.ok_or(Error::<T>::LaneAbsent)?;
		let peer = LaneState::read(&value).ok_or(Error::<T>::LaneMismatch)?;
		ensure!(
			peer.self_id == call.chain && peer.incarnation == edge.own.incarnation,
			Error::<T>::LaneMismatch
		);
		Ok(peer)
	}

	/// Cursor after the messages, which with the tail must be all that the neighbour has sent.
	fn delivered(
		call: &Relayed<'_>,
		own: &LaneState,
		peer: &LaneState,
	) -> Result<(u64, H256), Error<T>> {
		let brought = call.messages.len().saturating_add(call.tail.len());
		let missing = peer.out_nonce.checked_sub(own.in_nonce).ok_or(Error::<T>::Obsolete)?;
		ensure!(missing == brought.saturated_into::<u64>(), Error::<T>::WrongCount);
		let way = Direction {
			source: call.chain,
			target: own.self_id,
			lane: call.lane,
			incarnation: own.incarnation,
		};
		let chain = way
			.extend(own.in_nonce, own.in_head, call.messages, call.tail)
			.ok_or(Error::<T>::WrongCount)?;
		ensure!(chain.end == (peer.out_nonce, peer.out_head), Error::<T>::WrongHead);
		Ok(chain.delivered)
	}

	pub(crate) fn read(payload: &[u8]) -> Option<Message> {
		VersionedMessage::from_payload(payload).ok()
	}

	/// Whether a call does enough to be free.
	///
	/// Without a least size, one batch could be split into many free calls.
	pub(crate) fn is_free(call: &Relayed<'_>, step: &Step) -> bool {
		let Step::Progress(progress) = step else { return true };
		let enough = Self::share_of_block(FREE_MIN_SHARE).ref_time();
		progress.acked.is_some()
			|| call.tail.is_empty()
			|| call.messages.len().saturated_into::<u32>() >= FREE_MIN_BATCH
			|| progress.weight.ref_time() >= enough
	}

	/// The `share`-th part of a block.
	pub(crate) fn share_of_block(share: u64) -> Weight {
		T::BlockWeights::get().max_block.saturating_div(share)
	}

	/// Most weight of verifying a relay call.
	pub(crate) fn weight_of_check(
		finality: Option<&FinalityProof>,
		proof: &StateProof,
		messages: &[Vec<u8>],
		tail: &[H256],
	) -> Weight {
		let finality = finality.map_or_else(Weight::zero, |proof| {
			let justification = &proof.justification;
			T::Registry::weight(
				justification.commit.precommits.len().saturated_into(),
				justification.votes_ancestries.len().saturated_into(),
			)
		});
		let sizes = Sizes::of(proof, messages, tail);
		Self::weight_of_proofs(&sizes).saturating_add(finality)
	}

	/// Most weight of verifying a relay call of these sizes besides its finality.
	pub(crate) fn weight_of_proofs(sizes: &Sizes) -> Weight {
		let Sizes { nodes, proof_bytes, messages, payload_bytes, tail } = *sizes;
		T::WeightInfo::check_cheaply()
			.saturating_add(T::WeightInfo::check_proof(nodes, proof_bytes))
			.saturating_add(T::WeightInfo::check_messages(messages))
			.saturating_add(T::WeightInfo::check_tail(tail))
			.saturating_add(T::WeightInfo::check_payload(payload_bytes))
	}

	/// Most weight of a relay call.
	pub(crate) fn whole_weight(call: &Relayed<'_>) -> Weight {
		Self::weight_of_relay(call.finality, call.proof, call.messages, call.tail)
			.saturating_add(call.max_weight)
	}

	/// Most weight of a relay call that was verified.
	///
	/// What it was allowed beyond that is given back, and must not use up the neighbour's budget:
	/// whoever relays chooses it.
	pub(crate) fn needed_weight(call: &Relayed<'_>, step: &Step) -> Weight {
		let messages = match step {
			Step::Overrun { .. } => Weight::zero(),
			Step::Progress(progress) => progress.weight,
		};
		Self::weight_of_relay(call.finality, call.proof, call.messages, call.tail)
			.saturating_add(messages)
	}

	/// Most weight of a relay call besides what its messages do.
	pub(crate) fn weight_of_relay(
		finality: Option<&FinalityProof>,
		proof: &StateProof,
		messages: &[Vec<u8>],
		tail: &[H256],
	) -> Weight {
		let sizes = Sizes::of(proof, messages, tail);
		Self::weight_of_check(finality, proof, messages, tail)
			.saturating_add(T::WeightInfo::deliver(sizes.messages, sizes.payload_bytes))
			.saturating_add(T::WeightInfo::prune(MAX_PRUNE.saturated_into()))
	}
}
