// SPDX-License-Identifier: Apache-2.0
//! Nodes that answer as tests want them to.

use super::chain::{Chain, WEIGHT};
use crate::{
	calls::Call,
	clock::Clock,
	node::{Answer, Connect, Node},
};
use codec::Encode;
use futures::{channel::mpsc, stream::BoxStream, FutureExt, StreamExt};
use sp_core::H256;
use sp_runtime::Weight;
use std::{
	collections::BTreeMap,
	sync::{Arc, Mutex, MutexGuard},
	time::Duration,
};
use terrace_client::{Error, Signer};
use terrace_layers::{
	keys,
	views::{LaneView, NeighbourView},
	AccountId, Balance, ChainId, Header, LaneId, LaneState, Layer, StateProof,
};

/// Time from a call's submission to its block, and from there to finality.
const INCLUSION: Duration = Duration::from_secs(2);

/// What nodes are asked.
pub(crate) const METHODS: [&str; 16] = [
	"connect",
	"finalized",
	"best",
	"header",
	"block_hash",
	"stored_justification",
	"prove_finality",
	"justifications",
	"storage",
	"read_proof",
	"neighbours",
	"lane",
	"messages",
	"dispatch_weight",
	"check",
	"submit",
];
/// Ways in which an answer can be wrong.
pub(crate) const WAYS: u8 = 4;

/// What a node has and what it does.
#[derive(Clone, Debug)]
pub(crate) struct Character {
	/// Answers nothing at all.
	pub down: bool,
	/// Method that it answers wrongly, and how.
	pub odd: Option<(&'static str, u8)>,
	/// Knows nothing above this block.
	pub stuck: Option<u32>,
	/// Keeps old states.
	pub states: bool,
	/// Keeps justifications of old blocks.
	pub archive: bool,
	/// Answers `grandpa_proveFinality`.
	pub proves: bool,
}

impl Default for Character {
	fn default() -> Self {
		Self { down: false, odd: None, stuck: None, states: true, archive: true, proves: true }
	}
}

/// A node of a chain.
#[derive(Clone)]
pub(crate) struct TestNode {
	pub url: String,
	pub chain: Arc<Mutex<Chain>>,
	pub character: Arc<Mutex<Character>>,
	pub clock: Arc<dyn Clock>,
	/// How often each method was asked.
	pub asked: Arc<Mutex<BTreeMap<&'static str, usize>>>,
}

impl TestNode {
	fn chain(&self) -> MutexGuard<'_, Chain> {
		self.chain.lock().expect("not poisoned")
	}

	pub fn character(&self) -> Character {
		self.character.lock().expect("not poisoned").clone()
	}

	pub fn set(&self, character: Character) {
		*self.character.lock().expect("not poisoned") = character;
	}

	pub fn asked(&self, method: &str) -> usize {
		self.asked.lock().expect("not poisoned").get(method).copied().unwrap_or(0)
	}

	/// How to answer wrongly, if the answer is to be wrong.
	fn enter(&self, method: &'static str) -> Result<Option<u8>, Error> {
		*self.asked.lock().expect("not poisoned").entry(method).or_default() += 1;
		let character = self.character();
		if character.down {
			return Err(Error::Unreachable { url: self.url.clone(), reason: "down".into() });
		}
		match character.odd {
			Some((odd, 0)) if odd == method => Err(Error::Malformed {
				url: self.url.clone(),
				method: method.into(),
				reason: "garbage\u{1b}[31m".repeat(1_000),
			}),
			Some((odd, 1)) if odd == method => Err(Error::Refused {
				url: self.url.clone(),
				method: method.into(),
				code: -1,
				message: "no".into(),
			}),
			Some((odd, way)) if odd == method => Ok(Some(way)),
			_ => Ok(None),
		}
	}

	/// An answer: `odd` for the given way of being wrong, or else the right one.
	fn answer<'a, T: Send + 'a>(
		&self,
		method: &'static str,
		odd: impl FnOnce(u8) -> T,
		right: impl FnOnce(&Self) -> Result<T, Error>,
	) -> Answer<'a, T> {
		let answer = match self.enter(method) {
			Err(error) => Err(error),
			Ok(Some(way)) => Ok(odd(way)),
			Ok(None) => right(self),
		};
		std::future::ready(answer).boxed()
	}

	fn number(&self) -> u32 {
		let number = self.chain().number();
		self.character().stuck.map_or(number, |stuck| stuck.min(number))
	}

	/// Block that is asked about; fails if its state is gone.
	fn state(&self, at: Option<H256>) -> Result<Option<u32>, Error> {
		let Some(hash) = at else { return Ok(None) };
		let found = self.chain().number_of(hash);
		let kept = self.character().states || found.is_some_and(|n| n + 256 > self.number());
		found.filter(|_| kept).map(Some).ok_or_else(|| Error::Refused {
			url: self.url.clone(),
			method: "state".into(),
			code: 4003,
			message: "State already discarded".into(),
		})
	}
}

impl Node for TestNode {
	fn url(&self) -> &str {
		&self.url
	}

	fn id(&self) -> ChainId {
		match self.character().odd {
			Some(("connect", way)) if way > 1 => ChainId(H256::repeat_byte(99)),
			_ => self.chain().id,
		}
	}

	fn layer(&self) -> Layer {
		self.chain().layer
	}

	fn finalized(&self) -> Answer<'_, (u32, H256)> {
		let odd = |way| pick(way, [(u32::MAX, H256::repeat_byte(9)), (0, H256::zero())]);
		self.answer("finalized", odd, |node| {
			let number = node.number();
			let hash = node.chain().header(number).map(Header::hash).unwrap_or_default();
			Ok((number, hash))
		})
	}

	fn best(&self) -> Answer<'_, u32> {
		let odd = |way| pick(way, [u32::MAX, 0]);
		self.answer("best", odd, |node| Ok(node.number()))
	}

	fn header(&self, hash: H256) -> Answer<'_, Header> {
		let other = self.chain().header(0).cloned().expect("there is a first block");
		self.answer(
			"header",
			|_| other,
			|node| {
				node.chain().block(hash).cloned().ok_or_else(|| {
					let (url, method) = (node.url.clone(), "header".into());
					Error::Malformed { url, method, reason: "no block".into() }
				})
			},
		)
	}

	fn block_hash(&self, number: u32) -> Answer<'_, Option<H256>> {
		let odd = |way| pick(way, [None, Some(H256::repeat_byte(7))]);
		self.answer("block_hash", odd, |node| {
			let known = number <= node.number();
			Ok(node.chain().header(number).filter(|_| known).map(Header::hash))
		})
	}

	fn stored_justification(&self, hash: H256) -> Answer<'_, Option<Vec<u8>>> {
		let odd = |way| pick(way, [None, Some(vec![0xff; 40])]);
		self.answer("stored_justification", odd, |node| {
			let chain = node.chain();
			let number = chain.number_of(hash).filter(|_| node.character().archive);
			Ok(number.and_then(|number| chain.stored(number)))
		})
	}

	fn prove_finality(&self, number: u32) -> Answer<'_, Option<Vec<u8>>> {
		let odd = |way| pick(way, [None, Some(vec![0xff; 40])]);
		self.answer("prove_finality", odd, |node| {
			let proves = node.character().proves;
			Ok(node.chain().last_of_set(number).filter(|_| proves))
		})
	}

	fn justifications(&self) -> Answer<'_, BoxStream<'static, Vec<u8>>> {
		let odd = |way| match way % 2 {
			0 => futures::stream::empty().boxed(),
			_ => futures::stream::repeat(vec![0xff; 40])
				.take(3)
				.chain(futures::stream::pending())
				.boxed(),
		};
		self.answer("justifications", odd, |node| {
			let (sender, receiver) = mpsc::unbounded();
			node.chain().listeners.push(sender);
			let character = node.character.clone();
			let tells = move |_: &Vec<u8>| {
				let stuck = character.lock().expect("not poisoned").stuck;
				std::future::ready(stuck.is_none())
			};
			Ok(receiver.filter(tells).boxed())
		})
	}

	fn storage(&self, key: Vec<u8>, at: Option<H256>) -> Answer<'_, Option<Vec<u8>>> {
		let odd = |way| pick(way, [None, Some(vec![0xff; 5])]);
		self.answer("storage", odd, |node| {
			let at = node.state(at)?;
			Ok(node.chain().storage(&key, at))
		})
	}

	fn read_proof(&self, keys: Vec<Vec<u8>>, at: H256) -> Answer<'_, StateProof> {
		let odd = |way| pick(way, [vec![], vec![vec![0xff; 40]; 2]]);
		self.answer("read_proof", odd, |node| {
			let at = node.state(Some(at))?;
			let chain = node.chain();
			let peer = chain.view().chain;
			let asked = LaneId::ALL.into_iter().find(|lane| keys == [keys::lane(peer, *lane)]);
			let lane = asked.and_then(|lane| chain.lane(lane, at));
			Ok(lane.map(|lane| lane.state.encode()).into_iter().collect())
		})
	}

	fn neighbours(&self) -> Answer<'_, Vec<NeighbourView>> {
		let view = self.chain().seen();
		let odd = |way| match way % 2 {
			0 => vec![],
			_ => vec![
				NeighbourView { best_number: u32::MAX, set_id: u64::MAX, ..view.clone() },
				view.clone(),
			],
		};
		self.answer("neighbours", odd, |node| Ok(vec![node.chain().seen()]))
	}

	fn lane(&self, peer: ChainId, lane: LaneId, at: Option<H256>) -> Answer<'_, Option<LaneView>> {
		let most = LaneState { out_nonce: u64::MAX, in_nonce: u64::MAX, ..LaneState::new(peer, 9) };
		let view = LaneView { state: most, acked: u64::MAX, dead_letters: 0, peer_best: 0 };
		let odd = |way| pick(way, [None, Some(view)]);
		self.answer("lane", odd, |node| {
			let at = node.state(at)?;
			Ok(node.chain().lane(lane, at))
		})
	}

	fn messages(
		&self,
		_peer: ChainId,
		lane: LaneId,
		from: u64,
		limit: u32,
		_at: H256,
	) -> Answer<'_, Vec<Vec<u8>>> {
		let odd = |way| pick(way, [vec![], vec![vec![0xee; 100_000]; 300]]);
		self.answer("messages", odd, |node| Ok(node.chain().messages(lane, from, limit)))
	}

	fn dispatch_weight(&self, _payload: Vec<u8>) -> Answer<'_, Weight> {
		let odd = |way| pick(way, [Weight::zero(), Weight::MAX]);
		self.answer("dispatch_weight", odd, |_| Ok(WEIGHT))
	}

	fn balance(&self, _who: AccountId) -> Answer<'_, Balance> {
		self.answer("balance", |_| Balance::MAX, |_| Ok(1_000_000_000_000))
	}

	fn check<'a>(&'a self, call: &'a Call, _signer: &'a Signer) -> Answer<'a, ()> {
		self.answer("check", |_| (), |node| node.chain().check(call))
	}

	fn submit<'a>(&'a self, call: &'a Call, _signer: Option<&'a Signer>) -> Answer<'a, ()> {
		async move {
			match self.enter("submit")? {
				Some(2) => return Ok(()),
				Some(_) => {
					let (pallet, name) = ("CrossLayer".into(), "Strange".into());
					return Err(Error::Dispatch { pallet, name, docs: String::new() });
				}
				None => {}
			}
			self.clock.sleep(INCLUSION).await;
			let applied = {
				let mut chain = self.chain();
				let now = chain.number();
				chain.apply(call, now)
			};
			// What has become stale in the pool never gets into a block.
			applied.map_err(|error| match &error {
				Error::Dispatch { name, .. } if name == "Obsolete" => {
					Error::Rejected { reason: "outdated".into(), stale: true }
				}
				_ => error,
			})?;
			self.clock.sleep(INCLUSION).await;
			Ok(())
		}
		.boxed()
	}
}

/// One of two wrong answers.
fn pick<T>(way: u8, [even, odd]: [T; 2]) -> T {
	match way % 2 {
		0 => even,
		_ => odd,
	}
}

/// Connects to the nodes of a test.
pub(crate) struct TestConnect(pub BTreeMap<String, TestNode>);

impl Connect for TestConnect {
	fn connect<'a>(&'a self, url: &'a str) -> Answer<'a, Arc<dyn Node>> {
		let node = self.0.get(url).expect("a node of the test").clone();
		let entered = node.enter("connect");
		std::future::ready(entered.map(|_| Arc::new(node) as Arc<dyn Node>)).boxed()
	}
}
