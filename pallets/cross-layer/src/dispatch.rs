// SPDX-License-Identifier: Apache-2.0
//! What verified messages do.

use crate::{
	Acked, Acknowledged, Config, CurrentTrace, DeadLetterNonces, DeadLetters, Error, Event,
	LaneKey, Lanes, Outbox, Pallet, Payload, Progress, Relayed, Sizes, Step, WeightInfo,
	LOG_TARGET, MAX_PRUNE,
};
use alloc::vec::Vec;
use frame_support::{
	dispatch::{DispatchResultWithPostInfo, Pays, PostDispatchInfo},
	ensure,
	storage::with_storage_layer,
	weights::Weight,
};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult, SaturatedConversion};
use terrace_layers::{
	ChainId, Direction, FinalityClients, FreeRelaying, LaneState, Message, OnMessage, Relation,
};

/// Outcome of the messages of one call.
struct Delivery {
	count: u32,
	failed: u32,
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_relay(call: &Relayed<'_>) -> DispatchResultWithPostInfo {
		let edge = Self::check_call(call)?;
		let imported =
			call.finality.map(|proof| T::Registry::import(&call.chain, proof)).transpose()?;
		let step = Self::check_proof(call, &edge, imported)?;
		let free = Self::is_free(call, &step)
			&& T::Registry::spend(&call.chain, Self::needed_weight(call, &step));
		let pays_fee = if free { Pays::No } else { Pays::Yes };
		let done = match step {
			Step::Overrun { claimed } => Self::close_lane(call.key(), edge.own, claimed),
			Step::Progress(progress) => Self::apply(call, edge.relation, progress)?,
		};
		let check = Self::weight_of_check(call.finality, call.proof, call.messages, call.tail);
		let weight = check.saturating_add(done);
		Ok(PostDispatchInfo { actual_weight: Some(weight), pays_fee })
	}

	fn close_lane((chain, lane): LaneKey, own: LaneState, claimed: u64) -> Weight {
		let sent = own.out_nonce;
		Lanes::<T>::insert((chain, lane), LaneState { open: false, ..own });
		Self::deposit_event(Event::LaneClosed { chain, lane, claimed, sent });
		T::WeightInfo::deliver(0, 0)
	}

	/// Moves the cursors, then dispatches, so that a handler that sends finds the lane up to date.
	pub(crate) fn apply(
		call: &Relayed<'_>,
		relation: Relation,
		progress: Progress,
	) -> Result<Weight, DispatchError> {
		let pruned = Self::acknowledge(call.key(), progress.acked);
		let (nonce, head) = progress.delivered;
		Lanes::<T>::mutate(call.key(), |slot| {
			if let Some(own) = slot {
				(own.in_nonce, own.in_head) = (nonce, head);
			}
		});
		let delivery = Self::dispatch_all(call, relation, nonce, progress.messages)?;
		if delivery.count > 0 {
			let (chain, lane) = call.key();
			let Delivery { count, failed } = delivery;
			Self::deposit_event(Event::MessagesReceived { chain, lane, nonce, count, failed });
		}
		let sizes = Sizes::of(call.proof, call.messages, call.tail);
		Ok(T::WeightInfo::deliver(sizes.messages, sizes.payload_bytes)
			.saturating_add(T::WeightInfo::prune(pruned))
			.saturating_add(progress.weight))
	}

	/// Notes an acknowledgement and removes some of the messages that are done with.
	pub(crate) fn acknowledge(key: LaneKey, acked: Option<u64>) -> u32 {
		let Acknowledged { nonce, pruned } = Acked::<T>::get(key);
		let upto = acked.unwrap_or(nonce);
		let end = upto.min(pruned.saturating_add(MAX_PRUNE));
		for done in pruned.saturating_add(1)..=end {
			Outbox::<T>::remove(key, done);
		}
		if (upto, end) != (nonce, pruned) {
			Acked::<T>::insert(key, Acknowledged { nonce: upto, pruned: end });
		}
		if let Some(nonce) = acked {
			let (chain, lane) = key;
			Self::deposit_event(Event::MessagesAcknowledged { chain, lane, nonce });
		}
		end.saturating_sub(pruned).saturated_into()
	}

	/// Dispatches messages of which the newest has nonce `last`.
	fn dispatch_all(
		call: &Relayed<'_>,
		relation: Relation,
		last: u64,
		messages: Vec<Option<Message>>,
	) -> Result<Delivery, DispatchError> {
		let count: u32 = messages.len().saturated_into();
		let first = last.saturating_sub(count.into()).saturating_add(1);
		let way = Self::way_here(call.key());
		let mut failed = 0_u32;
		for ((nonce, message), payload) in (first..).zip(messages).zip(call.messages) {
			let ((chain, lane), trace) = (call.key(), way.trace_id(nonce));
			match Self::dispatch(call.key(), relation, trace, message) {
				Ok(()) => {
					Self::deposit_event(Event::MessageDispatched { chain, lane, nonce, trace })
				}
				Err(error) => {
					failed = failed.saturating_add(1);
					Self::bury(call.key(), nonce, payload)?;
					log::debug!(
						target: LOG_TARGET,
						"message {nonce} of {chain} failed on {lane:?}: {error:?}"
					);
					let event = Event::MessageFailed { chain, lane, nonce, trace, error };
					Self::deposit_event(event);
				}
			}
		}
		Ok(Delivery { count, failed })
	}

	/// Applies one message in a storage layer of its own, while its name is there to be asked for.
	pub(crate) fn dispatch(
		(source, lane): LaneKey,
		relation: Relation,
		trace: H256,
		message: Option<Message>,
	) -> DispatchResult {
		let message = message.ok_or(Error::<T>::Undecodable)?;
		ensure!(message.lane() == lane, Error::<T>::WrongLane);
		ensure!(message.sender() == relation, Error::<T>::WrongDirection);
		CurrentTrace::<T>::put(trace);
		let applied = with_storage_layer(|| Self::apply_message(source, relation, message));
		CurrentTrace::<T>::kill();
		applied
	}

	fn apply_message(source: ChainId, relation: Relation, message: Message) -> DispatchResult {
		match message {
			Message::Beacon(beacon) => {
				// An older one is of no use to anybody, now or later: nothing to keep as failed.
				Self::adopt_beacon(beacon);
				Ok(())
			}
			Message::Credit { who, amount } => Self::credit(who, amount),
			Message::Release { who, amount } => Self::release(source, who, amount),
			other => T::OnMessage::on_message(source, relation, other),
		}
	}

	/// The direction in which messages of a neighbour come on a lane.
	pub(crate) fn way_here((source, lane): LaneKey) -> Direction {
		let own = Lanes::<T>::get((source, lane));
		let (target, incarnation) =
			own.map_or_else(Default::default, |own| (own.self_id, own.incarnation));
		Direction { source, target, lane, incarnation }
	}

	/// Keeps a message that failed.
	fn bury(key: LaneKey, nonce: u64, payload: &[u8]) -> DispatchResult {
		let payload =
			Payload::try_from(payload.to_vec()).map_err(|_| Error::<T>::MessageTooLong)?;
		DeadLetterNonces::<T>::try_mutate(key, |nonces| nonces.try_push(nonce))
			.map_err(|_| Error::<T>::DeadLettersFull)?;
		DeadLetters::<T>::insert(key, nonce, payload);
		Ok(())
	}

	/// Most weight of what dispatching `message` does; `None` is a payload that is no message.
	pub(crate) fn weight_of_message(message: Option<&Message>) -> Weight {
		match message {
			// It costs what any message that fails does.
			None => Weight::zero(),
			Some(Message::Beacon(_)) => T::WeightInfo::beacon(),
			Some(Message::Credit { .. }) => T::WeightInfo::credit(),
			Some(Message::Release { .. }) => T::WeightInfo::release(),
			Some(other) => T::OnMessage::weight(other),
		}
	}
}
