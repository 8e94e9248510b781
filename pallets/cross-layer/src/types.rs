// SPDX-License-Identifier: Apache-2.0
//! Records of the pallet and what passes between its parts.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::weights::Weight;
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_runtime::{BoundedVec, Perbill, SaturatedConversion};
use terrace_layers::{
	limits, AccountId, Balance, ChainId, FinalityProof, LaneId, LaneState, Message, Relation,
	StateProof,
};

/// Most acknowledged messages that one relay call removes: as many as a lane keeps, for no later call
/// would remove the rest from a lane that falls silent, and its edge could never be closed.
pub const MAX_PRUNE: u64 = limits::MAX_PENDING as u64;
/// Messages that make a relay call free although it leaves a tail: a batch split one by one is not.
pub const FREE_MIN_BATCH: u32 = 8;
/// Share of a block that the messages of a free relay call with a tail take at least, when they
/// are fewer than [`FREE_MIN_BATCH`].
pub const FREE_MIN_SHARE: u64 = 16;
/// Share of a block that one message may take when it is dispatched again.
pub const MAX_MESSAGE_SHARE: u64 = 4;

/// Payload of one message.
pub type Payload = BoundedVec<u8, ConstU32<{ limits::MAX_MESSAGE }>>;

/// Key of a lane at this end: the neighbour and the lane.
pub(crate) type LaneKey = (ChainId, LaneId);

/// How far messages sent are done with.
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
pub struct Acknowledged {
	/// Newest message that the neighbour has received.
	pub nonce: u64,
	/// Newest message removed from the outbox.
	pub pruned: u64,
}

/// How much of its locked tokens a child may release in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReleaseLimit {
	/// Part of what is locked when the period begins.
	pub share: Perbill,
	/// Blocks of a period.
	pub period: u32,
}

/// What a child has released in a period.
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
pub struct ReleasePeriod {
	/// Block in which the period began.
	pub since: u32,
	/// Tokens that may be released in it.
	pub allowed: Balance,
	/// Tokens released in it.
	pub released: Balance,
}

/// A release that waits for its turn, or what is left of it.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq,
)]
pub struct Waiting {
	/// Whom it is for.
	pub who: AccountId,
	/// Tokens to be paid.
	pub amount: Balance,
}

/// The releases of a child that wait, as a queue.
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
pub struct Waitlist {
	/// Place of the first.
	pub first: u64,
	/// Place that the next one takes.
	pub next: u64,
	/// Tokens in all of them.
	pub total: Balance,
}

/// Arguments of a relay call.
pub(crate) struct Relayed<'a> {
	pub chain: ChainId,
	pub lane: LaneId,
	pub finality: Option<&'a FinalityProof>,
	pub at: u32,
	pub proof: &'a StateProof,
	pub first: u64,
	pub messages: &'a [Vec<u8>],
	pub tail: &'a [H256],
	pub max_weight: Weight,
}

impl Relayed<'_> {
	pub(crate) fn key(&self) -> LaneKey {
		(self.chain, self.lane)
	}
}

/// Sizes of a relay call, from lengths alone.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
	pub nodes: u32,
	pub proof_bytes: u32,
	pub messages: u32,
	pub payload_bytes: u32,
	pub tail: u32,
}

impl Sizes {
	pub(crate) fn of(proof: &StateProof, messages: &[Vec<u8>], tail: &[H256]) -> Self {
		Self {
			nodes: proof.len().saturated_into(),
			proof_bytes: total(proof),
			messages: messages.len().saturated_into(),
			payload_bytes: total(messages),
			tail: tail.len().saturated_into(),
		}
	}
}

fn total(parts: &[Vec<u8>]) -> u32 {
	parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.len())).saturated_into()
}

/// This end of the lane that a relay call is about.
pub(crate) struct Edge {
	pub relation: Relation,
	pub own: LaneState,
}

/// What a verified relay call amounts to.
pub(crate) enum Step {
	/// The neighbour acknowledges a message that was never sent.
	Overrun {
		/// Nonce it claims to have received.
		claimed: u64,
	},
	/// Messages to dispatch, an acknowledgement, or both.
	Progress(Progress),
}

/// What a relay call brings.
pub(crate) struct Progress {
	/// Cursor after the messages.
	pub delivered: (u64, H256),
	/// The neighbour's cursor, if it moved.
	pub acked: Option<u64>,
	/// The messages; `None` where the payload is none.
	pub messages: Vec<Option<Message>>,
	/// Most weight that dispatching them takes.
	pub weight: Weight,
}
