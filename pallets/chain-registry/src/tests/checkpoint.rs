// SPDX-License-Identifier: Apache-2.0
//! Registration: the block of this chain that the child starts from.
use super::*;

const BAD: Error<Test> = Error::<Test>::BadStateProof;
const WRONG: Error<Test> = Error::<Test>::WrongCheckpoint;

/// A child that claims something of the block it starts from.
fn claiming(anchor: Anchor, claim: impl FnOnce(&mut Checkpoint)) -> Birth {
	let checkpoint = anchor.checkpoint.clone();
	Birth::from(anchor).saying(|origin| {
		let claimed = origin.parent.insert(checkpoint);
		claim(claimed);
	})
}

#[test]
fn register_child_fails_when_this_chain_has_no_such_block() {
	TestExt::new().build_and_execute(|| {
		assert_noop!(Birth::from(Anchor::new(2)).register(), WRONG);
		let future = claiming(Anchor::new(2).laid(), |claimed| claimed.number = 500);
		assert_noop!(future.register(), WRONG);
	});
}

#[test]
fn register_child_fails_when_the_block_is_forgotten() {
	TestExt::new().build_and_execute(|| {
		let birth = Birth::new();
		run_to(70);
		assert_noop!(birth.register(), WRONG);
	});
}

#[test]
fn register_child_fails_when_the_block_is_another_one() {
	TestExt::new().build_and_execute(|| {
		let (one, other) = (Anchor::new(2).laid(), Anchor::with(3, &accounts(60..63), Some(4)));
		let hash = other.header.hash();
		assert_noop!(claiming(one, |claimed| claimed.hash = hash).register(), WRONG);

		let mut birth = Birth::new();
		birth.anchor.header = other.laid().header;
		assert_noop!(birth.register(), WRONG);
	});
}

#[test]
fn register_child_fails_when_the_state_root_is_not_that_of_the_block() {
	TestExt::new().build_and_execute(|| {
		let root = H256::repeat_byte(9);
		let birth = claiming(Anchor::new(2).laid(), |claimed| claimed.state_root = root);
		assert_noop!(birth.register(), WRONG);
	});
}

#[test]
fn register_child_fails_when_the_authorities_are_not_those_of_the_block() {
	TestExt::new().build_and_execute(|| {
		let lists = [accounts(50..52), accounts(50..54), accounts(51..54), accounts(0..0)];
		for members in lists {
			let birth = claiming(Anchor::new(2).laid(), |claimed| {
				claimed.authorities = set(&members);
			});
			assert_noop!(birth.register(), WRONG);
		}
		let mut reversed = accounts(50..53);
		reversed.reverse();
		let birth = claiming(Anchor::new(2).laid(), |c| c.authorities = set(&reversed));
		assert_noop!(birth.register(), WRONG);
	});
}

#[test]
fn register_child_fails_when_the_set_id_is_not_that_of_the_block() {
	TestExt::new().build_and_execute(|| {
		for id in [0, 3, 5] {
			let birth = claiming(Anchor::new(2).laid(), |claimed| claimed.set_id = id);
			assert_noop!(birth.register(), WRONG);
		}
	});
}

#[test]
fn register_child_takes_a_missing_set_id_for_the_first() {
	TestExt::new().build_and_execute(|| {
		let anchor = || Anchor::with(2, &accounts(50..53), None).laid();
		let second = claiming(anchor(), |claimed| claimed.set_id = 1);
		assert_noop!(second.register(), WRONG);
		assert_ok!(Birth::from(anchor()).register());
	});
}

#[test]
fn register_child_takes_the_proof_of_the_block_only_whole() {
	TestExt::new().build_and_execute(|| {
		let with =
			|proof| Birth { anchor: Anchor { proof, ..Anchor::new(2).laid() }, ..Birth::new() };
		let proof = Anchor::new(2).laid().proof;
		assert_noop!(with(vec![]).register(), BAD);
		for missing in 0..proof.len() {
			let mut short = proof.clone();
			short.remove(missing);
			assert_noop!(with(short).register(), BAD);
		}
		assert_noop!(with([&proof[..], &proof[..1]].concat()).register(), BAD);
		assert_noop!(with([&proof[..], &[vec![1, 2, 3]]].concat()).register(), BAD);
		let another = Anchor::with(2, &accounts(60..63), Some(4)).proof;
		assert_noop!(with(another).register(), BAD);
		let too_many = vec![vec![0]; limits::MAX_PROOF_NODES as usize + 1];
		assert_noop!(with(too_many).register(), Error::<Test>::TooLarge);
		assert_ok!(with(proof).register());
	});
}

#[test]
fn register_child_takes_a_block_that_this_chain_really_built() {
	let members = accounts(50..53);
	let mut ext =
		sp_io::TestExternalities::new(TestExt::new().authorities(list(&members)).storage());
	ext.execute_with(|| run_to(4));
	let header = ext.execute_with(System::finalize);
	ext.commit_all().expect("no transaction is open");
	let mut state = State(ext);
	assert_eq!(state.root(), *header.state_root());
	let proof = state.prove(keys::checkpoint_proof_keys());
	let checkpoint = Checkpoint {
		chain: OWN,
		layer: Layer::Contract,
		number: 4,
		hash: header.hash(),
		state_root: *header.state_root(),
		set_id: 0,
		authorities: set(&members),
	};
	state.0.execute_with(|| {
		System::initialize(&5, &header.hash(), &Default::default());
		let birth = Birth::from(Anchor { checkpoint, header, proof });
		assert_ok!(birth.register());
		assert_eq!(client(birth.id()).last_progress_at, 5);
		Pallet::<Test>::do_try_state().expect("the invariants hold");
	});
}
