// SPDX-License-Identifier: Apache-2.0
//! Stored records.

mod chain;
mod contract;
mod stream;

pub use chain::*;
pub use contract::*;
pub use stream::*;

/// Derives what every stored record has.
macro_rules! record {
	($($item:item)*) => {
		$(
			#[derive(
				codec::Encode,
				codec::Decode,
				codec::DecodeWithMemTracking,
				codec::MaxEncodedLen,
				scale_info::TypeInfo,
				Clone,
				Debug,
				PartialEq,
				Eq,
			)]
			$item
		)*
	};
}
pub(crate) use record;
