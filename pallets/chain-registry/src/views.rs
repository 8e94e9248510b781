// SPDX-License-Identifier: Apache-2.0
//! What the runtime API answers.

use crate::*;
use alloc::vec::Vec;
use terrace_layers::{views::NeighbourView, ChainId, Layer, Neighbours, OnNeighbour};

impl<T: Config> Pallet<T> {
	/// This chain's id and layer.
	pub fn this_chain() -> (ChainId, Layer) {
		(<Self as Neighbours>::this(), <Self as Neighbours>::layer())
	}

	/// The parent, then the children in the order of their registration.
	pub fn neighbours() -> Vec<NeighbourView> {
		let children = Children::<T>::get();
		Parent::<T>::get().iter().chain(children.iter()).filter_map(Self::neighbour).collect()
	}

	/// One neighbour.
	pub fn neighbour(chain: &ChainId) -> Option<NeighbourView> {
		let client = Clients::<T>::get(chain)?;
		Some(NeighbourView {
			chain: *chain,
			relation: client.relation,
			layer: client.layer,
			status: Self::status(&client),
			best_number: client.best.number,
			best_hash: client.best.hash,
			set_id: client.set_id,
			last_progress_at: client.last_progress_at,
			incarnation: client.incarnation,
			closed_at: client.closed_at,
			expires_at: Self::expires_at(&client),
			blockers: T::OnNeighbour::blockers(chain),
			bond: client.bond.map_or(0, |bond| bond.left),
		})
	}
}
