// SPDX-License-Identifier: Apache-2.0
//! Tokens that move between layers: locked above, minted below, burnt below, released above.

use crate::{Config, Event, Locked, Pallet};
use frame_support::traits::{
	fungible::{Inspect, Mutate},
	tokens::{Fortitude, Precision, Preservation},
	Get,
};
use sp_runtime::{traits::AccountIdConversion, ArithmeticError, DispatchResult};
use terrace_layers::{AccountId, Balance, ChainId};

impl<T: Config> Pallet<T> {
	/// Account that holds what is locked for `child`.
	pub fn locked_account(child: &ChainId) -> AccountId {
		T::PalletId::get().into_sub_account_truncating(child)
	}

	/// Locks `amount` of `from` for `child`.
	///
	/// The account keeps the existential deposit on top of what is locked, paid by whoever is the
	/// first to lock: else the last tokens could be lost as dust before they are released.
	pub(crate) fn lock_tokens(
		child: &ChainId,
		from: &AccountId,
		amount: Balance,
	) -> DispatchResult {
		let account = Self::locked_account(child);
		let before = Locked::<T>::get(child);
		let after = before.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
		let reserve = T::Currency::balance(&account).saturating_sub(before);
		let missing = T::Currency::minimum_balance().saturating_sub(reserve);
		let taken = amount.checked_add(missing).ok_or(ArithmeticError::Overflow)?;
		T::Currency::transfer(from, &account, taken, Preservation::Preserve)?;
		Locked::<T>::insert(child, after);
		Ok(())
	}

	/// Mints tokens that the parent has locked.
	pub(crate) fn credit(who: AccountId, amount: Balance) -> DispatchResult {
		T::Currency::mint_into(&who, amount)?;
		Self::deposit_event(Event::Credited { who, amount });
		Ok(())
	}

	/// Burns tokens that the parent will release.
	pub(crate) fn burn_tokens(who: &AccountId, amount: Balance) -> DispatchResult {
		T::Currency::burn_from(
			who,
			amount,
			Preservation::Preserve,
			Precision::Exact,
			Fortitude::Polite,
		)?;
		Ok(())
	}
}
