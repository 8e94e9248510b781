// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod calls;
mod endpoint;
mod impls;
mod types;
mod views;
pub mod weights;

#[cfg(any(feature = "try-runtime", test))]
mod try_state;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::*;
pub use views::MAX_PROVIDERS_PER_PAGE;
pub use weights::WeightInfo;

/// Log target of the pallet.
#[cfg(feature = "try-runtime")]
pub(crate) const LOG_TARGET: &str = "runtime::storage-providers";

/// Storage, events, errors and calls.
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{pallet_prelude::*, traits::fungible};
	use frame_system::pallet_prelude::*;
	use terrace_layers::{AccountId, Balance, BlockNumber, Offer};

	/// The pallet.
	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// What the runtime provides.
	#[pallet::config]
	pub trait Config:
		frame_system::Config<AccountId = AccountId, RuntimeEvent: From<Event<Self>>>
	{
		/// Hold reasons of the runtime.
		type RuntimeHoldReason: From<HoldReason>;
		/// The token.
		type Currency: fungible::hold::Mutate<
			AccountId,
			Balance = Balance,
			Reason = Self::RuntimeHoldReason,
		>;
		/// Collateral below which nobody stays registered: an entry costs state.
		#[pallet::constant]
		type MinCollateral: Get<Balance>;
		/// Blocks that a provider has to make up for missing collateral.
		#[pallet::constant]
		type ProbationPeriod: Get<BlockNumber>;
		/// Blocks between a provider's last contract and its leaving.
		#[pallet::constant]
		type ExitCooldown: Get<BlockNumber>;
		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// Why tokens are on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Collateral of a provider; released by withdrawing what is free, or by leaving.
		Collateral,
	}

	/// Everybody who is registered.
	#[pallet::storage]
	pub type Providers<T> = StorageMap<_, Blake2_128Concat, AccountId, ProviderRecord, OptionQuery>;

	/// Accounts that may act for providers: those of the keys that sign their proofs.
	#[pallet::storage]
	pub type Operators<T> = StorageMap<_, Blake2_128Concat, AccountId, AccountId, OptionQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Somebody registered as a provider.
		ProviderRegistered {
			/// The provider.
			who: AccountId,
			/// What it offers.
			offer: Offer,
			/// Collateral held.
			collateral: Balance,
		},
		/// A provider changed its offer; running contracts keep their terms.
		OfferChanged {
			/// The provider.
			who: AccountId,
			/// What it offers now.
			offer: Offer,
		},
		/// A provider paused or resumed.
		AcceptingChanged {
			/// The provider.
			who: AccountId,
			/// Whether it takes new contracts.
			accepting: bool,
		},
		/// A provider added collateral.
		CollateralAdded {
			/// The provider.
			who: AccountId,
			/// How much was added.
			amount: Balance,
			/// Collateral held now.
			held: Balance,
		},
		/// A provider took back free collateral.
		CollateralWithdrawn {
			/// The provider.
			who: AccountId,
			/// How much was taken back.
			amount: Balance,
			/// Collateral held now.
			held: Balance,
		},
		/// A provider's earnings go to another account.
		PayeeChanged {
			/// The provider.
			who: AccountId,
			/// The account; none for its own.
			payee: Option<AccountId>,
		},
		/// A provider takes no more contracts and leaves when those it has are closed.
		ExitAnnounced {
			/// The provider.
			who: AccountId,
		},
		/// A provider stays after all.
		ExitCancelled {
			/// The provider.
			who: AccountId,
		},
		/// A provider holds less than its contracts require: it takes no new ones.
		ProbationBegan {
			/// The provider.
			who: AccountId,
			/// Collateral that is missing.
			missing: Balance,
		},
		/// A provider holds what its contracts require again.
		ProbationEnded {
			/// The provider.
			who: AccountId,
		},
		/// A provider left.
		ProviderLeft {
			/// The former provider.
			who: AccountId,
			/// Collateral given back.
			collateral: Balance,
		},
	}

	/// Why a call failed.
	#[pallet::error]
	pub enum Error<T> {
		/// The account is a provider already; change its offer instead.
		AlreadyRegistered,
		/// The account is no provider; register first.
		NotRegistered,
		/// The endpoint is no `http://` or `https://` URL.
		EndpointInvalid,
		/// The shortest contract is longer than the longest, or has no window.
		WindowsInvalid,
		/// The offer has no capacity.
		CapacityZero,
		/// Running contracts have booked more than the capacity offered.
		CapacityBelowUsed,
		/// The collateral is below the least one.
		CollateralTooLow,
		/// Running contracts require this collateral; close them first.
		CollateralInUse,
		/// The provider has too little capacity left.
		CapacityShort,
		/// The provider has too little free collateral; add some.
		CollateralShort,
		/// Contracts still run; close them first.
		StillCommitted,
		/// The provider has announced that it leaves; cancel that to go on.
		Exiting,
		/// The provider has not announced that it leaves.
		NotExiting,
		/// The provider holds less collateral than its contracts require; add some.
		OnProbation,
		/// Faults or outages may still cost collateral; make them final first.
		PenaltiesOpen,
		/// The last contract was closed too recently; wait.
		CoolingDown,
		/// The operator's key acts for another provider already.
		OperatorTaken,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(
				T::MinCollateral::get() > 0,
				"MinCollateral is 0: registering must cost something that is held"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state().map_err(|reason| {
				log::error!(target: LOG_TARGET, "{reason}");
				sp_runtime::TryRuntimeError::Other("storage providers: broken invariant")
			})
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Registers the caller as a provider and holds its collateral.
		///
		/// *Fails if* the caller is registered, the offer is malformed, or the collateral is below
		/// the least one or not there. *Emits* [`Event::ProviderRegistered`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register())]
		pub fn register(origin: OriginFor<T>, offer: Offer, collateral: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register(who, offer, collateral)
		}

		/// Replaces the caller's offer for contracts to come.
		///
		/// *Fails if* the offer is malformed or its capacity is below what is booked. *Emits*
		/// [`Event::OfferChanged`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::set_offer())]
		pub fn set_offer(origin: OriginFor<T>, offer: Offer) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_offer(who, offer)
		}

		/// Pauses or resumes the caller; contracts that run are not touched.
		///
		/// *Fails if* the caller is no provider. *Emits* [`Event::AcceptingChanged`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::set_accepting())]
		pub fn set_accepting(origin: OriginFor<T>, accepting: bool) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_accepting(who, accepting)
		}

		/// Adds to the caller's collateral.
		///
		/// *Fails if* the caller is no provider or lacks the tokens. *Emits*
		/// [`Event::CollateralAdded`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::add_collateral())]
		pub fn add_collateral(origin: OriginFor<T>, amount: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_add_collateral(who, amount)
		}

		/// Takes back collateral that no contract requires.
		///
		/// *Fails if* less than the required or the least collateral would remain. *Emits*
		/// [`Event::CollateralWithdrawn`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::withdraw_collateral())]
		pub fn withdraw_collateral(origin: OriginFor<T>, amount: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw_collateral(who, amount)
		}

		/// Ends the caller's registration and gives its collateral back.
		///
		/// *Fails if* a contract still runs, a penalty may come, or the last contract was closed too
		/// recently. *Emits* [`Event::ProviderLeft`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::leave())]
		pub fn leave(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_leave(who)
		}

		/// Names the account that the caller's earnings go to; none for its own.
		///
		/// *Fails if* the caller is no provider. *Emits* [`Event::PayeeChanged`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::set_payee())]
		pub fn set_payee(origin: OriginFor<T>, payee: Option<AccountId>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_payee(who, payee)
		}

		/// Takes no more contracts, to leave when those that run are closed.
		///
		/// *Fails if* the caller is no provider or has announced it. *Emits*
		/// [`Event::ExitAnnounced`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::announce_exit())]
		pub fn announce_exit(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_announce_exit(who)
		}

		/// Stays after all.
		///
		/// *Fails if* the caller has not announced that it leaves. *Emits*
		/// [`Event::ExitCancelled`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::cancel_exit())]
		pub fn cancel_exit(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel_exit(who)
		}
	}
}
