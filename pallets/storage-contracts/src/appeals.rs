// SPDX-License-Identifier: Apache-2.0
//! Appeals: the one way in which a settled window changes, from faulted to proven.

use crate::{
	Config, Contracts, Error, Event, Faults, LegRecord, Legs, OutageEntry, Outages, Pallet, Streams,
};
use frame_support::ensure;
use sp_runtime::{DispatchError, DispatchResult};
use terrace_layers::{AppealEvidence, LegId, OutageKind, Window};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_appeal_fault(
		id: LegId,
		window: Window,
		evidence: AppealEvidence,
	) -> DispatchResult {
		let record = Faults::<T>::get(id, window).ok_or(Error::<T>::UnknownFault)?;
		ensure!(!Self::is_final(record.reported_at), Error::<T>::AppealTooLate);
		let mut leg = Self::open_leg_of(id)?;
		Self::check_leg_evidence(id, &leg, window, evidence)?;
		let mut stream = Streams::<T>::get(leg.stream).ok_or(Error::<T>::UnknownStream)?;
		stream.used = stream.used.checked_sub(&leg.rate).ok_or(DispatchError::Corruption)?;
		leg.faults = leg.faults.checked_sub(1).ok_or(DispatchError::Corruption)?;
		leg.heat = leg.heat.saturating_sub(1);
		Self::close_case(&mut stream);
		Faults::<T>::remove(id, window);
		Streams::<T>::insert(leg.stream, stream);
		Legs::<T>::insert(id, leg);
		Self::deposit_event(Event::FaultReversed { leg: id, window });
		Ok(())
	}

	pub(crate) fn do_appeal_outage(
		id: LegId,
		window: Window,
		evidence: AppealEvidence,
	) -> DispatchResult {
		let leg = Self::open_leg_of(id)?;
		let start = Self::start_of(&leg).ok_or(Error::<T>::NotDue)?;
		ensure!((start..leg.end).contains(&window), Error::<T>::NotDue);
		let mut list = Outages::<T>::get(leg.stream);
		let at = list.entries.iter().position(|entry| Self::can_reverse(entry, window));
		let at = at.ok_or(Error::<T>::UnknownOutage)?;
		Self::check_leg_evidence(id, &leg, window, evidence)?;
		let entry = list.entries.remove(at);
		ensure!(!Self::is_final(entry.reported_at), Error::<T>::AppealTooLate);
		if list == Default::default() {
			Outages::<T>::remove(leg.stream);
		} else {
			Outages::<T>::insert(leg.stream, list);
		}
		let mut stream = Streams::<T>::get(leg.stream).ok_or(Error::<T>::UnknownStream)?;
		Self::close_case(&mut stream);
		Streams::<T>::insert(leg.stream, stream);
		Self::deposit_event(Event::OutageReversed { stream: leg.stream, window });
		Ok(())
	}

	/// A single proof refutes that there was none, but not that many were missing.
	fn can_reverse(entry: &OutageEntry, window: Window) -> bool {
		entry.window == window && entry.kind == OutageKind::Total
	}

	fn open_leg_of(id: LegId) -> Result<LegRecord, DispatchError> {
		Legs::<T>::get(id).ok_or(Error::<T>::UnknownFault.into())
	}

	fn check_leg_evidence(
		id: LegId,
		leg: &LegRecord,
		window: Window,
		evidence: AppealEvidence,
	) -> DispatchResult {
		let contract = Contracts::<T>::get(leg.contract).ok_or(DispatchError::Corruption)?;
		Self::check_evidence(id, leg, &contract, window, evidence)
	}
}
