// SPDX-License-Identifier: Apache-2.0
//! What the genesis says.
use super::*;
use serde_json::json;
use sp_runtime::BuildStorage;

fn parent() -> Checkpoint {
	let members = accounts(0..4);
	Checkpoint {
		chain: PEER,
		layer: Layer::Main,
		number: START,
		hash: H256::repeat_byte(1),
		state_root: H256::repeat_byte(2),
		set_id: SET,
		authorities: set(&members),
	}
}

#[test]
fn a_main_chain_has_no_parent() {
	TestExt::new().layer(Layer::Main).build_and_execute(|| {
		let origin = ChainOrigin { layer: Layer::Main, window_ms: 0, parent: None };
		assert_eq!(Origin::<Test>::get(), Some(origin));
		assert_eq!(Parent::<Test>::get(), None);
		assert_eq!(Clients::<Test>::iter().count(), 0);
	});
}

#[test]
fn a_child_follows_its_parent_from_the_checkpoint() {
	TestExt::new().parent(parent()).window_ms(5).build_and_execute(|| {
		let origin = ChainOrigin { layer: Layer::Contract, window_ms: 5, parent: Some(parent()) };
		assert_eq!(Origin::<Test>::get(), Some(origin));
		assert_eq!(Parent::<Test>::get(), Some(PEER));
		let followed = client(PEER);
		assert_eq!(followed.relation, Relation::Parent);
		assert_eq!(followed.layer, Layer::Main);
		assert_eq!(followed.status, NeighbourStatus::Active);
		assert_eq!(followed.best, Best { number: START, hash: H256::repeat_byte(1) });
		assert_eq!(followed.set_id, SET);
		assert_eq!((followed.bond, followed.origin), (None, None));
		assert_eq!(CurrentAuthorities::<Test>::get(PEER), Some(parent().authorities));
		assert_eq!(ChainRegistry::state_root(&PEER, START), Some(H256::repeat_byte(2)));
	});
}

#[test]
fn the_default_is_a_main_chain() {
	let default = GenesisConfig::<Test>::default();
	assert_eq!((default.layer, default.window_ms, default.parent), (Layer::Main, 0, None));
	assert_eq!(default.approved_code, []);
}

#[test]
fn the_genesis_is_read_from_json() {
	let text = json!({ "layer": "contract", "windowMs": 20_000, "parent": parent() });
	assert_eq!(text["parent"]["stateRoot"], json!(H256::repeat_byte(2)));
	assert_eq!(text["parent"]["setId"], json!(SET));
	let read: GenesisConfig<Test> = serde_json::from_value(text).expect("it is well formed");
	assert_eq!(read.parent, Some(parent()));
	let storage = read.build_storage().expect("it builds");
	sp_io::TestExternalities::new(storage).execute_with(|| {
		let origin =
			ChainOrigin { layer: Layer::Contract, window_ms: 20_000, parent: Some(parent()) };
		assert_eq!(Origin::<Test>::get(), Some(origin));
	});
	let unknown = json!({ "layer": "main", "windowMs": 0, "parent": null, "more": 1 });
	assert!(serde_json::from_value::<GenesisConfig<Test>>(unknown).is_err());
}

#[test]
#[should_panic(expected = "the parent has the wrong layer")]
fn a_parent_of_the_wrong_layer_does_not_build() {
	TestExt::new().layer(Layer::Proof).parent(parent()).storage();
}

#[test]
#[should_panic(expected = "the parent has the wrong layer")]
fn a_main_chain_with_a_parent_does_not_build() {
	TestExt::new().layer(Layer::Main).parent(parent()).storage();
}

#[test]
#[should_panic(expected = "not a valid set")]
fn a_parent_without_authorities_does_not_build() {
	let parent = Checkpoint { authorities: Default::default(), ..parent() };
	TestExt::new().parent(parent).storage();
}
