// SPDX-License-Identifier: Apache-2.0
//! What other pallets ask of this one.

use crate::{verify::Standing, *};
use alloc::vec::Vec;
use frame_support::weights::Weight;
use sp_core::H256;
use sp_runtime::DispatchError;
use terrace_layers::{
	views::NeighbourStatus, AccountId, ChainId, FinalityClients, FinalityProof, Imported, LaneId,
	Layer, Neighbours, Origin as ChainOrigin, Relation,
};

impl<T: Config> Neighbours for Pallet<T> {
	fn this() -> ChainId {
		ChainId(frame_system::Pallet::<T>::block_hash(0u32))
	}

	fn layer() -> Layer {
		Origin::<T>::get().map_or(Layer::Main, |origin| origin.layer)
	}

	fn parent() -> Option<ChainId> {
		Parent::<T>::get()
	}

	fn children() -> Vec<ChainId> {
		Children::<T>::get().into_inner()
	}

	fn relation(chain: &ChainId) -> Option<Relation> {
		Clients::<T>::get(chain).map(|client| client.relation)
	}

	fn may_receive(chain: &ChainId) -> bool {
		let status = Clients::<T>::get(chain).map(|client| Self::status(&client));
		matches!(status, Some(NeighbourStatus::Active | NeighbourStatus::Draining))
	}

	fn may_send(chain: &ChainId, lane: LaneId) -> bool {
		let Some(client) = Clients::<T>::get(chain) else { return false };
		match Self::status(&client) {
			NeighbourStatus::Active => true,
			// A child that is stopped must still hear what repairs it.
			NeighbourStatus::Halted
			| NeighbourStatus::Frozen
			| NeighbourStatus::Expired
			| NeighbourStatus::Draining => client.relation == Relation::Child && lane == LaneId::ADMIN,
			NeighbourStatus::Closed => false,
		}
	}

	fn is_closed(chain: &ChainId) -> bool {
		Clients::<T>::get(chain).is_some_and(|client| client.status == NeighbourStatus::Closed)
	}

	fn incarnation(chain: &ChainId) -> u32 {
		Clients::<T>::get(chain).map_or(0, |client| client.incarnation)
	}

	fn state_root(chain: &ChainId, number: u32) -> Option<H256> {
		Headers::<T>::get(chain, number).map(|header| header.state_root)
	}

	fn best_number(chain: &ChainId) -> Option<u32> {
		Clients::<T>::get(chain).map(|client| client.best.number)
	}

	fn origin_of(chain: &ChainId) -> Option<ChainOrigin> {
		Clients::<T>::get(chain)?.origin
	}

	fn owner_of(chain: &ChainId) -> Option<AccountId> {
		Clients::<T>::get(chain)?.bond.map(|bond| bond.who)
	}
}

impl<T: Config> FinalityClients for Pallet<T> {
	fn verify(chain: &ChainId, proof: &FinalityProof) -> Result<Imported, DispatchError> {
		Ok(Standing::<T>::of(chain)?.check(chain, proof)?.imported)
	}

	fn import(chain: &ChainId, proof: &FinalityProof) -> Result<Imported, DispatchError> {
		Ok(Self::import_header(chain, proof)?)
	}

	fn weight(precommits: u32, ancestry: u32) -> Weight {
		T::WeightInfo::submit_finality(precommits, ancestry)
	}

	fn may_verify_later(error: &DispatchError) -> bool {
		[
			Error::<T>::UnknownChain,
			Error::<T>::NotActive,
			Error::<T>::Expired,
			Error::<T>::WrongSetId,
			Error::<T>::TooManySets,
		]
		.into_iter()
		.any(|later| *error == later.into())
	}
}

impl<T: Config> Pallet<T> {
	/// Verifies a header and advances the neighbour's client to it.
	pub(crate) fn import_header(
		chain: &ChainId,
		proof: &FinalityProof,
	) -> Result<Imported, Error<T>> {
		let mut standing = Standing::<T>::of(chain)?;
		let verified = standing.check(chain, proof)?;
		let Imported { number, state_root, mandatory, .. } = verified.imported;
		let replaced = standing.advance(&verified);
		let Standing { mut client, authorities } = standing;
		if let Some(former) = replaced {
			Self::retire_set(chain, proof.set_id, &former);
			CurrentAuthorities::<T>::insert(chain, authorities);
		}
		client.last_progress_at = Self::now();
		Self::push_header(chain, &mut client, state_root, mandatory);
		if client.relation == Relation::Parent {
			Self::cancel_recovery();
		}
		Clients::<T>::insert(chain, client);
		Self::deposit_event(Event::FinalityImported {
			chain: *chain,
			number,
			hash: verified.hash,
			set_id: proof.set_id,
			mandatory,
		});
		Ok(verified.imported)
	}
}
