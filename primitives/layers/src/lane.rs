// SPDX-License-Identifier: Apache-2.0
//! Lanes: ordered channels between two neighbours, committed to by one hash-chain head.

use crate::ChainId;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_crypto_hashing::blake2_256;

/// Bounds that both ends of a lane share.
pub mod limits {
	/// Longest payload of one message, in bytes.
	pub const MAX_MESSAGE: u32 = 16 * 1024;
	/// Most messages one relay call may carry.
	pub const MAX_MESSAGES_PER_CALL: u32 = 64;
	/// Most payload bytes one relay call may carry.
	pub const MAX_BYTES_PER_CALL: u32 = 128 * 1024;
	/// Most messages sent and not yet acknowledged on one lane.
	pub const MAX_PENDING: u32 = 256;
	/// Most nodes of one state proof.
	pub const MAX_PROOF_NODES: u32 = 64;
	/// Most bytes of one state proof.
	pub const MAX_PROOF_BYTES: u32 = 64 * 1024;
	/// Most authorities of a neighbour.
	pub const MAX_AUTHORITIES: u32 = 100;
	/// Most ancestry headers of a justification.
	pub const MAX_ANCESTRY: u32 = 8;
	/// Longest header that changes no authorities, in bytes.
	pub const MAX_HEADER: u32 = 2 * 1024;
	/// Longest header that changes authorities, in bytes.
	pub const MAX_MANDATORY_HEADER: u32 = 16 * 1024;
	/// Most direct children of one chain.
	pub const MAX_CHILDREN: u32 = 64;
}

/// Number of a lane between two neighbours.
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
	PartialOrd,
	Ord,
)]
#[serde(transparent)]
pub struct LaneId(pub u8);

impl LaneId {
	/// Governance and randomness.
	pub const ADMIN: LaneId = LaneId(0);
	/// The token.
	pub const MONEY: LaneId = LaneId(1);
	/// Tracked legs downwards, reports upwards.
	pub const STORAGE: LaneId = LaneId(2);
	/// Every lane of an edge.
	pub const ALL: [LaneId; 3] = [Self::ADMIN, Self::MONEY, Self::STORAGE];

	/// Whether the lane exists.
	pub fn is_known(self) -> bool {
		Self::ALL.contains(&self)
	}
}

/// State of one lane at one of its ends: the only item a neighbour proves.
///
/// It holds the head of what was sent and the cursor of what was received, so that one proof
/// delivers messages one way and acknowledges those of the other way.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
	Clone,
	Debug,
	PartialEq,
	Eq,
)]
pub struct LaneState {
	/// Layout of this record.
	pub version: u8,
	/// The chain whose state this is.
	pub self_id: ChainId,
	/// Times the edge was opened anew; both ends must agree.
	pub incarnation: u32,
	/// Nonce of the newest message sent; 0 before the first.
	pub out_nonce: u64,
	/// Hash-chain head over all messages sent.
	pub out_head: H256,
	/// Nonce of the newest message received; 0 before the first.
	pub in_nonce: u64,
	/// Hash-chain head over all messages received.
	pub in_head: H256,
	/// Whether messages may be sent.
	pub open: bool,
}

impl LaneState {
	/// Layout written by this release.
	pub const VERSION: u8 = 1;
	/// Most bytes that the next layout may append to this one.
	pub const MAX_APPENDED: usize = 256;

	/// An open lane of `self_id` on which nothing was sent yet.
	pub fn new(self_id: ChainId, incarnation: u32) -> Self {
		Self {
			version: Self::VERSION,
			self_id,
			incarnation,
			out_nonce: 0,
			out_head: H256::zero(),
			in_nonce: 0,
			in_head: H256::zero(),
			open: true,
		}
	}

	/// Reads a neighbour's record.
	///
	/// A layout may only append to the one before it. A release reads its own layout to the last byte,
	/// and of the next one the part it knows, so that neighbours need not upgrade in the same block.
	pub fn read(bytes: &[u8]) -> Option<Self> {
		let input = &mut &*bytes;
		let state = Self::decode(input).ok()?;
		let next = Self::VERSION.checked_add(1)?;
		let whole = state.version == Self::VERSION && input.is_empty();
		let overlap = state.version == next && input.len() <= Self::MAX_APPENDED;
		(whole || overlap).then_some(state)
	}
}

/// What stays the same for all messages of one direction of one lane.
#[derive(Encode, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direction {
	/// Chain that sends.
	pub source: ChainId,
	/// Chain that receives.
	pub target: ChainId,
	/// Lane the messages travel on.
	pub lane: LaneId,
	/// Incarnation of the edge.
	pub incarnation: u32,
}

impl Direction {
	/// Head after appending message `nonce`, whose payload hashes to `payload`, to `head`.
	pub fn next_head(&self, nonce: u64, head: H256, payload: H256) -> H256 {
		let preimage = (
			*b"terrace/message/1",
			self.source,
			self.target,
			self.lane,
			self.incarnation,
			nonce,
			head,
			payload,
		);
		preimage.using_encoded(blake2_256).into()
	}

	/// Name of message `nonce`, the same at both of its ends: what follows it across chains.
	pub fn trace_id(&self, nonce: u64) -> H256 {
		(*b"terrace/trace/1", self, nonce).using_encoded(blake2_256).into()
	}

	/// Head after appending `payloads`, then messages known by hash only, from `(nonce, head)`.
	///
	/// `None` when the nonces would overflow.
	pub fn extend(
		&self,
		mut nonce: u64,
		mut head: H256,
		payloads: &[Vec<u8>],
		tail: &[H256],
	) -> Option<Extended> {
		let mut delivered = (nonce, head);
		for payload in payloads {
			nonce = nonce.checked_add(1)?;
			head = self.next_head(nonce, head, payload_hash(payload));
			delivered = (nonce, head);
		}
		for hash in tail {
			nonce = nonce.checked_add(1)?;
			head = self.next_head(nonce, head, *hash);
		}
		Some(Extended { delivered, end: (nonce, head) })
	}
}

/// Two points of a hash chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extended {
	/// Nonce and head after the payloads.
	pub delivered: (u64, H256),
	/// Nonce and head after payloads and tail.
	pub end: (u64, H256),
}

/// Hash of one message's payload.
pub fn payload_hash(payload: &[u8]) -> H256 {
	blake2_256(payload).into()
}
