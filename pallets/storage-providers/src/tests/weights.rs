// SPDX-License-Identifier: Apache-2.0
//! No call is free.
use super::*;
use crate::{weights::SubstrateWeight, WeightInfo};

type W = SubstrateWeight<Test>;

#[test]
fn every_call_weighs_more_than_its_database_accesses() {
	let weights = [
		W::register(),
		W::set_offer(),
		W::set_accepting(),
		W::add_collateral(),
		W::withdraw_collateral(),
		W::leave(),
		W::set_payee(),
		W::announce_exit(),
		W::cancel_exit(),
	];
	let least = <Test as frame_system::Config>::DbWeight::get().reads_writes(1, 1);
	for weight in weights {
		assert!(weight.ref_time() > least.ref_time(), "{weight:?}");
	}
}
