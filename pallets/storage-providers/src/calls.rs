// SPDX-License-Identifier: Apache-2.0
//! What people trigger.

use crate::{endpoint, Config, Error, Event, HoldReason, Pallet, ProviderRecord, Providers};
use frame_support::{
	ensure,
	traits::{
		fungible::hold::{Inspect, Mutate},
		tokens::Precision,
		Get,
	},
};
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};
use terrace_layers::{AccountId, Balance, Offer};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register(who: AccountId, offer: Offer, collateral: Balance) -> DispatchResult {
		ensure!(!Providers::<T>::contains_key(&who), Error::<T>::AlreadyRegistered);
		Self::check_offer(&offer)?;
		ensure!(collateral >= T::MinCollateral::get(), Error::<T>::CollateralTooLow);
		T::Currency::hold(&HoldReason::Collateral.into(), &who, collateral)?;
		let record = ProviderRecord { offer: offer.clone(), accepting: true, used: 0, required: 0 };
		Providers::<T>::insert(&who, record);
		Self::deposit_event(Event::ProviderRegistered { who, offer, collateral });
		Ok(())
	}

	pub(crate) fn do_set_offer(who: AccountId, offer: Offer) -> DispatchResult {
		Self::check_offer(&offer)?;
		Self::mutate(&who, |record| {
			ensure!(offer.capacity >= record.used, Error::<T>::CapacityBelowUsed);
			record.offer = offer.clone();
			Ok(())
		})?;
		Self::deposit_event(Event::OfferChanged { who, offer });
		Ok(())
	}

	pub(crate) fn do_set_accepting(who: AccountId, accepting: bool) -> DispatchResult {
		Self::mutate(&who, |record| {
			record.accepting = accepting;
			Ok(())
		})?;
		Self::deposit_event(Event::AcceptingChanged { who, accepting });
		Ok(())
	}

	pub(crate) fn do_add_collateral(who: AccountId, amount: Balance) -> DispatchResult {
		ensure!(Providers::<T>::contains_key(&who), Error::<T>::NotRegistered);
		T::Currency::hold(&HoldReason::Collateral.into(), &who, amount)?;
		let held = Self::held(&who);
		Self::deposit_event(Event::CollateralAdded { who, amount, held });
		Ok(())
	}

	pub(crate) fn do_withdraw_collateral(who: AccountId, amount: Balance) -> DispatchResult {
		let record = Providers::<T>::get(&who).ok_or(Error::<T>::NotRegistered)?;
		let held = Self::held(&who)
			.checked_sub(amount)
			.ok_or(DispatchError::Arithmetic(ArithmeticError::Underflow))?;
		ensure!(held >= record.required, Error::<T>::CollateralInUse);
		ensure!(held >= T::MinCollateral::get(), Error::<T>::CollateralTooLow);
		T::Currency::release(&HoldReason::Collateral.into(), &who, amount, Precision::Exact)?;
		Self::deposit_event(Event::CollateralWithdrawn { who, amount, held });
		Ok(())
	}

	pub(crate) fn do_leave(who: AccountId) -> DispatchResult {
		let record = Providers::<T>::get(&who).ok_or(Error::<T>::NotRegistered)?;
		ensure!(record.is_idle(), Error::<T>::StillCommitted);
		let collateral =
			T::Currency::release_all(&HoldReason::Collateral.into(), &who, Precision::Exact)?;
		Providers::<T>::remove(&who);
		Self::deposit_event(Event::ProviderLeft { who, collateral });
		Ok(())
	}

	/// Collateral that `who` holds.
	pub(crate) fn held(who: &AccountId) -> Balance {
		T::Currency::balance_on_hold(&HoldReason::Collateral.into(), who)
	}

	/// Changes a record, or nothing when `change` fails.
	pub(crate) fn mutate(
		who: &AccountId,
		change: impl FnOnce(&mut ProviderRecord) -> DispatchResult,
	) -> DispatchResult {
		Providers::<T>::try_mutate(who, |slot| {
			let record = slot.as_mut().ok_or(Error::<T>::NotRegistered)?;
			change(record)
		})
	}

	/// Refuses an offer that no contract could be made of.
	pub(crate) fn check_offer(offer: &Offer) -> DispatchResult {
		ensure!(endpoint::is_valid(&offer.endpoint), Error::<T>::EndpointInvalid);
		ensure!((1..=offer.max_windows).contains(&offer.min_windows), Error::<T>::WindowsInvalid);
		ensure!(offer.capacity > 0, Error::<T>::CapacityZero);
		Ok(())
	}
}
