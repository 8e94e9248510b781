// SPDX-License-Identifier: Apache-2.0
//! What the verifier says to proofs that are wrong in one way.
#![cfg(feature = "std")]

mod common;

use common::{noise, size_of};
use terrace_possession::{prove, verify, BlobSize, ContentId, PossessionProof, ProofError};

/// A blob of 5 chunks, the last of 100 bytes, and the proof for its chunks 1 and 4.
fn honest() -> (ContentId, BlobSize, PossessionProof) {
	let data = noise(4 * 1024 + 100, 1);
	(ContentId::of(&data), size_of(&data), prove(&data, &[1, 4]))
}

fn outcome(indices: &[u64], change: impl Fn(&mut PossessionProof)) -> Result<(), ProofError> {
	let (root, size, mut proof) = honest();
	change(&mut proof);
	let result = verify(&root, size, indices, &proof);
	// Only a wrong hash may be found by hashing.
	let shape = proof.shape_matches(size, indices);
	assert_eq!(shape, matches!(result, Ok(()) | Err(ProofError::OtherContent { .. })));
	result
}

#[test]
fn honest_proof_is_accepted() {
	assert_eq!(outcome(&[1, 4], |_| ()), Ok(()));
}

#[test]
fn challenge_of_nothing_is_refused() {
	assert_eq!(outcome(&[], |_| ()), Err(ProofError::NothingChallenged));
	let (root, size, _) = honest();
	let root_alone = PossessionProof { chunks: vec![], siblings: vec![root.0] };
	assert_eq!(verify(&root, size, &[], &root_alone), Err(ProofError::NothingChallenged));
}

#[test]
fn too_many_challenges_are_refused() {
	let indices: Vec<u64> = (0..17).collect();
	let error = ProofError::TooManyChallenged { got: 17, max: 16 };
	assert_eq!(outcome(&indices, |_| ()), Err(error));
}

#[test]
fn indices_that_do_not_ascend_are_refused() {
	assert_eq!(outcome(&[4, 1], |_| ()), Err(ProofError::Unordered { position: 1 }));
	assert_eq!(outcome(&[1, 4, 4], |_| ()), Err(ProofError::Unordered { position: 2 }));
}

#[test]
fn index_beyond_the_blob_is_refused() {
	let error = ProofError::OutOfRange { index: 5, chunks: 5 };
	assert_eq!(outcome(&[1, 5], |_| ()), Err(error));
}

#[test]
fn short_chunks_are_refused_at_the_chunk() {
	let one_byte_less = |proof: &mut PossessionProof| proof.chunks.truncate(1024 + 99);
	let error = ProofError::ChunkMissing { index: 4, expected: 100, got: 99 };
	assert_eq!(outcome(&[1, 4], one_byte_less), Err(error));
	let error = ProofError::ChunkMissing { index: 1, expected: 1024, got: 0 };
	assert_eq!(outcome(&[1, 4], |proof| proof.chunks.clear()), Err(error));
}

#[test]
fn missing_sibling_is_refused_at_its_node() {
	// The siblings are those of chunk 1, to its left, and of the node over both, to its right.
	let error = ProofError::SiblingMissing { first: 2, last: 3 };
	assert_eq!(outcome(&[1, 4], |proof| proof.siblings.truncate(1)), Err(error));
	let error = ProofError::SiblingMissing { first: 0, last: 0 };
	assert_eq!(outcome(&[1, 4], |proof| proof.siblings.clear()), Err(error));
}

#[test]
fn additional_parts_are_refused() {
	let more = |proof: &mut PossessionProof| {
		proof.chunks.extend([0, 0]);
		proof.siblings.push([0; 32]);
	};
	assert_eq!(outcome(&[1, 4], more), Err(ProofError::Trailing { bytes: 2, siblings: 1 }));
}

#[test]
fn other_blob_is_refused_with_both_content_ids() {
	let (_, size, proof) = honest();
	let other = ContentId::of(b"another blob");
	let Err(ProofError::OtherContent { expected, got }) = verify(&other, size, &[1, 4], &proof)
	else {
		panic!("accepted, or refused for another reason");
	};
	assert_eq!((expected, got), (other, honest().0));
}

#[test]
fn exchanged_parts_are_refused() {
	let content = |result| matches!(result, Err(ProofError::OtherContent { .. }));
	assert!(content(outcome(&[1, 4], |proof| proof.siblings.swap(0, 1))));
	assert!(content(outcome(&[1, 4], |proof| proof.chunks.rotate_left(1))));
}

#[test]
fn inner_node_does_not_pass_for_a_chunk() {
	// 64 bytes hash to the parent of two leaves only if no flag tells a leaf from a parent.
	let data = noise(2048, 2);
	let children = prove(&data, &[0]).siblings[0];
	let left = prove(&data, &[1]).siblings[0];
	let fake = PossessionProof { chunks: [left, children].concat(), siblings: vec![] };
	let size = BlobSize::new(64).unwrap();
	let result = verify(&ContentId::of(&data), size, &[0], &fake);
	assert!(matches!(result, Err(ProofError::OtherContent { .. })));
}

#[test]
fn last_chunk_binds_the_size() {
	let data = noise(5 * 1024, 3);
	let proof = prove(&data, &[4]);
	for other in (1..=9 * 1024).filter(|size| *size != 5 * 1024) {
		let size = BlobSize::new(other).unwrap();
		assert!(verify(&ContentId::of(&data), size, &[4], &proof).is_err(), "{other} bytes");
	}
}

#[test]
fn other_chunks_leave_the_size_open() {
	// As the README says; whoever takes a blob in compares the size.
	let data = noise(5 * 1024, 4);
	let proof = prove(&data, &[0]);
	let shorter = BlobSize::new(5 * 1024 - 1).unwrap();
	assert_eq!(verify(&ContentId::of(&data), shorter, &[0], &proof), Ok(()));
}

#[test]
fn errors_say_both_sides() {
	let error = outcome(&[1, 5], |_| ()).unwrap_err();
	assert_eq!(error.to_string(), "chunk 5 is challenged, but the blob has 5");
	let error = outcome(&[1, 4], |proof| proof.chunks.truncate(1024 + 99)).unwrap_err();
	assert_eq!(error.to_string(), "chunk 4 has 100 bytes, 99 are left");
}
