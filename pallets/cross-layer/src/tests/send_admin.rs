// SPDX-License-Identifier: Apache-2.0
//! Calls that a parent's governance sends to its children.
use super::*;
use terrace_layers::MAX_ADMIN_CALL;

#[test]
fn call_reaches_the_child() {
	World::build_and_execute(|world| {
		let call = vec![1, 2, 3];
		world.main.run(|| {
			assert_ok!(CrossLayer::send_admin(RuntimeOrigin::root(), CONTRACT, 7, call.clone()));
		});
		let hash = terrace_layers::payload_hash(&call);
		let sent = Event::AdminCallSent { child: CONTRACT, call: hash, nonce: 1 };
		assert_eq!(world.main.events().last(), Some(&sent));
		assert_ok!(world.carry_down(LaneId::ADMIN));
		let expected = Message::Admin { spec_version: 7, call: call.try_into().expect("short") };
		assert_eq!(world.contract.received(), [expected]);
	});
}

#[test]
fn only_governance_sends_calls() {
	World::build_and_execute(|world| {
		world.main.run(|| {
			let send = CrossLayer::send_admin(RuntimeOrigin::signed(ALICE), CONTRACT, 7, vec![1]);
			assert_noop!(send, sp_runtime::DispatchError::BadOrigin);
		});
	});
}

#[test]
fn calls_go_to_children_only() {
	World::build_and_execute(|world| {
		world.main.run(|| {
			let send = CrossLayer::send_admin(RuntimeOrigin::root(), STRANGER, 7, vec![1]);
			assert_noop!(send, Error::<Test>::UnknownChain);
			change_neighbour(CONTRACT, |known| known.sends = false);
			let send = CrossLayer::send_admin(RuntimeOrigin::root(), CONTRACT, 7, vec![1]);
			assert_noop!(send, Error::<Test>::NotSending);
		});
		world.contract.run(|| {
			let send = CrossLayer::send_admin(RuntimeOrigin::root(), MAIN, 7, vec![1]);
			assert_noop!(send, Error::<Test>::WrongDirection);
		});
	});
}

#[test]
fn call_longer_than_a_message_takes_is_not_sent() {
	World::build_and_execute(|world| {
		world.main.run(|| {
			let longest = vec![7; MAX_ADMIN_CALL as usize];
			let longer = [longest.clone(), vec![7]].concat();
			let send = CrossLayer::send_admin(RuntimeOrigin::root(), CONTRACT, 7, longer);
			assert_noop!(send, Error::<Test>::MessageTooLong);
			assert_ok!(CrossLayer::send_admin(RuntimeOrigin::root(), CONTRACT, 7, longest));
		});
	});
}

#[test]
fn call_from_below_becomes_a_dead_letter() {
	World::build_and_execute(|world| {
		let message = Message::Admin { spec_version: 7, call: vec![1].try_into().expect("short") };
		let payload = VersionedMessage::to_payload(message);
		super::dead_letters::forge(&mut world.contract, LaneId::ADMIN, payload);
		let relay = world.up(LaneId::ADMIN);
		super::dead_letters::forget(&mut world.contract, LaneId::ADMIN);
		assert_ok!(world.main.run(|| relay.submit()));
		assert_eq!(world.main.received(), []);
		world.main.run(|| {
			assert_eq!(DeadLetterNonces::<Test>::get((CONTRACT, LaneId::ADMIN)).to_vec(), [1]);
		});
	});
}
