// SPDX-License-Identifier: Apache-2.0
//! Configuration of the pallets that make a contract chain.

use crate::*;
use frame_support::{
	parameter_types,
	traits::{ConstU128, ConstU32, ConstU8},
	PalletId,
};
use terrace_runtime_common::constants::{MINUTES, UNIT};

parameter_types! {
	/// Account that holds the escrow of accepted contracts.
	pub const ContractPot: PalletId = PalletId(*b"terr/pot");
}

terrace_runtime_common::configure_links! {
	accountless: true,
	min_bond: 100 * UNIT,
	on_neighbour: (CrossLayer, StorageContracts),
	new_beacon: (),
	on_message: StorageContracts,
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
