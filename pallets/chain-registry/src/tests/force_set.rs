// SPDX-License-Identifier: Apache-2.0
//! Checkpoints by governance.
use super::*;

/// A block of the parent on another branch, with other authorities.
fn checkpoint(number: u32) -> Checkpoint {
	let header = header_with(number, [DigestItem::Other(vec![9])]);
	Checkpoint {
		chain: PEER,
		layer: Layer::Main,
		number,
		hash: header.hash(),
		state_root: H256::repeat_byte(0x77),
		set_id: SET + 40,
		authorities: set(&accounts(30..33)),
	}
}

fn force(checkpoint: Checkpoint, incarnation: Option<u32>) -> DispatchResult {
	let chain = checkpoint.chain;
	ChainRegistry::force_set(RuntimeOrigin::root(), chain, Box::new(checkpoint), incarnation)
}

#[test]
fn force_set_follows_the_neighbour_from_the_checkpoint() {
	following(&accounts(0..4)).build_and_execute(|| {
		assert_ok!(submit(finalised(header(START + 50), &accounts(0..4))));
		assert_ok!(set_to(PEER, NeighbourStatus::Frozen));
		run_to(7);
		let wanted = checkpoint(START + 10);
		assert_ok!(force(wanted.clone(), None));
		let followed = client(PEER);
		assert_eq!(followed.status, NeighbourStatus::Active);
		assert_eq!(followed.best, Best { number: START + 10, hash: wanted.hash });
		assert_eq!((followed.set_id, followed.incarnation), (SET + 40, 0));
		assert_eq!(followed.last_progress_at, 7);
		assert_eq!(CurrentAuthorities::<Test>::get(PEER), Some(wanted.authorities));
		assert_eq!(HeaderRing::<Test>::get(PEER).into_inner(), [START + 10]);
		assert_eq!(ChainRegistry::state_root(&PEER, START + 50), None);
		assert_eq!(ChainRegistry::state_root(&PEER, START + 10), Some(wanted.state_root));
		assert_eq!(told().len(), 1, "the edge stays as it is");
		let event = Event::CheckpointSet {
			chain: PEER,
			number: START + 10,
			hash: wanted.hash,
			set_id: SET + 40,
			incarnation: 0,
		};
		assert_eq!(events(), [event]);
		let by_new = signed(header(START + 11), SET + 40, quorum(&accounts(30..33)));
		assert_ok!(submit(by_new));
		let answers = Pallet::<Test>::answers(&PEER, &client(PEER), SET, &set(&accounts(0..4)));
		assert!(answers, "the former set answers for its votes");
	});
}

#[test]
fn force_set_repairs_what_expired() {
	following(&accounts(0..4)).build_and_execute(|| {
		run_to(MAX_STALENESS + 9);
		assert_ok!(ChainRegistry::expire(RuntimeOrigin::signed(ALICE), PEER));
		assert_ok!(force(checkpoint(START + 500), None));
		assert!(ChainRegistry::may_receive(&PEER));
	});
}

#[test]
fn force_set_opens_the_edge_anew_under_a_later_incarnation() {
	following(&accounts(0..4)).build_and_execute(|| {
		let child = registered();
		let origin = client(child).origin.expect("it was proven");
		let of_child = Checkpoint { chain: child, layer: Layer::Proof, set_id: 3, ..checkpoint(9) };
		assert_noop!(force(of_child.clone(), Some(0)), Error::<Test>::OldIncarnation);
		assert_ok!(force(of_child.clone(), Some(4)));
		assert_eq!(ChainRegistry::incarnation(&child), 4);
		assert_eq!(told().pop(), Some((child, Relation::Child, origin)));
		assert_noop!(force(of_child.clone(), Some(4)), Error::<Test>::OldIncarnation);

		assert_ok!(force(checkpoint(START + 1), Some(1)));
		let own = Origin::<Test>::get().expect("the genesis wrote it");
		assert_eq!(told().pop(), Some((PEER, Relation::Parent, own)));
		assert_eq!(told().len(), 4);
	});
}

#[test]
fn force_set_is_undone_when_those_who_are_told_refuse() {
	following(&accounts(0..4)).build_and_execute(|| {
		Refuse::set(true);
		assert_noop!(force(checkpoint(START + 1), Some(1)), DispatchError::Other("refused"));
		Refuse::set(false);
	});
}

#[test]
fn force_set_fails_for_what_is_no_checkpoint_of_the_neighbour() {
	following(&accounts(0..4)).build_and_execute(|| {
		const WRONG: Error<Test> = Error::<Test>::WrongCheckpoint;
		let root = RuntimeOrigin::root;
		let good = || Box::new(checkpoint(START + 1));
		let other = Box::new(Checkpoint { chain: STRANGER, ..checkpoint(START + 1) });
		assert_noop!(ChainRegistry::force_set(root(), PEER, other, None), WRONG);
		assert_noop!(force(Checkpoint { layer: Layer::Proof, ..*good() }, None), WRONG);
		let stranger = ChainRegistry::force_set(root(), STRANGER, good(), None);
		assert_noop!(stranger, Error::<Test>::UnknownChain);
		for bad in [Authorities::default(), set(&[1, 2, 1].map(Account))] {
			let checkpoint = Checkpoint { authorities: bad, ..*good() };
			assert_noop!(force(checkpoint, None), Error::<Test>::BadAuthoritySet);
		}
		for origin in [RuntimeOrigin::signed(BOB), RuntimeOrigin::none()] {
			let forced = ChainRegistry::force_set(origin, PEER, good(), None);
			assert_noop!(forced, DispatchError::BadOrigin);
		}
	});
}

#[test]
fn force_set_opens_no_closed_child() {
	TestExt::new().build_and_execute(|| {
		let child = registered();
		assert_ok!(set_to(child, NeighbourStatus::Closed));
		let checkpoint = Checkpoint { chain: child, layer: Layer::Proof, ..checkpoint(9) };
		assert_noop!(force(checkpoint, Some(1)), Error::<Test>::Closed);
	});
}

#[test]
fn force_set_to_the_same_set_retires_none() {
	following(&accounts(0..4)).build_and_execute(|| {
		let same =
			Checkpoint { set_id: SET, authorities: set(&accounts(0..4)), ..checkpoint(START + 1) };
		assert_ok!(force(same, None));
		assert_eq!(PastSets::<Test>::iter().count(), 0);
	});
}
