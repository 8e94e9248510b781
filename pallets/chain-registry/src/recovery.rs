// SPDX-License-Identifier: Apache-2.0
//! How a child finds back to a parent that it cannot hear any more.
//!
//! Whoever governs a child does so from the parent, so nobody could repair this link from there. Two
//! thirds of the child's own authorities can, slowly, and only where the parent is not heard of.

use crate::*;
use frame_support::{ensure, pallet_prelude::*};
use sp_consensus_grandpa::AuthoritySignature;
use sp_runtime::RuntimeAppPublic;
use terrace_layers::{recovery_statement, views::NeighbourStatus, ChainId, Checkpoint, Neighbours};

impl<T: Config> Pallet<T> {
	fn parent_client() -> Result<(ChainId, ClientOf<T>), Error<T>> {
		let parent = Parent::<T>::get().ok_or(Error::<T>::UnknownChain)?;
		Ok((parent, Self::client_of(&parent)?))
	}

	/// Whether the parent is silent, or must not be listened to.
	fn is_lost(parent: &ClientOf<T>) -> bool {
		let silent = Self::now().saturating_sub(parent.last_progress_at);
		parent.status != NeighbourStatus::Active || silent > T::MaxStaleness::get() / 2
	}

	/// Checks a recovery, cheap checks first, and writes nothing.
	pub(crate) fn check_recovery(
		checkpoint: &Checkpoint,
		signatures: &[(u32, AuthoritySignature)],
	) -> Result<(), Error<T>> {
		let (parent, client) = Self::parent_client()?;
		ensure!(Self::is_lost(&client), Error::<T>::ParentIsHeard);
		// A newer block only: what was signed once must not lead back later.
		ensure!(checkpoint.number > client.best.number, Error::<T>::WrongCheckpoint);
		let newest = PendingRecovery::<T>::get().map(|pending| pending.checkpoint.number);
		ensure!(newest.is_none_or(|n| checkpoint.number > n), Error::<T>::AlreadyPending);
		Self::check_new_checkpoint(&parent, &client, checkpoint)?;
		Self::check_own_signatures(checkpoint, signatures)
	}

	/// Checks that more than two thirds of this chain's authorities signed.
	fn check_own_signatures(
		checkpoint: &Checkpoint,
		signatures: &[(u32, AuthoritySignature)],
	) -> Result<(), Error<T>> {
		let own = T::OwnAuthorities::get();
		let needed = (own.len().saturating_mul(2) / 3).saturating_add(1);
		ensure!(signatures.len() >= needed, Error::<T>::TooFewSignatures);
		let distinct = signatures.windows(2).all(|pair| match pair {
			[(one, _), (next, _)] => one < next,
			_ => false,
		});
		ensure!(distinct, Error::<T>::BadSignature);
		let statement = recovery_statement(<Self as Neighbours>::this(), checkpoint);
		let all = signatures.iter().all(|(at, signature)| {
			let key = usize::try_from(*at).ok().and_then(|at| own.get(at));
			key.is_some_and(|key| key.verify(&statement, signature))
		});
		ensure!(all, Error::<T>::BadSignature);
		Ok(())
	}

	/// Has a recovery wait for its time.
	pub(crate) fn do_recover_parent(
		checkpoint: Checkpoint,
		signatures: &[(u32, AuthoritySignature)],
	) -> DispatchResult {
		Self::check_recovery(&checkpoint, signatures)?;
		let due = Self::now().saturating_add(T::RecoveryDelay::get());
		let (number, hash) = (checkpoint.number, checkpoint.hash);
		PendingRecovery::<T>::put(Recovery { checkpoint, due });
		Self::deposit_event(Event::RecoveryPending { number, hash, due });
		Ok(())
	}

	/// The recovery whose time has come, and the client that it is for.
	pub(crate) fn check_due() -> Result<(ClientOf<T>, Recovery), Error<T>> {
		let (_, client) = Self::parent_client()?;
		let recovery = PendingRecovery::<T>::get().ok_or(Error::<T>::NotDue)?;
		ensure!(Self::now() >= recovery.due, Error::<T>::NotDue);
		ensure!(Self::is_lost(&client), Error::<T>::ParentIsHeard);
		Ok((client, recovery))
	}

	/// Follows the parent from where this chain's authorities want it to.
	pub(crate) fn do_apply_recovery() -> DispatchResult {
		let (client, recovery) = Self::check_due()?;
		PendingRecovery::<T>::kill();
		Self::adopt(recovery.checkpoint.chain, client, recovery.checkpoint);
		Ok(())
	}

	/// Gives a recovery up: the parent was heard of.
	pub(crate) fn cancel_recovery() {
		if let Some(Recovery { checkpoint, .. }) = PendingRecovery::<T>::take() {
			Self::deposit_event(Event::RecoveryCancelled { number: checkpoint.number });
		}
	}
}
