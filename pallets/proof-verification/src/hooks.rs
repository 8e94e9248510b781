// SPDX-License-Identifier: Apache-2.0
//! What time triggers: the randomness of blocks and the life of windows.

use crate::{
	sweep::dearest_step, Applied, Bounds, ClosedWindow, Config, CurrentWindow, Event, Mix, Pallet,
	Sweep, SweepState, WeightInfo, WindowBlocks, WindowRecord, LOG_TARGET, MAX_EXCEPTIONS,
	MAX_RETRIES, SWEEP_STEPS,
};
use codec::{Encode, MaxEncodedLen};
use frame_support::{
	dispatch::DispatchClass,
	migrations::MultiStepMigrator,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use sp_io::hashing::blake2_256;
use sp_runtime::Perbill;
use terrace_layers::{
	limits, BatchId, Beacon, BeaconSource, ChainId, LaneId, Message, Neighbours, Report,
	SendMessage, Window, MAX_BATCHES_PER_WINDOW, MAX_BATCH_BYTES, MAX_BATCH_ITEMS, MAX_PARTS,
};
use terrace_possession::{encoded_bound, BlobSize, MAX_BLOB_SIZE, MAX_CHALLENGES};

/// What every window seed starts with.
pub(crate) const SEED_DOMAIN: &[u8] = b"terrace/seed/1";

/// What becomes of a window at its end.
enum Ending {
	/// Its report is made.
	Closes,
	/// It is started anew: the report could not leave, or the one before is not made yet.
	Waits,
	/// It is started anew: hardly any stream proved anything.
	FailedByMost,
}

impl<T: Config> Pallet<T> {
	/// Mixes in the previous block's randomness, then ends a window that is over, then sweeps.
	///
	/// The sweep makes a few steps in every block whatever else the block holds, so that full
	/// blocks cannot hold it up.
	pub(crate) fn process_block(now: u32) -> Weight {
		let mut meter = WeightMeter::new();
		meter.consume(T::WeightInfo::begin_block());
		Self::process_mix();
		Self::process_window(now, &mut meter);
		Self::process_sweep(&mut meter, SWEEP_STEPS);
		meter.consumed()
	}

	pub(crate) fn process_mix() {
		if let Some(randomness) = T::Vrf::get() {
			Mix::<T>::mutate(|mix| *mix = blake2_256(&[*mix, randomness].concat()));
		}
	}

	pub(crate) fn process_window(now: u32, meter: &mut WeightMeter) {
		let Some(open) = CurrentWindow::<T>::get() else {
			meter.consume(T::WeightInfo::close_window());
			return Self::open(Window(0), BatchId(0), now);
		};
		if T::MultiBlockMigrator::ongoing() {
			meter.consume(T::WeightInfo::stretch_window());
			return Self::stretch(open);
		}
		if now < open.closes_at {
			return;
		}
		let ending = Self::ending_of(&open);
		meter.consume(match ending {
			Ending::Closes => T::WeightInfo::close_window(),
			Ending::Waits | Ending::FailedByMost => T::WeightInfo::restart_window(),
		});
		match ending {
			Ending::Closes => Self::close(open, now),
			Ending::Waits => Self::restart(open, now),
			Ending::FailedByMost => {
				let retries = open.retries.saturating_add(1);
				Self::restart(WindowRecord { retries, ..open }, now);
			}
		}
	}

	fn ending_of(open: &WindowRecord) -> Ending {
		if Sweep::<T>::exists() || Self::room() < MAX_PARTS.into() {
			Ending::Waits
		} else if open.failed_by_most() && open.retries < MAX_RETRIES {
			Ending::FailedByMost
		} else {
			Ending::Closes
		}
	}

	/// Makes up for a block that takes no proofs because a migration runs.
	pub(crate) fn stretch(open: WindowRecord) {
		let closes_at = open.closes_at.saturating_add(1);
		CurrentWindow::<T>::put(WindowRecord { closes_at, ..open });
	}

	/// Hands the window over to the sweep and opens the next one.
	fn close(closed: WindowRecord, now: u32) {
		let next = closed.window.next();
		let most = closed.applied.0.saturating_add(MAX_BATCHES_PER_WINDOW);
		let applied = Applied::<T>::get().min(BatchId(most));
		Bounds::<T>::insert(closed.window, closed.bounds());
		Bounds::<T>::remove(Window(closed.window.0.saturating_sub(T::BoundsKept::get())));
		ClosedWindow::<T>::put(closed);
		Sweep::<T>::put(SweepState::default());
		Self::open(next, applied, now);
	}

	fn open(window: Window, applied: BatchId, now: u32) {
		Self::begin_round(WindowRecord {
			window,
			round: 0,
			opened_at: now,
			closes_at: now,
			seed: Default::default(),
			beacon: None,
			applied,
			due_streams: 0,
			proven_streams: 0,
			retries: 0,
		});
	}

	/// Starts the window anew: what was proven in it is void, nothing is accounted for.
	fn restart(open: WindowRecord, now: u32) {
		let (window, round) = (open.window, open.round.saturating_add(1));
		Self::begin_round(WindowRecord { round, opened_at: now, proven_streams: 0, ..open });
		// The places a report may need are not spent on saying that it is not made.
		if Self::room() > MAX_PARTS.into() {
			Self::send(Message::Heartbeat { window, round });
		}
	}

	/// Stores the open window with bounds and seed of its round.
	fn begin_round(record: WindowRecord) {
		let beacon = T::Beacon::beacon();
		let length = WindowBlocks::<T>::get().max(1);
		let record = WindowRecord {
			closes_at: record.opened_at.saturating_add(length),
			seed: seed(T::Registry::this(), record.window, record.round, beacon, Mix::<T>::get()),
			beacon,
			..record
		};
		Self::deposit_event(Event::WindowOpened {
			window: record.window,
			round: record.round,
			closes_at: record.closes_at,
			seed: record.seed,
		});
		CurrentWindow::<T>::put(record);
	}

	/// First window whose bitmaps are still needed.
	pub(crate) fn first_unswept() -> Window {
		let record = match Sweep::<T>::exists() {
			true => ClosedWindow::<T>::get(),
			false => CurrentWindow::<T>::get(),
		};
		record.map_or_else(Default::default, |record| record.window)
	}

	/// Messages that can be queued for the parent; none without a parent.
	fn room() -> u32 {
		T::Registry::parent().map_or(0, |parent| T::Outbound::room(&parent, LaneId::STORAGE))
	}

	/// Queues `message` for the parent and says whether it was.
	pub(crate) fn send(message: Message) -> bool {
		let Some(parent) = T::Registry::parent() else { return false };
		match T::Outbound::send(parent, message) {
			Ok(_) => true,
			Err(error) => {
				log::debug!(target: LOG_TARGET, "message not sent: {error:?}");
				false
			}
		}
	}

	/// Fails when a runtime's limits contradict each other.
	pub(crate) fn check_limits() {
		let (streams, exceptions) = (T::MaxStreams::get(), MAX_EXCEPTIONS);
		assert!(streams <= exceptions, "{streams} outages in a report of {exceptions} entries");
		let (part, message) = (Report::max_encoded_len(), limits::MAX_MESSAGE);
		// Two bytes more: the version and the kind of message.
		assert!(
			u32::try_from(part).is_ok_and(|part| part.saturating_add(2) <= message),
			"a part of {part} bytes in a message of {message}"
		);
		let (parts, pending) = (u32::from(MAX_PARTS), limits::MAX_PENDING);
		assert!(parts < pending, "{parts} parts on a lane of {pending} messages");
		let block = T::BlockWeights::get();
		let steps = dearest_step::<T::WeightInfo>().saturating_mul(SWEEP_STEPS.into());
		let quarter = Perbill::from_percent(25) * block.max_block;
		assert!(steps.all_lte(quarter), "{steps:?} for steps of the sweep, {quarter:?} at most");
		assert!(T::BoundsKept::get() > 0, "BoundsKept is 0: no fault could be appealed against");
		Self::check_batch_limits();
	}

	fn check_batch_limits() {
		let (bytes, most) = (T::MaxBatchBytes::get(), MAX_BATCH_BYTES);
		assert!(bytes <= most, "batches of {bytes} bytes, {most} at most");
		let block = T::BlockWeights::get();
		let worst = MAX_BATCH_ITEMS;
		let batch = Self::weight_of_checks(worst, worst, bytes)
			.saturating_add(T::WeightInfo::submit_proofs(worst));
		let most = block.get(DispatchClass::Normal).max_extrinsic.unwrap_or(block.max_block);
		assert!(batch.all_lte(most), "{batch:?} for a batch of proofs, {most:?} at most");
		let length = *T::BlockLength::get().max.get(DispatchClass::Normal);
		assert!(bytes < length, "batches of {bytes} bytes in blocks of {length}");
		let one = Self::longest_item();
		assert!(one <= bytes, "one proof of {one} bytes in a batch of {bytes}");
	}

	/// Bytes of the longest item of a batch that any leg can need.
	fn longest_item() -> u32 {
		/// The page, as a compact number, and the slot.
		const FIELDS: u32 = 6;
		let proof = BlobSize::new(MAX_BLOB_SIZE)
			.map_or(u32::MAX, |size| encoded_bound(size, MAX_CHALLENGES));
		proof.saturating_add(FIELDS)
	}
}

/// Seed of the challenges of one round of a window.
///
/// The mix ends with the block before: the author of the block that opens the window can withhold
/// it but not choose among seeds.
pub(crate) fn seed(
	chain: ChainId,
	window: Window,
	round: u32,
	beacon: Option<Beacon>,
	mix: [u8; 32],
) -> [u8; 32] {
	let randomness = beacon.unwrap_or_default().randomness;
	let preimage = [SEED_DOMAIN.to_vec(), (chain, window, round, randomness, mix).encode()];
	blake2_256(&preimage.concat())
}
