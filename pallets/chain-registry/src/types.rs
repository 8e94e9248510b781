// SPDX-License-Identifier: Apache-2.0
//! Stored records.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	pallet_prelude::ConstU32,
	traits::fungible::{Credit, Inspect},
	weights::Weight,
	BoundedBTreeMap, PalletError,
};
use scale_info::TypeInfo;
use sp_core::H256;
use terrace_layers::{
	limits::MAX_CHILDREN, views::NeighbourStatus, Blockers, ChainId, Checkpoint, Layer, Origin,
	Relation,
};

/// Balance of this chain's token.
pub type BalanceOf<T> =
	<<T as crate::Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;
/// Tokens that were slashed and must go somewhere.
pub type CreditOf<T> =
	Credit<<T as frame_system::Config>::AccountId, <T as crate::Config>::Currency>;
/// A neighbour's client, as this chain stores it.
pub(crate) type ClientOf<T> = Client<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// Most finality proofs of one batch.
pub const MAX_BATCH: u32 = 8;
/// Past sets that one withdrawal removes at most.
pub(crate) const SETS_PER_WITHDRAWAL: u32 = 64;
/// Most headers between a forked header and the one it conflicts with.
pub const MAX_FORK_ANCESTRY: u32 = 64;
/// Most neighbours: the parent and the children.
pub const MAX_NEIGHBOURS: u32 = MAX_CHILDREN + 1;

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

/// What answers for a child.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct Bond<AccountId, Balance> {
	/// Who registered the child.
	pub who: AccountId,
	/// What was held at registration; slashes are shares of it.
	pub placed: Balance,
	/// What slashes have left of it.
	pub left: Balance,
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
	/// Whether the newest header gives way to the next one, so that it pushes no older one out.
	pub loose: bool,
	/// Id of its current authority set.
	pub set_id: u64,
	/// Block of this chain in which it last made progress.
	pub last_progress_at: u32,
	/// Incarnation of the edge.
	pub incarnation: u32,
	/// What answers for it; nothing does for the parent, or for a child that left.
	pub bond: Option<Bond<AccountId, Balance>>,
	/// What its genesis says of itself; unknown of the parent.
	pub origin: Option<Origin>,
	/// Block of this chain in which it was closed.
	pub closed_at: Option<u32>,
	/// Whether a fork was proven in this incarnation.
	pub forked: bool,
}

/// A checkpoint of the parent that this chain's own authorities have signed.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq,
)]
pub struct Recovery {
	/// Where the parent is to be followed from.
	pub checkpoint: Checkpoint,
	/// Block from which it may be applied.
	pub due: u32,
}

/// First and next position of a queue.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
	/// Position of the oldest entry.
	pub first: u32,
	/// Position that the next entry takes.
	pub next: u32,
}

/// Weight of the relayed calls that were free in one block.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Debug, Default, PartialEq, Eq)]
pub struct FreeSpent {
	/// The block.
	pub block: u32,
	/// Of all neighbours.
	pub total: Weight,
	/// Of each neighbour.
	pub chains: BoundedBTreeMap<ChainId, Weight, ConstU32<MAX_NEIGHBOURS>>,
}

/// What keeps a neighbour from being closed: the bits of [`Blockers`].
#[derive(
	Encode, Decode, DecodeWithMemTracking, TypeInfo, PalletError, Clone, Copy, Debug, PartialEq, Eq,
)]
pub struct BlockedBy(pub u8);

impl From<Blockers> for BlockedBy {
	fn from(blockers: Blockers) -> Self {
		Self(blockers.0)
	}
}
