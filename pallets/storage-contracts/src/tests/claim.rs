// SPDX-License-Identifier: Apache-2.0
use super::*;

fn claim() -> frame_support::dispatch::DispatchResultWithPostInfo {
	StorageContracts::claim(by(BOB), P)
}

#[test]
fn claim_pays_what_is_proven_and_never_twice() {
	TestExt::new().build_and_execute(|| {
		contract(ALICE, BOB, 10);
		run(1);
		clean_windows(7);
		assert_ok!(claim());
		assert_eq!(free(&BOB), FUNDS + 5 * UNIT);
		assert_eq!((pot(), Booked::<Test>::get()), (5 * UNIT, 5 * UNIT));
		assert_eq!(
			last_event(),
			Event::Claimed { stream: stream_id(BOB), provider: BOB, amount: 5 * UNIT, fee: 0 }
		);
		assert_noop!(claim(), Error::<Test>::NothingToClaim);
		clean_windows(1);
		assert_ok!(claim());
		assert_eq!(free(&BOB), FUNDS + 6 * UNIT);
	});
}

#[test]
fn claim_weighs_what_it_did() {
	TestExt::new().build_and_execute(|| {
		use crate::WeightInfo;
		contract(ALICE, BOB, 10);
		run(1);
		clean_windows(7);
		let info = claim().expect("windows are proven");
		let weight = <Test as crate::Config>::WeightInfo::claim(3);
		assert_eq!(info.actual_weight, Some(weight));
	});
}

#[test]
fn claim_pays_what_is_counted_when_far_behind() {
	TestExt::new().build_and_execute(|| {
		MaxSteps::set(3);
		contract(ALICE, BOB, 10);
		run(1);
		clean_windows(4);
		assert_ok!(Reporter::clean().outage(BOB).send());
		clean_windows(3);
		assert_ok!(claim());
		assert_eq!((stream(BOB).counted, free(&BOB)), (Window(4), FUNDS + 2 * UNIT));
		assert_ok!(claim());
		assert_eq!((stream(BOB).counted, free(&BOB)), (Window(8), FUNDS + 5 * UNIT));
	});
}

#[test]
fn claim_tells_to_advance_when_it_gets_nowhere() {
	TestExt::new().build_and_execute(|| {
		MaxSteps::set(3);
		contract(ALICE, BOB, 10);
		run(1);
		for _ in 0..6 {
			assert_ok!(Reporter::clean().outage(BOB).send());
		}
		clean_windows(1);
		assert_noop!(claim(), Error::<Test>::AdvanceFirst);
		assert_ok!(StorageContracts::advance(by(BOB), BOB, P, 100));
		assert_ok!(claim());
		assert_eq!(free(&BOB), FUNDS + UNIT);
	});
}

#[test]
fn claim_fails_without_a_stream() {
	TestExt::new().build_and_execute(|| {
		assert_noop!(claim(), Error::<Test>::UnknownStream);
		contract(ALICE, BOB, 10);
		assert_noop!(claim(), Error::<Test>::NothingToClaim);
		assert_noop!(StorageContracts::claim(by(DAVE), P), Error::<Test>::UnknownStream);
		assert_noop!(StorageContracts::claim(by(ALICE), P), Error::<Test>::UnknownProvider);
		assert_noop!(StorageContracts::claim(by(BOB), Q), Error::<Test>::UnknownStream);
		assert_noop!(StorageContracts::claim(RuntimeOrigin::root(), P), DispatchError::BadOrigin);
	});
}

#[test]
fn claim_waits_for_faults_of_the_window_in_progress() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		run(1);
		clean_windows(3);
		assert_ok!(Reporter::clean().unfinished().fault(id).send());
		// One window is earned, and one is owed already.
		assert_noop!(claim(), Error::<Test>::NothingToClaim);
		clean_windows(2);
		assert_ok!(claim());
		assert_eq!(free(&BOB), FUNDS + 2 * UNIT);
	});
}
