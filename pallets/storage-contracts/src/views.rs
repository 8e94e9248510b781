// SPDX-License-Identifier: Apache-2.0
//! Answers for the runtime API.
//!
//! What a stream has earned is counted as `advance` would count it, and then undone: a view tells
//! what holds now, not what somebody happened to count last.

use crate::{
	ChainRecord, Chains, Config, ContractRecord, Contracts, ContractsOf, LegRecord, Legs, Pallet,
	Phase, StreamOf, StreamRecord,
};
use alloc::vec::Vec;
use frame_support::storage::with_transaction;
use sp_runtime::{DispatchError, TransactionOutcome};
use terrace_layers::{
	views::{ContractState, ContractView, ProofChainView, StreamView},
	AccountId, Balance, ChainId, ContractId, Window,
};

/// Most contracts of one page.
pub const MAX_CONTRACTS_PER_PAGE: u32 = 256;

/// What reports say of a leg so far.
#[derive(Default)]
struct Served {
	start: Option<Window>,
	reported: u32,
	proven: u32,
	faults: u32,
	outages: u32,
	ended: bool,
}

impl<T: Config> Pallet<T> {
	/// A contract, if it is proposed or runs.
	pub fn contract(id: ContractId) -> Option<ContractView> {
		Self::look(|| Self::view(id)).flatten()
	}

	/// A page of the contracts of `who`, as client or as provider, in the order of their ids from
	/// `from` on.
	///
	/// The next page starts after the last one's id.
	pub fn contracts_of(who: AccountId, from: ContractId, limit: u32) -> Vec<ContractView> {
		let limit = usize::try_from(limit.min(MAX_CONTRACTS_PER_PAGE)).unwrap_or_default();
		let keys = match from.0.checked_sub(1) {
			None => ContractsOf::<T>::iter_key_prefix(&who),
			Some(before) => {
				let after = ContractsOf::<T>::hashed_key_for(&who, before.to_be_bytes());
				ContractsOf::<T>::iter_key_prefix_from(&who, after)
			}
		};
		let ids: Vec<_> = keys.take(limit).map(|key| ContractId(u64::from_be_bytes(key))).collect();
		Self::look(|| ids.into_iter().filter_map(Self::view).collect()).unwrap_or_default()
	}

	/// Every proof chain that contracts may use.
	pub fn proof_chains() -> Vec<ProofChainView> {
		let now = Self::now_ms();
		Chains::<T>::iter().map(|(id, chain)| Self::chain_view(id, chain, now)).collect()
	}

	/// What a provider earns from a proof chain.
	pub fn stream(provider: AccountId, chain: ChainId) -> Option<StreamView> {
		let id = StreamOf::<T>::get(provider, chain)?;
		let stream = Self::look(|| Self::advance_stream(id, u32::MAX).ok()).flatten()?.stream;
		Some(StreamView {
			stream: id,
			claimable: stream.claimable(),
			claimed: stream.claimed,
			rate: stream.rate,
			counted: stream.counted,
		})
	}

	/// Rate, escrow and collateral of a contract with `provider`, if its offer allows one.
	pub fn quote(
		provider: AccountId,
		chain: ChainId,
		size: u64,
		windows: u32,
	) -> Option<(Balance, Balance, Balance)> {
		let (rate, escrow) = Self::price(&provider, &chain, size, windows).ok()?;
		Some((rate, escrow, Self::collateral(rate).ok()?))
	}

	/// Runs `what` and undoes whatever it wrote.
	fn look<R>(what: impl FnOnce() -> R) -> Option<R> {
		with_transaction(|| TransactionOutcome::Rollback(Ok::<_, DispatchError>(what()))).ok()
	}

	fn chain_view(id: ChainId, chain: ChainRecord, now_ms: u64) -> ProofChainView {
		ProofChainView {
			chain: id,
			reported: chain.reported,
			applied_at: chain.applied_at,
			window_ms: chain.window_ms,
			sent: chain.sent,
			applied: chain.applied,
			estimate: chain.estimate(now_ms).unwrap_or(chain.reported),
			overdue: chain.is_overdue(now_ms),
			stalled_at: chain.stalled_at,
		}
	}

	fn view(id: ContractId) -> Option<ContractView> {
		let contract = Contracts::<T>::get(id)?;
		match contract.phase {
			Phase::Proposed { escrow, expires_at } => {
				Some(Self::proposal_view(id, contract, escrow, expires_at))
			}
			Phase::Active(leg) => {
				let record = Legs::<T>::get(leg)?;
				let served = Self::served(&record)?;
				let mut view = Self::proposal_view(id, contract, record.escrow, 0);
				view.state =
					if served.ended { ContractState::Ended } else { ContractState::Active };
				view.leg = Some(leg);
				view.start = served.start;
				view.end = Some(record.end);
				view.reported = served.reported;
				view.proven = served.proven;
				view.faults = served.faults;
				view.outages = served.outages;
				view.paid = record.rate.saturating_mul(served.proven.into());
				let lost = served.reported.saturating_sub(served.proven);
				view.refundable = record.rate.saturating_mul(lost.into());
				view.collateral = record.collateral;
				Some(view)
			}
		}
	}

	fn proposal_view(
		id: ContractId,
		contract: ContractRecord,
		escrow: Balance,
		expires_at: u32,
	) -> ContractView {
		ContractView {
			id,
			client: contract.client,
			provider: contract.provider,
			root: contract.root,
			size: contract.size,
			proof_chain: contract.proof_chain,
			state: ContractState::Proposed,
			rate: contract.rate,
			windows: contract.windows,
			escrow,
			expires_at,
			leg: None,
			start: None,
			end: None,
			reported: 0,
			proven: 0,
			faults: 0,
			outages: 0,
			paid: 0,
			refundable: 0,
			collateral: 0,
		}
	}

	/// What reports say of a leg so far; counts its stream.
	fn served(leg: &LegRecord) -> Option<Served> {
		let stream = Self::advance_stream(leg.stream, u32::MAX).ok()?.stream;
		let now = Chains::<T>::get(leg.proof_chain)?.reported;
		let within = |from: Window| now.min(leg.end).0.saturating_sub(from.0);
		let start = Self::start_of(leg);
		let ended = now >= leg.end || start.is_some_and(|start| start >= leg.end);
		let reported = within(leg.planned);
		let mut served = Served { start, reported, ended, ..Default::default() };
		// Of a leg that has not begun nothing is proven, whatever is reported.
		let Some(start) = start.filter(|start| *start < leg.end && *start <= now) else {
			return Some(served);
		};
		let clean = Self::clean_at(leg, &stream, now.min(leg.end), start)?;
		// A fault of the window whose report is not complete is no result yet.
		let open = u32::from(leg.last_fault.is_some_and(|window| window >= now));
		served.faults = leg.faults.saturating_sub(open);
		served.proven = clean.saturating_sub(served.faults);
		served.outages = within(start).saturating_sub(clean);
		Some(served)
	}

	/// Clean windows from `start` to `until`.
	fn clean_at(
		leg: &LegRecord,
		stream: &StreamRecord,
		until: Window,
		start: Window,
	) -> Option<u32> {
		let all = Self::clean_before(leg.stream, stream, until).ok()?;
		let before = Self::clean_before(leg.stream, stream, start).ok()?;
		all.checked_sub(before)
	}
}
