// SPDX-License-Identifier: Apache-2.0
//! What time triggers: randomness, and the lanes to the parent in the first block.

use crate::{
	BeaconDue, BeaconSent, Config, Event, LatestBeacon, Pallet, Sizes, WeightInfo, LOG_TARGET,
	MAX_PRUNE,
};
use frame_support::{
	traits::{fungible::Inspect, Get},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::One, SaturatedConversion};
use terrace_layers::{limits, Beacon, ChainId, LaneId, Message, Neighbours, SendMessage};

impl<T: Config> Pallet<T> {
	pub(crate) fn process_block(now: BlockNumberFor<T>) -> Weight {
		let mut weight = T::WeightInfo::on_initialize();
		if now.is_one() {
			weight.saturating_accrue(T::WeightInfo::open_lanes());
			Self::process_first_block();
		}
		if let Some(beacon) = T::NewBeacon::get() {
			weight.saturating_accrue(T::WeightInfo::beacon());
			Self::adopt_beacon(beacon);
		}
		if BeaconDue::<T>::get() {
			let children = Self::process_beacon();
			weight.saturating_accrue(T::WeightInfo::forward_beacon(children));
		}
		weight
	}

	/// Opens the lanes to the parent: from this block on the chain knows its own id.
	pub(crate) fn process_first_block() {
		let Some(parent) = T::Registry::parent() else { return };
		if let Err(error) = Self::open_lanes(parent) {
			log::error!(target: LOG_TARGET, "no lanes to the parent {parent}: {error:?}");
		}
	}

	/// Takes over randomness if it is newer than what is known; says whether it was.
	pub(crate) fn adopt_beacon(beacon: Beacon) -> bool {
		let newest = LatestBeacon::<T>::get();
		let is_newer = newest.is_none_or(|known| beacon.epoch > known.epoch);
		if !is_newer || beacon.randomness == [0; 32] {
			return false;
		}
		LatestBeacon::<T>::put(beacon);
		BeaconDue::<T>::put(true);
		Self::deposit_event(Event::BeaconAdopted { epoch: beacon.epoch });
		true
	}

	/// Sends the newest randomness to every child that lacks it; says how many children there are.
	///
	/// A child whose lane is full gets the newest once there is room; what it missed is not sent.
	pub(crate) fn process_beacon() -> u32 {
		let Some(beacon) = LatestBeacon::<T>::get() else {
			BeaconDue::<T>::put(false);
			return 0;
		};
		let mut children = T::Registry::children();
		children.truncate(limits::MAX_CHILDREN.saturated_into());
		// No short-circuit: one full lane must not keep the randomness from the children behind it.
		let waiting = children.iter().filter(|child| !Self::send_beacon(child, beacon)).count();
		BeaconDue::<T>::put(waiting > 0);
		children.len().saturated_into()
	}

	/// Whether `child` needs `beacon` no more.
	fn send_beacon(child: &ChainId, beacon: Beacon) -> bool {
		let has_it = BeaconSent::<T>::get(child) >= Some(beacon.epoch);
		if has_it || !T::Registry::may_send(child, LaneId::ADMIN) {
			return true;
		}
		match Self::send(*child, Message::Beacon(beacon)) {
			Ok(_) => BeaconSent::<T>::insert(child, beacon.epoch),
			Err(error) => {
				log::debug!(target: LOG_TARGET, "no beacon for {child} yet: {error:?}");
				return false;
			}
		}
		true
	}

	pub(crate) fn check_limits() {
		let (least, alive) = (T::MinTransfer::get(), T::Currency::minimum_balance());
		assert!(
			least >= alive.saturating_mul(2),
			"MinTransfer is {least}, less than twice the existential deposit of {alive}"
		);
		assert!(
			T::MaxDeadLetters::get() >= limits::MAX_MESSAGES_PER_CALL,
			"MaxDeadLetters is less than the messages of one call: if all fail, a lane stops"
		);
		let relay = Self::heaviest_relay().saturating_add(Self::heaviest_message());
		let block = T::BlockWeights::get().max_block;
		assert!(
			relay.all_lte(block.saturating_div(2)),
			"the largest relay call takes {relay}, more than half of a block of {block}"
		);
	}

	/// Weight of the largest relay call without finality and without what its messages do.
	fn heaviest_relay() -> Weight {
		let sizes = Sizes {
			nodes: limits::MAX_PROOF_NODES,
			proof_bytes: limits::MAX_PROOF_BYTES,
			messages: limits::MAX_MESSAGES_PER_CALL,
			payload_bytes: limits::MAX_BYTES_PER_CALL,
			tail: limits::MAX_PENDING,
		};
		Self::weight_of_proofs(&sizes)
			.saturating_add(T::WeightInfo::deliver(sizes.messages, sizes.payload_bytes))
			.saturating_add(T::WeightInfo::prune(MAX_PRUNE.saturated_into()))
	}
}
