// SPDX-License-Identifier: Apache-2.0
//! Relays that are killed and forget everything.

use super::world::{seconds, World};
use terrace_layers::LaneId;

#[test]
fn new_relay_goes_on_where_the_chains_are() {
	let world = World::new(1);
	let mut sent = 0u32;
	for life in 1..40u64 {
		// Each one lives for some time only, and is dropped in the middle of whatever it does.
		world.relay(seconds(life.checked_rem(13).unwrap_or(0)), |world| {
			while sent < world.parent().number() {
				sent += 1;
				let payload = sent.to_le_bytes();
				world.parent().send(LaneId::STORAGE, &payload);
				world.child().send(LaneId::STORAGE, &payload);
				if sent.checked_rem(25) == Some(0) {
					world.parent().hand_over();
				}
			}
			false
		});
	}
	assert!(world.child().set() < world.parent().set());
	let arrived = |world: &World| {
		let (parent, child) = (world.parent(), world.child());
		let all = usize::try_from(sent).expect("few messages");
		let here = child.received(LaneId::STORAGE).len() == all;
		here && parent.received(LaneId::STORAGE).len() == all
	};
	assert!(world.relay(seconds(300), arrived));
	let expected: Vec<_> = (1..=sent).map(|number| number.to_le_bytes().to_vec()).collect();
	assert_eq!(world.child().received(LaneId::STORAGE), expected);
	assert_eq!(world.parent().received(LaneId::STORAGE), expected);
	let acked = |world: &World| {
		world.parent().acked(LaneId::STORAGE) == u64::from(sent)
			&& world.child().acked(LaneId::STORAGE) == u64::from(sent)
	};
	assert!(world.relay(seconds(300), acked), "acknowledgements follow");
}
