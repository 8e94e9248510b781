// SPDX-License-Identifier: Apache-2.0
//! What runtime APIs answer; shared with everybody who asks over RPC.

use crate::{
	AccountId, Balance, BatchId, Beacon, Blockers, ChainId, ContractId, LaneState, Layer, LegId,
	Offer, Relation, StreamId, Window,
};
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
	/// Chunks challenged in each window.
	pub challenges: u8,
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
	/// Price of one window.
	pub rate: Balance,
	/// Windows ordered.
	pub windows: u32,
	/// What the client paid in.
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
	/// Collateral booked for it.
	pub collateral: Balance,
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
}

/// A provider's payment stream.
#[derive(Encode, Decode, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct StreamView {
	/// Number of the stream.
	pub stream: StreamId,
	/// What can be claimed after all reported windows are counted.
	pub claimable: Balance,
	/// What was claimed so far.
	pub claimed: Balance,
	/// Price of all legs of one window, as last counted.
	pub rate: Balance,
	/// Windows below this one are counted.
	pub counted: Window,
}
