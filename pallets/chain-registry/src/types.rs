// SPDX-License-Identifier: Apache-2.0
//! Stored records.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use terrace_layers::{views::NeighbourStatus, Layer, Origin, Relation};

/// Hash and state root of a header whose finality was proven.
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
pub struct ProvenHeader {
	/// Hash of the header.
	pub hash: H256,
	/// Its state root, which lane proofs are checked against.
	pub state_root: H256,
}

/// Newest header known of a neighbour.
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
pub struct Best {
	/// Its number.
	pub number: u32,
	/// Its hash.
	pub hash: H256,
}

/// A neighbour's finality client.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct Client<AccountId, Balance> {
	/// What the neighbour is to this chain.
	pub relation: Relation,
	/// Its layer.
	pub layer: Layer,
	/// Whether it is followed.
	pub status: NeighbourStatus,
	/// Newest header imported.
	pub best: Best,
	/// Id of its current authority set.
	pub set_id: u64,
	/// Block of this chain in which it last made progress.
	pub last_progress_at: u32,
	/// Incarnation of the edge.
	pub incarnation: u32,
	/// Who bonded how much; nobody does for the parent.
	pub bond: Option<(AccountId, Balance)>,
	/// What its genesis says of itself; unknown of the parent.
	pub origin: Option<Origin>,
}
