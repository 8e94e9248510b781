// SPDX-License-Identifier: Apache-2.0
//! What accepting and closing contracts does to a provider.
use super::*;
use terrace_layers::Providers as _;

#[test]
fn offer_and_accepting_are_unknown_for_strangers() {
	TestExt::new().build_and_execute(|| {
		assert_eq!(StorageProviders::offer(&ALICE), None);
		assert!(!StorageProviders::accepting(&ALICE));
		assert_noop!(StorageProviders::commit(&ALICE, 1, 1), Error::<Test>::NotRegistered);
	});
}

#[test]
fn commit_books_and_release_gives_back() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		assert_eq!(StorageProviders::offer(&ALICE), Some(offer()));
		assert_ok!(StorageProviders::commit(&ALICE, 600, 10));
		assert_ok!(StorageProviders::commit(&ALICE, 400, 20));
		assert_eq!((record(&ALICE).used, record(&ALICE).required), (1_000, 30));
		StorageProviders::release(&ALICE, 600, 10);
		assert_eq!((record(&ALICE).used, record(&ALICE).required), (400, 20));
		StorageProviders::release(&ALICE, 400, 20);
		assert!(record(&ALICE).is_idle());
	});
}

#[test]
fn commit_fails_beyond_capacity() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		assert_ok!(StorageProviders::commit(&ALICE, 999, 0));
		assert_noop!(StorageProviders::commit(&ALICE, 2, 0), Error::<Test>::CapacityShort);
		assert_noop!(StorageProviders::commit(&ALICE, u64::MAX, 0), Error::<Test>::CapacityShort);
		assert_ok!(StorageProviders::commit(&ALICE, 1, 0));
	});
}

#[test]
fn commit_fails_beyond_collateral() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		assert_ok!(StorageProviders::commit(&ALICE, 1, MIN_COLLATERAL - 1));
		assert_noop!(StorageProviders::commit(&ALICE, 1, 2), Error::<Test>::CollateralShort);
		assert_noop!(
			StorageProviders::commit(&ALICE, 1, u128::MAX),
			Error::<Test>::CollateralShort
		);
		assert_ok!(StorageProviders::commit(&ALICE, 1, 1));
	});
}

#[test]
fn a_paused_provider_can_still_honour_its_word() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		assert_ok!(StorageProviders::set_accepting(RuntimeOrigin::signed(ALICE), false));
		assert_ok!(StorageProviders::commit(&ALICE, 1, 1));
	});
}
