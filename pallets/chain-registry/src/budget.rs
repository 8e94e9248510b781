// SPDX-License-Identifier: Apache-2.0
//! How much relaying is free.

use crate::*;
use frame_support::{traits::Get, weights::Weight};
use terrace_layers::{ChainId, FreeRelaying};

impl<T: Config> Pallet<T> {
	/// What was spent in this block, and what `weight` more would make of it; `None` if it is too much.
	fn with_spent(chain: &ChainId, weight: Weight) -> Option<FreeSpent> {
		let block = Self::now();
		let mut spent = FreeUsed::<T>::get();
		if spent.block != block {
			spent = FreeSpent { block, ..Default::default() };
		}
		spent.total = spent.total.saturating_add(weight);
		let of_chain = spent.chains.get(chain).copied().unwrap_or_default().saturating_add(weight);
		let fits =
			spent.total.all_lte(T::FreePerBlock::get()) && of_chain.all_lte(T::FreePerChain::get());
		(fits && spent.chains.try_insert(*chain, of_chain).is_ok()).then_some(spent)
	}
}

impl<T: Config> FreeRelaying for Pallet<T> {
	fn fits(chain: &ChainId, weight: Weight) -> bool {
		Self::with_spent(chain, weight).is_some()
	}

	fn spend(chain: &ChainId, weight: Weight) -> bool {
		let spent = Self::with_spent(chain, weight);
		let fits = spent.is_some();
		spent.into_iter().for_each(FreeUsed::<T>::put);
		fits
	}
}
