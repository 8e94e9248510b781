// SPDX-License-Identifier: Apache-2.0
//! What holds for every blob, challenge and proof.
#![cfg(feature = "std")]

mod common;

use codec::{DecodeAll, Encode};
use common::{noise, outboard_of, reader, size_of};
use proptest::{collection::vec, prelude::*, sample::Index};
use terrace_possession::{
	challenge, encoded_bound, prove, prove_with_outboard, reference, verify, BlobSize,
	ChallengeSeed, ContentId, Outboard, OutboardBuilder, PossessionProof, ProofBound,
	StoredOutboard, MAX_BLOB_SIZE,
};

/// A blob, its content id, some of its chunks and the proof for them.
#[derive(Clone, Debug)]
struct Case {
	data: Vec<u8>,
	root: ContentId,
	size: BlobSize,
	indices: Vec<u64>,
	proof: PossessionProof,
}

prop_compose! {
	fn cases(max_len: usize)(
		// As many blobs of few chunks as of many.
		bits in 0..usize::BITS - max_len.leading_zeros(),
		noise_len in any::<Index>(),
		salt in any::<u64>(),
		picks in vec(any::<Index>(), 1..=16),
	) -> Case {
		let len = (noise_len.index(1 << bits) + (1 << bits)).min(max_len);
		let data = noise(len, salt);
		let size = size_of(&data);
		let mut indices: Vec<u64> =
			picks.iter().map(|pick| pick.index(size.chunks() as usize) as u64).collect();
		indices.sort();
		indices.dedup();
		let proof = prove(&data, &indices);
		Case { root: ContentId::of(&data), data, size, indices, proof }
	}
}

fn accepted(case: &Case, proof: &PossessionProof) -> bool {
	let fast = verify(&case.root, case.size, &case.indices, proof).is_ok();
	let slow = reference::verify(&case.root.0, case.size.get(), &case.indices, proof);
	assert_eq!(fast, slow, "the verifiers disagree");
	fast
}

proptest! {
	#[test]
	fn provers_and_verifiers_agree(case in cases(200 * 1024)) {
		prop_assert_eq!(&case.proof, &reference::prove(&case.data, &case.indices));
		let (root, outboard) = outboard_of(&case.data);
		prop_assert_eq!(root, case.root);
		prop_assert_eq!(root.0, reference::root(&case.data));
		let read = prove_with_outboard(case.size, &case.indices, &outboard, reader(&case.data));
		prop_assert_eq!(&case.proof, &read.unwrap());
		prop_assert!(accepted(&case, &case.proof));
	}

	#[test]
	fn proof_and_bound_hold_together(case in cases(100 * 1024)) {
		let count = case.indices.len() as u8;
		let bound = ProofBound::new(case.size, count);
		prop_assert!(case.proof.chunks.len() <= bound.bytes as usize);
		prop_assert!(case.proof.siblings.len() <= bound.siblings as usize);
		prop_assert!(case.proof.encode().len() <= encoded_bound(case.size, count) as usize);
		prop_assert!(case.proof.is_within(case.size, count));
		prop_assert!(case.proof.shape_matches(case.size, &case.indices));
	}

	#[test]
	fn encoding_is_the_only_one(case in cases(20 * 1024)) {
		let encoded = case.proof.encode();
		prop_assert_eq!(PossessionProof::decode_all(&mut &encoded[..]).unwrap(), case.proof);
	}

	#[test]
	fn flipped_bit_is_refused(case in cases(40 * 1024), bit in any::<Index>()) {
		let mut encoded = case.proof.encode();
		let bit = bit.index(encoded.len() * 8);
		encoded[bit / 8] ^= 1 << (bit % 8);
		// A damaged length may leave nothing that could be decoded; that is a refusal as well.
		if let Ok(proof) = PossessionProof::decode_all(&mut &encoded[..]) {
			prop_assert!(!accepted(&case, &proof));
		}
	}

	#[test]
	fn flipped_bit_of_the_data_is_refused(case in cases(40 * 1024), bit in any::<Index>()) {
		let mut proof = case.proof.clone();
		let bit = bit.index(proof.chunks.len() * 8);
		proof.chunks[bit / 8] ^= 1 << (bit % 8);
		prop_assert!(!accepted(&case, &proof));
	}

	#[test]
	fn dropped_or_added_parts_are_refused(case in cases(40 * 1024), at in any::<Index>()) {
		let mut less = case.proof.clone();
		less.chunks.remove(at.index(less.chunks.len()));
		prop_assert!(!accepted(&case, &less));
		let mut more = case.proof.clone();
		more.chunks.insert(at.index(more.chunks.len() + 1), 0);
		prop_assert!(!accepted(&case, &more));
		let mut more = case.proof.clone();
		more.siblings.insert(at.index(more.siblings.len() + 1), case.root.0);
		prop_assert!(!accepted(&case, &more));
		let mut less = case.proof.clone();
		if !less.siblings.is_empty() {
			less.siblings.remove(at.index(less.siblings.len()));
			prop_assert!(!accepted(&case, &less));
		}
	}

	#[test]
	fn exchanged_siblings_are_refused(
		case in cases(40 * 1024),
		one in any::<Index>(),
		other in any::<Index>(),
	) {
		let mut proof = case.proof.clone();
		if proof.siblings.len() > 1 {
			let (one, other) = (one.index(proof.siblings.len()), other.index(proof.siblings.len()));
			proof.siblings.swap(one, other);
			prop_assert_eq!(accepted(&case, &proof), proof == case.proof);
		}
	}

	#[test]
	fn answer_to_another_challenge_is_refused(
		case in cases(40 * 1024),
		place in any::<Index>(),
		index in any::<Index>(),
	) {
		let mut other = case.clone();
		let place = place.index(other.indices.len());
		other.indices[place] = index.index(case.size.chunks() as usize) as u64;
		other.indices.sort();
		prop_assert_eq!(accepted(&other, &case.proof), other.indices == case.indices);
	}

	#[test]
	fn other_content_is_refused(case in cases(40 * 1024), bit in 0_usize..256) {
		let mut other = case.clone();
		other.root.0[bit / 8] ^= 1 << (bit % 8);
		prop_assert!(!accepted(&other, &case.proof));
	}

	#[test]
	fn other_size_is_refused_with_the_last_chunk(
		mut case in cases(40 * 1024),
		other in 1_u64..80 * 1024,
	) {
		let last = case.size.chunks() - 1;
		case.indices.retain(|index| *index != last);
		case.indices.truncate(15);
		case.indices.push(last);
		case.proof = prove(&case.data, &case.indices);
		prop_assert!(accepted(&case, &case.proof));
		prop_assume!(other != case.size.get());
		case.size = BlobSize::new(other).unwrap();
		prop_assert!(!accepted(&case, &case.proof));
	}

	#[test]
	fn garbage_is_refused(
		chunks in vec(any::<u8>(), 0..3000),
		siblings in vec(any::<[u8; 32]>(), 0..8),
		size in 1_u64..=64 * 1024,
		indices in vec(0_u64..70, 0..20),
	) {
		let proof = PossessionProof { chunks, siblings };
		let size = BlobSize::new(size).unwrap();
		prop_assert!(verify(&ContentId([7; 32]), size, &indices, &proof).is_err());
		prop_assert!(!reference::verify(&[7; 32], size.get(), &indices, &proof));
	}

	#[test]
	fn bytes_of_any_kind_decode_or_fail(bytes in vec(any::<u8>(), 0..200)) {
		if let Ok(proof) = PossessionProof::decode_all(&mut &bytes[..]) {
			prop_assert_eq!(proof.encode(), bytes);
		}
	}

	#[test]
	fn parts_of_any_shape_are_judged_alike(
		case in cases(20 * 1024),
		chunks in 0_usize..4000,
		siblings in 0_usize..12,
	) {
		let mut proof = case.proof.clone();
		proof.chunks.resize(chunks, 0);
		proof.siblings.resize(siblings, [0; 32]);
		prop_assert_eq!(accepted(&case, &proof), proof == case.proof);
	}

	#[test]
	fn outboard_does_not_depend_on_the_pieces(
		data in (1_usize..100_000, any::<u64>()).prop_map(|(len, salt)| noise(len, salt)),
		cuts in vec(any::<Index>(), 0..20),
	) {
		let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(data.len() + 1)).collect();
		cuts.extend([0, data.len()]);
		cuts.sort();
		let mut pieces = OutboardBuilder::new(size_of(&data));
		let mut stream = OutboardBuilder::streaming(size_of(&data), Vec::new());
		for ends in cuts.windows(2) {
			pieces.update(&data[ends[0]..ends[1]]).unwrap();
			stream.update(&data[ends[0]..ends[1]]).unwrap();
		}
		let (root, outboard) = outboard_of(&data);
		prop_assert_eq!(&pieces.finish().unwrap(), &(root, outboard.clone()));
		prop_assert_eq!(stream.finish_streaming().unwrap(), (root, outboard.to_bytes()));
	}

	#[test]
	fn stored_outboard_serves_as_well(case in cases(200 * 1024)) {
		let bytes = outboard_of(&case.data).1.to_bytes();
		let read = Outboard::from_bytes(&bytes).unwrap();
		prop_assert_eq!((read.root(), read.size()), (&case.root, case.size));
		prop_assert_eq!(&read.to_bytes(), &bytes);
		let stored = StoredOutboard(reader(&bytes));
		let proof = prove_with_outboard(case.size, &case.indices, &stored, reader(&case.data));
		prop_assert_eq!(proof.unwrap(), case.proof);
	}

	#[test]
	fn damaged_outboard_is_refused(
		len in 16 * 1024 + 1_usize..200 * 1024,
		salt in any::<u64>(),
		bit in any::<Index>(),
	) {
		let mut bytes = outboard_of(&noise(len, salt)).1.to_bytes();
		let bit = bit.index((bytes.len() - 40) * 8);
		bytes[bit / 8] ^= 1 << (bit % 8);
		prop_assert!(Outboard::from_bytes(&bytes).is_err());
	}

	#[test]
	fn challenge_is_that_of_the_reference(
		seed in any::<[u8; 32]>(),
		provider in any::<[u8; 32]>(),
		leg in any::<u64>(),
		size in prop_oneof![1..=64 * 1024_u64, 1..=MAX_BLOB_SIZE],
		count in 0_u8..=20,
	) {
		let blob = BlobSize::new(size).unwrap();
		let indices = challenge(&ChallengeSeed(seed), &provider, leg, blob, count);
		prop_assert_eq!(&indices, &reference::challenge(&seed, &provider, leg, size, count));
		prop_assert_eq!(indices.len() as u64, u64::from(count).min(16).min(blob.chunks()));
		prop_assert!(indices.windows(2).all(|pair| pair[0] < pair[1]));
		prop_assert!(indices.iter().all(|index| *index < blob.chunks()));
	}
}
