// SPDX-License-Identifier: Apache-2.0
//! State proofs of which every node must be needed.

use crate::*;
use codec::{Decode, DecodeAll};
use frame_support::ensure;
use sp_core::H256;
use sp_runtime::traits::BlakeTwo256;
use sp_trie::{
	accessed_nodes_tracker::AccessedNodesTracker, read_trie_value, LayoutV1, MemoryDB,
	StorageProof, Trie, TrieDBBuilder,
};
use terrace_layers::{limits, StateProof};

type Layout = LayoutV1<BlakeTwo256>;

/// Reads proven values, each in full, and refuses a proof that carries anything else.
pub(crate) struct Reader<T> {
	root: H256,
	nodes: MemoryDB<BlakeTwo256>,
	used: AccessedNodesTracker<H256>,
	_config: core::marker::PhantomData<T>,
}

impl<T: Config> Reader<T> {
	pub(crate) fn new(root: H256, nodes: StateProof) -> Result<Self, Error<T>> {
		let bytes = nodes.iter().fold(0usize, |sum, node| sum.saturating_add(node.len()));
		ensure!(nodes.len() <= limits::MAX_PROOF_NODES as usize, Error::<T>::TooLarge);
		ensure!(bytes <= limits::MAX_PROOF_BYTES as usize, Error::<T>::TooLarge);
		let proof = StorageProof::new_with_duplicate_nodes_check(nodes)
			.map_err(|_| Error::<T>::BadStateProof)?;
		let used = AccessedNodesTracker::new(proof.len());
		Ok(Self { root, nodes: proof.into_memory_db(), used, _config: Default::default() })
	}

	/// A value; `None` if it is proven to be absent.
	pub(crate) fn optional<V: Decode>(&mut self, key: &[u8]) -> Result<Option<V>, Error<T>> {
		let used = Some(&mut self.used as _);
		read_trie_value::<Layout, _>(&self.nodes, &self.root, key, used, None)
			.map_err(|_| Error::<T>::BadStateProof)?
			.map(|bytes| V::decode_all(&mut bytes.as_slice()))
			.transpose()
			.map_err(|_| Error::<T>::BadStateProof)
	}

	pub(crate) fn required<V: Decode>(&mut self, key: &[u8]) -> Result<V, Error<T>> {
		self.optional(key)?.ok_or(Error::<T>::BadStateProof)
	}

	/// The hash of a value, which the trie names without the value itself.
	pub(crate) fn hash_of(&mut self, key: &[u8]) -> Result<H256, Error<T>> {
		TrieDBBuilder::<Layout>::new(&self.nodes, &self.root)
			.with_recorder(&mut self.used)
			.build()
			.get_hash(key)
			.ok()
			.flatten()
			.ok_or(Error::<T>::BadStateProof)
	}

	pub(crate) fn finish(self) -> Result<(), Error<T>> {
		self.used.ensure_no_unused_nodes().map_err(|_| Error::<T>::BadStateProof)
	}
}
