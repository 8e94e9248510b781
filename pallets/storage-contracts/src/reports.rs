// SPDX-License-Identifier: Apache-2.0
//! Applying what proof chains report.
//!
//! A proof chain is not trusted: exceptions that mean nothing here are skipped and counted. Only a
//! report that is not the next one fails, so that none is lost or applied twice.

use crate::{
	Batches, ChainRecord, Chains, Config, Error, Event, OutageEntry, Outages, Pallet, PartProgress,
	Streams,
};
use frame_support::ensure;
use sp_runtime::DispatchResult;
use terrace_layers::{
	BatchId, ChainId, Outage, OutageKind, Report, Window, MAX_BATCHES_PER_WINDOW,
	MAX_EXCEPTIONS_PER_PART,
};

/// What became of a list of exceptions.
#[derive(Default)]
struct Tally {
	recorded: u32,
	skipped: u32,
}

impl Tally {
	fn count(&mut self, recorded: bool) {
		let counter = if recorded { &mut self.recorded } else { &mut self.skipped };
		*counter = counter.saturating_add(1);
	}
}

impl<T: Config> Pallet<T> {
	/// Applies a part of a report, or nothing of it when it is not the next one.
	pub(crate) fn apply_report(source: ChainId, report: Report) -> DispatchResult {
		let mut chain = Chains::<T>::get(source).ok_or(Error::<T>::UnknownProofChain)?;
		let progress = chain.part.unwrap_or_default();
		ensure!(
			(report.window, report.part) == (chain.reported, progress.next),
			Error::<T>::NotNextPart
		);
		let window = report.window;
		let batches = match report.part {
			0 => Self::start_batches(source, &mut chain, report.applied),
			_ => 0,
		};
		let outages = Self::record_outages(source, window, &report, progress.faults_begun);
		let faults = Self::record_faults(source, window, &report);
		let faults_begun = progress.faults_begun || !report.faults.is_empty();
		Self::finish_part(&mut chain, &report, faults_begun)?;
		if report.last {
			Self::resume(source, &mut chain);
		}
		Chains::<T>::insert(source, chain);
		Self::deposit_event(Event::ReportApplied {
			chain: source,
			window,
			part: report.part,
			last: report.last,
			batches,
			outages: outages.recorded,
			faults: faults.recorded,
			skipped: outages.skipped.saturating_add(faults.skipped),
		});
		Ok(())
	}

	/// Notes a sign of life of a proof chain that runs a window again.
	pub(crate) fn apply_heartbeat(source: ChainId, window: Window, round: u32) -> DispatchResult {
		Chains::<T>::try_mutate(source, |slot| {
			let chain = slot.as_mut().ok_or(Error::<T>::UnknownProofChain)?;
			Self::heard_of(chain);
			Ok::<_, sp_runtime::DispatchError>(())
		})?;
		Self::deposit_event(Event::WindowRepeated { chain: source, window, round });
		Ok(())
	}

	fn finish_part(chain: &mut ChainRecord, report: &Report, faults_begun: bool) -> DispatchResult {
		Self::heard_of(chain);
		if report.last {
			let next = chain.reported.0.checked_add(1).ok_or(Error::<T>::Overflow)?;
			chain.reported = Window(next);
			chain.part = None;
			chain.applied_at = chain.seen_at;
			chain.applied_ms = chain.seen_ms;
		} else {
			let next = report.part.checked_add(1).ok_or(Error::<T>::Overflow)?;
			chain.part = Some(PartProgress { next, faults_begun });
		}
		Ok(())
	}

	/// Starts the batches that the proof chain has newly applied; returns how many.
	///
	/// The cursor neither moves back, nor beyond what was sent, nor further than one report may.
	fn start_batches(source: ChainId, chain: &mut ChainRecord, applied: BatchId) -> u32 {
		let furthest = chain.applied.0.saturating_add(MAX_BATCHES_PER_WINDOW);
		let applied = applied.0.min(chain.sent.0).min(furthest);
		let mut started = 0u32;
		while chain.applied.0 < applied {
			chain.applied = chain.applied.next();
			started = started.saturating_add(1);
			// A batch without a record has no open leg left.
			Batches::<T>::mutate_exists(source, chain.applied, |slot| {
				if let Some(batch) = slot {
					batch.start = Some(chain.reported);
				}
			});
		}
		started
	}

	fn record_outages(source: ChainId, window: Window, report: &Report, too_late: bool) -> Tally {
		let mut tally = Tally::default();
		for outage in &report.outages {
			tally.count(!too_late && Self::record_outage(source, window, outage).is_some());
		}
		tally
	}

	/// Notes an outage; `None` when it means nothing.
	fn record_outage(source: ChainId, window: Window, outage: &Outage) -> Option<()> {
		let (stream, kind) = (outage.stream, outage.kind);
		let mut record =
			Streams::<T>::get(stream).filter(|s| s.proof_chain == source && s.legs > 0)?;
		let mut list = Outages::<T>::get(stream);
		if list.has_newest(window) {
			return None;
		}
		let entry = OutageEntry { window, reported_at: Self::now_block(), kind };
		let provider = record.provider.clone();
		if list.entries.try_push(entry).is_ok() {
			if kind == OutageKind::Total {
				Self::open_case(&mut record);
				Streams::<T>::insert(stream, record);
			}
		} else {
			list.dead_from = Some(window);
			let provider = provider.clone();
			Self::deposit_event(Event::StreamDied { stream, provider, from: window });
		}
		Outages::<T>::insert(stream, list);
		Self::deposit_event(Event::StreamFailed { stream, provider, window, kind });
		Some(())
	}

	/// Notes faults, as many of them as a part may list beside its outages.
	fn record_faults(source: ChainId, window: Window, report: &Report) -> Tally {
		let mut tally = Tally::default();
		let most = usize::try_from(MAX_EXCEPTIONS_PER_PART).unwrap_or(usize::MAX);
		let room = most.saturating_sub(report.outages.len());
		for (index, leg) in report.faults.iter().enumerate() {
			tally.count(index < room && Self::record_fault(source, window, *leg).is_some());
		}
		tally
	}
}
