// SPDX-License-Identifier: Apache-2.0
//! Every form that a tree can take, in the fast code and in the reference.
#![cfg(feature = "std")]

mod common;

use codec::Encode;
use common::{noise, outboard_of, pattern, reader, size_of, SIZES};
use std::cell::RefCell;
use terrace_possession::{
	encoded_bound, left_chunks, path, prove, prove_with_outboard, reference, verify, BlobSize,
	ContentId, ProofBound, Side, SizeError, StoredOutboard, Subtree, CHUNK_SIZE, MAX_BLOB_SIZE,
	MAX_DEPTH,
};

/// Sets of chunks that take different ways through a tree of that many chunks.
fn index_sets(chunks: u64) -> Vec<Vec<u64>> {
	let last = chunks - 1;
	let middle = chunks / 2;
	let mut sets = vec![
		vec![0],
		vec![last],
		vec![middle],
		vec![0, last],
		vec![middle.saturating_sub(1), middle],
		(0..chunks.min(16)).collect(),
		(chunks.saturating_sub(16)..chunks).collect(),
		(0..16.min(chunks)).map(|part| part * chunks / 16.min(chunks)).collect(),
	];
	sets.iter_mut().for_each(|set| set.dedup());
	sets
}

#[test]
fn roots_agree_at_every_edge() {
	for (len, why) in SIZES {
		let data = pattern(len);
		let expected: [u8; 32] = blake3::hash(&data).into();
		assert_eq!(ContentId::of(&data).0, expected, "{len}: {why}");
		assert_eq!(outboard_of(&data).0 .0, expected, "{len}: {why}");
		assert_eq!(reference::root(&data), expected, "{len}: {why}");
	}
	assert_eq!(reference::root(&[]), ContentId::of(&[]).0);
}

#[test]
fn proofs_agree_at_every_edge() {
	for (len, why) in SIZES {
		let data = noise(len, 1);
		let (size, (root, outboard)) = (size_of(&data), outboard_of(&data));
		for indices in index_sets(size.chunks()) {
			let proof = prove(&data, &indices);
			let what = format!("{len} ({why}), chunks {indices:?}");
			assert_eq!(proof, reference::prove(&data, &indices), "{what}");
			let read = prove_with_outboard(size, &indices, &outboard, reader(&data)).unwrap();
			assert_eq!(proof, read, "{what}");
			assert_eq!(verify(&root, size, &indices, &proof), Ok(()), "{what}");
			assert!(reference::verify(&root.0, len as u64, &indices, &proof), "{what}");
		}
	}
}

#[test]
fn every_chunk_of_a_small_blob_can_be_proven_alone() {
	for len in [1024, 3000, 5 * 1024, 21 * 1024 + 1, 40 * 1024] {
		let data = noise(len, 2);
		let (size, (root, outboard)) = (size_of(&data), outboard_of(&data));
		for index in 0..size.chunks() {
			let proof = prove_with_outboard(size, &[index], &outboard, reader(&data)).unwrap();
			assert_eq!(proof, reference::prove(&data, &[index]), "{len}, chunk {index}");
			assert_eq!(verify(&root, size, &[index], &proof), Ok(()), "{len}, chunk {index}");
		}
	}
}

#[test]
fn proofs_stay_within_their_bound() {
	for (len, why) in SIZES {
		let data = noise(len, 3);
		let size = size_of(&data);
		for indices in index_sets(size.chunks()) {
			let proof = prove(&data, &indices);
			let count = indices.len() as u8;
			let bound = encoded_bound(size, count) as usize;
			let what = format!("{len} ({why}), chunks {indices:?}");
			assert!(proof.encode().len() <= bound, "{what}");
			assert!(proof.is_within(size, count), "{what}");
			assert_eq!(ProofBound::new(size, count).chunks as usize, indices.len(), "{what}");
		}
	}
}

#[test]
fn bound_is_reached_by_perfect_trees() {
	for depth in [0, 1, 4, 7] {
		let data = noise(1024 << depth, 4);
		let chunks = size_of(&data).chunks();
		for count in [1, 2, 4, 8, 16] {
			let count = count.min(chunks);
			let spread: Vec<u64> = (0..count).map(|part| part * chunks / count).collect();
			let proof = prove(&data, &spread);
			let bound = encoded_bound(size_of(&data), count as u8) as usize;
			assert_eq!(proof.encode().len(), bound, "depth {depth}, {count} chunks");
		}
	}
}

#[test]
fn bound_is_reached_when_every_chunk_is_challenged() {
	for chunks in 1..=16_u8 {
		let data = noise(usize::from(chunks) * 1024 - 3, 4);
		let proof = prove(&data, &(0..chunks.into()).collect::<Vec<_>>());
		assert_eq!(proof.siblings.len(), 0, "{chunks} chunks");
		let bound = encoded_bound(size_of(&data), chunks) as usize;
		assert_eq!(proof.encode().len(), bound, "{chunks} chunks");
	}
}

#[test]
fn bound_refuses_a_proof_with_one_part_more() {
	let data = noise(128 * 1024, 5);
	let size = size_of(&data);
	let proof = prove(&data, &[0, 64]);
	assert!(proof.is_within(size, 2));
	assert!(!proof.is_within(size, 1));
	let mut more_bytes = proof.clone();
	more_bytes.chunks.push(0);
	assert!(!more_bytes.is_within(size, 2));
	let mut more_siblings = proof;
	more_siblings.siblings.push([0; 32]);
	assert!(!more_siblings.is_within(size, 2));
}

#[test]
fn largest_blob_has_the_largest_proof() {
	let largest = BlobSize::new(MAX_BLOB_SIZE).unwrap();
	assert_eq!((largest.chunks(), largest.depth()), (1 << 30, MAX_DEPTH));
	let one = ProofBound { chunks: 1, bytes: 1024, siblings: 30, parents: 30 };
	assert_eq!(ProofBound::new(largest, 1), one);
	assert_eq!(encoded_bound(largest, 1), 2 + 1024 + 1 + 30 * 32);
	// 1 + 2 + 4 + 8 nodes, then 16 on each of 26 levels.
	let all = ProofBound { chunks: 16, bytes: 16384, siblings: 416, parents: 431 };
	assert_eq!(ProofBound::new(largest, 16), all);
	assert_eq!(ProofBound::new(largest, 255), all);
	assert_eq!(encoded_bound(largest, 16), 4 + 16384 + 2 + 416 * 32);
}

#[test]
fn nothing_asked_for_is_bounded_by_nothing() {
	let none = ProofBound { chunks: 0, bytes: 0, siblings: 0, parents: 0 };
	assert_eq!(ProofBound::new(BlobSize::new(5000).unwrap(), 0), none);
}

#[test]
fn blob_size_has_two_limits() {
	assert_eq!(BlobSize::new(0), Err(SizeError::Empty));
	assert_eq!(BlobSize::new(1).map(BlobSize::get), Ok(1));
	assert_eq!(BlobSize::new(MAX_BLOB_SIZE).map(BlobSize::get), Ok(MAX_BLOB_SIZE));
	let (got, max) = (MAX_BLOB_SIZE + 1, MAX_BLOB_SIZE);
	assert_eq!(BlobSize::new(got), Err(SizeError::TooLarge { got, max }));
}

#[test]
fn left_subtree_is_the_largest_power_of_two_below() {
	for chunks in 2..10_000_u64 {
		let left = left_chunks(chunks);
		assert!(left.is_power_of_two() && left < chunks && left * 2 >= chunks, "{chunks}");
		assert_eq!(left * CHUNK_SIZE, blake3::hazmat::left_subtree_len(chunks * CHUNK_SIZE));
	}
}

#[test]
fn path_leads_to_its_chunk() {
	for (len, why) in SIZES {
		let size = BlobSize::new(len as u64).unwrap();
		assert!(path(size, size.chunks()).is_none(), "{len}: {why}");
		let deepest = (0..size.chunks()).map(|index| path(size, index).unwrap().count()).max();
		assert_eq!(deepest, Some(size.depth() as usize), "{len}: {why}");
		for index in 0..size.chunks() {
			let mut at = Subtree::root(size);
			for side in path(size, index).unwrap() {
				let (left, right) = at.children().unwrap();
				at = if side == Side::Left { left } else { right };
			}
			assert_eq!((at.first(), at.chunks()), (index, 1), "{len}: {why}");
			assert!(at.children().is_none());
		}
	}
}

#[test]
fn prover_reads_each_challenged_group_once_and_no_other() {
	let data = noise(300 * 1024 + 7, 6);
	let (size, (root, outboard)) = (size_of(&data), outboard_of(&data));
	let stored = outboard.to_bytes();
	let hashes_read = RefCell::new(0);
	let outboard = StoredOutboard(|offset, buffer: &mut [u8]| {
		*hashes_read.borrow_mut() += buffer.len();
		reader(&stored)(offset, buffer)
	});
	let mut reads = Vec::new();
	let proof = prove_with_outboard(size, &[3, 5, 40, 300], &outboard, |offset, buffer| {
		reads.push((offset, buffer.len()));
		reader(&data)(offset, buffer)
	});
	let proof = proof.unwrap();
	assert_eq!(verify(&root, size, &[3, 5, 40, 300], &proof), Ok(()));
	assert_eq!(reads, [(0, 16384), (32 * 1024, 16384), (288 * 1024, 12 * 1024 + 7)]);
	assert!(*hashes_read.borrow() < 32 * proof.siblings.len());
}

#[test]
fn prover_passes_on_what_the_reader_reports() {
	let data = noise(40_000, 7);
	let (size, (_, outboard)) = (size_of(&data), outboard_of(&data));
	let gone = |_, _: &mut [u8]| Err(std::io::ErrorKind::NotFound.into());
	let error = prove_with_outboard(size, &[9], &outboard, gone).unwrap_err();
	assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn prover_refuses_what_no_verifier_accepts() {
	let data = noise(40_000, 8);
	let (size, (_, outboard)) = (size_of(&data), outboard_of(&data));
	for indices in [vec![], vec![3, 3], vec![4, 2], vec![40], (0..17).collect()] {
		let error = prove_with_outboard(size, &indices, &outboard, reader(&data)).unwrap_err();
		assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput, "{indices:?}");
		assert_eq!(prove(&data, &indices), Default::default(), "{indices:?}");
	}
	assert_eq!(prove(&[], &[0]), Default::default());
}
