// SPDX-License-Identifier: Apache-2.0
//! What a referendum may be called in the name of, besides root.

pub use pallet::*;

use crate::{AccountId, RuntimeOrigin};
use frame_support::traits::{EitherOf, EnsureOrigin};

/// The origins of referenda that are not root's.
#[frame_support::pallet]
pub mod pallet {
	use frame_support::pallet_prelude::*;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {}

	/// In whose name a referendum acts.
	#[pallet::origin]
	#[derive(
		Encode,
		Decode,
		DecodeWithMemTracking,
		MaxEncodedLen,
		TypeInfo,
		Clone,
		Copy,
		Debug,
		PartialEq,
		Eq,
	)]
	pub enum Origin {
		/// Fees, committee and treasury.
		#[codec(index = 0)]
		GeneralAdmin,
		/// Contract chains and, through messages, everything on them and below.
		#[codec(index = 1)]
		ChainAdmin,
		/// Dispatches what the technical committee has put on the whitelist.
		#[codec(index = 2)]
		WhitelistedCaller,
	}
}

/// Declares what lets one origin of this pallet pass.
macro_rules! ensure {
	($(#[$doc:meta])* $name:ident, $variant:ident) => {
		$(#[$doc])*
		pub struct $name;

		impl EnsureOrigin<RuntimeOrigin> for $name {
			type Success = ();

			fn try_origin(origin: RuntimeOrigin) -> Result<(), RuntimeOrigin> {
				match origin.caller {
					crate::OriginCaller::Origins(Origin::$variant) => Ok(()),
					_ => Err(origin),
				}
			}

			#[cfg(feature = "runtime-benchmarks")]
			fn try_successful_origin() -> Result<RuntimeOrigin, ()> {
				Ok(Origin::$variant.into())
			}
		}
	};
}

ensure!(
	/// Lets a referendum of the general track pass.
	EnsureGeneralTrack,
	GeneralAdmin
);
ensure!(
	/// Lets a referendum of the chains' track pass.
	EnsureChainTrack,
	ChainAdmin
);
ensure!(
	/// Lets a referendum of the fast track pass.
	EnsureFastTrack,
	WhitelistedCaller
);

/// Who may change fees and committee, and cancel referenda.
pub type EnsureGeneralAdmin = EitherOf<frame_system::EnsureRoot<AccountId>, EnsureGeneralTrack>;
/// Who administers contract chains.
pub type EnsureChainAdmin = EitherOf<frame_system::EnsureRoot<AccountId>, EnsureChainTrack>;
/// Who dispatches whitelisted calls.
pub type EnsureWhitelistedCaller = EitherOf<frame_system::EnsureRoot<AccountId>, EnsureFastTrack>;
