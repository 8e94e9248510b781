// SPDX-License-Identifier: Apache-2.0
//! Slots: filling and freeing them.

use crate::{
	bit_of, bits_where, Config, Page, Pages, Pallet, Proven, Slot, SlotAddress, SlotOf,
	StreamRecord, Streams, Vacancies,
};
use frame_support::traits::Get;
use sp_runtime::BoundedVec;
use terrace_layers::{StreamId, PAGE_SLOTS};

/// Whether `page` has no free slot.
pub(crate) fn is_full(page: &Page) -> bool {
	bits_where(page, |_| true).count_ones() >= PAGE_SLOTS
}

impl<T: Config> Pallet<T> {
	/// Puts `slot` into a free place of the stream; `None`, and nothing written, if it has none.
	///
	/// A place is free only when no window that is open or being swept has a use for it, so that a
	/// new leg never inherits a proof.
	pub(crate) fn place(stream: StreamId, record: &mut StreamRecord, slot: Slot) -> Option<()> {
		let mut vacancies = Vacancies::<T>::get(stream);
		let number = match vacancies.last() {
			Some(number) => *number,
			None => Self::add_page(record, &mut vacancies)?,
		};
		let leg = slot.leg;
		let mut page = Pages::<T>::get(stream, number);
		let index = put(&mut page, slot)?;
		if is_full(&page) {
			vacancies.pop();
		}
		record.live = record.live.saturating_add(1);
		SlotOf::<T>::insert(leg, SlotAddress { stream, page: number, slot: index });
		Vacancies::<T>::insert(stream, vacancies);
		Pages::<T>::insert(stream, number, page);
		Some(())
	}

	fn add_page(
		record: &mut StreamRecord,
		vacancies: &mut BoundedVec<u32, T::MaxPagesPerStream>,
	) -> Option<u32> {
		let number = record.pages;
		if number >= T::MaxPagesPerStream::get() {
			return None;
		}
		vacancies.try_push(number).ok()?;
		record.pages = number.saturating_add(1);
		Some(number)
	}

	/// Frees the slots `bits` of a page, and all that is empty because of it.
	pub(crate) fn vacate(stream: StreamId, number: u32, mut page: Page, bits: u64) {
		let was_full = is_full(&page);
		let mut freed = 0_u32;
		for (index, place) in page.iter_mut().enumerate() {
			if bits & bit_of(index) == 0 {
				continue;
			}
			if let Some(slot) = place.take() {
				SlotOf::<T>::remove(slot.leg);
				freed = freed.saturating_add(1);
			}
		}
		if page.iter().any(Option::is_some) {
			Pages::<T>::insert(stream, number, page);
		} else {
			Pages::<T>::remove(stream, number);
			Proven::<T>::remove((0, stream, number));
			Proven::<T>::remove((1, stream, number));
		}
		Self::after_vacating(stream, number, freed, was_full);
	}

	fn after_vacating(stream: StreamId, number: u32, freed: u32, was_full: bool) {
		let Some(mut record) = Streams::<T>::get(stream) else {
			frame_support::defensive!("a page without stream");
			return;
		};
		record.live = record.live.saturating_sub(freed);
		if record.live == 0 {
			Streams::<T>::remove(stream);
			Vacancies::<T>::remove(stream);
			return;
		}
		Streams::<T>::insert(stream, record);
		if was_full && freed > 0 && Vacancies::<T>::try_append(stream, number).is_err() {
			frame_support::defensive!("more vacancies than pages");
		}
	}
}

/// Puts `slot` into the first free place of `page` and says which one it is.
fn put(page: &mut Page, slot: Slot) -> Option<u8> {
	let free = page.iter().position(Option::is_none).unwrap_or(page.len());
	let index = u8::try_from(free).ok()?;
	match page.get_mut(free) {
		Some(place) => *place = Some(slot),
		None => page.try_push(Some(slot)).ok()?,
	}
	Some(index)
}
