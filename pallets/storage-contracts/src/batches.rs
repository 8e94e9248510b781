// SPDX-License-Identifier: Apache-2.0
//! Gathering legs into batches and sending them to proof chains.

use crate::{Batches, ChainRecord, Chains, Config, Error, Event, Gathered, Pallet};
use frame_support::{defensive, ensure};
use sp_runtime::{DispatchError, DispatchResult};
use terrace_layers::{BatchId, ChainId, Message, SendMessage, TrackBatch, TrackedLeg};

impl<T: Config> Pallet<T> {
	/// Adds a leg to the batch that is gathered; a batch that is full leaves at once if it can.
	///
	/// `chain` is updated in memory only.
	pub(crate) fn gather(
		id: ChainId,
		chain: &mut ChainRecord,
		leg: TrackedLeg,
	) -> Result<BatchId, DispatchError> {
		if Gathered::<T>::decode_len(id).unwrap_or_default() >= Self::batch_size() {
			Self::send_gathered(id, chain).map_err(|_| Error::<T>::BatchFull)?;
		}
		let batch = chain.gathering();
		let legs = Gathered::<T>::try_mutate(id, |legs| {
			legs.try_push(leg).map_err(|_| Error::<T>::BatchFull)?;
			Ok::<_, DispatchError>(legs.len())
		})?;
		Batches::<T>::try_mutate(id, batch, |slot| {
			let record = slot.get_or_insert_with(Default::default);
			record.refs = record.refs.checked_add(1).ok_or(Error::<T>::Overflow)?;
			Ok::<_, DispatchError>(())
		})?;
		if legs >= Self::batch_size() {
			// A full lane is no reason to refuse the leg: the batch leaves when there is room.
			let _ = Self::send_gathered(id, chain);
		}
		Ok(batch)
	}

	/// Gives up one leg's claim on its batch.
	pub(crate) fn unref_batch(id: ChainId, batch: BatchId) {
		Batches::<T>::mutate_exists(id, batch, |slot| {
			let Some(record) = slot else {
				defensive!("an open leg has no batch");
				return;
			};
			record.refs = record.refs.saturating_sub(1);
			if record.refs == 0 {
				*slot = None;
			}
		});
	}

	/// Sends the batch that is gathered for `id`.
	pub(crate) fn do_flush(id: ChainId) -> DispatchResult {
		let mut chain = Chains::<T>::get(id).ok_or(Error::<T>::UnknownProofChain)?;
		ensure!(Gathered::<T>::contains_key(id), Error::<T>::NothingToSend);
		Self::send_gathered(id, &mut chain)?;
		Chains::<T>::insert(id, chain);
		Ok(())
	}

	fn send_gathered(id: ChainId, chain: &mut ChainRecord) -> DispatchResult {
		let batch = chain.gathering();
		let legs = Gathered::<T>::get(id);
		let count = u32::try_from(legs.len()).unwrap_or(u32::MAX);
		let nonce = T::Outbound::send(id, Message::Track(TrackBatch { batch, legs }))?;
		Gathered::<T>::remove(id);
		chain.sent = batch;
		Self::deposit_event(Event::BatchSent { chain: id, batch, legs: count, nonce });
		Ok(())
	}

	fn batch_size() -> usize {
		usize::try_from(terrace_layers::MAX_LEGS_PER_BATCH).unwrap_or(usize::MAX)
	}
}
