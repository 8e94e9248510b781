// SPDX-License-Identifier: Apache-2.0
//! The protocol a second time: slow, short, and without any of the code that it is compared with.
//!
//! It uses neither the `blake3` crate nor the tree of this one, but the definitions as they stand
//! in `README.md`, word for word. Only tests and makers of other implementations need it.
#![expect(
	clippy::indexing_slicing,
	clippy::arithmetic_side_effects,
	clippy::as_conversions,
	reason = "written to be compared with the definitions; nothing that must not panic calls it"
)]

mod blake3;

use crate::PossessionProof;
use blake3::{bytes_of, Words8};

const CHUNK: u64 = 1024;

/// A node: its first chunk, and the chunk after its last.
type Node = (u64, u64);

/// The content id of `data`.
pub fn root(data: &[u8]) -> [u8; 32] {
	let chunks = chunks(data.len() as u64);
	bytes_of(&value_of_data(data, (0, chunks), true))
}

/// The chunks that `challenge` asks for.
pub fn challenge(seed: &[u8; 32], provider: &[u8; 32], leg: u64, size: u64, count: u8) -> Vec<u64> {
	let input = [&b"terrace/challenge/1"[..], provider, &leg.to_le_bytes()].concat();
	let mut words = (0..).flat_map(|block| blake3::keyed_stream_block(seed, &input, block));
	let chunks = chunks(size);
	let wanted = u64::from(count).min(16).min(chunks);
	let mut picked = Vec::new();
	for n in chunks - wanted + 1..=chunks {
		let n = u128::from(n);
		let product = words
			.by_ref()
			.map(|word| u128::from(word) * n)
			.find(|product| product % (1 << 64) >= (1 << 64) % n)
			.unwrap_or_default();
		let chunk = (product >> 64) as u64;
		picked.push(if picked.contains(&chunk) { n as u64 - 1 } else { chunk });
	}
	picked.sort();
	picked
}

/// The proof for the chunks `indices` of `data`.
pub fn prove(data: &[u8], indices: &[u64]) -> PossessionProof {
	let chunks = chunks(data.len() as u64);
	PossessionProof {
		chunks: indices.iter().flat_map(|index| chunk_of(data, *index)).copied().collect(),
		siblings: siblings(chunks, indices)
			.into_iter()
			.map(|node| bytes_of(&value_of_data(data, node, false)))
			.collect(),
	}
}

/// Whether `proof` shows the chunks `indices` of the blob with that content id and size.
pub fn verify(root: &[u8; 32], size: u64, indices: &[u64], proof: &PossessionProof) -> bool {
	let chunks = chunks(size);
	let ascending = indices.windows(2).all(|pair| pair[0] < pair[1]);
	let in_range = indices.iter().all(|index| *index < chunks);
	if size == 0 || indices.is_empty() || indices.len() > 16 || !ascending || !in_range {
		return false;
	}
	let siblings = siblings(chunks, indices);
	let bytes: u64 = indices.iter().map(|index| (size - index * CHUNK).min(CHUNK)).sum();
	if proof.siblings.len() != siblings.len() || proof.chunks.len() as u64 != bytes {
		return false;
	}
	let given = Given { indices, proof, siblings: &siblings };
	bytes_of(&value_of_proof(&given, (0, chunks), true)) == *root
}

/// The number of chunks; BLAKE3 gives the empty input one empty chunk.
fn chunks(size: u64) -> u64 {
	size.div_ceil(CHUNK).max(1)
}

/// The children of a node: on the left as many chunks as the largest power of two below theirs.
fn children((first, end): Node) -> (Node, Node) {
	let mut left = 1;
	while left * 2 < end - first {
		left *= 2;
	}
	((first, first + left), (first + left, end))
}

/// A node and all nodes below it.
fn nodes(node: Node) -> Vec<Node> {
	if node.1 - node.0 == 1 {
		return vec![node];
	}
	let (left, right) = children(node);
	[vec![node], nodes(left), nodes(right)].concat()
}

fn is_asked((first, end): Node, indices: &[u64]) -> bool {
	indices.iter().any(|index| (first..end).contains(index))
}

/// The nodes without a challenged chunk whose parent has one, from left to right.
fn siblings(chunks: u64, indices: &[u64]) -> Vec<Node> {
	let mut siblings: Vec<Node> = nodes((0, chunks))
		.into_iter()
		.filter(|node| node.1 - node.0 > 1 && is_asked(*node, indices))
		.flat_map(|node| [children(node).0, children(node).1])
		.filter(|child| !is_asked(*child, indices))
		.collect();
	siblings.sort();
	siblings
}

fn chunk_of(data: &[u8], index: u64) -> &[u8] {
	let start = (index * CHUNK) as usize;
	&data[start..data.len().min(start + CHUNK as usize)]
}

fn value_of_data(data: &[u8], node: Node, is_root: bool) -> Words8 {
	if node.1 - node.0 == 1 {
		return blake3::chunk(chunk_of(data, node.0), node.0, is_root);
	}
	let (left, right) = children(node);
	let left = value_of_data(data, left, false);
	blake3::parent(&left, &value_of_data(data, right, false), is_root)
}

struct Given<'a> {
	indices: &'a [u64],
	proof: &'a PossessionProof,
	siblings: &'a [Node],
}

fn value_of_proof(given: &Given, node: Node, is_root: bool) -> Words8 {
	if let Some(place) = given.siblings.iter().position(|sibling| *sibling == node) {
		return blake3::words_of(&given.proof.siblings[place]);
	}
	if node.1 - node.0 == 1 {
		// Only the last chunk can be short, and it comes last.
		let place = given.indices.iter().take_while(|index| **index < node.0).count();
		return blake3::chunk(chunk_of(&given.proof.chunks, place as u64), node.0, is_root);
	}
	let (left, right) = children(node);
	let left = value_of_proof(given, left, false);
	blake3::parent(&left, &value_of_proof(given, right, false), is_root)
}
