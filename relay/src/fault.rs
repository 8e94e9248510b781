// SPDX-License-Identifier: Apache-2.0
//! What can be wrong with a node, none of which ends a relay.

use sp_core::H256;
use std::time::Duration;
use terrace_client::Error;
use terrace_layers::ChainId;

/// What is wrong, and with which node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
	/// It did not answer, or not as it should.
	#[error(transparent)]
	Node(#[from] Error),
	/// It belongs to another chain than the edge.
	#[error("{url} is chain {found}, and chain {expected} is wanted; check the addresses")]
	OtherChain { url: String, found: ChainId, expected: ChainId },
	/// The child's node names no parent.
	#[error("chain {chain} at {url} has no parent: it is a main chain; check the child's address")]
	NoParent { url: String, chain: ChainId },
	/// It lacks blocks that are proven final elsewhere.
	#[error("{url} is behind: its newest final block is {finalized}, and {proven} is proven")]
	Behind { url: String, finalized: u32, proven: u32 },
	/// It tells of no new final blocks.
	#[error("{url} has had no new final block for {} s", waited.as_secs())]
	Stalled { url: String, waited: Duration },
	/// It ended the stream of justifications.
	#[error("{url} ended the stream of justifications")]
	Ended { url: String },
	/// It speaks of final blocks, and has nothing that proves one.
	#[error("{url} says that block {block} is final, and has no proof of that or a newer one")]
	Unproven { url: String, block: u32 },
	/// It has forgotten how authorities were replaced.
	#[error(
		"{url} does not keep what proves the end of authority set {set_id} after block {known}; \
		 add the address of a node that keeps all blocks (--blocks-pruning archive-canonical)"
	)]
	Pruned { url: String, set_id: u64, known: u32 },
	/// It has another block under a hash.
	#[error("{url} was asked for block {asked:?} and answered with {found:?}")]
	OtherBlock { url: String, asked: H256, found: H256 },
	/// It lacks messages of a lane that it says were sent.
	#[error("{url} has {found} of {wanted} messages from nonce {from} on at block {block}")]
	MissingMessages { url: String, found: usize, wanted: u64, from: u64, block: u32 },
	/// Its messages are not those that its chain has committed to.
	#[error("{url} has other messages of lane {lane} from nonce {from} on than were sent")]
	OtherMessages { url: String, lane: u8, from: u64 },
	/// Calls made of what it says, or which it judges, are refused again and again.
	#[error("calls are refused again and again; {url} may be at fault")]
	NotTaken { url: String },
	/// It told of a transaction in a final block that had no effect.
	#[error("{url} said that a call is in a final block, and the chain is as it was before")]
	Ineffective { url: String },
	/// It has another block where the other chain has proven one, and no votes for it.
	#[error(
		"{url} has another block {block} than the one that is proven final, and no proof of it"
	)]
	Branched { url: String, block: u32 },
	/// It does not know the block from which the chain is to be followed anew.
	#[error(
		"a recovery leads to block {block}, which {url} does not know as it is described; \
		 it is neither proposed nor applied"
	)]
	ForeignRecovery { url: String, block: u32 },
	/// What authorities are said to have signed cannot be used.
	#[error("recovery {url} cannot be used: {reason}")]
	BadRecovery { url: String, reason: String },
	/// The value of a record cannot be read.
	#[error("{url} keeps {what} in a form that cannot be read")]
	Unreadable { url: String, what: &'static str },
}

impl Fault {
	/// Short name, for figures and for saying each kind once.
	pub fn kind(&self) -> &'static str {
		match self {
			Fault::Node(error) => kind_of(error),
			Fault::OtherChain { .. } => "other_chain",
			Fault::NoParent { .. } => "no_parent",
			Fault::Behind { .. } => "behind",
			Fault::Stalled { .. } => "stalled",
			Fault::Ended { .. } => "ended",
			Fault::Unproven { .. } => "unproven",
			Fault::Pruned { .. } => "pruned",
			Fault::Ineffective { .. } => "ineffective",
			Fault::NotTaken { .. } => "not_taken",
			Fault::Branched { .. } => "branched",
			Fault::ForeignRecovery { .. } | Fault::BadRecovery { .. } => "recovery",
			Fault::OtherBlock { .. }
			| Fault::MissingMessages { .. }
			| Fault::OtherMessages { .. }
			| Fault::Unreadable { .. } => "malformed",
		}
	}

	/// Address of the node; `None` if it is about a transaction.
	pub fn url(&self) -> Option<&str> {
		match self {
			Fault::Node(error) => url_of(error),
			Fault::OtherChain { url, .. }
			| Fault::NoParent { url, .. }
			| Fault::Behind { url, .. }
			| Fault::Stalled { url, .. }
			| Fault::Ended { url }
			| Fault::Unproven { url, .. }
			| Fault::Pruned { url, .. }
			| Fault::OtherBlock { url, .. }
			| Fault::MissingMessages { url, .. }
			| Fault::OtherMessages { url, .. }
			| Fault::NotTaken { url }
			| Fault::Branched { url, .. }
			| Fault::ForeignRecovery { url, .. }
			| Fault::BadRecovery { url, .. }
			| Fault::Ineffective { url }
			| Fault::Unreadable { url, .. } => Some(url),
		}
	}
}

/// Short name of an error.
pub(crate) fn kind_of(error: &Error) -> &'static str {
	match error {
		Error::Unreachable { .. } => "unreachable",
		Error::Timeout { .. } => "timeout",
		Error::Refused { .. } => "refused",
		Error::Malformed { .. } => "malformed",
		Error::WrongChain { .. } => "other_chain",
		Error::Unsupported { .. } => "unsupported",
		Error::Rejected { .. } => "rejected",
		Error::Dispatch { .. } => "dispatch",
		Error::Lost { .. } => "lost",
		Error::Secret(_) => "secret",
	}
}

fn url_of(error: &Error) -> Option<&str> {
	match error {
		Error::Unreachable { url, .. }
		| Error::Timeout { url, .. }
		| Error::Refused { url, .. }
		| Error::Malformed { url, .. }
		| Error::WrongChain { url, .. }
		| Error::Unsupported { url, .. } => Some(url),
		Error::Rejected { .. } | Error::Dispatch { .. } | Error::Lost { .. } | Error::Secret(_) => {
			None
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn fault_names_its_node() {
		let silent = Error::Timeout { url: "ws://a".into(), method: "m".into(), seconds: 1 };
		assert_eq!(Fault::from(silent).url(), Some("ws://a"));
		let late = Error::Rejected { reason: "outdated".into(), stale: true };
		assert_eq!(Fault::from(late).url(), None);
		assert_eq!(Fault::Ended { url: "ws://b".into() }.url(), Some("ws://b"));
	}

	#[test]
	fn pruned_node_is_told_what_to_do() {
		let text = Fault::Pruned { url: "ws://a".into(), set_id: 3, known: 90 }.to_string();
		for part in ["ws://a", "set 3", "block 90", "--blocks-pruning archive-canonical"] {
			assert!(text.contains(part), "{part} is not in: {text}");
		}
	}
}
