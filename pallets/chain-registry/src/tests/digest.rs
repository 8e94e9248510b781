// SPDX-License-Identifier: Apache-2.0
//! Import of headers: what their digests say about authorities.
use super::*;

fn members() -> Vec<Account> {
	accounts(0..4)
}

fn next() -> AuthorityList {
	list(&accounts(10..13))
}

fn change(delay: u32) -> ScheduledChange<u32> {
	ScheduledChange { next_authorities: next(), delay }
}

fn forced() -> DigestItem {
	grandpa_log(ConsensusLog::ForcedChange(START, change(0)))
}

/// Submits a well-signed header with these digest items.
fn with(logs: impl IntoIterator<Item = DigestItem>) -> DispatchResultWithPostInfo {
	submit(finalised(header_with(START + 1, logs), &members()))
}

/// Case 22.
#[test]
fn a_forced_change_is_refused() {
	following(&members()).build_and_execute(|| {
		assert_noop!(with([forced()]), Error::<Test>::UnsupportedForcedChange);
	});
}

/// Case 23 and case 24.
#[test]
fn a_forced_change_behind_another_item_is_refused() {
	following(&members()).build_and_execute(|| {
		let disabled = grandpa_log(ConsensusLog::OnDisabled(0));
		assert_noop!(with([disabled, forced()]), Error::<Test>::UnsupportedForcedChange);
		let scheduled = hand_over(next());
		assert_noop!(with([scheduled, forced()]), Error::<Test>::UnsupportedForcedChange);
		let resumed = grandpa_log(ConsensusLog::Resume(5));
		assert_noop!(with([resumed, forced()]), Error::<Test>::UnsupportedForcedChange);
	});
}

/// Case 25.
#[test]
fn two_changes_are_refused() {
	following(&members()).build_and_execute(|| {
		let other = hand_over(list(&accounts(14..17)));
		assert_noop!(with([hand_over(next()), other]), Error::<Test>::BadDigest);
		assert_noop!(with([hand_over(next()), hand_over(next())]), Error::<Test>::BadDigest);
	});
}

/// Case 26.
#[test]
fn a_delayed_change_is_refused() {
	following(&members()).build_and_execute(|| {
		for delay in [1, 2, u32::MAX] {
			let delayed = grandpa_log(ConsensusLog::ScheduledChange(change(delay)));
			assert_noop!(with([delayed]), Error::<Test>::UnsupportedDelay);
		}
	});
}

#[test]
fn a_malformed_item_is_refused() {
	following(&members()).build_and_execute(|| {
		let mut long = ConsensusLog::<u32>::ScheduledChange(change(0)).encode();
		long.push(0);
		let short = long[..long.len() - 2].to_vec();
		for payload in [vec![], vec![99], long, short] {
			let item = DigestItem::Consensus(GRANDPA_ENGINE_ID, payload);
			assert_noop!(with([item]), Error::<Test>::BadDigest);
		}
	});
}

#[test]
fn items_that_change_no_set_are_ignored() {
	following(&members()).build_and_execute(|| {
		let forced_by = |engine| DigestItem::Consensus(engine, forced_payload());
		assert_ok!(with([
			grandpa_log(ConsensusLog::OnDisabled(1)),
			grandpa_log(ConsensusLog::Pause(3)),
			grandpa_log(ConsensusLog::Resume(3)),
			forced_by(*b"BABE"),
			DigestItem::Other(forced_payload()),
			DigestItem::PreRuntime(GRANDPA_ENGINE_ID, forced_payload()),
			DigestItem::Seal(*b"BABE", vec![7; 64]),
		]));
		assert_eq!(client(PEER).set_id, SET);
		assert_eq!(CurrentAuthorities::<Test>::get(PEER), Some(set(&members())));
	});
}

fn forced_payload() -> Vec<u8> {
	ConsensusLog::ForcedChange(START, change(0)).encode()
}
