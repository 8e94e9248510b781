// SPDX-License-Identifier: Apache-2.0
//! What the runtime API answers.
use super::*;
use terrace_layers::{views::NeighbourView, Blockers};

#[test]
fn this_chain_is_named_with_its_layer() {
	TestExt::new().layer(Layer::Proof).build_and_execute(|| {
		assert_eq!(ChainRegistry::this_chain(), (OWN, Layer::Proof));
	});
}

#[test]
fn neighbours_come_parent_first() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		run_to(3);
		let child = registered();
		run_to(4);
		let header = header_with(START + 2, [hand_over(list(&members))]);
		assert_ok!(submit(finalised(header.clone(), &members)));
		Blocking::set(Blockers::TOKENS);
		let parent = NeighbourView {
			chain: PEER,
			relation: Relation::Parent,
			layer: Layer::Main,
			status: NeighbourStatus::Active,
			best_number: START + 2,
			best_hash: header.hash(),
			set_id: SET + 1,
			last_progress_at: 4,
			incarnation: 0,
			bond: 0,
			closed_at: None,
			expires_at: 4 + MAX_STALENESS + 1,
			blockers: Blockers::TOKENS,
		};
		let below = NeighbourView {
			chain: child,
			relation: Relation::Child,
			layer: Layer::Proof,
			status: NeighbourStatus::Active,
			best_number: 0,
			best_hash: child.0,
			set_id: 0,
			last_progress_at: 3,
			incarnation: 0,
			bond: MIN_BOND,
			closed_at: None,
			expires_at: 3 + MAX_STALENESS + 1,
			blockers: Blockers::TOKENS,
		};
		assert_eq!(ChainRegistry::neighbours(), [parent.clone(), below.clone()]);
		assert_eq!(ChainRegistry::neighbour(&PEER), Some(parent));
		assert_eq!(ChainRegistry::neighbour(&child), Some(below));
		assert_eq!(ChainRegistry::neighbour(&STRANGER), None);
	});
}

#[test]
fn an_overdue_neighbour_is_shown_as_expired_and_a_closed_one_as_closed() {
	TestExt::new().build_and_execute(|| {
		let child = registered();
		let shown = || ChainRegistry::neighbour(&child).expect("it is known");
		run_to(shown().expires_at - 1);
		assert_eq!(shown().status, NeighbourStatus::Active);
		run_to(shown().expires_at);
		assert_eq!(shown().status, NeighbourStatus::Expired);
		assert_ok!(set_to(child, NeighbourStatus::Closed));
		let closed_at = Some(System::block_number());
		assert_eq!((shown().status, shown().closed_at), (NeighbourStatus::Closed, closed_at));
		assert_eq!(ChainRegistry::neighbours(), []);
	});
}
