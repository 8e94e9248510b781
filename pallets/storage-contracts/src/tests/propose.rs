// SPDX-License-Identifier: Apache-2.0
use super::*;
use terrace_layers::Offer;

fn attempt(size: u64, windows: u32, max_rate: Balance) -> DispatchResult {
	StorageContracts::propose(by(ALICE), BOB, Terms { max_rate, ..terms(P, size, windows) })
}

fn set_offer(change: impl FnOnce(&mut Offer)) {
	MockProviderOf::mutate(BOB, |provider| {
		change(&mut provider.as_mut().expect("registered").offer)
	});
}

#[test]
fn propose_holds_the_whole_price() {
	TestExt::new().build_and_execute(|| {
		let id = propose(ALICE, BOB, 10);
		assert_eq!((held(&ALICE), free(&ALICE)), (10 * UNIT, FUNDS - 10 * UNIT));
		let expires_at = 1 + PROPOSAL_LIFETIME;
		let record = Contracts::<Test>::get(id).expect("proposed");
		let terms = terms(P, MIB, 10);
		let rate = Amounts { price: UNIT, fee: 0 };
		let phase = Phase::Proposed { terms, rate, escrow: 10 * UNIT, expires_at };
		assert_eq!(record.phase, phase);
		assert_eq!(
			last_event(),
			Event::ContractProposed {
				id,
				client: ALICE,
				provider: BOB,
				terms,
				escrow: 10 * UNIT,
				expires_at,
			}
		);
		for who in [ALICE, BOB] {
			assert!(ContractsOf::<Test>::contains_key(who, id.0.to_be_bytes()));
		}
		assert_eq!((ProposalsOf::<Test>::get(ALICE), ProposalsTo::<Test>::get(BOB)), (1, 1));
	});
}

#[test]
fn propose_rounds_the_rate_up_and_to_at_least_one() {
	TestExt::new().build_and_execute(|| {
		for (price, size, rate) in [(1, 1, 1), (0, 1, 1), (1 << 30, 7, 7), (1 << 29, 3, 2)] {
			set_offer(|offer| offer.price = price);
			let id = propose_on(P, ALICE, BOB, size, 5);
			assert_eq!(proposed_rate(id), rate, "price {price}, size {size}");
			assert_eq!(held(&ALICE), 5 * rate);
			assert_ok!(StorageContracts::withdraw(by(ALICE), id));
		}
	});
}

#[test]
fn propose_pays_for_the_way_to_the_next_grid_line() {
	TestExt::new().build_and_execute(|| {
		EndGrid::set(12);
		propose(ALICE, BOB, 10);
		assert_eq!(held(&ALICE), 21 * UNIT);
	});
}

#[test]
fn ids_are_never_used_again() {
	TestExt::new().build_and_execute(|| {
		let first = propose(ALICE, BOB, 10);
		assert_ok!(StorageContracts::withdraw(by(ALICE), first));
		assert!(propose(ALICE, BOB, 10) > first);
	});
}

#[test]
fn propose_fails_unsigned() {
	TestExt::new().build_and_execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				StorageContracts::propose(
					origin,
					BOB,
					Terms { max_rate: u128::MAX, ..terms(P, MIB, 10) }
				),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn propose_fails_for_blobs_that_cannot_be_contracted() {
	TestExt::new().build_and_execute(|| {
		assert_noop!(attempt(0, 10, u128::MAX), Error::<Test>::EmptyBlob);
		assert_noop!(attempt(u64::MAX, 10, u128::MAX), Error::<Test>::BlobTooLarge);
		set_offer(|offer| offer.capacity = MIB - 1);
		assert_noop!(attempt(MIB, 10, u128::MAX), Error::<Test>::CapacityExceeded);
		assert_ok!(attempt(MIB - 1, 10, u128::MAX));
	});
}

#[test]
fn propose_fails_outside_the_offer() {
	TestExt::new().build_and_execute(|| {
		set_offer(|offer| (offer.min_windows, offer.max_windows) = (5, 10));
		for windows in [0, 4, 11] {
			assert_noop!(attempt(MIB, windows, u128::MAX), Error::<Test>::WindowsOutOfRange);
		}
		for windows in [5, 10] {
			assert_ok!(attempt(MIB, windows, u128::MAX));
		}
		set_offer(|offer| offer.min_windows = 0);
		assert_noop!(attempt(MIB, 0, u128::MAX), Error::<Test>::WindowsOutOfRange);
	});
}

#[test]
fn propose_fails_when_the_price_rose() {
	TestExt::new().build_and_execute(|| {
		assert_ok!(attempt(MIB, 10, UNIT));
		set_offer(|offer| offer.price += 1_024);
		assert_noop!(attempt(MIB, 10, UNIT), Error::<Test>::RateAboveMax);
		assert_ok!(attempt(MIB, 10, UNIT + 1));
	});
}

#[test]
fn propose_fails_without_a_willing_provider() {
	TestExt::new().build_and_execute(|| {
		assert_noop!(
			StorageContracts::propose(
				by(ALICE),
				STRANGER,
				Terms { max_rate: u128::MAX, ..terms(P, MIB, 10) }
			),
			Error::<Test>::UnknownProvider
		);
		MockProviderOf::mutate(BOB, |provider| {
			provider.as_mut().expect("registered").accepting = false;
		});
		assert_noop!(attempt(MIB, 10, u128::MAX), Error::<Test>::NotAccepting);
	});
}

#[test]
fn propose_fails_without_a_proof_chain() {
	TestExt::new().build_and_execute(|| {
		let unknown = ChainId([7; 32].into());
		for chain in [unknown, MAIN] {
			assert_noop!(
				StorageContracts::propose(
					by(ALICE),
					BOB,
					Terms { max_rate: u128::MAX, ..terms(chain, MIB, 10) }
				),
				Error::<Test>::UnknownProofChain
			);
		}
		MockHalted::insert(P, ());
		assert_noop!(attempt(MIB, 10, u128::MAX), Error::<Test>::ProofChainInactive);
	});
}

#[test]
fn propose_fails_without_tokens() {
	TestExt::new().build_and_execute(|| {
		assert_noop!(
			StorageContracts::propose(
				by(STRANGER),
				BOB,
				Terms { max_rate: u128::MAX, ..terms(P, MIB, 10) }
			),
			sp_runtime::TokenError::FundsUnavailable
		);
	});
}

#[test]
fn propose_fails_beyond_what_can_be_counted() {
	TestExt::new().build_and_execute(|| {
		set_offer(|offer| offer.price = u128::MAX);
		assert_noop!(attempt(MIB, 10, u128::MAX), Error::<Test>::Overflow);
		set_offer(|offer| offer.price = u128::MAX / u128::from(MIB));
		assert_noop!(attempt(1 << 30, 1_000, u128::MAX), Error::<Test>::Overflow);
	});
}

#[test]
fn propose_fails_with_too_many_unanswered() {
	TestExt::new().build_and_execute(|| {
		for _ in 0..CLIENT_PROPOSALS {
			propose(ALICE, BOB, 10);
		}
		assert_noop!(attempt(MIB, 10, u128::MAX), Error::<Test>::TooManyProposals);
		for _ in CLIENT_PROPOSALS..PROVIDER_PROPOSALS {
			propose(CAROL, BOB, 10);
		}
		assert_noop!(
			StorageContracts::propose(
				by(CAROL),
				BOB,
				Terms { max_rate: u128::MAX, ..terms(P, MIB, 10) }
			),
			Error::<Test>::ProviderBusy
		);
		// An answer makes room.
		assert_ok!(StorageContracts::reject(by(BOB), ContractId(0)));
		assert_ok!(attempt(MIB, 10, u128::MAX));
	});
}
