// SPDX-License-Identifier: Apache-2.0
//! Lengthening, repricing, moving and publishing.
use super::*;
use crate::tests::ends::{account, consent, endow, key};
use sp_core::Pair;
use sp_runtime::MultiSignature;
use terrace_layers::{proposal_statement, Change, Neighbours, SignedProposal};

fn legs(id: ContractId) -> Vec<LegId> {
	match Contracts::<Test>::get(id).expect("open").phase {
		Phase::Active(active) => active.legs.into_inner(),
		phase => panic!("{phase:?}"),
	}
}

fn set_price(factor: Balance) {
	MockProviderOf::mutate(BOB, |slot| {
		slot.as_mut().expect("registered").offer.price = 1_024 * UNIT * factor;
	});
}

/// Tells `P` that its report is complete and closes everything that is over.
fn run_out(id: ContractId) -> (u32, Balance, Balance) {
	let end = legs(id).into_iter().filter_map(Legs::<Test>::get).map(|leg| leg.end).max();
	clean_until(end.expect("it runs"));
	close(id)
}

#[test]
fn extend_adds_windows_at_the_price_offered_now() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		run(1);
		clean_windows(3);
		set_price(3);
		let extend = |who, max| StorageContracts::extend(by(who), id, 5, max);
		assert_noop!(extend(CAROL, 3 * UNIT), Error::<Test>::NotClient);
		assert_noop!(extend(ALICE, 3 * UNIT - 1), Error::<Test>::RateAboveMax);
		assert_ok!(extend(ALICE, 3 * UNIT));
		let second = Legs::<Test>::get(legs(id)[1]).expect("opened");
		assert_eq!((second.planned, second.end), (Window(12), Window(17)));
		assert_eq!(free(&ALICE), FUNDS - 10 * UNIT - 15 * UNIT);
		let bob = MockProviderOf::get(BOB).expect("registered");
		assert_eq!(bob.used, MIB, "the blob is there once");
		run(1);
		assert_eq!(run_out(id), (15, 25 * UNIT, 0));
		assert_eq!(free(&BOB), FUNDS + 25 * UNIT);
	});
}

#[test]
fn anyone_tops_up_at_the_contracts_own_price() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		run(1);
		clean_windows(3);
		set_price(2);
		assert_noop!(StorageContracts::top_up(by(CAROL), id, 5), Error::<Test>::PriceRose);
		set_price(1);
		assert_ok!(StorageContracts::top_up(by(CAROL), id, 5));
		assert_eq!((free(&CAROL), free(&ALICE)), (FUNDS - 5 * UNIT, FUNDS - 10 * UNIT));
		run(1);
		clean_until(Window(12));
		assert_ok!(Reporter::clean().fault(id).send());
		// What was not proven comes back to the client, whoever paid.
		assert_eq!(run_out(id), (14, 14 * UNIT, UNIT));
		assert_eq!(free(&ALICE), FUNDS - 9 * UNIT);
	});
}

#[test]
fn extend_fails_beyond_the_legs_of_a_contract_and_of_a_pausing_provider() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		run(1);
		let extend = || StorageContracts::extend(by(ALICE), id, 5, UNIT);
		for _ in 0..3 {
			assert_ok!(extend());
		}
		assert_noop!(extend(), Error::<Test>::TooManyLegs);
		MockProviderOf::mutate(BOB, |slot| slot.as_mut().expect("registered").accepting = false);
		assert_noop!(extend(), Error::<Test>::NotAccepting);
	});
}

#[test]
fn cancel_takes_back_extensions_that_have_not_begun() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		run(1);
		assert_ok!(StorageContracts::extend(by(ALICE), id, 30, UNIT));
		run(1);
		clean_windows(3);
		assert_ok!(StorageContracts::cancel(by(ALICE), id));
		assert_eq!((legs(id).len(), leg(id).end), (1, Window(3 + NOTICE)));
		assert_eq!(free(&ALICE), FUNDS - 4 * UNIT);
		assert_eq!(run_out(id), (4, 4 * UNIT, 0));
	});
}

#[test]
fn amend_changes_the_price_from_a_window_on() {
	TestExt::new().build_and_execute(|| {
		let (client, provider) = endow(1, 2);
		let id = contract(client.clone(), provider.clone(), 20);
		run(1);
		clean_windows(5);
		let price = 2 * UNIT;
		let agreed = consent(1, id, Change::Amend { price });
		let amend = |who, price| StorageContracts::amend(by(who), id, price, agreed.clone());
		assert_noop!(amend(provider.clone(), price + 1), Error::<Test>::BadSignature);
		assert_noop!(amend(client.clone(), price), Error::<Test>::BadSignature);
		assert_ok!(amend(provider.clone(), price));
		// Windows 2 to 7 at the old price, 7 to 22 at the new one.
		assert_eq!(free(&client), FUNDS - 5 * UNIT - 30 * UNIT);
		assert_noop!(amend(provider.clone(), price), Error::<Test>::BadSignature);
		run(1);
		assert_eq!(run_out(id), (20, 35 * UNIT, 0));
		assert_eq!(free(&provider), FUNDS + 35 * UNIT);
	});
}

#[test]
fn move_needs_consent_unless_the_proof_chain_stalled_for_long() {
	TestExt::new().build_and_execute(|| {
		let (client, provider) = endow(1, 2);
		let id = contract(client.clone(), provider.clone(), 40);
		run(1);
		clean_windows(5);
		let go = |who: &AccountId, to, consent| {
			StorageContracts::move_to(by(who.clone()), id, to, consent)
		};
		assert_noop!(go(&client, P, None), Error::<Test>::SameProofChain);
		assert_noop!(go(&client, Q, None), Error::<Test>::ConsentMissing);
		assert_noop!(go(&STRANGER, Q, None), Error::<Test>::NotParty);
		let agreed = consent(2, id, Change::Move { proof_chain: Q });
		assert_ok!(go(&client, Q, Some(agreed)));
		let ids = legs(id);
		let (old, new) = (Legs::<Test>::get(ids[0]), Legs::<Test>::get(ids[1]));
		let (old, new) = (old.expect("open"), new.expect("open"));
		assert_eq!((old.end, old.proof_chain), (Window(7), P));
		assert_eq!((new.end.0 - new.planned.0, new.proof_chain), (35, Q));
		assert_eq!(free(&client), FUNDS - 40 * UNIT, "the move itself costs nothing");
		// Faults that `P` reports of the leg on `Q` mean nothing.
		run(1);
		assert_ok!(Reporter::clean().fault_of(ids[1]).send());
		assert_eq!(Legs::<Test>::get(ids[1]), Some(new));
	});
}

#[test]
fn move_off_a_stalled_proof_chain_keeps_what_is_not_reported() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 60);
		run(1);
		clean_windows(5);
		run(13 * WINDOW_BLOCKS);
		assert_ok!(StorageContracts::flag_stalled(by(STRANGER), P));
		run(21 * WINDOW_BLOCKS);
		assert_ok!(StorageContracts::move_to(by(BOB), id, Q, None));
		let ids = legs(id);
		let new = Legs::<Test>::get(ids[1]).expect("open");
		assert_eq!(new.end.0 - new.planned.0, 57);
		assert_eq!(Legs::<Test>::get(ids[0]).expect("open").end, Window(5));
		// Both at once, or one after the other: the old leg is settled by its own chain.
		assert_ok!(StorageContracts::close(by(STRANGER), id));
		assert_eq!(legs(id).len(), 1);
		assert_eq!(free(&BOB), FUNDS + 3 * UNIT);
	});
}

fn signed(number: u64, windows: u32, signer: u8) -> SignedProposal {
	let (client, terms) = (account(1), terms(P, MIB, windows));
	let expires_at = 50;
	let this = MockNeighbours::this();
	let statement = proposal_statement(this, &client, &BOB, &terms, number, expires_at);
	let signature = MultiSignature::Sr25519(key(signer).sign(&statement));
	SignedProposal { client, terms, number, expires_at, signature }
}

fn publish(proposals: Vec<SignedProposal>) -> Vec<(u32, DispatchError)> {
	let before = events().len();
	let proposals = proposals.try_into().expect("few");
	assert_ok!(StorageContracts::publish(by(BOB), proposals));
	let refused = |event| match event {
		Event::ProposalRefused { index, error, .. } => Some((index, error)),
		_ => None,
	};
	events().into_iter().skip(before).filter_map(refused).collect()
}

#[test]
fn publish_makes_contracts_of_signed_proposals_and_a_bad_one_harms_no_other() {
	TestExt::new().build_and_execute(|| {
		let (client, _) = endow(1, 2);
		let lapsed = SignedProposal { expires_at: 0, ..signed(3, 10, 1) };
		let refused = publish(vec![
			signed(1, 10, 1),
			signed(2, 10, 9),
			lapsed,
			signed(4, 0, 1),
			signed(5, 20, 1),
		]);
		let expected: [(u32, DispatchError); 3] = [
			(1, Error::<Test>::BadSignature.into()),
			(2, Error::<Test>::ProposalLapsed.into()),
			(3, Error::<Test>::WindowsOutOfRange.into()),
		];
		assert_eq!(refused, expected);
		assert_eq!((Contracts::<Test>::iter().count(), free(&client)), (2, FUNDS - 30 * UNIT));
		assert_eq!((ProposalsOf::<Test>::get(client), ProposalsTo::<Test>::get(BOB)), (0, 0));
	});
}

#[test]
fn published_proposal_cannot_be_published_again_nor_an_older_one() {
	TestExt::new().build_and_execute(|| {
		endow(1, 2);
		assert_eq!(publish(vec![signed(7, 10, 1)]), vec![]);
		let used = Error::<Test>::NumberUsed.into();
		assert_eq!(publish(vec![signed(7, 10, 1), signed(6, 10, 1)]), vec![(0, used), (1, used)]);
		assert_eq!(publish(vec![signed(8, 10, 1)]), vec![]);
		assert_noop!(
			StorageContracts::publish(by(STRANGER), Default::default()),
			Error::<Test>::UnknownProvider
		);
	});
}

#[test]
fn proposals_are_accepted_as_browser_wallets_sign_them() {
	TestExt::new().build_and_execute(|| {
		endow(1, 2);
		let proposal = signed(1, 10, 1);
		let (client, terms) = (proposal.client.clone(), proposal.terms);
		let this = MockNeighbours::this();
		let statement = proposal_statement(this, &client, &BOB, &terms, 1, 50);
		let wrapped = [b"<Bytes>".as_slice(), &statement, b"</Bytes>"].concat();
		let signature = MultiSignature::Sr25519(key(1).sign(&wrapped));
		assert_eq!(publish(vec![SignedProposal { signature, ..proposal }]), vec![]);
	});
}

#[test]
fn proof_fee_goes_to_the_chains_owner_and_is_part_of_the_rate() {
	TestExt::new().build_and_execute(|| {
		use frame_support::traits::Currency;
		ProofFeePerByte::set(ED);
		assert_ok!(StorageContracts::set_chain_terms(
			RuntimeOrigin::root(),
			P,
			crate::ChainTerms { capacity: 1 << 20, fee_per_byte: ED, beneficiary: None }
		));
		let _ = Balances::make_free_balance_be(&OWNER, ED);
		let id = contract(ALICE, BOB, 10);
		let rate = leg(id).rate;
		let bytes = terrace_layers::proof_bytes(MIB, 4, 1).expect("it is a blob");
		assert_eq!((rate.price, rate.fee), (UNIT, ED * Balance::from(bytes)));
		assert_eq!(free(&ALICE), FUNDS - 10 * rate.total());
		run(1);
		clean_until(Window(12));
		assert_eq!(close(id), (10, 10 * rate.total(), 0));
		assert_eq!(free(&BOB), FUNDS + 10 * UNIT);
		assert_eq!(free(&OWNER), ED + 10 * rate.fee);
	});
}

#[test]
fn proof_chain_takes_no_more_proofs_than_fit_its_windows() {
	TestExt::new().build_and_execute(|| {
		let bytes = u64::from(terrace_layers::proof_bytes(MIB, 4, 1).expect("it is a blob"));
		let terms = crate::ChainTerms { capacity: 2 * bytes, fee_per_byte: 0, beneficiary: None };
		assert_noop!(
			StorageContracts::set_chain_terms(by(ALICE), P, terms.clone()),
			DispatchError::BadOrigin
		);
		assert_ok!(StorageContracts::set_chain_terms(RuntimeOrigin::root(), P, terms));
		let first = contract(ALICE, BOB, 5);
		contract(ALICE, BOB, 9);
		let id = propose(ALICE, BOB, 5);
		let accept = || StorageContracts::accept(by(BOB), id);
		assert_noop!(accept(), Error::<Test>::ProofChainFull);
		run(1);
		clean_until(Window(7));
		close(first);
		assert_ok!(accept());
	});
}

#[test]
fn operator_is_sent_to_the_proof_chain() {
	TestExt::new().build_and_execute(|| {
		let send = || StorageContracts::send_operator(by(STRANGER), BOB, P);
		assert_noop!(send(), Error::<Test>::UnknownStream);
		contract(ALICE, BOB, 5);
		assert_ok!(send());
		let nonce = MockNonce::get(P).expect("sent");
		let operator = offer().operator;
		let stream = stream_id(BOB);
		assert_eq!(MockSent::get(P, nonce), Some(Message::SetOperator { stream, operator }));
	});
}
