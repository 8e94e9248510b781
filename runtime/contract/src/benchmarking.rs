// SPDX-License-Identifier: Apache-2.0
//! What benchmarks of the market need of the pallets around it.

use crate::*;
use frame_support::traits::fungible::Mutate;
use sp_core::H256;
use terrace_layers::{ChainId, Offer, OnNeighbour, Origin, Relation};
use terrace_runtime_common::benchmarking::Links;

frame_benchmarking::define_benchmarks!(
	[pallet_chain_registry, ChainRegistry]
	[pallet_storage_contracts, StorageContracts]
	[pallet_storage_providers, StorageProviders]
);

/// The market of this runtime.
pub struct Market;

impl pallet_storage_contracts::BenchmarkHelper for Market {
	fn proof_chain(index: u32, origin: &Origin) -> ChainId {
		if index == 0 {
			frame_system::BlockHash::<Runtime>::insert(0, H256::repeat_byte(2));
		}
		let child = Links::<Runtime>::register(Relation::Child, index, Some(origin.clone()));
		CrossLayer::on_registered(child, Relation::Child, origin).expect("it has no lanes yet");
		child
	}

	fn provider(index: u32, offer: Offer, collateral: Balance) -> AccountId {
		let who: AccountId = frame_benchmarking::account("provider", index, 0);
		Balances::mint_into(&who, collateral.saturating_mul(2)).expect("there is room");
		let origin = RuntimeOrigin::signed(who.clone());
		StorageProviders::register(origin, offer, collateral).expect("the offer is sound");
		who
	}

	fn set_state_root(chain: &ChainId, number: BlockNumber, root: H256) {
		<Links<Runtime> as pallet_cross_layer::BenchmarkHelper>::set_state_root(
			chain, number, root,
		);
	}

	fn set_time(ms: u64) {
		pallet_timestamp::Now::<Runtime>::put(ms);
	}
}
