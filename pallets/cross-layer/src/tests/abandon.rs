// SPDX-License-Identifier: Apache-2.0
//! Messages to a neighbour that left without taking them.
use super::*;

const MONEY: LaneId = LaneId::MONEY;

fn abandon(lane: LaneId, max: u32) -> DispatchResultWithPostInfo {
	CrossLayer::abandon(RuntimeOrigin::root(), CONTRACT, lane, max)
}

fn down(world: &mut World, amount: u128) {
	let signed = RuntimeOrigin::signed(ALICE);
	assert_ok!(world.main.run(|| CrossLayer::transfer_down(signed, CONTRACT, BOB, amount)));
}

fn leave(world: &mut World) {
	world.main.run(|| change_neighbour(CONTRACT, |known| known.closed = true));
}

#[test]
fn abandoned_credits_go_to_those_they_were_meant_for() {
	World::build_and_execute(|world| {
		for amount in [UNIT, 2 * UNIT, 3 * UNIT] {
			down(world, amount);
		}
		leave(world);
		world.main.run(|| {
			let (locked, bob) = (Locked::<Test>::get(CONTRACT), Balances::free_balance(BOB));
			assert_ok!(abandon(MONEY, 2));
			let (chain, lane, count, letters) = (CONTRACT, MONEY, 2, 0);
			let refunded = 3 * UNIT;
			let event = Event::MessagesAbandoned { chain, lane, count, letters, refunded };
			System::assert_last_event(event.into());
			assert_eq!(Locked::<Test>::get(CONTRACT), locked - 3 * UNIT);
			assert_eq!(Balances::free_balance(BOB), bob + 3 * UNIT);
			assert_eq!(Outbox::<Test>::iter().count(), 1);
			assert_ok!(abandon(MONEY, u32::MAX));
			assert_eq!(Balances::free_balance(BOB), bob + 6 * UNIT);
			assert_eq!(Outbox::<Test>::iter().count(), 0);
			assert_noop!(abandon(MONEY, 1), Error::<Test>::NotFound);
		});
	});
}

#[test]
fn what_was_acknowledged_is_removed_and_not_handed_back() {
	World::build_and_execute(|world| {
		down(world, UNIT);
		down(world, 2 * UNIT);
		assert_ok!(world.carry_down(MONEY));
		// An earlier release may have left messages that were acknowledged.
		let key = (CONTRACT, MONEY);
		world.main.run(|| Acked::<Test>::insert(key, Acknowledged { nonce: 2, pruned: 0 }));
		leave(world);
		world.main.run(|| {
			let bob = Balances::free_balance(BOB);
			assert_ok!(abandon(MONEY, 64));
			assert_eq!(Balances::free_balance(BOB), bob);
			assert_eq!(Outbox::<Test>::iter().count(), 0);
		});
	});
}

#[test]
fn abandon_is_for_governance_and_for_closed_neighbours() {
	World::build_and_execute(|world| {
		down(world, UNIT);
		world.main.run(|| {
			assert_noop!(abandon(MONEY, 1), Error::<Test>::NotClosed);
		});
		leave(world);
		world.main.run(|| {
			let signed = RuntimeOrigin::signed(ALICE);
			assert_noop!(CrossLayer::abandon(signed, CONTRACT, MONEY, 1), DispatchError::BadOrigin);
			let root = RuntimeOrigin::root;
			assert_noop!(
				CrossLayer::abandon(root(), STRANGER, MONEY, 1),
				Error::<Test>::UnknownChain
			);
			assert_noop!(abandon(LaneId(9), 1), Error::<Test>::UnknownLane);
			assert_noop!(abandon(MONEY, 0), Error::<Test>::NotFound);
			assert_ok!(abandon(MONEY, 1));
		});
	});
}

#[test]
fn dead_letters_of_a_closed_neighbour_are_given_up_after_its_messages() {
	World::build_and_execute(|world| {
		for mark in 1..=3 {
			assert_ok!(world.contract.send(heartbeat(mark, FAIL)));
		}
		assert_ok!(world.carry_up(LaneId::STORAGE));
		assert_ok!(world.main.send(untrack(1)));
		leave(world);
		let key = (CONTRACT, LaneId::STORAGE);
		world.main.run(|| {
			assert_ok!(abandon(LaneId::STORAGE, 2));
			let (chain, lane, count, letters) = (CONTRACT, LaneId::STORAGE, 1, 1);
			let event = Event::MessagesAbandoned { chain, lane, count, letters, refunded: 0 };
			System::assert_last_event(event.into());
			assert_eq!(DeadLetterNonces::<Test>::get(key).to_vec(), [1, 2]);
			let done = abandon(LaneId::STORAGE, 9).expect("two letters are left");
			let weight = <<Test as crate::Config>::WeightInfo as crate::WeightInfo>::abandon(2);
			assert_eq!(done.actual_weight, Some(weight));
			assert_eq!(DeadLetters::<Test>::iter().count(), 0);
			assert!(!DeadLetterNonces::<Test>::contains_key(key));
			assert_noop!(abandon(LaneId::STORAGE, 1), Error::<Test>::NotFound);
			// Now the lane can start anew.
			change_neighbour(CONTRACT, |known| known.incarnation = 1);
			assert_ok!(Pallet::<Test>::open_lanes(CONTRACT));
			assert_eq!(Lanes::<Test>::get(key), Some(LaneState::new(MAIN, 1)));
		});
	});
}
