// SPDX-License-Identifier: Apache-2.0
//! Runtime of a contract chain: storage contracts and the registry of proof chains.

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

pub use config::*;

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
			spec_name: Cow::Borrowed("terrace-contract"),
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
	#[runtime::pallet_index(12)]
	pub type Admin = terrace_runtime_common::admin;

	#[runtime::pallet_index(20)]
	pub type ChainRegistry = pallet_chain_registry;
	#[runtime::pallet_index(21)]
	pub type CrossLayer = pallet_cross_layer;

	#[runtime::pallet_index(30)]
	pub type StorageProviders = pallet_storage_providers;
	#[runtime::pallet_index(31)]
	pub type StorageContracts = pallet_storage_contracts;
}

terrace_runtime_common::configure_common_pallets!(
	call_filter: frame_support::traits::Everything,
	block_hash_count: 4_096,
	fees: terrace_runtime_common::FeesToAuthors<Runtime>
);

terrace_runtime_common::implement_apis! {
	impl terrace_runtime_common::apis::MarketApi<Block> for Runtime {
		fn provider(who: AccountId) -> Option<terrace_layers::views::ProviderView> {
			StorageProviders::provider(who)
		}
		fn providers(
			from: Option<AccountId>,
			limit: u32,
		) -> alloc::vec::Vec<terrace_layers::views::ProviderView> {
			StorageProviders::providers(from, limit)
		}
		fn exit_report(who: AccountId) -> Option<terrace_layers::views::ExitReport> {
			let state = StorageProviders::exit_state(who.clone())?;
			let contracts = StorageContracts::contracts_left(who.clone());
			let penalties = StorageContracts::penalties_left(who);
			Some(terrace_layers::views::ExitReport { state, contracts, penalties })
		}
		fn contract(
			id: terrace_layers::ContractId,
		) -> Option<terrace_layers::views::ContractView> {
			StorageContracts::contract(id)
		}
		fn contracts_of(
			who: AccountId,
			from: terrace_layers::ContractId,
			limit: u32,
		) -> alloc::vec::Vec<terrace_layers::views::ContractView> {
			StorageContracts::contracts_of(who, from, limit)
		}
		fn proof_chains() -> alloc::vec::Vec<terrace_layers::views::ProofChainView> {
			StorageContracts::proof_chains()
		}
		fn stream(
			provider: AccountId,
			chain: terrace_layers::ChainId,
		) -> Option<terrace_layers::views::StreamView> {
			StorageContracts::stream(provider, chain)
		}
		fn quote(
			provider: AccountId,
			terms: terrace_layers::Terms,
		) -> Option<terrace_layers::views::Quote> {
			StorageContracts::quote(provider, terms)
		}
		fn preflight_propose(
			client: AccountId,
			provider: AccountId,
			terms: terrace_layers::Terms,
		) -> alloc::vec::Vec<terrace_layers::views::Obstacle> {
			StorageContracts::preflight_propose(client, provider, terms)
		}
		fn preflight_accept(
			id: terrace_layers::ContractId,
		) -> alloc::vec::Vec<terrace_layers::views::Obstacle> {
			StorageContracts::preflight_accept(id)
		}
		fn preflight_close(
			id: terrace_layers::ContractId,
		) -> alloc::vec::Vec<terrace_layers::views::Obstacle> {
			StorageContracts::preflight_close(id)
		}
		fn explain(
			id: terrace_layers::ContractId,
		) -> alloc::vec::Vec<terrace_layers::views::Note> {
			StorageContracts::explain(id)
		}
	}
}
