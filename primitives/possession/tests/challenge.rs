// SPDX-License-Identifier: Apache-2.0
//! Challenges are fair, distinct and different for everyone.
#![cfg(feature = "std")]

use std::collections::BTreeSet;
use terrace_possession::{challenge, BlobSize, ChallengeSeed, CHUNK_SIZE, MAX_BLOB_SIZE};

const PROVIDER: [u8; 32] = [3; 32];

fn blob(chunks: u64) -> BlobSize {
	BlobSize::new(chunks * CHUNK_SIZE).unwrap()
}

fn seed(number: u64) -> ChallengeSeed {
	ChallengeSeed(blake3::hash(&number.to_le_bytes()).into())
}

/// The statistic of Pearson's test that all counts come from equal probabilities.
fn chi_square(counts: &[u64]) -> f64 {
	let expected = counts.iter().sum::<u64>() as f64 / counts.len() as f64;
	counts.iter().map(|count| (*count as f64 - expected).powi(2) / expected).sum()
}

#[test]
fn every_chunk_is_equally_likely() {
	// A number of chunks that divides no power of two.
	const CHUNKS: u64 = 101;
	for count in [1, 4, 16] {
		let mut counts = vec![0; CHUNKS as usize];
		for number in 0..20_000 {
			for index in challenge(&seed(number), &PROVIDER, 1, blob(CHUNKS), count) {
				counts[index as usize] += 1;
			}
		}
		// 100 degrees of freedom: one fair source in a thousand gives more than 149.4.
		let found = chi_square(&counts);
		assert!(found < 149.4, "{count} of {CHUNKS}: {found}");
	}
}

#[test]
fn every_pair_is_equally_likely() {
	const CHUNKS: u64 = 9;
	let mut counts = vec![0; 36];
	for number in 0..36_000 {
		let pair = challenge(&seed(number), &PROVIDER, 1, blob(CHUNKS), 2);
		let place = pair[1] * (pair[1] - 1) / 2 + pair[0];
		counts[place as usize] += 1;
	}
	// 35 degrees of freedom: one fair source in a thousand gives more than 66.6.
	let found = chi_square(&counts);
	assert!(found < 66.6, "{found}");
}

#[test]
fn statistic_finds_a_bias() {
	// What a word of 8 bits taken modulo 101 would give.
	let counts: Vec<u64> = (0..101).map(|index| if index < 54 { 3 * 78 } else { 2 * 78 }).collect();
	assert!(chi_square(&counts) > 149.4);
}

#[test]
fn large_blob_is_challenged_over_its_whole_length() {
	let size = BlobSize::new(MAX_BLOB_SIZE).unwrap();
	let mut counts = vec![0; 64];
	for number in 0..6_400 {
		for index in challenge(&seed(number), &PROVIDER, 1, size, 1) {
			counts[(index * 64 / size.chunks()) as usize] += 1;
		}
	}
	// 63 degrees of freedom: one fair source in a thousand gives more than 103.4.
	let found = chi_square(&counts);
	assert!(found < 103.4, "{found}");
}

#[test]
fn challenges_are_distinct_and_ascending() {
	for chunks in [1, 2, 15, 16, 17, 33, 1000] {
		for number in 0..200 {
			let indices = challenge(&seed(number), &PROVIDER, 1, blob(chunks), 16);
			assert_eq!(indices.len() as u64, chunks.min(16));
			assert!(indices.windows(2).all(|pair| pair[0] < pair[1]), "{indices:?}");
			assert!(indices.iter().all(|index| *index < chunks), "{indices:?}");
		}
	}
}

#[test]
fn small_blob_is_challenged_whole() {
	for chunks in 1..=16 {
		let all: Vec<u64> = (0..chunks).collect();
		assert_eq!(challenge(&seed(1), &PROVIDER, 1, blob(chunks), 16), all);
	}
}

#[test]
fn nothing_is_challenged_when_nothing_is_asked_for() {
	assert_eq!(challenge(&seed(1), &PROVIDER, 1, blob(100), 0), []);
}

#[test]
fn more_than_the_maximum_is_not_asked_for() {
	let most = challenge(&seed(1), &PROVIDER, 1, blob(100), 16);
	assert_eq!(challenge(&seed(1), &PROVIDER, 1, blob(100), 255), most);
}

#[test]
fn seed_provider_and_leg_each_change_the_challenge() {
	let size = blob(1 << 30);
	let mut other = PROVIDER;
	other[31] ^= 1;
	let challenges = BTreeSet::from([
		challenge(&seed(1), &PROVIDER, 1, size, 4),
		challenge(&seed(2), &PROVIDER, 1, size, 4),
		challenge(&seed(1), &other, 1, size, 4),
		challenge(&seed(1), &PROVIDER, 2, size, 4),
		challenge(&seed(1), &PROVIDER, 1 << 56, size, 4),
	]);
	assert_eq!(challenges.len(), 5);
}
