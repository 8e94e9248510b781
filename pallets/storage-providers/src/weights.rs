// SPDX-License-Identifier: Apache-2.0
//! Weights, measured in the runtime's WebAssembly by `./scripts/weights`.
//!
//! 2026-11-23, AMD EPYC, steps 20, repeat 10; sizes of state proofs
//! assume maps of 1_000_000 entries.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of calls, messages and hooks.
pub trait WeightInfo {
	/// Weight of `register`.
	fn register() -> Weight;
	/// Weight of `set_offer`.
	fn set_offer() -> Weight;
	/// Weight of `set_accepting`.
	fn set_accepting() -> Weight;
	/// Weight of `add_collateral`.
	fn add_collateral() -> Weight;
	/// Weight of `withdraw_collateral`.
	fn withdraw_collateral() -> Weight;
	/// Weight of `leave`.
	fn leave() -> Weight;
	/// Weight of `set_payee`.
	fn set_payee() -> Weight;
	/// Weight of `announce_exit`.
	fn announce_exit() -> Weight;
	/// Weight of `cancel_exit`.
	fn cancel_exit() -> Weight;
}

/// Weights for a runtime with its own costs of database accesses.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn register() -> Weight {
		Weight::from_parts(48_493_000, 6_578).saturating_add(T::DbWeight::get().reads_writes(4, 3))
	}

	fn set_offer() -> Weight {
		Weight::from_parts(15_884_000, 6_578).saturating_add(T::DbWeight::get().reads_writes(3, 3))
	}

	fn set_accepting() -> Weight {
		Weight::from_parts(7_962_000, 3_784).saturating_add(T::DbWeight::get().reads_writes(1, 1))
	}

	fn add_collateral() -> Weight {
		Weight::from_parts(51_487_000, 3_784).saturating_add(T::DbWeight::get().reads_writes(2, 2))
	}

	fn withdraw_collateral() -> Weight {
		Weight::from_parts(41_803_000, 3_784).saturating_add(T::DbWeight::get().reads_writes(2, 1))
	}

	fn leave() -> Weight {
		Weight::from_parts(44_216_000, 3_784).saturating_add(T::DbWeight::get().reads_writes(3, 3))
	}

	fn set_payee() -> Weight {
		Weight::from_parts(8_112_000, 3_784).saturating_add(T::DbWeight::get().reads_writes(1, 1))
	}

	fn announce_exit() -> Weight {
		Weight::from_parts(8_403_000, 3_784).saturating_add(T::DbWeight::get().reads_writes(1, 1))
	}

	fn cancel_exit() -> Weight {
		Weight::from_parts(8_333_000, 3_784).saturating_add(T::DbWeight::get().reads_writes(1, 1))
	}
}
