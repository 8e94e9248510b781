// SPDX-License-Identifier: Apache-2.0
//! Pauses between attempts that fail.

use std::time::Duration;

/// First pause; it doubles.
const SHORTEST: Duration = Duration::from_secs(1);
/// Longest pause.
const LONGEST: Duration = Duration::from_secs(30);

/// How long to pause after the next failure.
#[derive(Debug)]
pub(crate) struct Backoff(Duration);

impl Backoff {
	pub fn new() -> Self {
		Self(SHORTEST)
	}

	/// Begins anew after a success.
	pub fn reset(&mut self) {
		self.0 = SHORTEST;
	}

	/// The pause after one more failure.
	pub fn next(&mut self) -> Duration {
		let pause = self.0;
		self.0 = pause.saturating_mul(2).min(LONGEST);
		pause
	}

	/// Pauses after one more failure.
	pub async fn pause(&mut self) {
		tokio::time::sleep(self.next()).await;
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn pauses_grow_to_a_limit_and_start_over() {
		let mut backoff = Backoff::new();
		let pauses: Vec<_> = (0..7).map(|_| backoff.next().as_secs()).collect();
		assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
		backoff.reset();
		assert_eq!(backoff.next(), SHORTEST);
	}
}
