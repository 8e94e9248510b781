// SPDX-License-Identifier: Apache-2.0
//! The file to store.

use crate::{
	context::Context,
	failure::{Exit, Failure},
};
use std::{
	fs::Metadata,
	path::{Path, PathBuf},
};
use terrace_client::{amount::format_bytes, hash_file};
use terrace_possession::{ContentId, MAX_BLOB_SIZE};

/// A file that was read once.
#[derive(Clone, Debug)]
pub struct SourceFile {
	/// Where it is.
	pub path: PathBuf,
	/// Its content id.
	pub root: ContentId,
	/// Its size in bytes.
	pub size: u64,
}

impl SourceFile {
	/// Reads the file, which must be one that can be stored.
	pub async fn read(context: &Context, path: &Path) -> Result<Self, Failure> {
		let meta = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
		check(path, &meta)?;
		let bar = context.progress.bytes("hashing ", meta.len());
		let counter = bar.clone();
		let file = path.to_path_buf();
		let hashed =
			tokio::task::spawn_blocking(move || hash_file(&file, |bytes| counter.inc(bytes))).await;
		bar.finish_and_clear();
		let (root, size) = hashed
			.map_err(|error| Failure::new(Exit::Failed, format!("hashing stopped: {error}")))?
			.map_err(|error| unreadable(path, &error))?;
		if size != meta.len() {
			let message = format!("{} changed while it was read", path.display());
			return Err(
				Failure::new(Exit::Mismatch, message).hint("try again when nothing writes to it")
			);
		}
		Ok(Self { path: path.into(), root, size })
	}
}

fn check(path: &Path, meta: &Metadata) -> Result<(), Failure> {
	let shown = path.display();
	let failure = |message| Err(Failure::new(Exit::Failed, message));
	if meta.is_dir() {
		return failure(format!("{shown} is a folder"))
			.map_err(|failure| failure.hint("pack it into one file first, for example with tar"));
	}
	if !meta.is_file() {
		return failure(format!("{shown} is no ordinary file"))
			.map_err(|failure| failure.hint("copy what it gives into a file first"));
	}
	check_size(path, meta.len())
}

fn check_size(path: &Path, size: u64) -> Result<(), Failure> {
	let shown = path.display();
	if size == 0 {
		return Err(Failure::new(Exit::Failed, format!("{shown} is empty"))
			.hint("there is nothing to keep and to prove: store a file of at least one byte"));
	}
	if size > MAX_BLOB_SIZE {
		let (size, most) = (format_bytes(size), format_bytes(MAX_BLOB_SIZE));
		return Err(Failure::new(
			Exit::Failed,
			format!("{shown} is too large: {size}, at most {most}"),
		)
		.hint("split it and store the parts"));
	}
	Ok(())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
	Failure::new(Exit::Failed, format!("{} cannot be read: {error}", path.display()))
		.hint("check its name and its permissions")
}

#[cfg(test)]
mod tests {
	use super::*;

	fn refused(path: &Path) -> String {
		let meta = std::fs::metadata(path).expect("it exists");
		check(path, &meta).expect_err("not to be stored").message
	}

	#[test]
	fn only_ordinary_files_with_content_are_stored() {
		let dir = tempfile::tempdir().expect("a temporary folder");
		let file = dir.path().join("file");
		std::fs::write(&file, b"").expect("written");
		assert!(refused(&file).ends_with("is empty"));
		assert!(refused(dir.path()).ends_with("is a folder"));
		assert!(refused(Path::new("/dev/null")).ends_with("is no ordinary file"));
		std::fs::write(&file, b"x").expect("written");
		let meta = std::fs::metadata(&file).expect("it exists");
		assert!(check(&file, &meta).is_ok());
	}

	#[test]
	fn largest_blob_is_the_largest_file() {
		let path = Path::new("file");
		assert!(check_size(path, MAX_BLOB_SIZE).is_ok());
		let failure = check_size(path, MAX_BLOB_SIZE + 1).expect_err("too large");
		assert!(failure.message.contains("too large") && failure.hint.is_some());
	}

	#[test]
	fn missing_file_is_named() {
		let error = std::io::Error::from(std::io::ErrorKind::NotFound);
		let failure = unreadable(Path::new("/nonexistent/file"), &error);
		assert!(failure.message.starts_with("/nonexistent/file cannot be read"));
	}
}
