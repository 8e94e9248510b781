// SPDX-License-Identifier: Apache-2.0
//! What settling one window costs the contract chain, for ever more contracts.

use crate::{
	clock::{short, Took},
	world::{bytes_of, clean, leg_of, most_exceptions, stream_of, World, PROVIDERS},
};
use terrace_layers::{
	BatchId, LegId, Outage, OutageKind, Report, StreamId, Window, MAX_EXCEPTIONS_PER_PART,
};

/// A kind of window.
#[derive(Clone, Copy)]
enum Case {
	/// Everything was proven.
	Clean,
	/// One leg in so many was not.
	Missed(u64),
	/// One provider proved nothing.
	Out,
}

/// Prints the cost for 1,000 to `max` contracts.
pub fn run(max: u64, runs: usize) {
	println!("One window of one proof chain, applied natively to a committed state in memory.");
	println!("{PROVIDERS} providers; all contracts are made by calls. Accesses are distinct keys, without");
	println!(
		"the block's own bookkeeping. Bytes are those of the report's parts; their proven delivery"
	);
	println!(
		"adds what `link-figures` prints. Beyond {} exceptions a report lists",
		most_exceptions()
	);
	println!("whole streams as partly out.\n");
	println!(
		"| contracts | window | listed | time, median (10 % to 90 %) | reads | writes | bytes |"
	);
	println!("|---|---|---|---|---|---|---|");
	let mut world = World::new();
	let mut cleans: Vec<(u64, Took, usize)> = Vec::new();
	let mut count = 1_000;
	while count <= max {
		world.grow(count);
		for case in [Case::Clean, Case::Missed(1_000), Case::Missed(100), Case::Out] {
			let took = row(&mut world, case, runs);
			if let Case::Clean = case {
				cleans.push((count, took.0, took.1));
				claim_row(&mut world, runs);
			}
		}
		count *= 10;
	}
	let (Some(first), Some(last)) = (cleans.first(), cleans.last()) else { return };
	let slope = (last.1.median.as_secs_f64() - first.1.median.as_secs_f64())
		/ (last.0 - first.0).max(1) as f64;
	println!("\nClean windows from {} to {} contracts:", first.0, last.0);
	println!(
		"slope {:.2} ps and {} accesses per contract;",
		slope * 1e12,
		last.2.abs_diff(first.2)
	);
	println!(
		"largest median {}.",
		short(cleans.iter().map(|c| c.1.median).max().unwrap_or_default())
	);
}

/// What a provider pays for its own money: counting its stream and a transfer, whenever it likes.
fn claim_row(world: &mut World, runs: usize) {
	let contracts = world.contracts();
	let (times, accesses): (Vec<_>, Vec<_>) = (0..runs).map(|_| world.claim()).unzip();
	let (took, accesses) = (Took::of(times), accesses.last().copied().unwrap_or_default());
	let (reads, writes) = (accesses.reads, accesses.writes);
	println!("| {contracts} | (a provider's claim after one) | | {took} | {reads} | {writes} | |");
}

fn row(world: &mut World, case: Case, runs: usize) -> (Took, usize) {
	let contracts = world.contracts();
	let report = case.report(contracts, world.next_window());
	let accesses = world.accesses_of(&report);
	let bytes = bytes_of(&report);
	let listed: usize = report.iter().map(|part| part.outages.len() + part.faults.len()).sum();
	let times = (0..runs).map(|_| {
		let report = case.report(contracts, world.next_window());
		world.turn(&report)
	});
	let took = Took::of(times.collect());
	let (reads, writes) = (accesses.reads, accesses.writes);
	let name = case.name();
	println!("| {contracts} | {name} | {listed} | {took} | {reads} | {writes} | {bytes} |");
	(took, reads + writes)
}

impl Case {
	fn name(&self) -> String {
		match self {
			Case::Clean => "clean".into(),
			Case::Missed(one_in) => format!("{} % missed", 100.0 / *one_in as f64),
			Case::Out => "one provider out".into(),
		}
	}

	fn report(&self, contracts: u64, next: (Window, BatchId)) -> Vec<Report> {
		match self {
			Case::Clean => vec![clean(next)],
			Case::Missed(one_in) => {
				let missed: Vec<u64> = (0..contracts).step_by(*one_in as usize).collect();
				let (outages, faults) = list(&missed);
				parts(next, outages, faults)
			}
			Case::Out => {
				let outage = Outage { stream: StreamId(0), kind: OutageKind::Total };
				parts(next, vec![outage], vec![])
			}
		}
	}
}

/// What a report lists of missed legs: as many streams as needed as partly out, the rest one by one.
fn list(missed: &[u64]) -> (Vec<Outage>, Vec<LegId>) {
	let mut rolled = 0_u32;
	loop {
		let single: Vec<LegId> = missed
			.iter()
			.filter(|leg| stream_of(**leg).0 >= rolled)
			.map(|leg| leg_of(*leg))
			.collect();
		if single.len() + rolled as usize <= most_exceptions() {
			let partly = |id| Outage { stream: StreamId(id), kind: OutageKind::Partial };
			return ((0..rolled).map(partly).collect(), single);
		}
		rolled += 1;
	}
}

/// Cuts a report into its parts: outages first, so many exceptions in each.
fn parts(
	(window, applied): (Window, BatchId),
	mut outages: Vec<Outage>,
	mut faults: Vec<LegId>,
) -> Vec<Report> {
	let mut parts = Vec::new();
	loop {
		let mut part = clean((window, applied));
		let most = MAX_EXCEPTIONS_PER_PART as usize;
		let first: Vec<_> = outages.drain(..outages.len().min(most)).collect();
		let then: Vec<_> = faults.drain(..faults.len().min(most - first.len())).collect();
		part.part = parts.len() as u16;
		part.last = outages.is_empty() && faults.is_empty();
		part.outages = first.try_into().expect("at most a part's");
		part.faults = then.try_into().expect("at most a part's");
		let last = part.last;
		parts.push(part);
		if last {
			return parts;
		}
	}
}
