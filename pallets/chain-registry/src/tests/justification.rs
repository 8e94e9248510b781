// SPDX-License-Identifier: Apache-2.0
//! Import of headers: votes that do not justify them.
use super::*;
use bp_header_chain::justification::{
	verify_justification, JustificationVerificationContext, JustificationVerificationError as Why,
	PrecommitError,
};
use bp_test_utils::signed_precommit;
use finality_grandpa::voter_set::VoterSet;

/// Why the verifier refuses a proof for the first set.
fn reason(proof: &FinalityProof, authorities: &[Account]) -> Option<Why> {
	let voter_set = VoterSet::new(list(authorities)).expect("it is not empty");
	let context = JustificationVerificationContext { voter_set, authority_set_id: SET };
	let target = (proof.header.hash(), proof.header.number);
	verify_justification(target, &context, &proof.justification).err()
}

/// Checks that a change of a sound proof has it refused for this reason.
fn refused(why: Why, change: impl FnOnce(&mut FinalityProof)) {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		let mut proof = with_ancestry(0, 1);
		assert_eq!(reason(&proof, &members), None);
		change(&mut proof);
		assert_eq!(reason(&proof, &members), Some(why));
		assert_noop!(submit(proof), Error::<Test>::InvalidJustification);
		assert_ok!(submit(with_ancestry(0, 1)));
	});
}

/// A sound proof whose votes lie this many headers above the target, spread over forks.
fn with_ancestry(ancestors: u32, forks: u32) -> FinalityProof {
	let (header, members) = (header(START + 1), accounts(0..4));
	let params =
		JustificationGeneratorParams { ancestors, forks, ..params(&header, SET, quorum(&members)) };
	let justification = make_justification_for_header(params);
	FinalityProof { header, justification, set_id: SET }
}

/// A vote of the first set for a block.
fn vote(who: u16, target: (H256, u32)) -> Vote {
	signed_precommit::<Header>(&Account(who), target, 3, SET)
}

type Vote = finality_grandpa::SignedPrecommit<
	H256,
	u32,
	sp_consensus_grandpa::AuthoritySignature,
	AuthorityId,
>;

fn target(proof: &FinalityProof) -> (H256, u32) {
	(proof.header.hash(), proof.header.number)
}

/// Case 6.
#[test]
fn a_header_changed_after_it_was_signed_is_refused() {
	refused(Why::InvalidJustificationTarget, |proof| {
		proof.header.state_root = H256::repeat_byte(5);
	});
	refused(Why::InvalidJustificationTarget, |proof| proof.header.number += 1);
	refused(Why::InvalidJustificationTarget, |proof| {
		proof.header.digest_mut().push(DigestItem::Other(vec![1]));
	});
}

/// Case 7.
#[test]
fn a_commit_for_another_target_is_refused() {
	refused(Why::InvalidJustificationTarget, |proof| {
		proof.justification.commit.target_number += 1;
	});
	refused(Why::InvalidJustificationTarget, |proof| {
		proof.justification.commit.target_hash = H256::repeat_byte(5);
	});
}

/// Case 8.
#[test]
fn one_vote_too_few_is_refused() {
	refused(Why::TooLowCumulativeWeight, |proof| {
		proof.justification.commit.precommits.pop();
	});
	refused(Why::TooLowCumulativeWeight, |proof| proof.justification.commit.precommits.clear());
}

/// Case 9.
#[test]
fn one_vote_too_many_is_refused() {
	refused(Why::Precommit(PrecommitError::RedundantAuthorityVote), |proof| {
		let vote = vote(3, target(proof));
		proof.justification.commit.precommits.push(vote);
	});
}

/// Case 10.
#[test]
fn a_second_vote_of_one_member_is_refused() {
	refused(Why::Precommit(PrecommitError::DuplicateAuthorityVote), |proof| {
		let precommits = &mut proof.justification.commit.precommits;
		precommits[2] = precommits[0].clone();
	});
}

/// Case 11.
#[test]
fn a_vote_of_a_stranger_is_refused() {
	refused(Why::Precommit(PrecommitError::UnknownAuthorityVote), |proof| {
		let vote = vote(9, target(proof));
		proof.justification.commit.precommits[1] = vote;
	});
}

/// Case 12.
#[test]
fn a_signature_with_a_flipped_bit_is_refused() {
	for byte in [0, 31, 32, 62] {
		refused(Why::Precommit(PrecommitError::InvalidAuthoritySignature), |proof| {
			let signed = &mut proof.justification.commit.precommits[1];
			let mut raw: [u8; 64] = signed.signature.encode().try_into().expect("64 bytes");
			raw[byte] ^= 1;
			signed.signature = sp_core::ed25519::Signature::from_raw(raw).into();
		});
	}
}

#[test]
fn a_signature_of_another_member_is_refused() {
	refused(Why::Precommit(PrecommitError::InvalidAuthoritySignature), |proof| {
		let precommits = &mut proof.justification.commit.precommits;
		precommits[1].signature = precommits[0].signature.clone();
	});
}

/// Case 13.
#[test]
fn a_signature_of_another_round_is_refused() {
	refused(Why::Precommit(PrecommitError::InvalidAuthoritySignature), |proof| {
		proof.justification.round += 1;
	});
}

/// Case 14.
#[test]
fn a_signature_of_another_set_is_refused() {
	for set_id in [SET - 1, SET + 1] {
		refused(Why::Precommit(PrecommitError::InvalidAuthoritySignature), |proof| {
			let signed = signed_precommit::<Header>(&Account(1), target(proof), 3, set_id);
			proof.justification.commit.precommits[1] = signed;
		});
	}
}

/// Case 15.
#[test]
fn a_vote_on_a_sibling_is_refused() {
	refused(Why::Precommit(PrecommitError::UnrelatedAncestryVote), |proof| {
		let sibling = header_with(START + 1, [DigestItem::Other(vec![1])]);
		proof.justification.commit.precommits[2] = vote(2, (sibling.hash(), START + 1));
	});
	refused(Why::Precommit(PrecommitError::UnrelatedAncestryVote), |proof| {
		let sibling = header_with(START + 1, [DigestItem::Other(vec![1])]);
		let mut nephew = header(START + 2);
		nephew.parent_hash = sibling.hash();
		proof.justification.commit.precommits[2] = vote(2, (nephew.hash(), START + 2));
		proof.justification.votes_ancestries = vec![nephew, sibling];
	});
}

/// Case 16.
#[test]
fn a_vote_below_the_target_is_refused() {
	refused(Why::Precommit(PrecommitError::UnrelatedAncestryVote), |proof| {
		let below = vote(2, (header(START).hash(), START));
		proof.justification.commit.precommits[2] = below;
	});
	refused(Why::Precommit(PrecommitError::UnrelatedAncestryVote), |proof| {
		let below = vote(2, (proof.header.hash(), START));
		proof.justification.commit.precommits[2] = below;
	});
}

#[test]
fn a_vote_for_an_unrelated_block_is_refused() {
	refused(Why::Precommit(PrecommitError::UnrelatedAncestryVote), |proof| {
		proof.justification.commit.precommits[0] = vote(0, (H256::repeat_byte(8), START + 5));
	});
}

#[test]
fn votes_on_descendants_are_taken() {
	for (ancestors, forks) in [(1, 1), (8, 1), (2, 2), (3, 3), (8, 3)] {
		following(&accounts(0..4)).build_and_execute(|| {
			let proof = with_ancestry(ancestors, forks);
			assert_eq!(proof.justification.votes_ancestries.len(), ancestors as usize);
			assert_ok!(submit(proof));
		});
	}
}

/// Case 17.
#[test]
fn an_ancestry_header_too_many_is_refused() {
	refused(Why::RedundantVotesAncestries, |proof| {
		proof.justification.votes_ancestries.push(header(START + 2));
	});
	refused(Why::RedundantVotesAncestries, |proof| {
		*proof = with_ancestry(2, 1);
		let mut next = header(START + 4);
		next.parent_hash = proof.justification.votes_ancestries[1].hash();
		proof.justification.votes_ancestries.push(next);
	});
}

/// Case 18.
#[test]
fn an_ancestry_header_given_twice_is_refused() {
	refused(Why::DuplicateVotesAncestries, |proof| {
		*proof = with_ancestry(2, 1);
		let again = proof.justification.votes_ancestries[0].clone();
		proof.justification.votes_ancestries.push(again);
	});
}

/// Case 19.
#[test]
fn a_missing_ancestry_header_is_refused() {
	for missing in 0..3 {
		refused(Why::Precommit(PrecommitError::UnrelatedAncestryVote), |proof| {
			*proof = with_ancestry(3, 1);
			proof.justification.votes_ancestries.remove(missing);
		});
	}
}
