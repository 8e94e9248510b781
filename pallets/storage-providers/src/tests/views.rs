// SPDX-License-Identifier: Apache-2.0
use super::*;
use terrace_layers::Providers as _;

#[test]
fn provider_shows_terms_and_stake() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		assert_ok!(StorageProviders::commit(&ALICE, 10, 3));
		let view = StorageProviders::provider(ALICE).expect("registered");
		assert_eq!(view.who, ALICE);
		assert_eq!(view.offer, offer());
		assert!(view.accepting);
		assert_eq!((view.used, view.collateral, view.required), (10, MIN_COLLATERAL, 3));
		assert_eq!(StorageProviders::provider(BOB), None);
	});
}

#[test]
fn providers_are_paged_without_gap_or_repetition() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).provider(BOB, MIN_COLLATERAL).build_and_execute(
		|| {
			assert!(StorageProviders::providers(None, 0).is_empty());
			let all = StorageProviders::providers(None, 10);
			assert_eq!(all.len(), 2);
			let first = StorageProviders::providers(None, 1);
			let second = StorageProviders::providers(Some(first[0].who.clone()), 1);
			assert_eq!([first, second.clone()].concat(), all);
			assert!(StorageProviders::providers(Some(second[0].who.clone()), 1).is_empty());
		},
	);
}

#[test]
fn exit_state_tells_what_leaving_would_say_and_changes_nothing() {
	TestExt::new().provider(ALICE, MIN_COLLATERAL).build_and_execute(|| {
		let state = || StorageProviders::exit_state(ALICE).expect("registered");
		assert_eq!(StorageProviders::exit_state(BOB), None);
		assert!(state().may_leave);
		assert_eq!((record(&ALICE).offer, held(&ALICE)), (offer(), MIN_COLLATERAL));
		assert_ok!(StorageProviders::announce_exit(RuntimeOrigin::signed(ALICE)));
		assert_eq!(state().announced, Some(1));
		StorageProviders::add_case(&ALICE);
		assert_eq!((state().may_leave, state().cases), (false, 1));
		StorageProviders::drop_case(&ALICE);
		StorageProviders::release(&ALICE, 0, 0);
		assert_eq!((state().may_leave, state().cooldown), (false, COOLDOWN));
		System::set_block_number(1 + COOLDOWN);
		assert_eq!((state().may_leave, state().cooldown), (true, 0));
	});
}
