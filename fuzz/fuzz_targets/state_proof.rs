// SPDX-License-Identifier: Apache-2.0
//! The reader of state proofs: no nodes make it panic, and no change of a valid proof makes it read
//! anything but what the state holds.
#![no_main]

use bp_runtime::StorageProofChecker;
use codec::Encode;
use libfuzzer_sys::fuzz_target;
use sp_core::{Blake2Hasher, H256};
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	StateVersion,
};
use sp_state_machine::{prove_read_on_trie_backend, InMemoryBackend};
use std::sync::OnceLock;
use terrace_layers::{keys, ChainId, LaneId, LaneState, StateProof};

/// A small state, and a proof of one lane in it.
struct Base {
	root: H256,
	proof: StateProof,
	key: Vec<u8>,
	value: Vec<u8>,
}

fn base() -> &'static Base {
	static BASE: OnceLock<Base> = OnceLock::new();
	BASE.get_or_init(|| {
		let state = |byte: u8| LaneState::new(ChainId(H256::repeat_byte(byte)), 0).encode();
		let lane = |byte: u8| keys::lane(ChainId(H256::repeat_byte(byte)), LaneId::STORAGE);
		let entries: Vec<_> = (0..24)
			.map(|byte| (lane(byte), Some(state(byte))))
			.chain((0..40_u8).map(|byte| (vec![byte; 33], Some(vec![byte; 20]))))
			.collect();
		let backend: InMemoryBackend<Blake2Hasher> =
			(vec![(None, entries)], StateVersion::V1).into();
		let proof = prove_read_on_trie_backend(&backend, [lane(7)]).expect("the key is there");
		let proof = proof.into_nodes().into_iter().collect();
		Base { root: *backend.root(), proof, key: lane(7), value: state(7) }
	})
}

/// Reads a proof as the pallet does.
fn read(root: H256, proof: StateProof, key: &[u8]) -> Option<Option<Vec<u8>>> {
	let mut proof = StorageProofChecker::<BlakeTwo256>::new(root, proof).ok()?;
	let value = proof.read_value(key).ok()?;
	proof.ensure_no_unused_nodes().ok()?;
	Some(value)
}

/// Changes the nodes as `orders` say, six bytes each.
fn change(proof: &mut StateProof, orders: &[u8]) {
	for order in orders.chunks_exact(6) {
		let &[what, node, high, low, bit, byte] = order else { continue };
		if proof.is_empty() {
			return;
		}
		let index = usize::from(node) % proof.len();
		let at = usize::from(u16::from_be_bytes([high, low]));
		let length = proof[index].len();
		match what % 7 {
			0 if length > 0 => proof[index][at % length] ^= 1 << (bit % 8),
			1 => drop(proof.remove(index)),
			2 => proof.push(proof[index].clone()),
			3 => proof[index].truncate(at % (length + 1)),
			4 => proof[index].insert(at % (length + 1), byte),
			5 => {
				let other = usize::from(byte) % proof.len();
				proof.swap(index, other);
			}
			6 => proof.push(vec![byte; usize::from(bit)]),
			_ => {}
		}
	}
}

/// Takes the bytes for nodes, each behind its length, of which the first is the root.
fn nodes(mut bytes: &[u8]) -> StateProof {
	let mut nodes = Vec::new();
	while let Some((length, rest)) = bytes.split_first() {
		let (node, rest) = rest.split_at(rest.len().min(usize::from(*length)));
		nodes.push(node.to_vec());
		bytes = rest;
	}
	nodes
}

fuzz_target!(|bytes: &[u8]| {
	let Base { root, proof, key, value } = base();
	let mut changed = proof.clone();
	change(&mut changed, bytes);
	if let Some(found) = read(*root, changed, key) {
		assert_eq!(found.as_ref(), Some(value));
	}
	let forged = nodes(bytes);
	let Some(first) = forged.first() else { return };
	let root = BlakeTwo256::hash(first);
	if let Some(Some(found)) = read(root, forged, key) {
		let _ = LaneState::read(&found);
	}
});
