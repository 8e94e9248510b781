// SPDX-License-Identifier: Apache-2.0
//! Nodes that answer with anything.

use super::{
	node::{Character, METHODS, WAYS},
	world::{seconds, World},
};
use crate::metrics::Metrics;
use terrace_layers::LaneId;

/// Traffic both ways over a replacement of authorities.
fn traffic(world: &World) {
	world.parent().grow(9);
	world.parent().hand_over();
	world.parent().send(LaneId::MONEY, b"down");
	world.parent().grow(1);
	world.child().send(LaneId::STORAGE, b"up");
	world.child().grow(1);
}

fn arrived(world: &World) -> bool {
	let down = world.child().received(LaneId::MONEY) == [b"down".to_vec()];
	down && world.parent().received(LaneId::STORAGE) == [b"up".to_vec()]
}

#[test]
fn wrong_answers_neither_end_nor_mislead_a_relay() {
	for method in METHODS {
		for way in 0..WAYS {
			let world = World::new(1);
			traffic(&world);
			let odd = Character { odd: Some((method, way)), ..Default::default() };
			for node in world.above.iter().chain(&world.below) {
				node.set(odd.clone());
			}
			// It goes on for as long as that lasts, and never turns in circles without a pause.
			world.relay(seconds(300), |_| false);
			let asked = world.above[0].asked(method).max(world.below[0].asked(method));
			assert!(asked < 3_000, "{method} {way}: {asked} times in 300 s");
			for node in world.above.iter().chain(&world.below) {
				node.set(Character::default());
			}
			assert!(world.relay(seconds(300), arrived), "{method} {way}: it does not recover");
		}
	}
}

#[test]
fn wrong_answers_of_one_node_do_not_stop_traffic() {
	for method in METHODS {
		for way in 0..WAYS {
			let world = World::new(2);
			traffic(&world);
			let odd = Character { odd: Some((method, way)), ..Default::default() };
			world.above[0].set(odd.clone());
			// Which chain is the child nobody knows but its first node.
			if method != "connect" {
				world.below[0].set(odd);
			}
			let metrics = Metrics::default();
			let relays = std::slice::from_ref(&metrics);
			// What a node hides is found when the nodes take turns.
			let done = world.run(relays, true, seconds(1_800), arrived);
			assert!(done, "{method} {way}:\n{}", metrics.text());
		}
	}
}
