// SPDX-License-Identifier: Apache-2.0
//! What settling costs, and where the times in `weights.rs` come from.
use super::*;
use sp_core::Blake2Hasher;
use sp_trie::recorder::Recorder;
use std::time::{Duration, Instant};
use terrace_layers::{TrackedLeg, MAX_EXCEPTIONS_PER_PART};

/// Database accesses of `act` upon the state that `prepare` makes: keys read, keys changed.
fn accesses(prepare: impl FnOnce(), act: impl FnOnce()) -> (usize, usize) {
	let mut ext = TestExt::new().build();
	ext.execute_with(|| {
		prepare();
		System::reset_events();
	});
	ext.commit_all().expect("no transaction is open");
	let recorder = Recorder::<Blake2Hasher>::default();
	ext.execute_with_recorder(recorder.clone(), act);
	let read = recorder.recorded_keys().values().map(|keys| keys.len()).sum();
	(read, ext.overlayed_changes().changes().count())
}

fn contracts(count: u32) {
	for number in 0..count {
		let provider = if number % 2 == 0 { BOB } else { DAVE };
		contract(ALICE, provider, 10 + number % 4);
	}
	run(1);
	clean_windows(2);
}

fn clean_report() {
	assert_ok!(Reporter::clean().send());
}

#[test]
fn a_clean_report_costs_the_same_for_one_and_for_a_thousand_contracts() {
	let one = accesses(|| contracts(1), clean_report);
	let thousand = accesses(|| contracts(1_000), clean_report);
	assert_eq!(one, thousand);
	// Changed: the proof chain's record, beside what any event and any message touches.
	let event = accesses(
		|| contracts(1),
		|| {
			let other = frame_system::Event::<Test>::CodeUpdated { hash: Default::default() };
			assert_ok!(frame_support::storage::with_storage_layer(|| {
				System::deposit_event(other);
				DispatchResult::Ok(())
			}));
		},
	);
	assert_eq!(one.1, event.1 + 1);
}

#[test]
fn an_outage_costs_the_same_for_one_and_for_a_thousand_contracts() {
	let outage = || {
		assert_ok!(Reporter::clean().outage(BOB).send());
	};
	let one = accesses(|| contracts(1), outage);
	let thousand = accesses(|| contracts(1_000), outage);
	assert_eq!(one, thousand);
}

#[test]
fn accesses_are_noticed() {
	let fault = || {
		assert_ok!(Reporter::clean().fault(ContractId(3)).send());
	};
	let clean = accesses(|| contracts(10), clean_report);
	let faulty = accesses(|| contracts(10), fault);
	assert!(faulty.0 > clean.0 && faulty.1 > clean.1, "{clean:?} and {faulty:?}");
}

#[test]
fn a_fault_and_an_outage_stay_within_their_weights() {
	let clean = accesses(|| contracts(10), clean_report);
	let faulty = accesses(
		|| contracts(10),
		|| {
			assert_ok!(Reporter::clean().fault(ContractId(3)).send());
		},
	);
	// Changed: leg, stream, the fault itself and, with a stream's first one, the provider's cases.
	assert_eq!(faulty.1 - clean.1, 4);
	let outage = accesses(
		|| contracts(10),
		|| {
			assert_ok!(Reporter::clean().outage(BOB).send());
		},
	);
	// Changed: the outage list, the stream and, with its first one, the provider's cases.
	assert_eq!(outage.1 - clean.1, 3);
}

#[test]
fn a_batch_of_the_largest_legs_fits_into_a_message() {
	use codec::MaxEncodedLen;
	let legs = usize::try_from(terrace_layers::MAX_LEGS_PER_BATCH).expect("small");
	let most = TrackedLeg::max_encoded_len() * legs + 64;
	assert!(most < usize::try_from(terrace_layers::limits::MAX_MESSAGE).expect("small"));
}

fn per(rounds: u32, started: Instant) -> Duration {
	started.elapsed() / rounds
}

/// Prints native times: `cargo test --release -- --ignored --nocapture timing`.
#[test]
#[ignore = "prints measurements"]
fn timing() {
	TestExt::new().build_and_execute(time_settlement);
	TestExt::new().build_and_execute(time_batches);
}

fn time_settlement() {
	const ROUNDS: u32 = 512;
	MaxSteps::set(100_000);
	let started = Instant::now();
	let ids: Vec<_> = (0..ROUNDS).map(|n| contract(ALICE, BOB, 600 + n % 30)).collect();
	println!("propose + accept: {:?}", per(ROUNDS, started));
	run(1);
	clean_windows(2);
	let started = Instant::now();
	clean_windows(ROUNDS);
	println!("clean report: {:?}", per(ROUNDS, started));
	let outages = || {
		for _ in 0..128 {
			assert_ok!(Reporter::clean().outage(BOB).send());
		}
	};
	outages();
	let started = Instant::now();
	outages();
	println!("clean report + outage: {:?}", per(128, started));
	let mut report = Reporter::clean();
	for id in &ids {
		report = report.fault(*id);
	}
	let started = Instant::now();
	assert_ok!(report.send());
	println!("fault: {:?}", per(MAX_EXCEPTIONS_PER_PART, started));
	clean_until(Window(900));
	let started = Instant::now();
	let info = StorageContracts::advance(by(BOB), BOB, P, 100_000).expect("open");
	println!("advance: {:?} for {:?}", started.elapsed(), info.actual_weight);
	let started = Instant::now();
	for id in ids {
		assert_ok!(StorageContracts::close(by(BOB), id));
	}
	println!("close: {:?}", per(ROUNDS, started));
}

fn time_batches() {
	for _ in 0..256 {
		contract(ALICE, BOB, 10);
		assert_ok!(StorageContracts::flush(by(BOB), P));
	}
	let started = Instant::now();
	clean_windows(1);
	println!("batch: {:?}", per(256, started));
	MockFull::insert(P, ());
	for _ in 0..64 {
		contract(ALICE, DAVE, 10);
	}
	MockFull::remove(P);
	let started = Instant::now();
	assert_ok!(StorageContracts::flush(by(BOB), P));
	println!("flush: {:?}", started.elapsed());
}
