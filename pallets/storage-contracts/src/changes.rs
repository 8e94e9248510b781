// SPDX-License-Identifier: Apache-2.0
//! Lengthening, repricing and moving contracts: each gives them another leg.

use crate::{
	ends::Cut,
	legs::{Plan, LEAD},
	ActiveContract, Amounts, Chains, Config, ContractRecord, Contracts, Error, LegRecord, Legs,
	Pallet, Phase,
};
use frame_support::ensure;
use sp_runtime::{DispatchError, DispatchResult};
use terrace_layers::{
	change_statement, is_signed, AccountId, Balance, ChainId, Change, Consent, ContractId, LegId,
	Neighbours, Providers, Window,
};

/// The last leg of a contract that runs.
pub(crate) struct Last {
	pub contract: ContractRecord,
	pub active: ActiveContract,
	pub id: LegId,
	pub leg: LegRecord,
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_extend(
		client: AccountId,
		id: ContractId,
		windows: u32,
		max_rate: Balance,
	) -> DispatchResult {
		let last = Self::last_leg(id)?;
		ensure!(last.contract.client == client, Error::<T>::NotClient);
		let price = Self::offered_price(&last.contract, windows)?;
		let chain = Self::usable_chain(&last.leg.proof_chain)?;
		let fee = Self::proof_fee(&chain.terms, last.contract.size, last.leg.interval)?;
		let rate = Amounts { price, fee };
		ensure!(rate.total() <= max_rate, Error::<T>::RateAboveMax);
		Self::lengthen(&client, id, last, windows, rate)
	}

	pub(crate) fn do_top_up(payer: AccountId, id: ContractId, windows: u32) -> DispatchResult {
		let last = Self::last_leg(id)?;
		let rate = last.leg.rate;
		ensure!(Self::offered_price(&last.contract, windows)? <= rate.price, Error::<T>::PriceRose);
		Self::lengthen(&payer, id, last, windows, rate)
	}

	pub(crate) fn do_amend(
		who: AccountId,
		id: ContractId,
		price: Balance,
		consent: Consent,
	) -> DispatchResult {
		let last = Self::last_leg(id)?;
		Self::ensure_consent(&who, id, &last, Change::Amend { price }, &consent)?;
		let Last { mut contract, mut active, leg, .. } = last;
		let proof_chain = leg.proof_chain;
		let chain = Self::usable_chain(&proof_chain)?;
		let cuts = Self::cut_all(id, &mut active, Cut::After(LEAD))?;
		let here = cuts.iter().filter(|cut| cut.proof_chain == proof_chain);
		let begin = here.map(|cut| cut.from).min().ok_or(Error::<T>::EndsBefore)?;
		let windows = cuts.iter().fold(0_u32, |sum, cut| sum.saturating_add(cut.windows));
		let end = begin.0.checked_add(windows).map(Window).ok_or(Error::<T>::Overflow)?;
		let fee = Self::proof_fee(&chain.terms, contract.size, leg.interval)?;
		let rate = Amounts { price, fee };
		let plan = Plan { proof_chain, rate, interval: leg.interval, planned: begin, end };
		let freed = cuts.iter().fold(0, |sum: Balance, cut| sum.saturating_add(cut.freed));
		let cost = Self::open_next(id, &mut contract, &mut active, plan)?;
		Self::settle_difference(&contract.client, cost, freed)?;
		Self::keep(id, contract, active)
	}

	pub(crate) fn do_move(
		who: AccountId,
		id: ContractId,
		to: ChainId,
		consent: Option<Consent>,
	) -> DispatchResult {
		let last = Self::last_leg(id)?;
		Self::ensure_party(&last.contract, &who)?;
		let old = Chains::<T>::get(last.leg.proof_chain).ok_or(Error::<T>::UnknownProofChain)?;
		ensure!(to != last.leg.proof_chain, Error::<T>::SameProofChain);
		let stalled = Self::has_stalled_long(&old);
		if !stalled {
			let consent = consent.ok_or(Error::<T>::ConsentMissing)?;
			Self::ensure_consent(&who, id, &last, Change::Move { proof_chain: to }, &consent)?;
		}
		let chain = Self::usable_chain(&to)?;
		ensure!(chain.window_ms == old.window_ms, Error::<T>::WindowsDiffer);
		let Last { mut contract, mut active, .. } = last;
		let cut = if stalled { Cut::Stalled } else { Cut::After(LEAD) };
		if stalled {
			Self::finish_stalled(&active)?;
		}
		let cuts = Self::cut_all(id, &mut active, cut)?;
		ensure!(!cuts.is_empty(), Error::<T>::EndsBefore);
		let mut planned = Self::earliest(chain.estimate(Self::now_ms()))?;
		let (mut cost, mut freed) = (0, 0);
		for cut in cuts {
			let fee = Self::proof_fee(&chain.terms, contract.size, cut.interval)?;
			let rate = Amounts { fee, ..cut.rate };
			let end = planned.0.checked_add(cut.windows).map(Window);
			let end = end.ok_or(Error::<T>::Overflow)?;
			let plan = Plan { proof_chain: to, rate, interval: cut.interval, planned, end };
			let escrow = Self::open_next(id, &mut contract, &mut active, plan)?;
			cost = escrow.checked_add(cost).ok_or(Error::<T>::Overflow)?;
			freed = cut.freed.checked_add(freed).ok_or(Error::<T>::Overflow)?;
			planned = end;
		}
		Self::settle_difference(&contract.client, cost, freed)?;
		Self::keep(id, contract, active)
	}

	/// The last leg of a contract.
	pub(crate) fn last_leg(id: ContractId) -> Result<Last, DispatchError> {
		let (contract, active) = Self::active(id)?;
		let leg_id = *active.legs.last().ok_or(DispatchError::Corruption)?;
		let leg = Legs::<T>::get(leg_id).ok_or(DispatchError::Corruption)?;
		Ok(Last { contract, active, id: leg_id, leg })
	}

	/// What the provider asks for one window now, if it would go on for so many.
	fn offered_price(contract: &ContractRecord, windows: u32) -> Result<Balance, DispatchError> {
		let provider = &contract.provider;
		let offer = T::Providers::offer(provider).ok_or(Error::<T>::UnknownProvider)?;
		ensure!(T::Providers::accepting(provider), Error::<T>::NotAccepting);
		Self::check_windows(&offer, windows)?;
		terrace_layers::rate(offer.price, contract.size).ok_or(Error::<T>::Overflow.into())
	}

	/// Opens another leg that begins where the last one ends, at the cost of `payer`.
	fn lengthen(
		payer: &AccountId,
		id: ContractId,
		last: Last,
		windows: u32,
		rate: Amounts,
	) -> DispatchResult {
		let Last { mut contract, mut active, leg, .. } = last;
		let chain = Self::usable_chain(&leg.proof_chain)?;
		let planned = leg.end.max(Self::earliest(chain.estimate(Self::now_ms()))?);
		let end = Self::grid_end(planned, windows)?;
		let (proof_chain, interval) = (leg.proof_chain, leg.interval);
		let plan = Plan { proof_chain, rate, interval, planned, end };
		let escrow = Self::open_next(id, &mut contract, &mut active, plan)?;
		Self::deposit_escrow(payer, escrow)?;
		Self::keep(id, contract, active)
	}

	/// Opens one more leg of a blob that its provider has; returns what it costs.
	fn open_next(
		id: ContractId,
		contract: &mut ContractRecord,
		active: &mut ActiveContract,
		plan: Plan,
	) -> Result<Balance, DispatchError> {
		let (leg, escrow) = Self::open_leg(id, contract, plan, 0)?;
		active.legs.try_push(leg).map_err(|_| Error::<T>::TooManyLegs)?;
		Ok(escrow)
	}

	/// Pays for new legs out of what was freed; the client pays or gets the difference.
	fn settle_difference(client: &AccountId, cost: Balance, freed: Balance) -> DispatchResult {
		match cost.checked_sub(freed) {
			Some(more) => Self::deposit_escrow(client, more),
			None => {
				Self::pay(client, freed.saturating_sub(cost));
				Ok(())
			}
		}
	}

	/// Stores a contract whose legs changed.
	pub(crate) fn keep(
		id: ContractId,
		mut contract: ContractRecord,
		active: ActiveContract,
	) -> DispatchResult {
		contract.phase = Phase::Active(active);
		Contracts::<T>::insert(id, contract);
		Ok(())
	}

	/// Whether the party that is not `who` agrees to a change.
	pub(crate) fn ensure_consent(
		who: &AccountId,
		id: ContractId,
		last: &Last,
		change: Change,
		consent: &Consent,
	) -> DispatchResult {
		let contract = &last.contract;
		Self::ensure_party(contract, who)?;
		let other = if *who == contract.client { &contract.provider } else { &contract.client };
		ensure!(Self::now_block() <= consent.expires_at, Error::<T>::BadSignature);
		let this = T::Registry::this();
		let statement = change_statement(this, id, last.id, &change, consent.expires_at);
		ensure!(is_signed(&consent.signature, &statement, other), Error::<T>::BadSignature);
		Ok(())
	}
}
