// SPDX-License-Identifier: Apache-2.0
use super::*;
use terrace_layers::Providers as _;

#[test]
fn set_accepting_pauses_and_resumes() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		assert!(StorageProviders::accepting(&ALICE));
		for accepting in [false, true] {
			assert_ok!(StorageProviders::set_accepting(RuntimeOrigin::signed(ALICE), accepting));
			assert_eq!(StorageProviders::accepting(&ALICE), accepting);
			assert_last(Event::AcceptingChanged { who: ALICE, accepting });
		}
	});
}

#[test]
fn set_accepting_fails_for_strangers() {
	TestExt::new().build_and_execute(|| {
		assert_noop!(
			StorageProviders::set_accepting(RuntimeOrigin::signed(ALICE), false),
			Error::<Test>::NotRegistered
		);
		assert_noop!(
			StorageProviders::set_accepting(RuntimeOrigin::root(), false),
			DispatchError::BadOrigin
		);
	});
}
