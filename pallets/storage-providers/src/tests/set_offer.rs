// SPDX-License-Identifier: Apache-2.0
use super::*;
use terrace_layers::Providers as _;

fn set(offer: Offer) -> sp_runtime::DispatchResult {
	StorageProviders::set_offer(RuntimeOrigin::signed(ALICE), offer)
}

#[test]
fn set_offer_replaces_the_offer_and_nothing_else() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		assert_ok!(StorageProviders::commit(&ALICE, 400, 7));
		assert_ok!(StorageProviders::set_accepting(RuntimeOrigin::signed(ALICE), false));
		let new = Offer { price: 2 * UNIT, capacity: 400, ..offer() };
		assert_ok!(set(new.clone()));
		let stored = record(&ALICE);
		assert_eq!(stored.offer, new);
		assert_eq!((stored.accepting, stored.used, stored.required), (false, 400, 7));
		assert_last(Event::OfferChanged { who: ALICE, offer: new });
	});
}

#[test]
fn set_offer_fails_below_what_is_booked() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		assert_ok!(StorageProviders::commit(&ALICE, 400, 7));
		assert_noop!(set(Offer { capacity: 399, ..offer() }), Error::<Test>::CapacityBelowUsed);
	});
}

#[test]
fn set_offer_fails_with_malformed_offer() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		assert_noop!(set(Offer { capacity: 0, ..offer() }), Error::<Test>::CapacityZero);
		assert_noop!(set(Offer { max_windows: 2, ..offer() }), Error::<Test>::WindowsInvalid);
	});
}

#[test]
fn set_offer_fails_for_strangers() {
	TestExt::new().build_and_execute(|| {
		assert_noop!(set(offer()), Error::<Test>::NotRegistered);
		assert_noop!(
			StorageProviders::set_offer(RuntimeOrigin::none(), offer()),
			DispatchError::BadOrigin
		);
	});
}
