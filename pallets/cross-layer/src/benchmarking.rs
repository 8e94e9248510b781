// SPDX-License-Identifier: Apache-2.0
//! Measures calls, messages and phases of the work in their worst cases.

use crate::*;
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{fungible::Mutate, EnsureOrigin, Get},
	weights::Weight,
};
use frame_system::RawOrigin;
use sp_core::H256;
use sp_runtime::{traits::BlakeTwo256, SaturatedConversion};
use sp_trie::{trie_types::TrieDBMutBuilderV1, LayoutV1, MemoryDB, Recorder, TrieDBBuilder};
use sp_trie::{Trie, TrieMut};
use terrace_layers::{
	keys, limits, payload_hash, AccountId, Balance, BatchId, Beacon, ChainId, Direction, LaneId,
	LaneState, Layer, LegId, Message, Relation, StateProof, StreamId, TrackBatch, TrackedLeg,
	VersionedMessage, Window, MAX_ADMIN_CALL, MAX_LEGS_PER_BATCH,
};

/// What every account has.
const FUNDS: Balance = 1 << 96;
/// What moves.
const AMOUNT: Balance = 1 << 64;
/// Block of the neighbour that states are proven at.
const PROVEN: u32 = 100;

/// What benchmarks need of the registry.
pub trait BenchmarkHelper {
	/// Gives this chain an id and a layer.
	fn begin(layer: Layer);
	/// Registers a neighbour that messages go to and come from.
	fn neighbour(relation: Relation, index: u32) -> ChainId;
	/// Makes a block of a neighbour known, with its state root.
	fn set_state_root(chain: &ChainId, number: u32, root: H256);
	/// Closes a neighbour.
	fn close(chain: &ChainId);
}

fn neighbour<T: Config>(relation: Relation, index: u32) -> ChainId {
	let chain = T::BenchmarkHelper::neighbour(relation, index);
	Pallet::<T>::open_lanes(chain).expect("there are no lanes to it");
	chain
}

fn funded<T: Config>(index: u32) -> AccountId {
	let who = account("holder", index, 0);
	T::Currency::mint_into(&who, FUNDS).expect("there is less in circulation than fits");
	who
}

/// Has `child` own all tokens that anybody wants of it.
fn lock<T: Config>(child: &ChainId) {
	let from = funded::<T>(u32::MAX);
	Pallet::<T>::lock_tokens(child, &from, FUNDS / 2).expect("it has more");
}

/// Has so many releases of a child wait.
fn wait<T: Config>(child: &ChainId, count: u32, amount: Balance) {
	for _ in 0..count {
		let list = Waitlists::<T>::get(child);
		let who = account("waiting", list.next as u32, 0);
		WaitingReleases::<T>::insert(child, list.next, Waiting { who, amount });
		let (next, total) = (list.next.saturating_add(1), list.total.saturating_add(amount));
		Waitlists::<T>::insert(child, Waitlist { next, total, ..list });
	}
}

/// A message that is long, and is read in many parts; no child may send it.
fn batch_of_legs() -> Vec<u8> {
	let leg = |index: u32| TrackedLeg {
		leg: LegId(index.into()),
		stream: StreamId(index),
		provider: account("elsewhere", index, 0),
		operator: sp_core::sr25519::Public::from_raw([6; 32]),
		root: terrace_possession::ContentId([5; 32]),
		size: 1 << 40,
		start: Window(1),
		end: Window(2),
		challenges: 1,
		interval: 1,
	};
	let legs: Vec<_> = (0..MAX_LEGS_PER_BATCH).map(leg).collect();
	let legs = legs.try_into().expect("as many as fit");
	VersionedMessage::to_payload(Message::Track(TrackBatch { batch: BatchId(1), legs }))
}

/// So many payloads that are no messages, of so many bytes together.
fn junk(count: u32, bytes: u32) -> Vec<Vec<u8>> {
	let (count, bytes): (usize, usize) = (count.saturated_into(), bytes.saturated_into());
	let each = bytes.checked_div(count).unwrap_or(0);
	vec![vec![0xff; each]; count]
}

/// A relay call without proofs.
struct Brought {
	chain: ChainId,
	lane: LaneId,
	proof: StateProof,
	messages: Vec<Vec<u8>>,
	tail: Vec<H256>,
}

impl Brought {
	fn new(chain: ChainId, lane: LaneId) -> Self {
		let (proof, messages, tail) = Default::default();
		Self { chain, lane, proof, messages, tail }
	}

	fn call(&self) -> Relayed<'_> {
		Relayed {
			chain: self.chain,
			lane: self.lane,
			finality: None,
			at: PROVEN,
			proof: &self.proof,
			first: 1,
			messages: &self.messages,
			tail: &self.tail,
			max_weight: Weight::MAX,
		}
	}

	fn edge<T: Config>(&self) -> Edge {
		let own = Lanes::<T>::get((self.chain, self.lane)).expect("it was opened");
		Edge { relation: Relation::Child, own }
	}

	/// What the neighbour's end says when all of this is on its way.
	fn peer<T: Config>(&self) -> LaneState {
		let Edge { own, .. } = self.edge::<T>();
		let (source, target) = (self.chain, own.self_id);
		let way = Direction { source, target, lane: self.lane, incarnation: own.incarnation };
		let sent = way.extend(0, H256::zero(), &self.messages, &self.tail).expect("few");
		let (out_nonce, out_head) = sent.end;
		LaneState { out_nonce, out_head, ..LaneState::new(self.chain, own.incarnation) }
	}
}

/// A trie with so many nodes, each of them full, on the way to `value`; the nodes of that way.
fn path(key: &[u8], value: &[u8], nodes: u32) -> (H256, StateProof) {
	let (mut db, mut root) = MemoryDB::<BlakeTwo256>::default_with_root();
	{
		let mut trie = TrieDBMutBuilderV1::<BlakeTwo256>::new(&mut db, &mut root).build();
		trie.insert(key, value).expect("the trie is whole");
		// Besides the branches there are the leaf and, for it is long, its value.
		for nibble in 0..nodes.saturating_sub(2) {
			for beside in 1..16 {
				trie.insert(&turned(key, nibble, beside), value).expect("the trie is whole");
			}
		}
	}
	let mut recorder = Recorder::<LayoutV1<BlakeTwo256>>::new();
	{
		let trie = TrieDBBuilder::<LayoutV1<BlakeTwo256>>::new(&db, &root)
			.with_recorder(&mut recorder)
			.build();
		trie.get(key).expect("the trie is whole");
	}
	(root, recorder.drain().into_iter().map(|node| node.data).collect())
}

/// `key` up to a nibble, which is another one, and something else behind it.
fn turned(key: &[u8], nibble: u32, by: u8) -> Vec<u8> {
	let index: usize = (nibble / 2).saturated_into();
	let mask = if nibble % 2 == 0 { by << 4 } else { by };
	let mut key = key.to_vec();
	for (at, byte) in key.iter_mut().enumerate().skip(index) {
		*byte ^= if at == index { mask } else { 0xa5 };
	}
	key
}

fn put_letters<T: Config>(key: LaneKey, count: u32, payload: &[u8]) {
	let nonces: Vec<u64> = (1..=u64::from(count)).collect();
	for nonce in &nonces {
		let payload = Payload::try_from(payload.to_vec()).expect("short enough");
		DeadLetters::<T>::insert(key, nonce, payload);
	}
	DeadLetterNonces::<T>::insert(key, frame_support::BoundedVec::truncate_from(nonces));
}

fn send_many<T: Config>(key: LaneKey, count: u32, payload: impl Fn(u32) -> Vec<u8>) {
	for index in 0..count {
		let own = Lanes::<T>::get(key).expect("it was opened");
		let nonce = own.out_nonce.saturating_add(1);
		let payload = Payload::try_from(payload(index)).expect("short enough");
		Pallet::<T>::append(key, own, nonce, payload);
	}
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn on_initialize() {
		T::BenchmarkHelper::begin(Layer::Main);
		#[block]
		{
			Pallet::<T>::process_block(2_u32.into());
		}
	}

	#[benchmark]
	fn open_lanes() {
		T::BenchmarkHelper::begin(Layer::Contract);
		let parent = T::BenchmarkHelper::neighbour(Relation::Parent, 0);
		#[block]
		{
			Pallet::<T>::process_first_block();
		}
		assert!(LaneId::ALL.iter().all(|lane| Lanes::<T>::contains_key((parent, lane))));
	}

	#[benchmark]
	fn forward_beacon(c: Linear<0, { limits::MAX_CHILDREN }>) {
		T::BenchmarkHelper::begin(Layer::Main);
		let children: Vec<_> = (0..c).map(|index| neighbour::<T>(Relation::Child, index)).collect();
		LatestBeacon::<T>::put(Beacon { epoch: 7, randomness: [7; 32] });
		BeaconDue::<T>::put(true);
		#[block]
		{
			Pallet::<T>::process_beacon();
		}
		assert!(!BeaconDue::<T>::get());
		assert!(children.iter().all(|child| BeaconSent::<T>::get(child) == Some(7)));
	}

	#[benchmark]
	fn check_cheaply() -> Result<(), BenchmarkError> {
		T::BenchmarkHelper::begin(Layer::Main);
		let chain = neighbour::<T>(Relation::Child, 0);
		let mut brought = Brought::new(chain, LaneId::STORAGE);
		brought.messages = junk(limits::MAX_MESSAGES_PER_CALL, limits::MAX_BYTES_PER_CALL);
		T::BenchmarkHelper::set_state_root(&chain, PROVEN, H256::zero());
		let done;
		#[block]
		{
			done = Pallet::<T>::check_cheaply(&brought.call());
		}
		done.map_err(|_| BenchmarkError::Stop("the call was refused"))
	}

	/// `n` nodes that prove a lane and as many bytes as `b` that prove nothing.
	#[benchmark]
	fn check_proof(
		n: Linear<2, { limits::MAX_PROOF_NODES }>,
		b: Linear<0, { limits::MAX_PROOF_BYTES }>,
	) {
		T::BenchmarkHelper::begin(Layer::Main);
		let chain = neighbour::<T>(Relation::Child, 0);
		let mut brought = Brought::new(chain, LaneId::STORAGE);
		let edge = brought.edge::<T>();
		let key = keys::lane(edge.own.self_id, LaneId::STORAGE);
		let (root, proof) = path(&key, &brought.peer::<T>().encode(), n);
		assert_eq!(proof.len(), usize::try_from(n).expect("small"));
		brought.proof = proof;
		if b > 0 {
			brought.proof.push(vec![0; b.saturated_into()]);
		}
		T::BenchmarkHelper::set_state_root(&chain, PROVEN, root);
		let proven;
		#[block]
		{
			proven = Pallet::<T>::proven_lane(&brought.call(), &edge, None);
		}
		assert_eq!(proven.is_ok(), b == 0);
	}

	/// `m` short messages.
	#[benchmark]
	fn check_messages(m: Linear<0, { limits::MAX_MESSAGES_PER_CALL }>) {
		T::BenchmarkHelper::begin(Layer::Main);
		let chain = neighbour::<T>(Relation::Child, 0);
		let mut brought = Brought::new(chain, LaneId::STORAGE);
		let heartbeat = Message::Heartbeat { window: Window(1), round: 1 };
		brought.messages = vec![VersionedMessage::to_payload(heartbeat); m.saturated_into()];
		let (edge, peer) = (brought.edge::<T>(), brought.peer::<T>());
		let read;
		#[block]
		{
			read = Pallet::<T>::check_messages(&brought.call(), &edge.own, &peer);
		}
		assert!(read.is_ok());
	}

	/// The hashes of `t` messages.
	#[benchmark]
	fn check_tail(t: Linear<0, { limits::MAX_PENDING }>) {
		T::BenchmarkHelper::begin(Layer::Main);
		let chain = neighbour::<T>(Relation::Child, 0);
		let mut brought = Brought::new(chain, LaneId::STORAGE);
		brought.tail = vec![payload_hash(&[1]); t.saturated_into()];
		let (edge, peer) = (brought.edge::<T>(), brought.peer::<T>());
		let read;
		#[block]
		{
			read = Pallet::<T>::check_messages(&brought.call(), &edge.own, &peer);
		}
		assert!(read.is_ok());
	}

	/// Long messages of nearly `b` bytes.
	#[benchmark]
	fn check_payload(b: Linear<0, { limits::MAX_BYTES_PER_CALL }>) {
		T::BenchmarkHelper::begin(Layer::Main);
		let chain = neighbour::<T>(Relation::Child, 0);
		let mut brought = Brought::new(chain, LaneId::STORAGE);
		let long = batch_of_legs();
		let count = usize::try_from(b).expect("small") / long.len();
		brought.messages = vec![long; count];
		let (edge, peer) = (brought.edge::<T>(), brought.peer::<T>());
		let read;
		#[block]
		{
			read = Pallet::<T>::check_messages(&brought.call(), &edge.own, &peer);
		}
		assert!(read.is_ok());
	}

	/// Dispatch of `m` messages that fail, and are kept, with `b` bytes.
	#[benchmark]
	fn deliver(
		m: Linear<8, { limits::MAX_MESSAGES_PER_CALL }>,
		b: Linear<0, { limits::MAX_BYTES_PER_CALL }>,
	) {
		T::BenchmarkHelper::begin(Layer::Main);
		let chain = neighbour::<T>(Relation::Child, 0);
		let mut brought = Brought::new(chain, LaneId::STORAGE);
		let before = T::MaxDeadLetters::get().saturating_sub(m);
		let key = (chain, LaneId::STORAGE);
		put_letters::<T>(key, before, &[]);
		Lanes::<T>::mutate_extant(key, |own| own.in_nonce = before.into());
		brought.messages = junk(m, b);
		let last = u64::from(before).saturating_add(m.into());
		let progress = Progress {
			delivered: (last, H256::repeat_byte(1)),
			acked: None,
			messages: vec![None; m.saturated_into()],
			weight: Weight::zero(),
		};
		let done;
		#[block]
		{
			done = Pallet::<T>::apply(&brought.call(), Relation::Child, progress);
		}
		assert!(done.is_ok());
		assert!(DeadLetters::<T>::contains_key(key, last));
	}

	#[benchmark]
	fn prune(n: Linear<0, { limits::MAX_PENDING }>) {
		T::BenchmarkHelper::begin(Layer::Main);
		let chain = neighbour::<T>(Relation::Child, 0);
		let key = (chain, LaneId::STORAGE);
		send_many::<T>(key, n, |_| vec![1; 1_024]);
		#[block]
		{
			Pallet::<T>::acknowledge(key, (n > 0).then_some(n.into()));
		}
		assert_eq!(Acked::<T>::get(key).pruned, u64::from(n));
	}

	#[benchmark]
	fn credit() {
		T::BenchmarkHelper::begin(Layer::Contract);
		let chain = neighbour::<T>(Relation::Parent, 0);
		let who: AccountId = account("new", 0, 0);
		let message = Message::Credit { who: who.clone(), amount: AMOUNT };
		let (key, relation) = ((chain, LaneId::MONEY), Relation::Parent);
		#[block]
		{
			let done = Pallet::<T>::dispatch(key, relation, H256::zero(), Some(message));
			assert!(done.is_ok());
		}
	}

	/// One that waits behind others, two of which take a turn and wait again.
	#[benchmark]
	fn release() {
		T::BenchmarkHelper::begin(Layer::Main);
		let chain = neighbour::<T>(Relation::Child, 0);
		lock::<T>(&chain);
		wait::<T>(&chain, 3, FUNDS / 8);
		let who: AccountId = account("new", 0, 0);
		let message = Message::Release { who, amount: AMOUNT };
		let (key, relation) = ((chain, LaneId::MONEY), Relation::Child);
		#[block]
		{
			let done = Pallet::<T>::dispatch(key, relation, H256::zero(), Some(message));
			assert!(done.is_ok());
		}
	}

	/// A call of `b` bytes.
	#[benchmark]
	fn send_admin(b: Linear<0, { MAX_ADMIN_CALL }>) -> Result<(), BenchmarkError> {
		T::BenchmarkHelper::begin(Layer::Main);
		let child = neighbour::<T>(Relation::Child, 0);
		let origin =
			T::AdminOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, child, u32::MAX, vec![7; b.saturated_into()]);
		assert!(Outbox::<T>::contains_key((child, LaneId::ADMIN), 1));
		Ok(())
	}

	#[benchmark]
	fn release_waiting(n: Linear<1, 64>) {
		T::BenchmarkHelper::begin(Layer::Main);
		let chain = neighbour::<T>(Relation::Child, 0);
		lock::<T>(&chain);
		wait::<T>(&chain, 4, FUNDS / 16);
		wait::<T>(&chain, n, AMOUNT);
		let caller: AccountId = whitelisted_caller();
		let max = n.saturating_add(4);
		#[extrinsic_call]
		_(RawOrigin::Signed(caller), chain, max);
		assert!(Waitlists::<T>::get(chain).total < FUNDS / 4);
	}

	#[benchmark]
	fn beacon() {
		LatestBeacon::<T>::put(Beacon { epoch: 7, randomness: [7; 32] });
		let newer = Beacon { epoch: 8, randomness: [8; 32] };
		#[block]
		{
			assert!(Pallet::<T>::adopt_beacon(newer));
		}
	}

	#[benchmark]
	fn transfer_down() {
		T::BenchmarkHelper::begin(Layer::Main);
		let child = neighbour::<T>(Relation::Child, 0);
		let (from, to) = (funded::<T>(0), account("new", 0, 0));
		#[extrinsic_call]
		_(RawOrigin::Signed(from), child, to, AMOUNT);
		assert_eq!(Locked::<T>::get(child), AMOUNT);
	}

	#[benchmark]
	fn transfer_up() {
		T::BenchmarkHelper::begin(Layer::Contract);
		let parent = neighbour::<T>(Relation::Parent, 0);
		let (from, to) = (funded::<T>(0), account("new", 0, 0));
		#[extrinsic_call]
		_(RawOrigin::Signed(from), to, AMOUNT);
		assert!(Outbox::<T>::contains_key((parent, LaneId::MONEY), 1));
	}

	/// The message is read to its end and then refused: what it does has a weight of its own.
	#[benchmark]
	fn redispatch() {
		T::BenchmarkHelper::begin(Layer::Main);
		let chain = neighbour::<T>(Relation::Child, 0);
		let key = (chain, LaneId::STORAGE);
		put_letters::<T>(key, T::MaxDeadLetters::get(), &batch_of_legs());
		#[block]
		{
			let done = Pallet::<T>::do_redispatch((chain, LaneId::STORAGE), 1);
			assert!(done.is_err());
		}
	}

	#[benchmark]
	fn abandon(n: Linear<1, { limits::MAX_PENDING }>) -> Result<(), BenchmarkError> {
		T::BenchmarkHelper::begin(Layer::Main);
		let chain = neighbour::<T>(Relation::Child, 0);
		let key = (chain, LaneId::MONEY);
		lock::<T>(&chain);
		send_many::<T>(key, n, |index| {
			let who = account("new", index, 0);
			VersionedMessage::to_payload(Message::Credit { who, amount: AMOUNT })
		});
		T::BenchmarkHelper::close(&chain);
		let origin =
			T::AdminOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, chain, LaneId::MONEY, n);
		assert_eq!(Acked::<T>::get(key).pruned, u64::from(n));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, sp_io::TestExternalities::default(), crate::mock::Test);
}
