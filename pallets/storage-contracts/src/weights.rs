// SPDX-License-Identifier: Apache-2.0
//! Weights, measured in the runtime's WebAssembly by `./scripts/weights`.
//!
//! 2026-11-23, AMD EPYC, steps 20, repeat 10; sizes of state proofs
//! assume maps of 1_000_000 entries.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of calls, messages and hooks.
pub trait WeightInfo {
	/// Weight of `report`.
	fn report(b: u32) -> Weight;
	/// Weight of `report_outages`.
	fn report_outages(o: u32) -> Weight;
	/// Weight of `report_faults`.
	fn report_faults(f: u32) -> Weight;
	/// Weight of `propose`.
	fn propose() -> Weight;
	/// Weight of `accept`.
	fn accept() -> Weight;
	/// Weight of `withdraw`.
	fn withdraw() -> Weight;
	/// Weight of `reject`.
	fn reject() -> Weight;
	/// Weight of `expire`.
	fn expire() -> Weight;
	/// Weight of `advance`, `s` from 0 to 31.
	fn advance(s: u32) -> Weight;
	/// Weight of `claim`, `s` from 0 to 31.
	fn claim(s: u32) -> Weight;
	/// Weight of `close`, `s` from 0 to 31.
	fn close(s: u32) -> Weight;
	/// Weight of `flush`.
	fn flush() -> Weight;
	/// Weight of `withdraw_unclaimed`.
	fn withdraw_unclaimed() -> Weight;
	/// Weight of `find_batches`.
	fn find_batches() -> Weight;
	/// Weight of `flag_stalled`.
	fn flag_stalled() -> Weight;
	/// Weight of `heartbeat`.
	fn heartbeat() -> Weight;
	/// Weight of `publish`, `n` from 1 to 64.
	fn publish(n: u32) -> Weight;
	/// Weight of `extend`.
	fn extend() -> Weight;
	/// Weight of `amend`, `s` from 0 to 31.
	fn amend(s: u32) -> Weight;
	/// Weight of `end`, `s` from 0 to 31.
	fn end(s: u32) -> Weight;
	/// Weight of `finalise_faults`, `n` from 1 to 64.
	fn finalise_faults(n: u32) -> Weight;
	/// Weight of `appeal`, `n` from 65536 to 1114112.
	fn appeal(n: u32) -> Weight;
	/// Weight of `demand_audit`.
	fn demand_audit() -> Weight;
	/// Weight of `answer_audit`.
	fn answer_audit() -> Weight;
	/// Weight of `set_chain_terms`.
	fn set_chain_terms() -> Weight;
}

/// Weights for a runtime with its own costs of database accesses.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn report(b: u32) -> Weight {
		Weight::from_parts(1_000_000, 0).saturating_mul(b.into())
	}
	fn report_outages(o: u32) -> Weight {
		Weight::from_parts(1_000_000, 0).saturating_mul(o.into())
	}
	fn report_faults(f: u32) -> Weight {
		Weight::from_parts(1_000_000, 0).saturating_mul(f.into())
	}
	fn propose() -> Weight {
		Weight::from_parts(74_442_000, 6_962).saturating_add(T::DbWeight::get().reads_writes(8, 8))
	}

	fn accept() -> Weight {
		Weight::from_parts(284_017_000, 18_841)
			.saturating_add(T::DbWeight::get().reads_writes(21, 18))
	}

	fn withdraw() -> Weight {
		Weight::from_parts(52_899_000, 3_732).saturating_add(T::DbWeight::get().reads_writes(5, 7))
	}

	fn reject() -> Weight {
		Weight::from_parts(62_344_000, 3_784).saturating_add(T::DbWeight::get().reads_writes(7, 7))
	}

	fn expire() -> Weight {
		Weight::from_parts(53_650_000, 3_732).saturating_add(T::DbWeight::get().reads_writes(5, 7))
	}

	fn advance(s: u32) -> Weight {
		Weight::from_parts(55_511_061, 18_841)
			.saturating_add(T::DbWeight::get().reads_writes(12, 7))
			.saturating_add(Weight::from_parts(98_664_909, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().writes(3).saturating_mul(s.into()))
			.saturating_add(Weight::from_parts(0, 7_812).saturating_mul(s.into()))
	}

	fn claim(s: u32) -> Weight {
		Weight::from_parts(100_277_369, 18_841)
			.saturating_add(T::DbWeight::get().reads_writes(15, 9))
			.saturating_add(Weight::from_parts(98_521_078, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().writes(3).saturating_mul(s.into()))
			.saturating_add(Weight::from_parts(0, 7_812).saturating_mul(s.into()))
	}

	fn close(s: u32) -> Weight {
		Weight::from_parts(353_767_884, 18_841)
			.saturating_add(T::DbWeight::get().reads_writes(20, 20))
			.saturating_add(Weight::from_parts(93_985_214, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().writes(3).saturating_mul(s.into()))
			.saturating_add(Weight::from_parts(0, 7_812).saturating_mul(s.into()))
	}

	fn flush() -> Weight {
		Weight::from_parts(140_071_000, 11_643)
			.saturating_add(T::DbWeight::get().reads_writes(5, 4))
	}

	fn withdraw_unclaimed() -> Weight {
		Weight::from_parts(49_153_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(4, 4))
	}

	fn find_batches() -> Weight {
		Weight::from_parts(137_476_000, 682_782)
			.saturating_add(T::DbWeight::get().reads_writes(128, 0))
	}

	fn flag_stalled() -> Weight {
		Weight::from_parts(11_608_000, 3_781).saturating_add(T::DbWeight::get().reads_writes(2, 1))
	}

	fn heartbeat() -> Weight {
		Weight::from_parts(8_774_000, 3_781).saturating_add(T::DbWeight::get().reads_writes(2, 1))
	}

	fn publish(n: u32) -> Weight {
		Weight::from_parts(547_542_000, 18_841)
			.saturating_add(T::DbWeight::get().reads_writes(20, 14))
			.saturating_add(Weight::from_parts(300_365_280, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(8).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2_614).saturating_mul(n.into()))
	}

	fn extend() -> Weight {
		Weight::from_parts(276_756_000, 18_841)
			.saturating_add(T::DbWeight::get().reads_writes(19, 14))
	}

	fn amend(s: u32) -> Weight {
		Weight::from_parts(955_334_000, 90_245)
			.saturating_add(T::DbWeight::get().reads_writes(57, 58))
			.saturating_add(Weight::from_parts(470_297_520, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(16).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().writes(12).saturating_mul(s.into()))
			.saturating_add(Weight::from_parts(0, 31_248).saturating_mul(s.into()))
	}

	fn end(s: u32) -> Weight {
		Weight::from_parts(2_592_130_789, 72_394)
			.saturating_add(T::DbWeight::get().reads_writes(48, 49))
			.saturating_add(Weight::from_parts(348_052_596, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(16).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().writes(12).saturating_mul(s.into()))
			.saturating_add(Weight::from_parts(0, 31_248).saturating_mul(s.into()))
	}

	fn finalise_faults(n: u32) -> Weight {
		Weight::from_parts(289_287_175, 18_841)
			.saturating_add(T::DbWeight::get().reads_writes(12, 11))
			.saturating_add(Weight::from_parts(86_854_489, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2_559).saturating_mul(n.into()))
	}

	fn appeal(n: u32) -> Weight {
		Weight::from_parts(603_330_095, 3_784)
			.saturating_add(T::DbWeight::get().reads_writes(7, 4))
			.saturating_add(Weight::from_parts(2_066, 0).saturating_mul(n.into()))
	}

	fn demand_audit() -> Weight {
		Weight::from_parts(62_553_000, 3_781).saturating_add(T::DbWeight::get().reads_writes(7, 3))
	}

	fn answer_audit() -> Weight {
		Weight::from_parts(192_238_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(6, 4))
	}

	fn set_chain_terms() -> Weight {
		Weight::from_parts(8_813_000, 3_781).saturating_add(T::DbWeight::get().reads_writes(1, 1))
	}
}
