// SPDX-License-Identifier: Apache-2.0
//! What a pool and a block answer to a proof transaction.

use crate::{calls::PRIORITY_PER_PROOF, mock::*};
use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use sp_core::Pair;
use sp_runtime::transaction_validity::{
	InvalidTransaction, TransactionValidityError, UnknownTransaction, ValidTransaction,
};
use terrace_layers::{
	ChainId, ProofBatch, ProofItem, StreamId, TrackedLeg, Window, MAX_ATTEMPT, MAX_BATCH_ITEMS,
};
use terrace_possession::{challenge, prove, BlobSize, ChallengeSeed, ContentId, PossessionProof};

/// Legs 1 to 8 of stream 1, due in the open window 1.
fn with_due_legs<R>(test: impl FnOnce() -> R) -> R {
	TestExt::new().build_and_execute(|| {
		track((1..=8).map(|id| leg(id, 1)).collect());
		run_to_window(1);
		test()
	})
}

#[test]
fn valid_batch_gets_tag_priority_and_longevity() {
	with_due_legs(|| {
		let batch = ProofBatch { attempt: 2, ..batch(&[1, 2, 3]) };
		let now = System::block_number();
		let expected = ValidTransaction {
			priority: 3 * PRIORITY_PER_PROOF + 2,
			requires: vec![],
			provides: vec![("proof", StreamId(1), Window(1), 0_u32).encode()],
			// The next block is the first one that can hold it.
			longevity: u64::from(open().closes_at - now - 1),
			propagate: true,
		};
		assert_eq!(validate(&batch), Ok(expected));
	});
}

#[test]
fn one_more_proof_outweighs_any_attempt() {
	with_due_legs(|| {
		let priority = |batch| validate(&batch).expect("it is valid").priority;
		let again = priority(ProofBatch { attempt: MAX_ATTEMPT, ..batch(&[1]) });
		assert!(priority(batch(&[1])) < again);
		assert!(again < priority(batch(&[1, 2])));
	});
}

#[test]
fn priority_counts_only_new_proofs() {
	with_due_legs(|| {
		let both = batch(&[1, 2]);
		assert_ok!(submit(batch(&[1])));
		let priority = validate(&both).expect("one is new").priority;
		assert_eq!(priority, PRIORITY_PER_PROOF);
	});
}

#[test]
fn pool_accepts_until_the_last_block_of_the_window() {
	with_due_legs(|| {
		let batch = batch(&[1]);
		let closes_at = open().closes_at;
		run_to(closes_at - 2);
		let last = validate(&batch).expect("one block is left");
		assert_eq!(last.longevity, 1);
		next_block();
		// The next block closes the window before any transaction: not wrong, only too late.
		assert_eq!(validate(&batch), Err(UnknownTransaction::CannotLookup.into()));
		// In the block at hand the window is open, and an author may still take it.
		assert_ok!(submit(batch));
	});
}

#[test]
fn pool_accepts_for_a_window_that_just_opened() {
	TestExt::new().build_and_execute(|| {
		track(vec![leg(1, 1)]);
		run_to(open().closes_at);
		assert_eq!((open().window, open().opened_at), (Window(1), System::block_number()));
		assert!(validate(&batch(&[1])).is_ok());
		assert_ok!(submit(batch(&[1])));
	});
}

#[test]
fn other_windows_are_unknown_rather_than_invalid() {
	with_due_legs(|| {
		for window in [0, 2, u32::MAX] {
			let other = ProofBatch { window: Window(window), ..batch(&[1]) };
			assert_eq!(validate(&other), Err(UnknownTransaction::CannotLookup.into()));
			assert_noop!(submit(other), UnknownTransaction::CannotLookup);
		}
	});
}

#[test]
fn unknown_pages_are_unknown_rather_than_invalid() {
	with_due_legs(|| {
		let page = with_items(&[item(1), ProofItem { page: 1, ..item(2) }], batch(&[1]));
		assert_eq!(validate(&page), Err(UnknownTransaction::CannotLookup.into()));
		assert_noop!(submit(page), UnknownTransaction::CannotLookup);
		let stream = ProofBatch { stream: StreamId(9), ..batch(&[1]) };
		assert_noop!(submit(stream), UnknownTransaction::CannotLookup);
	});
}

#[test]
fn proven_batch_is_stale() {
	with_due_legs(|| {
		let batch = batch(&[1, 2]);
		assert_ok!(submit(batch.clone()));
		assert_eq!(validate(&batch), Err(InvalidTransaction::Stale.into()));
		assert_noop!(submit(batch), InvalidTransaction::Stale);
	});
}

#[test]
fn batch_without_items_is_stale() {
	with_due_legs(|| {
		assert_noop!(submit(with_items(&[], batch(&[1]))), InvalidTransaction::Stale);
	});
}

#[test]
fn batch_of_legs_not_due_is_refused() {
	TestExt::new().build_and_execute(|| {
		track(vec![TrackedLeg { start: Window(3), ..leg(1, 1) }]);
		run_to_window(1);
		assert_noop!(submit(batch(&[1])), InvalidTransaction::BadProof);
		run_to_window(3);
		assert_ok!(submit(batch(&[1])));
	});
}

#[test]
fn leg_not_due_spoils_a_batch() {
	TestExt::new().build_and_execute(|| {
		track(vec![leg(1, 1), TrackedLeg { start: Window(3), ..leg(2, 1) }]);
		run_to_window(1);
		assert_noop!(submit(batch(&[1, 2])), InvalidTransaction::BadProof);
		let free = ProofItem { slot: 63, ..item(1) };
		assert_noop!(
			submit(with_items(&[item(1), free], batch(&[1]))),
			InvalidTransaction::BadProof
		);
	});
}

#[test]
fn signature_of_anybody_else_is_refused() {
	with_due_legs(|| {
		let batch = batch(&[1]);
		let stranger = sign(&batch, &operator(2));
		assert_noop!(submit_signed(batch, stranger), InvalidTransaction::BadSigner);
	});
}

#[test]
fn signature_covers_every_field() {
	with_due_legs(|| {
		// Two streams with one operator, so that only the signed bytes differ.
		let shared = TrackedLeg { operator: operator(1).public(), ..leg(20, 2) };
		track(vec![shared]);
		run_to_window(2);
		let good = batch(&[1, 2]);
		let signature = sign(&good, &operator(1));
		let fewer = with_items(&[item(1)], good.clone());
		let altered = [
			ProofBatch { attempt: 1, ..good.clone() },
			ProofBatch { stream: StreamId(2), ..good.clone() },
			fewer,
		];
		for batch in altered {
			assert_noop!(submit_signed(batch, signature), InvalidTransaction::BadSigner);
		}
		assert_ok!(submit_signed(good, signature));
	});
}

#[test]
fn signature_for_another_chain_is_refused() {
	with_due_legs(|| {
		let batch = batch(&[1]);
		let elsewhere = ChainId(sp_core::H256::repeat_byte(9));
		let signature = operator(1).sign(&batch.signing_payload(elsewhere));
		assert_noop!(submit_signed(batch, signature), InvalidTransaction::BadSigner);
	});
}

#[test]
fn one_wrong_proof_spoils_the_batch() {
	with_due_legs(|| {
		let mut wrong = item(2);
		let last = wrong.proof.chunks.len() - 1;
		wrong.proof.chunks[last] ^= 1;
		let spoilt = with_items(&[item(1), wrong], batch(&[1]));
		assert_eq!(validate(&spoilt), Err(InvalidTransaction::BadProof.into()));
		assert_noop!(submit(spoilt), InvalidTransaction::BadProof);
	});
}

#[test]
fn proof_of_another_leg_is_refused() {
	with_due_legs(|| {
		let swapped = ProofItem { slot: item(1).slot, ..item(2) };
		assert_noop!(submit(with_items(&[swapped], batch(&[1]))), InvalidTransaction::BadProof);
	});
}

/// A blob of so many chunks that two seeds ask for different ones.
fn large_blob() -> Vec<u8> {
	(0..200_000_u32).map(|at| (at % 251) as u8).collect()
}

/// The answer of leg 1, which has the large blob, under any seed.
fn large_answer(seed: [u8; 32]) -> ProofBatch {
	let data = large_blob();
	let size = BlobSize::new(data.len() as u64).expect("it is allowed");
	let indices = challenge(&ChallengeSeed(seed), provider(1).as_ref(), 1, size, 16);
	let item = ProofItem { page: 0, slot: 0, proof: prove(&data, &indices) };
	with_items(&[item], ProofBatch::new(StreamId(1), Window(1), 0))
}

fn with_large_leg<R>(test: impl FnOnce() -> R) -> R {
	TestExt::new().build_and_execute(|| {
		let data = large_blob();
		let (root, size) = (ContentId::of(&data), data.len() as u64);
		track(vec![TrackedLeg { root, size, challenges: 16, ..leg(1, 1) }]);
		run_to_window(1);
		test()
	})
}

#[test]
fn proof_for_another_seed_is_refused() {
	with_large_leg(|| {
		assert_noop!(submit(large_answer([9; 32])), InvalidTransaction::BadProof);
		assert_ok!(submit(large_answer(open().seed)));
	});
}

#[test]
fn proof_of_a_former_round_is_refused() {
	with_large_leg(|| {
		let former = open().seed;
		Room::set(0);
		end_round();
		assert_eq!((open().window, open().round), (Window(1), 1));
		assert_noop!(submit(large_answer(former)), InvalidTransaction::BadProof);
		assert_ok!(submit(large_answer(open().seed)));
	});
}

#[test]
fn proven_items_are_not_verified_again_but_must_not_be_overlong() {
	with_due_legs(|| {
		assert_ok!(submit(batch(&[1])));
		let mut garbled = item(1);
		garbled.proof.chunks.fill(0xaa);
		assert_ok!(submit(with_items(&[garbled, item(2)], batch(&[2]))));
		let proof = PossessionProof { chunks: vec![0; 1025], siblings: vec![] };
		let overlong = ProofItem { proof, ..item(1) };
		assert_noop!(
			submit(with_items(&[overlong, item(3)], batch(&[3]))),
			InvalidTransaction::BadProof
		);
	});
}

#[test]
fn bytes_that_are_no_items_in_order_are_refused() {
	with_due_legs(|| {
		let good = batch(&[1, 2]);
		let with_data = |data: Vec<u8>| {
			let data = data.try_into().expect("it is short");
			ProofBatch { data, ..good.clone() }
		};
		let cut = good.data[..good.data.len() - 1].to_vec();
		let trailing = [&good.data[..], &[0]].concat();
		let refused = [
			with_data(cut),
			with_data(trailing),
			with_items(&[item(1), item(1)], good.clone()),
			with_items(&[item(2), item(1)], good.clone()),
			with_items(&[ProofItem { slot: 64, ..item(1) }], good.clone()),
		];
		for batch in refused {
			assert_eq!(validate(&batch), Err(InvalidTransaction::Call.into()));
			assert_noop!(submit(batch), InvalidTransaction::Call);
		}
		assert_ok!(submit(good));
	});
}

#[test]
fn batch_of_too_many_items_is_refused() {
	with_due_legs(|| {
		let item = |at: u32| ProofItem {
			page: at / 64,
			slot: (at % 64) as u8,
			proof: PossessionProof::default(),
		};
		let of = |count| {
			let items = (0..count).map(item).collect::<Vec<_>>();
			with_items(&items, batch(&[1]))
		};
		assert_noop!(submit(of(MAX_BATCH_ITEMS + 1)), InvalidTransaction::Call);
		// One less is looked at, and is wrong for another reason.
		assert_noop!(submit(of(MAX_BATCH_ITEMS)), InvalidTransaction::BadProof);
	});
}

#[test]
fn attempt_beyond_the_last_is_refused() {
	with_due_legs(|| {
		let attempt = MAX_ATTEMPT + 1;
		assert_noop!(submit(ProofBatch { attempt, ..batch(&[1]) }), InvalidTransaction::Call);
		assert_ok!(submit(ProofBatch { attempt: MAX_ATTEMPT, ..batch(&[1]) }));
	});
}

#[test]
fn batch_over_the_byte_limit_is_refused() {
	with_due_legs(|| {
		let proof = PossessionProof {
			chunks: vec![0; MaxBatchBytes::get() as usize],
			siblings: Default::default(),
		};
		let long = ProofItem { proof, ..item(1) };
		assert_noop!(submit(with_items(&[long], batch(&[1]))), InvalidTransaction::Call);
	});
}

#[test]
fn cheaper_refusals_come_first() {
	with_due_legs(|| {
		let mut bad = item(1);
		bad.proof.chunks.clear();
		let no_page = ProofItem { page: 5, ..bad.clone() };
		let all_wrong = ProofBatch { attempt: 9, ..with_items(&[no_page], batch(&[1])) };
		let no_window = ProofBatch { attempt: 0, window: Window(7), ..all_wrong.clone() };
		let no_stream = ProofBatch { window: Window(1), stream: StreamId(7), ..no_window.clone() };
		let no_signature = ProofBatch { stream: StreamId(1), ..no_stream.clone() };
		let refusal = |batch: &ProofBatch| {
			let stranger = sign(batch, &operator(9));
			match submit_signed(batch.clone(), stranger) {
				Err(Refusal::Validity(error)) => error,
				other => panic!("{other:?}"),
			}
		};
		let refusals = [&all_wrong, &no_window, &no_stream, &no_signature].map(refusal);
		let expected: [TransactionValidityError; 4] = [
			InvalidTransaction::Call.into(),
			UnknownTransaction::CannotLookup.into(),
			UnknownTransaction::CannotLookup.into(),
			InvalidTransaction::BadSigner.into(),
		];
		assert_eq!(refusals, expected);
		assert_noop!(submit(no_signature.clone()), UnknownTransaction::CannotLookup);
		assert_noop!(submit(with_items(&[bad], no_signature)), InvalidTransaction::BadProof);
	});
}

/// Legs 1 to 500 of stream 1 in eight pages, due in the open window 1.
fn with_many_legs<R>(test: impl FnOnce() -> R) -> R {
	TestExt::new().build_and_execute(|| {
		MaxPagesPerStream::set(8);
		track((1..=500).map(|id| leg(id, 1)).collect());
		run_to_window(1);
		test()
	})
}

fn tags(pages: impl IntoIterator<Item = u32>) -> Vec<Vec<u8>> {
	pages.into_iter().map(|page| ("proof", StreamId(1), Window(1), page).encode()).collect()
}

#[test]
fn batch_of_many_pages_has_a_tag_for_each() {
	with_many_legs(|| {
		let all = (1..=500).collect::<Vec<_>>();
		let validity = validate(&batch(&all)).expect("it is right");
		assert_eq!(validity.provides, tags(0..8));
		assert_eq!(validity.priority, 500 * PRIORITY_PER_PROOF);
		assert_ok!(submit(batch(&all)));
		assert_noop!(submit(batch(&all)), InvalidTransaction::Stale);
	});
}

#[test]
fn batch_has_no_tag_for_pages_that_are_proven() {
	with_many_legs(|| {
		let first_page = (1..=64).collect::<Vec<_>>();
		let two_pages = (1..=128).collect::<Vec<_>>();
		assert_ok!(submit(batch(&first_page)));
		let validity = validate(&batch(&two_pages)).expect("the second page is new");
		assert_eq!(validity.provides, tags([1]));
		assert_eq!(validity.priority, 64 * PRIORITY_PER_PROOF);
	});
}

#[test]
fn batch_outbids_those_of_its_pages_only_by_proving_more_than_all_of_them() {
	with_many_legs(|| {
		let priority = |legs: &[u64]| validate(&batch(legs)).expect("it is right").priority;
		// Legs 1 and 2 lie in the first page, 65 and 66 in the second: a pool sums up what it gives up.
		let replaced = priority(&[1]) + priority(&[65, 66]);
		assert!(priority(&[1, 2, 65]) <= replaced);
		assert!(priority(&[1, 2, 65, 66]) > replaced);
	});
}

#[test]
fn wrong_proof_in_a_later_page_spoils_the_batch() {
	with_many_legs(|| {
		let mut items = [item(1), item(100), item(500)];
		items[2].proof.chunks[0] ^= 1;
		assert_noop!(submit(with_items(&items, batch(&[1]))), InvalidTransaction::BadProof);
	});
}

#[test]
fn proof_lies_in_the_transaction_as_it_is_encoded() {
	use codec::Decode;
	with_many_legs(|| {
		let batch = batch(&[1, 100, 500]);
		let signature = sign(&batch, &operator(1));
		let transaction = crate::Call::<Test>::submit_proofs { batch, signature }.encode();
		for leg in [1, 100, 500] {
			let proof = item(leg).proof;
			let encoded = proof.encode();
			let at = transaction.windows(encoded.len()).position(|bytes| bytes == encoded);
			let mut rest = &transaction[at.expect("it is in there")..];
			assert_eq!(PossessionProof::decode(&mut rest), Ok(proof));
		}
	});
}

#[test]
fn authorization_has_a_weight_and_leaves_none_unspent() {
	use frame_support::traits::Authorize;
	with_due_legs(|| {
		let batch = batch(&[1]);
		let signature = sign(&batch, &operator(1));
		let call = crate::Call::<Test>::submit_proofs { batch, signature };
		let source = sp_runtime::transaction_validity::TransactionSource::InBlock;
		let (_, unspent) = call.authorize(source).expect("it authorizes").expect("it is valid");
		assert_eq!(unspent, Default::default());
		assert!(call.weight_of_authorize().ref_time() > 0);
	});
}
