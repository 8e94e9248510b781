// SPDX-License-Identifier: Apache-2.0
//! Answers for the runtime API.
//!
//! What a stream has earned is counted as `advance` would count it, and then undone: a view tells
//! what holds now, not what somebody happened to count last.

use crate::{
	ActiveContract, Audits, ChainRecord, Chains, Config, ContractRecord, Contracts, ContractsOf,
	Faults, LegRecord, Legs, Outages, Pallet, Phase, StreamOf,
};
use alloc::vec::Vec;
use frame_support::{storage::with_transaction, traits::Get};
use sp_runtime::{DispatchError, TransactionOutcome};
use terrace_layers::{
	views::{AuditView, ContractState, ContractView, LegView, ProofChainView, StreamView},
	AccountId, BlockNumber, ChainId, ContractId, LegId, Window,
};

/// Most contracts of one page.
pub const MAX_CONTRACTS_PER_PAGE: u32 = 256;

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
		let claimable = stream.claimable();
		Some(StreamView {
			stream: id,
			claimable: claimable.price,
			fee: claimable.fee,
			claimed: stream.claimed.price,
			rate: stream.rate.total(),
			counted: stream.counted,
			cases: stream.cases,
			run: stream.run,
			dead_from: Outages::<T>::get(id).dead_from,
		})
	}

	/// Runs `what` and undoes whatever it wrote.
	pub(crate) fn look<R>(what: impl FnOnce() -> R) -> Option<R> {
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
			stalled_at: chain.stalled.map(|stalled| stalled.at),
			capacity: chain.terms.capacity,
			booked: chain.booked,
			fee_per_byte: chain.terms.fee_per_byte,
			beneficiary: chain.terms.beneficiary,
			streams: chain.streams,
		}
	}

	pub(crate) fn view(id: ContractId) -> Option<ContractView> {
		let contract = Contracts::<T>::get(id)?;
		match contract.phase.clone() {
			Phase::Proposed { terms, rate, escrow, expires_at } => {
				let view = Self::blank_view(id, &contract, terms.proof_chain);
				Some(ContractView {
					rate: rate.total(),
					interval: terms.interval,
					windows: terms.windows,
					escrow,
					expires_at,
					..view
				})
			}
			Phase::Active(active) => Self::active_view(id, &contract, &active),
		}
	}

	fn active_view(
		id: ContractId,
		contract: &ContractRecord,
		active: &ActiveContract,
	) -> Option<ContractView> {
		let mut legs = Vec::new();
		let mut ended = true;
		for leg in &active.legs {
			let record = Legs::<T>::get(leg)?;
			let (view, over) = Self::leg_view(*leg, &record)?;
			ended &= over;
			legs.push(view);
		}
		let newest = legs.last()?.clone();
		let closed = active.closed;
		let mut view = Self::blank_view(id, contract, newest.proof_chain);
		view.state = if ended { ContractState::Ended } else { ContractState::Active };
		view.rate = newest.rate;
		view.interval = newest.interval;
		view.leg = legs
			.iter()
			.find(|leg| leg.reported < leg.end.0.saturating_sub(leg.planned.0))
			.map(|leg| leg.leg)
			.or(Some(newest.leg));
		view.start = legs.first()?.start;
		view.end = Some(newest.end);
		view.windows = closed.windows;
		view.reported = closed.windows;
		view.proven = closed.proven;
		view.paid = closed.paid;
		view.refundable = closed.refunded;
		view.compensated = closed.compensated;
		view.escrow = closed.paid.saturating_add(closed.refunded);
		view.escrow = view.escrow.saturating_sub(closed.compensated);
		for leg in &legs {
			view.add(leg);
		}
		view.audit = Audits::<T>::get(id).map(|audit| AuditView {
			chunks: audit.chunks.into_inner(),
			deadline: audit.deadline,
			deposit: audit.deposit,
		});
		view.legs = legs;
		Some(view)
	}

	fn blank_view(id: ContractId, contract: &ContractRecord, chain: ChainId) -> ContractView {
		ContractView {
			id,
			client: contract.client.clone(),
			provider: contract.provider.clone(),
			root: contract.root,
			size: contract.size,
			proof_chain: chain,
			state: ContractState::Proposed,
			rate: 0,
			interval: 1,
			windows: 0,
			escrow: 0,
			expires_at: 0,
			leg: None,
			start: None,
			end: None,
			reported: 0,
			proven: 0,
			faults: 0,
			outages: 0,
			paid: 0,
			refundable: 0,
			compensated: 0,
			collateral: 0,
			legs: Vec::new(),
			audit: None,
		}
	}

	/// What reports say of a leg so far, and whether it is over; counts its stream.
	fn leg_view(id: LegId, leg: &LegRecord) -> Option<(LegView, bool)> {
		let stream = Self::advance_stream(leg.stream, u32::MAX).ok()?.stream;
		let now = Chains::<T>::get(leg.proof_chain)?.reported;
		let within = |from: Window| now.min(leg.end).0.saturating_sub(from.0);
		let start = Self::start_of(leg);
		let over = now >= leg.end || start.is_some_and(|start| start >= leg.end);
		let mut view = LegView {
			leg: id,
			stream: leg.stream,
			proof_chain: leg.proof_chain,
			rate: leg.rate.total(),
			fee: leg.rate.fee,
			interval: leg.interval,
			planned: leg.planned,
			start,
			end: leg.end,
			escrow: leg.escrow,
			collateral: leg.collateral,
			reported: within(leg.planned),
			proven: 0,
			faults: 0,
			outages: 0,
			compensated: 0,
			heat: leg.heat_at(now),
			appeal_until: Self::appealable(leg),
		};
		// Of a leg that has not begun nothing is proven, whatever is reported.
		let Some(start) = start.filter(|start| *start < leg.end && *start <= now) else {
			return Some((view, over));
		};
		// Windows behind an outage that is not final are not counted, so nothing is known of them yet.
		let until = now.min(leg.end).min(stream.counted);
		let (from, to) = if start <= until {
			let mark = |window| Self::mark_of(leg.stream, &stream, window).ok();
			(mark(start)?, mark(until)?)
		} else {
			(stream.mark(), stream.mark())
		};
		let clean = to.clean.checked_sub(from.clean)?;
		view.compensated = Self::share(leg, &from, &to).ok()?;
		// A fault of a window that is not counted is no result yet.
		let open = Faults::<T>::iter_key_prefix(id).filter(|window| *window >= until).count();
		view.faults = leg.faults.saturating_sub(u32::try_from(open).unwrap_or(u32::MAX));
		view.reported = until.0.saturating_sub(leg.planned.0);
		view.proven = clean.saturating_sub(view.faults);
		view.outages = until.0.saturating_sub(start.0).saturating_sub(clean);
		Some((view, over && until >= leg.end.min(now)))
	}

	/// Last block in which a leg's newest fault can be appealed against.
	pub(crate) fn appealable(leg: &LegRecord) -> Option<BlockNumber> {
		let last = leg.last_fault.filter(|_| leg.faults > 0)?;
		let until = last.reported_at.saturating_add(T::AppealPeriod::get());
		(!Self::is_final(last.reported_at)).then_some(until)
	}
}
