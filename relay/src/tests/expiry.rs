// SPDX-License-Identifier: Apache-2.0
//! Chains that were silent for too long.

use super::{
	node::Character,
	world::{seconds, World},
};
use crate::metrics::Metrics;
use terrace_layers::views::NeighbourStatus;

/// A world whose parent has no new final block after block 5, run with so many relays.
fn silent_parent(relays: usize, prepare: impl FnOnce(&World)) -> (World, Vec<Metrics>) {
	let world = World::new(1);
	let silent = Character { stuck: Some(5), archive: false, proves: false, ..Default::default() };
	world.parent_nodes(silent);
	world.child().view_mut().expires_at = 100;
	prepare(&world);
	let relays = vec![Metrics::default(); relays];
	assert!(!world.run(&relays, true, seconds(600), |_| false));
	(world, relays)
}

fn marked(world: &World) -> usize {
	world.child().applied.iter().filter(|call| **call == "expire").count()
}

#[test]
fn a_silent_chain_is_marked_once() {
	for relays in [1, 2, 3] {
		let (world, metrics) = silent_parent(relays, |_| ());
		assert_eq!(marked(&world), 1);
		let child = world.child();
		assert_eq!(child.view().status, NeighbourStatus::Expired);
		// Relays that come at the same moment are told at once, and do not come again.
		assert!(child.vain < relays, "{} of {relays} tried in vain", child.vain);
		let text = metrics[0].text();
		assert!(!text.contains("terrace_relay_refused_total{") || relays > 1, "{text}");
		let line = "terrace_relay_repairs_total{direction=\"down\",kind=\"expire\"} 1";
		assert!(text.contains(line) || relays > 1, "{text}");
	}
}

#[test]
fn a_halted_chain_is_marked_as_well() {
	let (world, _) =
		silent_parent(1, |world| world.child().view_mut().status = NeighbourStatus::Halted);
	assert_eq!(marked(&world), 1);
	assert_eq!(world.child().view().status, NeighbourStatus::Expired);
}

#[test]
fn a_chain_that_is_stopped_for_good_is_left_alone() {
	for status in [NeighbourStatus::Frozen, NeighbourStatus::Closed, NeighbourStatus::Expired] {
		let (world, _) = silent_parent(1, |world| world.child().view_mut().status = status);
		let child = world.child();
		assert_eq!((child.applied.len(), child.vain), (0, 0), "{status:?}");
		assert_eq!(child.view().status, status);
	}
}

#[test]
fn a_chain_that_is_heard_is_not_marked() {
	let world = World::new(1);
	world.child().view_mut().expires_at = 100;
	assert!(!world.relay(seconds(1_200), |_| false));
	assert_eq!(marked(&world), 0);
	assert_eq!(world.child().view().status, NeighbourStatus::Active);
}
