// SPDX-License-Identifier: Apache-2.0
//! Strict verification of a neighbour's finality.

use crate::*;
use alloc::vec::Vec;
use bp_header_chain::justification::{verify_justification, JustificationVerificationContext};
use codec::{DecodeAll, Encode};
use finality_grandpa::voter_set::VoterSet;
use frame_support::ensure;
use sp_consensus_grandpa::{AuthorityId, AuthorityList, ConsensusLog, GRANDPA_ENGINE_ID};
use sp_core::{hex2array, H256};
use sp_runtime::{generic::Digest, traits::Header as _, DigestItem};
use terrace_layers::{
	binding_of, limits, views::NeighbourStatus, Authorities, ChainId, FinalityProof, Header,
	Imported,
};

/// A neighbour's client and authorities, which its proofs are checked against.
pub(crate) struct Standing<T: Config> {
	/// The client.
	pub client: ClientOf<T>,
	/// Its current authorities.
	pub authorities: Authorities,
}

/// A finality proof that holds, and all that writing it needs.
pub(crate) struct Verified {
	/// What importing the header achieves.
	pub imported: Imported,
	/// Hash of the header.
	pub hash: H256,
	/// The authority set that the header hands over to.
	pub next: Option<Authorities>,
}

/// What a header's digest says about its chain's authorities.
fn next_authorities<T: Config>(digest: &Digest) -> Result<Option<Authorities>, Error<T>> {
	let mut next = None;
	for log in digest.logs() {
		let payload = match log {
			DigestItem::Consensus(engine, payload) if *engine == GRANDPA_ENGINE_ID => payload,
			_ => continue,
		};
		let log = ConsensusLog::<u32>::decode_all(&mut payload.as_slice());
		match log.map_err(|_| Error::<T>::BadDigest)? {
			ConsensusLog::ScheduledChange(change) => {
				ensure!(change.delay == 0, Error::<T>::UnsupportedDelay);
				ensure!(next.is_none(), Error::<T>::BadDigest);
				next = Some(checked_authorities::<T>(change.next_authorities)?);
			}
			ConsensusLog::ForcedChange(..) => return Err(Error::<T>::UnsupportedForcedChange),
			// These take no vote away from the set that neighbours know: a disabled authority's
			// votes still count, and a pause only delays finality.
			ConsensusLog::OnDisabled(_) | ConsensusLog::Pause(_) | ConsensusLog::Resume(_) => {}
		}
	}
	Ok(next)
}

/// Takes an authority list only if every member has one vote and a key that only its owner can use.
pub(crate) fn checked_authorities<T: Config>(list: AuthorityList) -> Result<Authorities, Error<T>> {
	ensure!(list.iter().all(|(_, weight)| *weight == 1), Error::<T>::BadAuthoritySet);
	let keys: Vec<AuthorityId> = list.into_iter().map(|(key, _)| key).collect();
	ensure_distinct_and_strong::<T>(&keys)?;
	Authorities::try_from(keys).map_err(|_| Error::<T>::BadAuthoritySet)
}

/// Fails on an empty list, a double key, or a key for which anyone can forge signatures.
pub(crate) fn ensure_distinct_and_strong<T: Config>(keys: &[AuthorityId]) -> Result<(), Error<T>> {
	ensure!(!keys.is_empty(), Error::<T>::BadAuthoritySet);
	let mut sorted: Vec<_> = keys.to_vec();
	sorted.sort();
	sorted.dedup();
	ensure!(sorted.len() == keys.len(), Error::<T>::BadAuthoritySet);
	ensure!(!keys.iter().any(is_weak), Error::<T>::BadAuthoritySet);
	Ok(())
}

/// The encodings of all points of small order, their sign bits cleared: of order 4, 1, 8, 8 and 2,
/// then of order 4 and 1 again, not reduced, which verification accepts as well.
const SMALL_ORDER: [[u8; 32]; 7] = [
	hex2array!("0000000000000000000000000000000000000000000000000000000000000000"),
	hex2array!("0100000000000000000000000000000000000000000000000000000000000000"),
	hex2array!("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
	hex2array!("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
	hex2array!("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
	hex2array!("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
	hex2array!("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
];

/// Whether a key is of small order: then anyone can forge its signatures.
pub(crate) fn is_weak(key: &AuthorityId) -> bool {
	let Ok(mut point) = <[u8; 32]>::try_from(key.as_ref()) else { return true };
	if let Some(last) = point.last_mut() {
		*last &= 0x7f;
	}
	SMALL_ORDER.contains(&point)
}

impl<T: Config> Standing<T> {
	/// Where a neighbour stands that is followed.
	pub(crate) fn of(chain: &ChainId) -> Result<Self, Error<T>> {
		let client = Clients::<T>::get(chain).ok_or(Error::<T>::UnknownChain)?;
		match Pallet::<T>::status(&client) {
			NeighbourStatus::Active | NeighbourStatus::Draining => {}
			NeighbourStatus::Expired => return Err(Error::<T>::Expired),
			_ => return Err(Error::<T>::NotActive),
		}
		let authorities = CurrentAuthorities::<T>::get(chain).ok_or(Error::<T>::BadAuthoritySet)?;
		Ok(Self { client, authorities })
	}

	/// Checks a finality proof, cheap checks first, and writes nothing.
	pub(crate) fn check(
		&self,
		chain: &ChainId,
		proof: &FinalityProof,
	) -> Result<Verified, Error<T>> {
		let header = &proof.header;
		self.check_cheaply(proof)?;
		ensure!(binding_of(header.digest()) == Some(*chain), Error::<T>::WrongBinding);
		let next = next_authorities::<T>(header.digest())?;
		let limit = if next.is_some() { limits::MAX_MANDATORY_HEADER } else { limits::MAX_HEADER };
		ensure!(header.encoded_size() <= limit as usize, Error::<T>::TooLarge);
		let may_change = next.is_none() || Pallet::<T>::may_hand_over(chain);
		ensure!(may_change, Error::<T>::TooManySets);
		let hash = verify_votes::<T>(proof, &self.authorities)?;
		let imported = Imported {
			number: *header.number(),
			state_root: *header.state_root(),
			mandatory: next.is_some(),
			improved_by: header.number().saturating_sub(self.client.best.number),
		};
		Ok(Verified { imported, hash, next })
	}

	/// The checks that cost next to nothing.
	pub(crate) fn check_cheaply(&self, proof: &FinalityProof) -> Result<(), Error<T>> {
		let best = self.client.best.number;
		ensure!(*proof.header.number() > best, Error::<T>::Obsolete);
		ensure!(proof.set_id <= self.client.set_id, Error::<T>::WrongSetId);
		ensure!(proof.set_id == self.client.set_id, Error::<T>::ReplacedSet);
		check_sizes::<T>(proof, self.authorities.len())
	}

	/// Goes to where a verified header leads, and returns the set that it replaced, if any.
	pub(crate) fn advance(&mut self, verified: &Verified) -> Option<Authorities> {
		self.client.best = Best { number: verified.imported.number, hash: verified.hash };
		let next = verified.next.clone()?;
		self.client.set_id = self.client.set_id.saturating_add(1);
		Some(core::mem::replace(&mut self.authorities, next))
	}
}

/// Checks that a set justifies a header, and returns the header's hash.
pub(crate) fn verify_votes<T: Config>(
	proof: &FinalityProof,
	set: &Authorities,
) -> Result<H256, Error<T>> {
	let voter_set =
		VoterSet::new(set.iter().map(|key| (key.clone(), 1))).ok_or(Error::<T>::BadAuthoritySet)?;
	let context = JustificationVerificationContext { voter_set, authority_set_id: proof.set_id };
	let hash = proof.header.hash();
	verify_justification((hash, *proof.header.number()), &context, &proof.justification)
		.map_err(|_| Error::<T>::InvalidJustification)?;
	Ok(hash)
}

/// Whether a header is not larger than any that can be imported.
pub(crate) fn fits(header: &Header) -> bool {
	header.encoded_size() <= limits::MAX_MANDATORY_HEADER as usize
}

/// Checks the size of a finality proof of a set of so many authorities.
pub(crate) fn check_sizes<T: Config>(
	proof: &FinalityProof,
	authorities: usize,
) -> Result<(), Error<T>> {
	let votes = &proof.justification;
	ensure!(votes.commit.precommits.len() <= authorities, Error::<T>::TooLarge);
	ensure!(votes.votes_ancestries.len() <= limits::MAX_ANCESTRY as usize, Error::<T>::TooLarge);
	ensure!(fits(&proof.header), Error::<T>::TooLarge);
	ensure!(votes.votes_ancestries.iter().all(fits), Error::<T>::TooLarge);
	Ok(())
}
