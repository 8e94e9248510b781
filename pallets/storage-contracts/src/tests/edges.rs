// SPDX-License-Identifier: Apache-2.0
//! Two rules that meet: ends and faults, moves and penalties, prices and what comes after them.
use super::*;
use crate::{
	tests::ends::{consent, endow},
	Faults,
};
use terrace_layers::Change;

fn collateral(provider: &AccountId) -> Balance {
	MockProviderOf::get(provider).expect("registered").collateral
}

fn penalty_of(id: ContractId, window: u32) -> Balance {
	Faults::<Test>::get(leg_id(id), Window(window)).expect("noted").penalty
}

/// Penalties of three windows, appeals for ten blocks.
fn strict() {
	PenaltyWindows::set(3);
	AppealPeriod::set(10);
}

#[test]
fn faults_during_the_notice_cost_what_they_always_cost() {
	TestExt::new().build_and_execute(|| {
		strict();
		let id = contract(ALICE, BOB, 40);
		run(1);
		clean_windows(5);
		assert_ok!(StorageContracts::terminate(by(BOB), id));
		let fee = FUNDS - collateral(&BOB);
		assert_eq!(leg(id).end, Window(5 + NOTICE));
		for _ in 0..2 {
			assert_ok!(Reporter::clean().fault(id).send());
		}
		assert_eq!((penalty_of(id, 5), penalty_of(id, 6)), (0, 3 * UNIT));
		clean_until(Window(5 + NOTICE));
		let close_it = || StorageContracts::close(by(BOB), id);
		assert_noop!(close_it(), Error::<Test>::FaultYoung);
		run(10);
		assert_eq!(close(id), (4, 4 * UNIT, 2 * UNIT));
		assert_eq!(collateral(&BOB), FUNDS - fee - 3 * UNIT);
		assert_eq!(MockCases::get(BOB), Some(0));
	});
}

#[test]
fn collateral_short_for_two_proof_chains_stops_new_contracts_and_no_running_one() {
	TestExt::new().build_and_execute(|| {
		let needed = UNIT * Balance::from(COLLATERAL_WINDOWS);
		let set = |collateral| {
			MockProviderOf::mutate(BOB, |slot| {
				slot.as_mut().expect("registered").collateral = collateral;
			});
		};
		set(2 * needed);
		let first = contract(ALICE, BOB, 5);
		let second = propose_on(Q, ALICE, BOB, MIB, 5);
		assert_ok!(StorageContracts::accept(by(BOB), second));
		run(1);
		// As after a penalty.
		set(needed);
		let third = propose(CAROL, BOB, 5);
		let refused = DispatchError::Other("collateral");
		assert_noop!(StorageContracts::accept(by(BOB), third), refused);
		assert_ok!(StorageContracts::withdraw(by(CAROL), third));
		clean_until(leg(first).end);
		for window in 0..leg(second).end.0 {
			let applied = Chains::<Test>::get(Q).expect("registered").sent.0;
			let report = Reporter::clean().window(window).part(0).applied(applied);
			assert_ok!(report.send_from(Q));
		}
		assert_eq!(close(first), (5, 5 * UNIT, 0));
		assert_eq!(close(second), (5, 5 * UNIT, 0));
	});
}

#[test]
fn move_while_a_fault_is_young_leaves_its_penalty_with_the_former_leg() {
	TestExt::new().build_and_execute(|| {
		strict();
		let (client, provider) = endow(1, 2);
		let id = contract(client.clone(), provider.clone(), 40);
		let old = leg_id(id);
		run(1);
		clean_windows(3);
		for _ in 0..2 {
			assert_ok!(Reporter::clean().fault_of(old).send());
		}
		let agreed = consent(2, id, Change::Move { proof_chain: Q });
		assert_ok!(StorageContracts::move_to(by(client.clone()), id, Q, Some(agreed.clone())));
		assert_eq!((leg(id).faults, leg(id).heat), (0, 0), "the new leg is not to blame");
		// Neither the same consent nor the contract as it was before moves it twice.
		let again =
			|to| StorageContracts::move_to(by(client.clone()), id, to, Some(agreed.clone()));
		assert_noop!(again(Q), Error::<Test>::SameProofChain);
		assert_noop!(again(P), Error::<Test>::BadSignature);
		// What the former chain still has to report is taken until its leg ends.
		let end = Legs::<Test>::get(old).expect("open").end;
		clean_until(end);
		run(10);
		finalise_all();
		assert_eq!(collateral(&provider), FUNDS - 3 * UNIT);
		assert_ok!(StorageContracts::close(by(client.clone()), id));
		assert!(Legs::<Test>::get(old).is_none());
		assert_eq!(free(&provider), FUNDS + Balance::from(end.0 - 2 - 2) * UNIT);
	});
}

#[test]
fn contract_that_moves_back_and_forth_has_no_more_legs_than_allowed() {
	TestExt::new().build_and_execute(|| {
		let (client, provider) = endow(1, 2);
		let id = contract(client.clone(), provider, 40);
		run(1);
		clean_windows(5);
		for to in [Q, P, Q] {
			let agreed = consent(2, id, Change::Move { proof_chain: to });
			assert_ok!(StorageContracts::move_to(by(client.clone()), id, to, Some(agreed)));
			assert_eq!(leg(id).proof_chain, to);
			assert_eq!(free(&client), FUNDS - 40 * UNIT, "moving costs nothing");
		}
		// Legs that had not begun were taken back.
		assert_eq!(Legs::<Test>::iter().count(), 2);
	});
}

#[test]
fn faults_after_a_new_price_cost_the_new_price() {
	TestExt::new().build_and_execute(|| {
		strict();
		let (client, provider) = endow(1, 2);
		let id = contract(client.clone(), provider.clone(), 20);
		run(1);
		clean_windows(5);
		let price = 4 * UNIT;
		let agreed = consent(1, id, Change::Amend { price });
		assert_ok!(StorageContracts::amend(by(provider.clone()), id, price, agreed));
		run(1);
		clean_until(leg(id).planned);
		for _ in 0..2 {
			assert_ok!(Reporter::clean().fault(id).send());
		}
		assert_eq!(penalty_of(id, leg(id).planned.0 + 1), 3 * price);
		clean_until(leg(id).end);
		run(10);
		// Five windows at the old price, thirteen at the new one, and two of that come back.
		assert_eq!(close(id), (18, 5 * UNIT + 13 * price, 2 * price));
		assert_eq!(collateral(&provider), FUNDS - 3 * price);
	});
}

#[test]
fn amend_fails_for_a_contract_that_is_about_to_end() {
	TestExt::new().build_and_execute(|| {
		let (client, provider) = endow(1, 2);
		let id = contract(client.clone(), provider.clone(), 20);
		run(1);
		clean_windows(5);
		let agreed = consent(2, id, Change::End);
		assert_ok!(StorageContracts::end_mutually(by(client), id, agreed));
		let price = 2 * UNIT;
		let agreed = consent(1, id, Change::Amend { price });
		assert_noop!(
			StorageContracts::amend(by(provider), id, price, agreed),
			Error::<Test>::EndsBefore
		);
	});
}

#[test]
fn reports_of_weeks_that_arrive_at_once_pay_what_was_proven() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 30);
		run(100 * WINDOW_BLOCKS);
		assert_noop!(StorageContracts::claim(by(BOB), P), Error::<Test>::NothingToClaim);
		clean_windows(10);
		assert_ok!(Reporter::clean().fault(id).send());
		clean_until(leg(id).end);
		assert_eq!(close(id), (29, 29 * UNIT, UNIT));
	});
}
