// SPDX-License-Identifier: Apache-2.0
use super::*;
use terrace_layers::views::LaneView;

#[test]
fn lane_view_shows_both_ends() {
	World::build_and_execute(|world| {
		assert_ok!(world.main.send(untrack(1)));
		assert_ok!(world.carry_down(LaneId::STORAGE));
		assert_ok!(world.contract.send(heartbeat(1, FAIL)));
		let relay = world.up(LaneId::STORAGE);
		assert_ok!(world.main.run(|| relay.submit()));
		let state = world.main.lane(LaneId::STORAGE);
		let view = world.main.run(|| CrossLayer::lane_view(CONTRACT, LaneId::STORAGE));
		let expected = LaneView { state, acked: 1, dead_letters: 1, peer_best: relay.at };
		assert_eq!(view, Some(expected));
		world.main.run(|| {
			assert_eq!(CrossLayer::lane_view(STRANGER, LaneId::STORAGE), None);
			assert_eq!(CrossLayer::lane_view(CONTRACT, LaneId(3)), None);
		});
	});
}

#[test]
fn messages_are_consecutive_and_limited() {
	World::build_and_execute(|world| {
		send_up(world, 5);
		let payload = |mark| VersionedMessage::to_payload(heartbeat(mark, 0));
		world.contract.run(|| {
			let some = |from, limit| CrossLayer::messages(MAIN, LaneId::STORAGE, from, limit);
			assert_eq!(some(1, 99), (1..=5).map(payload).collect::<Vec<_>>());
			assert_eq!(some(2, 2), [payload(2), payload(3)]);
			assert_eq!(some(5, u32::MAX), [payload(5)]);
			for (from, limit) in [(0, 9), (1, 0), (6, 9), (u64::MAX, u32::MAX)] {
				assert_eq!(some(from, limit), [] as [Vec<u8>; 0], "{limit} from {from}");
			}
		});
	});
}

#[test]
fn messages_that_were_received_are_gone() {
	World::build_and_execute(|world| {
		assert_ok!(world.main.send(untrack(1)));
		assert_ok!(world.main.send(untrack(2)));
		let relay = world.down(LaneId::STORAGE).cut(1);
		assert_ok!(world.contract.run(|| relay.submit()));
		assert_ok!(world.carry_up(LaneId::STORAGE));
		world.main.run(|| {
			let some = |from| CrossLayer::messages(CONTRACT, LaneId::STORAGE, from, 9);
			assert_eq!(some(1), [] as [Vec<u8>; 0]);
			assert_eq!(some(2), [VersionedMessage::to_payload(untrack(2))]);
		});
	});
}

#[test]
fn dispatch_weight_is_the_least_that_a_relay_call_needs() {
	World::build_and_execute(|world| {
		send_up(world, 3);
		let relay = world.up(LaneId::STORAGE);
		let each = |payload: &Vec<u8>| CrossLayer::dispatch_weight(payload);
		let sum = |one: Weight, other: Weight| one.saturating_add(other);
		let least = world.main.run(|| relay.messages.iter().map(each).fold(Weight::zero(), sum));
		assert_eq!(least, MESSAGE_WEIGHT.saturating_mul(3));
		let garbage = world.main.run(|| CrossLayer::dispatch_weight(&[0xFF]));
		assert_eq!(garbage, Weight::zero(), "it costs what any message that fails does");
		assert_ok!(world.main.run(|| Relay { max_weight: least, ..relay }.submit()));
	});
}
