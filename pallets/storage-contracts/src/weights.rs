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
/// Native time of checking a signature twice, or a possession proof.
const SIGNATURE: u64 = 100_000_000;
/// Native time of hashing and reading a byte of evidence.
const EVIDENCE_BYTE: u64 = 4_000;
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
	/// Making contracts of so many signed proposals.
	fn publish(proposals: u32) -> Weight;
	/// Lengthening a contract.
	fn extend() -> Weight;
	/// Repricing or moving a contract of most legs, with so many steps.
	fn amend(steps: u32) -> Weight;
	/// Ending a contract of most legs early, with so many steps.
	fn end(steps: u32) -> Weight;
	/// Making so many faults final.
	fn finalise_faults(faults: u32) -> Weight;
	/// Appealing with evidence of so many bytes.
	fn appeal(bytes: u32) -> Weight;
	/// Demanding an audit.
	fn demand_audit() -> Weight;
	/// Answering an audit.
	fn answer_audit() -> Weight;
	/// Changing a proof chain's record.
	fn set_chain_terms() -> Weight;
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
	// changes its leg, its stream, its record and its provider and reads batch, contract and outages.
	fn report(batches: u32, outages: u32, faults: u32) -> Weight {
		Self::of(REPORT, 2, 1)
			.saturating_add(Self::of(BATCH, 1, 1).saturating_mul(batches.into()))
			.saturating_add(Self::of(OUTAGE, 3, 3).saturating_mul(outages.into()))
			.saturating_add(Self::of(FAULT, 6, 4).saturating_mul(faults.into()))
	}

	fn flag_stalled() -> Weight {
		Self::of(REPORT, 2, 1)
	}

	fn heartbeat() -> Weight {
		Self::of(REPORT, 2, 1)
	}

	// Beside proposing and accepting: the signature, checked twice at most, and the number.
	fn publish(proposals: u32) -> Weight {
		let one = Self::propose().saturating_add(Self::accept());
		let one = one.saturating_add(Self::of(SIGNATURE, 1, 1));
		Self::of(REPORT, 2, 0).saturating_add(one.saturating_mul(proposals.into()))
	}

	fn extend() -> Weight {
		Self::accept()
	}

	// Up to four legs are cut and as many opened.
	fn amend(steps: u32) -> Weight {
		Self::end(steps)
			.saturating_add(Self::accept().saturating_mul(4))
			.saturating_add(Self::of(SIGNATURE, 0, 0))
	}

	// Of each leg: itself, its stream, agenda, outages, batch, chain and two edges.
	fn end(steps: u32) -> Weight {
		Self::of(CALL, 8, 8)
			.saturating_add(Self::of(AGENDA, 10, 9).saturating_mul(4))
			.saturating_add(Self::advance(steps))
	}

	fn finalise_faults(faults: u32) -> Weight {
		Self::of(REPORT, 2, 0).saturating_add(Self::of(CALL, 8, 7).saturating_mul(faults.into()))
	}

	fn appeal(bytes: u32) -> Weight {
		Self::of(CALL.saturating_add(EVIDENCE_BYTE.saturating_mul(bytes.into())), 8, 4)
	}

	fn demand_audit() -> Weight {
		Self::of(CALL, 6, 3)
	}

	fn answer_audit() -> Weight {
		Self::of(CALL.saturating_add(SIGNATURE), 5, 4)
	}

	fn set_chain_terms() -> Weight {
		Self::of(REPORT, 1, 1)
	}
}
