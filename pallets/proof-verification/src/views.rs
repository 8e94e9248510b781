// SPDX-License-Identifier: Apache-2.0
//! Answers for the runtime API.

use crate::{
	bit_of, Applied, ClosedWindow, Config, CurrentWindow, Pages, Pallet, Proven, Slot, Streams,
	Sweep,
};
use alloc::vec::Vec;
use terrace_layers::{
	views::{SlotView, WindowView},
	StreamId,
};

impl<T: Config> Pallet<T> {
	/// The open window; `None` before the first block.
	pub fn window() -> Option<WindowView> {
		let open = CurrentWindow::<T>::get()?;
		let sweeping = Sweep::<T>::exists().then(ClosedWindow::<T>::get).flatten();
		Some(WindowView {
			window: open.window,
			round: open.round,
			opened_at: open.opened_at,
			closes_at: open.closes_at,
			seed: open.seed,
			beacon: open.beacon,
			applied: Applied::<T>::get(),
			sweeping: sweeping.map(|closed| closed.window),
		})
	}

	/// Pages of a stream, empty ones among them; 0 for a stream without legs.
	pub fn pages(stream: StreamId) -> u32 {
		Streams::<T>::get(stream).map_or(0, |record| record.pages)
	}

	/// Legs of one page.
	pub fn page(stream: StreamId, page: u32) -> Vec<SlotView> {
		let Some(open) = CurrentWindow::<T>::get() else { return Vec::new() };
		let bits =
			Proven::<T>::get((open.parity(), stream, page)).in_round(open.window, open.round);
		let view = |(index, slot): (usize, Option<Slot>)| {
			let slot = slot?;
			Some(SlotView {
				slot: u8::try_from(index).ok()?,
				leg: slot.leg,
				root: slot.root,
				size: slot.size.get(),
				challenges: slot.challenges,
				interval: slot.interval,
				start: slot.start,
				end: slot.end,
				due: open.wants(&slot),
				proven: bits & bit_of(index) != 0,
			})
		};
		Pages::<T>::get(stream, page).into_iter().enumerate().filter_map(view).collect()
	}
}
