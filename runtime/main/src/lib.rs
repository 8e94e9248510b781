// SPDX-License-Identifier: Apache-2.0
//! Runtime of the main chain: the token and the registry of contract chains.

#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "512"]
// The runtime macros expand to undocumented items.
#![allow(missing_docs)]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

#[cfg(feature = "runtime-benchmarks")]
#[macro_use]
mod benchmarking;
mod config;
pub mod genesis;
mod governance;
pub mod origins;
mod parameters;
pub mod tracks;

pub use config::*;
pub use governance::*;
pub use parameters::*;

use frame_support::derive_impl;

use alloc::{borrow::Cow, vec::Vec};
use sp_version::RuntimeVersion;
use terrace_runtime_common::{extension::TxExtension, Address, Signature};
pub use terrace_runtime_common::{opaque, AccountId, Balance, BlockNumber, Hash, Header, Nonce};

/// Declares the version: the macro that puts it into the blob reads literals only.
macro_rules! version {
	($spec_version:tt) => {
		/// Version of this runtime.
		#[sp_version::runtime_version]
		pub const VERSION: RuntimeVersion = RuntimeVersion {
			spec_name: Cow::Borrowed("terrace-main"),
			impl_name: Cow::Borrowed("terrace"),
			authoring_version: 1,
			spec_version: $spec_version,
			impl_version: 0,
			apis: RUNTIME_API_VERSIONS,
			transaction_version: 1,
			// Tries of version 1 from genesis on: neighbours verify proofs of one kind only.
			system_version: 1,
		};
	};
}

#[cfg(not(feature = "next"))]
version!(1);
#[cfg(feature = "next")]
version!(2);

frame_support::parameter_types! {
	/// Version of this runtime.
	pub const Version: RuntimeVersion = VERSION;
}

/// Block of this chain.
pub type Block = sp_runtime::generic::Block<Header, UncheckedExtrinsic>;
/// Transaction as it arrives.
pub type UncheckedExtrinsic =
	sp_runtime::generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension<Runtime>>;
/// Executes blocks.
pub type Executive = frame_executive::Executive<
	Runtime,
	Block,
	frame_system::ChainContext<Runtime>,
	Runtime,
	AllPalletsWithSystem,
>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask
	)]
	pub struct Runtime;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(2)]
	pub type Timing = terrace_runtime_common::timing;
	#[runtime::pallet_index(3)]
	pub type Babe = pallet_babe;
	#[runtime::pallet_index(4)]
	pub type Authorship = pallet_authorship;
	#[runtime::pallet_index(5)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(6)]
	pub type TransactionPayment = pallet_transaction_payment;
	#[runtime::pallet_index(7)]
	pub type CollatorSelection = pallet_collator_selection;
	#[runtime::pallet_index(8)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(9)]
	pub type Grandpa = pallet_grandpa;
	#[runtime::pallet_index(10)]
	pub type Utility = pallet_utility;
	#[runtime::pallet_index(11)]
	pub type Upgrades = terrace_runtime_common::upgrades;

	#[runtime::pallet_index(20)]
	pub type ChainRegistry = pallet_chain_registry;
	#[runtime::pallet_index(21)]
	pub type CrossLayer = pallet_cross_layer;

	#[runtime::pallet_index(40)]
	pub type Preimage = pallet_preimage;
	#[runtime::pallet_index(41)]
	pub type Scheduler = pallet_scheduler;
	#[runtime::pallet_index(42)]
	pub type Referenda = pallet_referenda;
	#[runtime::pallet_index(43)]
	pub type ConvictionVoting = pallet_conviction_voting;
	#[runtime::pallet_index(44)]
	pub type TechnicalCommittee = pallet_collective<Instance1>;
	#[runtime::pallet_index(45)]
	pub type Whitelist = pallet_whitelist;
	#[runtime::pallet_index(46)]
	pub type Treasury = pallet_treasury;
	#[runtime::pallet_index(47)]
	pub type Parameters = pallet_parameters;
	#[runtime::pallet_index(48)]
	pub type Origins = origins;
}

terrace_runtime_common::configure_common_pallets!(
	call_filter: frame_support::traits::Everything,
	block_hash_count: 4_096,
	fees: governance::ShareFees
);

terrace_runtime_common::implement_apis! {}
