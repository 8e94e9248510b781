// SPDX-License-Identifier: Apache-2.0
//! Relay calls without an account: verified in full before anybody takes them.

use crate::{
	Acked, Config, DeadLetterNonces, DeadLetters, Edge, Error, LaneKey, Pallet, Relayed, Step,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
	ensure,
	pallet_prelude::{
		InvalidTransaction, TransactionPriority, TransactionSource, TransactionValidityError,
		TransactionValidityWithRefund, UnknownTransaction, ValidTransaction,
	},
	storage::{with_transaction, TransactionOutcome},
	traits::Get,
	weights::Weight,
};
use sp_runtime::{DispatchError, SaturatedConversion};
use terrace_layers::{FinalityClients, FreeRelaying, Imported, Neighbours, Relation};

/// Priority before messages are counted: above anything else that has no account, because all the
/// rest of a chain's work depends on what its neighbours say.
pub(crate) const BASE_PRIORITY: TransactionPriority = 1 << 20;
/// Blocks that a call stays in a pool: about as long as the header it refers to is kept.
const LONGEVITY: u64 = 64;

impl<T: Config> Pallet<T> {
	/// Verifies a relay call and writes nothing.
	///
	/// A pool sees the state after a finished block, whose budget says nothing of the next one; so the
	/// budget is looked at only where the call would be applied.
	pub(crate) fn authorize_relay(
		source: TransactionSource,
		call: &Relayed<'_>,
	) -> TransactionValidityWithRefund {
		ensure!(T::Accountless::get(), InvalidTransaction::Call);
		let fits = source != TransactionSource::InBlock
			|| T::Registry::fits(&call.chain, Self::whole_weight(call));
		ensure!(fits, InvalidTransaction::ExhaustsResources);
		let edge = Self::check_call(call).map_err(validity)?;
		ensure!(Self::has_room_to_fail(call, &edge), UnknownTransaction::CannotLookup);
		let imported = Self::verify_finality(call)?;
		let step = Self::check_proof(call, &edge, imported).map_err(validity)?;
		ensure!(Self::is_free(call, &step), InvalidTransaction::Payment);
		Ok((Self::valid(call, &edge, &step), Weight::zero()))
	}

	/// Tries to dispatch a message again, and writes nothing.
	///
	/// Only what a parent sent: there may be no accounts to try it from, and trying what a child has
	/// made to be heavy and to fail would cost everybody's pool much and the child nothing.
	pub(crate) fn authorize_redispatch(
		source: TransactionSource,
		key: LaneKey,
		nonce: u64,
	) -> TransactionValidityWithRefund {
		ensure!(T::Accountless::get(), InvalidTransaction::Call);
		let from_parent = T::Registry::relation(&key.0) == Some(Relation::Parent);
		ensure!(from_parent, InvalidTransaction::Call);
		let fits = source != TransactionSource::InBlock
			|| T::Registry::fits(&key.0, Self::weight_of_redispatch());
		ensure!(fits, InvalidTransaction::ExhaustsResources);
		ensure!(DeadLetters::<T>::contains_key(key, nonce), InvalidTransaction::Stale);
		with_transaction(|| {
			TransactionOutcome::Rollback(
				Self::do_redispatch(key, nonce).map(drop).map_err(|failed| failed.error),
			)
		})
		.map_err(|_: DispatchError| UnknownTransaction::CannotLookup)?;
		let valid = ValidTransaction {
			provides: alloc::vec![("redispatch", key, nonce).encode()],
			longevity: LONGEVITY,
			..Default::default()
		};
		Ok((valid, Weight::zero()))
	}

	/// Whether dispatching the messages cannot fail as a whole, even if each of them fails.
	///
	/// A call that fails in a block and pays nothing could be sent again and again. A child could
	/// provoke that by messages that fail; a parent that does so harms only what is its own.
	fn has_room_to_fail(call: &Relayed<'_>, edge: &Edge) -> bool {
		if call.messages.is_empty() || edge.relation == Relation::Parent {
			return true;
		}
		let letters = DeadLetterNonces::<T>::decode_len(call.key()).unwrap_or(0);
		letters.saturating_add(call.messages.len()) <= T::MaxDeadLetters::get().saturated_into()
	}

	fn verify_finality(call: &Relayed<'_>) -> Result<Option<Imported>, TransactionValidityError> {
		let Some(proof) = call.finality else { return Ok(None) };
		Self::check_newer(call)?;
		T::Registry::verify(&call.chain, proof).map(Some).map_err(|error| {
			if T::Registry::may_verify_later(&error) {
				UnknownTransaction::CannotLookup.into()
			} else {
				InvalidTransaction::BadProof.into()
			}
		})
	}

	/// Somebody else was faster: no offence, and not worth a signature check.
	fn check_newer(call: &Relayed<'_>) -> Result<(), TransactionValidityError> {
		let best = T::Registry::best_number(&call.chain).unwrap_or(0);
		let newer = call.finality.is_none_or(|proof| proof.header.number > best);
		ensure!(newer, InvalidTransaction::Stale);
		Ok(())
	}

	/// What can be said of a call without looking at its proofs.
	pub(crate) fn check_cheaply(call: &Relayed<'_>) -> Result<(), TransactionValidityError> {
		let edge = Self::check_call(call).map_err(validity)?;
		Self::check_newer(call)?;
		let known = call.finality.is_some_and(|proof| proof.header.number == call.at)
			|| T::Registry::state_root(&call.chain, call.at).is_some();
		ensure!(known, UnknownTransaction::CannotLookup);
		// Without messages, all that is left to bring is an acknowledgement.
		let awaits = Acked::<T>::get(call.key()).nonce < edge.own.out_nonce;
		ensure!(!call.messages.is_empty() || awaits, InvalidTransaction::Stale);
		Ok(())
	}

	/// Two calls that lead to the same state of the lane exclude each other.
	fn valid(call: &Relayed<'_>, edge: &Edge, step: &Step) -> ValidTransaction {
		let (received, acked) = match step {
			Step::Overrun { claimed } => (edge.own.in_nonce, *claimed),
			Step::Progress(progress) => (progress.delivered.0, progress.acked.unwrap_or(0)),
		};
		let messages = call.messages.len().saturated_into::<TransactionPriority>();
		ValidTransaction {
			priority: BASE_PRIORITY.saturating_add(messages),
			requires: Vec::new(),
			provides: alloc::vec![("relay", call.chain, call.lane, received, acked).encode()],
			longevity: LONGEVITY,
			propagate: true,
		}
	}
}

/// What a pool makes of an error: it bans what is invalid and forgets what is unknown, so what
/// another block may change must not be called invalid.
fn validity<T: Config>(error: Error<T>) -> TransactionValidityError {
	match error {
		Error::Obsolete | Error::WrongCount => InvalidTransaction::Stale.into(),
		Error::UnknownChain
		| Error::NotReceiving
		| Error::UnknownLane
		| Error::LaneClosed
		| Error::NotYet
		| Error::HeaderUnknown => UnknownTransaction::CannotLookup.into(),
		Error::BadStateProof | Error::LaneAbsent | Error::LaneMismatch | Error::WrongHead => {
			InvalidTransaction::BadProof.into()
		}
		_ => InvalidTransaction::Call.into(),
	}
}
