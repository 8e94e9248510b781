// SPDX-License-Identifier: Apache-2.0
//! Content ids of data that streams by.

use blake3::Hasher;
use std::{
	io::{self, Read},
	path::Path,
};
use terrace_possession::ContentId;

/// Bytes that are read at once.
const PIECE: usize = 1024 * 1024;

/// Hashes data that comes in pieces.
#[derive(Clone, Debug, Default)]
pub struct ContentHasher(Hasher);

impl ContentHasher {
	/// Takes the next bytes.
	pub fn update(&mut self, data: &[u8]) {
		self.0.update(data);
	}

	/// Bytes taken so far.
	pub fn count(&self) -> u64 {
		self.0.count()
	}

	/// The content id of all that was taken.
	pub fn finish(&self) -> ContentId {
		ContentId(self.0.finalize().into())
	}
}

/// Content id and size of what a file holds, without keeping it in memory.
///
/// `progress` is told how many bytes were read since it was told last.
pub fn hash_file(path: &Path, mut progress: impl FnMut(u64)) -> io::Result<(ContentId, u64)> {
	let mut file = std::fs::File::open(path)?;
	let mut hasher = ContentHasher::default();
	let mut piece = vec![0; PIECE];
	loop {
		let read = match file.read(&mut piece) {
			Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
			read => read?,
		};
		let Some(data) = piece.get(..read).filter(|data| !data.is_empty()) else { break };
		hasher.update(data);
		progress(u64::try_from(read).unwrap_or_default());
	}
	Ok((hasher.finish(), hasher.count()))
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::io::Write;

	#[test]
	fn files_of_any_size_are_hashed() {
		for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7] {
			let data: Vec<u8> = (0..size).map(|index| (index % 251) as u8).collect();
			let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
			file.write_all(&data).expect("written");
			let mut seen = 0;
			let hashed = hash_file(file.path(), |bytes| seen += bytes).expect("readable");
			assert_eq!(hashed, (ContentId::of(&data), size as u64));
			assert_eq!(seen, size as u64);
		}
	}

	#[test]
	fn missing_file_is_an_error() {
		assert!(hash_file(Path::new("/nonexistent/file"), |_| {}).is_err());
	}
}
