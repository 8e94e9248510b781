// SPDX-License-Identifier: Apache-2.0
//! What people trigger, besides relaying.

use crate::{
	Config, DeadLetterNonces, DeadLetters, Error, Event, LaneKey, Pallet, WeightInfo,
	MAX_MESSAGE_SHARE,
};
use alloc::vec::Vec;
use frame_support::{
	dispatch::{DispatchResultWithPostInfo, WithPostDispatchInfo},
	ensure,
	traits::Get,
	weights::Weight,
};
use frame_system::{ensure_authorized, ensure_signed, pallet_prelude::OriginFor};
use sp_runtime::DispatchResult;
use terrace_layers::{
	payload_hash, AccountId, Balance, ChainId, FreeRelaying, LaneId, Layer, Message, Neighbours,
	Relation, SendMessage,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_transfer_down(
		who: AccountId,
		child: ChainId,
		beneficiary: AccountId,
		amount: Balance,
	) -> DispatchResult {
		let relation = T::Registry::relation(&child).ok_or(Error::<T>::UnknownChain)?;
		// A proof chain knows no accounts: whatever went there could never come back.
		let has_tokens = T::Registry::layer().child() == Some(Layer::Contract);
		ensure!(relation == Relation::Child && has_tokens, Error::<T>::NoTokensBelow);
		ensure!(amount >= T::MinTransfer::get(), Error::<T>::AmountTooLow);
		let nonce = Self::send(child, Message::Credit { who: beneficiary.clone(), amount })?;
		Self::lock_tokens(&child, &who, amount)?;
		Self::deposit_event(Event::TransferredDown {
			child,
			from: who,
			beneficiary,
			amount,
			nonce,
		});
		Ok(())
	}

	pub(crate) fn do_transfer_up(
		who: AccountId,
		beneficiary: AccountId,
		amount: Balance,
	) -> DispatchResult {
		let parent = T::Registry::parent().ok_or(Error::<T>::NoParent)?;
		ensure!(amount >= T::MinTransfer::get(), Error::<T>::AmountTooLow);
		let nonce = Self::send(parent, Message::Release { who: beneficiary.clone(), amount })?;
		Self::burn_tokens(&who, amount)?;
		Self::deposit_event(Event::TransferredUp { from: who, beneficiary, amount, nonce });
		Ok(())
	}

	pub(crate) fn do_send_admin(to: ChainId, spec_version: u32, call: Vec<u8>) -> DispatchResult {
		let hash = payload_hash(&call);
		let call = call.try_into().map_err(|_| Error::<T>::MessageTooLong)?;
		let nonce = Self::send(to, Message::Admin { spec_version, call })?;
		Self::deposit_event(Event::AdminCallSent { child: to, call: hash, nonce });
		Ok(())
	}

	pub(crate) fn redispatch_as(
		origin: OriginFor<T>,
		key: LaneKey,
		nonce: u64,
	) -> DispatchResultWithPostInfo {
		if ensure_authorized(origin.clone()).is_ok() {
			T::Registry::spend(&key.0, Self::weight_of_redispatch());
		} else {
			ensure_signed(origin)?;
		}
		Self::do_redispatch(key, nonce)
	}

	pub(crate) fn do_redispatch(key: LaneKey, nonce: u64) -> DispatchResultWithPostInfo {
		let (chain, lane) = key;
		let relation = T::Registry::relation(&chain).ok_or(Error::<T>::UnknownChain)?;
		ensure!(T::Registry::may_receive(&chain), Error::<T>::NotReceiving);
		let mut nonces = DeadLetterNonces::<T>::get(key);
		let index = nonces.binary_search(&nonce).map_err(|_| Error::<T>::NotFound)?;
		// A batch or a report must not overtake an earlier one.
		ensure!(lane != LaneId::STORAGE || index == 0, Error::<T>::NotNext);
		let payload = DeadLetters::<T>::take(key, nonce).ok_or(Error::<T>::NotFound)?;
		nonces.remove(index);
		if nonces.is_empty() {
			DeadLetterNonces::<T>::remove(key);
		} else {
			DeadLetterNonces::<T>::insert(key, nonces);
		}
		let message = Self::read(&payload);
		let weight = Self::weight_of_message(message.as_ref());
		ensure!(weight.all_lte(Self::heaviest_message()), Error::<T>::MessageTooHeavy);
		let weight = T::WeightInfo::redispatch().saturating_add(weight);
		let trace = Self::way_here(key).trace_id(nonce);
		Self::dispatch(key, relation, trace, message).map_err(|error| error.with_weight(weight))?;
		Self::deposit_event(Event::MessageRedispatched { chain, lane, nonce, trace });
		Ok(Some(weight).into())
	}

	/// Most weight of dispatching a message again.
	pub(crate) fn weight_of_redispatch() -> Weight {
		T::WeightInfo::redispatch().saturating_add(Self::heaviest_message())
	}

	/// Most weight of a message that is dispatched again.
	pub(crate) fn heaviest_message() -> Weight {
		Self::share_of_block(MAX_MESSAGE_SHARE)
	}
}
