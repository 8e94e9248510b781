// SPDX-License-Identifier: Apache-2.0
//! From tokens on the main chain to a paid provider, over three runtimes.

use sp_keyring::Sr25519Keyring;
use terrace_layers::{views::ContractState, Relation, Window};
use terrace_runtime_common::constants::UNIT;
use terrace_tests_layers::{
	market::{self, agree, contract, open, prove_due, CLIENT, PROVIDER},
	Chain, Outcome, World,
};

fn blob(size: usize) -> Vec<u8> {
	(0..size).map(|i| (i * 31 % 251) as u8).collect()
}

#[test]
fn neighbours_know_each_other_after_registration() {
	let mut world = World::new();
	let below = world.contract.neighbours();
	let relations: Vec<_> = below.iter().map(|view| (view.chain, view.relation)).collect();
	assert!(relations.contains(&(world.main.id(), Relation::Parent)));
	assert!(relations.contains(&(world.proof.id(), Relation::Child)));
	assert_eq!(world.proof.neighbours().len(), 1);
}

#[test]
fn a_proven_contract_is_paid_window_by_window_and_closed() {
	let mut world = World::new();
	open(&mut world);
	let data = blob(100_000);
	let before = world.contract.free(CLIENT);
	let id = agree(&mut world, &data, 3);
	let escrow = contract(&mut world.contract, id).escrow;
	let mut accepted = 0;
	world.until(200, |world| {
		for outcome in prove_due(world, &[&data]) {
			assert_eq!(outcome, Outcome::Applied);
			accepted += 1;
		}
		contract(&mut world.contract, id).state == ContractState::Ended
	});
	let view = contract(&mut world.contract, id);
	assert_eq!((view.proven, view.reported, view.faults, view.outages), (3, 3, 0, 0));
	assert_eq!((view.paid, view.refundable), (escrow, 0));
	assert!(accepted >= 3, "one batch a window");

	let earned = world.contract.free(PROVIDER);
	let proof_chain = world.proof.id();
	let claim = pallet_storage_contracts::Call::claim { proof_chain };
	assert_eq!(world.contract.submit(PROVIDER, claim), Outcome::Applied);
	assert!(world.contract.free(PROVIDER) + UNIT > earned + escrow, "paid, less the fee");
	let close = pallet_storage_contracts::Call::close { id };
	assert_eq!(world.contract.submit(PROVIDER, close), Outcome::Applied);
	assert!(world.contract.free(CLIENT) + UNIT > before - escrow);
	assert!(market::contracts(&mut world.contract).is_empty());
}

#[test]
fn a_window_without_proofs_is_not_paid_and_comes_back() {
	let mut world = World::new();
	open(&mut world);
	let data = blob(5_000);
	let id = agree(&mut world, &data, 3);
	let escrow = contract(&mut world.contract, id).escrow;
	world.until(200, |world| {
		// The provider proves its first window only.
		if contract(&mut world.contract, id).reported == 0 {
			prove_due(world, &[&data]);
		}
		contract(&mut world.contract, id).state == ContractState::Ended
	});
	let view = contract(&mut world.contract, id);
	let lost = view.faults + view.outages;
	assert!(view.proven >= 1 && lost >= 1, "{view:?}");
	assert_eq!(view.proven + lost, 3);
	assert_eq!(view.paid, view.rate * u128::from(view.proven));
	assert_eq!(view.paid + view.refundable, escrow);

	let before = world.contract.free(CLIENT);
	let close = pallet_storage_contracts::Call::close { id };
	assert_eq!(world.contract.submit(PROVIDER, close), Outcome::Applied);
	assert_eq!(world.contract.free(CLIENT), before + view.refundable + view.compensated);
}

#[test]
fn without_a_relay_nobody_is_paid_and_nobody_is_faulted() {
	let mut world = World::new();
	open(&mut world);
	let id = agree(&mut world, &blob(2_000), 2);
	world.contract.blocks(100);
	world.proof.blocks(100);
	let view = contract(&mut world.contract, id);
	assert_eq!((view.reported, view.faults, view.outages), (0, 0, 0));
	assert_eq!(view.paid, 0);
}

#[test]
fn reports_come_every_window_even_without_contracts() {
	let mut world = World::new();
	for _ in 0..60 {
		world.step();
	}
	let chains = world.contract.with(terrace_contract_runtime::StorageContracts::proof_chains);
	assert!(chains[0].reported >= Window(3), "{:?}", chains[0]);
}

#[test]
fn tokens_move_down_and_up_and_none_is_made() {
	let mut world = World::new();
	let supply = world.supply();
	let who = Sr25519Keyring::Ferdie;
	terrace_tests_layers::fund(&mut world.main, &mut world.contract, who, 500);
	let issued = world.contract.total_issuance();
	let call = pallet_cross_layer::Call::transfer_up {
		beneficiary: who.to_account_id(),
		amount: 200 * UNIT,
	};
	assert_eq!(world.contract.submit(who, call), Outcome::Applied);
	assert_eq!(world.contract.total_issuance(), issued - 200 * UNIT);
	let before = world.main.free(who);
	world.step();
	assert_eq!(world.main.free(who), before + 200 * UNIT);
	assert_eq!(world.main.total_issuance(), supply);
}

#[test]
fn main_chain_randomness_reaches_the_proof_chain() {
	let mut world = World::new();
	world.until(150, |world| world.proof.with(terrace_proof_runtime::CrossLayer::beacon).is_some());
	let above = world.main.with(terrace_main_runtime::CrossLayer::beacon).expect("it was sent");
	let below = world.proof.with(terrace_proof_runtime::CrossLayer::beacon).expect("it arrived");
	assert_eq!(above, below);
	assert_ne!(below.randomness, [0; 32]);
}

#[test]
fn thirty_sessions_without_a_change_keep_the_authority_set() {
	let mut main = terrace_tests_layers::Main::new(None);
	main.blocks(30 * 30);
	let sessions = main.with(pallet_session::CurrentIndex::<terrace_main_runtime::Runtime>::get);
	assert!(sessions >= 29, "{sessions} sessions");
	assert_eq!(main.set_id(), 0);
}
