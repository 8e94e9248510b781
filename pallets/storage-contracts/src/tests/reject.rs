// SPDX-License-Identifier: Apache-2.0
use super::*;

#[test]
fn reject_releases_the_escrow() {
	TestExt::new().build_and_execute(|| {
		let id = propose(ALICE, BOB, 10);
		assert_ok!(StorageContracts::reject(by(BOB), id));
		assert_eq!((held(&ALICE), free(&ALICE)), (0, FUNDS));
		assert_eq!(Contracts::<Test>::get(id), None);
		assert_eq!(
			last_event(),
			Event::ProposalEnded {
				id,
				client: ALICE,
				refunded: 10 * UNIT,
				cause: ProposalEnd::Rejected
			}
		);
	});
}

#[test]
fn reject_fails_for_others_and_once_accepted() {
	TestExt::new().build_and_execute(|| {
		let id = propose(ALICE, BOB, 10);
		assert_noop!(StorageContracts::reject(by(DAVE), id), Error::<Test>::NotProvider);
		assert_noop!(StorageContracts::reject(by(ALICE), id), Error::<Test>::UnknownProvider);
		assert_noop!(StorageContracts::reject(RuntimeOrigin::root(), id), DispatchError::BadOrigin);
		assert_ok!(StorageContracts::accept(by(BOB), id));
		assert_noop!(StorageContracts::reject(by(BOB), id), Error::<Test>::NotProposed);
	});
}
