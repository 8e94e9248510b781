// SPDX-License-Identifier: Apache-2.0
//! Weights of calls, messages and hooks.
//!
//! Database accesses are counted from the code; own times are the native ones that
//! `tests::cost` prints, times [`WASM_FACTOR`].

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// How much slower the compiled runtime may be than native code.
const WASM_FACTOR: u64 = 4;
/// Native time of a call that changes a contract and moves tokens, in picoseconds.
const CALL: u64 = 45_000_000;
/// Native time of sending a full batch: encoding and hashing 8 KiB.
const SEND: u64 = 20_000_000;
/// Native time of one step of counting a stream.
const STEP: u64 = 2_000_000;
/// Native time of reading and writing a stream's agenda and outages at their bounds.
const AGENDA: u64 = 20_000_000;
/// Native time of a part of a report without exceptions.
const REPORT: u64 = 5_000_000;
/// Native time of starting one batch.
const BATCH: u64 = 2_500_000;
/// Native time of one outage, with an outage list at its bound.
const OUTAGE: u64 = 5_000_000;
/// Native time of one fault, with an outage list at its bound.
const FAULT: u64 = 3_000_000;
/// Bytes of state proof per access: a record and its path in the trie.
const PROOF: u64 = 2_048;

/// Weights of calls, messages and hooks.
pub trait WeightInfo {
	/// Proposing.
	fn propose() -> Weight;
	/// Accepting, with a full batch that leaves.
	fn accept() -> Weight;
	/// Taking a proposal back.
	fn withdraw() -> Weight;
	/// Refusing a proposal.
	fn reject() -> Weight;
	/// Removing a lapsed proposal.
	fn expire() -> Weight;
	/// Counting a stream in so many steps.
	fn advance(steps: u32) -> Weight;
	/// Claiming, with so many steps.
	fn claim(steps: u32) -> Weight;
	/// Closing, with so many steps.
	fn close(steps: u32) -> Weight;
	/// Sending a batch.
	fn flush() -> Weight;
	/// Withdrawing what is kept.
	fn withdraw_unclaimed() -> Weight;
	/// Looking for batches to send.
	fn find_batches() -> Weight;
	/// Applying a part of a report.
	fn report(batches: u32, outages: u32, faults: u32) -> Weight;
	/// Flagging a proof chain as stalled.
	fn flag_stalled() -> Weight;
	/// Noting a sign of life, or refusing a message.
	fn heartbeat() -> Weight;
}

/// Weights from the runtime's database costs.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> SubstrateWeight<T> {
	fn of(native: u64, reads: u64, writes: u64) -> Weight {
		Weight::from_parts(
			native.saturating_mul(WASM_FACTOR),
			PROOF.saturating_mul(reads.saturating_add(writes)),
		)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
	}
}

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Read: offer, relation, lane, proof chain, two counters, account, holds, ids, contract;
	// written: both counters, two list entries, account, holds, ids, contract.
	fn propose() -> Weight {
		Self::of(CALL, 12, 8)
	}

	// Beside the contract, both accounts, holds, counters and lists: provider and its hold, proof
	// chain, relation, lane, stream, its number, agenda and outages, leg, batch, gathered legs.
	fn accept() -> Weight {
		Self::of(CALL.saturating_add(AGENDA), 24, 18).saturating_add(Self::of(SEND, 4, 4))
	}

	fn withdraw() -> Weight {
		Self::of(CALL, 6, 7)
	}

	fn reject() -> Weight {
		Self::withdraw()
	}

	fn expire() -> Weight {
		Self::withdraw()
	}

	// A step that starts pending legs reads their batch and changes two edges.
	fn advance(steps: u32) -> Weight {
		Self::of(AGENDA, 5, 3).saturating_add(Self::of(STEP, 3, 2).saturating_mul(steps.into()))
	}

	fn claim(steps: u32) -> Weight {
		Self::of(CALL, 4, 5).saturating_add(Self::advance(steps))
	}

	// Beside counting: contract, leg, batch, two edges, provider, both accounts, booked and
	// unclaimed amounts, two list entries, and the records of a stream that ends.
	fn close(steps: u32) -> Weight {
		Self::of(CALL.saturating_add(AGENDA), 16, 20).saturating_add(Self::advance(steps))
	}

	// The lane's state, its outbox and its digest are the messenger's.
	fn flush() -> Weight {
		Self::of(SEND, 8, 5)
	}

	fn withdraw_unclaimed() -> Weight {
		Self::of(CALL, 4, 4)
	}

	fn find_batches() -> Weight {
		Self::of(BATCH, 2, 0)
	}

	// A batch has one record. An outage reads its stream and changes its outage list. A fault
	// changes its leg and its stream and reads its batch and the outage list.
	fn report(batches: u32, outages: u32, faults: u32) -> Weight {
		Self::of(REPORT, 2, 1)
			.saturating_add(Self::of(BATCH, 1, 1).saturating_mul(batches.into()))
			.saturating_add(Self::of(OUTAGE, 2, 1).saturating_mul(outages.into()))
			.saturating_add(Self::of(FAULT, 4, 2).saturating_mul(faults.into()))
	}

	fn flag_stalled() -> Weight {
		Self::of(REPORT, 2, 1)
	}

	fn heartbeat() -> Weight {
		Self::of(REPORT, 2, 1)
	}
}
