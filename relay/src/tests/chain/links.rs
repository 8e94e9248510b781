// SPDX-License-Identifier: Apache-2.0
//! What a chain does about its neighbour besides following it.

use super::{field, keys_of, members, refuse, Chain, Client};
use crate::{
	calls::Call,
	finality::Voters,
	records::{authorities_key, client_key, header_key, recovery_key, ring_key},
};
use bp_header_chain::justification::verify_justification;
use bp_test_utils::Account;
use codec::Encode;
use sp_consensus_grandpa::AuthoritySignature;
use sp_core::H256;
use sp_runtime::{Digest, RuntimeAppPublic};
use std::collections::BTreeMap;
use terrace_client::Error;
use terrace_layers::{
	recovery_statement, views::NeighbourStatus, Authorities, Checkpoint, FinalityProof, Header,
};

impl Chain {
	/// Where the chain may be followed from: its newest block, and the authorities after that.
	pub fn checkpoint(&self) -> Checkpoint {
		let header = self.headers.last().expect("there is a first block");
		Checkpoint {
			chain: self.id,
			layer: self.layer,
			number: header.number,
			hash: header.hash(),
			state_root: header.state_root,
			set_id: self.set(),
			authorities: keys_of(self.set()),
		}
	}

	/// Replaces the authorities in a way that no neighbour can follow.
	pub fn force(&mut self) {
		self.append(Digest::default(), self.set() + 1);
	}

	/// What some of the chain's own authorities sign to follow its parent from `checkpoint`.
	pub fn recovery(&self, checkpoint: &Checkpoint, signers: usize) -> String {
		let statement = recovery_statement(self.id, checkpoint);
		let sign = |account: &Account| {
			let (key, signed) = (account.public(), account.sign(&statement));
			let hex = |bytes: &[u8]| sp_core::bytes::to_hex(bytes, false);
			serde_json::json!({ "authority": hex(key.as_bytes()), "signature": hex(&signed.to_bytes()) })
		};
		let signatures: Vec<_> = members(self.set()).iter().take(signers).map(sign).collect();
		serde_json::json!({ "chain": self.id, "checkpoint": checkpoint, "signatures": signatures })
			.to_string()
	}

	/// What the chain keeps of its neighbour.
	pub(super) fn record(&self, key: &[u8]) -> Option<Vec<u8>> {
		let Client { view, voters, known } = &self.client;
		let peer = view.chain;
		if key == authorities_key(peer) {
			return Some(voters.encode());
		}
		if key == client_key(peer) {
			return Some((view.relation, view.layer, view.status, view.best_number).encode());
		}
		if key == recovery_key() {
			return self.pending.as_ref().map(Encode::encode);
		}
		let kept: BTreeMap<_, _> = known.iter().rev().take(64).collect();
		if key == ring_key(peer) {
			return Some(kept.keys().map(|number| **number).collect::<Vec<u32>>().encode());
		}
		let found = kept.into_iter().find(|(number, _)| key == header_key(peer, **number));
		found.map(|(_, hash)| (hash, H256::zero()).encode())
	}

	pub(super) fn check_fork(&self, call: &Call) -> Result<(), Error> {
		let (proof, set): (FinalityProof, Authorities) =
			(field(call, "proof")?, field(call, "set")?);
		let ancestry: Vec<Header> = field(call, "ancestry")?;
		refuse(self.forked, "ChainRegistry", "EvidenceUsed")?;
		let is_current = set == self.client.voters && proof.set_id == self.client.view.set_id;
		let is_past = proof.set_id < self.client.view.set_id && set == keys_of(proof.set_id);
		refuse(!is_current && !is_past, "ChainRegistry", "StaleEvidence")?;
		let mut lowest = &proof.header;
		for parent in &ancestry {
			let follows = parent.hash() == lowest.parent_hash;
			refuse(!follows, "ChainRegistry", "EvidenceInvalid")?;
			lowest = parent;
		}
		let kept = self.client.known.get(&lowest.number);
		let differs = kept.is_some_and(|kept| *kept != lowest.hash());
		refuse(!differs, "ChainRegistry", "EvidenceInvalid")?;
		let voters = Voters::new(set, proof.set_id).expect("not empty");
		let target = (proof.header.hash(), proof.header.number);
		let verified = verify_justification(target, &voters.context, &proof.justification);
		refuse(verified.is_err(), "ChainRegistry", "InvalidJustification")
	}

	pub(super) fn check_expiry(&self) -> Result<(), Error> {
		use NeighbourStatus::{Active, Draining, Halted};
		let is_marked = !matches!(self.client.view.status, Active | Draining | Halted);
		refuse(is_marked, "ChainRegistry", "NotActive")?;
		refuse(self.number() < self.client.view.expires_at, "ChainRegistry", "NotOverdue")
	}

	fn is_lost(&self) -> bool {
		let view = &self.client.view;
		let life = view.expires_at - view.last_progress_at;
		let is_silent = self.number() - view.last_progress_at > life / 2;
		view.status != NeighbourStatus::Active || is_silent
	}

	pub(super) fn check_recovery(&self, call: &Call) -> Result<(), Error> {
		let checkpoint: Checkpoint = field(call, "checkpoint")?;
		let signatures: Vec<(u32, AuthoritySignature)> = field(call, "signatures")?;
		refuse(!self.is_lost(), "ChainRegistry", "ParentIsHeard")?;
		let is_newer = checkpoint.number > self.client.view.best_number;
		refuse(!is_newer, "ChainRegistry", "WrongCheckpoint")?;
		refuse(self.pending.is_some(), "ChainRegistry", "AlreadyPending")?;
		let own = keys_of(self.set());
		refuse(signatures.len() < own.len() * 2 / 3 + 1, "ChainRegistry", "TooFewSignatures")?;
		let statement = recovery_statement(self.id, &checkpoint);
		let is_good = |(place, signature): &(u32, AuthoritySignature)| {
			let key = usize::try_from(*place).ok().and_then(|place| own.get(place));
			key.is_some_and(|key| key.verify(&statement, signature))
		};
		refuse(!signatures.iter().all(is_good), "ChainRegistry", "BadSignature")
	}

	pub(super) fn check_due(&self) -> Result<(), Error> {
		let is_due = self.pending.as_ref().is_some_and(|(_, due)| self.number() >= *due);
		refuse(!is_due, "ChainRegistry", "NotDue")?;
		refuse(!self.is_lost(), "ChainRegistry", "ParentIsHeard")
	}

	/// Follows the parent from where a recovery leads.
	pub(super) fn adopt(&mut self, now: u32) {
		let (checkpoint, _) = self.pending.take().expect("checked");
		let Checkpoint { number, hash, set_id, authorities, .. } = checkpoint;
		let view = &mut self.client.view;
		let life = view.expires_at - view.last_progress_at;
		view.status = NeighbourStatus::Active;
		(view.best_number, view.best_hash, view.set_id) = (number, hash, set_id);
		(view.last_progress_at, view.expires_at) = (now, now.saturating_add(life));
		self.client.known = BTreeMap::from([(number, hash)]);
		self.client.voters = authorities;
	}
}
