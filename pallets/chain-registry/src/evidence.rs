// SPDX-License-Identifier: Apache-2.0
//! Offences of neighbours.
//!
//! GRANDPA votes name no chain, so a vote alone shows nothing: the headers that were voted for must be
//! brought, and be bound to the chain that is to answer for them.

use crate::{
	verify::{check_sizes, fits, verify_votes},
	*,
};
use frame_support::{
	dispatch::{DispatchResultWithPostInfo, Pays},
	ensure,
	traits::{
		fungible::{Balanced, BalancedHold},
		Get, Imbalance, OnUnbalanced,
	},
};
use sp_consensus_grandpa::{check_equivocation_proof, Equivocation, EquivocationProof};
use sp_core::H256;
use sp_runtime::{
	traits::{BlakeTwo256, Hash, Header as _},
	Perbill,
};
use terrace_layers::{
	binding_of, views::NeighbourStatus, Authorities, ChainId, FinalityProof, Header, Relation,
};

/// The two blocks that an equivocation voted for.
fn targets(equivocation: &Equivocation<H256, u32>) -> [(H256, u32); 2] {
	macro_rules! targets {
		($votes:expr) => {
			[&$votes.first.0, &$votes.second.0].map(|vote| (vote.target_hash, vote.target_number))
		};
	}
	match equivocation {
		Equivocation::Prevote(votes) => targets!(votes),
		Equivocation::Precommit(votes) => targets!(votes),
	}
}

/// Whether a header is one of `chain`; the genesis header carries no binding, it is the chain's id.
fn is_bound(header: &Header, chain: &ChainId) -> bool {
	binding_of(header.digest()) == Some(*chain) || header.hash() == chain.0
}

impl<T: Config> Pallet<T> {
	/// Checks an equivocation, cheap checks first; returns the client and the offence's name.
	pub(crate) fn check_equivocation(
		chain: &ChainId,
		set_id: u64,
		set: &Authorities,
		equivocation: &Equivocation<H256, u32>,
		headers: [&Header; 2],
	) -> Result<(ClientOf<T>, H256), Error<T>> {
		let (client, key) = Self::check_unpunished(chain, set_id, equivocation)?;
		ensure!(headers.into_iter().all(fits), Error::<T>::TooLarge);
		ensure!(Self::answers(chain, &client, set_id, set), Error::<T>::StaleEvidence);
		ensure!(set.contains(equivocation.offender()), Error::<T>::NotInSet);
		let shown = headers.into_iter().zip(targets(equivocation)).all(|(header, target)| {
			(header.hash(), *header.number()) == target && is_bound(header, chain)
		});
		ensure!(shown, Error::<T>::EvidenceInvalid);
		let proof = EquivocationProof::new(set_id, equivocation.clone());
		ensure!(check_equivocation_proof(proof), Error::<T>::EvidenceInvalid);
		Ok((client, key))
	}

	/// Checks that an equivocation is there to be punished; returns the client and the offence's name.
	pub(crate) fn check_unpunished(
		chain: &ChainId,
		set_id: u64,
		equivocation: &Equivocation<H256, u32>,
	) -> Result<(ClientOf<T>, H256), Error<T>> {
		let client = Self::client_of(chain)?;
		let answers = client.bond.as_ref().is_some_and(|bond| bond.left > 0);
		ensure!(answers, Error::<T>::NothingToSlash);
		let (offender, round) = (equivocation.offender(), equivocation.round_number());
		let key = BlakeTwo256::hash_of(&(b"equivocation", chain, set_id, round, offender));
		ensure!(!UsedEvidence::<T>::get(chain).contains(&key), Error::<T>::EvidenceUsed);
		Ok((client, key))
	}

	/// Punishes an equivocation; see the call.
	pub(crate) fn do_report_equivocation(
		by: Option<T::AccountId>,
		chain: ChainId,
		set_id: u64,
		set: &Authorities,
		equivocation: &Equivocation<H256, u32>,
		headers: [&Header; 2],
	) -> DispatchResultWithPostInfo {
		let (mut client, key) =
			Self::check_equivocation(&chain, set_id, set, equivocation, headers)?;
		Self::note_used(&chain, key);
		let slashed = Self::slash(&mut client, T::EquivocationSlash::get(), by);
		Clients::<T>::insert(chain, client);
		Self::deposit_event(Event::Equivocation {
			chain,
			set_id,
			round: equivocation.round_number(),
			offender: equivocation.offender().clone(),
			slashed,
		});
		Ok(Pays::No.into())
	}

	/// Checks a fork, cheap checks first; returns the client and the offence's name.
	pub(crate) fn check_fork(
		chain: &ChainId,
		set: &Authorities,
		proof: &FinalityProof,
		ancestry: &[Header],
	) -> Result<(ClientOf<T>, H256), Error<T>> {
		let client = Self::check_unforked(chain)?;
		check_sizes(proof, set.len())?;
		ensure!(ancestry.iter().all(fits), Error::<T>::TooLarge);
		ensure!(Self::answers(chain, &client, proof.set_id, set), Error::<T>::StaleEvidence);
		let key = BlakeTwo256::hash_of(&(b"fork", chain, proof.header.hash()));
		ensure!(!UsedEvidence::<T>::get(chain).contains(&key), Error::<T>::EvidenceUsed);
		ensure!(is_bound(&proof.header, chain), Error::<T>::EvidenceInvalid);
		ensure!(Self::conflicts(chain, &proof.header, ancestry), Error::<T>::EvidenceInvalid);
		verify_votes(proof, set)?;
		Ok((client, key))
	}

	/// Checks that a fork is there to be punished; returns the client.
	pub(crate) fn check_unforked(chain: &ChainId) -> Result<ClientOf<T>, Error<T>> {
		let client = Self::client_of(chain)?;
		let answers = client.relation == Relation::Parent || client.bond.is_some();
		ensure!(answers, Error::<T>::NothingToSlash);
		ensure!(!client.forked, Error::<T>::EvidenceUsed);
		Ok(client)
	}

	/// Whether the lowest of a header and its ancestors is not the one kept under its number.
	fn conflicts(chain: &ChainId, header: &Header, ancestry: &[Header]) -> bool {
		let mut lowest = header;
		for parent in ancestry {
			let next = parent.number().checked_add(1) == Some(*lowest.number());
			if !next || parent.hash() != *lowest.parent_hash() {
				return false;
			}
			lowest = parent;
		}
		Headers::<T>::get(chain, lowest.number()).is_some_and(|kept| kept.hash != lowest.hash())
	}

	/// Punishes a fork; see the call.
	pub(crate) fn do_report_fork(
		by: Option<T::AccountId>,
		chain: ChainId,
		set: &Authorities,
		proof: &FinalityProof,
		ancestry: &[Header],
	) -> DispatchResultWithPostInfo {
		let (mut client, key) = Self::check_fork(&chain, set, proof, ancestry)?;
		Self::note_used(&chain, key);
		client.forked = true;
		let slashed = Self::slash(&mut client, T::ForkSlash::get(), by);
		let number = *proof.header.number();
		let hash = proof.header.hash();
		Self::deposit_event(Event::Forked { chain, number, hash, slashed });
		match client.status {
			NeighbourStatus::Frozen | NeighbourStatus::Closed => {
				Clients::<T>::insert(chain, client)
			}
			_ => Self::put_status(chain, client, NeighbourStatus::Frozen),
		}
		Ok(Pays::No.into())
	}

	fn note_used(chain: &ChainId, key: H256) {
		UsedEvidence::<T>::mutate(chain, |used| {
			if used.is_full() {
				used.remove(0);
			}
			// There is room now, whatever the bound, unless it is none.
			let _ = used.try_push(key);
		});
	}

	/// Takes a part of what was bonded, gives the reporter a share, and returns what was taken.
	fn slash(
		client: &mut ClientOf<T>,
		part: Perbill,
		reporter: Option<T::AccountId>,
	) -> BalanceOf<T> {
		let Some(bond) = client.bond.as_mut() else { return 0 };
		let amount = part.mul_ceil(bond.placed).min(bond.left);
		bond.left = bond.left.saturating_sub(amount);
		let (credit, missing) =
			T::Currency::slash(&HoldReason::ChainBond.into(), &bond.who, amount);
		let taken = amount.saturating_sub(missing);
		let share = reporter.as_ref().map_or(0, |_| T::ReporterShare::get().mul_floor(taken));
		let (reward, rest) = credit.split(share);
		T::OnSlash::on_unbalanced(rest);
		if let Some(who) = reporter {
			// An account that may not exist with so little gets nothing.
			if let Err(reward) = T::Currency::resolve(&who, reward) {
				T::OnSlash::on_unbalanced(reward);
			}
		}
		taken
	}
}
