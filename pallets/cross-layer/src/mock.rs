// SPDX-License-Identifier: Apache-2.0
//! Two chains of one runtime, each with a state of its own, that prove their states to each other.
//!
//! What a chain knows of its neighbours lives in its storage, so that one runtime type serves both.

pub use crate::world::World;

use crate as pallet_cross_layer;
use crate::{Lanes, Pallet};
use bp_header_chain::justification::{verify_justification, JustificationVerificationContext};
use bp_test_utils::{make_default_justification, voter_set, TEST_GRANDPA_SET_ID};
use codec::{Decode, Encode};
use frame_support::{
	construct_runtime, derive_impl,
	dispatch::{DispatchResultWithPostInfo, GetDispatchInfo},
	ensure, parameter_types,
	traits::{Authorize, ConstU128, ConstU32, Hooks, VariantCountOf},
	weights::{constants::ParityDbWeight, Weight},
	PalletId,
};
use sp_core::{Blake2Hasher, H256};
use sp_io::TestExternalities;
use sp_runtime::{
	traits::{Header as _, IdentityLookup},
	transaction_validity::{TransactionSource, TransactionValidityError, ValidTransaction},
	BuildStorage, DispatchError, DispatchResult,
};
use sp_state_machine::{prove_read_on_trie_backend, InMemoryBackend};
use terrace_layers::{
	keys, payload_hash, AccountId, Balance, Beacon, ChainId, FinalityClients, FinalityProof,
	Header, Imported, LaneId, LaneState, Layer, Message, Neighbours, OnMessage, OnNeighbour,
	Origin, Relation, SendMessage, StateProof, Trace, Window,
};

type Block = frame_system::mocking::MockBlockU32<Test>;

pub const UNIT: Balance = 1_000_000_000_000;
pub const ED: Balance = 1_000_000_000;
pub const FUNDS: Balance = 1_000 * UNIT;
/// What the contract chain issues at its genesis.
pub const BOOTSTRAP: Balance = 10 * UNIT;
pub const MAX_LETTERS: u32 = terrace_layers::limits::MAX_MESSAGES_PER_CALL;
/// Weight of every message that the handler applies.
pub const MESSAGE_WEIGHT: Weight = Weight::from_parts(1_000_000, 100);

pub const ALICE: AccountId = AccountId::new([1; 32]);
pub const BOB: AccountId = AccountId::new([2; 32]);
pub const RELAYER: AccountId = AccountId::new([3; 32]);

pub const MAIN: ChainId = ChainId(H256::repeat_byte(0xAA));
pub const CONTRACT: ChainId = ChainId(H256::repeat_byte(0xCC));
/// A second child of the main chain.
pub const OTHER: ChainId = ChainId(H256::repeat_byte(0xDD));
pub const STRANGER: ChainId = ChainId(H256::repeat_byte(0xEE));

/// What finality of a set that is not known yet fails with.
pub const OTHER_SET: DispatchError = DispatchError::Other("another authority set");

/// Rounds of heartbeats that the handler of the mock takes as orders.
pub const FAIL: u32 = 1_000;
pub const ECHO: u32 = 1_001;
pub const FAIL_UNTIL_FIXED: u32 = 1_002;
pub const HEAVY: u32 = 1_003;

construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Utility: pallet_utility,
		CrossLayer: pallet_cross_layer,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
	type DbWeight = ParityDbWeight;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<ED>;
	type AccountStore = System;
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
}

impl pallet_utility::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PalletsOrigin = OriginCaller;
	type WeightInfo = ();
}

/// A neighbour as the registry of the mock knows it.
#[derive(Encode, Decode, Clone)]
pub struct Neighbour {
	pub chain: ChainId,
	pub relation: Relation,
	pub receives: bool,
	pub sends: bool,
	pub closed: bool,
	pub incarnation: u32,
	pub best: u32,
	pub roots: Vec<(u32, H256)>,
}

parameter_types! {
	pub const LockedTokens: PalletId = PalletId(*b"terr/lck");
	pub storage ThisChain: ChainId = ChainId::default();
	pub storage ThisLayer: Layer = Layer::Main;
	pub storage Neighbourhood: Vec<Neighbour> = Vec::new();
	pub storage OwnBeacon: Option<Beacon> = None;
	pub storage NeedsNoAccount: bool = true;
	pub storage Received: Vec<(ChainId, Message)> = Vec::new();
	pub storage HandlerFixed: bool = false;
	pub storage Budget: Weight = Weight::MAX;
	/// A chain that has used up its own part of the budget.
	pub storage Spent: Option<ChainId> = None;
	/// Names of the messages that the handler applied.
	pub storage Traces: Vec<Option<H256>> = Vec::new();
	pub storage Share: u32 = 0;
}

impl crate::Config for Test {
	type Registry = Registry;
	type AdminOrigin = frame_system::EnsureRoot<AccountId>;
	type ReleaseLimit = Limit;
	type OnMessage = Handler;
	type Currency = Balances;
	type PalletId = LockedTokens;
	type Accountless = NeedsNoAccount;
	type NewBeacon = OwnBeacon;
	type MaxDeadLetters = ConstU32<MAX_LETTERS>;
	type MinTransfer = ConstU128<{ 2 * ED }>;
	type WeightInfo = crate::weights::SubstrateWeight<Test>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Registry;
}

fn neighbour(chain: &ChainId) -> Option<Neighbour> {
	Neighbourhood::get().into_iter().find(|known| known.chain == *chain)
}

/// Changes what the current chain knows of `chain`.
pub fn change_neighbour(chain: ChainId, change: impl FnOnce(&mut Neighbour)) {
	let mut all = Neighbourhood::get();
	change(all.iter_mut().find(|known| known.chain == chain).expect("a neighbour"));
	Neighbourhood::set(&all);
}

/// Neighbours from storage, with finality clients that check real justifications.
pub struct Registry;

impl Neighbours for Registry {
	fn this() -> ChainId {
		ThisChain::get()
	}
	fn layer() -> Layer {
		ThisLayer::get()
	}
	fn parent() -> Option<ChainId> {
		let mut all = Neighbourhood::get().into_iter();
		all.find(|known| known.relation == Relation::Parent).map(|known| known.chain)
	}
	fn children() -> Vec<ChainId> {
		let all = Neighbourhood::get().into_iter();
		all.filter(|known| known.relation == Relation::Child).map(|known| known.chain).collect()
	}
	fn relation(chain: &ChainId) -> Option<Relation> {
		neighbour(chain).map(|known| known.relation)
	}
	fn may_receive(chain: &ChainId) -> bool {
		neighbour(chain).is_some_and(|known| known.receives)
	}
	fn may_send(chain: &ChainId, _: LaneId) -> bool {
		neighbour(chain).is_some_and(|known| known.sends)
	}
	fn is_closed(chain: &ChainId) -> bool {
		neighbour(chain).is_some_and(|known| known.closed)
	}
	fn incarnation(chain: &ChainId) -> u32 {
		neighbour(chain).map_or(0, |known| known.incarnation)
	}
	fn state_root(chain: &ChainId, number: u32) -> Option<H256> {
		let roots = neighbour(chain)?.roots;
		roots.into_iter().find(|(block, _)| *block == number).map(|(_, root)| root)
	}
	fn best_number(chain: &ChainId) -> Option<u32> {
		neighbour(chain).map(|known| known.best)
	}
	fn origin_of(_: &ChainId) -> Option<Origin> {
		None
	}
}

impl FinalityClients for Registry {
	fn verify(chain: &ChainId, proof: &FinalityProof) -> Result<Imported, DispatchError> {
		let known = neighbour(chain).ok_or("no neighbour")?;
		let number = proof.header.number;
		ensure!(number > known.best, "not newer than the best header");
		ensure!(proof.set_id == TEST_GRANDPA_SET_ID, OTHER_SET);
		let context = JustificationVerificationContext {
			voter_set: voter_set(),
			authority_set_id: proof.set_id,
		};
		let target = (proof.header.hash(), number);
		verify_justification::<Header>(target, &context, &proof.justification)
			.map_err(|_| "justification is wrong")?;
		Ok(Imported {
			number,
			state_root: proof.header.state_root,
			mandatory: false,
			improved_by: number - known.best,
		})
	}
	fn import(chain: &ChainId, proof: &FinalityProof) -> Result<Imported, DispatchError> {
		let imported = Self::verify(chain, proof)?;
		change_neighbour(*chain, |known| {
			known.best = imported.number;
			known.roots.push((imported.number, imported.state_root));
		});
		Ok(imported)
	}
	fn may_verify_later(error: &DispatchError) -> bool {
		*error == OTHER_SET
	}
	fn weight(precommits: u32, _: u32) -> Weight {
		Weight::from_parts(100_000_000, 1_000).saturating_mul(precommits.into())
	}
}

/// Releases of [`Share`] percent in ten blocks, or without limit.
pub struct Limit;

impl frame_support::traits::Get<Option<crate::ReleaseLimit>> for Limit {
	fn get() -> Option<crate::ReleaseLimit> {
		let share = sp_runtime::Perbill::from_percent(Share::get());
		(Share::get() > 0).then_some(crate::ReleaseLimit { share, period: 10 })
	}
}

impl terrace_layers::FreeRelaying for Registry {
	fn fits(chain: &ChainId, weight: Weight) -> bool {
		Spent::get() != Some(*chain) && weight.all_lte(Budget::get())
	}
	fn spend(chain: &ChainId, weight: Weight) -> bool {
		let fits = Self::fits(chain, weight);
		if fits {
			Budget::set(&Budget::get().saturating_sub(weight));
		}
		fits
	}
}

/// Notes every message; heartbeats may order more.
pub struct Handler;

impl OnMessage for Handler {
	fn weight(message: &Message) -> Weight {
		match message {
			Message::Heartbeat { round: HEAVY, .. } => Pallet::<Test>::share_of_block(16),
			_ => MESSAGE_WEIGHT,
		}
	}
	fn on_message(source: ChainId, _: Relation, message: Message) -> DispatchResult {
		let mut received = Received::get();
		received.push((source, message.clone()));
		Received::set(&received);
		let mut traces = Traces::get();
		traces.push(<CrossLayer as Trace>::current());
		Traces::set(&traces);
		match message {
			Message::Heartbeat { round: FAIL, .. } => Err(DispatchError::Unavailable),
			Message::Heartbeat { round: FAIL_UNTIL_FIXED, .. } if !HandlerFixed::get() => {
				Err("not fixed yet".into())
			}
			Message::Heartbeat { round: ECHO, window } => {
				CrossLayer::send(source, untrack(window.0)).map(drop)
			}
			_ => Ok(()),
		}
	}
}

/// A message that parents send.
pub fn untrack(mark: u32) -> Message {
	Message::Untrack(vec![terrace_layers::LegId(mark.into())].try_into().expect("one leg"))
}

/// A message that children send.
pub fn heartbeat(mark: u32, round: u32) -> Message {
	Message::Heartbeat { window: Window(mark), round }
}

/// A finished block: its header, and the state after it.
pub struct Sealed {
	pub header: Header,
	backend: InMemoryBackend<Blake2Hasher>,
}

impl Sealed {
	/// Proof of the values under `keys`.
	pub fn prove(&self, keys: &[Vec<u8>]) -> StateProof {
		let proof = prove_read_on_trie_backend(&self.backend, keys).expect("keys are readable");
		proof.into_nodes().into_iter().collect()
	}

	pub fn finality(&self) -> FinalityProof {
		FinalityProof {
			header: self.header.clone(),
			justification: make_default_justification(&self.header),
			set_id: TEST_GRANDPA_SET_ID,
		}
	}
}

/// A state that a chain may fall back to.
pub struct Snapshot {
	backend: InMemoryBackend<Blake2Hasher>,
	number: u32,
}

/// One chain.
pub struct Chain {
	pub id: ChainId,
	ext: TestExternalities,
	number: u32,
}

impl Chain {
	/// A chain in its first block that knows `neighbour`.
	pub fn new(
		id: ChainId,
		layer: Layer,
		neighbour: (ChainId, Relation),
		funds: Vec<(AccountId, Balance)>,
	) -> Self {
		let mut storage = frame_system::GenesisConfig::<Test>::default()
			.build_storage()
			.expect("system genesis is valid");
		pallet_balances::GenesisConfig::<Test> { balances: funds, ..Default::default() }
			.assimilate_storage(&mut storage)
			.expect("balances genesis is valid");
		let mut chain = Self { id, ext: TestExternalities::new(storage), number: 0 };
		chain.run(|| {
			ThisLayer::set(&layer);
			add_neighbour(neighbour.0, neighbour.1);
			// In genesis the chain does not know its id.
			CrossLayer::on_registered(neighbour.0, neighbour.1, &origin()).expect("no lanes yet");
			assert_eq!(Lanes::<Test>::iter().count(), 0);
			ThisChain::set(&id);
		});
		chain.next_block();
		chain
	}

	/// Runs `what` on this chain, in the block that is open.
	pub fn run<R>(&mut self, what: impl FnOnce() -> R) -> R {
		self.ext.execute_with(what)
	}

	/// The state of this chain now.
	pub fn snapshot(&mut self) -> Snapshot {
		self.ext.commit_all().expect("no open transaction");
		Snapshot { backend: self.ext.backend.clone(), number: self.number }
	}

	/// Forgets every block since `snapshot`, as a chain does with a fork that was not final.
	pub fn fall_back(&mut self, snapshot: Snapshot) {
		self.ext.commit_all().expect("no open transaction");
		self.ext.backend = snapshot.backend;
		self.number = snapshot.number;
	}

	/// Opens the next block.
	pub fn next_block(&mut self) {
		self.number += 1;
		let number = self.number;
		self.run(|| {
			System::set_block_number(number);
			CrossLayer::on_initialize(number);
		});
	}

	/// Finishes the open block and opens the next one.
	pub fn seal(&mut self) -> Sealed {
		self.ext.commit_all().expect("no open transaction");
		let backend = self.ext.as_backend();
		let mut header = bp_test_utils::test_header::<Header>(self.number);
		header.set_state_root(*backend.root());
		self.next_block();
		Sealed { header, backend }
	}

	pub fn send(&mut self, message: Message) -> Result<u64, DispatchError> {
		let to = self.peer();
		self.run(|| CrossLayer::send(to, message))
	}

	/// The chain at the other end of the edge under test.
	pub fn peer(&self) -> ChainId {
		if self.id == MAIN {
			CONTRACT
		} else {
			MAIN
		}
	}

	pub fn lane(&mut self, lane: LaneId) -> LaneState {
		let peer = self.peer();
		self.run(|| Lanes::<Test>::get((peer, lane)).expect("the lane is open"))
	}

	/// Messages that the handler applied.
	pub fn received(&mut self) -> Vec<Message> {
		self.run(|| Received::get().into_iter().map(|(_, message)| message).collect())
	}

	pub fn events(&mut self) -> Vec<crate::Event<Test>> {
		self.run(|| {
			let all = System::events().into_iter().map(|record| record.event);
			all.filter_map(|event| match event {
				RuntimeEvent::CrossLayer(event) => Some(event),
				_ => None,
			})
			.collect()
		})
	}
}

/// Makes `chain` a neighbour of the current chain.
pub fn add_neighbour(chain: ChainId, relation: Relation) {
	let mut all = Neighbourhood::get();
	all.push(Neighbour {
		chain,
		relation,
		receives: true,
		sends: true,
		closed: false,
		incarnation: 0,
		best: 0,
		roots: Vec::new(),
	});
	Neighbourhood::set(&all);
}

/// What a genesis says; the pallet does not look at it.
pub fn origin() -> Origin {
	Origin { layer: Layer::Contract, window_ms: 0, parent: None }
}

/// A relay call.
#[derive(Clone)]
pub struct Relay {
	pub chain: ChainId,
	pub lane: LaneId,
	pub finality: Option<Box<FinalityProof>>,
	pub at: u32,
	pub proof: StateProof,
	pub first: u64,
	pub messages: Vec<Vec<u8>>,
	pub tail: Vec<H256>,
	pub max_weight: Weight,
}

impl Relay {
	pub fn call(&self) -> RuntimeCall {
		let Relay { chain, lane, finality, at, proof, first, messages, tail, max_weight } =
			self.clone();
		crate::Call::relay { chain, lane, finality, at, proof, first, messages, tail, max_weight }
			.into()
	}

	/// Submits it signed; call it on the target.
	pub fn submit(&self) -> DispatchResultWithPostInfo {
		self.submit_as(RuntimeOrigin::signed(RELAYER))
	}

	pub fn submit_as(&self, origin: RuntimeOrigin) -> DispatchResultWithPostInfo {
		let Relay { chain, lane, finality, at, proof, first, messages, tail, max_weight } =
			self.clone();
		CrossLayer::relay(
			origin, chain, lane, finality, at, proof, first, messages, tail, max_weight,
		)
	}

	/// What a pool says to it without an account; call it on the target.
	pub fn authorize(&self) -> Result<ValidTransaction, TransactionValidityError> {
		let answer = self.call().authorize(TransactionSource::External);
		answer.expect("relay needs no account").map(|(valid, _)| valid)
	}

	pub fn weight(&self) -> Weight {
		self.call().get_dispatch_info().call_weight
	}

	/// Brings what comes after the first `count` messages, which have arrived.
	pub fn skip(mut self, count: usize) -> Self {
		self.messages.drain(..count);
		self.first += count as u64;
		self
	}

	/// Delivers only the first `count` messages and leaves the others as a tail.
	pub fn cut(mut self, count: usize) -> Self {
		let rest = self.messages.split_off(count);
		let hashes = rest.iter().map(|payload| payload_hash(payload));
		self.tail = hashes.chain(self.tail).collect();
		self
	}
}

/// The call that brings everything `source` has sent on `lane` by the block `at`.
pub fn relay_at(source: &mut Chain, target: &mut Chain, lane: LaneId, at: &Sealed) -> Relay {
	let from = target.lane(lane).in_nonce + 1;
	let peer = source.peer();
	let key = keys::lane(peer, lane);
	let proof = at.prove(core::slice::from_ref(&key));
	let sent = at.lane(&key).map_or(0, |state| state.out_nonce);
	let count = (sent + 1).saturating_sub(from);
	Relay {
		chain: source.id,
		lane,
		finality: Some(Box::new(at.finality())),
		at: at.header.number,
		proof,
		first: from,
		messages: source.run(|| CrossLayer::messages(peer, lane, from, count as u32)),
		tail: Vec::new(),
		max_weight: Weight::from_parts(50_000_000_000, 1_000_000),
	}
}

impl Sealed {
	/// The lane record under `key`.
	pub fn lane(&self, key: &[u8]) -> Option<LaneState> {
		use sp_state_machine::Backend;
		let value = self.backend.storage(key).expect("the state is there")?;
		Some(LaneState::decode(&mut &value[..]).expect("a lane record"))
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper for Registry {
	fn begin(layer: Layer) {
		ThisChain::set(&MAIN);
		ThisLayer::set(&layer);
	}

	fn neighbour(relation: Relation, index: u32) -> ChainId {
		let chain = ChainId(H256::from_low_u64_be(u64::from(index).saturating_add(1)));
		let mut all = Neighbourhood::get();
		all.push(Neighbour {
			chain,
			relation,
			receives: true,
			sends: true,
			closed: false,
			incarnation: 0,
			best: 0,
			roots: Vec::new(),
		});
		Neighbourhood::set(&all);
		chain
	}

	fn set_state_root(chain: &ChainId, number: u32, root: H256) {
		change_neighbour(*chain, |known| known.roots.push((number, root)));
	}

	fn close(chain: &ChainId) {
		change_neighbour(*chain, |known| known.closed = true);
	}
}
