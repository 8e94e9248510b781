// SPDX-License-Identifier: Apache-2.0
//! What other pallets are told of neighbours.
use super::*;
use frame_support::assert_storage_noop;
use terrace_layers::{FinalityClients, Imported};

type Registry = Pallet<Test>;

fn set(chain: ChainId, status: NeighbourStatus) {
	assert_ok!(set_to(chain, status));
}

#[test]
fn neighbours_are_known_by_what_they_are() {
	following(&accounts(0..4)).build_and_execute(|| {
		let birth = Birth::new();
		assert_ok!(birth.register());
		let child = birth.id();
		assert_eq!(<Registry as Neighbours>::this(), OWN);
		assert_eq!(<Registry as Neighbours>::layer(), Layer::Contract);
		assert_eq!(<Registry as Neighbours>::parent(), Some(PEER));
		assert_eq!(<Registry as Neighbours>::children(), [child]);
		let relation = <Registry as Neighbours>::relation;
		assert_eq!(relation(&PEER), Some(Relation::Parent));
		assert_eq!(relation(&child), Some(Relation::Child));
		assert_eq!(relation(&STRANGER), None);
		let origin = <Registry as Neighbours>::origin_of;
		assert_eq!(origin(&child), Some(birth.says()));
		assert_eq!((origin(&PEER), origin(&STRANGER)), (None, None));
	});
}

#[test]
fn the_owner_of_a_child_is_whose_bond_backs_it() {
	following(&accounts(0..4)).build_and_execute(|| {
		let owner = <Registry as Neighbours>::owner_of;
		let birth = Birth::new();
		assert_eq!(owner(&birth.id()), None, "not registered yet");
		let child = registered();
		assert_eq!(owner(&child), Some(BOB));
		assert_eq!((owner(&PEER), owner(&STRANGER)), (None, None));
		for status in [NeighbourStatus::Halted, NeighbourStatus::Frozen, NeighbourStatus::Closed] {
			set(child, status);
			assert_eq!(owner(&child), Some(BOB), "{status:?}");
		}
		run_to(System::block_number() + EVIDENCE_WINDOW + 1);
		assert_ok!(ChainRegistry::withdraw_bond(RuntimeOrigin::signed(ALICE), child));
		assert_eq!(owner(&child), None, "nothing backs it any more");
	});
}

#[test]
fn only_an_active_neighbour_is_heard() {
	following(&accounts(0..4)).build_and_execute(|| {
		let child = registered();
		let heard = <Registry as Neighbours>::may_receive;
		assert!(!heard(&STRANGER));
		for chain in [PEER, child] {
			assert!(heard(&chain));
			use NeighbourStatus::*;
			for (status, may) in [(Halted, false), (Active, true), (Frozen, false)] {
				set(chain, status);
				assert_eq!(heard(&chain), may, "{status:?}");
			}
		}
		set(child, NeighbourStatus::Active);
		assert_ok!(ChainRegistry::deregister(RuntimeOrigin::root(), child));
		assert!(heard(&child), "what is under way arrives");
		set(child, NeighbourStatus::Closed);
		assert!(!heard(&child));
	});
}

#[test]
fn a_stopped_child_is_still_told_what_repairs_it() {
	following(&accounts(0..4)).build_and_execute(|| {
		let child = registered();
		let told = |chain: &ChainId| {
			LaneId::ALL.map(|lane| <Registry as Neighbours>::may_send(chain, lane))
		};
		assert_eq!(told(&STRANGER), [false; 3]);
		for chain in [PEER, child] {
			assert_eq!(told(&chain), [true; 3]);
		}
		for status in [NeighbourStatus::Halted, NeighbourStatus::Frozen] {
			set(child, status);
			set(PEER, status);
			assert_eq!(told(&child), [true, false, false], "{status:?}");
			assert_eq!(told(&PEER), [false; 3], "{status:?}");
		}
		set(child, NeighbourStatus::Active);
		assert_ok!(ChainRegistry::deregister(RuntimeOrigin::root(), child));
		assert_eq!(told(&child), [true, false, false], "draining");
		set(child, NeighbourStatus::Closed);
		assert_eq!(told(&child), [false; 3]);
	});
}

#[test]
fn state_roots_are_those_of_the_headers_kept() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		let root = |number| <Registry as Neighbours>::state_root(&PEER, number);
		let best = <Registry as Neighbours>::best_number;
		assert_eq!((best(&PEER), best(&STRANGER)), (Some(START), None));
		assert_ok!(submit(finalised(header(START + 4), &members)));
		assert_eq!(best(&PEER), Some(START + 4));
		assert_eq!(root(START), Some(header(START).state_root));
		assert_eq!(root(START + 4), Some(header(START + 4).state_root));
		assert_eq!(root(START + 3), None);
		assert_eq!(<Registry as Neighbours>::state_root(&STRANGER, START), None);
		assert_eq!(<Registry as Neighbours>::incarnation(&PEER), 0);
	});
}

#[test]
fn verify_says_what_import_does_and_writes_nothing() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		let header = header_with(START + 6, [hand_over(list(&members))]);
		let proof = finalised(header, &members);
		let achieved = Imported {
			number: START + 6,
			state_root: proof.header.state_root,
			mandatory: true,
			improved_by: 6,
		};
		assert_storage_noop!({
			assert_eq!(Registry::verify(&PEER, &proof), Ok(achieved));
		});
		assert_eq!(Registry::import(&PEER, &proof), Ok(achieved));
		let obsolete = Err(Error::<Test>::Obsolete.into());
		assert_eq!(Registry::verify(&PEER, &proof), obsolete);
		assert_storage_noop!({
			assert_eq!(Registry::import(&PEER, &proof), obsolete);
		});
	});
}
