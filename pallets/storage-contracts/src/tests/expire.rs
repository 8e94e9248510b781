// SPDX-License-Identifier: Apache-2.0
use super::*;

#[test]
fn expire_releases_the_escrow_after_the_deadline() {
	TestExt::new().build_and_execute(|| {
		let id = propose(ALICE, BOB, 10);
		run_to(1 + PROPOSAL_LIFETIME);
		assert_noop!(StorageContracts::expire(by(STRANGER), id), Error::<Test>::ProposalOpen);
		run(1);
		assert_ok!(StorageContracts::expire(by(STRANGER), id));
		assert_eq!((held(&ALICE), free(&ALICE)), (0, FUNDS));
		assert_eq!(
			last_event(),
			Event::ProposalEnded {
				id,
				client: ALICE,
				refunded: 10 * UNIT,
				cause: ProposalEnd::Expired
			}
		);
	});
}

#[test]
fn expire_works_when_the_provider_is_gone() {
	TestExt::new().build_and_execute(|| {
		let id = propose(ALICE, BOB, 10);
		MockProviderOf::remove(BOB);
		run(PROPOSAL_LIFETIME + 1);
		assert_ok!(StorageContracts::expire(by(STRANGER), id));
		assert_eq!(held(&ALICE), 0);
	});
}

#[test]
fn expire_fails_for_contracts_that_run() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		run(PROPOSAL_LIFETIME + 1);
		assert_noop!(StorageContracts::expire(by(STRANGER), id), Error::<Test>::NotProposed);
		assert_noop!(
			StorageContracts::expire(by(STRANGER), ContractId(9)),
			Error::<Test>::UnknownContract
		);
		assert_noop!(StorageContracts::expire(RuntimeOrigin::none(), id), DispatchError::BadOrigin);
	});
}
