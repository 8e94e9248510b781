// SPDX-License-Identifier: Apache-2.0
//! What a vote on the main chain does on the layers below.

use codec::Encode;
use sp_core::H256;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	transaction_validity::{InvalidTransaction, UnknownTransaction},
};
use terrace_layers::{ChainId, LaneId, LegId, Message, VersionedMessage, MAX_ADMIN_CALL};
use terrace_runtime_common::{admin, upgrades};
use terrace_tests_layers::{
	code,
	governance::{chain_admin, decide, general_admin, root},
	market::{agree, contract, open, prove_due},
	Chain, Outcome, World,
};

type Main = terrace_main_runtime::Runtime;
type Contract = terrace_contract_runtime::Runtime;
type Proof = terrace_proof_runtime::Runtime;

const ALICE: Sr25519Keyring = Sr25519Keyring::Alice;

fn send_to_contract(world: &World, call: Vec<u8>) -> pallet_cross_layer::Call<Main> {
	let spec_version = terrace_contract_runtime::VERSION.spec_version;
	pallet_cross_layer::Call::send_admin { to: world.contract.id(), spec_version, call }
}

fn contract_call(call: impl Into<terrace_contract_runtime::RuntimeCall>) -> Vec<u8> {
	call.into().encode()
}

fn proof_call(call: impl Into<terrace_proof_runtime::RuntimeCall>) -> Vec<u8> {
	call.into().encode()
}

/// A call of the contract chain that has `call` dispatched on the proof chain.
fn send_to_proof(to: ChainId, call: Vec<u8>) -> Vec<u8> {
	let spec_version = terrace_proof_runtime::VERSION.spec_version;
	contract_call(pallet_cross_layer::Call::<Contract>::send_admin { to, spec_version, call })
}

fn steps(world: &mut World, count: u32) {
	for _ in 0..count {
		world.step();
	}
}

/// What became of the calls of the parent in the contract chain's newest block.
fn dispatched(world: &mut World) -> Vec<admin::Event<Contract>> {
	world.contract.with(|| {
		let all = terrace_contract_runtime::System::events().into_iter();
		let events = all.filter_map(|record| match record.event {
			terrace_contract_runtime::RuntimeEvent::Admin(event) => Some(event),
			_ => None,
		});
		events.collect()
	})
}

#[test]
fn vote_on_the_main_chain_acts_on_the_contract_chain() {
	let mut world = World::new();
	let announce =
		upgrades::Call::<Contract>::announce { code_hash: H256::repeat_byte(1), not_before: 0 };
	let send = send_to_contract(&world, contract_call(announce));
	decide(&mut world.main, chain_admin(), send);
	assert!(!world.contract.with(upgrades::Announced::<Contract>::exists), "it is on its way");
	steps(&mut world, 2);
	let announced = world.contract.with(upgrades::Announced::<Contract>::get);
	assert_eq!(announced.map(|it| it.code_hash), Some(H256::repeat_byte(1)));
}

#[test]
fn vote_on_the_main_chain_acts_on_the_proof_chain() {
	let mut world = World::new();
	let announce =
		upgrades::Call::<Proof>::announce { code_hash: H256::repeat_byte(2), not_before: 0 };
	let inner = send_to_proof(world.proof.id(), proof_call(announce));
	let send = send_to_contract(&world, inner);
	decide(&mut world.main, root(), send);
	steps(&mut world, 4);
	let announced = world.proof.with(upgrades::Announced::<Proof>::get);
	assert_eq!(announced.map(|it| it.code_hash), Some(H256::repeat_byte(2)));
}

#[test]
fn nobody_else_commands_children() {
	let mut world = World::new();
	let announce =
		upgrades::Call::<Contract>::announce { code_hash: H256::repeat_byte(3), not_before: 0 };
	let send = send_to_contract(&world, contract_call(announce.clone()));
	assert_eq!(world.main.submit(ALICE, send.clone()), Outcome::Failed("BadOrigin".into()));
	decide(&mut world.main, general_admin(), send);
	assert_eq!(world.contract.submit(ALICE, announce), Outcome::Failed("BadOrigin".into()));
	let down = pallet_cross_layer::Call::<Contract>::send_admin {
		to: world.proof.id(),
		spec_version: terrace_proof_runtime::VERSION.spec_version,
		call: vec![0, 0],
	};
	assert_eq!(world.contract.submit(ALICE, down), Outcome::Failed("BadOrigin".into()));
	steps(&mut world, 3);
	assert!(!world.contract.with(upgrades::Announced::<Contract>::exists));
}

#[test]
fn call_too_long_for_a_message_is_not_sent() {
	let mut world = World::new();
	let (main, child) = (world.main.id(), world.contract.id());
	let sent = world.main.lane(child, LaneId::ADMIN).state.out_nonce;
	let send = send_to_contract(&world, vec![0; MAX_ADMIN_CALL as usize + 1]);
	decide(&mut world.main, root(), send);
	// Only randomness, if anything, has left since.
	let messages = world.main.messages(child, LaneId::ADMIN, sent + 1);
	assert!(messages.iter().all(|payload| payload.len() < 100), "{messages:?}");
	steps(&mut world, 2);
	assert_eq!(world.contract.lane(main, LaneId::ADMIN).dead_letters, 0);
}

#[test]
fn call_that_fails_below_is_told_there_and_holds_nothing_up() {
	let mut world = World::new();
	let main = world.main.id();
	let fails = contract_call(upgrades::Call::<Contract>::cancel {});
	let send = send_to_contract(&world, fails.clone());
	decide(&mut world.main, root(), send);
	world.main.blocks(1);
	let parcel = terrace_tests_layers::parcel(
		&mut world.main,
		&mut world.contract,
		LaneId::ADMIN,
		terrace_tests_layers::BATCH,
	);
	let outcome = world.contract.relay(main, LaneId::ADMIN, parcel.expect("it waits"));
	assert_eq!(outcome, Outcome::Applied);
	let [admin::Event::Dispatched { call, trace, result }] = &dispatched(&mut world)[..] else {
		panic!("one call was dispatched")
	};
	assert_eq!(*call, BlakeTwo256::hash(&fails));
	assert!(trace.is_some());
	let error = upgrades::Error::<Contract>::NothingAnnounced.into();
	let expected: sp_runtime::DispatchResult = Err(error);
	assert_eq!(*result, expected);
	assert_eq!(world.contract.lane(main, LaneId::ADMIN).dead_letters, 0);
}

#[test]
fn call_that_the_child_does_not_know_or_cannot_afford_is_told_and_not_kept() {
	let mut world = World::new();
	let main = world.main.id();
	let heavy = frame_system::Call::<Contract>::set_code { code: vec![0; 100] };
	let before = running(&mut world.contract);
	for call in [vec![250, 250], contract_call(heavy)] {
		let send = send_to_contract(&world, call);
		decide(&mut world.main, root(), send);
		steps(&mut world, 2);
		assert_eq!(world.contract.lane(main, LaneId::ADMIN).dead_letters, 0);
	}
	assert_eq!(running(&mut world.contract), before);
	// What comes after them arrives.
	let announce =
		upgrades::Call::<Contract>::announce { code_hash: H256::repeat_byte(4), not_before: 0 };
	let send = send_to_contract(&world, contract_call(announce));
	decide(&mut world.main, root(), send);
	steps(&mut world, 2);
	assert!(world.contract.with(upgrades::Announced::<Contract>::exists));
}

#[test]
fn dead_letter_of_a_proof_chain_is_dispatched_by_nobody_in_particular() {
	let mut world = World::new();
	let (chain, lane, nonce) = (world.contract.id(), LaneId::STORAGE, 1);
	let key = (chain, lane);
	let keep = |world: &mut World, payload: Vec<u8>| {
		let letter = pallet_cross_layer::Payload::truncate_from(payload);
		world.proof.with(|| {
			pallet_cross_layer::DeadLetterNonces::<Proof>::mutate(key, |nonces| {
				nonces.clear();
				nonces.try_push(nonce).expect("there is room for one");
			});
			pallet_cross_layer::DeadLetters::<Proof>::insert(key, nonce, letter);
		});
	};
	// As if a newer parent had sent what this runtime does not know.
	keep(&mut world, vec![200, 1, 2]);
	assert_eq!(world.proof.lane(chain, lane).dead_letters, 1);
	let again = pallet_cross_layer::Call::<Proof>::redispatch { chain, lane, nonce };
	let refused = Outcome::Refused(UnknownTransaction::CannotLookup.into());
	assert_eq!(world.proof.submit_general(again.clone()), refused, "it would fail again");
	assert_eq!(world.proof.lane(chain, lane).dead_letters, 1);
	// As if the runtime had learnt the message since.
	let known = Message::Untrack(vec![LegId(77)].try_into().expect("it is short"));
	keep(&mut world, VersionedMessage::to_payload(known));
	assert_eq!(world.proof.submit_general(again.clone()), Outcome::Applied);
	assert_eq!(world.proof.lane(chain, lane).dead_letters, 0);
	let stale = Outcome::Refused(InvalidTransaction::Stale.into());
	assert_eq!(world.proof.submit_general(again), stale);
}

/// Announces code on every layer by one vote.
fn announce_everywhere(world: &mut World, codes: [&[u8]; 3]) {
	let [main, contract, proof] = codes.map(BlakeTwo256::hash);
	let below = upgrades::Call::<Proof>::announce { code_hash: proof, not_before: 0 };
	let middle = upgrades::Call::<Contract>::announce { code_hash: contract, not_before: 0 };
	let to_proof = send_to_proof(world.proof.id(), proof_call(below));
	let calls: Vec<terrace_main_runtime::RuntimeCall> = vec![
		upgrades::Call::<Main>::announce { code_hash: main, not_before: 0 }.into(),
		send_to_contract(world, contract_call(middle)).into(),
		send_to_contract(world, to_proof).into(),
	];
	decide(&mut world.main, root(), pallet_utility::Call::<Main>::batch_all { calls });
	steps(world, 4);
}

fn running<C: Chain>(chain: &mut C) -> Vec<u8> {
	chain.with(|| sp_io::storage::get(b":code")).expect("there is code").to_vec()
}

#[test]
fn one_vote_upgrades_all_layers_while_a_contract_is_proven() {
	let mut world = World::new();
	open(&mut world);
	let data: Vec<u8> = (0..20_000).map(|i| (i % 251) as u8).collect();
	let id = agree(&mut world, &data, 8);
	let main = code::next(&terrace_main_runtime::VERSION);
	let middle = code::next(&terrace_contract_runtime::VERSION);
	let below = code::next(&terrace_proof_runtime::VERSION);
	announce_everywhere(&mut world, [&main, &middle, &below]);
	for _ in 0..4 {
		prove_due(&mut world, &[&data]);
		world.step();
	}
	// Anyone brings the code: on the lower layers without an account, above for nothing.
	let early_bird = Sr25519Keyring::Ferdie;
	let call = upgrades::Call::<Main>::apply { code: main.clone() };
	let funds = world.main.free(early_bird);
	assert_eq!(world.main.submit(early_bird, call), Outcome::Applied);
	assert_eq!(world.main.free(early_bird), funds);
	let call = upgrades::Call::<Contract>::apply { code: middle.clone() };
	assert_eq!(world.contract.submit_general(call), Outcome::Applied);
	let call = upgrades::Call::<Proof>::apply { code: below.clone() };
	assert!(world.proof.validate(call.clone()).is_ok());
	assert_eq!(world.proof.submit_general(call), Outcome::Applied);
	assert_eq!(running(&mut world.main), main);
	assert_eq!(running(&mut world.contract), middle);
	assert_eq!(running(&mut world.proof), below);

	world.until(200, |world| {
		prove_due(world, &[&data]);
		contract(&mut world.contract, id).reported == 8
	});
	let view = contract(&mut world.contract, id);
	assert_eq!((view.faults, view.outages), (0, 0), "{view:?}");
}

#[test]
fn other_code_than_announced_is_not_taken() {
	let mut world = World::new();
	let next = code::next(&terrace_proof_runtime::VERSION);
	let contract = code::next(&terrace_contract_runtime::VERSION);
	let main = code::next(&terrace_main_runtime::VERSION);
	// What is announced for the proof chain is the contract chain's.
	announce_everywhere(&mut world, [&main, &contract, &contract]);
	steps(&mut world, 5);
	let before = running(&mut world.proof);
	for code in [next, contract] {
		let call = upgrades::Call::<Proof>::apply { code };
		let refused = Outcome::Refused(InvalidTransaction::BadProof.into());
		assert_eq!(world.proof.submit_general(call), refused);
	}
	assert_eq!(running(&mut world.proof), before);
	let call = upgrades::Call::<Main>::apply { code: b"anything".to_vec() };
	assert_eq!(world.main.submit(ALICE, call), Outcome::Failed("WrongHash".into()));
}
