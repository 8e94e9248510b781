// SPDX-License-Identifier: Apache-2.0
//! Audits: a client has chunks of its blob shown on this chain, so that no proof chain has to be taken
//! by its word.

use crate::{
	ends::Cut, AuditRecord, Audits, Config, EndCause, Error, Event, HoldReason, LegRecord, Legs,
	Pallet,
};
use frame_support::{
	ensure,
	pallet_prelude::BoundedVec,
	traits::{
		fungible::hold::Mutate as _,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
};
use sp_core::ConstU32;
use sp_runtime::DispatchResult;
use terrace_layers::{AccountId, Balance, ContractId, Providers};
use terrace_possession::{BlobSize, PossessionProof, MAX_CHALLENGES};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_demand_audit(
		client: AccountId,
		id: ContractId,
		chunks: BoundedVec<u64, ConstU32<{ MAX_CHALLENGES as u32 }>>,
	) -> DispatchResult {
		let (contract, active) = Self::active(id)?;
		ensure!(contract.client == client, Error::<T>::NotClient);
		ensure!(!Audits::<T>::contains_key(id), Error::<T>::AuditOpen);
		let size = BlobSize::new(contract.size).map_err(|_| Error::<T>::BlobTooLarge)?;
		let ascending = chunks.windows(2).all(|pair| pair.first() < pair.last());
		let within = chunks.last().is_some_and(|last| *last < size.chunks());
		ensure!(ascending && within, Error::<T>::ChunksInvalid);
		// A contract whose windows are over owes nothing that could be shown.
		let end = active.legs.last().and_then(Legs::<T>::get).map(|leg: LegRecord| leg.end);
		let runs = end.is_some_and(|end| Self::present_of(&active).is_ok_and(|now| now < end));
		ensure!(runs, Error::<T>::EndsBefore);
		let deposit = T::AuditDeposit::get();
		T::Currency::hold(&HoldReason::AuditDeposit.into(), &client, deposit)?;
		let deadline = Self::now_block().saturating_add(T::AuditPeriod::get());
		let asked = u32::try_from(chunks.len()).unwrap_or(u32::MAX);
		Audits::<T>::insert(id, AuditRecord { client, deposit, chunks, deadline });
		Self::deposit_event(Event::AuditDemanded { id, chunks: asked, deadline });
		Ok(())
	}

	pub(crate) fn do_answer_audit(id: ContractId, proof: PossessionProof) -> DispatchResult {
		let audit = Audits::<T>::get(id).ok_or(Error::<T>::NoAudit)?;
		ensure!(!Self::is_missed(&audit), Error::<T>::AuditLate);
		let (contract, _) = Self::active(id)?;
		let size = BlobSize::new(contract.size).map_err(|_| Error::<T>::BlobTooLarge)?;
		let right = terrace_possession::verify(&contract.root, size, &audit.chunks, &proof);
		ensure!(right.is_ok(), Error::<T>::BadProof);
		let AuditRecord { client, deposit, .. } = audit;
		T::Currency::transfer_on_hold(
			&HoldReason::AuditDeposit.into(),
			&client,
			&T::Providers::payee(&contract.provider),
			deposit,
			Precision::BestEffort,
			Restriction::Free,
			Fortitude::Polite,
		)?;
		Audits::<T>::remove(id);
		Self::deposit_event(Event::AuditAnswered { id, deposit });
		Ok(())
	}

	pub(crate) fn do_fail_audit(id: ContractId) -> DispatchResult {
		let audit = Audits::<T>::get(id).ok_or(Error::<T>::NoAudit)?;
		ensure!(Self::is_missed(&audit), Error::<T>::AuditOpen);
		let deposit = Self::drop_audit(id);
		let (contract, active) = Self::active(id)?;
		Self::deposit_event(Event::AuditFailed { id, deposit });
		let stake = active
			.legs
			.iter()
			.filter_map(Legs::<T>::get)
			.fold(0, |sum: Balance, leg| sum.saturating_add(leg.collateral));
		Self::slash_for(&contract.provider, &contract.client, stake);
		// What is over anyway needs no end.
		match Self::end_by(id, contract, active, Cut::After(1), EndCause::AuditFailed) {
			Err(error) if error == Error::<T>::EndsBefore.into() => Ok(()),
			ended => ended.map(|_| ()),
		}
	}

	/// Whether an audit can be answered no more.
	///
	/// Dear transactions are nobody's fault: none is missed meanwhile.
	fn is_missed(audit: &AuditRecord) -> bool {
		Self::now_block() > audit.deadline && !T::Congested::get()
	}

	/// Forgets an audit and gives its deposit back.
	pub(crate) fn drop_audit(id: ContractId) -> Balance {
		let Some(AuditRecord { client, deposit, .. }) = Audits::<T>::take(id) else { return 0 };
		let reason = HoldReason::AuditDeposit.into();
		T::Currency::release(&reason, &client, deposit, Precision::BestEffort).unwrap_or_default()
	}
}
