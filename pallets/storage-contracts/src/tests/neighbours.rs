// SPDX-License-Identifier: Apache-2.0
//! What happens when chains register.
use super::*;
use terrace_layers::{Blockers, Layer, OnNeighbour};

const NEW: ChainId = ChainId(sp_core::H256::repeat_byte(0xD0));

fn register(relation: Relation, layer: Layer, window_ms: u64) -> DispatchResult {
	StorageContracts::on_registered(NEW, relation, &origin(layer, window_ms))
}

#[test]
fn a_proof_chain_starts_at_window_zero() {
	TestExt::new().build_and_execute(|| {
		run_to(7);
		assert_ok!(register(Relation::Child, Layer::Proof, WINDOW_MS));
		let chain = Chains::<Test>::get(NEW).expect("registered");
		assert_eq!((chain.reported, chain.part), (Window(0), None));
		assert_eq!((chain.applied_at, chain.applied_ms), (7, 7 * BLOCK_MS));
		assert_eq!((chain.sent, chain.applied), (BatchId(0), BatchId(0)));
		assert_eq!(chain.window_ms, WINDOW_MS);
		assert_eq!(last_event(), Event::ProofChainAdded { chain: NEW, window_ms: WINDOW_MS });
	});
}

#[test]
fn a_proof_chain_that_comes_back_goes_on_where_it_left() {
	TestExt::new().build_and_execute(|| {
		assert_ok!(register(Relation::Child, Layer::Proof, WINDOW_MS));
		Chains::<Test>::mutate(NEW, |chain| {
			chain.as_mut().expect("registered").reported = Window(7);
		});
		assert_ok!(register(Relation::Child, Layer::Proof, WINDOW_MS));
		assert_eq!(Chains::<Test>::get(NEW).expect("registered").reported, Window(7));
	});
}

#[test]
fn a_proof_chain_with_contracts_cannot_leave() {
	TestExt::new().build_and_execute(|| {
		assert_eq!(StorageContracts::blockers(&P), Blockers::NONE);
		let id = contract(ALICE, BOB, 1);
		assert_eq!(StorageContracts::blockers(&P), Blockers::CONTRACTS);
		assert_eq!(StorageContracts::blockers(&NEW), Blockers::NONE);
		run(1);
		clean_windows(4);
		assert_ok!(StorageContracts::close(by(ALICE), id));
		assert_eq!(StorageContracts::blockers(&P), Blockers::NONE);
	});
}

#[test]
fn windows_must_leave_time_for_their_reports() {
	TestExt::new().build_and_execute(|| {
		let least = Pallet::<Test>::worst_report_ms();
		assert!(least > 0 && least < WINDOW_MS);
		for window_ms in [0, least] {
			assert_noop!(
				register(Relation::Child, Layer::Proof, window_ms),
				Error::<Test>::WindowTooShort
			);
		}
		assert_ok!(register(Relation::Child, Layer::Proof, least + 1));
	});
}

#[test]
fn other_neighbours_are_none_of_its_business() {
	TestExt::new().build_and_execute(|| {
		for (relation, layer) in [
			(Relation::Parent, Layer::Main),
			(Relation::Parent, Layer::Proof),
			(Relation::Child, Layer::Contract),
		] {
			assert_ok!(register(relation, layer, WINDOW_MS));
			assert_eq!(Chains::<Test>::get(NEW), None);
		}
	});
}
