// SPDX-License-Identifier: Apache-2.0
//! Possession proofs as operators submit them.

use crate::{ChainId, StreamId, Window};
use codec::{Compact, Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_crypto_hashing::blake2_256;
use sp_runtime::BoundedVec;
use terrace_possession::{PossessionProof, ProofRef};

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
/// Most proofs of one batch.
pub const MAX_BATCH_ITEMS: u32 = 1_024;
/// Most bytes of a batch's proofs: 500 of blobs of a terabyte fit, one challenge each.
pub const MAX_BATCH_BYTES: u32 = 1024 * 1024;

/// Proof for one leg.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct ProofItem {
	/// Page of the stream.
	#[codec(compact)]
	pub page: u32,
	/// Slot of the leg within its page.
	pub slot: u8,
	/// Answer to the leg's challenge in the open window.
	pub proof: PossessionProof,
}

/// A [`ProofItem`] within the bytes of its batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemRef<'a> {
	/// Page of the stream.
	pub page: u32,
	/// Slot of the leg within its page.
	pub slot: u8,
	/// Answer to the leg's challenge in the open window.
	pub proof: ProofRef<'a>,
}

/// The bytes of a batch are not the encoded items of a stream in the order of their slots, each
/// slot at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedBatch;

/// Proofs for legs of one stream in one window.
///
/// The items lie one behind the other as they are encoded, so that a chain reads them in place, and
/// so that whoever knows the transaction can point at a proof in it.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct ProofBatch {
	/// Stream of the legs.
	pub stream: StreamId,
	/// Window the proofs answer.
	pub window: Window,
	/// How often these proofs were sent before; gives a resent batch another hash.
	pub attempt: u8,
	/// Encoded [`ProofItem`]s, in ascending order of page and slot.
	pub data: BoundedVec<u8, ConstU32<MAX_BATCH_BYTES>>,
}

impl ProofBatch {
	/// A batch without proofs.
	pub fn new(stream: StreamId, window: Window, attempt: u8) -> Self {
		Self { stream, window, attempt, data: BoundedVec::new() }
	}

	/// Adds a proof, if there is room for its bytes; says whether there was.
	pub fn push(&mut self, item: &ProofItem) -> bool {
		let mut data = core::mem::take(&mut self.data).into_inner();
		let before = data.len();
		item.encode_to(&mut data);
		let fits = u32::try_from(data.len()).is_ok_and(|len| len <= MAX_BATCH_BYTES);
		if !fits {
			data.truncate(before);
		}
		self.data = BoundedVec::truncate_from(data);
		fits
	}

	/// The proofs, read in place.
	pub fn items(&self) -> BatchItems<'_> {
		BatchItems { rest: &self.data, last: None }
	}

	/// What the operator of the stream signs for proof chain `chain`.
	pub fn signing_payload(&self, chain: ChainId) -> [u8; 32] {
		self.signing_payload_over(chain, blake2_256(&self.data))
	}

	/// As [`Self::signing_payload`] where the Blake2 hash of the data is known.
	pub fn signing_payload_over(&self, chain: ChainId, data: [u8; 32]) -> [u8; 32] {
		(*b"terrace-proof/2", chain, self.stream, self.window, self.attempt, data)
			.using_encoded(blake2_256)
	}
}

/// Reads the items of a batch; ends after the first one that is malformed.
#[derive(Clone, Debug)]
pub struct BatchItems<'a> {
	rest: &'a [u8],
	/// Page and slot of the item before.
	last: Option<(u32, u8)>,
}

impl<'a> BatchItems<'a> {
	fn take(&mut self) -> Option<ItemRef<'a>> {
		let Compact(page) = Compact::<u32>::decode(&mut self.rest).ok()?;
		let slot = u8::decode(&mut self.rest).ok()?;
		let here = Some((page, slot));
		if here <= self.last || u32::from(slot) >= PAGE_SLOTS {
			return None;
		}
		self.last = here;
		Some(ItemRef { page, slot, proof: ProofRef::take(&mut self.rest)? })
	}
}

impl<'a> Iterator for BatchItems<'a> {
	type Item = Result<ItemRef<'a>, MalformedBatch>;

	fn next(&mut self) -> Option<Self::Item> {
		if self.rest.is_empty() {
			return None;
		}
		let item = self.take();
		if item.is_none() {
			self.rest = &[];
		}
		Some(item.ok_or(MalformedBatch))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec;

	fn item(page: u32, slot: u8) -> ProofItem {
		let proof = PossessionProof { chunks: vec![slot; 100], siblings: vec![[7; 32]; 2] };
		ProofItem { page, slot, proof }
	}

	fn batch(items: &[ProofItem]) -> ProofBatch {
		let mut batch = ProofBatch::new(StreamId(1), Window(2), 0);
		assert!(items.iter().all(|item| batch.push(item)));
		batch
	}

	fn is_malformed(batch: &ProofBatch) -> bool {
		let items = batch.items().collect::<alloc::vec::Vec<_>>();
		items.last() == Some(&Err(MalformedBatch))
	}

	#[test]
	fn items_are_read_as_they_were_pushed() {
		let pushed = [item(0, 0), item(0, 63), item(1, 0), item(70_000, 5)];
		let batch = batch(&pushed);
		assert_eq!(batch.data.to_vec(), pushed.encode());
		let read = batch.items().map(|item| item.expect("it is sound"));
		for (read, pushed) in read.zip(&pushed) {
			let proof = ProofRef::from(&pushed.proof);
			assert_eq!(read, ItemRef { page: pushed.page, slot: pushed.slot, proof });
		}
		assert_eq!(batch.items().count(), pushed.len());
	}

	#[test]
	fn items_out_of_order_or_named_twice_are_malformed() {
		assert!(!is_malformed(&batch(&[item(1, 2), item(1, 3), item(2, 0)])));
		assert!(is_malformed(&batch(&[item(1, 2), item(1, 2)])));
		assert!(is_malformed(&batch(&[item(1, 3), item(1, 2)])));
		assert!(is_malformed(&batch(&[item(2, 0), item(1, 3)])));
	}

	#[test]
	fn slots_that_no_page_has_are_malformed() {
		assert!(!is_malformed(&batch(&[item(0, 63)])));
		assert!(is_malformed(&batch(&[item(0, 64)])));
	}

	#[test]
	fn cut_batches_are_malformed() {
		let whole = batch(&[item(0, 1), item(0, 2)]);
		let first = item(0, 1).encoded_size();
		for end in 1..whole.data.len() {
			let data = BoundedVec::truncate_from(whole.data[..end].to_vec());
			let cut = ProofBatch { data, ..whole.clone() };
			assert_eq!(is_malformed(&cut), end != first, "{end}");
		}
	}

	#[test]
	fn batch_takes_no_more_than_its_bytes() {
		let proof = PossessionProof { chunks: vec![0; 600 * 1024], siblings: vec![] };
		let mut batch = ProofBatch::new(StreamId(1), Window(2), 0);
		assert!(batch.push(&ProofItem { proof: proof.clone(), ..item(0, 0) }));
		let before = batch.clone();
		assert!(!batch.push(&ProofItem { proof, ..item(0, 1) }));
		assert_eq!(batch, before);
		assert!(batch.push(&item(0, 1)));
	}
}
