// SPDX-License-Identifier: Apache-2.0
//! How a child is left, and comes back.
use super::*;
use terrace_layers::{Blockers, FinalityClients};

fn deregister(who: AccountId, chain: ChainId) -> DispatchResult {
	ChainRegistry::deregister(RuntimeOrigin::signed(who), chain)
}

fn close(chain: ChainId) -> DispatchResult {
	ChainRegistry::close(RuntimeOrigin::signed(ALICE), chain)
}

fn withdraw(chain: ChainId) -> DispatchResult {
	ChainRegistry::withdraw_bond(RuntimeOrigin::signed(ALICE), chain)
}

fn draining() -> ChainId {
	let chain = registered();
	assert_ok!(deregister(BOB, chain));
	chain
}

/// A child that was left in this block.
fn closed() -> ChainId {
	let chain = draining();
	assert_ok!(close(chain));
	chain
}

#[test]
fn deregister_lets_what_is_under_way_arrive() {
	TestExt::new().build_and_execute(|| {
		let chain = draining();
		let status = NeighbourStatus::Draining;
		assert_eq!(events().pop(), Some(Event::StatusChanged { chain, status }));
		assert_eq!(client(chain).status, status);
		assert!(ChainRegistry::may_receive(&chain));
		let sends = LaneId::ALL.map(|lane| ChainRegistry::may_send(&chain, lane));
		assert_eq!(sends, [true, false, false]);
		let proof = signed(header_of(chain, 1), 0, quorum(&accounts(20..24)));
		assert!(Pallet::<Test>::verify(&chain, &proof).is_ok());
		assert_ok!(submit_for(chain, proof));
	});
}

#[test]
fn deregister_is_for_the_registrant_and_governance() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		assert_noop!(deregister(ALICE, chain), Error::<Test>::NotRegistrant);
		let nobody = ChainRegistry::deregister(RuntimeOrigin::none(), chain);
		assert_noop!(nobody, DispatchError::BadOrigin);
		assert_ok!(ChainRegistry::deregister(RuntimeOrigin::root(), chain));
	});
}

#[test]
fn deregister_fails_when_there_is_nothing_to_leave() {
	following(&accounts(0..4)).build_and_execute(|| {
		let root = |chain| ChainRegistry::deregister(RuntimeOrigin::root(), chain);
		assert_noop!(root(STRANGER), Error::<Test>::UnknownChain);
		assert_noop!(root(PEER), Error::<Test>::NotAChild);
		let chain = draining();
		assert_noop!(deregister(BOB, chain), Error::<Test>::NotActive);
		assert_ok!(set_to(chain, NeighbourStatus::Frozen));
		assert_noop!(root(chain), Error::<Test>::NotActive);
		assert_ok!(set_to(chain, NeighbourStatus::Closed));
		assert_noop!(root(chain), Error::<Test>::NotActive);
	});
}

#[test]
fn a_registrant_does_not_undo_a_halt() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		assert_ok!(set_to(chain, NeighbourStatus::Halted));
		assert_noop!(deregister(BOB, chain), Error::<Test>::NotActive);
		assert_ok!(ChainRegistry::deregister(RuntimeOrigin::root(), chain));
	});
}

#[test]
fn an_expired_child_can_be_left() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		run_to(MAX_STALENESS + 2);
		assert_ok!(ChainRegistry::expire(RuntimeOrigin::signed(ALICE), chain));
		assert_ok!(deregister(BOB, chain));
		assert!(!ChainRegistry::may_receive(&chain), "it is overdue all the same");
		assert_ok!(close(chain));
	});
}

#[test]
fn close_fails_and_says_what_blocks() {
	TestExt::new().build_and_execute(|| {
		let chain = draining();
		for blockers in [
			Blockers::MESSAGES,
			Blockers::DEAD_LETTERS,
			Blockers::TOKENS,
			Blockers::CONTRACTS.union(Blockers::TOKENS),
		] {
			Blocking::set(blockers);
			assert_noop!(close(chain), Error::<Test>::Blocked(BlockedBy(blockers.0)));
		}
		Blocking::set(Blockers::NONE);
		assert_ok!(close(chain));
	});
}

#[test]
fn close_fails_unless_the_child_drains() {
	following(&accounts(0..4)).build_and_execute(|| {
		let chain = registered();
		for neighbour in [chain, PEER] {
			assert_noop!(close(neighbour), Error::<Test>::NotActive);
		}
		assert_noop!(close(STRANGER), Error::<Test>::UnknownChain);
		assert_ok!(deregister(BOB, chain));
		let nobody = ChainRegistry::close(RuntimeOrigin::none(), chain);
		assert_noop!(nobody, DispatchError::BadOrigin);
		assert_ok!(close(chain));
		assert_noop!(close(chain), Error::<Test>::NotActive);
	});
}

#[test]
fn close_ends_the_edge_and_keeps_what_answers_for_it() {
	TestExt::new().build_and_execute(|| {
		run_to(4);
		let chain = closed();
		let status = NeighbourStatus::Closed;
		assert_eq!(events().pop(), Some(Event::StatusChanged { chain, status }));
		let left = client(chain);
		assert_eq!((left.status, left.closed_at), (status, Some(4)));
		assert_eq!(ChainRegistry::children(), []);
		assert_eq!(CurrentAuthorities::<Test>::get(chain), None);
		assert_eq!(bonded(BOB), MIN_BOND);
		let last = set(&accounts(20..24));
		assert!(Pallet::<Test>::answers(&chain, &left, 0, &last));
		assert!(!ChainRegistry::may_receive(&chain));
		assert_eq!(LaneId::ALL.map(|lane| ChainRegistry::may_send(&chain, lane)), [false; 3]);
	});
}

#[test]
fn withdraw_bond_waits_for_the_evidence_window() {
	TestExt::new().build_and_execute(|| {
		run_to(4);
		let chain = closed();
		run_to(4 + EVIDENCE_WINDOW);
		assert_noop!(withdraw(chain), Error::<Test>::BondLocked);
		run_to(4 + EVIDENCE_WINDOW + 1);
		let nobody = ChainRegistry::withdraw_bond(RuntimeOrigin::none(), chain);
		assert_noop!(nobody, DispatchError::BadOrigin);
		assert_ok!(withdraw(chain));
		let withdrawn = Event::BondWithdrawn { chain, registrant: BOB, amount: MIN_BOND };
		assert_eq!(events(), [withdrawn]);
		assert_eq!((bonded(BOB), Balances::free_balance(BOB)), (0, FUNDS));
		assert_eq!(client(chain).bond, None);
		assert_eq!(Headers::<Test>::iter_prefix(chain).count(), 0);
		assert_eq!(PastSets::<Test>::iter_prefix(chain).count(), 0);
		assert_noop!(withdraw(chain), Error::<Test>::NoBond);
	});
}

#[test]
fn withdraw_bond_fails_before_the_child_is_closed() {
	following(&accounts(0..4)).build_and_execute(|| {
		let chain = draining();
		for neighbour in [chain, PEER] {
			assert_noop!(withdraw(neighbour), Error::<Test>::NotActive);
		}
		assert_noop!(withdraw(STRANGER), Error::<Test>::UnknownChain);
	});
}

#[test]
fn withdraw_bond_leaves_the_bonds_of_other_children() {
	TestExt::new().build_and_execute(|| {
		let chain = closed();
		let other = Birth::new().issuing(1);
		assert_ok!(other.register_with(other.genesis(), MIN_BOND + 7));
		assert_eq!(bonded(BOB), 2 * MIN_BOND + 7);
		run_to(EVIDENCE_WINDOW + 2);
		assert_ok!(withdraw(chain));
		assert_eq!(bonded(BOB), MIN_BOND + 7);
	});
}

#[test]
fn withdraw_bond_removes_many_sets_in_several_calls() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		let members = accounts(20..24);
		for number in 1..=150u32 {
			let mut header = header_of(chain, number);
			header.digest_mut().push(hand_over(list(&members)));
			assert_ok!(submit_for(chain, signed(header, u64::from(number - 1), quorum(&members))));
		}
		assert_ok!(deregister(BOB, chain));
		assert_ok!(close(chain));
		run_to(EVIDENCE_WINDOW + 2);
		assert_ok!(withdraw(chain));
		assert_eq!(bonded(BOB), 0);
		assert_eq!(PastSets::<Test>::iter_prefix(chain).count(), 151 - 64);
		assert_ok!(withdraw(chain));
		assert_ok!(withdraw(chain));
		assert_eq!(PastSets::<Test>::iter_prefix(chain).count(), 0);
		assert_noop!(withdraw(chain), Error::<Test>::NoBond);
	});
}

#[test]
fn a_child_that_left_comes_back_as_the_next_incarnation() {
	TestExt::new().build_and_execute(|| {
		let birth = Birth::new();
		let chain = closed();
		assert_eq!(chain, birth.id());
		assert_noop!(birth.register(), Error::<Test>::AlreadyExists);
		run_to(EVIDENCE_WINDOW + 2);
		assert_noop!(birth.register(), Error::<Test>::AlreadyExists);
		assert_ok!(withdraw(chain));
		assert_eq!(ChainRegistry::incarnation(&chain), 0, "the record is kept");

		assert_ok!(birth.register());
		let back = client(chain);
		assert_eq!((back.incarnation, back.status), (1, NeighbourStatus::Active));
		assert_eq!((back.best.number, back.set_id, back.closed_at), (0, 0, None));
		assert_eq!(back.last_progress_at, EVIDENCE_WINDOW + 2);
		assert_eq!(ChainRegistry::children(), [chain]);
		assert_eq!(told().len(), 2);
		assert!(events().contains(&Event::ChildRegistered {
			chain,
			registrant: BOB,
			bond: MIN_BOND,
			incarnation: 1,
		}));
	});
}

#[test]
fn a_child_that_governance_closed_does_not_come_back_for_what_is_left() {
	TestExt::new().build_and_execute(|| {
		let birth = Birth::new();
		let chain = registered();
		let root = RuntimeOrigin::root();
		assert_ok!(ChainRegistry::set_status(root, chain, NeighbourStatus::Closed));
		run_to(EVIDENCE_WINDOW + 2);
		assert_ok!(withdraw(chain));
		for left in [Blockers::TOKENS, Blockers::CONTRACTS, Blockers::MESSAGES] {
			Blocking::set(left);
			assert_noop!(birth.register(), Error::<Test>::Blocked(BlockedBy(left.0)));
		}
		assert_eq!(client(chain).status, NeighbourStatus::Closed);
		assert_eq!(bonded(BOB), 0);
		Blocking::set(Blockers::NONE);
		assert_ok!(birth.register());
	});
}

#[test]
fn a_child_that_comes_back_is_proven_again_but_for_its_first_block() {
	TestExt::new().build_and_execute(|| {
		let birth = Birth::new();
		let chain = closed();
		run_to(EVIDENCE_WINDOW + 2);
		assert_ok!(withdraw(chain));
		let bond = birth.register_with(birth.genesis(), MIN_BOND - 1);
		assert_noop!(bond, Error::<Test>::BondTooLow);
		let unsigned = birth.register_signed(birth.genesis(), Default::default(), MIN_BOND);
		assert_noop!(unsigned, Error::<Test>::NoPossession);
		assert_ok!(ChainRegistry::revoke_code(RuntimeOrigin::root(), Layer::Proof, code_hash()));
		assert_noop!(birth.register(), Error::<Test>::CodeNotApproved);
		assert_ok!(ChainRegistry::approve_code(RuntimeOrigin::root(), Layer::Proof, code_hash()));
		let forgotten = System::block_hash(birth.anchor.checkpoint.number);
		assert_ne!(forgotten, birth.anchor.checkpoint.hash);
		assert_ok!(birth.register());
	});
}
