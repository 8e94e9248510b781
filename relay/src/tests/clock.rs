// SPDX-License-Identifier: Apache-2.0
//! A clock that stands still until everybody sleeps.

use crate::clock::Clock;
use futures::{future::BoxFuture, task::noop_waker, FutureExt};
use std::{
	future::{poll_fn, Future},
	pin::pin,
	sync::{Arc, Mutex},
	task::{Context, Poll, Waker},
	time::Duration,
};

/// A clock that stands still until everybody sleeps.
#[derive(Clone, Default)]
pub(crate) struct Paused(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
	now: Duration,
	thrown: u64,
	sleepers: Vec<(Duration, Waker)>,
}

impl Paused {
	pub fn new() -> Arc<Self> {
		Arc::default()
	}

	pub fn advance(&self, time: Duration) {
		let until = self.now() + time;
		self.jump(until);
	}

	fn jump(&self, until: Duration) {
		let mut state = self.0.lock().expect("not poisoned");
		state.now = until;
		let (due, later) = state.sleepers.drain(..).partition(|(when, _)| *when <= until);
		state.sleepers = later;
		drop(state);
		let due: Vec<(Duration, Waker)> = due;
		due.into_iter().for_each(|(_, waker)| waker.wake());
	}

	/// Runs `work`, and lets time pass whenever it sleeps, until `done` is told so.
	///
	/// `done` is asked at every moment at which something happens.
	pub fn run(&self, work: impl Future, mut done: impl FnMut(Duration) -> bool) {
		let mut work = pin!(work);
		let waker = noop_waker();
		for _ in 0..1_000_000 {
			let polled = work.as_mut().poll(&mut Context::from_waker(&waker));
			assert!(polled.is_pending(), "the relay has ended");
			if done(self.now()) {
				return;
			}
			let next = {
				let state = self.0.lock().expect("not poisoned");
				state.sleepers.iter().map(|(when, _)| *when).min()
			};
			self.jump(next.expect("somebody sleeps").max(self.now()));
		}
		panic!("nothing comes of it");
	}
}

impl Clock for Paused {
	fn now(&self) -> Duration {
		self.0.lock().expect("not poisoned").now
	}

	fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
		let clock = self.clone();
		let until = clock.now() + time;
		poll_fn(move |context| {
			let mut state = clock.0.lock().expect("not poisoned");
			if state.now >= until {
				return Poll::Ready(());
			}
			state.sleepers.push((until, context.waker().clone()));
			Poll::Pending
		})
		.boxed()
	}

	fn dice(&self) -> u64 {
		let mut state = self.0.lock().expect("not poisoned");
		state.thrown = state.thrown.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mixed = (state.thrown ^ (state.thrown >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		mixed ^ (mixed >> 31)
	}
}
