// SPDX-License-Identifier: Apache-2.0
//! Lets pages of any origin read and upload: nothing here depends on who asks.
//!
//! No cookie and no password is ever looked at, so a page can do no more than any other program.

use axum::{
	extract::Request,
	http::{header, HeaderMap, HeaderValue, Method, StatusCode},
	middleware::Next,
	response::{IntoResponse, Response},
};

/// Answers what browsers ask before a request, and marks every other answer as readable.
pub async fn share(request: Request, next: Next) -> Response {
	let asks = request.method() == Method::OPTIONS
		&& request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
	let mut response = match asks {
		true => StatusCode::NO_CONTENT.into_response(),
		false => next.run(request).await,
	};
	let headers = response.headers_mut();
	set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
	if asks {
		set(headers, header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, PUT");
		set(headers, header::ACCESS_CONTROL_ALLOW_HEADERS, "content-range, content-type, range");
		set(headers, header::ACCESS_CONTROL_MAX_AGE, "600");
	} else {
		let told = "accept-ranges, content-length, content-range, etag, upload-offset";
		set(headers, header::ACCESS_CONTROL_EXPOSE_HEADERS, told);
	}
	response
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &'static str) {
	headers.insert(name, HeaderValue::from_static(value));
}
