// SPDX-License-Identifier: Apache-2.0
//! A child that lies can release no more in a period than a share of what is locked for it.
use super::*;

/// A world whose main chain lets a tenth of what is locked go in ten blocks.
fn limited(test: impl FnOnce(&mut World)) {
	World::build_and_execute(|world| {
		world.main.run(|| Share::set(&10));
		test(world);
	});
}

fn up(world: &mut World, amount: u128) {
	let signed = RuntimeOrigin::signed(RELAYER);
	assert_ok!(world.contract.run(|| CrossLayer::transfer_up(signed, BOB, amount)));
	assert_ok!(world.carry_up(LaneId::MONEY));
}

fn locked(world: &mut World) -> u128 {
	world.main.run(|| Locked::<Test>::get(CONTRACT))
}

fn letters(world: &mut World) -> usize {
	world.main.run(|| DeadLetters::<Test>::iter().count())
}

#[test]
fn a_child_releases_its_share_and_the_rest_waits() {
	limited(|world| {
		assert_eq!(BOOTSTRAP, 10 * UNIT);
		up(world, UNIT / 2);
		up(world, UNIT / 2);
		assert_eq!((locked(world), letters(world)), (9 * UNIT, 0));
		up(world, UNIT / 4);
		assert_eq!((locked(world), letters(world)), (9 * UNIT, 1));
		world.main.run(|| {
			let again = || {
				let signed = RuntimeOrigin::signed(ALICE);
				CrossLayer::redispatch(signed, CONTRACT, LaneId::MONEY, 3)
			};
			assert_noop!(again().map_err(|failed| failed.error), Error::<Test>::ReleaseLimited);
			System::set_block_number(System::block_number() + 10);
			assert_ok!(again());
		});
		assert_eq!((locked(world), letters(world)), (9 * UNIT - UNIT / 4, 0));
	});
}

#[test]
fn the_share_is_of_what_was_locked_when_the_period_began() {
	limited(|world| {
		up(world, UNIT);
		world.main.run(|| System::set_block_number(System::block_number() + 10));
		// A tenth of nine is left.
		up(world, UNIT);
		assert_eq!((locked(world), letters(world)), (9 * UNIT, 1));
		up(world, 9 * UNIT / 10);
		assert_eq!(locked(world), 9 * UNIT - 9 * UNIT / 10);
	});
}

#[test]
fn without_a_limit_everything_may_go() {
	World::build_and_execute(|world| {
		up(world, 9 * UNIT);
		assert_eq!((locked(world), letters(world)), (UNIT, 0));
	});
}
