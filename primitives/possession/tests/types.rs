// SPDX-License-Identifier: Apache-2.0
//! How the types look to others: in SCALE, in JSON and to people.
#![cfg(feature = "std")]

use codec::{Decode, Encode, MaxEncodedLen};
use terrace_possession::{
	BlobSize, ChallengeSeed, ContentId, PossessionProof, ProofRef, MAX_BLOB_SIZE,
};

const EMPTY: &str = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

#[test]
fn content_id_reads_as_b3sum_prints_it() {
	let id = ContentId::of(&[]);
	assert_eq!(id.to_string(), EMPTY);
	assert_eq!(format!("{id:?}"), EMPTY);
	assert_eq!(EMPTY.parse::<ContentId>().unwrap(), id);
	assert_eq!(EMPTY.to_uppercase().parse::<ContentId>().unwrap(), id);
	assert_eq!(format!("{id:>66}"), format!("  {EMPTY}"));
}

#[test]
fn texts_that_are_no_content_id_are_refused() {
	let long = format!("{EMPTY}00");
	let prefixed = format!("0x{EMPTY}");
	for text in ["", "af", &EMPTY[1..], &long, &prefixed, &EMPTY.replace('a', "g")] {
		let error = text.parse::<ContentId>().unwrap_err().to_string();
		assert!(error.starts_with("64 hexadecimal digits expected"), "{text}: {error}");
	}
}

#[test]
fn content_id_and_seed_are_hexadecimal_in_json() {
	let id = ContentId::of(&[]);
	assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{EMPTY}\""));
	assert_eq!(serde_json::from_str::<ContentId>(&format!("\"{EMPTY}\"")).unwrap(), id);
	assert!(serde_json::from_str::<ContentId>("\"af13\"").is_err());
	let seed = ChallengeSeed(id.0);
	assert_eq!(serde_json::to_string(&seed).unwrap(), format!("\"{EMPTY}\""));
}

#[test]
fn content_id_and_seed_are_raw_in_scale() {
	assert_eq!(ContentId([5; 32]).encode(), [5; 32]);
	assert_eq!(ChallengeSeed([6; 32]).encode(), [6; 32]);
	assert_eq!(ContentId::max_encoded_len(), 32);
	assert_eq!(ContentId::decode(&mut &[5; 32][..]), Ok(ContentId([5; 32])));
}

#[test]
fn blob_size_is_checked_wherever_it_comes_from() {
	let size = BlobSize::new(1025).unwrap();
	assert_eq!(size.encode(), 1025_u64.encode());
	assert_eq!(BlobSize::decode(&mut &size.encode()[..]), Ok(size));
	assert_eq!(serde_json::to_string(&size).unwrap(), "1025");
	assert_eq!(serde_json::from_str::<BlobSize>("1025").unwrap(), size);
	for bytes in [0, MAX_BLOB_SIZE + 1, u64::MAX] {
		assert!(BlobSize::decode(&mut &bytes.encode()[..]).is_err(), "{bytes}");
		assert!(serde_json::from_str::<BlobSize>(&bytes.to_string()).is_err(), "{bytes}");
	}
}

#[test]
fn proof_is_two_lists_in_scale() {
	let proof = PossessionProof { chunks: vec![1, 2, 3], siblings: vec![[4; 32]] };
	let expected = [&[3 << 2, 1, 2, 3, 1 << 2][..], &[4; 32]].concat();
	assert_eq!(proof.encode(), expected);
}

#[test]
fn proof_is_read_in_place_as_it_is_decoded() {
	let proofs = [
		PossessionProof::default(),
		PossessionProof { chunks: vec![1; 1024], siblings: vec![[4; 32]; 20] },
		PossessionProof { chunks: vec![2; 16 * 1024], siblings: vec![[5; 32]; 417] },
	];
	let all = proofs.encode();
	let mut rest = all.as_slice();
	for proof in &proofs {
		assert_eq!(ProofRef::take(&mut rest), Some(ProofRef::from(proof)));
	}
	assert!(rest.is_empty());
	assert_eq!(ProofRef::take(&mut rest), None);
}

#[test]
fn what_is_no_encoded_proof_is_not_read_in_place_either() {
	let whole = PossessionProof { chunks: vec![1; 70], siblings: vec![[4; 32]; 2] }.encode();
	for end in 0..whole.len() {
		let cut = &whole[..end];
		assert_eq!(ProofRef::take(&mut &*cut), None, "{end} of {} bytes", whole.len());
		assert!(PossessionProof::decode(&mut &*cut).is_err());
	}
	// A length in more bytes than it takes, and lengths beyond all memory.
	for bytes in [&[1, 0, 0][..], &[0xfe, 0xff, 0xff, 0xff], &[0, 0xfe, 0xff, 0xff, 0xff]] {
		assert_eq!(ProofRef::take(&mut &*bytes), None, "{bytes:?}");
		assert!(PossessionProof::decode(&mut &*bytes).is_err());
	}
}
