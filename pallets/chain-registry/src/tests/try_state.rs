// SPDX-License-Identifier: Apache-2.0
//! The invariants are checked.
use super::*;
use frame_support::weights::Weight;

/// Checks that a state with a parent and a child that was broken is found out.
fn found_out(expected: &'static str, spoil: impl FnOnce(ChainId)) {
	reset();
	let mut ext = sp_io::TestExternalities::new(following(&accounts(0..4)).storage());
	ext.execute_with(|| {
		next_block();
		let child = registered();
		assert_ok!(submit(finalised(header(START + 1), &accounts(0..4))));
		assert_eq!(Pallet::<Test>::do_try_state(), Ok(()));
		spoil(child);
		assert_eq!(Pallet::<Test>::do_try_state(), Err(expected.into()));
	});
}

fn alter(chain: ChainId, change: impl FnOnce(&mut Client<AccountId, Balance>)) {
	Clients::<Test>::mutate(chain, |client| change(client.as_mut().expect("it is known")));
}

#[test]
fn a_neighbour_without_a_client_is_found_out() {
	found_out("neighbours and clients differ", Clients::<Test>::remove);
	found_out("a client belongs to no neighbour", |_| Parent::<Test>::kill());
	found_out("a client belongs to no neighbour", |_| Children::<Test>::kill());
}

#[test]
fn a_client_of_a_stranger_is_found_out() {
	found_out("a client belongs to no neighbour", |_| Parent::<Test>::put(STRANGER));
}

#[test]
fn a_bad_authority_set_is_found_out() {
	found_out("a client has no authorities", CurrentAuthorities::<Test>::remove);
	found_out("a client's authorities are no valid set", |child| {
		CurrentAuthorities::<Test>::insert(child, Authorities::default());
	});
}

#[test]
fn headers_that_do_not_fit_the_ring_are_found_out() {
	found_out("headers and ring differ", |_| Headers::<Test>::remove(PEER, START));
	found_out("the ring names a header that is not kept", |_| {
		let header = Headers::<Test>::take(PEER, START).expect("it is kept");
		Headers::<Test>::insert(PEER, START - 1, header);
	});
	found_out("a ring is out of order", |_| {
		let reversed: Vec<_> = HeaderRing::<Test>::get(PEER).into_iter().rev().collect();
		HeaderRing::<Test>::insert(PEER, BoundedVec::truncate_from(reversed));
	});
	found_out("the best header is not the newest", |_| {
		alter(PEER, |client| client.best.number += 1);
	});
	found_out("the best header is not the one kept", |_| {
		alter(PEER, |client| client.best.hash = H256::repeat_byte(1));
	});
}

#[test]
fn a_missing_bond_is_found_out() {
	found_out("children, and only they, are bonded", |child| alter(child, |c| c.bond = None));
	found_out("less is held than was bonded", |child| {
		alter(child, |client| {
			client.bond = Some(Bond { who: BOB, placed: MIN_BOND + 1, left: MIN_BOND + 1 });
		});
	});
	found_out("less is held than was bonded", |child| {
		alter(child, |client| {
			client.bond = Some(Bond { who: ALICE, placed: MIN_BOND, left: MIN_BOND });
		});
	});
	found_out("more is left of a bond than was placed", |child| {
		alter(child, |client| {
			client.bond = Some(Bond { who: BOB, placed: MIN_BOND - 1, left: MIN_BOND });
		});
	});
}

#[test]
fn a_half_closed_child_is_found_out() {
	let closed = |client: &mut Client<AccountId, Balance>| client.status = NeighbourStatus::Closed;
	found_out("a client belongs to no neighbour", |child| alter(child, closed));
	found_out("a client was closed at no time", |child| {
		alter(child, |client| client.closed_at = Some(1));
	});
	found_out("a closed client has authorities", |child| {
		let set = CurrentAuthorities::<Test>::get(child);
		assert_ok!(set_to(child, NeighbourStatus::Closed));
		CurrentAuthorities::<Test>::set(child, set);
	});
}

#[test]
fn former_sets_outside_their_queue_are_found_out() {
	let key = H256::repeat_byte(4);
	found_out("a former set stands in no queue", |_| PastSets::<Test>::insert(PEER, key, 9));
	found_out("a former set stands outside its queue", |_| {
		PastSetOrder::<Test>::insert(PEER, 3, key);
	});
	found_out("a queue of former sets has gaps", |_| {
		PastSetEnds::<Test>::insert(PEER, Ends { first: 3, next: 4 });
	});
}

#[test]
fn what_exceeds_its_bound_is_found_out() {
	found_out("more code is approved than allowed", |_| {
		for byte in 0..=MAX_APPROVED as u8 {
			ApprovedCode::<Test>::insert((Layer::Main, H256::repeat_byte(byte)), ());
		}
	});
	found_out("an offence was punished twice", |_| {
		let twice = vec![H256::repeat_byte(1); 2];
		UsedEvidence::<Test>::insert(PEER, BoundedVec::truncate_from(twice));
	});
	found_out("free weights do not add up", |_| {
		FreeUsed::<Test>::mutate(|spent| spent.total = Weight::from_parts(1, 0));
	});
	found_out("a recovery waits for another chain than the parent", |_| {
		let checkpoint = Checkpoint { chain: STRANGER, ..Anchor::new(3).checkpoint };
		PendingRecovery::<Test>::put(Recovery { checkpoint, due: 1 });
	});
}
