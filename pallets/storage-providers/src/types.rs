// SPDX-License-Identifier: Apache-2.0
//! Stored records.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use terrace_layers::{AccountId, Balance, BlockNumber, Offer};

/// A registered provider.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq,
)]
pub struct ProviderRecord {
	/// Terms for contracts to come.
	pub offer: Offer,
	/// Whether it takes new contracts.
	pub accepting: bool,
	/// Bytes booked by running contracts.
	pub used: u64,
	/// Collateral that running contracts require.
	pub required: Balance,
	/// Account that earnings go to; the provider's own when none is named.
	pub payee: Option<AccountId>,
	/// Penalties that may still come, by the streams they are about.
	pub cases: u32,
	/// Block since which it holds less than contracts require.
	pub probation_since: Option<BlockNumber>,
	/// Block in which it announced that it leaves.
	pub exiting_since: Option<BlockNumber>,
	/// Block in which a contract last gave something back.
	pub released_at: Option<BlockNumber>,
}

impl ProviderRecord {
	/// A provider that has just registered.
	pub fn new(offer: Offer) -> Self {
		Self {
			offer,
			accepting: true,
			used: 0,
			required: 0,
			payee: None,
			cases: 0,
			probation_since: None,
			exiting_since: None,
			released_at: None,
		}
	}

	/// Whether it takes new contracts.
	pub fn takes_contracts(&self) -> bool {
		self.accepting && self.exiting_since.is_none() && self.probation_since.is_none()
	}

	/// Whether nothing is booked.
	pub fn is_idle(&self) -> bool {
		self.used == 0 && self.required == 0
	}
}
