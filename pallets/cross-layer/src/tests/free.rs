// SPDX-License-Identifier: Apache-2.0
//! What is not free, and what waits instead of being lost.
use super::*;
use sp_runtime::traits::Dispatchable;
use terrace_layers::Neighbours;

/// Case 67.
#[test]
fn a_header_alone_is_no_progress() {
	World::build_and_execute(|world| {
		let relay = world.up(LaneId::STORAGE);
		assert!(relay.finality.is_some() && relay.messages.is_empty());
		world.main.run(|| {
			let failed = relay.submit().expect_err("nothing is new on the lane");
			assert_eq!(failed.post_info.pays_fee, Pays::Yes);
		});
		refuse(&mut world.main, &relay, Error::Obsolete);
		assert_eq!(world.main.run(|| Registry::best_number(&CONTRACT)), Some(0));
	});
}

/// Case 69.
#[test]
fn a_chain_spends_its_own_budget_only() {
	World::build_and_execute(|world| {
		for (spent, pays) in [(OTHER, Pays::No), (CONTRACT, Pays::Yes)] {
			send_up(world, 1);
			let relay = world.up(LaneId::STORAGE);
			world.main.run(|| {
				Spent::set(&Some(spent));
				assert_eq!(relay.submit().expect("it is proven").pays_fee, pays);
			});
		}
	});
}

/// Case 71.
#[test]
fn a_call_within_a_batch_is_never_free() {
	World::build_and_execute(|world| {
		send_up(world, 2);
		let relay = world.up(LaneId::STORAGE);
		let calls = vec![relay.call()];
		let batch = RuntimeCall::from(pallet_utility::Call::batch_all { calls });
		let done = world.main.run(|| batch.dispatch(RuntimeOrigin::signed(RELAYER)));
		assert_eq!(done.expect("it is proven").pays_fee, Pays::Yes);
		assert_eq!(world.main.received(), heartbeats(1..=2));
	});
}

#[test]
fn an_answer_that_finds_its_lane_full_waits_as_dead_letter() {
	World::build_and_execute(|world| {
		for mark in 0..limits::MAX_PENDING {
			assert_ok!(world.main.send(untrack(mark)));
		}
		assert_ok!(world.contract.send(heartbeat(7, ECHO)));
		assert_ok!(world.carry_up(LaneId::STORAGE));
		let own = world.main.lane(LaneId::STORAGE);
		assert_eq!((own.in_nonce, own.out_nonce), (1, limits::MAX_PENDING.into()));
		let again = || {
			let signed = RuntimeOrigin::signed(BOB);
			CrossLayer::redispatch(signed, CONTRACT, LaneId::STORAGE, 1)
		};
		world.main.run(|| {
			let full = DispatchError::from(Error::<Test>::LaneFull);
			assert_noop!(again().map_err(|failed| failed.error), full);
		});
		let relay = world.down(LaneId::STORAGE).cut(64);
		assert_ok!(world.contract.run(|| relay.submit()));
		assert_ok!(world.carry_up(LaneId::STORAGE));
		assert_ok!(world.main.run(again));
		assert_eq!(world.main.lane(LaneId::STORAGE).out_nonce, own.out_nonce + 1);
	});
}

#[test]
fn a_message_of_a_later_release_waits_until_it_can_be_read() {
	World::build_and_execute(|world| {
		let unknown = vec![1, 200];
		dead_letters::forge(&mut world.contract, LaneId::STORAGE, unknown.clone());
		let relay = world.up(LaneId::STORAGE);
		dead_letters::forget(&mut world.contract, LaneId::STORAGE);
		assert_ok!(world.main.run(|| relay.submit()));
		let key = (CONTRACT, LaneId::STORAGE);
		let again = || CrossLayer::redispatch(RuntimeOrigin::signed(BOB), key.0, key.1, 1);
		world.main.run(|| {
			let unread = DispatchError::from(Error::<Test>::Undecodable);
			assert_noop!(again().map_err(|failed| failed.error), unread);
			let letter = DeadLetters::<Test>::get(key, 1).map(|letter| letter.into_inner());
			assert_eq!(letter, Some(unknown), "it is kept to the last byte");
			// A letter that this release can read is one that an earlier release could not.
			let readable = VersionedMessage::to_payload(heartbeat(5, 0));
			DeadLetters::<Test>::insert(key, 1, crate::Payload::truncate_from(readable));
			assert_ok!(again());
		});
		assert_eq!(world.main.received(), heartbeats([5]));
	});
}
