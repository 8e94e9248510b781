// SPDX-License-Identifier: Apache-2.0
//! The making of possession proofs.

use crate::{
	hash,
	outboard::{copy_from, len_of, offset_of, OutboardSource, GROUP_CHUNKS},
	proof::check_indices,
	tree::{walk, Subtree, Visit},
	BlobSize, OutboardBuilder, PossessionProof,
};
use std::io;

/// Answers the challenge `indices` on the blob `data`, all of which it hashes.
///
/// To what nothing can answer, an empty blob or indices that [`verify`](crate::verify()) refuses,
/// it gives the empty proof, which is refused too.
pub fn prove(data: &[u8], indices: &[u64]) -> PossessionProof {
	let try_prove = || {
		let size = BlobSize::new(u64::try_from(data.len()).ok()?).ok()?;
		let mut builder = OutboardBuilder::new(size);
		builder.update(data).ok()?;
		let (_, outboard) = builder.finish().ok()?;
		let read_at = |offset, buffer: &mut [u8]| copy_from(data, offset, buffer);
		prove_with_outboard(size, indices, &outboard, read_at).ok()
	};
	try_prove().unwrap_or_default()
}

/// Answers the challenge `indices` on a stored blob of `size` bytes.
///
/// `read_at` fills its buffer with the blob's bytes from an offset on. It is called once for each
/// group of 16 KiB that holds challenged chunks; everything else comes from the outboard.
///
/// Damage to the blob or to the outboard goes into the proof unseen, so [`verify`](crate::verify())
/// it before it is sent: that costs less than reading it did.
pub fn prove_with_outboard(
	size: BlobSize,
	indices: &[u64],
	outboard: &impl OutboardSource,
	read_at: impl FnMut(u64, &mut [u8]) -> io::Result<()>,
) -> io::Result<PossessionProof> {
	check_indices(size, indices)
		.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
	let proof = PossessionProof::default();
	let mut prover = Prover { size, outboard, read_at, group: None, proof };
	walk(&mut prover, Subtree::root(size), indices)?;
	Ok(prover.proof)
}

struct Prover<'a, O, R> {
	size: BlobSize,
	outboard: &'a O,
	read_at: R,
	// The group read last; one group's parts are visited in a row.
	group: Option<(Subtree, Vec<u8>)>,
	proof: PossessionProof,
}

impl<O, R> Prover<'_, O, R>
where
	R: FnMut(u64, &mut [u8]) -> io::Result<()>,
{
	/// The bytes of a part of a group.
	fn bytes(&mut self, at: Subtree) -> io::Result<&[u8]> {
		let number = at.first().div_euclid(GROUP_CHUNKS);
		let group =
			Subtree::aligned(self.size, GROUP_CHUNKS, number).ok_or(io::ErrorKind::InvalidInput)?;
		let start = group.bytes().start;
		let data = match self.group.take() {
			Some((held, data)) if held == group => data,
			_ => {
				let mut data = vec![0; len_of(group)];
				(self.read_at)(start, &mut data)?;
				data
			}
		};
		let (_, data) = self.group.insert((group, data));
		let skipped = usize::try_from(at.bytes().start.saturating_sub(start)).ok();
		skipped
			.and_then(|skipped| data.get(skipped..)?.get(..len_of(at)))
			.ok_or_else(|| io::ErrorKind::InvalidInput.into())
	}
}

impl<O, R> Visit for Prover<'_, O, R>
where
	O: OutboardSource,
	R: FnMut(u64, &mut [u8]) -> io::Result<()>,
{
	type Value = ();
	type Error = io::Error;

	fn sibling(&mut self, at: Subtree) -> io::Result<()> {
		let mut value = [0; 32];
		match offset_of(at) {
			Some(offset) => self.outboard.read_at(offset, &mut value)?,
			None => value = hash::of_bytes(at, self.bytes(at)?),
		}
		self.proof.siblings.push(value);
		Ok(())
	}

	fn chunk(&mut self, at: Subtree) -> io::Result<()> {
		let data = self.bytes(at)?.to_vec();
		self.proof.chunks.extend(data);
		Ok(())
	}

	fn parent(&mut self, _: Subtree, _: (), _: ()) {}
}
