// SPDX-License-Identifier: Apache-2.0
//! The same trees in `bao-tree`, written by others.
#![cfg(feature = "std")]

mod common;

use bao_tree::{
	io::{
		outboard::PostOrderMemOutboard,
		sync::{encode_ranges_validated, DecodeResponseIter},
		BaoContentItem,
	},
	BlockSize, ChunkNum, ChunkRanges,
};
use common::{noise, outboard_of, size_of, SIZES};
use std::collections::BTreeSet;
use terrace_possession::{path, prove, Side};

/// What `bao-tree` sends for some chunks: the hash pairs from the root down, and the data.
fn slice(data: &[u8], indices: &[u64]) -> (Vec<([u8; 32], [u8; 32])>, Vec<u8>) {
	let outboard = PostOrderMemOutboard::create(data, BlockSize::ZERO);
	let ranges = indices
		.iter()
		.map(|index| ChunkRanges::from(ChunkNum(*index)..ChunkNum(index + 1)))
		.fold(ChunkRanges::empty(), |all, one| all | one);
	let mut encoded = Vec::new();
	encode_ranges_validated(data, &outboard, &ranges, &mut encoded).unwrap();
	let (mut pairs, mut chunks) = (Vec::new(), Vec::new());
	let mut bytes = &encoded[..];
	// The iterator checks every hash on the way.
	for item in DecodeResponseIter::new(outboard.root, outboard.tree, &mut bytes, &ranges) {
		match item.unwrap() {
			BaoContentItem::Parent(parent) => {
				pairs.push((parent.pair.0.into(), parent.pair.1.into()))
			}
			BaoContentItem::Leaf(leaf) => chunks.extend(&leaf.data[..]),
		}
	}
	(pairs, chunks)
}

#[test]
fn roots_agree() {
	for (len, why) in SIZES {
		let data = noise(len, 1);
		for block in [BlockSize::ZERO, BlockSize::from_chunk_log(4)] {
			let theirs = PostOrderMemOutboard::create(&data, block);
			assert_eq!(outboard_of(&data).0 .0, *theirs.root.as_bytes(), "{len}: {why}");
		}
	}
}

#[test]
fn outboards_hold_the_same_hashes() {
	for (len, why) in SIZES {
		let data = noise(len, 2);
		let theirs = PostOrderMemOutboard::create(&data, BlockSize::from_chunk_log(4));
		let ours = outboard_of(&data).1.to_bytes();
		let ours = &ours[..ours.len() - 40];
		assert_eq!(ours.len(), theirs.data.len(), "{len}: {why}");
		let hashes = |bytes: &[u8]| bytes.chunks(32).map(Vec::from).collect::<BTreeSet<_>>();
		assert_eq!(hashes(ours), hashes(&theirs.data), "{len}: {why}");
	}
}

#[test]
fn proof_of_one_chunk_is_a_slice_without_the_way_down() {
	for (len, why) in SIZES {
		let data = noise(len, 3);
		let last = size_of(&data).chunks() - 1;
		for index in [0, last / 3, last / 2, last] {
			let (pairs, chunk) = slice(&data, &[index]);
			let sides: Vec<Side> = path(size_of(&data), index).unwrap().collect();
			assert_eq!(sides.len(), pairs.len(), "{len} ({why}), chunk {index}");
			let beside = |side| pairs.iter().zip(&sides).filter(move |(_, on)| **on == side);
			// To the left of the way the upper nodes come first, to its right the lower ones.
			let before = beside(Side::Right).map(|(pair, _)| pair.0);
			let after = beside(Side::Left).map(|(pair, _)| pair.1).collect::<Vec<_>>();
			let siblings: Vec<_> = before.chain(after.into_iter().rev()).collect();
			let proof = prove(&data, &[index]);
			assert_eq!(proof.siblings, siblings, "{len} ({why}), chunk {index}");
			assert_eq!(proof.chunks, chunk, "{len} ({why}), chunk {index}");
		}
	}
}

#[test]
fn proof_of_several_chunks_takes_its_hashes_from_a_slice() {
	let data = noise(300 * 1024 + 5, 4);
	for indices in [vec![0, 1, 2], vec![7, 64, 65, 300], (285..=300).collect()] {
		let (pairs, chunks) = slice(&data, &indices);
		let hashes: BTreeSet<_> = pairs.iter().flat_map(|pair| [pair.0, pair.1]).collect();
		let proof = prove(&data, &indices);
		assert_eq!(proof.chunks, chunks, "{indices:?}");
		// Of all hashes in a slice, those on the way to a chunk can be computed.
		assert_eq!(proof.siblings.len() + indices.len(), pairs.len() + 1, "{indices:?}");
		assert!(proof.siblings.iter().all(|hash| hashes.contains(hash)), "{indices:?}");
	}
}
