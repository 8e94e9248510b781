// SPDX-License-Identifier: Apache-2.0
//! What a pool and a block answer to a proof transaction.

use crate::{
	calls::{BASE_PRIORITY, PRIORITY_PER_PROOF},
	mock::*,
};
use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use sp_core::Pair;
use sp_runtime::transaction_validity::{
	InvalidTransaction, TransactionValidityError, UnknownTransaction, ValidTransaction,
};
use terrace_layers::{ChainId, ProofBatch, ProofItem, StreamId, TrackedLeg, Window, MAX_ATTEMPT};
use terrace_possession::{challenge, prove, BlobSize, ChallengeSeed, ContentId, PossessionProof};

/// Legs 1 to 8 of stream 1, due in the open window 1.
fn with_due_legs<R>(test: impl FnOnce() -> R) -> R {
	TestExt::new().build_and_execute(|| {
		track((1..=8).map(|id| leg(id, 1)).collect());
		run_to_window(1);
		test()
	})
}

fn with_items(items: Vec<ProofItem>, batch: ProofBatch) -> ProofBatch {
	ProofBatch { items: items.try_into().expect("at most 64 items"), ..batch }
}

#[test]
fn valid_batch_gets_tag_priority_and_longevity() {
	with_due_legs(|| {
		let batch = ProofBatch { attempt: 2, ..batch(&[1, 2, 3]) };
		let now = System::block_number();
		let expected = ValidTransaction {
			priority: BASE_PRIORITY + 3 * PRIORITY_PER_PROOF + 2,
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
		assert_eq!(priority, BASE_PRIORITY + PRIORITY_PER_PROOF);
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
		let page = ProofBatch { page: 1, ..batch(&[1]) };
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
		assert_noop!(submit(with_items(vec![], batch(&[1]))), InvalidTransaction::Stale);
	});
}

#[test]
fn batch_of_legs_not_due_is_stale() {
	TestExt::new().build_and_execute(|| {
		track(vec![TrackedLeg { start: Window(3), ..leg(1, 1) }]);
		run_to_window(1);
		assert_noop!(submit(batch(&[1])), InvalidTransaction::Stale);
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
			submit(with_items(vec![item(1), free], batch(&[1]))),
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
		let fewer = with_items(vec![item(1)], good.clone());
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
		let spoilt = with_items(vec![item(1), wrong], batch(&[1]));
		assert_eq!(validate(&spoilt), Err(InvalidTransaction::BadProof.into()));
		assert_noop!(submit(spoilt), InvalidTransaction::BadProof);
	});
}

#[test]
fn proof_of_another_leg_is_refused() {
	with_due_legs(|| {
		let swapped = ProofItem { slot: item(1).slot, ..item(2) };
		assert_noop!(submit(with_items(vec![swapped], batch(&[1]))), InvalidTransaction::BadProof);
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
	let item = ProofItem { slot: 0, proof: prove(&data, &indices) };
	ProofBatch {
		stream: StreamId(1),
		window: Window(1),
		page: 0,
		attempt: 0,
		items: vec![item].try_into().expect("one item"),
	}
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
		assert_ok!(submit(with_items(vec![garbled, item(2)], batch(&[2]))));
		let proof = PossessionProof { chunks: vec![0; 1025], siblings: vec![] };
		let overlong = ProofItem { proof, ..item(1) };
		assert_noop!(
			submit(with_items(vec![overlong, item(3)], batch(&[3]))),
			InvalidTransaction::BadProof
		);
	});
}

#[test]
fn slot_named_twice_is_refused() {
	with_due_legs(|| {
		let twice = with_items(vec![item(1), item(1)], batch(&[1]));
		assert_noop!(submit(twice), InvalidTransaction::Call);
	});
}

#[test]
fn slot_beyond_the_page_is_refused() {
	with_due_legs(|| {
		let beyond = ProofItem { slot: 64, ..item(1) };
		assert_noop!(submit(with_items(vec![beyond], batch(&[1]))), InvalidTransaction::Call);
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
		assert_noop!(submit(with_items(vec![long], batch(&[1]))), InvalidTransaction::Call);
	});
}

#[test]
fn cheaper_refusals_come_first() {
	with_due_legs(|| {
		let mut all_wrong = ProofBatch { attempt: 9, window: Window(7), page: 5, ..batch(&[1]) };
		all_wrong.items[0].proof.chunks.clear();
		let refusal = |batch: &ProofBatch| {
			let stranger = sign(batch, &operator(7));
			match submit_signed(batch.clone(), stranger) {
				Err(Refusal::Validity(error)) => error,
				other => panic!("{other:?}"),
			}
		};
		let no_attempt = ProofBatch { attempt: 0, ..all_wrong.clone() };
		let right_window = ProofBatch { window: Window(1), ..no_attempt.clone() };
		let right_page = ProofBatch { page: 0, ..right_window.clone() };
		let refusals = [&all_wrong, &no_attempt, &right_window, &right_page].map(refusal);
		let expected: [TransactionValidityError; 4] = [
			InvalidTransaction::Call.into(),
			UnknownTransaction::CannotLookup.into(),
			UnknownTransaction::CannotLookup.into(),
			InvalidTransaction::BadSigner.into(),
		];
		assert_eq!(refusals, expected);
		assert_noop!(submit(right_page), InvalidTransaction::BadProof);
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
