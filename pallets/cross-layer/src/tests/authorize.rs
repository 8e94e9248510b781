// SPDX-License-Identifier: Apache-2.0
//! Relay calls without an account.
use super::*;
use crate::authorize::BASE_PRIORITY;
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	pallet_prelude::{InvalidTransaction, TransactionValidityError, UnknownTransaction},
	traits::Authorize,
};

const STALE: TransactionValidityError =
	TransactionValidityError::Invalid(InvalidTransaction::Stale);
const BAD_PROOF: TransactionValidityError =
	TransactionValidityError::Invalid(InvalidTransaction::BadProof);
const NOT_NOW: TransactionValidityError =
	TransactionValidityError::Unknown(UnknownTransaction::CannotLookup);
const CALL: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::Call);

fn authorized() -> RuntimeOrigin {
	frame_system::RawOrigin::Authorized.into()
}

/// What a pool on the main chain says.
fn answer(world: &mut World, relay: &Relay) -> Result<(), TransactionValidityError> {
	world.main.run(|| relay.authorize().map(drop))
}

#[test]
fn authorize_takes_what_makes_progress_and_writes_nothing() {
	World::build_and_execute(|world| {
		send_up(world, 3);
		let relay = world.up(LaneId::STORAGE);
		world.main.run(|| {
			frame_support::assert_storage_noop!(drop(relay.authorize()));
		});
		let valid = world.main.run(|| relay.authorize()).expect("it is proven");
		assert_eq!(valid.priority, BASE_PRIORITY + 3);
		let tag = ("relay", CONTRACT, LaneId::STORAGE, 3_u64, 0_u64).encode();
		assert_eq!(valid.provides, [tag]);
		assert!(valid.requires.is_empty() && valid.propagate && valid.longevity > 0);
		assert_ok!(world.main.run(|| relay.submit_as(authorized())));
		assert_eq!(world.main.received(), heartbeats(1..=3));
		assert_eq!(answer(world, &relay), Err(STALE), "another block has it already");
	});
}

#[test]
fn authorize_tags_what_the_lane_becomes() {
	World::build_and_execute(|world| {
		assert_ok!(world.main.send(untrack(1)));
		assert_ok!(world.carry_down(LaneId::STORAGE));
		send_up(world, 9);
		let whole = world.up(LaneId::STORAGE);
		world.main.run(|| {
			let tags = |relay: &Relay| relay.authorize().expect("progress").provides;
			let part = whole.clone().cut(8);
			assert_ne!(tags(&whole), tags(&part), "one does not keep the other out");
			let again = Relay { max_weight: Weight::from_parts(1 << 40, 1 << 20), ..whole.clone() };
			assert_eq!(tags(&whole), tags(&again), "the same again excludes itself");
			let ack = whole.cut(0);
			let tag = ("relay", CONTRACT, LaneId::STORAGE, 0_u64, 1_u64).encode();
			assert_eq!(tags(&ack), [tag]);
		});
	});
}

#[test]
fn authorize_refuses_where_accounts_are_needed() {
	World::build_and_execute(|world| {
		send_up(world, 1);
		let relay = world.up(LaneId::STORAGE);
		world.main.run(|| NeedsNoAccount::set(&false));
		assert_eq!(answer(world, &relay), Err(CALL));
		assert_ok!(world.main.run(|| relay.submit()));
	});
}

#[test]
fn authorize_bans_only_what_can_never_become_right() {
	World::build_and_execute(|world| {
		send_up(world, 3);
		let good = world.up(LaneId::STORAGE);
		let spoil = |change: &dyn Fn(&mut Relay)| {
			let mut relay = good.clone();
			change(&mut relay);
			relay
		};
		let cases: [(&dyn Fn(&mut Relay), TransactionValidityError); 9] = [
			(&|relay| relay.finality = None, NOT_NOW),
			(&|relay| relay.chain = STRANGER, NOT_NOW),
			(&|relay| relay.lane = LaneId(9), NOT_NOW),
			(&|relay| drop(relay.messages.pop()), STALE),
			(&|relay| relay.messages.swap(0, 1), BAD_PROOF),
			(&|relay| drop(relay.proof.pop()), BAD_PROOF),
			(&|relay| relay.max_weight = Weight::zero(), CALL),
			(&|relay| relay.tail = vec![H256::zero(); 1_000], CALL),
			(
				&|relay| {
					let finality = relay.finality.as_mut().expect("relays bring finality");
					finality.justification.commit.precommits.pop();
				},
				BAD_PROOF,
			),
		];
		for (change, expected) in cases {
			let relay = spoil(change);
			assert_eq!(answer(world, &relay), Err(expected));
		}
		assert_eq!(answer(world, &good), Ok(()));
	});
}

#[test]
fn authorize_calls_finality_stale_that_somebody_else_brought() {
	World::build_and_execute(|world| {
		send_up(world, 2);
		let relay = world.up(LaneId::STORAGE);
		assert_ok!(world.main.run(|| relay.clone().cut(1).submit()));
		let rest = relay.skip(1);
		assert_eq!(answer(world, &rest), Err(STALE));
		assert_eq!(answer(world, &Relay { finality: None, ..rest }), Ok(()));
	});
}

#[test]
fn authorize_refuses_to_do_little_for_free() {
	World::build_and_execute(|world| {
		send_up(world, 20);
		let relay = world.up(LaneId::STORAGE);
		let payment = TransactionValidityError::Invalid(InvalidTransaction::Payment);
		assert_eq!(answer(world, &relay.clone().cut(7)), Err(payment));
		assert_eq!(answer(world, &relay.clone().cut(8)), Ok(()));
		assert_eq!(answer(world, &relay), Ok(()));
	});
}

#[test]
fn authorize_refuses_messages_of_a_child_whose_dead_letters_are_full() {
	World::build_and_execute(|world| {
		for mark in 1..=MAX_LETTERS {
			assert_ok!(world.contract.send(heartbeat(mark, FAIL)));
		}
		assert_ok!(world.carry_up(LaneId::STORAGE));
		assert_ok!(world.main.send(untrack(1)));
		assert_ok!(world.carry_down(LaneId::STORAGE));
		send_up(world, 1);
		let relay = world.up(LaneId::STORAGE);
		// It would work, but the next one might fail in a block and not pay for it.
		assert_eq!(answer(world, &relay), Err(NOT_NOW));
		assert_eq!(answer(world, &relay.clone().cut(0)), Ok(()), "acknowledgements cannot fail");
		assert_ok!(world.main.run(|| relay.submit()));
	});
}

#[test]
fn authorize_refuses_messages_of_a_child_that_might_not_fit_as_dead_letters() {
	World::build_and_execute(|world| {
		for mark in 1..MAX_LETTERS {
			assert_ok!(world.contract.send(heartbeat(mark, FAIL)));
		}
		assert_ok!(world.carry_up(LaneId::STORAGE));
		// There is room for one of the two: the call would fail in a block, and pay nothing.
		assert_ok!(world.contract.send(heartbeat(MAX_LETTERS, FAIL)));
		assert_ok!(world.contract.send(heartbeat(MAX_LETTERS + 1, FAIL)));
		let relay = world.up(LaneId::STORAGE);
		refuse(&mut world.main, &relay, Error::DeadLettersFull);
		assert_eq!(answer(world, &relay), Err(NOT_NOW));
		// As many as there is room for are taken, once they are worth a free call.
		let letters = || DeadLetterNonces::<Test>::decode_len((CONTRACT, LaneId::STORAGE));
		for nonce in 1..=8 {
			world.main.run(|| {
				DeadLetterNonces::<Test>::mutate((CONTRACT, LaneId::STORAGE), |nonces| {
					nonces.retain(|kept| *kept != nonce)
				});
				DeadLetters::<Test>::remove((CONTRACT, LaneId::STORAGE), nonce);
			});
		}
		assert_eq!(world.main.run(letters), Some(MAX_LETTERS as usize - 9));
		assert_ok!(world.main.run(|| {
			assert_ok!(relay.authorize());
			relay.submit_as(authorized())
		}));
		assert_eq!(world.main.run(letters), Some(MAX_LETTERS as usize - 7));
	});
}

#[test]
fn authorize_takes_messages_of_a_parent_in_any_case() {
	World::build_and_execute(|world| {
		for mark in 1..=u64::from(MAX_LETTERS) {
			let payload = vec![mark as u8; 3];
			dead_letters::forge(&mut world.main, LaneId::STORAGE, payload);
		}
		assert_ok!(world.carry_down(LaneId::STORAGE));
		dead_letters::forget(&mut world.main, LaneId::STORAGE);
		assert_ok!(world.main.send(untrack(1)));
		let relay = world.down(LaneId::STORAGE);
		world.contract.run(|| {
			assert!(relay.authorize().is_ok());
			assert_ok!(relay.submit_as(authorized()));
		});
		assert_eq!(world.contract.received(), [untrack(1)]);
	});
}

#[test]
fn relay_is_operational_and_weighs_what_it_brings() {
	World::build_and_execute(|world| {
		send_up(world, 2);
		let relay = world.up(LaneId::STORAGE);
		world.main.run(|| {
			let info = relay.call().get_dispatch_info();
			assert_eq!(info.class, DispatchClass::Operational);
			assert_eq!(info.pays_fee, Pays::Yes);
			assert!(relay.max_weight.all_lt(info.call_weight));
			let check = relay.call().weight_of_authorize();
			assert!(check.ref_time() > 0 && check.all_lt(info.call_weight));
			let without = Relay { finality: None, ..relay.clone() };
			assert!(without.call().weight_of_authorize().all_lt(check));
		});
	});
}
