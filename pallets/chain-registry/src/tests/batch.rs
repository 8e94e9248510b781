// SPDX-License-Identifier: Apache-2.0
//! Import of several headers at a time.
use super::*;
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	pallet_prelude::{InvalidTransaction, TransactionSource, UnknownTransaction},
	traits::Authorize,
};

type Batch = BoundedVec<FinalityProof, sp_core::ConstU32<MAX_BATCH>>;

/// Members of the set after so many hand-overs.
fn members(step: u16) -> Vec<Account> {
	accounts(step..step + 4)
}

/// The header of hand-over number `step`, justified by the set before it.
fn hand_over_at(step: u16) -> FinalityProof {
	let header = header_with(START + 1 + u32::from(step), [hand_over(list(&members(step + 1)))]);
	signed(header, SET + u64::from(step), quorum(&members(step)))
}

fn plain(number: u32, step: u16) -> FinalityProof {
	signed(header(number), SET + u64::from(step), quorum(&members(step)))
}

fn batch(proofs: impl IntoIterator<Item = FinalityProof>) -> Batch {
	proofs.into_iter().collect::<Vec<_>>().try_into().expect("not too many")
}

fn submit_all(proofs: impl IntoIterator<Item = FinalityProof>) -> DispatchResultWithPostInfo {
	let origin = RuntimeOrigin::signed(ALICE);
	ChainRegistry::submit_finality_batch(origin, PEER, batch(proofs))
}

#[test]
fn a_batch_follows_hand_overs_and_ends_with_the_newest_header() {
	following(&members(0)).build_and_execute(|| {
		let proofs = (0..7).map(hand_over_at).chain([plain(START + 90, 7)]);
		let paid = submit_all(proofs).expect("each is justified").pays_fee;
		assert_eq!(paid, Pays::No);
		assert_eq!((client(PEER).set_id, client(PEER).best.number), (SET + 7, START + 90));
		assert_eq!(events().len(), 8);
	});
}

#[test]
fn three_hundred_hand_overs_are_caught_up_with_in_batches() {
	following(&members(0)).build_and_execute(|| {
		let steps: Vec<u16> = (0..300).collect();
		for steps in steps.chunks(MAX_BATCH as usize) {
			let paid = submit_all(steps.iter().map(|step| hand_over_at(*step)));
			assert_eq!(paid.expect("each is justified").pays_fee, Pays::No);
			next_block();
		}
		assert_eq!(client(PEER).set_id, SET + 300);
		assert_eq!(CurrentAuthorities::<Test>::get(PEER), Some(set(&members(300))));
	});
}

#[test]
fn a_batch_is_imported_whole_or_not_at_all() {
	following(&members(0)).build_and_execute(|| {
		let bad = plain(START + 50, 0);
		assert_noop!(
			submit_all([hand_over_at(0), hand_over_at(1), bad.clone()]),
			Error::<Test>::ReplacedSet
		);
		assert_noop!(submit_all([hand_over_at(1), hand_over_at(0)]), Error::<Test>::WrongSetId);
		assert_noop!(
			submit_all([hand_over_at(0), FinalityProof { set_id: SET + 1, ..bad }]),
			Error::<Test>::InvalidJustification
		);
		let twice = [plain(START + 5, 0), plain(START + 5, 0)];
		assert_noop!(submit_all(twice), Error::<Test>::Obsolete);
		assert_noop!(submit_all([]), Error::<Test>::EmptyBatch);
		assert_ok!(submit_all([hand_over_at(0), hand_over_at(1)]));
	});
}

#[test]
fn a_batch_is_free_only_if_each_header_is_needed() {
	following(&members(0)).build_and_execute(|| {
		let paid = |proofs: Vec<FinalityProof>| submit_all(proofs).expect("justified").pays_fee;
		let far = START + FREE_INTERVAL;
		assert_eq!(paid(vec![plain(far, 0), plain(far + FREE_INTERVAL, 0)]), Pays::Yes);
	});
	following(&members(0)).build_and_execute(|| {
		let paid = |proofs: Vec<FinalityProof>| submit_all(proofs).expect("justified").pays_fee;
		assert_eq!(paid(vec![hand_over_at(0), plain(START + 2, 1)]), Pays::Yes);
		let far = client(PEER).best.number + FREE_INTERVAL;
		assert_eq!(paid(vec![plain(far, 1)]), Pays::No);
	});
}

#[test]
fn a_batch_without_an_account_is_checked_like_its_import() {
	following(&members(0)).build_and_execute(|| {
		let answer = |proofs: Vec<FinalityProof>| {
			let call = Call::<Test>::submit_finality_batch { chain: PEER, proofs: batch(proofs) };
			let answer = call.authorize(TransactionSource::External).expect("it is authorised");
			answer.map(|(valid, _)| valid.provides)
		};
		let tag = ("terrace/finality", (PEER, START + 60)).encode();
		let good = vec![hand_over_at(0), hand_over_at(1), plain(START + 60, 2)];
		assert_eq!(answer(good.clone()), Ok(vec![tag]));
		assert_eq!(answer(vec![]), Err(InvalidTransaction::Call.into()));
		let near = vec![hand_over_at(0), plain(START + 3, 1)];
		assert_eq!(answer(near), Err(InvalidTransaction::Payment.into()));
		let missing = vec![hand_over_at(1), hand_over_at(2)];
		assert_eq!(answer(missing), Err(UnknownTransaction::CannotLookup.into()));
		let gap = vec![hand_over_at(0), hand_over_at(2)];
		assert_eq!(answer(gap), Err(InvalidTransaction::BadProof.into()), "it stays a gap");
		let mut forged = hand_over_at(1);
		forged.header.state_root = H256::repeat_byte(9);
		assert_eq!(answer(vec![hand_over_at(0), forged]), Err(InvalidTransaction::BadProof.into()));
		assert_ok!(submit_all(good.clone()));
		assert_eq!(answer(good), Err(InvalidTransaction::Stale.into()));
	});
}

/// What the pool and the block builder are told of a batch, and what it does then.
fn told_and_done(proofs: Vec<FinalityProof>) -> (bool, bool) {
	let call = Call::<Test>::submit_finality_batch { chain: PEER, proofs: batch(proofs.clone()) };
	let told = call.authorize(TransactionSource::InBlock).expect("it is authorised");
	(told.is_ok(), submit_all(proofs).is_ok())
}

#[test]
fn a_batch_that_remembers_more_sets_than_fit_is_not_authorised() {
	following(&members(0)).build_and_execute(|| {
		let most = MAX_PAST_SETS as u16;
		(0..most - 2).for_each(|step| assert!(submit(hand_over_at(step)).is_ok()));
		let three: Vec<_> = (most - 2..most + 1).map(hand_over_at).collect();
		let call =
			Call::<Test>::submit_finality_batch { chain: PEER, proofs: batch(three.clone()) };
		let told = call.authorize(TransactionSource::InBlock).expect("it is authorised");
		assert_eq!(told, Err(UnknownTransaction::CannotLookup.into()));
		assert_noop!(submit_all(three.clone()), Error::<Test>::TooManySets);
		assert_eq!(told_and_done(three[..2].to_vec()), (true, true), "two fit exactly");
		assert_eq!(told_and_done(three[2..].to_vec()), (false, false));
	});
}

#[test]
fn a_batch_that_makes_room_for_itself_is_authorised() {
	following(&members(0)).build_and_execute(|| {
		let most = MAX_PAST_SETS as u16;
		(0..2).for_each(|step| assert!(submit(hand_over_at(step)).is_ok()));
		run_to(MAX_STALENESS);
		(2..most).for_each(|step| assert!(submit(hand_over_at(step)).is_ok()));
		let three: Vec<_> = (most..most + 3).map(hand_over_at).collect();
		assert_eq!(told_and_done(three.clone()), (false, false));
		// The first two sets answer for nothing any more.
		run_to(EVIDENCE_WINDOW + 2);
		assert_eq!(told_and_done(three.clone()), (false, false), "two leave, three come");
		assert_eq!(told_and_done(three[..2].to_vec()), (true, true));
	});
}

#[test]
fn a_batch_weighs_what_its_headers_do() {
	let info = |proofs: Vec<FinalityProof>| {
		Call::<Test>::submit_finality_batch { chain: PEER, proofs: batch(proofs) }
			.get_dispatch_info()
	};
	let one = info(vec![hand_over_at(0)]);
	assert_eq!(one.class, DispatchClass::Operational);
	let two = info(vec![hand_over_at(0), hand_over_at(1)]);
	assert_eq!(two.call_weight, one.call_weight.saturating_mul(2));
	assert!(info(vec![]).call_weight.ref_time() > 0);
}

#[test]
fn a_batch_needs_an_account_or_an_authorisation() {
	following(&members(0)).build_and_execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				ChainRegistry::submit_finality_batch(origin, PEER, batch([hand_over_at(0)])),
				DispatchError::BadOrigin
			);
		}
	});
}
