// SPDX-License-Identifier: Apache-2.0
//! Which chunks a provider is asked for.

use crate::{proof::ProofBound, BlobSize, ChallengeSeed};
use alloc::vec::Vec;
use blake3::{Hasher, OutputReader};

/// What every challenge hashes first, so that its seed can serve other ends too.
pub const CHALLENGE_DOMAIN: &[u8] = b"terrace/challenge/1";

/// The chunks of a blob that the provider of the leg has to show: distinct, in ascending order.
///
/// Every set of that many chunks is equally likely. A blob is asked for `count` chunks, but never
/// for more than it has or than [`MAX_CHALLENGES`](crate::MAX_CHALLENGES).
///
/// The words `x` of the BLAKE3 stream keyed with the seed, over domain, provider and leg
/// (little-endian), are used up in order. For each `n` from `chunks - count + 1` to `chunks`, the
/// first `x` with `x * n mod 2^64 >= 2^64 mod n` gives the chunk `x * n / 2^64`, or the chunk
/// `n - 1` if that one was taken before.
pub fn challenge(
	seed: &ChallengeSeed,
	provider: &[u8; 32],
	leg: u64,
	size: BlobSize,
	count: u8,
) -> Vec<u64> {
	let chunks = size.chunks();
	let wanted = u64::from(ProofBound::new(size, count).chunks);
	let mut words = Words::new(seed, provider, leg);
	let mut picked = Vec::new();
	for last in chunks.saturating_sub(wanted)..chunks {
		let drawn = words.draw_below(last.saturating_add(1));
		picked.push(if picked.contains(&drawn) { last } else { drawn });
	}
	picked.sort_unstable();
	picked
}

/// A stream of uniformly distributed words.
struct Words {
	stream: OutputReader,
	// A whole block at a time: the stream computes one for every read, however short.
	block: core::array::IntoIter<[u8; 8], 8>,
}

impl Words {
	fn new(seed: &ChallengeSeed, provider: &[u8; 32], leg: u64) -> Self {
		let mut hasher = Hasher::new_keyed(seed.as_bytes());
		hasher.update(CHALLENGE_DOMAIN).update(provider).update(&leg.to_le_bytes());
		let mut stream = hasher.finalize_xof();
		let block = next_block(&mut stream);
		Self { stream, block }
	}

	fn next(&mut self) -> u64 {
		loop {
			if let Some(word) = self.block.next() {
				return u64::from_le_bytes(word);
			}
			self.block = next_block(&mut self.stream);
		}
	}

	/// A number below `bound`, each with the same probability.
	fn draw_below(&mut self, bound: u64) -> u64 {
		// So many words are left over when all 2^64 are dealt out evenly; they are refused.
		let surplus = bound.wrapping_neg().checked_rem(bound).unwrap_or(0);
		loop {
			let (low, high) = self.next().carrying_mul(bound, 0);
			if low >= surplus {
				return high;
			}
		}
	}
}

fn next_block(stream: &mut OutputReader) -> core::array::IntoIter<[u8; 8], 8> {
	let mut block = [[0; 8]; 8];
	stream.fill(block.as_flattened_mut());
	block.into_iter()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn words_left_over_are_refused() {
		// Four words for three numbers: if all were dealt, every third number would get two.
		let mut words = Words::new(&ChallengeSeed([1; 32]), &[2; 32], 3);
		let mut counts = [0_i32; 3];
		for _ in 0..30_000 {
			let drawn = words.draw_below(3 << 62);
			assert!(drawn < 3 << 62);
			counts[(drawn % 3) as usize] += 1;
		}
		// Each count has a standard deviation of 82.
		assert!(counts.iter().all(|count| (count - 10_000).abs() < 330), "{counts:?}");
	}
}
