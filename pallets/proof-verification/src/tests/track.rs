// SPDX-License-Identifier: Apache-2.0
//! Batches of legs from the parent.

use crate::{mock::*, Applied, Error, Event, Pages, SlotAddress, SlotOf, Streams, Vacancies};
use frame_support::{assert_noop, assert_ok};
use sp_core::Pair;
use terrace_layers::{
	BatchId, LegId, Message, OnMessage, Relation, StreamId, TrackBatch, TrackedLeg, Window,
	MAX_BATCHES_PER_WINDOW, MAX_INTERVAL,
};
use terrace_possession::{MAX_BLOB_SIZE, MAX_CHALLENGES};

fn window_of(leg: u64) -> (u32, u32) {
	let at = SlotOf::<Test>::get(LegId(leg)).expect("the leg is tracked");
	let page = Pages::<Test>::get(at.stream, at.page);
	let slot = page[at.slot as usize].as_ref().expect("the address is right");
	(slot.start.0, slot.end.0)
}

/// Legs added and skipped by the newest batch.
fn counts() -> (u32, u32) {
	let counts = events().into_iter().rev().find_map(|event| match event {
		Event::LegsTracked { added, skipped, .. } => Some((added, skipped)),
		_ => None,
	});
	counts.expect("a batch was applied")
}

#[test]
fn track_keeps_legs_in_pages_of_their_stream() {
	TestExt::new().build_and_execute(|| {
		assert_ok!(deliver(1, vec![leg(1, 1), leg(2, 2), leg(3, 1)]));
		assert_eq!(counts(), (3, 0));
		assert_eq!(Applied::<Test>::get(), BatchId(1));
		let at = |stream, slot| Some(SlotAddress { stream: StreamId(stream), page: 0, slot });
		assert_eq!(SlotOf::<Test>::get(LegId(1)), at(1, 0));
		assert_eq!(SlotOf::<Test>::get(LegId(2)), at(2, 0));
		assert_eq!(SlotOf::<Test>::get(LegId(3)), at(1, 1));
		let record = Streams::<Test>::get(StreamId(1)).expect("it has legs");
		assert_eq!((record.pages, record.live), (1, 2));
		assert_eq!(record.provider, provider(1));
	});
}

#[test]
fn track_opens_a_page_when_the_last_one_is_full() {
	TestExt::new().build_and_execute(|| {
		track((1..=64).map(|id| leg(id, 1)).collect());
		assert_eq!(ProofVerification::pages(StreamId(1)), 1);
		assert!(Vacancies::<Test>::get(StreamId(1)).is_empty());
		track(vec![leg(65, 1)]);
		assert_eq!(ProofVerification::pages(StreamId(1)), 2);
		let at = SlotOf::<Test>::get(LegId(65)).expect("it has room");
		assert_eq!((at.page, at.slot), (1, 0));
	});
}

#[test]
fn track_fails_unless_the_batch_is_the_next_one() {
	TestExt::new().build_and_execute(|| {
		assert_noop!(deliver(0, vec![leg(1, 1)]), Error::<Test>::NotNextBatch);
		assert_noop!(deliver(2, vec![leg(1, 1)]), Error::<Test>::NotNextBatch);
		assert_ok!(deliver(1, vec![leg(1, 1)]));
		assert_noop!(deliver(1, vec![leg(2, 1)]), Error::<Test>::NotNextBatch);
		assert_ok!(deliver(2, vec![leg(2, 1)]));
	});
}

#[test]
fn track_fails_for_anybody_but_the_parent() {
	TestExt::new().build_and_execute(|| {
		let legs = vec![leg(1, 1)].try_into().expect("one leg");
		let message = Message::Track(TrackBatch { batch: BatchId(1), legs });
		assert_noop!(
			ProofVerification::on_message(PARENT, Relation::Child, message),
			Error::<Test>::NotFromParent
		);
	});
}

#[test]
fn messages_for_others_are_refused() {
	TestExt::new().build_and_execute(|| {
		let heartbeat = Message::Heartbeat { window: Window(0), round: 1 };
		for message in [heartbeat, Message::Beacon(Default::default())] {
			assert_noop!(
				ProofVerification::on_message(PARENT, Relation::Parent, message),
				Error::<Test>::UnexpectedMessage
			);
		}
	});
}

#[test]
fn bad_legs_do_not_hold_up_the_others() {
	TestExt::new().build_and_execute(|| {
		track(vec![leg(1, 1)]);
		let bad = vec![
			TrackedLeg { size: 0, ..leg(10, 1) },
			TrackedLeg { size: MAX_BLOB_SIZE + 1, ..leg(11, 1) },
			TrackedLeg { challenges: 0, ..leg(12, 1) },
			TrackedLeg { interval: 0, ..leg(19, 1) },
			TrackedLeg { interval: MAX_INTERVAL + 1, ..leg(20, 1) },
			TrackedLeg { challenges: MAX_CHALLENGES + 1, ..leg(13, 1) },
			// Over before it could start, by plan or because it came late.
			TrackedLeg { start: Window(5), end: Window(5), ..leg(14, 1) },
			TrackedLeg { start: Window(0), end: Window(1), ..leg(15, 1) },
			// Known already.
			leg(1, 2),
			TrackedLeg { provider: provider(9), ..leg(16, 1) },
		];
		let kept = Pages::<Test>::get(StreamId(1), 0);
		let skipped = bad.len() as u32;
		track(bad);
		assert_eq!(counts(), (0, skipped));
		assert_eq!(Pages::<Test>::get(StreamId(1), 0), kept);
		assert_eq!(Streams::<Test>::count(), 1);
		track(vec![TrackedLeg { size: 0, ..leg(17, 1) }, leg(18, 1)]);
		assert_eq!(counts(), (1, 1));
		assert_eq!(Applied::<Test>::get(), BatchId(3));
	});
}

#[test]
fn track_skips_what_has_no_room() {
	TestExt::new().build_and_execute(|| {
		let most = u64::from(MaxPagesPerStream::get()) * 64;
		track((1..=most).map(|id| leg(id, 1)).collect());
		track(vec![leg(most + 1, 1), leg(most + 2, 2)]);
		assert_eq!(counts(), (1, 1));
		assert_eq!(SlotOf::<Test>::get(LegId(most + 1)), None);
		let record = Streams::<Test>::get(StreamId(1)).expect("it has legs");
		assert_eq!((u64::from(record.live), record.pages), (most, MaxPagesPerStream::get()));
	});
}

#[test]
fn track_skips_streams_beyond_the_limit() {
	TestExt::new().build_and_execute(|| {
		let most = MaxStreams::get();
		track((1..=most).map(|stream| leg(stream.into(), stream)).collect());
		assert_eq!(Streams::<Test>::count(), most);
		track(vec![leg(1_000, most + 1), leg(1_001, most)]);
		assert_eq!(counts(), (1, 1));
		assert_eq!(Streams::<Test>::count(), most);
	});
}

#[test]
fn newest_leg_names_the_operator() {
	TestExt::new().build_and_execute(|| {
		track(vec![leg(1, 1)]);
		let rotated = TrackedLeg { operator: operator(7).public(), ..leg(2, 1) };
		track(vec![rotated]);
		run_to_window(1);
		let batch = batch(&[1, 2]);
		let old = sign(&batch, &operator(1));
		assert_noop!(
			submit_signed(batch.clone(), old),
			sp_runtime::transaction_validity::InvalidTransaction::BadSigner
		);
		let new = sign(&batch, &operator(7));
		assert_ok!(submit_signed(batch, new));
	});
}

#[test]
fn leg_is_due_from_its_start_to_its_end() {
	TestExt::new().build_and_execute(|| {
		track(vec![TrackedLeg { start: Window(3), end: Window(5), ..leg(1, 1) }, leg(2, 1)]);
		assert_eq!(window_of(1), (3, 5));
		let mut due = Vec::new();
		for window in 1..7 {
			run_to_window(window);
			prove_legs(&[2]);
			if report_of_open().faults.contains(&LegId(1)) {
				due.push(window);
			}
		}
		assert_eq!(due, [3, 4]);
	});
}

#[test]
fn late_leg_is_due_from_the_next_window_on() {
	TestExt::new().build_and_execute(|| {
		run_to_window(4);
		track(vec![TrackedLeg { start: Window(2), ..leg(1, 1) }]);
		assert_eq!(window_of(1).0, 5);
		let report = report_of_open();
		assert_eq!((report.window, report.applied), (Window(4), BatchId(0)));
		assert!(report.outages.is_empty(), "it was not due");
		let report = report_of_open();
		assert_eq!((report.window, report.applied), (Window(5), BatchId(1)));
		assert_eq!(report.outages.len(), 1);
	});
}

#[test]
fn leg_that_arrives_between_rounds_is_not_due_in_any_of_them() {
	TestExt::new().build_and_execute(|| {
		run_to_window(2);
		track(vec![leg(1, 1)]);
		Room::set(0);
		end_round();
		assert_eq!((open().window, open().round), (Window(2), 1));
		Room::set(100);
		let report = report_of_open();
		// Both sides let it start with window 3.
		assert_eq!((report.window, report.applied), (Window(2), BatchId(0)));
		assert!(report.outages.is_empty());
		assert_eq!(window_of(1).0, 3);
		assert_eq!(open().applied, BatchId(1));
	});
}

#[test]
fn window_starts_only_so_many_batches() {
	TestExt::new().build_and_execute(|| {
		let most = MAX_BATCHES_PER_WINDOW;
		for batch in 1..=2 * most + 1 {
			let legs = match batch {
				_ if batch == most => vec![leg(1, 1)],
				_ if batch == most + 1 => vec![leg(2, 1)],
				_ if batch == 2 * most + 1 => vec![leg(3, 1)],
				_ => vec![],
			};
			assert_ok!(deliver(batch, legs));
		}
		let starts = [1, 2, 3].map(|leg| window_of(leg).0);
		assert_eq!(starts, [1, 2, 3]);
		let applied = (0..4).map(|_| report_of_open().applied.0).collect::<Vec<_>>();
		assert_eq!(applied, [0, most, 2 * most, 2 * most + 1]);
	});
}
