// SPDX-License-Identifier: Apache-2.0
//! Time and chance, so that tests can rule both.

use futures::{
	future::{select, BoxFuture, Either},
	FutureExt,
};
use std::{
	collections::hash_map::RandomState,
	future::Future,
	hash::{BuildHasher, Hasher},
	pin::pin,
	time::{Duration, Instant},
};

/// What goes by without anybody doing anything.
pub(crate) trait Clock: Send + Sync {
	/// Time since some moment that stays the same.
	fn now(&self) -> Duration;
	/// Ends after this time.
	fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;
	/// A number that nobody can foresee.
	fn dice(&self) -> u64;
}

/// The time of this machine.
pub(crate) struct Wall(Instant);

impl Wall {
	pub fn new() -> Self {
		Self(Instant::now())
	}
}

impl Clock for Wall {
	fn now(&self) -> Duration {
		self.0.elapsed()
	}

	fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
		tokio::time::sleep(time).boxed()
	}

	fn dice(&self) -> u64 {
		// Every state has keys of its own.
		RandomState::new().build_hasher().finish()
	}
}

/// What `work` comes to, unless that takes longer than `time`.
pub(crate) async fn within<F: Future>(
	clock: &dyn Clock,
	time: Duration,
	work: F,
) -> Option<F::Output> {
	match select(pin!(work), clock.sleep(time)).await {
		Either::Left((done, _)) => Some(done),
		Either::Right(_) => None,
	}
}

/// Some part of `most`.
pub(crate) fn part(clock: &dyn Clock, most: Duration) -> Duration {
	let most = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
	Duration::from_millis(clock.dice().checked_rem(most).unwrap_or(0))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn parts_stay_below_the_whole() {
		let clock = Wall::new();
		let whole = Duration::from_millis(10);
		for _ in 0..100 {
			assert!(part(&clock, whole) < whole);
		}
		assert_eq!(part(&clock, Duration::ZERO), Duration::ZERO);
	}

	#[test]
	fn chance_differs() {
		let clock = Wall::new();
		let thrown: std::collections::BTreeSet<_> = (0..10).map(|_| clock.dice()).collect();
		assert!(thrown.len() > 1);
	}

	#[tokio::test]
	async fn slow_work_is_given_up() {
		let clock = Wall::new();
		let never = std::future::pending::<()>();
		assert_eq!(within(&clock, Duration::from_millis(1), never).await, None);
		let done = std::future::ready(7);
		assert_eq!(within(&clock, Duration::from_secs(9), done).await, Some(7));
	}
}
