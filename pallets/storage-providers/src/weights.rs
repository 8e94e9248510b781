// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls.
//!
//! Database accesses are counted from the code; each call's own time is the native one that
//! `tests::weights` prints, times [`WASM_FACTOR`].

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// How much slower the compiled runtime may be than native code.
const WASM_FACTOR: u64 = 4;
/// Native time of a call that changes one record and one hold, in picoseconds.
const CHANGE: u64 = 19_000_000;
/// Bytes of state proof per access: a record and its path in the trie.
const PROOF: u64 = 2_048;

/// Weights of the calls.
pub trait WeightInfo {
	/// Registering.
	fn register() -> Weight;
	/// Changing the offer.
	fn set_offer() -> Weight;
	/// Pausing or resuming.
	fn set_accepting() -> Weight;
	/// Adding collateral.
	fn add_collateral() -> Weight;
	/// Taking collateral back.
	fn withdraw_collateral() -> Weight;
	/// Leaving.
	fn leave() -> Weight;
	/// Naming a payee.
	fn set_payee() -> Weight;
	/// Announcing an exit.
	fn announce_exit() -> Weight;
	/// Staying.
	fn cancel_exit() -> Weight;
}

/// Weights from the runtime's database costs.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> SubstrateWeight<T> {
	fn of(reads: u64, writes: u64) -> Weight {
		Weight::from_parts(
			CHANGE.saturating_mul(WASM_FACTOR),
			PROOF.saturating_mul(reads.saturating_add(writes)),
		)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
	}
}

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Touched by holds: the holds of the account, the account itself.
	fn register() -> Weight {
		Self::of(3, 3)
	}

	fn set_offer() -> Weight {
		Self::of(1, 1)
	}

	fn set_accepting() -> Weight {
		Self::of(1, 1)
	}

	fn add_collateral() -> Weight {
		Self::of(3, 2)
	}

	fn withdraw_collateral() -> Weight {
		Self::of(3, 2)
	}

	fn leave() -> Weight {
		Self::of(3, 3)
	}

	fn set_payee() -> Weight {
		Self::of(1, 1)
	}

	fn announce_exit() -> Weight {
		Self::of(1, 1)
	}

	fn cancel_exit() -> Weight {
		Self::of(1, 1)
	}
}
