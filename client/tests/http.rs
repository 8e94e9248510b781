// SPDX-License-Identifier: Apache-2.0
//! Uploads and downloads against a server that answers what each test tells it to.

use futures::StreamExt;
use std::{
	io::Cursor,
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
};
use terrace_client::http::{endpoint_url, Http, HttpError, Upload};
use terrace_layers::{ContractId, Endpoint};
use terrace_possession::ContentId;
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::TcpListener,
	task::JoinHandle,
};

/// What a server got: the head of the request and its body.
struct Got {
	head: String,
	body: Vec<u8>,
}

/// A server for one request; reads at most `take` bytes of the body before it answers.
async fn serve(take: usize, answer: Vec<u8>) -> (String, JoinHandle<Got>) {
	let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
	let endpoint = format!("http://{}", listener.local_addr().expect("bound"));
	let task = tokio::spawn(async move {
		let (mut socket, _) = listener.accept().await.expect("a client");
		let mut bytes = Vec::new();
		let head_end = loop {
			if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
				break end + 4;
			}
			socket.read_buf(&mut bytes).await.expect("a head");
		};
		let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
		let wanted = content_length(&head).unwrap_or(0).min(take);
		while bytes.len() - head_end < wanted {
			if socket.read_buf(&mut bytes).await.expect("a body") == 0 {
				break;
			}
		}
		socket.write_all(&answer).await.expect("answered");
		socket.shutdown().await.ok();
		// Whatever else comes is read and thrown away, so that the answer is not lost.
		let mut rest = vec![0; 65536];
		while socket.read(&mut rest).await.is_ok_and(|read| read > 0) {}
		Got { head, body: bytes[head_end..].to_vec() }
	});
	(endpoint, task)
}

fn content_length(head: &str) -> Option<usize> {
	let line = head.lines().find(|line| line.to_lowercase().starts_with("content-length:"))?;
	line.split_once(':')?.1.trim().parse().ok()
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
	let length = body.len();
	let head = format!(
		"HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n"
	);
	[head.as_bytes(), body].concat()
}

fn data(size: usize) -> Vec<u8> {
	(0..size).map(|index| (index % 253) as u8).collect()
}

/// Uploads `sent` under the content id of `promised`.
async fn upload(endpoint: &str, promised: &[u8], sent: Vec<u8>) -> (Result<(), HttpError>, u64) {
	let upload = Upload {
		endpoint,
		contract: ContractId(7),
		root: ContentId::of(promised),
		size: promised.len() as u64,
	};
	let count = Arc::new(AtomicU64::new(0));
	let counter = count.clone();
	let progress = move |bytes| {
		counter.fetch_add(bytes, Ordering::Relaxed);
	};
	let http = Http::new().expect("a client");
	let result = http.upload(upload, Cursor::new(sent), progress).await;
	(result, count.load(Ordering::Relaxed))
}

#[tokio::test]
async fn upload_sends_length_and_all_bytes() {
	let blob = data(1_000_003);
	let (endpoint, server) = serve(usize::MAX, answer("201 Created", "", b"")).await;
	let (result, count) = upload(&format!("{endpoint}/"), &blob, blob.clone()).await;
	result.expect("taken");
	assert_eq!(count, blob.len() as u64);
	let got = server.await.expect("served");
	assert!(got.head.starts_with("PUT /contracts/7 HTTP/1.1"), "{}", got.head);
	assert_eq!(content_length(&got.head), Some(blob.len()));
	assert!(!got.head.to_lowercase().contains("transfer-encoding"), "{}", got.head);
	assert!(got.body == blob);
}

#[tokio::test]
async fn refusal_carries_what_the_provider_says() {
	let said = br#"{"error":"not enough room","hint":"choose another provider"}"#;
	let (endpoint, _server) = serve(usize::MAX, answer("413 Payload Too Large", "", said)).await;
	let blob = data(10);
	let (result, _) = upload(&endpoint, &blob, blob.clone()).await;
	let Err(HttpError::Refused { status, reason, hint, .. }) = result else {
		panic!("refused: {result:?}")
	};
	assert_eq!((status, reason.as_str()), (413, "not enough room"));
	assert_eq!(hint.as_deref(), Some("choose another provider"));
}

#[tokio::test]
async fn refusal_before_the_end_of_a_large_upload_is_understood() {
	let said = br#"{"error":"no such proposal","hint":null}"#;
	let (endpoint, _server) = serve(0, answer("404 Not Found", "", said)).await;
	let blob = data(20_000_000);
	let (result, _) = upload(&endpoint, &blob, blob.clone()).await;
	assert_eq!(result.expect_err("refused").status(), Some(404));
}

#[tokio::test]
async fn changed_file_is_noticed_whatever_the_provider_says() {
	let blob = data(100_000);
	let mut other = blob.clone();
	other[50_000] ^= 1;
	for status in ["201 Created", "422 Unprocessable Content"] {
		let (endpoint, _server) = serve(usize::MAX, answer(status, "", b"{}")).await;
		let (result, _) = upload(&endpoint, &blob, other.clone()).await;
		assert!(matches!(result, Err(HttpError::Changed { .. })), "{status}: {result:?}");
	}
}

#[tokio::test]
async fn shortened_file_is_noticed() {
	let blob = data(100_000);
	let (endpoint, _server) = serve(usize::MAX, answer("400 Bad Request", "", b"")).await;
	let (result, _) = upload(&endpoint, &blob, blob[..60_000].to_vec()).await;
	assert!(matches!(result, Err(HttpError::Changed { .. })), "{result:?}");
}

#[tokio::test]
async fn grown_file_is_sent_up_to_its_size() {
	let blob = data(100_000);
	let longer = data(120_000);
	let (endpoint, server) = serve(usize::MAX, answer("201 Created", "", b"")).await;
	let (result, count) = upload(&endpoint, &blob, longer).await;
	result.expect("the beginning is the same");
	assert_eq!(count, 100_000);
	assert!(server.await.expect("served").body == blob);
}

#[tokio::test]
async fn nobody_listening_is_told() {
	let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
	let endpoint = format!("http://{}", listener.local_addr().expect("bound"));
	drop(listener);
	let http = Http::new().expect("a client");
	let error = http.health(&endpoint).await.expect_err("nobody is there");
	assert!(matches!(error, HttpError::Unreachable { .. }), "{error}");
	assert!(error.to_string().contains(&endpoint), "{error}");
}

#[tokio::test]
async fn health_is_read() {
	let body = serde_json::json!({
		"status": "ok",
		"provider": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
		"chain": format!("0x{}", "11".repeat(32)),
		"free_bytes": 17_179_869_184u64,
		"more": true,
	});
	let answer = answer("200 OK", "", body.to_string().as_bytes());
	let (endpoint, server) = serve(0, answer).await;
	let health = Http::new().expect("a client").health(&endpoint).await.expect("an answer");
	assert_eq!((health.status.as_str(), health.free_bytes), ("ok", 17_179_869_184));
	assert_eq!(health.chain.0, sp_core::H256::repeat_byte(0x11));
	assert!(server.await.expect("served").head.starts_with("GET /health "));
}

#[tokio::test]
async fn answer_that_is_no_health_is_malformed() {
	let (endpoint, _server) = serve(0, answer("200 OK", "", b"<html>")).await;
	let error = Http::new().expect("a client").health(&endpoint).await.expect_err("nonsense");
	assert!(matches!(error, HttpError::Malformed { .. }), "{error}");
}

#[tokio::test]
async fn size_of_missing_blob_is_none() {
	let http = Http::new().expect("a client");
	let root = ContentId::of(b"x");
	let (endpoint, _server) = serve(0, answer("404 Not Found", "", b"")).await;
	assert_eq!(http.size_of(&endpoint, &root).await.expect("an answer"), None);
	let (endpoint, server) = serve(0, b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n".into()).await;
	assert_eq!(http.size_of(&endpoint, &root).await.expect("an answer"), Some(5));
	drop(http);
	let head = server.await.expect("served").head;
	assert!(head.starts_with(&format!("HEAD /blobs/{root} ")), "{head}");
}

async fn download(endpoint: &str, offset: u64) -> Result<Vec<u8>, HttpError> {
	let http = Http::new().expect("a client");
	let mut pieces = http.download(endpoint, &ContentId::of(b"x"), offset).await?;
	let mut all = Vec::new();
	while let Some(piece) = pieces.next().await {
		all.extend_from_slice(&piece?);
	}
	Ok(all)
}

#[tokio::test]
async fn download_streams_all_bytes() {
	let blob = data(3_000_000);
	let (endpoint, server) = serve(0, answer("200 OK", "", &blob)).await;
	assert!(download(&endpoint, 0).await.expect("all") == blob);
	assert!(!server.await.expect("served").head.to_lowercase().contains("range:"));
}

#[tokio::test]
async fn download_goes_on_where_it_was_broken_off() {
	let blob = data(1_000);
	let headers = "content-range: bytes 400-999/1000\r\n";
	let partial = answer("206 Partial Content", headers, &blob[400..]);
	let (endpoint, server) = serve(0, partial).await;
	assert!(download(&endpoint, 400).await.expect("the rest") == blob[400..]);
	assert!(server.await.expect("served").head.contains("bytes=400-"));
}

#[tokio::test]
async fn download_from_the_start_is_not_taken_for_the_rest() {
	let (endpoint, _server) = serve(0, answer("200 OK", "", &data(1_000))).await;
	let error = download(&endpoint, 400).await.expect_err("the wrong part");
	assert!(matches!(error, HttpError::Malformed { .. }), "{error}");
}

#[tokio::test]
async fn broken_download_is_an_error() {
	let mut cut = answer("200 OK", "", &data(1_000));
	cut.truncate(cut.len() - 100);
	let (endpoint, _server) = serve(0, cut).await;
	let error = download(&endpoint, 0).await.expect_err("100 bytes are missing");
	assert!(matches!(error, HttpError::Unreachable { .. }), "{error}");
}

#[test]
fn only_web_addresses_are_endpoints() {
	let url = |text: &str| endpoint_url(&Endpoint::truncate_from(text.as_bytes().to_vec()));
	assert_eq!(url("http://127.0.0.1:8080/"), Some("http://127.0.0.1:8080".into()));
	assert_eq!(url("https://provider.example/base"), Some("https://provider.example/base".into()));
	for wrong in ["", "ftp://a", "file:///etc/passwd", "127.0.0.1:80", "http://"] {
		assert_eq!(url(wrong), None, "{wrong}");
	}
}
