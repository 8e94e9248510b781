// SPDX-License-Identifier: Apache-2.0
//! Code that children may start with.
use super::*;
use sp_runtime::BuildStorage;

const HASH: H256 = H256::repeat_byte(0x5A);

fn approve(hash: H256) -> DispatchResult {
	ChainRegistry::approve_code(RuntimeOrigin::root(), Layer::Proof, hash)
}

fn revoke(hash: H256) -> DispatchResult {
	ChainRegistry::revoke_code(RuntimeOrigin::root(), Layer::Proof, hash)
}

#[test]
fn approve_code_lets_children_start_with_it() {
	TestExt::new().approved(vec![]).build_and_execute(|| {
		let birth = Birth::new();
		assert_noop!(birth.register(), Error::<Test>::CodeNotApproved);
		assert_ok!(approve(code_hash()));
		let event = Event::CodeApproved { layer: Layer::Proof, hash: code_hash() };
		assert_eq!(events(), [event]);
		assert_ok!(approve(code_hash()));
		assert_eq!(ApprovedCode::<Test>::count(), 1);
		assert_ok!(birth.register());
	});
}

#[test]
fn code_approved_for_another_layer_is_none() {
	let other = vec![(Layer::Contract, code_hash()), (Layer::Main, code_hash())];
	TestExt::new().approved(other).build_and_execute(|| {
		let birth = Birth::new();
		assert_noop!(birth.register(), Error::<Test>::CodeNotApproved);
	});
}

#[test]
fn other_code_is_not_approved() {
	TestExt::new().build_and_execute(|| {
		let mut birth = Birth::new();
		birth.storage.top.insert(keys::code(), [CODE, &[0]].concat());
		assert_noop!(birth.register(), Error::<Test>::CodeNotApproved);
		birth.storage.top.insert(keys::code(), vec![1]);
		assert_noop!(birth.register(), Error::<Test>::CodeNotApproved);
		birth.storage.top.insert(keys::code(), CODE.to_vec());
		assert_ok!(birth.register());
	});
}

#[test]
fn the_code_itself_is_not_part_of_the_proof() {
	TestExt::new().build_and_execute(|| {
		let birth = Birth::new();
		let mut genesis = birth.genesis();
		assert!(!genesis.nodes.iter().any(|node| node == CODE));
		genesis.nodes.push(CODE.to_vec());
		assert_noop!(birth.register_with(genesis, MIN_BOND), Error::<Test>::BadStateProof);
	});
}

#[test]
fn the_path_to_the_code_is_part_of_the_proof() {
	TestExt::new().build_and_execute(|| {
		let birth = Birth::new();
		let without = birth.proving(keys::genesis_proof_keys().split_off(1));
		assert!(without.nodes.len() < birth.genesis().nodes.len());
		assert_noop!(birth.register_with(without, MIN_BOND), Error::<Test>::BadStateProof);
	});
}

#[test]
fn approve_code_needs_the_admin_origin() {
	TestExt::new().build_and_execute(|| {
		for origin in [RuntimeOrigin::signed(BOB), RuntimeOrigin::none()] {
			let approved = ChainRegistry::approve_code(origin.clone(), Layer::Proof, HASH);
			assert_noop!(approved, DispatchError::BadOrigin);
			let revoked = ChainRegistry::revoke_code(origin, Layer::Proof, code_hash());
			assert_noop!(revoked, DispatchError::BadOrigin);
		}
	});
}

#[test]
fn approve_code_fails_when_no_further_hash_fits() {
	TestExt::new().build_and_execute(|| {
		for byte in 1..MAX_APPROVED as u8 {
			assert_ok!(approve(H256::repeat_byte(byte)));
		}
		assert_noop!(approve(HASH), Error::<Test>::TooManyApproved);
		assert_ok!(approve(code_hash()));
		assert_ok!(revoke(code_hash()));
		assert_ok!(approve(HASH));
	});
}

#[test]
fn revoke_code_stops_further_children_only() {
	TestExt::new().build_and_execute(|| {
		let chain = registered();
		assert_ok!(revoke(code_hash()));
		let event = Event::CodeRevoked { layer: Layer::Proof, hash: code_hash() };
		assert_eq!(events().pop(), Some(event));
		let another = Birth::new().issuing(1);
		assert_noop!(another.register(), Error::<Test>::CodeNotApproved);
		let header = signed(header_of(chain, 1), 0, quorum(&accounts(20..24)));
		assert_ok!(submit_for(chain, header));
		assert_noop!(revoke(code_hash()), Error::<Test>::CodeNotApproved);
	});
}

#[test]
#[should_panic(expected = "4 hashes of code are more than 3")]
fn a_genesis_with_too_much_code_does_not_build() {
	let approved_code = (0..4).map(|byte| (Layer::Proof, H256::repeat_byte(byte))).collect();
	let genesis = GenesisConfig::<Test> { approved_code, ..Default::default() };
	drop(genesis.build_storage());
}
