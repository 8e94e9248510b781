// SPDX-License-Identifier: Apache-2.0
//! The committed vectors, which every implementation of the protocol has to meet.
//!
//! `cargo run -p terrace-possession --example possession-vectors` makes them.
#![cfg(feature = "std")]

mod common;
#[path = "common/vectors.rs"]
mod format;

use codec::{DecodeAll, Encode};
use common::pattern;
use format::{answer, Answer, Encoded, Vectors, COUNTS, SIZES};
use terrace_possession::{reference, verify, BlobSize, ContentId, PossessionProof};

fn vectors() -> Vectors {
	serde_json::from_str(include_str!("vectors/possession.json")).unwrap()
}

/// Every challenge of the file with its blob.
fn for_each_answer(mut check: impl FnMut(&Vectors, &[u8], &ContentId, &Answer)) {
	let vectors = vectors();
	let mut checked = 0;
	for blob in &vectors.blobs {
		for answer in &blob.proofs {
			check(&vectors, &pattern(blob.size), &blob.root, answer);
			checked += 1;
		}
	}
	assert_eq!(checked, (SIZES.len() - 1) * COUNTS.len());
}

#[test]
fn file_covers_every_size() {
	let sizes: Vec<usize> = vectors().blobs.iter().map(|blob| blob.size).collect();
	assert_eq!(sizes, SIZES);
}

#[test]
fn roots_are_as_committed() {
	for blob in vectors().blobs {
		assert_eq!(ContentId::of(&pattern(blob.size)), blob.root, "{}", blob.size);
		assert_eq!(reference::root(&pattern(blob.size)), blob.root.0, "{}", blob.size);
	}
}

#[test]
fn roots_are_those_that_blake3_publishes() {
	// From the test vectors of BLAKE3 itself, whose inputs are the same.
	let published = [
		(0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
		(1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"),
		(1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"),
		(2049, "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030"),
	];
	for (size, root) in published {
		let blob = vectors().blobs.into_iter().find(|blob| blob.size == size).unwrap();
		assert_eq!(blob.root.to_string(), root, "{size}");
	}
}

#[test]
fn challenges_and_proofs_are_as_committed() {
	for_each_answer(|vectors, data, _, committed| {
		assert_eq!(&answer(vectors, data, committed.count), committed, "{} bytes", data.len());
	});
}

#[test]
fn reference_gives_the_same() {
	for_each_answer(|vectors, data, root, committed| {
		let provider = hex::decode(&vectors.provider).unwrap().try_into().unwrap();
		let (size, seed) = (data.len() as u64, &vectors.seed.0);
		let indices = reference::challenge(seed, &provider, vectors.leg, size, committed.count);
		assert_eq!(indices, committed.indices, "{size} bytes");
		let proof = reference::prove(data, &indices);
		assert_eq!(Encoded::of(&proof), committed.proof, "{size} bytes");
		assert!(reference::verify(&root.0, size, &indices, &proof), "{size} bytes");
	});
}

#[test]
fn committed_proofs_are_accepted() {
	let mut accepted = 0;
	for_each_answer(|_, data, root, committed| {
		let Encoded::Scale(proof) = &committed.proof else { return };
		let bytes = hex::decode(proof).unwrap();
		let proof = PossessionProof::decode_all(&mut &bytes[..]).unwrap();
		assert_eq!(proof.encode(), bytes);
		let size = BlobSize::new(data.len() as u64).unwrap();
		assert_eq!(verify(root, size, &committed.indices, &proof), Ok(()), "{}", data.len());
		accepted += 1;
	});
	assert!(accepted > 20, "{accepted} proofs are given in full");
}
