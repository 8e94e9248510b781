// SPDX-License-Identifier: Apache-2.0
//! Free relaying has a budget.
use super::*;
use frame_support::{
	pallet_prelude::{InvalidTransaction, TransactionSource},
	traits::Authorize,
};

fn submit(world: &mut World, relay: &Relay) -> Pays {
	world.main.run(|| relay.submit()).expect("it is proven").pays_fee
}

/// Case 68.
#[test]
fn a_call_beyond_the_budget_works_and_pays() {
	World::build_and_execute(|world| {
		send_up(world, 1);
		let relay = Relay { max_weight: MESSAGE_WEIGHT, ..world.up(LaneId::STORAGE) };
		world.main.run(|| Budget::set(&relay.weight().saturating_sub(Weight::from_parts(1, 0))));
		assert_eq!(submit(world, &relay), Pays::Yes);
		assert_eq!(world.main.received(), heartbeats([1]));
	});
}

#[test]
fn a_free_call_spends_what_it_needs_and_not_what_it_was_allowed() {
	World::build_and_execute(|world| {
		for allowed in [MESSAGE_WEIGHT, MESSAGE_WEIGHT.saturating_mul(1_000)] {
			send_up(world, 1);
			let relay = Relay { max_weight: allowed, ..world.up(LaneId::STORAGE) };
			world.main.run(|| Budget::set(&relay.weight()));
			assert_eq!(submit(world, &relay), Pays::No);
			let left = world.main.run(Budget::get);
			assert_eq!(left, allowed.saturating_sub(MESSAGE_WEIGHT));
		}
	});
}

#[test]
fn a_call_that_is_not_free_spends_nothing() {
	World::build_and_execute(|world| {
		send_up(world, 9);
		let relay = world.up(LaneId::STORAGE).cut(1);
		let before = world.main.run(Budget::get);
		assert_eq!(submit(world, &relay), Pays::Yes);
		assert_eq!(world.main.run(Budget::get), before);
	});
}

/// Case 70.
#[test]
fn a_call_that_fails_spends_nothing() {
	World::build_and_execute(|world| {
		send_up(world, 2);
		let mut relay = world.up(LaneId::STORAGE);
		relay.messages.swap(0, 1);
		world.main.run(|| {
			assert_noop!(relay.submit(), Error::<Test>::WrongHead);
			assert_eq!(Budget::get(), Weight::MAX);
		});
	});
}

#[test]
fn without_an_account_a_call_waits_for_the_next_block_but_stays_in_the_pool() {
	World::build_and_execute(|world| {
		send_up(world, 1);
		let relay = world.up(LaneId::STORAGE);
		world.main.run(|| {
			Budget::set(&Weight::zero());
			assert_ok!(relay.authorize());
			let in_block = relay.call().authorize(TransactionSource::InBlock);
			let refused = in_block.expect("relay needs no account").expect_err("no budget is left");
			assert_eq!(refused, InvalidTransaction::ExhaustsResources.into());
			assert!(refused.exhausted_resources(), "a block's author keeps it for the next one");
		});
	});
}
