// SPDX-License-Identifier: Apache-2.0
//! Ctrl-C: the first one is heeded where nothing is left half done, the second one at once.

use crate::{
	failure::{Exit, Failure},
	progress::Progress,
};
use std::future::Future;
use tokio::{
	signal::unix::{signal, SignalKind},
	sync::watch,
};

/// Whether somebody wants the command to end.
#[derive(Clone)]
pub struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
	/// Catches the signals from now on.
	pub fn catch(progress: &Progress) -> Self {
		let (sender, receiver) = watch::channel(false);
		let progress = progress.clone();
		tokio::spawn(async move {
			next_signal().await;
			progress.note("interrupted: cleaning up; once more to stop at once");
			let _ = sender.send(true);
			next_signal().await;
			std::process::exit(Exit::Interrupted.code());
		});
		Self(receiver)
	}

	/// Does something that may be given up at any point.
	pub async fn guard<T>(&self, work: impl Future<Output = T>) -> Result<T, Failure> {
		let mut receiver = self.0.clone();
		tokio::select! {
			biased;
			Ok(_) = receiver.wait_for(|caught| *caught) => Err(interrupted()),
			done = work => Ok(done),
		}
	}

	/// Fails if somebody wants the command to end.
	pub fn check(&self) -> Result<(), Failure> {
		if *self.0.borrow() {
			return Err(interrupted());
		}
		Ok(())
	}
}

fn interrupted() -> Failure {
	Failure::new(Exit::Interrupted, "interrupted")
}

async fn next_signal() {
	let Ok(mut terminate) = signal(SignalKind::terminate()) else {
		let _ = tokio::signal::ctrl_c().await;
		return;
	};
	tokio::select! {
		_ = tokio::signal::ctrl_c() => {},
		_ = terminate.recv() => {},
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[tokio::test]
	async fn work_goes_on_until_the_signal() {
		let (sender, receiver) = watch::channel(false);
		let interrupt = Interrupt(receiver);
		assert_eq!(interrupt.guard(async { 7 }).await.ok(), Some(7));
		assert!(interrupt.check().is_ok());
		sender.send(true).expect("somebody listens");
		let never = std::future::pending::<()>();
		let failure = interrupt.guard(never).await.expect_err("interrupted");
		assert_eq!(failure.exit, Exit::Interrupted);
		assert!(interrupt.check().is_err());
	}

	#[tokio::test]
	async fn work_outlives_whoever_listens_for_signals() {
		let (sender, receiver) = watch::channel(false);
		drop(sender);
		assert_eq!(Interrupt(receiver).guard(async { 7 }).await.ok(), Some(7));
	}
}
