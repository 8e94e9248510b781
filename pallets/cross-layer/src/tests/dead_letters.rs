// SPDX-License-Identifier: Apache-2.0
//! Messages that cannot be applied.
use super::*;

/// Appends a payload that `send` would refuse, as a neighbour with another runtime may do.
pub(crate) fn forge(chain: &mut Chain, lane: LaneId, payload: Vec<u8>) {
	let peer = chain.peer();
	let own = chain.lane(lane);
	let nonce = own.out_nonce + 1;
	let payload = crate::Payload::try_from(payload).expect("short");
	chain.run(|| Pallet::<Test>::append((peer, lane), own, nonce, payload));
}

/// Takes a forged message out of the sender's outbox, whose invariants it breaks.
pub(crate) fn forget(chain: &mut Chain, lane: LaneId) {
	let peer = chain.peer();
	let sent = chain.lane(lane).out_nonce;
	chain.run(|| {
		for nonce in 1..=sent {
			Outbox::<Test>::remove((peer, lane), nonce);
		}
		Acked::<Test>::insert((peer, lane), Acknowledged { nonce: sent, pruned: sent });
	});
}

/// Asserts that a payload from below, brought on `lane`, becomes a dead letter for `error`.
fn buried(lane: LaneId, payload: Vec<u8>, error: Error<Test>) {
	World::build_and_execute(|world| {
		forge(&mut world.contract, lane, payload.clone());
		let relay = world.up(lane);
		forget(&mut world.contract, lane);
		assert_ok!(world.main.run(|| relay.submit()));
		let (chain, nonce, error) = (CONTRACT, 1, error.into());
		let trace = trace_up(lane, nonce);
		let failed = Event::MessageFailed { chain, lane, nonce, trace, error };
		assert!(world.main.events().contains(&failed), "{:?}", world.main.events());
		world.main.run(|| {
			let letter = DeadLetters::<Test>::get((chain, lane), nonce);
			assert_eq!(letter.map(|letter| letter.into_inner()), Some(payload));
			assert_eq!(DeadLetterNonces::<Test>::get((chain, lane)).to_vec(), [1]);
		});
		assert_eq!(world.main.received(), []);
	});
}

#[test]
fn undecodable_message_becomes_dead_letter() {
	let good = VersionedMessage::to_payload(heartbeat(1, 0));
	let (unknown_version, unknown_kind) = (vec![9, 9, 9], vec![1, 200]);
	let (cut, longer) = (good[..good.len() - 1].to_vec(), [good, vec![0]].concat());
	for payload in [vec![], unknown_version, unknown_kind, cut, longer] {
		buried(LaneId::STORAGE, payload, Error::Undecodable);
	}
}

#[test]
fn message_on_wrong_lane_becomes_dead_letter() {
	let payload = VersionedMessage::to_payload(heartbeat(1, 0));
	buried(LaneId::MONEY, payload.clone(), Error::WrongLane);
	buried(LaneId::ADMIN, payload, Error::WrongLane);
	let release = Message::Release { who: ALICE, amount: UNIT };
	buried(LaneId::STORAGE, VersionedMessage::to_payload(release), Error::WrongLane);
}

#[test]
fn message_that_only_parents_send_becomes_dead_letter() {
	let beacon = terrace_layers::Beacon { epoch: 7, randomness: [7; 32] };
	let credit = Message::Credit { who: ALICE, amount: UNIT };
	for (lane, message) in [
		(LaneId::MONEY, credit),
		(LaneId::STORAGE, untrack(1)),
		(LaneId::ADMIN, Message::Beacon(beacon)),
	] {
		buried(lane, VersionedMessage::to_payload(message), Error::WrongDirection);
	}
}

#[test]
fn message_that_only_children_send_becomes_dead_letter() {
	World::build_and_execute(|world| {
		forge(
			&mut world.main,
			LaneId::MONEY,
			VersionedMessage::to_payload(Message::Release { who: ALICE, amount: UNIT }),
		);
		let relay = world.down(LaneId::MONEY);
		forget(&mut world.main, LaneId::MONEY);
		assert_ok!(world.contract.run(|| relay.submit()));
		let (chain, lane) = (MAIN, LaneId::MONEY);
		let error = Error::<Test>::WrongDirection.into();
		let trace = trace_down(lane, 1);
		let failed = Event::MessageFailed { chain, lane, nonce: 1, trace, error };
		assert!(world.contract.events().contains(&failed));
	});
}

#[test]
fn relay_fails_when_no_more_dead_letters_fit() {
	World::build_and_execute(|world| {
		for mark in 1..=MAX_LETTERS {
			assert_ok!(world.contract.send(heartbeat(mark, FAIL_UNTIL_FIXED)));
		}
		assert_ok!(world.carry_up(LaneId::STORAGE));
		let works = MAX_LETTERS + 1;
		assert_ok!(world.contract.send(heartbeat(works, 0)));
		assert_ok!(world.contract.send(heartbeat(works + 1, FAIL_UNTIL_FIXED)));
		let relay = world.up(LaneId::STORAGE);
		refuse(&mut world.main, &relay, Error::DeadLettersFull);
		assert_eq!(world.main.lane(LaneId::STORAGE).in_nonce, u64::from(MAX_LETTERS));
		// What works can still be brought, and other lanes do not care.
		assert_ok!(world.main.run(|| relay.clone().cut(1).submit()));
		assert_eq!(world.main.received(), heartbeats([works]));
		// Once a letter is dispatched there is room for the one that fails.
		world.main.run(|| {
			HandlerFixed::set(&true);
			let signed = RuntimeOrigin::signed(BOB);
			assert_ok!(CrossLayer::redispatch(signed, CONTRACT, LaneId::STORAGE, 1));
			HandlerFixed::set(&false);
			assert_ok!(Relay { finality: None, ..relay.skip(1) }.submit());
			let nonces = DeadLetterNonces::<Test>::get((CONTRACT, LaneId::STORAGE));
			let kept: Vec<u64> = (2..=MAX_LETTERS).chain([works + 1]).map(u64::from).collect();
			assert_eq!(nonces.to_vec(), kept);
		});
	});
}

#[test]
fn lanes_do_not_share_their_dead_letters() {
	World::build_and_execute(|world| {
		for mark in 1..=MAX_LETTERS {
			assert_ok!(world.contract.send(heartbeat(mark, FAIL)));
		}
		assert_ok!(world.carry_up(LaneId::STORAGE));
		let signed = RuntimeOrigin::signed(RELAYER);
		let sent = world.contract.run(|| CrossLayer::transfer_up(signed, BOB, UNIT));
		assert_ok!(sent);
		assert_ok!(world.carry_up(LaneId::MONEY));
		assert_eq!(world.main.run(|| Balances::free_balance(BOB)), FUNDS + UNIT);
	});
}
