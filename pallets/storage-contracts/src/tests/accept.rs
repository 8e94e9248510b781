// SPDX-License-Identifier: Apache-2.0
use super::*;
use terrace_layers::TrackedLeg;

fn accept(id: ContractId) -> DispatchResult {
	StorageContracts::accept(by(BOB), id)
}

fn provider(who: AccountId) -> MockProvider {
	MockProviderOf::get(who).expect("registered")
}

#[test]
fn accept_moves_the_escrow_and_books_the_provider() {
	TestExt::new().build_and_execute(|| {
		let id = propose(ALICE, BOB, 10);
		assert_ok!(accept(id));
		assert_eq!((held(&ALICE), free(&ALICE)), (0, FUNDS - 10 * UNIT));
		assert_eq!((pot(), Booked::<Test>::get()), (10 * UNIT, 10 * UNIT));
		let collateral = UNIT * Balance::from(COLLATERAL_WINDOWS);
		assert_eq!((provider(BOB).used, provider(BOB).required), (MIB, collateral));
		assert_eq!((ProposalsOf::<Test>::get(ALICE), ProposalsTo::<Test>::get(BOB)), (0, 0));
		assert_eq!(last_event(), Event::ContractAccepted { id, client: ALICE, provider: BOB });
		assert!(events().contains(&Event::LegOpened {
			contract: id,
			leg: leg_id(id),
			stream: stream_id(BOB),
			proof_chain: P,
			batch: BatchId(1),
			rate: UNIT,
			start: Window(2),
			end: Window(12),
			escrow: 10 * UNIT,
		}));
	});
}

#[test]
fn accept_sends_the_leg_with_all_that_proving_needs() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		run(1);
		let batches = batches_to(P);
		assert_eq!((batches.len(), batches[0].batch), (1, BatchId(1)));
		assert_eq!(
			batches[0].legs.to_vec(),
			vec![TrackedLeg {
				leg: leg_id(id),
				stream: stream_id(BOB),
				provider: BOB,
				operator: offer().operator,
				root: ROOT,
				size: MIB,
				start: Window(2),
				end: Window(12),
				challenges: 4,
				interval: 1,
			}]
		);
	});
}

#[test]
fn accept_plans_the_start_in_the_proof_chains_present() {
	TestExt::new().build_and_execute(|| {
		// No report for three windows and a bit: the fourth is open over there.
		run(3 * WINDOW_BLOCKS + 1);
		let id = contract(ALICE, BOB, 10);
		assert_eq!((leg(id).planned, leg(id).end), (Window(4 + 2), Window(16)));
		// A report brings certainty back.
		clean_windows(1);
		let id = contract(ALICE, BOB, 10);
		assert_eq!(leg(id).planned, Window(1 + 2));
	});
}

#[test]
fn accept_ends_on_the_grid_and_releases_the_rest() {
	TestExt::new().build_and_execute(|| {
		EndGrid::set(12);
		let id = propose(ALICE, BOB, 11);
		assert_eq!(held(&ALICE), 22 * UNIT);
		assert_ok!(accept(id));
		assert_eq!(
			(leg(id).planned, leg(id).end, leg(id).escrow),
			(Window(2), Window(24), 22 * UNIT)
		);
		let id = propose(ALICE, BOB, 10);
		assert_eq!(held(&ALICE), 21 * UNIT);
		assert_ok!(accept(id));
		assert_eq!(
			(leg(id).planned, leg(id).end, leg(id).escrow),
			(Window(2), Window(12), 10 * UNIT)
		);
		assert_eq!((held(&ALICE), free(&ALICE)), (0, FUNDS - 32 * UNIT));
	});
}

#[test]
fn accept_keeps_the_terms_of_the_proposal() {
	TestExt::new().build_and_execute(|| {
		let id = propose(ALICE, BOB, 10);
		MockProviderOf::mutate(BOB, |provider| {
			let provider = provider.as_mut().expect("registered");
			provider.offer.price *= 5;
			provider.offer.min_windows = 500;
			provider.accepting = false;
		});
		assert_ok!(accept(id));
		assert_eq!((leg(id).rate.price, leg(id).escrow), (UNIT, 10 * UNIT));
	});
}

#[test]
fn accept_ends_at_the_deadline() {
	TestExt::new().build_and_execute(|| {
		let (id, late) = (propose(ALICE, BOB, 10), propose(ALICE, BOB, 10));
		run_to(1 + PROPOSAL_LIFETIME);
		assert_ok!(accept(id));
		run(1);
		assert_noop!(accept(late), Error::<Test>::ProposalLapsed);
	});
}

#[test]
fn accept_fails_for_others_and_twice() {
	TestExt::new().build_and_execute(|| {
		let id = propose(ALICE, BOB, 10);
		assert_noop!(StorageContracts::accept(by(DAVE), id), Error::<Test>::NotProvider);
		assert_noop!(StorageContracts::accept(by(ALICE), id), Error::<Test>::UnknownProvider);
		assert_noop!(StorageContracts::accept(RuntimeOrigin::none(), id), DispatchError::BadOrigin);
		assert_noop!(accept(ContractId(9)), Error::<Test>::UnknownContract);
		assert_ok!(accept(id));
		assert_noop!(accept(id), Error::<Test>::NotProposed);
	});
}

#[test]
fn accept_fails_without_capacity_or_collateral() {
	TestExt::new().build_and_execute(|| {
		let id = propose(ALICE, BOB, 10);
		let set = |capacity, collateral| {
			MockProviderOf::mutate(BOB, |provider| {
				let provider = provider.as_mut().expect("registered");
				(provider.offer.capacity, provider.collateral) = (capacity, collateral);
			})
		};
		set(MIB - 1, FUNDS);
		assert_noop!(accept(id), DispatchError::Other("capacity"));
		set(MIB, UNIT * Balance::from(COLLATERAL_WINDOWS) - 1);
		assert_noop!(accept(id), DispatchError::Other("collateral"));
		set(MIB, UNIT * Balance::from(COLLATERAL_WINDOWS));
		assert_ok!(accept(id));
	});
}

#[test]
fn accept_fails_when_the_proof_chain_stopped_or_the_provider_left() {
	TestExt::new().build_and_execute(|| {
		let id = propose(ALICE, BOB, 10);
		MockHalted::insert(P, ());
		assert_noop!(accept(id), Error::<Test>::ProofChainInactive);
		MockHalted::remove(P);
		MockProviderOf::remove(BOB);
		assert_noop!(accept(id), Error::<Test>::UnknownProvider);
	});
}

#[test]
fn accept_fails_without_the_pots_own_deposit() {
	let mut ext = TestExt::new().without_pot().build();
	ext.execute_with(|| {
		let id = propose(ALICE, BOB, 10);
		assert_noop!(accept(id), Error::<Test>::PotNotEndowed);
	});
}

#[test]
fn accept_fails_beyond_the_streams_of_a_proof_chain() {
	TestExt::new().build_and_execute(|| {
		MaxStreams::set(1);
		contract(ALICE, BOB, 10);
		let id = propose(ALICE, DAVE, 10);
		assert_noop!(StorageContracts::accept(by(DAVE), id), Error::<Test>::TooManyStreams);
		// The stream that exists takes more.
		contract(ALICE, BOB, 20);
		MaxStreams::set(2);
		assert_ok!(StorageContracts::accept(by(DAVE), id));
	});
}

#[test]
fn accept_fails_beyond_the_edges_of_a_stream() {
	TestExt::new().build_and_execute(|| {
		MaxEdges::set(4);
		contract(ALICE, BOB, 10);
		contract(ALICE, BOB, 11);
		let id = propose(ALICE, BOB, 12);
		assert_noop!(accept(id), Error::<Test>::TooManyEdges);
		// Contracts with the ends of others take no room.
		contract(ALICE, BOB, 10);
		// Neither do edges that are passed.
		run(1);
		clean_until(Window(13));
		assert_noop!(accept(id), Error::<Test>::TooManyEdges);
		assert_ok!(StorageContracts::advance(by(STRANGER), BOB, P, 10));
		assert_ok!(accept(id));
	});
}

#[test]
fn legs_with_the_same_ends_are_one_entry() {
	TestExt::new().build_and_execute(|| {
		contract(ALICE, BOB, 10);
		contract(CAROL, BOB, 10);
		contract(CAROL, BOB, 11);
		let agenda = Agendas::<Test>::get(stream_id(BOB));
		let entries: Vec<_> = agenda
			.pending
			.iter()
			.map(|entry| (entry.end.0, entry.rate.price, entry.legs))
			.collect();
		assert_eq!(entries, vec![(12, 2 * UNIT, 2), (13, UNIT, 1)]);
	});
}

#[test]
fn accept_sends_a_full_batch_at_once() {
	TestExt::new().build_and_execute(|| {
		for _ in 0..65 {
			contract(ALICE, BOB, 10);
		}
		let batches = batches_to(P);
		assert_eq!((batches.len(), batches[0].legs.len()), (1, 64));
		assert_eq!(Gathered::<Test>::get(P).len(), 1);
		let last = leg(ContractId(64));
		assert_eq!(last.batch, BatchId(2));
	});
}

#[test]
fn accept_fails_when_the_batch_is_full_and_cannot_leave() {
	TestExt::new().build_and_execute(|| {
		MockFull::insert(P, ());
		for _ in 0..64 {
			contract(ALICE, BOB, 10);
		}
		run(3);
		assert_eq!((Gathered::<Test>::get(P).len(), batches_to(P).len()), (64, 0));
		let id = propose(ALICE, BOB, 10);
		assert_noop!(accept(id), Error::<Test>::BatchFull);
		MockFull::remove(P);
		assert_ok!(accept(id));
		assert_eq!((Gathered::<Test>::get(P).len(), batches_to(P).len()), (1, 1));
	});
}
