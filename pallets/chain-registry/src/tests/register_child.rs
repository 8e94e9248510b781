// SPDX-License-Identifier: Apache-2.0
//! Registration: who registers, who is a child, what it costs.
use super::*;

#[test]
fn register_child_follows_the_chain_from_its_genesis() {
	TestExt::new().build_and_execute(|| {
		run_to(5);
		let birth = Birth::new();
		let (chain, genesis) = (birth.id(), birth.genesis());
		assert_eq!(chain.0, genesis_header(genesis.state_root).hash());
		assert_ok!(birth.register_with(genesis.clone(), MIN_BOND + 5));

		let followed = client(chain);
		assert_eq!(followed.relation, Relation::Child);
		assert_eq!(followed.layer, Layer::Proof);
		assert_eq!(followed.status, NeighbourStatus::Active);
		assert_eq!(followed.best, Best { number: 0, hash: chain.0 });
		assert_eq!((followed.set_id, followed.incarnation), (0, 0));
		assert_eq!(followed.last_progress_at, 5);
		let placed = MIN_BOND + 5;
		assert_eq!(followed.bond, Some(Bond { who: BOB, placed, left: placed }));
		assert_eq!((followed.closed_at, followed.forked), (None, false));
		assert_eq!(followed.origin, Some(birth.says()));
		assert_eq!(CurrentAuthorities::<Test>::get(chain), Some(set(&accounts(20..24))));
		assert_eq!(ChainRegistry::state_root(&chain, 0), Some(genesis.state_root));
		assert_eq!(Children::<Test>::get().into_inner(), [chain]);
		assert_eq!(bonded(BOB), MIN_BOND + 5);
		assert_eq!(told(), [(chain, Relation::Child, birth.says())]);
		assert_eq!(locked(), [(chain, 0)], "it issued nothing");
		assert_eq!(
			events(),
			[Event::ChildRegistered { chain, registrant: BOB, bond: placed, incarnation: 0 }]
		);
	});
}

#[test]
fn register_child_takes_headers_of_the_child_from_then_on() {
	TestExt::new().build_and_execute(|| {
		let (chain, members) = (registered(), accounts(20..24));
		let first = signed(header_of(chain, 1), 0, quorum(&members));
		assert_ok!(submit_for(chain, first.clone()));
		assert_eq!(client(chain).best, Best { number: 1, hash: first.header.hash() });
		assert_eq!(ChainRegistry::state_root(&chain, 1), Some(first.header.state_root));
	});
}

#[test]
fn register_child_needs_the_register_origin() {
	TestExt::new().build_and_execute(|| {
		let birth = Birth::new();
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				ChainRegistry::register_child(
					origin,
					birth.genesis(),
					Box::new(birth.anchor.header.clone()),
					birth.anchor.proof.clone(),
					birth.possession(),
					MIN_BOND,
				),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn register_child_fails_when_the_layer_is_not_the_next_one() {
	TestExt::new().build_and_execute(|| {
		for layer in [Layer::Main, Layer::Contract] {
			let birth = Birth::new().saying(|origin| origin.layer = layer);
			assert_noop!(birth.register(), Error::<Test>::WrongLayer);
		}
	});
}

#[test]
fn register_child_fails_on_a_layer_without_children() {
	TestExt::new().layer(Layer::Proof).build_and_execute(|| {
		let birth = Birth::new();
		assert_noop!(birth.register(), Error::<Test>::WrongLayer);
	});
}

#[test]
fn register_child_fails_when_the_parent_is_another_chain() {
	TestExt::new().build_and_execute(|| {
		let change = |change: fn(&mut Checkpoint)| {
			Birth::new().saying(|origin| origin.parent.iter_mut().for_each(change))
		};
		let stranger = change(|checkpoint| checkpoint.chain = STRANGER);
		assert_noop!(stranger.register(), Error::<Test>::WrongParent);
		let other_layer = change(|checkpoint| checkpoint.layer = Layer::Main);
		assert_noop!(other_layer.register(), Error::<Test>::WrongParent);
		let orphan = Birth::new().saying(|origin| origin.parent = None);
		assert_noop!(orphan.register(), Error::<Test>::WrongParent);
	});
}

#[test]
fn register_child_fails_when_the_chain_is_registered() {
	TestExt::new().build_and_execute(|| {
		let birth = Birth::new();
		assert_ok!(birth.register());
		assert_noop!(birth.register(), Error::<Test>::AlreadyExists);
		assert_ok!(ChainRegistry::set_status(
			RuntimeOrigin::root(),
			birth.id(),
			NeighbourStatus::Closed
		));
		assert_noop!(birth.register(), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn register_child_fails_when_the_chain_is_this_one_or_its_parent() {
	TestExt::new().build_and_execute(|| {
		let birth = Birth::new();
		frame_system::BlockHash::<Test>::insert(0, birth.id().0);
		assert_noop!(birth.register(), Error::<Test>::AlreadyExists);
	});
	let birth = TestExt::new().build_and_execute(Birth::new);
	let mut parent = Anchor::new(2).checkpoint;
	(parent.chain, parent.layer) = (birth.id(), Layer::Main);
	TestExt::new().parent(parent).build_and_execute(|| {
		assert_noop!(birth.register(), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn register_child_fails_when_the_bond_is_too_low() {
	TestExt::new().build_and_execute(|| {
		let birth = Birth::new();
		let genesis = birth.genesis();
		assert_noop!(birth.register_with(genesis.clone(), MIN_BOND - 1), Error::<Test>::BondTooLow);
		assert_noop!(
			birth.register_with(genesis, FUNDS + 1),
			sp_runtime::TokenError::FundsUnavailable
		);
	});
}

#[test]
fn register_child_backs_what_the_genesis_issued() {
	TestExt::new().build_and_execute(|| {
		let birth = Birth::new().issuing(700);
		assert_ok!(birth.register());
		assert_eq!(locked(), [(birth.id(), 700)]);
		assert_eq!(Balances::free_balance(BOB), FUNDS - MIN_BOND - 700);
		assert_eq!(Balances::free_balance(VAULT), ED + 700);
	});
}

#[test]
fn register_child_counts_real_balances_of_the_genesis() {
	TestExt::new().build_and_execute(|| {
		let anchor = Anchor::new(2).laid();
		let storage = TestExt::new()
			.layer(Layer::Proof)
			.parent(anchor.checkpoint.clone())
			.authorities(list(&accounts(20..24)))
			.balances(vec![(ALICE, 300), (BOB, 44)])
			.storage();
		let birth = Birth { storage, ..Birth::from(anchor) };
		assert_ok!(birth.register());
		assert_eq!(locked(), [(birth.id(), 344)]);
	});
}

#[test]
fn register_child_takes_a_missing_issuance_for_none() {
	TestExt::new().build_and_execute(|| {
		let birth = Birth::new().clear(keys::total_issuance());
		assert_ok!(birth.register());
		assert_eq!(locked(), [(birth.id(), 0)]);
	});
}

#[test]
fn register_child_fails_when_the_issuance_cannot_be_backed() {
	TestExt::new().build_and_execute(|| {
		let birth = Birth::new().issuing(FUNDS);
		let failed = birth.register();
		assert!(matches!(failed, Err(DispatchError::Token(_))), "{failed:?}");
		assert_noop!(birth.register(), failed.unwrap_err());
	});
}

#[test]
fn register_child_fails_when_those_who_are_told_refuse() {
	TestExt::new().build_and_execute(|| {
		let birth = Birth::new().issuing(700);
		Refuse::set(true);
		assert_noop!(birth.register(), DispatchError::Other("refused"));
		Refuse::set(false);
		assert_ok!(birth.register());
	});
}

#[test]
fn register_child_fails_when_no_further_child_fits() {
	TestExt::new().balances(vec![(BOB, FUNDS), (TREASURY, ED)]).build_and_execute(|| {
		let birth = |number: u32| Birth::new().saying(|o| o.window_ms = u64::from(number));
		for number in 0..limits::MAX_CHILDREN {
			assert_ok!(birth(number).register());
		}
		assert_eq!(ChainRegistry::children().len(), limits::MAX_CHILDREN as usize);
		let one_more = birth(limits::MAX_CHILDREN);
		assert_noop!(one_more.register(), Error::<Test>::TooManyChildren);
	});
}
