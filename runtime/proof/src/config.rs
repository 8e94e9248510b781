// SPDX-License-Identifier: Apache-2.0
//! Configuration of the pallets that make a proof chain.

use crate::*;
use frame_support::{
	parameter_types,
	traits::{ConstBool, ConstU128, ConstU32, Contains, Get},
	PalletId,
};
use terrace_layers::Beacon;
use terrace_runtime_common::constants::{EXISTENTIAL_DEPOSIT, UNIT};

parameter_types! {
	/// Account that holds tokens locked for children, of which a proof chain has none.
	pub const LockedTokens: PalletId = PalletId(*b"terr/lck");
}

/// Nobody owns anything on this layer: it takes inherents and calls that need no account.
pub struct AccountlessOnly;

impl Contains<RuntimeCall> for AccountlessOnly {
	fn contains(call: &RuntimeCall) -> bool {
		matches!(
			call,
			RuntimeCall::Timestamp(_)
				| RuntimeCall::System(_)
				| RuntimeCall::ChainRegistry(pallet_chain_registry::Call::submit_finality { .. })
				| RuntimeCall::CrossLayer(pallet_cross_layer::Call::relay { .. })
				| RuntimeCall::ProofVerification(_)
		)
	}
}

/// Main-chain randomness arrives here as a message.
pub struct NoBeacon;

impl Get<Option<Beacon>> for NoBeacon {
	fn get() -> Option<Beacon> {
		None
	}
}

/// The VRF output of the previous block's author, which only its author could withhold.
pub struct AuthorVrf;

impl Get<Option<[u8; 32]>> for AuthorVrf {
	fn get() -> Option<[u8; 32]> {
		Babe::author_vrf_randomness()
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
	type OnNeighbour = CrossLayer;
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
	type OnMessage = ProofVerification;
	type PalletId = LockedTokens;
	type Registry = ChainRegistry;
	type WeightInfo = pallet_cross_layer::weights::SubstrateWeight<Runtime>;
}

impl pallet_proof_verification::Config for Runtime {
	type Beacon = CrossLayer;
	// A full page of proofs for blobs of a terabyte, one challenge each, is 130 KiB.
	type MaxBatchBytes = ConstU32<{ 256 * 1024 }>;
	type MaxPagesPerStream = ConstU32<1_024>;
	type MaxPartialFaults = ConstU32<64>;
	type MaxStreams = ConstU32<4_096>;
	type Outbound = CrossLayer;
	type Registry = ChainRegistry;
	type Vrf = AuthorVrf;
	type WeightInfo = pallet_proof_verification::weights::SubstrateWeight<Runtime>;
}
