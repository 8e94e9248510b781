// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::ChainRecord;

/// Blocks of a window.
const WINDOW_BLOCKS: u32 = (WINDOW_MS / BLOCK_MS) as u32;
const SILENT_BLOCKS: u32 = ChainRecord::SILENT_WINDOWS as u32 * WINDOW_BLOCKS;
const STUCK_BLOCKS: u32 = ChainRecord::STUCK_WINDOWS as u32 * WINDOW_BLOCKS;

fn flag() -> DispatchResult {
	StorageContracts::flag_stalled(by(STRANGER), P)
}

fn heartbeat() {
	let message = Message::Heartbeat { window: Window(0), round: 1 };
	assert_ok!(StorageContracts::on_message(P, Relation::Child, message));
}

fn stalled_at() -> Option<u32> {
	Chains::<Test>::get(P).expect("registered").stalled.map(|stalled| stalled.at)
}

#[test]
fn silence_is_a_stall_after_six_windows_and_not_before() {
	TestExt::new().build_and_execute(|| {
		heartbeat();
		let since = System::block_number();
		run(SILENT_BLOCKS);
		assert_noop!(flag(), Error::<Test>::NotStalled);
		assert!(!StorageContracts::proof_chains()[0].overdue);
		run(1);
		assert!(StorageContracts::proof_chains()[0].overdue);
		assert_ok!(flag());
		assert_eq!(last_event(), Event::ProofChainStalled { chain: P, since });
		assert_eq!(stalled_at(), Some(System::block_number()));
		assert_noop!(flag(), Error::<Test>::ProofChainStalled);
	});
}

#[test]
fn signs_of_life_without_a_report_do_not_hide_a_stall_for_ever() {
	TestExt::new().build_and_execute(|| {
		clean_windows(1);
		for _ in 0..ChainRecord::STUCK_WINDOWS {
			run(WINDOW_BLOCKS);
			heartbeat();
			assert_noop!(flag(), Error::<Test>::NotStalled);
		}
		assert_eq!(STUCK_BLOCKS, ChainRecord::STUCK_WINDOWS as u32 * WINDOW_BLOCKS);
		run(1);
		assert_ok!(flag());
	});
}

#[test]
fn a_stalled_chain_takes_no_new_contracts_and_costs_nobody_anything() {
	TestExt::new().build_and_execute(|| {
		let running = contract(ALICE, BOB, 10);
		run(1);
		clean_windows(2);
		let (pot, earned) = (pot(), StorageContracts::stream(BOB, P).expect("known").claimable);
		run(SILENT_BLOCKS);
		let waiting = propose(ALICE, BOB, 10);
		run(1);
		assert_ok!(flag());
		let accept = |id| StorageContracts::accept(by(BOB), id);
		assert_noop!(accept(waiting), Error::<Test>::ProofChainStalled);
		assert_noop!(
			StorageContracts::propose(
				by(ALICE),
				BOB,
				Terms { max_rate: u128::MAX, ..terms(P, MIB, 10) }
			),
			Error::<Test>::ProofChainStalled
		);
		assert_eq!(crate::mock::pot(), pot);
		assert_eq!(StorageContracts::stream(BOB, P).expect("known").claimable, earned);
		assert_eq!(StorageContracts::contract(running).expect("open").faults, 0);
	});
}

#[test]
fn the_next_complete_report_ends_a_stall() {
	TestExt::new().build_and_execute(|| {
		clean_windows(1);
		run(SILENT_BLOCKS + 1);
		assert_ok!(flag());
		heartbeat();
		assert!(stalled_at().is_some(), "a heartbeat reports nothing");
		assert_ok!(Reporter::clean().unfinished().send());
		assert!(stalled_at().is_some(), "nor does a part of a report");
		assert_ok!(Reporter::clean().send());
		assert_eq!(stalled_at(), None);
		let resumed = Event::ProofChainResumed { chain: P };
		System::assert_has_event(resumed.into());
		propose(ALICE, BOB, 10);
	});
}

#[test]
fn strangers_are_no_proof_chains_and_nobody_is_no_caller() {
	TestExt::new().build_and_execute(|| {
		run(SILENT_BLOCKS + 1);
		let flag = |origin, chain| StorageContracts::flag_stalled(origin, chain);
		assert_noop!(flag(by(ALICE), MAIN), Error::<Test>::UnknownProofChain);
		assert_noop!(flag(RuntimeOrigin::none(), P), DispatchError::BadOrigin);
	});
}
