// SPDX-License-Identifier: Apache-2.0
//! Ending contracts before their time.
//!
//! An end is never moved into windows that are settled, nor before the proof chain's present unless
//! that chain has stalled: what may be proven already is paid for.

use crate::{
	ActiveContract, Agendas, Amounts, ChainRecord, Chains, Config, ContractRecord, EdgeRecord,
	Edges, EndCause, Error, Event, LegRecord, Legs, Outages, Pallet, Streams,
};
use alloc::vec::Vec;
use frame_support::{defensive, ensure, traits::Get};
use sp_runtime::{DispatchError, DispatchResult};
use terrace_layers::{
	AccountId, Balance, ChainId, Change, Consent, ContractId, LegId, Providers, StreamId, Window,
};

/// Reported windows below which the share of faults says nothing.
const MIN_WINDOWS_FOR_SHARE: u32 = 20;
/// Percentage of faulted windows at which anybody may end a contract.
const FAULT_SHARE: u32 = 5;
/// Part of what is left of a contract that giving it up costs, and the least number of windows.
const EXIT_FEE: (u32, u32) = (10, 2);

/// From when on a contract's legs are cut, each by the time of its own proof chain.
#[derive(Clone, Copy)]
pub(crate) enum Cut {
	/// So many windows after the present.
	After(u32),
	/// From the first window that is not settled, where the proof chain stalled for long.
	Stalled,
}

/// What was taken from a leg.
pub(crate) struct Taken {
	/// The proof chain that would have checked it.
	pub proof_chain: ChainId,
	/// First window taken.
	pub from: Window,
	/// Windows taken.
	pub windows: u32,
	/// Their price.
	pub rate: Amounts,
	/// The leg's interval.
	pub interval: u16,
	/// Escrow that is free again.
	pub freed: Balance,
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_cancel(client: AccountId, id: ContractId) -> DispatchResult {
		let (contract, active) = Self::active(id)?;
		ensure!(contract.client == client, Error::<T>::NotClient);
		Self::end_with_notice(id, contract, active, EndCause::Cancelled).map(|_| ())
	}

	pub(crate) fn do_terminate(provider: AccountId, id: ContractId) -> DispatchResult {
		let (contract, active) = Self::active(id)?;
		ensure!(contract.provider == provider, Error::<T>::NotProvider);
		let client = contract.client.clone();
		let cuts = Self::end_with_notice(id, contract, active, EndCause::Terminated)?;
		Self::slash_for(&provider, &client, Self::exit_fee(&cuts));
		Ok(())
	}

	/// What giving up windows costs.
	fn exit_fee(cuts: &[Taken]) -> Balance {
		let (share, least) = EXIT_FEE;
		cuts.iter().fold(0, |fee: Balance, cut| {
			let windows = cut.windows.div_ceil(share).max(least.min(cut.windows));
			fee.saturating_add(cut.rate.total().saturating_mul(windows.into()))
		})
	}

	/// What giving up a contract now would cost its provider; writes what that would.
	pub(crate) fn fee_to_leave(id: ContractId) -> Option<Balance> {
		let (contract, active) = Self::active(id).ok()?;
		let cuts = Self::end_with_notice(id, contract, active, EndCause::Terminated).ok()?;
		Some(Self::exit_fee(&cuts))
	}

	pub(crate) fn do_end_mutually(
		who: AccountId,
		id: ContractId,
		consent: Consent,
	) -> DispatchResult {
		let last = Self::last_leg(id)?;
		Self::ensure_consent(&who, id, &last, Change::End, &consent)?;
		let (contract, active) = (last.contract, last.active);
		Self::end_by(id, contract, active, Cut::After(1), EndCause::Mutual).map(|_| ())
	}

	pub(crate) fn do_end_faulty(id: ContractId) -> DispatchResult {
		let (contract, active) = Self::active(id)?;
		let cause = Self::fault_of(&contract, &active)?.ok_or(Error::<T>::NotFaulty)?;
		Self::end_by(id, contract, active, Cut::After(1), cause).map(|_| ())
	}

	pub(crate) fn do_exit_stalled(who: AccountId, id: ContractId) -> DispatchResult {
		let (contract, active) = Self::active(id)?;
		Self::ensure_party(&contract, &who)?;
		// Any of its legs may be the one that nobody reports any more, and keeps the others open.
		let stalled = |leg: LegRecord| Self::chain_of(&leg).map(|c| Self::has_stalled_long(&c));
		let stalled = active.legs.iter().filter_map(Legs::<T>::get).map(stalled);
		let stalled = stalled.collect::<Result<Vec<_>, _>>()?;
		ensure!(stalled.contains(&true), Error::<T>::NotStalledLongEnough);
		let finished = Self::finish_stalled(&active)?;
		match Self::end_by(id, contract, active, Cut::Stalled, EndCause::Stalled) {
			// The legs ended there anyway, and can be closed now.
			Err(error) if finished && error == Error::<T>::EndsBefore.into() => Ok(()),
			ended => ended.map(|_| ()),
		}
	}

	/// Whether contracts may leave a proof chain that was shown to have stalled.
	pub(crate) fn has_stalled_long(chain: &ChainRecord) -> bool {
		let exit = |ms: u64| ms.saturating_add(T::StallExitMs::get()) < Self::now_ms();
		chain.stalled.is_some_and(|stalled| exit(stalled.ms))
	}

	/// Why anybody may end a contract, if they may.
	pub(crate) fn fault_of(
		contract: &ContractRecord,
		active: &ActiveContract,
	) -> Result<Option<EndCause>, DispatchError> {
		if T::Providers::is_insolvent(&contract.provider) {
			return Ok(Some(EndCause::Insolvent));
		}
		for id in &active.legs {
			let leg = Legs::<T>::get(id).ok_or(DispatchError::Corruption)?;
			if Outages::<T>::get(leg.stream).dead_from.is_some() {
				return Ok(Some(EndCause::StreamDead));
			}
			if Self::is_faulty(&leg)? {
				return Ok(Some(EndCause::Faulty));
			}
		}
		Ok(None)
	}

	/// Whether a leg was not proven so often that it may be ended.
	fn is_faulty(leg: &LegRecord) -> Result<bool, DispatchError> {
		let reported = Self::chain_of(leg)?.reported;
		if leg.heat_at(reported) >= T::FaultsToEnd::get() {
			return Ok(true);
		}
		let Some(start) = Self::start_of(leg) else { return Ok(false) };
		let served = reported.min(leg.end).0.saturating_sub(start.0);
		let share = leg.faults.saturating_mul(100) >= served.saturating_mul(FAULT_SHARE);
		Ok(served >= MIN_WINDOWS_FOR_SHARE && leg.faults > 0 && share)
	}

	fn end_with_notice(
		id: ContractId,
		contract: ContractRecord,
		active: ActiveContract,
		cause: EndCause,
	) -> Result<Vec<Taken>, DispatchError> {
		let notice = T::NoticeWindows::get().max(1);
		Self::end_by(id, contract, active, Cut::After(notice), cause)
	}

	/// Ends a contract where `cut` says, or as soon after it as can be, and pays back what is left.
	pub(crate) fn end_by(
		id: ContractId,
		contract: ContractRecord,
		mut active: ActiveContract,
		cut: Cut,
		cause: EndCause,
	) -> Result<Vec<Taken>, DispatchError> {
		let cuts = Self::cut_all(id, &mut active, cut)?;
		ensure!(!cuts.is_empty(), Error::<T>::EndsBefore);
		let refunded = cuts.iter().fold(0, |sum: Balance, cut| sum.saturating_add(cut.freed));
		Self::pay(&contract.client, refunded);
		Self::deposit_event(Event::ContractEnding { id, cause, refunded });
		if active.legs.is_empty() {
			Self::finish(id, contract, active);
		} else {
			Self::keep(id, contract, active)?;
		}
		Ok(cuts)
	}

	/// Takes from the legs of a contract what `cut` says; a leg of which nothing remains is gone.
	///
	/// `active` and what is taken are for the caller to store and to pay.
	pub(crate) fn cut_all(
		contract: ContractId,
		active: &mut ActiveContract,
		cut: Cut,
	) -> Result<Vec<Taken>, DispatchError> {
		let mut taken = Vec::new();
		let mut kept = active.legs.clone();
		kept.clear();
		for id in active.legs.clone() {
			let mut leg = Legs::<T>::get(id).ok_or(DispatchError::Corruption)?;
			let (from, gone) = Self::cut_leg(&leg, cut)?.unwrap_or((leg.end, false));
			let windows = leg.end.0.saturating_sub(from.0);
			let freed = Self::cost(&leg.rate, windows)?;
			if windows > 0 {
				let LegRecord { proof_chain, rate, interval, .. } = leg;
				taken.push(Taken { proof_chain, from, windows, rate, interval, freed });
				Self::deposit_event(Event::LegCut { contract, leg: id, end: from, freed });
			}
			leg.escrow = leg.escrow.checked_sub(freed).ok_or(DispatchError::Corruption)?;
			leg.end = from;
			if gone {
				Self::drop_leg(id, &leg)?;
			} else {
				Legs::<T>::insert(id, leg);
				kept.try_push(id).map_err(|_| DispatchError::Corruption)?;
			}
		}
		active.legs = kept;
		Ok(taken)
	}

	/// Moves a leg's end in its stream to where `cut` says or the first window after it that can be;
	/// says where it is then and whether nothing of the leg remains. `None` if it ends before.
	fn cut_leg(leg: &LegRecord, cut: Cut) -> Result<Option<(Window, bool)>, DispatchError> {
		let Some((at, present)) = Self::cut_at(&Self::chain_of(leg)?, cut)? else {
			return Ok(None);
		};
		let advanced = Self::advance_stream(leg.stream, T::MaxSteps::get())?;
		ensure!(advanced.started, Error::<T>::AdvanceFirst);
		let floor = Self::chain_of(leg)?.unsettled();
		let at = at.max(floor);
		match Self::start_of(leg) {
			Some(start) if start >= leg.end => Ok(None),
			Some(start) if start >= at && start > present => {
				Self::take_edge(leg.stream, start, &leg.rate, &Amounts::ZERO)?;
				Self::take_edge(leg.stream, leg.end, &Amounts::ZERO, &leg.rate)?;
				Ok(Some((leg.planned, true)))
			}
			Some(start) => Self::move_edge(leg, at.max(start.next())),
			None if leg.planned.max(floor) >= at && leg.planned.max(floor) > present => {
				Self::take_pending(leg)?;
				Ok(Some((leg.planned, true)))
			}
			None => Self::move_pending(leg, at.max(leg.planned.next())),
		}
	}

	/// First window to be taken from legs on a proof chain, and its present; `None` if none is.
	fn cut_at(chain: &ChainRecord, cut: Cut) -> Result<Option<(Window, Window)>, DispatchError> {
		let Cut::After(windows) = cut else {
			// Nothing that a stalled chain may have seen since its last report counts.
			let at = chain.unsettled();
			return Ok(Self::has_stalled_long(chain).then(|| (at, at.before())));
		};
		let present = Self::present(chain)?;
		let at = present.0.checked_add(windows).map(Window).ok_or(Error::<T>::Overflow)?;
		Ok(Some((at, present)))
	}

	/// Has a leg that waits for its start end at `to`.
	fn move_pending(leg: &LegRecord, to: Window) -> Result<Option<(Window, bool)>, DispatchError> {
		if to >= leg.end {
			return Ok(None);
		}
		Self::take_pending(leg)?;
		Self::add_pending(&LegRecord { end: to, ..leg.clone() })?;
		Ok(Some((to, false)))
	}

	/// Has a leg that runs end at `to`, or with the first edge after it when there is no room for one.
	fn move_edge(leg: &LegRecord, to: Window) -> Result<Option<(Window, bool)>, DispatchError> {
		let agenda = Agendas::<T>::get(leg.stream);
		let to = match agenda.edges.binary_search(&to) {
			Ok(_) => to,
			Err(_) if agenda.has_room_for_edge() => to,
			Err(next) => agenda.edges.get(next).copied().unwrap_or(leg.end),
		};
		let counted = Streams::<T>::get(leg.stream).ok_or(Error::<T>::UnknownStream)?.counted;
		if to >= leg.end || leg.end <= counted {
			return Ok(None);
		}
		Self::take_edge(leg.stream, leg.end, &Amounts::ZERO, &leg.rate)?;
		Agendas::<T>::try_mutate(leg.stream, |agenda| {
			if let Err(index) = agenda.edges.binary_search(&to) {
				agenda.edges.try_insert(index, to).map_err(|_| Error::<T>::TooManyEdges)?;
			}
			Ok::<_, DispatchError>(())
		})?;
		Edges::<T>::try_mutate(leg.stream, to, |slot| {
			let edge = slot.get_or_insert_with(EdgeRecord::default);
			edge.minus = edge.minus.checked_add(&leg.rate).ok_or(Error::<T>::Overflow)?;
			edge.refs = edge.refs.checked_add(1).ok_or(Error::<T>::Overflow)?;
			Ok::<_, DispatchError>(())
		})?;
		Ok(Some((to, false)))
	}

	/// Takes one leg's share from an edge ahead, and the edge itself when nothing else is there.
	fn take_edge(
		stream: StreamId,
		window: Window,
		plus: &Amounts,
		minus: &Amounts,
	) -> DispatchResult {
		let Some(mut edge) = Edges::<T>::get(stream, window).filter(|edge| edge.mark.is_none())
		else {
			defensive!("an open leg has no edge ahead");
			return Err(DispatchError::Corruption);
		};
		edge.plus = edge.plus.checked_sub(plus).ok_or(DispatchError::Corruption)?;
		edge.minus = edge.minus.checked_sub(minus).ok_or(DispatchError::Corruption)?;
		edge.refs = edge.refs.checked_sub(1).ok_or(DispatchError::Corruption)?;
		let empty = edge.refs == 0 && edge.plus == Amounts::ZERO && edge.minus == Amounts::ZERO;
		if !empty {
			Edges::<T>::insert(stream, window, edge);
			return Ok(());
		}
		Edges::<T>::remove(stream, window);
		Agendas::<T>::mutate(stream, |agenda| {
			if let Ok(index) = agenda.edges.binary_search(&window) {
				let _ = agenda.edges.remove(index);
			}
		});
		Ok(())
	}

	/// Forgets a leg of which no window remains: its stream expects nothing of it any more.
	fn drop_leg(id: LegId, leg: &LegRecord) -> DispatchResult {
		Self::unbook(id, leg);
		Legs::<T>::remove(id);
		let mut stream = Streams::<T>::get(leg.stream).ok_or(Error::<T>::UnknownStream)?;
		stream.legs = stream.legs.checked_sub(1).ok_or(DispatchError::Corruption)?;
		Streams::<T>::insert(leg.stream, &stream);
		Self::retire_if_over(leg.stream, stream);
		Ok(())
	}

	/// The window that should be open on the proof chain of a contract's last open leg.
	pub(crate) fn present_of(active: &ActiveContract) -> Result<Window, DispatchError> {
		let leg = active.legs.last().and_then(Legs::<T>::get).ok_or(DispatchError::Corruption)?;
		Self::present(&Self::chain_of(&leg)?)
	}

	fn present(chain: &ChainRecord) -> Result<Window, DispatchError> {
		chain.estimate(Self::now_ms()).ok_or(Error::<T>::Overflow.into())
	}

	pub(crate) fn chain_of(leg: &LegRecord) -> Result<ChainRecord, DispatchError> {
		Chains::<T>::get(leg.proof_chain).ok_or(DispatchError::Corruption)
	}
}
