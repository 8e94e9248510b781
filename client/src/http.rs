// SPDX-License-Identifier: Apache-2.0
//! Talks to providers: uploads and fetches blobs as streams.

use crate::{content::ContentHasher, rpc::install_crypto};
use bytes::Bytes;
use futures::{stream::BoxStream, Stream, StreamExt};
use reqwest::{
	header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE},
	redirect, Body, Client, Response, StatusCode,
};
use serde::Deserialize;
use std::{
	io,
	sync::{Arc, Mutex},
	time::Duration,
};
use terrace_layers::{AccountId, ChainId, ContractId, Endpoint};
use terrace_possession::ContentId;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio_util::io::ReaderStream;

/// How long a provider may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a provider may take to answer a short question.
const ANSWER: Duration = Duration::from_secs(20);
/// How long a transfer may stand still.
const STALL: Duration = Duration::from_secs(60);
/// How long a provider may take to check and keep what it was sent.
const KEEPING: Duration = Duration::from_secs(300);
/// Bytes that are read from a file at once.
const PIECE: usize = 256 * 1024;
/// Longest explanation of an error that is read.
const MAX_EXPLANATION: usize = 16 * 1024;

/// Why a provider did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
	/// No connection, or it broke.
	#[error("the provider at {endpoint} cannot be reached: {reason}")]
	Unreachable {
		/// Its endpoint.
		endpoint: String,
		/// What went wrong.
		reason: String,
	},
	/// Nothing moved for too long.
	#[error("the provider at {endpoint} took nothing and said nothing for {seconds} s")]
	Stalled {
		/// Its endpoint.
		endpoint: String,
		/// How long.
		seconds: u64,
	},
	/// It answered with an error.
	#[error("the provider at {endpoint} refused ({status}): {reason}")]
	Refused {
		/// Its endpoint.
		endpoint: String,
		/// HTTP status code.
		status: u16,
		/// What it says.
		reason: String,
		/// What it says can be done.
		hint: Option<String>,
	},
	/// Its answer makes no sense.
	#[error("the provider at {endpoint} gave a wrong answer: {reason}")]
	Malformed {
		/// Its endpoint.
		endpoint: String,
		/// What is wrong.
		reason: String,
	},
	/// The data to upload cannot be read.
	#[error("the file cannot be read: {0}")]
	Unreadable(String),
	/// The data to upload is not what it was before.
	#[error("the file changed while it was uploaded: it was {expected}, it is {found}")]
	Changed {
		/// Content id before.
		expected: ContentId,
		/// Content id of what was sent.
		found: ContentId,
	},
	/// No HTTP client can be made on this machine.
	#[error("no HTTP client: {0}")]
	Unusable(String),
}

impl HttpError {
	/// The status code of a refusal.
	pub fn status(&self) -> Option<u16> {
		match self {
			HttpError::Refused { status, .. } => Some(*status),
			_ => None,
		}
	}
}

/// How a provider is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Health {
	/// `ok`, or what is wrong.
	pub status: String,
	/// The provider's account.
	pub provider: AccountId,
	/// The contract chain it works for.
	pub chain: ChainId,
	/// Bytes it has room for.
	pub free_bytes: u64,
}

#[derive(Default, Deserialize)]
struct Explanation {
	error: Option<String>,
	hint: Option<String>,
}

/// A blob to upload.
#[derive(Clone, Copy, Debug)]
pub struct Upload<'a> {
	/// Endpoint of the provider.
	pub endpoint: &'a str,
	/// The contract that asks for it.
	pub contract: ContractId,
	/// Its content id.
	pub root: ContentId,
	/// Its size in bytes.
	pub size: u64,
}

/// A client of providers' HTTP interfaces.
#[derive(Clone, Debug)]
pub struct Http(Client);

impl Http {
	/// A client.
	pub fn new() -> Result<Self, HttpError> {
		install_crypto();
		let builder = || {
			Client::builder()
				.connect_timeout(CONNECT)
				.read_timeout(STALL)
				.redirect(redirect::Policy::none())
				.user_agent(concat!("terrace/", env!("CARGO_PKG_VERSION")))
		};
		// A machine without root certificates can still talk to providers over plain HTTP.
		builder()
			.build()
			.or_else(|_| builder().tls_certs_only([]).build())
			.map(Self)
			.map_err(|error| HttpError::Unusable(chain_of(&error)))
	}

	/// How the provider is.
	pub async fn health(&self, endpoint: &str) -> Result<Health, HttpError> {
		let request = self.0.get(join(endpoint, "health")).timeout(ANSWER);
		let response = accepted(endpoint, request.send().await).await?;
		response.json().await.map_err(|error| malformed(endpoint, chain_of(&error)))
	}

	/// Size of a blob that the provider serves; `None` if it does not have it.
	pub async fn size_of(
		&self,
		endpoint: &str,
		root: &ContentId,
	) -> Result<Option<u64>, HttpError> {
		let request = self.0.head(blob(endpoint, root)).timeout(ANSWER);
		match accepted(endpoint, request.send().await).await {
			Err(error) if error.status() == Some(404) => Ok(None),
			Err(error) => Err(error),
			Ok(response) => {
				let length = response.headers().get(CONTENT_LENGTH);
				let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
				length.map(Some).ok_or_else(|| malformed(endpoint, "the blob has no length"))
			}
		}
	}

	/// The bytes of a blob from `offset` on.
	pub async fn download(
		&self,
		endpoint: &str,
		root: &ContentId,
		offset: u64,
	) -> Result<BoxStream<'static, Result<Bytes, HttpError>>, HttpError> {
		let mut request = self.0.get(blob(endpoint, root));
		if offset > 0 {
			request = request.header(RANGE, format!("bytes={offset}-"));
		}
		let response = accepted(endpoint, request.send().await).await?;
		if offset > 0 && !continues_at(&response, offset) {
			return Err(malformed(endpoint, "it cannot go on in the middle of a blob"));
		}
		let endpoint = endpoint.to_string();
		let bytes = response.bytes_stream();
		Ok(bytes.map(move |piece| piece.map_err(|error| broken(&endpoint, &error))).boxed())
	}

	/// Sends a blob to the provider of a proposed contract.
	///
	/// `progress` is told how many bytes were sent since it was told last.
	pub async fn upload(
		&self,
		upload: Upload<'_>,
		reader: impl AsyncRead + Send + Unpin + 'static,
		progress: impl Fn(u64) + Send + 'static,
	) -> Result<(), HttpError> {
		let passed = Arc::new(Mutex::new(Passed::default()));
		let body = Body::wrap_stream(watched(reader.take(upload.size), passed.clone(), progress));
		let endpoint = upload.endpoint;
		let request = self
			.0
			.put(join(endpoint, &format!("contracts/{}", upload.contract)))
			.header(CONTENT_LENGTH, upload.size)
			.header(CONTENT_TYPE, "application/octet-stream")
			.body(body)
			.send();
		let answered = until_stalled(request, &passed, upload).await;
		let passed = passed.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
		// What is wrong with the file explains whatever the provider says of it.
		passed.check(&upload)?;
		answered
	}
}

/// What was read from the file so far.
#[derive(Default)]
struct Passed {
	hasher: ContentHasher,
	unreadable: Option<String>,
	ended: bool,
}

impl Passed {
	/// Whether the file gave what was expected of it.
	fn check(&self, upload: &Upload) -> Result<(), HttpError> {
		if let Some(reason) = &self.unreadable {
			return Err(HttpError::Unreadable(reason.clone()));
		}
		let found = self.hasher.finish();
		let whole = self.ended || self.hasher.count() >= upload.size;
		if whole && found != upload.root {
			return Err(HttpError::Changed { expected: upload.root, found });
		}
		Ok(())
	}
}

/// The pieces of a file, noted as they pass.
fn watched(
	reader: impl AsyncRead + Send + Unpin + 'static,
	passed: Arc<Mutex<Passed>>,
	progress: impl Fn(u64) + Send + 'static,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
	let mut pieces = ReaderStream::with_capacity(reader, PIECE);
	futures::stream::poll_fn(move |context| {
		let polled = pieces.poll_next_unpin(context);
		if let std::task::Poll::Ready(item) = &polled {
			let mut passed = passed.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
			match item {
				Some(Ok(piece)) => {
					passed.hasher.update(piece);
					progress(u64::try_from(piece.len()).unwrap_or_default());
				}
				Some(Err(error)) => passed.unreadable = Some(error.to_string()),
				None => passed.ended = true,
			}
		}
		polled
	})
}

/// Waits for the answer to an upload as long as it moves.
async fn until_stalled(
	request: impl std::future::Future<Output = reqwest::Result<Response>>,
	passed: &Mutex<Passed>,
	upload: Upload<'_>,
) -> Result<(), HttpError> {
	let endpoint = upload.endpoint;
	let answer = async { accepted(endpoint, request.await).await.map(|_| ()) };
	tokio::pin!(answer);
	let mut seen = 0;
	loop {
		let count = passed.lock().map_or(seen, |passed| passed.hasher.count());
		let patience = if count >= upload.size { KEEPING } else { STALL };
		match tokio::time::timeout(patience, &mut answer).await {
			Ok(answered) => return answered,
			Err(_) => {
				let now = passed.lock().map_or(count, |passed| passed.hasher.count());
				if now == seen {
					let seconds = patience.as_secs();
					return Err(HttpError::Stalled { endpoint: endpoint.into(), seconds });
				}
				seen = now;
			}
		}
	}
}

/// The URL of an on-chain endpoint; `None` if it is none that can be asked.
pub fn endpoint_url(endpoint: &Endpoint) -> Option<String> {
	let url = std::str::from_utf8(endpoint).ok()?;
	let parsed = reqwest::Url::parse(url).ok()?;
	let usable = matches!(parsed.scheme(), "http" | "https") && parsed.has_host();
	usable.then(|| url.trim_end_matches('/').to_string())
}

fn join(endpoint: &str, path: &str) -> String {
	format!("{}/{path}", endpoint.trim_end_matches('/'))
}

fn blob(endpoint: &str, root: &ContentId) -> String {
	join(endpoint, &format!("blobs/{root}"))
}

/// Whether a partial answer starts where it was asked to.
fn continues_at(response: &Response, offset: u64) -> bool {
	let range = response.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
	response.status() == StatusCode::PARTIAL_CONTENT
		&& range.is_some_and(|range| range.starts_with(&format!("bytes {offset}-")))
}

/// The response if it reports success.
async fn accepted(
	endpoint: &str,
	response: reqwest::Result<Response>,
) -> Result<Response, HttpError> {
	let response = response.map_err(|error| broken(endpoint, &error))?;
	let status = response.status();
	if status.is_success() {
		return Ok(response);
	}
	let said = explanation(response).await;
	Err(HttpError::Refused {
		endpoint: endpoint.into(),
		status: status.as_u16(),
		reason: said.error.unwrap_or_else(|| {
			status.canonical_reason().unwrap_or("it gave no reason").to_lowercase()
		}),
		hint: said.hint,
	})
}

/// What a provider says of its refusal.
async fn explanation(mut response: Response) -> Explanation {
	let mut text = Vec::new();
	while let Ok(Ok(Some(piece))) = tokio::time::timeout(ANSWER, response.chunk()).await {
		text.extend_from_slice(&piece);
		if text.len() > MAX_EXPLANATION {
			break;
		}
	}
	serde_json::from_slice(&text).unwrap_or_default()
}

fn broken(endpoint: &str, error: &reqwest::Error) -> HttpError {
	HttpError::Unreachable { endpoint: endpoint.into(), reason: chain_of(error) }
}

fn malformed(endpoint: &str, reason: impl ToString) -> HttpError {
	HttpError::Malformed { endpoint: endpoint.into(), reason: reason.to_string() }
}

/// The innermost cause of an error, which tells most.
fn chain_of(error: &dyn std::error::Error) -> String {
	let mut innermost = error;
	while let Some(cause) = innermost.source() {
		innermost = cause;
	}
	innermost.to_string()
}
