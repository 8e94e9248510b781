// SPDX-License-Identifier: Apache-2.0
//! Randomness on its way down.
use super::*;
use crate::{BeaconDue, BeaconSent, LatestBeacon};
use terrace_layers::{Beacon, BeaconSource};

fn beacon(epoch: u64) -> Beacon {
	Beacon { epoch, randomness: [(epoch as u8) | 1; 32] }
}

/// Lets the main chain make the randomness of `epoch` in its next block.
fn make(world: &mut World, epoch: u64) {
	world.main.run(|| OwnBeacon::set(&Some(beacon(epoch))));
	world.main.next_block();
}

fn known(chain: &mut Chain) -> Option<u64> {
	chain.run(|| CrossLayer::beacon().map(|beacon| beacon.epoch))
}

/// Beacons sent on the admin lane.
fn sent(chain: &mut Chain) -> u64 {
	chain.lane(LaneId::ADMIN).out_nonce
}

#[test]
fn new_randomness_is_sent_to_children_once_per_epoch() {
	World::build_and_execute(|world| {
		assert_eq!(known(&mut world.main), None);
		make(world, 0);
		make(world, 0);
		assert_eq!((known(&mut world.main), sent(&mut world.main)), (Some(0), 1));
		make(world, 1);
		make(world, 1);
		assert_eq!((known(&mut world.main), sent(&mut world.main)), (Some(1), 2));
		assert!(world.main.events().contains(&Event::BeaconAdopted { epoch: 1 }));
		assert_ok!(world.carry_down(LaneId::ADMIN));
		let arrived = world.contract.run(<CrossLayer as BeaconSource>::beacon);
		assert_eq!(arrived, Some(beacon(1)));
	});
}

#[test]
fn older_or_empty_randomness_is_not_taken() {
	World::build_and_execute(|world| {
		make(world, 5);
		make(world, 4);
		assert_eq!((known(&mut world.main), sent(&mut world.main)), (Some(5), 1));
		world.main.run(|| OwnBeacon::set(&Some(Beacon { epoch: 6, randomness: [0; 32] })));
		world.main.next_block();
		assert_eq!((known(&mut world.main), sent(&mut world.main)), (Some(5), 1));
	});
}

#[test]
fn older_randomness_of_the_parent_is_ignored() {
	World::build_and_execute(|world| {
		for message in [beacon(3), beacon(2), beacon(3)].map(Message::Beacon) {
			assert_ok!(world.main.send(message));
		}
		assert_ok!(world.carry_down(LaneId::ADMIN));
		assert_eq!(known(&mut world.contract), Some(3));
		world.contract.run(|| assert_eq!(DeadLetterNonces::<Test>::iter().count(), 0));
	});
}

#[test]
fn received_randomness_is_forwarded_to_children() {
	World::build_and_execute(|world| {
		world.contract.run(|| {
			add_neighbour(OTHER, Relation::Child);
			Pallet::<Test>::open_lanes(OTHER).expect("a new neighbour");
		});
		make(world, 9);
		assert_ok!(world.carry_down(LaneId::ADMIN));
		world.contract.next_block();
		world.contract.run(|| {
			let payloads = CrossLayer::messages(OTHER, LaneId::ADMIN, 1, 9);
			let expected = VersionedMessage::to_payload(Message::Beacon(beacon(9)));
			assert_eq!(payloads, [expected]);
			assert!(!BeaconDue::<Test>::get());
			// Not back to where it came from.
			assert_eq!(Lanes::<Test>::get((MAIN, LaneId::ADMIN)).map(|own| own.out_nonce), Some(0));
		});
	});
}

#[test]
fn child_with_full_lane_gets_the_newest_once_there_is_room() {
	World::build_and_execute(|world| {
		world.main.run(|| {
			add_neighbour(OTHER, Relation::Child);
			Pallet::<Test>::open_lanes(OTHER).expect("a new neighbour");
		});
		for epoch in 0..u64::from(limits::MAX_PENDING) {
			make(world, epoch);
		}
		let last = u64::from(limits::MAX_PENDING);
		world.main.run(|| {
			// OTHER answers, CONTRACT does not.
			let key = (OTHER, LaneId::ADMIN);
			for nonce in 1..=last {
				Outbox::<Test>::remove(key, nonce);
			}
			Acked::<Test>::insert(key, Acknowledged { nonce: last, pruned: last });
		});
		make(world, last);
		make(world, last + 1);
		world.main.run(|| {
			assert!(BeaconDue::<Test>::get());
			assert_eq!(BeaconSent::<Test>::get(CONTRACT), Some(last - 1));
			assert_eq!(BeaconSent::<Test>::get(OTHER), Some(last + 1));
		});
		let relay = world.down(LaneId::ADMIN).cut(64);
		assert_ok!(world.contract.run(|| relay.submit()));
		assert_ok!(world.carry_up(LaneId::ADMIN));
		world.main.next_block();
		world.main.run(|| {
			assert!(!BeaconDue::<Test>::get());
			assert_eq!(BeaconSent::<Test>::get(CONTRACT), Some(last + 1));
			let newest = CrossLayer::messages(CONTRACT, LaneId::ADMIN, last + 1, 9);
			let expected = VersionedMessage::to_payload(Message::Beacon(beacon(last + 1)));
			assert_eq!(newest, [expected], "what was missed is not sent any more");
		});
	});
}

#[test]
fn newly_registered_child_gets_the_newest() {
	World::build_and_execute(|world| {
		make(world, 3);
		world.main.run(|| {
			use terrace_layers::OnNeighbour;
			add_neighbour(OTHER, Relation::Child);
			assert_ok!(CrossLayer::on_registered(OTHER, Relation::Child, &origin()));
		});
		world.main.next_block();
		world.main.run(|| {
			assert_eq!(BeaconSent::<Test>::get(OTHER), Some(3));
			assert_eq!(LatestBeacon::<Test>::get(), Some(beacon(3)));
		});
		assert_eq!(sent(&mut world.main), 1, "CONTRACT had it already");
	});
}

#[test]
fn closed_child_is_passed_over() {
	World::build_and_execute(|world| {
		world.main.run(|| change_neighbour(CONTRACT, |known| known.sends = false));
		make(world, 1);
		assert_eq!(sent(&mut world.main), 0);
		world.main.run(|| assert!(!BeaconDue::<Test>::get(), "nobody to wait for"));
	});
}
