// SPDX-License-Identifier: Apache-2.0
//! What contracts and penalties keep a provider from leaving.

use crate::{
	Config, Contracts, ContractsOf, Faults, Legs, Outages, Pallet, Phase, StreamOf, Streams,
	MAX_CONTRACTS_PER_PAGE,
};
use alloc::vec::Vec;
use frame_support::traits::Get;
use terrace_layers::{
	views::{ContractLeft, PenaltyLeft},
	AccountId, BlockNumber, ContractId, OutageKind,
};

impl<T: Config> Pallet<T> {
	/// Contracts that `provider` stores and that are not closed, in the order of their ids; as many
	/// as fit a page.
	pub fn contracts_left(provider: AccountId) -> Vec<ContractLeft> {
		ContractsOf::<T>::iter_key_prefix(&provider)
			.map(|key| ContractId(u64::from_be_bytes(key)))
			.filter_map(|id| Self::contract_left(&provider, id))
			.take(Self::page())
			.collect()
	}

	/// Faults and outages of `provider` that are not final; as many as fit a page.
	pub fn penalties_left(provider: AccountId) -> Vec<PenaltyLeft> {
		let streams: Vec<_> = StreamOf::<T>::iter_prefix(&provider).collect();
		let outages = streams.iter().flat_map(|(proof_chain, stream)| {
			let entries = Outages::<T>::get(stream).entries.into_iter();
			let total = entries.filter(|entry| entry.kind == OutageKind::Total);
			total.map(|entry| PenaltyLeft {
				stream: *stream,
				proof_chain: *proof_chain,
				leg: None,
				window: entry.window,
				final_from: Self::final_from(entry.reported_at),
			})
		});
		let mut found: Vec<_> = outages.take(Self::page()).collect();
		// Faults are kept by leg, and may outlive theirs.
		let cases = streams.iter().fold(0_u32, |cases, (_, stream)| {
			cases.saturating_add(Streams::<T>::get(stream).map_or(0, |record| record.cases))
		});
		let missing = usize::try_from(cases).unwrap_or(usize::MAX).saturating_sub(found.len());
		let faults = Faults::<T>::iter().filter_map(|(leg, window, fault)| {
			let (proof_chain, stream) = *streams.iter().find(|(_, id)| *id == fault.stream)?;
			let final_from = Self::final_from(fault.reported_at);
			Some(PenaltyLeft { stream, proof_chain, leg: Some(leg), window, final_from })
		});
		found.extend(faults.take(missing.min(Self::page())));
		found
	}

	fn contract_left(provider: &AccountId, id: ContractId) -> Option<ContractLeft> {
		let contract = Contracts::<T>::get(id).filter(|found| found.provider == *provider)?;
		let Phase::Active(active) = contract.phase else { return None };
		let end = Legs::<T>::get(active.legs.last()?)?.end;
		let fee = Self::look(|| Self::fee_to_leave(id)).flatten();
		Some(ContractLeft { id, end, fee, obstacles: Self::preflight_close(id) })
	}

	fn final_from(reported_at: BlockNumber) -> BlockNumber {
		reported_at.saturating_add(T::AppealPeriod::get())
	}

	fn page() -> usize {
		usize::try_from(MAX_CONTRACTS_PER_PAGE).unwrap_or_default()
	}
}
