// SPDX-License-Identifier: Apache-2.0
//! Closing contracts and, with their last one, streams.

use crate::{
	streams::Advanced, Agendas, Chains, Config, Contracts, Edges, Error, Event, LegRecord, Legs,
	Outages, Pallet, Phase, StreamOf, StreamRecord, Streams,
};
use frame_support::{defensive, ensure, traits::Get};
use sp_runtime::{DispatchError, DispatchResult};
use terrace_layers::{ContractId, Providers, StreamId, Window};

/// How a leg came to its end.
enum LegEnd {
	/// Its batch was not applied before its end: the stream still waits for it.
	NeverStarted,
	/// Its batch was applied when its windows were over.
	StartedTooLate,
	/// It ran from this window on.
	Ran(Window),
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_close(id: ContractId) -> Result<u32, DispatchError> {
		let contract = Contracts::<T>::get(id).ok_or(Error::<T>::UnknownContract)?;
		let Phase::Active(leg_id) = contract.phase else {
			return Err(Error::<T>::NotActive.into());
		};
		let leg = Legs::<T>::get(leg_id).ok_or(DispatchError::Corruption)?;
		let advanced = Self::advance_stream(leg.stream, T::MaxSteps::get())?;
		let end = Self::end_of(&leg, &advanced)?;
		let proven = Self::settle(&leg, &advanced.stream, end)?;
		let paid = leg.rate.checked_mul(proven.into()).ok_or(Error::<T>::Overflow)?;
		let refunded = leg.escrow.checked_sub(paid).ok_or(DispatchError::Corruption)?;

		Legs::<T>::remove(leg_id);
		Self::unref_batch(leg.proof_chain, leg.batch);
		Self::forget_contract(id, &contract);
		T::Providers::release(&contract.provider, contract.size, leg.collateral);
		Self::pay(&contract.client, refunded);
		Self::leave_stream(leg.stream, advanced.stream)?;
		let windows = leg.end.0.saturating_sub(leg.planned.0);
		Self::deposit_event(Event::ContractClosed { id, windows, proven, paid, refunded });
		Ok(advanced.steps)
	}

	/// How a leg ended, or why it has not.
	fn end_of(leg: &LegRecord, advanced: &Advanced) -> Result<LegEnd, DispatchError> {
		let reported = Chains::<T>::get(leg.proof_chain)
			.map(|chain| chain.reported)
			.ok_or(DispatchError::Corruption)?;
		match Self::start_of(leg) {
			None => {
				ensure!(reported >= leg.end, Error::<T>::NotEnded);
				Ok(LegEnd::NeverStarted)
			}
			Some(start) if start >= leg.end => {
				// The stream may still have to drop the leg from its agenda.
				ensure!(advanced.complete, Error::<T>::AdvanceFirst);
				Ok(LegEnd::StartedTooLate)
			}
			Some(start) => {
				ensure!(reported >= leg.end, Error::<T>::NotEnded);
				ensure!(advanced.stream.counted >= leg.end, Error::<T>::AdvanceFirst);
				Ok(LegEnd::Ran(start))
			}
		}
	}

	/// Takes a leg off its stream's books; returns the windows it was proven in.
	fn settle(leg: &LegRecord, stream: &StreamRecord, end: LegEnd) -> Result<u32, DispatchError> {
		match end {
			LegEnd::NeverStarted => Self::renounce(leg).map(|()| 0),
			LegEnd::StartedTooLate => Ok(0),
			LegEnd::Ran(start) => {
				let until = Self::clean_before(leg.stream, stream, leg.end)?;
				let before = Self::clean_before(leg.stream, stream, start)?;
				Self::unref_edge(leg.stream, start);
				Self::unref_edge(leg.stream, leg.end);
				until
					.checked_sub(before)
					.and_then(|clean| clean.checked_sub(leg.faults))
					.ok_or_else(|| {
						defensive!("a leg has more faults than clean windows");
						DispatchError::Corruption
					})
			}
		}
	}

	/// Takes a leg that never started off its stream's agenda.
	fn renounce(leg: &LegRecord) -> DispatchResult {
		Agendas::<T>::try_mutate(leg.stream, |agenda| {
			let found = agenda.pending.iter().position(|entry| entry.holds(leg));
			let Some((index, entry)) =
				found.and_then(|index| Some((index, agenda.pending.get_mut(index)?)))
			else {
				defensive!("a leg that never started is not pending");
				return Err(DispatchError::Corruption);
			};
			entry.rate = entry.rate.checked_sub(leg.rate).ok_or(Error::<T>::Overflow)?;
			entry.legs = entry.legs.checked_sub(1).ok_or(Error::<T>::Overflow)?;
			if entry.legs == 0 {
				let _ = agenda.pending.swap_remove(index);
			}
			Ok(())
		})
	}

	/// Gives up one leg's claim on an edge; an edge that is not yet passed stays until it is.
	fn unref_edge(stream: StreamId, window: Window) {
		Edges::<T>::mutate_exists(stream, window, |slot| {
			let Some(edge) = slot else {
				defensive!("an open leg has no edge");
				return;
			};
			edge.refs = edge.refs.saturating_sub(1);
			if edge.refs == 0 && edge.mark.is_some() {
				*slot = None;
			}
		});
	}

	/// Takes one leg off a stream; the last one ends it.
	fn leave_stream(id: StreamId, mut stream: StreamRecord) -> DispatchResult {
		stream.legs = stream.legs.checked_sub(1).ok_or(DispatchError::Corruption)?;
		if stream.legs > 0 {
			Streams::<T>::insert(id, stream);
			return Ok(());
		}
		let amount = stream.claimable();
		Self::retire(id, &stream);
		if amount > 0 {
			let provider = stream.provider;
			Self::pay(&provider, amount);
			Self::deposit_event(Event::Claimed { stream: id, provider, amount });
		}
		Ok(())
	}

	/// Removes a stream without legs: its place among the proof chain's streams is free again.
	fn retire(id: StreamId, stream: &StreamRecord) {
		// An edge in the window counted next is all that can be left.
		for window in Agendas::<T>::take(id).edges {
			Edges::<T>::remove(id, window);
		}
		Outages::<T>::remove(id);
		Streams::<T>::remove(id);
		StreamOf::<T>::remove(&stream.provider, stream.proof_chain);
		Chains::<T>::mutate_extant(stream.proof_chain, |chain| {
			chain.streams = chain.streams.saturating_sub(1);
		});
	}
}
