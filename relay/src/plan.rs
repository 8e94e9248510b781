// SPDX-License-Identifier: Apache-2.0
//! What to deliver, decided from what both ends of an edge say; no I/O.

use sp_core::H256;
use sp_runtime::Weight;
use std::time::Duration;
use terrace_layers::{limits, payload_hash, views::LaneView, LaneId, Message, VersionedMessage};

/// Acknowledgements alone are not worth a transaction below this number.
pub(crate) const ENOUGH_ACKS: u64 = 8;
/// Fewer acknowledgements are delivered after this time, so that the sender can forget.
pub(crate) const ACK_PATIENCE: Duration = Duration::from_secs(30);

const MILLISECOND: u64 = 1_000_000_000;
/// Execution time that the messages of one call may take: less than half of a block of 660 ms, so
/// that the call, with its own proofs, fits any block that is not full of other messages.
const MAX_CALL_TIME: u64 = 300 * MILLISECOND;
/// State proof that the messages of one call may take; chains that validate all of their blocks
/// set no tighter limit.
const MAX_CALL_PROOF: u64 = 1 << 30;
/// More than twice what a message takes that touches a few records.
const SMALL_MESSAGE: u64 = MILLISECOND;
/// Twice what a leg takes that is tracked or untracked.
const LEG: u64 = MILLISECOND;
/// Twice what a report takes that starts as many batches as a window may.
const REPORT: u64 = 40 * MILLISECOND;
/// Twice what an outage takes.
const OUTAGE: u64 = MILLISECOND / 5;
/// Twice what a fault takes.
const FAULT: u64 = MILLISECOND * 3 / 10;

/// The target's end of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TargetEnd {
	/// Newest message of the source that has arrived.
	pub received: u64,
	/// Newest message of the target that the source has acknowledged.
	pub acked: u64,
	/// Whether the lane works.
	pub open: bool,
}

impl From<&LaneView> for TargetEnd {
	fn from(view: &LaneView) -> Self {
		Self { received: view.state.in_nonce, acked: view.acked, open: view.state.open }
	}
}

/// The source's end of a lane, at some block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SourceEnd {
	/// Newest message sent.
	pub sent: u64,
	/// Newest message of the target that has arrived.
	pub received: u64,
}

impl From<&LaneView> for SourceEnd {
	fn from(view: &LaneView) -> Self {
		Self { sent: view.state.out_nonce, received: view.state.in_nonce }
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

	/// What the lane needs, going by the newest block there is.
	pub fn need(&self) -> Need {
		self.newest().map_or(Need::Nothing, |end| need(&self.target, &end, self.waited))
	}
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

/// Splits payloads into those that one call takes and the rest.
///
/// At most `most` are taken, and at least one if there is any.
pub(crate) fn load(mut payloads: Vec<Vec<u8>>, most: u32) -> Load {
	let (mut time, mut granted) = (0u64, 0u64);
	let mut bytes = 0usize;
	let mut taken = 0usize;
	for payload in payloads.iter().take(index(most.min(limits::MAX_MESSAGES_PER_CALL))) {
		let needed = time_of(payload);
		let with_time = time.saturating_add(needed.unwrap_or(SMALL_MESSAGE));
		let with_bytes = bytes.saturating_add(payload.len());
		let fits = with_time <= MAX_CALL_TIME && with_bytes <= index(limits::MAX_BYTES_PER_CALL);
		if taken > 0 && !fits {
			break;
		}
		(time, bytes, taken) = (with_time, with_bytes, taken.saturating_add(1));
		granted = granted.saturating_add(needed.unwrap_or(MAX_CALL_TIME));
	}
	let tail = payloads.split_off(taken).iter().map(|payload| payload_hash(payload)).collect();
	let max_weight = Weight::from_parts(granted.min(MAX_CALL_TIME), MAX_CALL_PROOF);
	Load { messages: payloads, tail, max_weight }
}

fn index(number: u32) -> usize {
	usize::try_from(number).unwrap_or(usize::MAX)
}

/// Execution time that suffices for a message on whatever chain takes it, in picoseconds.
///
/// `None` for a message of a later release, which the target may understand.
fn time_of(payload: &[u8]) -> Option<u64> {
	let each =
		|time: u64, count: usize| time.saturating_mul(u64::try_from(count).unwrap_or(u64::MAX));
	Some(match VersionedMessage::from_payload(payload).ok()? {
		Message::Track(batch) => SMALL_MESSAGE.saturating_add(each(LEG, batch.legs.len())),
		Message::Untrack(legs) => SMALL_MESSAGE.saturating_add(each(LEG, legs.len())),
		Message::Report(report) => REPORT
			.saturating_add(each(OUTAGE, report.outages.len()))
			.saturating_add(each(FAULT, report.faults.len())),
		Message::Beacon(_)
		| Message::Credit { .. }
		| Message::Release { .. }
		| Message::Heartbeat { .. } => SMALL_MESSAGE,
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use terrace_layers::{
		BatchId, LegId, Outage, OutageKind, Report, StreamId, Window, MAX_EXCEPTIONS_PER_PART,
	};

	const OPEN: TargetEnd = TargetEnd { received: 10, acked: 5, open: true };
	const NOW: Duration = Duration::ZERO;

	fn source(sent: u64, received: u64) -> SourceEnd {
		SourceEnd { sent, received }
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

	fn heartbeat(number: u32) -> Vec<u8> {
		VersionedMessage::to_payload(Message::Heartbeat { window: Window(number), round: 1 })
	}

	fn worst_report() -> Vec<u8> {
		let most = MAX_EXCEPTIONS_PER_PART;
		let outages: Vec<_> = (0..most)
			.map(|stream| Outage { stream: StreamId(stream), kind: OutageKind::Partial })
			.collect();
		let faults: Vec<_> = (0..most).map(|leg| LegId(leg.into())).collect();
		VersionedMessage::to_payload(Message::Report(Report {
			window: Window(1),
			part: 0,
			last: true,
			applied: BatchId(1),
			outages: outages.try_into().expect("within bounds"),
			faults: faults.try_into().expect("within bounds"),
		}))
	}

	#[test]
	fn small_load_goes_at_once() {
		let payloads: Vec<_> = (0..3).map(heartbeat).collect();
		let load = load(payloads.clone(), u32::MAX);
		assert_eq!(load.messages, payloads);
		assert_eq!(load.tail, vec![]);
		assert_eq!(load.max_weight.ref_time(), 3 * SMALL_MESSAGE);
	}

	#[test]
	fn rest_of_a_large_load_is_known_by_hash() {
		let payloads: Vec<_> = (0..100).map(heartbeat).collect();
		let load = load(payloads.clone(), u32::MAX);
		assert_eq!(load.messages.len(), 64);
		let rest: Vec<_> = payloads[64..].iter().map(|payload| payload_hash(payload)).collect();
		assert_eq!(load.tail, rest);
	}

	#[test]
	fn bytes_of_a_load_are_bounded() {
		let payloads = vec![vec![0; index(limits::MAX_MESSAGE)]; 12];
		let load = load(payloads, u32::MAX);
		assert_eq!((load.messages.len(), load.tail.len()), (8, 4), "8 of 16 KiB are 128 KiB");
	}

	#[test]
	fn unknown_message_is_granted_all_there_is() {
		let load = load(vec![heartbeat(1), vec![0xff, 1, 2]], u32::MAX);
		assert_eq!(load.messages.len(), 2);
		assert_eq!(load.max_weight.ref_time(), MAX_CALL_TIME);
	}

	#[test]
	fn time_of_a_load_is_bounded() {
		let load = load(vec![worst_report(); 5], u32::MAX);
		assert_eq!(load.messages.len(), 1);
		assert!(load.max_weight.ref_time() <= MAX_CALL_TIME);
	}

	#[test]
	fn one_message_always_goes() {
		let payloads: Vec<_> = (0..4).map(heartbeat).collect();
		assert_eq!(load(payloads, 1).messages.len(), 1);
		assert_eq!(load(vec![worst_report()], 64).messages.len(), 1);
		assert_eq!(load(vec![], 64).messages.len(), 0);
	}
}
