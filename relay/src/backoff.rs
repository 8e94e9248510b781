// SPDX-License-Identifier: Apache-2.0
//! Pauses between attempts that fail.

use std::time::Duration;

/// How long to pause after the next failure: from a shortest pause it doubles up to a longest.
#[derive(Clone, Debug)]
pub struct Backoff {
	shortest: Duration,
	longest: Duration,
	next: Duration,
}

impl Backoff {
	/// Pauses within these limits.
	pub const fn new(shortest: Duration, longest: Duration) -> Self {
		Self { shortest, longest, next: shortest }
	}

	/// Begins anew after a success.
	pub fn reset(&mut self) {
		self.next = self.shortest;
	}

	/// Begins anew after an attempt that went well for longer than the longest pause.
	pub fn reset_after(&mut self, ran: Duration) {
		if ran > self.longest {
			self.reset();
		}
	}

	/// The pause after one more failure.
	pub fn next_pause(&mut self) -> Duration {
		let pause = self.next.min(self.longest);
		self.next = pause.saturating_mul(2).min(self.longest);
		pause
	}
}

impl Default for Backoff {
	/// From a second to half a minute.
	fn default() -> Self {
		Self::new(Duration::from_secs(1), Duration::from_secs(30))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn pauses_grow_to_a_limit_and_start_over() {
		let mut backoff = Backoff::default();
		let pauses: Vec<_> = (0..7).map(|_| backoff.next_pause().as_secs()).collect();
		assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
		backoff.reset();
		assert_eq!(backoff.next_pause(), Duration::from_secs(1));
	}

	#[test]
	fn only_a_long_run_is_a_success() {
		let second = Duration::from_secs;
		let mut backoff = Backoff::new(second(3), second(10));
		let mut after = |ran| {
			backoff.reset_after(second(ran));
			backoff.next_pause().as_secs()
		};
		assert_eq!([after(0), after(10), after(0), after(11)], [3, 6, 10, 3]);
	}

	#[test]
	fn longest_pause_wins() {
		let mut backoff = Backoff::new(Duration::from_secs(9), Duration::from_secs(2));
		assert_eq!(backoff.next_pause(), Duration::from_secs(2));
	}
}
