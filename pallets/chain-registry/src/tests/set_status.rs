// SPDX-License-Identifier: Apache-2.0
//! Status of neighbours.
use super::*;
use frame_support::traits::fungible::InspectHold;

fn set_as(origin: RuntimeOrigin, chain: ChainId, status: NeighbourStatus) -> DispatchResult {
	ChainRegistry::set_status(origin, chain, status)
}

fn set_to(chain: ChainId, status: NeighbourStatus) -> DispatchResult {
	set_as(RuntimeOrigin::root(), chain, status)
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
fn set_status_closed_keeps_bond_and_record() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		assert_ok!(set_to(chain, NeighbourStatus::Closed));
		assert_eq!(client(chain).bond, Some((BOB, MIN_BOND)));
		let held = Balances::balance_on_hold(&HoldReason::ChainBond.into(), &BOB);
		assert_eq!(held, MIN_BOND);
		assert_eq!(ChainRegistry::children(), [chain]);
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
