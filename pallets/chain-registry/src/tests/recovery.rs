// SPDX-License-Identifier: Apache-2.0
//! How a child finds back to its parent.
use super::*;
use frame_support::{
	pallet_prelude::{InvalidTransaction, TransactionSource, UnknownTransaction},
	traits::Authorize,
};
use terrace_layers::recovery_statement;

type Signatures =
	BoundedVec<(u32, AuthoritySignature), sp_core::ConstU32<{ limits::MAX_AUTHORITIES }>>;

/// Authorities of the chain under test.
fn own() -> Vec<Account> {
	accounts(60..67)
}

/// Runs `test` on a child whose parent was silent for long enough.
fn lost(test: impl FnOnce()) {
	following(&accounts(0..4)).build_and_execute(|| {
		OwnAuthorities::set(set(&own()));
		run_to(MAX_STALENESS / 2 + 1);
		test();
	});
}

fn checkpoint(number: u32) -> Checkpoint {
	Checkpoint {
		chain: PEER,
		layer: Layer::Main,
		number,
		hash: header(number).hash(),
		state_root: *header(number).state_root(),
		set_id: SET + 9,
		authorities: set(&accounts(30..34)),
	}
}

/// Signatures of these members over a checkpoint.
fn signed_by(members: &[u32], checkpoint: &Checkpoint) -> Signatures {
	let statement = recovery_statement(OWN, checkpoint);
	let sign = |at: &u32| (*at, sign(own()[*at as usize], &statement));
	members.iter().map(sign).collect::<Vec<_>>().try_into().expect("not too many")
}

fn propose(checkpoint: Checkpoint, signatures: Signatures) -> DispatchResult {
	ChainRegistry::recover_parent(RuntimeOrigin::signed(ALICE), Box::new(checkpoint), signatures)
}

fn recover(checkpoint: Checkpoint) -> DispatchResult {
	let signatures = signed_by(&[0, 2, 3, 5, 6], &checkpoint);
	propose(checkpoint, signatures)
}

fn apply() -> DispatchResult {
	ChainRegistry::apply_recovery(RuntimeOrigin::signed(ALICE))
}

#[test]
fn recover_parent_takes_effect_after_the_delay() {
	lost(|| {
		let now = System::block_number();
		let wanted = checkpoint(START + 500);
		assert_ok!(recover(wanted.clone()));
		let due = now + RECOVERY_DELAY;
		let (number, hash) = (wanted.number, wanted.hash);
		assert_eq!(events(), [Event::RecoveryPending { number, hash, due }]);
		let before = client(PEER);
		assert_noop!(apply(), Error::<Test>::NotDue);
		run_to(due - 1);
		assert_noop!(apply(), Error::<Test>::NotDue);
		assert_eq!(client(PEER), before);
		run_to(due);
		assert_ok!(apply());
		assert_eq!(client(PEER).best, Best { number, hash });
		assert_eq!((client(PEER).set_id, client(PEER).incarnation), (SET + 9, 0));
		assert_eq!(PendingRecovery::<Test>::get(), None);
		assert_noop!(apply(), Error::<Test>::NotDue);
		let next = signed(header(START + 501), SET + 9, quorum(&accounts(30..34)));
		assert_ok!(submit(next));
	});
}

#[test]
fn recover_parent_works_once_the_parent_is_stopped_or_expired() {
	for status in [NeighbourStatus::Halted, NeighbourStatus::Frozen] {
		following(&accounts(0..4)).build_and_execute(|| {
			OwnAuthorities::set(set(&own()));
			assert_noop!(recover(checkpoint(START + 5)), Error::<Test>::ParentIsHeard);
			assert_ok!(set_to(PEER, status));
			assert_ok!(recover(checkpoint(START + 5)));
			run_to(1 + RECOVERY_DELAY);
			assert_ok!(apply());
			assert_eq!(client(PEER).status, NeighbourStatus::Active);
		});
	}
	following(&accounts(0..4)).build_and_execute(|| {
		OwnAuthorities::set(set(&own()));
		run_to(MAX_STALENESS + 5);
		assert_ok!(ChainRegistry::expire(RuntimeOrigin::signed(ALICE), PEER));
		assert_ok!(recover(checkpoint(START + 5)));
		run_to(MAX_STALENESS + 5 + RECOVERY_DELAY);
		assert_ok!(apply());
		assert!(ChainRegistry::may_receive(&PEER));
	});
}

#[test]
fn recover_parent_fails_while_the_parent_is_heard() {
	following(&accounts(0..4)).build_and_execute(|| {
		OwnAuthorities::set(set(&own()));
		run_to(MAX_STALENESS / 2);
		assert_noop!(recover(checkpoint(START + 5)), Error::<Test>::ParentIsHeard);
		run_to(MAX_STALENESS / 2 + 1);
		assert_ok!(recover(checkpoint(START + 5)));
	});
}

#[test]
fn a_header_of_the_parent_cancels_its_recovery() {
	lost(|| {
		assert_ok!(recover(checkpoint(START + 500)));
		next_block();
		assert_ok!(submit(finalised(header(START + 1), &accounts(0..4))));
		assert!(events().contains(&Event::RecoveryCancelled { number: START + 500 }));
		assert_eq!(PendingRecovery::<Test>::get(), None);
		run_to(System::block_number() + RECOVERY_DELAY);
		assert_noop!(apply(), Error::<Test>::NotDue);
	});
}

#[test]
fn a_checkpoint_by_governance_cancels_the_recovery() {
	lost(|| {
		assert_ok!(recover(checkpoint(START + 500)));
		let forced = Box::new(checkpoint(START + 3));
		assert_ok!(ChainRegistry::force_set(RuntimeOrigin::root(), PEER, forced, None));
		assert_eq!(PendingRecovery::<Test>::get(), None);
	});
}

#[test]
fn a_resumed_parent_that_is_not_silent_is_not_recovered() {
	following(&accounts(0..4)).build_and_execute(|| {
		OwnAuthorities::set(set(&own()));
		assert_ok!(set_to(PEER, NeighbourStatus::Halted));
		assert_ok!(recover(checkpoint(START + 5)));
		assert_ok!(set_to(PEER, NeighbourStatus::Active));
		run_to(1 + RECOVERY_DELAY);
		assert_noop!(apply(), Error::<Test>::ParentIsHeard);
	});
}

#[test]
fn recover_parent_needs_more_than_two_thirds_of_distinct_members() {
	lost(|| {
		let wanted = checkpoint(START + 5);
		let with = |members: &[u32]| propose(wanted.clone(), signed_by(members, &wanted));
		const FEW: Error<Test> = Error::<Test>::TooFewSignatures;
		const BAD: Error<Test> = Error::<Test>::BadSignature;
		assert_noop!(with(&[]), FEW);
		assert_noop!(with(&[0, 1, 2, 3]), FEW);
		assert_noop!(with(&[0, 1, 2, 3, 3]), BAD);
		assert_noop!(with(&[0, 1, 2, 4, 3]), BAD);
		let mut beyond = signed_by(&[0, 1, 2, 3, 4], &wanted);
		beyond[4].0 = 7;
		assert_noop!(propose(wanted.clone(), beyond), BAD);
		let mut anothers = signed_by(&[0, 1, 2, 3, 4], &wanted);
		anothers[4].0 = 5;
		assert_noop!(propose(wanted.clone(), anothers), BAD);
		assert_ok!(with(&[0, 1, 2, 3, 4]));
	});
}

#[test]
fn recover_parent_takes_no_signature_of_anything_else() {
	lost(|| {
		let wanted = checkpoint(START + 5);
		let others = [
			Checkpoint { number: START + 6, ..wanted.clone() },
			Checkpoint { set_id: SET, ..wanted.clone() },
			Checkpoint { hash: H256::zero(), ..wanted.clone() },
			Checkpoint { authorities: set(&accounts(31..35)), ..wanted.clone() },
		];
		for other in others {
			let signatures = signed_by(&[0, 1, 2, 3, 4], &other);
			assert_noop!(propose(wanted.clone(), signatures), Error::<Test>::BadSignature);
		}
		let elsewhere = recovery_statement(STRANGER, &wanted);
		let signatures: Vec<_> =
			(0..5u32).map(|at| (at, sign(own()[at as usize], &elsewhere))).collect();
		let signatures = signatures.try_into().expect("five");
		assert_noop!(propose(wanted, signatures), Error::<Test>::BadSignature);
	});
}

#[test]
fn recover_parent_fails_without_authorities_of_its_own() {
	lost(|| {
		OwnAuthorities::set(Authorities::default());
		let wanted = checkpoint(START + 5);
		let none = propose(wanted.clone(), Default::default());
		assert_noop!(none, Error::<Test>::TooFewSignatures);
		let former = signed_by(&[0], &wanted);
		assert_noop!(propose(wanted, former), Error::<Test>::BadSignature);
	});
}

#[test]
fn recover_parent_fails_for_what_is_no_newer_checkpoint_of_the_parent() {
	lost(|| {
		const WRONG: Error<Test> = Error::<Test>::WrongCheckpoint;
		for number in [0, START - 1, START] {
			assert_noop!(recover(checkpoint(number)), WRONG);
		}
		let good = || checkpoint(START + 5);
		assert_noop!(recover(Checkpoint { chain: STRANGER, ..good() }), WRONG);
		assert_noop!(recover(Checkpoint { layer: Layer::Contract, ..good() }), WRONG);
		let empty = Checkpoint { authorities: Default::default(), ..good() };
		assert_noop!(recover(empty), Error::<Test>::BadAuthoritySet);
	});
	TestExt::new().build_and_execute(|| {
		OwnAuthorities::set(set(&own()));
		run_to(MAX_STALENESS);
		assert_noop!(recover(checkpoint(START + 5)), Error::<Test>::UnknownChain);
		assert_noop!(apply(), Error::<Test>::UnknownChain);
	});
}

#[test]
fn a_waiting_recovery_gives_way_to_a_newer_block_only() {
	lost(|| {
		assert_ok!(recover(checkpoint(START + 50)));
		const WAITING: Error<Test> = Error::<Test>::AlreadyPending;
		next_block();
		assert_noop!(recover(checkpoint(START + 50)), WAITING);
		assert_noop!(recover(checkpoint(START + 49)), WAITING);
		assert_ok!(recover(checkpoint(START + 51)));
		let due = System::block_number() + RECOVERY_DELAY;
		let pending = PendingRecovery::<Test>::get().expect("it waits");
		assert_eq!((pending.checkpoint.number, pending.due), (START + 51, due));
	});
}

#[test]
fn what_was_signed_once_does_not_lead_back_later() {
	lost(|| {
		let signed_once = checkpoint(START + 50);
		assert_ok!(recover(signed_once.clone()));
		assert_ok!(submit(finalised(header(START + 60), &accounts(0..4))));
		run_to(System::block_number() + MAX_STALENESS);
		assert_noop!(recover(signed_once), Error::<Test>::WrongCheckpoint);
	});
}

#[test]
fn recovery_needs_an_account_or_an_authorisation() {
	lost(|| {
		let wanted = checkpoint(START + 5);
		let signatures = signed_by(&[0, 1, 2, 3, 4], &wanted);
		let boxed = || Box::new(wanted.clone());
		let call =
			Call::<Test>::recover_parent { checkpoint: boxed(), signatures: signatures.clone() };
		let short = Call::<Test>::recover_parent {
			checkpoint: boxed(),
			signatures: signed_by(&[0, 1], &wanted),
		};
		let applying = Call::<Test>::apply_recovery {};
		let answer = |call: &Call<Test>| {
			call.authorize(TransactionSource::External).expect("it is authorised").map(drop)
		};
		assert_eq!(answer(&call), Ok(()));
		assert_eq!(answer(&short), Err(InvalidTransaction::BadProof.into()));
		assert_eq!(answer(&applying), Err(UnknownTransaction::CannotLookup.into()));
		let none = RuntimeOrigin::none;
		let proposed = ChainRegistry::recover_parent(none(), boxed(), signatures.clone());
		assert_noop!(proposed, DispatchError::BadOrigin);
		assert_noop!(ChainRegistry::apply_recovery(none()), DispatchError::BadOrigin);
		let authorised = || RuntimeOrigin::from(frame_system::RawOrigin::Authorized);
		assert_ok!(ChainRegistry::recover_parent(authorised(), boxed(), signatures));
		assert_eq!(answer(&call), Err(InvalidTransaction::Stale.into()));
		run_to(System::block_number() + RECOVERY_DELAY);
		assert_eq!(answer(&applying), Ok(()));
		Accountless::set(false);
		assert_eq!(answer(&applying), Err(InvalidTransaction::Call.into()));
		assert_eq!(answer(&call), Err(InvalidTransaction::Call.into()));
		assert_ok!(ChainRegistry::apply_recovery(authorised()));
	});
}
