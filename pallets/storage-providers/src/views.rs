// SPDX-License-Identifier: Apache-2.0
//! Answers for the runtime API.

use crate::{Config, Pallet, ProviderRecord, Providers};
use alloc::vec::Vec;
use terrace_layers::{views::ProviderView, AccountId};

/// Most providers of one page.
pub const MAX_PROVIDERS_PER_PAGE: u32 = 256;

impl<T: Config> Pallet<T> {
	/// A provider, if registered.
	pub fn provider(who: AccountId) -> Option<ProviderView> {
		Providers::<T>::get(&who).map(|record| Self::view(who, record))
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
