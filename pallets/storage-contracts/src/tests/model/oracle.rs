// SPDX-License-Identifier: Apache-2.0
//! What is owed, told window by window from terms and messages alone.
//!
//! It shares no code and no arithmetic with the pallet: no streams' sums, no edges, no marks.
use std::collections::{BTreeMap, BTreeSet};
use terrace_layers::{
	AccountId, Balance, ChainId, ContractId, LegId, OutageKind, Report, StreamId,
};

/// Terms of a leg.
#[derive(Clone, Debug)]
pub struct LegTerms {
	pub contract: ContractId,
	pub client: AccountId,
	pub provider: AccountId,
	pub chain: ChainId,
	pub stream: StreamId,
	pub price: Balance,
	pub fee: Balance,
	pub interval: u32,
	pub batch: u64,
	pub planned: u32,
	pub end: u32,
}

impl LegTerms {
	pub fn rate(&self) -> Balance {
		self.price + self.fee
	}

	/// What its windows cost.
	pub fn escrow(&self) -> Balance {
		self.rate() * Balance::from(self.end - self.planned)
	}
}

/// Windows of a leg by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
	/// Settled, from the planned start on.
	pub reported: u32,
	pub proven: u32,
	pub faults: u32,
	/// Lost to outages, and to windows that count for nobody.
	pub outages: u32,
}

/// What a proof chain said.
#[derive(Default)]
pub struct Said {
	pub reported: u32,
	pub part: u16,
	faults_begun: bool,
	applied: u64,
	starts: BTreeMap<u64, u32>,
	void: BTreeSet<u32>,
	forgiven: Vec<(u32, u32)>,
}

/// A fault.
pub struct Fault {
	pub at: u32,
	pub penalty: Balance,
	pub appealed: bool,
	pub closed: bool,
}

/// An outage of a whole stream.
struct Out {
	at: u32,
	total: bool,
}

/// How far a stream is counted, and in how many windows before that its provider was out.
#[derive(Default)]
struct Counted {
	to: u32,
	run: u32,
}

/// What outages of a leg's provider must have brought its client, and how often it was rounded.
#[derive(Clone, Copy, Default)]
pub struct Share {
	pub amount: Balance,
	pub parts: Balance,
}

/// Everything that was ever agreed and reported.
#[derive(Default)]
pub struct Oracle {
	pub legs: BTreeMap<LegId, LegTerms>,
	/// Legs that are neither closed nor taken back.
	pub open: BTreeSet<LegId>,
	pub chains: BTreeMap<ChainId, Said>,
	pub faults: BTreeMap<(LegId, u32), Fault>,
	pub shares: BTreeMap<LegId, Share>,
	/// Penalties for outages, by provider.
	pub compensated: BTreeMap<AccountId, Balance>,
	appeal_period: u32,
	penalty_windows: Balance,
	out: BTreeMap<(StreamId, u32), Out>,
	dead: BTreeMap<StreamId, u32>,
	heat: BTreeMap<LegId, (u32, u32)>,
	counted: BTreeMap<StreamId, Counted>,
}

impl Oracle {
	pub fn new(appeal_period: u32, penalty_windows: u32) -> Self {
		Self { appeal_period, penalty_windows: penalty_windows.into(), ..Default::default() }
	}

	/// Hears a report in block `now`; `sent` is the newest batch that left. Returns whether it is the
	/// next one.
	pub fn hear(&mut self, id: ChainId, report: &Report, sent: u64, now: u32) -> bool {
		let chain = self.chains.entry(id).or_default();
		if report.window.0 != chain.reported || report.part != chain.part {
			return false;
		}
		if report.part == 0 {
			let cursor = report.applied.0.min(sent).min(chain.applied + 256).max(chain.applied);
			for batch in chain.applied + 1..=cursor {
				chain.starts.insert(batch, chain.reported);
			}
			chain.applied = cursor;
		}
		let (window, late) = (chain.reported, chain.faults_begun);
		for outage in report.outages.iter().filter(|_| !late) {
			let total = outage.kind == OutageKind::Total;
			if self.is_live(outage.stream, id) && !self.is_out(outage.stream, window) {
				self.out.insert((outage.stream, window), Out { at: now, total });
			}
		}
		for leg in &report.faults {
			self.fault(id, *leg, window, now);
		}
		let chain = self.chains.get_mut(&id).expect("heard of");
		chain.faults_begun |= !report.faults.is_empty();
		chain.part += 1;
		if report.last {
			self.finish(id);
		}
		true
	}

	/// The report in progress is complete as it stands; a window of which nothing is said is void.
	pub fn pass(&mut self, id: ChainId) {
		let chain = self.chains.entry(id).or_default();
		if chain.part == 0 {
			chain.void.insert(chain.reported);
		}
		self.finish(id);
	}

	fn finish(&mut self, id: ChainId) {
		let chain = self.chains.get_mut(&id).expect("heard of");
		(chain.reported, chain.part, chain.faults_begun) = (chain.reported + 1, 0, false);
	}

	pub fn forgive(&mut self, id: ChainId, from: u32, to: u32) {
		self.chains.entry(id).or_default().forgiven.push((from, to));
	}

	/// A fault costs nothing beyond the pay while the ones before have cooled, one in two intervals.
	fn fault(&mut self, chain: ChainId, id: LegId, window: u32, now: u32) {
		let due = self.open.contains(&id) && self.is_due(id, window);
		if !due || self.legs[&id].chain != chain || self.faults.contains_key(&(id, window)) {
			return;
		}
		let leg = &self.legs[&id];
		let (heat, last) = self.heat.get(&id).copied().unwrap_or((0, window));
		let before = heat.saturating_sub((window - last) / (2 * leg.interval));
		let repeated = if before > 0 { self.penalty_windows } else { 0 };
		let penalty = leg.rate() * (Balance::from(leg.interval) - 1 + repeated);
		self.heat.insert(id, (before + 1, window));
		self.faults
			.insert((id, window), Fault { at: now, penalty, appealed: false, closed: false });
	}

	/// A fault turned out to be none.
	pub fn appeal_fault(&mut self, id: LegId, window: u32) {
		let fault = self.faults.get_mut(&(id, window)).expect("reported");
		(fault.appealed, fault.closed) = (true, true);
		let heat = self.heat.get_mut(&id).expect("it was faulted");
		heat.0 = heat.0.saturating_sub(1);
	}

	/// An outage turned out to be none.
	pub fn appeal_outage(&mut self, stream: StreamId, window: u32) {
		let out = self.out.remove(&(stream, window)).expect("reported");
		assert!(out.total, "one proof does not show that few were missing");
		assert!(self.counted[&stream].to <= window, "counted before it was final");
	}

	/// A fault is final; returns what it may cost.
	pub fn finalise(&mut self, id: LegId, window: u32, now: u32) -> Balance {
		let forgiven = self.is_forgiven(self.legs[&id].chain, window);
		let fault = self.faults.get_mut(&(id, window)).expect("reported");
		assert!(!fault.closed && now >= fault.at + self.appeal_period);
		fault.closed = true;
		if forgiven {
			0
		} else {
			fault.penalty
		}
	}

	/// Total outages that can still be appealed against.
	pub fn young_outages(&self, now: u32) -> Vec<(StreamId, u32)> {
		let young = self.out.iter().filter(|(key, out)| self.is_young(key, out, now));
		young.map(|(key, _)| *key).collect()
	}

	fn is_young(&self, key: &(StreamId, u32), out: &Out, now: u32) -> bool {
		let dead = self.dead.get(&key.0).is_some_and(|from| *from <= key.1);
		out.total && !dead && now < out.at + self.appeal_period
	}

	/// Learns that a stream is unpaid from a window on, in which nothing is settled yet.
	pub fn bury(&mut self, stream: StreamId, from: u32) {
		let chain = self.legs.values().find(|leg| leg.stream == stream).expect("it has legs").chain;
		assert!(from + 1 >= self.reported(chain), "windows die after they were settled");
		assert!(self.dead.insert(stream, from).is_none());
	}

	pub fn is_dead(&self, stream: StreamId) -> bool {
		self.dead.contains_key(&stream)
	}

	/// Learns of a leg.
	pub fn open(&mut self, id: LegId, leg: LegTerms) {
		let reported = self.reported(leg.chain);
		self.counted.entry(leg.stream).or_insert(Counted { to: reported, run: 0 });
		self.open.insert(id);
		assert!(self.legs.insert(id, leg).is_none());
	}

	/// Counts a stream up to a window: the second outage in a row costs collateral. Returns how many
	/// outages in a row it has just seen.
	pub fn count(&mut self, stream: StreamId, to: u32) -> u32 {
		let leg = self.legs.values().find(|leg| leg.stream == stream).expect("it has legs");
		let (chain, provider) = (leg.chain, leg.provider.clone());
		let mut counted = self.counted.remove(&stream).unwrap_or_default();
		let mut longest = 0;
		for window in counted.to..to {
			let void = self.chains[&chain].void.contains(&window);
			if void || self.dead.get(&stream).is_some_and(|from| *from <= window) {
				continue;
			}
			let Some(out) = self.out.get(&(stream, window)) else {
				counted.run = 0;
				continue;
			};
			if out.total && counted.run > 0 && !self.is_forgiven(chain, window) {
				self.compensate(stream, &provider, window);
			}
			counted.run += 1;
			longest = longest.max(counted.run);
		}
		counted.to = counted.to.max(to);
		self.counted.insert(stream, counted);
		longest
	}

	fn compensate(&mut self, stream: StreamId, provider: &AccountId, window: u32) {
		let live = |(id, leg): (&LegId, &LegTerms)| {
			let runs = self.start(leg).is_some_and(|start| start <= window) && window < leg.end;
			(leg.stream == stream && runs).then(|| (*id, leg.rate()))
		};
		let live: Vec<_> = self.legs.iter().filter_map(live).collect();
		let rate: Balance = live.iter().map(|(_, rate)| rate).sum();
		if rate == 0 {
			return;
		}
		let penalty = rate * self.penalty_windows;
		*self.compensated.entry(provider.clone()).or_default() += penalty;
		for (leg, share) in live {
			let noted = self.shares.entry(leg).or_default();
			// Four fifths are the clients', in proportion.
			noted.amount += (penalty - penalty.div_ceil(5)) * share / rate;
			noted.parts += 1;
		}
	}

	/// First window of a leg, once known.
	pub fn start(&self, leg: &LegTerms) -> Option<u32> {
		let start = self.chains.get(&leg.chain)?.starts.get(&leg.batch)?;
		Some(leg.planned.max(*start))
	}

	pub fn reported(&self, chain: ChainId) -> u32 {
		self.chains.get(&chain).map_or(0, |chain| chain.reported)
	}

	/// Whether a report is half applied.
	pub fn in_progress(&self, chain: ChainId) -> bool {
		self.chains.get(&chain).is_some_and(|chain| chain.part > 0)
	}

	/// Windows of a stream below this one can be counted: the rest waits for an outage to be final.
	pub fn limit(&self, stream: StreamId, chain: ChainId, now: u32) -> u32 {
		let reported = self.reported(chain);
		let outs = self.out.range((stream, 0)..(stream, reported));
		let young = outs.filter(|(key, out)| self.is_young(key, out, now)).map(|(key, _)| key.1);
		young.min().unwrap_or(reported)
	}

	/// Whether nothing can happen to a leg any more, counting apart.
	pub fn is_over(&self, leg: &LegTerms) -> bool {
		self.reported(leg.chain) >= leg.end || self.start(leg).is_some_and(|start| start >= leg.end)
	}

	/// What became of each of a leg's windows below `limit`.
	pub fn tally(&self, id: LegId, limit: u32) -> Tally {
		let leg = &self.legs[&id];
		let void = self.chains.get(&leg.chain).map(|chain| &chain.void);
		let mut tally = Tally::default();
		for window in leg.planned..leg.end.min(limit) {
			tally.reported += 1;
			if self.start(leg).is_none_or(|start| window < start) {
				continue;
			}
			let void = void.is_some_and(|void| void.contains(&window));
			if void || self.is_out(leg.stream, window) {
				tally.outages += 1;
			} else if self.is_faulted(id, window) {
				tally.faults += 1;
			} else {
				tally.proven += 1;
			}
		}
		tally
	}

	/// Faults of a leg from `limit` on.
	pub fn faults_from(&self, id: LegId, limit: u32) -> u32 {
		let faults = self.faults.range((id, limit)..=(id, u32::MAX));
		u32::try_from(faults.filter(|(_, fault)| !fault.appealed).count()).expect("few")
	}

	/// The furthest end of all legs on a chain.
	pub fn horizon(&self, chain: ChainId) -> u32 {
		let legs = self.legs.values().filter(|leg| leg.chain == chain);
		legs.map(|leg| leg.end).max().unwrap_or_default()
	}

	fn is_forgiven(&self, chain: ChainId, window: u32) -> bool {
		self.chains[&chain].forgiven.iter().any(|(from, to)| (*from..=*to).contains(&window))
	}

	fn is_faulted(&self, leg: LegId, window: u32) -> bool {
		self.faults.get(&(leg, window)).is_some_and(|fault| !fault.appealed)
	}

	/// Whether a chain may speak of a stream.
	fn is_live(&self, stream: StreamId, chain: ChainId) -> bool {
		let mut open = self.open.iter().map(|id| &self.legs[id]);
		open.any(|leg| leg.stream == stream && leg.chain == chain)
	}

	fn is_out(&self, stream: StreamId, window: u32) -> bool {
		self.out.contains_key(&(stream, window))
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
