// SPDX-License-Identifier: Apache-2.0
//! Import of headers: what is taken, what is free, and what is refused before any vote is read.
use super::*;
use frame_support::dispatch::{DispatchClass, GetDispatchInfo};

const LARGE: Error<Test> = Error::<Test>::TooLarge;

fn numbers(chain: ChainId) -> Vec<u32> {
	let mut numbers: Vec<_> = Headers::<Test>::iter_key_prefix(chain).collect();
	numbers.sort_unstable();
	numbers
}

#[test]
fn submit_finality_imports_a_header() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		run_to(6);
		let header = header(START + 3);
		assert_ok!(submit(finalised(header.clone(), &members)));
		let followed = client(PEER);
		assert_eq!(followed.best, Best { number: START + 3, hash: header.hash() });
		assert_eq!(followed.set_id, SET);
		assert_eq!(followed.last_progress_at, 6);
		assert_eq!(CurrentAuthorities::<Test>::get(PEER), Some(set(&members)));
		let kept = ProvenHeader { hash: header.hash(), state_root: header.state_root };
		assert_eq!(Headers::<Test>::get(PEER, START + 3), Some(kept));
		let event = Event::FinalityImported {
			chain: PEER,
			number: START + 3,
			hash: header.hash(),
			set_id: SET,
			mandatory: false,
		};
		assert_eq!(events(), [event]);
	});
}

#[test]
fn submit_finality_works_with_authority_sets_of_any_size() {
	for (size, votes) in [(1, 1), (2, 2), (3, 3), (4, 3), (7, 5), (100, 67)] {
		let members = accounts(0..size);
		following(&members).build_and_execute(|| {
			let proof = finalised(header(START + 1), &members);
			assert_eq!(proof.justification.commit.precommits.len(), votes);
			let mut short = proof.clone();
			short.justification.commit.precommits.pop();
			assert_noop!(submit(short), Error::<Test>::InvalidJustification);
			assert_ok!(submit(proof));
			assert_eq!(client(PEER).best.number, START + 1);
		});
	}
}

#[test]
fn submit_finality_takes_any_members_of_the_set() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		assert_ok!(submit(signed(header(START + 1), SET, &members[1..])));
	});
}

#[test]
fn submit_finality_takes_headers_far_ahead() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		assert_ok!(submit(finalised(header(START + 10_000), &members)));
		assert_eq!(client(PEER).best.number, START + 10_000);
		assert_eq!(numbers(PEER), [START, START + 10_000]);
	});
}

#[test]
fn submit_finality_forgets_the_oldest_headers() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		let at = |step| START + FREE_INTERVAL * step;
		for step in 1..HEADERS_TO_KEEP {
			assert_ok!(submit(finalised(header(at(step)), &members)));
		}
		assert_eq!(numbers(PEER).len(), HEADERS_TO_KEEP as usize);
		assert_eq!(numbers(PEER).first(), Some(&START));
		for step in HEADERS_TO_KEEP..HEADERS_TO_KEEP + 3 {
			assert_ok!(submit(finalised(header(at(step)), &members)));
		}
		let kept: Vec<_> = (3..HEADERS_TO_KEEP + 3).map(at).collect();
		assert_eq!(numbers(PEER), kept);
		assert_eq!(HeaderRing::<Test>::get(PEER).into_inner(), kept);
		assert_eq!(ChainRegistry::state_root(&PEER, START), None);
	});
}

#[test]
fn submit_finality_does_not_touch_other_chains() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		let child = registered();
		let before = (client(child), numbers(child));
		assert_ok!(submit(finalised(header(START + 1), &members)));
		assert_eq!((client(child), numbers(child)), before);
	});
}

#[test]
fn submit_finality_is_free_when_it_was_worth_it() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		let pays = |number, logs: &[DigestItem]| {
			let header = header_with(number, logs.iter().cloned());
			submit(finalised(header, &members)).expect("it is justified").pays_fee
		};
		assert_eq!(pays(START + FREE_INTERVAL - 1, &[]), Pays::Yes);
		let best = client(PEER).best.number;
		assert_eq!(pays(best + FREE_INTERVAL, &[]), Pays::No);
		let best = client(PEER).best.number;
		assert_eq!(pays(best + 1, &[]), Pays::Yes);
		assert_eq!(pays(best + 2, &[hand_over(list(&members))]), Pays::No);
	});
}

#[test]
fn submit_finality_is_operational_and_paid_beforehand() {
	let members = accounts(0..4);
	let info = |ancestors, signers: &[Account]| {
		let header = header(START + 1);
		let params = JustificationGeneratorParams { ancestors, ..params(&header, SET, signers) };
		let justification = make_justification_for_header(params);
		let proof = Box::new(FinalityProof { header, justification, set_id: SET });
		Call::<Test>::submit_finality { chain: PEER, proof }.get_dispatch_info()
	};
	let two = info(0, &members[..2]);
	assert_eq!((two.class, two.pays_fee), (DispatchClass::Operational, Pays::Yes));
	let weight = |ancestors, signers: &[Account]| info(ancestors, signers).call_weight.ref_time();
	assert!(weight(0, &members[..3]) > weight(0, &members[..2]));
	assert!(weight(2, &members[..2]) > weight(0, &members[..2]));
}

#[test]
fn submit_finality_needs_an_account_or_an_authorisation() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			let proof = Box::new(finalised(header(START + 1), &members));
			assert_noop!(
				ChainRegistry::submit_finality(origin, PEER, proof),
				DispatchError::BadOrigin
			);
		}
	});
}

/// Case 1.
#[test]
fn submit_finality_fails_when_the_chain_is_unknown() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		let proof = finalised(header_of(STRANGER, START + 1), &members);
		assert_noop!(submit_for(STRANGER, proof), Error::<Test>::UnknownChain);
	});
}

/// Case 2.
#[test]
fn submit_finality_fails_when_the_chain_is_not_active() {
	let (members, own) = (accounts(0..4), accounts(20..24));
	following(&members).build_and_execute(|| {
		let proof = finalised(header(START + 1), &members);
		for status in [NeighbourStatus::Halted, NeighbourStatus::Frozen] {
			assert_ok!(set_to(PEER, status));
			assert_noop!(submit(proof.clone()), Error::<Test>::NotActive);
		}
		assert_ok!(set_to(PEER, NeighbourStatus::Active));
		assert_ok!(submit(proof));

		let child = registered();
		let of_child = signed(header_of(child, 1), 0, quorum(&own));
		assert_ok!(set_to(child, NeighbourStatus::Closed));
		assert_noop!(submit_for(child, of_child), Error::<Test>::NotActive);

		run_to(MAX_STALENESS + 2);
		let next = finalised(header(START + 2), &members);
		assert_noop!(submit(next.clone()), Error::<Test>::Expired);
		assert_ok!(ChainRegistry::expire(RuntimeOrigin::signed(ALICE), PEER));
		assert_noop!(submit(next), Error::<Test>::Expired);
	});
}

/// Case 3.
#[test]
fn submit_finality_fails_when_the_header_is_the_best_one() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		let proof = finalised(header(START + 5), &members);
		assert_ok!(submit(proof.clone()));
		assert_noop!(submit(proof), Error::<Test>::Obsolete);
		let fork = header_with(START + 5, [DigestItem::Other(vec![1])]);
		assert_noop!(submit(finalised(fork, &members)), Error::<Test>::Obsolete);
	});
}

/// Case 4.
#[test]
fn submit_finality_fails_when_the_header_is_older_than_the_best_one() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		assert_ok!(submit(finalised(header(START + 5), &members)));
		for number in [0, 1, START, START + 4] {
			assert_noop!(submit(finalised(header(number), &members)), Error::<Test>::Obsolete);
		}
	});
}

/// Case 5.
#[test]
fn submit_finality_fails_when_another_set_is_claimed() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		let (older, later) = (Error::<Test>::ReplacedSet, Error::<Test>::WrongSetId);
		for (set_id, error) in [
			(0, older),
			(SET - 1, Error::ReplacedSet),
			(SET + 1, later),
			(u64::MAX, Error::WrongSetId),
		] {
			let error = DispatchError::from(error);
			let proof = signed(header(START + 1), set_id, quorum(&members));
			assert_noop!(submit(proof), error);
			let mut claimed = finalised(header(START + 1), &members);
			claimed.set_id = set_id;
			assert_noop!(submit(claimed), error);
		}
	});
}

/// Case 30.
#[test]
fn submit_finality_fails_when_the_header_is_too_large() {
	let members = accounts(0..4);
	let padded = |logs: Vec<DigestItem>, size: u32| {
		let mut header = header_with(START + 1, logs);
		header.digest_mut().push(DigestItem::Other(vec![]));
		// An item of this length is preceded by one byte more than an empty one.
		let room = size as usize - header.encoded_size() - 1;
		let room = if room > (1 << 14) - 1 { room - 2 } else { room };
		header.digest_mut().logs.pop();
		header.digest_mut().push(DigestItem::Other(vec![7; room]));
		assert_eq!(header.encoded_size(), size as usize);
		header
	};
	let change = || vec![hand_over(list(&accounts(10..13)))];
	following(&members).build_and_execute(|| {
		let header = padded(vec![], limits::MAX_HEADER + 1);
		assert_noop!(submit(finalised(header, &members)), LARGE);
		assert_ok!(submit(finalised(padded(vec![], limits::MAX_HEADER), &members)));
	});
	following(&members).build_and_execute(|| {
		let header = padded(change(), limits::MAX_MANDATORY_HEADER + 1);
		assert_noop!(submit(finalised(header, &members)), LARGE);
		let header = padded(change(), limits::MAX_MANDATORY_HEADER);
		assert_ok!(submit(finalised(header, &members)));
	});
}

/// Case 30.
#[test]
fn submit_finality_fails_when_the_justification_is_too_large() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		let mut many = signed(header(START + 1), SET, &members);
		let vote = many.justification.commit.precommits[0].clone();
		many.justification.commit.precommits.push(vote);
		assert_noop!(submit(many), LARGE);

		let with_ancestry = |ancestors| {
			let header = header(START + 1);
			let params = JustificationGeneratorParams {
				ancestors,
				..params(&header, SET, quorum(&members))
			};
			let justification = make_justification_for_header(params);
			FinalityProof { header, justification, set_id: SET }
		};
		assert_noop!(submit(with_ancestry(limits::MAX_ANCESTRY + 1)), LARGE);
		let mut long = with_ancestry(1);
		let item = DigestItem::Other(vec![0; limits::MAX_MANDATORY_HEADER as usize]);
		long.justification.votes_ancestries[0].digest_mut().push(item);
		assert_noop!(submit(long), LARGE);
		assert_ok!(submit(with_ancestry(limits::MAX_ANCESTRY)));
	});
}

/// Case 20.
#[test]
fn submit_finality_fails_when_the_header_is_not_bound_to_the_chain() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		let refuse = |logs: Vec<DigestItem>| {
			let mut header = header(START + 1);
			header.digest_mut().logs = logs;
			assert_noop!(submit(finalised(header, &members)), Error::<Test>::WrongBinding);
		};
		refuse(vec![]);
		refuse(vec![header_binding(STRANGER)]);
		refuse(vec![header_binding(OWN)]);
		refuse(vec![header_binding(PEER), header_binding(PEER)]);
		refuse(vec![header_binding(PEER), header_binding(STRANGER)]);
		let DigestItem::Consensus(engine, mut payload) = header_binding(PEER) else {
			unreachable!("bindings are consensus items")
		};
		refuse(vec![DigestItem::PreRuntime(engine, payload.clone())]);
		payload.push(0);
		refuse(vec![DigestItem::Consensus(engine, payload)]);
	});
}

/// Case 21.
#[test]
fn submit_finality_does_not_carry_over_from_a_chain_with_the_same_authorities() {
	let members = accounts(20..24);
	following(&members).build_and_execute(|| {
		let child = registered();
		let of_child = signed(header_of(child, START + 1), 0, quorum(&members));
		let as_parent = FinalityProof { set_id: SET, ..of_child.clone() };
		assert_noop!(submit(as_parent), Error::<Test>::WrongBinding);
		let of_parent = signed(header(START + 1), 0, quorum(&members));
		assert_noop!(submit_for(child, of_parent), Error::<Test>::WrongBinding);
		assert_ok!(submit_for(child, of_child));
	});
}
