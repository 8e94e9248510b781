// SPDX-License-Identifier: Apache-2.0
//! What contracts see of providers.

use crate::{Config, Error, Pallet, Providers};
use frame_support::{defensive, ensure};
use sp_runtime::DispatchResult;
use terrace_layers::{AccountId, Balance, Offer};

impl<T: Config> terrace_layers::Providers<AccountId, Balance> for Pallet<T> {
	fn offer(who: &AccountId) -> Option<Offer> {
		Providers::<T>::get(who).map(|record| record.offer)
	}

	fn accepting(who: &AccountId) -> bool {
		Providers::<T>::get(who).is_some_and(|record| record.accepting)
	}

	fn commit(who: &AccountId, bytes: u64, collateral: Balance) -> DispatchResult {
		let held = Self::held(who);
		Self::mutate(who, |record| {
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
		Providers::<T>::mutate(who, |slot| {
			let Some(record) = slot else {
				defensive!("a provider left although contracts were booked");
				return;
			};
			if record.used < bytes || record.required < collateral {
				defensive!("more is released than was booked");
			}
			record.used = record.used.saturating_sub(bytes);
			record.required = record.required.saturating_sub(collateral);
		})
	}
}
