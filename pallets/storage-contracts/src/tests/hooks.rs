// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::WeightInfo;
use frame_support::{traits::Hooks, weights::Weight};

type Weights = <Test as crate::Config>::WeightInfo;

#[test]
fn a_batch_leaves_in_the_block_of_its_first_leg() {
	TestExt::new().build_and_execute(|| {
		contract(ALICE, BOB, 10);
		let used = StorageContracts::on_idle(1, Weight::MAX);
		assert_eq!(used, Weights::find_batches() + Weights::flush());
		assert_eq!(batches_to(P).len(), 1);
	});
}

#[test]
fn a_batch_leaves_in_the_next_block_when_the_first_is_full() {
	TestExt::new().build_and_execute(|| {
		contract(ALICE, BOB, 10);
		for short in [Weight::zero(), Weights::find_batches(), Weights::flush()] {
			assert!(StorageContracts::on_idle(1, short).all_lte(short));
		}
		assert_eq!(batches_to(P).len(), 0);
		let used = StorageContracts::on_initialize(2);
		assert_eq!(used, Weights::find_batches() + Weights::flush());
		assert_eq!(batches_to(P).len(), 1);
	});
}

#[test]
fn a_full_lane_does_not_keep_others_from_leaving() {
	TestExt::new().build_and_execute(|| {
		for chain in [P, Q] {
			let id = propose_on(chain, ALICE, BOB, MIB, 10);
			assert_ok!(StorageContracts::accept(by(BOB), id));
		}
		MockFull::insert(P, ());
		run(1);
		assert_eq!((batches_to(P).len(), batches_to(Q).len()), (0, 1));
		MockFull::remove(P);
		run(1);
		assert_eq!((batches_to(P).len(), batches_to(Q).len()), (1, 1));
	});
}

#[test]
fn hooks_are_cheap_when_nothing_is_gathered() {
	TestExt::new().build_and_execute(|| {
		contract(ALICE, BOB, 10);
		run(2);
		assert_eq!(StorageContracts::on_initialize(9), Weights::find_batches());
		assert_eq!(StorageContracts::on_idle(9, Weight::MAX), Weights::find_batches());
	});
}

#[test]
#[should_panic(expected = "4097 streams may fail in a window and a report lists 4096")]
fn more_streams_than_a_report_lists_are_a_mistake() {
	TestExt::new().build().execute_with(|| {
		MaxStreams::set(4_097);
		StorageContracts::integrity_test();
	});
}

#[test]
#[should_panic(expected = "511 edges do not suffice for 256 pending groups of legs")]
fn fewer_edges_than_pending_legs_need_are_a_mistake() {
	TestExt::new().build().execute_with(|| {
		MaxEdges::set(511);
		StorageContracts::integrity_test();
	});
}

#[test]
#[should_panic(expected = "EndGrid is 0")]
fn no_grid_is_a_mistake() {
	TestExt::new().build().execute_with(|| {
		EndGrid::set(0);
		StorageContracts::integrity_test();
	});
}
