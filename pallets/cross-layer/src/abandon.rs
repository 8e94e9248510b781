// SPDX-License-Identifier: Apache-2.0
//! How governance gives up what a closed neighbour will never take.

use crate::{
	Acked, Acknowledged, Config, DeadLetterNonces, DeadLetters, Error, Event, LaneKey, Lanes,
	Locked, Outbox, Pallet,
};
use frame_support::{
	ensure,
	traits::{fungible::Mutate, tokens::Preservation},
};
use sp_runtime::{DispatchError, SaturatedConversion};
use terrace_layers::{Balance, ChainId, LaneId, Message, Neighbours};

impl<T: Config> Pallet<T> {
	/// Gives up at most `max` messages of a lane, those kept for `chain` first; says how many.
	pub(crate) fn do_abandon(chain: ChainId, lane: LaneId, max: u32) -> Result<u32, DispatchError> {
		let key = (chain, lane);
		T::Registry::relation(&chain).ok_or(Error::<T>::UnknownChain)?;
		let own = Lanes::<T>::get(key).ok_or(Error::<T>::UnknownLane)?;
		ensure!(T::Registry::is_closed(&chain), Error::<T>::NotClosed);
		// What a neighbour said that left moves no money: it must not stand in the way of refunds.
		let waiting = if lane == LaneId::MONEY { Self::drop_waiting(chain, max) } else { 0 };
		let max = max.saturating_sub(waiting);
		let (count, refunded) = Self::drop_messages(key, own.out_nonce, max)?;
		let letters = Self::drop_letters(key, max.saturating_sub(count)).saturating_add(waiting);
		let all = count.saturating_add(letters);
		ensure!(all > 0, Error::<T>::NotFound);
		Self::deposit_event(Event::MessagesAbandoned { chain, lane, count, letters, refunded });
		Ok(all)
	}

	/// Drops at most `max` of the oldest messages kept; says how many, and the tokens handed back.
	fn drop_messages(key: LaneKey, sent: u64, max: u32) -> Result<(u32, Balance), DispatchError> {
		let Acknowledged { nonce: acked, pruned } = Acked::<T>::get(key);
		let end = sent.min(pruned.saturating_add(max.into()));
		let mut refunded: Balance = 0;
		for nonce in pruned.saturating_add(1)..=end {
			let Some(payload) = Outbox::<T>::take(key, nonce) else { continue };
			// What was acknowledged has arrived, and the tokens in it with it.
			let message = Self::read(&payload).filter(|_| nonce > acked);
			refunded = refunded.saturating_add(Self::hand_back(&key.0, message)?);
		}
		if end > pruned {
			Acked::<T>::insert(key, Acknowledged { nonce: acked.max(end), pruned: end });
		}
		Ok((end.saturating_sub(pruned).saturated_into(), refunded))
	}

	/// Drops at most `max` of the newest dead letters; says how many.
	fn drop_letters(key: LaneKey, max: u32) -> u32 {
		let mut nonces = DeadLetterNonces::<T>::get(key);
		let mut dropped = 0_u32;
		while dropped < max {
			let Some(nonce) = nonces.pop() else { break };
			DeadLetters::<T>::remove(key, nonce);
			dropped = dropped.saturating_add(1);
		}
		if nonces.is_empty() {
			DeadLetterNonces::<T>::remove(key);
		} else if dropped > 0 {
			DeadLetterNonces::<T>::insert(key, nonces);
		}
		dropped
	}

	/// Gives the tokens of a message to whom they were meant for, here; says how many.
	fn hand_back(chain: &ChainId, message: Option<Message>) -> Result<Balance, DispatchError> {
		match message {
			Some(Message::Credit { who, amount }) => {
				let locked = Locked::<T>::get(chain);
				let after = locked.checked_sub(amount).ok_or(Error::<T>::FirewallExceeded)?;
				let account = Self::locked_account(chain);
				T::Currency::transfer(&account, &who, amount, Preservation::Preserve)?;
				Locked::<T>::insert(chain, after);
				Ok(amount)
			}
			Some(Message::Release { who, amount }) => {
				Self::credit(who, amount)?;
				Ok(amount)
			}
			_ => Ok(0),
		}
	}
}
