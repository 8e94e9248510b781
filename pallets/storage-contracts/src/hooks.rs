// SPDX-License-Identifier: Apache-2.0
//! What time triggers, and what must hold of a runtime's configuration.

use crate::{Config, Ended, Gathered, Pallet, WeightInfo, LOG_TARGET, MAX_LEGS};
use alloc::vec::Vec;
use frame_support::{
	storage::with_storage_layer,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use terrace_layers::{
	limits, LaneId, SendMessage, MAX_BATCHES_PER_WINDOW, MAX_EXCEPTIONS_PER_PART, MAX_PARTS,
};

/// Share of a block, in percent, that one part of a report may take.
const PART_SHARE: u64 = 25;

impl<T: Config> Pallet<T> {
	/// Sends every batch that is gathered, as far as weight and lanes allow; returns the weight.
	pub(crate) fn process_batches(mut meter: WeightMeter) -> Weight {
		if meter.try_consume(T::WeightInfo::find_batches()).is_err() {
			return meter.consumed();
		}
		let most = usize::try_from(limits::MAX_CHILDREN).unwrap_or_default();
		let mut waiting: Vec<_> = Gathered::<T>::iter_keys().take(most).collect();
		waiting.extend(Ended::<T>::iter_keys().take(most));
		for id in waiting {
			if meter.try_consume(T::WeightInfo::flush()).is_err() {
				break;
			}
			if T::Outbound::room(&id, LaneId::STORAGE) == 0 {
				continue;
			}
			if let Err(error) = with_storage_layer(|| Self::do_flush(id)) {
				log::debug!(target: LOG_TARGET, "batch for {id} has to wait: {error:?}");
			}
		}
		meter.consumed()
	}

	/// The most that a part of a report takes with so many batches that it starts and exceptions.
	pub(crate) fn weight_of_report(batches: u32, outages: u32, faults: u32) -> Weight {
		let mut weight = T::WeightInfo::report(batches);
		if outages > 0 {
			weight.saturating_accrue(T::WeightInfo::report_outages(outages));
		}
		if faults > 0 {
			weight.saturating_accrue(T::WeightInfo::report_faults(faults));
		}
		weight
	}

	/// The most that one part of a report takes.
	pub(crate) fn worst_part() -> Weight {
		let batches = u32::try_from(MAX_BATCHES_PER_WINDOW).unwrap_or(u32::MAX);
		let of = |outages: u32| {
			let faults = MAX_EXCEPTIONS_PER_PART.saturating_sub(outages);
			Self::weight_of_report(batches, outages, faults)
		};
		of(0).max(of(MAX_EXCEPTIONS_PER_PART))
	}

	/// Time in milliseconds that the longest report of a window takes to apply.
	pub(crate) fn worst_report_ms() -> u64 {
		const PICOSECONDS_PER_MS: u64 = 1_000_000_000;
		Self::worst_part().ref_time().saturating_mul(MAX_PARTS.into()) / PICOSECONDS_PER_MS
	}

	/// Panics when the runtime's constants contradict each other.
	pub(crate) fn check_config() {
		let (part, block) = (Self::worst_part(), T::BlockWeights::get().max_block);
		assert!(
			part.ref_time() <= block.ref_time() / 100 * PART_SHARE,
			"a part of a report takes {part:?}, more than {PART_SHARE} % of a block of {block:?}"
		);
		let listed = MAX_EXCEPTIONS_PER_PART.saturating_mul(MAX_PARTS.into());
		let streams = T::MaxStreams::get();
		assert!(
			streams <= listed,
			"{streams} streams may fail in a window and a report lists {listed}"
		);
		let (pending, edges) = (T::MaxPending::get(), T::MaxEdges::get());
		assert!(
			pending > 0 && edges >= pending.saturating_mul(2),
			"{edges} edges do not suffice for {pending} pending groups of legs"
		);
		assert!(T::EndGrid::get() > 0, "EndGrid is 0: no window is a multiple of it");
		assert!(T::Challenges::get() > 0, "Challenges is 0: nothing would be proven");
		assert!(T::MaxOutages::get() > 0, "MaxOutages is 0: the first outage ends a stream");
		assert!(T::MaxSteps::get() > 0, "MaxSteps is 0: nothing could be claimed or closed");
		assert!(T::OutagesToEnd::get() > 1, "the first outage would end a stream");
		assert!(T::FaultsToEnd::get() > 1, "the first fault would end a contract");
		assert!(T::NoticeWindows::get() > 0, "NoticeWindows is 0: ends would lie in the past");
		let close = T::WeightInfo::close(T::MaxSteps::get()).saturating_mul(MAX_LEGS.into());
		assert!(
			close.ref_time() <= block.ref_time() / 100 * PART_SHARE,
			"closing takes {close:?}, more than {PART_SHARE} % of a block of {block:?}"
		);
	}
}
