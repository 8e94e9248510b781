// SPDX-License-Identifier: Apache-2.0
//! Keys, penalties, probation and leaving.
use super::*;
use crate::Operators;
use terrace_layers::{AccountId, Balance, Providers as _};

const MORE: Balance = 4 * MIN_COLLATERAL;

fn with_provider() -> TestExt {
	TestExt::new().provider(ALICE, MORE)
}

fn alice() -> RuntimeOrigin {
	RuntimeOrigin::signed(ALICE)
}

fn key(byte: u8) -> AccountId {
	AccountId::new([byte; 32])
}

#[test]
fn operator_acts_for_its_provider_until_it_is_replaced() {
	with_provider().build_and_execute(|| {
		assert_eq!(StorageProviders::acted_for(&ALICE), Some(ALICE));
		assert_eq!(StorageProviders::acted_for(&key(7)), Some(ALICE));
		assert_eq!(StorageProviders::acted_for(&BOB), None);
		assert_ok!(StorageProviders::set_offer(alice(), offer_with(8)));
		assert_eq!(StorageProviders::acted_for(&key(8)), Some(ALICE));
		assert_eq!(StorageProviders::acted_for(&key(7)), None);
		assert_ok!(StorageProviders::leave(alice()));
		assert_eq!(Operators::<Test>::iter().count(), 0);
	});
}

#[test]
fn operator_acts_for_one_provider_only() {
	with_provider().provider(BOB, MORE).build_and_execute(|| {
		let bob = RuntimeOrigin::signed(BOB);
		assert_noop!(
			StorageProviders::set_offer(bob.clone(), offer_with(7)),
			Error::<Test>::OperatorTaken
		);
		let alices: [u8; 32] = *ALICE.as_ref();
		assert_noop!(
			StorageProviders::set_offer(bob, offer_with(alices[0])),
			Error::<Test>::OperatorTaken
		);
	});
}

#[test]
fn payee_is_the_provider_unless_another_is_named() {
	with_provider().build_and_execute(|| {
		assert_eq!(StorageProviders::payee(&ALICE), ALICE);
		assert_ok!(StorageProviders::set_payee(alice(), Some(BOB)));
		assert_eq!(StorageProviders::payee(&ALICE), BOB);
		assert_ok!(StorageProviders::set_payee(alice(), None));
		assert_eq!(StorageProviders::payee(&ALICE), ALICE);
		assert_noop!(
			StorageProviders::set_payee(RuntimeOrigin::signed(BOB), None),
			Error::<Test>::NotRegistered
		);
	});
}

#[test]
fn slash_takes_what_is_there_and_begins_probation() {
	with_provider().build_and_execute(|| {
		assert_ok!(StorageProviders::commit(&ALICE, 10, MORE / 2));
		let before = free(&BOB);
		assert_eq!(StorageProviders::slash(&ALICE, MORE / 4, &BOB), MORE / 4);
		assert_eq!((held(&ALICE), free(&BOB)), (MORE - MORE / 4, before + MORE / 4));
		assert!(record(&ALICE).takes_contracts());
		assert_eq!(StorageProviders::slash(&ALICE, 2 * MORE, &BOB), MORE - MORE / 4);
		assert_eq!((held(&ALICE), free(&BOB)), (0, before + MORE));
		assert_eq!(record(&ALICE).probation_since, Some(1));
		assert!(!StorageProviders::accepting(&ALICE));
		assert_noop!(StorageProviders::commit(&ALICE, 1, 0), Error::<Test>::OnProbation);
		// Nothing is left to take.
		assert_eq!(StorageProviders::slash(&ALICE, 1, &BOB), 0);
	});
}

#[test]
fn slash_keeps_what_its_receiver_cannot_take() {
	with_provider().build_and_execute(|| {
		assert_eq!(StorageProviders::slash(&ALICE, 1, &STRANGER), 0);
		assert_eq!(held(&ALICE), MORE);
	});
}

#[test]
fn probation_ends_with_enough_collateral_and_else_in_insolvency() {
	with_provider().build_and_execute(|| {
		assert_ok!(StorageProviders::commit(&ALICE, 10, MORE));
		StorageProviders::slash(&ALICE, MORE / 2, &BOB);
		System::set_block_number(1 + PROBATION);
		assert!(!StorageProviders::is_insolvent(&ALICE));
		System::set_block_number(2 + PROBATION);
		assert!(StorageProviders::is_insolvent(&ALICE));
		assert_ok!(StorageProviders::add_collateral(alice(), MORE / 2 - 1));
		assert!(StorageProviders::is_insolvent(&ALICE));
		assert_ok!(StorageProviders::add_collateral(alice(), 1));
		assert!(!StorageProviders::is_insolvent(&ALICE));
		assert!(StorageProviders::accepting(&ALICE));
	});
}

#[test]
fn probation_ends_when_contracts_need_less() {
	with_provider().build_and_execute(|| {
		assert_ok!(StorageProviders::commit(&ALICE, 10, MORE));
		StorageProviders::slash(&ALICE, MORE / 2, &BOB);
		StorageProviders::release(&ALICE, 5, MORE / 2);
		assert_eq!(record(&ALICE).probation_since, None);
	});
}

#[test]
fn collateral_stays_while_a_penalty_may_come() {
	with_provider().build_and_execute(|| {
		StorageProviders::add_case(&ALICE);
		assert_noop!(
			StorageProviders::withdraw_collateral(alice(), 1),
			Error::<Test>::PenaltiesOpen
		);
		assert_noop!(StorageProviders::leave(alice()), Error::<Test>::PenaltiesOpen);
		StorageProviders::drop_case(&ALICE);
		assert_ok!(StorageProviders::withdraw_collateral(alice(), 1));
	});
}

#[test]
fn leaving_waits_after_the_last_contract() {
	with_provider().build_and_execute(|| {
		assert_ok!(StorageProviders::commit(&ALICE, 10, 1));
		assert_ok!(StorageProviders::announce_exit(alice()));
		assert_noop!(StorageProviders::announce_exit(alice()), Error::<Test>::Exiting);
		assert_noop!(StorageProviders::commit(&ALICE, 1, 0), Error::<Test>::Exiting);
		assert_noop!(StorageProviders::leave(alice()), Error::<Test>::StillCommitted);
		StorageProviders::release(&ALICE, 10, 1);
		assert_eq!(StorageProviders::provider(ALICE).expect("registered").cooldown, COOLDOWN);
		System::set_block_number(COOLDOWN);
		assert_noop!(StorageProviders::leave(alice()), Error::<Test>::CoolingDown);
		System::set_block_number(1 + COOLDOWN);
		assert_ok!(StorageProviders::leave(alice()));
		assert_eq!(held(&ALICE), 0);
	});
}

#[test]
fn exit_can_be_cancelled() {
	with_provider().build_and_execute(|| {
		assert_noop!(StorageProviders::cancel_exit(alice()), Error::<Test>::NotExiting);
		assert_ok!(StorageProviders::announce_exit(alice()));
		assert!(!StorageProviders::accepting(&ALICE));
		assert_ok!(StorageProviders::cancel_exit(alice()));
		assert!(StorageProviders::accepting(&ALICE));
	});
}
