// SPDX-License-Identifier: Apache-2.0
//! Weights, measured in the runtime's WebAssembly by `./scripts/weights`.
//!
//! 2026-11-23, AMD EPYC, steps 20, repeat 10; sizes of state proofs
//! assume maps of 1_000_000 entries.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of calls, messages and hooks.
pub trait WeightInfo {
	/// Weight of `on_initialize`.
	fn on_initialize() -> Weight;
	/// Weight of `open_lanes`.
	fn open_lanes() -> Weight;
	/// Weight of `forward_beacon`, `c` from 0 to 64.
	fn forward_beacon(c: u32) -> Weight;
	/// Weight of `check_cheaply`.
	fn check_cheaply() -> Weight;
	/// Weight of `check_proof`, `n` from 2 to 64, `b` from 0 to 65536.
	fn check_proof(n: u32, b: u32) -> Weight;
	/// Weight of `check_messages`, `m` from 0 to 64.
	fn check_messages(m: u32) -> Weight;
	/// Weight of `check_tail`, `t` from 0 to 256.
	fn check_tail(t: u32) -> Weight;
	/// Weight of `check_payload`, `b` from 0 to 131072.
	fn check_payload(b: u32) -> Weight;
	/// Weight of `deliver`, `m` from 8 to 64, `b` from 0 to 131072.
	fn deliver(m: u32, b: u32) -> Weight;
	/// Weight of `prune`, `n` from 0 to 256.
	fn prune(n: u32) -> Weight;
	/// Weight of `credit`.
	fn credit() -> Weight;
	/// Weight of `release`.
	fn release() -> Weight;
	/// Weight of `send_admin`.
	fn send_admin(b: u32) -> Weight;
	/// Weight of `release_waiting`, `n` from 1 to 64.
	fn release_waiting(n: u32) -> Weight;
	/// Weight of `beacon`.
	fn beacon() -> Weight;
	/// Weight of `transfer_down`.
	fn transfer_down() -> Weight;
	/// Weight of `transfer_up`.
	fn transfer_up() -> Weight;
	/// Weight of `redispatch`.
	fn redispatch() -> Weight;
	/// Weight of `abandon`, `n` from 1 to 256.
	fn abandon(n: u32) -> Weight;
}

/// Weights for a runtime with its own costs of database accesses.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn on_initialize() -> Weight {
		Weight::from_parts(1_302_000, 1_517).saturating_add(T::DbWeight::get().reads_writes(3, 0))
	}

	fn open_lanes() -> Weight {
		Weight::from_parts(27_931_000, 8_916).saturating_add(T::DbWeight::get().reads_writes(6, 6))
	}

	fn forward_beacon(c: u32) -> Weight {
		Weight::from_parts(2_209_809, 3_535)
			.saturating_add(T::DbWeight::get().reads_writes(2, 1))
			.saturating_add(Weight::from_parts(30_398_836, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().writes(3).saturating_mul(c.into()))
			.saturating_add(Weight::from_parts(0, 5_972).saturating_mul(c.into()))
	}

	fn check_cheaply() -> Weight {
		Weight::from_parts(16_685_000, 6_962).saturating_add(T::DbWeight::get().reads_writes(4, 0))
	}

	fn check_proof(n: u32, b: u32) -> Weight {
		Weight::from_parts(3_703_191, 3_589)
			.saturating_add(T::DbWeight::get().reads_writes(1, 0))
			.saturating_add(Weight::from_parts(2_281_337, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(1_551, 0).saturating_mul(b.into()))
	}

	fn check_messages(m: u32) -> Weight {
		Weight::from_parts(408_966, 0)
			.saturating_add(Weight::from_parts(4_276_950, 0).saturating_mul(m.into()))
	}

	fn check_tail(t: u32) -> Weight {
		Weight::from_parts(190_000, 0)
			.saturating_add(Weight::from_parts(3_038_849, 0).saturating_mul(t.into()))
	}

	fn check_payload(b: u32) -> Weight {
		Weight::from_parts(191_000, 0)
			.saturating_add(Weight::from_parts(6_907, 0).saturating_mul(b.into()))
	}

	fn deliver(m: u32, b: u32) -> Weight {
		Weight::from_parts(4_038_554, 5_564)
			.saturating_add(T::DbWeight::get().reads_writes(3, 2))
			.saturating_add(Weight::from_parts(10_462_639, 0).saturating_mul(m.into()))
			.saturating_add(Weight::from_parts(352, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(m.into()))
	}

	fn prune(n: u32) -> Weight {
		Weight::from_parts(1_673_330, 3_530)
			.saturating_add(T::DbWeight::get().reads_writes(1, 1))
			.saturating_add(Weight::from_parts(2_076_956, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(n.into()))
	}

	fn credit() -> Weight {
		Weight::from_parts(22_504_000, 3_593).saturating_add(T::DbWeight::get().reads_writes(1, 2))
	}

	fn release() -> Weight {
		Weight::from_parts(130_365_000, 8_799)
			.saturating_add(T::DbWeight::get().reads_writes(9, 12))
	}

	fn send_admin(b: u32) -> Weight {
		Weight::from_parts(100_000_000, 0)
			.saturating_add(Weight::from_parts(10_000, 0).saturating_mul(b.into()))
	}

	fn release_waiting(n: u32) -> Weight {
		Weight::from_parts(231_255_417, 14_005)
			.saturating_add(T::DbWeight::get().reads_writes(14, 16))
			.saturating_add(Weight::from_parts(49_971_420, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(2).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2_603).saturating_mul(n.into()))
	}

	fn beacon() -> Weight {
		Weight::from_parts(3_426_000, 1_525).saturating_add(T::DbWeight::get().reads_writes(1, 2))
	}

	fn transfer_down() -> Weight {
		Weight::from_parts(75_964_000, 6_962).saturating_add(T::DbWeight::get().reads_writes(7, 5))
	}

	fn transfer_up() -> Weight {
		Weight::from_parts(49_645_000, 6_962).saturating_add(T::DbWeight::get().reads_writes(5, 3))
	}

	fn redispatch() -> Weight {
		Weight::from_parts(67_361_000, 19_918).saturating_add(T::DbWeight::get().reads_writes(4, 2))
	}

	fn abandon(n: u32) -> Weight {
		Weight::from_parts(70_796_000, 6_962)
			.saturating_add(T::DbWeight::get().reads_writes(7, 4))
			.saturating_add(Weight::from_parts(58_224_371, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(2).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(2).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 18_928).saturating_mul(n.into()))
	}
}
