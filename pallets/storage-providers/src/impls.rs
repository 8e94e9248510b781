// SPDX-License-Identifier: Apache-2.0
//! What contracts see of providers.

use crate::{Config, Error, Event, HoldReason, Operators, Pallet, ProviderRecord, Providers};
use frame_support::{
	defensive, ensure,
	traits::{
		fungible::hold::Mutate,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
};
use sp_runtime::{DispatchResult, SaturatedConversion};
use terrace_layers::{AccountId, Balance, BlockNumber, Offer};

impl<T: Config> terrace_layers::Providers<AccountId, Balance> for Pallet<T> {
	fn offer(who: &AccountId) -> Option<Offer> {
		Providers::<T>::get(who).map(|record| record.offer)
	}

	fn accepting(who: &AccountId) -> bool {
		Providers::<T>::get(who).is_some_and(|record| record.takes_contracts())
	}

	fn acted_for(caller: &AccountId) -> Option<AccountId> {
		if Providers::<T>::contains_key(caller) {
			return Some(caller.clone());
		}
		Operators::<T>::get(caller)
	}

	fn payee(who: &AccountId) -> AccountId {
		let named = Providers::<T>::get(who).and_then(|record| record.payee);
		named.unwrap_or_else(|| who.clone())
	}

	fn commit(who: &AccountId, bytes: u64, collateral: Balance) -> DispatchResult {
		let held = Self::held(who);
		Self::mutate(who, |record| {
			ensure!(record.exiting_since.is_none(), Error::<T>::Exiting);
			ensure!(record.probation_since.is_none(), Error::<T>::OnProbation);
			let used = record.used.checked_add(bytes).ok_or(Error::<T>::CapacityShort)?;
			ensure!(used <= record.offer.capacity, Error::<T>::CapacityShort);
			let required =
				record.required.checked_add(collateral).ok_or(Error::<T>::CollateralShort)?;
			ensure!(required <= held, Error::<T>::CollateralShort);
			record.used = used;
			record.required = required;
			Ok(())
		})
	}

	fn release(who: &AccountId, bytes: u64, collateral: Balance) {
		let held = Self::held(who);
		Self::change(who, |record| {
			if record.used < bytes || record.required < collateral {
				defensive!("more is released than was booked");
			}
			record.used = record.used.saturating_sub(bytes);
			record.required = record.required.saturating_sub(collateral);
			record.released_at = Some(Self::now());
			Self::judge(who, record, held);
		})
	}

	fn collateral(who: &AccountId) -> Balance {
		Self::held(who)
	}

	fn slash(who: &AccountId, amount: Balance, to: &AccountId) -> Balance {
		let wanted = amount.min(Self::held(who));
		if wanted == 0 {
			return 0;
		}
		// What a receiver cannot take stays where it is: the caller finds it another place.
		let taken = T::Currency::transfer_on_hold(
			&HoldReason::Collateral.into(),
			who,
			to,
			wanted,
			Precision::BestEffort,
			Restriction::Free,
			Fortitude::Force,
		)
		.unwrap_or_default();
		let held = Self::held(who);
		Self::change(who, |record| Self::judge(who, record, held));
		taken
	}

	fn add_case(who: &AccountId) {
		Self::change(who, |record| record.cases = record.cases.saturating_add(1));
	}

	fn drop_case(who: &AccountId) {
		Self::change(who, |record| record.cases = record.cases.saturating_sub(1));
	}

	fn is_insolvent(who: &AccountId) -> bool {
		let since = Providers::<T>::get(who).and_then(|record| record.probation_since);
		since.is_some_and(|at| Self::now() > at.saturating_add(T::ProbationPeriod::get()))
	}
}

impl<T: Config> Pallet<T> {
	/// Begins or ends probation, as the collateral held demands.
	pub(crate) fn judge(who: &AccountId, record: &mut ProviderRecord, held: Balance) {
		let short = held < record.required;
		match record.probation_since {
			None if short => {
				record.probation_since = Some(Self::now());
				let missing = record.required.saturating_sub(held);
				Self::deposit_event(Event::ProbationBegan { who: who.clone(), missing });
			}
			Some(_) if !short => {
				record.probation_since = None;
				Self::deposit_event(Event::ProbationEnded { who: who.clone() });
			}
			_ => {}
		}
	}

	fn change(who: &AccountId, change: impl FnOnce(&mut ProviderRecord)) {
		Providers::<T>::mutate(who, |slot| match slot {
			Some(record) => change(record),
			None => {
				defensive!("a provider left although contracts were booked");
			}
		})
	}

	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}
}
