// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects,
		clippy::as_conversions
	)
)]

extern crate alloc;

mod challenge;
mod hash;
mod id;
mod proof;
mod size;
mod tree;
mod verify;

#[cfg(feature = "std")]
mod outboard;
#[cfg(feature = "std")]
mod prove;
#[cfg(feature = "std")]
pub mod reference;

pub use challenge::{challenge, is_due, CHALLENGE_DOMAIN, DUE_DOMAIN};
pub use hash::ChainingValue;
pub use id::{ChallengeSeed, ContentId, NotHex};
pub use proof::{encoded_bound, PossessionProof, ProofBound, ProofError, ProofRef};
pub use size::{BlobSize, SizeError};
pub use tree::{left_chunks, path, Path, Side, Subtree};
pub use verify::verify;

#[cfg(feature = "std")]
pub use outboard::{Outboard, OutboardBuilder, OutboardError, OutboardSource, StoredOutboard};
#[cfg(feature = "std")]
pub use prove::{prove, prove_with_outboard};

/// Bytes in a chunk, the unit that a challenge asks for; BLAKE3's own leaf.
pub const CHUNK_SIZE: u64 = 1024;

/// Most bytes a blob may have (1 TiB).
pub const MAX_BLOB_SIZE: u64 = 1 << 40;

/// Most levels between the root and a chunk; that of a blob of [`MAX_BLOB_SIZE`].
pub const MAX_DEPTH: u32 = 30;

/// Most chunks that one challenge asks of a blob.
pub const MAX_CHALLENGES: u8 = 16;
