// SPDX-License-Identifier: Apache-2.0
//! Configuration of the pallets that make a proof chain.

use crate::*;
use frame_support::traits::{ConstU128, ConstU32, Contains, Get};
use terrace_runtime_common::constants::UNIT;

/// Nobody owns anything on this layer: it takes inherents and calls that need no account.
pub struct AccountlessOnly;

impl Contains<RuntimeCall> for AccountlessOnly {
	fn contains(call: &RuntimeCall) -> bool {
		use pallet_chain_registry::Call as Registry;
		matches!(
			call,
			RuntimeCall::Timestamp(_)
				| RuntimeCall::System(_)
				| RuntimeCall::ChainRegistry(
					Registry::submit_finality { .. }
						| Registry::submit_finality_batch { .. }
						| Registry::expire { .. }
						| Registry::recover_parent { .. }
						| Registry::apply_recovery { .. }
						| Registry::report_equivocation { .. }
						| Registry::report_fork { .. }
				) | RuntimeCall::CrossLayer(
				pallet_cross_layer::Call::relay { .. }
					| pallet_cross_layer::Call::redispatch { .. }
			) | RuntimeCall::ProofVerification(_)
				| RuntimeCall::Upgrades(terrace_runtime_common::upgrades::Call::apply { .. })
		)
	}
}

/// The VRF output of the previous block's author, which only its author could withhold.
pub struct AuthorVrf;

impl Get<Option<[u8; 32]>> for AuthorVrf {
	fn get() -> Option<[u8; 32]> {
		Babe::author_vrf_randomness()
	}
}

terrace_runtime_common::configure_links! {
	accountless: true,
	admin: frame_system::EnsureRoot<AccountId>,
	min_bond: ConstU128<{ 100 * UNIT }>,
	on_slash: (),
	on_neighbour: CrossLayer,
	new_beacon: (),
	on_message: Admin,
}

impl terrace_runtime_common::admin::Config for Runtime {
	type Next = ProofVerification;
	type Trace = CrossLayer;
}

impl pallet_proof_verification::Config for Runtime {
	type Beacon = CrossLayer;
	// A week of ten-minute windows: longer than any appeal waits.
	type BoundsKept = ConstU32<1_024>;
	type MaxBatchBytes = ConstU32<{ terrace_layers::MAX_BATCH_BYTES }>;
	type MaxPagesPerStream = ConstU32<1_024>;
	type MaxPartialFaults = ConstU32<64>;
	type MaxStreams = ConstU32<4_096>;
	type Outbound = CrossLayer;
	type Registry = ChainRegistry;
	type Vrf = AuthorVrf;
	type WeightInfo = pallet_proof_verification::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::ReportLane;
}
