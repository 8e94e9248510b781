// SPDX-License-Identifier: Apache-2.0
//! Serving blobs.

use super::{
	answer::Failure,
	range::{parse, Wanted},
	Service,
};
use crate::store::stream_of;
use axum::{
	body::Body,
	extract::{Path, State},
	http::{header, HeaderMap, Method, StatusCode},
	response::{IntoResponse, Response},
};
use terrace_possession::ContentId;

/// `GET` and `HEAD /blobs/{root}`.
pub async fn get(
	State(service): State<Service>,
	Path(root): Path<String>,
	method: Method,
	headers: HeaderMap,
) -> Result<Response, Failure> {
	let root: ContentId = root.parse().map_err(|_| {
		Failure::new(
			StatusCode::BAD_REQUEST,
			"this is no content id",
			"give 64 hexadecimal digits, as b3sum prints them",
		)
	})?;
	let size = service.store.size_of(&root)?.ok_or_else(|| {
		Failure::new(StatusCode::NOT_FOUND, format!("no blob {root} here"), "ask its provider")
	})?;
	let wanted = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
	let (status, range) = match parse(wanted, size) {
		Wanted::All => (StatusCode::OK, 0..size),
		Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
		Wanted::Unsatisfiable => {
			let all = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
			return Ok((StatusCode::RANGE_NOT_SATISFIABLE, all).into_response());
		}
	};
	let length = range.end.saturating_sub(range.start);
	let mut response = Response::builder()
		.status(status)
		.header(header::CONTENT_TYPE, "application/octet-stream")
		.header(header::ACCEPT_RANGES, "bytes")
		.header(header::ETAG, format!("\"{root}\""))
		.header(header::CONTENT_LENGTH, length);
	if status == StatusCode::PARTIAL_CONTENT {
		let span = format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1));
		response = response.header(header::CONTENT_RANGE, span);
	}
	let body = if method == Method::HEAD {
		Body::empty()
	} else {
		service.metrics.served.inc_by(length);
		Body::from_stream(stream_of(service.store.read(&root, Some(range)).await?))
	};
	response.body(body).map_err(|error| {
		Failure::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string(), "try again")
	})
}
