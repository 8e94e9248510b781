// SPDX-License-Identifier: Apache-2.0
//! Identifiers and terms that contract chains and proof chains share.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::{sr25519, ConstU32};
use sp_runtime::BoundedVec;

macro_rules! id {
	($(#[$doc:meta])* $name:ident($inner:ty)) => {
		$(#[$doc])*
		#[derive(
			Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
			Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash,
		)]
		#[serde(transparent)]
		pub struct $name(pub $inner);

		impl $name {
			/// The following one; saturates at the type's end.
			pub const fn next(self) -> Self {
				Self(self.0.saturating_add(1))
			}
		}

		impl core::fmt::Display for $name {
			fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
				self.0.fmt(f)
			}
		}
	};
}

id! {
	/// A storage contract on its contract chain.
	ContractId(u64)
}
id! {
	/// A stretch of a storage contract with unchanging terms: the unit that is proven and settled.
	///
	/// A leg's id is never used again.
	LegId(u64)
}
id! {
	/// A provider's payment stream from one proof chain, numbered by the contract chain.
	StreamId(u32)
}
id! {
	/// A proof window of one proof chain: logical time that only moves when a report is sent.
	Window(u32)
}
id! {
	/// A batch of tracked legs, numbered per proof chain by the contract chain.
	BatchId(u64)
}

/// Key that signs possession proofs.
pub type Operator = sr25519::Public;
/// Signature of an operator.
pub type OperatorSignature = sr25519::Signature;
/// Where a provider serves its HTTP interface, as a URL.
pub type Endpoint = BoundedVec<u8, ConstU32<128>>;

/// What a provider offers.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq,
)]
pub struct Offer {
	/// URL of the provider's HTTP interface.
	pub endpoint: Endpoint,
	/// Price of one GiB for one window, in the token's smallest unit.
	pub price: u128,
	/// Most bytes the provider takes in all.
	pub capacity: u64,
	/// Fewest windows of one contract.
	pub min_windows: u32,
	/// Most windows of one contract.
	pub max_windows: u32,
	/// Key that signs the provider's possession proofs.
	pub operator: Operator,
}

/// Bytes of one GiB.
pub const GIB: u128 = 1 << 30;

/// Price of one window for `size` bytes at `price` per GiB: rounded up, at least 1.
///
/// `None` on overflow.
pub fn rate(price: u128, size: u64) -> Option<u128> {
	let exact = price.checked_mul(u128::from(size))?;
	Some(exact.div_ceil(GIB).max(1))
}
