// SPDX-License-Identifier: Apache-2.0
//! Two chains, their nodes, and relays between them.

use super::{
	chain::Chain,
	clock::Paused,
	node::{Character, TestConnect, TestNode},
};
use crate::{edge, journal::Journal, metrics::Metrics, side::Context, Config};
use futures::{future::join_all, FutureExt};
use std::{
	path::PathBuf,
	sync::{Arc, Mutex, MutexGuard},
	time::Duration,
};
use terrace_client::Signer;
use terrace_layers::{Layer, Relation};

/// Time between two blocks.
const SLOT: Duration = Duration::from_secs(2);

/// Two chains, their nodes, and the time.
pub(crate) struct World {
	pub clock: Arc<Paused>,
	parent: Arc<Mutex<Chain>>,
	child: Arc<Mutex<Chain>>,
	/// Nodes of the parent.
	pub above: Vec<TestNode>,
	/// Nodes of the child.
	pub below: Vec<TestNode>,
	/// Files with what the child's authorities have signed.
	pub recovery: Vec<PathBuf>,
	next_block: Mutex<Duration>,
}

impl World {
	/// A main chain and a contract chain, each with so many nodes.
	pub fn new(nodes: usize) -> Self {
		let clock = Paused::new();
		let mut parent = Chain::new(1, Layer::Main, 2, Relation::Child);
		let mut child = Chain::new(2, Layer::Contract, 1, Relation::Parent);
		parent.meet(&child);
		child.meet(&parent);
		let (parent, child) = (Arc::new(Mutex::new(parent)), Arc::new(Mutex::new(child)));
		let named = |name: &str, chain: &Arc<Mutex<Chain>>| {
			let make = |number| TestNode {
				url: format!("ws://{name}-{number}"),
				chain: chain.clone(),
				character: Arc::default(),
				clock: clock.clone(),
				asked: Arc::default(),
			};
			(0..nodes).map(make).collect()
		};
		let (above, below) = (named("parent", &parent), named("child", &child));
		let (recovery, next_block) = (Vec::new(), Mutex::new(SLOT));
		Self { above, below, clock, parent, child, recovery, next_block }
	}

	pub fn parent(&self) -> MutexGuard<'_, Chain> {
		self.parent.lock().expect("not poisoned")
	}

	pub fn child(&self) -> MutexGuard<'_, Chain> {
		self.child.lock().expect("not poisoned")
	}

	/// Changes what all nodes of the parent have and do.
	pub fn parent_nodes(&self, character: Character) {
		self.above.iter().for_each(|node| node.set(character.clone()));
	}

	/// Where relays find the nodes, and how.
	fn reach(&self) -> (Config, Arc<TestConnect>) {
		let urls = |nodes: &[TestNode]| nodes.iter().map(|node| node.url.clone()).collect();
		let config = Config {
			parent_urls: urls(&self.above),
			child_urls: urls(&self.below),
			recovery: self.recovery.clone(),
			..Default::default()
		};
		let nodes = self.above.iter().chain(&self.below);
		let connect = TestConnect(nodes.map(|node| (node.url.clone(), node.clone())).collect());
		let connect = Arc::new(connect);
		(config, connect)
	}

	/// Runs relays, and both chains if they `live`, until `done` or for `time`; says which.
	pub fn run(
		&self,
		relays: &[Metrics],
		live: bool,
		time: Duration,
		mut done: impl FnMut(&Self) -> bool,
	) -> bool {
		let until = crate::clock::Clock::now(&*self.clock) + time;
		let mut is_done = false;
		let (config, connect) = self.reach();
		let relay = |metrics: &Metrics| {
			let context = Context {
				connect: connect.clone(),
				clock: self.clock.clone(),
				journal: Journal::new(self.clock.clone(), metrics.clone()),
				metrics: metrics.clone(),
				stall: config.stall,
			};
			let signer = Signer::from_suri("//Charlie").expect("a test key");
			edge::relay(&config, Some(signer), context).boxed()
		};
		let work = join_all(relays.iter().map(relay));
		// Blocks come even when nobody has asked to be woken for them.
		let blocks = async {
			loop {
				crate::clock::Clock::sleep(&*self.clock, SLOT).await;
			}
		};
		let work = futures::future::join(work, blocks);
		self.clock.run(work.map(|_: (_, ())| ()), |now| {
			self.tick(now, live);
			is_done = done(self);
			is_done || now >= until
		});
		is_done
	}

	/// Runs one relay between living chains.
	pub fn relay(&self, time: Duration, done: impl FnMut(&Self) -> bool) -> bool {
		self.run(&[Metrics::default()], true, time, done)
	}

	fn tick(&self, now: Duration, live: bool) {
		let mut next = self.next_block.lock().expect("not poisoned");
		while *next <= now {
			*next += SLOT;
			if live {
				self.parent().grow(1);
				self.child().grow(1);
			}
		}
	}
}

/// So many seconds.
pub(crate) const fn seconds(seconds: u64) -> Duration {
	Duration::from_secs(seconds)
}
