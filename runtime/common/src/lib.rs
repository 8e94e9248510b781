// SPDX-License-Identifier: Apache-2.0
//! What the three Terrace runtimes share: types, constants, fees, session rules, runtime APIs and
//! the configuration of the pallets that every layer has.

#![cfg_attr(not(feature = "std"), no_std)]
// `decl_runtime_apis!` expands to code that the compiler counts as unsafe and undocumented.
#![allow(missing_docs)]

extern crate alloc;

pub mod admin;
pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod config;
pub mod constants;
pub mod extension;
mod fees;
pub mod genesis;
mod links;
#[cfg(test)]
mod mock;
mod session;
pub mod timing;
pub mod upgrades;

pub use fees::FeesToAuthors;
pub use session::StableSet;

use sp_runtime::{
	generic,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};

/// Signature of a transaction.
pub type Signature = MultiSignature;
/// Account of every layer.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// Amount of the token.
pub type Balance = terrace_layers::Balance;
/// Block number of every layer.
pub type BlockNumber = terrace_layers::BlockNumber;
/// Transactions of one account so far.
pub type Nonce = u32;
/// Hash of every layer.
pub type Hash = sp_core::H256;
/// How transactions name accounts.
pub type Address = MultiAddress<AccountId, ()>;
/// Header of every layer.
pub type Header = terrace_layers::Header;

/// Blocks whose transactions stay encoded, as the node handles them.
pub mod opaque {
	use super::*;
	pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

	/// Header of every layer.
	pub type Header = generic::Header<super::BlockNumber, BlakeTwo256>;
	/// Block of every layer.
	pub type Block = generic::Block<Header, UncheckedExtrinsic>;
}
