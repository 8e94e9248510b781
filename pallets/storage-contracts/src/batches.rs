// SPDX-License-Identifier: Apache-2.0
//! Gathering legs into batches and sending them to proof chains.

use crate::{
	Batches, ChainRecord, Chains, Config, Ended, Error, Event, Gathered, Pallet, StreamOf,
};
use frame_support::{defensive, ensure};
use sp_runtime::{DispatchError, DispatchResult};
use terrace_layers::{
	AccountId, BatchId, ChainId, LegId, Message, Providers, SendMessage, TrackBatch, TrackedLeg,
};

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
		if !Gathered::<T>::contains_key(id) {
			return Self::send_ended(id);
		}
		Self::send_gathered(id, &mut chain)?;
		Chains::<T>::insert(id, chain);
		Ok(())
	}

	/// Notes a leg that ended before its proof chain expects it to.
	///
	/// Best effort: a leg that is proven for longer than needed is neither paid nor punished.
	pub(crate) fn note_ended(id: ChainId, leg: LegId) {
		let _ = Ended::<T>::try_append(id, leg);
	}

	/// Tells a proof chain of the legs that ended early.
	pub(crate) fn send_ended(id: ChainId) -> DispatchResult {
		let legs = Ended::<T>::take(id);
		ensure!(!legs.is_empty(), Error::<T>::NothingToSend);
		T::Outbound::send(id, Message::Untrack(legs)).map(|_| ())
	}

	/// Tells a proof chain which key a provider signs with.
	pub(crate) fn do_send_operator(provider: AccountId, id: ChainId) -> DispatchResult {
		let stream = StreamOf::<T>::get(&provider, id).ok_or(Error::<T>::UnknownStream)?;
		let offer = T::Providers::offer(&provider).ok_or(Error::<T>::UnknownProvider)?;
		let message = Message::SetOperator { stream, operator: offer.operator };
		let nonce = T::Outbound::send(id, message)?;
		Self::deposit_event(Event::OperatorSent { stream, nonce });
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
