// SPDX-License-Identifier: Apache-2.0
//! New code: announced by root, applied by anyone once its day has come.

pub use pallet::*;

use codec::Encode;
use frame_support::{
	dispatch::{DispatchResultWithPostInfo, Pays},
	ensure,
	pallet_prelude::{
		InvalidTransaction, TransactionPriority, TransactionValidityWithRefund, UnknownTransaction,
		ValidTransaction,
	},
	traits::Get,
	weights::Weight,
};
use frame_system::{pallet_prelude::BlockNumberFor, CanSetCodeResult, SetCode};
use sp_runtime::{
	traits::{Hash, Saturating},
	DispatchResult,
};

/// Priority of new code in the pool: above everything that the old code would still do.
const PRIORITY: TransactionPriority = TransactionPriority::MAX;
/// Blocks that new code stays in a pool.
const LONGEVITY: u64 = 64;
/// Time to hash code and to read its version: it has to be unpacked.
const CHECK: Weight = Weight::from_parts(50_000_000_000, 0);

/// The announcement of new code.
#[frame_support::pallet]
pub mod pallet {
	use super::CHECK;
	use alloc::vec::Vec;
	use frame_support::{dispatch::DispatchResultWithPostInfo, pallet_prelude::*};
	use frame_system::{pallet_prelude::*, WeightInfo};

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// What the runtime provides.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Least blocks between an announcement and the first block that may apply it.
		type Notice: Get<BlockNumberFor<Self>>;
	}

	/// Code that may be applied.
	#[derive(
		Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq,
	)]
	pub struct Announcement<H, BlockNumber> {
		/// Hash of the code.
		pub code_hash: H,
		/// First block that may apply it.
		pub not_before: BlockNumber,
	}

	/// The code that is to come.
	#[pallet::storage]
	pub type Announced<T: Config> =
		StorageValue<_, Announcement<T::Hash, BlockNumberFor<T>>, OptionQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Code was announced; an older announcement no longer holds.
		UpgradeAnnounced {
			/// Hash of the code.
			code_hash: T::Hash,
			/// First block that may apply it.
			not_before: BlockNumberFor<T>,
		},
		/// The announced code will not come.
		UpgradeCancelled {
			/// Hash of the code.
			code_hash: T::Hash,
		},
		/// The announced code runs from the next block on.
		UpgradeApplied {
			/// Hash of the code.
			code_hash: T::Hash,
		},
	}

	/// Why a call failed.
	#[pallet::error]
	pub enum Error<T> {
		/// This code runs already.
		AlreadyRunning,
		/// No code is announced.
		NothingAnnounced,
		/// The announced code may not be applied yet; wait for the announced block.
		TooEarly,
		/// This is not the code that was announced.
		WrongHash,
		/// The announced code does not say which runtime it is.
		NoVersion,
		/// The announced code is the runtime of another kind of chain.
		WrongName,
		/// The announced code is not newer than the one that runs.
		VersionNotHigher,
		/// A migration of the last upgrade is under way; wait until it is done.
		Migrating,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state().map_err(sp_runtime::TryRuntimeError::Other)
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Announces code, in place of what was announced before.
		///
		/// *Origin* root. A block sooner than the least notice is put off to its end: whoever voted
		/// could not know how long the vote's way here would be. *Fails if* the code runs already.
		/// *Emits* [`Event::UpgradeAnnounced`].
		#[pallet::call_index(0)]
		#[pallet::weight((
			T::SystemWeightInfo::authorize_upgrade().saturating_add(T::DbWeight::get().reads(2)),
			DispatchClass::Operational,
		))]
		pub fn announce(
			origin: OriginFor<T>,
			code_hash: T::Hash,
			not_before: BlockNumberFor<T>,
		) -> DispatchResult {
			ensure_root(origin)?;
			Self::do_announce(code_hash, not_before)
		}

		/// Takes an announcement back.
		///
		/// *Origin* root. *Fails if* nothing is announced. *Emits* [`Event::UpgradeCancelled`].
		#[pallet::call_index(1)]
		#[pallet::weight((T::SystemWeightInfo::authorize_upgrade(), DispatchClass::Operational))]
		pub fn cancel(origin: OriginFor<T>) -> DispatchResult {
			ensure_root(origin)?;
			let gone = Announced::<T>::take().ok_or(Error::<T>::NothingAnnounced)?;
			Self::deposit_event(Event::UpgradeCancelled { code_hash: gone.code_hash });
			Ok(())
		}

		/// Brings the announced code, which then runs from the next block on. It costs nothing.
		///
		/// *Origin* signed by anyone, or none. *Fails if* it is too early, or the code is not the
		/// announced one, not of this chain's name, or not newer. *Emits* [`Event::UpgradeApplied`].
		#[pallet::call_index(2)]
		#[pallet::weight((
			T::SystemWeightInfo::apply_authorized_upgrade(),
			DispatchClass::Operational,
		))]
		#[pallet::authorize(|_, code| Pallet::<T>::authorize_apply(code))]
		#[pallet::weight_of_authorize(CHECK)]
		pub fn apply(origin: OriginFor<T>, code: Vec<u8>) -> DispatchResultWithPostInfo {
			ensure_authorized(origin.clone()).or_else(|_| ensure_signed(origin).map(drop))?;
			Self::do_apply(code)
		}
	}
}

impl<T: Config> Pallet<T> {
	fn do_announce(code_hash: T::Hash, not_before: BlockNumberFor<T>) -> DispatchResult {
		ensure!(Self::running() != Some(code_hash), Error::<T>::AlreadyRunning);
		let now = frame_system::Pallet::<T>::block_number();
		let not_before = not_before.max(now.saturating_add(T::Notice::get()));
		Announced::<T>::put(Announcement { code_hash, not_before });
		Self::deposit_event(Event::UpgradeAnnounced { code_hash, not_before });
		Ok(())
	}

	fn do_apply(code: alloc::vec::Vec<u8>) -> DispatchResultWithPostInfo {
		let code_hash = Self::check(&code)?;
		Announced::<T>::kill();
		T::OnSetCode::set_code(code)?;
		Self::deposit_event(Event::UpgradeApplied { code_hash });
		Ok(Pays::No.into())
	}

	/// Whether `code` may be applied now; writes nothing.
	fn check(code: &[u8]) -> Result<T::Hash, Error<T>> {
		let announced = Announced::<T>::get().ok_or(Error::<T>::NothingAnnounced)?;
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now >= announced.not_before, Error::<T>::TooEarly);
		let code_hash = T::Hashing::hash(code);
		ensure!(code_hash == announced.code_hash, Error::<T>::WrongHash);
		match frame_system::Pallet::<T>::can_set_code(code, true) {
			CanSetCodeResult::Ok => Ok(code_hash),
			CanSetCodeResult::MultiBlockMigrationsOngoing => Err(Error::<T>::Migrating),
			CanSetCodeResult::InvalidVersion(reason) => Err(Self::refusal(reason)),
		}
	}

	fn refusal(reason: frame_system::Error<T>) -> Error<T> {
		match reason {
			frame_system::Error::<T>::InvalidSpecName => Error::<T>::WrongName,
			frame_system::Error::<T>::SpecVersionNeedsToIncrease => Error::<T>::VersionNotHigher,
			_ => Error::<T>::NoVersion,
		}
	}

	/// Takes into the pool only what will be applied: nobody pays for what is not.
	fn authorize_apply(code: &[u8]) -> TransactionValidityWithRefund {
		let code_hash = Self::check(code).map_err(|error| match error {
			Error::<T>::TooEarly | Error::<T>::Migrating => UnknownTransaction::CannotLookup.into(),
			Error::<T>::NothingAnnounced => InvalidTransaction::Stale.into(),
			_ => sp_runtime::transaction_validity::TransactionValidityError::from(
				InvalidTransaction::BadProof,
			),
		})?;
		let valid = ValidTransaction {
			priority: PRIORITY,
			provides: alloc::vec![("terrace/upgrade", code_hash).encode()],
			longevity: LONGEVITY,
			..Default::default()
		};
		Ok((valid, Weight::zero()))
	}

	/// Hash of the code that runs.
	fn running() -> Option<T::Hash> {
		let code = sp_io::storage::get(sp_core::storage::well_known_keys::CODE)?;
		Some(T::Hashing::hash(&code))
	}

	/// What must hold after every block.
	#[cfg(any(feature = "try-runtime", test))]
	pub(crate) fn do_try_state() -> Result<(), &'static str> {
		let announced = Announced::<T>::get().map(|announced| announced.code_hash);
		if announced.is_some() && announced == Self::running() {
			return Err("upgrades: what runs is announced as yet to come");
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests;
