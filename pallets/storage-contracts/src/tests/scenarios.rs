// SPDX-License-Identifier: Apache-2.0
//! Whole stories.
use super::*;

#[test]
fn contract_is_settled_window_by_window() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 6);
		for window in 0..8 {
			run(WINDOW_BLOCKS);
			assert_ok!(Reporter::clean().send());
			let _ = StorageContracts::claim(by(BOB), P);
			let earned = UNIT * Balance::from((window + 1u32).saturating_sub(2));
			assert_eq!(free(&BOB), FUNDS + earned);
			Pallet::<Test>::do_try_state().expect("invariants hold");
		}
		assert_eq!(close(id), (6, 6 * UNIT, 0));
		assert_eq!((free(&ALICE), free(&BOB)), (FUNDS - 6 * UNIT, FUNDS + 6 * UNIT));
	});
}

#[test]
fn a_window_without_a_report_is_open() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 6);
		run(1);
		clean_windows(4);
		assert_ok!(StorageContracts::claim(by(BOB), P));
		let (alice, bob) = (free(&ALICE), free(&BOB));
		// The proof chain is silent for far longer than the contract lasts.
		run(20 * WINDOW_BLOCKS);
		assert_noop!(StorageContracts::claim(by(BOB), P), Error::<Test>::NothingToClaim);
		assert_noop!(StorageContracts::close(by(ALICE), id), Error::<Test>::NotEnded);
		assert_eq!((free(&ALICE), free(&BOB)), (alice, bob));
		let view = StorageContracts::contract(id).expect("open");
		assert_eq!((view.reported, view.proven, view.refundable), (2, 2, 0));
		// It comes back, and nothing was lost.
		clean_windows(4);
		assert_eq!(close(id), (6, 6 * UNIT, 0));
		assert_eq!(free(&BOB), bob + 4 * UNIT);
	});
}

#[test]
fn a_provider_that_loses_its_blob_is_not_paid_for_that_window() {
	TestExt::new().build_and_execute(|| {
		let (kept, lost) = (contract(ALICE, DAVE, 4), contract(CAROL, BOB, 4));
		run(1);
		clean_windows(4);
		assert_ok!(Reporter::clean().outage(BOB).send());
		clean_windows(1);
		assert_eq!(close(kept), (4, 4 * UNIT, 0));
		assert_eq!(close(lost), (3, 3 * UNIT, UNIT));
		assert_eq!((free(&BOB), free(&DAVE)), (FUNDS + 3 * UNIT, FUNDS + 4 * UNIT));
		assert_eq!((free(&ALICE), free(&CAROL)), (FUNDS - 4 * UNIT, FUNDS - 3 * UNIT));
	});
}

#[test]
fn a_half_applied_report_moves_no_money_and_is_taken_up_again() {
	TestExt::new().build_and_execute(|| {
		let ids = [contract(ALICE, BOB, 3), contract(CAROL, BOB, 3)];
		run(1);
		clean_windows(4);
		// The last window of both: one part is applied, the other is late.
		assert_ok!(Reporter::clean().unfinished().fault(ids[0]).send());
		for id in ids {
			assert_noop!(StorageContracts::close(by(ALICE), id), Error::<Test>::NotEnded);
		}
		assert_ok!(StorageContracts::claim(by(BOB), P));
		// Four windows are proven; one of the fifth's is known to be lost already.
		assert_eq!(free(&BOB), FUNDS + 3 * UNIT);
		Pallet::<Test>::do_try_state().expect("invariants hold");
		assert_ok!(Reporter::clean().fault(ids[1]).send());
		for id in ids {
			assert_eq!(close(id), (2, 2 * UNIT, UNIT));
		}
		assert_eq!(free(&BOB), FUNDS + 4 * UNIT);
	});
}

#[test]
fn relays_that_pause_cost_nobody_anything() {
	TestExt::new().build_and_execute(|| {
		// Reports are late: contracts made meanwhile start in the proof chain's present.
		run(8 * WINDOW_BLOCKS);
		let id = contract(ALICE, BOB, 5);
		assert_eq!(leg(id).planned, Window(10));
		run(1);
		// All late reports arrive at once; they were written before the batch arrived there.
		for _ in 0..9 {
			assert_ok!(Reporter::clean().applied(0).send());
		}
		clean_until(leg(id).end);
		assert_eq!(close(id), (5, 5 * UNIT, 0));
	});
}

#[test]
fn a_batch_held_back_by_a_full_lane_starts_late_and_is_refunded_for_it() {
	TestExt::new().build_and_execute(|| {
		MockFull::insert(P, ());
		let id = contract(ALICE, BOB, 10);
		for _ in 0..5 {
			run(WINDOW_BLOCKS);
			clean_windows(1);
		}
		MockFull::remove(P);
		run(WINDOW_BLOCKS);
		clean_until(leg(id).end);
		assert_eq!(Pallet::<Test>::start_of(&leg(id)), Some(Window(5)));
		assert_eq!(close(id), (7, 7 * UNIT, 3 * UNIT));
	});
}

#[test]
fn two_proof_chains_settle_apart() {
	TestExt::new().build_and_execute(|| {
		let here = contract(ALICE, BOB, 4);
		let there = propose_on(Q, ALICE, BOB, MIB, 4);
		assert_ok!(StorageContracts::accept(by(BOB), there));
		run(1);
		clean_windows(6);
		assert_eq!(close(here), (4, 4 * UNIT, 0));
		assert_noop!(StorageContracts::close(by(ALICE), there), Error::<Test>::NotEnded);
		assert_noop!(StorageContracts::claim(by(BOB), Q), Error::<Test>::NothingToClaim);
	});
}

#[test]
fn a_provider_can_be_its_own_client() {
	TestExt::new().build_and_execute(|| {
		let id = contract(BOB, BOB, 4);
		assert_eq!(StorageContracts::contracts_of(BOB, ContractId(0), 9).len(), 1);
		run(1);
		clean_windows(5);
		assert_ok!(Reporter::clean().fault(id).send());
		assert_eq!(close(id), (3, 3 * UNIT, UNIT));
		assert_eq!(free(&BOB), FUNDS);
		assert!(StorageContracts::contracts_of(BOB, ContractId(0), 9).is_empty());
	});
}

#[test]
fn gifts_to_the_pot_change_nothing() {
	TestExt::new().build_and_execute(|| {
		use frame_support::traits::Currency;
		let id = contract(ALICE, BOB, 4);
		let existence = frame_support::traits::ExistenceRequirement::KeepAlive;
		assert_ok!(<Balances as Currency<_>>::transfer(
			&CAROL,
			&Pallet::<Test>::pot(),
			UNIT,
			existence
		));
		Pallet::<Test>::do_try_state().expect("invariants hold");
		run(1);
		clean_windows(6);
		assert_eq!(close(id), (4, 4 * UNIT, 0));
		assert_eq!((pot(), Booked::<Test>::get()), (UNIT, 0));
	});
}
