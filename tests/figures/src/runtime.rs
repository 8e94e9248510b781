// SPDX-License-Identifier: Apache-2.0
//! A contract chain's money and contracts: the pallets themselves, without the chain around them.
//!
//! Providers, neighbours and lanes are stand-ins: settling a window hardly meets them.

use frame_support::{
	construct_runtime, derive_impl,
	dispatch::DispatchResult,
	parameter_types, storage_alias,
	traits::{ConstU128, ConstU16, ConstU32, ConstU64, ConstU8, Time, VariantCountOf},
	weights::constants::ParityDbWeight,
	Blake2_128Concat, PalletId,
};
use frame_system::EnsureRoot;
use sp_core::{sr25519, H256};
use sp_runtime::{traits::IdentityLookup, DispatchError};
use terrace_layers::{
	AccountId, Balance, ChainId, LaneId, Layer, Message, Neighbours, Offer, Origin, Providers,
	Relation, SendMessage,
};

pub const UNIT: Balance = 1_000_000_000_000;
/// Length of a block in milliseconds.
pub const BLOCK_MS: u64 = 2_000;
/// Blocks of a window: ten minutes.
pub const WINDOW_BLOCKS: u32 = 300;
/// The proof chain.
pub const PROOF_CHAIN: ChainId = ChainId(H256::repeat_byte(0xA0));

type Block = frame_system::mocking::MockBlockU32<Runtime>;

construct_runtime!(
	pub enum Runtime {
		System: frame_system,
		Balances: pallet_balances,
		StorageContracts: pallet_storage_contracts,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Runtime {
	type AccountData = pallet_balances::AccountData<Balance>;
	type AccountId = AccountId;
	type Block = Block;
	type BlockHashCount = ConstU32<4_096>;
	type DbWeight = ParityDbWeight;
	type Lookup = IdentityLookup<AccountId>;
	type SS58Prefix = ConstU16<42>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<{ UNIT / 1_000 }>;
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type RuntimeHoldReason = RuntimeHoldReason;
}

parameter_types! {
	pub const Pot: PalletId = PalletId(*b"terr/pot");
	pub const Treasury: AccountId = AccountId::new([0xEE; 32]);
	pub const Congested: bool = false;
}

impl pallet_storage_contracts::Config for Runtime {
	type AdminOrigin = EnsureRoot<AccountId>;
	type AppealPeriod = ConstU32<3_600>;
	type AuditDeposit = ConstU128<UNIT>;
	type AuditPeriod = ConstU32<3_600>;
	type Challenges = ConstU8<1>;
	type CollateralWindows = ConstU32<2>;
	type Congested = Congested;
	type Currency = Balances;
	type DailyPenaltyPercent = ConstU8<10>;
	type EndGrid = ConstU32<1>;
	type FaultsToEnd = ConstU32<8>;
	type MaxEdges = ConstU32<512>;
	type MaxOutages = ConstU32<256>;
	type MaxPending = ConstU32<256>;
	type MaxProposalsOfClient = ConstU32<256>;
	type MaxProposalsToProvider = ConstU32<1_024>;
	type MaxSteps = ConstU32<64>;
	type MaxStreams = ConstU32<4_096>;
	type NoticeWindows = ConstU32<6>;
	type Now = Clock;
	type Outbound = Lane;
	type OutagesToEnd = ConstU32<144>;
	type PalletId = Pot;
	type PenaltyWindows = ConstU32<1>;
	type ProofBytesPerSecond = ConstU32<1_000_000>;
	type ProofFeePerByte = ConstU128<1_000>;
	type ProposalLifetime = ConstU32<900>;
	type Providers = Stores;
	type Registry = Tree;
	type RuntimeHoldReason = RuntimeHoldReason;
	type StallExitMs = ConstU64<86_400_000>;
	type Treasury = Treasury;
	type WeightInfo = pallet_storage_contracts::weights::SubstrateWeight<Runtime>;
}

/// Time that moves with blocks.
pub struct Clock;

impl Time for Clock {
	type Moment = u64;

	fn now() -> u64 {
		u64::from(System::block_number()) * BLOCK_MS
	}
}

/// Bytes, collateral and open cases booked at a provider.
#[storage_alias]
type Booked = StorageMap<Stores, Blake2_128Concat, AccountId, (u64, Balance, u32)>;

/// Stands in for the providers: everybody is one, with room and collateral for all.
pub struct Stores;

impl Stores {
	fn change(who: &AccountId, change: impl FnOnce(&mut (u64, Balance, u32))) {
		Booked::mutate(who, |booked| change(booked.get_or_insert_with(Default::default)));
	}
}

impl Providers<AccountId, Balance> for Stores {
	fn offer(_: &AccountId) -> Option<Offer> {
		Some(Offer {
			endpoint: b"http://127.0.0.1:9000".to_vec().try_into().expect("short"),
			price: UNIT / 1_000,
			capacity: u64::MAX,
			min_windows: 1,
			max_windows: 1_000,
			operator: sr25519::Public::from_raw([7; 32]),
		})
	}

	fn accepting(_: &AccountId) -> bool {
		true
	}

	fn acted_for(caller: &AccountId) -> Option<AccountId> {
		Some(caller.clone())
	}

	fn payee(who: &AccountId) -> AccountId {
		who.clone()
	}

	fn commit(who: &AccountId, bytes: u64, collateral: Balance) -> DispatchResult {
		Self::change(who, |(used, required, _)| {
			*used += bytes;
			*required += collateral;
		});
		Ok(())
	}

	fn release(who: &AccountId, bytes: u64, collateral: Balance) {
		Self::change(who, |(used, required, _)| {
			*used -= bytes;
			*required -= collateral;
		});
	}

	fn collateral(_: &AccountId) -> Balance {
		Balance::from(u64::MAX)
	}

	fn slash(_: &AccountId, _: Balance, _: &AccountId) -> Balance {
		0
	}

	fn add_case(who: &AccountId) {
		Self::change(who, |(_, _, cases)| *cases += 1);
	}

	fn drop_case(who: &AccountId) {
		Self::change(who, |(_, _, cases)| *cases -= 1);
	}

	fn is_insolvent(_: &AccountId) -> bool {
		false
	}
}

/// Stands in for the registry: [`PROOF_CHAIN`] is the only child.
pub struct Tree;

impl Neighbours for Tree {
	fn this() -> ChainId {
		ChainId(H256::repeat_byte(0xC0))
	}

	fn layer() -> Layer {
		Layer::Contract
	}

	fn parent() -> Option<ChainId> {
		None
	}

	fn children() -> Vec<ChainId> {
		vec![PROOF_CHAIN]
	}

	fn relation(chain: &ChainId) -> Option<Relation> {
		(*chain == PROOF_CHAIN).then_some(Relation::Child)
	}

	fn may_receive(_: &ChainId) -> bool {
		true
	}

	fn may_send(_: &ChainId, _: LaneId) -> bool {
		true
	}

	fn incarnation(_: &ChainId) -> u32 {
		0
	}

	fn state_root(_: &ChainId, _: u32) -> Option<H256> {
		None
	}

	fn origin_of(_: &ChainId) -> Option<Origin> {
		None
	}
}

/// Stands in for the lanes: everything arrives.
pub struct Lane;

impl SendMessage for Lane {
	fn send(_: ChainId, _: Message) -> Result<u64, DispatchError> {
		Ok(0)
	}

	fn room(_: &ChainId, _: LaneId) -> u32 {
		u32::MAX
	}
}
