// SPDX-License-Identifier: Apache-2.0
//! What is owed, told window by window from terms and messages alone.
//!
//! It shares no code and no arithmetic with the pallet: no streams, no edges, no marks.
use std::collections::{BTreeMap, BTreeSet};
use terrace_layers::{AccountId, Balance, LegId, Report, StreamId};

/// LegTerms of a leg.
#[derive(Clone, Debug)]
pub struct LegTerms {
	pub client: AccountId,
	pub provider: AccountId,
	pub stream: StreamId,
	pub rate: Balance,
	pub batch: u64,
	pub planned: u32,
	pub end: u32,
}

/// Windows of a leg by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
	/// Reported, from the planned start on.
	pub reported: u32,
	pub proven: u32,
	pub faults: u32,
	pub outages: u32,
}

/// Everything that was ever agreed and reported on one proof chain.
#[derive(Default)]
pub struct Oracle {
	pub legs: BTreeMap<LegId, LegTerms>,
	pub reported: u32,
	pub part: u16,
	faults_begun: bool,
	applied: u64,
	starts: BTreeMap<u64, u32>,
	out: BTreeSet<(StreamId, u32)>,
	dead: BTreeMap<StreamId, u32>,
	faulted: BTreeSet<(LegId, u32)>,
}

impl Oracle {
	/// Hears a report; `sent` is the newest batch that left. Returns whether it is the next one.
	pub fn hear(&mut self, report: &Report, sent: u64) -> bool {
		if report.window.0 != self.reported || report.part != self.part {
			return false;
		}
		if report.part == 0 {
			let cursor = report.applied.0.min(sent).min(self.applied + 256).max(self.applied);
			for batch in self.applied + 1..=cursor {
				self.starts.insert(batch, self.reported);
			}
			self.applied = cursor;
		}
		if !self.faults_begun {
			for outage in &report.outages {
				self.out.insert((outage.stream, self.reported));
			}
		}
		for leg in &report.faults {
			self.faults_begun = true;
			if self.is_due(*leg, self.reported) {
				self.faulted.insert((*leg, self.reported));
			}
		}
		self.part += 1;
		if report.last {
			(self.reported, self.part, self.faults_begun) = (self.reported + 1, 0, false);
		}
		true
	}

	/// Learns that a stream is unpaid from a window on.
	pub fn bury(&mut self, stream: StreamId, from: u32) {
		self.dead.entry(stream).or_insert(from);
	}

	/// First window of a leg, once known.
	pub fn start(&self, leg: &LegTerms) -> Option<u32> {
		self.starts.get(&leg.batch).map(|start| leg.planned.max(*start))
	}

	/// Whether nothing can happen to a leg any more.
	pub fn is_over(&self, leg: &LegTerms) -> bool {
		self.reported >= leg.end || self.start(leg).is_some_and(|start| start >= leg.end)
	}

	/// What became of each of a leg's windows.
	pub fn tally(&self, id: LegId) -> Tally {
		let leg = &self.legs[&id];
		let mut tally = Tally::default();
		for window in leg.planned..leg.end.min(self.reported) {
			tally.reported += 1;
			if self.start(leg).is_none_or(|start| window < start) {
				continue;
			}
			if self.is_out(leg.stream, window) {
				tally.outages += 1;
			} else if self.faulted.contains(&(id, window)) {
				tally.faults += 1;
			} else {
				tally.proven += 1;
			}
		}
		tally
	}

	/// Faults of the window that is being reported.
	pub fn faults_in_progress(&self, leg: LegId) -> u32 {
		u32::from(self.faulted.contains(&(leg, self.reported)))
	}

	/// What a provider has earned so far.
	pub fn earned(&self, provider: &AccountId) -> Balance {
		let mine = self.legs.iter().filter(|(_, leg)| leg.provider == *provider);
		mine.map(|(id, leg)| leg.rate * Balance::from(self.tally(*id).proven)).sum()
	}

	/// The furthest end of all legs.
	pub fn horizon(&self) -> u32 {
		self.legs.values().map(|leg| leg.end).max().unwrap_or_default()
	}

	fn is_out(&self, stream: StreamId, window: u32) -> bool {
		self.out.contains(&(stream, window))
			|| self.dead.get(&stream).is_some_and(|from| *from <= window)
	}

	fn is_due(&self, id: LegId, window: u32) -> bool {
		self.legs.get(&id).is_some_and(|leg| {
			self.start(leg).is_some_and(|start| start <= window)
				&& window < leg.end
				&& !self.is_out(leg.stream, window)
		})
	}
}
