// SPDX-License-Identifier: Apache-2.0
//! Invariants.

use crate::{
	Acked, Acknowledged, Config, CurrentTrace, DeadLetterNonces, DeadLetters, LaneKey, Lanes,
	Locked, Outbox, Pallet, WaitingReleases, Waitlist, Waitlists,
};
use alloc::{format, string::String, vec::Vec};
use frame_support::traits::fungible::Inspect;
use terrace_layers::{
	limits, payload_hash, Balance, Direction, LaneState, Neighbours, VersionedMessage,
};

impl<T: Config> Pallet<T> {
	/// For every lane:
	///
	/// 1. it is this chain's own, in the layout of this release;
	/// 2. `pruned <= acknowledged <= sent`, and `sent - pruned` is within the limit;
	/// 3. the outbox holds exactly the messages after `pruned`, each of them readable;
	/// 4. an outbox that was never pruned hashes to the head;
	/// 5. dead letters are exactly those in the index, which is ordered and below the cursor.
	///
	/// For every child: its account holds what is locked and the existential deposit, and what is
	/// locked backs the releases that wait, which are exactly those of the queue. Nothing belongs to a
	/// lane that does not exist, and no message is being dispatched.
	pub(crate) fn do_try_state() -> Result<(), String> {
		for (key, own) in Lanes::<T>::iter() {
			Self::check_lane(key, &own)?;
			Self::check_outbox(key, &own)?;
			Self::check_dead_letters(key, &own)?;
		}
		Self::check_no_strays()?;
		if let Some(trace) = CurrentTrace::<T>::get() {
			return Err(format!("{trace:?} is dispatched and no message is"));
		}
		for (child, locked) in Locked::<T>::iter() {
			let held = T::Currency::balance(&Self::locked_account(&child));
			let least = locked.saturating_add(T::Currency::minimum_balance());
			if held < least {
				return Err(format!("account of {child} holds {held}, {locked} are locked"));
			}
		}
		Self::check_waiting()
	}

	fn check_waiting() -> Result<(), String> {
		for (child, Waitlist { first, next, total }) in Waitlists::<T>::iter() {
			let mut places: Vec<_> = WaitingReleases::<T>::iter_prefix(child).collect();
			places.sort_by_key(|(place, _)| *place);
			let queued = places.iter().map(|(place, _)| *place);
			if first == next || !queued.eq(first..next) {
				return Err(format!("releases of {child} do not wait in {first}..{next}"));
			}
			let sum =
				places.iter().fold(0, |sum: Balance, (_, one)| sum.saturating_add(one.amount));
			let locked = Locked::<T>::get(child);
			if sum != total || total > locked {
				return Err(format!("{sum} of {child} wait, {total} say so, {locked} are locked"));
			}
		}
		match WaitingReleases::<T>::iter_keys()
			.find(|(child, _)| !Waitlists::<T>::contains_key(child))
		{
			Some((child, place)) => Err(format!("release {place} of {child} waits in no queue")),
			None => Ok(()),
		}
	}

	fn check_lane(key: LaneKey, own: &LaneState) -> Result<(), String> {
		let (this, Acknowledged { nonce, pruned }) = (T::Registry::this(), Acked::<T>::get(key));
		if own.self_id != this || own.version != LaneState::VERSION || !key.1.is_known() {
			return Err(format!("{key:?} is no lane of {this}: {own:?}"));
		}
		if pruned > nonce || nonce > own.out_nonce {
			return Err(format!("{key:?}: pruned {pruned}, acked {nonce}, sent {}", own.out_nonce));
		}
		if own.out_nonce.saturating_sub(pruned) > limits::MAX_PENDING.into() {
			return Err(format!("{key:?}: sent {}, pruned only {pruned}", own.out_nonce));
		}
		Ok(())
	}

	fn check_outbox(key: LaneKey, own: &LaneState) -> Result<(), String> {
		let pruned = Acked::<T>::get(key).pruned;
		let mut kept: Vec<_> = Outbox::<T>::iter_prefix(key).collect();
		kept.sort_by_key(|(nonce, _)| *nonce);
		let expected = pruned.saturating_add(1)..=own.out_nonce;
		if !kept.iter().map(|(nonce, _)| *nonce).eq(expected) {
			return Err(format!("{key:?}: outbox is not {pruned}+1..={}", own.out_nonce));
		}
		let way = Direction {
			source: own.self_id,
			target: key.0,
			lane: key.1,
			incarnation: own.incarnation,
		};
		let mut head = Default::default();
		for (nonce, payload) in &kept {
			if VersionedMessage::from_payload(payload).is_err() {
				return Err(format!("{key:?}: message {nonce} cannot be read"));
			}
			head = way.next_head(*nonce, head, payload_hash(payload));
		}
		if pruned == 0 && head != own.out_head {
			return Err(format!("{key:?}: outbox hashes to {head:?}, head is {:?}", own.out_head));
		}
		Ok(())
	}

	fn check_dead_letters(key: LaneKey, own: &LaneState) -> Result<(), String> {
		let nonces = DeadLetterNonces::<T>::get(key);
		let mut letters: Vec<_> = DeadLetters::<T>::iter_key_prefix(key).collect();
		letters.sort_unstable();
		if letters != nonces.to_vec() {
			return Err(format!("{key:?}: letters {letters:?}, index {nonces:?}"));
		}
		let newest = nonces.last().copied().unwrap_or(0);
		if newest > own.in_nonce {
			return Err(format!("{key:?}: letter {newest} after cursor {}", own.in_nonce));
		}
		Ok(())
	}

	fn check_no_strays() -> Result<(), String> {
		let owners = Outbox::<T>::iter_keys()
			.map(|(key, _)| key)
			.chain(DeadLetters::<T>::iter_keys().map(|(key, _)| key))
			.chain(DeadLetterNonces::<T>::iter_keys())
			.chain(Acked::<T>::iter_keys());
		for key in owners {
			if !Lanes::<T>::contains_key(key) {
				return Err(format!("{key:?} has contents but no lane"));
			}
		}
		Ok(())
	}
}
