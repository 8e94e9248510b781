// SPDX-License-Identifier: Apache-2.0
//! Messages of the parent: which legs to prove.

use crate::{
	bit_of, Applied, Config, CurrentWindow, Error, Event, Pages, Pallet, Slot, SlotOf,
	StreamRecord, Streams, WeightInfo,
};
use frame_support::{ensure, traits::Get, weights::Weight};
use sp_runtime::DispatchResult;
use terrace_layers::{
	BatchId, ChainId, LegId, Message, OnMessage, Operator, Relation, StreamId, TrackBatch,
	TrackedLeg, Window, MAX_BATCHES_PER_WINDOW, MAX_INTERVAL,
};
use terrace_possession::{BlobSize, MAX_CHALLENGES};

impl<T: Config> OnMessage for Pallet<T> {
	fn weight(message: &Message) -> Weight {
		let legs = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
		match message {
			Message::Track(batch) => T::WeightInfo::track(legs(batch.legs.len())),
			Message::Untrack(ended) => T::WeightInfo::untrack(legs(ended.len())),
			Message::SetOperator { .. } => T::WeightInfo::set_operator(),
			_ => T::WeightInfo::refuse_message(),
		}
	}

	fn on_message(_: ChainId, relation: Relation, message: Message) -> DispatchResult {
		ensure!(relation == Relation::Parent, Error::<T>::NotFromParent);
		match message {
			Message::Track(batch) => Self::do_track(batch),
			Message::Untrack(legs) => {
				Self::do_untrack(&legs);
				Ok(())
			}
			Message::SetOperator { stream, operator } => {
				Self::do_set_operator(stream, operator);
				Ok(())
			}
			_ => Err(Error::<T>::UnexpectedMessage.into()),
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Tracks the legs of the next batch; one that cannot be tracked does not hold up the others.
	fn do_track(TrackBatch { batch, legs }: TrackBatch) -> DispatchResult {
		ensure!(batch == Applied::<T>::get().next(), Error::<T>::NotNextBatch);
		let from = Self::first_window_of(batch);
		Applied::<T>::put(batch);
		let (mut added, mut skipped) = (0_u32, 0_u32);
		for leg in legs {
			match Self::track_leg(leg, from) {
				Some(()) => added = added.saturating_add(1),
				None => skipped = skipped.saturating_add(1),
			}
		}
		Self::deposit_event(Event::LegsTracked { batch, added, skipped });
		Ok(())
	}

	/// First window whose report will say that `batch`, which is applied now, was in time for it.
	///
	/// A window starts only so many batches, so that the parent can bound its work for a report;
	/// the parent computes the same from the reports alone.
	fn first_window_of(batch: BatchId) -> Window {
		let (window, applied) = CurrentWindow::<T>::get()
			.map_or_else(Default::default, |open| (open.window, open.applied));
		let ahead = batch.0.saturating_sub(applied.0).div_ceil(MAX_BATCHES_PER_WINDOW).max(1);
		Window(window.0.saturating_add(u32::try_from(ahead).unwrap_or(u32::MAX)))
	}

	fn track_leg(leg: TrackedLeg, from: Window) -> Option<()> {
		let start = leg.start.max(from);
		let size = BlobSize::new(leg.size).ok()?;
		let is_sound = start < leg.end
			&& (1..=MAX_CHALLENGES).contains(&leg.challenges)
			&& (1..=MAX_INTERVAL).contains(&leg.interval);
		if !is_sound || SlotOf::<T>::contains_key(leg.leg) {
			return None;
		}
		let mut record = match Streams::<T>::get(leg.stream) {
			Some(record) => (record.provider == leg.provider).then_some(record)?,
			None => Self::new_stream(&leg)?,
		};
		record.operator = leg.operator;
		let slot = Slot {
			leg: leg.leg,
			root: leg.root,
			size,
			challenges: leg.challenges,
			interval: leg.interval,
			start,
			end: leg.end,
		};
		Self::place(leg.stream, &mut record, slot)?;
		Streams::<T>::insert(leg.stream, record);
		Some(())
	}

	fn new_stream(leg: &TrackedLeg) -> Option<StreamRecord> {
		(Streams::<T>::count() < T::MaxStreams::get()).then(|| StreamRecord {
			provider: leg.provider.clone(),
			operator: leg.operator,
			pages: 0,
			live: 0,
			proven_in: None,
		})
	}

	/// Replaces a stream's key; a stream without legs has none to replace.
	fn do_set_operator(stream: StreamId, operator: Operator) {
		let known = Streams::<T>::mutate(stream, |slot| {
			slot.as_mut().map(|record| record.operator = operator).is_some()
		});
		Self::deposit_event(Event::OperatorSet { stream, known });
	}

	fn do_untrack(legs: &[LegId]) {
		let (mut ended, mut skipped) = (0_u32, 0_u32);
		for leg in legs {
			match Self::untrack_leg(*leg) {
				Some(()) => ended = ended.saturating_add(1),
				None => skipped = skipped.saturating_add(1),
			}
		}
		Self::deposit_event(Event::LegsUntracked { ended, skipped });
	}

	/// Ends a leg after the open window, in which it stays due if it was.
	fn untrack_leg(leg: LegId) -> Option<()> {
		let at = SlotOf::<T>::get(leg)?;
		let open = CurrentWindow::<T>::get().map_or_else(Default::default, |open| open.window);
		let mut page = Pages::<T>::get(at.stream, at.page);
		let index = usize::from(at.slot);
		let slot = page.get_mut(index)?.as_mut()?;
		if slot.start > open || slot.end <= Self::first_unswept() {
			Self::vacate(at.stream, at.page, page, bit_of(index));
		} else {
			slot.end = slot.end.min(open.next());
			Pages::<T>::insert(at.stream, at.page, page);
		}
		Some(())
	}
}
