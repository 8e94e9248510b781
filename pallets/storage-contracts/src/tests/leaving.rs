// SPDX-License-Identifier: Apache-2.0
//! What a provider that leaves is told.
use super::*;
use terrace_layers::views::Obstacle;

fn contracts_left() -> Vec<terrace_layers::views::ContractLeft> {
	StorageContracts::contracts_left(BOB)
}

#[test]
fn contracts_left_say_what_giving_them_up_costs_and_what_keeps_them_open() {
	TestExt::new().build_and_execute(|| {
		assert_eq!(contracts_left(), vec![]);
		let id = contract(ALICE, BOB, 40);
		// Neither proposals nor contracts in which it is the client keep a provider.
		propose(CAROL, BOB, 10);
		contract(BOB, DAVE, 10);
		run(1);
		clean_windows(5);
		let root = || sp_io::storage::root(sp_core::storage::StateVersion::V1);
		let before = root();
		let left = contracts_left();
		assert_eq!(before, root(), "looking changes nothing");
		let (reported, end) = (Window(5), Window(42));
		assert_eq!((left.len(), left[0].id, left[0].end), (1, id, end));
		assert_eq!(left[0].obstacles, vec![Obstacle::NotEnded { reported, end }]);
		// What it says is what it costs.
		let held = || MockProviderOf::get(BOB).expect("registered").collateral;
		let (fee, stake) = (left[0].fee.expect("it runs for long"), held());
		assert_ok!(StorageContracts::terminate(by(BOB), id));
		assert_eq!(stake - held(), fee);
		assert_eq!(contracts_left()[0].fee, None, "it ends by then anyway");
		clean_until(leg(id).end);
		assert_eq!(contracts_left()[0].obstacles, vec![]);
		close(id);
		assert_eq!(contracts_left(), vec![]);
	});
}

#[test]
fn penalties_left_are_faults_and_outages_that_are_not_final() {
	TestExt::new().build_and_execute(|| {
		AppealPeriod::set(10);
		let (id, other) = (contract(ALICE, BOB, 4), contract(ALICE, DAVE, 4));
		run(1);
		let leg = leg_id(id);
		clean_windows(2);
		assert_ok!(Reporter::clean().fault(id).fault(other).send());
		assert_ok!(Reporter::clean().outage(BOB).send());
		clean_until(Window(6));
		let left = || StorageContracts::penalties_left(BOB);
		let seen: Vec<_> = left().iter().map(|left| (left.leg, left.window)).collect();
		assert_eq!(seen, vec![(None, Window(3)), (Some(leg), Window(2))]);
		let (stream, now) = (stream_id(BOB), System::block_number());
		assert!(left().iter().all(|left| (left.stream, left.final_from) == (stream, now + 10)));
		run(10);
		// The fault outlives its contract, and is told of until somebody makes it final.
		assert_ok!(StorageContracts::close(by(STRANGER), id));
		let seen: Vec<_> = left().iter().map(|left| (left.leg, left.window)).collect();
		assert_eq!(seen, vec![(Some(leg), Window(2))]);
		finalise_all();
		assert_eq!(left(), vec![]);
	});
}
