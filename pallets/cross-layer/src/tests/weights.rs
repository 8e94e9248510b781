// SPDX-License-Identifier: Apache-2.0
//! Weights grow with what is brought.
use super::*;
use crate::{weights::SubstrateWeight, WeightInfo};

type W = SubstrateWeight<Test>;

#[test]
fn weights_grow_with_what_is_brought() {
	let pairs = [
		(W::check_proof(10, 0), W::check_proof(20, 0)),
		(W::check_proof(10, 0), W::check_proof(10, 10_000)),
		(W::check_messages(1), W::check_messages(64)),
		(W::check_tail(1), W::check_tail(64)),
		(W::check_payload(1), W::check_payload(10_000)),
		(W::deliver(8, 0), W::deliver(64, 0)),
		(W::prune(1), W::prune(2)),
		(W::abandon(1), W::abandon(2)),
		(W::forward_beacon(1), W::forward_beacon(2)),
	];
	for (less, more) in pairs {
		assert!(less.ref_time() < more.ref_time(), "{less:?} < {more:?}");
	}
}
