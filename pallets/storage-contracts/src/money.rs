// SPDX-License-Identifier: Apache-2.0
//! The pot: what goes in, what goes out, and what cannot be delivered.

use crate::{Booked, Config, Error, Event, HoldReason, Pallet, Unclaimed};
use frame_support::{
	defensive, ensure,
	storage::with_storage_layer,
	traits::{
		fungible::{hold::Mutate as _, Inspect as _, Mutate as _},
		tokens::{Fortitude, Precision, Preservation, Restriction},
		Get,
	},
};
use sp_runtime::{traits::AccountIdConversion, DispatchResult};
use terrace_layers::{AccountId, Balance};

impl<T: Config> Pallet<T> {
	/// The account that holds the escrow of accepted contracts.
	pub fn pot() -> AccountId {
		T::PalletId::get().into_account_truncating()
	}

	/// Puts the escrow of a proposal on hold.
	pub(crate) fn hold_escrow(client: &AccountId, amount: Balance) -> DispatchResult {
		T::Currency::hold(&HoldReason::ClientEscrow.into(), client, amount)
	}

	/// Releases escrow that is still on hold.
	pub(crate) fn release_escrow(client: &AccountId, amount: Balance) -> DispatchResult {
		let reason = HoldReason::ClientEscrow.into();
		T::Currency::release(&reason, client, amount, Precision::Exact).map(|_| ())
	}

	/// Moves escrow from its hold into the pot.
	pub(crate) fn collect_escrow(client: &AccountId, amount: Balance) -> DispatchResult {
		let pot = Self::pot();
		// Without it the pot could not pay out its last contract, or would vanish before.
		ensure!(
			T::Currency::balance(&pot) >= T::Currency::minimum_balance(),
			Error::<T>::PotNotEndowed
		);
		T::Currency::transfer_on_hold(
			&HoldReason::ClientEscrow.into(),
			client,
			&pot,
			amount,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Polite,
		)?;
		Booked::<T>::try_mutate(|booked| {
			*booked = booked.checked_add(amount).ok_or(Error::<T>::Overflow)?;
			Ok(())
		})
	}

	/// Pays out of the pot, or keeps the amount for `who` when its account cannot take it.
	///
	/// A payout must not fail: somebody else's closing may depend on it.
	pub(crate) fn pay(who: &AccountId, amount: Balance) {
		if amount == 0 || Self::deliver(who, amount).is_ok() {
			return;
		}
		Unclaimed::<T>::mutate(who, |kept| {
			*kept = Some(kept.unwrap_or_default().saturating_add(amount));
		});
		Self::deposit_event(Event::PayoutKept { who: who.clone(), amount });
	}

	/// Pays out what is kept for `who`.
	pub(crate) fn do_withdraw_unclaimed(who: AccountId) -> DispatchResult {
		let amount = Unclaimed::<T>::take(&who).ok_or(Error::<T>::NothingUnclaimed)?;
		Self::deliver(&who, amount)?;
		Self::deposit_event(Event::UnclaimedWithdrawn { who, amount });
		Ok(())
	}

	fn deliver(who: &AccountId, amount: Balance) -> DispatchResult {
		with_storage_layer(|| {
			T::Currency::transfer(&Self::pot(), who, amount, Preservation::Preserve)?;
			Booked::<T>::mutate(|booked| {
				if *booked < amount {
					defensive!("more is paid out than is booked");
				}
				*booked = booked.saturating_sub(amount);
			});
			Ok(())
		})
	}
}
