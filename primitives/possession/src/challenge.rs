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
	let mut picked = Vec::with_capacity(usize::try_from(wanted).unwrap_or_default());
	for last in chunks.saturating_sub(wanted)..chunks {
		let drawn = words.draw_below(last.saturating_add(1));
		picked.push(if picked.contains(&drawn) { last } else { drawn });
	}
	picked.sort_unstable();
	picked
}

/// What the draw of due legs hashes first.
pub const DUE_DOMAIN: &[u8] = b"terrace/due/1";

/// Whether a leg that is due in one window out of `interval`, on average, is due under this seed.
///
/// The draw is uniform and independent of the challenge; a leg with an interval of 1, or of 0, is
/// always due.
pub fn is_due(seed: &ChallengeSeed, leg: u64, interval: u16) -> bool {
	if interval <= 1 {
		return true;
	}
	let mut hasher = Hasher::new_keyed(seed.as_bytes());
	hasher.update(DUE_DOMAIN).update(&leg.to_le_bytes());
	let mut words = Words::over(hasher);
	words.draw_below(interval.into()) == 0
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
		Self::over(hasher)
	}

	fn over(hasher: Hasher) -> Self {
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
	fn legs_are_due_in_one_window_out_of_their_interval() {
		for interval in [2_u16, 3, 10] {
			let due = |n: u32| {
				let mut seed = [7; 32];
				seed[..4].copy_from_slice(&n.to_le_bytes());
				is_due(&ChallengeSeed(seed), 5, interval)
			};
			let draws = 20_000_u32;
			let count = (0..draws).filter(|n| due(*n)).count() as f64;
			let rate = 1.0 / f64::from(interval);
			let deviation = (f64::from(draws) * rate * (1.0 - rate)).sqrt();
			let expected = f64::from(draws) * rate;
			assert!((count - expected).abs() < 4.0 * deviation, "{count} of {draws}, 1/{interval}");
		}
	}

	#[test]
	fn legs_without_an_interval_are_always_due() {
		let seeds = (0..100).map(|byte| ChallengeSeed([byte; 32]));
		assert!(seeds.clone().all(|seed| is_due(&seed, 1, 1) && is_due(&seed, 1, 0)));
		// Legs are drawn apart from each other.
		let differs = |seed: ChallengeSeed| is_due(&seed, 1, 2) != is_due(&seed, 2, 2);
		assert!(seeds.map(differs).filter(|differs| *differs).count() > 20);
	}

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
