// SPDX-License-Identifier: Apache-2.0
//! Prints what links between chains cost: the figures of `docs/benchmarks.md`.

use bp_header_chain::{
	justification::{verify_justification, JustificationVerificationContext},
	AuthoritySet,
};
use bp_test_utils::{accounts, make_justification_for_header, JustificationGeneratorParams};
use codec::Encode;
use sp_core::H256;
use sp_keyring::Sr25519Keyring;
use sp_runtime::traits::Header as _;
use std::time::{Duration, Instant};
use terrace_layers::{Header, LaneId};
use terrace_runtime_common::constants::UNIT;
use terrace_tests_layers::{
	checkpoint, cross, has_to_wait, parcel, register, Chain, Contract, Main, Outcome,
};

fn main() {
	justifications();
	batches();
	neighbours();
}

/// The median of `runs` measurements.
fn median(runs: usize, mut measure: impl FnMut() -> Duration) -> Duration {
	let mut times: Vec<_> = (0..runs).map(|_| measure()).collect();
	times.sort();
	times[runs / 2]
}

fn timed(work: impl FnOnce()) -> Duration {
	let start = Instant::now();
	work();
	start.elapsed()
}

fn justifications() {
	println!("| authorities | votes | bytes | verification |\n|---|---|---|---|");
	for count in [4u16, 32, 100] {
		let header = Header::new(7, H256::zero(), H256::zero(), H256::zero(), Default::default());
		let votes = usize::from(count - (count - 1) / 3);
		let all = accounts(count);
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
		let took = median(101, || {
			timed(|| {
				verify_justification::<Header>(target, &context, &justification).expect("justified")
			})
		});
		let bytes = justification.encoded_size();
		println!("| {count} | {votes} | {bytes} | {:.2} ms |", took.as_secs_f64() * 1e3);
	}
}

/// A main chain and `children` contract chains that are registered with it and funded.
fn family(children: usize) -> (Main, Vec<Contract>) {
	let mut main = Main::new(None);
	main.blocks(3);
	let mut family = Vec::new();
	for _ in 0..children {
		let mut child = Contract::new(Some(checkpoint(&mut main)));
		child.blocks(1);
		register(&mut main, child.genesis_proof(), Sr25519Keyring::Alice);
		family.push(child);
	}
	(main, family)
}

fn send(main: &mut Main, child: &Contract, messages: usize) {
	for _ in 0..messages {
		let mut send = || main.transfer_down(child.id(), Sr25519Keyring::Bob, UNIT);
		let mut sent = send();
		while has_to_wait(&sent) {
			sent = send();
		}
		assert_eq!(sent, Outcome::Applied);
	}
}

fn batches() {
	println!(
		"\n| messages | payload bytes | proof bytes | finality bytes | block with it, natively |"
	);
	println!("|---|---|---|---|---|");
	for count in [1, 64] {
		let (mut main, mut children) = family(1);
		let child = &mut children[0];
		// Opens the account, so that all batches do the same.
		send(&mut main, child, 1);
		cross(&mut main, child);
		let (mut payload, mut proof, mut finality) = (0, 0, 0);
		let took = median(9, || {
			// Acknowledges what was delivered before: else the lane would be full at some time.
			cross(&mut main, child);
			send(&mut main, child, count);
			let brought =
				parcel(&mut main, child, LaneId::MONEY, count).expect("messages are waiting");
			assert_eq!(brought.messages.len(), count);
			payload = brought.messages.iter().map(Vec::len).sum();
			proof = brought.proof.iter().map(Vec::len).sum();
			finality = brought.finality.as_ref().map_or(0, Encode::encoded_size);
			loop {
				let mut outcome = Outcome::Applied;
				let brought = brought.clone();
				let took = timed(|| outcome = child.relay(main.id(), LaneId::MONEY, brought));
				if !has_to_wait(&outcome) {
					assert_eq!(outcome, Outcome::Applied);
					return took;
				}
			}
		});
		let took = took.as_secs_f64() * 1e3;
		println!("| {count} | {payload} | {proof} | {finality} | {took:.2} ms |");
	}
}

fn neighbours() {
	println!("\n| children of the chain | proof bytes of a delivery |\n|---|---|");
	for count in [1, 16] {
		let (mut main, mut children) = family(count);
		let mut largest = 0;
		for child in &mut children {
			send(&mut main, child, 1);
			let brought = parcel(&mut main, child, LaneId::MONEY, 1).expect("a message is waiting");
			largest = largest.max(brought.proof.iter().map(Vec::len).sum());
		}
		println!("| {count} | {largest} |");
	}
}
