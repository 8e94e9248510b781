// SPDX-License-Identifier: Apache-2.0
//! The name that follows a message from one chain to the other.
use super::*;
use terrace_layers::{Direction, Trace};

const UP: Direction =
	Direction { source: CONTRACT, target: MAIN, lane: LaneId::STORAGE, incarnation: 0 };

#[test]
fn a_message_has_the_same_name_at_both_ends() {
	World::build_and_execute(|world| {
		assert_ok!(world.contract.send(heartbeat(1, 0)));
		assert_ok!(world.contract.send(heartbeat(2, FAIL)));
		let (lane, names) = (LaneId::STORAGE, [UP.trace_id(1), UP.trace_id(2)]);
		for (nonce, trace) in (1..).zip(names) {
			let sent = Event::MessageSent { chain: MAIN, lane, nonce, trace };
			assert!(world.contract.events().contains(&sent), "{:?}", world.contract.events());
		}
		assert_ok!(world.carry_up(lane));
		let (chain, error) = (CONTRACT, DispatchError::Unavailable);
		let events = world.main.events();
		let applied = Event::MessageDispatched { chain, lane, nonce: 1, trace: names[0] };
		let failed = Event::MessageFailed { chain, lane, nonce: 2, trace: names[1], error };
		let both = events.iter().filter(|event| [&applied, &failed].contains(event)).count();
		assert_eq!(both, 2, "{events:?}");
	});
}

#[test]
fn handlers_can_ask_for_the_name_only_while_the_message_is_applied() {
	World::build_and_execute(|world| {
		assert_ok!(world.contract.send(heartbeat(1, FAIL_UNTIL_FIXED)));
		assert_ok!(world.contract.send(heartbeat(2, 0)));
		assert_ok!(world.carry_up(LaneId::STORAGE));
		world.main.run(|| {
			assert_eq!(<CrossLayer as Trace>::current(), None);
			// What a handler did that failed is undone.
			assert_eq!(Traces::get(), [Some(UP.trace_id(2))]);
			HandlerFixed::set(&true);
			let signed = RuntimeOrigin::signed(BOB);
			assert_ok!(CrossLayer::redispatch(signed, CONTRACT, LaneId::STORAGE, 1));
			assert_eq!(Traces::get(), [Some(UP.trace_id(2)), Some(UP.trace_id(1))]);
			assert_eq!(<CrossLayer as Trace>::current(), None);
			let (chain, lane, nonce, trace) = (CONTRACT, LaneId::STORAGE, 1, UP.trace_id(1));
			let event = Event::MessageRedispatched { chain, lane, nonce, trace };
			System::assert_last_event(event.into());
		});
	});
}

#[test]
fn a_message_that_is_none_has_a_name_as_well() {
	World::build_and_execute(|world| {
		dead_letters::forge(&mut world.contract, LaneId::STORAGE, vec![1, 200]);
		let relay = world.up(LaneId::STORAGE);
		dead_letters::forget(&mut world.contract, LaneId::STORAGE);
		assert_ok!(world.main.run(|| relay.submit()));
		let (chain, lane, nonce, trace) = (CONTRACT, LaneId::STORAGE, 1, UP.trace_id(1));
		let error = Error::<Test>::Undecodable.into();
		let failed = Event::MessageFailed { chain, lane, nonce, trace, error };
		assert!(world.main.events().contains(&failed), "{:?}", world.main.events());
		world.main.run(|| assert_eq!(<CrossLayer as Trace>::current(), None));
	});
}
