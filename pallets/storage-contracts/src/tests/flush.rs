// SPDX-License-Identifier: Apache-2.0
use super::*;

#[test]
fn flush_sends_what_is_gathered() {
	TestExt::new().build_and_execute(|| {
		contract(ALICE, BOB, 10);
		contract(ALICE, DAVE, 10);
		assert_ok!(StorageContracts::flush(by(STRANGER), P));
		assert_eq!(
			last_event(),
			Event::BatchSent { chain: P, batch: BatchId(1), legs: 2, nonce: 1 }
		);
		assert_eq!(Chains::<Test>::get(P).expect("registered").sent, BatchId(1));
		assert!(!Gathered::<Test>::contains_key(P));
		// What is accepted next travels in the next batch.
		let id = contract(ALICE, BOB, 10);
		assert_eq!(leg(id).batch, BatchId(2));
	});
}

#[test]
fn flush_fails_when_nothing_can_be_sent() {
	TestExt::new().build_and_execute(|| {
		let flush = |chain| StorageContracts::flush(by(STRANGER), chain);
		assert_noop!(flush(P), Error::<Test>::NothingToSend);
		assert_noop!(flush(MAIN), Error::<Test>::UnknownProofChain);
		contract(ALICE, BOB, 10);
		assert_noop!(flush(Q), Error::<Test>::NothingToSend);
		MockFull::insert(P, ());
		assert_noop!(flush(P), DispatchError::Other("lane is full"));
		assert_noop!(StorageContracts::flush(RuntimeOrigin::none(), P), DispatchError::BadOrigin);
	});
}
