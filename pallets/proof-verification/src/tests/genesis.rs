// SPDX-License-Identifier: Apache-2.0
//! What a preset fixes.

use crate::{mock::*, WindowBlocks, DEFAULT_WINDOW_BLOCKS};
use terrace_layers::Window;

#[test]
fn genesis_fixes_the_length_of_windows() {
	TestExt::new().window_blocks(7).build_and_execute(|| {
		assert_eq!(WindowBlocks::<Test>::get(), 7);
		assert_eq!((open().opened_at, open().closes_at), (1, 8));
	});
}

#[test]
fn genesis_without_configuration_has_windows_of_ten_minutes() {
	let config = crate::GenesisConfig::<Test>::default();
	assert_eq!(config.window_blocks, DEFAULT_WINDOW_BLOCKS);
}

#[test]
#[should_panic(expected = "window_blocks is 0")]
fn genesis_with_empty_windows_is_refused() {
	TestExt::new().window_blocks(0).build();
}

#[test]
fn no_window_is_open_before_the_first_block() {
	TestExt::new().build().execute_with(|| {
		assert_eq!(ProofVerification::window(), None);
		next_block();
		assert_eq!(open().window, Window(0));
		ProofVerification::do_try_state().expect("an invariant is broken");
	});
}

#[test]
fn shortest_windows_work() {
	TestExt::new().window_blocks(1).build_and_execute(|| {
		run_to(20);
		assert_eq!(open().window, Window(19));
		assert_eq!(reports().len(), 19);
	});
}
