// SPDX-License-Identifier: Apache-2.0
//! Calls whose proof is right but whose messages are not the next ones of this lane.
use super::*;
use terrace_layers::payload_hash;

/// Applies `spoil` to a call that brings three messages, and asserts that it is refused.
fn refused_when(error: Error<Test>, spoil: impl FnOnce(&mut Relay)) {
	World::build_and_execute(|world| {
		send_up(world, 3);
		let mut relay = world.up(LaneId::STORAGE);
		spoil(&mut relay);
		refuse(&mut world.main, &relay, error);
	});
}

#[test]
fn relay_delivers_in_order() {
	World::build_and_execute(|world| {
		send_up(world, 3);
		assert_ok!(world.carry_up(LaneId::STORAGE));
		assert_eq!(world.main.received(), heartbeats(1..=3));
		let (own, peer) = (world.main.lane(LaneId::STORAGE), world.contract.lane(LaneId::STORAGE));
		assert_eq!((own.in_nonce, own.in_head), (peer.out_nonce, peer.out_head));
		let (chain, lane, nonce) = (CONTRACT, LaneId::STORAGE, 3);
		let event = Event::MessagesReceived { chain, lane, nonce, count: 3, failed: 0 };
		assert_eq!(world.main.events().last(), Some(&event));
	});
}

#[test]
fn relay_delivers_prefix_before_tail() {
	World::build_and_execute(|world| {
		send_up(world, 5);
		let relay = world.up(LaneId::STORAGE);
		assert_ok!(world.main.run(|| relay.clone().cut(2).submit()));
		assert_eq!(world.main.received(), heartbeats(1..=2));
		// The rest goes under the same proof.
		let rest = Relay { finality: None, ..relay.skip(2) };
		assert_ok!(world.main.run(|| rest.submit()));
		assert_eq!(world.main.received(), heartbeats(1..=5));
	});
}

/// Case 43.
#[test]
fn relay_fails_when_replayed() {
	World::build_and_execute(|world| {
		send_up(world, 3);
		let relay = world.up(LaneId::STORAGE);
		assert_ok!(world.main.run(|| relay.submit()));
		let again = Relay { finality: None, ..relay.clone() };
		refuse(&mut world.main, &again, Error::Obsolete);
		let empty = Relay { messages: vec![], ..again.clone() };
		refuse(&mut world.main, &empty, Error::Obsolete);
		// Nor does it work once there is something new.
		send_up(world, 1);
		assert_ok!(world.carry_up(LaneId::STORAGE));
		refuse(&mut world.main, &again, Error::Obsolete);
		assert_eq!(world.main.received(), heartbeats([1, 2, 3, 1]));
	});
}

/// Case 44.
#[test]
fn relay_fails_with_gap() {
	refused_when(Error::WrongCount, |relay| drop(relay.messages.remove(0)));
	refused_when(Error::WrongCount, |relay| drop(relay.messages.remove(1)));
	refused_when(Error::WrongHead, |relay| {
		let skipped = relay.messages.remove(1);
		relay.tail.push(payload_hash(&skipped));
	});
}

/// Case 45.
#[test]
fn relay_fails_when_reordered() {
	refused_when(Error::WrongHead, |relay| relay.messages.swap(0, 1));
	refused_when(Error::WrongHead, |relay| relay.messages.reverse());
}

/// Case 46.
#[test]
fn relay_fails_when_any_bit_is_changed() {
	World::build_and_execute(|world| {
		send_up(world, 2);
		let good = world.up(LaneId::STORAGE);
		for byte in 0..good.messages[1].len() {
			for bit in 0..8 {
				let mut spoilt = good.clone();
				spoilt.messages[1][byte] ^= 1 << bit;
				refuse(&mut world.main, &spoilt, Error::WrongHead);
			}
		}
	});
}

#[test]
fn relay_fails_when_message_is_cut_or_longer() {
	refused_when(Error::WrongHead, |relay| relay.messages[2].truncate(3));
	refused_when(Error::WrongHead, |relay| relay.messages[2].push(0));
}

#[test]
fn relay_fails_when_message_is_invented() {
	refused_when(Error::WrongCount, |relay| relay.messages.push(relay.messages[0].clone()));
	refused_when(Error::WrongHead, |relay| {
		relay.messages[2] = VersionedMessage::to_payload(heartbeat(99, 0));
	});
}

/// Case 47.
#[test]
fn relay_fails_with_wrong_tail() {
	let cut = |relay: &mut Relay| *relay = relay.clone().cut(1);
	refused_when(Error::WrongCount, |relay| {
		cut(relay);
		relay.tail.pop();
	});
	refused_when(Error::WrongCount, |relay| {
		cut(relay);
		relay.tail.push(H256::zero());
	});
	refused_when(Error::WrongHead, |relay| {
		cut(relay);
		relay.tail.swap(0, 1);
	});
	refused_when(Error::WrongHead, |relay| {
		cut(relay);
		relay.tail[1] = H256::zero();
	});
}

#[test]
fn relay_fails_when_there_is_only_a_tail() {
	refused_when(Error::Obsolete, |relay| *relay = relay.clone().cut(0));
}

/// Case 48.
#[test]
fn relay_fails_on_other_lane() {
	refused_when(Error::BadStateProof, |relay| relay.lane = LaneId::MONEY);
	refused_when(Error::UnknownLane, |relay| relay.lane = LaneId(3));
}

/// Case 49.
#[test]
fn relay_fails_for_other_destination() {
	World::build_and_execute(|world| {
		world.contract.run(|| {
			add_neighbour(OTHER, Relation::Child);
			Pallet::<Test>::open_lanes(OTHER).expect("a new neighbour");
			assert_ok!(CrossLayer::send(OTHER, untrack(1)));
		});
		let sealed = world.contract.seal();
		let mut relay = relay_at(&mut world.contract, &mut world.main, LaneId::STORAGE, &sealed);
		relay.proof = sealed.prove(&[keys::lane(OTHER, LaneId::STORAGE)]);
		relay.messages = world.contract.run(|| CrossLayer::messages(OTHER, LaneId::STORAGE, 1, 1));
		assert_eq!(relay.messages.len(), 1);
		refuse(&mut world.main, &relay, Error::BadStateProof);
	});
}

/// Case 50.
#[test]
fn relay_fails_under_other_incarnation() {
	World::build_and_execute(|world| {
		send_up(world, 1);
		let relay = world.up(LaneId::STORAGE);
		let key = (CONTRACT, LaneId::STORAGE);
		let own = world.main.lane(LaneId::STORAGE);
		let next = LaneState { incarnation: own.incarnation + 1, ..own };
		world.main.run(|| Lanes::<Test>::insert(key, next));
		refuse(&mut world.main, &relay, Error::LaneMismatch);
	});
}

#[test]
fn relay_fails_for_chain_that_is_none_or_stopped() {
	refused_when(Error::UnknownChain, |relay| relay.chain = STRANGER);
	World::build_and_execute(|world| {
		send_up(world, 1);
		let relay = world.up(LaneId::STORAGE);
		world.main.run(|| change_neighbour(CONTRACT, |known| known.receives = false));
		refuse(&mut world.main, &relay, Error::NotReceiving);
		world.main.run(|| change_neighbour(CONTRACT, |known| known.receives = true));
		assert_ok!(world.main.run(|| relay.submit()));
	});
}

/// Case 51.
#[test]
fn relay_closes_lane_when_peer_acknowledges_what_was_never_sent() {
	World::build_and_execute(|world| {
		send_up(world, 1);
		assert_ok!(world.main.send(untrack(1)));
		let honest = world.contract.lane(LaneId::STORAGE);
		let key = (MAIN, LaneId::STORAGE);
		let liar = LaneState { in_nonce: 2, ..honest.clone() };
		world.contract.run(|| Lanes::<Test>::insert(key, liar));
		let relay = world.up(LaneId::STORAGE);
		world.contract.run(|| Lanes::<Test>::insert(key, honest));
		let (chain, lane) = (CONTRACT, LaneId::STORAGE);
		world.main.run(|| {
			assert!(relay.authorize().is_ok(), "showing a lie needs no account");
			assert_eq!(relay.submit().expect("the lie is proven").pays_fee, Pays::No);
		});
		let event = Event::LaneClosed { chain, lane, claimed: 2, sent: 1 };
		assert_eq!(world.main.events().last(), Some(&event));
		assert_eq!(world.main.received(), [], "nothing of a liar is taken");
		// From now on the lane takes nothing, whatever is proven; the others are not touched.
		let later = world.up(LaneId::STORAGE);
		refuse(&mut world.main, &later, Error::LaneClosed);
		assert_eq!(world.main.send(untrack(2)), Err(Error::<Test>::LaneClosed.into()));
		assert_eq!(world.main.run(|| CrossLayer::room(&CONTRACT, LaneId::STORAGE)), 0);
		assert!(world.main.lane(LaneId::MONEY).open);
	});
}

#[test]
fn relay_takes_acknowledgement_without_messages() {
	World::build_and_execute(|world| {
		for mark in 1..=2 {
			assert_ok!(world.main.send(untrack(mark)));
		}
		assert_ok!(world.carry_down(LaneId::STORAGE));
		assert_eq!(world.contract.received(), [untrack(1), untrack(2)]);
		let ack = world.up(LaneId::STORAGE);
		assert!(ack.messages.is_empty());
		assert_ok!(world.main.run(|| ack.submit()));
		let (chain, lane, nonce) = (CONTRACT, LaneId::STORAGE, 2);
		let event = Event::MessagesAcknowledged { chain, lane, nonce };
		assert_eq!(world.main.events().last(), Some(&event));
		world.main.run(|| {
			assert_eq!(Outbox::<Test>::iter().count(), 0, "what is received is not kept");
			let acked = Acked::<Test>::get((chain, lane));
			assert_eq!(acked, Acknowledged { nonce: 2, pruned: 2 });
		});
		refuse(&mut world.main, &Relay { finality: None, ..ack }, Error::Obsolete);
	});
}

#[test]
fn relay_takes_acknowledgement_before_a_tail() {
	World::build_and_execute(|world| {
		assert_ok!(world.main.send(untrack(1)));
		assert_ok!(world.carry_down(LaneId::STORAGE));
		send_up(world, 2);
		let relay = world.up(LaneId::STORAGE).cut(0);
		assert_ok!(world.main.run(|| relay.submit()));
		assert_eq!(world.main.received(), []);
		assert_eq!(world.main.run(|| Outbox::<Test>::iter().count()), 0);
		assert_ok!(world.carry_up(LaneId::STORAGE));
		assert_eq!(world.main.received(), heartbeats(1..=2));
	});
}

/// Case 52.
#[test]
fn relay_ignores_older_acknowledgement() {
	World::build_and_execute(|world| {
		send_up(world, 1);
		let before = world.up(LaneId::STORAGE);
		assert_ok!(world.main.send(untrack(1)));
		assert_ok!(world.carry_down(LaneId::STORAGE));
		let after = world.up(LaneId::STORAGE).cut(0);
		world.main.run(|| {
			assert_ok!(after.submit());
			use terrace_layers::FinalityClients;
			let finality = before.finality.as_ref().expect("relays bring finality");
			// The client has moved past this block, whose root a ring may still keep.
			assert!(Registry::import(&CONTRACT, finality).is_err());
			let root = finality.header.state_root;
			change_neighbour(CONTRACT, |known| known.roots.push((before.at, root)));
			assert_ok!(Relay { finality: None, ..before }.submit());
			assert_eq!(Acked::<Test>::get((CONTRACT, LaneId::STORAGE)).nonce, 1);
		});
		assert_eq!(world.main.received(), heartbeats([1]));
	});
}

/// Case 53.
#[test]
fn relay_fails_when_weight_is_too_low() {
	World::build_and_execute(|world| {
		send_up(world, 3);
		let enough = MESSAGE_WEIGHT.saturating_mul(3);
		let relay = Relay { max_weight: enough, ..world.up(LaneId::STORAGE) };
		let (time, size) = (enough.ref_time(), enough.proof_size());
		for max_weight in
			[Weight::zero(), Weight::from_parts(time - 1, size), Weight::from_parts(time, size - 1)]
		{
			let short = Relay { max_weight, ..relay.clone() };
			refuse(&mut world.main, &short, Error::WeightTooLow);
		}
		assert_eq!(world.main.lane(LaneId::STORAGE).in_nonce, 0);
		assert_ok!(world.main.run(|| relay.submit()));
	});
}

/// Case 54.
#[test]
fn relay_rolls_back_what_a_failing_handler_did() {
	World::build_and_execute(|world| {
		assert_ok!(world.contract.send(heartbeat(1, 0)));
		assert_ok!(world.contract.send(heartbeat(2, FAIL)));
		assert_ok!(world.contract.send(heartbeat(3, 0)));
		assert_ok!(world.carry_up(LaneId::STORAGE));
		assert_eq!(world.main.received(), heartbeats([1, 3]));
		assert_eq!(world.main.lane(LaneId::STORAGE).in_nonce, 3);
		let (chain, lane) = (CONTRACT, LaneId::STORAGE);
		let error = DispatchError::Unavailable;
		let events = world.main.events();
		let trace = |nonce| trace_up(lane, nonce);
		for nonce in [1, 3] {
			let event = Event::MessageDispatched { chain, lane, nonce, trace: trace(nonce) };
			assert!(events.contains(&event), "message {nonce}");
		}
		let failed = Event::MessageFailed { chain, lane, nonce: 2, trace: trace(2), error };
		assert!(events.contains(&failed));
		let event = Event::MessagesReceived { chain, lane, nonce: 3, count: 3, failed: 1 };
		assert_eq!(events.last(), Some(&event));
	});
}

/// Case 55.
#[test]
fn relay_lets_handler_send_on_the_same_lane() {
	World::build_and_execute(|world| {
		assert_ok!(world.contract.send(heartbeat(7, ECHO)));
		assert_ok!(world.contract.send(heartbeat(8, ECHO)));
		assert_ok!(world.carry_up(LaneId::STORAGE));
		let own = world.main.lane(LaneId::STORAGE);
		assert_eq!((own.in_nonce, own.out_nonce), (2, 2));
		assert_ok!(world.carry_down(LaneId::STORAGE));
		assert_eq!(world.contract.received(), [untrack(7), untrack(8)]);
	});
}

/// Case 57.
#[test]
fn relay_fails_over_limits() {
	refused_when(Error::TooManyMessages, |relay| {
		relay.messages = vec![vec![0]; limits::MAX_MESSAGES_PER_CALL as usize + 1];
	});
	refused_when(Error::MessageTooLong, |relay| {
		relay.messages[1] = vec![0; limits::MAX_MESSAGE as usize + 1];
	});
	refused_when(Error::TooManyBytes, |relay| {
		let nine = limits::MAX_BYTES_PER_CALL / limits::MAX_MESSAGE + 1;
		relay.messages = vec![vec![0; limits::MAX_MESSAGE as usize]; nine as usize];
	});
	refused_when(Error::TailTooLong, |relay| {
		relay.tail = vec![H256::zero(); limits::MAX_PENDING as usize + 1];
	});
}

#[test]
fn relay_fails_for_origins_that_are_neither_signed_nor_authorized() {
	World::build_and_execute(|world| {
		send_up(world, 1);
		let relay = world.up(LaneId::STORAGE);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			world.main.run(|| {
				assert_noop!(relay.submit_as(origin), DispatchError::BadOrigin);
			});
		}
	});
}
