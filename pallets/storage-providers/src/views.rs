// SPDX-License-Identifier: Apache-2.0
//! Answers for the runtime API.

use crate::{Config, Pallet, ProviderRecord, Providers};
use alloc::vec::Vec;
use frame_support::storage::with_transaction;
use sp_runtime::{DispatchError, TransactionOutcome};
use terrace_layers::{
	views::{ExitState, ProviderView},
	AccountId,
};

/// Most providers of one page.
pub const MAX_PROVIDERS_PER_PAGE: u32 = 256;

impl<T: Config> Pallet<T> {
	/// A provider, if registered.
	pub fn provider(who: AccountId) -> Option<ProviderView> {
		Providers::<T>::get(&who).map(|record| Self::view(who, record))
	}

	/// Whether a provider may leave, and what its own record says against it.
	pub fn exit_state(who: AccountId) -> Option<ExitState> {
		let record = Providers::<T>::get(&who)?;
		let (announced, cases) = (record.exiting_since, record.cases);
		let cooldown = Self::cooldown(&record);
		// As leaving would go, and then undone.
		let leave = || {
			let left = Self::do_leave(who.clone()).is_ok();
			TransactionOutcome::Rollback(Ok::<_, DispatchError>(left))
		};
		let may_leave = with_transaction(leave).unwrap_or(false);
		Some(ExitState { announced, cases, cooldown, may_leave })
	}

	/// A page of providers in storage order: those after `from`, or the first ones.
	///
	/// The last one's account is the `from` of the next page.
	pub fn providers(from: Option<AccountId>, limit: u32) -> Vec<ProviderView> {
		let limit = usize::try_from(limit.min(MAX_PROVIDERS_PER_PAGE)).unwrap_or_default();
		let entries = match from {
			Some(who) => Providers::<T>::iter_from_key(who),
			None => Providers::<T>::iter(),
		};
		entries.take(limit).map(|(who, record)| Self::view(who, record)).collect()
	}

	fn view(who: AccountId, record: ProviderRecord) -> ProviderView {
		ProviderView {
			collateral: Self::held(&who),
			cooldown: Self::cooldown(&record),
			who,
			accepting: record.takes_contracts(),
			used: record.used,
			required: record.required,
			offer: record.offer,
			payee: record.payee,
			cases: record.cases,
			probation_since: record.probation_since,
			exiting_since: record.exiting_since,
		}
	}
}
