// SPDX-License-Identifier: Apache-2.0
//! The sweep of a closed window: compares due with proven, then sends the report.

use crate::{
	bit_of, bits_where, fit, ClosedWindow, Config, CurrentWindow, Event, Faults, Pages, Pallet,
	Proven, Shortfall, Shortfalls, Stage, Streams, Sweep, SweepState, Tally, WeightInfo,
	WindowRecord, MAX_EXCEPTIONS,
};
use alloc::vec::Vec;
use frame_support::{
	defensive,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use sp_runtime::{BoundedVec, SaturatedConversion};
use terrace_layers::{
	LegId, Message, Outage, Report, StreamId, MAX_EXCEPTIONS_PER_PART, PAGE_SLOTS,
};

/// What a step of the sweep leaves to do.
pub(crate) enum Step {
	/// Another step.
	More,
	/// The same step again, in a later block.
	Later,
	/// Nothing.
	Done,
}

/// Weight of the dearest step of a sweep.
pub(crate) fn dearest_step<W: WeightInfo>() -> Weight {
	W::sweep_stream()
		.max(W::sweep_page(PAGE_SLOTS))
		.max(W::sweep_rank())
		.max(W::sweep_collect())
		.max(W::send_part())
}

/// A sweep at work.
pub(crate) struct Sweeper<T: Config> {
	closed: WindowRecord,
	open: WindowRecord,
	state: SweepState,
	/// Read once for all steps of a block, and only where windows are not clean.
	shortfalls: Option<BoundedVec<Shortfall, T::MaxStreams>>,
}

impl<T: Config> Pallet<T> {
	/// Goes on with the sweep by at most `steps` steps and what `meter` has left.
	pub(crate) fn process_sweep(meter: &mut WeightMeter, steps: u32) {
		if meter.try_consume(T::WeightInfo::begin_sweep()).is_err() {
			return;
		}
		let Some(mut sweeper) = Sweeper::<T>::resume() else { return };
		for _ in 0..steps {
			if !meter.can_consume(dearest_step::<T::WeightInfo>()) {
				break;
			}
			match sweeper.step(meter) {
				Step::More => {}
				Step::Later => break,
				Step::Done => return Sweep::<T>::kill(),
			}
		}
		Sweep::<T>::put(sweeper.state);
	}
}

impl<T: Config> Sweeper<T> {
	/// The sweep that is under way.
	pub(crate) fn resume() -> Option<Self> {
		let state = Sweep::<T>::get()?;
		let Some((closed, open)) = ClosedWindow::<T>::get().zip(CurrentWindow::<T>::get()) else {
			defensive!("a sweep without windows");
			return None;
		};
		Some(Self { closed, open, state, shortfalls: None })
	}

	/// What is done next.
	#[cfg(feature = "runtime-benchmarks")]
	pub(crate) fn stage(&self) -> &Stage {
		&self.state.stage
	}

	/// Makes one step and says what that leaves to do.
	pub(crate) fn step(&mut self, meter: &mut WeightMeter) -> Step {
		let (weight, step) = match self.state.stage.clone() {
			Stage::Count { after, tally: None } => self.next_stream(after),
			Stage::Count { tally: Some(tally), .. } => self.count_page(tally),
			Stage::Collect { shortfall, page } => self.collect_page(shortfall, page),
			Stage::Send { part } => self.send_part(part),
		};
		meter.consume(weight);
		step
	}

	fn next_stream(&mut self, after: Option<StreamId>) -> (Weight, Step) {
		let mut streams = match after {
			Some(stream) => Streams::<T>::iter_from(Streams::<T>::hashed_key_for(stream)),
			None => Streams::<T>::iter(),
		};
		let Some((stream, record)) = streams.next() else {
			return (T::WeightInfo::sweep_rank(), self.rank());
		};
		let pages = record.pages;
		let tally = Tally { stream, page: 0, pages, due: 0, missed: 0, due_now: false };
		self.state.stage = Stage::Count { after: Some(stream), tally: Some(tally) };
		(T::WeightInfo::sweep_stream(), Step::More)
	}

	/// Counts one page, and frees the slots that no window needs any more.
	fn count_page(&mut self, mut tally: Tally) -> (Weight, Step) {
		let (stream, number) = (tally.stream, tally.page);
		let page = Pages::<T>::get(stream, number);
		let closed = self.closed.window;
		let due = bits_where(&page, |slot| self.closed.wants(slot));
		let missed = due & !self.proven(stream, number);
		tally.due = tally.due.saturating_add(due.count_ones());
		tally.missed = tally.missed.saturating_add(missed.count_ones());
		tally.due_now |= bits_where(&page, |slot| self.open.wants(slot)) != 0;
		tally.page = number.saturating_add(1);
		let over = bits_where(&page, |slot| slot.end <= closed);
		if over != 0 {
			Pallet::<T>::vacate(stream, number, page, over);
		}
		self.after_page(tally);
		(T::WeightInfo::sweep_page(over.count_ones()), Step::More)
	}

	fn after_page(&mut self, tally: Tally) {
		let after = Some(tally.stream);
		if tally.page < tally.pages {
			self.state.stage = Stage::Count { after, tally: Some(tally) };
			return;
		}
		self.state.stage = Stage::Count { after, tally: None };
		self.state.due_streams = self.state.due_streams.saturating_add(u32::from(tally.due_now));
		if let Some(verdict) = tally.verdict(T::MaxPartialFaults::get()) {
			let shortfall = Shortfall { stream: tally.stream, verdict };
			if Shortfalls::<T>::try_append(shortfall).is_err() {
				defensive!("more shortfalls than streams");
			}
		}
	}

	/// Decides, now that all streams are counted, what is listed one by one.
	fn rank(&mut self) -> Step {
		let due_streams = self.state.due_streams;
		CurrentWindow::<T>::mutate(|open| {
			if let Some(open) = open {
				open.due_streams = due_streams;
			}
		});
		let mut shortfalls = Shortfalls::<T>::get();
		if !shortfalls.is_empty() {
			fit(shortfalls.as_mut(), MAX_EXCEPTIONS);
			Shortfalls::<T>::put(&shortfalls);
		}
		self.shortfalls = Some(shortfalls);
		self.state.stage = Stage::Collect { shortfall: 0, page: 0 };
		Step::More
	}

	/// Lists the missed legs of one page.
	fn collect_page(&mut self, from: u32, number: u32) -> (Weight, Step) {
		let weight = T::WeightInfo::sweep_collect();
		let listed = self.shortfalls().iter().enumerate().skip(from.saturated_into());
		let mut listed = listed.filter(|(_, shortfall)| shortfall.outage().is_none());
		let Some((index, Shortfall { stream, .. })) = listed.next().map(|(at, s)| (at, *s)) else {
			self.state.stage = Stage::Send { part: 0 };
			return (weight, Step::More);
		};
		let index: u32 = index.saturated_into();
		let proven = self.proven(stream, number);
		for (at, slot) in Pages::<T>::get(stream, number).iter().enumerate() {
			let Some(slot) = slot else { continue };
			let missed = self.closed.wants(slot) && proven & bit_of(at) == 0;
			if missed && Faults::<T>::try_append(slot.leg).is_err() {
				defensive!("more faults than fit a report");
			}
		}
		let next = number.saturating_add(1);
		let pages = Streams::<T>::get(stream).map_or(0, |record| record.pages);
		self.state.stage = if next < pages {
			Stage::Collect { shortfall: index, page: next }
		} else {
			Stage::Collect { shortfall: index.saturating_add(1), page: 0 }
		};
		(weight, Step::More)
	}

	/// Sends one part of the report: outages first, then faults.
	fn send_part(&mut self, part: u16) -> (Weight, Step) {
		let weight = T::WeightInfo::send_part();
		let outages = self.outages();
		let faults = Faults::<T>::get();
		let entries = outages.len().saturating_add(faults.len());
		let per_part = usize::try_from(MAX_EXCEPTIONS_PER_PART).unwrap_or(usize::MAX);
		let parts: u16 = entries.div_ceil(per_part).max(1).saturated_into();
		let begun = per_part.saturating_mul(part.into());
		let in_part = outages.iter().skip(begun).take(per_part).copied().collect::<Vec<_>>();
		let left = per_part.saturating_sub(in_part.len());
		let faults_begun = begun.saturating_sub(outages.len());
		let faults_in_part = faults.iter().skip(faults_begun).take(left).copied();
		let next = part.saturating_add(1);
		let report = Report {
			window: self.closed.window,
			part,
			last: next >= parts,
			applied: self.closed.applied,
			outages: BoundedVec::truncate_from(in_part),
			faults: BoundedVec::truncate_from(faults_in_part.collect::<Vec<LegId>>()),
		};
		if !Pallet::<T>::send(Message::Report(report)) {
			return (weight, Step::Later);
		}
		if next < parts {
			self.state.stage = Stage::Send { part: next };
			return (weight, Step::More);
		}
		self.finish(parts, outages.len().saturated_into(), faults.len().saturated_into());
		(weight, Step::Done)
	}

	fn finish(&self, parts: u16, outages: u32, faults: u32) {
		if outages > 0 || faults > 0 {
			Shortfalls::<T>::kill();
			Faults::<T>::kill();
		}
		let window = self.closed.window;
		Pallet::<T>::deposit_event(Event::ReportSent { window, parts, outages, faults });
	}

	fn shortfalls(&mut self) -> &[Shortfall] {
		self.shortfalls.get_or_insert_with(Shortfalls::<T>::get)
	}

	fn outages(&mut self) -> Vec<Outage> {
		let outage = |shortfall: &Shortfall| {
			shortfall.outage().map(|kind| Outage { stream: shortfall.stream, kind })
		};
		self.shortfalls().iter().filter_map(outage).collect()
	}

	/// Slots of a page that were proven in the closed window.
	fn proven(&self, stream: StreamId, page: u32) -> u64 {
		Proven::<T>::get((self.closed.parity(), stream, page))
			.in_round(self.closed.window, self.closed.round)
	}
}
