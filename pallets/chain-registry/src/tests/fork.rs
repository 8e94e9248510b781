// SPDX-License-Identifier: Apache-2.0
//! Evidence of conflicting finality.
use super::*;
use frame_support::{
	pallet_prelude::{InvalidTransaction, TransactionSource},
	traits::Authorize,
};

fn own() -> Vec<Account> {
	accounts(20..24)
}

/// Evidence as it is reported.
#[derive(Clone)]
struct Evidence {
	chain: ChainId,
	set: Authorities,
	proof: FinalityProof,
	ancestry: Vec<Header>,
}

impl Evidence {
	fn by(self, origin: RuntimeOrigin) -> DispatchResultWithPostInfo {
		let ancestry = self.ancestry.try_into().expect("not too many");
		let proof = Box::new(self.proof);
		ChainRegistry::report_fork(origin, self.chain, self.set, proof, ancestry)
	}

	fn report(self) -> DispatchResultWithPostInfo {
		self.by(RuntimeOrigin::signed(ALICE))
	}

	fn call(self) -> Call<Test> {
		let ancestry = self.ancestry.try_into().expect("not too many");
		let (chain, set, proof) = (self.chain, self.set, Box::new(self.proof));
		Call::report_fork { chain, set, proof, ancestry }
	}
}

/// Headers from `from` to `to` on another branch than that of [`header_of`], lowest first.
fn branch(chain: ChainId, from: u32, to: u32) -> Vec<Header> {
	let mut parent = H256::repeat_byte(0xBB);
	let make = |number| {
		let mut header = header_of(chain, number);
		header.digest_mut().push(DigestItem::Other(vec![6]));
		header.parent_hash = parent;
		parent = header.hash();
		header
	};
	(from..=to).map(make).collect()
}

/// A child with a header at 8, and evidence of a branch from 8 to `to`.
fn forked(to: u32) -> Evidence {
	let chain = registered();
	assert_ok!(submit_for(chain, signed(header_of(chain, 8), 0, quorum(&own()))));
	on_branch(chain, 8, to)
}

fn on_branch(chain: ChainId, from: u32, to: u32) -> Evidence {
	let mut ancestry = branch(chain, from, to);
	ancestry.reverse();
	let header = ancestry.remove(0);
	let proof = signed(header, 0, quorum(&own()));
	Evidence { chain, set: set(&own()), proof, ancestry }
}

fn refused(to: u32, change: impl FnOnce(&mut Evidence), why: Error<Test>) {
	TestExt::new().build_and_execute(|| {
		let sound = forked(to);
		let mut changed = sound.clone();
		change(&mut changed);
		assert_noop!(changed.report(), why);
		assert_ok!(sound.report());
	});
}

const INVALID: Error<Test> = Error::<Test>::EvidenceInvalid;

#[test]
fn a_fork_freezes_the_child_and_takes_its_bond() {
	TestExt::new().build_and_execute(|| {
		let evidence = forked(8);
		let (chain, header) = (evidence.chain, evidence.proof.header.clone());
		let paid = evidence.report().expect("it is sound").pays_fee;
		assert_eq!(paid, Pays::No);
		assert_eq!(client(chain).status, NeighbourStatus::Frozen);
		assert!(client(chain).forked);
		assert_eq!(bonded(BOB), 0);
		assert_eq!(Balances::free_balance(ALICE), FUNDS + MIN_BOND / 5);
		assert_eq!(Balances::free_balance(TREASURY), ED + MIN_BOND * 4 / 5);
		let (number, hash) = (8, header.hash());
		let status = NeighbourStatus::Frozen;
		let reported = [
			Event::Forked { chain, number, hash, slashed: MIN_BOND },
			Event::StatusChanged { chain, status },
		];
		assert!(events().ends_with(&reported));
		let next = signed(header_of(chain, 9), 0, quorum(&own()));
		assert_noop!(submit_for(chain, next), Error::<Test>::NotActive);
	});
}

#[test]
fn a_fork_is_shown_by_a_later_block_of_the_other_branch() {
	for to in [9, 20, 8 + MAX_FORK_ANCESTRY] {
		TestExt::new().build_and_execute(|| {
			let evidence = forked(to);
			let chain = evidence.chain;
			assert_ok!(evidence.report());
			assert_eq!(client(chain).status, NeighbourStatus::Frozen);
		});
	}
}

#[test]
fn a_fork_of_the_parent_freezes_it() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		assert_ok!(submit(finalised(header(START + 3), &members)));
		let header = branch(PEER, START + 3, START + 3).remove(0);
		let proof = finalised(header, &members);
		let evidence = Evidence { chain: PEER, set: set(&members), proof, ancestry: vec![] };
		assert_ok!(evidence.clone().report());
		assert_eq!(client(PEER).status, NeighbourStatus::Frozen);
		assert_eq!(Balances::free_balance(ALICE), FUNDS);
		assert_noop!(evidence.report(), Error::<Test>::EvidenceUsed);
	});
}

#[test]
fn case_65_the_same_branch_is_no_fork() {
	TestExt::new().build_and_execute(|| {
		let chain = forked(8).chain;
		let header = header_of(chain, 8);
		let mut next = header_of(chain, 9);
		next.parent_hash = header.hash();
		let report = |header: Header, ancestry| {
			let proof = signed(header, 0, quorum(&own()));
			Evidence { chain, set: set(&own()), proof, ancestry }.report()
		};
		assert_noop!(report(header.clone(), vec![]), INVALID);
		assert_noop!(report(next.clone(), vec![header]), INVALID);
		assert_noop!(report(next, vec![]), INVALID);
	});
}

#[test]
fn a_block_of_which_no_number_is_kept_shows_nothing() {
	TestExt::new().build_and_execute(|| {
		let chain = forked(8).chain;
		assert_noop!(on_branch(chain, 9, 12).report(), INVALID);
		assert_noop!(on_branch(chain, 4, 7).report(), INVALID);
	});
}

#[test]
fn ancestry_that_does_not_lead_down_shows_nothing() {
	refused(12, |evidence| drop(evidence.ancestry.remove(1)), INVALID);
	refused(12, |evidence| evidence.ancestry.swap(0, 1), INVALID);
	refused(12, |evidence| drop(evidence.ancestry.pop()), INVALID);
	refused(12, |evidence| evidence.ancestry[3].state_root = H256::zero(), INVALID);
	refused(12, |evidence| evidence.ancestry.push(header_of(evidence.chain, 7)), INVALID);
	refused(
		12,
		|evidence| {
			// Linked by hash, but not one below the other.
			let below = branch(evidence.chain, 8, 8).remove(0);
			let mut header = evidence.proof.header.clone();
			header.parent_hash = below.hash();
			evidence.proof = signed(header, 0, quorum(&own()));
			evidence.ancestry = vec![below];
		},
		INVALID,
	);
}

#[test]
fn a_block_of_another_chain_is_no_fork() {
	refused(
		8,
		|evidence| {
			let header = branch(STRANGER, 8, 8).remove(0);
			evidence.proof = signed(header, 0, quorum(&own()));
		},
		INVALID,
	);
	refused(
		8,
		|evidence| {
			let mut header = evidence.proof.header.clone();
			header.digest_mut().logs.clear();
			evidence.proof = signed(header, 0, quorum(&own()));
		},
		INVALID,
	);
}

#[test]
fn a_block_that_was_not_finalised_is_no_fork() {
	let why = || Error::<Test>::InvalidJustification;
	refused(
		8,
		|evidence| {
			evidence.proof = signed(evidence.proof.header.clone(), 0, &own()[..2]);
		},
		why(),
	);
	refused(
		8,
		|evidence| {
			evidence.proof = signed(evidence.proof.header.clone(), 1, quorum(&own()));
			evidence.proof.set_id = 0;
		},
		why(),
	);
}

#[test]
fn a_wrong_set_answers_for_no_fork() {
	let stale = || Error::<Test>::StaleEvidence;
	refused(8, |evidence| evidence.set = set(&accounts(21..25)), stale());
	refused(8, |evidence| evidence.proof.set_id = 1, stale());
}

#[test]
fn what_is_too_large_is_not_read() {
	let large = || Error::<Test>::TooLarge;
	refused(
		9,
		|evidence| {
			let item = DigestItem::Other(vec![0; limits::MAX_MANDATORY_HEADER as usize]);
			evidence.ancestry[0].digest_mut().push(item);
		},
		large(),
	);
	refused(
		8,
		|evidence| {
			let vote = evidence.proof.justification.commit.precommits[0].clone();
			evidence.proof.justification.commit.precommits.extend([vote.clone(), vote]);
		},
		large(),
	);
}

/// Case 66.
#[test]
fn a_fork_counts_once_in_an_incarnation() {
	TestExt::new().build_and_execute(|| {
		let evidence = forked(8);
		let chain = evidence.chain;
		assert_ok!(evidence.clone().report());
		assert_noop!(evidence.clone().report(), Error::<Test>::EvidenceUsed);
		assert_noop!(on_branch(chain, 8, 9).report(), Error::<Test>::EvidenceUsed);

		let again = |incarnation| {
			let checkpoint = Checkpoint {
				chain,
				layer: Layer::Proof,
				number: 8,
				hash: header_of(chain, 8).hash(),
				state_root: *header_of(chain, 8).state_root(),
				set_id: 0,
				authorities: set(&own()),
			};
			let root = RuntimeOrigin::root();
			ChainRegistry::force_set(root, chain, Box::new(checkpoint), incarnation)
		};
		assert_ok!(again(None));
		assert_noop!(on_branch(chain, 8, 9).report(), Error::<Test>::EvidenceUsed);
		assert_ok!(again(Some(1)));
		assert_noop!(evidence.report(), Error::<Test>::EvidenceUsed);
		assert_ok!(on_branch(chain, 8, 9).report());
		assert_eq!(client(chain).status, NeighbourStatus::Frozen);
	});
}

#[test]
fn a_fork_shows_up_after_closing_and_leaves_the_child_closed() {
	TestExt::new().build_and_execute(|| {
		let evidence = forked(8);
		let chain = evidence.chain;
		assert_ok!(set_to(chain, NeighbourStatus::Closed));
		run_to(EVIDENCE_WINDOW);
		assert_ok!(evidence.report());
		assert_eq!(client(chain).status, NeighbourStatus::Closed);
		assert_eq!(bonded(BOB), 0);
		run_to(EVIDENCE_WINDOW + 2);
		assert_ok!(ChainRegistry::withdraw_bond(RuntimeOrigin::signed(BOB), chain));
		assert_noop!(on_branch(chain, 8, 9).report(), Error::<Test>::NothingToSlash);
	});
}

#[test]
fn evidence_of_a_fork_needs_an_account_or_an_authorisation() {
	TestExt::new().build_and_execute(|| {
		let sound = forked(8);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(sound.clone().by(origin), DispatchError::BadOrigin);
		}
		let answer = |evidence: Evidence| {
			let Evidence { chain, set, proof, ancestry } = evidence;
			let (proof, ancestry) = (Box::new(proof), ancestry.try_into().expect("few"));
			let call = Call::<Test>::report_fork { chain, set, proof, ancestry };
			call.authorize(TransactionSource::External).expect("it is authorised").map(drop)
		};
		assert_eq!(answer(sound.clone()), Ok(()));
		let short = signed(sound.proof.header.clone(), 0, &own()[..2]);
		let short = Evidence { proof: short, ..sound.clone() };
		assert_eq!(answer(short), Err(InvalidTransaction::BadProof.into()));
		let authorised = RuntimeOrigin::from(frame_system::RawOrigin::Authorized);
		assert_ok!(sound.clone().by(authorised));
		assert_eq!(Balances::free_balance(TREASURY), ED + MIN_BOND);
		assert_eq!(answer(sound.clone()), Err(InvalidTransaction::Stale.into()));
		Accountless::set(false);
		assert_eq!(answer(sound), Err(InvalidTransaction::Call.into()));
	});
}

#[test]
fn whoever_reports_a_fork_second_is_turned_away() {
	TestExt::new().build_and_execute(|| {
		let evidence = forked(9);
		let answer = || extension::validate(RuntimeOrigin::signed(ALICE), evidence.clone().call());
		assert_eq!(answer(), Ok(()));
		assert_ok!(evidence.clone().report());
		assert_eq!(answer(), Err(InvalidTransaction::Stale.into()));
	});
}
