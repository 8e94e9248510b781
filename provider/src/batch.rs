// SPDX-License-Identifier: Apache-2.0
//! Batches of proofs, filled page by page.

use codec::Encode;
use terrace_layers::{ProofBatch, ProofItem, StreamId, Window, MAX_BATCH_ITEMS};

/// A batch that takes pages until it is full.
///
/// A page goes into one batch as a whole: two batches of one page would take each other's place in
/// the pools.
pub struct Filling {
	batch: ProofBatch,
	pages: Vec<u32>,
	items: usize,
	most_bytes: usize,
}

impl Filling {
	/// A batch that the chain takes up to `most_bytes` of.
	pub fn new(stream: StreamId, window: Window, most_bytes: u32) -> Self {
		let most_bytes = usize::try_from(most_bytes).unwrap_or(usize::MAX);
		Self { batch: ProofBatch::new(stream, window, 0), pages: Vec::new(), items: 0, most_bytes }
	}

	/// Adds a page's proofs, in the order of their slots; `false`, and nothing added, if they do not
	/// fit.
	///
	/// An empty batch takes as many of them as it can hold. Pages come in ascending order, those of
	/// one attempt after those of another.
	pub fn add(&mut self, attempt: u8, page: u32, items: &[ProofItem]) -> bool {
		let is_empty = self.pages.is_empty();
		let bytes = items.iter().map(Encode::encoded_size).sum::<usize>();
		if !is_empty && (attempt != self.batch.attempt || !self.has_room(items.len(), bytes)) {
			return false;
		}
		self.batch.attempt = attempt;
		self.pages.push(page);
		for item in items {
			if !self.has_room(1, item.encoded_size()) || !self.batch.push(item) {
				break;
			}
			self.items = self.items.saturating_add(1);
		}
		true
	}

	/// The batch, the pages it is for, also those without a proof, and the number of its proofs.
	pub fn finish(self) -> (ProofBatch, Vec<u32>, usize) {
		(self.batch, self.pages, self.items)
	}

	/// A new batch of the same kind.
	pub fn renew(&self) -> Self {
		let batch = ProofBatch::new(self.batch.stream, self.batch.window, 0);
		Self { batch, pages: Vec::new(), items: 0, most_bytes: self.most_bytes }
	}

	fn has_room(&self, items: usize, bytes: usize) -> bool {
		let most = usize::try_from(MAX_BATCH_ITEMS).unwrap_or(usize::MAX);
		self.items.saturating_add(items) <= most
			&& self.batch.data.len().saturating_add(bytes) <= self.most_bytes
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use terrace_possession::PossessionProof;

	const BYTES: u32 = 64 * 1024;

	fn filling() -> Filling {
		Filling::new(StreamId(1), Window(2), BYTES)
	}

	fn items(page: u32, count: u8, bytes: usize) -> Vec<ProofItem> {
		let proof = PossessionProof { chunks: vec![7; bytes], siblings: vec![] };
		(0..count).map(|slot| ProofItem { page, slot, proof: proof.clone() }).collect()
	}

	#[test]
	fn batch_holds_whole_pages_until_it_is_full() {
		let mut filling = filling();
		assert!(filling.add(0, 0, &items(0, 30, 1000)));
		assert!(filling.add(0, 4, &items(4, 30, 1000)));
		assert!(!filling.add(0, 5, &items(5, 30, 1000)));
		assert!(filling.add(0, 6, &items(6, 2, 1000)));
		let (batch, pages, count) = filling.finish();
		assert_eq!((pages, count), (vec![0, 4, 6], 62));
		assert!(batch.items().all(|item| item.is_ok()));
		assert_eq!(batch.items().count(), 62);
		assert!(batch.data.len() <= BYTES as usize);
	}

	#[test]
	fn page_longer_than_a_batch_is_cut() {
		let mut filling = filling();
		assert!(filling.add(0, 3, &items(3, 64, 2000)));
		let (batch, pages, count) = filling.finish();
		assert_eq!((pages, count), (vec![3], 32));
		assert!(batch.data.len() <= BYTES as usize);
	}

	#[test]
	fn batch_holds_one_attempt_and_no_more_proofs_than_allowed() {
		let mut filling = filling();
		assert!(filling.add(1, 0, &items(0, 1, 10)));
		assert!(!filling.add(2, 1, &items(1, 1, 10)));
		assert_eq!(filling.renew().finish().2, 0);
		for page in 1..16 {
			assert!(filling.add(1, page, &items(page, 64, 10)));
		}
		assert!(!filling.add(1, 16, &items(16, 64, 10)));
		assert!(filling.add(1, 16, &items(16, 63, 10)));
		let (batch, _, count) = filling.finish();
		assert_eq!((batch.attempt, count), (1, MAX_BATCH_ITEMS as usize));
	}

	#[test]
	fn page_without_proofs_is_remembered() {
		let mut filling = filling();
		assert!(filling.add(0, 9, &[]));
		let (batch, pages, count) = filling.finish();
		assert_eq!((batch.data.len(), pages, count), (0, vec![9], 0));
	}
}
