// SPDX-License-Identifier: Apache-2.0
//! What time triggers.

use crate::*;
use frame_support::storage::with_storage_layer;
use terrace_layers::{header_binding, Neighbours, OnNeighbour, Relation};

impl<T: Config> Pallet<T> {
	/// Binds the header of the current block to this chain.
	pub(crate) fn bind_header() {
		frame_system::Pallet::<T>::deposit_log(header_binding(<Self as Neighbours>::this()));
	}

	/// Tells others of the parent, once: the genesis cannot, for it does not know its own hash.
	pub(crate) fn announce_parent() {
		let (Some(parent), Some(origin)) = (Parent::<T>::get(), Origin::<T>::get()) else { return };
		let told =
			with_storage_layer(|| T::OnNeighbour::on_registered(parent, Relation::Parent, &origin));
		if let Err(error) = told {
			log::error!(target: LOG_TARGET, "the parent {parent} cannot be announced: {error:?}");
		}
	}
}
