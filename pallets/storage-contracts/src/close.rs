// SPDX-License-Identifier: Apache-2.0
//! Closing legs and, with their last ones, contracts and streams.

use crate::{
	streams::Advanced, ActiveContract, Agendas, Audits, Chains, Config, ContractRecord, Edges,
	Error, Event, LegRecord, Legs, Mark, Outages, Outcome, Pallet, StreamOf, StreamRecord, Streams,
};
use frame_support::{defensive, ensure, storage::with_storage_layer, traits::Get};
use sp_core::U256;
use sp_runtime::{DispatchError, DispatchResult};
use terrace_layers::{Balance, ContractId, LegId, Providers, StreamId, Window};

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
	/// Closes what can be closed; returns how many legs that was and the steps of counting.
	pub(crate) fn do_close(id: ContractId) -> Result<(u32, u32), DispatchError> {
		let (contract, mut active) = Self::active(id)?;
		let (mut closed, mut steps) = (0_u32, 0_u32);
		while let Some(leg_id) = active.legs.first().copied() {
			let budget = T::MaxSteps::get().saturating_sub(steps);
			match with_storage_layer(|| Self::close_leg(leg_id, budget)) {
				Ok((outcome, used)) => {
					let _ = active.legs.remove(0);
					active.closed = active.closed.with(outcome);
					steps = steps.saturating_add(used);
					closed = closed.saturating_add(1);
					Self::pay(&contract.client, outcome.refunded);
					Self::deposit_event(Event::LegClosed { contract: id, leg: leg_id, outcome });
				}
				Err(error) if closed == 0 => return Err(error),
				Err(_) => break,
			}
		}
		if active.legs.is_empty() {
			// Otherwise a provider that cannot answer would be saved by its contract's end.
			ensure!(!Audits::<T>::contains_key(id), Error::<T>::AuditOpen);
			Self::finish(id, contract, active);
		} else {
			Self::keep(id, contract, active)?;
		}
		Ok((closed, steps))
	}

	/// Forgets a contract without legs.
	pub(crate) fn finish(id: ContractId, contract: ContractRecord, active: ActiveContract) {
		Self::drop_audit(id);
		Self::forget_contract(id, &contract);
		T::Providers::release(&contract.provider, contract.size, 0);
		Self::deposit_event(Event::ContractClosed { id, outcome: active.closed });
	}

	/// Settles a leg and forgets it; what it refunds is for the caller to pay.
	fn close_leg(id: LegId, max_steps: u32) -> Result<(Outcome, u32), DispatchError> {
		let leg = Legs::<T>::get(id).ok_or(DispatchError::Corruption)?;
		let advanced = Self::advance_stream(leg.stream, max_steps)?;
		let end = Self::end_of(&leg, &advanced)?;
		let mut stream = advanced.stream;
		let (proven, compensated) = Self::settle(&leg, &mut stream, end)?;
		let paid = Self::cost(&leg.rate, proven)?;
		let unspent = leg.escrow.checked_sub(paid).ok_or(DispatchError::Corruption)?;
		let refunded = unspent.checked_add(compensated).ok_or(Error::<T>::Overflow)?;
		Self::unbook(id, &leg);
		Legs::<T>::remove(id);
		stream.legs = stream.legs.checked_sub(1).ok_or(DispatchError::Corruption)?;
		Streams::<T>::insert(leg.stream, &stream);
		Self::retire_if_over(leg.stream, stream);
		let windows = leg.windows();
		Ok((Outcome { windows, proven, paid, refunded, compensated }, advanced.steps))
	}

	/// How a leg ended, or why it has not.
	fn end_of(leg: &LegRecord, advanced: &Advanced) -> Result<LegEnd, DispatchError> {
		let reported = Self::chain_of(leg)?.reported;
		match Self::start_of(leg) {
			None => {
				ensure!(reported >= leg.end, Error::<T>::NotEnded);
				Ok(LegEnd::NeverStarted)
			}
			Some(start) if start >= leg.end => {
				// The stream may still have to drop the leg from its agenda.
				ensure!(advanced.started, Error::<T>::AdvanceFirst);
				Ok(LegEnd::StartedTooLate)
			}
			Some(start) => {
				ensure!(reported >= leg.end, Error::<T>::NotEnded);
				ensure!(advanced.stream.counted >= leg.end, Error::<T>::AdvanceFirst);
				let young = leg.last_fault.is_some_and(|last| !Self::is_final(last.reported_at));
				ensure!(leg.faults == 0 || !young, Error::<T>::FaultYoung);
				Ok(LegEnd::Ran(start))
			}
		}
	}

	/// Takes a leg off its stream's books; returns the windows it was proven in and its share of what
	/// outages cost the provider.
	fn settle(
		leg: &LegRecord,
		stream: &mut StreamRecord,
		end: LegEnd,
	) -> Result<(u32, Balance), DispatchError> {
		let start = match end {
			LegEnd::NeverStarted => return Self::take_pending(leg).map(|()| (0, 0)),
			LegEnd::StartedTooLate => return Ok((0, 0)),
			LegEnd::Ran(start) => start,
		};
		let until = Self::mark_of(leg.stream, stream, leg.end)?;
		let before = Self::mark_of(leg.stream, stream, start)?;
		Self::unref_edge(leg.stream, start);
		Self::unref_edge(leg.stream, leg.end);
		let clean = until.clean.checked_sub(before.clean);
		let Some(proven) = clean.and_then(|clean| clean.checked_sub(leg.faults)) else {
			defensive!("a leg has more faults than clean windows");
			return Err(DispatchError::Corruption);
		};
		let share = Self::share(leg, &before, &until)?;
		let left = stream.compensation.checked_sub(share);
		stream.compensation = left.ok_or(DispatchError::Corruption)?;
		Ok((proven, share))
	}

	/// A leg's share of what was taken between two marks, rounded down.
	pub(crate) fn share(
		leg: &LegRecord,
		before: &Mark,
		until: &Mark,
	) -> Result<Balance, DispatchError> {
		let per_rate = until.compensation_per_rate.checked_sub(before.compensation_per_rate);
		let share = per_rate
			.and_then(|per_rate| per_rate.checked_mul(U256::from(leg.rate.total())))
			.ok_or(Error::<T>::Overflow)?;
		Balance::try_from(share >> 64).map_err(|_| Error::<T>::Overflow.into())
	}

	/// Takes a leg that has not started off its stream's agenda.
	pub(crate) fn take_pending(leg: &LegRecord) -> DispatchResult {
		Agendas::<T>::try_mutate(leg.stream, |agenda| {
			let found = agenda.pending.iter().position(|entry| entry.holds(leg));
			let Some((index, entry)) =
				found.and_then(|index| Some((index, agenda.pending.get_mut(index)?)))
			else {
				defensive!("a leg that has not started is not pending");
				return Err(DispatchError::Corruption);
			};
			entry.rate = entry.rate.checked_sub(&leg.rate).ok_or(Error::<T>::Overflow)?;
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

	/// Gives back what was booked for a leg.
	pub(crate) fn unbook(id: LegId, leg: &LegRecord) {
		Self::unref_batch(leg.proof_chain, leg.batch);
		if leg.end < leg.tracked_end {
			Self::note_ended(leg.proof_chain, id);
		}
		Chains::<T>::mutate_extant(leg.proof_chain, |chain| {
			chain.booked = chain.booked.saturating_sub(leg.proof_bytes.into());
		});
		if let Some(stream) = Streams::<T>::get(leg.stream) {
			T::Providers::release(&stream.provider, 0, leg.collateral);
		}
	}

	/// Ends a stream that nothing refers to any more: pays what it has earned, and its place among the
	/// proof chain's streams is free again.
	pub(crate) fn retire_if_over(id: StreamId, mut stream: StreamRecord) {
		if !stream.is_over() {
			return;
		}
		if Self::pay_stream(id, &mut stream).is_err() {
			defensive!("what a stream earned cannot be counted");
			return;
		}
		// What rounding left of compensations is nobody's in particular.
		Self::pay(&T::Treasury::get(), stream.compensation);
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
