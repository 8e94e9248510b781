// SPDX-License-Identifier: Apache-2.0
//! The inner hashes of a blob, kept beside it so that proving reads little of it.
//!
//! A group is 16 chunks; below groups the hashes are computed anew. The hashes of all nodes of
//! one or more groups lie in post-order: a node comes right after its right child. The root,
//! which would be last, is left out. After them follow the size of the blob (little-endian) and
//! its content id. An outboard can thus be written front to back while the blob streams by.

use crate::{hash, tree::Subtree, BlobSize, ChainingValue, ContentId, SizeError, CHUNK_SIZE};
use std::{
	io::{self, Write},
	mem,
};

/// Chunks in a group.
pub(crate) const GROUP_CHUNKS: u64 = 16;
const GROUP_SIZE: u64 = GROUP_CHUNKS * CHUNK_SIZE;
const VALUE_SIZE: u64 = 32;
const FOOTER_SIZE: usize = 40;

/// Why an outboard was not built or not accepted.
#[derive(thiserror::Error, Debug)]
pub enum OutboardError {
	/// The blob goes on after its declared end.
	#[error("the blob was declared with {declared} bytes and has more")]
	TooLong {
		/// The declared size.
		declared: BlobSize,
	},
	/// The blob ends before its declared end.
	#[error("the blob was declared with {declared} bytes and ended after {got}")]
	TooShort {
		/// The declared size.
		declared: BlobSize,
		/// The bytes that came.
		got: u64,
	},
	/// The outboard could not be written; whatever was written before is of no use.
	#[error("the outboard could not be written: {0}")]
	Write(#[from] io::Error),
	/// The bytes are not those of an outboard.
	#[error("{got} bytes are no outboard")]
	Malformed {
		/// The number of bytes.
		got: usize,
	},
	/// The footer names a size that no blob has.
	#[error("the outboard is of an impossible blob: {0}")]
	Size(#[from] SizeError),
	/// A hash does not follow from those below it; build the outboard anew.
	#[error("hash {position} of the outboard does not follow from those before it")]
	Damaged {
		/// The place of the hash, from 0; that after the last one is the content id.
		position: usize,
	},
}

/// The inner hashes of one blob, in memory.
///
/// It takes a 256th of the blob's size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outboard {
	root: ContentId,
	size: BlobSize,
	values: Vec<u8>,
}

impl Outboard {
	/// The content id of the blob.
	pub fn root(&self) -> &ContentId {
		&self.root
	}

	/// The size of the blob.
	pub fn size(&self) -> BlobSize {
		self.size
	}

	/// The form in which it is stored.
	pub fn to_bytes(&self) -> Vec<u8> {
		let mut bytes = self.values.clone();
		bytes.extend(footer(&self.root, self.size));
		bytes
	}

	/// Reads the stored form and checks that every hash follows from those below it.
	///
	/// The outboard of a blob of one group holds no hash but the content id, for which there is
	/// then nothing to check it against.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, OutboardError> {
		let malformed = OutboardError::Malformed { got: bytes.len() };
		let Some((values, footer)) = bytes.split_last_chunk::<FOOTER_SIZE>() else {
			return Err(malformed);
		};
		let Some((size, root)) = footer.split_first_chunk::<8>() else { return Err(malformed) };
		let Ok(root) = <[u8; 32]>::try_from(root) else { return Err(malformed) };
		let size = BlobSize::new(u64::from_le_bytes(*size))?;
		if usize::try_from(values_len(size)) != Ok(values.len()) {
			return Err(malformed);
		}
		check_values(&ContentId(root), size, values)?;
		Ok(Self { root: ContentId(root), size, values: values.to_vec() })
	}
}

fn footer(root: &ContentId, size: BlobSize) -> Vec<u8> {
	[&size.get().to_le_bytes()[..], root.as_bytes()].concat()
}

fn groups(size: BlobSize) -> u64 {
	size.chunks().div_ceil(GROUP_CHUNKS)
}

fn values_len(size: BlobSize) -> u64 {
	groups(size).saturating_sub(1).saturating_mul(2).saturating_mul(VALUE_SIZE)
}

/// Where the hash of a node lies in an outboard; `None` for the root and for parts of a group.
pub(crate) fn offset_of(at: Subtree) -> Option<u64> {
	let whole = at.chunks().is_multiple_of(GROUP_CHUNKS) || at.is_last();
	if at.is_root() || !whole || !at.first().is_multiple_of(GROUP_CHUNKS) {
		return None;
	}
	// Trees over g groups have 2g - t nodes if there are t of them. Before this node come the
	// trees to its left, one for each bit of the number of groups there, and its own descendants.
	let before = at.first().checked_div(GROUP_CHUNKS)?;
	let through = at.end().div_ceil(GROUP_CHUNKS);
	let nodes = through.checked_mul(2)?.checked_sub(u64::from(before.count_ones()))?;
	nodes.checked_sub(2)?.checked_mul(VALUE_SIZE)
}

/// Joins the hashes of the groups, given from first to last, to those of the nodes above them.
struct Joiner {
	size: BlobSize,
	joined: u64,
	// The hashes of the trees on the left that wait for their sibling, largest tree first.
	waiting: Vec<ChainingValue>,
}

impl Joiner {
	fn new(size: BlobSize) -> Self {
		Self { size, joined: 0, waiting: Vec::new() }
	}

	/// Takes the hash of the next group, hands all that are then known to `emit`, in post-order,
	/// and returns the content id after the last group.
	fn join<E>(
		&mut self,
		group: ChainingValue,
		mut emit: impl FnMut(&ChainingValue) -> Result<(), E>,
	) -> Result<Option<ContentId>, E> {
		let mut value = group;
		self.joined = self.joined.saturating_add(1);
		let last = self.joined >= groups(self.size);
		let mut levels = if last { u32::MAX } else { self.joined.trailing_zeros() };
		while let Some(left) = self.waiting.pop_if(|_| levels > 0) {
			emit(&value)?;
			let is_root = last && self.waiting.is_empty();
			value = hash::of_children(is_root, &left, &value);
			levels = levels.saturating_sub(1);
		}
		if last {
			return Ok(Some(ContentId(value)));
		}
		emit(&value)?;
		self.waiting.push(value);
		Ok(None)
	}
}

/// Joins the stored hashes of the groups again and compares all others with what comes out.
fn check_values(root: &ContentId, size: BlobSize, values: &[u8]) -> Result<(), OutboardError> {
	let (values, _) = values.as_chunks::<32>();
	let mut rest = values.iter();
	let mut joiner = Joiner::new(size);
	while let Some(group) = rest.as_slice().first() {
		let got = joiner.join(*group, |value| match rest.next() {
			Some(stored) if stored == value => Ok(()),
			_ => Err(rest.len()),
		});
		let damaged = match got {
			Ok(Some(got)) if got != *root => values.len(),
			Ok(_) => continue,
			Err(left) => values.len().saturating_sub(left).saturating_sub(1),
		};
		return Err(OutboardError::Damaged { position: damaged });
	}
	Ok(())
}

/// Hashes a blob that comes in pieces, and collects or writes its outboard on the way.
///
/// It holds at most one group of the blob. After an error it is of no further use.
pub struct OutboardBuilder<W = Vec<u8>> {
	size: BlobSize,
	joiner: Joiner,
	output: W,
	partial: Vec<u8>,
	root: Option<ContentId>,
}

impl OutboardBuilder {
	/// A builder for a blob of `size` bytes that keeps the outboard in memory.
	pub fn new(size: BlobSize) -> Self {
		Self::streaming(size, Vec::new())
	}

	/// The content id and the outboard, once all of the blob was given.
	pub fn finish(self) -> Result<(ContentId, Outboard), OutboardError> {
		let root = self.complete()?;
		Ok((root, Outboard { root, size: self.size, values: self.output }))
	}
}

impl<W: Write> OutboardBuilder<W> {
	/// A builder for a blob of `size` bytes that writes the outboard to `output`.
	///
	/// What is written is what [`Outboard::to_bytes`] gives, 32 bytes at a time; memory use does
	/// not depend on the blob's size.
	pub fn streaming(size: BlobSize, output: W) -> Self {
		Self { size, joiner: Joiner::new(size), output, partial: Vec::new(), root: None }
	}

	/// Takes the next bytes of the blob; pieces of 16 KiB and more are hashed where they lie.
	pub fn update(&mut self, mut data: &[u8]) -> Result<(), OutboardError> {
		while !data.is_empty() {
			let group = Subtree::aligned(self.size, GROUP_CHUNKS, self.joiner.joined)
				.ok_or(OutboardError::TooLong { declared: self.size })?;
			let wanted = len_of(group).saturating_sub(self.partial.len());
			let (taken, rest) = data.split_at_checked(wanted).unwrap_or((data, &[]));
			data = rest;
			if self.partial.is_empty() && taken.len() == wanted {
				self.close(group, taken)?;
				continue;
			}
			self.partial.extend_from_slice(taken);
			if taken.len() == wanted {
				let mut partial = mem::take(&mut self.partial);
				self.close(group, &partial)?;
				partial.clear();
				self.partial = partial;
			}
		}
		Ok(())
	}

	/// The content id, once all of the blob was given and the outboard was written.
	pub fn finish_streaming(mut self) -> Result<(ContentId, W), OutboardError> {
		let root = self.complete()?;
		self.output.write_all(&footer(&root, self.size))?;
		self.output.flush()?;
		Ok((root, self.output))
	}

	fn close(&mut self, group: Subtree, data: &[u8]) -> Result<(), OutboardError> {
		let output = &mut self.output;
		let value = hash::of_bytes(group, data);
		self.root = self.joiner.join(value, |value| output.write_all(value))?;
		Ok(())
	}

	fn complete(&self) -> Result<ContentId, OutboardError> {
		let held = u64::try_from(self.partial.len()).unwrap_or(u64::MAX);
		let got = self.joiner.joined.saturating_mul(GROUP_SIZE).saturating_add(held);
		self.root.ok_or(OutboardError::TooShort { declared: self.size, got })
	}
}

/// The length of a node that is held in memory.
pub(crate) fn len_of(at: Subtree) -> usize {
	let range = at.bytes();
	usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX)
}

/// Where the prover reads inner hashes from.
pub trait OutboardSource {
	/// Fills `buffer` with the bytes of the stored outboard from `offset` on.
	fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;
}

impl OutboardSource for Outboard {
	fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
		copy_from(&self.values, offset, buffer)
	}
}

/// Copies from `offset` of `bytes` on, and fails where they end.
pub(crate) fn copy_from(bytes: &[u8], offset: u64, buffer: &mut [u8]) -> io::Result<()> {
	let from = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..));
	let found = from.and_then(|from| from.get(..buffer.len()));
	buffer.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
	Ok(())
}

/// An outboard that stays where it is stored, of which the prover reads a few hashes.
///
/// `StoredOutboard(|offset, buffer: &mut [u8]| file.read_exact_at(buffer, offset))` reads a file.
pub struct StoredOutboard<F>(
	/// Fills the buffer from that offset of the stored outboard on.
	pub F,
);

impl<F: Fn(u64, &mut [u8]) -> io::Result<()>> OutboardSource for StoredOutboard<F> {
	fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
		(self.0)(offset, buffer)
	}
}
