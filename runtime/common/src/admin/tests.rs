// SPDX-License-Identifier: Apache-2.0
//! Tests of calls that come from the parent.

use super::*;
use crate::{mock::*, upgrades};
use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{traits::BlakeTwo256, DispatchError};
use terrace_layers::Beacon;

const PARENT: ChainId = ChainId(H256::repeat_byte(1));

fn announce() -> RuntimeCall {
	upgrades::Call::announce { code_hash: H256::repeat_byte(5), not_before: 0 }.into()
}

fn version() -> u32 {
	<Test as frame_system::Config>::Version::get().spec_version
}

fn message(bytes: Vec<u8>) -> Message {
	Message::Admin { spec_version: version(), call: bytes.try_into().expect("short") }
}

fn bring(bytes: Vec<u8>) -> DispatchResult {
	Admin::on_message(PARENT, Relation::Parent, message(bytes))
}

fn dispatched(call: &[u8], result: DispatchResult) -> RuntimeEvent {
	Event::Dispatched { call: BlakeTwo256::hash(call), trace: Some(TRACE), result }.into()
}

#[test]
fn call_of_the_parent_is_dispatched_as_root_past_the_filter() {
	run(|| {
		let call = announce().encode();
		assert_ok!(bring(call.clone()));
		assert!(upgrades::Announced::<Test>::exists());
		assert_eq!(events().last(), Some(&dispatched(&call, Ok(()))));
	});
}

#[test]
fn call_that_fails_is_told_and_done_with() {
	run(|| {
		let call = RuntimeCall::from(upgrades::Call::cancel {}).encode();
		assert_ok!(bring(call.clone()));
		let error = upgrades::Error::<Test>::NothingAnnounced.into();
		assert_eq!(events(), [dispatched(&call, Err(error))]);
	});
}

#[test]
fn bytes_that_are_no_call_fail() {
	run(|| {
		let good = announce().encode();
		let longer = [good.clone(), vec![0]].concat();
		for bytes in [vec![], vec![200, 1], good[..good.len() - 1].to_vec(), longer] {
			assert_ok!(bring(bytes.clone()));
			let told = dispatched(&bytes, Err(Error::<Test>::Undecodable.into()));
			assert_eq!(events().last(), Some(&told));
		}
		assert!(!upgrades::Announced::<Test>::exists());
	});
}

#[test]
fn call_for_another_version_is_told_and_done_with() {
	run(|| {
		let call = announce().encode();
		for spec_version in [version() + 1, version().wrapping_sub(1)] {
			let bytes = call.clone().try_into().expect("short");
			let message = Message::Admin { spec_version, call: bytes };
			let whole = Admin::weight(&super::tests::message(call.clone()));
			assert!(Admin::weight(&message).ref_time() < whole.ref_time());
			assert_ok!(Admin::on_message(PARENT, Relation::Parent, message));
			let told = dispatched(&call, Err(Error::<Test>::OtherVersion.into()));
			assert_eq!(events().last(), Some(&told));
		}
		assert!(!upgrades::Announced::<Test>::exists());
	});
}

#[test]
fn call_too_heavy_fails_and_is_not_paid_for() {
	run(|| {
		let heavy = RuntimeCall::from(upgrades::Call::apply { code: vec![1; 100] }).encode();
		let weight = Admin::weight(&message(heavy.clone()));
		// Applying code is lighter than the limit; setting it outright is not.
		assert!(weight.all_lte(crate::constants::MAX_BLOCK_WEIGHT));
		let set = frame_system::Call::<Test>::set_code { code: vec![1; 100] };
		let set = RuntimeCall::from(set).encode();
		assert_ok!(bring(set.clone()));
		assert_eq!(events(), [dispatched(&set, Err(Error::<Test>::TooHeavy.into()))]);
		let light = Admin::weight(&message(set));
		assert!(light.ref_time() < crate::constants::MAX_ADMIN_WEIGHT.ref_time() / 10, "{light}");
	});
}

#[test]
fn weight_covers_the_call() {
	run(|| {
		let call = announce();
		let inner = call.get_dispatch_info().call_weight;
		assert!(Admin::weight(&message(call.encode())).all_gte(inner));
	});
}

#[test]
fn children_and_strangers_to_the_parent_have_no_say() {
	run(|| {
		let below = Admin::on_message(PARENT, Relation::Child, message(announce().encode()));
		assert_eq!(below, Err(Error::<Test>::NotFromParent.into()));
		assert!(!upgrades::Announced::<Test>::exists());
		assert_eq!(events(), []);
	});
}

#[test]
fn root_cannot_be_claimed_by_signing() {
	run(|| {
		let origin = RuntimeOrigin::signed(1);
		let refused = announce().dispatch(origin).map(drop).map_err(|failed| failed.error);
		assert_eq!(refused, Err(frame_system::Error::<Test>::CallFiltered.into()));
		assert_noop!(
			upgrades::Pallet::<Test>::cancel(RuntimeOrigin::signed(1)),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn other_messages_go_on() {
	run(|| {
		let beacon = Message::Beacon(Beacon { epoch: 1, randomness: [1; 32] });
		assert_eq!(Admin::weight(&beacon), Next::WEIGHT);
		assert_ok!(Admin::on_message(PARENT, Relation::Parent, beacon.clone()));
		assert_eq!(Next::received(), [beacon]);
	});
}
