// SPDX-License-Identifier: Apache-2.0
//! The life of lanes, and where they are stored.
use super::*;
use frame_support::traits::Hooks;
use terrace_layers::OnNeighbour;

fn register(chain: ChainId) -> sp_runtime::DispatchResult {
	CrossLayer::on_registered(chain, Relation::Child, &origin())
}

#[test]
fn lane_is_stored_under_the_key_that_neighbours_prove() {
	World::build_and_execute(|world| {
		for lane in LaneId::ALL {
			let key = Lanes::<Test>::hashed_key_for((CONTRACT, lane));
			assert_eq!(key, keys::lane(CONTRACT, lane));
			let value = world.main.run(|| sp_io::storage::get(&key)).expect("the lane is open");
			assert_eq!(value.to_vec(), LaneState::new(MAIN, 0).encode());
		}
	});
}

#[test]
fn lane_record_is_a_trie_node_of_its_own() {
	// Shorter values sit in the leaf, and a proof would look different.
	assert!(LaneState::new(MAIN, 0).encode().len() >= 33);
}

#[test]
fn on_registered_opens_every_lane() {
	World::build_and_execute(|world| {
		world.main.run(|| {
			add_neighbour(OTHER, Relation::Child);
			change_neighbour(OTHER, |known| known.incarnation = 3);
			assert_ok!(register(OTHER));
			for lane in LaneId::ALL {
				let own = Lanes::<Test>::get((OTHER, lane));
				assert_eq!(own, Some(LaneState::new(MAIN, 3)));
			}
			let event = Event::LanesOpened { chain: OTHER, incarnation: 3 };
			System::assert_last_event(event.into());
		});
	});
}

#[test]
fn first_block_opens_the_lanes_to_the_parent() {
	World::build_and_execute(|world| {
		for lane in LaneId::ALL {
			assert_eq!(world.contract.lane(lane), LaneState::new(CONTRACT, 0));
		}
		// Being told again, or a later block, changes nothing.
		assert_ok!(world.contract.send(heartbeat(1, 0)));
		let own = world.contract.lane(LaneId::STORAGE);
		world.contract.run(|| {
			assert_ok!(CrossLayer::on_registered(MAIN, Relation::Parent, &origin()));
			CrossLayer::on_initialize(1);
		});
		assert_eq!(world.contract.lane(LaneId::STORAGE), own);
	});
}

#[test]
fn next_incarnation_opens_drained_lanes_only() {
	World::build_and_execute(|world| {
		assert_ok!(world.main.send(untrack(1)));
		world.main.run(|| {
			change_neighbour(CONTRACT, |known| known.incarnation = 1);
			assert_noop!(
				frame_support::storage::with_storage_layer(|| register(CONTRACT)),
				Error::<Test>::LaneNotDrained
			);
			change_neighbour(CONTRACT, |known| known.incarnation = 0);
		});
		assert_ok!(world.carry_down(LaneId::STORAGE));
		assert_ok!(world.carry_up(LaneId::STORAGE));
		world.main.run(|| {
			change_neighbour(CONTRACT, |known| known.incarnation = 1);
			assert_ok!(register(CONTRACT));
			let own = Lanes::<Test>::get((CONTRACT, LaneId::STORAGE));
			assert_eq!(own, Some(LaneState::new(MAIN, 1)));
			assert_eq!(Acked::<Test>::iter().count(), 0);
		});
	});
}

#[test]
fn limits_are_checked() {
	World::build_and_execute(|world| {
		world.main.run(<CrossLayer as Hooks<u32>>::integrity_test);
	});
}
