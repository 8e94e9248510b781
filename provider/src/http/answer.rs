// SPDX-License-Identifier: Apache-2.0
//! Errors as clients read them: a status, what is wrong, and what to do.

use crate::{store::Refusal, Error, LOG_TARGET};
use axum::{
	http::StatusCode,
	response::{IntoResponse, Response},
	Json,
};
use serde_json::json;

/// A request that was not fulfilled.
#[derive(Debug)]
pub struct Failure {
	status: StatusCode,
	error: String,
	hint: &'static str,
}

impl Failure {
	/// With a status, what is wrong and what to do.
	pub fn new(status: StatusCode, error: impl Into<String>, hint: &'static str) -> Self {
		Self { status, error: error.into(), hint }
	}
}

impl IntoResponse for Failure {
	fn into_response(self) -> Response {
		(self.status, Json(json!({ "error": self.error, "hint": self.hint }))).into_response()
	}
}

impl From<Error> for Failure {
	fn from(error: Error) -> Self {
		tracing::warn!(target: LOG_TARGET, %error, "a request failed");
		match error {
			Error::Chain(error) => {
				Self::new(StatusCode::BAD_GATEWAY, error.to_string(), "try again")
			}
			error => Self::new(
				StatusCode::INTERNAL_SERVER_ERROR,
				error.to_string(),
				"choose another provider",
			),
		}
	}
}

impl From<terrace_client::Error> for Failure {
	fn from(error: terrace_client::Error) -> Self {
		Error::from(error).into()
	}
}

impl From<Refusal> for Failure {
	fn from(refusal: Refusal) -> Self {
		match refusal {
			Refusal::Length { received, expected } if received > expected => Self::new(
				StatusCode::PAYLOAD_TOO_LARGE,
				refusal.to_string(),
				"upload exactly the file that was proposed",
			),
			Refusal::Length { .. } | Refusal::Content { .. } => Self::new(
				StatusCode::UNPROCESSABLE_ENTITY,
				refusal.to_string(),
				"upload exactly the file that was proposed; it may have changed since",
			),
			Refusal::Store(error) => error.into(),
		}
	}
}
