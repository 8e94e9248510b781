// SPDX-License-Identifier: Apache-2.0
//! Children that cannot hear their parent any more.

use super::world::{seconds, World};
use crate::metrics::Metrics;
use std::path::PathBuf;
use terrace_layers::{views::NeighbourStatus, LaneId};

/// A world whose child gave its parent up, and whose parent has replaced its authorities by force.
fn lost() -> World {
	let world = World::new(1);
	world.parent().grow(5);
	world.parent().force();
	world.parent().grow(30);
	let mut child = world.child();
	child.view_mut().status = NeighbourStatus::Expired;
	child.view_mut().expires_at = 400;
	drop(child);
	world
}

/// A file of this content, for one test.
fn file(name: &str, text: &str) -> PathBuf {
	let name = format!("terrace-relay-{}-{name}.json", std::process::id());
	let path = std::env::temp_dir().join(name);
	std::fs::write(&path, text).expect("there is room");
	path
}

fn count(world: &World, name: &str) -> usize {
	world.child().applied.iter().filter(|call| **call == name).count()
}

#[test]
fn a_recovery_is_proposed_and_applied_and_messages_flow_again() {
	for relays in [1, 2] {
		let mut world = lost();
		let checkpoint = world.parent().checkpoint();
		let signed = |signers| world.child().recovery(&checkpoint, signers);
		let name = |part: &str| format!("whole-{relays}-{part}");
		let files = vec![file(&name("one"), &signed(1)), file(&name("three"), &signed(3))];
		world.recovery = files.clone();
		world.parent().send(LaneId::MONEY, b"after all");
		let metrics = vec![Metrics::default(); relays];
		let done = world.run(&metrics, true, seconds(300), |world| {
			world.child().received(LaneId::MONEY).len() == 1
		});
		files.iter().for_each(|file| drop(std::fs::remove_file(file)));
		assert!(done, "{:?}", world.child().applied);
		assert_eq!(count(&world, "recover_parent"), 1);
		assert_eq!(count(&world, "apply_recovery"), 1);
		let text = metrics[0].text();
		assert!(!text.contains("terrace_relay_refused_total{"), "losing is no error:\n{text}");
		for kind in ["recover_parent", "apply_recovery"] {
			let line = format!("repairs_total{{direction=\"down\",kind=\"{kind}\"}} 1");
			assert!(text.contains(&line), "{text}");
		}
	}
}

#[test]
fn a_set_that_was_forced_is_recovered_from_while_the_parent_counts_as_active() {
	let mut world = lost();
	world.child().view_mut().status = NeighbourStatus::Active;
	let checkpoint = world.parent().checkpoint();
	let file = file("forced", &world.child().recovery(&checkpoint, 4));
	world.recovery = vec![file.clone()];
	let done = world.relay(seconds(790), |world| count(world, "apply_recovery") == 1);
	drop(std::fs::remove_file(file));
	assert!(done, "{:?}", world.child().applied);
	assert_eq!(count(&world, "expire"), 0, "it was in time");
	assert_eq!(world.child().view().set_id, 1);
}

#[test]
fn too_few_signatures_or_bad_files_propose_nothing() {
	let mut world = lost();
	let checkpoint = world.parent().checkpoint();
	let few = world.child().recovery(&checkpoint, 2);
	let elsewhere = world.parent().recovery(&checkpoint, 4);
	let forged = world
		.child()
		.recovery(&checkpoint, 4)
		.replace("\"signature\":\"0x", "\"signature\":\"0xff");
	let files = vec![
		file("few", &few),
		file("elsewhere", &elsewhere),
		file("forged", &forged),
		file("garbage", "\u{1b}[31m{"),
		PathBuf::from("/nonexistent/recovery.json"),
	];
	world.recovery = files.clone();
	let metrics = Metrics::default();
	assert!(!world.run(std::slice::from_ref(&metrics), true, seconds(200), |_| false));
	files.iter().for_each(|file| drop(std::fs::remove_file(file)));
	let child = world.child();
	assert!(child.applied.is_empty(), "{:?}", child.applied);
	assert_eq!((child.vain, child.pending.is_none()), (0, true));
	drop(child);
	let line = "terrace_relay_errors_total{kind=\"recovery\",side=\"recovery\"}";
	assert!(metrics.text().contains(line), "{}", metrics.text());
}

#[test]
fn a_recovery_to_another_chain_is_neither_proposed_nor_applied() {
	let mut world = lost();
	let other = {
		let mut other = world.parent().branch();
		other.grow(3);
		other.checkpoint()
	};
	let file = file("foreign", &world.child().recovery(&other, 4));
	world.recovery = vec![file.clone()];
	let metrics = Metrics::default();
	assert!(!world.run(std::slice::from_ref(&metrics), true, seconds(100), |_| false));
	assert!(world.child().applied.is_empty());
	// Somebody else has proposed it.
	world.child().pending = Some((other, 0));
	assert!(!world.run(std::slice::from_ref(&metrics), true, seconds(100), |_| false));
	drop(std::fs::remove_file(file));
	let child = world.child();
	assert!(child.applied.is_empty() && child.pending.is_some());
	assert_eq!((child.vain, child.view().status), (0, NeighbourStatus::Expired));
	let line = "terrace_relay_errors_total{kind=\"recovery\",side=\"parent\"}";
	assert!(metrics.text().contains(line), "{}", metrics.text());
}

#[test]
fn a_recovery_from_a_parent_that_is_heard_is_cancelled() {
	let world = World::new(1);
	world.parent().grow(30);
	let foreign = world.child().checkpoint();
	world.child().pending = Some((foreign, 500));
	world.child().view_mut().expires_at = 100_000;
	let cancelled = world.relay(seconds(60), |world| world.child().pending.is_none());
	assert!(cancelled);
	assert_eq!(world.child().applied, ["cancelled", "submit_finality"]);
	assert!(!world.relay(seconds(100), |_| false));
	assert_eq!(world.child().applied.len(), 2, "one header was enough");
}

#[test]
fn what_governance_has_halted_is_not_resumed() {
	let mut world = lost();
	world.child().view_mut().status = NeighbourStatus::Halted;
	let checkpoint = world.parent().checkpoint();
	let file = file("halted", &world.child().recovery(&checkpoint, 4));
	world.recovery = vec![file.clone()];
	world.child().pending = Some((checkpoint, 0));
	assert!(!world.relay(seconds(100), |_| false));
	drop(std::fs::remove_file(file));
	let child = world.child();
	assert!(child.applied.is_empty() && child.pending.is_some());
	assert_eq!(child.view().status, NeighbourStatus::Halted);
}
