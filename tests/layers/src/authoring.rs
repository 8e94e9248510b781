// SPDX-License-Identifier: Apache-2.0
//! What a node does for its runtime: slots, VRF outputs and GRANDPA votes, with the keys of the
//! local preset's authorities.

use bp_header_chain::justification::GrandpaJustification;
use codec::Encode;
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryVRFPreDigest},
	make_vrf_sign_data, Slot, BABE_ENGINE_ID,
};
use sp_consensus_grandpa::localized_payload;
use sp_core::{crypto::VrfSecret, Pair};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use sp_runtime::{traits::Header as _, DigestItem};
use terrace_layers::{FinalityProof, Header};

/// The authorities of every layer, in the order of the authority set.
pub const AUTHORS: [(Sr25519Keyring, Ed25519Keyring); 2] =
	[(Sr25519Keyring::Alice, Ed25519Keyring::Alice), (Sr25519Keyring::Bob, Ed25519Keyring::Bob)];

/// The digest item with which the author at `index` opens `slot`.
pub fn pre_digest(
	index: u32,
	author: Sr25519Keyring,
	slot: Slot,
	randomness: &[u8; 32],
	epoch: u64,
) -> DigestItem {
	let vrf_signature = author.pair().vrf_sign(&make_vrf_sign_data(randomness, slot, epoch));
	let digest = PreDigest::SecondaryVRF(SecondaryVRFPreDigest {
		authority_index: index,
		slot,
		vrf_signature,
	});
	DigestItem::PreRuntime(BABE_ENGINE_ID, digest.encode())
}

/// A justification of `header` by all authorities, as a relay would bring it.
pub fn finality_proof(header: &Header, set_id: u64) -> FinalityProof {
	let precommit =
		finality_grandpa::Precommit { target_hash: header.hash(), target_number: *header.number() };
	let message = finality_grandpa::Message::Precommit(precommit.clone());
	let payload = localized_payload(1, set_id, &message);
	let precommits = AUTHORS
		.iter()
		.map(|(_, ed)| finality_grandpa::SignedPrecommit {
			precommit: precommit.clone(),
			signature: ed.pair().sign(&payload).into(),
			id: ed.public().into(),
		})
		.collect();
	let commit = finality_grandpa::Commit {
		target_hash: precommit.target_hash,
		target_number: precommit.target_number,
		precommits,
	};
	let justification = GrandpaJustification { round: 1, commit, votes_ancestries: vec![] };
	FinalityProof { header: header.clone(), justification, set_id }
}
