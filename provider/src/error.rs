// SPDX-License-Identifier: Apache-2.0
//! What can go wrong in the daemon.

use std::path::PathBuf;
use terrace_layers::{ChainId, Layer};

/// Why the daemon cannot do what it should.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// A chain cannot be asked, or has refused.
	#[error(transparent)]
	Chain(#[from] terrace_client::Error),
	/// The blob store fails.
	#[error("the blob store: {0}")]
	Blobs(#[from] object_store::Error),
	/// The database fails.
	#[error("the database: {0}")]
	Database(#[from] redb::Error),
	/// A file or socket cannot be used.
	#[error("{what}: {source}")]
	Io {
		/// What it was needed for.
		what: String,
		/// What the system says.
		source: std::io::Error,
	},
	/// The data folder is used by another process, or cannot be.
	#[error("the data folder {0} cannot be used: {1}")]
	DataFolder(PathBuf, String),
	/// A stored blob is not what it should be.
	#[error("blob {root} is damaged: {reason}")]
	Damaged {
		/// Its content id.
		root: String,
		/// What is wrong.
		reason: String,
	},
	/// An address belongs to a chain of another layer.
	#[error("{url} is a {found:?} chain, a {expected:?} chain was expected")]
	WrongLayer {
		/// The address.
		url: String,
		/// The layer that answers.
		found: Layer,
		/// The layer that should.
		expected: Layer,
	},
	/// A proof chain is not one of the contract chain's.
	#[error("proof chain {chain} at {url} is not registered with the contract chain")]
	ForeignProofChain {
		/// Its address.
		url: String,
		/// Its id.
		chain: ChainId,
	},
	/// The offer cannot be made.
	#[error("the offer cannot be made: {0}")]
	Offer(String),
}

macro_rules! from_redb {
	($($kind:ident),*) => {
		$(impl From<redb::$kind> for Error {
			fn from(error: redb::$kind) -> Self {
				Error::Database(error.into())
			}
		})*
	};
}

from_redb!(DatabaseError, TransactionError, TableError, StorageError, CommitError);

impl Error {
	/// Names what a system error was about.
	pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
		let what = what.into();
		move |source| Error::Io { what, source }
	}
}
