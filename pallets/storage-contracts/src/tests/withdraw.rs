// SPDX-License-Identifier: Apache-2.0
use super::*;

#[test]
fn withdraw_releases_the_escrow_and_leaves_nothing() {
	TestExt::new().build_and_execute(|| {
		let id = propose(ALICE, BOB, 10);
		assert_ok!(StorageContracts::withdraw(by(ALICE), id));
		assert_eq!((held(&ALICE), free(&ALICE)), (0, FUNDS));
		assert_eq!(Contracts::<Test>::iter().count(), 0);
		assert_eq!(ContractsOf::<Test>::iter().count(), 0);
		assert_eq!(ProposalsOf::<Test>::iter().count() + ProposalsTo::<Test>::iter().count(), 0);
		assert_eq!(
			last_event(),
			Event::ProposalEnded {
				id,
				client: ALICE,
				refunded: 10 * UNIT,
				cause: ProposalEnd::Withdrawn
			}
		);
	});
}

#[test]
fn withdraw_works_after_the_deadline() {
	TestExt::new().build_and_execute(|| {
		let id = propose(ALICE, BOB, 10);
		run(PROPOSAL_LIFETIME + 5);
		assert_ok!(StorageContracts::withdraw(by(ALICE), id));
		assert_eq!(held(&ALICE), 0);
	});
}

#[test]
fn withdraw_fails_for_others() {
	TestExt::new().build_and_execute(|| {
		let id = propose(ALICE, BOB, 10);
		for who in [BOB, CAROL] {
			assert_noop!(StorageContracts::withdraw(by(who), id), Error::<Test>::NotClient);
		}
		assert_noop!(
			StorageContracts::withdraw(RuntimeOrigin::none(), id),
			DispatchError::BadOrigin
		);
		let unknown = ContractId(77);
		assert_noop!(
			StorageContracts::withdraw(by(ALICE), unknown),
			Error::<Test>::UnknownContract
		);
	});
}

#[test]
fn withdraw_fails_once_accepted_or_done() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		assert_noop!(StorageContracts::withdraw(by(ALICE), id), Error::<Test>::NotProposed);
		let id = propose(ALICE, BOB, 10);
		assert_ok!(StorageContracts::withdraw(by(ALICE), id));
		assert_noop!(StorageContracts::withdraw(by(ALICE), id), Error::<Test>::UnknownContract);
	});
}
