// SPDX-License-Identifier: Apache-2.0
//! How pallets meet without knowing each other; a runtime joins them.

use crate::{
	AccountId, Beacon, ChainId, FinalityProof, Imported, LaneId, Layer, Message, Offer, Origin,
	Relation,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};
use sp_weights::Weight;

/// The neighbours of this chain and what is proven of their state.
pub trait Neighbours {
	/// This chain's id; all zero in the genesis block, which does not know its own hash.
	fn this() -> ChainId;
	/// This chain's layer.
	fn layer() -> Layer;
	/// This chain's parent.
	fn parent() -> Option<ChainId>;
	/// This chain's children, at most [`crate::limits::MAX_CHILDREN`].
	fn children() -> Vec<ChainId>;
	/// What `chain` is to this chain; `None` for a stranger.
	fn relation(chain: &ChainId) -> Option<Relation>;
	/// Whether messages of `chain` may be received.
	fn may_receive(chain: &ChainId) -> bool;
	/// Whether messages may be sent to `chain` on `lane`.
	fn may_send(chain: &ChainId, lane: LaneId) -> bool;
	/// Whether `chain` has left for good.
	fn is_closed(_chain: &ChainId) -> bool {
		false
	}
	/// Incarnation of the edge to `chain`.
	fn incarnation(chain: &ChainId) -> u32;
	/// Proven state root of `chain` at block `number`, if kept.
	fn state_root(chain: &ChainId, number: u32) -> Option<H256>;
	/// Number of the newest block of `chain` that is proven final here, if any.
	fn best_number(_chain: &ChainId) -> Option<u32> {
		None
	}
	/// What `chain`'s genesis says, for a child.
	fn origin_of(chain: &ChainId) -> Option<Origin>;
	/// Account that registered `chain` and holds its bond, for a child.
	fn owner_of(_chain: &ChainId) -> Option<AccountId> {
		None
	}
}

/// The finality clients of this chain's neighbours.
pub trait FinalityClients {
	/// Verifies a finality proof of `chain` and writes nothing.
	fn verify(chain: &ChainId, proof: &FinalityProof) -> Result<Imported, DispatchError>;
	/// Verifies a finality proof of `chain` and advances its client.
	fn import(chain: &ChainId, proof: &FinalityProof) -> Result<Imported, DispatchError>;
	/// Weight of importing a proof with so many precommits and ancestry headers.
	fn weight(precommits: u32, ancestry: u32) -> Weight;
	/// Whether what failed with `error` may verify later, unchanged.
	fn may_verify_later(error: &DispatchError) -> bool;
}

/// Budget of relayed calls that cost their sender nothing.
///
/// Each neighbour has its own share of a block, so that one that can mint valid headers at will cannot
/// use up what the others need.
pub trait FreeRelaying {
	/// Whether `weight` more may be spent in this block for `chain`.
	fn fits(chain: &ChainId, weight: Weight) -> bool;
	/// Spends `weight` for `chain` and returns whether it fitted; nothing is spent if not.
	fn spend(chain: &ChainId, weight: Weight) -> bool;
}

/// What keeps an edge to a neighbour from being closed, as a set.
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
pub struct Blockers(pub u8);

impl Blockers {
	/// Nothing does.
	pub const NONE: Self = Self(0);
	/// Messages are not acknowledged yet.
	pub const MESSAGES: Self = Self(1);
	/// Messages failed and wait to be dispatched again.
	pub const DEAD_LETTERS: Self = Self(1 << 1);
	/// Tokens are locked for the neighbour.
	pub const TOKENS: Self = Self(1 << 2);
	/// Storage contracts are proven there.
	pub const CONTRACTS: Self = Self(1 << 3);

	/// Whether nothing blocks.
	pub const fn is_empty(self) -> bool {
		self.0 == 0
	}

	/// All of both sets.
	pub const fn union(self, other: Self) -> Self {
		Self(self.0 | other.0)
	}

	/// This set, with `other` in it if `condition` holds.
	pub const fn with(self, other: Self, condition: bool) -> Self {
		if condition {
			self.union(other)
		} else {
			self
		}
	}

	/// Whether all of `other` is in this set.
	pub const fn contains(self, other: Self) -> bool {
		self.0 & other.0 == other.0
	}
}

/// Told when a neighbour appears, and asked before one leaves.
pub trait OnNeighbour {
	/// A neighbour was registered, or its edge opened anew under the next incarnation; an error undoes
	/// that.
	fn on_registered(chain: ChainId, relation: Relation, origin: &Origin) -> DispatchResult;
	/// What keeps the edge to `chain` from being closed.
	fn blockers(_chain: &ChainId) -> Blockers {
		Blockers::NONE
	}
}

impl OnNeighbour for () {
	fn on_registered(_: ChainId, _: Relation, _: &Origin) -> DispatchResult {
		Ok(())
	}
}

impl<A: OnNeighbour, B: OnNeighbour> OnNeighbour for (A, B) {
	fn on_registered(chain: ChainId, relation: Relation, origin: &Origin) -> DispatchResult {
		A::on_registered(chain, relation, origin)?;
		B::on_registered(chain, relation, origin)
	}

	fn blockers(chain: &ChainId) -> Blockers {
		A::blockers(chain).union(B::blockers(chain))
	}
}

/// Sends messages to neighbours.
pub trait SendMessage {
	/// Queues `message` for `to` and returns its nonce; on an error nothing was queued.
	fn send(to: ChainId, message: Message) -> Result<u64, DispatchError>;
	/// Messages that can still be queued for `to` on `lane`.
	fn room(to: &ChainId, lane: LaneId) -> u32;
}

/// Name of the message of a neighbour that is being applied, for what its handlers tell of it.
pub trait Trace {
	/// The name, while a message is applied.
	fn current() -> Option<H256>;
}

impl Trace for () {
	fn current() -> Option<H256> {
		None
	}
}

/// Applies messages of neighbours.
pub trait OnMessage {
	/// Most weight that applying `message` takes.
	fn weight(message: &Message) -> Weight;
	/// Applies `message`; effects of a failure are undone by the caller.
	fn on_message(source: ChainId, relation: Relation, message: Message) -> DispatchResult;
}

/// Newest main-chain randomness known here.
pub trait BeaconSource {
	/// The beacon, if one is known.
	fn beacon() -> Option<Beacon>;
}

impl BeaconSource for () {
	fn beacon() -> Option<Beacon> {
		None
	}
}

/// Storage providers, as contracts need them.
pub trait Providers<AccountId, Balance> {
	/// A provider's offer; `None` for a stranger.
	fn offer(who: &AccountId) -> Option<Offer>;
	/// Whether the provider takes new contracts: it neither paused nor is leaving, and has all the
	/// collateral that its contracts require.
	fn accepting(who: &AccountId) -> bool;
	/// The provider that `caller` acts for, as its owner or as its operator.
	fn acted_for(caller: &AccountId) -> Option<AccountId>;
	/// Account that the provider's earnings go to.
	fn payee(who: &AccountId) -> AccountId;
	/// Books capacity and collateral for a contract; fails when either is short.
	fn commit(who: &AccountId, bytes: u64, collateral: Balance) -> DispatchResult;
	/// Gives back what [`Self::commit`] booked.
	fn release(who: &AccountId, bytes: u64, collateral: Balance);
	/// Collateral that the provider holds.
	fn collateral(who: &AccountId) -> Balance;
	/// Takes up to `amount` of the provider's collateral and pays it to `to`; returns how much it was.
	fn slash(who: &AccountId, amount: Balance, to: &AccountId) -> Balance;
	/// Notes that one more penalty may come: collateral stays until [`Self::drop_case`].
	fn add_case(who: &AccountId);
	/// Notes that one penalty less may come.
	fn drop_case(who: &AccountId);
	/// Whether the provider has lacked required collateral for longer than allowed: its contracts may
	/// be ended.
	fn is_insolvent(who: &AccountId) -> bool;
}

/// Moves tokens out of circulation to back what a child issued at its genesis.
pub trait LockBacking<AccountId, Balance> {
	/// Locks `amount` of `from` for `child`.
	fn lock(child: &ChainId, from: &AccountId, amount: Balance) -> DispatchResult;
}
