// SPDX-License-Identifier: Apache-2.0
//! The call itself: what it records, and what it refuses even when authorized.

use crate::{mock::*, Error, Event, PageBits, Proven, ProvenBits, Streams};
use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use frame_system::RawOrigin;
use sp_runtime::{transaction_validity::InvalidTransaction, DispatchError};
use terrace_layers::{OperatorSignature, ProofBatch, ProofItem, StreamId, Window};

/// Calls as if the transaction had been authorized, which the body relies on for the proofs.
fn call(batch: ProofBatch) -> Result<(), DispatchError> {
	let signature = OperatorSignature::default();
	ProofVerification::submit_proofs(RawOrigin::Authorized.into(), batch, signature)
}

fn with_due_legs<R>(test: impl FnOnce() -> R) -> R {
	TestExt::new().build_and_execute(|| {
		track((1..=4).map(|id| leg(id, 1)).collect());
		run_to_window(1);
		test()
	})
}

#[test]
fn submit_proofs_sets_the_bits_and_says_so() {
	with_due_legs(|| {
		System::reset_events();
		let batch = batch(&[1, 3]);
		assert_ok!(submit(batch));
		let proven = ProvenBits { window: Window(1), round: 0, bits: 0b101 };
		assert_eq!(Proven::<Test>::get((1, StreamId(1), 0)), proven);
		let pages = vec![PageBits { page: 0, bits: 0b101 }];
		let accepted = Event::ProofsAccepted { stream: StreamId(1), window: Window(1), pages };
		assert_eq!(events(), [accepted]);
	});
}

#[test]
fn submit_proofs_adds_to_the_bits_of_earlier_batches() {
	with_due_legs(|| {
		assert_ok!(submit(batch(&[1])));
		System::reset_events();
		assert_ok!(submit(batch(&[1, 2, 4])));
		let [Event::ProofsAccepted { pages, .. }] = &events()[..] else { panic!("{:?}", events()) };
		assert_eq!(pages[..], [PageBits { page: 0, bits: 0b1010 }], "only the new ones");
		assert_eq!(Proven::<Test>::get((1, StreamId(1), 0)).bits, 0b1011);
	});
}

#[test]
fn submit_proofs_records_every_page_and_leaves_proven_ones_out() {
	TestExt::new().build_and_execute(|| {
		track((1..=200).map(|id| leg(id, 1)).collect());
		run_to_window(1);
		prove_legs(&[65, 66]);
		System::reset_events();
		assert_ok!(submit(batch(&[1, 65, 66, 129, 192, 200])));
		let page = |page, bits| PageBits { page, bits };
		let pages = vec![page(0, 1), page(2, 1 | 1 << 63), page(3, 1 << 7)];
		let accepted = Event::ProofsAccepted { stream: StreamId(1), window: Window(1), pages };
		assert_eq!(events(), [accepted]);
		let bits = |page| Proven::<Test>::get((1, StreamId(1), page)).bits;
		assert_eq!([0, 1, 2, 3].map(bits), [1, 0b11, 1 | 1 << 63, 1 << 7]);
	});
}

#[test]
fn submit_proofs_counts_a_stream_once_a_round() {
	with_due_legs(|| {
		assert_eq!(open().proven_streams, 0);
		assert_ok!(submit(batch(&[1])));
		assert_ok!(submit(batch(&[2])));
		assert_eq!(open().proven_streams, 1);
		let record = Streams::<Test>::get(StreamId(1)).expect("it has legs");
		assert_eq!(record.proven_in, Some((Window(1), 0)));
	});
}

#[test]
fn submit_proofs_fails_for_any_origin_but_its_own_authorization() {
	with_due_legs(|| {
		let signature = sign(&batch(&[1]), &operator(1));
		for origin in [RawOrigin::None, RawOrigin::Root, RawOrigin::Signed(1)] {
			assert_noop!(
				ProofVerification::submit_proofs(origin.into(), batch(&[1]), signature),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn submit_proofs_fails_when_window_is_not_open() {
	with_due_legs(|| {
		for window in [0, 2] {
			let late = ProofBatch { window: Window(window), ..batch(&[1]) };
			assert_noop!(call(late), Error::<Test>::WindowClosed);
		}
	});
}

#[test]
fn submit_proofs_fails_when_page_is_unknown() {
	with_due_legs(|| {
		let page = with_items(&[item(1), ProofItem { page: 1, ..item(2) }], batch(&[1]));
		assert_noop!(call(page), Error::<Test>::NotFound);
		let stream = ProofBatch { stream: StreamId(2), ..batch(&[1]) };
		assert_noop!(call(stream), Error::<Test>::NotFound);
	});
}

#[test]
fn submit_proofs_fails_when_nothing_is_new() {
	with_due_legs(|| {
		let first = batch(&[1, 2]);
		assert_ok!(submit(first.clone()));
		assert_noop!(call(first.clone()), Error::<Test>::AlreadyProven);
		assert_noop!(submit(first), InvalidTransaction::Stale);
	});
}

#[test]
fn call_is_encoded_as_batch_and_signature() {
	with_due_legs(|| {
		let batch = batch(&[1]);
		let signature = sign(&batch, &operator(1));
		let call: RuntimeCall = crate::Call::submit_proofs { batch, signature }.into();
		// Pallet and call; stream, window, attempt; the data with its length.
		let mut expected = vec![1, 0];
		expected.extend([1, 0, 0, 0, 1, 0, 0, 0, 0]);
		// One item, of page 0 and slot 0.
		let item = [vec![0, 0], item(1).proof.encode()].concat();
		expected.extend(item.encode());
		expected.extend(signature.0);
		assert_eq!(call.encode(), expected);
	});
}
