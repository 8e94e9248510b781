// SPDX-License-Identifier: Apache-2.0
//! The pot: what goes in, what goes out, and what cannot be delivered.

use crate::{Booked, Chains, Config, Error, Event, HoldReason, Pallet, StreamRecord, Unclaimed};
use frame_support::{
	defensive, ensure,
	storage::with_storage_layer,
	traits::{
		fungible::{hold::Mutate as _, Inspect as _, Mutate as _},
		tokens::{Fortitude, Precision, Preservation, Restriction},
		Get,
	},
};
use sp_runtime::{traits::AccountIdConversion, DispatchError, DispatchResult};
use terrace_layers::{AccountId, Balance, ChainId, Neighbours, Providers, StreamId};

/// One unit in so many of a penalty goes to the treasury.
const PUBLIC_PART: Balance = 5;

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
		let pot = Self::endowed_pot()?;
		T::Currency::transfer_on_hold(
			&HoldReason::ClientEscrow.into(),
			client,
			&pot,
			amount,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Polite,
		)?;
		Self::book_in(amount)
	}

	/// Moves escrow that was never on hold into the pot.
	pub(crate) fn deposit_escrow(payer: &AccountId, amount: Balance) -> DispatchResult {
		let pot = Self::endowed_pot()?;
		T::Currency::transfer(payer, &pot, amount, Preservation::Preserve)?;
		Self::book_in(amount)
	}

	/// The pot, which could not pay out its last contract without its existential deposit.
	fn endowed_pot() -> Result<AccountId, DispatchError> {
		let pot = Self::pot();
		let endowed = T::Currency::balance(&pot) >= T::Currency::minimum_balance();
		ensure!(endowed, Error::<T>::PotNotEndowed);
		Ok(pot)
	}

	fn book_in(amount: Balance) -> DispatchResult {
		Booked::<T>::try_mutate(|booked| {
			*booked = booked.checked_add(amount).ok_or(Error::<T>::Overflow)?;
			Ok(())
		})
	}

	/// Pays a stream's provider and proof chain what it has earned.
	pub(crate) fn pay_stream(id: StreamId, stream: &mut StreamRecord) -> DispatchResult {
		let due = stream.claimable();
		if due.total() == 0 {
			return Ok(());
		}
		stream.used = stream.used.checked_add(&due).ok_or(Error::<T>::Overflow)?;
		stream.claimed = stream.claimed.checked_add(&due).ok_or(Error::<T>::Overflow)?;
		let provider = stream.provider.clone();
		Self::pay(&T::Providers::payee(&provider), due.price);
		Self::pay(&Self::beneficiary(&stream.proof_chain), due.fee);
		Self::deposit_event(Event::Claimed {
			stream: id,
			provider,
			amount: due.price,
			fee: due.fee,
		});
		Ok(())
	}

	/// Account that a proof chain's fees go to.
	fn beneficiary(chain: &ChainId) -> AccountId {
		let named = Chains::<T>::get(chain).and_then(|chain| chain.terms.beneficiary);
		named.or_else(|| T::Registry::owner_of(chain)).unwrap_or_else(T::Treasury::get)
	}

	/// Takes up to `amount` of a provider's collateral, for a client first; returns how much it was.
	///
	/// A client whose account cannot take it finds it among what is kept.
	pub(crate) fn slash_for(provider: &AccountId, client: &AccountId, amount: Balance) -> Balance {
		let public = Self::public_share(amount);
		let wanted = amount.saturating_sub(public);
		let mut compensated = T::Providers::slash(provider, wanted, client);
		if compensated == 0 && wanted > 0 {
			compensated = T::Providers::slash(provider, wanted, &Self::pot());
			Booked::<T>::mutate(|booked| *booked = booked.saturating_add(compensated));
			Self::keep_for(client, compensated);
		}
		let treasury = T::Providers::slash(provider, public, &T::Treasury::get());
		Self::tell_slash(provider, compensated, treasury)
	}

	/// As [`Self::slash_for`], for the clients of a stream: the pot keeps it until they close.
	pub(crate) fn slash_to_pot(
		provider: &AccountId,
		amount: Balance,
	) -> Result<Balance, DispatchError> {
		let public = Self::public_share(amount);
		let wanted = amount.saturating_sub(public);
		let compensated = T::Providers::slash(provider, wanted, &Self::pot());
		Self::book_in(compensated)?;
		let treasury = T::Providers::slash(provider, public, &T::Treasury::get());
		Self::tell_slash(provider, compensated, treasury);
		Ok(compensated)
	}

	/// Part of a penalty that no client gets: otherwise a provider could pay it to itself.
	fn public_share(amount: Balance) -> Balance {
		amount.div_ceil(PUBLIC_PART)
	}

	fn tell_slash(provider: &AccountId, compensated: Balance, treasury: Balance) -> Balance {
		let taken = compensated.saturating_add(treasury);
		if taken > 0 {
			let provider = provider.clone();
			Self::deposit_event(Event::Slashed { provider, compensated, treasury });
		}
		taken
	}

	/// Pays out of the pot, or keeps the amount for `who` when its account cannot take it.
	///
	/// A payout must not fail: somebody else's closing may depend on it.
	pub(crate) fn pay(who: &AccountId, amount: Balance) {
		if amount == 0 || Self::deliver(who, amount).is_ok() {
			return;
		}
		Self::keep_for(who, amount);
	}

	/// Keeps for `who` what is booked already.
	fn keep_for(who: &AccountId, amount: Balance) {
		if amount == 0 {
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
