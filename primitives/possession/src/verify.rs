// SPDX-License-Identifier: Apache-2.0
//! The check of a possession proof; the only code of this crate that a chain has to trust.

use crate::{
	hash,
	proof::Parts,
	tree::{walk, Subtree, Visit},
	BlobSize, ChainingValue, ContentId, ProofError, ProofRef,
};

/// Checks that whoever made the proof had the chunks `indices` of the blob.
///
/// `root` and `size` come from the contract and `indices` from [`challenge`](crate::challenge),
/// none of them from the prover. Nothing is hashed before the proof has the right shape; what is
/// hashed then is bounded by [`ProofBound`](crate::ProofBound).
pub fn verify<'a>(
	root: &ContentId,
	size: BlobSize,
	indices: &[u64],
	proof: impl Into<ProofRef<'a>>,
) -> Result<(), ProofError> {
	let proof = proof.into();
	proof.check_shape(size, indices)?;
	let mut hashes = Hashes(Parts::new(proof));
	let got = ContentId(walk(&mut hashes, Subtree::root(size), indices)?);
	if got != *root {
		return Err(ProofError::OtherContent { expected: *root, got });
	}
	Ok(())
}

/// Computes the content id from the parts of a proof.
struct Hashes<'a>(Parts<'a>);

impl Visit for Hashes<'_> {
	type Value = ChainingValue;
	type Error = ProofError;

	fn sibling(&mut self, at: Subtree) -> Result<ChainingValue, ProofError> {
		self.0.sibling(at).copied()
	}

	fn chunk(&mut self, at: Subtree) -> Result<ChainingValue, ProofError> {
		self.0.chunk(at).map(|data| hash::of_bytes(at, data))
	}

	fn parent(&mut self, at: Subtree, left: ChainingValue, right: ChainingValue) -> ChainingValue {
		hash::of_children(at.is_root(), &left, &right)
	}
}
