// SPDX-License-Identifier: Apache-2.0
//! The same challenge answered by a BLAKE3 path and by a radix-16 trie of `sp-trie`.
//!
//! The trie is the one that storage chains on this SDK keep of a file: the key is the chunk's number,
//! SCALE-compact; the value is its number and bytes, hashed with BLAKE2b; the proof is compact.

use crate::{
	blob::{chunk, Blob},
	clock::race,
};
use codec::{Compact, Decode, Encode};
use sp_core::{Blake2Hasher, Hasher, H256};
use sp_trie::{
	recorder::Recorder, trie_types, CompactProof, HashDBT, LayoutV1, MemoryDB, Trie, TrieDBBuilder,
	TrieMut, EMPTY_PREFIX,
};
use terrace_possession::{PossessionProof, CHUNK_SIZE};

/// Chunks inserted before their bytes are dropped.
const STEP: u64 = 1 << 16;

/// Prints both costs for a blob of `mib` MiB.
pub fn run(mib: u64, challenges: u64, runs: usize) {
	let bytes = mib << 20;
	println!("One chunk of a blob of {mib} MiB, {challenges} random challenges, {runs} runs each in turn.");
	println!("Verification starts from encoded bytes; native, one thread.\n");
	let blob = Blob::new(bytes);
	let mut trie = ChunkTrie::new(bytes / CHUNK_SIZE);
	let pairs: Vec<_> = (0..challenges).map(|leg| Pair::new(&blob, &mut trie, leg)).collect();
	let (ours, theirs) =
		race(runs, &pairs, |pair| pair.verify_path(&blob), |pair| pair.verify_trie(trie.root));
	let mean =
		|of: fn(&Pair) -> usize| pairs.iter().map(of).sum::<usize>() as f64 / pairs.len() as f64;
	let (path, compact) = (mean(|pair| pair.path.len()), mean(|pair| pair.trie.len()));
	println!("| | BLAKE3 path | radix-16 trie | ratio |\n|---|---|---|---|");
	println!("| verify, median (10 % to 90 %) | {ours} | {theirs} | {:.1} |", theirs.ratio(&ours));
	println!("| bytes of a proof, mean | {path:.0} | {compact:.0} | {:.2} |", compact / path);
}

/// The whole trie of a blob's chunks, without the chunks' bytes.
struct ChunkTrie {
	nodes: MemoryDB<Blake2Hasher>,
	root: H256,
}

impl ChunkTrie {
	fn new(chunks: u64) -> Self {
		let mut nodes = MemoryDB::default();
		let mut root = H256::default();
		for first in (0..chunks).step_by(STEP as usize) {
			let indices = first..chunks.min(first + STEP);
			let mut trie = match first {
				0 => trie_types::TrieDBMutBuilderV1::new(&mut nodes, &mut root).build(),
				_ => trie_types::TrieDBMutBuilderV1::from_existing(&mut nodes, &mut root).build(),
			};
			for index in indices.clone() {
				trie.insert(&Self::key(index), &Self::value(index)).expect("the trie is whole");
			}
			drop(trie);
			for index in indices {
				nodes.remove(&Blake2Hasher::hash(&Self::value(index)), EMPTY_PREFIX);
			}
			nodes.purge();
		}
		Self { nodes, root }
	}

	fn key(index: u64) -> Vec<u8> {
		Compact(index).encode()
	}

	fn value(index: u64) -> Vec<u8> {
		(index, chunk(index)).encode()
	}

	fn prove(&mut self, index: u64) -> CompactProof {
		self.nodes.insert(EMPTY_PREFIX, &Self::value(index));
		let recorder = Recorder::<Blake2Hasher>::default();
		{
			let mut log = recorder.as_trie_recorder(self.root);
			let trie = TrieDBBuilder::<LayoutV1<Blake2Hasher>>::new(&self.nodes, &self.root)
				.with_recorder(&mut log)
				.build();
			let got = trie.get(&Self::key(index)).expect("the trie is whole");
			assert_eq!(got, Some(Self::value(index)));
		}
		let proof = recorder.drain_storage_proof().to_compact_proof::<Blake2Hasher>(self.root);
		proof.expect("all nodes are there")
	}
}

/// One challenge and its two answers, encoded.
struct Pair {
	index: u64,
	path: Vec<u8>,
	trie: Vec<u8>,
}

impl Pair {
	fn new(blob: &Blob, trie: &mut ChunkTrie, leg: u64) -> Self {
		let (index, path) = blob.answer(leg);
		Self { index, path: path.encode(), trie: trie.prove(index).encode() }
	}

	fn verify_path(&self, blob: &Blob) {
		let proof = PossessionProof::decode(&mut &self.path[..]).expect("encoded above");
		blob.verify(self.index, &proof);
	}

	fn verify_trie(&self, root: H256) {
		let proof = CompactProof::decode(&mut &self.trie[..]).expect("encoded above");
		let (nodes, root) = proof.to_memory_db::<Blake2Hasher>(&root).expect("proven above");
		let trie = TrieDBBuilder::<LayoutV1<Blake2Hasher>>::new(&nodes, &root).build();
		let chunk = trie.get(&ChunkTrie::key(self.index)).expect("proven above");
		assert!(chunk.is_some(), "the proof lacks the chunk");
	}
}
