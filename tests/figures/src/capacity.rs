// SPDX-License-Identifier: Apache-2.0
//! Proofs per second that the limits of a proof chain's blocks admit.

use crate::{blob::Blob, clock::race, runtime::Runtime};
use codec::Encode;
use pallet_proof_verification::weights::{SubstrateWeight, WeightInfo};
use sp_core::{sr25519, Pair};
use terrace_layers::PAGE_SLOTS;
use terrace_runtime_common::constants::{RuntimeBlockLength, RuntimeBlockWeights, SLOT_MS};

/// Bytes of a transaction and of a batch around its items.
const ENVELOPE: u32 = 128;
/// Bytes of an item beside its proof: its page and slot.
const PLACE: u32 = 2;
const PICOSECONDS_PER_US: f64 = 1e6;

/// Prints what the blocks admit of batches of `batch` proofs.
pub fn run(batch: u32, mib: u64) {
	let blob = Blob::new(mib << 20);
	let (index, proof) = blob.answer(1);
	let item = PLACE + proof.encoded_size() as u32;
	let limits = Limits::of_runtime();
	let ms = limits.picoseconds / 1_000_000_000;
	println!("Blocks of {} s, of which ordinary transactions may fill {ms} ms of", SLOT_MS / 1_000);
	println!(
		"weight and {} bytes. One chunk of a blob of {mib} MiB for each proof.\n",
		limits.bytes
	);
	println!(
		"| batch | µs of weight, each | bytes, each | per s by weight | by bytes | admitted |"
	);
	println!("|---|---|---|---|---|---|");
	let mut sizes = vec![1, PAGE_SLOTS, batch];
	sizes.sort();
	sizes.dedup();
	for items in sizes {
		limits.row(items, item);
	}
	native(&blob, index, &proof);
}

struct Limits {
	picoseconds: u64,
	base: u64,
	bytes: u32,
}

impl Limits {
	fn of_runtime() -> Self {
		use frame_support::dispatch::DispatchClass::Normal;
		let weights = RuntimeBlockWeights::get();
		let class = weights.get(Normal);
		let most = class.max_total.unwrap_or(weights.max_block);
		Self {
			picoseconds: most.ref_time(),
			base: class.base_extrinsic.ref_time(),
			bytes: *RuntimeBlockLength::get().max.get(Normal),
		}
	}

	fn row(&self, items: u32, item: u32) {
		let bytes = ENVELOPE + items * item;
		let weight = batch_weight(items, bytes).saturating_add(self.base);
		let blocks = |batches: f64| batches * f64::from(items) / (SLOT_MS as f64 / 1e3);
		let by_weight = blocks(self.picoseconds as f64 / weight as f64);
		let by_bytes = blocks(f64::from(self.bytes) / f64::from(bytes));
		let each = weight as f64 / PICOSECONDS_PER_US / f64::from(items);
		let long = f64::from(bytes) / f64::from(items);
		let least = by_weight.min(by_bytes);
		println!(
			"| {items} | {each:.1} | {long:.0} | {by_weight:.0} | {by_bytes:.0} | {least:.0} |"
		);
	}
}

/// Weight of verifying and recording a batch, in picoseconds.
fn batch_weight(items: u32, bytes: u32) -> u64 {
	type Weights = SubstrateWeight<Runtime>;
	let pages = items.div_ceil(PAGE_SLOTS);
	Weights::authorize_submit_proofs()
		.saturating_add(Weights::check_pages(pages))
		.saturating_add(Weights::check_proofs(items))
		.saturating_add(Weights::check_bytes(bytes))
		.saturating_add(Weights::submit_proofs(pages))
		.ref_time()
}

fn native(blob: &Blob, index: u64, proof: &terrace_possession::PossessionProof) {
	let key = sr25519::Pair::from_seed(&[3; 32]);
	let statement = [7; 32];
	let signature = key.sign(&statement);
	let (verify, sign) = race(
		1_001,
		&[()],
		|()| blob.verify(index, proof),
		|()| assert!(sr25519::Pair::verify(&signature, statement, &key.public())),
	);
	println!("\nNatively: verifying one answer takes {verify},");
	println!("the one signature of a batch {sign}.");
}
