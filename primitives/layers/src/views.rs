// SPDX-License-Identifier: Apache-2.0
//! What runtime APIs answer; shared with everybody who asks over RPC.

use crate::{
	AccountId, Balance, BatchId, Beacon, Blockers, ChainId, ContractId, LaneState, Layer, LegId,
	Offer, Relation, StreamId, Window,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use terrace_possession::ContentId;

/// Whether a neighbour is followed.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
)]
#[serde(rename_all = "lowercase")]
pub enum NeighbourStatus {
	/// Finality and messages flow.
	#[codec(index = 0)]
	Active,
	/// Stopped by governance.
	#[codec(index = 1)]
	Halted,
	/// Stopped by evidence of misbehaviour.
	#[codec(index = 2)]
	Frozen,
	/// Left for good.
	#[codec(index = 3)]
	Closed,
	/// Not heard of for so long that its former authorities may have sold their keys.
	#[codec(index = 4)]
	Expired,
	/// On its way to closing: what is under way arrives, nothing new is sent.
	#[codec(index = 5)]
	Draining,
}

/// A neighbour as its finality client knows it.
#[derive(Encode, Decode, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct NeighbourView {
	/// The neighbour.
	pub chain: ChainId,
	/// What it is to this chain.
	pub relation: Relation,
	/// Its layer.
	pub layer: Layer,
	/// Whether it is followed.
	pub status: NeighbourStatus,
	/// Number of its newest header imported here.
	pub best_number: u32,
	/// Hash of that header.
	pub best_hash: H256,
	/// Id of its current authority set.
	pub set_id: u64,
	/// Block of this chain in which it last made progress.
	pub last_progress_at: u32,
	/// Incarnation of the edge.
	pub incarnation: u32,
	/// Bond held for it; 0 for the parent.
	pub bond: Balance,
	/// Block of this chain in which it was closed.
	pub closed_at: Option<u32>,
	/// First block of this chain in which it counts as expired, unless it makes progress before.
	pub expires_at: u32,
	/// What keeps it from being closed.
	pub blockers: Blockers,
}

/// One end of a lane.
#[derive(Encode, Decode, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct LaneView {
	/// The proven record.
	pub state: LaneState,
	/// Newest of our messages that the neighbour has received.
	pub acked: u64,
	/// Messages that failed and wait to be dispatched again.
	pub dead_letters: u32,
	/// Highest block of the neighbour whose header is kept here.
	pub peer_best: u32,
}

/// The open window of a proof chain.
#[derive(Encode, Decode, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct WindowView {
	/// Number of the window.
	pub window: Window,
	/// How often it was started anew.
	pub round: u32,
	/// Block in which it opened.
	pub opened_at: u32,
	/// First block in which proofs are refused.
	pub closes_at: u32,
	/// Seed of its challenges.
	pub seed: [u8; 32],
	/// Beacon mixed into the seed.
	pub beacon: Option<Beacon>,
	/// Newest batch applied.
	pub applied: BatchId,
	/// Oldest window whose report is not yet sent.
	pub sweeping: Option<Window>,
}

/// A leg on its proof chain.
#[derive(Encode, Decode, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct SlotView {
	/// Slot within the page.
	pub slot: u8,
	/// The leg.
	pub leg: LegId,
	/// Content id of the blob.
	pub root: ContentId,
	/// Length of the blob in bytes.
	pub size: u64,
	/// Chunks challenged in each window in which the leg is due.
	pub challenges: u8,
	/// One window out of so many, on average, in which the leg is due.
	pub interval: u16,
	/// First window in which the leg is due.
	pub start: Window,
	/// First window in which it is due no more.
	pub end: Window,
	/// Whether it is due in the open window.
	pub due: bool,
	/// Whether it is proven in the open window.
	pub proven: bool,
}

/// State of a storage contract.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
)]
#[serde(rename_all = "lowercase")]
pub enum ContractState {
	/// Proposed and paid for; the provider has not accepted yet.
	#[codec(index = 0)]
	Proposed,
	/// Accepted; proven and paid window by window.
	#[codec(index = 1)]
	Active,
	/// All its windows are reported; it waits to be closed.
	#[codec(index = 2)]
	Ended,
}

/// A leg of a storage contract: windows of one price on one proof chain.
#[derive(Encode, Decode, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct LegView {
	/// The leg.
	pub leg: LegId,
	/// The stream that earns it.
	pub stream: StreamId,
	/// Proof chain that checks it.
	pub proof_chain: ChainId,
	/// Price of one window, proof fee included.
	pub rate: Balance,
	/// Share of that which goes to the proof chain.
	pub fee: Balance,
	/// One window out of so many, on average, in which it must be proven.
	pub interval: u16,
	/// First window planned.
	pub planned: Window,
	/// First window, once known to the contract chain.
	pub start: Option<Window>,
	/// First window after the end.
	pub end: Window,
	/// What was paid in for it.
	pub escrow: Balance,
	/// Collateral booked for it.
	pub collateral: Balance,
	/// Windows of it that are reported.
	pub reported: u32,
	/// Reported windows that were proven, hence paid.
	pub proven: u32,
	/// Single faults among the reported windows.
	pub faults: u32,
	/// Windows lost to outages of the provider.
	pub outages: u32,
	/// What came out of the provider's collateral for these outages.
	pub compensated: Balance,
	/// Heat of its faults: at a certain one anybody may end the contract.
	pub heat: u32,
	/// Block from which its newest fault can be appealed against no more.
	pub appeal_until: Option<u32>,
}

/// An audit that waits for its answer.
#[derive(Encode, Decode, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct AuditView {
	/// The chunks to be shown.
	pub chunks: Vec<u64>,
	/// Last block in which it can be answered.
	pub deadline: u32,
	/// What the provider gets for the answer.
	pub deposit: Balance,
}

/// What a contract would cost.
#[derive(Encode, Decode, TypeInfo, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
	/// Price of one window, proof fee included.
	pub rate: Balance,
	/// Share of that which goes to the proof chain.
	pub fee: Balance,
	/// What the client pays in; what is not needed comes back when the provider accepts.
	pub escrow: Balance,
	/// Collateral that the provider needs for it.
	pub collateral: Balance,
	/// First window, if it is accepted at once.
	pub start: Window,
	/// First window after its end.
	pub end: Window,
}

/// What keeps somebody from doing something, with the numbers behind it.
#[derive(Encode, Decode, TypeInfo, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Obstacle {
	/// There is no such contract; it may be closed.
	#[codec(index = 0)]
	UnknownContract,
	/// The contract is no proposal any more.
	#[codec(index = 1)]
	NotProposed,
	/// The contract is still a proposal.
	#[codec(index = 2)]
	NotActive,
	/// The account is no provider.
	#[codec(index = 3)]
	UnknownProvider,
	/// The provider takes no new contracts.
	#[codec(index = 4)]
	NotAccepting,
	/// The blob is empty or larger than any contract allows.
	#[codec(index = 5)]
	SizeInvalid {
		/// Most bytes of a blob.
		most: u64,
	},
	/// The provider does not offer contracts of this length.
	#[codec(index = 6)]
	WindowsOutOfRange {
		/// Fewest windows.
		least: u32,
		/// Most windows.
		most: u32,
	},
	/// The audit interval is not allowed.
	#[codec(index = 7)]
	IntervalInvalid {
		/// Longest interval.
		most: u16,
	},
	/// The price of a window is above what was allowed.
	#[codec(index = 8)]
	RateAboveMax {
		/// The price.
		rate: Balance,
		/// What was allowed.
		max: Balance,
	},
	/// The provider has too little capacity left.
	#[codec(index = 9)]
	CapacityShort {
		/// Bytes left.
		free: u64,
		/// Bytes needed.
		needed: u64,
	},
	/// The provider has too little free collateral.
	#[codec(index = 10)]
	CollateralShort {
		/// Free collateral.
		free: Balance,
		/// Collateral needed.
		needed: Balance,
	},
	/// The client has too little money.
	#[codec(index = 11)]
	FundsShort {
		/// What it can spend.
		free: Balance,
		/// What is needed.
		needed: Balance,
	},
	/// This is no proof chain of this chain.
	#[codec(index = 12)]
	UnknownProofChain,
	/// The proof chain takes no messages at present.
	#[codec(index = 13)]
	ProofChainInactive,
	/// The proof chain is flagged as stalled.
	#[codec(index = 14)]
	ProofChainStalled {
		/// Since this block.
		since: u32,
	},
	/// The proof chain has no room for more proofs.
	#[codec(index = 15)]
	ProofChainFull {
		/// Bytes of a window that are free.
		free: u64,
		/// Bytes needed.
		needed: u64,
	},
	/// The client has as many unanswered proposals as it may.
	#[codec(index = 16)]
	TooManyProposals {
		/// Most of them.
		most: u32,
	},
	/// The provider has as many unanswered proposals as it may.
	#[codec(index = 17)]
	ProviderBusy {
		/// Most of them.
		most: u32,
	},
	/// The proposal was not accepted in time.
	#[codec(index = 18)]
	Lapsed {
		/// Last block in which it could be.
		expired_at: u32,
	},
	/// The provider's stream has no room for another end, or is dead.
	#[codec(index = 19)]
	StreamUnavailable,
	/// Windows are not yet reported.
	#[codec(index = 20)]
	NotEnded {
		/// Windows below this one are reported.
		reported: Window,
		/// First window after the end.
		end: Window,
	},
	/// The stream must be counted further first, or waits for an outage to be final.
	#[codec(index = 21)]
	AdvanceFirst {
		/// Windows below this one are counted.
		counted: Window,
	},
	/// A fault can still be appealed against.
	#[codec(index = 22)]
	FaultYoung {
		/// Until this block.
		until: u32,
	},
	/// An audit waits for its answer.
	#[codec(index = 23)]
	AuditOpen {
		/// Until this block.
		deadline: u32,
	},
	/// The stream has earned nothing since the last claim.
	#[codec(index = 24)]
	NothingToClaim,
}

/// What happens to a contract next, and what the parties can do about it.
#[derive(Encode, Decode, TypeInfo, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case", tag = "note")]
pub enum Note {
	/// It waits for the provider's answer.
	#[codec(index = 0)]
	AwaitsAcceptance {
		/// Until this block.
		until: u32,
	},
	/// The proposal lapsed: anybody may expire it, which releases the escrow.
	#[codec(index = 1)]
	Lapsed,
	/// Its proof chain does not know it yet; windows before it does come back to the client.
	#[codec(index = 2)]
	AwaitsStart {
		/// Earliest window.
		planned: Window,
	},
	/// It is proven and paid window by window.
	#[codec(index = 3)]
	Runs {
		/// Newest window that is settled.
		settled: Window,
		/// Windows that are over and not yet reported.
		open: u32,
		/// Time of its end in milliseconds since 1970, if windows do not stretch.
		ends_at: u64,
	},
	/// Its proof chain's reports are late; nobody pays and nobody is punished meanwhile.
	#[codec(index = 4)]
	ReportsLate {
		/// Time of the newest report in milliseconds since 1970.
		last: u64,
	},
	/// Its proof chain has stalled: from a certain time on both parties may leave or move.
	#[codec(index = 5)]
	Stalled {
		/// That time in milliseconds since 1970.
		exit_from: u64,
	},
	/// Windows were not proven: their price comes back to the client.
	#[codec(index = 6)]
	Faulted {
		/// Such windows.
		windows: u32,
		/// What comes back for them.
		refund: Balance,
	},
	/// The newest fault can still be appealed against.
	#[codec(index = 7)]
	Appealable {
		/// Until this block.
		until: u32,
	},
	/// Anybody may end it.
	#[codec(index = 8)]
	MayBeEnded,
	/// An audit waits for its answer.
	#[codec(index = 9)]
	Audited {
		/// Until this block.
		deadline: u32,
	},
	/// All its windows are settled: anybody may close it.
	#[codec(index = 10)]
	MayBeClosed {
		/// What the client gets.
		refund: Balance,
	},
	/// It is over, but cannot be closed yet.
	#[codec(index = 11)]
	ClosesLater {
		/// Why not.
		because: Obstacle,
	},
}

/// A storage contract.
#[derive(Encode, Decode, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct ContractView {
	/// The contract.
	pub id: ContractId,
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
	/// Where it stands.
	pub state: ContractState,
	/// Price of one window, proof fee included.
	pub rate: Balance,
	/// One window out of so many, on average, in which it must be proven.
	pub interval: u16,
	/// Windows ordered.
	pub windows: u32,
	/// What was paid in.
	pub escrow: Balance,
	/// Block after which an unaccepted proposal expires.
	pub expires_at: u32,
	/// The leg, once accepted.
	pub leg: Option<LegId>,
	/// First window, once known to the contract chain.
	pub start: Option<Window>,
	/// First window after the end, once accepted.
	pub end: Option<Window>,
	/// Windows of the contract that are reported.
	pub reported: u32,
	/// Reported windows that were proven, hence paid.
	pub proven: u32,
	/// Single faults among the reported windows.
	pub faults: u32,
	/// Windows lost to outages of the provider.
	pub outages: u32,
	/// What the provider has earned so far.
	pub paid: Balance,
	/// What comes back to the client at the end, as far as known.
	pub refundable: Balance,
	/// What came out of the provider's collateral for outages.
	pub compensated: Balance,
	/// Collateral booked for it.
	pub collateral: Balance,
	/// Its open legs, in the order of their windows; the fields above are about all of them and those
	/// that are closed, or about the newest.
	pub legs: Vec<LegView>,
	/// The audit that waits for its answer.
	pub audit: Option<AuditView>,
}

impl ContractView {
	/// Counts a leg in.
	pub fn add(&mut self, leg: &LegView) {
		let lost = leg.reported.saturating_sub(leg.proven);
		let price = |windows: u32| leg.rate.saturating_mul(windows.into());
		self.windows = self.windows.saturating_add(leg.end.0.saturating_sub(leg.planned.0));
		self.escrow = self.escrow.saturating_add(leg.escrow);
		self.reported = self.reported.saturating_add(leg.reported);
		self.proven = self.proven.saturating_add(leg.proven);
		self.faults = self.faults.saturating_add(leg.faults);
		self.outages = self.outages.saturating_add(leg.outages);
		self.paid = self.paid.saturating_add(price(leg.proven));
		self.refundable = self.refundable.saturating_add(price(lost));
		self.compensated = self.compensated.saturating_add(leg.compensated);
		self.collateral = self.collateral.saturating_add(leg.collateral);
	}
}

/// A storage provider.
#[derive(Encode, Decode, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct ProviderView {
	/// The provider.
	pub who: AccountId,
	/// What it offers.
	pub offer: Offer,
	/// Whether it takes new contracts.
	pub accepting: bool,
	/// Bytes booked by contracts.
	pub used: u64,
	/// Collateral held.
	pub collateral: Balance,
	/// Collateral that contracts require.
	pub required: Balance,
	/// Account that its earnings go to, if not its own.
	pub payee: Option<AccountId>,
	/// Penalties that may still come, by the streams they are about.
	pub cases: u32,
	/// Block since which it holds less than contracts require.
	pub probation_since: Option<u32>,
	/// Block in which it announced that it leaves.
	pub exiting_since: Option<u32>,
	/// Blocks until it may leave, once its contracts are closed and no penalty can come.
	pub cooldown: u32,
}

/// What a provider's own record says about its leaving.
#[derive(Encode, Decode, TypeInfo, Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitState {
	/// Block in which it announced that it leaves; until then new contracts may come.
	pub announced: Option<u32>,
	/// Penalties that may still come, by the streams they are about.
	pub cases: u32,
	/// Blocks until it may leave, once all else is done.
	pub cooldown: u32,
	/// Whether it may leave now.
	pub may_leave: bool,
}

/// A contract that keeps its provider from leaving.
#[derive(Encode, Decode, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct ContractLeft {
	/// The contract.
	pub id: ContractId,
	/// First window after its end, on the proof chain of its last leg.
	pub end: Window,
	/// What giving it up now costs in collateral; `None` if it ends by then anyway.
	pub fee: Option<Balance>,
	/// What keeps it from being closed; nothing if anybody may close it.
	pub obstacles: Vec<Obstacle>,
}

/// A fault or an outage that keeps its provider from leaving.
#[derive(Encode, Decode, TypeInfo, Clone, Copy, Debug, PartialEq, Eq)]
pub struct PenaltyLeft {
	/// The stream that it is about.
	pub stream: StreamId,
	/// The proof chain of that stream.
	pub proof_chain: ChainId,
	/// The leg that was not proven; `None` for an outage, which advancing the stream makes final.
	pub leg: Option<LegId>,
	/// The window.
	pub window: Window,
	/// First block in which it can be made final.
	pub final_from: u32,
}

/// What is left to do before a provider may leave.
#[derive(Encode, Decode, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct ExitReport {
	/// What its own record says.
	pub state: ExitState,
	/// Contracts to be closed, the first page of them.
	pub contracts: Vec<ContractLeft>,
	/// Faults and outages to be made final, the first page of them.
	pub penalties: Vec<PenaltyLeft>,
}

/// A proof chain as its contract chain settles it.
#[derive(Encode, Decode, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct ProofChainView {
	/// The proof chain.
	pub chain: ChainId,
	/// Windows below this one are reported.
	pub reported: Window,
	/// Block in which the newest report was completed.
	pub applied_at: u32,
	/// Length of a window in milliseconds.
	pub window_ms: u64,
	/// Batches sent.
	pub sent: BatchId,
	/// Batches known to be applied.
	pub applied: BatchId,
	/// Estimate of the window now open there.
	pub estimate: Window,
	/// Whether its reports are so late that anybody may flag it as stalled.
	pub overdue: bool,
	/// Block in which it was flagged as stalled, until its next report.
	pub stalled_at: Option<u32>,
	/// Bytes of proofs that fit a window.
	pub capacity: u64,
	/// Bytes of that which open contracts take.
	pub booked: u64,
	/// Fee for one byte of proof in one window.
	pub fee_per_byte: Balance,
	/// Account that gets the fees, if one is named.
	pub beneficiary: Option<AccountId>,
	/// Streams that it reports for.
	pub streams: u32,
}

/// A provider's payment stream.
#[derive(Encode, Decode, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct StreamView {
	/// Number of the stream.
	pub stream: StreamId,
	/// What the provider can claim after all reported windows are counted.
	pub claimable: Balance,
	/// What the proof chain gets with it.
	pub fee: Balance,
	/// What was claimed so far.
	pub claimed: Balance,
	/// Price of all legs of one window, as last counted.
	pub rate: Balance,
	/// Windows below this one are counted.
	pub counted: Window,
	/// Faults and outages that may still cost collateral.
	pub cases: u32,
	/// Newest counted windows in a row in which the provider was out.
	pub run: u32,
	/// From this window on nothing is paid.
	pub dead_from: Option<Window>,
}
