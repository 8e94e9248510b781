// SPDX-License-Identifier: Apache-2.0
//! Weights, measured in the runtime's WebAssembly by `./scripts/weights`.
//!
//! 2026-11-23, AMD EPYC, steps 20, repeat 10; sizes of state proofs
//! assume maps of 1_000_000 entries.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of calls, messages and hooks.
pub trait WeightInfo {
	/// Weight of `submit_proofs`, `p` from 1 to 1024.
	fn submit_proofs(p: u32) -> Weight;
	/// Weight of `authorize_submit_proofs`.
	fn authorize_submit_proofs() -> Weight;
	/// Weight of `check_pages`, `p` from 1 to 1024.
	fn check_pages(p: u32) -> Weight;
	/// Weight of `check_proofs`, `i` from 1 to 64.
	fn check_proofs(i: u32) -> Weight;
	/// Weight of `check_bytes`, `b` from 32768 to 1048576.
	fn check_bytes(b: u32) -> Weight;
	/// Weight of `track`, `l` from 0 to 64.
	fn track(l: u32) -> Weight;
	/// Weight of `untrack`, `l` from 0 to 64.
	fn untrack(l: u32) -> Weight;
	/// Weight of `set_operator`.
	fn set_operator() -> Weight;
	/// Weight of `refuse_message`.
	fn refuse_message() -> Weight;
	/// Weight of `begin_block`.
	fn begin_block() -> Weight;
	/// Weight of `stretch_window`.
	fn stretch_window() -> Weight;
	/// Weight of `close_window`.
	fn close_window() -> Weight;
	/// Weight of `restart_window`.
	fn restart_window() -> Weight;
	/// Weight of `begin_sweep`.
	fn begin_sweep() -> Weight;
	/// Weight of `sweep_stream`.
	fn sweep_stream() -> Weight;
	/// Weight of `sweep_page`, `f` from 0 to 64.
	fn sweep_page(f: u32) -> Weight;
	/// Weight of `sweep_rank`.
	fn sweep_rank() -> Weight;
	/// Weight of `sweep_collect`.
	fn sweep_collect() -> Weight;
	/// Weight of `send_part`.
	fn send_part() -> Weight;
}

/// Weights for a runtime with its own costs of database accesses.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn submit_proofs(p: u32) -> Weight {
		Weight::from_parts(28_833_000, 3_558)
			.saturating_add(T::DbWeight::get().reads_writes(2, 2))
			.saturating_add(Weight::from_parts(14_385_248, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(2).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(0, 6_341).saturating_mul(p.into()))
	}

	fn authorize_submit_proofs() -> Weight {
		Weight::from_parts(62_043_000, 7_331).saturating_add(T::DbWeight::get().reads_writes(5, 0))
	}

	fn check_pages(p: u32) -> Weight {
		Weight::from_parts(15_113_000, 990)
			.saturating_add(Weight::from_parts(15_581_585, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(2).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(0, 6_341).saturating_mul(p.into()))
	}

	fn check_proofs(i: u32) -> Weight {
		Weight::from_parts(15_174_669, 7_331)
			.saturating_add(T::DbWeight::get().reads_writes(2, 0))
			.saturating_add(Weight::from_parts(2_165_446, 0).saturating_mul(i.into()))
	}

	fn check_bytes(b: u32) -> Weight {
		Weight::from_parts(338_218_000, 7_331)
			.saturating_add(T::DbWeight::get().reads_writes(2, 0))
			.saturating_add(Weight::from_parts(10_529, 0).saturating_mul(b.into()))
	}

	fn track(l: u32) -> Weight {
		Weight::from_parts(4_026_000, 1_591)
			.saturating_add(T::DbWeight::get().reads_writes(2, 1))
			.saturating_add(Weight::from_parts(25_107_213, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().writes(4).saturating_mul(l.into()))
			.saturating_add(Weight::from_parts(0, 6_585).saturating_mul(l.into()))
	}

	fn untrack(l: u32) -> Weight {
		Weight::from_parts(2_063_000, 1_591)
			.saturating_add(T::DbWeight::get().reads_writes(1, 0))
			.saturating_add(Weight::from_parts(25_345_620, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().writes(4).saturating_mul(l.into()))
			.saturating_add(Weight::from_parts(0, 6_585).saturating_mul(l.into()))
	}

	fn set_operator() -> Weight {
		Weight::from_parts(4_958_000, 3_558).saturating_add(T::DbWeight::get().reads_writes(1, 1))
	}

	fn refuse_message() -> Weight {
		Weight::from_parts(461_000, 0)
	}

	fn begin_block() -> Weight {
		Weight::from_parts(2_103_000, 1_591).saturating_add(T::DbWeight::get().reads_writes(2, 0))
	}

	fn stretch_window() -> Weight {
		Weight::from_parts(661_000, 0).saturating_add(T::DbWeight::get().reads_writes(0, 1))
	}

	fn close_window() -> Weight {
		Weight::from_parts(23_585_000, 6_962).saturating_add(T::DbWeight::get().reads_writes(11, 5))
	}

	fn restart_window() -> Weight {
		Weight::from_parts(41_883_000, 6_962).saturating_add(T::DbWeight::get().reads_writes(10, 3))
	}

	fn begin_sweep() -> Weight {
		Weight::from_parts(3_976_000, 1_591).saturating_add(T::DbWeight::get().reads_writes(3, 1))
	}

	fn sweep_stream() -> Weight {
		Weight::from_parts(5_198_000, 6_126).saturating_add(T::DbWeight::get().reads_writes(2, 0))
	}

	fn sweep_page(f: u32) -> Weight {
		Weight::from_parts(121_402_196, 38_351)
			.saturating_add(T::DbWeight::get().reads_writes(5, 3))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(f.into()))
	}

	fn sweep_rank() -> Weight {
		Weight::from_parts(52_889_000, 38_351).saturating_add(T::DbWeight::get().reads_writes(3, 2))
	}

	fn sweep_collect() -> Weight {
		Weight::from_parts(125_748_000, 38_351)
			.saturating_add(T::DbWeight::get().reads_writes(5, 1))
	}

	fn send_part() -> Weight {
		Weight::from_parts(137_306_000, 38_351)
			.saturating_add(T::DbWeight::get().reads_writes(6, 4))
	}
}
