// SPDX-License-Identifier: Apache-2.0
//! Events of a block, read by metadata.

use crate::{runtime::Runtime, Error};
use codec::{Compact, Decode};
use sp_core::H256;

/// When an event happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
pub enum Phase {
	/// While the transaction with this number was applied.
	#[codec(index = 0)]
	Extrinsic(u32),
	/// After all transactions.
	#[codec(index = 1)]
	Finalization,
	/// Before all transactions.
	#[codec(index = 2)]
	Initialization,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
	/// When it happened.
	pub phase: Phase,
	/// The pallet that tells it.
	pub pallet: String,
	/// Its name.
	pub name: String,
	/// Its encoded fields, one after the other.
	pub fields: Vec<u8>,
}

impl EventRecord {
	/// Whether it is this event of this pallet.
	pub fn is(&self, pallet: &str, name: &str) -> bool {
		self.pallet == pallet && self.name == name
	}

	/// The first fields as `T`; fields after them are ignored.
	pub fn decode<T: Decode>(&self) -> Result<T, Error> {
		T::decode(&mut &self.fields[..]).map_err(|error| Error::Malformed {
			url: "the chain".into(),
			method: format!("event {}.{}", self.pallet, self.name),
			reason: error.to_string(),
		})
	}
}

/// Reads a block's list of events; the error says what is wrong with it.
pub(crate) fn read(runtime: &Runtime, mut input: &[u8]) -> Result<Vec<EventRecord>, String> {
	let input = &mut input;
	let Compact(count) = Compact::<u32>::decode(input).map_err(|error| error.to_string())?;
	let mut events = Vec::new();
	for number in 0..count {
		let event = read_one(runtime, input).map_err(|error| format!("event {number}: {error}"))?;
		events.push(event);
	}
	if input.is_empty() {
		Ok(events)
	} else {
		Err(format!("{} bytes after {count} events", input.len()))
	}
}

fn read_one(runtime: &Runtime, input: &mut &[u8]) -> Result<EventRecord, String> {
	let text = |error: codec::Error| error.to_string();
	let phase = Phase::decode(input).map_err(text)?;
	let (pallet, variant) = <(u8, u8)>::decode(input).map_err(text)?;
	let pallet = runtime
		.metadata
		.pallet_by_event_index(pallet)
		.ok_or_else(|| format!("pallet {pallet} is unknown"))?;
	let variant = pallet
		.event_variant_by_index(variant)
		.ok_or_else(|| format!("event {variant} of {} is unknown", pallet.name()))?;
	let start = *input;
	for field in &variant.fields {
		runtime
			.skip(field.ty.id, input)
			.map_err(|error| format!("{}.{}: {error}", pallet.name(), variant.name))?;
	}
	let length = start.len().saturating_sub(input.len());
	let fields = start.get(..length).unwrap_or_default().to_vec();
	Vec::<H256>::decode(input).map_err(text)?;
	Ok(EventRecord { phase, pallet: pallet.name().into(), name: variant.name.clone(), fields })
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::example_runtime::{example_runtime, ShopEvent, SHOP};
	use codec::Encode;

	fn bought() -> ShopEvent {
		ShopEvent::Bought { what: 5, by: [1; 4], note: b"hello".to_vec() }
	}

	/// A block's events: phase, pallet, event, topics of each.
	fn stored() -> Vec<u8> {
		let topics = vec![H256::repeat_byte(1)];
		let first = ([2u8], SHOP, ShopEvent::Opened, Vec::<H256>::new()).encode();
		let second = (0u8, 3u32, SHOP, bought(), topics).encode();
		[Compact(2u32).encode(), first, second].concat()
	}

	#[test]
	fn events_are_cut_out_and_named() {
		let events = read(&example_runtime(), &stored()).expect("two events");
		let names: Vec<_> = events.iter().map(|event| event.name.as_str()).collect();
		assert_eq!(names, ["Opened", "Bought"]);
		assert_eq!(events[0].phase, Phase::Initialization);
		assert_eq!(events[1].phase, Phase::Extrinsic(3));
		assert!(events[0].fields.is_empty());
		assert_eq!(events[1].fields, bought().encode()[1..]);
		assert!(events[1].is("Shop", "Bought"));
	}

	#[test]
	fn first_fields_can_be_read_alone() {
		let events = read(&example_runtime(), &stored()).expect("two events");
		assert_eq!(events[1].decode::<u32>(), Ok(5));
		assert_eq!(events[1].decode::<(u32, [u8; 4])>(), Ok((5, [1; 4])));
		let error = events[0].decode::<u32>().expect_err("no fields");
		assert!(error.to_string().contains("Shop.Opened"), "{error}");
	}

	#[test]
	fn damaged_lists_are_refused() {
		let runtime = example_runtime();
		let whole = stored();
		for length in 0..whole.len() {
			assert!(read(&runtime, &whole[..length]).is_err(), "cut to {length}");
		}
		let longer = [whole.clone(), vec![0]].concat();
		assert!(read(&runtime, &longer).is_err_and(|error| error.contains("1 bytes after")));
		let mut unknown = whole;
		unknown[2] = 99;
		assert!(read(&runtime, &unknown).is_err_and(|error| error.contains("pallet 99")));
	}
}
