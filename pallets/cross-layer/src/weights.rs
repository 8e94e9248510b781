// SPDX-License-Identifier: Apache-2.0
//! Weights of calls, messages and hooks.
//!
//! Database accesses are counted from the code; the times are the native ones that
//! `tests::weights` prints, times [`WASM_FACTOR`].

use crate::releases::TURNS_PER_RELEASE;
use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// How much slower the compiled runtime may be than native code.
const WASM_FACTOR: u64 = 4;
/// Native time of a call or message that moves tokens or changes a few records, in picoseconds.
const CHANGE: u64 = 15_000_000;
/// Native time of verifying the smallest relay call, in picoseconds.
const CHECK: u64 = 12_000_000;
/// Native time of one more trie node, message or hash of the tail.
const CHECK_HASH: u64 = 1_500_000;
/// Native time of one more byte that is hashed and decoded.
const CHECK_BYTE: u64 = 2_000;
/// Native time of dispatching one message besides what it does, and of keeping it if it fails.
const DELIVER: u64 = 8_000_000;
/// Native time of keeping one byte of a message that failed.
const DELIVER_BYTE: u64 = 1_500;
/// Native time of removing one message.
const PRUNE: u64 = 2_000_000;
/// Bytes of state proof per access: a record and its path in the trie.
const PROOF: u64 = 2_048;
/// Bytes of state proof of a full list of dead letters, or of a message that is removed.
const PROOF_LONG: u64 = 16 * 1_024;

/// Weights of calls, messages and hooks.
pub trait WeightInfo {
	/// Verifying a relay call, with so many trie nodes, messages and hashes of the tail together.
	fn check_relay(hashes: u32, proof_bytes: u32, payload_bytes: u32) -> Weight;
	/// Moving the cursors and dispatching messages, besides what the messages do.
	fn deliver(messages: u32, payload_bytes: u32) -> Weight;
	/// Removing acknowledged messages.
	fn prune(messages: u32) -> Weight;
	/// Minting tokens.
	fn credit() -> Weight;
	/// Unlocking tokens.
	fn release() -> Weight;
	/// Taking over randomness.
	fn beacon() -> Weight;
	/// Giving up on a payload that is no message.
	fn undecodable() -> Weight;
	/// Moving tokens to a child.
	fn transfer_down() -> Weight;
	/// Moving tokens to the parent.
	fn transfer_up() -> Weight;
	/// Dispatching a message again, besides what it does.
	fn redispatch() -> Weight;
	/// Looking at a relay call without its proofs.
	fn check_cheaply() -> Weight;
	/// Giving up so many messages.
	fn abandon(messages: u32) -> Weight;
	/// So many turns of releases that wait.
	fn release_waiting(turns: u32) -> Weight;
	/// Looking for new randomness.
	fn on_initialize() -> Weight;
	/// Opening the lanes of an edge.
	fn open_lanes() -> Weight;
	/// Sending randomness to children.
	fn forward_beacon(children: u32) -> Weight;
}

/// Weights from the runtime's database costs.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> SubstrateWeight<T> {
	fn of(time: u64, reads: u64, writes: u64) -> Weight {
		Weight::from_parts(
			time.saturating_mul(WASM_FACTOR),
			PROOF.saturating_mul(reads.saturating_add(writes)),
		)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
	}
}

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Read: relation and status of the neighbour, its state root, both records of the lane, the
	// index of dead letters.
	fn check_relay(hashes: u32, proof_bytes: u32, payload_bytes: u32) -> Weight {
		let bytes = u64::from(proof_bytes).saturating_add(payload_bytes.into());
		let time = CHECK
			.saturating_add(CHECK_HASH.saturating_mul(hashes.into()))
			.saturating_add(CHECK_BYTE.saturating_mul(bytes));
		Self::of(time, 6, 0)
	}

	// Written: both records of the lane, the name of the message. Per message, if it fails: the
	// letter, and the index which the overlay keeps after the first.
	fn deliver(messages: u32, payload_bytes: u32) -> Weight {
		let each = DELIVER.saturating_mul(messages.into());
		let time = each.saturating_add(DELIVER_BYTE.saturating_mul(payload_bytes.into()));
		Self::of(time, 3, u64::from(messages).saturating_add(4))
			.saturating_add(Weight::from_parts(0, PROOF_LONG))
	}

	// A removal reads the value to be removed into the proof.
	fn prune(messages: u32) -> Weight {
		let messages = u64::from(messages);
		Self::of(PRUNE.saturating_mul(messages), 0, messages)
			.saturating_add(Weight::from_parts(0, PROOF_LONG.saturating_mul(messages)))
	}

	// Touched: the account, the issuance.
	fn credit() -> Weight {
		Self::of(CHANGE, 2, 2)
	}

	// Touched: what is locked, the period, both accounts, and for what waits the queue and its turns.
	fn release() -> Weight {
		Self::of(CHANGE, 5, 6).saturating_add(Self::release_waiting(TURNS_PER_RELEASE))
	}

	// Per turn: the entry, the account, and the entry for what is left. Touched besides: the queue, the
	// period, what is locked and the account that holds it. Read besides: relation and status.
	fn release_waiting(turns: u32) -> Weight {
		Self::of(CHANGE, 6, 4).saturating_add(Self::of(CHANGE, 3, 3).saturating_mul(turns.into()))
	}

	fn beacon() -> Weight {
		Self::of(CHANGE, 1, 2)
	}

	fn undecodable() -> Weight {
		Self::of(CHANGE, 1, 1)
	}

	// Touched: both records of the lane, the outbox, what is locked, both accounts. Read besides:
	// relation and status of the child.
	fn transfer_down() -> Weight {
		Self::of(CHANGE.saturating_mul(2), 7, 5)
	}

	// Touched: both records of the lane, the outbox, the account, the issuance. Read besides:
	// relation and status of the parent, twice.
	fn transfer_up() -> Weight {
		Self::of(CHANGE.saturating_mul(2), 7, 4)
	}

	fn redispatch() -> Weight {
		Self::of(CHANGE, 5, 3).saturating_add(Weight::from_parts(0, PROOF_LONG))
	}

	// The neighbour, its best header, the root of the block, and both records of this end of the lane.
	fn check_cheaply() -> Weight {
		Self::of(CHECK, 5, 0)
	}

	// Each message may hand tokens back: two accounts, and what is locked.
	fn abandon(messages: u32) -> Weight {
		Self::of(CHANGE, 4, 1)
			.saturating_add(Self::of(CHANGE, 4, 4).saturating_mul(messages.into()))
			.saturating_add(Self::prune(messages))
	}

	// Read: this chain's own randomness and its epoch, the newest known, whether it is due.
	fn on_initialize() -> Weight {
		Self::of(CHANGE, 4, 0)
	}

	// Per lane: the lane, its acknowledgements. Read besides: the parent, its incarnation, this id.
	fn open_lanes() -> Weight {
		Self::of(CHANGE.saturating_mul(3), 9, 6)
	}

	// Per child: relation and status, what was sent to it, both records of the lane, the outbox.
	fn forward_beacon(children: u32) -> Weight {
		let children = u64::from(children);
		Self::of(
			CHANGE.saturating_mul(children.saturating_add(1)),
			children.saturating_mul(5).saturating_add(3),
			children.saturating_mul(3).saturating_add(3),
		)
	}
}
