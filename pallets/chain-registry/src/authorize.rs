// SPDX-License-Identifier: Apache-2.0
//! Calls without an account: verified in full before anybody takes them.

use crate::*;
use codec::Encode;
use frame_support::{
	ensure,
	pallet_prelude::{
		InvalidTransaction, TransactionSource, TransactionValidityError,
		TransactionValidityWithRefund, UnknownTransaction, ValidTransaction,
	},
	storage::{with_transaction, TransactionOutcome},
	traits::Get,
	weights::Weight,
};
use sp_consensus_grandpa::{AuthoritySignature, Equivocation};
use sp_core::H256;
use sp_runtime::DispatchError;
use terrace_layers::{
	Authorities, ChainId, Checkpoint, FinalityProof, FreeRelaying, Header, Neighbours,
};

/// Blocks that a call stays in a pool.
const LONGEVITY: u64 = 64;
/// Priority of what concerns the links themselves, above that of headers.
const URGENT: u64 = 1 << 32;

fn valid(priority: u64, tag: impl Encode) -> TransactionValidityWithRefund {
	ValidTransaction::with_tag_prefix("terrace/finality")
		.and_provides(tag)
		.priority(priority)
		.longevity(LONGEVITY)
		.propagate(true)
		.build()
		.map(|valid| (valid, Weight::zero()))
}

impl<T: Config> Pallet<T> {
	/// Lets finality without an account into the pool after all checks.
	///
	/// A pool sees the state after a finished block, whose budget says nothing of the next one; so the
	/// budget is looked at only where the call would be applied.
	pub(crate) fn authorize_finality(
		source: TransactionSource,
		chain: &ChainId,
		proofs: &[FinalityProof],
	) -> TransactionValidityWithRefund {
		ensure!(T::Accountless::get() && !proofs.is_empty(), InvalidTransaction::Call);
		let fits = source != TransactionSource::InBlock
			|| Self::fits(chain, Self::weight_of_batch(proofs));
		ensure!(fits, InvalidTransaction::ExhaustsResources);
		let before = <Self as Neighbours>::best_number(chain).unwrap_or_default();
		// What a header of a batch may do depends on what those before it wrote.
		let tried = with_transaction(|| {
			TransactionOutcome::Rollback(Ok::<_, DispatchError>(Self::try_import(chain, proofs)))
		});
		let number = tried.map_err(|_| UnknownTransaction::CannotLookup)??;
		valid(number.saturating_sub(before).into(), (chain, number))
	}

	/// Imports headers in their order if that is free; returns the number of the last one.
	fn try_import(
		chain: &ChainId,
		proofs: &[FinalityProof],
	) -> Result<u32, TransactionValidityError> {
		let mut number = 0;
		for (at, proof) in (1..).zip(proofs) {
			let imported = Self::import_header(chain, proof).map_err(|error| match error {
				// A batch with a gap stays one, whatever else is imported.
				Error::WrongSetId if at > 1 => InvalidTransaction::BadProof.into(),
				error => refusal(error),
			})?;
			let free = Self::is_free_at(&imported, at == proofs.len());
			ensure!(free, InvalidTransaction::Payment);
			number = imported.number;
		}
		Ok(number)
	}

	pub(crate) fn authorize_expiry(chain: &ChainId) -> TransactionValidityWithRefund {
		ensure!(T::Accountless::get(), InvalidTransaction::Call);
		Self::check_expiry(chain).map_err(refusal)?;
		valid(URGENT, ("expire", chain))
	}

	pub(crate) fn authorize_recovery(
		checkpoint: &Checkpoint,
		signatures: &[(u32, AuthoritySignature)],
	) -> TransactionValidityWithRefund {
		ensure!(T::Accountless::get(), InvalidTransaction::Call);
		Self::check_recovery(checkpoint, signatures).map_err(refusal)?;
		valid(URGENT, ("recover", checkpoint.number))
	}

	pub(crate) fn authorize_applying() -> TransactionValidityWithRefund {
		ensure!(T::Accountless::get(), InvalidTransaction::Call);
		let (client, recovery) = Self::check_due().map_err(refusal)?;
		valid(URGENT, ("apply", client.incarnation, recovery.checkpoint.number))
	}

	pub(crate) fn authorize_equivocation(
		chain: &ChainId,
		set_id: u64,
		set: &Authorities,
		equivocation: &Equivocation<H256, u32>,
		headers: [&Header; 2],
	) -> TransactionValidityWithRefund {
		ensure!(T::Accountless::get(), InvalidTransaction::Call);
		let (_, key) =
			Self::check_equivocation(chain, set_id, set, equivocation, headers).map_err(refusal)?;
		valid(URGENT, key)
	}

	pub(crate) fn authorize_fork(
		chain: &ChainId,
		set: &Authorities,
		proof: &FinalityProof,
		ancestry: &[Header],
	) -> TransactionValidityWithRefund {
		ensure!(T::Accountless::get(), InvalidTransaction::Call);
		Self::check_fork(chain, set, proof, ancestry).map_err(refusal)?;
		valid(URGENT, ("fork", chain))
	}
}

/// What the pool is told of a call that does not verify.
pub(crate) fn refusal<T>(error: Error<T>) -> TransactionValidityError {
	match error {
		Error::Obsolete | Error::EvidenceUsed | Error::AlreadyPending => {
			InvalidTransaction::Stale.into()
		}
		// Pools shun what is invalid for a long time; these may verify a block later, after a
		// registration, a resumption, a missing hand-over, or some more time.
		Error::UnknownChain
		| Error::NotActive
		| Error::Expired
		| Error::WrongSetId
		| Error::TooManySets
		| Error::NotOverdue
		| Error::ParentIsHeard
		| Error::NotDue
		| Error::StaleEvidence
		| Error::NothingToSlash => UnknownTransaction::CannotLookup.into(),
		Error::TooLarge | Error::EmptyBatch => InvalidTransaction::Call.into(),
		_ => InvalidTransaction::BadProof.into(),
	}
}
