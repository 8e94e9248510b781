// SPDX-License-Identifier: Apache-2.0
//! What people trigger, except closing.

use crate::{
	Agendas, ChainRecord, Chains, Config, ContractRecord, Contracts, ContractsOf, Error, Event,
	LegRecord, Legs, NextIds, Outages, Pallet, PendingLegs, Phase, ProposalEnd, ProposalsOf,
	ProposalsTo, StreamOf, StreamRecord, Streams,
};
use frame_support::{
	ensure,
	traits::{Get, Time},
};
use sp_runtime::{traits::SaturatedConversion, DispatchError, DispatchResult};
use terrace_layers::{
	AccountId, Balance, BlockNumber, ChainId, ContractId, LaneId, LegId, Neighbours, Offer,
	Operator, Providers, Relation, StreamId, TrackedLeg, Window,
};
use terrace_possession::{BlobSize, ContentId};

/// Windows between the proof chain's present and the start of a leg: the time its batch needs.
const LEAD: u32 = 2;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_propose(
		client: AccountId,
		provider: AccountId,
		proof_chain: ChainId,
		root: ContentId,
		size: u64,
		windows: u32,
		max_rate: Balance,
	) -> DispatchResult {
		let (rate, escrow) = Self::price(&provider, &proof_chain, size, windows)?;
		ensure!(rate <= max_rate, Error::<T>::RateAboveMax);
		let lifetime = T::ProposalLifetime::get();
		let expires_at = Self::now_block().checked_add(lifetime).ok_or(Error::<T>::Overflow)?;
		Self::note_proposal(&client, &provider)?;
		Self::hold_escrow(&client, escrow)?;
		let id = NextIds::<T>::mutate(|ids| ids.take_contract());
		for who in [&client, &provider] {
			ContractsOf::<T>::insert(who, id.0.to_be_bytes(), ());
		}
		let phase = Phase::Proposed { escrow, expires_at };
		Self::deposit_event(Event::ContractProposed {
			id,
			client: client.clone(),
			provider: provider.clone(),
			root,
			size,
			escrow,
			expires_at,
		});
		let contract =
			ContractRecord { client, provider, root, size, proof_chain, rate, windows, phase };
		Contracts::<T>::insert(id, contract);
		Ok(())
	}

	pub(crate) fn do_accept(provider: AccountId, id: ContractId) -> DispatchResult {
		let (mut contract, held, expires_at) = Self::proposal(id)?;
		ensure!(contract.provider == provider, Error::<T>::NotProvider);
		ensure!(Self::now_block() <= expires_at, Error::<T>::ProposalLapsed);
		Self::check_chain(&contract.proof_chain)?;
		let offer = T::Providers::offer(&provider).ok_or(Error::<T>::UnknownProvider)?;
		let collateral = Self::collateral(contract.rate)?;
		T::Providers::commit(&provider, contract.size, collateral)?;

		let (leg_id, leg) = Self::open_leg(id, &contract, offer.operator, collateral)?;
		let excess = held.checked_sub(leg.escrow).ok_or(Error::<T>::Overflow)?;
		Self::collect_escrow(&contract.client, leg.escrow)?;
		Self::release_escrow(&contract.client, excess)?;
		Self::forget_proposal(&contract);
		contract.phase = Phase::Active(leg_id);
		Contracts::<T>::insert(id, contract);
		Self::deposit_event(Event::ContractAccepted {
			id,
			leg: leg_id,
			stream: leg.stream,
			batch: leg.batch,
			start: leg.planned,
			end: leg.end,
			escrow: leg.escrow,
		});
		Legs::<T>::insert(leg_id, leg);
		Ok(())
	}

	pub(crate) fn do_withdraw(client: AccountId, id: ContractId) -> DispatchResult {
		let (contract, escrow, _) = Self::proposal(id)?;
		ensure!(contract.client == client, Error::<T>::NotClient);
		Self::end_proposal(id, contract, escrow, ProposalEnd::Withdrawn)
	}

	pub(crate) fn do_reject(provider: AccountId, id: ContractId) -> DispatchResult {
		let (contract, escrow, _) = Self::proposal(id)?;
		ensure!(contract.provider == provider, Error::<T>::NotProvider);
		Self::end_proposal(id, contract, escrow, ProposalEnd::Rejected)
	}

	pub(crate) fn do_expire(id: ContractId) -> DispatchResult {
		let (contract, escrow, expires_at) = Self::proposal(id)?;
		ensure!(Self::now_block() > expires_at, Error::<T>::ProposalOpen);
		Self::end_proposal(id, contract, escrow, ProposalEnd::Expired)
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
		Ok(advanced.steps)
	}

	pub(crate) fn do_claim(provider: AccountId, chain: ChainId) -> Result<u32, DispatchError> {
		let id = StreamOf::<T>::get(&provider, chain).ok_or(Error::<T>::UnknownStream)?;
		let advanced = Self::advance_stream(id, T::MaxSteps::get())?;
		let mut stream = advanced.stream;
		let amount = stream.claimable();
		// A stream that is far behind is paid for what is counted: repeating the call goes on.
		ensure!(
			amount > 0,
			if advanced.complete { Error::<T>::NothingToClaim } else { Error::<T>::AdvanceFirst }
		);
		stream.used = stream.used.checked_add(amount).ok_or(Error::<T>::Overflow)?;
		stream.claimed = stream.claimed.checked_add(amount).ok_or(Error::<T>::Overflow)?;
		Streams::<T>::insert(id, stream);
		Self::pay(&provider, amount);
		Self::deposit_event(Event::Claimed { stream: id, provider, amount });
		Ok(advanced.steps)
	}

	/// Gives an accepted contract its leg, in a batch and in a stream.
	fn open_leg(
		id: ContractId,
		contract: &ContractRecord,
		operator: Operator,
		collateral: Balance,
	) -> Result<(LegId, LegRecord), DispatchError> {
		let proof_chain = contract.proof_chain;
		let mut chain = Chains::<T>::get(proof_chain).ok_or(Error::<T>::UnknownProofChain)?;
		let (planned, end) = Self::span(chain.estimate(Self::now_ms()), contract.windows)?;
		let windows = end.0.saturating_sub(planned.0);
		let escrow = contract.rate.checked_mul(windows.into()).ok_or(Error::<T>::Overflow)?;
		let stream = Self::stream_for(&contract.provider, proof_chain, &mut chain)?;
		let leg = NextIds::<T>::mutate(|ids| ids.take_leg());
		let mut record = LegRecord {
			contract: id,
			stream,
			proof_chain,
			rate: contract.rate,
			batch: chain.gathering(),
			planned,
			end,
			escrow,
			collateral,
			faults: 0,
			last_fault: None,
		};
		let tracked = Self::tracked(leg, &record, contract, operator);
		// A full batch leaves first: the leg may travel in the next one.
		record.batch = Self::gather(proof_chain, &mut chain, tracked)?;
		Chains::<T>::insert(proof_chain, chain);
		Self::announce(&record)?;
		Ok((leg, record))
	}

	/// What the proof chain has to know of a leg.
	fn tracked(
		leg: LegId,
		record: &LegRecord,
		contract: &ContractRecord,
		operator: Operator,
	) -> TrackedLeg {
		TrackedLeg {
			leg,
			stream: record.stream,
			provider: contract.provider.clone(),
			operator,
			root: contract.root,
			size: contract.size,
			start: record.planned,
			end: record.end,
			challenges: T::Challenges::get(),
		}
	}

	/// The stream of `provider` on `proof_chain`, opened if there is none.
	///
	/// `chain` is updated in memory only.
	fn stream_for(
		provider: &AccountId,
		proof_chain: ChainId,
		chain: &mut ChainRecord,
	) -> Result<StreamId, DispatchError> {
		if let Some(id) = StreamOf::<T>::get(provider, proof_chain) {
			ensure!(Outages::<T>::get(id).dead_from.is_none(), Error::<T>::StreamDead);
			return Ok(id);
		}
		ensure!(chain.streams < T::MaxStreams::get(), Error::<T>::TooManyStreams);
		chain.streams = chain.streams.saturating_add(1);
		let id = NextIds::<T>::mutate(|ids| ids.take_stream());
		StreamOf::<T>::insert(provider, proof_chain, id);
		Streams::<T>::insert(id, StreamRecord::new(provider.clone(), proof_chain, chain.reported));
		Ok(id)
	}

	/// Puts a new leg on its stream's agenda.
	fn announce(leg: &LegRecord) -> DispatchResult {
		Agendas::<T>::try_mutate(leg.stream, |agenda| {
			let found = agenda.pending.iter_mut().find(|entry| entry.holds(leg));
			if let Some(entry) = found {
				entry.rate = entry.rate.checked_add(leg.rate).ok_or(Error::<T>::Overflow)?;
				entry.legs = entry.legs.checked_add(1).ok_or(Error::<T>::Overflow)?;
				return Ok::<_, DispatchError>(());
			}
			ensure!(agenda.has_room(), Error::<T>::TooManyEdges);
			let (batch, planned, end) = (leg.batch, leg.planned, leg.end);
			let entry = PendingLegs { batch, planned, end, rate: leg.rate, legs: 1 };
			agenda.pending.try_push(entry).map_err(|_| Error::<T>::TooManyEdges)?;
			Ok(())
		})?;
		Streams::<T>::try_mutate(leg.stream, |slot| {
			let stream = slot.as_mut().ok_or(Error::<T>::UnknownStream)?;
			stream.legs = stream.legs.checked_add(1).ok_or(Error::<T>::Overflow)?;
			Ok(())
		})
	}

	/// A contract that still is a proposal, with its escrow and deadline.
	fn proposal(id: ContractId) -> Result<(ContractRecord, Balance, BlockNumber), DispatchError> {
		let contract = Contracts::<T>::get(id).ok_or(Error::<T>::UnknownContract)?;
		match contract.phase {
			Phase::Proposed { escrow, expires_at } => Ok((contract, escrow, expires_at)),
			Phase::Active(_) => Err(Error::<T>::NotProposed.into()),
		}
	}

	fn end_proposal(
		id: ContractId,
		contract: ContractRecord,
		refunded: Balance,
		cause: ProposalEnd,
	) -> DispatchResult {
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
		proof_chain: &ChainId,
		size: u64,
		windows: u32,
	) -> Result<(Balance, Balance), DispatchError> {
		let offer = T::Providers::offer(provider).ok_or(Error::<T>::UnknownProvider)?;
		ensure!(T::Providers::accepting(provider), Error::<T>::NotAccepting);
		Self::check_terms(&offer, size, windows)?;
		Self::check_chain(proof_chain)?;
		let rate = terrace_layers::rate(offer.price, size).ok_or(Error::<T>::Overflow)?;
		// The end may be moved up to the next grid line.
		let most = windows.checked_add(T::EndGrid::get().saturating_sub(1));
		let most = most.ok_or(Error::<T>::Overflow)?;
		let escrow = rate.checked_mul(most.into()).ok_or(Error::<T>::Overflow)?;
		Ok((rate, escrow))
	}

	/// Whether an offer covers a contract.
	fn check_terms(offer: &Offer, size: u64, windows: u32) -> DispatchResult {
		ensure!(size > 0, Error::<T>::EmptyBlob);
		ensure!(BlobSize::new(size).is_ok(), Error::<T>::BlobTooLarge);
		ensure!(size <= offer.capacity, Error::<T>::CapacityExceeded);
		ensure!(
			windows > 0 && (offer.min_windows..=offer.max_windows).contains(&windows),
			Error::<T>::WindowsOutOfRange
		);
		Ok(())
	}

	fn check_chain(chain: &ChainId) -> DispatchResult {
		let record = Chains::<T>::get(chain).ok_or(Error::<T>::UnknownProofChain)?;
		ensure!(
			T::Registry::relation(chain) == Some(Relation::Child),
			Error::<T>::UnknownProofChain
		);
		ensure!(record.stalled_at.is_none(), Error::<T>::ProofChainStalled);
		ensure!(T::Registry::may_send(chain, LaneId::STORAGE), Error::<T>::ProofChainInactive);
		Ok(())
	}

	/// What a provider has at stake for a contract.
	pub(crate) fn collateral(rate: Balance) -> Result<Balance, DispatchError> {
		let windows = T::CollateralWindows::get();
		rate.checked_mul(windows.into()).ok_or(Error::<T>::Overflow.into())
	}

	/// First window and end of a leg that is accepted now.
	fn span(present: Option<Window>, windows: u32) -> Result<(Window, Window), DispatchError> {
		let overflow = Error::<T>::Overflow;
		let planned = present.and_then(|now| now.0.checked_add(LEAD));
		let planned = planned.ok_or(Error::<T>::Overflow)?;
		let end = planned
			.checked_add(windows)
			.and_then(|end| end.checked_next_multiple_of(T::EndGrid::get().max(1)))
			.ok_or(overflow)?;
		Ok((Window(planned), Window(end)))
	}

	pub(crate) fn now_block() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	pub(crate) fn now_ms() -> u64 {
		T::Now::now()
	}
}
