// SPDX-License-Identifier: Apache-2.0
//! The cost of a proof to the chain and to the provider.
//!
//! `cargo bench -p terrace-possession --bench possession`

use blake3::{
	hazmat::{merge_subtrees_non_root, HasherExt, Mode},
	Hasher,
};
use criterion::{criterion_group, criterion_main, BenchmarkId, Criterion, Throughput};
use std::{hint::black_box, io};
use terrace_possession::{
	challenge, prove_with_outboard, verify, BlobSize, ChallengeSeed, ContentId, Outboard,
	OutboardBuilder, PossessionProof,
};

const MIB: u64 = 1 << 20;
const SEED: ChallengeSeed = ChallengeSeed([9; 32]);
const PROVIDER: [u8; 32] = [4; 32];

/// A blob whose bytes are computed when they are read, so that it needs no room.
struct Blob {
	root: ContentId,
	size: BlobSize,
	outboard: Outboard,
}

impl Blob {
	fn new(bytes: u64) -> Self {
		let size = BlobSize::new(bytes).expect("a size in range");
		let mut builder = OutboardBuilder::new(size);
		let mut piece = vec![0; 16 * 1024];
		for offset in (0..bytes).step_by(piece.len()) {
			read(offset, &mut piece).expect("no I/O");
			builder.update(&piece).expect("a multiple of the piece");
		}
		let (root, outboard) = builder.finish().expect("all pieces");
		Self { root, size, outboard }
	}

	fn challenge(&self, leg: u64, count: u8) -> (Vec<u64>, PossessionProof) {
		let indices = challenge(&SEED, &PROVIDER, leg, self.size, count);
		let proof = prove_with_outboard(self.size, &indices, &self.outboard, read);
		(indices, proof.expect("no I/O"))
	}
}

fn read(offset: u64, buffer: &mut [u8]) -> io::Result<()> {
	for (word, number) in buffer.chunks_exact_mut(8).zip(offset / 8..) {
		word.copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes());
	}
	Ok(())
}

fn bench_verify(c: &mut Criterion, blobs: &[(&str, Blob)]) {
	let mut group = c.benchmark_group("verify");
	for (name, blob) in blobs {
		for count in [1, 4, 16] {
			let (indices, proof) = blob.challenge(1, count);
			let id = BenchmarkId::new(*name, format!("{count} chunks"));
			group.throughput(Throughput::Elements(count.into()));
			group.bench_function(id, |b| {
				b.iter(|| verify(black_box(&blob.root), blob.size, &indices, black_box(&proof)))
			});
		}
	}
	group.finish();
	c.bench_function("one chunk and 20 pairs, hashed alone", |b| {
		let (chunk, other) = ([5; 1024], [6; 32]);
		b.iter(|| {
			let leaf =
				Hasher::new().set_input_offset(1024).update(black_box(&chunk)).finalize_non_root();
			(0..20).fold(leaf, |value, _| {
				merge_subtrees_non_root(&value, black_box(&other), Mode::Hash)
			})
		})
	});
	let (_, blob) = &blobs[blobs.len() - 1];
	let (indices, mut proof) = blob.challenge(1, 1);
	proof.siblings.pop();
	c.bench_function("refuse by shape", |b| {
		b.iter(|| verify(black_box(&blob.root), blob.size, &indices, black_box(&proof)))
	});
}

fn bench_challenge(c: &mut Criterion) {
	let mut group = c.benchmark_group("challenge");
	let size = BlobSize::new(1024 * MIB).expect("a size in range");
	for count in [1, 4, 16] {
		group.bench_function(format!("{count} of a 1 GiB blob"), |b| {
			b.iter(|| challenge(black_box(&SEED), &PROVIDER, black_box(7), size, count))
		});
	}
}

fn bench_prove(c: &mut Criterion, blob: &Blob, data: &[u8]) {
	let mut group = c.benchmark_group("prove from outboard, 64 MiB in memory");
	for count in [1, 4, 16] {
		let indices = challenge(&SEED, &PROVIDER, 1, blob.size, count);
		group.throughput(Throughput::Elements(count.into()));
		group.bench_function(format!("{count} chunks"), |b| {
			b.iter(|| {
				prove_with_outboard(blob.size, black_box(&indices), &blob.outboard, |at, buffer| {
					let at = at as usize;
					buffer.copy_from_slice(&data[at..at + buffer.len()]);
					Ok(())
				})
			})
		});
	}
}

fn bench_build(c: &mut Criterion, blob: &Blob, data: &[u8]) {
	let mut group = c.benchmark_group("64 MiB");
	group.sample_size(20).throughput(Throughput::Bytes(data.len() as u64));
	for piece in [4 * 1024, 64 * 1024, 1024 * 1024] {
		group.bench_function(format!("outboard from pieces of {} KiB", piece / 1024), |b| {
			b.iter(|| {
				let mut builder = OutboardBuilder::new(blob.size);
				for piece in data.chunks(piece) {
					builder.update(black_box(piece)).expect("within the size");
				}
				builder.finish().expect("all of it")
			})
		});
	}
	group.bench_function("hash alone", |b| b.iter(|| ContentId::of(black_box(data))));
	let stored = blob.outboard.to_bytes();
	group.bench_function("check the stored outboard", |b| {
		b.iter(|| Outboard::from_bytes(black_box(&stored)))
	});
}

fn benches(c: &mut Criterion) {
	let mut data = vec![0; 64 * MIB as usize];
	read(0, &mut data).expect("no I/O");
	let stored = Blob::new(64 * MIB);
	bench_build(c, &stored, &data);
	bench_prove(c, &stored, &data);
	bench_challenge(c);
	let blobs = [("1 MiB", Blob::new(MIB)), ("1 GiB", Blob::new(1024 * MIB))];
	bench_verify(c, &blobs);
}

criterion_group!(all, benches);
criterion_main!(all);
