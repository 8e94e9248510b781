// SPDX-License-Identifier: Apache-2.0
//! What a report says of a window.

use crate::{fit, mock::*, Event, Shortfall, Tally, Verdict, MAX_EXCEPTIONS};
use terrace_layers::{Outage, OutageKind, Report, StreamId, Window, MAX_EXCEPTIONS_PER_PART};

fn outages(report: &Report) -> Vec<(u32, OutageKind)> {
	report.outages.iter().map(|Outage { stream, kind }| (stream.0, *kind)).collect()
}

fn faults(report: &Report) -> Vec<u64> {
	report.faults.iter().map(|leg| leg.0).collect()
}

/// Legs of a stream: numbers from `stream * 1000` on.
fn legs_of(stream: u32, count: u64) -> Vec<u64> {
	(0..count).map(|number| u64::from(stream) * 1_000 + number).collect()
}

fn track_streams(streams: &[(u32, u64)]) {
	for (stream, count) in streams {
		track(legs_of(*stream, *count).into_iter().map(|id| leg(id, *stream)).collect());
	}
	run_to_window(1);
}

/// Proves all but the first `missed` legs.
fn prove_but(stream: u32, count: u64, missed: usize) {
	prove_legs(&legs_of(stream, count)[missed..]);
}

#[test]
fn proven_window_is_reported_empty() {
	TestExt::new().build_and_execute(|| {
		track_streams(&[(1, 70), (2, 1)]);
		prove_but(1, 70, 0);
		prove_but(2, 1, 0);
		let report = report_of_open();
		assert_eq!((report.window, report.part, report.last), (Window(1), 0, true));
		assert!(report.outages.is_empty() && report.faults.is_empty());
	});
}

#[test]
fn stream_without_due_legs_is_not_listed() {
	TestExt::new().build_and_execute(|| {
		track(vec![terrace_layers::TrackedLeg { start: Window(9), ..leg(1, 1) }]);
		run_to_window(1);
		let report = report_of_open();
		assert!(report.outages.is_empty() && report.faults.is_empty());
	});
}

#[test]
fn stream_that_proves_nothing_is_a_total_outage() {
	TestExt::new().build_and_execute(|| {
		track_streams(&[(3, 200), (1, 1), (2, 2)]);
		prove_but(2, 2, 0);
		let report = report_of_open();
		assert_eq!(outages(&report), [(1, OutageKind::Total), (3, OutageKind::Total)]);
		assert!(report.faults.is_empty());
	});
}

#[test]
fn missed_legs_are_listed_by_stream_and_slot() {
	TestExt::new().build_and_execute(|| {
		track_streams(&[(2, 70), (1, 3), (3, 2)]);
		prove_legs(&legs_of(2, 70)[1..69]);
		prove_but(1, 3, 2);
		let report = report_of_open();
		assert_eq!(outages(&report), [(3, OutageKind::Total)]);
		assert_eq!(faults(&report), [1_000, 1_001, 2_000, 2_069]);
	});
}

#[test]
fn stream_that_misses_more_than_may_be_listed_is_a_partial_outage() {
	// (legs, missed, what the report says): the larger of 2 and an eighth of the legs is listed.
	let cases = [
		(10, 2, None, "2 are always listed"),
		(10, 3, Some(OutageKind::Partial), "an eighth is 1"),
		(64, 8, None, "an eighth"),
		(64, 9, Some(OutageKind::Partial), "more than an eighth"),
		(64, 63, Some(OutageKind::Partial), "one proof is not nothing"),
		(64, 64, Some(OutageKind::Total), "nothing"),
		(2, 2, Some(OutageKind::Total), "few, but all"),
	];
	for (count, missed, expected, reason) in cases {
		TestExt::new().build_and_execute(|| {
			MaxPartialFaults::set(2);
			track_streams(&[(1, count)]);
			prove_but(1, count, missed);
			let report = report_of_open();
			let expected_faults = match expected {
				Some(_) => vec![],
				None => legs_of(1, missed as u64),
			};
			let listed = outages(&report).first().map(|(_, kind)| *kind);
			assert_eq!((listed, faults(&report)), (expected, expected_faults), "{reason}");
		});
	}
}

#[test]
fn long_report_comes_in_parts_with_all_outages_first() {
	TestExt::new().build_and_execute(|| {
		let streams = (1..=14).map(|stream| (stream, 51)).collect::<Vec<_>>();
		track_streams(&streams);
		// Streams 13 and 14 prove nothing; the others miss 50 legs each.
		for stream in 1..=12 {
			prove_but(stream, 51, 50);
		}
		System::reset_events();
		run_to_window(2);
		next_block();
		let parts = reports().split_off(1);
		let [first, second] = &parts[..] else { panic!("{} parts", parts.len()) };
		assert_eq!((first.part, first.last, second.part, second.last), (0, false, 1, true));
		assert_eq!(outages(first), [(13, OutageKind::Total), (14, OutageKind::Total)]);
		assert!(second.outages.is_empty());
		let entries = first.outages.len() + first.faults.len();
		assert_eq!(entries, MAX_EXCEPTIONS_PER_PART as usize);
		let expected = (1..=12).flat_map(|stream| legs_of(stream, 50)).collect::<Vec<_>>();
		assert_eq!([faults(first), faults(second)].concat(), expected);
		assert_eq!(first.applied, second.applied);
	});
}

#[test]
fn report_that_is_too_long_lists_the_worst_streams_as_outages() {
	TestExt::new().build_and_execute(|| {
		// 70 streams miss 64 legs each, but the first one 63: 4479 faults for 4096 entries.
		let streams = (1..=70).map(|stream| (stream, 65)).collect::<Vec<_>>();
		track_streams(&streams);
		prove_but(1, 65, 63);
		for stream in 2..=70 {
			prove_but(stream, 65, 64);
		}
		System::reset_events();
		run_to_window(2);
		next_block();
		let parts = reports().split_off(1);
		// Each of them saves 63 entries.
		let worst = (2..=8).map(|stream| (stream, OutageKind::Partial)).collect::<Vec<_>>();
		assert_eq!(outages(&parts[0]), worst);
		let listed = parts.iter().flat_map(faults).collect::<Vec<_>>();
		let expected = legs_of(1, 63)
			.into_iter()
			.chain((9..=70).flat_map(|stream| legs_of(stream, 64)))
			.collect::<Vec<_>>();
		assert_eq!(listed, expected);
		assert_eq!(parts.len(), 8);
		assert!(parts.iter().enumerate().all(|(number, part)| {
			usize::from(part.part) == number
				&& part.last == (number == 7)
				&& part.outages.len() + part.faults.len() <= 512
		}));
	});
}

#[test]
fn part_that_cannot_leave_is_sent_later_and_only_once() {
	TestExt::new().build_and_execute(|| {
		let streams = (1..=12).map(|stream| (stream, 51)).collect::<Vec<_>>();
		track_streams(&streams);
		for stream in 1..=12 {
			prove_but(stream, 51, 50);
		}
		run_to(open().closes_at - 1);
		next_block();
		// The lane takes the first of the two parts.
		Room::set(1);
		next_block();
		assert_eq!(reports().len(), 2);
		next_block();
		assert_eq!(reports().len(), 2);
		Room::set(100);
		next_block();
		let parts = reports().into_iter().map(|report| (report.window.0, report.part, report.last));
		assert_eq!(parts.collect::<Vec<_>>(), [(0, 0, true), (1, 0, false), (1, 1, true)]);
		let sent = Event::ReportSent { window: Window(1), parts: 2, outages: 0, faults: 600 };
		assert_eq!(events().into_iter().filter(|event| *event == sent).count(), 1);
	});
}

#[test]
fn outages_of_all_streams_fit_a_report() {
	let total = Verdict::Outage(OutageKind::Total);
	let all = |verdict| move |stream| Shortfall { stream: StreamId(stream), verdict };
	let mut shortfalls = (0..MAX_EXCEPTIONS).map(all(total)).collect::<Vec<_>>();
	fit(&mut shortfalls, MAX_EXCEPTIONS);
	assert!(shortfalls.iter().all(|shortfall| shortfall.verdict == total));
	let mut shortfalls = (0..MAX_EXCEPTIONS).map(all(Verdict::Faults(2))).collect::<Vec<_>>();
	fit(&mut shortfalls, MAX_EXCEPTIONS);
	let partial = Some(OutageKind::Partial);
	assert!(shortfalls.iter().all(|shortfall| shortfall.outage() == partial));
}

#[test]
fn fit_sorts_by_stream_and_keeps_what_fits() {
	let shortfall =
		|stream, missed| Shortfall { stream: StreamId(stream), verdict: Verdict::Faults(missed) };
	let mut exact = vec![shortfall(2, 5), shortfall(1, 7)];
	fit(&mut exact, 12);
	assert_eq!(exact, [shortfall(1, 7), shortfall(2, 5)]);
	fit(&mut exact, 11);
	let partial = Verdict::Outage(OutageKind::Partial);
	assert_eq!(exact, [Shortfall { stream: StreamId(1), verdict: partial }, shortfall(2, 5)]);
}

#[test]
fn verdict_of_a_stream_with_many_legs_lists_an_eighth() {
	let tally =
		|due, missed| Tally { stream: StreamId(1), page: 0, pages: 0, due, missed, due_now: false };
	assert_eq!(tally(1_000, 0).verdict(64), None);
	assert_eq!(tally(0, 0).verdict(64), None);
	assert_eq!(tally(1_000, 125).verdict(64), Some(Verdict::Faults(125)));
	let partial = Some(Verdict::Outage(OutageKind::Partial));
	assert_eq!(tally(1_000, 126).verdict(64), partial);
	assert_eq!(tally(1_000, 999).verdict(64), partial);
	let total = Some(Verdict::Outage(OutageKind::Total));
	assert_eq!(tally(1_000, 1_000).verdict(64), total);
	assert_eq!(tally(3, 3).verdict(64), total);
}

#[test]
fn report_names_the_batch_that_was_newest_when_the_window_opened() {
	TestExt::new().build_and_execute(|| {
		track(vec![leg(1, 1)]);
		track(vec![leg(2, 1)]);
		assert_eq!(report_of_open().applied.0, 0);
		track(vec![leg(3, 1)]);
		assert_eq!(report_of_open().applied.0, 2);
		assert_eq!(report_of_open().applied.0, 3);
	});
}
