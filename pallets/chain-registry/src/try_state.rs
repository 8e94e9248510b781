// SPDX-License-Identifier: Apache-2.0
//! Invariants of what is stored.

use crate::*;
use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::TryRuntimeError;
use terrace_layers::Relation;

impl<T: Config> Pallet<T> {
	/// Checks that
	/// - the parent and the children are exactly the clients,
	/// - every client has a valid authority set, and its best header is the newest one kept,
	/// - the ring names exactly the headers kept, in ascending order,
	/// - bonds are held.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut known = Children::<T>::get().into_inner();
		known.extend(Parent::<T>::get());
		ensure!(known.len() == Clients::<T>::iter().count(), "neighbours and clients differ");
		for (chain, client) in Clients::<T>::iter() {
			ensure!(known.contains(&chain), "a client belongs to no neighbour");
			let keys = CurrentAuthorities::<T>::get(chain).ok_or("a client has no authorities")?;
			ensure!(
				crate::verify::ensure_distinct_and_strong::<T>(&keys).is_ok(),
				"a client's authorities are no valid set"
			);
			let ring = HeaderRing::<T>::get(chain);
			ensure!(
				ring.windows(2).all(|pair| matches!(pair, [one, next] if one < next)),
				"a ring is out of order"
			);
			ensure!(ring.last() == Some(&client.best.number), "the best header is not the newest");
			let best = Headers::<T>::get(chain, client.best.number).map(|header| header.hash);
			ensure!(
				best.is_none_or(|hash| hash == client.best.hash),
				"the best header is not the one kept"
			);
			let kept = Headers::<T>::iter_prefix(chain).count();
			ensure!(kept == ring.len(), "headers and ring differ");
			ensure!(
				ring.iter().all(|number| Headers::<T>::contains_key(chain, number)),
				"the ring names a header that is not kept"
			);
			ensure!(
				(client.relation == Relation::Child) == client.bond.is_some(),
				"children, and only they, are bonded"
			);
		}
		Self::bonds_are_held()
	}

	fn bonds_are_held() -> Result<(), TryRuntimeError> {
		use alloc::collections::BTreeMap;
		let mut bonds = BTreeMap::<T::AccountId, u128>::new();
		for (who, bond) in Clients::<T>::iter_values().filter_map(|client| client.bond) {
			let sum = bonds.entry(who).or_default();
			*sum = sum.saturating_add(bond);
		}
		for (who, bond) in bonds {
			let held = T::Currency::balance_on_hold(&HoldReason::ChainBond.into(), &who);
			ensure!(held >= bond, "less is held than was bonded");
		}
		Ok(())
	}
}
