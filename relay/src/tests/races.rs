// SPDX-License-Identifier: Apache-2.0
//! Several relays on one edge.

use super::world::{seconds, World};
use crate::metrics::Metrics;
use terrace_layers::LaneId;

#[test]
fn relays_on_one_edge_do_not_harm_each_other() {
	let world = World::new(1);
	let relays = [Metrics::default(), Metrics::default(), Metrics::default()];
	let mut sent = 0u32;
	let done = world.run(&relays, true, seconds(1_200), |world| {
		let number = world.parent().number();
		while sent < number.min(400) {
			sent += 1;
			let payload = sent.to_le_bytes();
			world.parent().send(LaneId::MONEY, &payload);
			world.child().send(LaneId::MONEY, &payload);
			if sent.checked_rem(100) == Some(0) {
				world.parent().hand_over();
				world.child().hand_over();
			}
		}
		let all = |chain: &super::chain::Chain| chain.received(LaneId::MONEY).len() == 400;
		all(&world.parent()) && all(&world.child())
	});
	assert!(done);
	let expected: Vec<_> = (1..=400u32).map(|number| number.to_le_bytes().to_vec()).collect();
	let (parent, child) = (world.parent(), world.child());
	for chain in [&parent, &child] {
		assert_eq!(chain.received(LaneId::MONEY), expected, "each once, in their order");
		assert_eq!(chain.set(), 4);
	}
	for metrics in &relays {
		let text = metrics.text();
		assert!(!text.contains("terrace_relay_errors_total{"), "losing is no error:\n{text}");
		assert!(!text.contains("terrace_relay_refused_total{"), "{text}");
		assert!(text.contains("terrace_relay_late_total{"), "{text}");
	}
	// Where calls cost something, few are made in vain.
	let done = parent.applied.len();
	assert!(parent.vain * 2 <= done, "{} in vain, {done} not", parent.vain);
}
