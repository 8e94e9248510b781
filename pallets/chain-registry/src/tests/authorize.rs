// SPDX-License-Identifier: Apache-2.0
//! Import of headers without an account.
use super::*;
use frame_support::{
	assert_storage_noop,
	pallet_prelude::{
		InvalidTransaction, TransactionSource, TransactionValidityError, UnknownTransaction,
		ValidTransaction,
	},
	traits::Authorize,
	weights::Weight,
};

const NOT_NOW: TransactionValidityError =
	TransactionValidityError::Unknown(UnknownTransaction::CannotLookup);

fn invalid(why: InvalidTransaction) -> TransactionValidityError {
	TransactionValidityError::Invalid(why)
}

fn members() -> Vec<Account> {
	accounts(0..4)
}

fn far() -> Header {
	header(START + FREE_INTERVAL)
}

/// What the pool is told.
#[expect(clippy::needless_late_init, reason = "the macro takes a statement")]
fn answer_for(
	chain: ChainId,
	proof: FinalityProof,
) -> Result<ValidTransaction, TransactionValidityError> {
	let call = Call::<Test>::submit_finality { chain, proof: Box::new(proof) };
	let answer;
	assert_storage_noop!(answer = call.authorize(TransactionSource::External));
	let (valid, unspent) = answer.expect("the call can be authorised")?;
	assert_eq!(unspent, Weight::zero());
	Ok(valid)
}

fn answer(proof: FinalityProof) -> Result<ValidTransaction, TransactionValidityError> {
	answer_for(PEER, proof)
}

#[test]
fn authorize_takes_a_header_far_enough_ahead() {
	following(&members()).build_and_execute(|| {
		let proof = finalised(far(), &members());
		let valid = answer(proof.clone()).expect("it is free");
		let tag = ("terrace/finality", (PEER, START + FREE_INTERVAL)).encode();
		assert_eq!(valid.provides, [tag]);
		assert!(valid.requires.is_empty() && valid.propagate && valid.longevity > 0);
		let origin = || RuntimeOrigin::from(frame_system::RawOrigin::Authorized);
		let submit = |proof| ChainRegistry::submit_finality(origin(), PEER, Box::new(proof));
		assert_ok!(submit(proof.clone()));
		assert_eq!(client(PEER).best.number, START + FREE_INTERVAL);
		assert_eq!(answer(proof.clone()), Err(invalid(InvalidTransaction::Stale)));
		assert_noop!(submit(proof), Error::<Test>::Obsolete);
	});
}

#[test]
fn authorize_prefers_the_header_farther_ahead() {
	following(&members()).build_and_execute(|| {
		let near = answer(finalised(far(), &members())).expect("it is free");
		let header = header(START + 5 * FREE_INTERVAL);
		let farther = answer(finalised(header, &members())).expect("it is free");
		assert!(farther.priority > near.priority);
		assert_ne!(farther.provides, near.provides);
	});
}

#[test]
fn authorize_takes_a_hand_over_at_once() {
	following(&members()).build_and_execute(|| {
		let header = header_with(START + 1, [hand_over(list(&members()))]);
		assert!(answer(finalised(header, &members())).is_ok());
		let plain = finalised(self::header(START + 1), &members());
		assert_eq!(answer(plain), Err(invalid(InvalidTransaction::Payment)));
		let almost = finalised(self::header(START + FREE_INTERVAL - 1), &members());
		assert_eq!(answer(almost), Err(invalid(InvalidTransaction::Payment)));
	});
}

#[test]
fn authorize_refuses_where_accounts_are_needed() {
	following(&members()).build_and_execute(|| {
		let proof = finalised(far(), &members());
		Accountless::set(false);
		assert_eq!(answer(proof.clone()), Err(invalid(InvalidTransaction::Call)));
		assert_ok!(submit(proof));
	});
}

#[test]
fn authorize_does_not_condemn_what_may_verify_later() {
	following(&members()).build_and_execute(|| {
		let next = accounts(10..14);
		let after = signed(far(), SET + 1, quorum(&next));
		assert_eq!(answer(after.clone()), Err(NOT_NOW), "a hand-over is missing");
		let header = header_with(START + 1, [hand_over(list(&next))]);
		assert_ok!(submit(finalised(header, &members())));
		assert_eq!(answer(after.clone()), Err(invalid(InvalidTransaction::Payment)));
		let by_old = finalised(self::header(START + 20), &members());
		let never = Err(invalid(InvalidTransaction::BadProof));
		assert_eq!(answer(by_old), never, "the set was replaced");
		let farther = signed(self::header(START + 20), SET + 1, quorum(&next));
		assert!(answer(farther.clone()).is_ok());

		assert_eq!(answer_for(STRANGER, farther.clone()), Err(NOT_NOW), "not registered yet");
		let set = |status| ChainRegistry::set_status(RuntimeOrigin::root(), PEER, status);
		assert_ok!(set(NeighbourStatus::Halted));
		assert_eq!(answer(farther.clone()), Err(NOT_NOW), "halted");
		assert_ok!(set(NeighbourStatus::Active));
		assert!(answer(farther).is_ok());
	});
}

#[test]
fn authorize_refuses_what_is_not_proven() {
	following(&members()).build_and_execute(|| {
		let bad = Err(invalid(InvalidTransaction::BadProof));
		let short = signed(far(), SET, &members()[..2]);
		assert_eq!(answer(short), bad);
		let mut changed = finalised(far(), &members());
		changed.header.state_root = H256::repeat_byte(1);
		assert_eq!(answer(changed), bad);
		let mut unbound = far();
		unbound.digest_mut().logs.clear();
		assert_eq!(answer(finalised(unbound, &members())), bad);
		let mut votes = signed(far(), SET, &members());
		let vote = votes.justification.commit.precommits[0].clone();
		votes.justification.commit.precommits.push(vote);
		assert_eq!(answer(votes), Err(invalid(InvalidTransaction::Call)), "too large");
	});
}

#[test]
fn authorize_weighs_as_much_as_the_import() {
	following(&members()).build_and_execute(|| {
		let proof = Box::new(finalised(far(), &members()));
		let votes = proof.justification.commit.precommits.len() as u32;
		let call = Call::<Test>::submit_finality { chain: PEER, proof };
		let weight = <Test as Config>::WeightInfo::submit_finality(votes, 0);
		assert_eq!(call.weight_of_authorize(), weight);
	});
}

#[test]
fn other_calls_need_an_account() {
	TestExt::new().build_and_execute(|| {
		let status = NeighbourStatus::Active;
		let call = Call::<Test>::set_status { chain: PEER, status };
		assert!(call.authorize(TransactionSource::External).is_none());
	});
}
