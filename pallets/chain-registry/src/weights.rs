// SPDX-License-Identifier: Apache-2.0
//! Weights, computed from database accesses and measured times.
//!
//! Times, in microseconds: a justification costs 58 and 37 a precommit, one of which may be checked
//! twice before it is refused; a header is hashed in at most 25, for it has at most 16 KiB; a state
//! proof costs 3 a node and 1.2 a KiB; a list of 100 authorities is checked in 50.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of this pallet.
pub trait WeightInfo {
	/// Each block.
	fn on_initialize() -> Weight;
	/// The first block.
	fn first_block() -> Weight;
	/// Registration with state proofs of `n` nodes and `b` bytes together.
	fn register_child(n: u32, b: u32) -> Weight;
	/// Import of a header with `p` precommits and `a` ancestry headers.
	fn submit_finality(p: u32, a: u32) -> Weight;
	/// Change of a status.
	fn set_status() -> Weight;
}

const MICROSECOND: u64 = 1_000_000;

/// Weights on top of the runtime's database.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn on_initialize() -> Weight {
		Weight::from_parts(5 * MICROSECOND, 0).saturating_add(T::DbWeight::get().reads(1))
	}

	fn first_block() -> Weight {
		Self::on_initialize().saturating_add(T::DbWeight::get().reads_writes(6, 6))
	}

	fn register_child(n: u32, b: u32) -> Weight {
		// What the hooks of other pallets do is counted too: lanes are opened, tokens are locked.
		Weight::from_parts(200 * MICROSECOND, 0)
			.saturating_add(Weight::from_parts(3 * MICROSECOND, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(1_200, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads_writes(20, 20))
	}

	fn submit_finality(p: u32, a: u32) -> Weight {
		Weight::from_parts((58 + 37 + 25 + 50) * MICROSECOND, 0)
			.saturating_add(Weight::from_parts(37 * MICROSECOND, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(25 * MICROSECOND, 0).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().reads_writes(6, 6))
	}

	fn set_status() -> Weight {
		Weight::from_parts(20 * MICROSECOND, 0)
			.saturating_add(T::DbWeight::get().reads_writes(1, 1))
	}
}
