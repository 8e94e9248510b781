// SPDX-License-Identifier: Apache-2.0
//! Writes the test vectors, after comparing every content id with what `b3sum` prints.

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/vectors.rs"]
mod format;

use common::pattern;
use format::{answer, Blob, Vectors, COUNTS, SIZES};
use std::{
	error::Error,
	io::Write,
	process::{Command, Stdio},
};
use terrace_possession::{ChallengeSeed, ContentId};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/possession.json");

const ABOUT: [&str; 6] = [
	"Test vectors for content ids, challenges and possession proofs; README.md defines them.",
	"Byte i of a blob is i mod 251, as in the test vectors of BLAKE3.",
	"Every root is what b3sum prints for the blob.",
	"A proof is given in SCALE, or, beyond 4096 bytes, by the BLAKE3 hash of its bytes.",
	"A blob without bytes has a content id, but cannot be stored.",
	"Made by: cargo run -p terrace-possession --example possession-vectors",
];

fn b3sum(data: &[u8]) -> Result<String, Box<dyn Error>> {
	let mut child = Command::new("b3sum")
		.arg("--no-names")
		.stdin(Stdio::piped())
		.stdout(Stdio::piped())
		.spawn()?;
	child.stdin.take().ok_or("b3sum takes no input")?.write_all(data)?;
	Ok(String::from_utf8(child.wait_with_output()?.stdout)?.trim().into())
}

fn main() -> Result<(), Box<dyn Error>> {
	let mut vectors = Vectors {
		about: ABOUT.map(String::from).into(),
		seed: ChallengeSeed(std::array::from_fn(|i| i as u8)),
		provider: hex::encode([0xd4; 32]),
		leg: 7,
		blobs: Vec::new(),
	};
	for size in SIZES {
		let data = pattern(size);
		let root = ContentId::of(&data);
		if b3sum(&data)? != root.to_string() {
			return Err(format!("b3sum gives another hash for {size} bytes").into());
		}
		let counts = if size == 0 { &[][..] } else { &COUNTS };
		let proofs = counts.iter().map(|count| answer(&vectors, &data, *count)).collect();
		vectors.blobs.push(Blob { size, root, proofs });
	}
	std::fs::write(FILE, serde_json::to_string_pretty(&vectors)? + "\n")?;
	println!("wrote {FILE}");
	Ok(())
}
