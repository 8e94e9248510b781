// SPDX-License-Identifier: Apache-2.0
//! Invariants.

use crate::{
	bits_where, pages, Applied, ClosedWindow, Config, CurrentWindow, Faults, Page, Pages, Pallet,
	Proven, ProvenBits, Shortfalls, Slot, SlotAddress, SlotOf, StreamRecord, Streams, Sweep,
	Vacancies, WindowRecord,
};
use alloc::{collections::BTreeSet, format, string::String};
use frame_support::traits::Get;
use terrace_layers::{StreamId, Window};
use terrace_possession::MAX_CHALLENGES;

/// Fails with `reason` unless `holds`.
fn check(holds: bool, reason: impl FnOnce() -> String) -> Result<(), String> {
	if holds {
		Ok(())
	} else {
		Err(reason())
	}
}

impl<T: Config> Pallet<T> {
	/// 1. Every leg is kept in exactly the slot that its address names.
	/// 2. Every stream has legs, as many as it counts, in pages below the number it has.
	/// 3. Vacancies are the pages that are not full, each once.
	/// 4. Bitmaps exist only for stored pages, and bits that count only for legs due.
	/// 5. The windows follow each other, and a sweep has one to sweep.
	/// 6. The number of streams with proofs is that of the streams which say so.
	pub(crate) fn do_try_state() -> Result<(), String> {
		let mut kept = 0_usize;
		for (stream, number, page) in Pages::<T>::iter() {
			kept = kept.saturating_add(Self::check_page(stream, number, &page)?);
		}
		let addressed = SlotOf::<T>::iter().count();
		check(kept == addressed, || format!("{kept} legs are kept, {addressed} have addresses"))?;
		for (stream, record) in Streams::<T>::iter() {
			Self::check_stream(stream, &record)?;
			Self::check_vacancies(stream, &record)?;
		}
		for stream in Vacancies::<T>::iter_keys() {
			let known = Streams::<T>::contains_key(stream);
			check(known, || format!("vacancies of stream {stream}, which does not exist"))?;
		}
		let (counted, streams) = (Streams::<T>::count(), Streams::<T>::iter().count());
		check(usize::try_from(counted) == Ok(streams), || {
			format!("{streams} streams, {counted} counted")
		})?;
		for ((parity, stream, page), proven) in Proven::<T>::iter() {
			Self::check_proven(parity, stream, page, proven)?;
		}
		Self::check_windows()
	}

	fn check_page(stream: StreamId, number: u32, page: &Page) -> Result<usize, String> {
		let mut kept = 0_usize;
		for (index, slot) in page.iter().enumerate() {
			let Some(slot) = slot else { continue };
			kept = kept.saturating_add(1);
			let here = u8::try_from(index).ok();
			let here = here.map(|slot| SlotAddress { stream, page: number, slot });
			let address = SlotOf::<T>::get(slot.leg);
			check(address == here, || {
				format!("leg {} is in {here:?} and addressed at {address:?}", slot.leg)
			})?;
			Self::check_slot(slot)?;
		}
		check(kept > 0, || format!("page {number} of stream {stream} is stored empty"))?;
		Ok(kept)
	}

	fn check_slot(slot: &Slot) -> Result<(), String> {
		let Slot { leg, start, end, challenges, .. } = slot;
		check(start < end, || format!("leg {leg} starts at {start} and ends at {end}"))?;
		check((1..=MAX_CHALLENGES).contains(challenges), || {
			format!("leg {leg} is challenged for {challenges} chunks")
		})
	}

	fn check_stream(stream: StreamId, record: &StreamRecord) -> Result<(), String> {
		let (mut kept, mut stored) = (0_u32, 0_u32);
		for (number, page) in Pages::<T>::iter_prefix(stream) {
			check(number < record.pages, || {
				format!("page {number} of stream {stream} with {} pages", record.pages)
			})?;
			kept = kept.saturating_add(bits_where(&page, |_| true).count_ones());
			stored = stored.saturating_add(1);
		}
		let live = record.live;
		check(live > 0 && live == kept, || {
			format!("stream {stream} counts {live} legs and has {kept} in {stored} pages")
		})?;
		let (pages, most) = (record.pages, T::MaxPagesPerStream::get());
		check(pages <= most, || format!("stream {stream} has {pages} pages of {most}"))
	}

	fn check_vacancies(stream: StreamId, record: &StreamRecord) -> Result<(), String> {
		let listed = Vacancies::<T>::get(stream);
		let vacant = (0..record.pages)
			.filter(|number| !pages::is_full(&Pages::<T>::get(stream, number)))
			.collect::<BTreeSet<_>>();
		let as_set = listed.iter().copied().collect::<BTreeSet<_>>();
		check(as_set == vacant && as_set.len() == listed.len(), || {
			format!("stream {stream} lists vacancies {listed:?}, it has {vacant:?}")
		})
	}

	fn check_proven(
		parity: u8,
		stream: StreamId,
		number: u32,
		proven: ProvenBits,
	) -> Result<(), String> {
		let page = Pages::<T>::try_get(stream, number)
			.map_err(|()| format!("bits of page {number} of {stream}, which does not exist"))?;
		let ProvenBits { window, round, bits } = proven;
		check(window.0 % 2 == u32::from(parity), || {
			format!("bits of window {window} have parity {parity}")
		})?;
		let counts = |record: Option<WindowRecord>| {
			record.is_some_and(|record| (record.window, record.round) == (window, round))
		};
		let sweeping = Sweep::<T>::exists().then(ClosedWindow::<T>::get).flatten();
		if !counts(CurrentWindow::<T>::get()) && !counts(sweeping.clone()) {
			return Ok(());
		}
		let record = [CurrentWindow::<T>::get(), sweeping].into_iter().flatten();
		let mut record = record.filter(|record| record.window == window);
		let due = record.next().map_or(0, |record| bits_where(&page, |slot| record.wants(slot)));
		check(bits & !due == 0, || {
			format!("slots {bits:b} of stream {stream} page {number} are proven, {due:b} are due")
		})
	}

	fn check_windows() -> Result<(), String> {
		let (closed, sweep) = (ClosedWindow::<T>::get(), Sweep::<T>::exists());
		check(!sweep || closed.is_some(), || "a sweep without a closed window".into())?;
		let idle = Shortfalls::<T>::get().is_empty() && Faults::<T>::get().is_empty();
		check(sweep || idle, || "exceptions without a sweep".into())?;
		let Some(open) = CurrentWindow::<T>::get() else {
			return check(closed.is_none(), || "a window closed before one opened".into());
		};
		let follows = closed.as_ref().map_or(Window(0), |closed| closed.window.next());
		check(open.window == follows, || {
			format!("window {} is open, {follows} is next", open.window)
		})?;
		let (from, to) = (open.opened_at, open.closes_at);
		check(from < to, || format!("the window opened at {from} and closes at {to}"))?;
		let (reported, applied) = (open.applied, Applied::<T>::get());
		check(reported <= applied, || format!("batch {reported} is due, {applied} is applied"))?;
		let (due, proven) = Self::count_streams(&open);
		check(proven == open.proven_streams, || {
			format!("{proven} streams have proofs, {} are counted", open.proven_streams)
		})?;
		// A new round draws anew which legs are due; who was counted before is close enough.
		let redrawn = open.round > 0;
		check(sweep || redrawn || due == open.due_streams || open.window == Window(0), || {
			format!("{due} streams are due, {} are counted", open.due_streams)
		})
	}

	/// Streams with due legs and streams with proofs in the open window.
	fn count_streams(open: &WindowRecord) -> (u32, u32) {
		let (mut due, mut proven) = (0_u32, 0_u32);
		for (stream, record) in Streams::<T>::iter() {
			let is_due = |slot: &Slot| open.wants(slot);
			if Pages::<T>::iter_prefix(stream).any(|(_, page)| bits_where(&page, is_due) != 0) {
				due = due.saturating_add(1);
			}
			if record.proven_in == Some((open.window, open.round)) {
				proven = proven.saturating_add(1);
			}
		}
		(due, proven)
	}
}
