// SPDX-License-Identifier: Apache-2.0
//! Configuration of the pallets that make a contract chain.

use crate::*;
use frame_support::{
	parameter_types,
	traits::{ConstBool, ConstU128, ConstU32, ConstU8},
	PalletId,
};
use terrace_runtime_common::constants::{EXISTENTIAL_DEPOSIT, MINUTES, UNIT};

parameter_types! {
	/// Account that holds the tokens locked for proof chains.
	pub const LockedTokens: PalletId = PalletId(*b"terr/lck");
	/// Account that holds the escrow of accepted contracts.
	pub const ContractPot: PalletId = PalletId(*b"terr/pot");
}

/// Main-chain randomness arrives here as a message.
pub struct NoBeacon;

impl frame_support::traits::Get<Option<terrace_layers::Beacon>> for NoBeacon {
	fn get() -> Option<terrace_layers::Beacon> {
		None
	}
}

impl pallet_chain_registry::Config for Runtime {
	type Accountless = ConstBool<true>;
	type AdminOrigin = frame_system::EnsureRoot<AccountId>;
	type Backing = CrossLayer;
	type Currency = Balances;
	type FreeInterval = ConstU32<10>;
	type HeadersToKeep = ConstU32<64>;
	type MinBond = ConstU128<{ 100 * UNIT }>;
	type OnNeighbour = (CrossLayer, StorageContracts);
	type RegisterOrigin = frame_system::EnsureSigned<AccountId>;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WeightInfo = pallet_chain_registry::weights::SubstrateWeight<Runtime>;
}

impl pallet_cross_layer::Config for Runtime {
	type Accountless = ConstBool<true>;
	type Currency = Balances;
	type MaxDeadLetters = ConstU32<256>;
	type MinTransfer = ConstU128<{ 2 * EXISTENTIAL_DEPOSIT }>;
	type NewBeacon = NoBeacon;
	type OnMessage = StorageContracts;
	type PalletId = LockedTokens;
	type Registry = ChainRegistry;
	type WeightInfo = pallet_cross_layer::weights::SubstrateWeight<Runtime>;
}

impl pallet_storage_providers::Config for Runtime {
	type Currency = Balances;
	type MinCollateral = ConstU128<{ UNIT }>;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WeightInfo = pallet_storage_providers::weights::SubstrateWeight<Runtime>;
}

impl pallet_storage_contracts::Config for Runtime {
	type Challenges = ConstU8<1>;
	type CollateralWindows = ConstU32<2>;
	type Currency = Balances;
	type EndGrid = ConstU32<1>;
	type MaxEdges = ConstU32<512>;
	type MaxOutages = ConstU32<256>;
	type MaxPending = ConstU32<256>;
	type MaxProposalsOfClient = ConstU32<256>;
	type MaxProposalsToProvider = ConstU32<1_024>;
	type MaxSteps = ConstU32<64>;
	type MaxStreams = ConstU32<4_096>;
	type Now = Timestamp;
	type Outbound = CrossLayer;
	type PalletId = ContractPot;
	type ProposalLifetime = ConstU32<{ 30 * MINUTES }>;
	type Providers = StorageProviders;
	type Registry = ChainRegistry;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WeightInfo = pallet_storage_contracts::weights::SubstrateWeight<Runtime>;
}
