// SPDX-License-Identifier: Apache-2.0
//! Invariants.

use crate::{calls::account_of, Config, Operators, Pallet, Providers};
use alloc::{format, string::String};

impl<T: Config> Pallet<T> {
	/// For every provider:
	///
	/// 1. the offer is well-formed;
	/// 2. `used <= capacity`;
	/// 3. it is on probation exactly if `required > held`;
	/// 4. nothing is required when nothing is used;
	/// 5. its operator's account acts for it, and no account acts for a stranger.
	pub(crate) fn do_try_state() -> Result<(), String> {
		for (who, record) in Providers::<T>::iter() {
			let (used, capacity) = (record.used, record.offer.capacity);
			let (required, held) = (record.required, Self::held(&who));
			if let Err(error) = Self::check_offer(&record.offer) {
				return Err(format!("{who:?} has a malformed offer: {error:?}"));
			}
			if used > capacity {
				return Err(format!("{who:?} used {used} bytes of {capacity}"));
			}
			if (required > held) != record.probation_since.is_some() {
				let since = record.probation_since;
				return Err(format!("{who:?} must hold {required}, holds {held} since {since:?}"));
			}
			let acts_for = Operators::<T>::get(account_of(&record.offer.operator));
			if acts_for.as_ref() != Some(&who) {
				return Err(format!("the operator of {who:?} acts for {acts_for:?}"));
			}
			if used == 0 && required > 0 {
				return Err(format!("{who:?} uses nothing and must hold {required}"));
			}
		}
		let (operators, providers) =
			(Operators::<T>::iter().count(), Providers::<T>::iter().count());
		if operators != providers {
			return Err(format!("{operators} operators of {providers} providers"));
		}
		Ok(())
	}
}
