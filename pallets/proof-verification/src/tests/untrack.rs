// SPDX-License-Identifier: Apache-2.0
//! Legs that end early.

use crate::{mock::*, Event, Pages, Proven, SlotOf, Streams, Vacancies};
use frame_support::{assert_noop, assert_ok};
use terrace_layers::{LegId, Message, OnMessage, Relation, StreamId, TrackedLeg, Window};

fn counts() -> (u32, u32) {
	let counts = events().into_iter().rev().find_map(|event| match event {
		Event::LegsUntracked { ended, skipped } => Some((ended, skipped)),
		_ => None,
	});
	counts.expect("legs were untracked")
}

#[test]
fn untracked_leg_stays_due_in_the_open_window_only() {
	TestExt::new().build_and_execute(|| {
		track(vec![leg(1, 1), leg(2, 1)]);
		run_to_window(2);
		untrack(&[1]);
		assert_eq!(counts(), (1, 0));
		prove_legs(&[2]);
		assert_eq!(report_of_open().faults.to_vec(), [LegId(1)]);
		prove_legs(&[2]);
		assert!(report_of_open().faults.is_empty());
	});
}

#[test]
fn untracked_leg_can_still_be_proven_in_the_open_window() {
	TestExt::new().build_and_execute(|| {
		track(vec![leg(1, 1)]);
		run_to_window(1);
		untrack(&[1]);
		assert_ok!(submit(batch(&[1])));
		assert!(report_of_open().outages.is_empty());
	});
}

#[test]
fn leg_untracked_before_its_start_is_gone_at_once() {
	TestExt::new().build_and_execute(|| {
		track(vec![TrackedLeg { start: Window(9), ..leg(1, 1) }, leg(2, 1)]);
		untrack(&[1]);
		assert_eq!(SlotOf::<Test>::get(LegId(1)), None);
		assert_eq!(Streams::<Test>::get(StreamId(1)).map(|record| record.live), Some(1));
		untrack(&[2]);
		assert_eq!(Streams::<Test>::get(StreamId(1)), None);
		assert_eq!(Pages::<Test>::iter().count(), 0);
		assert_eq!(Vacancies::<Test>::iter_keys().count(), 0);
	});
}

#[test]
fn untrack_skips_what_is_not_known() {
	TestExt::new().build_and_execute(|| {
		track(vec![leg(1, 1)]);
		untrack(&[7, 1, 1]);
		assert_eq!(counts(), (1, 2));
	});
}

#[test]
fn untrack_fails_for_anybody_but_the_parent() {
	TestExt::new().build_and_execute(|| {
		track(vec![leg(1, 1)]);
		let message = Message::Untrack(vec![LegId(1)].try_into().expect("one leg"));
		assert_noop!(
			ProofVerification::on_message(PARENT, Relation::Child, message),
			crate::Error::<Test>::NotFromParent
		);
	});
}

#[test]
fn untrack_does_not_prolong_a_leg() {
	TestExt::new().build_and_execute(|| {
		track(vec![TrackedLeg { end: Window(2), ..leg(1, 1) }, leg(2, 1)]);
		run_to_window(2);
		// It was last due in window 1, which is swept: nothing needs it any more.
		assert_eq!(ProofVerification::window().expect("open").sweeping, None);
		untrack(&[1]);
		assert_eq!(SlotOf::<Test>::get(LegId(1)), None);
	});
}

#[test]
fn leg_over_but_not_swept_is_kept_for_the_report() {
	TestExt::new().build_and_execute(|| {
		track(vec![TrackedLeg { end: Window(2), ..leg(1, 1) }, leg(2, 1)]);
		run_to_window(1);
		prove_legs(&[2]);
		run_to(open().closes_at - 1);
		Refusing::set(true);
		run_to_window(2);
		assert_eq!(ProofVerification::window().expect("open").sweeping, Some(Window(1)));
		untrack(&[1]);
		assert!(SlotOf::<Test>::contains_key(LegId(1)));
		Refusing::set(false);
		next_block();
		assert_eq!(reports().last().expect("sent").faults.to_vec(), [LegId(1)]);
	});
}

#[test]
fn emptied_page_takes_its_bits_along() {
	TestExt::new().build_and_execute(|| {
		track(vec![leg(1, 1)]);
		run_to_window(1);
		prove_legs(&[1]);
		untrack(&[1]);
		assert_eq!(Proven::<Test>::iter().count(), 1);
		// Last due in window 1; freed when the window after that is swept.
		run_to_window(3);
		next_block();
		assert_eq!(Proven::<Test>::iter().count(), 0);
		assert_eq!(Streams::<Test>::count(), 0);
	});
}
