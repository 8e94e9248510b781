// SPDX-License-Identifier: Apache-2.0
//! Chains that finalise two branches.

use super::{
	chain::Chain,
	node::Character,
	world::{seconds, World},
};
use crate::metrics::Metrics;
use std::sync::{Arc, Mutex};
use terrace_layers::{views::NeighbourStatus, LaneId};

/// Block of the parent after which there are two branches.
const SPLIT: u32 = 10;

/// A world whose parent goes two ways, the second of which its second node knows; and how that goes on.
struct Split {
	world: World,
	other: Arc<Mutex<Chain>>,
}

impl Split {
	fn new() -> Self {
		let mut world = World::new(2);
		world.parent().grow(SPLIT);
		let other = Arc::new(Mutex::new(world.parent().branch()));
		world.above[1].chain = other.clone();
		Self { world, other }
	}

	/// Runs relays; the second branch is as long as the first, and the first node is gone once the child
	/// has heard of block `gone` of the first branch.
	fn run(&self, relays: &[Metrics], gone: u32) {
		let world = &self.world;
		let ended = world.run(relays, true, seconds(400), |world| {
			let number = world.parent().number();
			let mut other = self.other.lock().expect("not poisoned");
			let behind = number.saturating_sub(other.number());
			other.grow(behind);
			let sent = world.parent().number() == SPLIT + 5;
			if sent && world.child().received(LaneId::MONEY).is_empty() {
				let mut parent = world.parent();
				if parent.lane(LaneId::MONEY, None).map(|lane| lane.state.out_nonce) == Some(0) {
					parent.send(LaneId::MONEY, b"on the first branch");
				}
			}
			let known = world.child().view().best_number;
			if known >= gone {
				world.above[0].set(Character { down: true, ..Default::default() });
			}
			false
		});
		assert!(!ended);
	}
}

fn reported(world: &World) -> usize {
	world.child().applied.iter().filter(|call| **call == "report_fork").count()
}

#[test]
fn a_fork_is_shown_once() {
	for relays in [1, 2] {
		let split = Split::new();
		let metrics = vec![Metrics::default(); relays];
		split.run(&metrics, SPLIT + 1);
		let child = split.world.child();
		assert!(child.forked, "{:?}", child.applied);
		assert_eq!(child.view().status, NeighbourStatus::Frozen);
		assert_eq!(child.received(LaneId::MONEY).len(), 1);
		drop(child);
		assert_eq!(reported(&split.world), 1);
		let text = metrics[0].text();
		let refused = "terrace_relay_refused_total{direction=\"down\"}";
		assert!(!text.contains(refused), "losing is no error:\n{text}");
		let line = "terrace_relay_repairs_total{direction=\"down\",kind=\"fork\"} 1";
		assert!(text.contains(line), "{text}");
	}
}

#[test]
fn votes_of_a_replaced_set_show_a_fork_as_well() {
	let split = Split::new();
	split.run(&[Metrics::default()], u32::MAX);
	assert_eq!(reported(&split.world), 0, "the first node knows one branch only");
	// Both branches go on under the next authorities, and the child hears of the first.
	split.world.parent().hand_over();
	split.other.lock().expect("not poisoned").hand_over();
	let set = split.world.parent().set();
	let followed = split.world.relay(seconds(200), |world| world.child().view().set_id == set);
	assert!(followed);
	split.world.parent().grow(2);
	split.world.above[0].set(Character { down: true, ..Default::default() });
	let other = &split.other;
	let shown = split.world.relay(seconds(400), |world| {
		let number = world.parent().number();
		let mut other = other.lock().expect("not poisoned");
		let behind = number.saturating_sub(other.number());
		other.grow(behind);
		world.child().forked
	});
	assert!(shown);
}

#[test]
fn a_node_that_lies_about_a_block_shows_nothing() {
	let world = World::new(1);
	let answered = world.relay(seconds(60), |world| {
		if world.parent().number() == 3 {
			world.parent().send(LaneId::MONEY, b"hello");
		}
		world.child().view().best_number > 0
	});
	assert!(answered);
	for node in &world.above {
		node.set(Character { odd: Some(("block_hash", 3)), ..Default::default() });
	}
	assert!(!world.relay(seconds(300), |_| false));
	let child = world.child();
	assert!(!child.forked);
	assert!(!child.applied.contains(&"report_fork"));
	assert_eq!(child.vain, 0, "nothing was tried either");
}

#[test]
fn a_branch_without_votes_is_said_once_and_no_evidence() {
	let split = Split::new();
	split.world.above[1].set(Character { archive: false, proves: false, ..Default::default() });
	// The second branch is longer and stands still: nobody has seen its votes.
	split.other.lock().expect("not poisoned").grow(60);
	let metrics = Metrics::default();
	let ended = split.world.run(std::slice::from_ref(&metrics), true, seconds(110), |world| {
		if world.parent().number() == SPLIT + 5 {
			world.parent().send(LaneId::MONEY, b"hello");
		}
		if world.child().view().best_number > SPLIT {
			world.above[0].set(Character { down: true, ..Default::default() });
		}
		false
	});
	assert!(!ended);
	assert_eq!(reported(&split.world), 0);
	let line = "terrace_relay_errors_total{kind=\"branched\",side=\"parent\"}";
	assert!(metrics.text().contains(line), "{}", metrics.text());
}
