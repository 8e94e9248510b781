// SPDX-License-Identifier: Apache-2.0
//! Catching up over replaced authorities.

use super::{
	node::Character,
	world::{seconds, World},
};
use crate::metrics::Metrics;
use terrace_layers::LaneId;

/// A parent that has replaced its authorities so often while nobody relayed, and has sent a message.
fn away(changes: u32) -> World {
	let world = World::new(1);
	{
		let mut parent = world.parent();
		for _ in 0..changes {
			parent.grow(9);
			parent.hand_over();
		}
		parent.send(LaneId::MONEY, b"hello");
		parent.grow(300);
	}
	world
}

fn arrived(world: &World) -> bool {
	world.child().received(LaneId::MONEY) == [b"hello".to_vec()]
}

/// Calls that brought finality alone to the child: single ones and batches.
fn calls(world: &World) -> (usize, usize) {
	let child = world.child();
	let count = |name| child.applied.iter().filter(|applied| **applied == name).count();
	(count("submit_finality"), count("submit_finality_batch"))
}

#[test]
fn missed_replacements_are_brought_in_batches() {
	for (changes, expected) in [(0, (0, 0)), (1, (1, 0)), (8, (0, 1)), (9, (1, 1)), (20, (0, 3))] {
		let world = away(changes);
		assert!(world.relay(seconds(120), arrived), "{changes} replacements");
		assert_eq!(calls(&world), expected, "{changes} replacements");
		assert_eq!(world.child().view().set_id, u64::from(changes));
	}
}

#[test]
fn node_without_old_states_suffices() {
	let world = away(3);
	world.parent_nodes(Character { states: false, ..Default::default() });
	assert!(world.relay(seconds(120), arrived));
	assert_eq!(calls(&world), (0, 1));
}

#[test]
fn node_that_proves_nothing_by_itself_suffices() {
	let world = away(3);
	world.parent_nodes(Character { states: false, proves: false, ..Default::default() });
	assert!(world.relay(seconds(120), arrived), "its blocks are searched");
	assert!(world.above[0].asked("header") > 30);
}

#[test]
fn proof_suffices_where_justifications_are_gone() {
	let world = away(3);
	world.parent_nodes(Character { archive: false, ..Default::default() });
	assert!(world.relay(seconds(120), arrived));
}

#[test]
fn replacement_that_is_seen_needs_no_archive() {
	let world = World::new(1);
	let nothing = Character { archive: false, proves: false, ..Default::default() };
	world.parent_nodes(nothing);
	let mut changed = 0;
	assert!(world.relay(seconds(300), |world| {
		let number = world.parent().number();
		if number >= 10 * (changed + 1) && changed < 3 {
			world.parent().hand_over();
			changed += 1;
		}
		world.child().view().set_id == 3
	}));
}

#[test]
fn pruned_node_is_told_and_left() {
	let world = World::new(2);
	{
		let mut parent = world.parent();
		parent.grow(9);
		parent.hand_over();
		parent.send(LaneId::MONEY, b"hello");
		parent.grow(300);
	}
	let pruned = Character { archive: false, proves: false, ..Default::default() };
	world.above[0].set(pruned.clone());
	let metrics = Metrics::default();
	let relays = std::slice::from_ref(&metrics);
	assert!(world.run(relays, true, seconds(120), arrived), "the second node helps");
	let text = metrics.text();
	let line = "terrace_relay_errors_total{kind=\"pruned\",side=\"parent\"} 1";
	assert!(text.contains(line), "{text}");

	let world = away(1);
	world.above[0].set(pruned);
	assert!(!world.relay(seconds(600), arrived), "nothing else can help");
	assert_eq!(world.child().view().set_id, 0);
	let tries = world.above[0].asked("connect");
	assert!((5..60).contains(&tries), "it is tried again, at longer and longer intervals: {tries}");
	world.above[0].set(Character::default());
	assert!(world.relay(seconds(120), arrived), "until the archive is back");
}
