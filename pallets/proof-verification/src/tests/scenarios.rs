// SPDX-License-Identifier: Apache-2.0
//! Lives of legs from first to last window.

use crate::{mock::*, SlotOf, Streams};
use terrace_layers::{LegId, OutageKind, TrackedLeg, Window};

#[test]
fn well_kept_leg_is_never_mentioned() {
	TestExt::new().build_and_execute(|| {
		track(vec![TrackedLeg { start: Window(2), end: Window(6), ..leg(1, 1) }]);
		for window in 2..6 {
			run_to_window(window);
			prove_legs(&[1]);
		}
		run_to_window(8);
		assert_eq!(reports().len(), 8);
		assert!(reports().iter().all(|report| report.outages.is_empty()));
		assert!(reports().iter().all(|report| report.faults.is_empty()));
		assert!(!SlotOf::<Test>::contains_key(LegId(1)));
		assert_eq!(Streams::<Test>::count(), 0);
	});
}

#[test]
fn provider_that_loses_one_of_its_blobs_is_faulted_for_that_one_only() {
	TestExt::new().build_and_execute(|| {
		track((1..=3).map(|id| leg(id, 1)).collect());
		run_to_window(1);
		prove_legs(&[1, 2, 3]);
		assert!(report_of_open().faults.is_empty());
		for _ in 0..3 {
			prove_legs(&[1, 3]);
			let report = report_of_open();
			assert_eq!(report.faults.to_vec(), [LegId(2)]);
			assert!(report.outages.is_empty());
		}
	});
}

#[test]
fn provider_that_goes_offline_and_comes_back_is_out_in_between() {
	TestExt::new().build_and_execute(|| {
		track((1..=3).map(|id| leg(id, 1)).collect());
		let mut out = Vec::new();
		for window in 1..=6 {
			run_to_window(window);
			if !(3..=4).contains(&window) {
				prove_legs(&[1, 2, 3]);
			}
			let report = report_of_open();
			if report.outages.iter().any(|outage| outage.kind == OutageKind::Total) {
				out.push(window);
			}
			assert!(report.faults.is_empty());
		}
		assert_eq!(out, [3, 4]);
	});
}

#[test]
fn parent_that_stays_away_for_long_faults_nobody() {
	TestExt::new().build_and_execute(|| {
		track(vec![leg(1, 1)]);
		run_to_window(1);
		prove_legs(&[1]);
		Room::set(0);
		for round in 1..=20 {
			end_round();
			assert_eq!((open().window, open().round), (Window(1), round));
		}
		Room::set(100);
		prove_legs(&[1]);
		let report = report_of_open();
		assert_eq!(report.window, Window(1));
		assert!(report.outages.is_empty() && report.faults.is_empty());
		assert_eq!(reports().len(), 2);
	});
}
