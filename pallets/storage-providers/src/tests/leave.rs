// SPDX-License-Identifier: Apache-2.0
use super::*;
use terrace_layers::Providers as _;

fn leave() -> sp_runtime::DispatchResult {
	StorageProviders::leave(RuntimeOrigin::signed(ALICE))
}

#[test]
fn leave_gives_all_collateral_back() {
	TestExt::new().provider(ALICE, 2 * MIN_COLLATERAL).build_and_execute(|| {
		assert_ok!(leave());
		assert_eq!((held(&ALICE), free(&ALICE)), (0, FUNDS));
		assert!(!Providers::<Test>::contains_key(ALICE));
		assert_last(Event::ProviderLeft { who: ALICE, collateral: 2 * MIN_COLLATERAL });
		assert_ok!(StorageProviders::register(
			RuntimeOrigin::signed(ALICE),
			offer(),
			MIN_COLLATERAL
		));
	});
}

#[test]
fn leave_waits_until_nothing_is_booked() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		assert_ok!(StorageProviders::commit(&ALICE, 1, 5));
		assert_noop!(leave(), Error::<Test>::StillCommitted);
		StorageProviders::release(&ALICE, 1, 5);
		assert_noop!(leave(), Error::<Test>::CoolingDown);
		System::set_block_number(1 + COOLDOWN);
		assert_ok!(leave());
	});
}

#[test]
fn leave_fails_for_strangers() {
	TestExt::new().build_and_execute(|| {
		assert_noop!(leave(), Error::<Test>::NotRegistered);
		assert_noop!(StorageProviders::leave(RuntimeOrigin::none()), DispatchError::BadOrigin);
	});
}

#[test]
fn provider_whose_tokens_are_all_on_hold_keeps_account_and_collateral() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		let alice = RuntimeOrigin::signed(ALICE);
		assert_ok!(Balances::transfer_all(alice.clone(), BOB, false));
		assert_eq!(held(&ALICE), MIN_COLLATERAL);
		assert!(System::account_exists(&ALICE));
		assert_ok!(StorageProviders::leave(alice));
		assert!(free(&ALICE) >= MIN_COLLATERAL);
	});
}
