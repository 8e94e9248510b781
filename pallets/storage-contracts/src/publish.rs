// SPDX-License-Identifier: Apache-2.0
//! Contracts from proposals that clients signed and providers bring: no transaction of the client.

use crate::{Config, Error, Event, Pallet, Published};
use frame_support::{ensure, pallet_prelude::BoundedVec, storage::with_storage_layer};
use sp_core::ConstU32;
use sp_runtime::DispatchResult;
use terrace_layers::{
	is_signed, proposal_statement, AccountId, Neighbours, SignedProposal, MAX_PUBLISHED,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_publish(
		provider: AccountId,
		proposals: BoundedVec<SignedProposal, ConstU32<MAX_PUBLISHED>>,
	) {
		for (index, proposal) in proposals.into_iter().enumerate() {
			let (client, number) = (proposal.client.clone(), proposal.number);
			let made = with_storage_layer(|| Self::publish_one(&provider, proposal));
			if let Err(error) = made {
				let index = u32::try_from(index).unwrap_or(u32::MAX);
				Self::deposit_event(Event::ProposalRefused { index, client, number, error });
			}
		}
	}

	fn publish_one(provider: &AccountId, proposal: SignedProposal) -> DispatchResult {
		let SignedProposal { client, terms, number, expires_at, signature } = proposal;
		ensure!(Self::now_block() <= expires_at, Error::<T>::ProposalLapsed);
		let newest = Published::<T>::get(&client, provider);
		ensure!(newest.is_none_or(|newest| newest < number), Error::<T>::NumberUsed);
		let this = T::Registry::this();
		let statement = proposal_statement(this, &client, provider, &terms, number, expires_at);
		ensure!(is_signed(&signature, &statement, &client), Error::<T>::BadSignature);
		Published::<T>::insert(&client, provider, number);
		let id = Self::do_propose(client, provider.clone(), terms)?;
		Self::do_accept(provider.clone(), id)
	}
}
