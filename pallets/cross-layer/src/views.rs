// SPDX-License-Identifier: Apache-2.0
//! Answers for runtime APIs.

use crate::{Acked, Config, DeadLetterNonces, Lanes, LatestBeacon, Outbox, Pallet};
use alloc::vec::Vec;
use frame_support::weights::Weight;
use sp_runtime::SaturatedConversion;
use terrace_layers::{limits, views::LaneView, Beacon, ChainId, LaneId, Neighbours};

impl<T: Config> Pallet<T> {
	/// This chain's end of a lane.
	pub fn lane_view(chain: ChainId, lane: LaneId) -> Option<LaneView> {
		let key = (chain, lane);
		Some(LaneView {
			state: Lanes::<T>::get(key)?,
			acked: Acked::<T>::get(key).nonce,
			dead_letters: DeadLetterNonces::<T>::decode_len(key).unwrap_or(0).saturated_into(),
			peer_best: T::Registry::best_number(&chain).unwrap_or(0),
		})
	}

	/// Payloads that are kept for `chain`, with consecutive nonces from `from`, at most `limit`.
	pub fn messages(chain: ChainId, lane: LaneId, from: u64, limit: u32) -> Vec<Vec<u8>> {
		let limit = limit.min(limits::MAX_PENDING).saturated_into();
		(from..=u64::MAX)
			.map_while(|nonce| Outbox::<T>::get((chain, lane), nonce))
			.map(|payload| payload.into_inner())
			.take(limit)
			.collect()
	}

	/// Newest main-chain randomness known here.
	pub fn beacon() -> Option<Beacon> {
		LatestBeacon::<T>::get()
	}

	/// Most weight that dispatching a message with this payload takes here.
	///
	/// The sum over its messages is the least `max_weight` of a relay call.
	pub fn dispatch_weight(payload: &[u8]) -> Weight {
		Self::weight_of_message(Self::read(payload).as_ref())
	}
}
