// SPDX-License-Identifier: Apache-2.0
//! Switching between nodes.

use super::{
	node::Character,
	world::{seconds, World},
};
use crate::metrics::Metrics;
use terrace_layers::LaneId;

/// Sends a message, and says whether it arrives while the first node of the parent is like this.
fn arrives(world: &World, first: Character) -> bool {
	let before = world.child().received(LaneId::MONEY).len();
	world.above[0].set(first);
	world.parent().send(LaneId::MONEY, b"hello");
	world.relay(seconds(300), |world| world.child().received(LaneId::MONEY).len() > before)
}

#[test]
fn next_node_is_asked_when_one_fails() {
	let world = World::new(2);
	for (first, why) in [
		(Character { down: true, ..Default::default() }, "it cannot be reached"),
		(Character { stuck: Some(3), ..Default::default() }, "it is behind, or stalls"),
		(Character { odd: Some(("connect", 2)), ..Default::default() }, "it is another chain"),
		(Character { odd: Some(("finalized", 2)), ..Default::default() }, "it makes blocks up"),
	] {
		assert!(arrives(&world, first), "{why}");
	}
}

#[test]
fn node_that_stalls_is_left_and_told() {
	let world = World::new(2);
	let metrics = Metrics::default();
	let mut sent = false;
	let arrived = world.run(std::slice::from_ref(&metrics), true, seconds(300), |world| {
		if world.parent().number() == 20 && !sent {
			// From now on it tells of nothing new.
			world.above[0].set(Character { stuck: Some(20), ..Default::default() });
			world.parent().send(LaneId::MONEY, b"hello");
			sent = true;
		}
		!world.child().received(LaneId::MONEY).is_empty()
	});
	assert!(arrived);
	let text = metrics.text();
	for line in [
		"terrace_relay_errors_total{kind=\"stalled\",side=\"parent\"} 1",
		"terrace_relay_endpoint_switches_total{side=\"parent\"} 1",
	] {
		assert!(text.contains(line), "{text}");
	}
}

#[test]
fn node_that_is_behind_what_is_proven_is_left() {
	let world = World::new(2);
	world.parent().grow(60);
	world.parent().send(LaneId::MONEY, b"one");
	world.parent().grow(1);
	assert!(world.relay(seconds(60), |world| world.child().received(LaneId::MONEY).len() == 1));
	world.parent().send(LaneId::MONEY, b"two");
	world.above[0].set(Character { stuck: Some(9), ..Default::default() });
	let metrics = Metrics::default();
	let arrived = |world: &World| world.child().received(LaneId::MONEY).len() == 2;
	assert!(
		world.run(std::slice::from_ref(&metrics), true, seconds(30), arrived),
		"without waiting long"
	);
	let line = "terrace_relay_errors_total{kind=\"behind\",side=\"parent\"} 1";
	assert!(metrics.text().contains(line), "{}", metrics.text());
}

#[test]
fn relay_waits_for_a_chain_that_is_away() {
	let world = World::new(2);
	world.parent().send(LaneId::MONEY, b"hello");
	let away = Character { down: true, ..Default::default() };
	world.parent_nodes(away.clone());
	world.below.iter().for_each(|node| node.set(away.clone()));
	let mut ticks = 0;
	let arrived = world.relay(seconds(3_600), |world| {
		ticks += 1;
		if ticks == 500 {
			world.parent_nodes(Character::default());
			world.below.iter().for_each(|node| node.set(Character::default()));
		}
		!world.child().received(LaneId::MONEY).is_empty()
	});
	assert!(arrived);
	let tries = world.below[0].asked("connect");
	assert!(tries < 100, "it is tried at longer and longer intervals: {tries}");
}
