// SPDX-License-Identifier: Apache-2.0
//! One end of an edge: a chain that is reached through one of several nodes.

use crate::{
	backoff::Backoff,
	clock::{within, Clock},
	fault::Fault,
	journal::Journal,
	metrics::Metrics,
	node::{Connect, Node},
	LOG_TARGET,
};
use std::{
	sync::{Arc, OnceLock},
	time::Duration,
};
use terrace_client::Error;
use terrace_layers::ChainId;
use tokio::sync::Mutex;

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(60);
/// A node that has worked for this long is reliable again.
const STEADY: Duration = Duration::from_secs(60);
/// For how long one node may be the only one that is asked while nothing is delivered.
const TURN: Duration = Duration::from_secs(600);
/// Blocks that a node may lack of what is proven elsewhere: blocks take their time to spread.
const SLACK: u32 = 16;

/// What both ends of an edge have in common.
#[derive(Clone)]
pub(crate) struct Context {
	/// Makes connections.
	pub connect: Arc<dyn Connect>,
	/// Time.
	pub clock: Arc<dyn Clock>,
	/// Takes note of faults.
	pub journal: Journal,
	/// Figures.
	pub metrics: Metrics,
	/// A node without a new final block for this long is given up.
	pub stall: Duration,
}

/// One end of an edge.
pub(crate) struct Side {
	name: &'static str,
	urls: Vec<String>,
	context: Context,
	chain: OnceLock<ChainId>,
	state: Mutex<State>,
}

struct State {
	current: Option<Arc<dyn Node>>,
	/// How many nodes were connected to before.
	turn: u64,
	/// When the current node was connected to, or last of use.
	since: Duration,
	/// Which address comes next.
	next: usize,
	/// Failures since a node was reliable.
	failures: usize,
	backoff: Backoff,
	/// Newest final block that the current node told of, and since when.
	finalized: Option<(u32, Duration)>,
}

/// A node for as long as nothing is wrong with it.
#[derive(Clone)]
pub(crate) struct Lease {
	/// The node.
	pub node: Arc<dyn Node>,
	turn: u64,
}

impl Side {
	pub fn new(name: &'static str, urls: &[String], context: Context) -> Self {
		let state = State {
			current: None,
			turn: 0,
			since: Duration::ZERO,
			next: 0,
			failures: 0,
			backoff: Backoff::default(),
			finalized: None,
		};
		let (chain, state) = (OnceLock::new(), Mutex::new(state));
		Self { name, urls: urls.to_vec(), context, chain, state }
	}

	pub fn name(&self) -> &'static str {
		self.name
	}

	/// From now on only nodes of this chain will do.
	pub fn expect(&self, chain: ChainId) {
		let _ = self.chain.set(chain);
	}

	/// A node, however long that takes.
	pub async fn lease(&self) -> Lease {
		let mut state = self.state.lock().await;
		loop {
			if let Some(node) = &state.current {
				return Lease { node: node.clone(), turn: state.turn };
			}
			self.pause(&mut state).await;
			match self.connect(state.next).await {
				Ok(node) => {
					tracing::info!(target: LOG_TARGET, side = self.name, url = node.url(), "connected");
					state.turn = state.turn.saturating_add(1);
					state.since = self.context.clock.now();
					state.finalized = None;
					state.current = Some(node);
				}
				Err(fault) => self.fail(&mut state, &fault),
			}
		}
	}

	/// Pauses when every node has failed since one was reliable.
	async fn pause(&self, state: &mut State) {
		if state.failures > 0 && state.failures.checked_rem(self.urls.len()) == Some(0) {
			let pause = state.backoff.next_pause();
			self.context.clock.sleep(pause).await;
		}
	}

	async fn connect(&self, next: usize) -> Result<Arc<dyn Node>, Fault> {
		let place = next.checked_rem(self.urls.len()).unwrap_or(0);
		let Some(url) = self.urls.get(place) else { return std::future::pending().await };
		let connecting = self.context.connect.connect(url);
		let node =
			within(&*self.context.clock, CONNECT, connecting).await.unwrap_or_else(|| {
				let (url, seconds) = (url.clone(), CONNECT.as_secs());
				Err(Error::Timeout { url, method: "anything".into(), seconds })
			})?;
		let found = node.id();
		match self.chain.get() {
			Some(expected) if *expected != found => {
				Err(Fault::OtherChain { url: url.clone(), found, expected: *expected })
			}
			_ => Ok(node),
		}
	}

	fn fail(&self, state: &mut State, fault: &Fault) {
		self.context.journal.note(self.name, fault);
		state.current = None;
		state.next = state.next.wrapping_add(1);
		state.failures = state.failures.saturating_add(1);
	}

	/// Gives a node up for what is wrong with it; nothing if that is done already.
	pub async fn leave(&self, lease: &Lease, fault: &Fault) {
		let mut state = self.state.lock().await;
		if state.turn == lease.turn && state.current.is_some() {
			self.context.metrics.count_switch(self.name);
			self.fail(&mut state, fault);
		}
	}

	/// Whether the node is still the one to ask.
	pub async fn holds(&self, lease: &Lease) -> bool {
		let state = self.state.lock().await;
		state.turn == lease.turn && state.current.is_some()
	}

	/// Takes note that the node did what it should, and that something was delivered or not.
	///
	/// Nobody can see what a node hides: while nothing is delivered, nodes take turns.
	pub async fn works(&self, lease: &Lease, delivered: bool) {
		let mut state = self.state.lock().await;
		let now = self.context.clock.now();
		if state.turn != lease.turn || state.current.is_none() {
			return;
		}
		let worked = now.saturating_sub(state.since);
		if worked >= STEADY {
			state.failures = 0;
			state.backoff.reset();
		}
		if delivered {
			state.since = now;
		} else if worked >= TURN && self.urls.len() > 1 {
			state.current = None;
			state.next = state.next.wrapping_add(1);
		}
	}

	/// Compares the newest final block that a node tells of with what it told before, and with what
	/// is proven on the other chain.
	pub async fn watch(&self, lease: &Lease, finalized: u32, proven: u32) -> Result<(), Fault> {
		let mut state = self.state.lock().await;
		let now = self.context.clock.now();
		let url = || lease.node.url().to_string();
		if finalized.saturating_add(SLACK) < proven {
			return Err(Fault::Behind { url: url(), finalized, proven });
		}
		match state.finalized {
			Some((known, since)) if known >= finalized => {
				let waited = now.saturating_sub(since);
				let stalled = waited >= self.context.stall && state.turn == lease.turn;
				if stalled {
					return Err(Fault::Stalled { url: url(), waited });
				}
			}
			_ => state.finalized = Some((finalized, now)),
		}
		Ok(())
	}
}
