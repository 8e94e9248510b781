// SPDX-License-Identifier: Apache-2.0
//! A child that lies can release no more in a period than a share of what is locked for it; what an
//! honest one releases beyond that waits, and passes in parts.
use super::*;
use crate::{Waitlist, Waitlists};
use terrace_layers::AccountId;

/// A world whose main chain lets a tenth of what is locked go in ten blocks.
fn limited(test: impl FnOnce(&mut World)) {
	World::build_and_execute(|world| {
		world.main.run(|| Share::set(&10));
		test(world);
	});
}

fn up_to(world: &mut World, who: AccountId, amount: u128) {
	let signed = RuntimeOrigin::signed(RELAYER);
	assert_ok!(world.contract.run(|| CrossLayer::transfer_up(signed, who, amount)));
	assert_ok!(world.carry_up(LaneId::MONEY));
	world.check();
}

fn up(world: &mut World, amount: u128) {
	up_to(world, BOB, amount);
}

fn locked(world: &mut World) -> u128 {
	world.main.run(|| Locked::<Test>::get(CONTRACT))
}

fn waiting(world: &mut World) -> u128 {
	world.main.run(|| Waitlists::<Test>::get(CONTRACT).total)
}

fn letters(world: &mut World) -> usize {
	world.main.run(|| DeadLetters::<Test>::iter().count())
}

fn balance(world: &mut World, who: AccountId) -> u128 {
	world.main.run(|| Balances::free_balance(who))
}

fn next_period(world: &mut World) {
	world.main.run(|| System::set_block_number(System::block_number() + 10));
}

/// Gives up to `max` turns, in a call of somebody who has nothing to do with it.
fn turns(world: &mut World, max: u32) -> DispatchResultWithPostInfo {
	let signed = RuntimeOrigin::signed(ALICE);
	let done = world.main.run(|| CrossLayer::release_waiting(signed, CONTRACT, max));
	world.check();
	done
}

fn refused(world: &mut World, origin: RuntimeOrigin, child: ChainId, why: DispatchError) {
	world.main.run(|| {
		frame_support::assert_storage_noop!(assert_eq!(
			CrossLayer::release_waiting(origin, child, 8).map_err(|failed| failed.error),
			Err(why)
		));
	});
}

/// Forgets a release for which nothing was burnt.
fn forget_letter(world: &mut World, nonce: u64) {
	let key = (CONTRACT, LaneId::MONEY);
	world.main.run(|| {
		DeadLetters::<Test>::remove(key, nonce);
		DeadLetterNonces::<Test>::remove(key);
	});
}

fn somebody(seed: u8) -> AccountId {
	AccountId::new([seed; 32])
}

#[test]
fn a_child_releases_its_share_and_the_rest_waits() {
	limited(|world| {
		assert_eq!(BOOTSTRAP, 10 * UNIT);
		up(world, UNIT / 2);
		up(world, UNIT / 2);
		assert_eq!((locked(world), waiting(world)), (9 * UNIT, 0));
		up(world, UNIT / 4);
		assert_eq!((locked(world), waiting(world)), (9 * UNIT, UNIT / 4));
		let waits = Event::ReleaseWaits { child: CONTRACT, who: BOB, amount: UNIT / 4 };
		assert!(world.main.events().contains(&waits));
		let limited = Error::<Test>::ReleaseLimited.into();
		refused(world, RuntimeOrigin::signed(ALICE), CONTRACT, limited);
		next_period(world);
		while waiting(world) > 0 {
			assert_ok!(turns(world, 1));
		}
		assert_eq!((locked(world), letters(world)), (9 * UNIT - UNIT / 4, 0));
		assert_eq!(balance(world, BOB), FUNDS + UNIT + UNIT / 4);
	});
}

#[test]
fn no_more_releases_wait_than_a_queue_holds() {
	limited(|world| {
		up(world, UNIT);
		let release = |amount| Pallet::<Test>::release(CONTRACT, BOB, amount);
		world.main.run(|| {
			for _ in 0..crate::releases::MAX_WAITING {
				assert_ok!(release(2 * ED));
			}
			let full = Error::<Test>::ReleaseLimited;
			frame_support::assert_storage_noop!(assert_eq!(release(2 * ED), Err(full.into())));
			// The child never burnt them.
			Waitlists::<Test>::remove(CONTRACT);
			let _ = crate::WaitingReleases::<Test>::clear_prefix(CONTRACT, u32::MAX, None);
		});
	});
}

#[test]
fn a_release_above_the_share_passes_in_parts() {
	limited(|world| {
		up(world, 5 * UNIT);
		assert_eq!((locked(world), waiting(world)), (9 * UNIT, 4 * UNIT), "a tenth went at once");
		let mut periods = 0;
		while waiting(world) > 0 {
			next_period(world);
			let before = (locked(world), balance(world, BOB));
			let _ = turns(world, 64);
			let paid = before.0 - locked(world);
			assert!(paid > 0 && paid <= before.0 / 10, "{paid} of {}", before.0);
			assert_eq!(balance(world, BOB), before.1 + paid);
			periods += 1;
		}
		assert_eq!(periods, 6);
		assert_eq!((locked(world), balance(world, BOB)), (5 * UNIT, FUNDS + 5 * UNIT));
		refused(world, RuntimeOrigin::signed(ALICE), CONTRACT, Error::<Test>::NotFound.into());
	});
}

#[test]
fn everything_that_is_locked_can_go_in_the_end() {
	limited(|world| {
		up(world, BOOTSTRAP - ED);
		for _ in 0..1_000 {
			next_period(world);
			let _ = turns(world, 64);
		}
		assert_eq!((locked(world), waiting(world)), (ED, 0));
		assert_eq!(balance(world, BOB), FUNDS + BOOTSTRAP - ED);
	});
}

#[test]
fn a_large_release_does_not_keep_small_ones_waiting() {
	limited(|world| {
		up_to(world, somebody(7), 8 * UNIT);
		for seed in 8..12 {
			up_to(world, somebody(seed), UNIT / 100);
			assert_eq!(balance(world, somebody(seed)), 0, "the share is used up");
		}
		next_period(world);
		assert_ok!(turns(world, 8));
		for seed in 8..12 {
			assert_eq!(balance(world, somebody(seed)), UNIT / 100);
		}
		assert!(waiting(world) > 6 * UNIT, "the large one goes on");
	});
}

#[test]
fn an_arrival_gives_turns_in_the_order_of_the_queue() {
	limited(|world| {
		up(world, UNIT);
		up_to(world, somebody(8), UNIT / 2);
		next_period(world);
		// There is room for either in the new period, and whoever came last is not first.
		up_to(world, somebody(9), 8 * UNIT / 10);
		let turn = 9 * UNIT / 10 / 8;
		assert_eq!((balance(world, somebody(8)), balance(world, somebody(9))), (turn, turn));
		assert_ok!(turns(world, 1));
		assert_eq!((balance(world, somebody(8)), balance(world, somebody(9))), (2 * turn, turn));
		assert_eq!(waiting(world), 13 * UNIT / 10 - 3 * turn);
	});
}

#[test]
fn a_child_cannot_have_more_wait_than_is_locked() {
	limited(|world| {
		up(world, 8 * UNIT);
		let release = Message::Release { who: BOB, amount: 3 * UNIT };
		assert_ok!(world.contract.send(release));
		assert_ok!(world.carry_up(LaneId::MONEY));
		let (chain, lane) = (CONTRACT, LaneId::MONEY);
		let (trace, error) = (trace_up(lane, 2), Error::<Test>::FirewallExceeded.into());
		let failed = Event::MessageFailed { chain, lane, nonce: 2, trace, error };
		assert!(world.main.events().contains(&failed), "{:?}", world.main.events());
		assert_eq!((locked(world), waiting(world)), (9 * UNIT, 7 * UNIT));
		forget_letter(world, 2);
	});
}

#[test]
fn a_release_below_the_least_amount_is_no_entry() {
	limited(|world| {
		let release = Message::Release { who: BOB, amount: 2 * ED - 1 };
		assert_ok!(world.contract.send(release));
		assert_ok!(world.carry_up(LaneId::MONEY));
		let (chain, lane) = (CONTRACT, LaneId::MONEY);
		let (trace, error) = (trace_up(lane, 1), Error::<Test>::AmountTooLow.into());
		let failed = Event::MessageFailed { chain, lane, nonce: 1, trace, error };
		assert!(world.main.events().contains(&failed));
		assert_eq!((locked(world), waiting(world)), (BOOTSTRAP, 0));
		forget_letter(world, 1);
	});
}

#[test]
fn nothing_that_waits_is_paid_while_the_child_is_stopped() {
	limited(|world| {
		up(world, 2 * UNIT);
		next_period(world);
		let bad = DispatchError::BadOrigin;
		refused(world, RuntimeOrigin::none(), CONTRACT, bad);
		refused(world, RuntimeOrigin::root(), CONTRACT, bad);
		let signed = RuntimeOrigin::signed(ALICE);
		refused(world, signed.clone(), STRANGER, Error::<Test>::UnknownChain.into());
		world.main.run(|| change_neighbour(CONTRACT, |known| known.receives = false));
		refused(world, signed, CONTRACT, Error::<Test>::NotReceiving.into());
		world.main.run(|| change_neighbour(CONTRACT, |known| known.receives = true));
		assert_ok!(turns(world, 8));
	});
}

#[test]
fn what_a_closed_child_had_waiting_is_given_up_before_refunds() {
	let world = &mut World::new();
	world.main.run(|| Share::set(&10));
	up(world, 9 * UNIT);
	let signed = RuntimeOrigin::signed(ALICE);
	let down = world.main.run(|| CrossLayer::transfer_down(signed, CONTRACT, BOB, UNIT));
	assert_ok!(down);
	world.main.run(|| {
		change_neighbour(CONTRACT, |known| known.closed = true);
		let (bob, before) = (Balances::free_balance(BOB), Locked::<Test>::get(CONTRACT));
		let abandon =
			|max| CrossLayer::abandon(RuntimeOrigin::root(), CONTRACT, LaneId::MONEY, max);
		assert_ok!(abandon(1));
		assert_eq!(Waitlists::<Test>::get(CONTRACT), Waitlist::default());
		assert_eq!(Locked::<Test>::get(CONTRACT), before, "its tokens stay locked");
		assert_ok!(abandon(8));
		assert_eq!(Balances::free_balance(BOB), bob + UNIT);
		assert_eq!(Locked::<Test>::get(CONTRACT), before - UNIT);
		assert_noop!(abandon(8), Error::<Test>::NotFound);
		assert_ok!(Pallet::<Test>::do_try_state());
	});
}

#[test]
fn when_the_limit_is_lifted_all_may_go() {
	limited(|world| {
		up(world, 9 * UNIT);
		world.main.run(|| Share::set(&0));
		assert_ok!(turns(world, 1));
		assert_eq!((locked(world), waiting(world)), (UNIT, 0));
		assert_eq!(balance(world, BOB), FUNDS + 9 * UNIT);
	});
}

#[test]
fn the_share_is_of_what_was_locked_when_the_period_began() {
	limited(|world| {
		up(world, UNIT);
		next_period(world);
		// A tenth of nine is left.
		up(world, UNIT);
		assert_eq!((locked(world), waiting(world)), (10 * UNIT - 19 * UNIT / 10, UNIT / 10));
	});
}

#[test]
fn without_a_limit_everything_may_go() {
	World::build_and_execute(|world| {
		up(world, 9 * UNIT);
		assert_eq!((locked(world), letters(world), waiting(world)), (UNIT, 0, 0));
	});
}
