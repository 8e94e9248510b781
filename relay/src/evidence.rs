// SPDX-License-Identifier: Apache-2.0
//! Finds authorities that voted for two blocks in one round.

use crate::{
	calls::Offence,
	fault::Fault,
	finality::{Justification, Voters},
	handover::header_of,
	node::Node,
};
use bp_header_chain::justification::EquivocationsCollector;
use codec::{Decode, Encode};
use sp_consensus_grandpa::{Equivocation, EquivocationProof};
use sp_core::H256;
use std::collections::{BTreeSet, VecDeque};
use terrace_client::Error;

/// Justifications that wait to be looked at.
const WAITING: usize = 64;
/// Justifications that later ones are compared with.
const COMPARED: usize = 64;
/// Offences that are remembered, so that each is reported once.
const REMEMBERED: usize = 1024;

type Found = Equivocation<H256, u32>;

/// Looks at each justification once.
#[derive(Default)]
pub(crate) struct Watch {
	fresh: Vec<Justification>,
	past: VecDeque<Justification>,
	seen: BTreeSet<(u64, u64, Vec<u8>)>,
}

impl Watch {
	/// Takes a justification that was just seen.
	pub fn see(&mut self, justification: Justification) {
		if self.fresh.len() < WAITING {
			self.fresh.push(justification);
		}
	}

	/// The offences in what was seen since the last time, compared with what was seen before.
	pub async fn offences(
		&mut self,
		source: &dyn Node,
		voters: &Voters,
	) -> Result<Vec<Offence>, Fault> {
		let mut offences = Vec::new();
		for justification in std::mem::take(&mut self.fresh) {
			let found = equivocations(&justification, &self.past, voters);
			self.past.push_back(justification);
			if self.past.len() > COMPARED {
				self.past.pop_front();
			}
			for found in found {
				if !self.is_new(voters.set_id, &found) {
					continue;
				}
				if let Some(offence) = offence(source, found, voters).await? {
					offences.push(offence);
				}
			}
		}
		Ok(offences)
	}

	fn is_new(&mut self, set_id: u64, found: &Found) -> bool {
		if self.seen.len() >= REMEMBERED {
			self.seen.clear();
		}
		self.seen.insert((set_id, found.round_number(), found.offender().encode()))
	}
}

/// Those who voted twice in the round of `justification`, within it or beside it.
fn equivocations(
	justification: &Justification,
	past: &VecDeque<Justification>,
	voters: &Voters,
) -> Vec<Found> {
	let Ok(mut collector) = EquivocationsCollector::new(&voters.context, justification) else {
		return Vec::new();
	};
	for other in past.iter().filter(|other| other.round == justification.round) {
		collector.parse_justifications(std::slice::from_ref(other));
	}
	collector.into_equivocation_proofs().iter().filter_map(votes).collect()
}

/// The votes in a proof, which tells them only in encoded form.
fn votes(proof: &EquivocationProof<H256, u32>) -> Option<Found> {
	<(u64, Found)>::decode(&mut &proof.encode()[..]).ok().map(|(_, votes)| votes)
}

/// The offence with the blocks voted for; `None` if the node does not know one of them.
async fn offence(
	source: &dyn Node,
	equivocation: Found,
	voters: &Voters,
) -> Result<Option<Offence>, Fault> {
	let Equivocation::Precommit(votes) = &equivocation else { return Ok(None) };
	let (first, second) = (votes.first.0.target_hash, votes.second.0.target_hash);
	let mut headers = Vec::new();
	for hash in [first, second] {
		match header_of(source, hash).await {
			Ok(header) => headers.push(header),
			// Nodes answer so of blocks that they never saw or have dropped.
			Err(Fault::Node(Error::Malformed { .. } | Error::Refused { .. })) => return Ok(None),
			Err(fault) => return Err(fault),
		}
	}
	let Ok([first, second]) = <[_; 2]>::try_from(headers) else { return Ok(None) };
	let (set_id, set) = (voters.set_id, voters.members.clone());
	Ok(Some(Offence { set_id, set, equivocation, headers: (first, second) }))
}

#[cfg(test)]
mod tests {
	use super::*;
	use bp_test_utils::{
		accounts, make_justification_for_header, test_header, JustificationGeneratorParams,
	};
	use terrace_layers::{Authorities, Header};

	fn voters() -> Voters {
		let keys: Vec<_> = accounts(3).into_iter().map(Into::into).collect();
		Voters::new(Authorities::try_from(keys).expect("few enough"), 1).expect("not empty")
	}

	fn justification(header: &Header, round: u64) -> Justification {
		make_justification_for_header(JustificationGeneratorParams {
			header: header.clone(),
			round,
			set_id: 1,
			authorities: accounts(3).into_iter().map(|account| (account, 1)).collect(),
			ancestors: 0,
			forks: 1,
		})
	}

	fn fork() -> (Header, Header) {
		let mut other = test_header::<Header>(5);
		other.state_root = H256::repeat_byte(9);
		(test_header(5), other)
	}

	#[test]
	fn votes_for_two_blocks_of_one_round_are_found() {
		let (one, other) = fork();
		let past = VecDeque::from([justification(&other, 7)]);
		let found = equivocations(&justification(&one, 7), &past, &voters());
		assert_eq!(found.len(), 3, "everybody voted twice");
		let proof = EquivocationProof::new(1, found[0].clone());
		assert!(sp_consensus_grandpa::check_equivocation_proof(proof));
	}

	#[test]
	fn honest_votes_are_no_offence() {
		let (one, other) = fork();
		for (beside, why) in [
			(justification(&one, 7), "the same block"),
			(justification(&other, 8), "another round"),
		] {
			let found = equivocations(&justification(&one, 7), &[beside].into(), &voters());
			assert!(found.is_empty(), "{why}");
		}
	}

	#[test]
	fn each_offence_is_reported_once() {
		let (one, other) = fork();
		let past = VecDeque::from([justification(&other, 7)]);
		let found = equivocations(&justification(&one, 7), &past, &voters());
		let mut watch = Watch::default();
		assert!(watch.is_new(1, &found[0]));
		assert!(!watch.is_new(1, &found[0]));
		assert!(watch.is_new(1, &found[1]));
	}
}
