// SPDX-License-Identifier: Apache-2.0
//! How a neighbour is followed anew.

use crate::{verify::ensure_distinct_and_strong, *};
use frame_support::{ensure, pallet_prelude::*};
use terrace_layers::{
	views::NeighbourStatus, ChainId, Checkpoint, OnNeighbour, Origin as ChainOrigin, Relation,
};

impl<T: Config> Pallet<T> {
	/// Checks that a checkpoint can be one of a neighbour.
	pub(crate) fn check_new_checkpoint(
		chain: &ChainId,
		client: &ClientOf<T>,
		checkpoint: &Checkpoint,
	) -> Result<(), Error<T>> {
		let fits = checkpoint.chain == *chain && checkpoint.layer == client.layer;
		ensure!(fits, Error::<T>::WrongCheckpoint);
		ensure_distinct_and_strong(&checkpoint.authorities)
	}

	/// Follows a neighbour from another block; see the call.
	pub(crate) fn do_force_set(
		chain: ChainId,
		checkpoint: Checkpoint,
		incarnation: Option<u32>,
	) -> DispatchResult {
		let mut client = Self::client_of(&chain)?;
		ensure!(client.status != NeighbourStatus::Closed, Error::<T>::Closed);
		Self::check_new_checkpoint(&chain, &client, &checkpoint)?;
		if let Some(next) = incarnation {
			ensure!(next > client.incarnation, Error::<T>::OldIncarnation);
			client.incarnation = next;
			client.forked = false;
		}
		let told = incarnation.and_then(|_| Self::origin_for(&client));
		let relation = client.relation;
		if relation == Relation::Parent {
			Self::cancel_recovery();
		}
		Self::adopt(chain, client, checkpoint);
		match told {
			Some(origin) => T::OnNeighbour::on_registered(chain, relation, &origin),
			None => Ok(()),
		}
	}

	/// What others are told of a neighbour: a child's own genesis, or this chain's for the parent.
	fn origin_for(client: &ClientOf<T>) -> Option<ChainOrigin> {
		match client.relation {
			Relation::Child => client.origin.clone(),
			Relation::Parent => Origin::<T>::get(),
		}
	}

	/// Makes a client follow a checkpoint, whatever it followed before.
	pub(crate) fn adopt(chain: ChainId, mut client: ClientOf<T>, checkpoint: Checkpoint) {
		let Checkpoint { number, hash, state_root, set_id, authorities, .. } = checkpoint;
		if let Some(former) = CurrentAuthorities::<T>::get(chain) {
			if (client.set_id, &former) != (set_id, &authorities) {
				Self::retire_set(&chain, client.set_id, &former);
			}
		}
		Self::clear_headers(&chain);
		client.status = NeighbourStatus::Active;
		client.best = Best { number, hash };
		client.loose = false;
		client.set_id = set_id;
		client.last_progress_at = Self::now();
		Self::push_header(&chain, &mut client, state_root, true);
		CurrentAuthorities::<T>::insert(chain, authorities);
		let incarnation = client.incarnation;
		Clients::<T>::insert(chain, client);
		Self::deposit_event(Event::CheckpointSet { chain, number, hash, set_id, incarnation });
	}
}
