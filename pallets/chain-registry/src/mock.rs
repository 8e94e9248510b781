// SPDX-License-Identifier: Apache-2.0
//! A runtime with this pallet and the token, and stand-ins for those that are told of neighbours.
//!
//! The stand-ins keep their state in storage, so that a failed call undoes it like anything else.

use crate as pallet_chain_registry;
use crate::Pallet;
use codec::Encode;
use frame_support::{
	construct_runtime, derive_impl,
	dispatch::DispatchResult,
	pallet_prelude::ValueQuery,
	parameter_types, storage_alias,
	traits::{
		fungible::{Balanced, Mutate},
		tokens::Preservation,
		ConstU128, ConstU32, Hooks, OnUnbalanced, VariantCountOf,
	},
	weights::{constants::ParityDbWeight, Weight},
};
use sp_consensus_grandpa::AuthorityList;
use sp_core::H256;
use sp_runtime::{
	traits::{BlakeTwo256, Hash, IdentityLookup},
	BuildStorage, DispatchError, Perbill, Storage,
};
use terrace_layers::{
	keys, AccountId, Authorities, Balance, Blockers, ChainId, Checkpoint, Header, Layer,
	LockBacking, OnNeighbour, Origin, Relation,
};

type Block = frame_system::mocking::MockBlockU32<Test>;

pub const ED: Balance = 10;
pub const FUNDS: Balance = 1_000_000;
pub const MIN_BOND: Balance = 1_000;
pub const HEADERS_TO_KEEP: u32 = 8;
pub const FREE_INTERVAL: u32 = 10;
pub const MAX_STALENESS: u32 = 200;
pub const EVIDENCE_WINDOW: u32 = 300;
pub const RECOVERY_DELAY: u32 = 20;
pub const MAX_PAST_SETS: u32 = 400;
pub const MAX_APPROVED: u32 = 3;

pub const ALICE: AccountId = AccountId::new([1; 32]);
pub const BOB: AccountId = AccountId::new([2; 32]);
/// Holds what backs children.
pub const VAULT: AccountId = AccountId::new([99; 32]);
/// Takes what is slashed.
pub const TREASURY: AccountId = AccountId::new([98; 32]);

/// The runtime code of children.
pub const CODE: &[u8] = b"a runtime that is longer than what the trie keeps in a leaf";

/// Genesis hash of the chain under test.
pub const OWN: ChainId = ChainId(H256::repeat_byte(0x0C));

construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		ChainRegistry: pallet_chain_registry,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
	type BlockHashCount = ConstU32<64>;
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

parameter_types! {
	/// Whether finality is taken without an account.
	pub static Accountless: bool = true;
	/// Whether those who are told of a neighbour refuse it.
	pub static Refuse: bool = false;
	/// What keeps children from being closed.
	pub static Blocking: Blockers = Blockers::NONE;
	/// Authorities of the chain under test.
	pub static OwnAuthorities: Authorities = Authorities::default();
	/// Free weight of a block.
	pub static FreePerBlock: Weight = Weight::from_parts(u64::MAX, u64::MAX);
	/// Free weight of a neighbour.
	pub static FreePerChain: Weight = Weight::from_parts(u64::MAX, u64::MAX);
	/// Blocks for which a former set answers for its votes.
	pub static Window: u32 = EVIDENCE_WINDOW;
	/// Part of a bond that an equivocation costs.
	pub static EquivocationSlash: Perbill = Perbill::from_percent(30);
	pub const ForkSlash: Perbill = Perbill::from_percent(100);
	pub const ReporterShare: Perbill = Perbill::from_percent(20);
}

impl crate::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type AdminOrigin = frame_system::EnsureRoot<AccountId>;
	type RegisterOrigin = frame_system::EnsureSigned<AccountId>;
	type MinBond = ConstU128<MIN_BOND>;
	type HeadersToKeep = ConstU32<HEADERS_TO_KEEP>;
	type FreeInterval = ConstU32<FREE_INTERVAL>;
	type FreePerBlock = FreePerBlock;
	type FreePerChain = FreePerChain;
	type MaxApprovedCode = ConstU32<MAX_APPROVED>;
	type MaxStaleness = ConstU32<MAX_STALENESS>;
	type EvidenceWindow = Window;
	type RecoveryDelay = ConstU32<RECOVERY_DELAY>;
	type MaxPastSets = ConstU32<MAX_PAST_SETS>;
	type MaxEvidence = ConstU32<16>;
	type EquivocationSlash = EquivocationSlash;
	type ForkSlash = ForkSlash;
	type ReporterShare = ReporterShare;
	type OnSlash = Treasury;
	type OwnAuthorities = OwnAuthorities;
	type Accountless = Accountless;
	type OnNeighbour = Recorder;
	type Backing = Vault;
	type WeightInfo = crate::weights::SubstrateWeight<Test>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Finalisers;
}

#[storage_alias]
type Told = StorageValue<Mock, Vec<(ChainId, Relation, Origin)>, ValueQuery>;

#[storage_alias]
type Locked = StorageValue<Mock, Vec<(ChainId, Balance)>, ValueQuery>;

/// Writes down who it is told of.
pub struct Recorder;

impl OnNeighbour for Recorder {
	fn on_registered(chain: ChainId, relation: Relation, origin: &Origin) -> DispatchResult {
		// Written before it refuses, so that tests see whether a refusal is undone.
		Told::append((chain, relation, origin.clone()));
		if Refuse::get() {
			return Err(DispatchError::Other("refused"));
		}
		Ok(())
	}

	fn blockers(_: &ChainId) -> Blockers {
		Blocking::get()
	}
}

/// Takes what is slashed.
pub struct Treasury;

impl OnUnbalanced<crate::CreditOf<Test>> for Treasury {
	fn on_nonzero_unbalanced(credit: crate::CreditOf<Test>) {
		assert!(Balances::resolve(&TREASURY, credit).is_ok(), "the treasury exists");
	}
}

/// Takes what backs a child.
pub struct Vault;

impl LockBacking<AccountId, Balance> for Vault {
	fn lock(child: &ChainId, from: &AccountId, amount: Balance) -> DispatchResult {
		Locked::append((*child, amount));
		Balances::transfer(from, &VAULT, amount, Preservation::Preserve)?;
		Ok(())
	}
}

/// The neighbours that were told of.
pub fn told() -> Vec<(ChainId, Relation, Origin)> {
	Told::get()
}

/// What was locked, child by child.
pub fn locked() -> Vec<(ChainId, Balance)> {
	Locked::get()
}

/// Hash of the code of children.
pub fn code_hash() -> H256 {
	BlakeTwo256::hash(CODE)
}

/// A chain to test on.
pub struct TestExt {
	genesis: pallet_chain_registry::GenesisConfig<Test>,
	authorities: AuthorityList,
	balances: Vec<(AccountId, Balance)>,
}

impl TestExt {
	/// A contract chain without a parent.
	pub fn new() -> Self {
		let genesis = pallet_chain_registry::GenesisConfig {
			layer: Layer::Contract,
			approved_code: Layer::Contract.child().map(|l| (l, code_hash())).into_iter().collect(),
			..Default::default()
		};
		let balances = vec![(ALICE, FUNDS), (BOB, FUNDS), (VAULT, ED), (TREASURY, ED)];
		Self { genesis, authorities: Vec::new(), balances }
	}

	pub fn layer(mut self, layer: Layer) -> Self {
		self.genesis.layer = layer;
		self
	}

	/// Code that children may start with.
	pub fn approved(mut self, code: Vec<(Layer, H256)>) -> Self {
		self.genesis.approved_code = code;
		self
	}

	pub fn window_ms(mut self, window_ms: u64) -> Self {
		self.genesis.window_ms = window_ms;
		self
	}

	pub fn parent(mut self, checkpoint: Checkpoint) -> Self {
		self.genesis.parent = Some(checkpoint);
		self
	}

	/// GRANDPA authorities of the chain itself.
	pub fn authorities(mut self, list: AuthorityList) -> Self {
		self.authorities = list;
		self
	}

	/// Who has tokens.
	pub fn balances(mut self, balances: Vec<(AccountId, Balance)>) -> Self {
		self.balances = balances;
		self
	}

	/// The state at genesis.
	pub fn storage(self) -> Storage {
		let balances = self.balances;
		let genesis = RuntimeGenesisConfig {
			balances: pallet_balances::GenesisConfig { balances, ..Default::default() },
			chain_registry: self.genesis,
			..Default::default()
		};
		let mut storage = genesis.build_storage().expect("the genesis builds");
		storage.top.insert(keys::code(), CODE.to_vec());
		if !self.authorities.is_empty() {
			storage.top.insert(keys::grandpa_authorities(), self.authorities.encode());
		}
		storage
	}

	/// Runs `test` in the first block, then checks the invariants.
	pub fn build_and_execute<R>(self, test: impl FnOnce() -> R) -> R {
		reset();
		let mut ext = sp_io::TestExternalities::new(self.storage());
		ext.execute_with(|| {
			next_block();
			let result = test();
			Pallet::<Test>::do_try_state().expect("the invariants hold");
			result
		})
	}
}

/// Gives every test the same settings, whichever ran before it on the same thread.
pub fn reset() {
	Blocking::set(Blockers::NONE);
	OwnAuthorities::set(Authorities::default());
	FreePerBlock::set(Weight::MAX);
	FreePerChain::set(Weight::MAX);
	Accountless::set(true);
	Window::set(EVIDENCE_WINDOW);
	EquivocationSlash::set(Perbill::from_percent(30));
}

/// Finalises the current block, if any, and initialises the next one.
pub fn next_block() -> Option<Header> {
	let number = System::block_number();
	let header = (number > 0).then(System::finalize);
	let parent_hash = header.as_ref().map_or(OWN.0, |header| header.hash());
	System::reset_events();
	System::initialize(&number.saturating_add(1), &parent_hash, &Default::default());
	ChainRegistry::on_initialize(number.saturating_add(1));
	header
}

/// Produces blocks until `number` is the current one.
pub fn run_to(number: u32) {
	while System::block_number() < number {
		next_block();
	}
}

/// This pallet's events of the current block.
pub fn events() -> Vec<crate::Event<Test>> {
	let ours = |event| match event {
		RuntimeEvent::ChainRegistry(event) => Some(event),
		_ => None,
	};
	System::events().into_iter().filter_map(|record| ours(record.event)).collect()
}

/// Sets who finalises the chain.
#[cfg(feature = "runtime-benchmarks")]
pub struct Finalisers;

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper for Finalisers {
	fn set_authorities(authorities: &Authorities) {
		OwnAuthorities::set(authorities.clone());
	}
}
