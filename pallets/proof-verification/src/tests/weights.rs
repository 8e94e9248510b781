// SPDX-License-Identifier: Apache-2.0
//! Weights grow with the work and are never zero.

use crate::{mock::*, sweep::dearest_step, weights::SubstrateWeight, WeightInfo};
use frame_support::{dispatch::GetDispatchInfo, weights::Weight};
use terrace_layers::{
	BatchId, LegId, Message, OnMessage, OperatorSignature, ProofBatch, TrackBatch,
};

type Costs = SubstrateWeight<Test>;

fn assert_less(less: Weight, more: Weight) {
	assert!(less.ref_time() > 0 && less.ref_time() < more.ref_time(), "{less:?} < {more:?}");
}

#[test]
fn weights_grow_with_the_work() {
	assert_less(Costs::check_pages(1), Costs::check_pages(2));
	assert_less(Costs::check_proofs(1), Costs::check_proofs(64));
	assert_less(Costs::check_bytes(1_700), Costs::check_bytes(3_400));
	assert_less(Costs::submit_proofs(1), Costs::submit_proofs(2));
	assert_less(Costs::track(1), Costs::track(2));
	assert_less(Costs::untrack(1), Costs::untrack(2));
	assert_less(Costs::sweep_page(0), Costs::sweep_page(1));
	assert_less(Costs::sweep_page(1), Costs::sweep_page(64));
}

#[test]
fn no_weight_is_zero() {
	let weights = [
		Costs::submit_proofs(0),
		Costs::authorize_submit_proofs(),
		Costs::track(0),
		Costs::untrack(0),
		Costs::refuse_message(),
		Costs::begin_block(),
		Costs::stretch_window(),
		Costs::close_window(),
		Costs::restart_window(),
		Costs::begin_sweep(),
		Costs::sweep_stream(),
		Costs::sweep_rank(),
		Costs::sweep_collect(),
		Costs::send_part(),
	];
	assert!(weights.iter().all(|weight| weight.ref_time() > 0), "{weights:?}");
}

#[test]
fn no_step_of_a_sweep_is_dearer_than_the_dearest() {
	let steps = [
		Costs::sweep_stream(),
		Costs::sweep_page(64),
		Costs::sweep_rank(),
		Costs::sweep_collect(),
		Costs::send_part(),
	];
	assert!(steps.iter().all(|step| step.all_lte(dearest_step::<Costs>())), "{steps:?}");
}

#[test]
fn messages_weigh_as_much_as_their_legs() {
	let track = |legs: Vec<_>| {
		let legs = legs.try_into().expect("few legs");
		ProofVerification::weight(&Message::Track(TrackBatch { batch: BatchId(1), legs }))
	};
	assert_less(track(vec![]), track(vec![leg(1, 1)]));
	let untrack = |legs: Vec<LegId>| {
		ProofVerification::weight(&Message::Untrack(legs.try_into().expect("few legs")))
	};
	assert_less(untrack(vec![LegId(1)]), untrack(vec![LegId(1), LegId(2)]));
	let other = Message::Beacon(Default::default());
	assert_eq!(ProofVerification::weight(&other), Costs::refuse_message());
}

#[test]
fn proof_transactions_pay_in_weight_for_their_length() {
	TestExt::new().build_and_execute(|| {
		track(vec![leg(1, 1), leg(2, 1)]);
		run_to_window(1);
		let weight = |batch: ProofBatch| {
			use frame_support::traits::Authorize;
			let signature = OperatorSignature::default();
			let call = crate::Call::<Test>::submit_proofs { batch, signature };
			(call.get_dispatch_info().call_weight, call.weight_of_authorize())
		};
		let (one, two) = (weight(batch(&[1])), weight(batch(&[1, 2])));
		assert_eq!(one.0, Costs::submit_proofs(1));
		assert_less(one.1, two.1);
	});
}

#[test]
fn limits_of_the_runtime_agree() {
	use frame_support::traits::Hooks;
	<ProofVerification as Hooks<u32>>::integrity_test();
}
