// SPDX-License-Identifier: Apache-2.0
//! Stored records.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::Get, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound,
	PartialEqNoBound,
};
use scale_info::TypeInfo;
use terrace_layers::{
	AccountId, Balance, BatchId, BlockNumber, ChainId, ContractId, LegId, StreamId, Window,
};
use terrace_possession::ContentId;

/// Where a contract stands.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
)]
pub enum Phase {
	/// The client has paid; the provider has not accepted yet.
	#[codec(index = 0)]
	Proposed {
		/// On hold in the client's account.
		escrow: Balance,
		/// Last block in which it can be accepted.
		expires_at: BlockNumber,
	},
	/// The provider has accepted; the leg is settled by reports.
	#[codec(index = 1)]
	Active(LegId),
}

/// What ended a proposal.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalEnd {
	/// Its client took it back.
	#[codec(index = 0)]
	Withdrawn,
	/// Its provider refused it.
	#[codec(index = 1)]
	Rejected,
	/// Nobody answered in time.
	#[codec(index = 2)]
	Expired,
}

/// Ids that come next.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
)]
pub struct Ids {
	/// Of a contract.
	pub contract: ContractId,
	/// Of a leg.
	pub leg: LegId,
	/// Of a stream.
	pub stream: StreamId,
}

impl Ids {
	/// An id for a new contract.
	pub fn take_contract(&mut self) -> ContractId {
		let id = self.contract;
		self.contract = id.next();
		id
	}

	/// An id for a new leg.
	pub fn take_leg(&mut self) -> LegId {
		let id = self.leg;
		self.leg = id.next();
		id
	}

	/// An id for a new stream.
	pub fn take_stream(&mut self) -> StreamId {
		let id = self.stream;
		self.stream = id.next();
		id
	}
}

/// A storage contract.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq,
)]
pub struct ContractRecord {
	/// Who pays.
	pub client: AccountId,
	/// Who stores.
	pub provider: AccountId,
	/// Content id of the blob.
	pub root: ContentId,
	/// Length of the blob in bytes.
	pub size: u64,
	/// Proof chain that checks it.
	pub proof_chain: ChainId,
	/// Price of one window.
	pub rate: Balance,
	/// Windows ordered.
	pub windows: u32,
	/// Where it stands.
	pub phase: Phase,
}

/// A leg between its acceptance and its closing.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq,
)]
pub struct LegRecord {
	/// The contract it belongs to.
	pub contract: ContractId,
	/// The stream that earns it.
	pub stream: StreamId,
	/// The proof chain that reports it.
	pub proof_chain: ChainId,
	/// Price of one window.
	pub rate: Balance,
	/// The batch it travels in.
	pub batch: BatchId,
	/// Earliest window in which it can start.
	pub planned: Window,
	/// First window in which it is due no more.
	pub end: Window,
	/// Paid into the pot for it: the rate of every window from planned to end.
	pub escrow: Balance,
	/// Collateral booked for it.
	pub collateral: Balance,
	/// Single faults.
	pub faults: u32,
	/// Window of the newest fault.
	pub last_fault: Option<Window>,
}

/// Parts of the report of one window that are applied.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
)]
pub struct PartProgress {
	/// Number of the part that comes next.
	pub next: u16,
	/// Whether a fault was listed, after which outages are ignored.
	pub faults_begun: bool,
}

/// A proof chain as it is settled.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq,
)]
pub struct ChainRecord {
	/// Length of a window in milliseconds.
	pub window_ms: u64,
	/// Windows below this one are reported.
	pub reported: Window,
	/// Progress within the report of that window, once begun.
	pub part: Option<PartProgress>,
	/// Block in which the newest report was completed.
	pub applied_at: BlockNumber,
	/// Time of that block in milliseconds.
	pub applied_ms: u64,
	/// Block in which the chain was last heard of.
	pub seen_at: BlockNumber,
	/// Time of that block in milliseconds.
	pub seen_ms: u64,
	/// Block in which somebody showed that it has stalled, until its next report.
	pub stalled_at: Option<BlockNumber>,
	/// Newest batch sent.
	pub sent: BatchId,
	/// Newest batch known to be applied.
	pub applied: BatchId,
	/// Streams that this chain reports for.
	pub streams: u32,
}

impl ChainRecord {
	/// Windows of silence after which a proof chain has stalled.
	pub const SILENT_WINDOWS: u64 = 6;
	/// Windows without a complete report after which a proof chain has stalled, whatever it says
	/// meanwhile.
	pub const STUCK_WINDOWS: u64 = 12;

	/// Whether the chain's reports are so late that contracts should not count on them.
	pub fn is_overdue(&self, now_ms: u64) -> bool {
		let later = |since: u64, windows: u64| {
			now_ms.saturating_sub(since) > self.window_ms.saturating_mul(windows)
		};
		later(self.seen_ms, Self::SILENT_WINDOWS) || later(self.applied_ms, Self::STUCK_WINDOWS)
	}

	/// The batch that is gathered now.
	pub fn gathering(&self) -> BatchId {
		self.sent.next()
	}

	/// The window that should be open on the proof chain at `now`.
	///
	/// Reports may lag; contracts start and end in the proof chain's present, not in its past.
	pub fn estimate(&self, now_ms: u64) -> Option<Window> {
		if self.window_ms == 0 {
			return None;
		}
		let windows = now_ms.saturating_sub(self.applied_ms).div_ceil(self.window_ms);
		self.reported.0.checked_add(u32::try_from(windows).ok()?).map(Window)
	}
}

/// A batch of legs, as long as one of them is open.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
)]
pub struct BatchRecord {
	/// First window whose report had the batch applied.
	pub start: Option<Window>,
	/// Open legs of the batch.
	pub refs: u32,
}

/// What one provider earns from one proof chain.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq,
)]
pub struct StreamRecord {
	/// The provider.
	pub provider: AccountId,
	/// The proof chain.
	pub proof_chain: ChainId,
	/// Windows below this one are counted.
	pub counted: Window,
	/// Counted windows that were not lost to an outage.
	pub clean: u32,
	/// Price of all legs in the newest counted window.
	pub rate: Balance,
	/// Earned in clean windows.
	pub gross: Balance,
	/// Taken from that: claims and single faults.
	pub used: Balance,
	/// Claims alone.
	pub claimed: Balance,
	/// Open legs.
	pub legs: u32,
}

impl StreamRecord {
	/// A stream that starts to count at `counted`.
	pub fn new(provider: AccountId, proof_chain: ChainId, counted: Window) -> Self {
		Self {
			provider,
			proof_chain,
			counted,
			clean: 0,
			rate: 0,
			gross: 0,
			used: 0,
			claimed: 0,
			legs: 0,
		}
	}

	/// What can be paid out now.
	///
	/// Faults of a window not yet counted are deducted already, so the difference may be negative.
	pub fn claimable(&self) -> Balance {
		self.gross.saturating_sub(self.used)
	}
}

/// Legs of one batch with the same ends, whose start is not yet known to their stream.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
)]
pub struct PendingLegs {
	/// Their batch.
	pub batch: BatchId,
	/// Earliest window in which they can start.
	pub planned: Window,
	/// First window in which they are due no more.
	pub end: Window,
	/// Price of one window of all of them.
	pub rate: Balance,
	/// How many they are.
	pub legs: u32,
}

impl PendingLegs {
	/// Whether `leg` is one of them.
	pub fn holds(&self, leg: &LegRecord) -> bool {
		(self.batch, self.planned, self.end) == (leg.batch, leg.planned, leg.end)
	}
}

/// What is ahead of a stream.
#[derive(
	Encode,
	Decode,
	MaxEncodedLen,
	TypeInfo,
	CloneNoBound,
	DebugNoBound,
	DefaultNoBound,
	PartialEqNoBound,
	EqNoBound,
)]
#[scale_info(skip_type_params(MaxPending, MaxEdges))]
#[codec(mel_bound())]
pub struct Agenda<MaxPending: Get<u32>, MaxEdges: Get<u32>> {
	/// Legs whose batch the proof chain has not applied, as far as the stream knows.
	pub pending: BoundedVec<PendingLegs, MaxPending>,
	/// Windows of the edges not yet passed, in order.
	pub edges: BoundedVec<Window, MaxEdges>,
}

/// The agenda of a stream under a runtime's bounds.
pub type AgendaOf<T> = Agenda<<T as crate::Config>::MaxPending, <T as crate::Config>::MaxEdges>;

impl<MaxPending: Get<u32>, MaxEdges: Get<u32>> Agenda<MaxPending, MaxEdges> {
	/// Whether legs with new ends fit: each pending entry may become two edges.
	pub fn has_room(&self) -> bool {
		let reserved = self.pending.len().saturating_add(1).saturating_mul(2);
		let edges = self.edges.len().saturating_add(reserved);
		!self.pending.is_full() && u32::try_from(edges).is_ok_and(|n| n <= MaxEdges::get())
	}

	/// Whether nothing is ahead.
	pub fn is_empty(&self) -> bool {
		self.pending.is_empty() && self.edges.is_empty()
	}
}

/// A window in which a stream's rate changes.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
)]
pub struct EdgeRecord {
	/// Price of the legs that start.
	pub plus: Balance,
	/// Price of the legs that end.
	pub minus: Balance,
	/// Open legs that start or end here.
	pub refs: u32,
	/// Clean windows of the stream before this one, once passed.
	pub mark: Option<u32>,
}

/// Windows that a stream is not paid for and has not passed.
#[derive(
	Encode,
	Decode,
	MaxEncodedLen,
	TypeInfo,
	CloneNoBound,
	DebugNoBound,
	DefaultNoBound,
	PartialEqNoBound,
	EqNoBound,
)]
#[scale_info(skip_type_params(MaxOutages))]
#[codec(mel_bound())]
pub struct OutageList<MaxOutages: Get<u32>> {
	/// The windows, in order.
	pub windows: BoundedVec<Window, MaxOutages>,
	/// From this window on nothing is paid.
	pub dead_from: Option<Window>,
}

/// The outages of a stream under a runtime's bounds.
pub type OutageListOf<T> = OutageList<<T as crate::Config>::MaxOutages>;

impl<MaxOutages: Get<u32>> OutageList<MaxOutages> {
	/// Whether the stream is dead in `window`.
	pub fn is_dead_at(&self, window: Window) -> bool {
		self.dead_from.is_some_and(|from| from <= window)
	}

	/// Whether `window`, the newest of all, is unpaid.
	pub fn has_newest(&self, window: Window) -> bool {
		self.is_dead_at(window) || self.windows.last() == Some(&window)
	}
}
