// SPDX-License-Identifier: Apache-2.0
//! What can go wrong between a program and a chain.

use sp_core::H256;
use terrace_layers::ChainId;

/// Why a chain could not be asked, or did not do what it was asked for.
///
/// A node that cannot be reached, a node that says something false and a chain that refuses are
/// different variants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
	/// There is no connection, and none could be made; try again later.
	#[error("{url} cannot be reached: {reason}")]
	Unreachable {
		/// Address of the node.
		url: String,
		/// What went wrong.
		reason: String,
	},
	/// The node is connected and silent.
	#[error("{url} did not answer {method} within {seconds} s")]
	Timeout {
		/// Address of the node.
		url: String,
		/// What it was asked.
		method: String,
		/// How long it had.
		seconds: u64,
	},
	/// The node answered with an error.
	#[error("{url} refused {method}: {message} ({code})")]
	Refused {
		/// Address of the node.
		url: String,
		/// What it was asked.
		method: String,
		/// JSON-RPC error code.
		code: i32,
		/// What it says.
		message: String,
	},
	/// The node's answer cannot be read.
	#[error("{url} answered {method} with something unreadable: {reason}")]
	Malformed {
		/// Address of the node.
		url: String,
		/// What it was asked.
		method: String,
		/// What is wrong with the answer.
		reason: String,
	},
	/// After a new connection another chain answers at the address.
	#[error("{url} is chain {found} now, it was chain {expected}")]
	WrongChain {
		/// Address of the node.
		url: String,
		/// Chain that answers.
		found: ChainId,
		/// Chain that answered before.
		expected: ChainId,
	},
	/// The chain's runtime lacks something; it may be no Terrace chain, or of another release.
	#[error("the chain at {url} has no {what}")]
	Unsupported {
		/// Address of the node.
		url: String,
		/// What is missing.
		what: String,
	},
	/// The transaction pool did not take the transaction, or dropped it.
	#[error("the transaction was rejected: {reason}")]
	Rejected {
		/// What the pool says.
		reason: String,
		/// Whether it came too late: what it should do is done already.
		stale: bool,
	},
	/// The transaction got into a block and failed there.
	#[error("{pallet}.{name}{}{docs}", if docs.is_empty() { "" } else { ": " })]
	Dispatch {
		/// Pallet that failed, or kind of the failure.
		pallet: String,
		/// Name of the error.
		name: String,
		/// What its documentation says.
		docs: String,
	},
	/// The transaction was sent and never seen in a block.
	#[error("transaction {extrinsic:?} did not get into a block within {seconds} s")]
	Lost {
		/// Hash of the transaction.
		extrinsic: H256,
		/// How long it had.
		seconds: u64,
	},
	/// A secret cannot be used.
	#[error("the account's secret cannot be used: {0}")]
	Secret(String),
}

impl Error {
	/// What a person can do about it.
	pub fn hint(&self) -> Option<&'static str> {
		Some(match self {
			Error::Unreachable { .. } => "check the address and that the node is running",
			Error::Timeout { .. } => "the node may be overloaded; try again",
			Error::WrongChain { .. } => "check which node listens at that address",
			Error::Unsupported { .. } => {
				"check that the address is of the right chain, and that this program is as new \
				 as the chain"
			}
			Error::Rejected { stale: true, .. } => "look whether it is done already, and try again",
			Error::Lost { .. } => "look whether it was included later before you try again",
			Error::Secret(_) => {
				"give a secret phrase, 0x and 64 hexadecimal digits, or a test key like //Alice"
			}
			Error::Refused { .. }
			| Error::Malformed { .. }
			| Error::Rejected { .. }
			| Error::Dispatch { .. } => return None,
		})
	}

	/// Whether the chain refused with this error of this pallet.
	pub fn is_dispatch(&self, in_pallet: &str, called: &str) -> bool {
		matches!(self, Error::Dispatch { pallet, name, .. } if pallet == in_pallet && name == called)
	}

	/// Whether the same question may be answered later.
	pub fn is_transient(&self) -> bool {
		matches!(self, Error::Unreachable { .. } | Error::Timeout { .. })
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn dispatch_errors_read_well() {
		let error = |docs: &str| Error::Dispatch {
			pallet: "StorageContracts".into(),
			name: "NotEnded".into(),
			docs: docs.into(),
		};
		assert_eq!(error("").to_string(), "StorageContracts.NotEnded");
		assert_eq!(error("Wait.").to_string(), "StorageContracts.NotEnded: Wait.");
		assert!(error("").is_dispatch("StorageContracts", "NotEnded"));
		assert!(!error("").is_dispatch("StorageContracts", "NotClient"));
	}

	#[test]
	fn only_silence_is_transient() {
		let reason = String::new();
		assert!(Error::Unreachable { url: "x".into(), reason: reason.clone() }.is_transient());
		assert!(!Error::Rejected { reason, stale: true }.is_transient());
	}
}
