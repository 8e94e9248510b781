// SPDX-License-Identifier: Apache-2.0
//! Proposals and their answers, counting and claiming.

use crate::{
	ActiveContract, Amounts, Chains, Config, ContractRecord, Contracts, ContractsOf, Error, Event,
	NextIds, Pallet, Phase, ProposalEnd, ProposalsOf, ProposalsTo, StreamOf, Streams,
};
use frame_support::{
	ensure,
	pallet_prelude::BoundedVec,
	traits::{Get, Time},
};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use sp_runtime::{traits::SaturatedConversion, DispatchError, DispatchResult};
use terrace_layers::{
	AccountId, Balance, BlockNumber, ChainId, ContractId, LaneId, Neighbours, Offer, Providers,
	Relation, Terms, MAX_INTERVAL,
};
use terrace_possession::BlobSize;

/// A proposal that waits for its answer.
pub(crate) struct Proposal {
	pub contract: ContractRecord,
	pub terms: Terms,
	pub rate: Amounts,
	pub escrow: Balance,
	pub expires_at: BlockNumber,
}

impl<T: Config> Pallet<T> {
	/// The provider that the caller acts for.
	pub(crate) fn ensure_provider(origin: OriginFor<T>) -> Result<AccountId, DispatchError> {
		let caller = ensure_signed(origin)?;
		T::Providers::acted_for(&caller).ok_or(Error::<T>::UnknownProvider.into())
	}

	pub(crate) fn do_propose(
		client: AccountId,
		provider: AccountId,
		terms: Terms,
	) -> Result<ContractId, DispatchError> {
		let (rate, escrow) = Self::price(&provider, &terms)?;
		ensure!(rate.total() <= terms.max_rate, Error::<T>::RateAboveMax);
		let lifetime = T::ProposalLifetime::get();
		let expires_at = Self::now_block().checked_add(lifetime).ok_or(Error::<T>::Overflow)?;
		Self::note_proposal(&client, &provider)?;
		Self::hold_escrow(&client, escrow)?;
		let id = NextIds::<T>::mutate(|ids| ids.take_contract());
		for who in [&client, &provider] {
			ContractsOf::<T>::insert(who, id.0.to_be_bytes(), ());
		}
		Self::deposit_event(Event::ContractProposed {
			id,
			client: client.clone(),
			provider: provider.clone(),
			terms,
			escrow,
			expires_at,
		});
		let (root, size) = (terms.root, terms.size);
		let phase = Phase::Proposed { terms, rate, escrow, expires_at };
		Contracts::<T>::insert(id, ContractRecord { client, provider, root, size, phase });
		Ok(id)
	}

	pub(crate) fn do_accept(provider: AccountId, id: ContractId) -> DispatchResult {
		let proposal = Self::proposal(id)?;
		ensure!(proposal.contract.provider == provider, Error::<T>::NotProvider);
		ensure!(Self::now_block() <= proposal.expires_at, Error::<T>::ProposalLapsed);
		let Proposal { mut contract, terms, rate, escrow: held, .. } = proposal;
		let chain = Self::usable_chain(&terms.proof_chain)?;
		let (planned, end) = Self::span(chain.estimate(Self::now_ms()), terms.windows)?;
		let plan = crate::legs::Plan {
			proof_chain: terms.proof_chain,
			rate,
			interval: terms.interval,
			planned,
			end,
		};
		let bytes = contract.size;
		let (leg, escrow) = Self::open_leg(id, &contract, plan, bytes)?;
		let excess = held.checked_sub(escrow).ok_or(Error::<T>::Overflow)?;
		Self::collect_escrow(&contract.client, escrow)?;
		Self::release_escrow(&contract.client, excess)?;
		Self::forget_proposal(&contract);
		let legs = BoundedVec::truncate_from(alloc::vec![leg]);
		contract.phase = Phase::Active(ActiveContract { legs, closed: Default::default() });
		let client = contract.client.clone();
		Contracts::<T>::insert(id, contract);
		Self::deposit_event(Event::ContractAccepted { id, client, provider });
		Ok(())
	}

	pub(crate) fn do_withdraw(client: AccountId, id: ContractId) -> DispatchResult {
		let proposal = Self::proposal(id)?;
		ensure!(proposal.contract.client == client, Error::<T>::NotClient);
		Self::end_proposal(id, proposal, ProposalEnd::Withdrawn)
	}

	pub(crate) fn do_reject(provider: AccountId, id: ContractId) -> DispatchResult {
		let proposal = Self::proposal(id)?;
		ensure!(proposal.contract.provider == provider, Error::<T>::NotProvider);
		Self::end_proposal(id, proposal, ProposalEnd::Rejected)
	}

	pub(crate) fn do_expire(id: ContractId) -> DispatchResult {
		let proposal = Self::proposal(id)?;
		ensure!(Self::now_block() > proposal.expires_at, Error::<T>::ProposalOpen);
		Self::end_proposal(id, proposal, ProposalEnd::Expired)
	}

	pub(crate) fn do_advance(
		provider: AccountId,
		proof_chain: ChainId,
		max_steps: u32,
	) -> Result<u32, DispatchError> {
		let id = StreamOf::<T>::get(provider, proof_chain).ok_or(Error::<T>::UnknownStream)?;
		let advanced = Self::advance_stream(id, max_steps)?;
		if advanced.moved {
			let counted = advanced.stream.counted;
			Self::deposit_event(Event::StreamAdvanced { stream: id, counted });
		}
		Self::retire_if_over(id, advanced.stream);
		Ok(advanced.steps)
	}

	pub(crate) fn do_claim(provider: AccountId, chain: ChainId) -> Result<u32, DispatchError> {
		let id = StreamOf::<T>::get(&provider, chain).ok_or(Error::<T>::UnknownStream)?;
		let advanced = Self::advance_stream(id, T::MaxSteps::get())?;
		let mut stream = advanced.stream;
		// A stream that is far behind is paid for what is counted: repeating the call goes on.
		let nothing =
			if advanced.complete { Error::<T>::NothingToClaim } else { Error::<T>::AdvanceFirst };
		ensure!(stream.claimable().total() > 0, nothing);
		Self::pay_stream(id, &mut stream)?;
		Streams::<T>::insert(id, stream);
		Ok(advanced.steps)
	}

	/// A contract that still is a proposal.
	pub(crate) fn proposal(id: ContractId) -> Result<Proposal, DispatchError> {
		let contract = Contracts::<T>::get(id).ok_or(Error::<T>::UnknownContract)?;
		match contract.phase.clone() {
			Phase::Proposed { terms, rate, escrow, expires_at } => {
				Ok(Proposal { contract, terms, rate, escrow, expires_at })
			}
			Phase::Active(_) => Err(Error::<T>::NotProposed.into()),
		}
	}

	/// A contract that runs.
	pub(crate) fn active(
		id: ContractId,
	) -> Result<(ContractRecord, ActiveContract), DispatchError> {
		let contract = Contracts::<T>::get(id).ok_or(Error::<T>::UnknownContract)?;
		match contract.phase.clone() {
			Phase::Active(active) => Ok((contract, active)),
			Phase::Proposed { .. } => Err(Error::<T>::NotActive.into()),
		}
	}

	fn end_proposal(id: ContractId, proposal: Proposal, cause: ProposalEnd) -> DispatchResult {
		let Proposal { contract, escrow: refunded, .. } = proposal;
		Self::release_escrow(&contract.client, refunded)?;
		Self::forget_proposal(&contract);
		Self::forget_contract(id, &contract);
		let client = contract.client;
		Self::deposit_event(Event::ProposalEnded { id, client, refunded, cause });
		Ok(())
	}

	/// Counts a new proposal on both sides.
	fn note_proposal(client: &AccountId, provider: &AccountId) -> DispatchResult {
		let (of, to) = (ProposalsOf::<T>::get(client), ProposalsTo::<T>::get(provider));
		ensure!(of < T::MaxProposalsOfClient::get(), Error::<T>::TooManyProposals);
		ensure!(to < T::MaxProposalsToProvider::get(), Error::<T>::ProviderBusy);
		ProposalsOf::<T>::insert(client, of.saturating_add(1));
		ProposalsTo::<T>::insert(provider, to.saturating_add(1));
		Ok(())
	}

	fn forget_proposal(contract: &ContractRecord) {
		let less = |count: &mut Option<u32>| {
			*count = count.map(|n| n.saturating_sub(1)).filter(|n| *n > 0);
		};
		ProposalsOf::<T>::mutate_exists(&contract.client, less);
		ProposalsTo::<T>::mutate_exists(&contract.provider, less);
	}

	/// Removes a contract and its entries in the lists of its parties.
	pub(crate) fn forget_contract(id: ContractId, contract: &ContractRecord) {
		Contracts::<T>::remove(id);
		ContractsOf::<T>::remove(&contract.client, id.0.to_be_bytes());
		ContractsOf::<T>::remove(&contract.provider, id.0.to_be_bytes());
	}

	/// Rate and escrow of a contract that `provider` is willing to make.
	pub(crate) fn price(
		provider: &AccountId,
		terms: &Terms,
	) -> Result<(Amounts, Balance), DispatchError> {
		let offer = T::Providers::offer(provider).ok_or(Error::<T>::UnknownProvider)?;
		ensure!(T::Providers::accepting(provider), Error::<T>::NotAccepting);
		Self::check_terms(&offer, terms)?;
		let chain = Self::usable_chain(&terms.proof_chain)?;
		let (size, interval) = (terms.size, terms.interval);
		let price = terrace_layers::rate(offer.price, size).ok_or(Error::<T>::Overflow)?;
		let fee = Self::proof_fee(&chain.terms, size, interval)?;
		let rate = Amounts { price, fee };
		// The end may be moved up to the next grid line.
		let most = terms.windows.checked_add(T::EndGrid::get().saturating_sub(1));
		let most = most.ok_or(Error::<T>::Overflow)?;
		let escrow = Self::cost(&rate, most)?;
		Ok((rate, escrow))
	}

	/// Price of so many windows.
	pub(crate) fn cost(rate: &Amounts, windows: u32) -> Result<Balance, DispatchError> {
		let cost = rate.times(windows).and_then(|cost| cost.price.checked_add(cost.fee));
		cost.ok_or(Error::<T>::Overflow.into())
	}

	/// Whether an offer covers a contract.
	fn check_terms(offer: &Offer, terms: &Terms) -> DispatchResult {
		ensure!(terms.size > 0, Error::<T>::EmptyBlob);
		ensure!(BlobSize::new(terms.size).is_ok(), Error::<T>::BlobTooLarge);
		ensure!(terms.size <= offer.capacity, Error::<T>::CapacityExceeded);
		ensure!((1..=MAX_INTERVAL).contains(&terms.interval), Error::<T>::IntervalInvalid);
		Self::check_windows(offer, terms.windows)
	}

	/// Whether an offer covers so many windows.
	pub(crate) fn check_windows(offer: &Offer, windows: u32) -> DispatchResult {
		let offered = offer.min_windows..=offer.max_windows;
		ensure!(windows > 0 && offered.contains(&windows), Error::<T>::WindowsOutOfRange);
		Ok(())
	}

	/// A proof chain that takes new legs.
	pub(crate) fn usable_chain(id: &ChainId) -> Result<crate::ChainRecord, DispatchError> {
		let chain = Chains::<T>::get(id).ok_or(Error::<T>::UnknownProofChain)?;
		let relation = T::Registry::relation(id);
		ensure!(relation == Some(Relation::Child), Error::<T>::UnknownProofChain);
		ensure!(chain.stalled.is_none(), Error::<T>::ProofChainStalled);
		ensure!(T::Registry::may_send(id, LaneId::STORAGE), Error::<T>::ProofChainInactive);
		Ok(chain)
	}

	pub(crate) fn now_block() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	pub(crate) fn now_ms() -> u64 {
		T::Now::now()
	}

	/// Only the two parties of a contract may do what follows.
	pub(crate) fn ensure_party(contract: &ContractRecord, who: &AccountId) -> DispatchResult {
		let party = *who == contract.client || *who == contract.provider;
		ensure!(party, Error::<T>::NotParty);
		Ok(())
	}
}
