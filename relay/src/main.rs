// SPDX-License-Identifier: Apache-2.0
//! The relay as a program of its own.

use clap::Parser;
use std::{net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};
use tracing_subscriber::EnvFilter;

/// Carries finality and messages over one edge between two Terrace chains, both ways.
///
/// It keeps no state of its own and may be killed at any time. With several addresses for a chain,
/// a node that fails, is behind or stalls is left for the next one.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
	/// RPC address of a node of the parent chain; a node that keeps all blocks. Repeatable.
	#[arg(long, value_name = "WS-URL", required = true, value_parser = websocket_url)]
	parent_url: Vec<String>,

	/// RPC address of a node of the child chain; a node that keeps all blocks. Repeatable.
	#[arg(long, value_name = "WS-URL", required = true, value_parser = websocket_url)]
	child_url: Vec<String>,

	/// Secret of the account that pays for relayed transactions on the main chain.
	///
	/// A secret phrase, 0x and a seed, or a test key such as //Alice. Only relaying to the main
	/// chain takes one; fees are returned for every transaction that delivers something. Prefer
	/// the environment variable: other users of the machine can read command lines.
	#[arg(long, value_name = "SECRET", env = "TERRACE_RELAY_SURI", hide_env_values = true)]
	signer: Option<String>,

	/// Serve Prometheus metrics at this address, under /metrics.
	#[arg(long, value_name = "ADDRESS")]
	metrics: Option<SocketAddr>,

	/// Leave a node that has had no new final block for so many seconds.
	#[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
	stall_after: u64,

	/// Pause for up to so many seconds before work that another relay may do as well.
	#[arg(long, value_name = "SECONDS", default_value_t = 3)]
	jitter: u64,

	/// What authorities of the child have signed to follow a lost parent anew. Repeatable.
	///
	/// The relay submits it once the child cannot hear its parent any more, enough authorities have
	/// signed the same block, and the parent's node knows that block as final. Files are read when
	/// they are needed: they may be added to later.
	#[arg(long, value_name = "FILE")]
	recovery: Vec<PathBuf>,
}

/// Accepts what can be the address of a node.
fn websocket_url(text: &str) -> Result<String, String> {
	let host = text.strip_prefix("ws://").or_else(|| text.strip_prefix("wss://"));
	match host {
		Some(host) if !host.is_empty() => Ok(text.into()),
		_ => Err("expected an address like ws://127.0.0.1:9944".into()),
	}
}

#[tokio::main]
async fn main() -> ExitCode {
	let args = Args::parse();
	let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
	tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
	let config = terrace_relay::Config {
		parent_urls: args.parent_url,
		child_urls: args.child_url,
		signer: args.signer,
		metrics: args.metrics,
		stall: Duration::from_secs(args.stall_after),
		jitter: Duration::from_secs(args.jitter),
		recovery: args.recovery,
		..Default::default()
	};
	tokio::select! {
		_ = stopped() => ExitCode::SUCCESS,
		ended = terrace_relay::run(config) => match ended {
			Ok(()) => ExitCode::SUCCESS,
			Err(error) => {
				eprintln!("Error: {error}");
				ExitCode::FAILURE
			}
		},
	}
}

/// Returns when the program is asked to stop.
async fn stopped() {
	use tokio::signal::unix::{signal, SignalKind};
	let Ok(mut terminate) = signal(SignalKind::terminate()) else {
		let _ = tokio::signal::ctrl_c().await;
		return;
	};
	tokio::select! {
		_ = tokio::signal::ctrl_c() => {}
		_ = terminate.recv() => {}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;

	#[test]
	fn flags_are_consistent() {
		Args::command().debug_assert();
	}

	#[test]
	fn addresses_may_be_several() {
		let words =
			"terrace-relay --parent-url ws://a:1 --parent-url ws://b:1 --child-url ws://c:1";
		let args = Args::try_parse_from(words.split(' ')).expect("valid");
		assert_eq!(args.parent_url, ["ws://a:1", "ws://b:1"]);
		assert_eq!(args.child_url, ["ws://c:1"]);
		assert!(Args::try_parse_from(["terrace-relay", "--child-url", "ws://c:1"]).is_err());
		let none = format!("{words} --stall-after 0");
		assert!(Args::try_parse_from(none.split(' ')).is_err());
	}

	#[test]
	fn addresses_of_nodes_are_told_apart() {
		for valid in ["ws://127.0.0.1:9944", "wss://example.org"] {
			assert_eq!(websocket_url(valid), Ok(valid.into()));
		}
		for wrong in ["", "ws://", "http://127.0.0.1:9944", "127.0.0.1:9944"] {
			assert!(websocket_url(wrong).is_err(), "{wrong}");
		}
	}
}
