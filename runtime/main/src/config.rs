// SPDX-License-Identifier: Apache-2.0
//! Configuration of the pallets that join the main chain with its contract chains.

use crate::*;
use frame_support::{
	parameter_types,
	traits::{ConstBool, ConstU128, ConstU32, Get},
	PalletId,
};
use terrace_layers::{Beacon, ChainId, Message, OnMessage, Relation};
use terrace_runtime_common::constants::{EXISTENTIAL_DEPOSIT, UNIT};

parameter_types! {
	/// Account that holds the tokens locked for contract chains.
	pub const LockedTokens: PalletId = PalletId(*b"terr/lck");
}

impl pallet_chain_registry::Config for Runtime {
	type Accountless = ConstBool<false>;
	type AdminOrigin = frame_system::EnsureRoot<AccountId>;
	type Backing = CrossLayer;
	type Currency = Balances;
	type FreeInterval = ConstU32<10>;
	type HeadersToKeep = ConstU32<64>;
	type MinBond = ConstU128<{ 1_000 * UNIT }>;
	type OnNeighbour = CrossLayer;
	type RegisterOrigin = frame_system::EnsureSigned<AccountId>;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WeightInfo = pallet_chain_registry::weights::SubstrateWeight<Runtime>;
}

impl pallet_cross_layer::Config for Runtime {
	type Accountless = ConstBool<false>;
	type Currency = Balances;
	type MaxDeadLetters = ConstU32<256>;
	type MinTransfer = ConstU128<{ 2 * EXISTENTIAL_DEPOSIT }>;
	type NewBeacon = EpochRandomness;
	type OnMessage = NoStorageMessages;
	type PalletId = LockedTokens;
	type Registry = ChainRegistry;
	type WeightInfo = pallet_cross_layer::weights::SubstrateWeight<Runtime>;
}

/// BABE's randomness of the next epoch: fixed before anyone can know what it will be used for.
pub struct EpochRandomness;

impl Get<Option<Beacon>> for EpochRandomness {
	fn get() -> Option<Beacon> {
		let randomness = pallet_babe::NextRandomness::<Runtime>::get();
		let epoch = pallet_babe::EpochIndex::<Runtime>::get();
		// Zero until the first epoch has ended.
		(randomness != [0; 32]).then_some(Beacon { epoch, randomness })
	}
}

/// The main chain takes no storage messages: its children's tokens and randomness are all it knows.
pub struct NoStorageMessages;

impl OnMessage for NoStorageMessages {
	fn weight(_: &Message) -> Weight {
		<Runtime as frame_system::Config>::DbWeight::get().reads(1)
	}

	fn on_message(_: ChainId, _: Relation, _: Message) -> sp_runtime::DispatchResult {
		Err(sp_runtime::DispatchError::Unavailable)
	}
}

use frame_support::weights::Weight;
