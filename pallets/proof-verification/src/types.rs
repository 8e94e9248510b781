// SPDX-License-Identifier: Apache-2.0
//! What is stored.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_runtime::BoundedVec;
use terrace_layers::{
	AccountId, BatchId, Beacon, LegId, Operator, OutageKind, StreamId, Window, WindowBounds,
	MAX_EXCEPTIONS_PER_PART, MAX_PARTS, PAGE_SLOTS,
};
use terrace_possession::{challenge, is_due, BlobSize, ChallengeSeed, ContentId, ProofRef};

/// Most exceptions of one report.
pub const MAX_EXCEPTIONS: u32 = MAX_PARTS as u32 * MAX_EXCEPTIONS_PER_PART;
/// Steps of the sweep that every block makes, however full it is.
pub const SWEEP_STEPS: u32 = 8;
/// Ten minutes of two-second blocks.
pub const DEFAULT_WINDOW_BLOCKS: u32 = 300;
/// How often a window is started anew because most streams proved nothing in it.
pub const MAX_RETRIES: u8 = 2;
/// Streams below which a window without proofs says nothing about the chain itself.
pub const MIN_STREAMS_FOR_RETRY: u32 = 4;

/// Legs of a stream that share one storage item.
pub type Page = BoundedVec<Option<Slot>, ConstU32<PAGE_SLOTS>>;

/// The bit of a slot in a page's bitmap; none for a slot that no page has.
pub(crate) fn bit_of(slot: usize) -> u64 {
	u32::try_from(slot).ok().and_then(|slot| 1_u64.checked_shl(slot)).unwrap_or(0)
}

/// Bits of the slots of `page` for which `wanted` holds.
pub(crate) fn bits_where(page: &Page, wanted: impl Fn(&Slot) -> bool) -> u64 {
	page.iter()
		.enumerate()
		.filter(|(_, slot)| slot.as_ref().is_some_and(&wanted))
		.fold(0, |bits, (number, _)| bits | bit_of(number))
}

/// A stream with legs on this chain.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct StreamRecord {
	/// The provider, which challenges are bound to.
	pub provider: AccountId,
	/// Key that signs the proofs: the one of the newest leg.
	pub operator: Operator,
	/// Pages ever in use; those without legs are not stored.
	pub pages: u32,
	/// Legs kept.
	pub live: u32,
	/// Window and round of the stream's newest accepted proof.
	pub proven_in: Option<(Window, u32)>,
}

/// A leg in its page.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct Slot {
	/// The leg.
	pub leg: LegId,
	/// Content id of the blob.
	pub root: ContentId,
	/// Length of the blob.
	pub size: BlobSize,
	/// Chunks challenged in each window in which the leg is due.
	pub challenges: u8,
	/// One window out of so many, on average, in which the leg is due.
	pub interval: u16,
	/// First window in which the leg is due.
	pub start: Window,
	/// First window in which it is due no more.
	pub end: Window,
}

impl Slot {
	/// Whether the leg must be proven in `window`, whose challenges have `seed`.
	pub fn is_due(&self, window: Window, seed: &ChallengeSeed) -> bool {
		self.start <= window && window < self.end && is_due(seed, self.leg.0, self.interval)
	}

	/// Whether `proof` answers the leg's challenge under `seed`.
	pub(crate) fn is_answered(
		&self,
		seed: &ChallengeSeed,
		provider: &AccountId,
		proof: ProofRef,
	) -> bool {
		let indices = challenge(seed, provider.as_ref(), self.leg.0, self.size, self.challenges);
		terrace_possession::verify(&self.root, self.size, &indices, proof).is_ok()
	}
}

/// Slots of one page.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageBits {
	/// Page of the stream.
	pub page: u32,
	/// One bit for each slot.
	pub bits: u64,
}

/// Place of a leg.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotAddress {
	/// The stream.
	pub stream: StreamId,
	/// Page of the stream.
	pub page: u32,
	/// Slot of the page.
	pub slot: u8,
}

/// Proven slots of a page.
///
/// It names its window and round, so that it is void by itself in any other one.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProvenBits {
	/// The window.
	pub window: Window,
	/// Its round.
	pub round: u32,
	/// One bit for each slot.
	pub bits: u64,
}

impl ProvenBits {
	/// The bits, if they belong to that round.
	pub fn in_round(&self, window: Window, round: u32) -> u64 {
		if (self.window, self.round) == (window, round) {
			self.bits
		} else {
			0
		}
	}
}

/// Bounds and seed of a window.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct WindowRecord {
	/// The window.
	pub window: Window,
	/// How often it was started anew.
	pub round: u32,
	/// Block in which this round opened.
	pub opened_at: u32,
	/// First block in which proofs are refused.
	pub closes_at: u32,
	/// Seed of the challenges.
	pub seed: [u8; 32],
	/// Beacon mixed into the seed.
	pub beacon: Option<Beacon>,
	/// Newest batch whose legs are due, as the window's report will say.
	///
	/// Fixed when the window first opens: a leg that arrives later is not due in it, in whatever
	/// round.
	pub applied: BatchId,
	/// Streams with due legs; known once the sweep of the window before is done.
	pub due_streams: u32,
	/// Streams with a proof in this round.
	pub proven_streams: u32,
	/// Rounds started because most streams proved nothing.
	pub retries: u8,
}

impl WindowRecord {
	/// Whether `slot` must be proven in this round of the window.
	pub fn wants(&self, slot: &Slot) -> bool {
		slot.is_due(self.window, &ChallengeSeed(self.seed))
	}

	/// What the window's report can be appealed against with.
	pub fn bounds(&self) -> WindowBounds {
		WindowBounds { opened_at: self.opened_at, closes_at: self.closes_at, seed: self.seed }
	}

	/// Index of the window's bitmaps.
	pub fn parity(&self) -> u8 {
		u8::from(self.window.0 % 2 == 1)
	}

	/// Whether so many streams proved nothing that the chain itself is the likelier cause.
	pub fn failed_by_most(&self) -> bool {
		self.due_streams >= MIN_STREAMS_FOR_RETRY
			&& self.proven_streams.saturating_mul(4) < self.due_streams
	}
}

/// Where a sweep stands.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Debug, Default, PartialEq, Eq)]
pub struct SweepState {
	/// Streams found so far with legs due in the open window.
	pub due_streams: u32,
	/// What is being done.
	pub stage: Stage,
}

/// What a sweep does, in this order.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub enum Stage {
	/// Counts due and missed legs, stream by stream.
	Count {
		/// Newest stream begun.
		after: Option<StreamId>,
		/// Count of that stream, unless complete.
		tally: Option<Tally>,
	},
	/// Lists the missed legs of the streams that are not out as a whole.
	Collect {
		/// Number of the stream among the shortfalls.
		shortfall: u32,
		/// Next page of it.
		page: u32,
	},
	/// Sends the report.
	Send {
		/// Next part.
		part: u16,
	},
}

impl Default for Stage {
	fn default() -> Self {
		Stage::Count { after: None, tally: None }
	}
}

/// Count of one stream's legs.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct Tally {
	/// The stream.
	pub stream: StreamId,
	/// Next page.
	pub page: u32,
	/// Pages in all.
	pub pages: u32,
	/// Legs due in the closed window.
	pub due: u32,
	/// Those of them that were not proven.
	pub missed: u32,
	/// Whether a leg is due in the open window.
	pub due_now: bool,
}

impl Tally {
	/// What the report says of the stream, as long as it is not too long; `None` for nothing.
	pub fn verdict(&self, max_partial_faults: u32) -> Option<Verdict> {
		let listable = max_partial_faults.max(self.due / 8);
		match self.missed {
			0 => None,
			missed if missed == self.due => Some(Verdict::Outage(OutageKind::Total)),
			missed if missed > listable => Some(Verdict::Outage(OutageKind::Partial)),
			missed => Some(Verdict::Faults(missed)),
		}
	}
}

/// A stream that lacks proofs.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortfall {
	/// The stream.
	pub stream: StreamId,
	/// What the report says of it.
	pub verdict: Verdict,
}

impl Shortfall {
	/// Entries that it takes in the report.
	pub fn entries(&self) -> u32 {
		match self.verdict {
			Verdict::Outage(_) => 1,
			Verdict::Faults(missed) => missed,
		}
	}

	/// The kind of outage, if it is one.
	pub fn outage(&self) -> Option<OutageKind> {
		match self.verdict {
			Verdict::Outage(kind) => Some(kind),
			Verdict::Faults(_) => None,
		}
	}
}

/// How a stream's missed legs are reported.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
	/// As one outage.
	Outage(OutageKind),
	/// One by one; so many.
	Faults(u32),
}

/// Sorts `shortfalls` by stream and turns the worst ones into outages until `most` entries suffice.
pub(crate) fn fit(shortfalls: &mut [Shortfall], most: u32) {
	shortfalls.sort_unstable_by_key(|shortfall| shortfall.stream);
	let mut entries = shortfalls.iter().map(Shortfall::entries).fold(0, u32::saturating_add);
	let mut worst_first = shortfalls.iter_mut().collect::<alloc::vec::Vec<_>>();
	worst_first.sort_by_key(|shortfall| core::cmp::Reverse(shortfall.entries()));
	for shortfall in worst_first {
		if entries <= most {
			return;
		}
		if let Verdict::Faults(missed) = shortfall.verdict {
			entries = entries.saturating_sub(missed).saturating_add(1);
			shortfall.verdict = Verdict::Outage(OutageKind::Partial);
		}
	}
}
