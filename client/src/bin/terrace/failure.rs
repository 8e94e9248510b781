// SPDX-License-Identifier: Apache-2.0
//! How a command fails: an exit code for programs, a reason and a hint for people.

use serde_json::{json, Map, Value};
use std::io::Write;
use terrace_client::{http::HttpError, register::RegisterError, transfer::TransferError, Error};

/// What every exit code means, for `--help`.
pub const EXIT_CODES: &str = "Exit codes:
  0    done
  1    failed
  2    wrong command line
  3    a provider cannot be reached, or refused
  4    the account's balance is too low
  5    a proposal was not accepted in time
  6    the data is not what it should be
  130  interrupted";

/// The exit code of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
	/// Done.
	Done,
	/// Failed for a reason that has no code of its own.
	Failed,
	/// Wrong command line.
	Usage,
	/// A provider cannot be reached, or refused.
	Provider,
	/// The account's balance is too low.
	Balance,
	/// A proposal was not accepted in time.
	NotAccepted,
	/// The data is not what it should be.
	Mismatch,
	/// Interrupted by a signal.
	Interrupted,
}

impl Exit {
	/// The code.
	pub const fn code(self) -> i32 {
		match self {
			Exit::Done => 0,
			Exit::Failed => 1,
			Exit::Usage => 2,
			Exit::Provider => 3,
			Exit::Balance => 4,
			Exit::NotAccepted => 5,
			Exit::Mismatch => 6,
			Exit::Interrupted => 130,
		}
	}
}

/// Why a command failed.
#[derive(Clone, Debug)]
pub struct Failure {
	/// The exit code.
	pub exit: Exit,
	/// What is wrong.
	pub message: String,
	/// What to do about it.
	pub hint: Option<String>,
	/// What was achieved nevertheless, for programs.
	pub details: Map<String, Value>,
}

impl Failure {
	/// A failure without a hint.
	pub fn new(exit: Exit, message: impl Into<String>) -> Self {
		Self { exit, message: message.into(), hint: None, details: Map::new() }
	}

	/// The same with a hint.
	pub fn hint(mut self, hint: impl Into<String>) -> Self {
		self.hint = Some(hint.into());
		self
	}

	/// The same with one more sentence.
	pub fn and(mut self, more: impl AsRef<str>) -> Self {
		self.message = format!("{}; {}", self.message, more.as_ref());
		self
	}

	/// The same with something for programs.
	pub fn detail(mut self, name: &str, value: Value) -> Self {
		self.details.insert(name.into(), value);
		self
	}

	/// As one JSON document.
	pub fn to_json(&self) -> Value {
		let mut document = self.details.clone();
		document.insert("error".into(), json!(self.message));
		document.insert("hint".into(), json!(self.hint));
		Value::Object(document)
	}

	/// Tells programs on standard output, people on standard error.
	pub fn print(&self, as_json: bool) {
		if as_json {
			let _ = writeln!(std::io::stdout(), "{:#}", self.to_json());
			return;
		}
		let mut stderr = std::io::stderr();
		let _ = writeln!(stderr, "error: {}", self.message);
		if let Some(hint) = &self.hint {
			let _ = writeln!(stderr, "hint: {hint}");
		}
	}
}

impl From<Error> for Failure {
	fn from(error: Error) -> Self {
		let poor = match &error {
			Error::Dispatch { pallet, name, .. } => {
				pallet == "Token" && matches!(name.as_str(), "FundsUnavailable" | "NotExpendable")
					|| pallet == "Balances" && name == "InsufficientBalance"
			}
			Error::Rejected { reason, .. } => reason.contains("Inability to pay"),
			_ => false,
		};
		if poor {
			return Failure::new(
				Exit::Balance,
				format!("the account's balance is too low: {error}"),
			)
			.hint("see `terrace balance`; `terrace transfer --down` moves tokens down");
		}
		let hint = error.hint();
		let failure = Failure::new(Exit::Failed, error.to_string());
		match hint {
			Some(hint) => failure.hint(hint),
			None => failure,
		}
	}
}

impl From<HttpError> for Failure {
	fn from(error: HttpError) -> Self {
		let message = error.to_string();
		match error {
			HttpError::Unreachable { .. } | HttpError::Stalled { .. } => {
				Failure::new(Exit::Provider, message)
					.hint("try again later or choose another provider")
			}
			HttpError::Refused { hint, .. } => {
				let failure = Failure::new(Exit::Provider, message);
				match hint {
					Some(hint) => failure.hint(hint),
					None => failure.hint("choose another provider"),
				}
			}
			HttpError::Malformed { .. } => {
				Failure::new(Exit::Provider, message).hint("choose another provider")
			}
			HttpError::Changed { .. } => Failure::new(Exit::Mismatch, message)
				.hint("store it again when nothing writes to it"),
			HttpError::Unreadable(_) | HttpError::Unusable(_) => {
				Failure::new(Exit::Failed, message)
			}
		}
	}
}

impl From<TransferError> for Failure {
	fn from(error: TransferError) -> Self {
		let message = error.to_string();
		match error {
			TransferError::Chain(error) => error.into(),
			TransferError::NotNeighbours { .. } => Failure::new(Exit::Failed, message)
				.hint("register the chain below first: `terrace register-chain`"),
			TransferError::OnTheirWay { .. } => Failure::new(Exit::Failed, message).hint(
				"they arrive when a relay delivers them: see `terrace chains` for the lanes and \
				 `terrace balance` for the tokens",
			),
			TransferError::NotCredited { .. } => Failure::new(Exit::Failed, message)
				.hint("anyone can try it again with the call CrossLayer.redispatch"),
		}
	}
}

impl From<RegisterError> for Failure {
	fn from(error: RegisterError) -> Self {
		let message = error.to_string();
		let hint = match error {
			RegisterError::Chain(error) => return error.into(),
			RegisterError::Damaged(_) => {
				"make it again: `terrace-node export-genesis-proof --chain SPEC`"
			}
			RegisterError::Unsigned(_) | RegisterError::OtherRegistration { .. } => {
				"each authority signs with `terrace-node sign-registration --chain SPEC`; give all \
				 their files with --possession"
			}
			RegisterError::NoParent(_) => "a main chain needs no registration",
			RegisterError::OtherParent { .. } => {
				"check --parent-url, or make the chain spec again against this parent"
			}
			RegisterError::WrongLayer { .. } => "check --parent-url",
			RegisterError::AlreadyRegistered(_) => "nothing is left to do",
			RegisterError::CheckpointGone { .. } => {
				"make the chain spec again against the running parent, or ask a node that keeps \
				 all state"
			}
		};
		Failure::new(Exit::Failed, message).hint(hint)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn dispatch(pallet: &str, name: &str) -> Error {
		Error::Dispatch { pallet: pallet.into(), name: name.into(), docs: String::new() }
	}

	#[test]
	fn exit_codes_are_those_of_the_help() {
		use Exit::*;
		for exit in [Done, Failed, Usage, Provider, Balance, NotAccepted, Mismatch, Interrupted] {
			let line = format!("\n  {:<5}", exit.code());
			assert!(EXIT_CODES.contains(&line), "{exit:?}");
		}
		assert_eq!(EXIT_CODES.lines().count(), 1 + 8);
	}

	#[test]
	fn lack_of_tokens_has_its_own_code() {
		for (error, exit) in [
			(dispatch("Token", "FundsUnavailable"), Exit::Balance),
			(dispatch("Balances", "InsufficientBalance"), Exit::Balance),
			(dispatch("StorageContracts", "NotEnded"), Exit::Failed),
			(
				Error::Rejected {
					reason: "Inability to pay some fees (e.g. account balance too low)".into(),
					stale: false,
				},
				Exit::Balance,
			),
		] {
			assert_eq!(Failure::from(error).exit, exit);
		}
	}

	#[test]
	fn provider_trouble_has_its_own_code() {
		let endpoint = String::from("http://x");
		let gone = HttpError::Unreachable { endpoint: endpoint.clone(), reason: "no".into() };
		assert_eq!(Failure::from(gone).exit, Exit::Provider);
		let full = HttpError::Refused {
			endpoint,
			status: 413,
			reason: "full".into(),
			hint: Some("go away".into()),
		};
		let full = Failure::from(full);
		assert_eq!((full.exit, full.hint.as_deref()), (Exit::Provider, Some("go away")));
	}

	#[test]
	fn json_holds_error_hint_and_details() {
		let failure = Failure::new(Exit::Failed, "it broke")
			.and("badly")
			.hint("mend it")
			.detail("contracts", json!([1]));
		let expected = json!({ "error": "it broke; badly", "hint": "mend it", "contracts": [1] });
		assert_eq!(failure.to_json(), expected);
		let silent = Failure::new(Exit::Failed, "it broke").to_json();
		assert_eq!(silent, json!({ "error": "it broke", "hint": null }));
	}
}
