// SPDX-License-Identifier: Apache-2.0
//! The test vectors: their form, and how they are made.

use codec::Encode;
use serde::{Deserialize, Serialize};
use terrace_possession::{challenge, prove, BlobSize, ChallengeSeed, ContentId, PossessionProof};

/// Sizes of the blobs; the first one cannot be stored, but has a content id.
pub const SIZES: [usize; 11] =
	[0, 1, 1023, 1024, 1025, 2048, 2049, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 1024 * 1024 + 1];

/// Numbers of chunks asked for.
pub const COUNTS: [u8; 3] = [1, 4, 16];

/// Longer proofs are told by their hash.
pub const LONGEST_IN_FULL: usize = 4096;

/// All of `possession.json`.
#[derive(Serialize, Deserialize, Debug, PartialEq)]
pub struct Vectors {
	/// How to read the file.
	pub about: Vec<String>,
	/// Seed of all challenges.
	pub seed: ChallengeSeed,
	/// Provider of all challenges, in hexadecimal digits.
	pub provider: String,
	/// Leg of all challenges.
	pub leg: u64,
	/// One blob each.
	pub blobs: Vec<Blob>,
}

/// A blob and some proofs for it.
#[derive(Serialize, Deserialize, Debug, PartialEq)]
pub struct Blob {
	/// Its length in bytes.
	pub size: usize,
	/// Its content id.
	pub root: ContentId,
	/// Challenges and their answers; none for a blob that cannot be stored.
	pub proofs: Vec<Answer>,
}

/// A challenge and its answer.
#[derive(Serialize, Deserialize, Debug, PartialEq)]
pub struct Answer {
	/// The number of chunks asked for.
	pub count: u8,
	/// The chunks asked for.
	pub indices: Vec<u64>,
	/// Bytes of the encoded proof.
	pub length: usize,
	/// The encoded proof in hexadecimal digits, or the hash of its bytes if it is long.
	pub proof: Encoded,
}

/// The encoded proof.
#[derive(Serialize, Deserialize, Debug, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Encoded {
	/// All of it, in hexadecimal digits.
	Scale(String),
	/// Its BLAKE3 hash.
	Blake3(ContentId),
}

impl Encoded {
	/// The form in which the file shows `proof`.
	pub fn of(proof: &PossessionProof) -> Self {
		let bytes = proof.encode();
		if bytes.len() > LONGEST_IN_FULL {
			Self::Blake3(ContentId::of(&bytes))
		} else {
			Self::Scale(hex::encode(bytes))
		}
	}
}

/// The answer of this crate's prover to the challenge of `count` chunks.
pub fn answer(vectors: &Vectors, data: &[u8], count: u8) -> Answer {
	let provider = hex::decode(&vectors.provider).unwrap().try_into().unwrap();
	let size = BlobSize::new(data.len() as u64).unwrap();
	let indices = challenge(&vectors.seed, &provider, vectors.leg, size, count);
	let proof = prove(data, &indices);
	Answer { count, indices, length: proof.encode().len(), proof: Encoded::of(&proof) }
}
