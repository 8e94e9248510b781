// SPDX-License-Identifier: Apache-2.0
//! Status of neighbours.
use super::*;
use terrace_layers::Blockers;

fn set_as(origin: RuntimeOrigin, chain: ChainId, status: NeighbourStatus) -> DispatchResult {
	ChainRegistry::set_status(origin, chain, status)
}

#[test]
fn set_status_moves_between_active_halted_and_frozen() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		use NeighbourStatus::*;
		for status in [Halted, Active, Frozen, Halted, Frozen, Active, Active] {
			System::reset_events();
			assert_ok!(set_to(chain, status));
			assert_eq!(client(chain).status, status);
			assert_eq!(events(), [Event::StatusChanged { chain, status }]);
		}
	});
}

#[test]
fn set_status_closes_for_good() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		assert_ok!(set_to(chain, NeighbourStatus::Closed));
		use NeighbourStatus::*;
		for status in [Active, Halted, Frozen, Closed] {
			assert_noop!(set_to(chain, status), Error::<Test>::Closed);
		}
	});
}

#[test]
fn set_status_closed_keeps_bond_and_record_of_a_dead_child() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		Blocking::set(Blockers::TOKENS);
		run_to(9);
		assert_ok!(set_to(chain, NeighbourStatus::Closed));
		let left = client(chain);
		assert_eq!(left.bond, Some(Bond { who: BOB, placed: MIN_BOND, left: MIN_BOND }));
		assert_eq!((left.status, left.closed_at), (NeighbourStatus::Closed, Some(9)));
		assert_eq!(bonded(BOB), MIN_BOND);
		assert_eq!(ChainRegistry::children(), []);
		assert_eq!(CurrentAuthorities::<Test>::get(chain), None);
	});
}

#[test]
fn set_status_fails_for_a_status_that_calls_lead_to() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		for status in [NeighbourStatus::Expired, NeighbourStatus::Draining] {
			assert_noop!(set_to(chain, status), Error::<Test>::WrongStatus);
		}
	});
}

#[test]
fn set_status_fails_to_close_the_parent() {
	following(&accounts(0..4)).build_and_execute(|| {
		assert_noop!(set_to(PEER, NeighbourStatus::Closed), Error::<Test>::NotAChild);
	});
}

#[test]
fn set_status_lets_a_draining_child_be_active_again() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		assert_ok!(ChainRegistry::deregister(RuntimeOrigin::signed(BOB), chain));
		assert_ok!(set_to(chain, NeighbourStatus::Active));
		assert_eq!(client(chain).status, NeighbourStatus::Active);
	});
}

#[test]
fn set_status_of_an_expired_child_only_closes_it() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		run_to(MAX_STALENESS + 2);
		assert_ok!(ChainRegistry::expire(RuntimeOrigin::signed(ALICE), chain));
		use NeighbourStatus::*;
		for status in [Active, Halted, Frozen] {
			assert_noop!(set_to(chain, status), Error::<Test>::Expired);
		}
		assert_ok!(set_to(chain, Closed));
		assert_eq!(client(chain).status, Closed);
	});
}

#[test]
fn set_status_needs_the_admin_origin() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		for origin in [RuntimeOrigin::signed(BOB), RuntimeOrigin::none()] {
			assert_noop!(set_as(origin, chain, NeighbourStatus::Halted), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn set_status_fails_when_the_chain_is_unknown() {
	TestExt::new().build_and_execute(|| {
		for status in [NeighbourStatus::Halted, NeighbourStatus::Closed] {
			assert_noop!(set_to(STRANGER, status), Error::<Test>::UnknownChain);
		}
	});
}
