// SPDX-License-Identifier: Apache-2.0
//! What neighbours tell each other.
//!
//! Encodings are wire format: indices are fixed, variants are only ever appended.

use crate::{
	lane::limits, AccountId, Balance, BatchId, LaneId, LegId, Operator, Relation, StreamId, Window,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeAll, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_runtime::BoundedVec;
use terrace_possession::ContentId;

/// Most legs of one batch.
pub const MAX_LEGS_PER_BATCH: u32 = 64;
/// Most exceptions of each kind in one part of a report.
pub const MAX_EXCEPTIONS_PER_PART: u32 = 512;
/// Most parts of one report.
pub const MAX_PARTS: u16 = 8;
/// Most batches one window may start.
pub const MAX_BATCHES_PER_WINDOW: u64 = 256;

/// Longest call that a parent may have dispatched on a child, in bytes.
pub const MAX_ADMIN_CALL: u32 = 8 * 1024;

/// Randomness of the main chain.
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
pub struct Beacon {
	/// Main-chain epoch the randomness belongs to.
	pub epoch: u64,
	/// The randomness.
	pub randomness: [u8; 32],
}

/// A leg that a proof chain has to see proven.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq,
)]
pub struct TrackedLeg {
	/// The leg.
	pub leg: LegId,
	/// Stream of the provider that proves it.
	pub stream: StreamId,
	/// The provider, which every challenge is bound to.
	pub provider: AccountId,
	/// Key that signs the leg's proofs.
	pub operator: Operator,
	/// Content id of the blob.
	pub root: ContentId,
	/// Length of the blob in bytes.
	pub size: u64,
	/// First window in which the leg may be due.
	pub start: Window,
	/// First window in which it is due no more.
	pub end: Window,
	/// Chunks challenged in each window in which the leg is due.
	pub challenges: u8,
	/// One window out of so many, on average, in which the leg is due.
	pub interval: u16,
}

/// Legs to track from one window on.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq,
)]
pub struct TrackBatch {
	/// Number of the batch; consecutive from 1.
	pub batch: BatchId,
	/// The legs.
	pub legs: BoundedVec<TrackedLeg, ConstU32<MAX_LEGS_PER_BATCH>>,
}

/// How much of a provider's due proofs a window lacked.
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
pub enum OutageKind {
	/// Nothing that was due was proven.
	#[codec(index = 0)]
	Total,
	/// More was missed than a report lists one by one.
	#[codec(index = 1)]
	Partial,
}

/// A stream of which no leg counts as proven in the window.
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
pub struct Outage {
	/// The stream.
	pub stream: StreamId,
	/// How much was missed.
	pub kind: OutageKind,
}

/// One part of the proof events of a window: every leg due was proven, except those listed.
///
/// Over all parts of a report, every outage comes before the first fault.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq,
)]
pub struct Report {
	/// The window.
	pub window: Window,
	/// Number of the part, from 0.
	pub part: u16,
	/// Whether this is the window's last part.
	pub last: bool,
	/// Newest batch applied before the window opened.
	pub applied: BatchId,
	/// Streams without any proven leg in this window.
	pub outages: BoundedVec<Outage, ConstU32<MAX_EXCEPTIONS_PER_PART>>,
	/// Single legs that were due and not proven.
	pub faults: BoundedVec<LegId, ConstU32<MAX_EXCEPTIONS_PER_PART>>,
}

/// A message between neighbours.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub enum Message {
	/// Parent to child: randomness of the main chain.
	#[codec(index = 0)]
	Beacon(Beacon),
	/// Parent to child: mint what was locked above.
	#[codec(index = 1)]
	Credit {
		/// Who receives the tokens.
		who: AccountId,
		/// How many.
		amount: Balance,
	},
	/// Child to parent: unlock what was burnt below.
	#[codec(index = 2)]
	Release {
		/// Who receives the tokens.
		who: AccountId,
		/// How many.
		amount: Balance,
	},
	/// Contract chain to proof chain: legs to prove.
	#[codec(index = 3)]
	Track(TrackBatch),
	/// Contract chain to proof chain: legs that ended early.
	#[codec(index = 4)]
	Untrack(BoundedVec<LegId, ConstU32<MAX_LEGS_PER_BATCH>>),
	/// Proof chain to contract chain: proof events of a window.
	#[codec(index = 5)]
	Report(Report),
	/// Proof chain to contract chain: the window runs again, nothing is due for accounting.
	#[codec(index = 6)]
	Heartbeat {
		/// The window.
		window: Window,
		/// Its new round.
		round: u32,
	},
	/// Contract chain to proof chain: another key signs a stream's proofs from now on.
	#[codec(index = 7)]
	SetOperator {
		/// The stream.
		stream: StreamId,
		/// The key.
		operator: Operator,
	},
	/// Parent to child: a call of the child's runtime, encoded, to dispatch as root.
	#[codec(index = 8)]
	Admin {
		/// Version of the child's runtime that it is encoded for; any other dispatches nothing.
		spec_version: u32,
		/// The call.
		call: BoundedVec<u8, ConstU32<MAX_ADMIN_CALL>>,
	},
}

impl Message {
	/// The lane this message travels on.
	pub fn lane(&self) -> LaneId {
		match self {
			Message::Beacon(_) | Message::Admin { .. } => LaneId::ADMIN,
			Message::Credit { .. } | Message::Release { .. } => LaneId::MONEY,
			Message::Track(_)
			| Message::Untrack(_)
			| Message::SetOperator { .. }
			| Message::Report(_)
			| Message::Heartbeat { .. } => LaneId::STORAGE,
		}
	}

	/// What the sender must be to the receiver.
	pub fn sender(&self) -> Relation {
		match self {
			Message::Beacon(_)
			| Message::Credit { .. }
			| Message::Track(_)
			| Message::Untrack(_)
			| Message::SetOperator { .. }
			| Message::Admin { .. } => Relation::Parent,
			Message::Release { .. } | Message::Report(_) | Message::Heartbeat { .. } => {
				Relation::Child
			}
		}
	}
}

/// A message with its version, as it travels: the payload of a lane.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub enum VersionedMessage {
	/// First version.
	#[codec(index = 1)]
	V1(Message),
}

impl VersionedMessage {
	/// Reads a payload; trailing bytes and over-long payloads are errors.
	pub fn from_payload(mut payload: &[u8]) -> Result<Message, codec::Error> {
		if u32::try_from(payload.len()).map_or(true, |len| len > limits::MAX_MESSAGE) {
			return Err("payload is longer than a message may be".into());
		}
		let VersionedMessage::V1(message) = Self::decode_all(&mut payload)?;
		Ok(message)
	}

	/// The payload of a message, in the newest version.
	pub fn to_payload(message: Message) -> Vec<u8> {
		VersionedMessage::V1(message).encode()
	}
}
