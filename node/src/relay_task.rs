// SPDX-License-Identifier: Apache-2.0
//! The relay of the edge to the parent, run inside a node of the child.

use crate::ports;
use sc_network::Multiaddr;
use std::{
	net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
	time::{Duration, Instant},
};
use terrace_layers::{Layer, Origin};
use terrace_relay::{Backoff, Registry};

const LOG_TARGET: &str = "relay";

/// Pause after the first attempt that fails.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The relay's part of the command line.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Relay")]
pub struct RelayArgs {
	/// RPC address of a node of the parent chain; starts the relay to it inside this node.
	///
	/// The relay carries finality and messages between this chain and its parent, both ways. It
	/// goes on trying while the parent cannot be reached, and never stops the node. Several
	/// nodes of a chain may run it: what one has delivered, the others skip. Repeatable: when a
	/// node of the parent fails, is behind or stalls, the next one is asked.
	#[arg(long, value_name = "WS-URL", value_parser = crate::cli::websocket_url)]
	pub parent_url: Vec<String>,

	/// Secret of the account that pays for relayed transactions on the main chain.
	///
	/// A secret phrase, 0x and a seed, or a test key such as //Alice. Only a contract chain's
	/// relay needs it: relaying to other chains takes no account. Fees are returned for every
	/// transaction that delivers something. Prefer the environment variable: other users of the
	/// machine can read command lines.
	#[arg(long, value_name = "SECRET", env = "TERRACE_RELAY_SURI", hide_env_values = true)]
	pub relay_suri: Option<String>,
}

/// Why the relay cannot be started.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Error {
	/// The main chain has nobody to relay to.
	#[error("this is a main chain, it has no parent: start it without --parent-url")]
	NoParent,
	/// The relay reads this chain through the node's own RPC server.
	#[error("the relay needs the RPC server of this node, and it listens nowhere")]
	NoRpc,
}

/// What the relay joins.
#[derive(Debug, Clone)]
pub struct Edge {
	parent_urls: Vec<String>,
	child_url: String,
	signer: Option<String>,
}

impl RelayArgs {
	/// Fails if the chain has nobody to relay to.
	pub fn check(&self, origin: &Origin) -> Result<(), Error> {
		if self.parent_url.is_empty() {
			return Ok(());
		}
		let parent = origin.parent.as_ref().ok_or(Error::NoParent)?;
		if parent.layer == Layer::Main && self.relay_suri.is_none() {
			log::warn!(
				target: LOG_TARGET,
				"No --relay-suri: nothing can be delivered to the main chain without an account \
				 that pays for it",
			);
		}
		Ok(())
	}
}

impl Edge {
	/// The edge that the command line asks for, if any.
	pub fn of(args: RelayArgs, rpc: &[Multiaddr]) -> Result<Option<Self>, Error> {
		if args.parent_url.is_empty() {
			return Ok(None);
		}
		let child_url = rpc.iter().find_map(websocket).ok_or(Error::NoRpc)?;
		Ok(Some(Self { parent_urls: args.parent_url, child_url, signer: args.relay_suri }))
	}

	/// Relays for ever, and shows its figures among those of `registry`.
	///
	/// The relay deals with the nodes of both chains itself. Should it end all the same, the node
	/// goes on and starts it again.
	pub async fn relay(self, registry: Option<Registry>) {
		let registry = registry.unwrap_or_default();
		let mut backoff = Backoff::new(SHORTEST_PAUSE, LONGEST_PAUSE);
		loop {
			let started = Instant::now();
			match terrace_relay::run(self.config(&registry)).await {
				Ok(()) => log::info!(target: LOG_TARGET, "The relay to the parent has ended"),
				Err(error) => log::warn!(target: LOG_TARGET, "The relay to the parent: {error}"),
			}
			backoff.reset_after(started.elapsed());
			let pause = backoff.next_pause();
			log::info!(target: LOG_TARGET, "The relay starts again in {} s", pause.as_secs());
			tokio::time::sleep(pause).await;
		}
	}

	fn config(&self, registry: &Registry) -> terrace_relay::Config {
		terrace_relay::Config {
			parent_urls: self.parent_urls.clone(),
			child_urls: vec![self.child_url.clone()],
			signer: self.signer.clone(),
			registry: registry.clone(),
			..Default::default()
		}
	}
}

/// The URL of an RPC server on this machine.
fn websocket(listens: &Multiaddr) -> Option<String> {
	let address = ports::tcp(listens)?;
	let ip = match address.ip() {
		IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
		IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
		ip => ip,
	};
	Some(format!("ws://{}", SocketAddr::new(ip, address.port())))
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_core::H256;
	use terrace_layers::{ChainId, Checkpoint};

	fn origin(parent: Option<Layer>) -> Origin {
		let parent = parent.map(|layer| Checkpoint {
			chain: ChainId(H256::repeat_byte(1)),
			layer,
			number: 7,
			hash: H256::repeat_byte(2),
			state_root: H256::repeat_byte(3),
			set_id: 0,
			authorities: Default::default(),
		});
		Origin { layer: Layer::Contract, window_ms: 0, parent }
	}

	fn asked() -> RelayArgs {
		let parents = ["ws://127.0.0.1:9944", "ws://127.0.0.1:9945"];
		RelayArgs { parent_url: parents.map(Into::into).into(), relay_suri: None }
	}

	fn rpc(text: &str) -> Vec<Multiaddr> {
		vec![text.parse().expect("valid multiaddress")]
	}

	#[test]
	fn node_relays_only_when_asked() {
		let nothing = RelayArgs::default();
		nothing.check(&origin(None)).expect("nothing asked");
		assert!(Edge::of(nothing, &[]).expect("nothing asked").is_none());
	}

	#[test]
	fn main_chain_refuses_to_relay() {
		assert_eq!(asked().check(&origin(None)), Err(Error::NoParent));
		assert_eq!(asked().check(&origin(Some(Layer::Main))), Ok(()));
	}

	#[test]
	fn relay_reads_the_nodes_own_rpc() {
		for (listens, url) in [
			("/ip4/127.0.0.1/tcp/9955", "ws://127.0.0.1:9955"),
			("/ip4/0.0.0.0/tcp/9955", "ws://127.0.0.1:9955"),
			("/ip6/::/tcp/9955", "ws://[::1]:9955"),
			("/ip4/10.1.2.3/tcp/9955", "ws://10.1.2.3:9955"),
		] {
			let edge = Edge::of(asked(), &rpc(listens));
			assert_eq!(edge.expect("valid").expect("asked").child_url, url);
		}
		let error = Edge::of(asked(), &[]);
		assert_eq!(error.expect_err("no RPC"), Error::NoRpc);
	}

	#[test]
	fn relay_knows_all_nodes_of_the_parent() {
		let edge = Edge::of(asked(), &rpc("/ip4/127.0.0.1/tcp/9955"));
		let config = edge.expect("valid").expect("asked").config(&Registry::new());
		assert_eq!(config.parent_urls, ["ws://127.0.0.1:9944", "ws://127.0.0.1:9945"]);
		assert_eq!(config.child_urls, ["ws://127.0.0.1:9955"]);
	}
}
