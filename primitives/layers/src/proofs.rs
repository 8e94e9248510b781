// SPDX-License-Identifier: Apache-2.0
//! Possession proofs as operators submit them.

use crate::{ChainId, StreamId, Window};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_crypto_hashing::blake2_256;
use sp_runtime::BoundedVec;
use terrace_possession::PossessionProof;

/// When the last round of a window took proofs, and the seed of its challenges.
///
/// A proof chain keeps it in its state, where its parent can have it proven.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq,
)]
pub struct WindowBounds {
	/// Block in which the round opened.
	pub opened_at: u32,
	/// First block in which proofs were refused.
	pub closes_at: u32,
	/// Seed of the challenges.
	pub seed: [u8; 32],
}

/// Legs of one page: one storage read serves them all.
pub const PAGE_SLOTS: u32 = 64;
/// Highest attempt number of a batch.
pub const MAX_ATTEMPT: u8 = 4;

/// Proof for one leg of a page.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct ProofItem {
	/// Slot of the leg within its page.
	pub slot: u8,
	/// Answer to the leg's challenge in the open window.
	pub proof: PossessionProof,
}

/// Proofs for legs of one page in one window.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct ProofBatch {
	/// Stream that owns the page.
	pub stream: StreamId,
	/// Window the proofs answer.
	pub window: Window,
	/// Page of the stream.
	pub page: u32,
	/// How often a batch for this page was sent before; gives a resent batch another hash.
	pub attempt: u8,
	/// The proofs.
	pub items: BoundedVec<ProofItem, ConstU32<PAGE_SLOTS>>,
}

impl ProofBatch {
	/// What the operator of the page signs for proof chain `chain`.
	pub fn signing_payload(&self, chain: ChainId) -> [u8; 32] {
		let items = self.items.using_encoded(blake2_256);
		(*b"terrace-proof/1", chain, self.stream, self.window, self.page, self.attempt, items)
			.using_encoded(blake2_256)
	}
}
