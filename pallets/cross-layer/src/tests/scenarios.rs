// SPDX-License-Identifier: Apache-2.0
//! Paths across both chains.
use super::*;
use terrace_layers::OnNeighbour;

#[test]
fn messages_wait_for_a_parent_that_does_not_know_the_child_yet() {
	World::build_and_execute(|world| {
		// A chain sends from its first block on; its parent may learn of it much later.
		let mut late = World::new();
		late.main.run(|| {
			let all = Neighbourhood::get();
			Neighbourhood::set(&Vec::new());
			for lane in LaneId::ALL {
				Lanes::<Test>::remove((CONTRACT, lane));
			}
			Neighbourhood::set(&all);
		});
		send_up(&mut late, 2);
		let sealed = late.contract.seal();
		late.main.run(|| {
			assert_ok!(CrossLayer::on_registered(CONTRACT, Relation::Child, &origin()));
		});
		let relay = relay_at(&mut late.contract, &mut late.main, LaneId::STORAGE, &sealed);
		assert_ok!(late.main.run(|| relay.submit()));
		assert_eq!(late.main.received(), heartbeats(1..=2));
		late.check();
		// The lane of a child that the parent has not registered is proven absent to it.
		world.main.run(|| {
			for lane in LaneId::ALL {
				Lanes::<Test>::remove((CONTRACT, lane));
			}
		});
		let sealed = world.main.seal();
		let relay = relay_at(&mut world.main, &mut world.contract, LaneId::STORAGE, &sealed);
		refuse(&mut world.contract, &relay, Error::LaneAbsent);
		world.main.run(|| {
			assert_ok!(CrossLayer::on_registered(CONTRACT, Relation::Child, &origin()));
		});
	});
}

#[test]
fn tokens_go_round_and_come_back() {
	World::build_and_execute(|world| {
		for round in 1..=3 {
			world.main.run(|| {
				let signed = RuntimeOrigin::signed(ALICE);
				assert_ok!(CrossLayer::transfer_down(signed, CONTRACT, BOB, 7 * UNIT));
			});
			world.check();
			assert_ok!(world.carry_down(LaneId::MONEY));
			world.check();
			world.contract.run(|| {
				let signed = RuntimeOrigin::signed(BOB);
				assert_ok!(CrossLayer::transfer_up(signed, ALICE, 6 * UNIT));
				assert_eq!(Balances::free_balance(BOB), round * UNIT);
			});
			world.check();
			assert_ok!(world.carry_up(LaneId::MONEY));
			world.check();
		}
		world.main.run(|| {
			assert_eq!(Locked::<Test>::get(CONTRACT), BOOTSTRAP + 3 * UNIT);
			assert_eq!(Balances::free_balance(ALICE), FUNDS - BOOTSTRAP - ED - 3 * UNIT);
		});
	});
}

#[test]
fn one_call_brings_messages_and_acknowledges_those_of_the_other_way() {
	World::build_and_execute(|world| {
		assert_ok!(world.main.send(untrack(1)));
		send_up(world, 1);
		assert_ok!(world.carry_down(LaneId::STORAGE));
		assert_ok!(world.carry_up(LaneId::STORAGE));
		assert_eq!(world.main.received(), heartbeats([1]));
		assert_eq!(world.contract.received(), [untrack(1)]);
		world.main.run(|| assert_eq!(Outbox::<Test>::iter().count(), 0));
		// The message that came up is acknowledged by the next call down, whatever it brings.
		assert_ok!(world.main.send(untrack(2)));
		assert_ok!(world.carry_down(LaneId::STORAGE));
		world.contract.run(|| assert_eq!(Outbox::<Test>::iter().count(), 0));
	});
}
