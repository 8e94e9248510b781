// SPDX-License-Identifier: Apache-2.0
//! What other pallets ask of this one.

use crate::{verify::Verified, *};
use alloc::vec::Vec;
use frame_support::weights::Weight;
use sp_core::H256;
use sp_runtime::DispatchError;
use terrace_layers::{
	views::NeighbourStatus, ChainId, FinalityClients, FinalityProof, Imported, LaneId, Layer,
	Neighbours, Origin as ChainOrigin, Relation,
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
		Clients::<T>::get(chain).is_some_and(|client| client.status == NeighbourStatus::Active)
	}

	fn may_send(chain: &ChainId, lane: LaneId) -> bool {
		let Some(client) = Clients::<T>::get(chain) else { return false };
		match client.status {
			NeighbourStatus::Active => true,
			// A child that is stopped must still hear what repairs it.
			NeighbourStatus::Halted | NeighbourStatus::Frozen => {
				client.relation == Relation::Child && lane == LaneId::ADMIN
			}
			NeighbourStatus::Closed => false,
		}
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
}

impl<T: Config> FinalityClients for Pallet<T> {
	fn verify(chain: &ChainId, proof: &FinalityProof) -> Result<Imported, DispatchError> {
		Ok(Self::check_finality(chain, proof)?.imported)
	}

	fn import(chain: &ChainId, proof: &FinalityProof) -> Result<Imported, DispatchError> {
		let Verified { mut client, imported, hash, next } = Self::check_finality(chain, proof)?;
		let Imported { number, state_root, mandatory, .. } = imported;
		if let Some(next) = next {
			CurrentAuthorities::<T>::insert(chain, next);
			client.set_id = client.set_id.saturating_add(1);
		}
		client.best = Best { number, hash };
		client.last_progress_at = Self::now();
		Clients::<T>::insert(chain, client);
		Self::push_header(chain, number, hash, state_root);
		let set_id = proof.set_id;
		Self::deposit_event(Event::FinalityImported {
			chain: *chain,
			number,
			hash,
			set_id,
			mandatory,
		});
		Ok(imported)
	}

	fn weight(precommits: u32, ancestry: u32) -> Weight {
		T::WeightInfo::submit_finality(precommits, ancestry)
	}
}
