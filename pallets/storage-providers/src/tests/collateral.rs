// SPDX-License-Identifier: Apache-2.0
use super::*;
use sp_runtime::{ArithmeticError, TokenError};
use terrace_layers::Providers as _;

fn add(amount: u128) -> sp_runtime::DispatchResult {
	StorageProviders::add_collateral(RuntimeOrigin::signed(ALICE), amount)
}

fn withdraw(amount: u128) -> sp_runtime::DispatchResult {
	StorageProviders::withdraw_collateral(RuntimeOrigin::signed(ALICE), amount)
}

#[test]
fn add_collateral_holds_more() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		assert_ok!(add(UNIT));
		assert_eq!(held(&ALICE), MIN_COLLATERAL + UNIT);
		assert_last(Event::CollateralAdded {
			who: ALICE,
			amount: UNIT,
			held: MIN_COLLATERAL + UNIT,
		});
	});
}

#[test]
fn add_collateral_fails_without_tokens() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		assert_noop!(add(FUNDS), TokenError::FundsUnavailable);
	});
}

#[test]
fn collateral_calls_fail_for_strangers() {
	TestExt::new().build_and_execute(|| {
		assert_noop!(add(UNIT), Error::<Test>::NotRegistered);
		assert_noop!(withdraw(UNIT), Error::<Test>::NotRegistered);
		assert_noop!(
			StorageProviders::add_collateral(RuntimeOrigin::none(), UNIT),
			DispatchError::BadOrigin
		);
		assert_noop!(
			StorageProviders::withdraw_collateral(RuntimeOrigin::none(), UNIT),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn withdraw_collateral_gives_back_what_is_free() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL + 50).build_and_execute(|| {
		assert_ok!(StorageProviders::commit(&ALICE, 1, MIN_COLLATERAL + 20));
		assert_noop!(withdraw(31), Error::<Test>::CollateralInUse);
		assert_ok!(withdraw(30));
		assert_eq!(held(&ALICE), MIN_COLLATERAL + 20);
		assert_eq!(free(&ALICE), FUNDS - MIN_COLLATERAL - 20);
		assert_last(Event::CollateralWithdrawn {
			who: ALICE,
			amount: 30,
			held: MIN_COLLATERAL + 20,
		});
	});
}

#[test]
fn withdraw_collateral_leaves_the_least_one() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL + 50).build_and_execute(|| {
		assert_noop!(withdraw(51), Error::<Test>::CollateralTooLow);
		assert_ok!(withdraw(50));
		assert_noop!(withdraw(1), Error::<Test>::CollateralTooLow);
	});
}

#[test]
fn withdraw_collateral_fails_beyond_what_is_held() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		assert_noop!(withdraw(MIN_COLLATERAL + 1), ArithmeticError::Underflow);
	});
}
