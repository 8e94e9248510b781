// SPDX-License-Identifier: Apache-2.0
//! A runtime with contracts, the token, and stand-ins for providers, neighbours and lanes.
//!
//! The stand-ins keep their state in storage, so that a failed call undoes it like anything else.

use crate as pallet_storage_contracts;
use crate::Pallet;
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
	construct_runtime, derive_impl,
	dispatch::DispatchResult,
	ensure, parameter_types, storage_alias,
	traits::{
		fungible::Mutate, tokens::Preservation, ConstU128, ConstU32, ConstU64, ConstU8, Hooks,
		Time, VariantCountOf,
	},
	weights::{constants::ParityDbWeight, Weight},
	Blake2_128Concat, PalletId, Twox64Concat,
};
use scale_info::TypeInfo;
use sp_core::{sr25519, H256};
use sp_runtime::{traits::IdentityLookup, BuildStorage, DispatchError};
use terrace_layers::{
	AccountId, Balance, ChainId, LaneId, Layer, Message, Neighbours, Offer, OnNeighbour, Origin,
	Providers, Relation, SendMessage, TrackBatch,
};
use terrace_possession::ContentId;

type Block = frame_system::mocking::MockBlockU32<Test>;

pub const UNIT: Balance = 1_000_000_000_000;
pub const ED: Balance = 1_000_000_000;
/// What every account starts with.
pub const FUNDS: Balance = 1_000_000 * UNIT;
/// Length of a block in milliseconds.
pub const BLOCK_MS: u64 = 2_000;
/// Length of a window in milliseconds.
pub const WINDOW_MS: u64 = 20_000;
/// Blocks of a window.
pub const WINDOW_BLOCKS: u32 = 10;
/// A size for which the price of a GiB times 1024 is the rate.
pub const MIB: u64 = 1 << 20;
pub const PROPOSAL_LIFETIME: u32 = 50;
pub const COLLATERAL_WINDOWS: u32 = 3;
pub const CLIENT_PROPOSALS: u32 = 4;
pub const PROVIDER_PROPOSALS: u32 = 6;

pub const ALICE: AccountId = AccountId::new([1; 32]);
pub const CAROL: AccountId = AccountId::new([2; 32]);
pub const BOB: AccountId = AccountId::new([11; 32]);
pub const DAVE: AccountId = AccountId::new([12; 32]);
/// Gets the public's share of penalties.
pub const TREASURY: AccountId = AccountId::new([50; 32]);
/// Owns both proof chains.
pub const OWNER: AccountId = AccountId::new([51; 32]);
/// Windows of notice.
pub const NOTICE: u32 = 3;
/// Time after which contracts may leave a stalled proof chain.
pub const STALL_EXIT_MS: u64 = 20 * WINDOW_MS;
/// Blocks in which an audit must be answered.
pub const AUDIT_PERIOD: u32 = 10;
/// Deposit of an audit.
pub const AUDIT_DEPOSIT: Balance = UNIT / 2;
pub const STRANGER: AccountId = AccountId::new([99; 32]);

/// A proof chain.
pub const P: ChainId = ChainId(H256::repeat_byte(0xA0));
/// Another proof chain.
pub const Q: ChainId = ChainId(H256::repeat_byte(0xB0));

construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		StorageContracts: pallet_storage_contracts,
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

parameter_types! {
	pub const Pot: PalletId = PalletId(*b"ter/scon");
	pub static EndGrid: u32 = 1;
	pub static MaxOutages: u32 = 256;
	pub static MaxEdges: u32 = 512;
	pub static MaxStreams: u32 = 4_096;
	pub static MaxSteps: u32 = 64;
	pub static PenaltyWindows: u32 = 0;
	pub static DailyPenaltyPercent: u8 = 100;
	pub static AppealPeriod: u32 = 0;
	pub static OutagesToEnd: u32 = 1_000;
	pub static ProofBytesPerSecond: u32 = 1 << 20;
	pub static ProofFeePerByte: Balance = 0;
	pub static Congested: bool = false;
	pub const TreasuryAccount: AccountId = TREASURY;
}

impl crate::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Providers = MockProviders;
	type Registry = MockNeighbours;
	type Outbound = MockLane;
	type Now = Clock;
	type AdminOrigin = frame_system::EnsureRoot<AccountId>;
	type Treasury = TreasuryAccount;
	type Congested = Congested;
	type PenaltyWindows = PenaltyWindows;
	type DailyPenaltyPercent = DailyPenaltyPercent;
	type AppealPeriod = AppealPeriod;
	type NoticeWindows = ConstU32<NOTICE>;
	type StallExitMs = ConstU64<STALL_EXIT_MS>;
	type FaultsToEnd = ConstU32<3>;
	type OutagesToEnd = OutagesToEnd;
	type AuditPeriod = ConstU32<AUDIT_PERIOD>;
	type AuditDeposit = ConstU128<AUDIT_DEPOSIT>;
	type ProofBytesPerSecond = ProofBytesPerSecond;
	type ProofFeePerByte = ProofFeePerByte;
	type PalletId = Pot;
	type ProposalLifetime = ConstU32<PROPOSAL_LIFETIME>;
	type CollateralWindows = ConstU32<COLLATERAL_WINDOWS>;
	type Challenges = ConstU8<4>;
	type EndGrid = EndGrid;
	type MaxProposalsOfClient = ConstU32<CLIENT_PROPOSALS>;
	type MaxProposalsToProvider = ConstU32<PROVIDER_PROPOSALS>;
	type MaxStreams = MaxStreams;
	type MaxPending = ConstU32<256>;
	type MaxEdges = MaxEdges;
	type MaxOutages = MaxOutages;
	type MaxSteps = MaxSteps;
	type WeightInfo = crate::weights::SubstrateWeight<Test>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking_helper::MockHelper;
}

/// Time that moves with blocks.
pub struct Clock;

impl Time for Clock {
	type Moment = u64;

	fn now() -> u64 {
		u64::from(System::block_number()) * BLOCK_MS
	}
}

/// A provider as the stand-in knows it.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct MockProvider {
	pub offer: Offer,
	pub accepting: bool,
	pub used: u64,
	pub required: Balance,
	pub collateral: Balance,
}

#[storage_alias]
pub type MockProviderOf = StorageMap<Mock, Blake2_128Concat, AccountId, MockProvider>;

/// Penalties that may still come, as the pallet tells of them.
#[storage_alias]
pub type MockCases = StorageMap<Mock, Blake2_128Concat, AccountId, u32>;
/// Providers that lack collateral for too long.
#[storage_alias]
pub type MockInsolvent = StorageMap<Mock, Blake2_128Concat, AccountId, ()>;
/// State roots of proof chains.
#[storage_alias]
pub type MockRoots = StorageDoubleMap<Mock, Blake2_128Concat, ChainId, Twox64Concat, u32, H256>;

/// Holds everybody's collateral.
pub fn vault() -> AccountId {
	AccountId::new([77; 32])
}

/// Stands in for the providers' pallet.
pub struct MockProviders;

impl Providers<AccountId, Balance> for MockProviders {
	fn offer(who: &AccountId) -> Option<Offer> {
		MockProviderOf::get(who).map(|provider| provider.offer)
	}

	fn accepting(who: &AccountId) -> bool {
		MockProviderOf::get(who).is_some_and(|provider| provider.accepting)
	}

	fn acted_for(caller: &AccountId) -> Option<AccountId> {
		MockProviderOf::contains_key(caller).then(|| caller.clone())
	}

	fn payee(who: &AccountId) -> AccountId {
		who.clone()
	}

	fn collateral(who: &AccountId) -> Balance {
		MockProviderOf::get(who).map_or(0, |provider| provider.collateral)
	}

	/// Collateral is what the provider's account has beside its own tokens.
	fn slash(who: &AccountId, amount: Balance, to: &AccountId) -> Balance {
		let mut provider = MockProviderOf::get(who).expect("registered");
		let taken = amount.min(provider.collateral);
		let vault = vault();
		let moved = Balances::transfer(&vault, to, taken, Preservation::Preserve);
		if moved.is_err() {
			return 0;
		}
		provider.collateral -= taken;
		MockProviderOf::insert(who, provider);
		taken
	}

	fn add_case(who: &AccountId) {
		MockCases::mutate(who, |cases| *cases = Some(cases.unwrap_or_default() + 1));
	}

	fn drop_case(who: &AccountId) {
		MockCases::mutate(who, |cases| *cases = Some(cases.expect("added before") - 1));
	}

	fn is_insolvent(who: &AccountId) -> bool {
		MockInsolvent::contains_key(who)
	}

	fn commit(who: &AccountId, bytes: u64, collateral: Balance) -> DispatchResult {
		let mut provider = MockProviderOf::get(who).ok_or("stranger")?;
		provider.used += bytes;
		provider.required += collateral;
		ensure!(provider.used <= provider.offer.capacity, "capacity");
		ensure!(provider.required <= provider.collateral, "collateral");
		MockProviderOf::insert(who, provider);
		Ok(())
	}

	fn release(who: &AccountId, bytes: u64, collateral: Balance) {
		let mut provider = MockProviderOf::get(who).expect("committed before");
		provider.used -= bytes;
		provider.required -= collateral;
		MockProviderOf::insert(who, provider);
	}
}

#[storage_alias]
pub type MockHalted = StorageMap<Mock, Blake2_128Concat, ChainId, ()>;

/// Stands in for the registry: `P` and `Q` are children, [`MAIN`] is the parent.
pub struct MockNeighbours;

/// The parent.
pub const MAIN: ChainId = ChainId(H256::repeat_byte(0x10));

impl Neighbours for MockNeighbours {
	fn this() -> ChainId {
		ChainId(H256::repeat_byte(0xC0))
	}

	fn layer() -> Layer {
		Layer::Contract
	}

	fn parent() -> Option<ChainId> {
		Some(MAIN)
	}

	fn children() -> Vec<ChainId> {
		vec![P, Q]
	}

	fn relation(chain: &ChainId) -> Option<Relation> {
		let children = [P, Q];
		match chain {
			chain if *chain == MAIN => Some(Relation::Parent),
			chain if children.contains(chain) => Some(Relation::Child),
			_ => None,
		}
	}

	fn may_receive(chain: &ChainId) -> bool {
		Self::may_send(chain, LaneId::STORAGE)
	}

	fn may_send(chain: &ChainId, _: LaneId) -> bool {
		!MockHalted::contains_key(chain)
	}

	fn incarnation(_: &ChainId) -> u32 {
		0
	}

	fn state_root(chain: &ChainId, number: u32) -> Option<H256> {
		MockRoots::get(chain, number)
	}

	fn owner_of(_: &ChainId) -> Option<AccountId> {
		Some(OWNER)
	}

	fn origin_of(_: &ChainId) -> Option<Origin> {
		None
	}
}

#[storage_alias]
pub type MockSent = StorageDoubleMap<Mock, Blake2_128Concat, ChainId, Twox64Concat, u64, Message>;
#[storage_alias]
pub type MockNonce = StorageMap<Mock, Blake2_128Concat, ChainId, u64>;
#[storage_alias]
pub type MockFull = StorageMap<Mock, Blake2_128Concat, ChainId, ()>;

/// Stands in for the lanes: keeps what is sent.
pub struct MockLane;

impl SendMessage for MockLane {
	fn send(to: ChainId, message: Message) -> Result<u64, DispatchError> {
		ensure!(Self::room(&to, LaneId::STORAGE) > 0, "lane is full");
		let nonce = MockNonce::get(to).unwrap_or_default() + 1;
		MockNonce::insert(to, nonce);
		MockSent::insert(to, nonce, message);
		Ok(nonce)
	}

	fn room(to: &ChainId, _: LaneId) -> u32 {
		u32::from(!MockFull::contains_key(to))
	}
}

/// The offer of a new provider: its rate for a MiB is one unit.
pub fn offer() -> Offer {
	Offer {
		endpoint: b"http://127.0.0.1:9000".to_vec().try_into().expect("short"),
		price: 1_024 * UNIT,
		capacity: 1 << 40,
		min_windows: 1,
		max_windows: 1_000,
		operator: sr25519::Public::from_raw([7; 32]),
	}
}

/// What a proof chain's genesis says.
pub fn origin(layer: Layer, window_ms: u64) -> Origin {
	Origin { layer, window_ms, parent: None }
}

/// Content id of the blobs.
pub const ROOT: ContentId = ContentId([5; 32]);

/// Builds the state a test starts from: both proof chains registered, `BOB` and `DAVE` offering.
pub struct TestExt {
	pot: Balance,
}

impl TestExt {
	pub fn new() -> Self {
		EndGrid::set(1);
		MaxOutages::set(256);
		MaxEdges::set(512);
		MaxStreams::set(4_096);
		MaxSteps::set(64);
		PenaltyWindows::set(0);
		DailyPenaltyPercent::set(100);
		AppealPeriod::set(0);
		OutagesToEnd::set(1_000);
		ProofBytesPerSecond::set(1 << 20);
		ProofFeePerByte::set(0);
		Congested::set(false);
		Self { pot: ED }
	}

	/// Leaves the pot without its existential deposit.
	pub fn without_pot(mut self) -> Self {
		self.pot = 0;
		self
	}

	pub fn build(self) -> sp_io::TestExternalities {
		let mut balances: Vec<_> =
			[ALICE, CAROL, BOB, DAVE].into_iter().map(|who| (who, FUNDS)).collect();
		balances.push((vault(), 4 * FUNDS));
		if self.pot > 0 {
			balances.push((Pallet::<Test>::pot(), self.pot));
		}
		let mut storage = frame_system::GenesisConfig::<Test>::default()
			.build_storage()
			.expect("system genesis is valid");
		pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }
			.assimilate_storage(&mut storage)
			.expect("balances genesis is valid");
		let mut ext = sp_io::TestExternalities::new(storage);
		ext.execute_with(|| {
			System::set_block_number(1);
			for provider in [BOB, DAVE] {
				let (offer, collateral) = (offer(), FUNDS);
				let provider_record =
					MockProvider { offer, accepting: true, used: 0, required: 0, collateral };
				MockProviderOf::insert(provider, provider_record);
			}
			for chain in [P, Q] {
				let origin = origin(Layer::Proof, WINDOW_MS);
				Pallet::<Test>::on_registered(chain, Relation::Child, &origin)
					.expect("the chain is new");
			}
		});
		ext
	}

	/// Runs `test` and then checks every invariant.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			test();
			Pallet::<Test>::do_try_state().expect("invariants hold");
		});
	}
}

/// Moves time to the start of `block`, running hooks as blocks do.
pub fn run_to(block: u32) {
	while System::block_number() < block {
		StorageContracts::on_idle(System::block_number(), Weight::MAX);
		System::set_block_number(System::block_number() + 1);
		StorageContracts::on_initialize(System::block_number());
	}
}

/// Moves time on by `blocks`.
pub fn run(blocks: u32) {
	run_to(System::block_number() + blocks);
}

/// Batches that were sent to `chain`.
pub fn batches_to(chain: ChainId) -> Vec<TrackBatch> {
	(1..=MockNonce::get(chain).unwrap_or_default())
		.filter_map(|nonce| match MockSent::get(chain, nonce) {
			Some(Message::Track(batch)) => Some(batch),
			_ => None,
		})
		.collect()
}

/// Tokens of `who` that are free.
pub fn free(who: &AccountId) -> Balance {
	Balances::free_balance(who)
}

/// Tokens of `who` on hold as escrow.
pub fn held(who: &AccountId) -> Balance {
	use frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&crate::HoldReason::ClientEscrow.into(), who)
}

/// Tokens in the pot beyond its existential deposit.
pub fn pot() -> Balance {
	free(&Pallet::<Test>::pot()) - ED
}
