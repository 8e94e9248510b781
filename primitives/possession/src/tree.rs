// SPDX-License-Identifier: Apache-2.0
//! The shape of a BLAKE3 tree: pure arithmetic on the size of the blob.

use crate::{BlobSize, CHUNK_SIZE};
use core::ops::Range;

/// The number of chunks under the left child of a node over `chunks` chunks.
///
/// It is the largest power of two below `chunks`; a node has at least two chunks.
pub const fn left_chunks(chunks: u64) -> u64 {
	chunks.div_ceil(2).next_power_of_two()
}

/// A node of a blob's tree, told by the chunks below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subtree {
	size: BlobSize,
	first: u64,
	chunks: u64,
}

impl Subtree {
	/// The whole tree of a blob.
	pub const fn root(size: BlobSize) -> Self {
		Self { size, first: 0, chunks: size.chunks() }
	}

	/// The subtree of the `number`-th run of `chunks` chunks, a power of two.
	///
	/// `None` beyond the end of the blob.
	pub fn aligned(size: BlobSize, chunks: u64, number: u64) -> Option<Self> {
		let first = number.checked_mul(chunks)?;
		let left = size.chunks().checked_sub(first).filter(|left| *left > 0)?;
		chunks.is_power_of_two().then_some(Self { size, first, chunks: chunks.min(left) })
	}

	/// The index of its first chunk.
	pub const fn first(&self) -> u64 {
		self.first
	}

	/// The number of its chunks.
	pub const fn chunks(&self) -> u64 {
		self.chunks
	}

	/// The index after that of its last chunk.
	pub const fn end(&self) -> u64 {
		self.first.saturating_add(self.chunks)
	}

	/// The bytes of the blob that it covers.
	pub fn bytes(&self) -> Range<u64> {
		let end = self.end().saturating_mul(CHUNK_SIZE).min(self.size.get());
		self.first.saturating_mul(CHUNK_SIZE)..end
	}

	/// Whether it is the whole tree, which BLAKE3 hashes in a way of its own.
	pub fn is_root(&self) -> bool {
		self.chunks == self.size.chunks()
	}

	/// Whether it ends where the blob ends.
	pub fn is_last(&self) -> bool {
		self.end() == self.size.chunks()
	}

	/// Its two children; a chunk has none.
	pub fn children(&self) -> Option<(Self, Self)> {
		let left = left_chunks(self.chunks);
		let right = self.chunks.checked_sub(left).filter(|right| *right > 0)?;
		let second = self.first.saturating_add(left);
		Some((Self { chunks: left, ..*self }, Self { first: second, chunks: right, ..*self }))
	}
}

/// The child through which a path goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
	/// Towards the earlier chunks.
	Left,
	/// Towards the later chunks.
	Right,
}

/// The way from the root down to one chunk.
#[derive(Clone, Debug)]
pub struct Path {
	at: Subtree,
	index: u64,
}

/// The way from the root of a blob down to the chunk `index`.
///
/// `None` if the blob has no such chunk.
pub fn path(size: BlobSize, index: u64) -> Option<Path> {
	(index < size.chunks()).then_some(Path { at: Subtree::root(size), index })
}

impl Iterator for Path {
	type Item = Side;

	fn next(&mut self) -> Option<Side> {
		let (left, right) = self.at.children()?;
		let (at, side) =
			if self.index < right.first { (left, Side::Left) } else { (right, Side::Right) };
		self.at = at;
		Some(side)
	}
}

/// What is done at the nodes that a proof for some chunks is made of.
pub(crate) trait Visit {
	/// What is known of a node once it was visited.
	type Value;
	/// Why the walk ends early.
	type Error;

	/// A node without challenged chunks beside one that has some.
	fn sibling(&mut self, at: Subtree) -> Result<Self::Value, Self::Error>;

	/// A challenged chunk.
	fn chunk(&mut self, at: Subtree) -> Result<Self::Value, Self::Error>;

	/// A node whose children were both visited.
	fn parent(&mut self, at: Subtree, left: Self::Value, right: Self::Value) -> Self::Value;
}

/// Visits, from left to right, what a proof for the chunks `indices` consists of.
///
/// The indices are those below `at`, sorted and distinct. The depth of the recursion is that of
/// the tree, at most [`MAX_DEPTH`](crate::MAX_DEPTH).
pub(crate) fn walk<V: Visit>(
	visit: &mut V,
	at: Subtree,
	indices: &[u64],
) -> Result<V::Value, V::Error> {
	if indices.is_empty() {
		return visit.sibling(at);
	}
	let Some((left, right)) = at.children() else { return visit.chunk(at) };
	let middle = indices.partition_point(|index| *index < right.first);
	let (below, above) = indices.split_at(middle);
	let left = walk(visit, left, below)?;
	let right = walk(visit, right, above)?;
	Ok(visit.parent(at, left, right))
}
