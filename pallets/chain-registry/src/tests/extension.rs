// SPDX-License-Identifier: Apache-2.0
//! Finality that came too late costs nothing.
use super::*;
use frame_support::{
	dispatch::GetDispatchInfo,
	pallet_prelude::{
		InvalidTransaction, TransactionSource, TransactionValidityError, UnknownTransaction,
	},
};
use sp_runtime::traits::{TransactionExtension, TxBaseImplication};

fn members() -> Vec<Account> {
	accounts(0..4)
}

/// What a signed call is told before it costs anything.
pub(super) fn validate(
	origin: RuntimeOrigin,
	call: Call<Test>,
) -> Result<(), TransactionValidityError> {
	let call = RuntimeCall::from(call);
	let info = call.get_dispatch_info();
	let extension = CheckFinality::<Test>::new();
	let implied = TxBaseImplication(());
	let source = TransactionSource::External;
	extension.validate(origin, &call, &info, 0, (), &implied, source).map(drop)
}

fn answer_for(chain: ChainId, proof: FinalityProof) -> Result<(), TransactionValidityError> {
	let single = Call::submit_finality { chain, proof: Box::new(proof.clone()) };
	let proofs = vec![proof].try_into().expect("it is one");
	let batch = Call::submit_finality_batch { chain, proofs };
	let answer = validate(RuntimeOrigin::signed(ALICE), single);
	assert_eq!(validate(RuntimeOrigin::signed(ALICE), batch), answer);
	answer
}

fn answer(proof: FinalityProof) -> Result<(), TransactionValidityError> {
	answer_for(PEER, proof)
}

/// Case 72.
#[test]
fn whoever_lost_a_race_is_turned_away() {
	following(&members()).build_and_execute(|| {
		let proof = finalised(header(START + 5), &members());
		assert_eq!(answer(proof.clone()), Ok(()));
		assert_ok!(submit(proof.clone()));
		assert_eq!(answer(proof), Err(InvalidTransaction::Stale.into()));
		let older = finalised(header(START + 4), &members());
		assert_eq!(answer(older), Err(InvalidTransaction::Stale.into()));
	});
}

#[test]
fn what_cannot_be_imported_now_is_turned_away() {
	following(&members()).build_and_execute(|| {
		let later = Err(UnknownTransaction::CannotLookup.into());
		let proof = finalised(header(START + 5), &members());
		assert_eq!(answer(FinalityProof { set_id: SET + 1, ..proof.clone() }), later);
		assert_eq!(answer_for(STRANGER, proof.clone()), later);
		assert_ok!(set_to(PEER, NeighbourStatus::Halted));
		assert_eq!(answer(proof.clone()), later);
		assert_ok!(set_to(PEER, NeighbourStatus::Active));
		run_to(MAX_STALENESS + 2);
		assert_eq!(answer(proof), later, "overdue");
	});
}

#[test]
fn what_is_too_large_is_turned_away() {
	following(&members()).build_and_execute(|| {
		let call = Err(InvalidTransaction::Call.into());
		let mut many = signed(header(START + 5), SET, &members());
		let vote = many.justification.commit.precommits[0].clone();
		many.justification.commit.precommits.push(vote);
		assert_eq!(answer(many), call);
		let empty = Call::submit_finality_batch { chain: PEER, proofs: Default::default() };
		assert_eq!(validate(RuntimeOrigin::signed(ALICE), empty), call);
	});
}

#[test]
fn signatures_are_left_to_the_call() {
	following(&members()).build_and_execute(|| {
		assert_eq!(answer(signed(header(START + 5), SET, &members()[..1])), Ok(()));
	});
}

#[test]
fn whoever_marks_a_neighbour_second_is_turned_away() {
	following(&members()).build_and_execute(|| {
		let expire = || validate(RuntimeOrigin::signed(ALICE), Call::expire { chain: PEER });
		let later = Err(UnknownTransaction::CannotLookup.into());
		assert_eq!(expire(), later, "not overdue");
		run_to(MAX_STALENESS + 2);
		assert_eq!(expire(), Ok(()));
		assert_ok!(ChainRegistry::expire(RuntimeOrigin::signed(ALICE), PEER));
		assert_eq!(expire(), later, "marked already");
		let apply = validate(RuntimeOrigin::signed(ALICE), Call::apply_recovery {});
		assert_eq!(apply, later, "none waits");
	});
}

#[test]
fn other_calls_and_other_origins_pass() {
	following(&members()).build_and_execute(|| {
		let proof = Box::new(finalised(header(START), &members()));
		let stale = || Call::submit_finality { chain: PEER, proof: proof.clone() };
		assert_eq!(validate(RuntimeOrigin::none(), stale()), Ok(()));
		assert_eq!(validate(RuntimeOrigin::root(), stale()), Ok(()));
		let other = Call::close { chain: PEER };
		assert_eq!(validate(RuntimeOrigin::signed(ALICE), other.clone()), Ok(()));
		let weight = |call: Call<Test>| CheckFinality::<Test>::new().weight(&call.into());
		assert!(weight(stale()).ref_time() > 0);
		assert_eq!(weight(other).ref_time(), 0);
	});
}
