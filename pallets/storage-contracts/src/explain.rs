// SPDX-License-Identifier: Apache-2.0
//! Answers to "why not?" and "what now?", with the numbers behind them.

use crate::{
	ActiveContract, Audits, ChainRecord, Chains, Config, ContractRecord, Contracts, LegRecord,
	Legs, Outages, Pallet, Phase, ProposalsOf, ProposalsTo, StreamOf,
};
use alloc::{vec, vec::Vec};
use frame_support::traits::{
	fungible::Inspect as _,
	tokens::{Fortitude, Preservation},
	Get,
};
use terrace_layers::{
	views::{Note, Obstacle, Quote},
	AccountId, Balance, ChainId, ContractId, LaneId, Neighbours, Offer, Providers, Relation, Terms,
	MAX_INTERVAL,
};
use terrace_possession::{BlobSize, MAX_BLOB_SIZE};

impl<T: Config> Pallet<T> {
	/// What a contract that was proposed now would cost; `None` if it cannot be.
	pub fn quote(provider: AccountId, terms: Terms) -> Option<Quote> {
		let (rate, escrow) = Self::price(&provider, &terms).ok()?;
		let chain = Chains::<T>::get(terms.proof_chain)?;
		let (start, end) = Self::span(chain.estimate(Self::now_ms()), terms.windows).ok()?;
		let collateral = Self::collateral(&rate).ok()?;
		Some(Quote { rate: rate.total(), fee: rate.fee, escrow, collateral, start, end })
	}

	/// Everything that keeps `client` from proposing a contract.
	pub fn preflight_propose(
		client: AccountId,
		provider: AccountId,
		terms: Terms,
	) -> Vec<Obstacle> {
		let Some(offer) = T::Providers::offer(&provider) else {
			return vec![Obstacle::UnknownProvider];
		};
		let mut found = Vec::new();
		if !T::Providers::accepting(&provider) {
			found.push(Obstacle::NotAccepting);
		}
		Self::look_at_terms(&offer, &terms, &mut found);
		Self::look_at_chain(&terms.proof_chain, Some((terms.size, terms.interval)), &mut found);
		let most = T::MaxProposalsOfClient::get();
		if ProposalsOf::<T>::get(&client) >= most {
			found.push(Obstacle::TooManyProposals { most });
		}
		let most = T::MaxProposalsToProvider::get();
		if ProposalsTo::<T>::get(&provider) >= most {
			found.push(Obstacle::ProviderBusy { most });
		}
		if let Some(quote) = Self::quote(provider, terms) {
			let max = terms.max_rate;
			if quote.rate > max {
				found.push(Obstacle::RateAboveMax { rate: quote.rate, max });
			}
			let free = Self::spendable(&client);
			if quote.escrow > free {
				found.push(Obstacle::FundsShort { free, needed: quote.escrow });
			}
		}
		found
	}

	/// Everything that keeps a provider from accepting a proposal, capacity and collateral apart.
	pub fn preflight_accept(id: ContractId) -> Vec<Obstacle> {
		let Some(contract) = Contracts::<T>::get(id) else {
			return vec![Obstacle::UnknownContract];
		};
		let Phase::Proposed { terms, expires_at, .. } = contract.phase else {
			return vec![Obstacle::NotProposed];
		};
		let mut found = Vec::new();
		if Self::now_block() > expires_at {
			found.push(Obstacle::Lapsed { expired_at: expires_at });
		}
		if !T::Providers::accepting(&contract.provider) {
			found.push(Obstacle::NotAccepting);
		}
		Self::look_at_chain(&terms.proof_chain, Some((terms.size, terms.interval)), &mut found);
		let stream = StreamOf::<T>::get(&contract.provider, terms.proof_chain);
		let blocked = stream.is_some_and(|stream| {
			let dead = Outages::<T>::get(stream).dead_from.is_some();
			dead || !crate::Agendas::<T>::get(stream).has_room()
		});
		if blocked {
			found.push(Obstacle::StreamUnavailable);
		}
		found
	}

	/// Everything that keeps a contract from being closed.
	pub fn preflight_close(id: ContractId) -> Vec<Obstacle> {
		let Some(contract) = Contracts::<T>::get(id) else {
			return vec![Obstacle::UnknownContract];
		};
		let Phase::Active(active) = contract.phase else { return vec![Obstacle::NotActive] };
		let mut found: Vec<_> = active
			.legs
			.iter()
			.filter_map(Legs::<T>::get)
			.filter_map(|leg| Self::look(|| Self::obstacle_of(&leg)).flatten())
			.collect();
		if let Some(audit) = Audits::<T>::get(id) {
			found.push(Obstacle::AuditOpen { deadline: audit.deadline });
		}
		found
	}

	/// What happens to a contract next, and what the parties can do about it.
	pub fn explain(id: ContractId) -> Vec<Note> {
		match Contracts::<T>::get(id) {
			None => Vec::new(),
			Some(ContractRecord { phase: Phase::Proposed { expires_at, .. }, .. }) => {
				let lapsed = Self::now_block() > expires_at;
				let waits = Note::AwaitsAcceptance { until: expires_at };
				vec![if lapsed { Note::Lapsed } else { waits }]
			}
			Some(contract) => {
				let Phase::Active(active) = contract.phase.clone() else { return Vec::new() };
				Self::look(|| Self::notes(id, &contract, &active)).flatten().unwrap_or_default()
			}
		}
	}

	fn notes(
		id: ContractId,
		contract: &ContractRecord,
		active: &ActiveContract,
	) -> Option<Vec<Note>> {
		let view = Self::view(id)?;
		let last = Legs::<T>::get(active.legs.last()?)?;
		let chain = Chains::<T>::get(last.proof_chain)?;
		let mut notes = Self::progress(&last, &chain);
		let lost = view.faults.saturating_add(view.outages);
		if lost > 0 {
			let refund = view.rate.saturating_mul(lost.into());
			notes.push(Note::Faulted { windows: lost, refund });
		}
		if let Some(until) = view.legs.iter().filter_map(|leg| leg.appeal_until).max() {
			notes.push(Note::Appealable { until });
		}
		if Self::fault_of(contract, active).ok()?.is_some() {
			notes.push(Note::MayBeEnded);
		}
		if let Some(audit) = &view.audit {
			notes.push(Note::Audited { deadline: audit.deadline });
		}
		if chain.reported >= last.end {
			let refund = view.refundable.saturating_add(view.compensated);
			notes.push(match Self::preflight_close(id).into_iter().next() {
				None => Note::MayBeClosed { refund },
				Some(because) => Note::ClosesLater { because },
			});
		}
		Some(notes)
	}

	/// Where the windows of a contract's last leg stand.
	fn progress(leg: &LegRecord, chain: &ChainRecord) -> Vec<Note> {
		let mut notes = Vec::new();
		let now = Self::now_ms();
		let present = chain.estimate(now).unwrap_or(chain.reported);
		if Self::start_of(leg).is_none() {
			notes.push(Note::AwaitsStart { planned: leg.planned });
		} else if chain.reported < leg.end {
			let left = u64::from(leg.end.0.saturating_sub(chain.reported.0));
			let ends_at = chain.applied_ms.saturating_add(left.saturating_mul(chain.window_ms));
			let open = present.0.saturating_sub(chain.reported.0).saturating_sub(1);
			notes.push(Note::Runs { settled: chain.reported.before(), open, ends_at });
		}
		if let Some(stalled) = chain.stalled {
			let exit_from = stalled.ms.saturating_add(T::StallExitMs::get());
			notes.push(Note::Stalled { exit_from });
		} else if chain.is_overdue(now) {
			notes.push(Note::ReportsLate { last: chain.applied_ms });
		}
		notes
	}

	/// What keeps a leg from being closed; counts its stream.
	fn obstacle_of(leg: &LegRecord) -> Option<Obstacle> {
		let reported = Chains::<T>::get(leg.proof_chain)?.reported;
		let start = Self::start_of(leg);
		if reported < leg.end && start.is_none_or(|start| start < leg.end) {
			return Some(Obstacle::NotEnded { reported, end: leg.end });
		}
		let counted = Self::advance_stream(leg.stream, u32::MAX).ok()?.stream.counted;
		if start.is_some_and(|start| start < leg.end) && counted < leg.end {
			return Some(Obstacle::AdvanceFirst { counted });
		}
		Self::appealable(leg).map(|until| Obstacle::FaultYoung { until })
	}

	fn look_at_terms(offer: &Offer, terms: &Terms, found: &mut Vec<Obstacle>) {
		if BlobSize::new(terms.size).is_err() {
			found.push(Obstacle::SizeInvalid { most: MAX_BLOB_SIZE });
		}
		if terms.size > offer.capacity {
			let (free, needed) = (offer.capacity, terms.size);
			found.push(Obstacle::CapacityShort { free, needed });
		}
		if Self::check_windows(offer, terms.windows).is_err() {
			let (least, most) = (offer.min_windows, offer.max_windows);
			found.push(Obstacle::WindowsOutOfRange { least, most });
		}
		if !(1..=MAX_INTERVAL).contains(&terms.interval) {
			found.push(Obstacle::IntervalInvalid { most: MAX_INTERVAL });
		}
	}

	fn look_at_chain(id: &ChainId, blob: Option<(u64, u16)>, found: &mut Vec<Obstacle>) {
		let child = T::Registry::relation(id) == Some(Relation::Child);
		let Some(chain) = Chains::<T>::get(id).filter(|_| child) else {
			found.push(Obstacle::UnknownProofChain);
			return;
		};
		if let Some(stalled) = chain.stalled {
			found.push(Obstacle::ProofChainStalled { since: stalled.at });
		}
		if !T::Registry::may_send(id, LaneId::STORAGE) {
			found.push(Obstacle::ProofChainInactive);
		}
		let needed = blob.and_then(|(size, interval)| Self::proof_bytes(size, interval).ok());
		let (free, needed) =
			(chain.terms.capacity.saturating_sub(chain.booked), needed.unwrap_or(0).into());
		if needed > free {
			found.push(Obstacle::ProofChainFull { free, needed });
		}
	}

	/// What an account can pay without dying.
	fn spendable(who: &AccountId) -> Balance {
		T::Currency::reducible_balance(who, Preservation::Preserve, Fortitude::Polite)
	}
}
