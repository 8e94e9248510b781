// SPDX-License-Identifier: Apache-2.0
//! The relay of the edge to the parent, run inside a node of the child.

use crate::ports;
use sc_network::Multiaddr;
use std::{
	net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
	time::{Duration, Instant},
};
use terrace_layers::{Layer, Origin};

const LOG_TARGET: &str = "relay";

/// Pause after the first failure; it doubles with each further one.
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
	/// nodes of a chain may run it: what one has delivered, the others skip.
	#[arg(long, value_name = "WS-URL", value_parser = crate::cli::websocket_url)]
	pub parent_url: Option<String>,

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
	parent_url: String,
	child_url: String,
	signer: Option<String>,
}

impl RelayArgs {
	/// Fails if the chain has nobody to relay to.
	pub fn check(&self, origin: &Origin) -> Result<(), Error> {
		if self.parent_url.is_none() {
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
		let Some(parent_url) = args.parent_url else { return Ok(None) };
		let child_url = rpc.iter().find_map(websocket).ok_or(Error::NoRpc)?;
		Ok(Some(Self { parent_url, child_url, signer: args.relay_suri }))
	}

	/// Relays for ever.
	///
	/// The relay deals with lost connections itself. What it gives up on, such as a wrong chain
	/// behind the address, may be put right while the node runs, so it is tried again.
	pub async fn relay(self) {
		let mut pause = SHORTEST_PAUSE;
		loop {
			let started = Instant::now();
			match terrace_relay::run(self.config()).await {
				Ok(()) => log::info!(target: LOG_TARGET, "The relay to the parent has ended"),
				Err(error) => {
					log::warn!(target: LOG_TARGET, "The relay to {}: {error}", self.parent_url)
				}
			}
			pause = next_pause(pause, started.elapsed());
			log::info!(target: LOG_TARGET, "The relay starts again in {} s", pause.as_secs());
			tokio::time::sleep(pause).await;
		}
	}

	fn config(&self) -> terrace_relay::Config {
		terrace_relay::Config {
			parent_url: self.parent_url.clone(),
			child_url: self.child_url.clone(),
			signer: self.signer.clone(),
			..Default::default()
		}
	}
}

/// The pause after a run of the given length: a long run counts as a success.
fn next_pause(last: Duration, ran: Duration) -> Duration {
	match ran > LONGEST_PAUSE {
		true => SHORTEST_PAUSE,
		false => last.saturating_mul(2).min(LONGEST_PAUSE),
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
		RelayArgs { parent_url: Some("ws://127.0.0.1:9944".into()), relay_suri: None }
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
	fn pauses_grow_to_a_limit_and_start_over() {
		let mut pause = SHORTEST_PAUSE;
		for _ in 0..10 {
			let longer = next_pause(pause, Duration::ZERO);
			assert!(longer > pause || longer == LONGEST_PAUSE);
			pause = longer;
		}
		assert_eq!(pause, LONGEST_PAUSE);
		assert_eq!(next_pause(pause, LONGEST_PAUSE * 2), SHORTEST_PAUSE);
	}
}
