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
	traits::{fungible::Mutate, tokens::Preservation, ConstU128, ConstU32, Hooks, VariantCountOf},
	weights::constants::ParityDbWeight,
};
use sp_consensus_grandpa::AuthorityList;
use sp_core::H256;
use sp_runtime::{traits::IdentityLookup, BuildStorage, DispatchError, Storage};
use terrace_layers::{
	keys, Balance, ChainId, Checkpoint, Header, Layer, LockBacking, OnNeighbour, Origin, Relation,
};

type Block = frame_system::mocking::MockBlockU32<Test>;
type AccountId = u64;

pub const ED: Balance = 10;
pub const FUNDS: Balance = 1_000_000;
pub const MIN_BOND: Balance = 1_000;
pub const HEADERS_TO_KEEP: u32 = 8;
pub const FREE_INTERVAL: u32 = 10;

pub const ALICE: AccountId = 1;
pub const BOB: AccountId = 2;
/// Holds what backs children.
pub const VAULT: AccountId = 99;

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
}

impl crate::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type AdminOrigin = frame_system::EnsureRoot<AccountId>;
	type RegisterOrigin = frame_system::EnsureSigned<AccountId>;
	type MinBond = ConstU128<MIN_BOND>;
	type HeadersToKeep = ConstU32<HEADERS_TO_KEEP>;
	type FreeInterval = ConstU32<FREE_INTERVAL>;
	type Accountless = Accountless;
	type OnNeighbour = Recorder;
	type Backing = Vault;
	type WeightInfo = crate::weights::SubstrateWeight<Test>;
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

/// A chain to test on.
pub struct TestExt {
	genesis: pallet_chain_registry::GenesisConfig<Test>,
	authorities: AuthorityList,
	balances: Vec<(AccountId, Balance)>,
}

impl TestExt {
	/// A contract chain without a parent.
	pub fn new() -> Self {
		let genesis =
			pallet_chain_registry::GenesisConfig { layer: Layer::Contract, ..Default::default() };
		let balances = vec![(ALICE, FUNDS), (BOB, FUNDS), (VAULT, ED)];
		Self { genesis, authorities: Vec::new(), balances }
	}

	pub fn layer(mut self, layer: Layer) -> Self {
		self.genesis.layer = layer;
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
		if !self.authorities.is_empty() {
			storage.top.insert(keys::grandpa_authorities(), self.authorities.encode());
		}
		storage
	}

	/// Runs `test` in the first block, then checks the invariants.
	pub fn build_and_execute<R>(self, test: impl FnOnce() -> R) -> R {
		let mut ext = sp_io::TestExternalities::new(self.storage());
		ext.execute_with(|| {
			next_block();
			let result = test();
			Pallet::<Test>::do_try_state().expect("the invariants hold");
			result
		})
	}
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
