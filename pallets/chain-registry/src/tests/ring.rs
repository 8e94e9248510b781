// SPDX-License-Identifier: Apache-2.0
//! Which headers are kept.
use super::*;

fn members() -> Vec<Account> {
	accounts(0..4)
}

fn import(number: u32) {
	assert_ok!(submit(finalised(header(number), &members())));
}

fn kept() -> Vec<u32> {
	HeaderRing::<Test>::get(PEER).into_inner()
}

#[test]
fn paid_headers_in_between_push_no_older_one_out() {
	following(&members()).build_and_execute(|| {
		import(START + FREE_INTERVAL);
		let before = kept();
		for number in START + FREE_INTERVAL + 1..START + 2 * FREE_INTERVAL {
			import(number);
			assert_eq!(kept(), [&before[..], &[number]].concat());
		}
		import(START + 2 * FREE_INTERVAL);
		assert_eq!(kept(), [START, START + FREE_INTERVAL, START + 2 * FREE_INTERVAL]);
	});
}

#[test]
fn a_stranger_who_pays_for_every_header_shortens_no_history() {
	following(&members()).build_and_execute(|| {
		for number in START + 1..START + 500 {
			import(number);
			let full = kept().len() == HEADERS_TO_KEEP as usize;
			let span = number - kept()[0];
			assert!(!full || span >= (HEADERS_TO_KEEP - 2) * FREE_INTERVAL, "{span}");
			assert!(full || kept()[0] == START);
		}
	});
}

#[test]
fn the_best_header_is_always_kept() {
	following(&members()).build_and_execute(|| {
		for step in [1, 2, 9, 10, 11, 12, 40, 41] {
			import(START + step);
			let best = header(START + step);
			assert_eq!(ChainRegistry::state_root(&PEER, START + step), Some(best.state_root));
		}
	});
}

#[test]
fn hand_overs_are_kept_however_close() {
	following(&members()).build_and_execute(|| {
		let over = |number, set_id| {
			let header = header_with(number, [hand_over(list(&members()))]);
			assert_ok!(submit(signed(header, set_id, quorum(&members()))));
		};
		over(START + 1, SET);
		over(START + 2, SET + 1);
		let near = signed(header(START + 3), SET + 2, quorum(&members()));
		assert_ok!(submit(near));
		over(START + 4, SET + 2);
		over(START + 5, SET + 3);
		let near = signed(header(START + 6), SET + 4, quorum(&members()));
		assert_ok!(submit(near));
		let expected = [0, 1, 2, 4, 5, 6].map(|step| START + step);
		assert_eq!(kept(), expected);
	});
}
