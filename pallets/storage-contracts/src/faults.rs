// SPDX-License-Identifier: Apache-2.0
//! Faults of single legs, and what they cost.
//!
//! The first fault costs the window's pay alone. What comes on top waits until it can no longer be
//! appealed against, comes out of collateral, and goes to the client first.

use crate::{
	Config, Error, Event, FaultRecord, Faults, LastFault, LegRecord, Legs, Outages, Pallet,
	StreamRecord, Streams, MAX_FINALISED,
};
use frame_support::{ensure, pallet_prelude::BoundedVec, traits::Get};
use sp_core::ConstU32;
use sp_runtime::DispatchResult;
use terrace_layers::{Balance, BlockNumber, ChainId, LegId, Providers, StreamId, Window};

/// Milliseconds of a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

impl<T: Config> Pallet<T> {
	/// Books a fault; `None` when it means nothing.
	pub(crate) fn record_fault(source: ChainId, window: Window, id: LegId) -> Option<()> {
		let mut leg = Legs::<T>::get(id)?;
		let again = leg.last_fault.is_some_and(|last| last.window == window);
		if leg.proof_chain != source || again {
			return None;
		}
		let start = Self::start_of(&leg)?;
		if window < start || window >= leg.end || Self::is_out(leg.stream, window) {
			return None;
		}
		let mut stream = Streams::<T>::get(leg.stream)?;
		stream.used = stream.used.checked_add(&leg.rate)?;
		leg.faults = leg.faults.checked_add(1)?;
		Self::open_case(&mut stream);
		let (penalty, reported_at) = (Self::heat_up(&mut leg, window), Self::now_block());
		leg.last_fault = Some(LastFault { window, reported_at });
		let client = crate::Contracts::<T>::get(leg.contract)?.client;
		let record = FaultRecord { stream: leg.stream, client, reported_at, penalty };
		Faults::<T>::insert(id, window, record);
		Streams::<T>::insert(leg.stream, stream);
		Self::deposit_event(Event::LegFaulted { contract: leg.contract, leg: id, window, penalty });
		Legs::<T>::insert(id, leg);
		Some(())
	}

	/// Counts a fault; returns what it costs beyond the window's pay.
	///
	/// A leg that is only looked at now and then stands for the windows between as well.
	fn heat_up(leg: &mut LegRecord, window: Window) -> Balance {
		let before = leg.heat_at(window);
		leg.heat = before.saturating_add(1);
		let rate = leg.rate.total();
		let between = u32::from(leg.interval).saturating_sub(1);
		let repeated = if before > 0 { T::PenaltyWindows::get() } else { 0 };
		rate.saturating_mul(between.saturating_add(repeated).into())
	}

	/// Whether nothing of `stream` is paid in `window`, the one that is being reported.
	fn is_out(stream: StreamId, window: Window) -> bool {
		Outages::<T>::get(stream).has_newest(window)
	}

	pub(crate) fn do_finalise_faults(
		leg: LegId,
		windows: BoundedVec<Window, ConstU32<MAX_FINALISED>>,
	) -> DispatchResult {
		ensure!(!windows.is_empty(), Error::<T>::UnknownFault);
		for window in windows {
			let record = Faults::<T>::take(leg, window).ok_or(Error::<T>::UnknownFault)?;
			ensure!(Self::is_final(record.reported_at), Error::<T>::FaultYoung);
			let mut stream = Streams::<T>::get(record.stream).ok_or(Error::<T>::UnknownStream)?;
			let chain =
				crate::Chains::<T>::get(stream.proof_chain).ok_or(Error::<T>::UnknownProofChain)?;
			let slashed = if chain.is_forgiven(window) {
				0
			} else {
				let penalty = Self::within_day(&mut stream, record.penalty);
				Self::slash_for(&stream.provider, &record.client, penalty)
			};
			Self::close_case(&mut stream);
			Streams::<T>::insert(record.stream, &stream);
			Self::retire_if_over(record.stream, stream);
			Self::deposit_event(Event::FaultFinal { leg, window, slashed });
		}
		Ok(())
	}

	/// Whether what was reported at a block can no longer be appealed against.
	pub(crate) fn is_final(reported_at: BlockNumber) -> bool {
		Self::now_block() >= reported_at.saturating_add(T::AppealPeriod::get())
	}

	/// As much of `wanted` as may still be taken from a stream's provider today.
	pub(crate) fn within_day(stream: &mut StreamRecord, wanted: Balance) -> Balance {
		let today = Self::now_ms().checked_div(DAY_MS).unwrap_or_default();
		let today = u32::try_from(today).unwrap_or(u32::MAX);
		if stream.day.day != today {
			let held = T::Providers::collateral(&stream.provider);
			let percent = Balance::from(T::DailyPenaltyPercent::get());
			let left = held.saturating_mul(percent).checked_div(100).unwrap_or_default();
			stream.day = crate::DayCap { day: today, left };
		}
		let taken = wanted.min(stream.day.left);
		stream.day.left = stream.day.left.saturating_sub(taken);
		taken
	}

	/// Notes that a stream's provider may still lose collateral.
	pub(crate) fn open_case(stream: &mut StreamRecord) {
		if stream.cases == 0 {
			T::Providers::add_case(&stream.provider);
		}
		stream.cases = stream.cases.saturating_add(1);
	}

	/// Notes that one of these cases is over.
	pub(crate) fn close_case(stream: &mut StreamRecord) {
		stream.cases = stream.cases.saturating_sub(1);
		if stream.cases == 0 {
			T::Providers::drop_case(&stream.provider);
		}
	}
}
