// SPDX-License-Identifier: Apache-2.0
//! Justifications: kept as they come, and cut down to what a target accepts.

use bp_header_chain::justification::{
	verify_and_optimize_justification, GrandpaJustification, JustificationVerificationContext,
};
use codec::DecodeAll;
use finality_grandpa::voter_set::VoterSet;
use sp_consensus_grandpa::{AuthorityList, ConsensusLog, GRANDPA_ENGINE_ID};
use sp_core::H256;
use sp_runtime::DigestItem;
use std::collections::BTreeMap;
use terrace_layers::{limits, Authorities, FinalityProof, Header};

/// Justifications kept: more than the source makes while a transaction is on its way.
const KEPT: usize = 256;

/// A justification as it travels.
pub(crate) type Justification = GrandpaJustification<Header>;

/// The authorities of the source that a target knows.
pub(crate) struct Voters {
	/// Id of the set.
	pub set_id: u64,
	/// Its members.
	pub members: Authorities,
	/// The same as verifiers know it.
	pub context: JustificationVerificationContext,
}

impl Voters {
	/// `None` for a set that can justify nothing.
	pub fn new(authorities: Authorities, set_id: u64) -> Option<Self> {
		let voter_set = VoterSet::new(authorities.iter().map(|key| (key.clone(), 1)))?;
		let context = JustificationVerificationContext { voter_set, authority_set_id: set_id };
		Some(Self { set_id, members: authorities, context })
	}

	/// Those to whom `header` hands over; `None` if it does not, or not as neighbours demand.
	pub fn after(&self, header: &Header) -> Option<Self> {
		let next = next_authorities(header)?;
		let members: Vec<_> = next.into_iter().map(|(key, _)| key).collect();
		Self::new(Authorities::try_from(members).ok()?, self.set_id.checked_add(1)?)
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

/// A justification as nodes send it.
pub(crate) fn read(encoded: &[u8]) -> Option<Justification> {
	Justification::decode_all(&mut &encoded[..]).ok()
}

/// The newest justifications of the source, by the number of the block they justify.
#[derive(Default)]
pub(crate) struct Justifications(BTreeMap<u32, Justification>);

impl Justifications {
	/// Keeps a justification.
	pub fn keep(&mut self, justification: Justification) {
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
		voters.accept(self.raw(hash, number)?)
	}

	/// The one of this block as it came.
	pub fn raw(&self, hash: H256, number: u32) -> Option<Justification> {
		self.0.get(&number).filter(|it| it.commit.target_hash == hash).cloned()
	}

	/// Forgets those up to a block that the target knows.
	pub fn forget(&mut self, known: u32) {
		self.0 = self.0.split_off(&known.saturating_add(1));
	}
}

/// Whether a block hands over to other authorities, so that no neighbour can leave it out.
pub(crate) fn hands_over(header: &Header) -> bool {
	next_authorities(header).is_some()
}

/// The authorities to which a block hands over.
fn next_authorities(header: &Header) -> Option<AuthorityList> {
	header.digest.logs().iter().find_map(|log| match log {
		DigestItem::Consensus(GRANDPA_ENGINE_ID, payload) => {
			match ConsensusLog::<u32>::decode_all(&mut &payload[..]) {
				Ok(ConsensusLog::ScheduledChange(change)) => Some(change.next_authorities),
				_ => None,
			}
		}
		_ => None,
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
		kept.keep(justification(5, 4, 0, 1));
		kept.keep(justification(6, 4, 0, 1));
		kept.keep(justification(7, 2, 0, 1));
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
		let given = justification(5, 4, 0, 1);
		let mut longer = given.encode();
		assert_eq!(read(&longer), Some(given));
		longer.push(0);
		for garbage in [&[][..], &[1, 2, 3], &longer] {
			assert_eq!(read(garbage), None);
		}
	}

	#[test]
	fn only_the_newest_are_kept() {
		let mut kept = Justifications::default();
		for number in 1..=260 {
			kept.keep(justification(number, 1, 0, 1));
		}
		assert_eq!(kept.0.len(), KEPT);
		assert_eq!(kept.0.keys().next(), Some(&5));
	}

	#[test]
	fn justification_of_a_block_is_found() {
		let voters = voters(4, SET);
		let mut kept = Justifications::default();
		let given = justification(5, 4, 0, 1);
		kept.keep(given.clone());
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
	fn next_voters_are_those_of_the_header() {
		let next = accounts(2).into_iter().map(|account| (account.into(), 1)).collect();
		let change = ScheduledChange { next_authorities: next, delay: 0 };
		let mut header = test_header::<Header>(9);
		assert!(voters(4, SET).after(&header).is_none());
		let log = ConsensusLog::<u32>::ScheduledChange(change);
		header.digest.push(DigestItem::Consensus(GRANDPA_ENGINE_ID, log.encode()));
		let after = voters(4, SET).after(&header).expect("it hands over");
		assert_eq!((after.set_id, after.members.len()), (SET + 1, 2));
	}

	#[test]
	fn empty_set_is_refused() {
		assert!(Voters::new(Authorities::default(), SET).is_none());
	}
}
