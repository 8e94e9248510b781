// SPDX-License-Identifier: Apache-2.0
//! Measures calls, messages and hooks in their worst cases.

use crate::{sweep::Sweeper, *};
use alloc::{vec, vec::Vec};
use codec::{Decode, Encode};
use frame_benchmarking::v2::*;
use frame_support::{
	pallet_prelude::{BoundedVec, TransactionSource},
	traits::Get,
	weights::WeightMeter,
};
use frame_system::RawOrigin;
use sp_core::{crypto::KeyTypeId, H256};
use sp_io::crypto::{sr25519_generate, sr25519_sign};
use terrace_layers::{
	AccountId, BatchId, ChainId, LegId, Message, Neighbours, OnMessage, Operator,
	OperatorSignature, OutageKind, ProofBatch, ProofItem, Relation, StreamId, TrackBatch,
	TrackedLeg, Window, MAX_BATCH_ITEMS, MAX_EXCEPTIONS_PER_PART, MAX_LEGS_PER_BATCH, PAGE_SLOTS,
};
use terrace_possession::{
	challenge, is_due, verify, BlobSize, ChallengeSeed, ContentId, PossessionProof, ProofBound,
	ProofError, MAX_BLOB_SIZE,
};

/// The window that is open.
const OPEN: Window = Window(7);
/// The window that is swept.
const CLOSED: Window = Window(6);
const SEED: [u8; 32] = [3; 32];
/// Makes a draw necessary to say whether a leg is due.
const INTERVAL: u16 = 2;
/// First leg of those that no page has.
const NEW_LEGS: u64 = 1 << 60;
/// Where messages come from.
const PARENT: ChainId = ChainId(H256([1; 32]));
/// Kind of the operators' keys.
const KEY: KeyTypeId = KeyTypeId(*b"oper");

/// What benchmarks need of a runtime's links.
pub trait BenchmarkHelper {
	/// Makes sure that there is a parent and that its lane has room for a report and a heartbeat.
	fn open_lane();
}

/// For runtimes whose genesis does that.
impl BenchmarkHelper for () {
	fn open_lane() {}
}

fn provider() -> AccountId {
	AccountId::new([9; 32])
}

fn record(window: Window, closes_at: u32) -> WindowRecord {
	WindowRecord {
		window,
		round: 0,
		opened_at: 1,
		closes_at,
		seed: SEED,
		beacon: None,
		applied: BatchId(0),
		due_streams: 0,
		proven_streams: 0,
		retries: 0,
	}
}

/// Opens a window that is far from its end.
fn open_window<T: Config>() {
	WindowBlocks::<T>::put(DEFAULT_WINDOW_BLOCKS);
	CurrentWindow::<T>::put(record(OPEN, u32::MAX));
}

fn start_sweep<T: Config>(stage: Stage) {
	open_window::<T>();
	ClosedWindow::<T>::put(record(CLOSED, 2));
	Sweep::<T>::put(SweepState { due_streams: 0, stage });
}

/// A leg that is due in both windows, as a draw says, with the longest proof that one chunk needs.
fn large(leg: u64) -> Slot {
	let (start, end) = (Window(0), Window(100));
	let (root, challenges, interval) = (ContentId([5; 32]), 1, INTERVAL);
	let size = BlobSize::new(MAX_BLOB_SIZE).expect("the largest is allowed");
	Slot { leg: LegId(leg), root, size, challenges, interval, start, end }
}

/// A leg with the shortest proof that there is.
fn small(leg: u64) -> Slot {
	let size = BlobSize::new(1).expect("the smallest is allowed");
	Slot { size, challenges: 1, ..large(leg) }
}

/// Slots of a full page; no other page of that number has its legs.
fn full_page(number: u32) -> Vec<Option<Slot>> {
	let seed = ChallengeSeed(SEED);
	let first = u64::from(number) << 16;
	let due = (first..).filter(|leg| is_due(&seed, *leg, INTERVAL));
	due.take(PAGE_SLOTS as usize).map(|leg| Some(large(leg))).collect()
}

fn set_stream<T: Config>(stream: StreamId, operator: Operator, pages: u32) {
	let live = pages * PAGE_SLOTS;
	let record = StreamRecord { provider: provider(), operator, pages, live, proven_in: None };
	Streams::<T>::insert(stream, record);
}

/// Stores a page, with the bits of a former round beside it.
fn set_page<T: Config>(stream: StreamId, page: u32, slots: Vec<Option<Slot>>) {
	for (slot, kept) in slots.iter().enumerate() {
		let Some(kept) = kept else { continue };
		SlotOf::<T>::insert(kept.leg, SlotAddress { stream, page, slot: slot as u8 });
	}
	Pages::<T>::insert(stream, page, Page::truncate_from(slots));
	for parity in [0, 1] {
		Proven::<T>::insert((parity, stream, page), ProvenBits::default());
	}
}

/// So many streams with one page each, that lacks its last slot unless it is to be full.
fn set_streams<T: Config>(count: u32, full: bool) {
	for number in 0..count {
		let stream = StreamId(number);
		let mut slots = full_page(number);
		if !full {
			slots.pop();
			Vacancies::<T>::insert(stream, BoundedVec::truncate_from(Vec::from([0])));
		}
		set_stream::<T>(stream, Operator::default(), 1);
		set_page::<T>(stream, 0, slots);
	}
}

/// A proof of the right shape for a leg, and the content id for which it is right.
fn answer(slot: &Slot) -> (PossessionProof, ContentId) {
	let (seed, provider) = (ChallengeSeed(SEED), provider());
	let indices = challenge(&seed, provider.as_ref(), slot.leg.0, slot.size, slot.challenges);
	let bound = ProofBound::new(slot.size, slot.challenges);
	let mut proof = PossessionProof {
		chunks: vec![7; bound.bytes as usize],
		siblings: vec![[8; 32]; bound.siblings as usize],
	};
	if let Err(ProofError::Trailing { bytes, siblings }) = proof.check_shape(slot.size, &indices) {
		proof.chunks.truncate(proof.chunks.len() - bytes);
		proof.siblings.truncate(proof.siblings.len() - siblings);
	}
	match verify(&ContentId([0; 32]), slot.size, &indices, &proof) {
		Err(ProofError::OtherContent { got, .. }) => (proof, got),
		other => panic!("no content id: {other:?}"),
	}
}

/// A batch of so many proofs of so many full pages, about `length` bytes long, and its signature.
///
/// The first proofs are the longest that there are, the others the shortest.
fn batch<T: Config>(items: u32, length: u32, pages: u32) -> (ProofBatch, OperatorSignature) {
	/// Most bytes of the shortest item.
	const SHORT: usize = 8;
	let stream = StreamId(0);
	let operator = sr25519_generate(KEY, None);
	set_stream::<T>(stream, operator, pages);
	let mut batch = ProofBatch::new(stream, OPEN, 0);
	let before = |page: u32| (u64::from(items) * u64::from(page) / u64::from(pages)) as usize;
	for page in 0..pages {
		let mut kept = full_page(page);
		let here = before(page + 1) - before(page);
		assert!(here <= kept.len(), "so many pages have no room for so many items");
		for (index, slot) in kept.iter_mut().flatten().take(here).enumerate() {
			let to_come = items as usize - before(page) - index;
			let mut answered = answer(slot);
			let room = (length as usize).saturating_sub(batch.data.len());
			if answered.0.encoded_size() + to_come * SHORT > room {
				*slot = small(slot.leg.0);
				answered = answer(slot);
			}
			let (proof, root) = answered;
			slot.root = root;
			assert!(batch.push(&ProofItem { page, slot: index as u8, proof }));
		}
		set_page::<T>(stream, page, kept);
	}
	let payload = batch.signing_payload(T::Registry::this());
	let signature = sr25519_sign(KEY, &operator, &payload).expect("the key was just made");
	(batch, signature)
}

/// As many streams as there can be, each listed as `verdict`, in the order that takes longest to sort.
fn set_shortfalls<T: Config>(verdict: Verdict) {
	let streams = (0..T::MaxStreams::get()).rev();
	let shortfalls = streams.map(|stream| Shortfall { stream: StreamId(stream), verdict });
	Shortfalls::<T>::put(BoundedVec::truncate_from(shortfalls.collect::<Vec<_>>()));
}

/// The mock's state, with a store for the operators' keys.
#[cfg(test)]
fn keyed_externalities() -> sp_io::TestExternalities {
	use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
	let mut externalities = crate::mock::TestExt::new().build();
	externalities.register_extension(KeystoreExt::new(MemoryKeystore::new()));
	externalities
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn submit_proofs(p: Linear<1, MAX_BATCH_ITEMS>) {
		open_window::<T>();
		let (batch, signature) = batch::<T>(p, T::MaxBatchBytes::get(), p);

		#[extrinsic_call]
		_(RawOrigin::Authorized, batch, signature);

		let proven = Proven::<T>::iter_values().filter(|proven| proven.bits != 0).count();
		assert_eq!(proven, p as usize);
	}

	// One of the shortest proofs there are.
	#[benchmark]
	fn authorize_submit_proofs() {
		open_window::<T>();
		let (batch, signature) = batch::<T>(1, 0, 1);
		let result;

		#[block]
		{
			result = Pallet::<T>::authorize_proofs(TransactionSource::External, &batch, &signature);
		}

		assert!(result.is_ok());
	}

	// So many of the shortest proofs, each on a page of its own.
	#[benchmark]
	fn check_pages(p: Linear<1, MAX_BATCH_ITEMS>) {
		open_window::<T>();
		let (batch, _) = batch::<T>(p, 0, p);
		let (open, owner) = (record(OPEN, u32::MAX), provider());
		let result;

		#[block]
		{
			result = Pallet::<T>::check_items(&batch, &open, &owner);
		}

		assert!(result.is_ok_and(|pages| pages.len() == p as usize));
	}

	// So many of the shortest proofs, all on one page.
	#[benchmark]
	fn check_proofs(i: Linear<1, PAGE_SLOTS>) {
		open_window::<T>();
		let (batch, _) = batch::<T>(i, 0, 1);
		let (open, owner) = (record(OPEN, u32::MAX), provider());
		let result;

		#[block]
		{
			result = Pallet::<T>::check_items(&batch, &open, &owner);
		}

		assert!(result.is_ok_and(|pages| pages.len() == 1));
	}

	// As many bytes of the longest proofs of one chunk, decoded as every node does before.
	#[benchmark]
	fn check_bytes(b: Linear<{ 16 * 1024 }, { T::MaxBatchBytes::get() }>) {
		open_window::<T>();
		let longest = answer(&large(0)).0.encoded_size() as u32 + 8;
		let items = b / longest;
		let (batch, _) = batch::<T>(items, b, items.div_ceil(PAGE_SLOTS));
		let encoded = batch.encode();
		let (open, owner) = (record(OPEN, u32::MAX), provider());
		let result;

		#[block]
		{
			let batch = ProofBatch::decode(&mut encoded.as_slice()).expect("encoded above");
			batch.signing_payload(ChainId::default());
			result = Pallet::<T>::check_items(&batch, &open, &owner);
		}

		assert!(result.is_ok());
	}

	// Not a weight but a figure: so many proofs of one chunk of a blob of 1 GiB.
	#[benchmark(extra)]
	fn verify_one_chunk_of_a_gibibyte(n: Linear<1, 500>) {
		let size = BlobSize::new(1 << 30).expect("blobs may be much larger");
		let slot = Slot { size, challenges: 1, ..large(1) };
		let (proof, root) = answer(&slot);
		let (seed, provider) = (ChallengeSeed(SEED), provider());
		let indices = challenge(&seed, provider.as_ref(), slot.leg.0, size, 1);
		let mut right = 0;

		#[block]
		{
			for _ in 0..n {
				right +=
					u32::from(terrace_possession::verify(&root, size, &indices, &proof).is_ok());
			}
		}

		assert_eq!(right, n);
	}

	// Each leg belongs to another stream and takes the last slot of its page.
	#[benchmark]
	fn track(l: Linear<0, MAX_LEGS_PER_BATCH>) -> Result<(), BenchmarkError> {
		open_window::<T>();
		set_streams::<T>(l, false);
		let leg = |number| TrackedLeg {
			leg: LegId(NEW_LEGS + u64::from(number)),
			stream: StreamId(number),
			provider: provider(),
			operator: Operator::default(),
			root: ContentId([5; 32]),
			size: 1,
			start: Window(0),
			end: Window(100),
			challenges: 1,
			interval: 1,
		};
		let legs = BoundedVec::truncate_from((0..l).map(leg).collect::<Vec<_>>());
		let applied = Applied::<T>::get().next();
		let message = Message::Track(TrackBatch { batch: applied, legs });

		#[block]
		{
			Pallet::<T>::on_message(PARENT, Relation::Parent, message)?;
		}

		assert_eq!(Applied::<T>::get(), applied);
		let tracked = |number: u32| SlotOf::<T>::contains_key(LegId(NEW_LEGS + u64::from(number)));
		assert!((0..l).all(tracked));
		Ok(())
	}

	// Each leg leaves a full page of another stream at once.
	#[benchmark]
	fn untrack(l: Linear<0, MAX_LEGS_PER_BATCH>) -> Result<(), BenchmarkError> {
		open_window::<T>();
		set_streams::<T>(l, true);
		let mut legs = Vec::new();
		for number in 0..l {
			Pages::<T>::mutate(StreamId(number), 0, |page| {
				let slot = page.iter_mut().flatten().last().expect("the page is full");
				slot.start = OPEN.next();
				legs.push(slot.leg);
			});
		}
		let message = Message::Untrack(BoundedVec::truncate_from(legs.clone()));

		#[block]
		{
			Pallet::<T>::on_message(PARENT, Relation::Parent, message)?;
		}

		assert!(!legs.iter().any(|leg| SlotOf::<T>::contains_key(leg)));
		Ok(())
	}

	#[benchmark]
	fn set_operator() -> Result<(), BenchmarkError> {
		let (stream, operator) = (StreamId(0), Operator::from_raw([4; 32]));
		set_stream::<T>(stream, Operator::default(), 1);
		let message = Message::SetOperator { stream, operator };

		#[block]
		{
			Pallet::<T>::on_message(PARENT, Relation::Parent, message)?;
		}

		assert_eq!(Streams::<T>::get(stream).map(|record| record.operator), Some(operator));
		Ok(())
	}

	#[benchmark]
	fn refuse_message() {
		let message = Message::Beacon(Default::default());
		let result;

		#[block]
		{
			result = Pallet::<T>::on_message(PARENT, Relation::Parent, message);
		}

		assert_eq!(result, Err(Error::<T>::UnexpectedMessage.into()));
	}

	#[benchmark]
	fn begin_block() {
		open_window::<T>();
		let before = CurrentWindow::<T>::get();
		let mut meter = WeightMeter::new();

		#[block]
		{
			Pallet::<T>::process_mix();
			Pallet::<T>::process_window(2, &mut meter);
		}

		assert_eq!(CurrentWindow::<T>::get(), before);
	}

	#[benchmark]
	fn stretch_window() {
		let open = record(OPEN, 5);

		#[block]
		{
			Pallet::<T>::stretch(open);
		}

		assert_eq!(CurrentWindow::<T>::get().map(|open| open.closes_at), Some(6));
	}

	#[benchmark]
	fn close_window() {
		T::BenchmarkHelper::open_lane();
		open_window::<T>();
		CurrentWindow::<T>::put(record(OPEN, 5));
		let mut meter = WeightMeter::new();

		#[block]
		{
			Pallet::<T>::process_window(5, &mut meter);
		}

		assert_eq!(CurrentWindow::<T>::get().map(|open| open.window), Some(OPEN.next()));
		assert!(Bounds::<T>::contains_key(OPEN));
	}

	#[benchmark]
	fn restart_window() {
		T::BenchmarkHelper::open_lane();
		start_sweep::<T>(Stage::default());
		CurrentWindow::<T>::put(record(OPEN, 5));
		let mut meter = WeightMeter::new();

		#[block]
		{
			Pallet::<T>::process_window(5, &mut meter);
		}

		let open = CurrentWindow::<T>::get().expect("a window is open");
		assert_eq!((open.window, open.round), (OPEN, 1));
	}

	#[benchmark]
	fn begin_sweep() {
		super::start_sweep::<T>(Stage::default());
		let mut meter = WeightMeter::new();

		#[block]
		{
			Pallet::<T>::process_sweep(&mut meter, 0);
		}

		assert!(Sweep::<T>::exists());
	}

	#[benchmark]
	fn sweep_stream() {
		super::start_sweep::<T>(Stage::default());
		set_streams::<T>(2, true);
		let mut sweeper = Sweeper::<T>::resume().expect("a sweep is under way");
		let mut meter = WeightMeter::new();

		#[block]
		{
			sweeper.step(&mut meter);
		}

		assert!(matches!(sweeper.stage(), Stage::Count { tally: Some(_), .. }));
	}

	// The last page of a stream that lacks proofs.
	#[benchmark]
	fn sweep_page(f: Linear<0, PAGE_SLOTS>) {
		let stream = StreamId(0);
		set_stream::<T>(stream, Operator::default(), 2);
		let mut slots = full_page(0);
		for slot in slots.iter_mut().flatten().take(f as usize) {
			slot.end = CLOSED;
		}
		set_page::<T>(stream, 0, slots);
		let tally = Tally { stream, page: 0, pages: 1, due: 9, missed: 9, due_now: false };
		super::start_sweep::<T>(Stage::Count { after: Some(stream), tally: Some(tally) });
		let mut sweeper = Sweeper::<T>::resume().expect("a sweep is under way");
		let mut meter = WeightMeter::new();

		#[block]
		{
			sweeper.step(&mut meter);
		}

		assert_eq!(Shortfalls::<T>::get().len(), 1);
		assert_eq!(SlotOf::<T>::iter().count(), (PAGE_SLOTS - f) as usize);
	}

	#[benchmark]
	fn sweep_rank() {
		// Two faults of each stream are too many for a report of as many entries as streams.
		set_shortfalls::<T>(Verdict::Faults(2));
		super::start_sweep::<T>(Stage::default());
		let mut sweeper = Sweeper::<T>::resume().expect("a sweep is under way");
		let mut meter = WeightMeter::new();

		#[block]
		{
			sweeper.step(&mut meter);
		}

		assert_eq!(sweeper.stage(), &Stage::Collect { shortfall: 0, page: 0 });
		assert_eq!(Shortfalls::<T>::get().first().map(|first| first.stream), Some(StreamId(0)));
	}

	// All streams but the last one are out as a whole.
	#[benchmark]
	fn sweep_collect() {
		set_shortfalls::<T>(Verdict::Outage(OutageKind::Total));
		let stream = StreamId(0);
		Shortfalls::<T>::mutate(|shortfalls| {
			if let Some(last) = shortfalls.last_mut() {
				last.verdict = Verdict::Faults(PAGE_SLOTS);
			}
		});
		set_stream::<T>(stream, Operator::default(), 1);
		set_page::<T>(stream, 0, full_page(0));
		super::start_sweep::<T>(Stage::Collect { shortfall: 0, page: 0 });
		let mut sweeper = Sweeper::<T>::resume().expect("a sweep is under way");
		let mut meter = WeightMeter::new();

		#[block]
		{
			sweeper.step(&mut meter);
		}

		assert_eq!(Faults::<T>::get().len(), PAGE_SLOTS as usize);
	}

	// More than any report has: all streams are out, and as many legs as fit are at fault.
	#[benchmark]
	fn send_part() {
		T::BenchmarkHelper::open_lane();
		set_shortfalls::<T>(Verdict::Outage(OutageKind::Total));
		let faults = (0..u64::from(MAX_EXCEPTIONS)).map(LegId).collect::<Vec<_>>();
		Faults::<T>::put(BoundedVec::truncate_from(faults));
		let entries = T::MaxStreams::get() + MAX_EXCEPTIONS;
		let last = entries.div_ceil(MAX_EXCEPTIONS_PER_PART) - 1;
		super::start_sweep::<T>(Stage::Send { part: last as u16 });
		let mut sweeper = Sweeper::<T>::resume().expect("a sweep is under way");
		let mut meter = WeightMeter::new();

		#[block]
		{
			sweeper.step(&mut meter);
		}

		assert!(!Faults::<T>::exists() && !Shortfalls::<T>::exists());
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::benchmarking::keyed_externalities(),
		crate::mock::Test
	);
}
