// SPDX-License-Identifier: Apache-2.0
use super::*;
use terrace_layers::views::ContractState;

/// Reported, proven, faults, outages, paid, refundable.
fn progress(id: ContractId) -> (u32, u32, u32, u32, Balance, Balance) {
	let view = StorageContracts::contract(id).expect("open");
	assert_eq!(view.paid + view.refundable, view.rate * Balance::from(view.reported));
	(view.reported, view.proven, view.faults, view.outages, view.paid, view.refundable)
}

#[test]
fn contract_shows_a_proposal() {
	TestExt::new().build_and_execute(|| {
		let id = propose(ALICE, BOB, 10);
		let view = StorageContracts::contract(id).expect("proposed");
		assert_eq!((view.id, view.client, view.provider), (id, ALICE, BOB));
		assert_eq!((view.root, view.size, view.proof_chain), (ROOT, MIB, P));
		assert_eq!((view.state, view.leg), (ContractState::Proposed, None));
		assert_eq!((view.rate, view.windows, view.escrow), (UNIT, 10, 10 * UNIT));
		assert_eq!(view.expires_at, 1 + PROPOSAL_LIFETIME);
		assert_eq!((view.start, view.end), (None, None));
		assert_eq!(StorageContracts::contract(ContractId(5)), None);
	});
}

#[test]
fn contract_shows_every_window_as_it_is_reported() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		run(1);
		let view = StorageContracts::contract(id).expect("accepted");
		assert_eq!((view.state, view.leg), (ContractState::Active, Some(leg_id(id))));
		assert_eq!((view.start, view.end), (None, Some(Window(12))));
		assert_eq!(view.collateral, 3 * UNIT);
		clean_windows(2);
		assert_eq!(StorageContracts::contract(id).expect("open").start, Some(Window(2)));
		assert_eq!(progress(id), (0, 0, 0, 0, 0, 0));
		clean_windows(1);
		assert_eq!(progress(id), (1, 1, 0, 0, UNIT, 0));
		assert_ok!(Reporter::clean().fault(id).send());
		assert_eq!(progress(id), (2, 1, 1, 0, UNIT, UNIT));
		assert_ok!(Reporter::clean().outage(BOB).send());
		assert_eq!(progress(id), (3, 1, 1, 1, UNIT, 2 * UNIT));
		// What a report in progress says is not yet said.
		assert_ok!(Reporter::clean().unfinished().fault(id).send());
		assert_eq!(progress(id), (3, 1, 1, 1, UNIT, 2 * UNIT));
		clean_windows(1);
		assert_eq!(progress(id), (4, 1, 2, 1, UNIT, 3 * UNIT));
		clean_windows(5);
		assert_eq!(StorageContracts::contract(id).expect("open").state, ContractState::Active);
		clean_windows(1);
		assert_eq!(StorageContracts::contract(id).expect("open").state, ContractState::Ended);
		assert_eq!(progress(id), (10, 7, 2, 1, 7 * UNIT, 3 * UNIT));
		clean_windows(5);
		assert_eq!(progress(id), (10, 7, 2, 1, 7 * UNIT, 3 * UNIT));
		assert_eq!(close(id), (7, 7 * UNIT, 3 * UNIT));
		assert_eq!(StorageContracts::contract(id), None);
	});
}

#[test]
fn contract_shows_a_late_start() {
	TestExt::new().build_and_execute(|| {
		let (late, never) = (contract(ALICE, BOB, 10), contract(ALICE, BOB, 2));
		run(1);
		for _ in 0..4 {
			assert_ok!(Reporter::clean().applied(0).send());
		}
		assert_eq!(progress(late), (2, 0, 0, 0, 0, 2 * UNIT));
		assert_eq!(StorageContracts::contract(never).expect("open").state, ContractState::Ended);
		clean_windows(3);
		assert_eq!(progress(late), (5, 3, 0, 0, 3 * UNIT, 2 * UNIT));
		assert_eq!(StorageContracts::contract(late).expect("open").start, Some(Window(4)));
		assert_eq!(progress(never), (2, 0, 0, 0, 0, 2 * UNIT));
	});
}

#[test]
fn views_write_nothing() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		run(1);
		clean_windows(6);
		let before = sp_io::storage::root(sp_core::storage::StateVersion::V1);
		StorageContracts::contract(id);
		StorageContracts::contracts_of(ALICE, ContractId(0), 10);
		StorageContracts::stream(BOB, P);
		let after = sp_io::storage::root(sp_core::storage::StateVersion::V1);
		assert_eq!(before, after);
	});
}

#[test]
fn contracts_of_pages_in_order_of_ids() {
	TestExt::new().build_and_execute(|| {
		for number in 0..300u32 {
			let client = if number % 3 == 0 { CAROL } else { ALICE };
			contract(client, BOB, 10);
		}
		let ids = |who: AccountId, from: u64, limit: u32| -> Vec<u64> {
			let page = StorageContracts::contracts_of(who, ContractId(from), limit);
			page.into_iter().map(|view| view.id.0).collect()
		};
		assert_eq!(ids(CAROL, 0, 3), [0, 3, 6]);
		assert_eq!(ids(CAROL, 3, 3), [3, 6, 9]);
		assert_eq!(ids(CAROL, 4, 2), [6, 9]);
		assert_eq!(ids(CAROL, 256, 100), (258..300).step_by(3).collect::<Vec<_>>());
		assert_eq!(ids(BOB, 0, u32::MAX), (0..256).collect::<Vec<_>>());
		assert_eq!(ids(BOB, 256, u32::MAX), (256..300).collect::<Vec<_>>());
		assert!(ids(BOB, 300, 9).is_empty() && ids(DAVE, 0, 9).is_empty());
		assert!(ids(BOB, u64::MAX, 9).is_empty() && ids(BOB, 0, 0).is_empty());
	});
}

#[test]
fn stream_shows_what_a_claim_would_pay() {
	TestExt::new().build_and_execute(|| {
		contract(ALICE, BOB, 10);
		run(1);
		clean_windows(5);
		let view = StorageContracts::stream(BOB, P).expect("open");
		assert_eq!((view.claimable, view.claimed), (3 * UNIT, 0));
		assert_eq!((view.rate, view.counted, view.stream), (UNIT, Window(5), stream_id(BOB)));
		assert_ok!(StorageContracts::claim(by(BOB), P));
		clean_windows(1);
		let view = StorageContracts::stream(BOB, P).expect("open");
		assert_eq!((view.claimable, view.claimed), (UNIT, 3 * UNIT));
		assert_eq!(StorageContracts::stream(DAVE, P), None);
		assert_eq!(StorageContracts::stream(BOB, Q), None);
	});
}

#[test]
fn proof_chains_shows_progress_and_estimate() {
	TestExt::new().build_and_execute(|| {
		contract(ALICE, BOB, 10);
		run(1);
		clean_windows(3);
		run(2 * WINDOW_BLOCKS);
		let views = StorageContracts::proof_chains();
		assert_eq!(views.len(), 2);
		let view = views.into_iter().find(|view| view.chain == P).expect("registered");
		assert_eq!((view.reported, view.estimate), (Window(3), Window(5)));
		assert_eq!((view.sent, view.applied), (BatchId(1), BatchId(1)));
		assert_eq!((view.applied_at, view.window_ms), (2, WINDOW_MS));
	});
}

#[test]
fn quote_is_what_propose_and_accept_take() {
	TestExt::new().build_and_execute(|| {
		EndGrid::set(4);
		let quote = StorageContracts::quote(BOB, terms(P, MIB + 1, 10)).expect("offered");
		let id = propose_on(P, ALICE, BOB, MIB + 1, 10);
		assert_eq!((quote.rate, quote.escrow), (proposed_rate(id), held(&ALICE)));
		assert_ok!(StorageContracts::accept(by(BOB), id));
		assert_eq!(quote.collateral, MockProviderOf::get(BOB).expect("registered").required);
	});
}

#[test]
fn quote_is_none_where_propose_would_fail() {
	TestExt::new().build_and_execute(|| {
		assert_eq!(StorageContracts::quote(STRANGER, terms(P, MIB, 10)), None);
		assert_eq!(StorageContracts::quote(BOB, terms(MAIN, MIB, 10)), None);
		assert_eq!(StorageContracts::quote(BOB, terms(P, 0, 10)), None);
		assert_eq!(StorageContracts::quote(BOB, terms(P, MIB, 1_001)), None);
		MockHalted::insert(P, ());
		assert_eq!(StorageContracts::quote(BOB, terms(P, MIB, 10)), None);
	});
}
