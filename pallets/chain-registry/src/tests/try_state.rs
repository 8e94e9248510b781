// SPDX-License-Identifier: Apache-2.0
//! The invariants are checked.
use super::*;
use frame_support::BoundedVec;

/// Checks that a state with a parent and a child that was broken is found out.
fn found_out(expected: &'static str, spoil: impl FnOnce(ChainId)) {
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

fn alter(chain: ChainId, change: impl FnOnce(&mut Client<u64, Balance>)) {
	Clients::<Test>::mutate(chain, |client| change(client.as_mut().expect("it is known")));
}

#[test]
fn a_neighbour_without_a_client_is_found_out() {
	found_out("neighbours and clients differ", Clients::<Test>::remove);
	found_out("neighbours and clients differ", |_| Parent::<Test>::kill());
	found_out("neighbours and clients differ", |_| Children::<Test>::kill());
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
		alter(child, |client| client.bond = Some((BOB, MIN_BOND + 1)));
	});
	found_out("less is held than was bonded", |child| {
		alter(child, |client| client.bond = Some((ALICE, MIN_BOND)));
	});
}
