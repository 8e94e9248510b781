// SPDX-License-Identifier: Apache-2.0
//! What people trigger.

use crate::{
	endpoint, Config, Error, Event, HoldReason, Operators, Pallet, ProviderRecord, Providers,
};
use frame_support::{
	ensure,
	traits::{
		fungible::hold::{Inspect, Mutate},
		tokens::Precision,
		Get,
	},
};
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};
use terrace_layers::{AccountId, Balance, BlockNumber, Offer, Operator};

/// The account of a key.
pub(crate) fn account_of(operator: &Operator) -> AccountId {
	AccountId::new(operator.0)
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register(who: AccountId, offer: Offer, collateral: Balance) -> DispatchResult {
		ensure!(!Providers::<T>::contains_key(&who), Error::<T>::AlreadyRegistered);
		Self::check_offer(&offer)?;
		ensure!(collateral >= T::MinCollateral::get(), Error::<T>::CollateralTooLow);
		Self::take_operator(&who, &offer.operator)?;
		T::Currency::hold(&HoldReason::Collateral.into(), &who, collateral)?;
		Providers::<T>::insert(&who, ProviderRecord::new(offer.clone()));
		Self::deposit_event(Event::ProviderRegistered { who, offer, collateral });
		Ok(())
	}

	pub(crate) fn do_set_offer(who: AccountId, offer: Offer) -> DispatchResult {
		Self::check_offer(&offer)?;
		Self::mutate(&who, |record| {
			ensure!(offer.capacity >= record.used, Error::<T>::CapacityBelowUsed);
			if offer.operator != record.offer.operator {
				Self::take_operator(&who, &offer.operator)?;
				Operators::<T>::remove(account_of(&record.offer.operator));
			}
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
		let mut record = Providers::<T>::get(&who).ok_or(Error::<T>::NotRegistered)?;
		T::Currency::hold(&HoldReason::Collateral.into(), &who, amount)?;
		let held = Self::held(&who);
		Self::judge(&who, &mut record, held);
		Providers::<T>::insert(&who, record);
		Self::deposit_event(Event::CollateralAdded { who, amount, held });
		Ok(())
	}

	pub(crate) fn do_withdraw_collateral(who: AccountId, amount: Balance) -> DispatchResult {
		let record = Providers::<T>::get(&who).ok_or(Error::<T>::NotRegistered)?;
		let held = Self::held(&who)
			.checked_sub(amount)
			.ok_or(DispatchError::Arithmetic(ArithmeticError::Underflow))?;
		ensure!(held >= record.required, Error::<T>::CollateralInUse);
		ensure!(record.cases == 0, Error::<T>::PenaltiesOpen);
		ensure!(held >= T::MinCollateral::get(), Error::<T>::CollateralTooLow);
		T::Currency::release(&HoldReason::Collateral.into(), &who, amount, Precision::Exact)?;
		Self::deposit_event(Event::CollateralWithdrawn { who, amount, held });
		Ok(())
	}

	pub(crate) fn do_leave(who: AccountId) -> DispatchResult {
		let record = Providers::<T>::get(&who).ok_or(Error::<T>::NotRegistered)?;
		ensure!(record.is_idle(), Error::<T>::StillCommitted);
		ensure!(record.cases == 0, Error::<T>::PenaltiesOpen);
		ensure!(Self::cooldown(&record) == 0, Error::<T>::CoolingDown);
		let collateral =
			T::Currency::release_all(&HoldReason::Collateral.into(), &who, Precision::Exact)?;
		Operators::<T>::remove(account_of(&record.offer.operator));
		Providers::<T>::remove(&who);
		Self::deposit_event(Event::ProviderLeft { who, collateral });
		Ok(())
	}

	pub(crate) fn do_set_payee(who: AccountId, payee: Option<AccountId>) -> DispatchResult {
		Self::mutate(&who, |record| {
			record.payee = payee.clone();
			Ok(())
		})?;
		Self::deposit_event(Event::PayeeChanged { who, payee });
		Ok(())
	}

	pub(crate) fn do_announce_exit(who: AccountId) -> DispatchResult {
		Self::mutate(&who, |record| {
			ensure!(record.exiting_since.is_none(), Error::<T>::Exiting);
			record.exiting_since = Some(Self::now());
			Ok(())
		})?;
		Self::deposit_event(Event::ExitAnnounced { who });
		Ok(())
	}

	pub(crate) fn do_cancel_exit(who: AccountId) -> DispatchResult {
		Self::mutate(&who, |record| {
			record.exiting_since.take().map(|_| ()).ok_or(Error::<T>::NotExiting.into())
		})?;
		Self::deposit_event(Event::ExitCancelled { who });
		Ok(())
	}

	/// Blocks until a provider whose contracts are closed may leave: late penalties must find it.
	pub(crate) fn cooldown(record: &ProviderRecord) -> BlockNumber {
		let Some(released_at) = record.released_at else { return 0 };
		let over = released_at.saturating_add(T::ExitCooldown::get());
		over.saturating_sub(Self::now())
	}

	/// Reserves the key that may act for `who`.
	fn take_operator(who: &AccountId, operator: &Operator) -> DispatchResult {
		let account = account_of(operator);
		let other = account != *who && Providers::<T>::contains_key(&account);
		let taken = Operators::<T>::contains_key(&account);
		ensure!(!other && !taken, Error::<T>::OperatorTaken);
		Operators::<T>::insert(account, who);
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
