// SPDX-License-Identifier: Apache-2.0
//! Authorities that vote for two blocks in one round.

use super::world::{seconds, World};
use crate::metrics::Metrics;

#[test]
fn authorities_that_vote_twice_are_reported_once() {
	let world = World::new(1);
	let relays = [Metrics::default(), Metrics::default()];
	let mut forked = false;
	let ended = world.run(&relays, true, seconds(300), |world| {
		if world.parent().number() == 20 && !forked {
			world.parent().fork();
			forked = true;
		}
		false
	});
	assert!(!ended);
	let child = world.child();
	assert_eq!(child.punished.len(), 4, "everybody voted twice");
	let offenders: std::collections::BTreeSet<_> =
		child.punished.iter().map(|votes| votes.offender().clone()).collect();
	assert_eq!(offenders.len(), 4);
	assert!(world.parent().punished.is_empty(), "the child's authorities did nothing");
	for metrics in &relays {
		let text = metrics.text();
		assert!(
			!text.contains("terrace_relay_errors_total{"),
			"coming second is no error:\n{text}"
		);
	}
}
