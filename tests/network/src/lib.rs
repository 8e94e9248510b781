// SPDX-License-Identifier: Apache-2.0
//! A whole Terrace network of real processes on this machine, for the demo and for tests.
//!
//! Everything is done with the programs and commands that a person would type; only what the chains
//! say is read through the client library.

pub mod cases;
pub mod contracts;
mod network;
mod process;

pub use network::{address, log_files, Layout, Network, Side, CLIENT, FUNDER, PROVIDERS, RELAYER};
pub use process::Process;

use std::{
	path::PathBuf,
	time::{Duration, Instant},
};

/// What went wrong, for people.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

impl From<std::io::Error> for Failure {
	fn from(error: std::io::Error) -> Self {
		Self(error.to_string())
	}
}

impl From<serde_json::Error> for Failure {
	fn from(error: serde_json::Error) -> Self {
		Self(format!("not the JSON expected: {error}"))
	}
}

impl From<terrace_client::Error> for Failure {
	fn from(error: terrace_client::Error) -> Self {
		Self(error.to_string())
	}
}

impl From<&str> for Failure {
	fn from(text: &str) -> Self {
		Self(text.into())
	}
}

impl From<String> for Failure {
	fn from(text: String) -> Self {
		Self(text)
	}
}

/// Fails with a message unless the condition holds.
#[macro_export]
macro_rules! ensure {
	($condition:expr, $($message:tt)*) => {
		if !$condition {
			return Err($crate::Failure(format!($($message)*)));
		}
	};
}

/// Asks `probe` every `pause` until it answers; fails after `patience`, saying what was awaited.
pub async fn wait_for<T, F>(
	what: &str,
	patience: Duration,
	pause: Duration,
	mut probe: impl FnMut() -> F,
) -> Result<T, Failure>
where
	F: std::future::Future<Output = Result<Option<T>, Failure>>,
{
	let start = Instant::now();
	let mut last = String::new();
	while start.elapsed() < patience {
		match probe().await {
			Ok(Some(found)) => return Ok(found),
			Ok(None) => last.clear(),
			Err(error) => last = format!("; last error: {error}"),
		}
		tokio::time::sleep(pause).await;
	}
	Err(Failure(format!("{what}: nothing after {} s{last}", patience.as_secs())))
}

/// The folder of our programs: that of the running program.
pub fn program(name: &str) -> Result<PathBuf, Failure> {
	let here = std::env::current_exe()?;
	let path = here.parent().map(|folder| folder.join(name)).unwrap_or_else(|| name.into());
	if path.is_file() {
		Ok(path)
	} else {
		Err(Failure(format!("{} is missing: run ./scripts/build first", path.display())))
	}
}

/// Waits until a person or a supervisor asks this program to stop.
pub async fn interrupted() {
	use tokio::signal::unix::{signal, SignalKind};
	let terminated = async {
		match signal(SignalKind::terminate()) {
			Ok(mut signals) => drop(signals.recv().await),
			Err(_) => std::future::pending().await,
		}
	};
	tokio::select! {
		_ = tokio::signal::ctrl_c() => {},
		() = terminated => {},
	}
}
