// SPDX-License-Identifier: Apache-2.0
//! What a chain's genesis says about itself and its parent, and the proof of it.

use crate::{Authorities, ChainId, Header, Layer, StateProof};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_crypto_hashing::blake2_256;
use sp_runtime::traits::{BlakeTwo256, Hash, Header as _};

/// A finalised block of the parent, from which a child starts to follow it.
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
#[serde(rename_all = "camelCase")]
pub struct Checkpoint {
	/// The parent.
	pub chain: ChainId,
	/// The parent's layer.
	pub layer: Layer,
	/// Number of the block.
	pub number: u32,
	/// Hash of the block.
	pub hash: H256,
	/// State root of the block.
	pub state_root: H256,
	/// Id of the authority set after the block.
	pub set_id: u64,
	/// The authority set after the block.
	pub authorities: Authorities,
}

/// What a chain is, fixed at its genesis and proven to its parent at registration.
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
#[serde(rename_all = "camelCase")]
pub struct Origin {
	/// The chain's own layer.
	pub layer: Layer,
	/// Length of a proof window in milliseconds; 0 on layers without windows.
	pub window_ms: u64,
	/// Where the chain starts to follow its parent; `None` on the main chain.
	pub parent: Option<Checkpoint>,
}

/// A chain's genesis state root, and the nodes that prove what a parent must know of that state.
///
/// It proves the keys of [`crate::keys::genesis_proof_keys`].
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	TypeInfo,
	Serialize,
	Deserialize,
	Clone,
	Debug,
	PartialEq,
	Eq,
)]
pub struct GenesisProof {
	/// State root of the genesis block.
	pub state_root: H256,
	/// Raw trie nodes.
	pub nodes: StateProof,
}

impl GenesisProof {
	/// Identity of the chain that starts from this state.
	pub fn chain_id(&self) -> ChainId {
		ChainId(genesis_header(self.state_root).hash())
	}
}

/// The genesis header over a state root.
pub fn genesis_header(state_root: H256) -> Header {
	let extrinsics_root = BlakeTwo256::trie_root(Default::default(), sp_runtime::StateVersion::V1);
	Header::new(0, extrinsics_root, state_root, H256::zero(), Default::default())
}

/// What each authority of a chain signs with its GRANDPA key to show that it holds it: the wish to
/// register `child` with `parent`.
///
/// Without it, a registrant could name the keys of others, and answer for nothing they sign.
pub fn registration_statement(parent: ChainId, child: ChainId) -> Vec<u8> {
	(*b"terrace/register/1", parent, child).encode()
}

/// What the authorities of a child sign with their GRANDPA keys to follow its parent anew from a
/// checkpoint, after the edge was silent for so long that nothing the parent says can be believed.
pub fn recovery_statement(child: ChainId, checkpoint: &Checkpoint) -> Vec<u8> {
	(*b"terrace/recover/1", child, blake2_256(&checkpoint.encode())).encode()
}
