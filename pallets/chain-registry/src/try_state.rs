// SPDX-License-Identifier: Apache-2.0
//! Invariants of what is stored.

use crate::*;
use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::{
	ensure,
	traits::{fungible::InspectHold, Get},
	weights::Weight,
};
use sp_runtime::TryRuntimeError;
use terrace_layers::{views::NeighbourStatus, ChainId, Relation};

impl<T: Config> Pallet<T> {
	/// Checks that
	/// - the parent and the children are exactly the clients that are not closed,
	/// - every one of them has a valid authority set, and its best header is the newest one kept,
	/// - the ring names exactly the headers kept, in ascending order,
	/// - bonds are held,
	/// - former sets stand in their queue,
	/// - nothing exceeds its bound.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut known = Children::<T>::get().into_inner();
		known.extend(Parent::<T>::get());
		for (chain, client) in Clients::<T>::iter() {
			let closed = client.status == NeighbourStatus::Closed;
			ensure!(known.contains(&chain) != closed, "a client belongs to no neighbour");
			ensure!(client.closed_at.is_some() == closed, "a client was closed at no time");
			Self::authorities_are_valid(&chain, closed)?;
			Self::bond_fits(&client, closed)?;
			Self::headers_are_kept(&chain, &client)?;
		}
		let clients = |chain: &ChainId| Clients::<T>::contains_key(chain);
		ensure!(known.iter().all(clients), "neighbours and clients differ");
		Self::bonds_are_held()?;
		Self::past_sets_are_queued()?;
		Self::bounds_are_kept()
	}

	fn authorities_are_valid(chain: &ChainId, closed: bool) -> Result<(), TryRuntimeError> {
		let Some(keys) = CurrentAuthorities::<T>::get(chain) else {
			ensure!(closed, "a client has no authorities");
			return Ok(());
		};
		ensure!(!closed, "a closed client has authorities");
		ensure!(
			crate::verify::ensure_distinct_and_strong::<T>(&keys).is_ok(),
			"a client's authorities are no valid set"
		);
		Ok(())
	}

	fn headers_are_kept(chain: &ChainId, client: &ClientOf<T>) -> Result<(), TryRuntimeError> {
		let ring = HeaderRing::<T>::get(chain);
		ensure!(
			ring.windows(2).all(|pair| matches!(pair, [one, next] if one < next)),
			"a ring is out of order"
		);
		let left = client.relation == Relation::Child && client.bond.is_none();
		ensure!(
			if left { ring.is_empty() } else { ring.last() == Some(&client.best.number) },
			"the best header is not the newest"
		);
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
		Ok(())
	}

	fn bond_fits(client: &ClientOf<T>, closed: bool) -> Result<(), TryRuntimeError> {
		let child = client.relation == Relation::Child;
		ensure!(
			client.bond.is_some() == child || (child && closed),
			"children, and only they, are bonded"
		);
		ensure!(
			client.bond.as_ref().is_none_or(|bond| bond.left <= bond.placed),
			"more is left of a bond than was placed"
		);
		Ok(())
	}

	fn bonds_are_held() -> Result<(), TryRuntimeError> {
		let mut bonds = BTreeMap::<T::AccountId, u128>::new();
		for bond in Clients::<T>::iter_values().filter_map(|client| client.bond) {
			let sum = bonds.entry(bond.who).or_default();
			*sum = sum.saturating_add(bond.left);
		}
		for (who, bond) in bonds {
			let held = T::Currency::balance_on_hold(&HoldReason::ChainBond.into(), &who);
			ensure!(held >= bond, "less is held than was bonded");
		}
		Ok(())
	}

	fn past_sets_are_queued() -> Result<(), TryRuntimeError> {
		for (chain, key, _) in PastSets::<T>::iter() {
			let queued = PastSetOrder::<T>::iter_prefix_values(chain).any(|place| place == key);
			ensure!(queued, "a former set stands in no queue");
		}
		for (chain, place, _) in PastSetOrder::<T>::iter() {
			let Ends { first, next } = PastSetEnds::<T>::get(chain);
			ensure!((first..next).contains(&place), "a former set stands outside its queue");
		}
		for (chain, Ends { first, next }) in PastSetEnds::<T>::iter() {
			let all = (first..next).all(|place| PastSetOrder::<T>::contains_key(chain, place));
			ensure!(first < next && all, "a queue of former sets has gaps");
		}
		Ok(())
	}

	fn bounds_are_kept() -> Result<(), TryRuntimeError> {
		ensure!(
			ApprovedCode::<T>::count() <= T::MaxApprovedCode::get(),
			"more code is approved than allowed"
		);
		for (_, used) in UsedEvidence::<T>::iter() {
			let mut distinct: Vec<_> = used.to_vec();
			distinct.sort();
			distinct.dedup();
			ensure!(distinct.len() == used.len(), "an offence was punished twice");
		}
		let spent = FreeUsed::<T>::get();
		let sum = spent.chains.values().fold(Weight::zero(), |sum, one| sum.saturating_add(*one));
		// How much was allowed when it was spent is not known any more: an upgrade may have changed it.
		ensure!(sum == spent.total, "free weights do not add up");
		let of_parent = |recovery: Recovery| Some(recovery.checkpoint.chain) == Parent::<T>::get();
		ensure!(
			PendingRecovery::<T>::get().is_none_or(of_parent),
			"a recovery waits for another chain than the parent"
		);
		Ok(())
	}
}
