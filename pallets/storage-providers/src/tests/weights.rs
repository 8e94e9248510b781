// SPDX-License-Identifier: Apache-2.0
//! Where the times in `weights.rs` come from.
use super::*;
use crate::{weights::SubstrateWeight, WeightInfo};
use std::time::Instant;

const ROUNDS: u32 = 2_000;

/// Prints the native time of a call: `cargo test --release -- --ignored --nocapture timing`.
#[test]
#[ignore = "prints measurements"]
fn timing() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		let started = Instant::now();
		for _ in 0..ROUNDS {
			assert_ok!(StorageProviders::add_collateral(RuntimeOrigin::signed(ALICE), 1));
		}
		println!("change: {:?}", started.elapsed() / ROUNDS);
	});
}

#[test]
fn every_call_weighs_more_than_its_database_accesses() {
	let weights = [
		SubstrateWeight::<Test>::register(),
		SubstrateWeight::<Test>::set_offer(),
		SubstrateWeight::<Test>::set_accepting(),
		SubstrateWeight::<Test>::add_collateral(),
		SubstrateWeight::<Test>::withdraw_collateral(),
		SubstrateWeight::<Test>::leave(),
	];
	let least = <Test as frame_system::Config>::DbWeight::get().reads_writes(1, 1);
	for weight in weights {
		assert!(weight.ref_time() > least.ref_time() && weight.proof_size() > 0, "{weight:?}");
	}
}
