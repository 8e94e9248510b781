// SPDX-License-Identifier: Apache-2.0
//! Thirty-two bytes that people read as hexadecimal digits.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, str::FromStr};
use scale_info::TypeInfo;

/// A text that is not 64 hexadecimal digits.
#[derive(thiserror::Error, Clone, Debug)]
#[error("64 hexadecimal digits expected: {0}")]
pub struct NotHex(blake3::HexError);

macro_rules! hex_bytes {
	($(#[$attribute:meta])* $name:ident) => {
		$(#[$attribute])*
		#[derive(
			Encode,
			Decode,
			DecodeWithMemTracking,
			MaxEncodedLen,
			TypeInfo,
			Clone,
			Copy,
			PartialEq,
			Eq,
			PartialOrd,
			Ord,
			Hash,
		)]
		pub struct $name(pub [u8; 32]);

		impl $name {
			/// The bytes.
			pub const fn as_bytes(&self) -> &[u8; 32] {
				&self.0
			}
		}

		impl From<[u8; 32]> for $name {
			fn from(bytes: [u8; 32]) -> Self {
				Self(bytes)
			}
		}

		impl AsRef<[u8]> for $name {
			fn as_ref(&self) -> &[u8] {
				&self.0
			}
		}

		impl fmt::Display for $name {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				f.pad(&blake3::Hash::from(self.0).to_hex())
			}
		}

		impl fmt::Debug for $name {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				fmt::Display::fmt(self, f)
			}
		}

		impl FromStr for $name {
			type Err = NotHex;

			fn from_str(text: &str) -> Result<Self, NotHex> {
				blake3::Hash::from_hex(text).map(|hash| Self(hash.into())).map_err(NotHex)
			}
		}

		#[cfg(feature = "serde")]
		impl serde::Serialize for $name {
			fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
				serializer.collect_str(self)
			}
		}

		#[cfg(feature = "serde")]
		impl<'de> serde::Deserialize<'de> for $name {
			fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
				<alloc::string::String as serde::Deserialize>::deserialize(from)?
					.parse()
					.map_err(serde::de::Error::custom)
			}
		}
	};
}

hex_bytes! {
	/// The name of a blob: its BLAKE3 hash, which `b3sum FILE` prints.
	ContentId
}

hex_bytes! {
	/// The randomness from which the challenges of one window are drawn.
	ChallengeSeed
}

impl ContentId {
	/// The content id of `data`.
	pub fn of(data: &[u8]) -> Self {
		Self(blake3::hash(data).into())
	}
}
