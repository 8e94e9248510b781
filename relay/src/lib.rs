// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
// Errors carry both sides of what went wrong, and are rare.
#![allow(clippy::result_large_err)]

mod backoff;
mod deliver;
mod direction;
mod edge;
mod finality;
mod handover;
mod metrics;
mod plan;

use metrics::Metrics;
use std::net::SocketAddr;
use terrace_client::Signer;
use terrace_layers::ChainId;

/// Log target of the relay.
pub(crate) const LOG_TARGET: &str = "relay";

/// What a relay joins, and how.
#[derive(Clone, Default)]
pub struct Config {
	/// WebSocket address of a node of the parent.
	pub parent_url: String,
	/// WebSocket address of a node of the child.
	pub child_url: String,
	/// Secret of the account that pays on the main chain.
	pub signer: Option<String>,
	/// Where to serve metrics, if anywhere.
	pub metrics: Option<SocketAddr>,
}

impl std::fmt::Debug for Config {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Config")
			.field("parent_url", &self.parent_url)
			.field("child_url", &self.child_url)
			// The secret itself must not get into a log.
			.field("signer", &self.signer.is_some())
			.field("metrics", &self.metrics)
			.finish()
	}
}

/// Why a relay gives up: trying again would not help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
	/// The child belongs to another parent.
	#[error(
		"chain {child} at {child_url} belongs below chain {expected}, and {parent_url} is chain \
		 {found}; check both addresses"
	)]
	OtherParent {
		/// The child.
		child: ChainId,
		/// Where the child was found.
		child_url: String,
		/// The parent that the child names.
		expected: ChainId,
		/// Where the parent was looked for.
		parent_url: String,
		/// The chain found there.
		found: ChainId,
	},
	/// The child is a main chain.
	#[error("chain {chain} at {url} has no parent: it is a main chain; check --child-url")]
	NoParent {
		/// The chain.
		chain: ChainId,
		/// Where it was found.
		url: String,
	},
	/// A chain is not what it should be, or a secret cannot be used.
	#[error(transparent)]
	Client(#[from] terrace_client::Error),
	/// Metrics cannot be served.
	#[error("metrics cannot be served at {address}: {reason}")]
	Metrics {
		/// The address asked for.
		address: SocketAddr,
		/// Why not.
		reason: String,
	},
}

/// Relays for ever.
///
/// Connections are made again whenever they are lost. *Fails* only with what trying again cannot
/// cure, such as a wrong chain behind an address. Everything stops when the future is dropped;
/// nothing is lost by that.
pub async fn run(config: Config) -> Result<(), Error> {
	let signer = config.signer.as_deref().map(Signer::from_suri).transpose()?;
	let metrics = Metrics::new();
	tokio::select! {
		ended = metrics::serve(config.metrics, &metrics) => ended,
		ended = edge::relay(&config, signer, &metrics) => ended,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn config(signer: &str) -> Config {
		Config { signer: Some(signer.into()), ..Default::default() }
	}

	#[test]
	fn relay_can_run_inside_a_node() {
		fn is_task<T: Send + 'static>(task: T) -> T {
			task
		}
		drop(is_task(run(Config::default())));
	}

	#[test]
	fn secret_is_not_shown() {
		assert!(!format!("{:?}", config("//Alice")).contains("Alice"));
	}

	#[tokio::test]
	async fn unusable_secret_ends_the_relay() {
		let ended = run(config("no secret")).await;
		assert!(matches!(ended, Err(Error::Client(terrace_client::Error::Secret(_)))));
	}
}
