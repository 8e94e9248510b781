// SPDX-License-Identifier: Apache-2.0
//! What messages of proof chains do.
use super::*;
use crate::PartProgress;
use terrace_layers::Beacon;

/// Counters of the newest report: batches, outages, faults, skipped.
fn counters() -> (u32, u32, u32, u32) {
	match last_event() {
		Event::ReportApplied { batches, outages, faults, skipped, .. } => {
			(batches, outages, faults, skipped)
		}
		event => panic!("the newest event is {event:?}"),
	}
}

/// A contract of each client with `BOB`, sent and started, with window 2 next.
fn two_running() -> [ContractId; 2] {
	let ids = [contract(ALICE, BOB, 10), contract(CAROL, BOB, 10)];
	run(1);
	clean_windows(2);
	ids
}

#[test]
fn a_clean_report_moves_one_number() {
	TestExt::new().build_and_execute(|| {
		two_running();
		run(5);
		assert_ok!(Reporter::clean().send());
		let chain = Chains::<Test>::get(P).expect("registered");
		assert_eq!((chain.reported, chain.part), (Window(3), None));
		assert_eq!((chain.applied_at, chain.seen_at), (7, 7));
		assert_eq!(chain.applied_ms, 7 * BLOCK_MS);
		assert_eq!(stream(BOB).counted, Window(0));
		assert_eq!(
			last_event(),
			Event::ReportApplied {
				chain: P,
				window: Window(2),
				part: 0,
				last: true,
				batches: 0,
				outages: 0,
				faults: 0,
				skipped: 0
			}
		);
	});
}

#[test]
fn only_the_next_part_of_the_next_window_is_taken() {
	TestExt::new().build_and_execute(|| {
		two_running();
		for window in [0, 1, 3, u32::MAX] {
			assert_noop!(Reporter::clean().window(window).send(), Error::<Test>::NotNextPart);
		}
		assert_noop!(Reporter::clean().part(1).send(), Error::<Test>::NotNextPart);
		assert_ok!(Reporter::clean().unfinished().send());
		for part in [0, 2, u16::MAX] {
			assert_noop!(Reporter::clean().part(part).send(), Error::<Test>::NotNextPart);
		}
		assert_noop!(Reporter::clean().window(3).send(), Error::<Test>::NotNextPart);
		assert_ok!(Reporter::clean().part(1).send());
		assert_eq!(reported(), 3);
		assert_noop!(Reporter::clean().part(1).send(), Error::<Test>::NotNextPart);
	});
}

#[test]
fn a_report_in_parts_counts_with_its_last_one() {
	TestExt::new().build_and_execute(|| {
		let [first, second] = two_running();
		assert_ok!(Reporter::clean().unfinished().fault(first).send());
		let chain = Chains::<Test>::get(P).expect("registered");
		assert_eq!(chain.part, Some(PartProgress { next: 1, faults_begun: true }));
		assert_eq!(chain.reported, Window(2));
		assert_ok!(Reporter::clean().fault(second).send());
		assert_eq!(reported(), 3);
		assert_eq!((leg(first).faults, leg(second).faults), (1, 1));
	});
}

#[test]
fn strangers_and_parents_cannot_report() {
	TestExt::new().build_and_execute(|| {
		assert_noop!(Reporter::clean().send_from(MAIN), Error::<Test>::UnknownProofChain);
		let report = Reporter::clean().0;
		assert_noop!(
			StorageContracts::on_message(P, Relation::Parent, Message::Report(report)),
			Error::<Test>::UnexpectedMessage
		);
		assert_noop!(
			StorageContracts::on_message(P, Relation::Child, Message::Beacon(Beacon::default())),
			Error::<Test>::UnexpectedMessage
		);
	});
}

#[test]
fn a_fault_takes_one_window_of_one_leg() {
	TestExt::new().build_and_execute(|| {
		let [first, second] = two_running();
		assert_ok!(Reporter::clean().fault(first).send());
		assert_eq!(counters(), (0, 0, 1, 0));
		let (leg, window) = (leg_id(first), Window(2));
		let fault = Event::LegFaulted { contract: first, leg, window, penalty: 0 };
		assert!(events().contains(&fault));
		clean_windows(9);
		assert_eq!(close(first), (9, 9 * UNIT, UNIT));
		assert_eq!(close(second), (10, 10 * UNIT, 0));
	});
}

#[test]
fn an_outage_takes_one_window_of_all_legs() {
	for kind in [OutageKind::Total, OutageKind::Partial] {
		TestExt::new().build_and_execute(|| {
			let ids = two_running();
			let stream = stream_id(BOB);
			assert_ok!(Reporter::clean().outage_of(stream, kind).send());
			assert_eq!(counters(), (0, 1, 0, 0));
			let window = Window(2);
			let failed = Event::StreamFailed { stream, provider: BOB, window, kind };
			assert!(events().contains(&failed));
			clean_windows(9);
			for id in ids {
				assert_eq!(close(id), (9, 9 * UNIT, UNIT));
			}
		});
	}
}

#[test]
fn a_fault_of_a_stream_in_outage_is_ignored() {
	TestExt::new().build_and_execute(|| {
		let [first, _] = two_running();
		assert_ok!(Reporter::clean().outage(BOB).fault(first).send());
		assert_eq!(counters(), (0, 1, 0, 1));
		assert_eq!(leg(first).faults, 0);
	});
}

#[test]
fn an_outage_after_a_fault_is_ignored() {
	TestExt::new().build_and_execute(|| {
		let [first, second] = two_running();
		assert_ok!(Reporter::clean().unfinished().fault(first).send());
		assert_ok!(Reporter::clean().outage(BOB).send());
		assert_eq!(counters(), (0, 0, 0, 1));
		clean_windows(9);
		assert_eq!((close(first).0, close(second).0), (9, 10));
	});
}

#[test]
fn exceptions_count_once_a_window() {
	TestExt::new().build_and_execute(|| {
		let [first, second] = two_running();
		assert_ok!(Reporter::clean().fault(first).fault(first).unfinished().send());
		assert_eq!(counters(), (0, 0, 1, 1));
		assert_ok!(Reporter::clean().fault(first).send());
		assert_eq!(counters(), (0, 0, 0, 1));
		assert_ok!(Reporter::clean().outage(BOB).outage(BOB).unfinished().send());
		assert_eq!(counters(), (0, 1, 0, 1));
		assert_ok!(Reporter::clean().outage(BOB).send());
		assert_eq!(counters(), (0, 0, 0, 1));
		clean_windows(8);
		assert_eq!((close(first).0, close(second).0), (8, 9));
	});
}

#[test]
fn exceptions_that_mean_nothing_are_skipped() {
	TestExt::new().build_and_execute(|| {
		let [first, _] = two_running();
		let elsewhere = propose_on(Q, ALICE, BOB, MIB, 10);
		assert_ok!(StorageContracts::accept(by(BOB), elsewhere));
		let of_q = StreamOf::<Test>::get(BOB, Q).expect("open");
		let report = Reporter::clean()
			.outage_of(StreamId(99), OutageKind::Total)
			.outage_of(of_q, OutageKind::Total)
			.fault_of(LegId(99))
			.fault(elsewhere);
		assert_ok!(report.send());
		assert_eq!(counters(), (0, 0, 0, 4));
		assert_eq!(leg(elsewhere).faults, 0);
		assert!(!Outages::<Test>::contains_key(of_q));
		clean_windows(9);
		assert_eq!(close(first).0, 10);
	});
}

#[test]
fn faults_outside_a_legs_windows_are_ignored() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 3);
		// Not sent, and sent but not applied.
		assert_ok!(Reporter::clean().fault(id).send());
		run(1);
		assert_ok!(Reporter::clean().applied(0).fault(id).send());
		assert_ok!(Reporter::clean().applied(0).fault(id).send());
		assert_eq!((counters(), leg(id).faults), ((0, 0, 0, 1), 0));
		assert_ok!(Reporter::clean().fault(id).send());
		assert_eq!((counters(), leg(id).faults), ((1, 0, 1, 0), 1));
		clean_windows(1);
		assert_eq!(leg(id).end, Window(5));
		assert_ok!(Reporter::clean().fault(id).send());
		assert_eq!((counters(), leg(id).faults), ((0, 0, 0, 1), 1));
		assert_eq!(close(id), (1, UNIT, 2 * UNIT));
	});
}

#[test]
fn a_fault_before_a_known_start_is_ignored() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 3);
		run(1);
		clean_windows(1);
		assert_eq!(Pallet::<Test>::start_of(&leg(id)), Some(Window(2)));
		assert_ok!(Reporter::clean().fault(id).send());
		assert_eq!((counters(), leg(id).faults), ((0, 0, 0, 1), 0));
		clean_windows(3);
		assert_eq!(close(id), (3, 3 * UNIT, 0));
	});
}

#[test]
fn the_cursor_moves_forward_and_never_beyond_what_was_sent() {
	TestExt::new().build_and_execute(|| {
		let mut ids = Vec::new();
		for _ in 0..3 {
			ids.push(contract(ALICE, BOB, 10));
			run(1);
		}
		let starts = |ids: &[ContractId]| -> Vec<_> {
			ids.iter().map(|id| Pallet::<Test>::start_of(&leg(*id)).map(|w| w.0)).collect()
		};
		clean_windows(3);
		assert_eq!(starts(&ids), [Some(2), Some(3), Some(3)]);
		ids.push(contract(ALICE, BOB, 10));
		ids.push(contract(ALICE, BOB, 10));
		run(1);
		ids.push(contract(ALICE, BOB, 10));
		run(1);
		// Backwards: nothing.
		assert_ok!(Reporter::clean().applied(1).send());
		assert_eq!(counters().0, 0);
		for _ in 0..3 {
			assert_ok!(Reporter::clean().applied(4).send());
		}
		assert_eq!(starts(&ids[3..]), [Some(5), Some(5), None]);
		assert_ok!(Reporter::clean().applied(u64::MAX).send());
		assert_eq!(starts(&ids[5..]), [Some(7)]);
		assert_eq!(Chains::<Test>::get(P).expect("registered").applied, BatchId(5));
	});
}

#[test]
fn only_the_first_part_moves_the_cursor() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		run(1);
		assert_ok!(Reporter::clean().applied(0).unfinished().send());
		assert_ok!(Reporter::clean().applied(1).send());
		assert_eq!(Pallet::<Test>::start_of(&leg(id)), None);
	});
}

#[test]
fn a_report_starts_a_bounded_number_of_batches() {
	TestExt::new().build_and_execute(|| {
		Chains::<Test>::mutate(P, |chain| {
			chain.as_mut().expect("registered").sent = BatchId(600);
		});
		let mut started = Vec::new();
		for _ in 0..4 {
			clean_windows(1);
			started.push(counters().0);
		}
		assert_eq!(started, [256, 256, 88, 0]);
	});
}

#[test]
fn a_stream_with_too_many_outages_is_never_paid_again() {
	TestExt::new().build_and_execute(|| {
		MaxOutages::set(2);
		let ids = two_running();
		clean_windows(1);
		for _ in 0..4 {
			assert_ok!(Reporter::clean().outage(BOB).send());
		}
		let stream = stream_id(BOB);
		let died = Event::StreamDied { stream, provider: BOB, from: Window(5) };
		assert_eq!(events().into_iter().filter(|event| *event == died).count(), 1);
		assert_eq!(counters(), (0, 0, 0, 1));
		assert_ok!(Reporter::clean().fault(ids[0]).send());
		assert_eq!(counters(), (0, 0, 0, 1));
		let id = propose(ALICE, BOB, 10);
		assert_noop!(StorageContracts::accept(by(BOB), id), Error::<Test>::StreamDead);
		clean_windows(4);
		for id in ids {
			assert_eq!(close(id), (1, UNIT, 9 * UNIT));
		}
		// The next contract starts a new stream.
		assert_ok!(StorageContracts::accept(by(BOB), id));
		assert!(stream_id(BOB) > stream);
	});
}

#[test]
fn advancing_in_time_saves_a_stream_from_dying() {
	TestExt::new().build_and_execute(|| {
		MaxOutages::set(2);
		let ids = two_running();
		for _ in 0..5 {
			assert_ok!(Reporter::clean().outage(BOB).send());
			assert_ok!(StorageContracts::advance(by(STRANGER), BOB, P, 10));
		}
		clean_windows(5);
		assert_eq!(close(ids[0]), (5, 5 * UNIT, 5 * UNIT));
	});
}

#[test]
fn a_heartbeat_is_a_sign_of_life_and_nothing_else() {
	TestExt::new().build_and_execute(|| {
		two_running();
		run(8);
		let before = Chains::<Test>::get(P).expect("registered");
		let heartbeat = Message::Heartbeat { window: Window(77), round: 3 };
		assert_ok!(StorageContracts::on_message(P, Relation::Child, heartbeat.clone()));
		let after = Chains::<Test>::get(P).expect("registered");
		let seen_at = System::block_number();
		let seen_ms = u64::from(seen_at) * BLOCK_MS;
		assert_eq!(after, crate::ChainRecord { seen_at, seen_ms, ..before });
		assert_eq!(last_event(), Event::WindowRepeated { chain: P, window: Window(77), round: 3 });
		assert_noop!(
			StorageContracts::on_message(MAIN, Relation::Child, heartbeat),
			Error::<Test>::UnknownProofChain
		);
	});
}

#[test]
fn weight_follows_the_exceptions() {
	TestExt::new().build_and_execute(|| {
		let weight = |report: Reporter| StorageContracts::weight(&Message::Report(report.0));
		let [first, _] = two_running();
		let clean = weight(Reporter::clean());
		let fault = weight(Reporter::clean().fault(first));
		let outage = weight(Reporter::clean().outage(BOB));
		let later = weight(Reporter::clean().part(1));
		let worst = Pallet::<Test>::worst_part();
		for (less, more) in [(later, clean), (clean, outage), (clean, fault), (fault, worst)] {
			assert!(less.ref_time() < more.ref_time(), "{less} is no less than {more}");
			assert!(less.proof_size() <= more.proof_size(), "{less} is no less than {more}");
		}
		assert!(outage.ref_time() < worst.ref_time());
	});
}
