// SPDX-License-Identifier: Apache-2.0
//! Who a chain is, and how its headers say so.

use codec::{Decode, DecodeAll, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_runtime::{
	generic::{self, Digest, DigestItem},
	traits::BlakeTwo256,
	AccountId32, ConsensusEngineId,
};

/// Account of every layer.
pub type AccountId = AccountId32;
/// Amount of the token, in its smallest unit.
pub type Balance = u128;
/// Block number of every layer.
pub type BlockNumber = u32;
/// Header of every layer: neighbours can only verify what they can decode.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;

/// Engine id of the consensus digest that binds a header to its chain.
pub const BINDING_ENGINE_ID: ConsensusEngineId = *b"TRCE";
/// Version of the binding digest.
pub const BINDING_VERSION: u8 = 1;

/// Identity of a chain: the hash of its genesis header.
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
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
)]
#[serde(transparent)]
pub struct ChainId(pub H256);

impl core::fmt::Display for ChainId {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "{:?}", self.0)
	}
}

impl From<H256> for ChainId {
	fn from(hash: H256) -> Self {
		Self(hash)
	}
}

/// Place of a chain in the hierarchy.
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
#[serde(rename_all = "lowercase")]
pub enum Layer {
	/// The token and the registry of contract chains.
	#[codec(index = 0)]
	Main,
	/// Storage contracts and the registry of proof chains.
	#[codec(index = 1)]
	Contract,
	/// Checks possession proofs.
	#[codec(index = 2)]
	Proof,
}

impl Layer {
	/// The layer whose chains register here, if any.
	pub const fn child(self) -> Option<Layer> {
		match self {
			Layer::Main => Some(Layer::Contract),
			Layer::Contract => Some(Layer::Proof),
			Layer::Proof => None,
		}
	}

	/// The layer this layer registers with, if any.
	pub const fn parent(self) -> Option<Layer> {
		match self {
			Layer::Main => None,
			Layer::Contract => Some(Layer::Main),
			Layer::Proof => Some(Layer::Contract),
		}
	}
}

/// What a neighbour is to this chain.
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
pub enum Relation {
	/// This chain is registered with the neighbour.
	#[codec(index = 0)]
	Parent,
	/// The neighbour is registered with this chain.
	#[codec(index = 1)]
	Child,
}

/// The digest item that binds a header to `chain`.
///
/// GRANDPA votes name a block, a round and a set, never a chain: without this item a justification
/// could be replayed between chains whose authorities share keys.
pub fn header_binding(chain: ChainId) -> DigestItem {
	DigestItem::Consensus(BINDING_ENGINE_ID, (BINDING_VERSION, chain).encode())
}

/// The chain a header is bound to; `None` when the binding is missing, double or malformed.
pub fn binding_of(digest: &Digest) -> Option<ChainId> {
	let mut bindings = digest.logs().iter().filter_map(|log| match log {
		DigestItem::Consensus(engine, payload) if *engine == BINDING_ENGINE_ID => Some(payload),
		_ => None,
	});
	let payload = bindings.next()?;
	if bindings.next().is_some() {
		return None;
	}
	match <(u8, ChainId)>::decode_all(&mut payload.as_slice()) {
		Ok((BINDING_VERSION, chain)) => Some(chain),
		_ => None,
	}
}
