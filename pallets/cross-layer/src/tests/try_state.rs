// SPDX-License-Identifier: Apache-2.0
//! Every invariant is noticed when it is broken.
use super::*;

/// Breaks the state of the main chain and asserts that it is noticed, with `words` in the reason.
fn noticed(words: &str, damage: impl FnOnce()) {
	let mut world = World::new();
	assert_ok!(world.main.send(untrack(1)));
	assert_ok!(world.contract.send(heartbeat(1, FAIL)));
	assert_ok!(world.carry_up(LaneId::STORAGE));
	world.check();
	let reason = world.main.run(|| {
		damage();
		Pallet::<Test>::do_try_state().expect_err("damage is noticed")
	});
	assert!(reason.contains(words), "{reason:?} does not say {words:?}");
}

const KEY: (ChainId, LaneId) = (CONTRACT, LaneId::STORAGE);

fn change(edit: impl FnOnce(&mut LaneState)) {
	Lanes::<Test>::mutate(KEY, |slot| edit(slot.as_mut().expect("open")));
}

#[test]
fn broken_lanes_are_noticed() {
	noticed("is no lane of", || change(|own| own.self_id = OTHER));
	noticed("is no lane of", || change(|own| own.version = 9));
	noticed("pruned 2, acked 1", || {
		Acked::<Test>::insert(KEY, Acknowledged { nonce: 1, pruned: 2 });
	});
	noticed("acked 2, sent 1", || {
		Acked::<Test>::insert(KEY, Acknowledged { nonce: 2, pruned: 0 });
	});
	noticed("pruned only", || change(|own| own.out_nonce = 400));
	noticed("outbox is not", || Outbox::<Test>::remove(KEY, 1));
	noticed("outbox is not", || {
		Outbox::<Test>::insert(KEY, 3, Outbox::<Test>::get(KEY, 1).unwrap())
	});
	noticed("cannot be read", || {
		Outbox::<Test>::insert(KEY, 1, crate::Payload::try_from(vec![9]).expect("short"));
	});
	noticed("outbox hashes to", || change(|own| own.out_head = H256::repeat_byte(9)));
}

#[test]
fn broken_dead_letters_are_noticed() {
	noticed("letters", || DeadLetters::<Test>::remove(KEY, 1));
	noticed("letters", || DeadLetterNonces::<Test>::remove(KEY));
	noticed("after cursor", || change(|own| own.in_nonce = 0));
	noticed("no lane", || Acked::<Test>::insert((OTHER, LaneId::MONEY), Acknowledged::default()));
}

#[test]
fn missing_tokens_are_noticed() {
	noticed("are locked", || Locked::<Test>::mutate(CONTRACT, |locked| *locked += 1));
	noticed("are locked", || {
		let account = Pallet::<Test>::locked_account(&CONTRACT);
		let thief = RuntimeOrigin::signed(account);
		assert_ok!(Balances::transfer_keep_alive(thief, BOB, UNIT));
	});
}

#[test]
fn broken_queues_of_releases_are_noticed() {
	let entry = crate::Waiting { who: BOB, amount: UNIT };
	let list = |next, total| crate::Waitlist { first: 0, next, total };
	let put = |place| crate::WaitingReleases::<Test>::insert(CONTRACT, place, entry.clone());
	let say = |list| crate::Waitlists::<Test>::insert(CONTRACT, list);
	noticed("waits in no queue", || put(0));
	noticed("do not wait in 0..1", || say(list(1, UNIT)));
	noticed("do not wait in 0..0", || say(list(0, 0)));
	noticed("say so", || {
		put(0);
		say(list(1, 2 * UNIT));
	});
	noticed("are locked", || {
		put(0);
		say(list(1, UNIT));
		Locked::<Test>::insert(CONTRACT, UNIT - 1);
	});
}
