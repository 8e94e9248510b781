// SPDX-License-Identifier: Apache-2.0
//! The size of a blob, from which all of its tree follows.

use crate::{CHUNK_SIZE, MAX_BLOB_SIZE};
use codec::{Decode, DecodeWithMemTracking, Encode, Input, MaxEncodedLen};
use scale_info::TypeInfo;

/// Bytes in a blob: at least one, at most [`MAX_BLOB_SIZE`].
///
/// No other value exists: decoding one fails.
#[derive(
	Encode, MaxEncodedLen, TypeInfo, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "u64", into = "u64"))]
pub struct BlobSize(u64);

/// A length that no blob of a contract can have.
#[derive(thiserror::Error, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeError {
	/// Nothing is stored, so nothing could be proven; store at least one byte.
	#[error("a blob has at least one byte")]
	Empty,
	/// The blob is over the limit; store it in several parts.
	#[error("a blob has at most {max} bytes, not {got}")]
	TooLarge {
		/// The length asked for.
		got: u64,
		/// The longest one allowed.
		max: u64,
	},
}

impl BlobSize {
	/// The size of a blob of `bytes` bytes.
	pub const fn new(bytes: u64) -> Result<Self, SizeError> {
		match bytes {
			0 => Err(SizeError::Empty),
			1..=MAX_BLOB_SIZE => Ok(Self(bytes)),
			_ => Err(SizeError::TooLarge { got: bytes, max: MAX_BLOB_SIZE }),
		}
	}

	/// The number of bytes.
	pub const fn get(self) -> u64 {
		self.0
	}

	/// The number of chunks; only the last one may be shorter than [`CHUNK_SIZE`].
	pub const fn chunks(self) -> u64 {
		self.0.div_ceil(CHUNK_SIZE)
	}

	/// The number of levels between the root and the deepest chunk.
	pub const fn depth(self) -> u32 {
		self.chunks().next_power_of_two().trailing_zeros()
	}
}

impl TryFrom<u64> for BlobSize {
	type Error = SizeError;

	fn try_from(bytes: u64) -> Result<Self, SizeError> {
		Self::new(bytes)
	}
}

impl From<BlobSize> for u64 {
	fn from(size: BlobSize) -> u64 {
		size.0
	}
}

impl core::fmt::Display for BlobSize {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		self.0.fmt(f)
	}
}

impl Decode for BlobSize {
	fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
		Self::new(u64::decode(input)?).map_err(|_| "no blob has this size".into())
	}
}

impl DecodeWithMemTracking for BlobSize {}
