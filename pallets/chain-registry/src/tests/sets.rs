// SPDX-License-Identifier: Apache-2.0
//! Authority sets that were replaced.
use super::*;

/// Hands over from set `step` to the next one.
fn step(step: u16) -> DispatchResultWithPostInfo {
	let next = list(&accounts(step + 1..step + 2));
	let header = header_with(START + 1 + u32::from(step), [hand_over(next)]);
	submit(signed(header, SET + u64::from(step), &accounts(step..step + 1)))
}

fn remembered() -> usize {
	let queued = PastSetOrder::<Test>::iter_prefix_values(PEER).count();
	assert_eq!(queued, PastSets::<Test>::iter_prefix_values(PEER).count());
	queued
}

fn answers(at: u16) -> bool {
	let set = set(&accounts(at..at + 1));
	Pallet::<Test>::answers(&PEER, &client(PEER), SET + u64::from(at), &set)
}

#[test]
fn a_set_answers_until_the_window_after_its_end_is_over() {
	following(&accounts(0..1)).build_and_execute(|| {
		assert!(answers(0) && !answers(1));
		run_to(5);
		assert_ok!(step(0));
		assert!(answers(0) && answers(1));
		run_to(5 + EVIDENCE_WINDOW);
		assert!(answers(0));
		run_to(5 + EVIDENCE_WINDOW + 1);
		assert!(!answers(0) && answers(1));
	});
}

#[test]
fn a_set_answers_under_its_own_id_only() {
	following(&accounts(0..1)).build_and_execute(|| {
		assert_ok!(step(0));
		let set = set(&accounts(0..1));
		let client = client(PEER);
		assert!(!Pallet::<Test>::answers(&PEER, &client, SET + 1, &set));
		assert!(!Pallet::<Test>::answers(&PEER, &client, SET - 1, &set));
		assert!(!Pallet::<Test>::answers(&STRANGER, &client, SET, &set));
	});
}

#[test]
fn sets_that_answer_for_nothing_are_forgotten_two_at_a_time() {
	following(&accounts(0..1)).build_and_execute(|| {
		(0..10).for_each(|at| assert!(step(at).is_ok()));
		assert_eq!(remembered(), 10);
		let late = EVIDENCE_WINDOW - 100;
		run_to(late);
		assert_ok!(step(10));
		run_to(late + MAX_STALENESS);
		assert_ok!(step(11));
		assert_eq!(remembered(), 10, "two left and one came");
		(12..16).for_each(|at| assert!(step(at).is_ok()));
		assert_eq!(remembered(), 6, "the tenth left last");
	});
}

#[test]
fn a_chain_that_replaces_its_sets_too_often_waits() {
	following(&accounts(0..1)).build_and_execute(|| {
		let most = MAX_PAST_SETS as u16;
		(0..most - 1).for_each(|at| assert!(step(at).is_ok()));
		run_to(MAX_STALENESS);
		assert_ok!(step(most - 1));
		assert_noop!(step(most), Error::<Test>::TooManySets);
		run_to(EVIDENCE_WINDOW + 2);
		assert_ok!(step(most));
	});
}
