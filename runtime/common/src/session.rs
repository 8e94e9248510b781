// SPDX-License-Identifier: Apache-2.0
//! Authority sets that change only when their members do.

use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::traits::ValidatorRegistration;
use pallet_session::SessionManager;
use sp_staking::SessionIndex;

/// Wraps a session manager so that an unchanged set is reported as unchanged.
///
/// A session manager that names a set, even the same one, makes GRANDPA start a new authority set,
/// and every neighbour must then import one more header. Candidates without session keys are left
/// out, and the order is fixed, so that neither a purged key nor a higher bid looks like a change.
pub struct StableSet<T, Inner>(PhantomData<(T, Inner)>);

impl<T, Inner> SessionManager<T::ValidatorId> for StableSet<T, Inner>
where
	T: pallet_session::Config,
	T::ValidatorId: Ord,
	Inner: SessionManager<T::ValidatorId>,
{
	fn new_session(index: SessionIndex) -> Option<Vec<T::ValidatorId>> {
		let mut next = Inner::new_session(index)?;
		next.retain(pallet_session::Pallet::<T>::is_registered);
		next.sort();
		next.dedup();
		let mut current = pallet_session::Validators::<T>::get();
		current.sort();
		(!next.is_empty() && next != current).then_some(next)
	}

	fn new_session_genesis(index: SessionIndex) -> Option<Vec<T::ValidatorId>> {
		Inner::new_session_genesis(index)
	}

	fn start_session(index: SessionIndex) {
		Inner::start_session(index)
	}

	fn end_session(index: SessionIndex) {
		Inner::end_session(index)
	}
}
