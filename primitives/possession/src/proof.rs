// SPDX-License-Identifier: Apache-2.0
//! What a provider sends to show that it has the challenged chunks, and how long that can be.

use crate::{
	tree::{walk, Subtree, Visit},
	BlobSize, ChainingValue, ContentId, CHUNK_SIZE, MAX_CHALLENGES,
};
use alloc::vec::Vec;
use codec::{Compact, CompactLen, Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// The answer to a challenge: the chunks, and what else is needed to compute the content id.
///
/// It names no index, length or position: these follow from the size of the blob and from the
/// challenge, so that a proof cannot answer another challenge than the one put.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Debug, Default, PartialEq, Eq)]
pub struct PossessionProof {
	/// The challenged chunks, in ascending order and without anything between them.
	pub chunks: Vec<u8>,
	/// The hashes of the nodes beside the ways to the chunks, from left to right, each once.
	pub siblings: Vec<ChainingValue>,
}

/// Why a proof or the challenge that it answers is not accepted.
#[derive(thiserror::Error, Clone, Debug, PartialEq, Eq)]
pub enum ProofError {
	/// No chunk is asked for; a proof of nothing proves nothing.
	#[error("no chunk is challenged")]
	NothingChallenged,
	/// More chunks are asked for than one proof may hold.
	#[error("{got} chunks are challenged, {max} at most are allowed")]
	TooManyChallenged {
		/// The number of chunks asked for.
		got: usize,
		/// The largest number allowed.
		max: u8,
	},
	/// The challenged indices are not strictly ascending.
	#[error("challenged index {position} is not above the one before it")]
	Unordered {
		/// The place of the index in the challenge, from 0.
		position: usize,
	},
	/// The blob has no such chunk.
	#[error("chunk {index} is challenged, but the blob has {chunks}")]
	OutOfRange {
		/// The index asked for.
		index: u64,
		/// The number of chunks that the blob has.
		chunks: u64,
	},
	/// The data ends within or before a challenged chunk.
	#[error("chunk {index} has {expected} bytes, {got} are left")]
	ChunkMissing {
		/// The index of the chunk.
		index: u64,
		/// The length of that chunk.
		expected: u64,
		/// The bytes left for it.
		got: usize,
	},
	/// There is no hash left for a node.
	#[error("the hash of the node over the chunks {first} to {last} is missing")]
	SiblingMissing {
		/// The first chunk below the node.
		first: u64,
		/// The last chunk below the node.
		last: u64,
	},
	/// There is more in the proof than the challenge asks for.
	#[error("{bytes} bytes and {siblings} hashes are too many")]
	Trailing {
		/// The bytes left over.
		bytes: usize,
		/// The hashes left over.
		siblings: usize,
	},
	/// The proof belongs to another blob or another challenge, or its data is damaged.
	#[error("the proof gives the content id {got}, not {expected}")]
	OtherContent {
		/// The content id of the contract.
		expected: ContentId,
		/// The content id that follows from the proof.
		got: ContentId,
	},
}

impl PossessionProof {
	/// Whether it has exactly the parts that the challenge asks for, be they right or wrong.
	///
	/// Hashes nothing, so that it costs next to nothing to turn garbage away.
	pub fn shape_matches(&self, size: BlobSize, indices: &[u64]) -> bool {
		self.check_shape(size, indices).is_ok()
	}

	/// As [`Self::shape_matches`], and says what is wrong.
	pub fn check_shape(&self, size: BlobSize, indices: &[u64]) -> Result<(), ProofError> {
		ProofRef::from(self).check_shape(size, indices)
	}

	/// Whether it is no larger than a proof for `count` chunks of a blob of that size can be.
	pub fn is_within(&self, size: BlobSize, count: u8) -> bool {
		ProofRef::from(self).is_within(size, count)
	}
}

/// A [`PossessionProof`] that lies in bytes of somebody else, so that many are read without copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofRef<'a> {
	/// The challenged chunks, in ascending order and without anything between them.
	pub chunks: &'a [u8],
	/// The hashes of the nodes beside the ways to the chunks, from left to right, each once.
	pub siblings: &'a [ChainingValue],
}

impl<'a> ProofRef<'a> {
	/// Reads the proof that is encoded at the front of `input`, and moves `input` behind it.
	///
	/// It takes what [`PossessionProof`]'s own decoding takes, and nothing else. `None` if there is
	/// no such proof; where `input` then stands does not matter.
	pub fn take(input: &mut &'a [u8]) -> Option<Self> {
		let length = take_length(input)?;
		let chunks = input.split_off(..length)?;
		let length = take_length(input)?.checked_mul(core::mem::size_of::<ChainingValue>())?;
		let (siblings, _) = input.split_off(..length)?.as_chunks();
		Some(Self { chunks, siblings })
	}

	/// As [`PossessionProof::check_shape`].
	pub fn check_shape(&self, size: BlobSize, indices: &[u64]) -> Result<(), ProofError> {
		check_indices(size, indices)?;
		let mut shape = Shape(Parts::new(*self));
		walk(&mut shape, Subtree::root(size), indices)?;
		shape.0.finish()
	}

	/// As [`PossessionProof::is_within`].
	pub fn is_within(&self, size: BlobSize, count: u8) -> bool {
		let bound = ProofBound::new(size, count);
		let fits = |len: usize, most: u32| u32::try_from(len).is_ok_and(|len| len <= most);
		fits(self.chunks.len(), bound.bytes) && fits(self.siblings.len(), bound.siblings)
	}
}

impl<'a> From<&'a PossessionProof> for ProofRef<'a> {
	fn from(proof: &'a PossessionProof) -> Self {
		Self { chunks: &proof.chunks, siblings: &proof.siblings }
	}
}

fn take_length(input: &mut &[u8]) -> Option<usize> {
	usize::try_from(Compact::<u32>::decode(input).ok()?.0).ok()
}

/// Checks that `indices` are what [`challenge`](crate::challenge) could have given.
pub(crate) fn check_indices(size: BlobSize, indices: &[u64]) -> Result<(), ProofError> {
	let Some(last) = indices.last() else { return Err(ProofError::NothingChallenged) };
	if indices.len() > usize::from(MAX_CHALLENGES) {
		let got = indices.len();
		return Err(ProofError::TooManyChallenged { got, max: MAX_CHALLENGES });
	}
	let mut pairs = indices.iter().zip(indices.iter().skip(1));
	if let Some(before) = pairs.position(|(index, next)| index >= next) {
		return Err(ProofError::Unordered { position: before.saturating_add(1) });
	}
	if *last >= size.chunks() {
		return Err(ProofError::OutOfRange { index: *last, chunks: size.chunks() });
	}
	Ok(())
}

/// What is left of a proof.
pub(crate) struct Parts<'a> {
	chunks: &'a [u8],
	siblings: core::slice::Iter<'a, ChainingValue>,
}

impl<'a> Parts<'a> {
	pub(crate) fn new(proof: ProofRef<'a>) -> Self {
		Self { chunks: proof.chunks, siblings: proof.siblings.iter() }
	}

	pub(crate) fn chunk(&mut self, at: Subtree) -> Result<&'a [u8], ProofError> {
		let range = at.bytes();
		let expected = range.end.saturating_sub(range.start);
		let parts =
			usize::try_from(expected).ok().and_then(|len| self.chunks.split_at_checked(len));
		let (chunk, rest) = parts.ok_or(ProofError::ChunkMissing {
			index: at.first(),
			expected,
			got: self.chunks.len(),
		})?;
		self.chunks = rest;
		Ok(chunk)
	}

	pub(crate) fn sibling(&mut self, at: Subtree) -> Result<&'a ChainingValue, ProofError> {
		self.siblings.next().ok_or(ProofError::SiblingMissing {
			first: at.first(),
			last: at.end().saturating_sub(1),
		})
	}

	pub(crate) fn finish(&self) -> Result<(), ProofError> {
		let (bytes, siblings) = (self.chunks.len(), self.siblings.len());
		if bytes != 0 || siblings != 0 {
			return Err(ProofError::Trailing { bytes, siblings });
		}
		Ok(())
	}
}

/// Counts the parts of a proof off against the tree.
struct Shape<'a>(Parts<'a>);

impl Visit for Shape<'_> {
	type Value = ();
	type Error = ProofError;

	fn sibling(&mut self, at: Subtree) -> Result<(), ProofError> {
		self.0.sibling(at).map(|_| ())
	}

	fn chunk(&mut self, at: Subtree) -> Result<(), ProofError> {
		self.0.chunk(at).map(|_| ())
	}

	fn parent(&mut self, _: Subtree, _: (), _: ()) {}
}

/// The most that a proof can hold and that its verification can hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofBound {
	/// Chunks in the proof, each hashed once; this is exact.
	pub chunks: u32,
	/// Bytes of these chunks.
	pub bytes: u32,
	/// Hashes in the proof.
	pub siblings: u32,
	/// Pairs of hashes to be hashed.
	pub parents: u32,
}

impl ProofBound {
	/// The bound for a challenge of `count` chunks of a blob of that size.
	pub fn new(size: BlobSize, count: u8) -> Self {
		let chunks = u64::from(count.min(MAX_CHALLENGES)).min(size.chunks());
		// On no level are there more ways to chunks than nodes or than chunks asked for.
		let ways = |level| 1_u64.checked_shl(level).unwrap_or(u64::MAX).min(chunks);
		let levels = (0..size.depth()).map(ways).fold(0, u64::saturating_add);
		let parents = levels.min(size.chunks().saturating_sub(1));
		// The ends of the ways and the nodes beside them are the leaves of a binary tree whose
		// inner nodes are the parents.
		let leaves = if chunks == 0 { 0 } else { parents.saturating_add(1) };
		let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
		Self {
			chunks: narrow(chunks),
			bytes: narrow(chunks.saturating_mul(CHUNK_SIZE).min(size.get())),
			siblings: narrow(leaves.saturating_sub(chunks)),
			parents: narrow(parents),
		}
	}

	/// Bytes of the encoded proof.
	pub fn encoded(&self) -> u32 {
		let prefixes: usize =
			[self.bytes, self.siblings].iter().map(Compact::<u32>::compact_len).sum();
		u32::try_from(prefixes)
			.unwrap_or(u32::MAX)
			.saturating_add(self.bytes)
			.saturating_add(self.siblings.saturating_mul(32))
	}
}

/// Bytes that an encoded proof for `count` chunks of a blob of that size has at most.
pub fn encoded_bound(size: BlobSize, count: u8) -> u32 {
	ProofBound::new(size, count).encoded()
}
