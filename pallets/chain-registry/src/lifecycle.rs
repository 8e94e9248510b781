// SPDX-License-Identifier: Apache-2.0
//! How neighbours are stopped, left and given up.

use crate::*;
use frame_support::{
	dispatch::{DispatchResultWithPostInfo, Pays},
	ensure,
	pallet_prelude::*,
	traits::{fungible::MutateHold, tokens::Precision},
};
use terrace_layers::{views::NeighbourStatus, ChainId, OnNeighbour, Relation};

impl<T: Config> Pallet<T> {
	/// First block in which a client counts as expired, unless it makes progress before.
	pub(crate) fn expires_at(client: &ClientOf<T>) -> u32 {
		client.last_progress_at.saturating_add(T::MaxStaleness::get()).saturating_add(1)
	}

	pub(crate) fn is_overdue(client: &ClientOf<T>) -> bool {
		Self::now() >= Self::expires_at(client)
	}

	/// A client's status: whoever is overdue is expired, even before somebody says so.
	pub(crate) fn status(client: &ClientOf<T>) -> NeighbourStatus {
		match client.status {
			NeighbourStatus::Active | NeighbourStatus::Draining if Self::is_overdue(client) => {
				NeighbourStatus::Expired
			}
			status => status,
		}
	}

	pub(crate) fn client_of(chain: &ChainId) -> Result<ClientOf<T>, Error<T>> {
		Clients::<T>::get(chain).ok_or(Error::<T>::UnknownChain)
	}

	/// Writes a client under another status.
	pub(crate) fn put_status(chain: ChainId, client: ClientOf<T>, status: NeighbourStatus) {
		Clients::<T>::insert(chain, Client { status, ..client });
		Self::deposit_event(Event::StatusChanged { chain, status });
	}

	/// Sets a neighbour's status by governance.
	pub(crate) fn do_set_status(chain: ChainId, status: NeighbourStatus) -> DispatchResult {
		let client = Self::client_of(&chain)?;
		ensure!(client.status != NeighbourStatus::Closed, Error::<T>::Closed);
		match status {
			NeighbourStatus::Closed => Self::shut(chain, client)?,
			NeighbourStatus::Active | NeighbourStatus::Halted | NeighbourStatus::Frozen => {
				// Its keys may be for sale: what it said last does not tell which keys to believe.
				ensure!(client.status != NeighbourStatus::Expired, Error::<T>::Expired);
				Self::put_status(chain, client, status);
			}
			_ => return Err(Error::<T>::WrongStatus.into()),
		}
		Ok(())
	}

	/// Starts to leave a child, by its registrant or, if `by` is nobody, by governance.
	pub(crate) fn do_deregister(chain: ChainId, by: Option<T::AccountId>) -> DispatchResult {
		let client = Self::client_of(&chain)?;
		ensure!(client.relation == Relation::Child, Error::<T>::NotAChild);
		let by_registrant = by.is_some();
		if let Some(who) = by {
			let bonded = client.bond.as_ref().is_some_and(|bond| bond.who == who);
			ensure!(bonded, Error::<T>::NotRegistrant);
		}
		let may = match client.status {
			NeighbourStatus::Active | NeighbourStatus::Expired => true,
			// Whoever is halted must not have itself heard again.
			NeighbourStatus::Halted => !by_registrant,
			_ => false,
		};
		ensure!(may, Error::<T>::NotActive);
		Self::put_status(chain, client, NeighbourStatus::Draining);
		Ok(())
	}

	/// Leaves a child with which nothing is under way.
	pub(crate) fn do_close(chain: ChainId) -> DispatchResult {
		let client = Self::client_of(&chain)?;
		ensure!(client.status == NeighbourStatus::Draining, Error::<T>::NotActive);
		let blockers = T::OnNeighbour::blockers(&chain);
		ensure!(blockers.is_empty(), Error::<T>::Blocked(blockers.into()));
		Self::shut(chain, client)
	}

	/// Leaves a child. Its headers stay as long as its bond, so that forks can be shown.
	fn shut(chain: ChainId, mut client: ClientOf<T>) -> DispatchResult {
		ensure!(client.relation == Relation::Child, Error::<T>::NotAChild);
		if let Some(last) = CurrentAuthorities::<T>::take(chain) {
			Self::retire_set(&chain, client.set_id, &last);
		}
		Children::<T>::mutate(|children| children.retain(|child| *child != chain));
		client.closed_at = Some(Self::now());
		Self::put_status(chain, client, NeighbourStatus::Closed);
		Ok(())
	}

	/// Gives a bond back, and removes what is stored of a child that left.
	pub(crate) fn do_withdraw_bond(chain: ChainId) -> DispatchResult {
		let mut client = Self::client_of(&chain)?;
		ensure!(client.status == NeighbourStatus::Closed, Error::<T>::NotActive);
		let answers_until =
			client.closed_at.unwrap_or_default().saturating_add(T::EvidenceWindow::get());
		ensure!(Self::now() > answers_until, Error::<T>::BondLocked);
		let held = client.bond.take();
		ensure!(held.is_some() || PastSetEnds::<T>::contains_key(chain), Error::<T>::NoBond);
		Self::forget_sets(&chain, SETS_PER_WITHDRAWAL);
		if let Some(Bond { who, left, .. }) = held {
			Self::clear_headers(&chain);
			let reason = HoldReason::ChainBond.into();
			let amount = T::Currency::release(&reason, &who, left, Precision::BestEffort)?;
			Clients::<T>::insert(chain, client);
			Self::deposit_event(Event::BondWithdrawn { chain, registrant: who, amount });
		}
		Ok(())
	}

	/// Checks that a neighbour can be marked as expired.
	pub(crate) fn check_expiry(chain: &ChainId) -> Result<ClientOf<T>, Error<T>> {
		let client = Self::client_of(chain)?;
		match client.status {
			NeighbourStatus::Active | NeighbourStatus::Halted | NeighbourStatus::Draining => {}
			_ => return Err(Error::<T>::NotActive),
		}
		ensure!(Self::is_overdue(&client), Error::<T>::NotOverdue);
		Ok(client)
	}

	/// Marks a neighbour as expired; free, for it can be done once.
	pub(crate) fn do_expire(chain: ChainId) -> DispatchResultWithPostInfo {
		let client = Self::check_expiry(&chain)?;
		Self::put_status(chain, client, NeighbourStatus::Expired);
		Ok(Pays::No.into())
	}
}
