// SPDX-License-Identifier: Apache-2.0
//! Proof transactions: checked in full before they are accepted, then only recorded.

use crate::{
	bit_of, bits_where, Config, CurrentWindow, Error, Event, Page, Pages, Pallet, Proven,
	ProvenBits, StreamRecord, Streams, WeightInfo, WindowRecord,
};
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
use sp_io::crypto::sr25519_verify;
use sp_runtime::{DispatchResult, SaturatedConversion};
use terrace_layers::{Neighbours, OperatorSignature, ProofBatch, MAX_ATTEMPT};
use terrace_possession::ChallengeSeed;

/// Priority of a batch before its proofs are counted.
pub(crate) const BASE_PRIORITY: TransactionPriority = 1 << 10;
/// What one more proof adds to the priority: more than the highest attempt does.
pub(crate) const PRIORITY_PER_PROOF: TransactionPriority = 16;

/// What a batch refers to.
struct Target {
	stream: StreamRecord,
	page: Page,
	/// Slots that must be proven in the open window.
	due: u64,
	/// Slots that are.
	proven: u64,
}

impl Target {
	/// Slots that `batch` would prove first.
	fn new_bits(&self, batch: &ProofBatch) -> u64 {
		slots_of(batch) & self.due & !self.proven
	}
}

/// Slots for which `batch` has an item.
fn slots_of(batch: &ProofBatch) -> u64 {
	batch.items.iter().fold(0, |bits, item| bits | bit_of(item.slot.into()))
}

impl<T: Config> Pallet<T> {
	/// Checks a proof transaction, the cheapest checks first.
	///
	/// Answers that another block may change are unknown rather than invalid: a pool forgets them,
	/// whereas it bans what is invalid.
	pub(crate) fn authorize_proofs(
		_: TransactionSource,
		batch: &ProofBatch,
		signature: &OperatorSignature,
	) -> TransactionValidityWithRefund {
		ensure!(Self::is_well_formed(batch), InvalidTransaction::Call);
		let later = TransactionValidityError::from(UnknownTransaction::CannotLookup);
		let open = Self::open_window_of(batch).ok_or(later)?;
		let target = Self::target_of(batch, &open).ok_or(later)?;
		let new = target.new_bits(batch);
		ensure!(new != 0, InvalidTransaction::Stale);
		let payload = batch.signing_payload(T::Registry::this());
		ensure!(
			sr25519_verify(signature, &payload, &target.stream.operator),
			InvalidTransaction::BadSigner
		);
		ensure!(Self::all_answered(batch, &open, &target, new), InvalidTransaction::BadProof);
		Ok((Self::validity(batch, &open, new), Weight::zero()))
	}

	/// Most weight that [`Self::authorize_proofs`] takes.
	pub(crate) fn weight_of_proofs(batch: &ProofBatch) -> Weight {
		T::WeightInfo::authorize_submit_proofs(
			batch.items.len().saturated_into(),
			batch.encoded_size().saturated_into(),
		)
	}

	pub(crate) fn do_submit_proofs(batch: &ProofBatch) -> DispatchResult {
		let mut open = Self::open_window_of(batch).ok_or(Error::<T>::WindowClosed)?;
		let target = Self::target_of(batch, &open).ok_or(Error::<T>::NotFound)?;
		let bits = target.new_bits(batch);
		ensure!(bits != 0, Error::<T>::AlreadyProven);
		let (window, round) = (open.window, open.round);
		let proven = ProvenBits { window, round, bits: target.proven | bits };
		Proven::<T>::insert((open.parity(), batch.stream, batch.page), proven);
		if target.stream.proven_in != Some((window, round)) {
			let proven_in = Some((window, round));
			Streams::<T>::insert(batch.stream, StreamRecord { proven_in, ..target.stream });
			open.proven_streams = open.proven_streams.saturating_add(1);
			CurrentWindow::<T>::put(open);
		}
		Self::deposit_event(Event::ProofsAccepted {
			stream: batch.stream,
			window,
			page: batch.page,
			bits,
		});
		Ok(())
	}

	/// Whether a batch is short enough, tried no more often than allowed, and names slots that a page
	/// has and none of them twice.
	fn is_well_formed(batch: &ProofBatch) -> bool {
		let items: u32 = batch.items.len().saturated_into();
		batch.attempt <= MAX_ATTEMPT
			&& batch.encoded_size() <= T::MaxBatchBytes::get().saturated_into()
			&& slots_of(batch).count_ones() == items
	}

	/// The open window, if the batch answers it.
	///
	/// A transaction is checked as part of the next block but without that block's start, which
	/// closes windows: hence the comparison with the block number.
	fn open_window_of(batch: &ProofBatch) -> Option<WindowRecord> {
		let now: u32 = frame_system::Pallet::<T>::block_number().saturated_into();
		CurrentWindow::<T>::get().filter(|open| open.window == batch.window && now < open.closes_at)
	}

	fn target_of(batch: &ProofBatch, open: &WindowRecord) -> Option<Target> {
		let stream = Streams::<T>::get(batch.stream)?;
		let page = Pages::<T>::try_get(batch.stream, batch.page).ok()?;
		let due = bits_where(&page, |slot| open.wants(slot));
		let proven = Proven::<T>::get((open.parity(), batch.stream, batch.page))
			.in_round(open.window, open.round);
		Some(Target { stream, page, due, proven })
	}

	/// Whether every item is of a due slot and answers its challenge.
	///
	/// An item that came too late to be new is not hashed again, only kept from being overlong.
	fn all_answered(batch: &ProofBatch, open: &WindowRecord, target: &Target, new: u64) -> bool {
		let seed = ChallengeSeed(open.seed);
		batch.items.iter().all(|item| {
			let index = usize::from(item.slot);
			let Some(Some(slot)) = target.page.get(index) else { return false };
			if new & bit_of(index) != 0 {
				return slot.is_answered(&seed, &target.stream.provider, item);
			}
			open.wants(slot) && item.proof.is_within(slot.size, slot.challenges)
		})
	}

	fn validity(batch: &ProofBatch, open: &WindowRecord, new: u64) -> ValidTransaction {
		let now: u32 = frame_system::Pallet::<T>::block_number().saturated_into();
		let proofs = TransactionPriority::from(new.count_ones());
		ValidTransaction {
			priority: BASE_PRIORITY
				.saturating_add(proofs.saturating_mul(PRIORITY_PER_PROOF))
				.saturating_add(batch.attempt.into()),
			requires: Default::default(),
			provides: alloc::vec![("proof", batch.stream, batch.window, batch.page).encode()],
			longevity: open.closes_at.saturating_sub(now).into(),
			propagate: true,
		}
	}
}
