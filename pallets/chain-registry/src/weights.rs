// SPDX-License-Identifier: Apache-2.0
//! Weights, measured in the runtime's WebAssembly by `./scripts/weights`.
//!
//! 2026-11-23, AMD EPYC, steps 10, repeat 4; sizes of state proofs
//! assume maps of 1_000_000 entries.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of calls, messages and hooks.
pub trait WeightInfo {
	/// Weight of `on_initialize`.
	fn on_initialize() -> Weight;
	/// Weight of `first_block`.
	fn first_block() -> Weight;
	/// Weight of `register_child`, `s` from 1 to 100.
	fn register_child(s: u32) -> Weight;
	/// Weight of `check_nodes`, `n` from 1 to 64, `b` from 2048 to 65536.
	fn check_nodes(n: u32, b: u32) -> Weight;
	/// Weight of `submit_finality`, `p` from 1 to 67, `a` from 0 to 8.
	fn submit_finality(p: u32, a: u32) -> Weight;
	/// Weight of `check_finality`.
	fn check_finality() -> Weight;
	/// Weight of `set_status`.
	fn set_status() -> Weight;
	/// Weight of `approve_code`.
	fn approve_code() -> Weight;
	/// Weight of `close`.
	fn close() -> Weight;
	/// Weight of `withdraw_bond`, `h` from 0 to 64.
	fn withdraw_bond(h: u32) -> Weight;
	/// Weight of `force_set`, `h` from 0 to 64.
	fn force_set(h: u32) -> Weight;
	/// Weight of `recover_parent`, `s` from 1 to 100.
	fn recover_parent(s: u32) -> Weight;
	/// Weight of `report_equivocation`.
	fn report_equivocation() -> Weight;
	/// Weight of `report_fork`, `p` from 1 to 67, `a` from 0 to 64.
	fn report_fork(p: u32, a: u32) -> Weight;
}

/// Weights for a runtime with its own costs of database accesses.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn on_initialize() -> Weight {
		Weight::from_parts(6_159_000, 3_509).saturating_add(T::DbWeight::get().reads_writes(1, 0))
	}

	fn first_block() -> Weight {
		Weight::from_parts(68_052_000, 8_916).saturating_add(T::DbWeight::get().reads_writes(7, 6))
	}

	fn register_child(s: u32) -> Weight {
		Weight::from_parts(591_483_298, 8_916)
			.saturating_add(T::DbWeight::get().reads_writes(17, 16))
			.saturating_add(Weight::from_parts(34_476_383, 0).saturating_mul(s.into()))
	}

	fn check_nodes(n: u32, b: u32) -> Weight {
		Weight::from_parts(306_174, 0)
			.saturating_add(Weight::from_parts(848_040, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(1_544, 0).saturating_mul(b.into()))
	}

	fn submit_finality(p: u32, a: u32) -> Weight {
		Weight::from_parts(298_316_272, 6_962)
			.saturating_add(T::DbWeight::get().reads_writes(10, 13))
			.saturating_add(Weight::from_parts(36_033_956, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(29_996_753, 0).saturating_mul(a.into()))
	}

	fn check_finality() -> Weight {
		Weight::from_parts(57_747_000, 6_962).saturating_add(T::DbWeight::get().reads_writes(2, 0))
	}

	fn set_status() -> Weight {
		Weight::from_parts(13_470_000, 6_962).saturating_add(T::DbWeight::get().reads_writes(1, 1))
	}

	fn approve_code() -> Weight {
		Weight::from_parts(10_236_000, 3_514).saturating_add(T::DbWeight::get().reads_writes(2, 2))
	}

	fn close() -> Weight {
		Weight::from_parts(126_650_000, 14_712)
			.saturating_add(T::DbWeight::get().reads_writes(17, 9))
	}

	fn withdraw_bond(h: u32) -> Weight {
		Weight::from_parts(754_074_324, 165_278)
			.saturating_add(T::DbWeight::get().reads_writes(133, 133))
			.saturating_add(Weight::from_parts(1_780_668, 0).saturating_mul(h.into()))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(h.into()))
	}

	fn force_set(h: u32) -> Weight {
		Weight::from_parts(177_060_819, 8_916)
			.saturating_add(T::DbWeight::get().reads_writes(15, 17))
			.saturating_add(Weight::from_parts(2_066_532, 0).saturating_mul(h.into()))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(h.into()))
	}

	fn recover_parent(s: u32) -> Weight {
		Weight::from_parts(126_414_129, 6_962)
			.saturating_add(T::DbWeight::get().reads_writes(6, 1))
			.saturating_add(Weight::from_parts(36_161_142, 0).saturating_mul(s.into()))
	}

	fn report_equivocation() -> Weight {
		Weight::from_parts(283_446_000, 7_611).saturating_add(T::DbWeight::get().reads_writes(7, 5))
	}

	fn report_fork(p: u32, a: u32) -> Weight {
		Weight::from_parts(329_357_084, 7_611)
			.saturating_add(T::DbWeight::get().reads_writes(8, 5))
			.saturating_add(Weight::from_parts(36_604_755, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(32_893_778, 0).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(0, 55).saturating_mul(a.into()))
	}
}
