// SPDX-License-Identifier: Apache-2.0
//! What a relay call costs once it is done.
use super::*;
use crate::WeightInfo;

/// Case 73.
#[test]
fn relay_is_free_when_it_brings_all_or_a_batch() {
	for (sent, brought, pays) in
		[(1, 1, Pays::No), (9, 8, Pays::No), (9, 9, Pays::No), (9, 7, Pays::Yes), (9, 1, Pays::Yes)]
	{
		World::build_and_execute(|world| {
			send_up(world, sent);
			let relay = world.up(LaneId::STORAGE).cut(brought);
			let done = world.main.run(|| relay.submit()).expect("it is proven");
			assert_eq!(done.pays_fee, pays, "{brought} of {sent}");
		});
	}
}

#[test]
fn relay_of_one_heavy_message_is_free_before_a_tail() {
	// A call with eight messages of this weight would not fit into a block.
	World::build_and_execute(|world| {
		assert_ok!(world.contract.send(heartbeat(1, HEAVY)));
		assert_ok!(world.contract.send(heartbeat(2, HEAVY)));
		let relay = world.up(LaneId::STORAGE).cut(1);
		let relay = Relay { max_weight: Pallet::<Test>::share_of_block(16), ..relay };
		let done = world.main.run(|| relay.submit()).expect("it is proven");
		assert_eq!(done.pays_fee, Pays::No);
	});
}

#[test]
fn relay_is_free_when_it_acknowledges() {
	World::build_and_execute(|world| {
		assert_ok!(world.main.send(untrack(1)));
		assert_ok!(world.carry_down(LaneId::STORAGE));
		send_up(world, 3);
		let relay = world.up(LaneId::STORAGE).cut(1);
		let done = world.main.run(|| relay.submit()).expect("it is proven");
		assert_eq!(done.pays_fee, Pays::No);
	});
}

#[test]
fn relay_that_fails_pays() {
	World::build_and_execute(|world| {
		send_up(world, 3);
		let mut relay = world.up(LaneId::STORAGE);
		relay.messages.swap(0, 1);
		let failed = world.main.run(|| relay.submit()).expect_err("reordered");
		assert_eq!(failed.post_info.pays_fee, Pays::Yes);
		assert_eq!(failed.post_info.actual_weight, None);
	});
}

#[test]
fn relay_gives_back_unused_weight() {
	World::build_and_execute(|world| {
		send_up(world, 2);
		let relay = world.up(LaneId::STORAGE);
		world.main.run(|| {
			let charged = relay.weight();
			let done = relay.submit().expect("it is proven");
			let spent = done.actual_weight.expect("measured");
			let prune = <Test as crate::Config>::WeightInfo::prune(crate::MAX_PRUNE as u32);
			let none = <Test as crate::Config>::WeightInfo::prune(0);
			let unused = relay.max_weight.saturating_sub(MESSAGE_WEIGHT.saturating_mul(2));
			assert_eq!(spent, charged - unused - prune + none);
		});
	});
}
