// SPDX-License-Identifier: Apache-2.0
//! What to deliver, decided from what both ends of an edge say; no I/O.

use sp_core::H256;
use sp_runtime::Weight;
use std::time::Duration;
use terrace_layers::{limits, payload_hash, views::LaneView, LaneId};

/// Acknowledgements alone are not worth a transaction below this number.
pub(crate) const ENOUGH_ACKS: u64 = 8;
/// Fewer acknowledgements are delivered after this time, so that the sender can forget.
pub(crate) const ACK_PATIENCE: Duration = Duration::from_secs(30);

/// Execution time that the messages of one call may take: with the call's own proofs it must fit the
/// 35 % of a block of 660 ms that one neighbour may use for nothing.
pub(crate) const MAX_CALL_TIME: u64 = 150 * 1_000_000_000;

/// The target's end of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TargetEnd {
	/// Newest message of the source that has arrived.
	pub received: u64,
	/// Hash-chain head over what has arrived.
	pub head: H256,
	/// Newest message of the target that the source has acknowledged.
	pub acked: u64,
	/// Whether the lane works.
	pub open: bool,
}

impl From<&LaneView> for TargetEnd {
	fn from(view: &LaneView) -> Self {
		let state = &view.state;
		let (received, head) = (state.in_nonce, state.in_head);
		Self { received, head, acked: view.acked, open: state.open }
	}
}

/// The source's end of a lane, at some block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SourceEnd {
	/// Newest message sent.
	pub sent: u64,
	/// Hash-chain head over what was sent.
	pub head: H256,
	/// Newest message of the target that has arrived.
	pub received: u64,
}

impl From<&LaneView> for SourceEnd {
	fn from(view: &LaneView) -> Self {
		let state = &view.state;
		Self { sent: state.out_nonce, head: state.out_head, received: state.in_nonce }
	}
}

/// What one direction of a lane needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
	/// Nothing is new.
	Nothing,
	/// Acknowledgements that can wait for company.
	AcksLater,
	/// A call now.
	Delivery,
}

/// What a lane needs, when its acknowledgements have `waited` so long.
fn need(target: &TargetEnd, source: &SourceEnd, waited: Duration) -> Need {
	if !target.open || source.sent < target.received {
		return Need::Nothing;
	}
	if source.sent > target.received {
		return Need::Delivery;
	}
	match source.received.saturating_sub(target.acked) {
		0 => Need::Nothing,
		acks if acks >= ENOUGH_ACKS || waited >= ACK_PATIENCE => Need::Delivery,
		_ => Need::AcksLater,
	}
}

/// One lane at the blocks of the source that a delivery could be proven at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lane {
	/// The lane.
	pub id: LaneId,
	/// The target's end now.
	pub target: TargetEnd,
	/// The source's end at the newest block that the target knows, if that state is still there.
	pub known: Option<SourceEnd>,
	/// The source's end at a newer block whose finality can be proven, if there is one.
	pub newer: Option<SourceEnd>,
	/// How long acknowledgements have waited.
	pub waited: Duration,
}

impl Lane {
	/// The source's end at the newest block there is.
	pub fn newest(&self) -> Option<SourceEnd> {
		self.newer.or(self.known)
	}

	/// Messages that the target lacks.
	pub fn messages(&self) -> u64 {
		self.newest().unwrap_or_default().sent.saturating_sub(self.target.received)
	}

	/// Acknowledgements that the target lacks.
	pub fn acknowledgements(&self) -> u64 {
		self.newest().unwrap_or_default().received.saturating_sub(self.target.acked)
	}

	/// What the lane needs, going by the newest block there is.
	pub fn need(&self) -> Need {
		self.newest().map_or(Need::Nothing, |end| need(&self.target, &end, self.waited))
	}
}

/// Whether somebody waits for what a lane delivers: messages, not mere acknowledgements.
pub(crate) fn is_urgent(lane: &Lane) -> bool {
	lane.messages() > 0
}

/// Where deliveries are proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
	/// At the newest block that the target knows: no finality is needed.
	Known,
	/// At a newer block, whose finality the first call brings.
	Newer,
}

/// What to deliver next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
	/// The lanes to deliver.
	pub lanes: Vec<LaneId>,
	/// The block they are proven at.
	pub at: At,
}

/// What to deliver; `None` if nothing is worth a call.
pub(crate) fn plan(lanes: &[Lane]) -> Option<Plan> {
	let due: Vec<_> = lanes.iter().filter(|lane| lane.need() == Need::Delivery).collect();
	if due.is_empty() {
		return None;
	}
	// Finality costs more than everything else a call brings: not without need.
	let suffices = due.iter().all(|lane| lane.known.is_some() && lane.known == lane.newest());
	let at = if suffices { At::Known } else { At::Newer };
	Some(Plan { lanes: due.iter().map(|lane| lane.id).collect(), at })
}

/// The messages of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Load {
	/// Payloads that are delivered.
	pub messages: Vec<Vec<u8>>,
	/// Hashes of those that stay behind.
	pub tail: Vec<H256>,
	/// Weight granted to the messages.
	pub max_weight: Weight,
}

/// How many of these payloads one call may take by number and bytes, at most `most`; at least one
/// if there is any.
pub(crate) fn candidates(payloads: &[Vec<u8>], most: u32) -> usize {
	let mut bytes = 0usize;
	let fitting = payloads
		.iter()
		.take(index(most.min(limits::MAX_MESSAGES_PER_CALL)))
		.take_while(|payload| {
			bytes = bytes.saturating_add(payload.len());
			bytes <= index(limits::MAX_BYTES_PER_CALL)
		})
		.count();
	fitting.max(1).min(payloads.len())
}

/// Splits payloads into those that one call takes and the rest.
///
/// `weights` are those of the first payloads, as the target tells them. Of those, as many are taken
/// as a call has time for, and at least one if there is any.
pub(crate) fn load(mut payloads: Vec<Vec<u8>>, weights: &[Weight]) -> Load {
	let mut max_weight = Weight::zero();
	let mut taken = 0usize;
	for weight in weights.iter().take(payloads.len()) {
		let with = max_weight.saturating_add(*weight);
		if taken > 0 && with.ref_time() > MAX_CALL_TIME {
			break;
		}
		(max_weight, taken) = (with, taken.saturating_add(1));
	}
	let tail = payloads.split_off(taken).iter().map(|payload| payload_hash(payload)).collect();
	Load { messages: payloads, tail, max_weight }
}

fn index(number: u32) -> usize {
	usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
	use super::*;

	const OPEN: TargetEnd = TargetEnd { received: 10, head: H256::zero(), acked: 5, open: true };
	const NOW: Duration = Duration::ZERO;

	fn source(sent: u64, received: u64) -> SourceEnd {
		SourceEnd { sent, head: H256::zero(), received }
	}

	#[test]
	fn needs_of_a_lane() {
		let cases = [
			(source(10, 5), NOW, Need::Nothing, "both ends agree"),
			(source(9, 4), ACK_PATIENCE, Need::Nothing, "the source is read at an older block"),
			(source(11, 5), NOW, Need::Delivery, "a message"),
			(source(11, 6), NOW, Need::Delivery, "a message and an acknowledgement"),
			(source(10, 6), NOW, Need::AcksLater, "one acknowledgement"),
			(source(10, 12), NOW, Need::AcksLater, "seven acknowledgements"),
			(source(10, 13), NOW, Need::Delivery, "eight acknowledgements"),
			(source(10, 6), ACK_PATIENCE, Need::Delivery, "one acknowledgement, for long"),
			(source(10, 5), ACK_PATIENCE, Need::Nothing, "nothing, for long"),
		];
		for (source, waited, expected, why) in cases {
			assert_eq!(need(&OPEN, &source, waited), expected, "{why}");
		}
	}

	#[test]
	fn closed_lane_needs_nothing() {
		let closed = TargetEnd { open: false, ..OPEN };
		assert_eq!(need(&closed, &source(99, 99), ACK_PATIENCE), Need::Nothing);
	}

	fn lane(id: LaneId, known: Option<SourceEnd>, newer: Option<SourceEnd>) -> Lane {
		Lane { id, target: OPEN, known, newer, waited: NOW }
	}

	#[test]
	fn nothing_new_is_no_plan() {
		let idle = source(10, 5);
		let later = source(10, 6);
		assert_eq!(plan(&[]), None);
		assert_eq!(plan(&[lane(LaneId::MONEY, None, None)]), None, "no block to prove it at");
		assert_eq!(plan(&[lane(LaneId::MONEY, Some(idle), Some(idle))]), None);
		assert_eq!(plan(&[lane(LaneId::MONEY, Some(idle), Some(later))]), None);
	}

	#[test]
	fn finality_is_brought_only_when_needed() {
		let (idle, news) = (source(10, 5), source(12, 5));
		let cases = [
			(Some(idle), Some(news), At::Newer, "sent after the block known"),
			(Some(news), Some(news), At::Known, "sent before the block known"),
			(Some(news), None, At::Known, "no newer block"),
			(None, Some(news), At::Newer, "the state at the block known is gone"),
			(Some(source(11, 5)), Some(news), At::Newer, "one before, one after"),
		];
		for (known, newer, at, why) in cases {
			let found = plan(&[lane(LaneId::STORAGE, known, newer)]);
			assert_eq!(found, Some(Plan { lanes: vec![LaneId::STORAGE], at }), "{why}");
		}
	}

	#[test]
	fn one_lane_that_needs_finality_brings_it_for_all() {
		let (idle, news) = (source(10, 5), source(12, 5));
		let lanes = [
			lane(LaneId::ADMIN, Some(idle), Some(idle)),
			lane(LaneId::MONEY, Some(news), Some(news)),
			lane(LaneId::STORAGE, Some(idle), Some(news)),
		];
		let expected = Plan { lanes: vec![LaneId::MONEY, LaneId::STORAGE], at: At::Newer };
		assert_eq!(plan(&lanes), Some(expected));
	}

	fn payloads(count: u32) -> Vec<Vec<u8>> {
		(0..count).map(|number| number.to_le_bytes().to_vec()).collect()
	}

	/// So many weights of a fraction of a call each.
	fn weights(count: usize, fraction: u64) -> Vec<Weight> {
		vec![Weight::from_parts(MAX_CALL_TIME / fraction, 10); count]
	}

	#[test]
	fn small_load_goes_at_once() {
		let load = load(payloads(3), &weights(3, 100));
		assert_eq!(load.messages, payloads(3));
		assert_eq!(load.tail, vec![]);
		assert_eq!(load.max_weight, Weight::from_parts(MAX_CALL_TIME / 100 * 3, 30));
	}

	#[test]
	fn rest_of_a_large_load_is_known_by_hash() {
		let all = payloads(100);
		let load = load(all.clone(), &weights(64, 1000));
		assert_eq!(load.messages, all[..64]);
		let rest: Vec<_> = all[64..].iter().map(|payload| payload_hash(payload)).collect();
		assert_eq!(load.tail, rest);
	}

	#[test]
	fn number_and_bytes_of_a_load_are_bounded() {
		assert_eq!(candidates(&payloads(100), u32::MAX), 64);
		assert_eq!(candidates(&payloads(100), 9), 9);
		assert_eq!(candidates(&payloads(3), u32::MAX), 3);
		assert_eq!(candidates(&[], u32::MAX), 0);
		let long = vec![vec![0; index(limits::MAX_MESSAGE)]; 12];
		assert_eq!(candidates(&long, u32::MAX), 8, "8 of 16 KiB are 128 KiB");
		let huge = vec![vec![0; index(limits::MAX_BYTES_PER_CALL) + 1]; 2];
		assert_eq!(candidates(&huge, u32::MAX), 1, "the target says what is wrong with it");
	}

	#[test]
	fn time_of_a_load_is_bounded() {
		let load = load(payloads(5), &weights(5, 2));
		assert_eq!((load.messages.len(), load.tail.len()), (2, 3));
		assert!(load.max_weight.ref_time() <= MAX_CALL_TIME);
	}

	#[test]
	fn one_message_always_goes() {
		let heavy = [Weight::MAX, Weight::MAX];
		let load = load(payloads(2), &heavy);
		assert_eq!((load.messages.len(), load.max_weight), (1, Weight::MAX));
		assert_eq!(super::load(vec![], &[]).messages.len(), 0);
		assert_eq!(super::load(vec![], &heavy).max_weight, Weight::zero());
	}
}
