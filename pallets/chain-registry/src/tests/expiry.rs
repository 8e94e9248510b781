// SPDX-License-Identifier: Apache-2.0
//! Neighbours that were silent for too long.
use super::*;
use frame_support::{
	pallet_prelude::{InvalidTransaction, TransactionSource, UnknownTransaction},
	traits::Authorize,
};

fn members() -> Vec<Account> {
	accounts(0..4)
}

fn expire(chain: ChainId) -> DispatchResultWithPostInfo {
	ChainRegistry::expire(RuntimeOrigin::signed(ALICE), chain)
}

fn expires_at() -> u32 {
	ChainRegistry::neighbour(&PEER).expect("it is known").expires_at
}

#[test]
fn a_neighbour_that_was_silent_until_one_block_before_is_heard() {
	following(&members()).build_and_execute(|| {
		run_to(expires_at() - 1);
		assert_noop!(expire(PEER), Error::<Test>::NotOverdue);
		assert!(ChainRegistry::may_receive(&PEER) && ChainRegistry::may_send(&PEER, LaneId::MONEY));
		assert_ok!(submit(finalised(header(START + 1), &members())));
		assert_eq!(expires_at(), System::block_number() + MAX_STALENESS + 1);
	});
}

#[test]
fn an_overdue_neighbour_is_not_believed_even_before_it_is_marked() {
	following(&members()).build_and_execute(|| {
		let child = registered();
		run_to(expires_at() + 1);
		assert_noop!(submit(finalised(header(START + 1), &members())), Error::<Test>::Expired);
		for _ in 0..2 {
			assert!(!ChainRegistry::may_receive(&PEER) && !ChainRegistry::may_receive(&child));
			let told = |chain| LaneId::ALL.map(|lane| ChainRegistry::may_send(chain, lane));
			assert_eq!((told(&PEER), told(&child)), ([false; 3], [true, false, false]));
			let _ = (expire(PEER), expire(child));
		}
		assert_eq!(client(PEER).status, NeighbourStatus::Expired);
		assert_eq!(client(child).status, NeighbourStatus::Expired);
	});
}

#[test]
fn expire_marks_once_whoever_is_followed() {
	following(&members()).build_and_execute(|| {
		run_to(expires_at());
		assert_eq!(expire(PEER).expect("it is overdue").pays_fee, Pays::No);
		let status = NeighbourStatus::Expired;
		assert_eq!(events(), [Event::StatusChanged { chain: PEER, status }]);
		assert_noop!(expire(PEER), Error::<Test>::NotActive);
		assert_noop!(expire(STRANGER), Error::<Test>::UnknownChain);
	});
	following(&members()).build_and_execute(|| {
		assert_ok!(set_to(PEER, NeighbourStatus::Frozen));
		run_to(expires_at());
		assert_noop!(expire(PEER), Error::<Test>::NotActive);
		assert_ok!(set_to(PEER, NeighbourStatus::Halted));
		assert_ok!(expire(PEER));
	});
}

#[test]
fn a_draining_child_expires_too() {
	TestExt::new().build_and_execute(|| {
		let child = registered();
		assert_ok!(ChainRegistry::deregister(RuntimeOrigin::signed(BOB), child));
		run_to(MAX_STALENESS + 2);
		assert!(!ChainRegistry::may_receive(&child));
		let proof = signed(header_of(child, 1), 0, quorum(&accounts(20..24)));
		assert_noop!(submit_for(child, proof), Error::<Test>::Expired);
		assert_ok!(expire(child));
	});
}

#[test]
fn expire_needs_an_account_or_an_authorisation() {
	following(&members()).build_and_execute(|| {
		let call = Call::<Test>::expire { chain: PEER };
		let answer =
			|| call.authorize(TransactionSource::External).expect("it is authorised").map(drop);
		assert_eq!(answer(), Err(UnknownTransaction::CannotLookup.into()));
		run_to(expires_at());
		assert_eq!(answer(), Ok(()));
		Accountless::set(false);
		assert_eq!(answer(), Err(InvalidTransaction::Call.into()));
		assert_noop!(ChainRegistry::expire(RuntimeOrigin::none(), PEER), DispatchError::BadOrigin);
		let authorised = RuntimeOrigin::from(frame_system::RawOrigin::Authorized);
		assert_ok!(ChainRegistry::expire(authorised, PEER));
	});
}
