// SPDX-License-Identifier: Apache-2.0
//! What people and relays trigger.

use crate::*;
use frame_support::{
	dispatch::{DispatchResultWithPostInfo, Pays, PostDispatchInfo},
	ensure,
	pallet_prelude::*,
};
use terrace_layers::{
	views::NeighbourStatus, ChainId, FinalityClients, FinalityProof, GenesisProof, Imported,
	StateProof,
};

impl<T: Config> Pallet<T> {
	/// Imports a header; free when that was worth it.
	pub(crate) fn do_submit_finality(
		chain: ChainId,
		proof: &FinalityProof,
	) -> DispatchResultWithPostInfo {
		let imported = <Self as FinalityClients>::import(&chain, proof)?;
		let pays_fee = if Self::is_free(&imported) { Pays::No } else { Pays::Yes };
		Ok(PostDispatchInfo { actual_weight: None, pays_fee })
	}

	/// Whether importing a header is free: no header that a relay must bring may cost it anything,
	/// and nobody may fill blocks with headers for nothing.
	pub(crate) fn is_free(imported: &Imported) -> bool {
		imported.mandatory || imported.improved_by >= T::FreeInterval::get()
	}

	/// Lets finality without an account into the pool after all checks.
	pub(crate) fn authorize_finality(
		chain: &ChainId,
		proof: &FinalityProof,
	) -> Result<(ValidTransaction, Weight), TransactionValidityError> {
		if !T::Accountless::get() {
			return Err(InvalidTransaction::Call.into());
		}
		let checked = Self::check_finality(chain, proof).map_err(Self::refusal)?;
		let imported = checked.imported;
		if !Self::is_free(&imported) {
			return Err(InvalidTransaction::Payment.into());
		}
		ValidTransaction::with_tag_prefix("terrace/finality")
			.and_provides((chain, imported.number))
			.priority(u64::from(imported.improved_by))
			.longevity(64)
			.propagate(true)
			.build()
			.map(|valid| (valid, Weight::zero()))
	}

	/// What the pool is told of a proof that does not verify.
	fn refusal(error: Error<T>) -> TransactionValidityError {
		match error {
			Error::<T>::Obsolete => InvalidTransaction::Stale.into(),
			// Pools shun what is invalid for a long time; these may verify a block later, after a
			// registration, a resumption or a missing hand-over.
			Error::<T>::UnknownChain | Error::<T>::NotActive | Error::<T>::WrongSetId => {
				UnknownTransaction::CannotLookup.into()
			}
			_ => InvalidTransaction::BadProof.into(),
		}
	}

	/// Weight of a registration from the lengths of its proofs.
	pub(crate) fn weight_of_registration(
		genesis: &GenesisProof,
		checkpoint: &StateProof,
	) -> Weight {
		let nodes = || genesis.nodes.iter().chain(checkpoint);
		let bytes = nodes().fold(0usize, |sum, node| sum.saturating_add(node.len()));
		T::WeightInfo::register_child(
			nodes().count().try_into().unwrap_or(u32::MAX),
			bytes.try_into().unwrap_or(u32::MAX),
		)
	}

	/// Weight of a finality proof from its lengths.
	pub(crate) fn weight_of(proof: &FinalityProof) -> Weight {
		let votes = &proof.justification;
		<Self as FinalityClients>::weight(
			u32::try_from(votes.commit.precommits.len()).unwrap_or(u32::MAX),
			u32::try_from(votes.votes_ancestries.len()).unwrap_or(u32::MAX),
		)
	}

	/// Sets a neighbour's status.
	pub(crate) fn do_set_status(chain: ChainId, status: NeighbourStatus) -> DispatchResult {
		Clients::<T>::try_mutate(chain, |client| -> DispatchResult {
			let client = client.as_mut().ok_or(Error::<T>::UnknownChain)?;
			ensure!(client.status != NeighbourStatus::Closed, Error::<T>::Closed);
			client.status = status;
			Ok(())
		})?;
		Self::deposit_event(Event::StatusChanged { chain, status });
		Ok(())
	}
}
