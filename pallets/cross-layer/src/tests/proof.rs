// SPDX-License-Identifier: Apache-2.0
//! State proofs that do not prove the lane, and finality that is none.
use super::*;
use terrace_layers::Header;

/// Three heartbeats are on their way up; returns the call that would bring them.
fn three_up(world: &mut World) -> Relay {
	send_up(world, 3);
	world.up(LaneId::STORAGE)
}

/// Applies `spoil` to a call that is good without it, and asserts that it is refused with `error`.
fn refused_when(error: Error<Test>, spoil: impl FnOnce(&mut World, &mut Relay)) {
	World::build_and_execute(|world| {
		let good = three_up(world);
		let mut spoilt = good.clone();
		spoil(world, &mut spoilt);
		refuse(&mut world.main, &spoilt, error);
		assert_ok!(world.main.run(|| good.submit()));
		assert_eq!(world.main.received(), heartbeats(1..=3));
	});
}

/// Index of the node that hashes to the root.
fn root_index(relay: &Relay) -> usize {
	let root = relay.finality.as_ref().expect("relays bring finality").header.state_root;
	let is_root = |node: &Vec<u8>| H256(sp_io::hashing::blake2_256(node)) == root;
	relay.proof.iter().position(is_root).expect("the root is part of the proof")
}

/// Case 31.
#[test]
fn relay_fails_under_wrong_root() {
	World::build_and_execute(|world| {
		let before = world.contract.seal();
		let relay = three_up(world);
		world.main.run(|| {
			change_neighbour(CONTRACT, |known| {
				known.roots.push((before.header.number, before.header.state_root));
			});
		});
		let at = before.header.number;
		refuse(&mut world.main, &Relay { at, ..relay }, Error::BadStateProof);
	});
}

/// Case 32.
#[test]
fn relay_fails_without_root_node() {
	refused_when(Error::BadStateProof, |_, relay| {
		relay.proof.remove(root_index(relay));
	});
}

/// Case 33.
#[test]
fn relay_fails_without_value_node() {
	refused_when(Error::BadStateProof, |world, relay| {
		let value = world.contract.lane(LaneId::STORAGE).encode();
		let index = relay.proof.iter().position(|node| *node == value);
		relay.proof.remove(index.expect("the record is a node of its own"));
	});
}

#[test]
fn relay_fails_without_any_one_node() {
	World::build_and_execute(|world| {
		let good = three_up(world);
		for missing in 0..good.proof.len() {
			let mut spoilt = good.clone();
			spoilt.proof.remove(missing);
			refuse(&mut world.main, &spoilt, Error::BadStateProof);
		}
	});
}

/// Case 34.
#[test]
fn relay_fails_with_duplicate_node() {
	refused_when(Error::BadStateProof, |_, relay| relay.proof.push(relay.proof[0].clone()));
}

/// Case 35.
#[test]
fn relay_fails_with_unused_node() {
	refused_when(Error::BadStateProof, |world, relay| {
		let sealed = world.contract.seal();
		let other = sealed.prove(&[keys::lane(MAIN, LaneId::MONEY)]);
		let unused = other.into_iter().find(|node| !relay.proof.contains(node));
		relay.proof.push(unused.expect("another lane needs another node"));
	});
}

/// Case 36.
#[test]
fn relay_fails_with_node_of_another_state() {
	World::build_and_execute(|world| {
		let before = world.contract.seal().prove(&[keys::lane(MAIN, LaneId::STORAGE)]);
		let good = three_up(world);
		let foreign = before.into_iter().find(|node| !good.proof.contains(node));
		let foreign = foreign.expect("the state has changed");
		for index in 0..good.proof.len() {
			let mut spoilt = good.clone();
			spoilt.proof[index] = foreign.clone();
			refuse(&mut world.main, &spoilt, Error::BadStateProof);
		}
	});
}

/// Case 37.
#[test]
fn relay_fails_with_empty_proof() {
	refused_when(Error::BadStateProof, |_, relay| relay.proof.clear());
}

/// Case 38.
#[test]
fn relay_fails_with_mangled_node() {
	World::build_and_execute(|world| {
		let good = three_up(world);
		for (index, node) in good.proof.iter().enumerate() {
			let (half, flipped) = (node.len() / 2, !node[0]);
			let longer = [&node[..], &[0]].concat();
			let other_kind = [&[flipped][..], &node[1..]].concat();
			for mangled in [vec![], node[..half].to_vec(), longer, other_kind, vec![0xFF; 600]] {
				let mut spoilt = good.clone();
				spoilt.proof[index] = mangled;
				refuse(&mut world.main, &spoilt, Error::BadStateProof);
			}
		}
	});
}

#[test]
fn relay_fails_when_root_node_is_garbage() {
	// The root is whatever a neighbour's validators finalise: here the hash of no node at all.
	World::build_and_execute(|world| {
		let garbage = vec![0xFF; 40];
		let root = H256(sp_io::hashing::blake2_256(&garbage));
		let relay = three_up(world);
		world.main.run(|| change_neighbour(CONTRACT, |known| known.roots.push((99, root))));
		let relay = Relay { at: 99, finality: None, proof: vec![garbage], ..relay };
		refuse(&mut world.main, &relay, Error::BadStateProof);
	});
}

/// Case 39.
#[test]
fn relay_fails_when_record_has_trailing_byte() {
	World::build_and_execute(|world| {
		send_up(world, 1);
		let key = keys::lane(MAIN, LaneId::STORAGE);
		let right = world.contract.lane(LaneId::STORAGE);
		let longer = [right.encode(), vec![0]].concat();
		world.contract.run(|| sp_io::storage::set(&key, &longer));
		let relay = world.up(LaneId::STORAGE);
		refuse(&mut world.main, &relay, Error::LaneMismatch);
		world.contract.run(|| sp_io::storage::set(&key, &right.encode()));
	});
}

#[test]
fn relay_fails_when_record_is_of_another_version() {
	World::build_and_execute(|world| {
		send_up(world, 1);
		let right = world.contract.lane(LaneId::STORAGE);
		let key = (MAIN, LaneId::STORAGE);
		let other = LaneState { version: LaneState::VERSION + 2, ..right.clone() };
		world.contract.run(|| Lanes::<Test>::insert(key, other));
		let relay = world.up(LaneId::STORAGE);
		refuse(&mut world.main, &relay, Error::LaneMismatch);
		world.contract.run(|| Lanes::<Test>::insert(key, right));
	});
}

#[test]
fn relay_reads_the_record_of_a_neighbour_that_upgraded_first() {
	World::build_and_execute(|world| {
		send_up(world, 1);
		let right = world.contract.lane(LaneId::STORAGE);
		let key = Lanes::<Test>::hashed_key_for((MAIN, LaneId::STORAGE));
		let next = LaneState { version: LaneState::VERSION + 1, ..right.clone() };
		let appended = [next.encode(), vec![7; 40]].concat();
		world.contract.run(|| sp_io::storage::set(&key, &appended));
		let relay = world.up(LaneId::STORAGE);
		world.contract.run(|| sp_io::storage::set(&key, &right.encode()));
		assert_ok!(world.main.run(|| relay.submit()));
		assert_eq!(world.main.received(), heartbeats([1]));
	});
}

/// Case 40.
#[test]
fn relay_fails_when_lane_is_proven_absent() {
	World::build_and_execute(|world| {
		let right = world.contract.lane(LaneId::STORAGE);
		let key = (MAIN, LaneId::STORAGE);
		world.contract.run(|| Lanes::<Test>::remove(key));
		let relay = world.up(LaneId::STORAGE);
		world.contract.run(|| Lanes::<Test>::insert(key, right));
		refuse(&mut world.main, &relay, Error::LaneAbsent);
	});
}

/// Case 41.
#[test]
fn relay_fails_when_header_is_not_known() {
	refused_when(Error::HeaderUnknown, |_, relay| relay.finality = None);
	refused_when(Error::HeaderUnknown, |_, relay| relay.at += 1);
	World::build_and_execute(|world| {
		let relay = three_up(world);
		let finality = relay.finality.clone().expect("relays bring finality");
		world.main.run(|| {
			use terrace_layers::FinalityClients;
			assert_ok!(Registry::import(&CONTRACT, &finality));
			// So many newer headers came that this one is kept no more.
			change_neighbour(CONTRACT, |known| known.roots.clear());
		});
		let late = Relay { finality: None, ..relay };
		refuse(&mut world.main, &late, Error::HeaderUnknown);
	});
}

/// Case 42.
#[test]
fn relay_fails_under_header_of_another_chain() {
	World::build_and_execute(|world| {
		let relay = three_up(world);
		let root = relay.finality.as_ref().expect("relays bring finality").header.state_root;
		world.main.run(|| {
			add_neighbour(OTHER, Relation::Child);
			change_neighbour(OTHER, |known| known.roots.push((relay.at, root)));
			crate::Pallet::<Test>::open_lanes(OTHER).expect("a new neighbour");
		});
		// A root belongs to the chain it was proven for: it does not serve another one, ...
		let without = Relay { finality: None, ..relay.clone() };
		refuse(&mut world.main, &without, Error::HeaderUnknown);
		// ... and a state is of the chain that it says it is of.
		let as_other = Relay { chain: OTHER, ..without };
		refuse(&mut world.main, &as_other, Error::LaneMismatch);
	});
}

#[test]
fn relay_takes_block_that_was_proven_before() {
	World::build_and_execute(|world| {
		let relay = three_up(world);
		let finality = relay.finality.clone().expect("relays bring finality");
		world.main.run(|| {
			use terrace_layers::FinalityClients;
			assert_ok!(Registry::import(&CONTRACT, &finality));
			assert_ok!(Relay { finality: None, ..relay }.submit());
		});
		assert_eq!(world.main.received(), heartbeats(1..=3));
	});
}

#[test]
fn relay_takes_older_block_than_its_finality_proof() {
	World::build_and_execute(|world| {
		let first = three_up(world);
		assert_ok!(world.main.run(|| first.clone().cut(1).submit()));
		let (at, proof) = (first.at, first.proof.clone());
		let newer = world.up(LaneId::STORAGE);
		assert_ok!(world.main.run(|| Relay { at, proof, ..newer }.submit()));
		assert_eq!(world.main.received(), heartbeats(1..=3));
	});
}

/// Asserts that a finality proof changed by `spoil` is refused and imports nothing.
fn refused_with_finality(spoil: impl FnOnce(&mut terrace_layers::FinalityProof)) {
	World::build_and_execute(|world| {
		let mut relay = three_up(world);
		spoil(relay.finality.as_mut().expect("relays bring finality"));
		world.main.run(|| {
			assert!(relay.authorize().is_err());
			assert_noop!(relay.submit(), DispatchError::Other("justification is wrong"));
		});
		assert_eq!(world.main.received(), []);
	});
}

#[test]
fn relay_fails_when_finality_is_not_proven() {
	refused_with_finality(|finality| {
		finality.justification.commit.precommits.pop();
	});
	refused_with_finality(|finality| {
		let mut header: Header = finality.header.clone();
		header.state_root = H256::repeat_byte(1);
		finality.header = header;
	});
}

#[test]
fn relay_that_fails_imports_no_finality() {
	World::build_and_execute(|world| {
		let mut relay = three_up(world);
		relay.messages[0][1] ^= 1;
		refuse(&mut world.main, &relay, Error::WrongHead);
		use terrace_layers::Neighbours;
		assert_eq!(world.main.run(|| Registry::best_number(&CONTRACT)), Some(0));
	});
}

#[test]
fn relay_fails_when_proof_is_too_large() {
	refused_when(Error::ProofTooLarge, |_, relay| {
		relay.proof = (0..=limits::MAX_PROOF_NODES).map(|node| node.encode()).collect();
	});
	refused_when(Error::ProofTooLarge, |_, relay| {
		relay.proof = vec![vec![0; limits::MAX_PROOF_BYTES as usize + 1]];
	});
}
