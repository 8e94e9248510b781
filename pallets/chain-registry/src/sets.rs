// SPDX-License-Identifier: Apache-2.0
//! Authority sets that answer for their votes.

use crate::*;
use frame_support::traits::Get;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};
use terrace_layers::{Authorities, ChainId};

/// Expired sets that are forgotten whenever one is added: more than one, so that they become fewer.
const FORGOTTEN_PER_SET: u32 = 2;

impl<T: Config> Pallet<T> {
	/// Name of a set: after a fork was left behind, an id may have belonged to two of them.
	fn set_key(set_id: u64, set: &Authorities) -> H256 {
		BlakeTwo256::hash_of(&(set_id, set))
	}

	/// Whether the neighbour may replace its set once more: it pays nothing for what is remembered.
	pub(crate) fn may_hand_over(chain: &ChainId) -> bool {
		let Ends { first, next } = PastSetEnds::<T>::get(chain);
		next.saturating_sub(first) < T::MaxPastSets::get()
			|| PastSetOrder::<T>::get(chain, first)
				.and_then(|key| PastSets::<T>::get(chain, key))
				.is_none_or(|until| until < Self::now())
	}

	/// Remembers a set that does not vote any more.
	pub(crate) fn retire_set(chain: &ChainId, set_id: u64, set: &Authorities) {
		let Ends { first, next } = Self::forget_sets(chain, FORGOTTEN_PER_SET);
		let key = Self::set_key(set_id, set);
		let until = Self::now().saturating_add(T::EvidenceWindow::get());
		PastSets::<T>::insert(chain, key, until);
		PastSetOrder::<T>::insert(chain, next, key);
		PastSetEnds::<T>::insert(chain, Ends { first, next: next.saturating_add(1) });
	}

	/// Forgets at most `most` sets that answer for nothing any more, oldest first.
	pub(crate) fn forget_sets(chain: &ChainId, most: u32) -> Ends {
		let before = PastSetEnds::<T>::get(chain);
		let mut ends = before;
		for _ in 0..most {
			let Some(key) = PastSetOrder::<T>::get(chain, ends.first) else { break };
			// A set that was retired twice has two places and one end.
			if PastSets::<T>::get(chain, key).is_some_and(|until| Self::now() <= until) {
				break;
			}
			PastSets::<T>::remove(chain, key);
			PastSetOrder::<T>::remove(chain, ends.first);
			ends.first = ends.first.saturating_add(1);
		}
		if ends.first == ends.next {
			ends = Ends::default();
		}
		if ends == Ends::default() {
			PastSetEnds::<T>::remove(chain);
		} else if ends != before {
			PastSetEnds::<T>::insert(chain, ends);
		}
		ends
	}

	/// Whether a set votes for `chain`, or did so not too long ago.
	pub(crate) fn answers(
		chain: &ChainId,
		client: &ClientOf<T>,
		set_id: u64,
		set: &Authorities,
	) -> bool {
		if client.set_id == set_id && CurrentAuthorities::<T>::get(chain).as_ref() == Some(set) {
			return true;
		}
		PastSets::<T>::get(chain, Self::set_key(set_id, set))
			.is_some_and(|until| Self::now() <= until)
	}
}
