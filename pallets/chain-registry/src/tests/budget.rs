// SPDX-License-Identifier: Apache-2.0
//! How much relaying is free.
use super::*;
use frame_support::{
	assert_storage_noop,
	pallet_prelude::{InvalidTransaction, TransactionSource},
	traits::Authorize,
	weights::Weight,
};
use terrace_layers::FreeRelaying;

type Registry = Pallet<Test>;

fn members() -> Vec<Account> {
	accounts(0..4)
}

fn weight(ref_time: u64) -> Weight {
	Weight::from_parts(ref_time, 0)
}

/// Lets a block import this many headers of `per_block` neighbours together, and of one `per_chain`.
fn allow(per_block: u64, per_chain: u64) {
	let one = Registry::weight_of(&finalised(header(START + 1), &members()));
	FreePerBlock::set(one.saturating_mul(per_block));
	FreePerChain::set(one.saturating_mul(per_chain));
}

fn paid(chain: ChainId, proof: FinalityProof) -> Pays {
	submit_for(chain, proof).expect("it is justified").pays_fee
}

#[test]
fn case_67_a_second_header_inside_the_interval_pays() {
	following(&members()).build_and_execute(|| {
		let far = START + FREE_INTERVAL;
		assert_eq!(paid(PEER, finalised(header(far), &members())), Pays::No);
		assert_eq!(paid(PEER, finalised(header(far + 1), &members())), Pays::Yes);
	});
}

#[test]
fn case_68_what_exceeds_the_budget_of_the_block_pays() {
	following(&members()).build_and_execute(|| {
		allow(1, 1);
		let step = |n: u32| finalised(header(START + n * FREE_INTERVAL), &members());
		assert_eq!(paid(PEER, step(1)), Pays::No);
		assert_eq!(paid(PEER, step(2)), Pays::Yes);
		assert_eq!(client(PEER).best.number, START + 2 * FREE_INTERVAL, "it works all the same");
		next_block();
		assert_eq!(paid(PEER, step(3)), Pays::No);
	});
}

#[test]
fn case_69_one_chain_cannot_use_the_budget_of_another() {
	following(&members()).build_and_execute(|| {
		let child = registered();
		let of_child = |number| signed(header_of(child, number), 0, quorum(&accounts(20..24)));
		allow(2, 1);
		let step = |n: u32| finalised(header(START + n * FREE_INTERVAL), &members());
		assert_eq!(paid(PEER, step(1)), Pays::No);
		assert_eq!(paid(PEER, step(2)), Pays::Yes);
		assert_eq!(paid(child, of_child(FREE_INTERVAL)), Pays::No);
		assert_eq!(paid(child, of_child(2 * FREE_INTERVAL)), Pays::Yes);
	});
}

#[test]
fn children_together_cannot_use_the_budget_of_the_parent() {
	following(&members()).build_and_execute(|| {
		FreePerBlock::set(weight(100));
		FreePerChain::set(weight(50));
		assert!(Registry::spend(&STRANGER, weight(30)));
		assert_storage_noop!(assert!(!Registry::spend(&OWN, weight(21))));
		assert!(Registry::spend(&OWN, weight(20)));
		assert_storage_noop!(assert!(!Registry::spend(&OWN, weight(1))));
		assert!(Registry::fits(&PEER, weight(50)) && !Registry::fits(&PEER, weight(51)));
		assert!(Registry::spend(&PEER, weight(40)));
		assert_storage_noop!(assert!(!Registry::spend(&OWN, weight(1))));
		assert!(Registry::spend(&PEER, weight(10)));
		assert_eq!(FreeUsed::<Test>::get().total, weight(100));
	});
}

#[test]
fn case_70_a_call_that_fails_pays_and_spends_nothing() {
	following(&members()).build_and_execute(|| {
		let short = signed(header(START + 50), SET, &members()[..2]);
		assert_noop!(submit(short.clone()), Error::<Test>::InvalidJustification);
		let error = submit(short).expect_err("too few signed");
		assert_eq!(error.post_info.pays_fee, Pays::Yes);
	});
}

#[test]
fn the_budget_is_looked_at_only_where_a_call_would_be_applied() {
	following(&members()).build_and_execute(|| {
		allow(1, 1);
		assert_eq!(paid(PEER, finalised(header(START + FREE_INTERVAL), &members())), Pays::No);
		let proof = Box::new(finalised(header(START + 2 * FREE_INTERVAL), &members()));
		let call = Call::<Test>::submit_finality { chain: PEER, proof };
		let answer = |source| call.authorize(source).expect("it is authorised").map(drop);
		let exhausted = Err(InvalidTransaction::ExhaustsResources.into());
		assert_eq!(answer(TransactionSource::InBlock), exhausted);
		assert_eq!(answer(TransactionSource::External), Ok(()));
		assert_eq!(answer(TransactionSource::Local), Ok(()));
		next_block();
		assert_eq!(answer(TransactionSource::InBlock), Ok(()));
	});
}

#[test]
fn what_does_not_fit_is_not_spent() {
	TestExt::new().build_and_execute(|| {
		FreePerBlock::set(weight(100));
		FreePerChain::set(weight(60));
		assert!(Registry::fits(&PEER, weight(60)) && !Registry::fits(&PEER, weight(61)));
		assert!(Registry::spend(&PEER, weight(50)));
		assert_storage_noop!(assert!(!Registry::spend(&PEER, weight(11))));
		assert_storage_noop!(assert!(Registry::fits(&PEER, weight(10))));
		assert!(Registry::spend(&STRANGER, weight(45)));
		assert_storage_noop!(assert!(!Registry::spend(&STRANGER, weight(6))));
		assert!(Registry::spend(&PEER, weight(5)));
		assert_eq!(FreeUsed::<Test>::get().total, weight(100));
		run_to(2);
		assert!(Registry::fits(&PEER, weight(60)));
		assert!(Registry::spend(&OWN, weight(1)));
		assert_eq!(FreeUsed::<Test>::get().chains.len(), 1);
	});
}

#[test]
fn a_lowered_budget_breaks_nothing_and_holds_at_once() {
	TestExt::new().build_and_execute(|| {
		FreePerBlock::set(weight(100));
		FreePerChain::set(weight(100));
		assert!(Registry::spend(&PEER, weight(90)));
		FreePerBlock::set(weight(50));
		FreePerChain::set(weight(40));
		assert_ok!(Registry::do_try_state());
		assert_storage_noop!(assert!(!Registry::spend(&STRANGER, weight(1))));
		next_block();
		assert!(Registry::spend(&PEER, weight(40)));
		assert_storage_noop!(assert!(!Registry::spend(&PEER, weight(1))));
	});
}

#[test]
fn sizes_of_proofs_count_as_well() {
	TestExt::new().build_and_execute(|| {
		FreePerBlock::set(Weight::from_parts(100, 100));
		FreePerChain::set(Weight::from_parts(100, 20));
		assert!(!Registry::fits(&PEER, Weight::from_parts(1, 21)));
		assert!(Registry::spend(&PEER, Weight::from_parts(1, 20)));
		assert!(!Registry::fits(&PEER, Weight::from_parts(1, 1)));
	});
}
