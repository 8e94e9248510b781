// SPDX-License-Identifier: Apache-2.0
//! Contracts that end before their time.
use super::*;
use crate::EndCause;
use sp_core::{sr25519, Pair};
use sp_runtime::MultiSignature;
use terrace_layers::{change_statement, Change, Consent, Neighbours};

/// A client and a provider that can sign.
pub(crate) fn key(seed: u8) -> sr25519::Pair {
	sr25519::Pair::from_seed(&[seed; 32])
}

pub(crate) fn account(seed: u8) -> AccountId {
	AccountId::new(key(seed).public().0)
}

/// The other party's agreement to a change of a contract's last leg.
pub(crate) fn consent(signer: u8, contract: ContractId, change: Change) -> Consent {
	let expires_at = System::block_number() + 5;
	let this = MockNeighbours::this();
	let leg = leg_id(contract);
	let statement = change_statement(this, contract, leg, &change, expires_at);
	let signature = MultiSignature::Sr25519(key(signer).sign(&statement));
	Consent { signature, expires_at }
}

/// Endows a client that can sign, and registers a provider that can.
pub(crate) fn endow(client: u8, provider: u8) -> (AccountId, AccountId) {
	use frame_support::traits::Currency;
	let (client, provider) = (account(client), account(provider));
	for who in [&client, &provider] {
		let _ = Balances::make_free_balance_be(who, FUNDS);
	}
	let like_bob = MockProviderOf::get(BOB).expect("registered");
	MockProviderOf::insert(provider.clone(), like_bob);
	(client, provider)
}

fn ending(id: ContractId) -> Option<(EndCause, Balance)> {
	events().into_iter().rev().find_map(|event| match event {
		Event::ContractEnding { id: ended, cause, refunded } if ended == id => {
			Some((cause, refunded))
		}
		_ => None,
	})
}

#[test]
fn cancel_ends_after_the_notice_and_pays_the_rest_back_at_once() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 20);
		run(1);
		clean_windows(5);
		assert_ok!(StorageContracts::cancel(by(ALICE), id));
		// Window 5 is open, three of notice follow: 8 to 22 are free.
		assert_eq!(ending(id), Some((EndCause::Cancelled, 14 * UNIT)));
		assert_eq!((leg(id).end, leg(id).tracked_end), (Window(8), Window(22)));
		assert_eq!((free(&ALICE), pot()), (FUNDS - 6 * UNIT, 6 * UNIT));
		clean_until(Window(8));
		assert_eq!(close(id), (6, 6 * UNIT, 0));
		assert_eq!(free(&BOB), FUNDS + 6 * UNIT);
		// The proof chain is told that nothing more is due.
		run(1);
		let sent = (1..=MockNonce::get(P).expect("sent")).filter_map(|n| MockSent::get(P, n));
		assert!(sent.into_iter().any(|message| matches!(message, Message::Untrack(_))));
	});
}

#[test]
fn cancel_counts_from_the_proof_chains_present_not_from_its_reports() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 20);
		run(1);
		clean_windows(3);
		// Reports stop while the proof chain goes on for six windows.
		run(6 * WINDOW_BLOCKS);
		assert_ok!(StorageContracts::cancel(by(ALICE), id));
		assert_eq!(leg(id).end, Window(3 + 6 + NOTICE));
	});
}

#[test]
fn cancel_before_the_start_is_known_shortens_and_never_voids_what_may_run() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 20);
		run(6 * WINDOW_BLOCKS);
		assert_ok!(StorageContracts::cancel(by(ALICE), id));
		assert_eq!(leg(id).end, Window(6 + NOTICE));
		clean_until(Window(6 + NOTICE));
		let (proven, paid, _) = close(id);
		assert_eq!((proven, paid), (7, 7 * UNIT));
	});
}

#[test]
fn cancel_is_for_the_client_and_not_for_what_ends_before() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 4);
		for who in [BOB, STRANGER] {
			assert_noop!(StorageContracts::cancel(by(who), id), Error::<Test>::NotClient);
		}
		run(1);
		clean_windows(4);
		assert_noop!(StorageContracts::cancel(by(ALICE), id), Error::<Test>::EndsBefore);
		let proposal = propose(ALICE, BOB, 4);
		assert_noop!(StorageContracts::cancel(by(ALICE), proposal), Error::<Test>::NotActive);
		assert_noop!(
			StorageContracts::cancel(by(ALICE), ContractId(9)),
			Error::<Test>::UnknownContract
		);
	});
}

#[test]
fn cancel_twice_changes_nothing_the_second_time() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 20);
		run(1);
		clean_windows(5);
		assert_ok!(StorageContracts::cancel(by(ALICE), id));
		assert_noop!(StorageContracts::cancel(by(ALICE), id), Error::<Test>::EndsBefore);
	});
}

#[test]
fn terminate_costs_the_provider_a_share_of_what_it_gives_up() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 40);
		run(1);
		clean_windows(5);
		assert_noop!(StorageContracts::terminate(by(ALICE), id), Error::<Test>::NotProvider);
		assert_ok!(StorageContracts::terminate(by(BOB), id));
		// 34 windows are given up: a tenth, rounded up, is four; a fifth of that is the treasury's.
		assert_eq!(ending(id), Some((EndCause::Terminated, 34 * UNIT)));
		let fee = 4 * UNIT;
		let public = fee / 5;
		assert_eq!(free(&TREASURY), public);
		assert_eq!(free(&ALICE), FUNDS - 6 * UNIT + fee - public);
		let bob = MockProviderOf::get(BOB).expect("registered");
		assert_eq!(bob.collateral, FUNDS - fee);
		clean_until(Window(8));
		assert_eq!(close(id), (6, 6 * UNIT, 0));
	});
}

#[test]
fn both_parties_end_a_contract_for_free() {
	TestExt::new().build_and_execute(|| {
		let (client, provider) = endow(1, 2);
		let id = contract(client.clone(), provider.clone(), 20);
		run(1);
		clean_windows(5);
		let agreed = consent(2, id, Change::End);
		let foreign = consent(3, id, Change::End);
		assert_noop!(
			StorageContracts::end_mutually(by(client.clone()), id, foreign),
			Error::<Test>::BadSignature
		);
		assert_noop!(
			StorageContracts::end_mutually(by(STRANGER), id, agreed.clone()),
			Error::<Test>::NotParty
		);
		assert_ok!(StorageContracts::end_mutually(by(client), id, agreed.clone()));
		assert_eq!(leg(id).end, Window(6));
		assert_eq!(ending(id), Some((EndCause::Mutual, 16 * UNIT)));
		assert_eq!(free(&TREASURY), 0);
	});
}

#[test]
fn consent_expires() {
	TestExt::new().build_and_execute(|| {
		let (client, provider) = endow(1, 2);
		let id = contract(client.clone(), provider, 20);
		run(1);
		clean_windows(3);
		let agreed = consent(2, id, Change::End);
		run(6);
		assert_noop!(
			StorageContracts::end_mutually(by(client), id, agreed),
			Error::<Test>::BadSignature
		);
	});
}

#[test]
fn contract_of_a_dead_stream_may_be_ended_by_anyone() {
	TestExt::new().build_and_execute(|| {
		OutagesToEnd::set(2);
		let id = contract(ALICE, BOB, 20);
		run(1);
		clean_windows(3);
		assert_noop!(StorageContracts::end_faulty(by(STRANGER), id), Error::<Test>::NotFaulty);
		for _ in 0..2 {
			assert_ok!(Reporter::clean().outage(BOB).send());
		}
		assert_ok!(StorageContracts::advance(by(STRANGER), BOB, P, 10));
		assert_ok!(StorageContracts::end_faulty(by(STRANGER), id));
		assert_eq!(ending(id).expect("it ends").0, EndCause::StreamDead);
		clean_until(leg(id).end);
		// One window was clean, two were lost, the rest counts for nobody.
		assert_eq!(close(id).0, 1);
	});
}

#[test]
fn contract_of_an_insolvent_provider_may_be_ended_by_anyone() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 20);
		run(1);
		clean_windows(3);
		MockInsolvent::insert(BOB, ());
		assert_ok!(StorageContracts::end_faulty(by(STRANGER), id));
		assert_eq!(ending(id).expect("it ends").0, EndCause::Insolvent);
		MockInsolvent::remove(BOB);
	});
}

#[test]
fn contract_with_many_faults_in_a_row_may_be_ended_by_anyone() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 20);
		run(1);
		clean_windows(3);
		for _ in 0..2 {
			assert_ok!(Reporter::clean().fault(id).send());
			assert_noop!(StorageContracts::end_faulty(by(STRANGER), id), Error::<Test>::NotFaulty);
		}
		assert_ok!(Reporter::clean().fault(id).send());
		assert_ok!(StorageContracts::end_faulty(by(STRANGER), id));
		assert_eq!(ending(id).expect("it ends").0, EndCause::Faulty);
	});
}

#[test]
fn stalled_proof_chain_can_be_left_after_a_while_and_not_before() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 60);
		run(1);
		clean_windows(5);
		let exit = |who| StorageContracts::exit_stalled(by(who), id);
		assert_noop!(exit(ALICE), Error::<Test>::NotStalledLongEnough);
		run(13 * WINDOW_BLOCKS);
		assert_ok!(StorageContracts::flag_stalled(by(STRANGER), P));
		assert_noop!(exit(ALICE), Error::<Test>::NotStalledLongEnough);
		run(21 * WINDOW_BLOCKS);
		assert_noop!(exit(STRANGER), Error::<Test>::NotParty);
		assert_ok!(exit(BOB));
		// Windows 2 to 5 were reported and are paid; nobody is punished.
		assert_eq!(ending(id), Some((EndCause::Stalled, 57 * UNIT)));
		assert_eq!(close(id), (3, 3 * UNIT, 0));
		assert_eq!((free(&ALICE), free(&BOB)), (FUNDS - 3 * UNIT, FUNDS + 3 * UNIT));
	});
}

#[test]
fn stalled_contract_that_never_started_is_refunded_whole() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 60);
		run(13 * WINDOW_BLOCKS);
		assert_ok!(StorageContracts::flag_stalled(by(STRANGER), P));
		run(21 * WINDOW_BLOCKS);
		assert_ok!(StorageContracts::exit_stalled(by(ALICE), id));
		assert!(Contracts::<Test>::get(id).is_none());
		assert_eq!((free(&ALICE), pot()), (FUNDS, 0));
		// The chain comes back with all that it had proven: it means nothing any more.
		clean_windows(20);
		assert_eq!(Streams::<Test>::iter().count(), 0);
	});
}

#[test]
fn end_is_never_moved_into_a_report_that_is_half_applied() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 60);
		run(1);
		clean_windows(5);
		run(13 * WINDOW_BLOCKS);
		assert_ok!(StorageContracts::flag_stalled(by(STRANGER), P));
		run(21 * WINDOW_BLOCKS);
		assert_ok!(Reporter::clean().unfinished().fault(id).send());
		assert_ok!(StorageContracts::exit_stalled(by(ALICE), id));
		assert_eq!(leg(id).end, Window(6));
		clean_windows(1);
		assert_eq!(close(id), (3, 3 * UNIT, UNIT));
	});
}

#[test]
fn stalled_report_that_was_begun_keeps_no_contract_open() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 60);
		run(1);
		clean_windows(5);
		assert_ok!(Reporter::clean().unfinished().fault(id).send());
		run(13 * WINDOW_BLOCKS);
		assert_ok!(StorageContracts::flag_stalled(by(ALICE), P));
		run(21 * WINDOW_BLOCKS);
		assert_ok!(StorageContracts::exit_stalled(by(ALICE), id));
		// Windows 2 to 5 are paid, 5 is the fault that was reported, nothing else ever comes.
		assert_eq!(close(id), (3, 3 * UNIT, UNIT));
		assert_eq!((free(&ALICE), free(&BOB)), (FUNDS - 3 * UNIT, FUNDS + 3 * UNIT));
	});
}

#[test]
fn leg_left_behind_on_a_proof_chain_that_died_keeps_no_contract_open() {
	TestExt::new().build_and_execute(|| {
		let (client, provider) = endow(1, 2);
		let id = contract(client.clone(), provider, 60);
		run(1);
		clean_windows(5);
		let agreed = consent(2, id, Change::Move { proof_chain: Q });
		assert_ok!(StorageContracts::move_to(by(client.clone()), id, Q, Some(agreed)));
		let before = leg(id);
		// `P` is never heard of again; `Q` goes on.
		run(13 * WINDOW_BLOCKS);
		assert_ok!(StorageContracts::flag_stalled(by(client.clone()), P));
		let exit = || StorageContracts::exit_stalled(by(client.clone()), id);
		assert_noop!(exit(), Error::<Test>::NotStalledLongEnough);
		run(21 * WINDOW_BLOCKS);
		assert_ok!(exit());
		assert_eq!(leg(id), before, "what another chain checks goes on");
		assert_ok!(StorageContracts::close(by(client.clone()), id));
		assert_eq!(Legs::<Test>::iter().count(), 1);
		assert_noop!(exit(), Error::<Test>::NotStalledLongEnough);
	});
}

#[test]
fn cancel_after_a_move_leaves_the_former_chain_what_it_may_have_proven() {
	TestExt::new().build_and_execute(|| {
		let (client, provider) = endow(1, 2);
		// `Q` is far behind `P`.
		clean_windows(50);
		let id = contract(client.clone(), provider, 60);
		run(4 * WINDOW_BLOCKS);
		let agreed = consent(2, id, Change::Move { proof_chain: Q });
		let old = leg_id(id);
		assert_ok!(StorageContracts::move_to(by(client.clone()), id, Q, Some(agreed)));
		let end = Legs::<Test>::get(old).expect("open").end;
		assert_ok!(StorageContracts::cancel(by(client), id));
		assert_eq!(Legs::<Test>::get(old).expect("open").end, end);
	});
}

#[test]
fn outages_that_end_a_stream_leave_later_windows_as_they_were_reported() {
	TestExt::new().build_and_execute(|| {
		OutagesToEnd::set(2);
		AppealPeriod::set(10);
		let id = contract(ALICE, BOB, 20);
		run(1);
		clean_windows(2);
		for _ in 0..3 {
			assert_ok!(Reporter::clean().outage(BOB).send());
		}
		assert_ok!(Reporter::clean().fault(id).send());
		clean_windows(2);
		run(10);
		assert_ok!(StorageContracts::advance(by(STRANGER), BOB, P, 10));
		// Windows 2 to 5 were outages, 5 a fault, 6 and 7 are proven; nothing is from 8 on.
		assert_eq!(Outages::<Test>::get(stream_id(BOB)).dead_from, Some(Window(8)));
		assert_ok!(StorageContracts::end_faulty(by(STRANGER), id));
		clean_until(leg(id).end);
		assert_eq!(close(id).0, 2);
		assert_eq!((MockCases::get(BOB), Streams::<Test>::iter().count()), (Some(0), 0));
	});
}
