// SPDX-License-Identifier: Apache-2.0
use super::*;
use frame_support::{
	assert_storage_noop,
	pallet_prelude::{
		InvalidTransaction, TransactionSource, TransactionValidityError, UnknownTransaction,
	},
	traits::Authorize,
};

fn redispatch(lane: LaneId, nonce: u64) -> DispatchResultWithPostInfo {
	CrossLayer::redispatch(RuntimeOrigin::signed(BOB), CONTRACT, lane, nonce)
}

/// Three heartbeats from below of which the last two failed.
fn with_two_letters(test: impl FnOnce(&mut World)) {
	World::build_and_execute(|world| {
		assert_ok!(world.contract.send(heartbeat(1, 0)));
		assert_ok!(world.contract.send(heartbeat(2, FAIL_UNTIL_FIXED)));
		assert_ok!(world.contract.send(heartbeat(3, FAIL_UNTIL_FIXED)));
		assert_ok!(world.carry_up(LaneId::STORAGE));
		test(world);
	});
}

#[test]
fn redispatch_applies_dead_letters_in_order() {
	with_two_letters(|world| {
		world.main.run(|| {
			HandlerFixed::set(&true);
			assert_noop!(redispatch(LaneId::STORAGE, 3), Error::<Test>::NotNext);
			assert_ok!(redispatch(LaneId::STORAGE, 2));
			assert_ok!(redispatch(LaneId::STORAGE, 3));
			assert_eq!(DeadLetterNonces::<Test>::iter().count(), 0);
			assert_eq!(DeadLetters::<Test>::iter().count(), 0);
		});
		let sent =
			[heartbeat(1, 0), heartbeat(2, FAIL_UNTIL_FIXED), heartbeat(3, FAIL_UNTIL_FIXED)];
		assert_eq!(world.main.received(), sent);
		let (chain, lane, nonce) = (CONTRACT, LaneId::STORAGE, 3);
		let trace = trace_up(lane, nonce);
		let event = Event::MessageRedispatched { chain, lane, nonce, trace };
		assert_eq!(world.main.events().last(), Some(&event));
	});
}

#[test]
fn redispatch_fails_when_message_fails_again() {
	with_two_letters(|world| {
		world.main.run(|| {
			let error = DispatchError::Other("not fixed yet");
			frame_support::assert_storage_noop!(assert_eq!(
				redispatch(LaneId::STORAGE, 2).map_err(|failed| failed.error),
				Err(error)
			));
			let spent = redispatch(LaneId::STORAGE, 2).expect_err("not fixed").post_info;
			let spent = spent.actual_weight.expect("measured");
			assert!(spent.all_lt(Pallet::<Test>::heaviest_message()), "{spent:?}");
		});
	});
}

#[test]
fn redispatch_fails_twice_and_for_what_never_failed() {
	with_two_letters(|world| {
		world.main.run(|| {
			HandlerFixed::set(&true);
			assert_ok!(redispatch(LaneId::STORAGE, 2));
			for nonce in [0, 1, 2, 4] {
				assert_noop!(redispatch(LaneId::STORAGE, nonce), Error::<Test>::NotFound);
			}
			assert_noop!(redispatch(LaneId::MONEY, 3), Error::<Test>::NotFound);
		});
	});
}

#[test]
fn redispatch_fails_unsigned_or_while_chain_is_stopped() {
	with_two_letters(|world| {
		world.main.run(|| {
			HandlerFixed::set(&true);
			for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
				assert_noop!(
					CrossLayer::redispatch(origin, CONTRACT, LaneId::STORAGE, 2),
					DispatchError::BadOrigin
				);
			}
			let signed = RuntimeOrigin::signed(BOB);
			assert_noop!(
				CrossLayer::redispatch(signed, STRANGER, LaneId::STORAGE, 2),
				Error::<Test>::UnknownChain
			);
			change_neighbour(CONTRACT, |known| known.receives = false);
			assert_noop!(redispatch(LaneId::STORAGE, 2), Error::<Test>::NotReceiving);
		});
	});
}

#[test]
fn redispatch_takes_letters_of_the_token_lane_in_any_order() {
	World::build_and_execute(|world| {
		// Accounts that are not alive cannot take less than the existential deposit: the sender's
		// least amount prevents it, a neighbour with other rules may not.
		for (who, amount) in [(9, ED / 2), (8, ED / 4)] {
			let who = terrace_layers::AccountId::new([who; 32]);
			let message = Message::Release { who, amount };
			world.contract.run(|| {
				assert_ok!(CrossLayer::send(MAIN, message));
				assert_ok!(Pallet::<Test>::burn_tokens(&RELAYER, amount));
			});
		}
		assert_ok!(world.carry_up(LaneId::MONEY));
		world.check();
		world.main.run(|| {
			assert_eq!(DeadLetterNonces::<Test>::get((CONTRACT, LaneId::MONEY)).to_vec(), [1, 2]);
			let second = terrace_layers::AccountId::new([8; 32]);
			let signed = RuntimeOrigin::signed(ALICE);
			assert!(redispatch(LaneId::MONEY, 2).is_err());
			assert_ok!(Balances::transfer_keep_alive(signed, second.clone(), ED));
			assert_ok!(redispatch(LaneId::MONEY, 2));
			assert_eq!(Balances::free_balance(second), ED + ED / 4);
			assert_eq!(DeadLetterNonces::<Test>::get((CONTRACT, LaneId::MONEY)).to_vec(), [1]);
		});
	});
}

/// What a pool says to a letter's dispatch without an account.
fn answer(chain: ChainId, lane: LaneId, nonce: u64) -> Result<(), TransactionValidityError> {
	let call = crate::Call::<Test>::redispatch { chain, lane, nonce };
	assert_storage_noop!(drop(call.authorize(TransactionSource::External)));
	let said = call.authorize(TransactionSource::External);
	said.expect("it needs no account").map(drop)
}

#[test]
fn redispatch_needs_no_account_for_what_a_parent_sent() {
	let stale: TransactionValidityError = InvalidTransaction::Stale.into();
	let not_now: TransactionValidityError = UnknownTransaction::CannotLookup.into();
	let refused: TransactionValidityError = InvalidTransaction::Call.into();
	World::build_and_execute(|world| {
		let key = (MAIN, LaneId::STORAGE);
		dead_letters::forge(&mut world.main, key.1, vec![1, 200]);
		assert_ok!(world.carry_down(key.1));
		dead_letters::forget(&mut world.main, key.1);
		world.contract.run(|| {
			assert_eq!(answer(key.0, key.1, 1), Err(not_now), "it would fail again");
			assert_eq!(answer(key.0, key.1, 2), Err(stale));
			let readable = VersionedMessage::to_payload(untrack(1));
			DeadLetters::<Test>::insert(key, 1, crate::Payload::truncate_from(readable));
			NeedsNoAccount::set(&false);
			assert_eq!(answer(key.0, key.1, 1), Err(refused));
			NeedsNoAccount::set(&true);
			assert_eq!(answer(key.0, key.1, 1), Ok(()));
			let call = crate::Call::<Test>::redispatch { chain: key.0, lane: key.1, nonce: 1 };
			Budget::set(&Weight::zero());
			let exhausted = Err(InvalidTransaction::ExhaustsResources.into());
			let in_block = call.authorize(TransactionSource::InBlock).expect("no account");
			assert_eq!(in_block.map(drop), exhausted);
			Budget::set(&Weight::MAX);
			let nobody = || frame_system::RawOrigin::Authorized.into();
			assert_ok!(CrossLayer::redispatch(nobody(), key.0, key.1, 1));
			assert_ne!(Budget::get(), Weight::MAX, "it is free, and spends what is");
			assert_eq!(DeadLetters::<Test>::iter().count(), 0);
			assert_eq!(answer(key.0, key.1, 1), Err(stale));
		});
		assert_eq!(world.contract.received(), [untrack(1)]);
	});
	with_two_letters(|world| {
		world.main.run(|| {
			HandlerFixed::set(&true);
			assert_eq!(answer(CONTRACT, LaneId::STORAGE, 2), Err(refused), "a child sent it");
			assert_ok!(redispatch(LaneId::STORAGE, 2));
		});
	});
}
