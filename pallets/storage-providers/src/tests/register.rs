// SPDX-License-Identifier: Apache-2.0
use super::*;

fn register(offer: Offer) -> sp_runtime::DispatchResult {
	StorageProviders::register(RuntimeOrigin::signed(ALICE), offer, MIN_COLLATERAL)
}

#[test]
fn register_holds_collateral() {
	TestExt::new().build_and_execute(|| {
		assert_ok!(register(offer()));
		assert_eq!((held(&ALICE), free(&ALICE)), (MIN_COLLATERAL, FUNDS - MIN_COLLATERAL));
		let stored = record(&ALICE);
		assert_eq!(stored.offer, offer());
		assert!(stored.accepting && stored.is_idle());
		assert_last(Event::ProviderRegistered {
			who: ALICE,
			offer: offer(),
			collateral: MIN_COLLATERAL,
		});
	});
}

#[test]
fn register_fails_unsigned() {
	TestExt::new().build_and_execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				StorageProviders::register(origin, offer(), MIN_COLLATERAL),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn register_fails_twice() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		assert_noop!(register(offer()), Error::<Test>::AlreadyRegistered);
	});
}

#[test]
fn register_fails_below_least_collateral() {
	TestExt::new().build_and_execute(|| {
		assert_noop!(
			StorageProviders::register(RuntimeOrigin::signed(ALICE), offer(), MIN_COLLATERAL - 1),
			Error::<Test>::CollateralTooLow
		);
	});
}

#[test]
fn register_fails_without_tokens() {
	TestExt::new().build_and_execute(|| {
		assert_noop!(
			StorageProviders::register(RuntimeOrigin::signed(STRANGER), offer(), MIN_COLLATERAL),
			sp_runtime::TokenError::FundsUnavailable
		);
	});
}

#[test]
fn register_fails_with_malformed_offer() {
	TestExt::new().build_and_execute(|| {
		let endpoint = b"ftp://a".to_vec().try_into().expect("short");
		assert_noop!(register(Offer { endpoint, ..offer() }), Error::<Test>::EndpointInvalid);
		for (min_windows, max_windows) in [(0, 5), (0, 0), (6, 5)] {
			assert_noop!(
				register(Offer { min_windows, max_windows, ..offer() }),
				Error::<Test>::WindowsInvalid
			);
		}
		assert_noop!(register(Offer { capacity: 0, ..offer() }), Error::<Test>::CapacityZero);
	});
}

#[test]
fn register_takes_price_zero_and_one_length() {
	TestExt::new().build_and_execute(|| {
		assert_ok!(register(Offer { price: 0, min_windows: 5, max_windows: 5, ..offer() }));
	});
}
