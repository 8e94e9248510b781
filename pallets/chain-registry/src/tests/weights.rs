// SPDX-License-Identifier: Apache-2.0
//! Weights: what they grow with.
use super::*;
use crate::weights::SubstrateWeight;
use frame_support::{dispatch::GetDispatchInfo, weights::Weight};

type W = SubstrateWeight<Test>;

#[test]
fn no_weight_is_zero_and_sizes_count() {
	let weights = [
		W::on_initialize(),
		W::first_block(),
		W::register_child(0),
		W::check_nodes(1, 0),
		W::submit_finality(0, 0),
		W::check_finality(),
		W::set_status(),
		W::approve_code(),
		W::close(),
		W::withdraw_bond(0),
		W::force_set(0),
		W::recover_parent(0),
		W::report_equivocation(),
		W::report_fork(0, 0),
	];
	assert!(weights.iter().all(|weight| weight.ref_time() > 0));
	let more = |larger: Weight, smaller: Weight| larger.ref_time() > smaller.ref_time();
	assert!(more(W::first_block(), W::on_initialize()));
	assert!(more(W::submit_finality(3, 0), W::submit_finality(2, 0)));
	assert!(more(W::submit_finality(2, 1), W::submit_finality(2, 0)));
	assert!(more(W::check_nodes(2, 0), W::check_nodes(1, 0)));
	assert!(more(W::check_nodes(1, 100), W::check_nodes(1, 10)));
	assert!(more(W::register_child(2), W::register_child(1)));
	assert!(more(W::withdraw_bond(2), W::withdraw_bond(1)));
	assert!(more(W::force_set(2), W::force_set(1)));
	assert!(more(W::recover_parent(2), W::recover_parent(1)));
	assert!(more(W::report_fork(2, 1), W::report_fork(1, 1)));
	assert!(more(W::report_fork(1, 2), W::report_fork(1, 1)));
}

#[test]
fn a_registration_weighs_both_of_its_proofs() {
	TestExt::new().build_and_execute(|| {
		let birth = Birth::new();
		let (genesis, anchor) = (birth.genesis(), &birth.anchor);
		let weight = |nodes: StateProof| {
			Call::<Test>::register_child {
				genesis: genesis.clone(),
				checkpoint_header: Box::new(anchor.header.clone()),
				checkpoint_proof: nodes,
				possession: birth.possession(),
				bond: MIN_BOND,
			}
			.get_dispatch_info()
			.call_weight
		};
		let nodes: StateProof = [&genesis.nodes[..], &anchor.proof[..]].concat();
		let bytes: usize = nodes.iter().map(Vec::len).sum();
		let expected =
			W::register_child(4).saturating_add(W::check_nodes(nodes.len() as u32, bytes as u32));
		assert_eq!(weight(anchor.proof.clone()), expected);
		assert!(weight(vec![]).ref_time() < expected.ref_time());
	});
}
