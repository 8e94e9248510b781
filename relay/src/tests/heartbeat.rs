// SPDX-License-Identifier: Apache-2.0
//! Signs of life between chains that have nothing to tell each other.

use super::world::{seconds, World};

#[test]
fn silent_chain_is_heard_of_before_it_expires() {
	let world = World::new(1);
	world.child().view_mut().expires_at = 300;
	world.parent().view_mut().expires_at = 600;
	let mut silence = (0, 0);
	let ended = world.relay(seconds(2_000), |world| {
		let since = |number: u32, last: u32| number.saturating_sub(last);
		let (parent, child) = (world.parent(), world.child());
		silence.0 = silence.0.max(since(child.number(), child.view().last_progress_at));
		silence.1 = silence.1.max(since(parent.number(), parent.view().last_progress_at));
		false
	});
	assert!(!ended);
	// A third of the time, and the way of the call.
	assert!((100..115).contains(&silence.0), "{silence:?}");
	assert!((200..215).contains(&silence.1), "{silence:?}");
	let (parent, child) = (world.parent(), world.child());
	assert_eq!(child.applied, vec!["submit_finality"; 9]);
	assert_eq!(parent.applied, vec!["submit_finality"; 4]);
}

#[test]
fn chain_that_never_expires_is_left_alone() {
	let world = World::new(1);
	assert!(!world.relay(seconds(2_000), |_| false));
	assert_eq!((world.parent().applied.len(), world.child().applied.len()), (0, 0));
}
