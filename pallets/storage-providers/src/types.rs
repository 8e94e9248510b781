// SPDX-License-Identifier: Apache-2.0
//! Stored records.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use terrace_layers::{Balance, Offer};

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
}

impl ProviderRecord {
	/// Whether nothing is booked.
	pub fn is_idle(&self) -> bool {
		self.used == 0 && self.required == 0
	}
}
