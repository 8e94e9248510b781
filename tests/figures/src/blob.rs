// SPDX-License-Identifier: Apache-2.0
//! A blob whose bytes are computed when they are read, so that it needs no room.

use std::io;
use terrace_possession::{
	challenge, prove_with_outboard, verify, BlobSize, ChallengeSeed, ContentId, Outboard,
	OutboardBuilder, PossessionProof, CHUNK_SIZE,
};

/// A blob with its content id and what it is proven from.
pub struct Blob {
	root: ContentId,
	size: BlobSize,
	outboard: Outboard,
}

impl Blob {
	/// A blob of so many bytes.
	pub fn new(bytes: u64) -> Self {
		let size = BlobSize::new(bytes).expect("a size in range");
		let mut builder = OutboardBuilder::new(size);
		let mut piece = vec![0; 1 << 16];
		for offset in (0..bytes).step_by(piece.len()) {
			read(offset, &mut piece).expect("no I/O");
			builder.update(&piece).expect("a multiple of the piece");
		}
		let (root, outboard) = builder.finish().expect("all pieces");
		Self { root, size, outboard }
	}

	/// The chunk that a leg is challenged for, and the answer.
	pub fn answer(&self, leg: u64) -> (u64, PossessionProof) {
		let indices = challenge(&ChallengeSeed([9; 32]), &[4; 32], leg, self.size, 1);
		let proof = prove_with_outboard(self.size, &indices, &self.outboard, read);
		(indices[0], proof.expect("no I/O"))
	}

	/// Checks an answer.
	pub fn verify(&self, index: u64, proof: &PossessionProof) {
		verify(&self.root, self.size, &[index], proof).expect("it was proven");
	}
}

/// The bytes of a chunk.
pub fn chunk(index: u64) -> Vec<u8> {
	let mut bytes = vec![0; CHUNK_SIZE as usize];
	read(index * CHUNK_SIZE, &mut bytes).expect("no I/O");
	bytes
}

fn read(offset: u64, buffer: &mut [u8]) -> io::Result<()> {
	for (word, number) in buffer.chunks_exact_mut(8).zip(offset / 8..) {
		word.copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes());
	}
	Ok(())
}
