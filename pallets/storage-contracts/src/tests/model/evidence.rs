// SPDX-License-Identifier: Apache-2.0
//! Blobs, and blocks of proof chains that show when they were proven.
use super::{
	super::{penalties::trie, *},
	oracle::LegTerms,
};
use codec::{Compact, Encode};
use sp_core::H256;
use sp_runtime::traits::Header as _;
use std::sync::LazyLock;
use terrace_layers::{keys, AppealEvidence, Header, WindowBounds};
use terrace_possession::{
	challenge, is_due, prove, BlobSize, ChallengeSeed, ContentId, PossessionProof,
};

/// Most chunks of a blob.
const MAX_CHUNKS: usize = 16;
const CHUNK: usize = 1_024;

static DATA: LazyLock<Vec<u8>> =
	LazyLock::new(|| (0..MAX_CHUNKS * CHUNK).map(|i| (i * 31 % 251) as u8).collect());
static ROOTS: LazyLock<Vec<ContentId>> =
	LazyLock::new(|| (0..=MAX_CHUNKS).map(|n| ContentId::of(&DATA[..n * CHUNK])).collect());

/// The blob of so many bytes.
fn blob(size: u64) -> &'static [u8] {
	&DATA[..size as usize]
}

/// The content id of the blob of so many chunks.
pub fn root(chunks: u64) -> ContentId {
	ROOTS[chunks as usize]
}

/// Shows chunks of a blob.
pub fn show(size: u64, chunks: &[u64]) -> PossessionProof {
	prove(blob(size), chunks)
}

/// The answer of a leg in a block of its proof chain within a window, or after it.
pub fn appeal(id: LegId, leg: &LegTerms, size: u64, window: u32, late: bool) -> AppealEvidence {
	let due = |seed: &ChallengeSeed| is_due(seed, id.0, leg.interval as u16);
	let seed = (0..=u8::MAX).map(|n| ChallengeSeed([n; 32])).find(due).expect("some are");
	let blob_size = BlobSize::new(size).expect("small");
	let indices = challenge(&seed, leg.provider.as_ref(), id.0, blob_size, 4);
	let items = [(Compact(0u32).encode(), show(size, &indices).encode())];
	let (extrinsics, extrinsic_proof) = trie(&items, &[Compact(0u32).encode()]);
	let block = if late { 110 } else { 105 };
	let filler = H256::repeat_byte(1);
	let header = Header::new(block, extrinsics, filler, filler, Default::default());
	let bounds = WindowBounds { opened_at: 100, closes_at: 110, seed: seed.0 };
	let wanted = [keys::block_hash(block), keys::window_bounds(Window(window))];
	let state = [(wanted[0].clone(), header.hash().encode()), (wanted[1].clone(), bounds.encode())];
	let (state_root, state_proof) = trie(&state, &wanted);
	MockRoots::insert(leg.chain, 120, state_root);
	AppealEvidence { at: 120, state_proof, header, extrinsic: 0, extrinsic_proof, offset: 0 }
}
