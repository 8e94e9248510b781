// SPDX-License-Identifier: Apache-2.0
//! Justifications: kept as they come, and cut down to what a target accepts.

use bp_header_chain::justification::{
	verify_and_optimize_justification, GrandpaJustification, JustificationVerificationContext,
};
use codec::DecodeAll;
use finality_grandpa::voter_set::VoterSet;
use sp_consensus_grandpa::{ConsensusLog, GRANDPA_ENGINE_ID};
use sp_core::H256;
use sp_runtime::DigestItem;
use std::collections::BTreeMap;
use terrace_layers::{limits, Authorities, FinalityProof, Header};

/// Justifications kept: more than the source makes while a transaction is on its way.
const KEPT: usize = 64;

/// A justification as it travels.
pub(crate) type Justification = GrandpaJustification<Header>;

/// The authorities of the source that a target knows.
pub(crate) struct Voters {
	/// Id of the set.
	pub set_id: u64,
	context: JustificationVerificationContext,
}

impl Voters {
	/// `None` for a set that can justify nothing.
	pub fn new(authorities: Authorities, set_id: u64) -> Option<Self> {
		let voter_set = VoterSet::new(authorities.into_iter().map(|key| (key, 1)))?;
		let context = JustificationVerificationContext { voter_set, authority_set_id: set_id };
		Some(Self { set_id, context })
	}

	/// The justification without anything that is not needed; `None` if the target would refuse it.
	pub fn accept(&self, mut justification: Justification) -> Option<Justification> {
		let commit = &mut justification.commit;
		// The first votes that suffice are kept: those nearest to the target need the fewest headers.
		commit.precommits.sort_by_key(|signed| signed.precommit.target_number);
		let target = (commit.target_hash, commit.target_number);
		verify_and_optimize_justification(target, &self.context, &mut justification).ok()?;
		let ancestry = u32::try_from(justification.votes_ancestries.len()).unwrap_or(u32::MAX);
		(ancestry <= limits::MAX_ANCESTRY).then_some(justification)
	}

	/// What proves that `header` is final.
	pub fn proof(&self, header: Header, justification: Justification) -> FinalityProof {
		FinalityProof { header, justification, set_id: self.set_id }
	}
}

/// The newest justifications of the source, by the number of the block they justify.
#[derive(Default)]
pub(crate) struct Justifications(BTreeMap<u32, Justification>);

impl Justifications {
	/// Keeps a justification as nodes send it; what cannot be read is ignored.
	pub fn insert(&mut self, encoded: &[u8]) {
		let Ok(justification) = Justification::decode_all(&mut &encoded[..]) else { return };
		self.0.insert(justification.commit.target_number, justification);
		while self.0.len() > KEPT {
			self.0.pop_first();
		}
	}

	/// The newest one above block `above` that the target accepts.
	pub fn newest(&self, above: u32, voters: &Voters) -> Option<Justification> {
		let newer = self.0.range(above.saturating_add(1)..).rev();
		newer.map(|(_, justification)| justification).find_map(|it| voters.accept(it.clone()))
	}

	/// The one of this block, if the target accepts it.
	pub fn of(&self, hash: H256, number: u32, voters: &Voters) -> Option<Justification> {
		let found = self.0.get(&number).filter(|it| it.commit.target_hash == hash)?;
		voters.accept(found.clone())
	}

	/// Forgets those up to a block that the target knows.
	pub fn forget(&mut self, known: u32) {
		self.0 = self.0.split_off(&known.saturating_add(1));
	}
}

/// Whether a block hands over to other authorities, so that no neighbour can leave it out.
pub(crate) fn hands_over(header: &Header) -> bool {
	header.digest.logs().iter().any(|log| match log {
		DigestItem::Consensus(GRANDPA_ENGINE_ID, payload) => matches!(
			ConsensusLog::<u32>::decode_all(&mut &payload[..]),
			Ok(ConsensusLog::ScheduledChange(_))
		),
		_ => false,
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use bp_header_chain::justification::verify_justification;
	use bp_test_utils::{
		accounts, make_justification_for_header, test_header, JustificationGeneratorParams,
	};
	use codec::Encode;
	use sp_consensus_grandpa::ScheduledChange;

	const SET: u64 = 7;

	fn voters(count: u16, set_id: u64) -> Voters {
		let keys: Vec<_> = accounts(count).into_iter().map(Into::into).collect();
		Voters::new(Authorities::try_from(keys).expect("few enough"), set_id).expect("not empty")
	}

	/// A justification of block `number`, by the first `votes` accounts.
	fn justification(number: u32, votes: u16, ancestors: u32, forks: u32) -> Justification {
		make_justification_for_header(JustificationGeneratorParams {
			header: test_header::<Header>(number),
			round: 1,
			set_id: SET,
			authorities: accounts(votes).into_iter().map(|account| (account, 1)).collect(),
			ancestors,
			forks,
		})
	}

	fn is_strictly_valid(justification: &Justification, voters: &Voters) -> bool {
		let commit = &justification.commit;
		let target = (commit.target_hash, commit.target_number);
		verify_justification(target, &voters.context, justification).is_ok()
	}

	#[test]
	fn votes_beyond_the_threshold_are_cut() {
		let voters = voters(4, SET);
		let all = justification(5, 4, 0, 1);
		assert!(!is_strictly_valid(&all, &voters), "the target refuses four votes of four");
		let cut = voters.accept(all).expect("three votes suffice");
		assert_eq!(cut.commit.precommits.len(), 3);
		assert!(is_strictly_valid(&cut, &voters));
	}

	#[test]
	fn ancestry_of_cut_votes_goes_with_them() {
		let voters = voters(4, SET);
		let forked = justification(5, 4, 8, 4);
		assert_eq!(forked.votes_ancestries.len(), 8);
		let cut = voters.accept(forked).expect("three votes suffice");
		assert_eq!(cut.votes_ancestries.len(), 6);
		assert!(is_strictly_valid(&cut, &voters));
	}

	#[test]
	fn what_the_target_refuses_is_not_accepted() {
		let cases = [
			(voters(4, SET + 1), justification(5, 4, 0, 1), "another set"),
			(voters(7, SET), justification(5, 4, 0, 1), "too few votes"),
			(voters(3, SET), justification(5, 3, 9, 1), "too long an ancestry"),
		];
		for (voters, justification, why) in cases {
			assert!(voters.accept(justification).is_none(), "{why}");
		}
	}

	#[test]
	fn newest_acceptable_one_is_taken() {
		let voters = voters(4, SET);
		let mut kept = Justifications::default();
		kept.insert(&justification(5, 4, 0, 1).encode());
		kept.insert(&justification(6, 4, 0, 1).encode());
		kept.insert(&justification(7, 2, 0, 1).encode());
		let newest = |kept: &Justifications, above| {
			kept.newest(above, &voters).map(|found| found.commit.target_number)
		};
		assert_eq!(newest(&kept, 0), Some(6), "that of block 7 lacks votes");
		assert_eq!(newest(&kept, 6), None);
		kept.forget(6);
		assert_eq!(newest(&kept, 0), None);
	}

	#[test]
	fn garbage_is_ignored() {
		let mut kept = Justifications::default();
		let mut longer = justification(5, 4, 0, 1).encode();
		longer.push(0);
		for garbage in [&[][..], &[1, 2, 3], &longer] {
			kept.insert(garbage);
		}
		assert!(kept.0.is_empty());
	}

	#[test]
	fn only_the_newest_are_kept() {
		let mut kept = Justifications::default();
		for number in 1..=70 {
			kept.insert(&justification(number, 1, 0, 1).encode());
		}
		assert_eq!(kept.0.len(), KEPT);
		assert_eq!(kept.0.keys().next(), Some(&7));
	}

	#[test]
	fn justification_of_a_block_is_found() {
		let voters = voters(4, SET);
		let mut kept = Justifications::default();
		let given = justification(5, 4, 0, 1);
		kept.insert(&given.encode());
		assert!(kept.of(given.commit.target_hash, 5, &voters).is_some());
		assert!(kept.of(H256::repeat_byte(1), 5, &voters).is_none());
		assert!(kept.of(given.commit.target_hash, 6, &voters).is_none());
	}

	#[test]
	fn handover_is_recognised() {
		let with = |log: ConsensusLog<u32>| {
			let mut header = test_header::<Header>(9);
			header.digest.push(DigestItem::Consensus(GRANDPA_ENGINE_ID, log.encode()));
			header
		};
		let change = ScheduledChange { next_authorities: vec![], delay: 0 };
		assert!(hands_over(&with(ConsensusLog::ScheduledChange(change))));
		assert!(!hands_over(&with(ConsensusLog::Pause(3))));
		assert!(!hands_over(&test_header(9)));
	}

	#[test]
	fn empty_set_is_refused() {
		assert!(Voters::new(Authorities::default(), SET).is_none());
	}
}
