// SPDX-License-Identifier: Apache-2.0
//! Opening legs: their place in a batch, in a stream and on a proof chain.

use crate::{
	Amounts, ChainRecord, ChainTerms, Chains, Config, ContractRecord, Error, Event, LegRecord,
	Legs, NextIds, Outages, Pallet, PendingLegs, StreamOf, StreamRecord, Streams,
};
use frame_support::{ensure, traits::Get};
use sp_runtime::{DispatchError, DispatchResult};
use terrace_layers::{
	AccountId, Balance, ChainId, ContractId, LegId, Operator, Providers, StreamId, TrackedLeg,
	Window,
};

/// Windows between the proof chain's present and the start of a leg: the time its batch needs.
pub(crate) const LEAD: u32 = 2;

/// What a leg shall be.
pub(crate) struct Plan {
	pub proof_chain: ChainId,
	pub rate: Amounts,
	pub interval: u16,
	pub planned: Window,
	pub end: Window,
}

impl<T: Config> Pallet<T> {
	/// Gives a contract a leg, in a batch and in a stream; returns it with the escrow that it costs.
	///
	/// `bytes` are newly booked at the provider.
	pub(crate) fn open_leg(
		id: ContractId,
		contract: &ContractRecord,
		plan: Plan,
		bytes: u64,
	) -> Result<(LegId, Balance), DispatchError> {
		let Plan { proof_chain, rate, interval, planned, end } = plan;
		let provider = &contract.provider;
		let offer = T::Providers::offer(provider).ok_or(Error::<T>::UnknownProvider)?;
		let collateral = Self::collateral(&rate)?;
		T::Providers::commit(provider, bytes, collateral)?;
		let mut chain = Chains::<T>::get(proof_chain).ok_or(Error::<T>::UnknownProofChain)?;
		let proof_bytes = Self::book(&mut chain, contract.size, interval)?;
		let stream = Self::stream_for(provider, proof_chain, &mut chain)?;
		let leg = NextIds::<T>::mutate(|ids| ids.take_leg());
		let windows = end.0.checked_sub(planned.0).ok_or(Error::<T>::Overflow)?;
		let mut record = LegRecord {
			contract: id,
			stream,
			proof_chain,
			rate,
			interval,
			proof_bytes,
			batch: chain.gathering(),
			planned,
			end,
			tracked_end: end,
			escrow: Self::cost(&rate, windows)?,
			collateral,
			faults: 0,
			heat: 0,
			last_fault: None,
		};
		let tracked = Self::tracked(leg, &record, contract, offer.operator);
		// A full batch leaves first: the leg may travel in the next one.
		record.batch = Self::gather(proof_chain, &mut chain, tracked)?;
		Chains::<T>::insert(proof_chain, chain);
		Self::announce(&record)?;
		Self::deposit_event(Event::LegOpened {
			contract: id,
			leg,
			stream,
			proof_chain,
			batch: record.batch,
			rate: rate.total(),
			start: planned,
			end,
			escrow: record.escrow,
		});
		let escrow = record.escrow;
		Legs::<T>::insert(leg, record);
		Ok((leg, escrow))
	}

	/// First window and end of a leg of so many windows that is opened now.
	pub(crate) fn span(
		present: Option<Window>,
		windows: u32,
	) -> Result<(Window, Window), DispatchError> {
		let planned = Self::earliest(present)?;
		Ok((planned, Self::grid_end(planned, windows)?))
	}

	/// First window in which a leg that is opened now can start.
	pub(crate) fn earliest(present: Option<Window>) -> Result<Window, DispatchError> {
		let planned = present.and_then(|now| now.0.checked_add(LEAD));
		planned.map(Window).ok_or(Error::<T>::Overflow.into())
	}

	/// End of a leg of at least so many windows.
	pub(crate) fn grid_end(planned: Window, windows: u32) -> Result<Window, DispatchError> {
		planned
			.0
			.checked_add(windows)
			.and_then(|end| end.checked_next_multiple_of(T::EndGrid::get().max(1)))
			.map(Window)
			.ok_or(Error::<T>::Overflow.into())
	}

	/// What a provider has at stake for a leg.
	pub(crate) fn collateral(rate: &Amounts) -> Result<Balance, DispatchError> {
		let windows = T::CollateralWindows::get();
		rate.total().checked_mul(windows.into()).ok_or(Error::<T>::Overflow.into())
	}

	/// The proof chain's fee for one window of a blob.
	pub(crate) fn proof_fee(
		terms: &ChainTerms,
		size: u64,
		interval: u16,
	) -> Result<Balance, DispatchError> {
		let bytes = Self::proof_bytes(size, interval)?;
		terms.fee_per_byte.checked_mul(bytes.into()).ok_or(Error::<T>::Overflow.into())
	}

	pub(crate) fn proof_bytes(size: u64, interval: u16) -> Result<u32, DispatchError> {
		terrace_layers::proof_bytes(size, T::Challenges::get(), interval)
			.ok_or(Error::<T>::BlobTooLarge.into())
	}

	/// Books room for a blob's proofs; `chain` is updated in memory only.
	fn book(chain: &mut ChainRecord, size: u64, interval: u16) -> Result<u32, DispatchError> {
		let bytes = Self::proof_bytes(size, interval)?;
		let booked = chain.booked.checked_add(bytes.into()).ok_or(Error::<T>::Overflow)?;
		ensure!(booked <= chain.terms.capacity, Error::<T>::ProofChainFull);
		chain.booked = booked;
		Ok(bytes)
	}

	/// What the proof chain has to know of a leg.
	fn tracked(
		leg: LegId,
		record: &LegRecord,
		contract: &ContractRecord,
		operator: Operator,
	) -> TrackedLeg {
		TrackedLeg {
			leg,
			stream: record.stream,
			provider: contract.provider.clone(),
			operator,
			root: contract.root,
			size: contract.size,
			start: record.planned,
			end: record.end,
			challenges: T::Challenges::get(),
			interval: record.interval,
		}
	}

	/// The stream of `provider` on `proof_chain`, opened if there is none.
	///
	/// `chain` is updated in memory only.
	fn stream_for(
		provider: &AccountId,
		proof_chain: ChainId,
		chain: &mut ChainRecord,
	) -> Result<StreamId, DispatchError> {
		if let Some(id) = StreamOf::<T>::get(provider, proof_chain) {
			ensure!(Outages::<T>::get(id).dead_from.is_none(), Error::<T>::StreamDead);
			return Ok(id);
		}
		ensure!(chain.streams < T::MaxStreams::get(), Error::<T>::TooManyStreams);
		chain.streams = chain.streams.saturating_add(1);
		let id = NextIds::<T>::mutate(|ids| ids.take_stream());
		StreamOf::<T>::insert(provider, proof_chain, id);
		Streams::<T>::insert(id, StreamRecord::new(provider.clone(), proof_chain, chain.reported));
		Ok(id)
	}

	/// Puts a new leg on its stream's agenda.
	fn announce(leg: &LegRecord) -> DispatchResult {
		Self::add_pending(leg)?;
		Streams::<T>::try_mutate(leg.stream, |slot| {
			let stream = slot.as_mut().ok_or(Error::<T>::UnknownStream)?;
			stream.legs = stream.legs.checked_add(1).ok_or(Error::<T>::Overflow)?;
			Ok(())
		})
	}

	/// Adds a leg to those whose start its stream waits for.
	pub(crate) fn add_pending(leg: &LegRecord) -> DispatchResult {
		crate::Agendas::<T>::try_mutate(leg.stream, |agenda| {
			if let Some(entry) = agenda.pending.iter_mut().find(|entry| entry.holds(leg)) {
				entry.rate = entry.rate.checked_add(&leg.rate).ok_or(Error::<T>::Overflow)?;
				entry.legs = entry.legs.checked_add(1).ok_or(Error::<T>::Overflow)?;
				return Ok(());
			}
			ensure!(agenda.has_room(), Error::<T>::TooManyEdges);
			let (batch, planned, end) = (leg.batch, leg.planned, leg.end);
			let entry = PendingLegs { batch, planned, end, rate: leg.rate, legs: 1 };
			agenda.pending.try_push(entry).map_err(|_| Error::<T>::TooManyEdges.into())
		})
	}
}
