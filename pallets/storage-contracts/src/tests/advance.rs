// SPDX-License-Identifier: Apache-2.0
use super::*;
use frame_support::dispatch::PostDispatchInfo;

fn advance(max_steps: u32) -> PostDispatchInfo {
	StorageContracts::advance(by(STRANGER), BOB, P, max_steps).expect("the stream exists")
}

fn weight(steps: u32) -> Option<frame_support::weights::Weight> {
	use crate::WeightInfo;
	Some(<Test as crate::Config>::WeightInfo::advance(steps))
}

#[test]
fn advance_counts_what_is_reported() {
	TestExt::new().build_and_execute(|| {
		contract(ALICE, BOB, 10);
		run(1);
		clean_windows(5);
		// Legs start; an empty stretch, and one with the leg.
		assert_eq!(advance(10).actual_weight, weight(3));
		assert_eq!((stream(BOB).counted, stream(BOB).clean), (Window(5), 5));
		assert_eq!((stream(BOB).gross.price, stream(BOB).rate.price), (3 * UNIT, UNIT));
		assert_eq!(
			last_event(),
			Event::StreamAdvanced { stream: stream_id(BOB), counted: Window(5) }
		);
	});
}

#[test]
fn advance_stops_when_its_steps_are_used_up() {
	TestExt::new().build_and_execute(|| {
		contract(ALICE, BOB, 10);
		contract(ALICE, BOB, 12);
		run(1);
		clean_windows(20);
		let mut counted = Vec::new();
		for _ in 0..8 {
			let steps = advance(1).actual_weight;
			counted.push((stream(BOB).counted.0, steps == weight(1)));
			Pallet::<Test>::do_try_state().expect("every step leaves the invariants intact");
		}
		let expected =
			[(0, true), (0, true), (2, true), (12, true), (14, true), (20, true), (20, false)];
		assert_eq!(counted[..7], expected);
		assert_eq!(stream(BOB).gross.price, 22 * UNIT);
	});
}

#[test]
fn advance_by_no_steps_does_nothing() {
	TestExt::new().build_and_execute(|| {
		contract(ALICE, BOB, 10);
		clean_windows(3);
		let before = stream(BOB);
		assert_eq!(advance(0).actual_weight, weight(0));
		assert_eq!(stream(BOB), before);
	});
}

#[test]
fn advance_in_steps_earns_what_one_call_earns() {
	let earned = |steps: u32| {
		let mut gross = 0;
		TestExt::new().build_and_execute(|| {
			for windows in [3, 5, 8] {
				contract(ALICE, BOB, windows);
			}
			run(1);
			for window in 0..12 {
				let report = Reporter::clean();
				let report = if window % 4 == 3 { report.outage(BOB) } else { report };
				assert_ok!(report.send());
			}
			while stream(BOB).counted.0 < 12 {
				advance(steps);
			}
			gross = stream(BOB).gross.price;
		});
		gross
	};
	let at_once = earned(1_000);
	// Windows 2..5, 2..7 and 2..10 without 3 and 7.
	assert_eq!(at_once, (2 + 4 + 6) * UNIT);
	for steps in [1, 2, 3, 5] {
		assert_eq!(earned(steps), at_once, "{steps} steps a call");
	}
}

#[test]
fn advance_waits_for_the_start_of_every_known_leg() {
	TestExt::new().build_and_execute(|| {
		contract(ALICE, BOB, 10);
		run(1);
		contract(ALICE, BOB, 11);
		run(1);
		// The second batch is not applied in time: its leg starts late.
		for window in 0..6 {
			let applied = if window < 4 { 1 } else { 2 };
			assert_ok!(Reporter::clean().applied(applied).send());
			advance(1_000);
		}
		assert_eq!(stream(BOB).gross.price, (4 + 2) * UNIT);
	});
}

#[test]
fn advance_fails_for_unknown_streams() {
	TestExt::new().build_and_execute(|| {
		contract(ALICE, BOB, 10);
		for (provider, chain) in [(DAVE, P), (BOB, Q)] {
			assert_noop!(
				StorageContracts::advance(by(STRANGER), provider, chain, 1),
				Error::<Test>::UnknownStream
			);
		}
		assert_noop!(
			StorageContracts::advance(RuntimeOrigin::none(), BOB, P, 1),
			DispatchError::BadOrigin
		);
	});
}
