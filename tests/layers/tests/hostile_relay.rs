// SPDX-License-Identifier: Apache-2.0
//! A relay that lies: every attempt is refused, and changes nothing.

use sp_keyring::Sr25519Keyring;
use terrace_layers::{ChainId, LaneId};
use terrace_runtime_common::constants::UNIT;
use terrace_tests_layers::{parcel, Chain, Outcome, Parcel, World, BATCH};

/// A world in which a credit waits to be carried down, and an honest parcel that would do it.
fn waiting() -> (World, Parcel) {
	let mut world = World::new();
	for amount in [3, 4, 5] {
		let child = world.contract.id();
		let outcome = world.main.transfer_down(child, Sr25519Keyring::Ferdie, amount * UNIT);
		assert_eq!(outcome, Outcome::Applied);
	}
	let parcel =
		parcel(&mut world.main, &mut world.contract, LaneId::MONEY, BATCH).expect("it waits");
	assert_eq!(parcel.messages.len(), 3);
	(world, parcel)
}

fn refused(change: impl FnOnce(&mut World, &mut Parcel)) {
	refused_from(|world| world.main.id(), change);
}

fn refused_from(
	source: impl FnOnce(&World) -> ChainId,
	change: impl FnOnce(&mut World, &mut Parcel),
) {
	let (mut world, mut parcel) = waiting();
	change(&mut world, &mut parcel);
	let source = source(&world);
	let main = world.main.id();
	let before = world.contract.lane(main, LaneId::MONEY);
	let outcome = world.contract.relay(source, LaneId::MONEY, parcel);
	assert!(!matches!(outcome, Outcome::Applied), "a false parcel was accepted");
	assert_eq!(world.contract.lane(main, LaneId::MONEY).state, before.state);
	assert_eq!(world.contract.free(Sr25519Keyring::Ferdie), 0);
}

#[test]
fn an_honest_parcel_is_accepted() {
	let (mut world, parcel) = waiting();
	let main = world.main.id();
	assert_eq!(world.contract.relay(main, LaneId::MONEY, parcel), Outcome::Applied);
	assert_eq!(world.contract.free(Sr25519Keyring::Ferdie), 12 * UNIT);
}

#[test]
fn a_replayed_parcel_is_refused() {
	let (mut world, parcel) = waiting();
	let main = world.main.id();
	assert_eq!(world.contract.relay(main, LaneId::MONEY, parcel.clone()), Outcome::Applied);
	let again = world.contract.relay(main, LaneId::MONEY, parcel);
	assert!(matches!(again, Outcome::Refused(_)), "{again:?}");
	assert_eq!(world.contract.free(Sr25519Keyring::Ferdie), 12 * UNIT);
}

#[test]
fn an_altered_message_is_refused() {
	refused(|_, parcel| *parcel.messages[0].last_mut().unwrap() ^= 1);
}

#[test]
fn reordered_messages_are_refused() {
	refused(|_, parcel| parcel.messages.swap(0, 1));
}

#[test]
fn a_dropped_message_is_refused() {
	refused(|_, parcel| {
		parcel.messages.remove(0);
	});
}

#[test]
fn an_added_message_is_refused() {
	refused(|_, parcel| parcel.messages.push(parcel.messages[0].clone()));
}

#[test]
fn an_unproven_parcel_is_refused() {
	refused(|_, parcel| parcel.proof.clear());
}

#[test]
fn a_proof_with_an_extra_node_is_refused() {
	refused(|_, parcel| parcel.proof.push(vec![0; 40]));
}

#[test]
fn a_header_without_enough_votes_is_refused() {
	refused(|_, parcel| {
		let finality = parcel.finality.as_mut().unwrap();
		finality.justification.commit.precommits.pop();
	});
}

#[test]
fn a_header_changed_after_the_vote_is_refused() {
	refused(|_, parcel| {
		parcel.finality.as_mut().unwrap().header.state_root = sp_core::H256::repeat_byte(1);
	});
}

#[test]
fn a_claimed_authority_set_is_refused() {
	refused(|_, parcel| parcel.finality.as_mut().unwrap().set_id = 1);
}

#[test]
fn finality_of_another_chain_with_the_same_keys_is_refused() {
	// All layers of the local preset share their authorities' keys and set id.
	refused(|world, parcel| {
		world.proof.blocks(10);
		parcel.finality = Some(world.proof.finality());
		parcel.at = world.proof.head().number;
	});
}

#[test]
fn a_stranger_is_refused() {
	refused_from(|_| terrace_tests_layers::stranger(), |_, _| {});
}

#[test]
fn the_pool_refuses_what_the_block_refuses() {
	let (mut world, mut parcel) = waiting();
	parcel.messages.swap(0, 1);
	let call = pallet_cross_layer::Call::relay {
		chain: world.main.id(),
		lane: LaneId::MONEY,
		finality: parcel.finality.map(Box::new),
		at: parcel.at,
		proof: parcel.proof,
		first: parcel.first,
		messages: parcel.messages,
		tail: parcel.tail,
		max_weight: parcel.max_weight,
	};
	assert!(world.contract.validate(call).is_err());
}
