// SPDX-License-Identifier: Apache-2.0
//! `terrace fetch`
//!
//! Nothing is written under the final name before all of it is checked.

use crate::{
	cli::FetchArgs,
	commands::status::existing,
	context::Context,
	failure::{Exit, Failure},
	interrupt::Interrupt,
	output::Output,
	target::Target,
};
use futures::StreamExt;
use serde_json::json;
use std::{
	io,
	path::{Path, PathBuf},
	time::Duration,
};
use terrace_client::{
	amount::format_bytes,
	http::{endpoint_url, Http, HttpError},
	Chain, ContentHasher,
};
use terrace_layers::{views::ProviderView, AccountId};
use terrace_possession::{ContentId, MAX_BLOB_SIZE};
use tokio::{
	fs::File,
	io::{AsyncWriteExt, BufWriter},
};

/// Attempts to go on after a broken connection.
const RESUMES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);
/// Bytes gathered before they are written.
const BUFFER: usize = 1024 * 1024;

/// Where a blob may be had.
#[derive(Clone, Debug)]
struct Source {
	provider: AccountId,
	endpoint: String,
	size: u64,
}

/// Fetches a stored file and checks it while it comes.
pub async fn run(context: &Context, args: FetchArgs) -> Result<Output, Failure> {
	let interrupt = Interrupt::catch(&context.progress);
	let market = context.contract().await?;
	let http = Http::new()?;
	let search = find(&market, &http, args.target);
	let (root, sources) = interrupt.guard(search).await??;
	let output = args.output.unwrap_or_else(|| root.to_string().into());
	let part = PartFile::create(&output)?;
	let fetch = fetch_from_any(context, &http, &root, &sources, &part);
	let source = interrupt.guard(fetch).await??;
	part.finish(&output)?;
	let shown = output.display();
	let text = format!("fetched {shown} ({}), checked: {root}", format_bytes(source.size));
	let json = json!({
		"root": root,
		"size": source.size,
		"file": output,
		"provider": source.provider,
	});
	Ok(Output::new(text, json))
}

/// The content id and the providers that may have the blob.
async fn find(
	market: &Chain,
	http: &Http,
	target: Target,
) -> Result<(ContentId, Vec<Source>), Failure> {
	match target {
		Target::Contract(id) => {
			let view = existing(market, id).await?;
			let provider = market.provider(&view.provider).await?;
			let source = provider.and_then(|provider| source(provider, view.size));
			let source = source.ok_or_else(|| {
				let message = format!("provider {} of contract {id} is gone", view.provider);
				Failure::new(Exit::Provider, message).hint(elsewhere(&view.root))
			})?;
			Ok((view.root, vec![source]))
		}
		Target::Root(root) => {
			let sources = ask_all(http, &root, market.providers().await?).await;
			if sources.is_empty() {
				return Err(Failure::new(Exit::Provider, format!("no provider serves {root}"))
					.hint("a contract pays for keeping, not for serving: try again later"));
			}
			Ok((root, sources))
		}
	}
}

fn elsewhere(root: &ContentId) -> String {
	format!("`terrace fetch {root}` asks all providers")
}

fn source(provider: ProviderView, size: u64) -> Option<Source> {
	let endpoint = endpoint_url(&provider.offer.endpoint)?;
	Some(Source { provider: provider.who, endpoint, size })
}

/// The providers that say they have the blob.
async fn ask_all(http: &Http, root: &ContentId, providers: Vec<ProviderView>) -> Vec<Source> {
	let asked =
		providers.into_iter().filter_map(|provider| source(provider, 0)).map(|source| async move {
			let size = http.size_of(&source.endpoint, root).await.ok().flatten()?;
			(1..=MAX_BLOB_SIZE).contains(&size).then_some(Source { size, ..source })
		});
	let answers: Vec<_> = futures::stream::iter(asked).buffered(16).collect().await;
	answers.into_iter().flatten().collect()
}

/// Fetches from one source after the other until one gives the right data.
async fn fetch_from_any<'a>(
	context: &Context,
	http: &Http,
	root: &ContentId,
	sources: &'a [Source],
	part: &PartFile,
) -> Result<&'a Source, Failure> {
	let mut last = None;
	for source in sources {
		match fetch_from(context, http, root, source, part).await {
			Ok(()) => return Ok(source),
			Err(failure) if failure.exit == Exit::Failed => return Err(failure),
			Err(failure) => {
				context.progress.note(format!("{}: {}", source.provider, failure.message));
				last = Some(failure);
			}
		}
	}
	let none = || Failure::new(Exit::Provider, format!("no provider serves {root}"));
	let failure = last.unwrap_or_else(none);
	Err(match sources {
		[_] => failure.hint(elsewhere(root)),
		_ => failure,
	})
}

async fn fetch_from(
	context: &Context,
	http: &Http,
	root: &ContentId,
	source: &Source,
	part: &PartFile,
) -> Result<(), Failure> {
	let bar = context.progress.bytes("fetching", source.size);
	let mut download = Download {
		source,
		root,
		hasher: ContentHasher::default(),
		file: BufWriter::with_capacity(BUFFER, part.open().await?),
		bar,
	};
	let done = download.run(http).await;
	download.bar.finish_and_clear();
	done
}

/// A blob on its way into a file.
struct Download<'a> {
	source: &'a Source,
	root: &'a ContentId,
	hasher: ContentHasher,
	file: BufWriter<File>,
	bar: indicatif::ProgressBar,
}

impl Download<'_> {
	async fn run(&mut self, http: &Http) -> Result<(), Failure> {
		let mut resumes = 0;
		while let Err(error) = self.receive(http).await? {
			let broken = matches!(error, HttpError::Unreachable { .. });
			if !broken || resumes == RESUMES {
				return Err(error.into());
			}
			resumes += 1;
			tokio::time::sleep(PAUSE.saturating_mul(resumes)).await;
		}
		self.file.flush().await.map_err(unwritable)?;
		self.file.get_ref().sync_all().await.map_err(unwritable)?;
		let found = self.hasher.finish();
		if found == *self.root {
			return Ok(());
		}
		let message = format!(
			"provider {} served wrong data: its content id is {found}, not {}",
			self.source.provider, self.root
		);
		Err(Failure::new(Exit::Mismatch, message).hint(elsewhere(self.root)))
	}

	/// Takes what comes, from where the last attempt stopped; the inner error is the provider's.
	async fn receive(&mut self, http: &Http) -> Result<Result<(), HttpError>, Failure> {
		let offset = self.hasher.count();
		if offset == self.source.size {
			return Ok(Ok(()));
		}
		let mut pieces = match http.download(&self.source.endpoint, self.root, offset).await {
			Ok(pieces) => pieces,
			Err(error) => return Ok(Err(error)),
		};
		while let Some(piece) = pieces.next().await {
			let piece = match piece {
				Ok(piece) => piece,
				Err(error) => return Ok(Err(error)),
			};
			self.hasher.update(&piece);
			if self.hasher.count() > self.source.size {
				return Ok(Err(self.wrong_size("more")));
			}
			self.file.write_all(&piece).await.map_err(unwritable)?;
			self.bar.set_position(self.hasher.count());
		}
		if self.hasher.count() < self.source.size {
			return Ok(Err(self.wrong_size("less")));
		}
		Ok(Ok(()))
	}

	fn wrong_size(&self, what: &str) -> HttpError {
		HttpError::Malformed {
			endpoint: self.source.endpoint.clone(),
			reason: format!("it served {what} than the {} bytes of the blob", self.source.size),
		}
	}
}

fn unwritable(error: io::Error) -> Failure {
	Failure::new(Exit::Failed, format!("the file cannot be written: {error}"))
		.hint("check permissions and free space, or choose another place with -o")
}

/// A file that is removed unless it is finished.
struct PartFile(PathBuf);

impl PartFile {
	/// A new file beside `output`, or in the folder for temporary files if that is no place for it.
	fn create(output: &Path) -> Result<Self, Failure> {
		let name = output.file_name().map(|name| name.to_string_lossy().into_owned());
		let Some(name) = name.filter(|_| !output.is_dir()) else {
			let message = format!("{} is a folder", output.display());
			return Err(Failure::new(Exit::Usage, message).hint("name a file with -o"));
		};
		let name = format!(".{name}.{}.part", std::process::id());
		let path = match is_special(output) {
			true => std::env::temp_dir().join(name),
			false => output.with_file_name(name),
		};
		std::fs::File::create_new(&path).map_err(unwritable)?;
		Ok(Self(path))
	}

	/// The file, empty.
	async fn open(&self) -> Result<File, Failure> {
		File::create(&self.0).await.map_err(unwritable)
	}

	/// Gives the file its final name.
	fn finish(self, output: &Path) -> Result<(), Failure> {
		if is_special(output) {
			// A device or a pipe must not be replaced by a file.
			let copy = || {
				let mut from = std::fs::File::open(&self.0)?;
				let mut to = std::fs::File::options().write(true).open(output)?;
				io::copy(&mut from, &mut to)
			};
			return copy().map(|_| ()).map_err(unwritable);
		}
		std::fs::rename(&self.0, output).map_err(unwritable)
	}
}

impl Drop for PartFile {
	fn drop(&mut self) {
		// After a finish it is gone already.
		let _ = std::fs::remove_file(&self.0);
	}
}

/// Whether something that is no ordinary file has this name.
fn is_special(path: &Path) -> bool {
	std::fs::metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_dir())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn nothing_is_left_of_an_unfinished_file() {
		let dir = tempfile::tempdir().expect("a temporary folder");
		let output = dir.path().join("o'dd \"name\".bin");
		let part = PartFile::create(&output).expect("writable");
		assert_eq!(std::fs::read_dir(dir.path()).expect("readable").count(), 1);
		drop(part);
		assert_eq!(std::fs::read_dir(dir.path()).expect("readable").count(), 0);
	}

	#[test]
	fn finished_file_replaces_another_one() {
		let dir = tempfile::tempdir().expect("a temporary folder");
		let output = dir.path().join("file");
		std::fs::write(&output, b"old").expect("written");
		let part = PartFile::create(&output).expect("writable");
		std::fs::write(&part.0, b"new").expect("written");
		part.finish(&output).expect("renamed");
		assert_eq!(std::fs::read(&output).expect("readable"), b"new");
		assert_eq!(std::fs::read_dir(dir.path()).expect("readable").count(), 1);
	}

	#[test]
	fn devices_are_written_to_and_not_replaced() {
		let output = Path::new("/dev/null");
		let part = PartFile::create(output).expect("writable");
		assert!(!part.0.starts_with("/dev"), "{:?}", part.0);
		std::fs::write(&part.0, b"data").expect("written");
		part.finish(output).expect("copied");
		assert!(is_special(output));
	}

	#[test]
	fn folders_are_no_files() {
		let dir = tempfile::tempdir().expect("a temporary folder");
		for output in [dir.path(), Path::new("/"), Path::new("..")] {
			let Err(failure) = PartFile::create(output) else { panic!("{output:?} is no file") };
			assert_eq!(failure.exit, Exit::Usage);
		}
	}
}
