// SPDX-License-Identifier: Apache-2.0
//! The same load on one chain that checks every proof itself and pays every contract in every window.

use crate::{
	blob::Blob,
	clock::{short, timed, Took},
	runtime::*,
	world::{clean, leg_of, price, provider_of, window_seconds, World},
};
use bp_header_chain::{
	justification::{verify_justification, JustificationVerificationContext},
	AuthoritySet,
};
use bp_test_utils::{accounts, make_justification_for_header, JustificationGeneratorParams};
use codec::{Decode, Encode};
use frame_support::traits::{fungible::Mutate, tokens::Preservation};
use pallet_storage_contracts::{
	weights::{SubstrateWeight, WeightInfo},
	Contracts, Legs, Pallet,
};
use sp_core::H256;
use sp_runtime::traits::Header as _;
use std::time::Duration;
use terrace_layers::{Header, MAX_BATCHES_PER_WINDOW};
use terrace_possession::PossessionProof;
use terrace_runtime_common::constants::{RuntimeBlockWeights, SLOT_MS};

/// Microseconds of settling one user in StorageHub's published weights, measured on another machine.
const PUBLISHED_US: f64 = 597.0;
/// Authorities of the proof chain.
const AUTHORITIES: u16 = 10;
/// Answers that are verified in turn.
const ANSWERS: u64 = 100;

/// Prints what both ways cost the chain that holds the money.
pub fn run(contracts: u64, runs: usize) {
	println!("One window in which each of {contracts} contracts is proven with one chunk of 1 GiB, natively,");
	println!(
		"on one state. Three layers: the contract chain checks the finality of the proof chain's"
	);
	println!("report and applies it. One chain: it checks every answer, and for every contract reads it,");
	println!("pays its provider and notes that.\n");
	let mut world = World::new();
	world.grow(contracts);
	let accesses = [
		{
			let report = clean(world.next_window());
			world.accesses_of(&[report])
		},
		world.accesses(|| pay_all(contracts)),
	];
	let (mut layered, mut paid) = (Vec::new(), Vec::new());
	for _ in 0..runs {
		let report = clean(world.next_window());
		layered.push(world.turn(&[report]));
		paid.push(world.committed(|| timed(|| pay_all(contracts))));
	}
	let (layered, paid, checked) = (Took::of(layered), Took::of(paid), check(contracts, runs));
	let finality = justification(runs);
	let [few, many] = accesses;
	let all = [layered.median + finality, paid.median + checked];
	println!("| | three layers | one chain |\n|---|---|---|");
	println!("| checking finality, {AUTHORITIES} authorities | {} | |", short(finality));
	println!("| checking proofs | on proof chains | {} |", short(checked));
	println!("| settling, median (10 % to 90 %) | {layered} | {paid} |");
	println!("| all | {} | {} |", short(all[0]), short(all[1]));
	println!("| keys read in settling | {} | {} |", few.reads, many.reads);
	println!("| keys written in settling | {} | {} |", few.writes, many.writes);
	let each = short(paid.median / u32::try_from(contracts).expect("few contracts"));
	let ratio = all[1].as_secs_f64() / all[0].as_secs_f64();
	println!("\nRatio of all {ratio:.0}, of settling alone {:.0};", paid.ratio(&layered));
	println!(
		"one contract costs the one chain {each} of settling. Both ratios grow with their number."
	);
	by_weights();
}

/// Median time of checking a justification of the proof chain.
fn justification(runs: usize) -> Duration {
	let header = Header::new(7, H256::zero(), H256::zero(), H256::zero(), Default::default());
	let all = accounts(AUTHORITIES);
	let votes = usize::from(AUTHORITIES - (AUTHORITIES - 1) / 3);
	let justification = make_justification_for_header(JustificationGeneratorParams {
		header: header.clone(),
		round: 1,
		set_id: 1,
		authorities: all.iter().take(votes).map(|account| (*account, 1)).collect(),
		ancestors: 0,
		forks: 1,
	});
	let list = all.iter().map(|account| ((*account).into(), 1)).collect();
	let context = JustificationVerificationContext::try_from(AuthoritySet::new(list, 1))
		.expect("the set is valid");
	let target = (header.hash(), 7);
	let one = || {
		timed(|| verify_justification::<Header>(target, &context, &justification).expect("voted"))
	};
	Took::of((0..runs.max(31)).map(|_| one()).collect()).median
}

/// Pays every contract for a window, as chains without streams do.
fn pay_all(contracts: u64) {
	let pot = Pallet::<Runtime>::pot();
	for number in 0..contracts {
		let leg = Legs::<Runtime>::get(leg_of(number)).expect("the contract runs");
		let contract = Contracts::<Runtime>::get(leg.contract).expect("the contract runs");
		debug_assert_eq!(contract.provider, provider_of(number));
		Balances::transfer(&pot, &contract.provider, price(), Preservation::Preserve)
			.expect("the pot is full");
		Legs::<Runtime>::insert(leg_of(number), leg);
	}
}

/// Median time of decoding and checking one answer of each contract.
fn check(contracts: u64, runs: usize) -> Duration {
	let blob = Blob::new(1 << 30);
	let answers: Vec<_> = (0..ANSWERS)
		.map(|leg| blob.answer(leg))
		.map(|(index, proof)| (index, proof.encode()))
		.collect();
	let one_run = || {
		timed(|| {
			for (index, proof) in &answers {
				let proof = PossessionProof::decode(&mut &proof[..]).expect("encoded above");
				blob.verify(*index, &proof);
			}
		})
	};
	let all = Took::of((0..runs.max(11)).map(|_| one_run()).collect());
	all.median.mul_f64(contracts as f64 / ANSWERS as f64)
}

/// What blocks admit, by weights: published ones for settling each contract, ours for a report.
fn by_weights() {
	use frame_support::dispatch::DispatchClass::Normal;
	let limits = RuntimeBlockWeights::get();
	let normal = limits.get(Normal).max_total.unwrap_or(limits.max_block).ref_time();
	let blocks = window_seconds() / (SLOT_MS as f64 / 1e3);
	let budget = normal as f64 / 1e6 * blocks;
	let most = u32::try_from(MAX_BATCHES_PER_WINDOW).unwrap_or(u32::MAX);
	let [idle, busy] = [0, most]
		.map(|batches| SubstrateWeight::<Runtime>::report(batches).ref_time() as f64 / 1e6);
	let (seconds, share) = (window_seconds(), budget / 1e6);
	println!(
		"\nBy weights, in a window of {seconds} s with {share:.1} s of blocks for transactions:"
	);
	println!(
		"- one by one at {PUBLISHED_US} µs (StorageHub's published weight of settling with a user,"
	);
	println!(
		"  another machine): {:.0} contracts, before any proof is checked;",
		budget / PUBLISHED_US
	);
	println!("- by reports: {idle:.0} µs for a clean window, {busy:.0} µs if it also starts {most} batches,");
	println!("  besides its delivery, whatever number of contracts the proof chain has.");
}
