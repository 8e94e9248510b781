// SPDX-License-Identifier: Apache-2.0
//! The sweep under a meter, and what it frees.

use crate::{
	mock::*, sweep::dearest_step, weights::SubstrateWeight, Pages, Shortfalls, SlotAddress, SlotOf,
	Streams, Sweep, Vacancies, WeightInfo, SWEEP_STEPS,
};
use frame_support::{traits::Hooks, weights::Weight};
use terrace_layers::{LegId, StreamId, TrackedLeg, Window};

type Costs = SubstrateWeight<Test>;

fn sweeping() -> Option<u32> {
	ProofVerification::window().expect("open").sweeping.map(|window| window.0)
}

fn live(stream: u32) -> u32 {
	Streams::<Test>::get(StreamId(stream)).map_or(0, |record| record.live)
}

fn address(leg: u64) -> Option<(u32, u8)> {
	SlotOf::<Test>::get(LegId(leg)).map(|SlotAddress { page, slot, .. }| (page, slot))
}

#[test]
fn sweep_goes_on_in_blocks_that_leave_nothing_idle() {
	TestExt::new().build_and_execute(|| {
		IdleWeight::set(Weight::zero());
		track((1..=20).map(|stream| leg(stream.into(), stream)).collect());
		run_to_window(1);
		// A step to find each stream and one to count it; then ranking, listing and sending.
		let steps: u32 = 2 * 20 + 3;
		for _ in 1..steps.div_ceil(SWEEP_STEPS) {
			assert_eq!((sweeping(), reports().len()), (Some(0), 0));
			next_block();
		}
		assert_eq!((sweeping(), reports().len()), (None, 1));
	});
}

#[test]
fn idle_weight_speeds_the_sweep_up() {
	TestExt::new().build_and_execute(|| {
		track((1..=20).map(|stream| leg(stream.into(), stream)).collect());
		run_to_window(1);
		assert_eq!(sweeping(), Some(0));
		next_block();
		assert_eq!((sweeping(), reports().len()), (None, 1));
	});
}

#[test]
fn on_idle_never_exceeds_what_remains() {
	TestExt::new().build_and_execute(|| {
		IdleWeight::set(Weight::zero());
		track((1..=100).map(|stream| leg(stream.into(), stream)).collect());
		run_to_window(1);
		let now = System::block_number();
		let before = Sweep::<Test>::get();
		assert_eq!(ProofVerification::on_idle(now, Weight::zero()), Weight::zero());
		let little = Costs::begin_sweep();
		assert_eq!(ProofVerification::on_idle(now, little), little);
		assert_eq!(Sweep::<Test>::get(), before, "too little for a step");
		for steps in [1, 1, 1, 2, 3] {
			assert_eq!(sweeping(), Some(0));
			let limit = little + dearest_step::<Costs>() * steps;
			let consumed = ProofVerification::on_idle(now, limit);
			assert!(consumed.all_lte(limit), "{consumed:?} of {limit:?}");
			assert!(consumed.any_gt(little), "at least one step");
		}
		assert_ne!(Sweep::<Test>::get(), before);
	});
}

#[test]
fn idle_blocks_cost_little() {
	TestExt::new().build_and_execute(|| {
		next_block();
		let now = System::block_number();
		assert_eq!(ProofVerification::on_idle(now, Weight::MAX), Costs::begin_sweep());
		let weight = ProofVerification::on_initialize(now + 1);
		assert_eq!(weight, Costs::begin_block() + Costs::begin_sweep());
	});
}

#[test]
fn window_waits_for_the_sweep_of_the_one_before() {
	TestExt::new().window_blocks(2).build_and_execute(|| {
		IdleWeight::set(Weight::zero());
		track((1..=20).map(|stream| leg(stream.into(), stream)).collect());
		run_to_window(1);
		end_round();
		assert_eq!((open().window, open().round, sweeping()), (Window(1), 1, Some(0)));
		assert_eq!(heartbeats(), [(1, 1)]);
		end_round();
		assert_eq!((open().window, open().round), (Window(1), 2));
		assert_eq!(heartbeats(), [(1, 1), (1, 2)]);
		assert_eq!(sweeping(), Some(0));
		prove_legs(&(1..=20).collect::<Vec<_>>());
		end_round();
		assert_eq!((open().window, sweeping()), (Window(2), Some(1)), "swept in time at last");
		while sweeping().is_some() {
			next_block();
		}
		let report = reports().pop().expect("sent");
		assert_eq!((report.window, report.outages.len()), (Window(1), 0));
	});
}

#[test]
fn proofs_of_the_open_window_and_of_the_swept_one_do_not_mix() {
	TestExt::new().build_and_execute(|| {
		track((1..=16).map(|id| leg(id, id as u32)).collect());
		track((101..=116).map(|id| leg(id, id as u32 - 100)).collect());
		run_to_window(1);
		prove_legs(&(1..=16).collect::<Vec<_>>());
		run_to(open().closes_at - 1);
		IdleWeight::set(Weight::zero());
		next_block();
		// The sweep of window 1 is under way while window 2 is proven.
		assert_eq!((open().window, sweeping()), (Window(2), Some(1)));
		prove_legs(&(101..=116).collect::<Vec<_>>());
		while sweeping().is_some() {
			next_block();
		}
		let missed = |report: &terrace_layers::Report| {
			report.faults.iter().map(|leg| leg.0).collect::<Vec<_>>()
		};
		let first = reports().pop().expect("sent");
		assert_eq!((first.window, missed(&first)), (Window(1), (101..=116).collect()));
		IdleWeight::set(Weight::MAX);
		let second = report_of_open();
		assert_eq!((second.window, missed(&second)), (Window(2), (1..=16).collect()));
	});
}

#[test]
fn legs_that_arrive_during_a_sweep_are_not_part_of_it() {
	TestExt::new().build_and_execute(|| {
		track((1..=20).map(|stream| leg(stream.into(), stream)).collect());
		run_to_window(1);
		prove_legs(&(1..=20).collect::<Vec<_>>());
		run_to(open().closes_at - 1);
		IdleWeight::set(Weight::zero());
		next_block();
		assert_eq!(sweeping(), Some(1));
		track((1..=40).map(|stream| leg(100 + u64::from(stream), stream)).collect());
		while sweeping().is_some() {
			next_block();
		}
		let report = reports().pop().expect("sent");
		assert_eq!(report.window, Window(1));
		assert!(report.outages.is_empty() && report.faults.is_empty());
		assert_eq!(open().due_streams, 20);
	});
}

#[test]
fn clean_window_stores_no_exceptions() {
	TestExt::new().build_and_execute(|| {
		track(vec![leg(1, 1)]);
		run_to_window(1);
		prove_legs(&[1]);
		run_to(open().closes_at - 1);
		Refusing::set(true);
		next_block();
		assert_eq!(sweeping(), Some(1));
		assert!(!Shortfalls::<Test>::exists());
	});
}

#[test]
fn slot_is_free_once_the_window_after_the_last_one_is_swept() {
	TestExt::new().build_and_execute(|| {
		track(vec![TrackedLeg { end: Window(2), ..leg(1, 1) }, leg(2, 1)]);
		run_to_window(2);
		next_block();
		assert_eq!(address(1), Some((0, 0)), "window 2 is open");
		run_to_window(3);
		next_block();
		assert_eq!(address(1), None);
		assert_eq!(live(1), 1);
		track(vec![leg(3, 1)]);
		assert_eq!(address(3), Some((0, 0)), "its slot is used again");
	});
}

#[test]
fn new_leg_does_not_inherit_the_proof_of_the_former_one() {
	TestExt::new().build_and_execute(|| {
		track(vec![TrackedLeg { end: Window(3), ..leg(1, 1) }, leg(2, 1)]);
		run_to_window(2);
		prove_legs(&[1, 2]);
		run_to_window(4);
		next_block();
		track(vec![leg(3, 1)]);
		assert_eq!(address(3), Some((0, 0)));
		for window in [5, 6] {
			run_to_window(window);
			prove_legs(&[2]);
			assert_eq!(report_of_open().faults.to_vec(), [LegId(3)]);
		}
	});
}

#[test]
fn full_page_with_a_freed_slot_is_filled_before_a_new_one() {
	TestExt::new().build_and_execute(|| {
		let short = |id| TrackedLeg { end: Window(2), ..leg(id, 1) };
		track((1..=64).map(|id| if id == 30 { short(id) } else { leg(id, 1) }).collect());
		track(vec![leg(65, 1)]);
		run_to_window(3);
		next_block();
		assert_eq!(Vacancies::<Test>::get(StreamId(1)).to_vec(), [1, 0]);
		track(vec![leg(66, 1)]);
		assert_eq!(address(66), Some((0, 29)));
		assert_eq!(Vacancies::<Test>::get(StreamId(1)).to_vec(), [1]);
	});
}

#[test]
fn stream_without_legs_leaves_nothing_behind() {
	TestExt::new().build_and_execute(|| {
		let short = |id| TrackedLeg { end: Window(2), ..leg(id, 1) };
		track((1..=100).map(short).collect());
		run_to_window(1);
		prove_legs(&[1, 70]);
		run_to_window(3);
		next_block();
		assert_eq!(Streams::<Test>::count(), 0);
		assert_eq!(Pages::<Test>::iter().count(), 0);
		assert_eq!(SlotOf::<Test>::iter().count(), 0);
		assert_eq!(crate::Proven::<Test>::iter().count(), 0);
		assert_eq!(Vacancies::<Test>::iter_keys().count(), 0);
		track(vec![leg(200, 1)]);
		assert_eq!(address(200), Some((0, 0)));
	});
}
