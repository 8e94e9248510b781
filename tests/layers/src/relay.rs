// SPDX-License-Identifier: Apache-2.0
//! A relay without a network: it reads one chain and submits to the other.

use crate::{Chain, Outcome, AUTHORS};
use bp_runtime::StorageProofChecker;
use codec::{Decode, DecodeAll};
use frame_support::weights::Weight;
use sp_consensus_grandpa::{AuthorityId, AuthorityList, AuthoritySignature};
use sp_core::{ConstU32, H256};
use sp_runtime::{traits::BlakeTwo256, transaction_validity::InvalidTransaction, BoundedVec};
use terrace_layers::{
	keys, limits, payload_hash, registration_statement, ChainId, FinalityProof, GenesisProof,
	LaneId, Origin, Relation, StateProof,
};

/// What one relay call carries.
#[derive(Clone, Debug)]
pub struct Parcel {
	/// Finality of the source, when the target does not have it yet.
	pub finality: Option<FinalityProof>,
	/// Source block under which the lane is proven.
	pub at: u32,
	/// State proof of the source's end of the lane.
	pub proof: StateProof,
	/// Nonce of the first message that the target lacks.
	pub first: u64,
	/// Payloads, from the first one the target lacks.
	pub messages: Vec<Vec<u8>>,
	/// Hashes of the payloads that stay behind.
	pub tail: Vec<H256>,
	/// Weight granted to the messages.
	pub max_weight: Weight,
}

/// Weight granted to the messages of one call.
pub const MAX_WEIGHT: Weight = Weight::from_parts(150_000_000_000, 1 << 32);

/// Messages that a relay brings at once.
pub const BATCH: usize = 32;

/// What `source` has for `target` on `lane` at its newest block, up to `most` messages; `None` if there
/// is nothing new.
pub fn parcel<S: Chain, T: Chain>(
	source: &mut S,
	target: &mut T,
	lane: LaneId,
	most: usize,
) -> Option<Parcel> {
	let (from, to) = (source.id(), target.id());
	let sent = source.lane(to, lane);
	let received = target.lane(from, lane);
	let news = sent.state.out_nonce > received.state.in_nonce;
	let acks = sent.state.in_nonce > received.acked;
	if !news && !acks {
		return None;
	}
	let first = received.state.in_nonce + 1;
	let mut messages = source.messages(to, lane, first);
	let tail = messages.split_off(messages.len().min(most));
	let best = best_of(target, from);
	let at = source.head().number;
	Some(Parcel {
		finality: (at > best).then(|| source.finality()),
		at,
		proof: source.prove(&[keys::lane(to, lane)]),
		first,
		messages,
		tail: tail.iter().map(|payload| payload_hash(payload)).collect(),
		max_weight: MAX_WEIGHT,
	})
}

/// Number of the newest header of `source` that `target` has.
fn best_of<T: Chain>(target: &mut T, source: terrace_layers::ChainId) -> u32 {
	let all = target.neighbours();
	all.into_iter().find(|view| view.chain == source).expect("they are neighbours").best_number
}

/// Delivers one lane in one direction, once.
pub fn deliver<S: Chain, T: Chain>(
	source: &mut S,
	target: &mut T,
	lane: LaneId,
) -> Option<Outcome> {
	let parcel = parcel(source, target, lane, BATCH)?;
	Some(target.relay(source.id(), lane, parcel))
}

/// Delivers everything there is between a parent and its child, both ways.
pub fn cross<P: Chain, C: Chain>(parent: &mut P, child: &mut C) {
	let registered = parent
		.neighbours()
		.iter()
		.any(|view| view.chain == child.id() && view.relation == Relation::Child);
	if !registered {
		return;
	}
	for lane in LaneId::ALL {
		while let Some(outcome) = deliver(parent, child, lane) {
			assert!(
				outcome == Outcome::Applied || has_to_wait(&outcome),
				"lane {lane:?} down: {outcome:?}"
			);
		}
		while let Some(outcome) = deliver(child, parent, lane) {
			assert!(
				outcome == Outcome::Applied || has_to_wait(&outcome),
				"lane {lane:?} up: {outcome:?}"
			);
		}
	}
}

/// Whether there was no room for a call, which the next block has: a session's first block has none.
pub fn has_to_wait(outcome: &Outcome) -> bool {
	*outcome == Outcome::Refused(InvalidTransaction::ExhaustsResources.into())
}

/// What a genesis proof says about its chain.
pub fn origin_of(genesis: &GenesisProof) -> Origin {
	proven(genesis, &keys::origin())
}

/// Signatures of all authorities of a genesis, who are well known, over its registration.
pub fn possession(parent: ChainId, genesis: &GenesisProof) -> Signatures {
	let statement = registration_statement(parent, genesis.chain_id());
	let list: AuthorityList = proven(genesis, &keys::grandpa_authorities());
	let sign = |(id, _): (AuthorityId, u64)| {
		let key = AUTHORS.map(|(_, key)| key).into_iter().find(|key| id == key.public().into());
		AuthoritySignature::from(key.expect("a well-known authority").sign(&statement))
	};
	Signatures::truncate_from(list.into_iter().map(sign).collect())
}

/// One signature for each authority.
pub type Signatures = BoundedVec<AuthoritySignature, ConstU32<{ limits::MAX_AUTHORITIES }>>;

fn proven<V: Decode>(genesis: &GenesisProof, key: &[u8]) -> V {
	let mut proof =
		StorageProofChecker::<BlakeTwo256>::new(genesis.state_root, genesis.nodes.clone())
			.expect("the proof is sound");
	let value = proof.read_value(key).expect("it is proven").expect("it is there");
	V::decode_all(&mut &value[..]).expect("it decodes")
}
