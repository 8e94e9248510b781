// SPDX-License-Identifier: Apache-2.0
//! What relays trigger, and what calls weigh.

use crate::*;
use frame_support::{
	dispatch::{DispatchResultWithPostInfo, Pays, PostDispatchInfo},
	ensure,
	pallet_prelude::*,
};
use frame_system::pallet_prelude::OriginFor;
use sp_consensus_grandpa::AuthoritySignature;
use sp_runtime::traits::BadOrigin;
use terrace_layers::{
	ChainId, FinalityClients, FinalityProof, FreeRelaying, GenesisProof, Header, Imported,
	StateProof,
};

fn count<T>(list: &[T]) -> u32 {
	list.len().try_into().unwrap_or(u32::MAX)
}

impl<T: Config> Pallet<T> {
	/// Whoever brings something that proves itself: an account, or nobody once it was authorised.
	pub(crate) fn ensure_relayer(origin: OriginFor<T>) -> Result<Option<T::AccountId>, BadOrigin> {
		if frame_system::ensure_authorized(origin.clone()).is_ok() {
			return Ok(None);
		}
		frame_system::ensure_signed(origin).map(Some)
	}

	/// Imports headers in their order; free when that was worth it and the block's budget allows it.
	pub(crate) fn do_submit_finality(
		chain: ChainId,
		proofs: &[FinalityProof],
	) -> DispatchResultWithPostInfo {
		ensure!(!proofs.is_empty(), Error::<T>::EmptyBatch);
		let mut free = true;
		for (at, proof) in (1..).zip(proofs) {
			let imported = <Self as FinalityClients>::import(&chain, proof)?;
			free &= Self::is_free_at(&imported, at == proofs.len());
		}
		let free = free && Self::spend(&chain, Self::weight_of_batch(proofs));
		let pays_fee = if free { Pays::No } else { Pays::Yes };
		Ok(PostDispatchInfo { actual_weight: None, pays_fee })
	}

	/// Whether importing a header is free: no header that a relay must bring may cost it anything,
	/// and nobody may fill blocks with headers for nothing. Before the last one of a batch only
	/// hand-overs are needed.
	pub(crate) fn is_free_at(imported: &Imported, last: bool) -> bool {
		imported.mandatory || (last && imported.improved_by >= T::FreeInterval::get())
	}

	/// Weight of a registration from the lengths of its proofs.
	pub(crate) fn weight_of_registration(
		genesis: &GenesisProof,
		checkpoint: &StateProof,
		possession: &[AuthoritySignature],
	) -> Weight {
		let nodes = || genesis.nodes.iter().chain(checkpoint);
		let bytes = nodes().fold(0usize, |sum, node| sum.saturating_add(node.len()));
		T::WeightInfo::register_child(count(possession)).saturating_add(T::WeightInfo::check_nodes(
			nodes().count().try_into().unwrap_or(u32::MAX),
			bytes.try_into().unwrap_or(u32::MAX),
		))
	}

	/// Weight of a finality proof from its lengths.
	pub(crate) fn weight_of(proof: &FinalityProof) -> Weight {
		let votes = &proof.justification;
		<Self as FinalityClients>::weight(
			count(&votes.commit.precommits),
			count(&votes.votes_ancestries),
		)
	}

	/// Weight of several finality proofs from their lengths; of none, that of finding it out.
	pub(crate) fn weight_of_batch(proofs: &[FinalityProof]) -> Weight {
		proofs
			.iter()
			.map(Self::weight_of)
			.reduce(Weight::saturating_add)
			.unwrap_or_else(T::WeightInfo::check_finality)
	}

	/// Weight of evidence of a fork from its lengths.
	pub(crate) fn weight_of_fork(proof: &FinalityProof, ancestry: &[Header]) -> Weight {
		let votes = &proof.justification;
		T::WeightInfo::report_fork(
			count(&votes.commit.precommits),
			count(&votes.votes_ancestries).saturating_add(count(ancestry)),
		)
	}

	/// Weight of a recovery from the number of its signatures.
	pub(crate) fn weight_of_recovery(signatures: &[(u32, AuthoritySignature)]) -> Weight {
		T::WeightInfo::recover_parent(count(signatures))
	}
}
