// SPDX-License-Identifier: Apache-2.0
//! Weights: what they grow with, and where the times in them come from.
use super::*;
use crate::weights::SubstrateWeight;
use frame_support::{dispatch::GetDispatchInfo, weights::Weight};
use std::time::{Duration, Instant};
use terrace_layers::FinalityClients;

type W = SubstrateWeight<Test>;

#[test]
fn no_weight_is_zero_and_sizes_count() {
	let weights = [
		W::on_initialize(),
		W::first_block(),
		W::register_child(0, 0, 0),
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
	assert!(more(W::register_child(2, 0, 1), W::register_child(1, 0, 1)));
	assert!(more(W::register_child(1, 100, 1), W::register_child(1, 10, 1)));
	assert!(more(W::register_child(1, 10, 2), W::register_child(1, 10, 1)));
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
		let expected = W::register_child(nodes.len() as u32, bytes as u32, 4);
		assert_eq!(weight(anchor.proof.clone()), expected);
		assert!(weight(vec![]).ref_time() < expected.ref_time());
	});
}

fn timed<R>(rounds: u32, mut what: impl FnMut() -> R) -> Duration {
	let started = Instant::now();
	(0..rounds).for_each(|_| drop(core::hint::black_box(what())));
	started.elapsed() / rounds
}

/// Prints the native times: `cargo test --release -- --ignored --nocapture timing`.
#[test]
#[ignore = "prints measurements"]
fn timing() {
	for size in [1, 4, 100] {
		let members = accounts(0..size);
		following(&members).build_and_execute(|| {
			let proof = finalised(header(START + 1), &members);
			let time = timed(200, || ChainRegistry::verify(&PEER, &proof));
			let votes = proof.justification.commit.precommits.len() as u32;
			println!("{votes} precommits: {time:?}, weight {}", W::submit_finality(votes, 0));
			let header = header_with(START + 1, [hand_over(list(&accounts(0..100)))]);
			let proof = finalised(header, &members);
			let time = timed(200, || ChainRegistry::verify(&PEER, &proof));
			println!("{votes} precommits, hand-over to 100: {time:?}");
		});
	}
	let mut long = header(START);
	long.digest_mut().push(DigestItem::Other(vec![1; 16 * 1024 - 200]));
	println!("hash of 16 KiB: {:?}", timed(1_000, || long.hash()));
	TestExt::new().build_and_execute(|| {
		let birth = Birth { signers: accounts(0..100), ..Birth::new() }
			.authorities(list(&accounts(0..100)));
		let genesis = birth.genesis();
		let (nodes, bytes) = (genesis.nodes.len(), genesis.nodes.encoded_size());
		let possession = birth.possession();
		let started = Instant::now();
		assert_ok!(birth.register_signed(genesis, possession, MIN_BOND));
		println!("registration of 100, {nodes} nodes, {bytes} bytes: {:?}", started.elapsed());
	});
}
