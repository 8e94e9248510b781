// SPDX-License-Identifier: Apache-2.0
//! Legs that are looked at now and then, keys that change, and what appeals need.

use crate::{mock::*, Bounds, Event, Streams};
use frame_support::{assert_noop, assert_ok};
use sp_core::Pair;
use sp_runtime::DispatchResult;
use std::collections::BTreeSet;
use terrace_layers::{LegId, Message, OnMessage, Relation, StreamId, TrackedLeg, Window};
use terrace_possession::{is_due, ChallengeSeed};

fn set_operator(stream: u32, key: u32, relation: Relation) -> DispatchResult {
	let (stream, operator) = (StreamId(stream), operator(key).public());
	let message = Message::SetOperator { stream, operator };
	ProofVerification::on_message(PARENT, relation, message)
}

#[test]
fn leg_with_an_interval_is_due_and_reported_as_its_seed_says() {
	TestExt::new().build_and_execute(|| {
		let legs = (1..=60).map(|id| TrackedLeg { interval: 3, ..leg(id, id as u32 % 4) });
		track(legs.collect());
		run_to_window(1);
		let seed = ChallengeSeed(open().seed);
		let due: BTreeSet<u64> = (1..=60).filter(|id| is_due(&seed, *id, 3)).collect();
		assert!(!due.is_empty() && due.len() < 60);
		let shown: BTreeSet<u64> = (0..4)
			.flat_map(|stream| ProofVerification::page(StreamId(stream), 0))
			.filter(|slot| slot.due)
			.map(|slot| slot.leg.0)
			.collect();
		assert_eq!(shown, due);
		// What is not due cannot be proven, nor is it missed.
		let idle = (1..=60).find(|id| !due.contains(id)).expect("some are not due");
		assert!(submit(batch(&[idle])).is_err());
		let missed = *due.first().expect("some are due");
		let mut by_stream = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
		for id in due.iter().filter(|id| **id != missed) {
			by_stream[*id as usize % 4].push(*id);
		}
		for legs in by_stream.iter().filter(|legs| !legs.is_empty()) {
			prove_legs(legs);
		}
		run_to_window(2);
		next_block();
		let report = reports().pop().expect("it was sent");
		assert_eq!(report.window, Window(1));
		let streams = due.iter().filter(|id| *id % 4 == missed % 4).count();
		match streams {
			1 => assert_eq!(report.outages[0].stream, StreamId(missed as u32 % 4)),
			_ => assert_eq!(report.faults.to_vec(), vec![LegId(missed)]),
		}
	});
}

#[test]
fn parent_replaces_the_key_of_a_stream() {
	TestExt::new().build_and_execute(|| {
		track(vec![leg(1, 1)]);
		run_to_window(1);
		let batch = batch(&[1]);
		assert_ok!(set_operator(1, 7, Relation::Parent));
		let known = Event::OperatorSet { stream: StreamId(1), known: true };
		assert!(events().contains(&known));
		assert!(submit_signed(batch.clone(), sign(&batch, &operator(1))).is_err());
		assert_ok!(submit_signed(batch.clone(), sign(&batch, &operator(7))));
	});
}

#[test]
fn key_of_an_unknown_stream_is_counted_and_nothing_else() {
	TestExt::new().build_and_execute(|| {
		track(vec![leg(1, 1)]);
		let before = Streams::<Test>::get(StreamId(1));
		assert_ok!(set_operator(2, 7, Relation::Parent));
		let unknown = Event::OperatorSet { stream: StreamId(2), known: false };
		assert!(events().contains(&unknown));
		assert_eq!((Streams::<Test>::get(StreamId(1)), Streams::<Test>::count()), (before, 1));
		assert_noop!(set_operator(1, 7, Relation::Child), crate::Error::<Test>::NotFromParent);
	});
}

#[test]
fn bounds_of_the_newest_windows_are_kept() {
	TestExt::new().build_and_execute(|| {
		run_to_window(1);
		let seen = open();
		run_to_window(2);
		assert_eq!(Bounds::<Test>::get(Window(1)), Some(seen.bounds()));
		assert_eq!(Bounds::<Test>::get(Window(2)), None, "it is still open");
		run_to_window(8);
		let kept: BTreeSet<u32> = Bounds::<Test>::iter_keys().map(|window| window.0).collect();
		assert_eq!(kept, (8 - BOUNDS_KEPT..8).collect());
	});
}
