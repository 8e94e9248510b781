// SPDX-License-Identifier: Apache-2.0
//! A contract chain whose parent was silent for too long finds back to it, by its own authorities.

use sp_consensus_grandpa::AuthoritySignature;
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use terrace_layers::{recovery_statement, views::NeighbourStatus, Checkpoint, Relation};
use terrace_runtime_common::constants::MAX_STALENESS;
use terrace_tests_layers::{checkpoint, cross, Chain, Contract, Outcome, World};

type Call = pallet_chain_registry::Call<terrace_contract_runtime::Runtime>;

/// Blocks between a recovery and its effect on test networks.
const DELAY: u32 = 20;

fn recover(checkpoint: &Checkpoint, contract: &mut Contract, signers: &[Ed25519Keyring]) -> Call {
	let statement = recovery_statement(contract.id(), checkpoint);
	let signatures = (0u32..).zip(contract.authorities()).filter_map(|(index, id)| {
		let key = signers.iter().find(|key| id == key.public().into())?;
		Some((index, AuthoritySignature::from(key.sign(&statement))))
	});
	Call::recover_parent {
		checkpoint: Box::new(checkpoint.clone()),
		signatures: signatures.collect::<Vec<_>>().try_into().expect("two fit"),
	}
}

fn parent_status(contract: &mut Contract) -> NeighbourStatus {
	let all = contract.neighbours();
	all.into_iter().find(|view| view.relation == Relation::Parent).expect("it has one").status
}

#[test]
fn a_child_finds_back_to_a_parent_it_had_lost() {
	let mut world = World::new();
	world.contract.skip(MAX_STALENESS);
	let parent = world.main.id();
	assert_eq!(world.contract.submit_general(Call::expire { chain: parent }), Outcome::Applied);
	assert_eq!(parent_status(&mut world.contract), NeighbourStatus::Expired);

	world.main.blocks(3);
	let from = checkpoint(&mut world.main);
	let alone = recover(&from, &mut world.contract, &[Ed25519Keyring::Alice]);
	assert!(matches!(world.contract.submit_general(alone), Outcome::Refused(_)));
	let both = recover(&from, &mut world.contract, &[Ed25519Keyring::Alice, Ed25519Keyring::Bob]);
	assert_eq!(world.contract.submit_general(both), Outcome::Applied);
	let early = world.contract.submit_general(Call::apply_recovery {});
	assert!(matches!(early, Outcome::Refused(_)));
	world.contract.blocks(DELAY);
	assert_eq!(world.contract.submit_general(Call::apply_recovery {}), Outcome::Applied);
	assert_eq!(parent_status(&mut world.contract), NeighbourStatus::Active);

	let before = world.contract.free(Sr25519Keyring::Dave);
	let child = world.contract.id();
	let amount = terrace_runtime_common::constants::UNIT;
	assert_eq!(world.main.transfer_down(child, Sr25519Keyring::Dave, amount), Outcome::Applied);
	cross(&mut world.main, &mut world.contract);
	assert_eq!(world.contract.free(Sr25519Keyring::Dave), before + amount);
}
