// SPDX-License-Identifier: Apache-2.0
//! Proof transactions: checked in full before they are accepted, then only recorded.

use crate::{
	bit_of, Config, CurrentWindow, Error, Event, Page, PageBits, Pages, Pallet, Proven, ProvenBits,
	StreamRecord, Streams, WeightInfo, WindowRecord,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
	ensure,
	pallet_prelude::{
		InvalidTransaction, TransactionPriority, TransactionSource, TransactionValidityError,
		TransactionValidityWithRefund, UnknownTransaction, ValidTransaction,
	},
	traits::Get,
	weights::Weight,
};
use sp_io::{crypto::sr25519_verify, hashing::blake2_256};
use sp_runtime::{DispatchResult, SaturatedConversion};
use terrace_layers::{
	AccountId, ItemRef, MalformedBatch, Neighbours, OperatorSignature, ProofBatch, MAX_ATTEMPT,
	MAX_BATCH_ITEMS,
};
use terrace_possession::ChallengeSeed;

/// What one proof adds to the priority: more than the highest attempt does.
pub(crate) const PRIORITY_PER_PROOF: TransactionPriority = 16;

/// How much a batch makes a node do.
#[derive(Default)]
struct Extent {
	items: u32,
	pages: u32,
	malformed: bool,
}

impl Extent {
	/// Reads no more of a batch than one item beyond those that it may have.
	fn of(batch: &ProofBatch) -> Self {
		let mut extent = Self::default();
		let mut last = None;
		for item in batch.items().take(MAX_BATCH_ITEMS.saturating_add(1).saturated_into()) {
			extent.items = extent.items.saturating_add(1);
			let page = item.map(|item| item.page);
			extent.malformed = page.is_err();
			if last.replace(page) != Some(page) {
				extent.pages = extent.pages.saturating_add(1);
			}
		}
		extent
	}
}

/// A page that a batch has proofs for.
struct OpenPage {
	number: u32,
	page: Page,
	/// Slots that are proven in the open window.
	proven: u64,
	/// Slots that the batch proves first.
	new: u64,
}

impl OpenPage {
	fn read<T: Config>(batch: &ProofBatch, number: u32, open: &WindowRecord) -> Option<Self> {
		let page = Pages::<T>::try_get(batch.stream, number).ok()?;
		let proven = Proven::<T>::get((open.parity(), batch.stream, number))
			.in_round(open.window, open.round);
		Some(Self { number, page, proven, new: 0 })
	}

	/// Whether `item` is of a due slot and answers its challenge.
	///
	/// An item that came too late to be new is not hashed again, only kept from being overlong.
	fn admit(&mut self, item: &ItemRef, open: &WindowRecord, provider: &AccountId) -> bool {
		let index = usize::from(item.slot);
		let Some(Some(slot)) = self.page.get(index) else { return false };
		let bit = bit_of(index);
		if !open.wants(slot) {
			return false;
		}
		if self.proven & bit != 0 {
			return item.proof.is_within(slot.size, slot.challenges);
		}
		self.new |= bit;
		slot.is_answered(&ChallengeSeed(open.seed), provider, item.proof)
	}

	fn bits(&self) -> PageBits {
		PageBits { page: self.number, bits: self.new }
	}
}

impl<T: Config> Pallet<T> {
	/// Checks a proof transaction, the cheapest checks first.
	///
	/// Answers that another block may change are unknown rather than invalid: a pool forgets them,
	/// whereas it bans what is invalid. The signature comes before the pages, of which there may be
	/// many, so that nobody but the operator makes a node read them.
	pub(crate) fn authorize_proofs(
		_: TransactionSource,
		batch: &ProofBatch,
		signature: &OperatorSignature,
	) -> TransactionValidityWithRefund {
		ensure!(Self::is_well_formed(batch), InvalidTransaction::Call);
		let later = TransactionValidityError::from(UnknownTransaction::CannotLookup);
		let open = Self::open_window_of(batch).ok_or(later)?;
		let stream = Streams::<T>::get(batch.stream).ok_or(later)?;
		let payload = batch.signing_payload_over(T::Registry::this(), blake2_256(&batch.data));
		ensure!(
			sr25519_verify(signature, &payload, &stream.operator),
			InvalidTransaction::BadSigner
		);
		let mut new = Self::check_items(batch, &open, &stream.provider)?;
		new.retain(|page| page.bits != 0);
		ensure!(!new.is_empty(), InvalidTransaction::Stale);
		Ok((Self::validity(batch, &open, &new), Weight::zero()))
	}

	/// Most weight that [`Self::authorize_proofs`] takes.
	pub(crate) fn weight_of_authorize(batch: &ProofBatch) -> Weight {
		let Extent { items, pages, .. } = Extent::of(batch);
		Self::weight_of_checks(items, pages, batch.data.len().saturated_into())
	}

	/// Most weight of checking so many items on so many pages with so many bytes.
	pub(crate) fn weight_of_checks(items: u32, pages: u32, bytes: u32) -> Weight {
		T::WeightInfo::authorize_submit_proofs()
			.saturating_add(T::WeightInfo::check_pages(pages))
			.saturating_add(T::WeightInfo::check_proofs(items))
			.saturating_add(T::WeightInfo::check_bytes(bytes))
	}

	/// Most weight that [`Self::do_submit_proofs`] takes.
	pub(crate) fn weight_of_recording(batch: &ProofBatch) -> Weight {
		T::WeightInfo::submit_proofs(Extent::of(batch).pages)
	}

	/// Records proofs that were checked when the same transaction was authorized.
	pub(crate) fn do_submit_proofs(batch: &ProofBatch) -> DispatchResult {
		let mut open = Self::open_window_of(batch).ok_or(Error::<T>::WindowClosed)?;
		let stream = Streams::<T>::get(batch.stream).ok_or(Error::<T>::NotFound)?;
		let (window, round) = (open.window, open.round);
		let mut pages = slots_of(batch);
		for PageBits { page, bits } in &mut pages {
			ensure!(Pages::<T>::contains_key(batch.stream, *page), Error::<T>::NotFound);
			let key = (open.parity(), batch.stream, *page);
			let proven = Proven::<T>::get(key).in_round(window, round);
			*bits &= !proven;
			if *bits != 0 {
				Proven::<T>::insert(key, ProvenBits { window, round, bits: proven | *bits });
			}
		}
		pages.retain(|page| page.bits != 0);
		ensure!(!pages.is_empty(), Error::<T>::AlreadyProven);
		if stream.proven_in != Some((window, round)) {
			let proven_in = Some((window, round));
			Streams::<T>::insert(batch.stream, StreamRecord { proven_in, ..stream });
			open.proven_streams = open.proven_streams.saturating_add(1);
			CurrentWindow::<T>::put(open);
		}
		Self::deposit_event(Event::ProofsAccepted { stream: batch.stream, window, pages });
		Ok(())
	}

	/// Whether a batch is short enough, tried no more often than allowed, and made of whole items.
	fn is_well_formed(batch: &ProofBatch) -> bool {
		let length: u32 = batch.data.len().saturated_into();
		if batch.attempt > MAX_ATTEMPT || length > T::MaxBatchBytes::get() {
			return false;
		}
		let extent = Extent::of(batch);
		!extent.malformed && extent.items <= MAX_BATCH_ITEMS
	}

	/// The open window, if the batch answers it.
	///
	/// A transaction is checked as part of the next block but without that block's start, which
	/// closes windows: hence the comparison with the block number.
	fn open_window_of(batch: &ProofBatch) -> Option<WindowRecord> {
		let now: u32 = frame_system::Pallet::<T>::block_number().saturated_into();
		CurrentWindow::<T>::get().filter(|open| open.window == batch.window && now < open.closes_at)
	}

	/// Checks every item and says what each page's items prove first.
	pub(crate) fn check_items(
		batch: &ProofBatch,
		open: &WindowRecord,
		provider: &AccountId,
	) -> Result<Vec<PageBits>, TransactionValidityError> {
		let mut done = Vec::new();
		let mut at = None::<OpenPage>;
		for item in batch.items() {
			let item = item.map_err(|MalformedBatch| InvalidTransaction::Call)?;
			let mut page = match at.take() {
				Some(page) if page.number == item.page => page,
				before => {
					done.extend(before.map(|page| page.bits()));
					OpenPage::read::<T>(batch, item.page, open)
						.ok_or(UnknownTransaction::CannotLookup)?
				}
			};
			ensure!(page.admit(&item, open, provider), InvalidTransaction::BadProof);
			at = Some(page);
		}
		done.extend(at.map(|page| page.bits()));
		Ok(done)
	}

	/// Has no base: a batch of many pages outbids the batches that it replaces exactly if it proves
	/// more than all of them together.
	fn validity(batch: &ProofBatch, open: &WindowRecord, new: &[PageBits]) -> ValidTransaction {
		let now: u32 = frame_system::Pallet::<T>::block_number().saturated_into();
		let proofs = new.iter().map(|page| page.bits.count_ones()).fold(0, u32::saturating_add);
		let tag = |page: &PageBits| ("proof", batch.stream, batch.window, page.page).encode();
		ValidTransaction {
			priority: TransactionPriority::from(proofs)
				.saturating_mul(PRIORITY_PER_PROOF)
				.saturating_add(batch.attempt.into()),
			requires: Default::default(),
			provides: new.iter().map(tag).collect(),
			longevity: open.closes_at.saturating_sub(now).into(),
			propagate: true,
		}
	}
}

/// Slots for which `batch` has items, by page.
fn slots_of(batch: &ProofBatch) -> Vec<PageBits> {
	let mut pages = Vec::<PageBits>::new();
	for ItemRef { page, slot, .. } in batch.items().flatten() {
		let bit = bit_of(slot.into());
		match pages.last_mut() {
			Some(last) if last.page == page => last.bits |= bit,
			_ => pages.push(PageBits { page, bits: bit }),
		}
	}
	pages
}
