// SPDX-License-Identifier: Apache-2.0
//! Contracts, their legs, and what may still come of a fault.

use super::{record, Amounts};
use frame_support::BoundedVec;
use sp_core::ConstU32;
use terrace_layers::{
	AccountId, Balance, BatchId, BlockNumber, ChainId, ContractId, LegId, StreamId, Terms, Window,
};
use terrace_possession::{ContentId, MAX_CHALLENGES};

/// Most faults that are made final at once.
pub const MAX_FINALISED: u32 = 64;
/// Most legs of one contract that are open at a time.
pub const MAX_LEGS: u32 = 4;

record! {
	/// Where a contract stands.
	pub enum Phase {
		/// The client has paid; the provider has not accepted yet.
		#[codec(index = 0)]
		Proposed {
			/// What was asked for.
			terms: Terms,
			/// Price of one window.
			rate: Amounts,
			/// On hold in the client's account.
			escrow: Balance,
			/// Last block in which it can be accepted.
			expires_at: BlockNumber,
		},
		/// The provider has accepted; the legs are settled by reports.
		#[codec(index = 1)]
		Active(ActiveContract),
	}

	/// What runs of a contract.
	pub struct ActiveContract {
		/// Open legs, in the order of their windows.
		pub legs: BoundedVec<LegId, ConstU32<MAX_LEGS>>,
		/// What became of the legs that are closed.
		pub closed: Outcome,
	}

	/// What became of legs.
	#[derive(Copy, Default)]
	pub struct Outcome {
		/// Windows paid for in advance.
		pub windows: u32,
		/// Windows proven.
		pub proven: u32,
		/// Earned by the provider and its proof chain.
		pub paid: Balance,
		/// Given back to the client.
		pub refunded: Balance,
		/// Paid to the client out of collateral, when its provider was out.
		pub compensated: Balance,
	}

	/// What ended a proposal.
	#[derive(Copy)]
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

	/// Why a contract ends before its time.
	#[derive(Copy)]
	pub enum EndCause {
		/// Its client cancelled it.
		#[codec(index = 0)]
		Cancelled,
		/// Its provider gave it up.
		#[codec(index = 1)]
		Terminated,
		/// Both parties agreed.
		#[codec(index = 2)]
		Mutual,
		/// It was not proven too often.
		#[codec(index = 3)]
		Faulty,
		/// Its provider had too many outages in a row.
		#[codec(index = 4)]
		StreamDead,
		/// Its provider lacks collateral.
		#[codec(index = 5)]
		Insolvent,
		/// Its proof chain reports no more.
		#[codec(index = 6)]
		Stalled,
		/// Its provider did not answer an audit.
		#[codec(index = 7)]
		AuditFailed,
	}

	/// Ids that come next.
	#[derive(Copy, Default)]
	pub struct Ids {
		/// Of a contract.
		pub contract: ContractId,
		/// Of a leg.
		pub leg: LegId,
		/// Of a stream.
		pub stream: StreamId,
	}

	/// A storage contract.
	pub struct ContractRecord {
		/// Who pays.
		pub client: AccountId,
		/// Who stores.
		pub provider: AccountId,
		/// Content id of the blob.
		pub root: ContentId,
		/// Length of the blob in bytes.
		pub size: u64,
		/// Where it stands.
		pub phase: Phase,
	}

	/// A leg between its acceptance and its closing.
	pub struct LegRecord {
		/// The contract it belongs to.
		pub contract: ContractId,
		/// The stream that earns it.
		pub stream: StreamId,
		/// The proof chain that reports it.
		pub proof_chain: ChainId,
		/// Price of one window.
		pub rate: Amounts,
		/// One window out of so many, on average, in which it must be proven.
		pub interval: u16,
		/// Bytes of the proof chain's windows booked for it.
		pub proof_bytes: u32,
		/// The batch it travels in.
		pub batch: BatchId,
		/// Earliest window in which it can start.
		pub planned: Window,
		/// First window in which it is due no more.
		pub end: Window,
		/// The end that its proof chain knows.
		pub tracked_end: Window,
		/// Paid into the pot for it: the rate of every window from planned to end.
		pub escrow: Balance,
		/// Collateral booked for it.
		pub collateral: Balance,
		/// Single faults.
		pub faults: u32,
		/// Faults that were not forgotten for the windows proven since.
		pub heat: u32,
		/// The newest fault.
		pub last_fault: Option<LastFault>,
	}

	/// The newest fault of a leg.
	#[derive(Copy)]
	pub struct LastFault {
		/// Its window.
		pub window: Window,
		/// Block in which it was reported.
		pub reported_at: BlockNumber,
	}

	/// A fault that may still be appealed against or cost collateral.
	///
	/// It carries all that its penalty needs: the leg may be closed by then.
	pub struct FaultRecord {
		/// The stream of the leg.
		pub stream: StreamId,
		/// Who is compensated.
		pub client: AccountId,
		/// Block in which it was reported.
		pub reported_at: BlockNumber,
		/// What it costs the provider's collateral.
		pub penalty: Balance,
	}

	/// A client's demand that its provider shows chunks of the blob on this chain.
	pub struct AuditRecord {
		/// Who demanded it.
		pub client: AccountId,
		/// On hold in the client's account, for the provider's costs.
		pub deposit: Balance,
		/// The chunks, in ascending order.
		pub chunks: BoundedVec<u64, ConstU32<{ MAX_CHALLENGES as u32 }>>,
		/// Last block in which it can be answered.
		pub deadline: BlockNumber,
	}
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

impl Outcome {
	/// The outcome with another leg's in it.
	pub fn with(self, other: Self) -> Self {
		Self {
			windows: self.windows.saturating_add(other.windows),
			proven: self.proven.saturating_add(other.proven),
			paid: self.paid.saturating_add(other.paid),
			refunded: self.refunded.saturating_add(other.refunded),
			compensated: self.compensated.saturating_add(other.compensated),
		}
	}
}

impl LegRecord {
	/// Windows that are paid for.
	pub fn windows(&self) -> u32 {
		self.end.0.saturating_sub(self.planned.0)
	}

	/// The heat before a fault of `window`: each window proven since the last one cools half a fault.
	pub fn heat_at(&self, window: Window) -> u32 {
		let Some(last) = self.last_fault else { return 0 };
		let gap = u32::from(self.interval.max(1)).saturating_mul(2);
		let cooled = window.0.saturating_sub(last.window.0).checked_div(gap).unwrap_or_default();
		self.heat.saturating_sub(cooled)
	}
}
