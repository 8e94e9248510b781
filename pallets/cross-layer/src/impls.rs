// SPDX-License-Identifier: Apache-2.0
//! What other pallets use this one for.

use crate::{
	Acked, BeaconDue, Config, CurrentTrace, DeadLetterNonces, Error, Event, LaneKey, Lanes,
	LatestBeacon, Locked, Outbox, Pallet, Payload,
};
use frame_support::ensure;
use sp_core::H256;
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult, SaturatedConversion};
use terrace_layers::{
	limits, payload_hash, AccountId, Balance, Beacon, BeaconSource, Blockers, ChainId, Direction,
	LaneId, LaneState, LockBacking, Message, Neighbours, OnNeighbour, Origin, Relation,
	SendMessage, Trace, VersionedMessage,
};

impl<T: Config> SendMessage for Pallet<T> {
	fn send(to: ChainId, message: Message) -> Result<u64, DispatchError> {
		let lane = message.lane();
		let expected = match message.sender() {
			Relation::Parent => Relation::Child,
			Relation::Child => Relation::Parent,
		};
		let relation = T::Registry::relation(&to).ok_or(Error::<T>::UnknownChain)?;
		ensure!(relation == expected, Error::<T>::WrongDirection);
		ensure!(T::Registry::may_send(&to, lane), Error::<T>::NotSending);
		let own = Lanes::<T>::get((to, lane)).ok_or(Error::<T>::UnknownLane)?;
		ensure!(own.open, Error::<T>::LaneClosed);
		ensure!(Self::room_of((to, lane), &own) > 0, Error::<T>::LaneFull);
		let payload = Payload::try_from(VersionedMessage::to_payload(message))
			.map_err(|_| Error::<T>::MessageTooLong)?;
		let nonce = own.out_nonce.checked_add(1).ok_or(ArithmeticError::Overflow)?;
		let trace = Self::way_there((to, lane), &own).trace_id(nonce);
		Self::append((to, lane), own, nonce, payload);
		Self::deposit_event(Event::MessageSent { chain: to, lane, nonce, trace });
		Ok(nonce)
	}

	fn room(to: &ChainId, lane: LaneId) -> u32 {
		let key = (*to, lane);
		Lanes::<T>::get(key)
			.filter(|own| own.open && T::Registry::may_send(to, lane))
			.map_or(0, |own| Self::room_of(key, &own))
	}
}

impl<T: Config> Pallet<T> {
	/// Messages that fit: those acknowledged but not yet removed still take their place.
	fn room_of(key: LaneKey, own: &LaneState) -> u32 {
		let kept = own.out_nonce.saturating_sub(Acked::<T>::get(key).pruned);
		limits::MAX_PENDING.saturating_sub(kept.saturated_into())
	}

	/// The direction in which messages go to a neighbour on a lane.
	fn way_there((target, lane): LaneKey, own: &LaneState) -> Direction {
		Direction { source: own.self_id, target, lane, incarnation: own.incarnation }
	}

	pub(crate) fn append(key: LaneKey, own: LaneState, nonce: u64, payload: Payload) {
		let head =
			Self::way_there(key, &own).next_head(nonce, own.out_head, payload_hash(&payload));
		Outbox::<T>::insert(key, nonce, payload);
		Lanes::<T>::insert(key, LaneState { out_nonce: nonce, out_head: head, ..own });
	}

	/// Opens the lanes to a neighbour; those that are open already stay as they are.
	pub(crate) fn open_lanes(chain: ChainId) -> DispatchResult {
		let this = T::Registry::this();
		// In its genesis block a chain does not know its id yet: its first block opens the lanes.
		if this == ChainId::default() {
			return Ok(());
		}
		let incarnation = T::Registry::incarnation(&chain);
		let mut opened = false;
		for lane in LaneId::ALL {
			let key = (chain, lane);
			if let Some(own) = Lanes::<T>::get(key) {
				if own.incarnation == incarnation {
					continue;
				}
				ensure!(Self::is_drained(key, &own), Error::<T>::LaneNotDrained);
			}
			Acked::<T>::remove(key);
			Lanes::<T>::insert(key, LaneState::new(this, incarnation));
			opened = true;
		}
		if opened {
			Self::deposit_event(Event::LanesOpened { chain, incarnation });
		}
		Ok(())
	}

	fn is_drained(key: LaneKey, own: &LaneState) -> bool {
		Acked::<T>::get(key).pruned == own.out_nonce
			&& DeadLetterNonces::<T>::decode_len(key).unwrap_or(0) == 0
	}
}

impl<T: Config> OnNeighbour for Pallet<T> {
	fn on_registered(chain: ChainId, relation: Relation, _: &Origin) -> DispatchResult {
		Self::open_lanes(chain)?;
		if relation == Relation::Child && LatestBeacon::<T>::exists() {
			BeaconDue::<T>::put(true);
		}
		Ok(())
	}

	fn blockers(chain: &ChainId) -> Blockers {
		let ends = LaneId::ALL.map(|lane| ((*chain, lane), Lanes::<T>::get((*chain, lane))));
		let waiting = ends.iter().any(|(key, own)| {
			own.as_ref().is_some_and(|own| Acked::<T>::get(key).pruned != own.out_nonce)
		});
		let failed =
			ends.iter().any(|(key, _)| DeadLetterNonces::<T>::decode_len(key).unwrap_or(0) > 0);
		Blockers::NONE
			.with(Blockers::MESSAGES, waiting)
			.with(Blockers::DEAD_LETTERS, failed)
			.with(Blockers::TOKENS, Locked::<T>::get(chain) > 0)
	}
}

impl<T: Config> Trace for Pallet<T> {
	fn current() -> Option<H256> {
		CurrentTrace::<T>::get()
	}
}

impl<T: Config> BeaconSource for Pallet<T> {
	fn beacon() -> Option<Beacon> {
		LatestBeacon::<T>::get()
	}
}

impl<T: Config> LockBacking<AccountId, Balance> for Pallet<T> {
	fn lock(child: &ChainId, from: &AccountId, amount: Balance) -> DispatchResult {
		Self::lock_tokens(child, from, amount)?;
		let (child, from) = (*child, from.clone());
		Self::deposit_event(Event::BackingLocked { child, from, amount });
		Ok(())
	}
}
