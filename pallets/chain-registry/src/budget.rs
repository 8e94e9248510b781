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
		let promised = spent.total.saturating_add(Self::kept_for_parent(chain, &spent));
		let fits =
			promised.all_lte(T::FreePerBlock::get()) && of_chain.all_lte(T::FreePerChain::get());
		(fits && spent.chains.try_insert(*chain, of_chain).is_ok()).then_some(spent)
	}

	/// What a child must leave of the block's budget: however many children misbehave together, the
	/// parent, who can stop them, is heard.
	fn kept_for_parent(chain: &ChainId, spent: &FreeSpent) -> Weight {
		match Parent::<T>::get() {
			Some(parent) if parent != *chain => {
				let used = spent.chains.get(&parent).copied().unwrap_or_default();
				T::FreePerChain::get().saturating_sub(used)
			}
			_ => Weight::zero(),
		}
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
