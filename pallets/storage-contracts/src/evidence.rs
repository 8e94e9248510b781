// SPDX-License-Identifier: Apache-2.0
//! Evidence that the answer to a challenge was in a block of its proof chain in time.
//!
//! An answer depends on the window's seed and on the leg: its mere presence in a block of that window
//! shows that the blob was there, whoever sent it.

use crate::{Config, ContractRecord, Error, LegRecord, Pallet};
use codec::{Compact, Decode, DecodeAll, Encode};
use frame_support::{ensure, traits::Get};
use sp_core::H256;
use sp_runtime::{
	traits::{BlakeTwo256, Header as _},
	DispatchError, DispatchResult,
};
use sp_trie::{read_trie_value, LayoutV1, MemoryDB, StorageProof};
use terrace_layers::{
	keys, AppealEvidence, LegId, Neighbours, Window, WindowBounds, MAX_EVIDENCE_BYTES,
};
use terrace_possession::{challenge, is_due, verify, BlobSize, ChallengeSeed, PossessionProof};

/// Most nodes of each proof.
const MAX_NODES: usize = 256;

impl<T: Config> Pallet<T> {
	/// Whether a leg's answer for `window` was in time.
	pub(crate) fn check_evidence(
		id: LegId,
		leg: &LegRecord,
		contract: &ContractRecord,
		window: Window,
		evidence: AppealEvidence,
	) -> DispatchResult {
		ensure!(evidence.proof_bytes() <= MAX_EVIDENCE_BYTES, Error::<T>::EvidenceTooLarge);
		let few = |nodes: usize| nodes <= MAX_NODES;
		let sound = few(evidence.state_proof.len()) && few(evidence.extrinsic_proof.len());
		ensure!(sound, Error::<T>::EvidenceTooLarge);
		let root = T::Registry::state_root(&leg.proof_chain, evidence.at)
			.ok_or(Error::<T>::UnknownBlock)?;
		let (number, hash) = (*evidence.header.number(), evidence.header.hash());
		let state = Self::nodes(evidence.state_proof)?;
		let named: H256 = Self::read(&state, root, &keys::block_hash(number))?;
		let bounds: WindowBounds = Self::read(&state, root, &keys::window_bounds(window))?;
		let in_time = (bounds.opened_at..bounds.closes_at).contains(&number);
		ensure!(named == hash && in_time, Error::<T>::BadEvidence);
		let body = Self::nodes(evidence.extrinsic_proof)?;
		let key = Compact(evidence.extrinsic).encode();
		let extrinsic = Self::value(&body, *evidence.header.extrinsics_root(), &key)?;
		let offset = usize::try_from(evidence.offset).unwrap_or(usize::MAX);
		let mut rest = extrinsic.get(offset..).ok_or(Error::<T>::BadEvidence)?;
		let proof = PossessionProof::decode(&mut rest).map_err(|_| Error::<T>::BadEvidence)?;
		let size = BlobSize::new(contract.size).map_err(|_| Error::<T>::BlobTooLarge)?;
		let seed = ChallengeSeed(bounds.seed);
		ensure!(is_due(&seed, id.0, leg.interval), Error::<T>::NotDue);
		let challenges = T::Challenges::get();
		let indices = challenge(&seed, contract.provider.as_ref(), id.0, size, challenges);
		let right = verify(&contract.root, size, &indices, &proof);
		ensure!(right.is_ok(), Error::<T>::BadEvidence);
		Ok(())
	}

	fn nodes(
		proof: alloc::vec::Vec<alloc::vec::Vec<u8>>,
	) -> Result<MemoryDB<BlakeTwo256>, DispatchError> {
		let proof = StorageProof::new_with_duplicate_nodes_check(proof);
		Ok(proof.map_err(|_| Error::<T>::BadEvidence)?.into_memory_db())
	}

	fn read<V: Decode>(
		nodes: &MemoryDB<BlakeTwo256>,
		root: H256,
		key: &[u8],
	) -> Result<V, DispatchError> {
		let value = Self::value(nodes, root, key)?;
		V::decode_all(&mut value.as_slice()).map_err(|_| Error::<T>::BadEvidence.into())
	}

	fn value(
		nodes: &MemoryDB<BlakeTwo256>,
		root: H256,
		key: &[u8],
	) -> Result<alloc::vec::Vec<u8>, DispatchError> {
		read_trie_value::<LayoutV1<BlakeTwo256>, _>(nodes, &root, key, None, None)
			.ok()
			.flatten()
			.ok_or(Error::<T>::BadEvidence.into())
	}
}
