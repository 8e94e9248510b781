// SPDX-License-Identifier: Apache-2.0
//! What providers and clients read.

use crate::mock::*;
use terrace_layers::{
	views::{SlotView, WindowView},
	BatchId, LegId, StreamId, TrackedLeg, Window,
};

#[test]
fn window_shows_the_open_round() {
	TestExt::new().build_and_execute(|| {
		run_to_window(2);
		track(vec![leg(1, 1)]);
		let record = open();
		let expected = WindowView {
			window: Window(2),
			round: 0,
			opened_at: 21,
			closes_at: 31,
			seed: record.seed,
			beacon: TestBeacon::get(),
			applied: BatchId(1),
			sweeping: None,
		};
		assert_eq!(ProofVerification::window(), Some(expected));
	});
}

#[test]
fn window_shows_the_window_being_swept() {
	TestExt::new().build_and_execute(|| {
		Refusing::set(true);
		run_to_window(1);
		let view = ProofVerification::window().expect("open");
		assert_eq!((view.window, view.sweeping), (Window(1), Some(Window(0))));
	});
}

#[test]
fn page_shows_what_is_due_and_what_is_proven() {
	TestExt::new().build_and_execute(|| {
		let later = TrackedLeg { start: Window(5), challenges: 3, ..leg(3, 1) };
		track(vec![leg(1, 1), leg(2, 1), later.clone()]);
		run_to_window(1);
		prove_legs(&[2]);
		let page = ProofVerification::page(StreamId(1), 0);
		let states = page.iter().map(|slot| (slot.slot, slot.leg.0, slot.due, slot.proven));
		let expected = [(0, 1, true, false), (1, 2, true, true), (2, 3, false, false)];
		assert_eq!(states.collect::<Vec<_>>(), expected);
		let third = SlotView {
			slot: 2,
			leg: LegId(3),
			root: later.root,
			size: later.size,
			challenges: 3,
			interval: 1,
			start: Window(5),
			end: later.end,
			due: false,
			proven: false,
		};
		assert_eq!(page[2], third);
		Room::set(0);
		end_round();
		assert!(ProofVerification::page(StreamId(1), 0).iter().all(|slot| !slot.proven));
	});
}

#[test]
fn page_leaves_free_slots_out() {
	TestExt::new().build_and_execute(|| {
		track((1..=3).map(|id| TrackedLeg { start: Window(9), ..leg(id, 1) }).collect());
		untrack(&[2]);
		let page = ProofVerification::page(StreamId(1), 0);
		let slots = page.iter().map(|slot| (slot.slot, slot.leg.0)).collect::<Vec<_>>();
		assert_eq!(slots, [(0, 1), (2, 3)]);
	});
}

#[test]
fn unknown_streams_have_no_pages() {
	TestExt::new().build_and_execute(|| {
		assert_eq!(ProofVerification::pages(StreamId(1)), 0);
		assert!(ProofVerification::page(StreamId(1), 0).is_empty());
		track((1..=65).map(|id| leg(id, 1)).collect());
		assert_eq!(ProofVerification::pages(StreamId(1)), 2);
		assert!(ProofVerification::page(StreamId(1), 2).is_empty());
	});
}
