// SPDX-License-Identifier: Apache-2.0
//! Evidence of authorities that voted twice.
use super::*;
use finality_grandpa::{Message, Precommit, Prevote};
use frame_support::{
	pallet_prelude::{InvalidTransaction, TransactionSource, UnknownTransaction},
	traits::Authorize,
};
use sp_consensus_grandpa::{localized_payload, Equivocation};
use sp_runtime::traits::TransactionExtension;

const ROUND: u64 = 5;
const SLASH: Balance = MIN_BOND * 30 / 100;

/// Evidence as it is reported.
#[derive(Clone)]
struct Evidence {
	chain: ChainId,
	set_id: u64,
	set: Authorities,
	equivocation: Equivocation<H256, u32>,
	headers: [Header; 2],
}

impl Evidence {
	fn by(self, origin: RuntimeOrigin) -> DispatchResultWithPostInfo {
		let Self { chain, set_id, set, equivocation, headers: [one, other] } = self;
		let equivocation = Box::new(equivocation);
		ChainRegistry::report_equivocation(origin, chain, set_id, set, equivocation, one, other)
	}

	fn report(self) -> DispatchResultWithPostInfo {
		self.by(RuntimeOrigin::signed(ALICE))
	}

	fn call(self) -> Call<Test> {
		let Self { chain, set_id, set, equivocation, headers: [header1, header2] } = self;
		let equivocation = Box::new(equivocation);
		Call::report_equivocation { chain, set_id, set, equivocation, header1, header2 }
	}
}

fn precommits(who: Account, round: u64, set_id: u64, of: &[Header; 2]) -> Equivocation<H256, u32> {
	let vote = |header: &Header| {
		let vote = Precommit::new(header.hash(), header.number);
		let payload = localized_payload(round, set_id, &Message::Precommit(vote.clone()));
		(vote, sign(who, &payload))
	};
	Equivocation::Precommit(finality_grandpa::Equivocation {
		round_number: round,
		identity: who.into(),
		first: vote(&of[0]),
		second: vote(&of[1]),
	})
}

fn prevotes(who: Account, round: u64, set_id: u64, of: &[Header; 2]) -> Equivocation<H256, u32> {
	let vote = |header: &Header| {
		let vote = Prevote::new(header.hash(), header.number);
		let payload = localized_payload(round, set_id, &Message::Prevote(vote.clone()));
		(vote, sign(who, &payload))
	};
	Equivocation::Prevote(finality_grandpa::Equivocation {
		round_number: round,
		identity: who.into(),
		first: vote(&of[0]),
		second: vote(&of[1]),
	})
}

fn branches(chain: ChainId, number: u32) -> [Header; 2] {
	let mut other = header_of(chain, number);
	other.digest_mut().push(DigestItem::Other(vec![1]));
	[header_of(chain, number), other]
}

/// Evidence that member `who` of the child's first set precommitted twice in `round`.
fn evidence_of(chain: ChainId, who: u16, round: u64) -> Evidence {
	let headers = branches(chain, 8);
	let equivocation = precommits(Account(who), round, 0, &headers);
	Evidence { chain, set_id: 0, set: set(&accounts(20..24)), equivocation, headers }
}

fn evidence(chain: ChainId) -> Evidence {
	evidence_of(chain, 21, ROUND)
}

fn treasury() -> Balance {
	Balances::free_balance(TREASURY) - ED
}

fn refused(change: impl FnOnce(&mut Evidence), why: Error<Test>) {
	TestExt::new().build_and_execute(|| {
		let sound = evidence(registered());
		let mut changed = sound.clone();
		change(&mut changed);
		assert_noop!(changed.report(), why);
		assert_ok!(sound.report());
	});
}

#[test]
fn an_equivocation_costs_a_part_of_the_bond_and_rewards_the_reporter() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		let issued = Balances::total_issuance();
		let paid = evidence(chain).report().expect("it is sound").pays_fee;
		assert_eq!(paid, Pays::No);
		let reward = SLASH / 5;
		assert_eq!(bonded(BOB), MIN_BOND - SLASH);
		assert_eq!(Balances::free_balance(ALICE), FUNDS + reward);
		assert_eq!(treasury(), SLASH - reward);
		assert_eq!(Balances::total_issuance(), issued);
		let bond = Bond { who: BOB, placed: MIN_BOND, left: MIN_BOND - SLASH };
		assert_eq!(client(chain).bond, Some(bond));
		assert_eq!(client(chain).status, NeighbourStatus::Active);
		let event = Event::Equivocation {
			chain,
			set_id: 0,
			round: ROUND,
			offender: Account(21).into(),
			slashed: SLASH,
		};
		assert_eq!(events().pop(), Some(event));
	});
}

#[test]
fn prevotes_count_like_precommits() {
	TestExt::new().build_and_execute(|| {
		let mut evidence = evidence(registered());
		evidence.equivocation = prevotes(Account(22), ROUND, 0, &evidence.headers);
		assert_ok!(evidence.report());
		assert_eq!(bonded(BOB), MIN_BOND - SLASH);
	});
}

#[test]
fn a_reporter_without_an_account_gets_nothing() {
	TestExt::new().build_and_execute(|| {
		let evidence = evidence(registered());
		let authorised = RuntimeOrigin::from(frame_system::RawOrigin::Authorized);
		assert_ok!(evidence.by(authorised));
		assert_eq!((treasury(), Balances::free_balance(ALICE)), (SLASH, FUNDS));
	});
}

#[test]
fn a_reward_that_no_account_can_hold_is_not_lost() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		alter_bond(chain, 100);
		let nobody = AccountId::new([7; 32]);
		assert_ok!(evidence(chain).by(RuntimeOrigin::signed(nobody.clone())));
		assert_eq!(Balances::free_balance(nobody), 0, "6 are less than an account needs");
		assert_eq!(treasury(), 30);
	});
}

/// Makes a bond look as if only this much had been placed.
fn alter_bond(chain: ChainId, placed: Balance) {
	Clients::<Test>::mutate(chain, |client| {
		let client = client.as_mut().expect("it is known");
		client.bond = Some(Bond { who: BOB, placed, left: placed });
	});
}

#[test]
fn case_58_the_same_target_twice_is_no_offence() {
	refused(
		|evidence| {
			evidence.headers[1] = evidence.headers[0].clone();
			evidence.equivocation = precommits(Account(21), ROUND, 0, &evidence.headers);
		},
		Error::<Test>::EvidenceInvalid,
	);
}

#[test]
fn case_59_whoever_is_no_member_cannot_be_reported() {
	refused(
		|evidence| evidence.equivocation = precommits(Account(9), ROUND, 0, &evidence.headers),
		Error::<Test>::NotInSet,
	);
}

#[test]
fn case_60_a_wrong_set_answers_for_nothing() {
	let stale = Error::<Test>::StaleEvidence;
	refused(|evidence| evidence.set_id = 1, stale);
	refused(|evidence| evidence.set = set(&accounts(20..25)), Error::<Test>::StaleEvidence);
	refused(|evidence| evidence.set = set(&accounts(21..24)), Error::<Test>::StaleEvidence);
	refused(|evidence| evidence.set = Authorities::default(), Error::<Test>::StaleEvidence);
	refused(
		|evidence| evidence.equivocation = precommits(Account(21), ROUND, 1, &evidence.headers),
		Error::<Test>::EvidenceInvalid,
	);
}

#[test]
fn case_61_headers_of_another_chain_frame_nobody() {
	refused(
		|evidence| {
			evidence.headers = branches(STRANGER, 8);
			evidence.equivocation = precommits(Account(21), ROUND, 0, &evidence.headers);
		},
		Error::<Test>::EvidenceInvalid,
	);
	refused(
		|evidence| {
			evidence.headers[1] = header_of(STRANGER, 8);
			evidence.equivocation = precommits(Account(21), ROUND, 0, &evidence.headers);
		},
		Error::<Test>::EvidenceInvalid,
	);
	refused(
		|evidence| {
			evidence.headers[0].digest_mut().logs.clear();
			evidence.equivocation = precommits(Account(21), ROUND, 0, &evidence.headers);
		},
		Error::<Test>::EvidenceInvalid,
	);
}

#[test]
fn headers_that_were_not_voted_for_show_nothing() {
	let invalid = || Error::<Test>::EvidenceInvalid;
	refused(|evidence| evidence.headers[0] = header_of(evidence.chain, 9), invalid());
	refused(|evidence| evidence.headers[1].state_root = H256::zero(), invalid());
	refused(|evidence| evidence.headers.swap(0, 1), invalid());
	refused(
		|evidence| {
			let Equivocation::Precommit(votes) = &mut evidence.equivocation else { return };
			votes.first.0.target_number += 1;
		},
		invalid(),
	);
}

#[test]
fn a_vote_that_the_offender_did_not_sign_shows_nothing() {
	refused(
		|evidence| {
			let Equivocation::Precommit(votes) = &mut evidence.equivocation else { return };
			votes.second.1 = votes.first.1.clone();
		},
		Error::<Test>::EvidenceInvalid,
	);
	refused(
		|evidence| {
			let Equivocation::Precommit(votes) = &mut evidence.equivocation else { return };
			votes.identity = Account(22).into();
		},
		Error::<Test>::EvidenceInvalid,
	);
	refused(
		|evidence| {
			let Equivocation::Precommit(votes) = &mut evidence.equivocation else { return };
			votes.round_number += 1;
		},
		Error::<Test>::EvidenceInvalid,
	);
}

#[test]
fn headers_that_are_too_large_are_not_read() {
	refused(
		|evidence| {
			let item = DigestItem::Other(vec![0; limits::MAX_MANDATORY_HEADER as usize]);
			evidence.headers[0].digest_mut().push(item);
		},
		Error::<Test>::TooLarge,
	);
}

#[test]
fn case_62_an_offence_is_punished_once() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		assert_ok!(evidence(chain).report());
		assert_noop!(evidence(chain).report(), Error::<Test>::EvidenceUsed);
		let mut swapped = evidence(chain);
		swapped.headers.swap(0, 1);
		swapped.equivocation = precommits(Account(21), ROUND, 0, &swapped.headers);
		assert_noop!(swapped.report(), Error::<Test>::EvidenceUsed);
		let mut other = evidence(chain);
		other.headers = branches(chain, 9);
		other.equivocation = prevotes(Account(21), ROUND, 0, &other.headers);
		assert_noop!(other.report(), Error::<Test>::EvidenceUsed);
		assert_ok!(evidence_of(chain, 21, ROUND + 1).report());
		assert_ok!(evidence_of(chain, 22, ROUND).report());
		assert_eq!(bonded(BOB), MIN_BOND - 3 * SLASH);
	});
}

#[test]
fn no_more_is_taken_than_was_bonded() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		(0..4).for_each(|round| assert!(evidence_of(chain, 21, round).report().is_ok()));
		assert_eq!(bonded(BOB), 0);
		let more = evidence_of(chain, 21, 9).report();
		assert_noop!(more, Error::<Test>::NothingToSlash);
	});
}

#[test]
fn the_bond_of_another_child_is_not_touched() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		let other = Birth::new().issuing(1);
		assert_ok!(other.register());
		(0..4).for_each(|round| assert!(evidence_of(chain, 21, round).report().is_ok()));
		assert_eq!(bonded(BOB), MIN_BOND);
		// The other child has the same authorities, but not the same blocks.
		let framed = Evidence { chain: other.id(), ..evidence_of(chain, 22, 1) };
		assert_noop!(framed.report(), Error::<Test>::EvidenceInvalid);
	});
}

/// Has the child hand over to other authorities.
fn replaced(chain: ChainId) {
	let members = accounts(20..24);
	let mut header = header_of(chain, 3);
	header.digest_mut().push(hand_over(list(&accounts(30..34))));
	assert_ok!(submit_for(chain, signed(header, 0, quorum(&members))));
}

#[test]
fn case_63_a_former_set_answers_until_the_window_is_over() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		run_to(5);
		replaced(chain);
		run_to(5 + EVIDENCE_WINDOW);
		assert_ok!(evidence_of(chain, 20, 1).report());
		run_to(5 + EVIDENCE_WINDOW + 1);
		assert_noop!(evidence_of(chain, 20, 2).report(), Error::<Test>::StaleEvidence);
	});
}

#[test]
fn case_64_a_prevote_and_a_precommit_are_no_offence() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		let headers = branches(chain, 8);
		let Equivocation::Precommit(mut mixed) = precommits(Account(21), ROUND, 0, &headers) else {
			unreachable!("precommits were made")
		};
		let Equivocation::Prevote(prevotes) = prevotes(Account(21), ROUND, 0, &headers) else {
			unreachable!("prevotes were made")
		};
		mixed.second.1 = prevotes.second.1;
		let equivocation = Equivocation::Precommit(mixed);
		let mixed = Evidence { equivocation, ..evidence(chain) };
		assert_noop!(mixed.report(), Error::<Test>::EvidenceInvalid);
	});
}

#[test]
fn case_66_evidence_counts_in_every_status_until_the_bond_is_withdrawn() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		assert_ok!(set_to(chain, NeighbourStatus::Frozen));
		assert_ok!(evidence_of(chain, 20, 1).report());
		assert_ok!(set_to(chain, NeighbourStatus::Closed));
		assert_ok!(evidence_of(chain, 20, 2).report());
		run_to(EVIDENCE_WINDOW + 2);
		assert_noop!(evidence_of(chain, 20, 3).report(), Error::<Test>::StaleEvidence);
		assert_ok!(ChainRegistry::withdraw_bond(RuntimeOrigin::signed(BOB), chain));
		assert_eq!(Balances::free_balance(BOB), FUNDS - 2 * SLASH);
		assert_noop!(evidence_of(chain, 20, 3).report(), Error::<Test>::NothingToSlash);

		// A later bond answers for nothing that an earlier one was slashed for.
		assert_ok!(Birth::new().register());
		assert_noop!(evidence_of(chain, 20, 1).report(), Error::<Test>::EvidenceUsed);
		assert_ok!(evidence_of(chain, 20, 3).report());
	});
}

#[test]
fn nothing_answers_for_the_parent_or_for_strangers() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		let headers = branches(PEER, START + 8);
		let equivocation = precommits(Account(1), ROUND, SET, &headers);
		let of_parent =
			Evidence { chain: PEER, set_id: SET, set: set(&members), equivocation, headers };
		let of_stranger = Evidence { chain: STRANGER, ..of_parent.clone() };
		assert_noop!(of_parent.report(), Error::<Test>::NothingToSlash);
		assert_noop!(of_stranger.report(), Error::<Test>::UnknownChain);
	});
}

#[test]
fn evidence_needs_an_account_or_an_authorisation() {
	TestExt::new().build_and_execute(|| {
		let sound = evidence(registered());
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(sound.clone().by(origin), DispatchError::BadOrigin);
		}
		let answer = |evidence: &Evidence| {
			let call = evidence.clone().call();
			call.authorize(TransactionSource::External).expect("it is authorised").map(drop)
		};
		assert_eq!(answer(&sound), Ok(()));
		let forged = Evidence { headers: branches(sound.chain, 9), ..sound.clone() };
		assert_eq!(answer(&forged), Err(InvalidTransaction::BadProof.into()));
		let stale = Evidence { set_id: 1, ..sound.clone() };
		assert_eq!(answer(&stale), Err(UnknownTransaction::CannotLookup.into()));
		assert_ok!(sound.clone().report());
		assert_eq!(answer(&sound), Err(InvalidTransaction::Stale.into()));
		Accountless::set(false);
		assert_eq!(answer(&sound), Err(InvalidTransaction::Call.into()));
	});
}

#[test]
fn whoever_reports_an_equivocation_second_is_turned_away() {
	TestExt::new().build_and_execute(|| {
		let evidence = evidence(registered());
		let answer = || extension::validate(RuntimeOrigin::signed(ALICE), evidence.clone().call());
		assert_eq!(answer(), Ok(()));
		assert_ok!(evidence.clone().report());
		assert_eq!(answer(), Err(InvalidTransaction::Stale.into()));
		let weight = CheckFinality::<Test>::new().weight(&evidence.clone().call().into());
		assert!(weight.ref_time() > 0);
	});
}
