// SPDX-License-Identifier: Apache-2.0
//! Weights, measured in the runtime's WebAssembly by `./scripts/weights`.
//!
//! 2026-11-23, AMD EPYC, steps 20, repeat 10; sizes of state proofs
//! assume maps of 1_000_000 entries.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of calls, messages and hooks.
pub trait WeightInfo {
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
	/// Weight of `report`, `b` from 0 to 256.
	fn report(b: u32) -> Weight;
	/// Weight of `report_outages`, `o` from 1 to 512.
	fn report_outages(o: u32) -> Weight;
	/// Weight of `report_faults`, `f` from 1 to 512.
	fn report_faults(f: u32) -> Weight;
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
	fn propose() -> Weight {
		Weight::from_parts(71_868_000, 6_962).saturating_add(T::DbWeight::get().reads_writes(8, 8))
	}

	fn accept() -> Weight {
		Weight::from_parts(238_839_000, 18_841)
			.saturating_add(T::DbWeight::get().reads_writes(21, 18))
	}

	fn withdraw() -> Weight {
		Weight::from_parts(52_318_000, 3_732).saturating_add(T::DbWeight::get().reads_writes(5, 7))
	}

	fn reject() -> Weight {
		Weight::from_parts(62_674_000, 3_784).saturating_add(T::DbWeight::get().reads_writes(7, 7))
	}

	fn expire() -> Weight {
		Weight::from_parts(52_680_000, 3_732).saturating_add(T::DbWeight::get().reads_writes(5, 7))
	}

	fn advance(s: u32) -> Weight {
		Weight::from_parts(49_865_994, 18_841)
			.saturating_add(T::DbWeight::get().reads_writes(12, 7))
			.saturating_add(Weight::from_parts(90_647_419, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().writes(3).saturating_mul(s.into()))
			.saturating_add(Weight::from_parts(0, 7_812).saturating_mul(s.into()))
	}

	fn claim(s: u32) -> Weight {
		Weight::from_parts(163_368_228, 18_841)
			.saturating_add(T::DbWeight::get().reads_writes(16, 9))
			.saturating_add(Weight::from_parts(88_702_075, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().writes(3).saturating_mul(s.into()))
			.saturating_add(Weight::from_parts(0, 7_812).saturating_mul(s.into()))
	}

	fn close(s: u32) -> Weight {
		Weight::from_parts(274_886_806, 18_841)
			.saturating_add(T::DbWeight::get().reads_writes(21, 20))
			.saturating_add(Weight::from_parts(92_400_316, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().writes(3).saturating_mul(s.into()))
			.saturating_add(Weight::from_parts(0, 7_812).saturating_mul(s.into()))
	}

	fn flush() -> Weight {
		Weight::from_parts(98_779_000, 11_643).saturating_add(T::DbWeight::get().reads_writes(5, 4))
	}

	fn withdraw_unclaimed() -> Weight {
		Weight::from_parts(47_721_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(4, 4))
	}

	fn find_batches() -> Weight {
		Weight::from_parts(135_313_000, 682_782)
			.saturating_add(T::DbWeight::get().reads_writes(128, 0))
	}

	fn report(b: u32) -> Weight {
		Weight::from_parts(1_138_222, 3_781)
			.saturating_add(T::DbWeight::get().reads_writes(2, 1))
			.saturating_add(Weight::from_parts(3_517_893, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(b.into()))
			.saturating_add(Weight::from_parts(0, 2_548).saturating_mul(b.into()))
	}

	fn report_outages(o: u32) -> Weight {
		Weight::from_parts(29_474_000, 3_781)
			.saturating_add(T::DbWeight::get().reads_writes(2, 1))
			.saturating_add(Weight::from_parts(18_623_428, 0).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads(3).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().writes(3).saturating_mul(o.into()))
			.saturating_add(Weight::from_parts(0, 4_798).saturating_mul(o.into()))
	}

	fn report_faults(f: u32) -> Weight {
		Weight::from_parts(38_077_000, 3_781)
			.saturating_add(T::DbWeight::get().reads_writes(2, 1))
			.saturating_add(Weight::from_parts(32_137_244, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(6).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().writes(4).saturating_mul(f.into()))
			.saturating_add(Weight::from_parts(0, 4_798).saturating_mul(f.into()))
	}

	fn flag_stalled() -> Weight {
		Weight::from_parts(11_277_000, 3_781).saturating_add(T::DbWeight::get().reads_writes(2, 1))
	}

	fn heartbeat() -> Weight {
		Weight::from_parts(8_623_000, 3_781).saturating_add(T::DbWeight::get().reads_writes(2, 1))
	}

	fn publish(n: u32) -> Weight {
		Weight::from_parts(174_116_155, 18_841)
			.saturating_add(T::DbWeight::get().reads_writes(20, 14))
			.saturating_add(Weight::from_parts(256_078_267, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(8).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2_614).saturating_mul(n.into()))
	}

	fn extend() -> Weight {
		Weight::from_parts(222_814_000, 18_841)
			.saturating_add(T::DbWeight::get().reads_writes(19, 14))
	}

	fn amend(s: u32) -> Weight {
		Weight::from_parts(1_051_094_115, 90_245)
			.saturating_add(T::DbWeight::get().reads_writes(58, 58))
			.saturating_add(Weight::from_parts(350_517_949, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(16).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().writes(12).saturating_mul(s.into()))
			.saturating_add(Weight::from_parts(0, 31_248).saturating_mul(s.into()))
	}

	fn end(s: u32) -> Weight {
		Weight::from_parts(782_834_978, 72_394)
			.saturating_add(T::DbWeight::get().reads_writes(49, 49))
			.saturating_add(Weight::from_parts(352_384_702, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(16).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().writes(12).saturating_mul(s.into()))
			.saturating_add(Weight::from_parts(0, 31_248).saturating_mul(s.into()))
	}

	fn finalise_faults(n: u32) -> Weight {
		Weight::from_parts(180_690_611, 18_841)
			.saturating_add(T::DbWeight::get().reads_writes(13, 11))
			.saturating_add(Weight::from_parts(83_300_913, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2_559).saturating_mul(n.into()))
	}

	fn appeal(n: u32) -> Weight {
		Weight::from_parts(506_529_735, 3_784)
			.saturating_add(T::DbWeight::get().reads_writes(7, 4))
			.saturating_add(Weight::from_parts(1_879, 0).saturating_mul(n.into()))
	}

	fn demand_audit() -> Weight {
		Weight::from_parts(59_029_000, 3_781).saturating_add(T::DbWeight::get().reads_writes(7, 3))
	}

	fn answer_audit() -> Weight {
		Weight::from_parts(207_832_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(6, 4))
	}

	fn set_chain_terms() -> Weight {
		Weight::from_parts(8_573_000, 3_781).saturating_add(T::DbWeight::get().reads_writes(1, 1))
	}
}
