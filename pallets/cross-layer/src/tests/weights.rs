// SPDX-License-Identifier: Apache-2.0
//! Where the times in `weights.rs` come from.
use super::*;
use crate::{weights::SubstrateWeight, WeightInfo};
use std::time::{Duration, Instant};

type W = SubstrateWeight<Test>;

fn timed(rounds: u32, mut what: impl FnMut()) -> Duration {
	let started = Instant::now();
	(0..rounds).for_each(|_| what());
	started.elapsed() / rounds
}

fn print_check(name: &str, world: &mut World, relay: &Relay) {
	let relay = Relay { finality: None, ..relay.clone() };
	let time = world.main.run(|| timed(500, || drop(relay.authorize())));
	let bytes: usize = relay.messages.iter().chain(&relay.proof).map(Vec::len).sum();
	let hashes = relay.proof.len() + relay.messages.len() + relay.tail.len();
	println!("check {name}: {time:?} for {hashes} hashes and {bytes} bytes");
}

/// Prints the native times: `cargo test --release -- --ignored --nocapture timing`.
#[test]
#[ignore = "prints measurements"]
fn timing() {
	let mut world = World::new();
	let world = &mut world;
	send_up(world, 64);
	let relay = world.up(LaneId::STORAGE);
	let finality = relay.finality.clone().expect("relays bring finality");
	world.main.run(|| {
		use terrace_layers::FinalityClients;
		assert_ok!(Registry::import(&CONTRACT, &finality));
	});
	print_check("64 messages", world, &relay);
	print_check("64 hashes", world, &relay.clone().cut(8));
	let relay = Relay { finality: None, ..relay };
	let started = Instant::now();
	assert_ok!(world.main.run(|| relay.submit()));
	println!("check and deliver 64 messages: {:?}", started.elapsed());
	let long = crate::Payload::try_from(vec![0xFF; limits::MAX_MESSAGE as usize]).expect("fits");
	for _ in 0..MAX_LETTERS {
		dead_letters::forge(&mut world.contract, LaneId::STORAGE, long.to_vec());
	}
	let relay = world.up(LaneId::STORAGE);
	world.main.run(|| {
		use terrace_layers::FinalityClients;
		let finality = relay.finality.as_ref().expect("relays bring finality");
		assert_ok!(Registry::import(&CONTRACT, finality));
	});
	print_check("4 of 16 KiB", world, &relay);
	let relay = Relay { finality: None, ..relay };
	let started = Instant::now();
	assert_ok!(world.main.run(|| relay.submit()));
	println!("check and bury 4 of 16 KiB: {:?}", started.elapsed());
	world.main.run(|| {
		let signed = || RuntimeOrigin::signed(ALICE);
		let down = timed(200, || {
			assert_ok!(CrossLayer::transfer_down(signed(), CONTRACT, BOB, 2 * ED));
		});
		println!("transfer_down: {down:?}");
		let release = timed(200, || {
			assert_ok!(Pallet::<Test>::release(CONTRACT, BOB, ED));
		});
		println!("release: {release:?}");
		let credit = timed(200, || {
			assert_ok!(Pallet::<Test>::credit(BOB, ED));
		});
		println!("credit: {credit:?}");
		let prune = timed(200, || {
			Outbox::<Test>::insert((CONTRACT, LaneId::MONEY), 9_999, long.clone());
			Outbox::<Test>::remove((CONTRACT, LaneId::MONEY), 9_999);
		});
		println!("insert and prune 16 KiB: {prune:?}");
		use frame_support::traits::Hooks;
		let idle = timed(200, || assert!(CrossLayer::on_initialize(9_u32).ref_time() > 0));
		println!("on_initialize: {idle:?}");
	});
}

#[test]
fn every_weight_exceeds_its_database_accesses() {
	let least = <Test as frame_system::Config>::DbWeight::get().reads_writes(1, 0);
	for weight in [
		W::check_relay(0, 0, 0),
		W::deliver(0, 0),
		W::prune(1),
		W::credit(),
		W::release(),
		W::beacon(),
		W::undecodable(),
		W::transfer_down(),
		W::transfer_up(),
		W::redispatch(),
		W::on_initialize(),
		W::open_lanes(),
		W::forward_beacon(0),
	] {
		assert!(weight.ref_time() > least.ref_time() && weight.proof_size() > 0, "{weight:?}");
	}
}

#[test]
fn weights_grow_with_what_is_brought() {
	let base = W::check_relay(1, 100, 100);
	for more in
		[W::check_relay(2, 100, 100), W::check_relay(1, 101, 100), W::check_relay(1, 100, 101)]
	{
		assert!(more.ref_time() > base.ref_time());
	}
	assert!(W::deliver(2, 0).all_gt(W::deliver(1, 0)));
	assert!(W::prune(2).all_gt(W::prune(1)));
	assert!(W::forward_beacon(2).all_gt(W::forward_beacon(1)));
}
