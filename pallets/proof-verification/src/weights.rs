// SPDX-License-Identifier: Apache-2.0
//! Weights, from database accesses and from the time of what a node computes.
//!
//! Times are those of the runtime's WebAssembly on one 2.6 GHz server core, in picoseconds.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Reading, changing or encoding one full page of 64 legs: 3.7 KB at 11 ns a byte.
const PAGE: u64 = 40_000_000;
/// Verifying one sr25519 signature in the host.
const SIGNATURE: u64 = 41_000_000;
/// One byte of a batch of proofs: copied three times and hashed twice, at most 4.1 ns of which are
/// BLAKE3's, as 32 bytes of a sibling cost one compression of 0.13 µs.
const PROOF_BYTE: u64 = 7_000;
/// Finding an item, deriving the challenge of its leg and walking its tree: up to 16 chunks of 30 levels.
const CHALLENGE: u64 = 8_000_000;
/// Drawing for each leg of a page whether it is due: two compressions of 0.13 µs for each.
const DRAWS: u64 = 17_000_000;
/// Anything else of one step: a few small decodings, comparisons and an event.
const STEP: u64 = 5_000_000;
/// Decoding a full list of shortfalls: 41 KB at 11 ns a byte.
const SHORTFALLS: u64 = 450_000_000;
/// Sorting a full list of shortfalls twice.
const SORTING: u64 = 600_000_000;
/// Decoding a full list of faults: 33 KB at 11 ns a byte.
const FAULTS: u64 = 360_000_000;
/// Building, encoding and hashing a full message of 16 KB at 14 ns a byte.
const MESSAGE: u64 = 230_000_000;
/// Reads of queueing a message: the neighbour and its state, the lane, its bounds.
const SEND_READS: u64 = 5;
/// Writes of queueing a message: the lane, the payload, the event, the newest nonce.
const SEND_WRITES: u64 = 4;

/// What calls, messages and hooks of this pallet cost.
pub trait WeightInfo {
	/// Recording a batch of proofs of so many pages that was verified.
	fn submit_proofs(pages: u32) -> Weight;
	/// Verifying a batch of so many proofs, bytes and pages.
	fn authorize_submit_proofs(items: u32, length: u32, pages: u32) -> Weight;
	/// Applying a batch of so many legs.
	fn track(legs: u32) -> Weight;
	/// Ending so many legs.
	fn untrack(legs: u32) -> Weight;
	/// Replacing a stream's key.
	fn set_operator() -> Weight;
	/// Refusing a message meant for others.
	fn refuse_message() -> Weight;
	/// What every block begins with.
	fn begin_block() -> Weight;
	/// Putting the end of a window off.
	fn stretch_window() -> Weight;
	/// Ending a window and opening the next one.
	fn close_window() -> Weight;
	/// Starting a window anew.
	fn restart_window() -> Weight;
	/// Reading and storing the state of a sweep.
	fn begin_sweep() -> Weight;
	/// Finding the next stream.
	fn sweep_stream() -> Weight;
	/// Counting one page and freeing so many of its slots.
	fn sweep_page(freed: u32) -> Weight;
	/// Deciding what is listed one by one.
	fn sweep_rank() -> Weight;
	/// Listing the missed legs of one page.
	fn sweep_collect() -> Weight;
	/// Sending one part of a report.
	fn send_part() -> Weight;
}

/// Weights for a runtime with its own costs of database accesses.
pub struct SubstrateWeight<T>(PhantomData<T>);

fn time(picoseconds: u64) -> Weight {
	Weight::from_parts(picoseconds, 0)
}

impl<T: frame_system::Config> SubstrateWeight<T> {
	fn access(reads: u64, writes: u64) -> Weight {
		T::DbWeight::get().reads_writes(reads, writes)
	}
}

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn submit_proofs(pages: u32) -> Weight {
		// Of each page it is asked whether it exists, and its bits are read and written. Window and
		// stream are read and written.
		let page = time(STEP).saturating_add(Self::access(2, 1));
		time(STEP.saturating_mul(10))
			.saturating_add(Self::access(2, 3))
			.saturating_add(page.saturating_mul(pages.into()))
	}

	fn authorize_submit_proofs(items: u32, length: u32, pages: u32) -> Weight {
		let proofs = CHALLENGE
			.saturating_mul(items.into())
			.saturating_add(PROOF_BYTE.saturating_mul(length.into()));
		// Each page and its bits are read; window, stream and this chain's id are.
		let page = time(PAGE).saturating_add(Self::access(2, 0));
		time(SIGNATURE.saturating_add(proofs))
			.saturating_add(Self::access(3, 0))
			.saturating_add(page.saturating_mul(pages.into()))
	}

	fn track(legs: u32) -> Weight {
		// For each leg its place, the stream, their count, vacancies and the page.
		let leg = time(PAGE.saturating_mul(2)).saturating_add(Self::access(5, 5));
		time(STEP)
			.saturating_add(Self::access(2, 1))
			.saturating_add(leg.saturating_mul(legs.into()))
	}

	fn untrack(legs: u32) -> Weight {
		// For each leg its place, the page, both bitmaps, the stream, their count and vacancies.
		let leg = time(PAGE.saturating_mul(2)).saturating_add(Self::access(7, 7));
		time(STEP)
			.saturating_add(Self::access(1, 0))
			.saturating_add(leg.saturating_mul(legs.into()))
	}

	fn set_operator() -> Weight {
		time(STEP).saturating_add(Self::access(1, 1))
	}

	fn refuse_message() -> Weight {
		time(STEP)
	}

	fn begin_block() -> Weight {
		// The author's randomness, the mix, the window and whether a migration runs are read, the
		// mix is written.
		time(STEP).saturating_add(Self::access(4, 1))
	}

	fn stretch_window() -> Weight {
		time(STEP).saturating_add(Self::access(0, 1))
	}

	fn close_window() -> Weight {
		// Sweep, parent, room, beacon, chain id, mix, length and newest batch are read; the window
		// that closes, the one that opens, the sweep and bounds are written.
		time(STEP.saturating_mul(4)).saturating_add(Self::access(SEND_READS.saturating_add(9), 5))
	}

	fn restart_window() -> Weight {
		// As above; the window is written and a heartbeat sent.
		time(STEP.saturating_mul(4)).saturating_add(Self::access(
			SEND_READS.saturating_mul(2).saturating_add(8),
			SEND_WRITES.saturating_add(1),
		))
	}

	fn begin_sweep() -> Weight {
		time(STEP).saturating_add(Self::access(3, 1))
	}

	fn sweep_stream() -> Weight {
		time(STEP).saturating_add(Self::access(2, 0))
	}

	fn sweep_page(freed: u32) -> Weight {
		// Due are counted for the window that closed and for the one that opened.
		let draws = DRAWS.saturating_mul(2);
		let page = time(PAGE.saturating_add(STEP).saturating_add(draws))
			.saturating_add(Self::access(3, 1));
		if freed == 0 {
			return page;
		}
		// The page, both bitmaps, the stream, their count and vacancies, and each leg's place.
		page.saturating_add(time(PAGE))
			.saturating_add(Self::access(3, u64::from(freed).saturating_add(6)))
	}

	fn sweep_rank() -> Weight {
		time(SHORTFALLS.saturating_mul(2).saturating_add(SORTING))
			.saturating_add(Self::access(4, 2))
	}

	fn sweep_collect() -> Weight {
		time(SHORTFALLS.saturating_add(PAGE.saturating_mul(2)).saturating_add(DRAWS))
			.saturating_add(Self::access(5, 1))
	}

	fn send_part() -> Weight {
		time(SHORTFALLS.saturating_add(FAULTS).saturating_add(MESSAGE)).saturating_add(
			Self::access(SEND_READS.saturating_add(2), SEND_WRITES.saturating_add(2)),
		)
	}
}
