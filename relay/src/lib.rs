// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
// Errors carry both sides of what went wrong, and are rare.
#![allow(clippy::result_large_err)]

mod backoff;
mod branch;
mod calls;
mod carry;
mod clock;
mod deliver;
mod direction;
mod edge;
mod evidence;
mod fault;
mod finality;
mod handover;
mod journal;
mod mend;
mod metrics;
mod node;
mod plan;
mod records;
mod recovery;
mod rpc_node;
mod side;
#[cfg(test)]
mod tests;

pub use backoff::Backoff;
pub use prometheus::Registry;

use clock::Wall;
use journal::Journal;
use metrics::Metrics;
use side::Context;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use terrace_client::Signer;

/// Log target of the relay.
pub(crate) const LOG_TARGET: &str = "relay";

/// What a relay joins, and how.
#[derive(Clone)]
pub struct Config {
	/// WebSocket addresses of nodes of the parent; the next one is used when one fails.
	pub parent_urls: Vec<String>,
	/// WebSocket addresses of nodes of the child; the next one is used when one fails.
	pub child_urls: Vec<String>,
	/// Secret of the account that pays on the main chain.
	pub signer: Option<String>,
	/// Where to serve metrics, if anywhere.
	pub metrics: Option<SocketAddr>,
	/// Where metrics are registered.
	pub registry: Registry,
	/// A node that has had no new final block for this long is left for the next.
	pub stall: Duration,
	/// Longest pause before work that another relay of the edge may do as well.
	pub jitter: Duration,
	/// Files with what the child's authorities have signed to follow the parent anew.
	pub recovery: Vec<PathBuf>,
}

impl Default for Config {
	/// Nowhere: the addresses are missing.
	fn default() -> Self {
		Self {
			parent_urls: Vec::new(),
			child_urls: Vec::new(),
			signer: None,
			metrics: None,
			registry: Registry::new(),
			stall: Duration::from_secs(60),
			jitter: Duration::from_secs(3),
			recovery: Vec::new(),
		}
	}
}

impl std::fmt::Debug for Config {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Config")
			.field("parent_urls", &self.parent_urls)
			.field("child_urls", &self.child_urls)
			// The secret itself must not get into a log.
			.field("signer", &self.signer.is_some())
			.field("metrics", &self.metrics)
			.field("stall", &self.stall)
			.field("jitter", &self.jitter)
			.field("recovery", &self.recovery)
			.finish_non_exhaustive()
	}
}

/// Why a relay cannot work: nothing that a remote node says is among it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
	/// There is nowhere to go.
	#[error("the relay needs at least one address of a node of the parent and one of the child")]
	NoAddress,
	/// A secret cannot be used.
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
/// Nodes that fail are left for the next, and tried again. *Fails* only with what is wrong here,
/// such as a secret that is none. Everything stops when the future is dropped; nothing is lost by
/// that.
pub async fn run(config: Config) -> Result<(), Error> {
	let signer = config.signer.as_deref().map(Signer::from_suri).transpose()?;
	if config.parent_urls.is_empty() || config.child_urls.is_empty() {
		return Err(Error::NoAddress);
	}
	let metrics = Metrics::new(config.registry.clone());
	let clock = Arc::new(Wall::new());
	let context = Context {
		connect: Arc::new(rpc_node::Rpc),
		journal: Journal::new(clock.clone(), metrics.clone()),
		clock,
		metrics: metrics.clone(),
		stall: config.stall,
	};
	tokio::select! {
		ended = metrics::serve(config.metrics, &metrics) => ended,
		never = edge::relay(&config, signer, context) => match never {},
	}
}

#[cfg(test)]
mod running {
	use super::*;

	fn config(signer: &str) -> Config {
		let urls = vec!["ws://127.0.0.1:1".to_string()];
		Config {
			parent_urls: urls.clone(),
			child_urls: urls,
			signer: Some(signer.into()),
			..Default::default()
		}
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

	#[tokio::test]
	async fn relay_without_addresses_does_not_start() {
		assert_eq!(run(Config::default()).await, Err(Error::NoAddress));
	}

	/// Accepts connections, and answers each with `bytes`.
	async fn serve(bytes: &'static [u8]) -> String {
		use tokio::io::AsyncWriteExt;
		let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
		let url = format!("ws://{}", listener.local_addr().expect("it is bound"));
		tokio::spawn(async move {
			while let Ok((mut stream, _)) = listener.accept().await {
				let _ = stream.write_all(bytes).await;
			}
		});
		url
	}

	#[tokio::test]
	async fn servers_that_are_no_nodes_do_not_end_the_relay() {
		let mut urls = vec!["ws://127.0.0.1:1".to_string()];
		for bytes in [&b""[..], b"\0\xff\xfe", b"HTTP/1.1 101 Switching Protocols\r\n\r\nrubbish"] {
			urls.push(serve(bytes).await);
		}
		let config = Config { parent_urls: urls.clone(), child_urls: urls, ..Default::default() };
		let registry = config.registry.clone();
		let ended = tokio::time::timeout(Duration::from_millis(500), run(config)).await;
		assert!(ended.is_err(), "it goes on: {ended:?}");
		let errors = |name: &str| -> f64 {
			let families = registry.gather();
			let family = families.iter().find(|family| family.get_name() == name);
			let figures = family.map(|family| family.get_metric()).unwrap_or_default();
			figures.iter().map(|figure| figure.get_counter().get_value()).sum()
		};
		assert!(errors("terrace_relay_errors_total") >= 4.0, "each was tried");
	}
}
