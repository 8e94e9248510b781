// SPDX-License-Identifier: Apache-2.0
//! The token between layers.
use super::*;
use sp_runtime::TokenError;
use terrace_layers::{AccountId, Balance, Layer, LockBacking};

const NEWCOMER: AccountId = AccountId::new([7; 32]);

fn down(who: AccountId, to: AccountId, amount: Balance) -> sp_runtime::DispatchResult {
	CrossLayer::transfer_down(RuntimeOrigin::signed(who), CONTRACT, to, amount)
}

fn up(who: AccountId, to: AccountId, amount: Balance) -> sp_runtime::DispatchResult {
	CrossLayer::transfer_up(RuntimeOrigin::signed(who), to, amount)
}

fn balance(who: &AccountId) -> Balance {
	Balances::free_balance(who)
}

fn locked_account() -> AccountId {
	Pallet::<Test>::locked_account(&CONTRACT)
}

#[test]
fn transfer_down_locks_above_and_mints_below() {
	World::build_and_execute(|world| {
		world.main.run(|| {
			assert_ok!(down(BOB, NEWCOMER, 5 * UNIT));
			assert_eq!(balance(&BOB), FUNDS - 5 * UNIT);
			assert_eq!(Locked::<Test>::get(CONTRACT), BOOTSTRAP + 5 * UNIT);
			assert_eq!(balance(&locked_account()), BOOTSTRAP + 5 * UNIT + ED);
		});
		let (child, from, beneficiary, amount) = (CONTRACT, BOB, NEWCOMER, 5 * UNIT);
		let event = Event::TransferredDown { child, from, beneficiary, amount, nonce: 1 };
		assert_eq!(world.main.events().last(), Some(&event));
		assert_ok!(world.carry_down(LaneId::MONEY));
		assert_eq!(world.contract.run(|| balance(&NEWCOMER)), 5 * UNIT);
		let event = Event::Credited { who: NEWCOMER, amount };
		assert!(world.contract.events().contains(&event));
	});
}

#[test]
fn transfer_up_burns_below_and_releases_above() {
	World::build_and_execute(|world| {
		world.contract.run(|| {
			assert_ok!(up(RELAYER, NEWCOMER, 4 * UNIT));
			assert_eq!(Balances::total_issuance(), BOOTSTRAP - 4 * UNIT);
		});
		let (from, beneficiary, amount) = (RELAYER, NEWCOMER, 4 * UNIT);
		let event = Event::TransferredUp { from, beneficiary, amount, nonce: 1 };
		assert_eq!(world.contract.events().last(), Some(&event));
		assert_ok!(world.carry_up(LaneId::MONEY));
		world.main.run(|| {
			assert_eq!(balance(&NEWCOMER), 4 * UNIT);
			assert_eq!(Locked::<Test>::get(CONTRACT), BOOTSTRAP - 4 * UNIT);
		});
		let event = Event::Released { child: CONTRACT, who: NEWCOMER, amount };
		assert!(world.main.events().contains(&event));
	});
}

#[test]
fn release_of_the_last_token_leaves_no_dust() {
	World::build_and_execute(|world| {
		// All but what keeps an account alive goes up in one piece, ...
		let rest = 2 * ED;
		world.contract.run(|| {
			assert_ok!(up(RELAYER, NEWCOMER, BOOTSTRAP - rest));
		});
		assert_ok!(world.carry_up(LaneId::MONEY));
		world.check();
		// ... which leaves less in the locked account than an account alive has, and then nothing.
		world.contract.run(|| {
			assert_ok!(CrossLayer::send(MAIN, Message::Release { who: NEWCOMER, amount: rest }));
			assert_ok!(Balances::burn(RuntimeOrigin::signed(RELAYER), rest, false));
		});
		assert_ok!(world.carry_up(LaneId::MONEY));
		world.main.run(|| {
			assert_eq!(Locked::<Test>::get(CONTRACT), 0);
			assert_eq!(balance(&locked_account()), ED);
			assert_eq!(balance(&NEWCOMER), BOOTSTRAP);
			// The account serves again without another deposit.
			assert_ok!(down(BOB, BOB, 2 * ED));
			assert_eq!(balance(&BOB), FUNDS - 2 * ED);
		});
	});
}

#[test]
fn firewall_holds_back_what_was_never_locked() {
	World::build_and_execute(|world| {
		// A chain that mints to itself says what it likes.
		let loot = BOOTSTRAP + 1;
		let lie = Message::Release { who: NEWCOMER, amount: loot };
		assert_ok!(world.contract.send(lie));
		let all = Message::Release { who: BOB, amount: BOOTSTRAP };
		assert_ok!(world.contract.send(all));
		assert_ok!(world.contract.send(Message::Release { who: NEWCOMER, amount: 1 }));
		assert_ok!(world.carry_up(LaneId::MONEY));
		let (chain, lane, error) =
			(CONTRACT, LaneId::MONEY, DispatchError::from(Error::<Test>::FirewallExceeded));
		let events = world.main.events();
		for nonce in [1, 3] {
			let trace = trace_up(lane, nonce);
			assert!(events.contains(&Event::MessageFailed { chain, lane, nonce, trace, error }));
		}
		world.main.run(|| {
			assert_eq!((balance(&NEWCOMER), balance(&BOB)), (0, FUNDS + BOOTSTRAP));
			assert_eq!(Locked::<Test>::get(CONTRACT), 0);
			// Later deposits of others are in reach only when the letter is dispatched again,
			// and then as far as they go.
			assert_ok!(down(ALICE, ALICE, UNIT));
			let signed = || RuntimeOrigin::signed(BOB);
			let again = CrossLayer::redispatch(signed(), CONTRACT, lane, 1);
			assert_eq!(again.map_err(|failed| failed.error), Err(error));
		});
		// Mend the liar, whose books are wrong by what it released and never burnt.
		world.contract.run(|| {
			assert_ok!(Balances::burn(RuntimeOrigin::signed(RELAYER), BOOTSTRAP, false));
		});
		world.main.run(|| {
			for nonce in [1, 3] {
				DeadLetters::<Test>::remove((chain, lane), nonce);
			}
			DeadLetterNonces::<Test>::remove((chain, lane));
		});
	});
}

#[test]
fn firewall_keeps_children_apart() {
	World::build_and_execute(|world| {
		world.main.run(|| {
			add_neighbour(OTHER, Relation::Child);
			Pallet::<Test>::open_lanes(OTHER).expect("a new neighbour");
			let signed = RuntimeOrigin::signed(ALICE);
			assert_ok!(CrossLayer::transfer_down(signed, OTHER, ALICE, 500 * UNIT));
			assert_ne!(Pallet::<Test>::locked_account(&OTHER), locked_account());
			assert_noop!(
				Pallet::<Test>::release(CONTRACT, BOB, BOOTSTRAP + 1),
				Error::<Test>::FirewallExceeded
			);
			assert_eq!(Locked::<Test>::get(OTHER), 500 * UNIT);
		});
	});
}

#[test]
fn transfer_down_fails_without_a_child_that_has_tokens() {
	World::build_and_execute(|world| {
		let to = |child| CrossLayer::transfer_down(RuntimeOrigin::signed(ALICE), child, BOB, UNIT);
		world.main.run(|| {
			assert_noop!(to(STRANGER), Error::<Test>::UnknownChain);
		});
		world.contract.run(|| {
			assert_noop!(to(MAIN), Error::<Test>::NoTokensBelow);
			add_neighbour(OTHER, Relation::Child);
			Pallet::<Test>::open_lanes(OTHER).expect("a new neighbour");
			assert_eq!(ThisLayer::get(), Layer::Contract);
			// OTHER is a proof chain: it has no accounts.
			assert_noop!(to(OTHER), Error::<Test>::NoTokensBelow);
		});
	});
}

#[test]
fn transfer_up_fails_without_parent() {
	World::build_and_execute(|world| {
		world.main.run(|| {
			assert_noop!(up(ALICE, BOB, UNIT), Error::<Test>::NoParent);
		});
	});
}

#[test]
fn transfers_fail_below_least_amount() {
	World::build_and_execute(|world| {
		world.main.run(|| {
			assert_noop!(down(ALICE, BOB, 2 * ED - 1), Error::<Test>::AmountTooLow);
			assert_ok!(down(ALICE, BOB, 2 * ED));
		});
		world.contract.run(|| {
			assert_noop!(up(RELAYER, BOB, 2 * ED - 1), Error::<Test>::AmountTooLow);
			assert_ok!(up(RELAYER, BOB, 2 * ED));
		});
	});
}

#[test]
fn transfers_fail_without_tokens_or_when_the_account_would_end() {
	World::build_and_execute(|world| {
		world.main.run(|| {
			assert_noop!(down(ALICE, BOB, FUNDS * 2), TokenError::FundsUnavailable);
			let all = balance(&ALICE);
			assert_noop!(down(ALICE, BOB, all), TokenError::NotExpendable);
			assert_ok!(down(ALICE, BOB, all - ED));
		});
		world.contract.run(|| {
			let unavailable = TokenError::FundsUnavailable;
			assert_noop!(up(RELAYER, BOB, BOOTSTRAP + 1), unavailable);
			assert_noop!(up(RELAYER, BOB, BOOTSTRAP), unavailable);
			assert_noop!(up(ALICE, BOB, UNIT), unavailable);
			assert_ok!(up(RELAYER, BOB, BOOTSTRAP - ED));
		});
	});
}

#[test]
fn transfers_fail_unsigned() {
	World::build_and_execute(|world| {
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			world.main.run(|| {
				assert_noop!(
					CrossLayer::transfer_down(origin.clone(), CONTRACT, BOB, UNIT),
					DispatchError::BadOrigin
				);
			});
			world.contract.run(|| {
				assert_noop!(CrossLayer::transfer_up(origin, BOB, UNIT), DispatchError::BadOrigin);
			});
		}
	});
}

#[test]
fn transfers_fail_when_lane_is_full_or_stopped() {
	World::build_and_execute(|world| {
		world.main.run(|| {
			for _ in 0..limits::MAX_PENDING {
				assert_ok!(down(ALICE, BOB, 2 * ED));
			}
			assert_noop!(down(ALICE, BOB, 2 * ED), Error::<Test>::LaneFull);
		});
		world.contract.run(|| {
			change_neighbour(MAIN, |known| known.sends = false);
			assert_noop!(up(RELAYER, BOB, UNIT), Error::<Test>::NotSending);
		});
	});
}

#[test]
fn lock_takes_backing_and_the_deposit_of_the_account_once() {
	World::build_and_execute(|world| {
		world.main.run(|| {
			let before = balance(&BOB);
			// A chain that issued nothing still gets its account.
			assert_ok!(CrossLayer::lock(&OTHER, &BOB, 0));
			assert_eq!(balance(&Pallet::<Test>::locked_account(&OTHER)), ED);
			assert_ok!(CrossLayer::lock(&OTHER, &BOB, UNIT));
			assert_eq!(balance(&BOB), before - UNIT - ED);
			assert_eq!(Locked::<Test>::get(OTHER), UNIT);
			let (child, from) = (OTHER, BOB);
			System::assert_last_event(Event::BackingLocked { child, from, amount: UNIT }.into());
			let all = balance(&BOB);
			assert_noop!(CrossLayer::lock(&OTHER, &BOB, all), TokenError::NotExpendable);
		});
	});
}

#[test]
fn credit_that_would_overflow_waits_as_dead_letter() {
	World::build_and_execute(|world| {
		let whole = Balance::MAX - BOOTSTRAP + 1;
		let message = Message::Credit { who: BOB, amount: whole };
		assert_ok!(world.main.send(message));
		assert_ok!(world.carry_down(LaneId::MONEY));
		let (chain, lane) = (MAIN, LaneId::MONEY);
		let error = sp_runtime::ArithmeticError::Overflow.into();
		let trace = trace_down(lane, 1);
		let failed = Event::MessageFailed { chain, lane, nonce: 1, trace, error };
		assert!(world.contract.events().contains(&failed), "{:?}", world.contract.events());
		world.contract.run(|| {
			assert_eq!(Balances::total_issuance(), BOOTSTRAP);
			DeadLetters::<Test>::remove((chain, lane), 1);
			DeadLetterNonces::<Test>::remove((chain, lane));
		});
		dead_letters::forget(&mut world.main, lane);
	});
}
