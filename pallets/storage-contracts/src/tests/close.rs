// SPDX-License-Identifier: Apache-2.0
use super::*;
use frame_support::traits::Currency;

fn attempt(id: ContractId) -> frame_support::dispatch::DispatchResultWithPostInfo {
	StorageContracts::close(by(STRANGER), id)
}

/// Asserts that no trace of any contract or stream is left.
fn assert_nothing_left() {
	assert_eq!(Contracts::<Test>::iter().count(), 0);
	assert_eq!(ContractsOf::<Test>::iter().count(), 0);
	assert_eq!(Legs::<Test>::iter().count(), 0);
	assert_eq!(Batches::<Test>::iter().count(), 0);
	assert_eq!(Streams::<Test>::iter().count() + StreamOf::<Test>::iter().count(), 0);
	assert_eq!(Agendas::<Test>::iter().count(), 0);
	assert_eq!(Edges::<Test>::iter().count(), 0);
	assert_eq!(Outages::<Test>::iter().count(), 0);
	assert_eq!((Booked::<Test>::get(), pot()), (0, 0));
	assert_eq!(Chains::<Test>::get(P).expect("registered").streams, 0);
}

#[test]
fn close_pays_both_sides_and_leaves_nothing() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		run(1);
		clean_windows(11);
		assert_ok!(Reporter::clean().fault(id).send());
		assert_eq!(close(id), (9, 9 * UNIT, UNIT));
		assert_eq!(free(&ALICE), FUNDS - 9 * UNIT);
		assert_eq!(free(&BOB), FUNDS + 9 * UNIT);
		let provider = MockProviderOf::get(BOB).expect("registered");
		assert_eq!((provider.used, provider.required), (0, 0));
		assert_nothing_left();
	});
}

#[test]
fn close_waits_for_the_last_window() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		assert_noop!(attempt(id), Error::<Test>::NotEnded);
		run(1);
		clean_windows(11);
		assert_noop!(attempt(id), Error::<Test>::NotEnded);
		// A half-applied report is no report.
		assert_ok!(Reporter::clean().unfinished().send());
		assert_noop!(attempt(id), Error::<Test>::NotEnded);
		clean_windows(1);
		assert_ok!(attempt(id));
	});
}

#[test]
fn close_keeps_the_stream_for_other_contracts() {
	TestExt::new().build_and_execute(|| {
		let (short, long) = (contract(ALICE, BOB, 5), contract(CAROL, BOB, 9));
		run(1);
		clean_windows(9);
		assert_eq!(close(short), (5, 5 * UNIT, 0));
		assert_eq!((stream(BOB).legs, stream(BOB).rate.price), (1, UNIT));
		assert_eq!(free(&BOB), FUNDS);
		assert_noop!(attempt(long), Error::<Test>::NotEnded);
		clean_windows(2);
		assert_eq!(close(long), (9, 9 * UNIT, 0));
		assert_eq!(free(&BOB), FUNDS + 14 * UNIT);
		assert_nothing_left();
	});
}

#[test]
fn close_works_in_any_order() {
	for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
		TestExt::new().build_and_execute(|| {
			let ids = [3, 5, 8].map(|windows| contract(ALICE, BOB, windows));
			run(1);
			for window in 0..11 {
				let report = Reporter::clean();
				let report = if window == 4 { report.outage(BOB) } else { report };
				assert_ok!(report.send());
			}
			let outcomes = order.map(|index: usize| close(ids[index]).0);
			assert_eq!(outcomes, order.map(|index: usize| [2, 4, 7][index]));
			assert_nothing_left();
		});
	}
}

#[test]
fn close_refunds_all_when_the_batch_was_never_applied() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		let twin = contract(CAROL, BOB, 10);
		run(1);
		for _ in 0..11 {
			assert_ok!(Reporter::clean().applied(0).send());
		}
		assert_noop!(attempt(id), Error::<Test>::NotEnded);
		assert_ok!(Reporter::clean().applied(0).send());
		assert_eq!(close(id), (0, 0, 10 * UNIT));
		assert_eq!(Agendas::<Test>::get(stream_id(BOB)).pending[0].legs, 1);
		// The batch arrives after all: too late for anything.
		assert_ok!(Reporter::clean().send());
		assert_eq!(close(twin), (0, 0, 10 * UNIT));
		assert_eq!((free(&ALICE), free(&CAROL), free(&BOB)), (FUNDS, FUNDS, FUNDS));
		assert_nothing_left();
	});
}

#[test]
fn close_refunds_all_when_the_batch_was_applied_too_late() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 3);
		run(1);
		for _ in 0..5 {
			assert_ok!(Reporter::clean().applied(0).send());
		}
		clean_windows(1);
		assert_eq!(Pallet::<Test>::start_of(&leg(id)), Some(Window(5)));
		assert_eq!(close(id), (0, 0, 3 * UNIT));
		assert_nothing_left();
	});
}

#[test]
fn close_refunds_the_windows_before_a_late_start() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		run(1);
		for _ in 0..6 {
			assert_ok!(Reporter::clean().applied(0).send());
		}
		clean_windows(6);
		assert_eq!(close(id), (6, 6 * UNIT, 4 * UNIT));
	});
}

#[test]
fn close_tells_to_advance_when_far_behind() {
	TestExt::new().build_and_execute(|| {
		MaxSteps::set(2);
		let id = contract(ALICE, BOB, 5);
		let late = contract(ALICE, BOB, 6);
		run(1);
		for _ in 0..8 {
			assert_ok!(Reporter::clean().outage(BOB).send());
		}
		for id in [id, late] {
			assert_noop!(attempt(id), Error::<Test>::AdvanceFirst);
		}
		assert_ok!(StorageContracts::advance(by(STRANGER), BOB, P, 100));
		assert_eq!(close(id), (0, 0, 5 * UNIT));
		assert_eq!(close(late), (0, 0, 6 * UNIT));
	});
}

#[test]
fn close_of_a_late_leg_waits_until_the_stream_dropped_it() {
	TestExt::new().build_and_execute(|| {
		MaxSteps::set(1);
		let ids = [3, 4].map(|windows| contract(ALICE, BOB, windows));
		run(1);
		for _ in 0..6 {
			assert_ok!(Reporter::clean().applied(0).send());
		}
		clean_windows(1);
		assert_noop!(attempt(ids[0]), Error::<Test>::AdvanceFirst);
		assert_ok!(StorageContracts::advance(by(STRANGER), BOB, P, 100));
		assert_eq!(close(ids[0]), (0, 0, 3 * UNIT));
		assert_eq!(close(ids[1]), (0, 0, 4 * UNIT));
	});
}

#[test]
fn close_fails_for_proposals_and_twice() {
	TestExt::new().build_and_execute(|| {
		let id = propose(ALICE, BOB, 3);
		assert_noop!(attempt(id), Error::<Test>::NotActive);
		assert_noop!(attempt(ContractId(8)), Error::<Test>::UnknownContract);
		assert_ok!(StorageContracts::accept(by(BOB), id));
		run(1);
		clean_windows(5);
		assert_noop!(StorageContracts::close(RuntimeOrigin::none(), id), DispatchError::BadOrigin);
		close(id);
		assert_noop!(attempt(id), Error::<Test>::UnknownContract);
	});
}

#[test]
fn close_never_waits_for_an_account_that_cannot_be_paid() {
	TestExt::new().build_and_execute(|| {
		// A rate of one: the refund is less than an account may hold.
		let id = propose_on(P, ALICE, BOB, 1 << 10, 3);
		let rate = proposed_rate(id);
		assert_ok!(StorageContracts::accept(by(BOB), id));
		assert!(rate < ED);
		run(1);
		clean_windows(4);
		assert_ok!(Reporter::clean().outage(BOB).send());
		let everything = free(&ALICE);
		let _ = Balances::make_free_balance_be(&ALICE, 0);
		assert!(everything > 0 && !frame_system::Account::<Test>::contains_key(ALICE));
		assert_eq!(close(id), (2, 2 * rate, rate));
		assert_eq!(Unclaimed::<Test>::get(ALICE), Some(rate));
		assert_eq!((Booked::<Test>::get(), pot()), (rate, rate));
		assert!(events().contains(&Event::PayoutKept { who: ALICE, amount: rate }));
	});
}
