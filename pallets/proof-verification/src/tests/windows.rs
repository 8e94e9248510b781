// SPDX-License-Identifier: Apache-2.0
//! The life of windows and their seeds.

use crate::{hooks::seed, mock::*, ClosedWindow, Event, Mix, MAX_RETRIES};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use terrace_layers::{Beacon, ChainId, Window, MAX_PARTS};

#[test]
fn window_opens_with_the_first_block_and_closes_on_time() {
	TestExt::new().build_and_execute(|| {
		assert_eq!((open().window, open().opened_at, open().closes_at), (Window(0), 1, 11));
		run_to(10);
		assert_eq!(open().window, Window(0));
		System::reset_events();
		run_to(11);
		assert_eq!((open().window, open().opened_at, open().closes_at), (Window(1), 11, 21));
		let (seed, window) = (open().seed, Window(1));
		let opened = Event::WindowOpened { window, round: 0, closes_at: 21, seed };
		let sent = Event::ReportSent { window: Window(0), parts: 1, outages: 0, faults: 0 };
		assert_eq!(events(), [opened, sent]);
		assert_eq!(ClosedWindow::<Test>::get().map(|closed| closed.window), Some(Window(0)));
	});
}

#[test]
fn empty_chain_reports_every_window() {
	TestExt::new().build_and_execute(|| {
		run_to_window(5);
		let reports = reports();
		assert_eq!(reports.len(), 5);
		for (window, report) in reports.iter().enumerate() {
			assert_eq!(report.window.0 as usize, window);
			assert_eq!((report.part, report.last), (0, true));
			assert!(report.outages.is_empty() && report.faults.is_empty());
		}
		assert!(heartbeats().is_empty());
	});
}

#[test]
fn window_is_started_anew_while_the_lane_is_full() {
	TestExt::new().build_and_execute(|| {
		Room::set(u32::from(MAX_PARTS) - 1);
		let first = open().seed;
		end_round();
		assert_eq!((open().window, open().round), (Window(0), 1));
		assert_eq!((open().opened_at, open().closes_at), (11, 21));
		assert_ne!(open().seed, first);
		end_round();
		assert_eq!((open().window, open().round), (Window(0), 2));
		assert!(reports().is_empty());
		// What room there is stays for the report.
		assert!(heartbeats().is_empty());
		Room::set(u32::from(MAX_PARTS));
		end_round();
		assert_eq!((open().window, open().round), (Window(1), 0));
		assert_eq!(reports().len(), 1);
	});
}

#[test]
fn window_is_started_anew_without_a_parent() {
	TestExt::new().build_and_execute(|| {
		ParentOfTest::set(None);
		run_to(25);
		assert_eq!((open().window, open().round), (Window(0), 2));
		ParentOfTest::set(Some(PARENT));
		end_round();
		assert_eq!(open().window, Window(1));
	});
}

#[test]
fn proofs_of_a_former_round_do_not_count() {
	TestExt::new().build_and_execute(|| {
		track(vec![leg(1, 1), leg(2, 1)]);
		run_to_window(1);
		prove_legs(&[1, 2]);
		Room::set(0);
		end_round();
		Room::set(100);
		assert_eq!((open().round, open().proven_streams), (1, 0));
		prove_legs(&[2]);
		let report = report_of_open();
		assert_eq!(report.faults.to_vec(), [terrace_layers::LegId(1)]);
	});
}

#[test]
fn window_is_started_anew_while_the_report_before_cannot_leave() {
	TestExt::new().build_and_execute(|| {
		Refusing::set(true);
		run_to_window(1);
		assert!(reports().is_empty());
		assert_eq!(ProofVerification::window().expect("open").sweeping, Some(Window(0)));
		end_round();
		assert_eq!((open().window, open().round), (Window(1), 1));
		Refusing::set(false);
		next_block();
		assert_eq!(reports().len(), 1, "the report leaves as soon as it can");
		end_round();
		assert_eq!((open().window, open().round), (Window(2), 0));
	});
}

#[test]
fn heartbeat_says_that_a_window_runs_again() {
	TestExt::new().build_and_execute(|| {
		track((1..=4).map(|stream| leg(stream.into(), stream)).collect());
		run_to_window(1);
		end_round();
		assert_eq!(heartbeats(), [(1, 1)]);
		// The lane has just the room that the report may need.
		Room::set(MAX_PARTS.into());
		end_round();
		assert_eq!((open().window, open().round), (Window(1), 2));
		assert_eq!(heartbeats(), [(1, 1)]);
	});
}

#[test]
fn failure_of_most_starts_the_window_anew_twice_at_most() {
	TestExt::new().build_and_execute(|| {
		track((1..=5).map(|stream| leg(stream.into(), stream)).collect());
		run_to_window(1);
		for round in 0..MAX_RETRIES {
			assert_eq!((open().window, open().round), (Window(1), round.into()));
			prove_legs(&[3]);
			end_round();
			assert_eq!((open().due_streams, open().proven_streams), (5, 0));
		}
		assert_eq!((open().window, open().round), (Window(1), 2));
		prove_legs(&[3]);
		let report = report_of_open();
		assert_eq!(report.outages.len(), 4, "at last it closes as it stands");
		assert_eq!(open().retries, 0, "the next window has its own retries");
	});
}

#[test]
fn failure_of_three_quarters_is_their_own() {
	TestExt::new().build_and_execute(|| {
		track((1..=4).map(|stream| leg(stream.into(), stream)).collect());
		run_to_window(1);
		prove_legs(&[1]);
		let report = report_of_open();
		assert_eq!((report.window, report.outages.len()), (Window(1), 3));
	});
}

#[test]
fn failure_of_few_streams_is_their_own() {
	TestExt::new().build_and_execute(|| {
		track((1..=3).map(|stream| leg(stream.into(), stream)).collect());
		run_to_window(1);
		let report = report_of_open();
		assert_eq!((report.window, report.outages.len()), (Window(1), 3));
	});
}

#[test]
fn waiting_for_the_lane_uses_up_no_retry() {
	TestExt::new().build_and_execute(|| {
		track((1..=4).map(|stream| leg(stream.into(), stream)).collect());
		run_to_window(1);
		Room::set(0);
		end_round();
		assert_eq!((open().round, open().retries), (1, 0));
		Room::set(100);
		end_round();
		assert_eq!((open().round, open().retries), (2, 1));
	});
}

#[test]
fn blocks_of_a_migration_do_not_count() {
	TestExt::new().build_and_execute(|| {
		run_to(4);
		let seed = open().seed;
		Migrating::set(true);
		run_to(30);
		assert_eq!((open().window, open().round, open().seed), (Window(0), 0, seed));
		assert_eq!((open().opened_at, open().closes_at), (1, 37));
		Migrating::set(false);
		run_to(36);
		assert_eq!(open().window, Window(0));
		run_to(37);
		assert_eq!(open().window, Window(1));
	});
}

#[test]
fn mix_takes_in_the_randomness_of_every_block() {
	TestExt::new().build_and_execute(|| {
		let mut mix = Mix::<Test>::get();
		for output in [[1; 32], [2; 32]] {
			VrfOutput::set(Some(output));
			next_block();
			mix = blake2_256(&[mix, output].concat());
			assert_eq!(Mix::<Test>::get(), mix);
		}
		VrfOutput::set(None);
		next_block();
		assert_eq!(Mix::<Test>::get(), mix, "a block without randomness adds none");
	});
}

#[test]
fn seed_hashes_chain_window_round_beacon_and_mix() {
	TestExt::new().build_and_execute(|| {
		run_to_window(3);
		let mut preimage = b"terrace/seed/1".to_vec();
		preimage.extend([0x11; 32]);
		preimage.extend(3_u32.to_le_bytes());
		preimage.extend(0_u32.to_le_bytes());
		preimage.extend([5; 32]);
		preimage.extend(Mix::<Test>::get());
		assert_eq!(open().seed, blake2_256(&preimage));
		assert_eq!(open().beacon, Some(Beacon { epoch: 4, randomness: [5; 32] }));
	});
}

/// Seed of window 1 after `disturb` in the last block of window 0.
fn seed_after(disturb: impl FnOnce()) -> [u8; 32] {
	TestExt::new().build_and_execute(|| {
		run_to(10);
		disturb();
		next_block();
		assert_eq!(open().window, Window(1));
		open().seed
	})
}

#[test]
fn seed_depends_on_all_that_nobody_chooses_and_on_no_block_hash() {
	let usual = seed_after(|| ());
	assert_eq!(usual, seed_after(|| ()), "the same history gives the same seed");
	let beacon = Beacon { epoch: 5, randomness: [6; 32] };
	assert_ne!(usual, seed_after(|| TestBeacon::set(Some(beacon))));
	assert_ne!(usual, seed_after(|| TestBeacon::set(None)));
	assert_ne!(usual, seed_after(|| VrfOutput::set(Some([4; 32]))));
	assert_ne!(usual, seed_after(|| ThisChain::set(ChainId(H256::repeat_byte(0x12)))));
	let on_another_block = TestExt::new().build_and_execute(|| {
		run_to(10);
		next_block_on(H256::repeat_byte(0xee));
		open().seed
	});
	assert_eq!(usual, on_another_block);
}

#[test]
fn seed_differs_between_windows_and_rounds() {
	let mix = [7; 32];
	let seeds = [
		seed(THIS, Window(1), 0, None, mix),
		seed(THIS, Window(2), 0, None, mix),
		seed(THIS, Window(1), 1, None, mix),
		seed(PARENT, Window(1), 0, None, mix),
		seed(THIS, Window(1), 0, None, [8; 32]),
	];
	let distinct = seeds.iter().collect::<std::collections::BTreeSet<_>>();
	assert_eq!(distinct.len(), seeds.len());
}
