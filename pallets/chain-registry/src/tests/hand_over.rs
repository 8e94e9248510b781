// SPDX-License-Identifier: Apache-2.0
//! Import of headers: from one authority set to the next.
use super::*;

fn old() -> Vec<Account> {
	accounts(0..4)
}

fn new() -> Vec<Account> {
	accounts(10..14)
}

/// Has the first set hand over to the next one.
fn hand_over_at(number: u32) {
	let header = header_with(number, [hand_over(list(&new()))]);
	assert_ok!(submit(finalised(header, &old())));
}

#[test]
fn a_hand_over_is_signed_by_the_old_set_and_puts_the_new_one_in_its_place() {
	following(&old()).build_and_execute(|| {
		let header = header_with(START + 1, [hand_over(list(&new()))]);
		let by_new = signed(header.clone(), SET, quorum(&new()));
		assert_noop!(submit(by_new), Error::<Test>::InvalidJustification);
		assert_ok!(submit(finalised(header.clone(), &old())));
		assert_eq!(client(PEER).set_id, SET + 1);
		assert_eq!(CurrentAuthorities::<Test>::get(PEER), Some(set(&new())));
		let event = Event::FinalityImported {
			chain: PEER,
			number: START + 1,
			hash: header.hash(),
			set_id: SET,
			mandatory: true,
		};
		assert_eq!(events(), [event]);
		assert_ok!(submit(signed(self::header(START + 2), SET + 1, quorum(&new()))));
	});
}

/// Case 28.
#[test]
fn the_old_set_justifies_nothing_after_its_hand_over() {
	following(&old()).build_and_execute(|| {
		hand_over_at(START + 1);
		let by_old = finalised(header(START + 2), &old());
		assert_noop!(submit(by_old.clone()), Error::<Test>::ReplacedSet);
		let posing = FinalityProof { set_id: SET + 1, ..by_old };
		assert_noop!(submit(posing), Error::<Test>::InvalidJustification);
		let as_new = signed(header(START + 2), SET + 1, quorum(&old()));
		assert_noop!(submit(as_new), Error::<Test>::InvalidJustification);
	});
}

#[test]
fn the_new_set_does_not_sign_with_the_old_id() {
	following(&old()).build_and_execute(|| {
		hand_over_at(START + 1);
		let proof = signed(header(START + 2), SET, quorum(&new()));
		assert_noop!(submit(proof.clone()), Error::<Test>::ReplacedSet);
		let posing = FinalityProof { set_id: SET + 1, ..proof };
		assert_noop!(submit(posing), Error::<Test>::InvalidJustification);
	});
}

/// Case 29.
#[test]
fn a_hand_over_cannot_be_skipped() {
	following(&old()).build_and_execute(|| {
		let after = signed(header(START + 5), SET + 1, quorum(&new()));
		assert_noop!(submit(after.clone()), Error::<Test>::WrongSetId);
		let posing = FinalityProof { set_id: SET, ..after.clone() };
		assert_noop!(submit(posing), Error::<Test>::InvalidJustification);
		hand_over_at(START + 1);
		assert_ok!(submit(after));
	});
}

#[test]
fn a_set_may_hand_over_to_itself() {
	following(&old()).build_and_execute(|| {
		let header = header_with(START + 1, [hand_over(list(&old()))]);
		assert_ok!(submit(finalised(header, &old())));
		assert_eq!(client(PEER).set_id, SET + 1);
		let stale = finalised(self::header(START + 2), &old());
		assert_noop!(submit(stale), Error::<Test>::ReplacedSet);
		assert_ok!(submit(signed(self::header(START + 2), SET + 1, quorum(&old()))));
	});
}

#[test]
fn three_hundred_hand_overs_are_followed() {
	following(&accounts(0..4)).build_and_execute(|| {
		for step in 0..300 {
			let members = accounts(step..step + 4);
			let next = list(&accounts(step + 1..step + 5));
			let header = header_with(START + 1 + u32::from(step), [hand_over(next)]);
			let id = SET + u64::from(step);
			assert_ok!(submit(signed(header, id, quorum(&members))));
		}
		assert_eq!(client(PEER).set_id, SET + 300);
		assert_eq!(CurrentAuthorities::<Test>::get(PEER), Some(set(&accounts(300..304))));
		assert_eq!(Headers::<Test>::iter_prefix(PEER).count(), HEADERS_TO_KEEP as usize);
	});
}

#[test]
fn sets_may_grow_and_shrink() {
	following(&accounts(0..1)).build_and_execute(|| {
		let sizes = [1, 2, 3, 4, 100, 7, 1];
		for (step, pair) in (0u32..).zip(sizes.windows(2)) {
			let next = list(&accounts(0..pair[1]));
			let header = header_with(START + 1 + step, [hand_over(next)]);
			let members = accounts(0..pair[0]);
			assert_ok!(submit(signed(header, SET + u64::from(step), quorum(&members))));
		}
		assert_eq!(client(PEER).set_id, SET + 6);
	});
}
