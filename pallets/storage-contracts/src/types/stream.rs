// SPDX-License-Identifier: Apache-2.0
//! What providers earn, and when it changes.

use super::{record, LegRecord};
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
	traits::Get, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound,
	PartialEqNoBound,
};
use scale_info::TypeInfo;
use sp_core::U256;
use terrace_layers::{AccountId, Balance, BatchId, BlockNumber, ChainId, OutageKind, Window};

record! {
	/// What is paid for windows: to the provider, and to the proof chain.
	#[derive(Copy, Default)]
	pub struct Amounts {
		/// For storing.
		pub price: Balance,
		/// For checking the proofs.
		pub fee: Balance,
	}

	/// What one provider earns from one proof chain.
	pub struct StreamRecord {
		/// The provider.
		pub provider: AccountId,
		/// The proof chain.
		pub proof_chain: ChainId,
		/// Windows below this one are counted.
		pub counted: Window,
		/// Counted windows in which the provider was not out.
		pub clean: u32,
		/// Price of all legs in the newest counted window.
		pub rate: Amounts,
		/// Earned in clean windows.
		pub gross: Amounts,
		/// Taken from that: claims and single faults.
		pub used: Amounts,
		/// Claims alone.
		pub claimed: Amounts,
		/// Open legs.
		pub legs: u32,
		/// Faults and outages that may still cost collateral.
		pub cases: u32,
		/// Newest counted windows in which the provider was out.
		pub run: u32,
		/// Taken from collateral for outages and not yet paid to clients.
		pub compensation: Balance,
		/// Compensation for each unit of rate so far, times 2^64.
		pub compensation_per_rate: U256,
		/// What may still be slashed on a day.
		pub day: DayCap,
	}

	/// What may still be slashed of a provider on one day.
	#[derive(Copy, Default)]
	pub struct DayCap {
		/// Days since 1970.
		pub day: u32,
		/// What is left.
		pub left: Balance,
	}

	/// Legs of one batch with the same ends, whose start is not yet known to their stream.
	#[derive(Copy)]
	pub struct PendingLegs {
		/// Their batch.
		pub batch: BatchId,
		/// Earliest window in which they can start.
		pub planned: Window,
		/// First window in which they are due no more.
		pub end: Window,
		/// Price of one window of all of them.
		pub rate: Amounts,
		/// How many they are.
		pub legs: u32,
	}

	/// A window in which a stream's rate changes.
	#[derive(Copy, Default)]
	pub struct EdgeRecord {
		/// Price of the legs that start.
		pub plus: Amounts,
		/// Price of the legs that end.
		pub minus: Amounts,
		/// Open legs that start or end here.
		pub refs: u32,
		/// What was counted before this window, once it is passed.
		pub mark: Option<Mark>,
	}

	/// What a stream had counted before a window.
	#[derive(Copy)]
	pub struct Mark {
		/// Clean windows.
		pub clean: u32,
		/// Compensation for each unit of rate, times 2^64.
		pub compensation_per_rate: U256,
	}

	/// A window in which a provider was out.
	#[derive(Copy)]
	pub struct OutageEntry {
		/// The window.
		pub window: Window,
		/// Block in which it was reported.
		pub reported_at: BlockNumber,
		/// How much was missed.
		pub kind: OutageKind,
	}
}

impl Amounts {
	/// Nothing.
	pub const ZERO: Self = Self { price: 0, fee: 0 };

	/// Both together.
	pub fn total(&self) -> Balance {
		self.price.saturating_add(self.fee)
	}

	/// The sum; `None` on overflow.
	pub fn checked_add(&self, other: &Self) -> Option<Self> {
		let price = self.price.checked_add(other.price)?;
		Some(Self { price, fee: self.fee.checked_add(other.fee)? })
	}

	/// The difference; `None` if either part would be negative.
	pub fn checked_sub(&self, other: &Self) -> Option<Self> {
		let price = self.price.checked_sub(other.price)?;
		Some(Self { price, fee: self.fee.checked_sub(other.fee)? })
	}

	/// The difference of each part, or 0.
	pub fn saturating_sub(&self, other: &Self) -> Self {
		Self {
			price: self.price.saturating_sub(other.price),
			fee: self.fee.saturating_sub(other.fee),
		}
	}

	/// For so many windows; `None` on overflow.
	pub fn times(&self, windows: u32) -> Option<Self> {
		let price = self.price.checked_mul(windows.into())?;
		Some(Self { price, fee: self.fee.checked_mul(windows.into())? })
	}
}

impl StreamRecord {
	/// A stream that starts to count at `counted`.
	pub fn new(provider: AccountId, proof_chain: ChainId, counted: Window) -> Self {
		Self {
			provider,
			proof_chain,
			counted,
			clean: 0,
			rate: Amounts::ZERO,
			gross: Amounts::ZERO,
			used: Amounts::ZERO,
			claimed: Amounts::ZERO,
			legs: 0,
			cases: 0,
			run: 0,
			compensation: 0,
			compensation_per_rate: U256::zero(),
			// No day: the first one begins with the first penalty.
			day: DayCap { day: u32::MAX, left: 0 },
		}
	}

	/// What can be paid out now.
	///
	/// Faults of a window not yet counted are deducted already, so the difference may be negative.
	pub fn claimable(&self) -> Amounts {
		self.gross.saturating_sub(&self.used)
	}

	/// What is counted so far.
	pub fn mark(&self) -> Mark {
		Mark { clean: self.clean, compensation_per_rate: self.compensation_per_rate }
	}

	/// Whether nothing refers to the stream any more.
	pub fn is_over(&self) -> bool {
		self.legs == 0 && self.cases == 0
	}
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
	/// Whether one more group of pending legs fits: each may become two edges.
	pub fn has_room(&self) -> bool {
		!self.pending.is_full() && self.fits(self.pending.len().saturating_add(1), 0)
	}

	/// Whether one more edge fits beside what pending legs may need.
	pub fn has_room_for_edge(&self) -> bool {
		self.fits(self.pending.len(), 1)
	}

	fn fits(&self, pending: usize, more: usize) -> bool {
		let edges = self.edges.len().saturating_add(pending.saturating_mul(2)).saturating_add(more);
		u32::try_from(edges).is_ok_and(|edges| edges <= MaxEdges::get())
	}

	/// Whether nothing is ahead.
	pub fn is_empty(&self) -> bool {
		self.pending.is_empty() && self.edges.is_empty()
	}
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
	pub entries: BoundedVec<OutageEntry, MaxOutages>,
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
		self.is_dead_at(window) || self.entries.last().is_some_and(|last| last.window == window)
	}
}
