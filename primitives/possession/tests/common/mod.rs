// SPDX-License-Identifier: Apache-2.0
//! What several tests need.
#![allow(dead_code, reason = "each test uses some of it")]

use terrace_possession::{BlobSize, ContentId, Outboard, OutboardBuilder};

/// Sizes at which the tree, the last chunk or the outboard changes its form.
pub const SIZES: [(usize, &str); 24] = [
	(1, "the shortest blob"),
	(64, "one block of the hash"),
	(65, "a second block of one byte"),
	(1023, "one chunk that is not full"),
	(1024, "one full chunk, still without inner nodes"),
	(1025, "a second chunk of one byte"),
	(2048, "two full chunks"),
	(2049, "a right subtree that is a lone chunk"),
	(3072, "the same, full"),
	(4096, "a perfect tree of two levels"),
	(5 * 1024, "chunks on the first and on the third level"),
	(7 * 1024 + 1, "a last chunk of one byte below the deepest level"),
	(15 * 1024 + 512, "one group with a short last chunk"),
	(16 * 1024 - 1, "one group short of a byte"),
	(16 * 1024, "one full group, still with an empty outboard"),
	(16 * 1024 + 1, "a second group of one byte"),
	(17 * 1024 + 1, "a second group of two chunks"),
	(31 * 1024, "a second group that is not full"),
	(32 * 1024, "two full groups"),
	(32 * 1024 + 1, "a third group of one byte"),
	(48 * 1024, "three full groups"),
	(49 * 1024, "a fourth group of one chunk"),
	(113 * 1024 + 5, "a right edge with a node on every level"),
	(1024 * 1024 + 1, "a lone chunk beside a perfect tree of ten levels"),
];

/// The data of the test vectors of BLAKE3: the bytes 0 to 250, over and over.
pub fn pattern(len: usize) -> Vec<u8> {
	(0..=250).cycle().take(len).collect()
}

/// Data in which no two chunks are alike, and which differs for each `salt`.
pub fn noise(len: usize, salt: u64) -> Vec<u8> {
	let mut data = vec![0; len];
	let mut state = salt.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
	for bytes in data.chunks_mut(8) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		bytes.copy_from_slice(&state.to_le_bytes()[..bytes.len()]);
	}
	data
}

/// The size of `data`.
pub fn size_of(data: &[u8]) -> BlobSize {
	BlobSize::new(data.len() as u64).unwrap()
}

/// The content id and the outboard of `data`.
pub fn outboard_of(data: &[u8]) -> (ContentId, Outboard) {
	let mut builder = OutboardBuilder::new(size_of(data));
	builder.update(data).unwrap();
	builder.finish().unwrap()
}

/// Reads from `data` as from a file.
pub fn reader(data: &[u8]) -> impl Fn(u64, &mut [u8]) -> std::io::Result<()> + '_ {
	|offset, buffer| {
		let offset = offset as usize;
		buffer.copy_from_slice(&data[offset..offset + buffer.len()]);
		Ok(())
	}
}
