// SPDX-License-Identifier: Apache-2.0
//! Weights, computed from database accesses and measured times.
//!
//! Times, in microseconds: a justification costs 58 and 37 a precommit, one of which may be checked
//! twice before it is refused; any other signature costs 37; a header is hashed in at most 25, for it
//! has at most 16 KiB; a state proof costs 3 a node and 1.2 a KiB; a list of 100 authorities is checked
//! or hashed in 50.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of this pallet.
pub trait WeightInfo {
	/// Each block.
	fn on_initialize() -> Weight;
	/// The first block.
	fn first_block() -> Weight;
	/// Registration with `s` signatures.
	fn register_child(s: u32) -> Weight;
	/// State proofs of `n` nodes and `b` bytes.
	fn check_nodes(n: u32, b: u32) -> Weight;
	/// Import of a header with `p` precommits and `a` ancestry headers.
	fn submit_finality(p: u32, a: u32) -> Weight;
	/// The checks of finality before a fee is charged.
	fn check_finality() -> Weight;
	/// Change of a status.
	fn set_status() -> Weight;
	/// Approval of code, or its end.
	fn approve_code() -> Weight;
	/// Closing of a neighbour.
	fn close() -> Weight;
	/// Withdrawal of a bond, and removal of `h` headers.
	fn withdraw_bond(h: u32) -> Weight;
	/// A new checkpoint in place of `h` headers.
	fn force_set(h: u32) -> Weight;
	/// A recovery with `s` signatures.
	fn recover_parent(s: u32) -> Weight;
	/// Evidence of an equivocation.
	fn report_equivocation() -> Weight;
	/// Evidence of a fork: `p` precommits, `a` ancestry headers of the votes and of the header.
	fn report_fork(p: u32, a: u32) -> Weight;
}

const MICROSECOND: u64 = 1_000_000;
const SIGNATURE: u64 = 37;
const HEADER: u64 = 25;
const AUTHORITIES: u64 = 50;

/// Weights on top of the runtime's database.
pub struct SubstrateWeight<T>(PhantomData<T>);

fn time(microseconds: u64) -> Weight {
	Weight::from_parts(microseconds.saturating_mul(MICROSECOND), 0)
}

fn each(microseconds: u64, count: u32) -> Weight {
	time(microseconds).saturating_mul(count.into())
}

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn on_initialize() -> Weight {
		time(5).saturating_add(T::DbWeight::get().reads(1))
	}

	fn first_block() -> Weight {
		Self::on_initialize().saturating_add(T::DbWeight::get().reads_writes(6, 6))
	}

	fn check_nodes(n: u32, b: u32) -> Weight {
		each(3, n).saturating_add(Weight::from_parts(1_200, 0).saturating_mul(b.into()))
	}

	fn register_child(s: u32) -> Weight {
		time(200)
			.saturating_add(each(SIGNATURE, s))
			.saturating_add(T::DbWeight::get().reads_writes(21, 20))
	}

	fn submit_finality(p: u32, a: u32) -> Weight {
		// The accesses are those of a hand-over, which replaces a set and forgets two former ones.
		time(58 + SIGNATURE + HEADER + 2 * AUTHORITIES)
			.saturating_add(each(SIGNATURE, p))
			.saturating_add(each(HEADER, a))
			.saturating_add(T::DbWeight::get().reads_writes(10, 13))
	}

	fn check_finality() -> Weight {
		time(5).saturating_add(T::DbWeight::get().reads(1))
	}

	fn set_status() -> Weight {
		time(20).saturating_add(T::DbWeight::get().reads_writes(1, 1))
	}

	fn approve_code() -> Weight {
		time(20).saturating_add(T::DbWeight::get().reads_writes(2, 2))
	}

	fn close() -> Weight {
		// What other pallets are asked before a child is left is counted too.
		time(50 + AUTHORITIES).saturating_add(T::DbWeight::get().reads_writes(25, 6))
	}

	fn withdraw_bond(h: u32) -> Weight {
		let sets = 64;
		time(50)
			.saturating_add(T::DbWeight::get().reads_writes(6, 6))
			.saturating_add(T::DbWeight::get().reads_writes(2, 2).saturating_mul(sets))
			.saturating_add(T::DbWeight::get().writes(h.into()))
	}

	fn force_set(h: u32) -> Weight {
		// What the hooks of other pallets do is counted too: lanes are opened anew.
		time(50 + 2 * AUTHORITIES)
			.saturating_add(T::DbWeight::get().reads_writes(20, 20))
			.saturating_add(T::DbWeight::get().writes(h.into()))
	}

	fn recover_parent(s: u32) -> Weight {
		time(50 + AUTHORITIES)
			.saturating_add(each(SIGNATURE, s))
			.saturating_add(T::DbWeight::get().reads_writes(5, 1))
	}

	fn report_equivocation() -> Weight {
		// Each signature that does not verify is checked for the set before, too.
		time(50 + 4 * SIGNATURE + 2 * HEADER + AUTHORITIES)
			.saturating_add(T::DbWeight::get().reads_writes(7, 6))
	}

	fn report_fork(p: u32, a: u32) -> Weight {
		time(58 + SIGNATURE + HEADER + AUTHORITIES)
			.saturating_add(each(SIGNATURE, p))
			.saturating_add(each(HEADER, a))
			.saturating_add(T::DbWeight::get().reads_writes(8, 6))
	}
}
