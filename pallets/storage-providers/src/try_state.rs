// SPDX-License-Identifier: Apache-2.0
//! Invariants.

use crate::{Config, Pallet, Providers};
use alloc::{format, string::String};

impl<T: Config> Pallet<T> {
	/// For every provider:
	///
	/// 1. the offer is well-formed;
	/// 2. `used <= capacity`;
	/// 3. `required <= held`;
	/// 4. nothing is required when nothing is used.
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
			if required > held {
				return Err(format!("{who:?} must hold {required} and holds {held}"));
			}
			if used == 0 && required > 0 {
				return Err(format!("{who:?} uses nothing and must hold {required}"));
			}
		}
		Ok(())
	}
}
