// SPDX-License-Identifier: Apache-2.0
//! What time triggers.

use crate::*;
use frame_support::{storage::with_storage_layer, traits::Get};
use sp_runtime::Perbill;
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

	/// Checks that what the runtime configures fits together.
	pub(crate) fn check_config() {
		let (headers, sets) = (T::HeadersToKeep::get(), T::MaxPastSets::get());
		assert!(headers >= 2, "{headers} headers are kept, at least 2 must be");
		assert!(sets >= 1, "{sets} former authority sets are remembered, at least 1 must be");
		let (staleness, window) = (T::MaxStaleness::get(), T::EvidenceWindow::get());
		assert!(
			staleness < window,
			"neighbours expire after {staleness} blocks, but former authorities answer for only {window}"
		);
		let (one, all) = (T::FreePerChain::get(), T::FreePerBlock::get());
		assert!(one.all_lte(all), "a neighbour's free weight {one} exceeds the block's {all}");
		let (slash, share) = (T::EquivocationSlash::get(), T::ReporterShare::get());
		assert!(!slash.is_zero(), "an equivocation costs {slash:?} of the bond");
		assert!(
			share < Perbill::one(),
			"{share:?} of a slash leave nothing to lose by reporting oneself"
		);
		// Whatever a bond was slashed for must be remembered as long as the bond is held.
		let most = Perbill::one().deconstruct().div_ceil(slash.deconstruct().max(1));
		let (evidence, needed) = (T::MaxEvidence::get(), most.saturating_add(1).saturating_mul(2));
		assert!(
			evidence >= needed,
			"{evidence} offences are remembered, at least {needed} must be"
		);
	}
}
