// SPDX-License-Identifier: Apache-2.0
//! Raw storage keys of the items that one chain proves to another.
//!
//! Pallet and item names are part of the protocol: renaming one breaks every neighbour.

use crate::{ChainId, LaneId, Window};
use alloc::{vec, vec::Vec};
use codec::Encode;
use sp_crypto_hashing::{blake2_128, twox_128, twox_64};

/// Key of a storage value.
pub fn value(pallet: &str, item: &str) -> Vec<u8> {
	[twox_128(pallet.as_bytes()), twox_128(item.as_bytes())].concat()
}

/// Key of a storage map's entry under `Blake2_128Concat`.
pub fn map_blake2(pallet: &str, item: &str, key: &[u8]) -> Vec<u8> {
	[value(pallet, item), blake2_128(key).to_vec(), key.to_vec()].concat()
}

/// Key of a storage map's entry under `Twox64Concat`.
pub fn map_twox(pallet: &str, item: &str, key: &[u8]) -> Vec<u8> {
	[value(pallet, item), twox_64(key).to_vec(), key.to_vec()].concat()
}

/// The lane state that a chain keeps for `peer`: the only item proven by relayed messages.
pub fn lane(peer: ChainId, lane: LaneId) -> Vec<u8> {
	map_blake2("CrossLayer", "Lanes", &(peer, lane).encode())
}

/// The current GRANDPA authority list.
pub fn grandpa_authorities() -> Vec<u8> {
	value("Grandpa", "Authorities")
}

/// The id of the current GRANDPA authority set.
pub fn grandpa_set_id() -> Vec<u8> {
	value("Grandpa", "CurrentSetId")
}

/// What a chain's genesis says about itself: [`crate::Origin`].
pub fn origin() -> Vec<u8> {
	value("ChainRegistry", "Origin")
}

/// The chain's total issuance.
pub fn total_issuance() -> Vec<u8> {
	value("Balances", "TotalIssuance")
}

/// The chain's runtime code; neighbours see only its hash.
pub fn code() -> Vec<u8> {
	b":code".to_vec()
}

/// The keys a chain proves from its genesis when it registers with its parent.
///
/// Of [`code`] it proves the hash: the node with the code itself stays out of the proof.
pub fn genesis_proof_keys() -> Vec<Vec<u8>> {
	vec![code(), grandpa_authorities(), origin(), total_issuance()]
}

/// The keys of the parent's state that back a child's checkpoint.
pub fn checkpoint_proof_keys() -> Vec<Vec<u8>> {
	vec![grandpa_authorities(), grandpa_set_id()]
}

/// The hash of a recent block.
pub fn block_hash(number: u32) -> Vec<u8> {
	map_twox("System", "BlockHash", &number.encode())
}

/// When a window of a proof chain took proofs, and under which seed: [`crate::WindowBounds`].
pub fn window_bounds(window: Window) -> Vec<u8> {
	map_twox("ProofVerification", "Bounds", &window.encode())
}
