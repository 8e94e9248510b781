// SPDX-License-Identifier: Apache-2.0
//! How times are taken: medians of runs that take turns, so that what else runs hits all alike.

use std::{
	fmt,
	hint::black_box,
	time::{Duration, Instant},
};

/// What one of several competitors took for a run.
#[derive(Clone, Copy, Debug)]
pub struct Took {
	/// The median.
	pub median: Duration,
	/// A tenth of the runs took less.
	pub low: Duration,
	/// A tenth of the runs took more.
	pub high: Duration,
}

impl Took {
	/// Of all runs of one competitor.
	pub fn of(mut runs: Vec<Duration>) -> Self {
		runs.sort();
		let at = |tenths: usize| runs[(runs.len() - 1) * tenths / 10];
		Self { median: at(5), low: at(1), high: at(9) }
	}

	/// How many times longer this took than `other`.
	pub fn ratio(&self, other: &Self) -> f64 {
		self.median.as_secs_f64() / other.median.as_secs_f64()
	}
}

impl fmt::Display for Took {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let [median, low, high] = [self.median, self.low, self.high].map(short);
		write!(f, "{median} ({low} to {high})")
	}
}

/// Three digits and a unit.
pub fn short(time: Duration) -> String {
	let micros = time.as_secs_f64() * 1e6;
	match micros {
		_ if micros < 1e3 => format!("{micros:.2} µs"),
		_ if micros < 1e6 => format!("{:.2} ms", micros / 1e3),
		_ => format!("{:.2} s", micros / 1e6),
	}
}

/// Time of `work`, whose result is kept from being optimised away.
pub fn timed<R>(work: impl FnOnce() -> R) -> Duration {
	let start = Instant::now();
	black_box(work());
	start.elapsed()
}

/// Runs two competitors in turn, `times` runs each over `items` items, and returns what one item took.
pub fn race<T>(
	times: usize,
	items: &[T],
	mut first: impl FnMut(&T),
	mut second: impl FnMut(&T),
) -> (Took, Took) {
	let count = u32::try_from(items.len()).expect("few items");
	let (mut firsts, mut seconds) = (Vec::new(), Vec::new());
	for _ in 0..times {
		firsts.push(timed(|| items.iter().for_each(&mut first)) / count);
		seconds.push(timed(|| items.iter().for_each(&mut second)) / count);
	}
	(Took::of(firsts), Took::of(seconds))
}
