// SPDX-License-Identifier: Apache-2.0
//! The sending end: the outbox, its limit, and what leaves it.
use super::*;
use crate::MAX_PRUNE;

const KEY: (ChainId, LaneId) = (CONTRACT, LaneId::STORAGE);

fn room(chain: &mut Chain) -> u32 {
	let to = chain.peer();
	chain.run(|| CrossLayer::room(&to, LaneId::STORAGE))
}

fn fill(chain: &mut Chain) -> u32 {
	let room = room(chain);
	for mark in 0..room {
		assert_ok!(chain.send(untrack(mark)));
	}
	room
}

#[test]
fn send_numbers_messages_and_chains_their_hashes() {
	World::build_and_execute(|world| {
		assert_eq!(world.main.send(untrack(1)), Ok(1));
		let first = world.main.lane(LaneId::STORAGE);
		assert_eq!(world.main.send(untrack(2)), Ok(2));
		let second = world.main.lane(LaneId::STORAGE);
		let way = terrace_layers::Direction {
			source: MAIN,
			target: CONTRACT,
			lane: LaneId::STORAGE,
			incarnation: 0,
		};
		let payload = VersionedMessage::to_payload(untrack(2));
		let head = way.next_head(2, first.out_head, terrace_layers::payload_hash(&payload));
		assert_eq!((second.out_nonce, second.out_head), (2, head));
		let (chain, lane) = KEY;
		let event = Event::MessageSent { chain, lane, nonce: 2, trace: trace_down(lane, 2) };
		assert_eq!(world.main.events().last(), Some(&event));
	});
}

/// Case 56.
#[test]
fn send_fails_when_lane_is_full() {
	World::build_and_execute(|world| {
		assert_eq!(fill(&mut world.main), limits::MAX_PENDING);
		assert_eq!(room(&mut world.main), 0);
		world.main.run(|| {
			assert_noop!(CrossLayer::send(CONTRACT, untrack(1)), Error::<Test>::LaneFull);
			// The other lanes have their own room.
			assert_eq!(CrossLayer::room(&CONTRACT, LaneId::MONEY), limits::MAX_PENDING);
			let down = RuntimeOrigin::signed(ALICE);
			assert_ok!(CrossLayer::transfer_down(down, CONTRACT, BOB, UNIT));
		});
	});
}

#[test]
fn a_lane_that_falls_silent_keeps_nothing_that_is_acknowledged() {
	World::build_and_execute(|world| {
		fill(&mut world.main);
		for _ in 0..limits::MAX_PENDING / limits::MAX_MESSAGES_PER_CALL {
			let relay = world.down(LaneId::STORAGE);
			let count = limits::MAX_MESSAGES_PER_CALL as usize;
			assert_ok!(world.contract.run(|| relay.cut(count).submit()));
		}
		assert_eq!(world.contract.received().len(), limits::MAX_PENDING as usize);
		// All are acknowledged and removed at once: no call may follow.
		assert_ok!(world.carry_up(LaneId::STORAGE));
		let acked = world.main.run(|| Acked::<Test>::get(KEY));
		assert_eq!(acked, Acknowledged { nonce: MAX_PRUNE, pruned: MAX_PRUNE });
		assert_eq!(room(&mut world.main), limits::MAX_PENDING);
		assert_eq!(world.main.run(|| Outbox::<Test>::iter().count()), 0);
		fill(&mut world.main);
		assert_ok!(world.carry_down_in_parts());
		let received = world.contract.received().len();
		assert_eq!(received, 2 * limits::MAX_PENDING as usize);
	});
}

impl World {
	/// Brings everything down, as many messages at a time as a call may carry.
	fn carry_down_in_parts(&mut self) -> DispatchResultWithPostInfo {
		loop {
			let relay = self.down(LaneId::STORAGE);
			let count = limits::MAX_MESSAGES_PER_CALL as usize;
			let is_last = relay.messages.len() <= count;
			let part = if is_last { relay } else { relay.cut(count) };
			let done = self.contract.run(|| part.submit());
			if is_last || done.is_err() {
				return done;
			}
		}
	}
}

#[test]
fn send_fails_where_message_does_not_go() {
	World::build_and_execute(|world| {
		world.main.run(|| {
			let wrong_way = Error::<Test>::WrongDirection;
			assert_noop!(CrossLayer::send(CONTRACT, heartbeat(1, 0)), wrong_way);
			let unknown = Error::<Test>::UnknownChain;
			assert_noop!(CrossLayer::send(STRANGER, untrack(1)), unknown);
			add_neighbour(OTHER, Relation::Child);
			let no_lane = Error::<Test>::UnknownLane;
			assert_noop!(CrossLayer::send(OTHER, untrack(1)), no_lane);
			assert_eq!(CrossLayer::room(&OTHER, LaneId::STORAGE), 0);
			change_neighbour(CONTRACT, |known| known.sends = false);
			assert_noop!(CrossLayer::send(CONTRACT, untrack(1)), Error::<Test>::NotSending);
			assert_eq!(CrossLayer::room(&CONTRACT, LaneId::STORAGE), 0);
		});
		world.contract.run(|| {
			assert_noop!(CrossLayer::send(MAIN, untrack(1)), Error::<Test>::WrongDirection);
		});
	});
}
