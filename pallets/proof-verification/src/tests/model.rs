// SPDX-License-Identifier: Apache-2.0
//! Reports of random histories, compared with a model that knows no pages, bits or sweeps.

use crate::{mock::*, MAX_RETRIES, MIN_STREAMS_FOR_RETRY};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use terrace_layers::{OutageKind, StreamId, TrackedLeg, Window};

const STREAMS: u32 = 6;
const LISTED: u32 = 2;

#[derive(Clone, Debug)]
enum Op {
	/// Legs of a stream: how many, windows until they start, windows until they end.
	Track { stream: u32, count: u64, lead: u32, length: u32 },
	/// One of the legs so far ends.
	Untrack(prop::sample::Index),
	/// A part of the legs due in some streams is proven.
	Prove { streams: u8, legs: u64 },
	/// Blocks pass.
	Blocks(u8),
	/// The round ends.
	EndRound,
	/// The lane is full, or is not any more.
	Jam(bool),
}

fn op() -> impl Strategy<Value = Op> {
	prop_oneof![
		4 => (1..=STREAMS, 1..30_u64, 0..4_u32, 1..6_u32).prop_map(
			|(stream, count, lead, length)| Op::Track { stream, count, lead, length }
		),
		1 => any::<prop::sample::Index>().prop_map(Op::Untrack),
		6 => (any::<u8>(), any::<u64>()).prop_map(|(streams, legs)| Op::Prove { streams, legs }),
		1 => Just(Op::Prove { streams: u8::MAX, legs: u64::MAX }),
		1 => (1..5_u8).prop_map(Op::Blocks),
		6 => Just(Op::EndRound),
		1 => any::<bool>().prop_map(Op::Jam),
	]
}

#[derive(Clone, Debug)]
struct ModelLeg {
	stream: u32,
	start: u32,
	end: u32,
}

/// What a report must say: outages by stream, and the set of faults.
type Expected = (u32, u64, BTreeMap<u32, OutageKind>, BTreeSet<u64>);

#[derive(Default)]
struct Model {
	legs: BTreeMap<u64, ModelLeg>,
	window: u32,
	round: u32,
	retries: u8,
	batches: u64,
	due_batch: u64,
	proven: BTreeSet<u64>,
	jammed: bool,
	reports: Vec<Expected>,
}

impl Model {
	fn due(&self) -> BTreeMap<u64, u32> {
		let due = |leg: &ModelLeg| leg.start <= self.window && self.window < leg.end;
		let legs = self.legs.iter().filter(|(_, leg)| due(leg));
		legs.map(|(id, leg)| (*id, leg.stream)).collect()
	}

	/// For each stream with due legs, these and the missed ones.
	fn tallies(&self) -> BTreeMap<u32, (u32, BTreeSet<u64>)> {
		let mut tallies = BTreeMap::<u32, (u32, BTreeSet<u64>)>::new();
		for (leg, stream) in self.due() {
			let (due, missed) = tallies.entry(stream).or_default();
			*due += 1;
			if !self.proven.contains(&leg) {
				missed.insert(leg);
			}
		}
		tallies
	}

	fn end_round(&mut self) {
		let tallies = self.tallies();
		let silent = tallies.values().filter(|(due, missed)| *due as usize == missed.len()).count();
		let failed = tallies.len() >= MIN_STREAMS_FOR_RETRY as usize
			&& silent * 4 > tallies.len() * 3
			&& self.retries < MAX_RETRIES;
		self.proven.clear();
		if self.jammed || failed {
			self.round += 1;
			self.retries += u8::from(failed && !self.jammed);
			return;
		}
		let (mut outages, mut faults) = (BTreeMap::new(), BTreeSet::new());
		for (stream, (due, missed)) in tallies {
			if missed.len() == due as usize {
				outages.insert(stream, OutageKind::Total);
			} else if missed.len() as u32 > LISTED.max(due / 8) {
				outages.insert(stream, OutageKind::Partial);
			} else {
				faults.extend(missed);
			}
		}
		self.reports.push((self.window, self.due_batch, outages, faults));
		(self.window, self.round, self.retries) = (self.window + 1, 0, 0);
		self.due_batch = self.batches;
	}

	fn track(&mut self, stream: u32, count: u64, lead: u32, length: u32) {
		let first = self.legs.keys().last().map_or(1, |last| last + 1);
		let (start, end) = (self.window + lead, self.window + lead + length);
		let legs = (first..first + count).map(|id| TrackedLeg {
			start: Window(start),
			end: Window(end),
			..leg(id, stream)
		});
		track(legs.collect());
		self.batches += 1;
		for id in first..first + count {
			// A leg that is over before it starts is known all the same, and never due.
			let start = start.max(self.window + 1);
			self.legs.insert(id, ModelLeg { stream, start, end });
		}
	}

	fn untrack(&mut self, index: prop::sample::Index) {
		if self.legs.is_empty() {
			return;
		}
		let id = *index.get(&self.legs.keys().collect::<Vec<_>>()).to_owned();
		untrack(&[id]);
		let after = self.window + 1;
		if let Some(leg) = self.legs.get_mut(&id) {
			leg.end = leg.end.min(after);
		}
	}

	fn prove(&mut self, streams: u8, chosen: u64) {
		let due = self.due().into_iter().enumerate();
		let legs = due
			.filter(|(number, (leg, stream))| {
				streams & (1 << (stream % 8)) != 0
					&& chosen & (1 << (number % 64)) != 0
					&& !self.proven.contains(leg)
			})
			.map(|(_, (leg, _))| leg)
			.collect::<Vec<_>>();
		prove_legs(&legs);
		self.proven.extend(legs);
	}

	fn apply(&mut self, op: Op) {
		match op {
			Op::Track { stream, count, lead, length } => self.track(stream, count, lead, length),
			Op::Untrack(index) => self.untrack(index),
			Op::Prove { streams, legs } => self.prove(streams, legs),
			Op::Blocks(blocks) => {
				// Rounds end only where the model is told so.
				let last = open().closes_at - 1;
				run_to(last.min(System::block_number() + u32::from(blocks)));
			}
			Op::EndRound => {
				self.end_round();
				end_round();
			}
			Op::Jam(jammed) => {
				self.jammed = jammed;
				Room::set(if jammed { 0 } else { 200 });
			}
		}
		assert_eq!((open().window.0, open().round), (self.window, self.round));
	}

	/// Compares what the pallet shows of the open window.
	fn check_views(&self) {
		let (mut due, mut proven) = (BTreeMap::new(), BTreeSet::new());
		for stream in 1..=STREAMS {
			let pages = ProofVerification::pages(StreamId(stream));
			let slots = (0..pages).flat_map(|page| ProofVerification::page(StreamId(stream), page));
			for slot in slots.filter(|slot| slot.due) {
				due.insert(slot.leg.0, stream);
				if slot.proven {
					proven.insert(slot.leg.0);
				}
			}
		}
		assert_eq!((due, proven), (self.due(), self.proven.clone()));
	}

	fn check_reports(&self) {
		let sent = reports();
		assert!(sent.iter().all(|report| report.part == 0 && report.last));
		let sent = sent.into_iter().map(|report| {
			let outages = report.outages.iter().map(|outage| (outage.stream.0, outage.kind));
			let faults = report.faults.iter().map(|leg| leg.0).collect::<BTreeSet<_>>();
			assert_eq!(faults.len(), report.faults.len(), "a fault is listed twice");
			(report.window.0, report.applied.0, outages.collect(), faults)
		});
		assert_eq!(sent.collect::<Vec<Expected>>(), self.reports);
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

	#[test]
	fn reports_agree_with_the_model(ops in prop::collection::vec(op(), 1..60)) {
		TestExt::new().build_and_execute(|| {
			MaxPartialFaults::set(LISTED);
			Room::set(200);
			let mut model = Model::default();
			for op in ops {
				model.apply(op);
				model.check_views();
			}
			model.apply(Op::Jam(false));
			model.apply(Op::EndRound);
			next_block();
			model.check_reports();
		});
	}
}
