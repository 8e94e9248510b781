// SPDX-License-Identifier: Apache-2.0
//! Tokens that a child releases, no more in a period than the runtime lets it.
//!
//! What exceeds that waits in a queue. Each turn pays a part of the period's share and sends the rest to
//! the end of the queue, so that the large pass in parts and the small are not kept waiting by them.

use crate::{
	Config, Error, Event, Locked, Pallet, ReleasePeriod, Released, Waiting, WaitingReleases,
	Waitlist, Waitlists, LOG_TARGET,
};
use frame_support::{
	ensure,
	storage::with_storage_layer,
	traits::{fungible::Mutate, tokens::Preservation, Get},
};
use sp_runtime::{DispatchError, DispatchResult, SaturatedConversion};
use terrace_layers::{AccountId, Balance, ChainId, Neighbours};

/// Turns that a new release gives to those that wait already: more than it adds itself.
pub(crate) const TURNS_PER_RELEASE: u32 = 2;
/// Most releases of a child that wait; what exceeds them stays a message that failed.
pub(crate) const MAX_WAITING: u64 = 1_024;
/// Part of a period's share that one turn takes at most.
const TURNS_PER_PERIOD: Balance = 8;

impl ReleasePeriod {
	/// Tokens that may still be released in it.
	fn left(&self) -> Balance {
		self.allowed.saturating_sub(self.released)
	}
}

impl<T: Config> Pallet<T> {
	/// Unlocks tokens that `child` has burnt, never more than are locked for it; now or later.
	pub(crate) fn release(child: ChainId, who: AccountId, amount: Balance) -> DispatchResult {
		let locked = Locked::<T>::get(child);
		let waiting = Waitlists::<T>::get(child);
		let free = locked.saturating_sub(waiting.total);
		ensure!(amount <= free, Error::<T>::FirewallExceeded);
		let Some(mut period) = Self::release_period(&child, locked) else {
			return Self::unlock(child, &who, amount);
		};
		ensure!(amount >= T::MinTransfer::get(), Error::<T>::AmountTooLow);
		let queued = waiting.next.saturating_sub(waiting.first);
		ensure!(queued < MAX_WAITING, Error::<T>::ReleaseLimited);
		// Whoever waits comes first.
		let now = if waiting.total == 0 { Self::part_of(amount, period.left()) } else { 0 };
		if now > 0 {
			Self::unlock(child, &who, now)?;
			period.released = period.released.saturating_add(now);
		}
		Released::<T>::insert(child, period);
		let rest = amount.saturating_sub(now);
		if rest > 0 {
			Waitlists::<T>::mutate(child, |list| {
				Self::append_waiting(child, list, Waiting { who: who.clone(), amount: rest })
			});
			Self::deposit_event(Event::ReleaseWaits { child, who, amount: rest });
			Self::take_turns(child, TURNS_PER_RELEASE);
		}
		Ok(())
	}

	/// Pays releases that wait, at most `max` of them; says how many turns there were.
	pub(crate) fn do_release_waiting(child: ChainId, max: u32) -> Result<u32, DispatchError> {
		T::Registry::relation(&child).ok_or(Error::<T>::UnknownChain)?;
		ensure!(T::Registry::may_receive(&child), Error::<T>::NotReceiving);
		ensure!(Waitlists::<T>::contains_key(child), Error::<T>::NotFound);
		let turns = Self::take_turns(child, max);
		ensure!(turns > 0, Error::<T>::ReleaseLimited);
		Ok(turns)
	}

	/// Gives up at most `max` of the oldest releases that wait; their tokens stay locked.
	pub(crate) fn drop_waiting(child: ChainId, max: u32) -> u32 {
		let Ok(mut list) = Waitlists::<T>::try_get(child) else { return 0 };
		let mut dropped = 0_u32;
		while dropped < max {
			let Some(entry) = WaitingReleases::<T>::take(child, list.first) else { break };
			list.first = list.first.saturating_add(1);
			list.total = list.total.saturating_sub(entry.amount);
			dropped = dropped.saturating_add(1);
		}
		Self::put_list(child, list);
		dropped
	}

	fn unlock(child: ChainId, who: &AccountId, amount: Balance) -> DispatchResult {
		let after = Locked::<T>::get(child).checked_sub(amount);
		let after = after.ok_or(Error::<T>::FirewallExceeded)?;
		let account = Self::locked_account(&child);
		T::Currency::transfer(&account, who, amount, Preservation::Preserve)?;
		Locked::<T>::insert(child, after);
		Self::deposit_event(Event::Released { child, who: who.clone(), amount });
		Ok(())
	}

	/// The running period, or a new one; `None` where nothing limits releases.
	fn release_period(child: &ChainId, locked: Balance) -> Option<ReleasePeriod> {
		let limit = T::ReleaseLimit::get()?;
		let now = frame_system::Pallet::<T>::block_number().saturated_into::<u32>();
		// Whatever is left at last must be able to go.
		let least = T::MinTransfer::get().saturating_mul(2);
		let allowed = least.max(limit.share * locked);
		let running = Released::<T>::get(child)
			.filter(|period| now.saturating_sub(period.since) < limit.period);
		Some(running.unwrap_or(ReleasePeriod { since: now, allowed, released: 0 }))
	}

	/// As much of an amount as fits. Neither that nor the rest is less than a transfer may be: less
	/// might never reach an account that is not alive.
	fn part_of(amount: Balance, room: Balance) -> Balance {
		if amount <= room {
			return amount;
		}
		let least = T::MinTransfer::get();
		let part = room.min(amount.saturating_sub(least));
		if part >= least {
			part
		} else {
			0
		}
	}

	/// Gives at most `max` turns to those that wait; says how many there were.
	fn take_turns(child: ChainId, max: u32) -> u32 {
		let mut period = Self::release_period(&child, Locked::<T>::get(child));
		let mut list = Waitlists::<T>::get(child);
		let mut turns = 0_u32;
		while turns < max {
			let Some(Waiting { who, amount }) = WaitingReleases::<T>::get(child, list.first) else {
				break;
			};
			let part = Self::part_of(amount, period.as_ref().map_or(amount, Self::room_of_turn));
			if part == 0 {
				break;
			}
			turns = turns.saturating_add(1);
			WaitingReleases::<T>::remove(child, list.first);
			list.first = list.first.saturating_add(1);
			list.total = list.total.saturating_sub(amount);
			let mut rest = amount;
			match with_storage_layer(|| Self::unlock(child, &who, part)) {
				Ok(()) => {
					rest = amount.saturating_sub(part);
					if let Some(period) = &mut period {
						period.released = period.released.saturating_add(part);
					}
				}
				// It must not keep the others waiting.
				Err(error) => log::debug!(target: LOG_TARGET, "{who:?} cannot be paid: {error:?}"),
			}
			if rest > 0 {
				Self::append_waiting(child, &mut list, Waiting { who, amount: rest });
			}
		}
		Self::put_list(child, list);
		period.into_iter().for_each(|period| Released::<T>::insert(child, period));
		turns
	}

	/// What one turn may take now.
	fn room_of_turn(period: &ReleasePeriod) -> Balance {
		let least = T::MinTransfer::get().saturating_mul(2);
		let turn = period.allowed.checked_div(TURNS_PER_PERIOD).unwrap_or_default().max(least);
		turn.min(period.left())
	}

	fn append_waiting(child: ChainId, list: &mut Waitlist, entry: Waiting) {
		list.total = list.total.saturating_add(entry.amount);
		WaitingReleases::<T>::insert(child, list.next, entry);
		list.next = list.next.saturating_add(1);
	}

	fn put_list(child: ChainId, list: Waitlist) {
		if list.first == list.next {
			Waitlists::<T>::remove(child);
		} else {
			Waitlists::<T>::insert(child, list);
		}
	}
}
