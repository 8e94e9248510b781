// SPDX-License-Identifier: Apache-2.0
//! Configuration of the pallets that join the main chain with its contract chains.

use crate::*;
use frame_support::{
	traits::{tokens::imbalance::ResolveTo, Get},
	weights::Weight,
};
use terrace_layers::{Beacon, ChainId, Message, OnMessage, Relation};

terrace_runtime_common::configure_links! {
	accountless: false,
	admin: EnsureChainAdmin,
	min_bond: dynamic_params::chains::MinBond,
	on_slash: ResolveTo<pallet_treasury::TreasuryAccountId<Runtime>, Balances>,
	on_neighbour: CrossLayer,
	new_beacon: EpochRandomness,
	on_message: NoStorageMessages,
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
