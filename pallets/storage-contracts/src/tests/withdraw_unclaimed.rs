// SPDX-License-Identifier: Apache-2.0
use super::*;
use frame_support::traits::Currency;

#[test]
fn withdraw_unclaimed_pays_what_was_kept() {
	TestExt::new().build_and_execute(|| {
		let id = propose_on(P, ALICE, BOB, 1 << 10, 3);
		let rate = proposed_rate(id);
		assert_ok!(StorageContracts::accept(by(BOB), id));
		run(1);
		clean_windows(4);
		assert_ok!(Reporter::clean().fault(id).send());
		let _ = Balances::make_free_balance_be(&ALICE, 0);
		close(id);
		// Less than the existential deposit cannot be paid into nothing.
		assert_noop!(
			StorageContracts::withdraw_unclaimed(by(ALICE)),
			sp_runtime::TokenError::BelowMinimum
		);
		let _ = Balances::make_free_balance_be(&ALICE, UNIT);
		assert_ok!(StorageContracts::withdraw_unclaimed(by(ALICE)));
		assert_eq!(free(&ALICE), UNIT + rate);
		assert_eq!(last_event(), Event::UnclaimedWithdrawn { who: ALICE, amount: rate });
		assert_eq!((Booked::<Test>::get(), pot()), (0, 0));
		assert_noop!(
			StorageContracts::withdraw_unclaimed(by(ALICE)),
			Error::<Test>::NothingUnclaimed
		);
	});
}

#[test]
fn withdraw_unclaimed_fails_for_others() {
	TestExt::new().build_and_execute(|| {
		assert_noop!(
			StorageContracts::withdraw_unclaimed(by(BOB)),
			Error::<Test>::NothingUnclaimed
		);
		assert_noop!(
			StorageContracts::withdraw_unclaimed(RuntimeOrigin::root()),
			DispatchError::BadOrigin
		);
	});
}
