// SPDX-License-Identifier: Apache-2.0
//! What the runtime API answers.
use super::*;
use terrace_layers::views::NeighbourView;

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
		};
		assert_eq!(ChainRegistry::neighbours(), [parent.clone(), below.clone()]);
		assert_eq!(ChainRegistry::neighbour(&PEER), Some(parent));
		assert_eq!(ChainRegistry::neighbour(&child), Some(below));
		assert_eq!(ChainRegistry::neighbour(&STRANGER), None);
	});
}
