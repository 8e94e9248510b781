// SPDX-License-Identifier: Apache-2.0
//! A runtime whose neighbours, randomness and lane the tests set by hand.

use crate::{
	self as pallet_proof_verification, CurrentWindow, Event, Pages, SlotOf, Streams, WindowRecord,
};
use codec::Encode;
use frame_support::{
	derive_impl, migrations::MultiStepMigrator, parameter_types, traits::Hooks, weights::Weight,
};
use sp_core::{sr25519, Pair, H256};
use sp_runtime::{
	generic,
	testing::UintAuthorityId,
	traits::{Applyable, BlakeTwo256, Checkable},
	transaction_validity::{
		InvalidTransaction, TransactionSource, TransactionValidity, TransactionValidityError,
		UnknownTransaction,
	},
	BuildStorage, DispatchError, DispatchResult,
};
use terrace_layers::*;
use terrace_possession::{challenge, prove, BlobSize, ChallengeSeed, ContentId};

pub type Header = generic::Header<u32, BlakeTwo256>;
pub type Extrinsic = generic::UncheckedExtrinsic<
	u64,
	RuntimeCall,
	UintAuthorityId,
	(frame_system::AuthorizeCall<Test>,),
>;
pub type Block = generic::Block<Header, Extrinsic>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system::Pallet<Test>;
	#[runtime::pallet_index(1)]
	pub type ProofVerification = pallet_proof_verification::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type DbWeight = frame_support::weights::constants::ParityDbWeight;
	type MultiBlockMigrator = Migrator;
}

/// Identity of the chain under test.
pub const THIS: ChainId = ChainId(H256::repeat_byte(0x11));
/// Its parent.
pub const PARENT: ChainId = ChainId(H256::repeat_byte(0x22));
/// Blocks of a window unless a test says otherwise.
pub const WINDOW: u32 = 10;
/// Windows whose bounds are kept.
pub const BOUNDS_KEPT: u32 = 3;

parameter_types! {
	pub const MaxStreams: u32 = 128;
	pub const MaxBatchBytes: u32 = 768 * 1024;
	pub static MaxPagesPerStream: u32 = 4;
	pub static MaxPartialFaults: u32 = 64;
	/// What a block leaves for `on_idle`.
	pub static IdleWeight: Weight = Weight::MAX;
	pub static ParentOfTest: Option<ChainId> = Some(PARENT);
	pub static ThisChain: ChainId = THIS;
	pub static VrfOutput: Option<[u8; 32]> = Some([3; 32]);
	pub static TestBeacon: Option<Beacon> = Some(Beacon { epoch: 4, randomness: [5; 32] });
	/// Whether a migration runs.
	pub static Migrating: bool = false;
	/// Messages that the lane takes.
	pub static Room: u32 = limits::MAX_PENDING;
	/// Whether the lane refuses messages although it has room.
	pub static Refusing: bool = false;
	/// Messages sent.
	pub static Sent: Vec<Message> = Vec::new();
}

pub struct Registry;
impl Neighbours for Registry {
	fn this() -> ChainId {
		ThisChain::get()
	}
	fn layer() -> Layer {
		Layer::Proof
	}
	fn parent() -> Option<ChainId> {
		ParentOfTest::get()
	}
	fn children() -> Vec<ChainId> {
		Vec::new()
	}
	fn relation(chain: &ChainId) -> Option<Relation> {
		(ParentOfTest::get().as_ref() == Some(chain)).then_some(Relation::Parent)
	}
	fn may_receive(chain: &ChainId) -> bool {
		Self::relation(chain).is_some()
	}
	fn may_send(chain: &ChainId, _: LaneId) -> bool {
		Self::relation(chain).is_some()
	}
	fn incarnation(_: &ChainId) -> u32 {
		0
	}
	fn state_root(_: &ChainId, _: u32) -> Option<H256> {
		None
	}
	fn origin_of(_: &ChainId) -> Option<Origin> {
		None
	}
}

pub struct Migrator;
impl MultiStepMigrator for Migrator {
	fn ongoing() -> bool {
		Migrating::get()
	}
	fn step() -> Weight {
		Weight::from_parts(1, 0)
	}
}

pub struct Lane;
impl SendMessage for Lane {
	fn send(to: ChainId, message: Message) -> Result<u64, DispatchError> {
		assert_eq!(to, PARENT, "only the parent gets messages");
		if Refusing::get() || Room::get() == 0 {
			return Err(DispatchError::Exhausted);
		}
		Room::mutate(|room| *room -= 1);
		Sent::mutate(|sent| sent.push(message));
		Ok(Sent::get().len() as u64)
	}
	fn room(to: &ChainId, lane: LaneId) -> u32 {
		assert_eq!((*to, lane), (PARENT, LaneId::STORAGE));
		Room::get()
	}
}

pub struct BeaconOfTest;
impl BeaconSource for BeaconOfTest {
	fn beacon() -> Option<Beacon> {
		TestBeacon::get()
	}
}

impl crate::Config for Test {
	type Registry = Registry;
	type Outbound = Lane;
	type Beacon = BeaconOfTest;
	type Vrf = VrfOutput;
	type MaxStreams = MaxStreams;
	type MaxPagesPerStream = MaxPagesPerStream;
	type MaxPartialFaults = MaxPartialFaults;
	type BoundsKept = frame_support::traits::ConstU32<BOUNDS_KEPT>;
	type MaxBatchBytes = MaxBatchBytes;
	type WeightInfo = crate::weights::SubstrateWeight<Test>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();
}

/// Builds the chain at its first block, in which window 0 opens.
pub struct TestExt {
	window_blocks: u32,
}

impl TestExt {
	pub fn new() -> Self {
		MaxPagesPerStream::set(4);
		MaxPartialFaults::set(64);
		IdleWeight::set(Weight::MAX);
		ParentOfTest::set(Some(PARENT));
		ThisChain::set(THIS);
		VrfOutput::set(Some([3; 32]));
		TestBeacon::set(Some(Beacon { epoch: 4, randomness: [5; 32] }));
		Room::set(limits::MAX_PENDING);
		Refusing::set(false);
		Migrating::set(false);
		Sent::set(Vec::new());
		Self { window_blocks: WINDOW }
	}

	pub fn window_blocks(mut self, blocks: u32) -> Self {
		self.window_blocks = blocks;
		self
	}

	pub fn build(self) -> sp_io::TestExternalities {
		let proof_verification =
			crate::GenesisConfig { window_blocks: self.window_blocks, _config: Default::default() };
		let genesis = RuntimeGenesisConfig { system: Default::default(), proof_verification };
		genesis.build_storage().expect("the preset is sound").into()
	}

	pub fn build_and_execute<R>(self, test: impl FnOnce() -> R) -> R {
		self.build().execute_with(|| {
			next_block();
			let result = test();
			ProofVerification::do_try_state().expect("an invariant is broken");
			result
		})
	}
}

/// Ends the block and begins the next one on a parent with that hash.
pub fn next_block_on(parent: H256) {
	let number = System::block_number();
	if number > 0 {
		ProofVerification::on_idle(number, IdleWeight::get());
		ProofVerification::do_try_state().expect("an invariant is broken");
	}
	System::initialize(&(number + 1), &parent, &Default::default());
	ProofVerification::on_initialize(number + 1);
}

pub fn next_block() {
	next_block_on(H256::from_low_u64_be(System::block_number().into()));
}

pub fn run_to(block: u32) {
	while System::block_number() < block {
		next_block();
	}
}

/// The open window.
pub fn open() -> WindowRecord {
	CurrentWindow::<Test>::get().expect("a window opens in the first block")
}

/// Runs to the block in which the open round ends.
pub fn end_round() {
	run_to(open().closes_at);
}

/// Runs until `window` opens for the first time.
pub fn run_to_window(window: u32) {
	while open().window.0 < window {
		end_round();
	}
}

/// Ends the open window and runs until its report is sent.
pub fn report_of_open() -> Report {
	let window = open().window;
	run_to_window(window.0 + 1);
	while ProofVerification::window().expect("open").sweeping.is_some() {
		next_block();
	}
	let parts = reports().into_iter().filter(|part| part.window == window).collect::<Vec<_>>();
	let [part] = &parts[..] else { panic!("not one part: {parts:?}") };
	part.clone()
}

/// Reports sent.
pub fn reports() -> Vec<Report> {
	let report = |message| match message {
		Message::Report(report) => Some(report),
		_ => None,
	};
	Sent::get().into_iter().filter_map(report).collect()
}

/// Heartbeats sent, as window and round.
pub fn heartbeats() -> Vec<(u32, u32)> {
	let heartbeat = |message| match message {
		Message::Heartbeat { window, round } => Some((window.0, round)),
		_ => None,
	};
	Sent::get().into_iter().filter_map(heartbeat).collect()
}

/// Events of this pallet in the block so far.
pub fn events() -> Vec<Event<Test>> {
	let event = |record: frame_system::EventRecord<RuntimeEvent, H256>| match record.event {
		RuntimeEvent::ProofVerification(event) => Some(event),
		_ => None,
	};
	System::events().into_iter().filter_map(event).collect()
}

/// The blob of a leg: 1 to 6 chunks.
pub fn blob(leg: u64) -> Vec<u8> {
	let length = 1 + (leg * 937) % 6000;
	(0..length).map(|at| (at * 31 + leg * 7) as u8).collect()
}

pub fn provider(stream: u32) -> AccountId {
	AccountId::new([stream as u8; 32])
}

/// The operator's key pair of a stream.
pub fn operator(stream: u32) -> sr25519::Pair {
	sr25519::Pair::from_seed(&sp_io::hashing::blake2_256(&stream.encode()))
}

/// A leg of `stream` due from the next window on, with one challenge a window.
pub fn leg(leg: u64, stream: u32) -> TrackedLeg {
	let blob = blob(leg);
	TrackedLeg {
		leg: LegId(leg),
		stream: StreamId(stream),
		provider: provider(stream),
		operator: operator(stream).public(),
		root: ContentId::of(&blob),
		size: blob.len() as u64,
		start: Window(0),
		end: Window(1_000),
		challenges: 1,
		interval: 1,
	}
}

/// Delivers a batch of the parent.
pub fn deliver(batch: u64, legs: Vec<TrackedLeg>) -> DispatchResult {
	let legs = legs.try_into().expect("at most 64 legs");
	let message = Message::Track(TrackBatch { batch: BatchId(batch), legs });
	ProofVerification::on_message(PARENT, Relation::Parent, message)
}

/// Delivers legs in as many next batches as it takes.
pub fn track(legs: Vec<TrackedLeg>) {
	for legs in legs.chunks(MAX_LEGS_PER_BATCH as usize) {
		let batch = crate::Applied::<Test>::get().next();
		deliver(batch.0, legs.to_vec()).expect("the batch is the next one");
	}
}

pub fn untrack(legs: &[u64]) {
	let legs = legs.iter().copied().map(LegId).collect::<Vec<_>>();
	let message = Message::Untrack(legs.try_into().expect("at most 64 legs"));
	ProofVerification::on_message(PARENT, Relation::Parent, message).expect("never fails");
}

/// A right answer for a leg in the open window.
pub fn item(leg: u64) -> ProofItem {
	let at = SlotOf::<Test>::get(LegId(leg)).expect("the leg is tracked");
	let page = Pages::<Test>::get(at.stream, at.page);
	let slot = page[at.slot as usize].clone().expect("the address is right");
	let provider = Streams::<Test>::get(at.stream).expect("the stream exists").provider;
	let size = BlobSize::new(slot.size.get()).expect("checked when tracked");
	let seed = ChallengeSeed(open().seed);
	let indices = challenge(&seed, provider.as_ref(), leg, size, slot.challenges);
	ProofItem { page: at.page, slot: at.slot, proof: prove(&blob(leg), &indices) }
}

/// A batch for legs of one stream.
pub fn batch(legs: &[u64]) -> ProofBatch {
	let at = SlotOf::<Test>::get(LegId(legs[0])).expect("the leg is tracked");
	let mut items = legs.iter().map(|leg| item(*leg)).collect::<Vec<_>>();
	items.sort_by_key(|item| (item.page, item.slot));
	with_items(&items, ProofBatch::new(at.stream, open().window, 0))
}

/// `batch` with those items instead of its own, be they in order or not.
pub fn with_items(items: &[ProofItem], batch: ProofBatch) -> ProofBatch {
	let mut batch = ProofBatch { data: Default::default(), ..batch };
	assert!(items.iter().all(|item| batch.push(item)), "they fit");
	batch
}

/// Why a proof transaction did not do its work.
#[derive(Debug, PartialEq)]
pub enum Refusal {
	Validity(TransactionValidityError),
	Dispatch(DispatchError),
}

impl From<InvalidTransaction> for Refusal {
	fn from(error: InvalidTransaction) -> Self {
		Refusal::Validity(error.into())
	}
}

impl From<UnknownTransaction> for Refusal {
	fn from(error: UnknownTransaction) -> Self {
		Refusal::Validity(error.into())
	}
}

fn extrinsic(batch: ProofBatch, signature: OperatorSignature) -> Extrinsic {
	let call = crate::Call::submit_proofs { batch, signature };
	Extrinsic::new_transaction(call.into(), (frame_system::AuthorizeCall::new(),))
}

pub fn sign(batch: &ProofBatch, key: &sr25519::Pair) -> OperatorSignature {
	key.sign(&batch.signing_payload(THIS))
}

/// Puts a transaction into the block, as a block author does.
pub fn submit_signed(batch: ProofBatch, signature: OperatorSignature) -> Result<(), Refusal> {
	use frame_support::dispatch::GetDispatchInfo;
	let extrinsic = extrinsic(batch, signature);
	let (info, len) = (extrinsic.get_dispatch_info(), extrinsic.encoded_size());
	let context = frame_system::ChainContext::<Test>::default();
	let checked = Checkable::check(extrinsic, &context).map_err(Refusal::Validity)?;
	let applied = checked.apply::<Test>(&info, len).map_err(Refusal::Validity)?;
	applied.map(|_| ()).map_err(|failed| Refusal::Dispatch(failed.error))
}

/// As [`submit_signed`], with the signature of the stream's operator.
pub fn submit(batch: ProofBatch) -> Result<(), Refusal> {
	let signature = sign(&batch, &operator(batch.stream.0));
	submit_signed(batch, signature)
}

/// What a pool says of a transaction: on top of the block as it is, without the next one's start.
pub fn validate(batch: &ProofBatch) -> TransactionValidity {
	use frame_support::{
		dispatch::GetDispatchInfo,
		storage::{with_transaction, TransactionOutcome},
	};
	let signature = sign(batch, &operator(batch.stream.0));
	let extrinsic = extrinsic(batch.clone(), signature);
	let (info, len) = (extrinsic.get_dispatch_info(), extrinsic.encoded_size());
	let context = frame_system::ChainContext::<Test>::default();
	with_transaction(|| {
		let next = System::block_number() + 1;
		System::initialize(&next, &H256::zero(), &Default::default());
		let checked = Checkable::check(extrinsic, &context).expect("general extrinsics are");
		let validity = checked.validate::<Test>(TransactionSource::External, &info, len);
		TransactionOutcome::Rollback(Ok::<_, DispatchError>(validity))
	})
	.expect("the storage layer is left")
}

/// Proves legs of any streams in the open window.
pub fn prove_legs(legs: &[u64]) {
	let mut streams = std::collections::BTreeMap::<u32, Vec<u64>>::new();
	for leg in legs {
		let at = SlotOf::<Test>::get(LegId(*leg)).expect("the leg is tracked");
		streams.entry(at.stream.0).or_default().push(*leg);
	}
	for legs in streams.values() {
		submit(batch(legs)).expect("the proofs are right");
	}
}
