// SPDX-License-Identifier: Apache-2.0
//! Relays that lose a race pay nothing.
use super::*;
use crate::CheckRelay;
use frame_support::{
	dispatch::GetDispatchInfo,
	pallet_prelude::{
		InvalidTransaction, TransactionSource, TransactionValidityError, UnknownTransaction,
	},
};
use sp_runtime::traits::{DispatchTransaction, TransactionExtension, TxBaseImplication};

const STALE: TransactionValidityError =
	TransactionValidityError::Invalid(InvalidTransaction::Stale);
const NOT_NOW: TransactionValidityError =
	TransactionValidityError::Unknown(UnknownTransaction::CannotLookup);

fn check(origin: RuntimeOrigin, call: &RuntimeCall) -> Result<(), TransactionValidityError> {
	let info = call.get_dispatch_info();
	let source = TransactionSource::External;
	CheckRelay::<Test>::new()
		.validate(origin, call, &info, 0, (), &TxBaseImplication(()), source)
		.map(drop)
}

fn signed(relay: &Relay) -> Result<(), TransactionValidityError> {
	check(RuntimeOrigin::signed(RELAYER), &relay.call())
}

/// Case 72.
#[test]
fn the_loser_of_a_race_is_stale() {
	World::build_and_execute(|world| {
		send_up(world, 2);
		let first = world.up(LaneId::STORAGE);
		// The other relay saw a newer block.
		let second = world.up(LaneId::STORAGE);
		world.main.run(|| {
			assert_ok!(signed(&first));
			assert_ok!(first.submit());
			assert_eq!(signed(&first), Err(STALE));
			assert_eq!(signed(&second), Err(STALE), "its messages have arrived");
			assert_noop!(second.submit(), Error::<Test>::Obsolete);
		});
	});
}

#[test]
fn an_acknowledgement_that_has_arrived_is_stale() {
	World::build_and_execute(|world| {
		assert_ok!(world.main.send(untrack(1)));
		assert_ok!(world.carry_down(LaneId::STORAGE));
		let first = world.up(LaneId::STORAGE);
		let second = world.up(LaneId::STORAGE);
		assert!(first.messages.is_empty() && second.messages.is_empty());
		world.main.run(|| {
			assert_ok!(signed(&second));
			assert_ok!(first.submit());
			assert_eq!(signed(&second), Err(STALE), "though its block is newer");
			assert_noop!(second.submit(), Error::<Test>::Obsolete);
		});
	});
}

#[test]
fn finality_that_is_known_is_stale() {
	World::build_and_execute(|world| {
		send_up(world, 1);
		let first = world.up(LaneId::STORAGE);
		assert_ok!(world.main.run(|| first.submit()));
		send_up(world, 1);
		let next = Relay { finality: first.finality, first: 2, ..world.up(LaneId::STORAGE) };
		assert_eq!(world.main.run(|| signed(&next)), Err(STALE));
	});
}

#[test]
fn what_may_come_right_is_not_called_invalid() {
	World::build_and_execute(|world| {
		send_up(world, 2);
		let relay = world.up(LaneId::STORAGE);
		world.main.run(|| {
			let gap = Relay { first: 2, ..relay.clone() };
			assert_eq!(signed(&gap), Err(NOT_NOW));
			assert_noop!(gap.submit(), Error::<Test>::NotYet);
			let unknown = Relay { finality: None, ..relay.clone() };
			assert_eq!(signed(&unknown), Err(NOT_NOW));
			change_neighbour(CONTRACT, |known| known.receives = false);
			assert_eq!(signed(&relay), Err(NOT_NOW));
			change_neighbour(CONTRACT, |known| known.receives = true);
			assert_ok!(signed(&relay));
		});
	});
}

#[test]
fn calls_over_the_limits_are_refused() {
	World::build_and_execute(|world| {
		send_up(world, 1);
		let mut relay = world.up(LaneId::STORAGE);
		relay.messages = vec![vec![]; limits::MAX_MESSAGES_PER_CALL as usize + 1];
		assert_eq!(world.main.run(|| signed(&relay)), Err(InvalidTransaction::Call.into()));
	});
}

#[test]
fn other_calls_and_origins_pass_and_weigh_nothing() {
	World::build_and_execute(|world| {
		send_up(world, 1);
		let relay = world.up(LaneId::STORAGE);
		world.main.run(|| {
			let other: RuntimeCall = frame_system::Call::remark { remark: vec![1, 2, 3] }.into();
			assert_ok!(check(RuntimeOrigin::signed(RELAYER), &other));
			let extension = CheckRelay::<Test>::new();
			assert_eq!(extension.weight(&other), Weight::zero());
			assert!(extension.weight(&relay.call()).ref_time() > 0);
			let stale = Relay { first: 0, ..relay.clone() };
			assert_eq!(signed(&stale), Err(STALE));
			assert_ok!(check(RuntimeOrigin::none(), &stale.call()));
			// As part of a transaction, it stops the call before it is applied.
			let call = stale.call();
			let info = call.get_dispatch_info();
			let origin = RuntimeOrigin::signed(RELAYER);
			assert!(extension.dispatch_transaction(origin, call, &info, 0, 0).is_err());
		});
	});
}
