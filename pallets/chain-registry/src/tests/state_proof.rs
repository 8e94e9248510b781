// SPDX-License-Identifier: Apache-2.0
//! Registration: the proof of the genesis state.
use super::*;

const BAD: Error<Test> = Error::<Test>::BadStateProof;
const LARGE: Error<Test> = Error::<Test>::TooLarge;

/// Runs `test` on a chain that has the block which children start from.
fn on_chain(test: impl FnOnce()) {
	TestExt::new().build_and_execute(|| {
		Anchor::new(2).laid();
		test();
	});
}

/// Registers a sound child whose genesis proof was changed.
fn changed(change: impl FnOnce(&mut GenesisProof)) -> DispatchResult {
	let birth = Birth::new();
	let mut genesis = birth.genesis();
	change(&mut genesis);
	birth.register_with(genesis, MIN_BOND)
}

#[test]
fn register_child_fails_without_nodes() {
	on_chain(|| {
		assert_noop!(changed(|genesis| genesis.nodes.clear()), BAD);
	});
}

#[test]
fn register_child_fails_when_any_node_is_missing() {
	on_chain(|| {
		let nodes = Birth::new().genesis().nodes;
		assert!(nodes.len() > 3, "branches and two long values");
		for missing in 0..nodes.len() {
			assert_noop!(changed(|genesis| drop(genesis.nodes.remove(missing))), BAD);
		}
	});
}

#[test]
fn register_child_does_not_take_an_unproven_issuance_for_none() {
	on_chain(|| {
		let birth = Birth::new().issuing(700);
		let genesis =
			birth.proving(vec![keys::code(), keys::grandpa_authorities(), keys::origin()]);
		assert_eq!(genesis.chain_id(), birth.id());
		assert_noop!(birth.register_with(genesis, MIN_BOND), BAD);
	});
}

#[test]
fn register_child_fails_when_a_node_comes_twice() {
	on_chain(|| {
		for again in 0..Birth::new().genesis().nodes.len() {
			let double = changed(|genesis| genesis.nodes.push(genesis.nodes[again].clone()));
			assert_noop!(double, BAD);
		}
	});
}

#[test]
fn register_child_fails_when_a_node_is_not_needed() {
	on_chain(|| {
		assert_noop!(changed(|genesis| genesis.nodes.push(vec![1, 2, 3])), BAD);
		let birth = Birth::new();
		let mut keys = keys::genesis_proof_keys();
		keys.push(keys::value("ChainRegistry", "Clients"));
		keys.push(keys::value("System", "LastRuntimeUpgrade"));
		let nodes = birth.proving(keys).nodes;
		assert!(nodes.len() > birth.genesis().nodes.len());
		assert_noop!(changed(|genesis| genesis.nodes = nodes), BAD);
	});
}

#[test]
fn register_child_fails_when_the_root_is_another_one() {
	on_chain(|| {
		assert_noop!(changed(|genesis| genesis.state_root = H256::repeat_byte(3)), BAD);
		let other = Birth::new().issuing(1).genesis().state_root;
		assert_noop!(changed(|genesis| genesis.state_root = other), BAD);
	});
}

#[test]
fn register_child_fails_when_a_node_is_garbage() {
	on_chain(|| {
		for (at, node) in Birth::new().genesis().nodes.into_iter().enumerate() {
			let cut = node[..node.len() / 2].to_vec();
			assert_noop!(changed(|genesis| genesis.nodes[at] = cut), BAD);
			let mut flipped = node;
			flipped[0] ^= 1;
			assert_noop!(changed(|genesis| genesis.nodes[at] = flipped), BAD);
		}
		assert_noop!(changed(|genesis| genesis.nodes.push(vec![])), BAD);
	});
}

#[test]
fn register_child_fails_when_a_value_is_missing_or_malformed() {
	on_chain(|| {
		for key in [keys::grandpa_authorities(), keys::origin()] {
			assert_noop!(Birth::new().clear(key).register(), BAD);
		}
		let members = list(&accounts(20..24));
		let long = Birth::new().put(keys::grandpa_authorities(), (&members, 0u8));
		assert_noop!(long.register(), BAD);
		let origin = Birth::new().says();
		assert_noop!(Birth::new().put(keys::origin(), (origin, 0u8)).register(), BAD);
		assert_noop!(Birth::new().put(keys::total_issuance(), 5u64).register(), BAD);
		assert_noop!(Birth::new().put(keys::total_issuance(), (5u128, 0u8)).register(), BAD);
	});
}

#[test]
fn register_child_fails_when_the_proof_is_too_large() {
	on_chain(|| {
		let many = limits::MAX_PROOF_NODES as usize + 1;
		assert_noop!(changed(|genesis| genesis.nodes = vec![vec![0]; many]), LARGE);
		let long = limits::MAX_PROOF_BYTES as usize + 1;
		assert_noop!(changed(|genesis| genesis.nodes = vec![vec![0; long]]), LARGE);
		let fits = limits::MAX_PROOF_BYTES as usize;
		assert_noop!(changed(|genesis| genesis.nodes = vec![vec![0; fits]]), BAD);
	});
}

#[test]
fn the_genesis_state_holds_what_is_proven_under_the_keys_of_the_protocol() {
	let storage = TestExt::new().storage();
	assert!(storage.top.contains_key(&keys::origin()));
	assert_eq!(keys::origin(), Origin::<Test>::hashed_key());
	assert_eq!(keys::total_issuance(), pallet_balances::TotalIssuance::<Test>::hashed_key());
}
