// SPDX-License-Identifier: Apache-2.0
//! What happens in each block.
use super::*;
use terrace_layers::binding_of;

#[test]
fn each_header_is_bound_to_its_chain() {
	TestExt::new().build_and_execute(|| {
		for number in 1..=20 {
			assert_eq!(System::block_number(), number);
			let header = next_block().expect("a block was open");
			assert_eq!(header.number, number);
			assert_eq!(binding_of(header.digest()), Some(OWN));
			assert_eq!(header.digest().logs, [header_binding(OWN)]);
		}
	});
}

#[test]
fn the_first_block_tells_of_the_parent_once() {
	following(&accounts(0..4)).build_and_execute(|| {
		let origin = Origin::<Test>::get().expect("the genesis wrote it");
		assert_eq!(told(), [(PEER, Relation::Parent, origin)]);
		run_to(5);
		assert_eq!(told().len(), 1);
	});
}

#[test]
fn nobody_is_told_of_a_missing_parent() {
	TestExt::new().build_and_execute(|| assert_eq!(told(), []));
}

#[test]
fn a_refusal_of_the_parent_is_undone_and_stops_no_block() {
	Refuse::set(true);
	following(&accounts(0..4)).build_and_execute(|| {
		assert_eq!(told(), []);
		let header = next_block().expect("a block was open");
		assert_eq!(binding_of(header.digest()), Some(OWN));
	});
	Refuse::set(false);
}

#[test]
fn the_hooks_report_what_they_weigh() {
	use frame_support::traits::Hooks;
	type Weights = <Test as Config>::WeightInfo;
	following(&accounts(0..4)).build_and_execute(|| {
		assert_eq!(ChainRegistry::on_initialize(1), Weights::first_block());
		assert_eq!(ChainRegistry::on_initialize(2), Weights::on_initialize());
	});
}

fn check() {
	use frame_support::traits::Hooks;
	ChainRegistry::integrity_test();
}

#[test]
fn the_runtime_is_consistent() {
	reset();
	check();
}

#[test]
#[should_panic(
	expected = "neighbours expire after 200 blocks, but former authorities answer for only 200"
)]
fn neighbours_must_expire_before_their_keys_answer_for_nothing() {
	reset();
	Window::set(MAX_STALENESS);
	check();
}

#[test]
#[should_panic(expected = "16 offences are remembered, at least 22 must be")]
fn all_that_a_bond_was_slashed_for_must_be_remembered() {
	reset();
	EquivocationSlash::set(sp_runtime::Perbill::from_percent(10));
	check();
}

#[test]
#[should_panic(expected = "an equivocation costs 0% of the bond")]
fn an_equivocation_must_cost_something() {
	reset();
	EquivocationSlash::set(sp_runtime::Perbill::zero());
	check();
}

#[test]
#[should_panic(expected = "exceeds the block's")]
fn a_neighbour_must_not_have_more_than_the_block() {
	reset();
	FreePerBlock::set(frame_support::weights::Weight::from_parts(9, 9));
	FreePerChain::set(frame_support::weights::Weight::from_parts(9, 10));
	check();
}
