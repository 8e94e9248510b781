// SPDX-License-Identifier: Apache-2.0
//! What keeps an edge from being closed.
use super::*;
use terrace_layers::{Blockers, OnNeighbour};

fn of(chain: &mut Chain) -> Blockers {
	let peer = chain.peer();
	chain.run(|| CrossLayer::blockers(&peer))
}

#[test]
fn locked_tokens_block_the_parents_end_only() {
	World::build_and_execute(|world| {
		assert_eq!(of(&mut world.main), Blockers::TOKENS);
		assert_eq!(of(&mut world.contract), Blockers::NONE);
	});
}

#[test]
fn a_message_blocks_until_its_acknowledgement_has_arrived() {
	World::build_and_execute(|world| {
		send_up(world, 1);
		assert_eq!(of(&mut world.contract), Blockers::MESSAGES);
		assert_ok!(world.carry_up(LaneId::STORAGE));
		assert_eq!(of(&mut world.contract), Blockers::MESSAGES);
		assert_ok!(world.carry_down(LaneId::STORAGE));
		assert_eq!(of(&mut world.contract), Blockers::NONE);
	});
}

#[test]
fn a_dead_letter_blocks_until_it_is_dispatched() {
	World::build_and_execute(|world| {
		assert_ok!(world.contract.send(heartbeat(1, FAIL_UNTIL_FIXED)));
		assert_ok!(world.carry_up(LaneId::STORAGE));
		assert_eq!(of(&mut world.main), Blockers::TOKENS.union(Blockers::DEAD_LETTERS));
		world.main.run(|| {
			HandlerFixed::set(&true);
			let signed = RuntimeOrigin::signed(BOB);
			assert_ok!(CrossLayer::redispatch(signed, CONTRACT, LaneId::STORAGE, 1));
		});
		assert_eq!(of(&mut world.main), Blockers::TOKENS);
	});
}
