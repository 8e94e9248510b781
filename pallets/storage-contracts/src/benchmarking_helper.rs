// SPDX-License-Identifier: Apache-2.0
//! What benchmarks need of a runtime, and the state that they start from.
//!
//! Records are written as calls would leave them, at their bounds: the calls that lead there would take
//! thousands of windows.

use crate::{
	ActiveContract, Agendas, Amounts, BatchRecord, Batches, Booked, Chains, Config, ContractRecord,
	Contracts, ContractsOf, EdgeRecord, Edges, Gathered, LastFault, LegRecord, Legs, Mark, NextIds,
	OutageEntry, Outages, Pallet, PendingLegs, Phase, StreamOf, StreamRecord, Streams,
	MAX_FORGIVEN, MAX_VOID,
};
use alloc::{format, vec, vec::Vec};
use codec::{Compact, Encode};
use frame_benchmarking::account;
use frame_support::{
	pallet_prelude::BoundedVec,
	traits::{fungible::Mutate, Get},
};
use sp_core::{crypto::KeyTypeId, sr25519, H256, U256};
use sp_runtime::{
	traits::{BlakeTwo256, Header as _},
	MultiSignature,
};
use sp_trie::{LayoutV1, MemoryDB, TrieDBMutBuilder, TrieMut};
use terrace_layers::{
	keys, AccountId, AppealEvidence, Balance, BatchId, BlockNumber, ChainId, ContractId, Header,
	Layer, LegId, Offer, OnNeighbour, Origin, OutageKind, Providers, Relation, StreamId, Terms,
	TrackedLeg, Window, WindowBounds,
};
use terrace_possession::{
	challenge, verify, BlobSize, ChallengeSeed, ContentId, PossessionProof, ProofBound, ProofError,
	CHUNK_SIZE, MAX_BLOB_SIZE, MAX_CHALLENGES,
};

/// What benchmarks need of the pallets around this one.
pub trait BenchmarkHelper {
	/// Registers a proof chain as a child of this chain that messages can be sent to, with an owner.
	fn proof_chain(index: u32, origin: &Origin) -> ChainId;
	/// Registers a provider that takes contracts, with this offer and so much collateral on hold.
	fn provider(index: u32, offer: Offer, collateral: Balance) -> AccountId;
	/// Makes a block of a proof chain known, with its state root.
	fn set_state_root(chain: &ChainId, number: BlockNumber, root: H256);
	/// Sets the clock to so many milliseconds since 1970.
	fn set_time(ms: u64);
}

/// Time at which benchmarks begin, in milliseconds since 1970.
pub(crate) const NOW_MS: u64 = 1_800_000_000_000;
/// Length of a window in milliseconds.
pub(crate) const WINDOW_MS: u64 = 600_000;
/// Windows that every proof chain has reported.
pub(crate) const REPORTED: u32 = 100_000;
/// Newest batch that every proof chain has applied.
pub(crate) const APPLIED: u64 = 1_000_000;
/// Bytes of a blob.
pub(crate) const SIZE: u64 = 1 << 20;
/// Windows ordered.
pub(crate) const WINDOWS: u32 = 100;
/// What every account has.
const FUNDS: Balance = 1 << 96;
/// Price of a window of a leg that was not opened by a call.
const RATE: Amounts = Amounts { price: 1 << 40, fee: 1 << 30 };
/// Block of a report that may be appealed against however short that period is.
pub(crate) const YOUNG: BlockNumber = BlockNumber::MAX;
/// Most nodes of each proof of an appeal.
const MAX_NODES: usize = 256;
/// Kind of the keys that sign for clients.
const KEYS: KeyTypeId = KeyTypeId(*b"benc");

/// A client, a provider and the proof chain between them.
#[derive(Clone)]
pub(crate) struct Parties {
	pub client: AccountId,
	pub provider: AccountId,
	pub chain: ChainId,
}

impl Parties {
	/// A blob for so many windows.
	pub fn terms(&self, windows: u32) -> Terms {
		Terms {
			proof_chain: self.chain,
			root: ContentId([5; 32]),
			size: SIZE,
			windows,
			interval: 1,
			max_rate: Balance::MAX,
		}
	}
}

/// Sets block number and clock, and endows what gets paid; what was reported in block 0 is final.
pub(crate) fn begin<T: Config>() {
	let block = T::AppealPeriod::get().saturating_add(1_000);
	frame_system::Pallet::<T>::set_block_number(block.into());
	T::BenchmarkHelper::set_time(NOW_MS);
	fund::<T>(&Pallet::<T>::pot());
	fund::<T>(&T::Treasury::get());
	Booked::<T>::put(FUNDS / 2);
}

/// The three parties.
pub(crate) fn parties<T: Config>() -> Parties {
	begin::<T>();
	Parties { client: client::<T>(0), provider: provider::<T>(0), chain: chain::<T>(0) }
}

fn fund<T: Config>(who: &AccountId) {
	T::Currency::mint_into(who, FUNDS).expect("there is less in circulation than fits");
}

/// A client without a key.
pub(crate) fn client<T: Config>(index: u32) -> AccountId {
	let who = account("client", index, 0);
	fund::<T>(&who);
	who
}

/// A client with a key.
pub(crate) fn signer<T: Config>(index: u32) -> (AccountId, sr25519::Public) {
	let seed = format!("//client/{index}").into_bytes();
	let key = sp_io::crypto::sr25519_generate(KEYS, Some(seed));
	let who = AccountId::new(key.0);
	fund::<T>(&who);
	(who, key)
}

/// Signs as browser wallets do, which takes longest to check.
pub(crate) fn sign(key: &sr25519::Public, statement: &[u8; 32]) -> MultiSignature {
	let wrapped = [b"<Bytes>".as_slice(), statement, b"</Bytes>"].concat();
	let signature = sp_io::crypto::sr25519_sign(KEYS, key, &wrapped);
	MultiSignature::Sr25519(signature.expect("the key was generated"))
}

/// A provider with an operator of its own.
pub(crate) fn provider<T: Config>(index: u32) -> AccountId {
	let offer = Offer {
		endpoint: BoundedVec::truncate_from(b"https://provider.example:9000".to_vec()),
		price: 1 << 40,
		capacity: 1 << 60,
		min_windows: 1,
		max_windows: 100_000,
		operator: sr25519::Public::from_raw(operator(index).into()),
	};
	T::BenchmarkHelper::provider(index, offer, FUNDS)
}

fn operator(index: u32) -> AccountId {
	account("operator", index, 0)
}

/// Who acts for the first provider: its operator where the runtime knows it, which takes longer.
pub(crate) fn acting<T: Config>(provider: &AccountId) -> AccountId {
	let may = T::Providers::acted_for(&operator(0)).as_ref() == Some(provider);
	if may {
		operator(0)
	} else {
		provider.clone()
	}
}

/// A proof chain with a full record.
pub(crate) fn chain<T: Config>(index: u32) -> ChainId {
	let origin = Origin { layer: Layer::Proof, window_ms: WINDOW_MS, parent: None };
	let id = T::BenchmarkHelper::proof_chain(index, &origin);
	Pallet::<T>::on_registered(id, Relation::Child, &origin).expect("its windows are long");
	Chains::<T>::mutate_extant(id, |chain| {
		(chain.window_ms, chain.reported) = (WINDOW_MS, Window(REPORTED));
		(chain.applied_ms, chain.seen_ms) = (Pallet::<T>::now_ms(), Pallet::<T>::now_ms());
		(chain.sent, chain.applied) = (BatchId(APPLIED), BatchId(APPLIED));
		chain.terms.capacity = u64::MAX;
		chain.void = BoundedVec::truncate_from((0..MAX_VOID).map(Window).collect());
		let forgiven = (0..MAX_FORGIVEN).map(|window| (Window(window), Window(window)));
		chain.forgiven = BoundedVec::truncate_from(forgiven.collect());
	});
	id
}

/// Gathers so many legs for a proof chain.
pub(crate) fn gather<T: Config>(chain: ChainId, legs: u32) {
	let leg = |index: u32| TrackedLeg {
		leg: LegId(index.into()),
		stream: StreamId(index),
		provider: account("elsewhere", index, 0),
		operator: sr25519::Public::from_raw([6; 32]),
		root: ContentId([5; 32]),
		size: SIZE,
		start: Window(REPORTED),
		end: Window(REPORTED + WINDOWS),
		challenges: T::Challenges::get(),
		interval: 1,
	};
	let gathered = (0..legs).map(leg).collect();
	Gathered::<T>::insert(chain, BoundedVec::truncate_from(gathered));
	Batches::<T>::insert(chain, BatchId(APPLIED + 1), BatchRecord { start: None, refs: legs });
}

/// A contract without legs.
pub(crate) fn contract<T: Config>(parties: &Parties, root: ContentId, size: u64) -> ContractId {
	let id = NextIds::<T>::mutate(|ids| ids.take_contract());
	let (client, provider) = (parties.client.clone(), parties.provider.clone());
	T::Providers::commit(&provider, size, 0).expect("there is room");
	for who in [&client, &provider] {
		ContractsOf::<T>::insert(who, id.0.to_be_bytes(), ());
	}
	let active = ActiveContract { legs: Default::default(), closed: Default::default() };
	let phase = Phase::Active(active);
	Contracts::<T>::insert(id, ContractRecord { client, provider, root, size, phase });
	id
}

/// A stream without legs that has counted all windows and can claim something.
pub(crate) fn stream<T: Config>(parties: &Parties) -> StreamId {
	let id = NextIds::<T>::mutate(|ids| ids.take_stream());
	let (provider, chain) = (parties.provider.clone(), parties.chain);
	StreamOf::<T>::insert(&provider, chain, id);
	let mut stream = StreamRecord::new(provider, chain, Window(REPORTED));
	stream.clean = WINDOWS;
	stream.rate = RATE;
	stream.gross = RATE.times(WINDOWS).expect("small");
	stream.compensation = RATE.price.saturating_mul(WINDOWS.into());
	Streams::<T>::insert(id, stream);
	Chains::<T>::mutate_extant(chain, |chain| chain.streams = chain.streams.saturating_add(1));
	id
}

/// A leg with a batch of its own, whose proof chain expects it for longer; its edges are not made.
pub(crate) fn leg<T: Config>(contract: ContractId, stream: StreamId, from: u32, to: u32) -> LegId {
	let id = NextIds::<T>::mutate(|ids| ids.take_leg());
	let record = Streams::<T>::mutate(stream, |slot| {
		let stream = slot.as_mut().expect("the stream was made");
		stream.legs = stream.legs.saturating_add(1);
		stream.clone()
	});
	let (batch, start) = (BatchId(id.0.saturating_add(1)), Window(from));
	Batches::<T>::insert(record.proof_chain, batch, BatchRecord { start: Some(start), refs: 1 });
	let collateral = Pallet::<T>::collateral(&RATE).expect("small");
	T::Providers::commit(&record.provider, 0, collateral).expect("there is collateral");
	let leg = LegRecord {
		contract,
		stream,
		proof_chain: record.proof_chain,
		rate: RATE,
		interval: 1,
		proof_bytes: Pallet::<T>::proof_bytes(SIZE, 1).expect("small"),
		batch,
		planned: start,
		end: Window(to),
		tracked_end: Window(to.saturating_add(1)),
		escrow: Pallet::<T>::cost(&RATE, to.saturating_sub(from)).expect("small"),
		collateral,
		faults: 1,
		heat: 1,
		last_fault: Some(LastFault { window: start, reported_at: 0 }),
	};
	Chains::<T>::mutate_extant(leg.proof_chain, |chain| {
		chain.booked = chain.booked.saturating_add(leg.proof_bytes.into());
	});
	Contracts::<T>::mutate(contract, |slot| {
		let Some(ContractRecord { phase: Phase::Active(active), .. }) = slot else { return };
		active.legs.try_push(id).expect("few");
	});
	Legs::<T>::insert(id, leg);
	id
}

/// Edges of a leg that a stream has passed, with a share in a compensation between them.
pub(crate) fn pass_edges<T: Config>(stream: StreamId, from: u32, to: u32) {
	for (window, clean, shift) in [(from, 0, 0), (to, WINDOWS, 60)] {
		let compensation_per_rate = U256::from(clean.min(1)) << shift;
		let mark = Some(Mark { clean, compensation_per_rate });
		let edge = EdgeRecord { refs: 1, mark, ..Default::default() };
		Edges::<T>::insert(stream, Window(window), edge);
	}
}

/// The window from which a stream that fell behind goes on.
pub(crate) fn behind<T: Config>() -> u32 {
	REPORTED.saturating_sub(T::MaxOutages::get())
}

/// Has a stream fall behind by `steps` windows and as many groups of legs, with full records.
///
/// In each window the rate changes and the provider was out, in a row: the stream is dead from the
/// window after its full list on. Later outages may still be appealed against and are not passed.
pub(crate) fn fall_behind<T: Config>(id: StreamId, steps: u32, ahead: Option<(u32, u32)>) {
	let (first, mut stream) = (behind::<T>(), Streams::<T>::get(id).expect("it was made"));
	let mut agenda = Agendas::<T>::get(id);
	for window in (first..first + steps).map(Window) {
		let edge = EdgeRecord { plus: RATE, minus: RATE, refs: 1, mark: None };
		Edges::<T>::insert(id, window, edge);
		agenda.edges.try_push(window).expect("MaxEdges is larger");
	}
	if let Some((from, to)) = ahead {
		let edges = [(from, RATE, Amounts::ZERO), (to, Amounts::ZERO, RATE)];
		for (window, plus, minus) in edges {
			let edge = EdgeRecord { plus, minus, refs: 1, mark: None };
			Edges::<T>::insert(id, Window(window), edge);
			agenda.edges.try_push(Window(window)).expect("MaxEdges is larger");
		}
	}
	for index in 0..steps {
		let (batch, start) = (BatchId(APPLIED - u64::from(index)), Some(Window(first)));
		Batches::<T>::insert(stream.proof_chain, batch, BatchRecord { start, refs: 1 });
		let planned = Window(REPORTED + 10_000 + 2 * index);
		let group = PendingLegs { batch, planned, end: planned.next(), rate: RATE, legs: 1 };
		agenda.pending.try_push(group).expect("MaxPending is larger");
	}
	Agendas::<T>::insert(id, agenda);
	fill_agenda::<T>(id, 0);
	fill_outages::<T>(id, 0);
	Outages::<T>::mutate(id, |list| {
		list.dead_from = Some(Window(REPORTED));
		let young = list.entries.iter_mut().skip(usize::try_from(steps).expect("small"));
		young.for_each(|entry| entry.reported_at = YOUNG);
	});
	(stream.counted, stream.run, stream.cases) = (Window(first), 1, steps);
	if steps > 0 {
		T::Providers::add_case(&stream.provider);
	}
	Streams::<T>::insert(id, stream);
}

/// Fills an agenda with groups of legs that wait for their start, but for so many.
pub(crate) fn fill_agenda<T: Config>(id: StreamId, room: usize) {
	Agendas::<T>::mutate(id, |agenda| {
		let planned = Window(REPORTED + 20_000);
		while agenda.has_room() {
			let number = u32::try_from(agenda.pending.len()).expect("bounded");
			let (batch, end) = (BatchId(2 * APPLIED), Window(planned.0 + 1 + number));
			let group = PendingLegs { batch, planned, end, rate: RATE, legs: 1 };
			agenda.pending.try_push(group).expect("there is room");
		}
		agenda.pending.truncate(agenda.pending.len().saturating_sub(room));
	});
}

/// Fills a list of outages with the newest windows that are reported, but for so many.
pub(crate) fn fill_outages<T: Config>(id: StreamId, room: u32) {
	Outages::<T>::mutate(id, |list| {
		let entry = |window| OutageEntry {
			window: Window(window),
			reported_at: 0,
			kind: OutageKind::Total,
		};
		let windows = behind::<T>()..REPORTED.saturating_sub(room);
		list.entries = BoundedVec::truncate_from(windows.map(entry).collect());
	});
}

/// Chunks as far from each other as can be, of the largest blob.
pub(crate) fn scattered_chunks() -> Vec<u64> {
	let step = (MAX_BLOB_SIZE / CHUNK_SIZE) / u64::from(MAX_CHALLENGES);
	(0..u64::from(MAX_CHALLENGES)).map(|index| index.saturating_mul(step)).collect()
}

/// A proof for these chunks of the largest blob, and the content id that it gives.
///
/// Nobody has that blob: any chunks and hashes give some content id.
pub(crate) fn possession(chunks: &[u64]) -> (ContentId, PossessionProof) {
	let size = BlobSize::new(MAX_BLOB_SIZE).expect("the largest is allowed");
	let bytes = chunks.len() * usize::try_from(CHUNK_SIZE).expect("small");
	let bound = ProofBound::new(size, MAX_CHALLENGES).siblings;
	let siblings = vec![[9; 32]; usize::try_from(bound).expect("small")];
	let mut proof = PossessionProof { chunks: vec![7; bytes], siblings };
	if let Err(ProofError::Trailing { siblings, .. }) = proof.check_shape(size, chunks) {
		proof.siblings.truncate(proof.siblings.len().saturating_sub(siblings));
	}
	match verify(&ContentId([0; 32]), size, chunks, &proof) {
		Err(ProofError::OtherContent { got, .. }) => (got, proof),
		other => panic!("the proof has another shape: {other:?}"),
	}
}

/// Chunks of the largest blob that a leg is asked for under [`SEED`].
pub(crate) fn challenged<T: Config>(provider: &AccountId, leg: LegId) -> Vec<u64> {
	let size = BlobSize::new(MAX_BLOB_SIZE).expect("the largest is allowed");
	challenge(&ChallengeSeed(SEED), provider.as_ref(), leg.0, size, T::Challenges::get())
}

/// Seed of the window that is appealed against.
const SEED: [u8; 32] = [3; 32];
/// Block that the state in appeals belongs to.
const PROVEN_BLOCK: BlockNumber = 200;
/// Block with the answer.
const ANSWER_BLOCK: BlockNumber = 100;

/// Evidence of so many bytes, of as many nodes as are allowed, in the deepest tries that they make.
pub(crate) fn evidence<T: Config>(
	chain: &ChainId,
	window: Window,
	proof: &PossessionProof,
	bytes: u32,
) -> AppealEvidence {
	let short = appeal(window, proof.encode());
	let missing = bytes.checked_sub(short.0.proof_bytes()).expect("the least evidence is smaller");
	let mut answer = proof.encode();
	answer.resize(answer.len() + usize::try_from(missing).expect("small"), 0);
	let (evidence, root) = appeal(window, answer);
	T::BenchmarkHelper::set_state_root(chain, PROVEN_BLOCK, root);
	evidence
}

fn appeal(window: Window, answer: Vec<u8>) -> (AppealEvidence, H256) {
	let key = Compact(u32::MAX).encode();
	let (extrinsics_root, extrinsic_proof) = trie(&[(key, answer)]);
	let header =
		Header::new(ANSWER_BLOCK, extrinsics_root, H256::zero(), H256::zero(), Default::default());
	let bounds = WindowBounds { opened_at: 1, closes_at: PROVEN_BLOCK, seed: SEED };
	let (root, state_proof) = trie(&[
		(keys::block_hash(ANSWER_BLOCK), header.hash().encode()),
		(keys::window_bounds(window), bounds.encode()),
	]);
	let (extrinsic, offset) = (u32::MAX, 0);
	let at = PROVEN_BLOCK;
	(AppealEvidence { at, state_proof, header, extrinsic, extrinsic_proof, offset }, root)
}

/// A trie in which every nibble of these keys is a node, and as many nodes as a proof may have.
fn trie(entries: &[(Vec<u8>, Vec<u8>)]) -> (H256, Vec<Vec<u8>>) {
	let (mut nodes, mut root) = MemoryDB::<BlakeTwo256>::default_with_root();
	{
		let mut trie =
			TrieDBMutBuilder::<LayoutV1<BlakeTwo256>>::new(&mut nodes, &mut root).build();
		for (key, value) in entries {
			for end in 1..=key.len() {
				for flip in [0x10, 0x01] {
					let mut beside: Vec<u8> = key.iter().copied().take(end).collect();
					beside.last_mut().into_iter().for_each(|byte| *byte ^= flip);
					trie.insert(&beside, &[1]).expect("the trie is whole");
				}
			}
			trie.insert(key, value).expect("the trie is whole");
		}
	}
	let held = nodes.drain().into_values().filter(|(_, count)| *count > 0);
	let mut nodes: Vec<Vec<u8>> = held.map(|(node, _)| node).collect();
	for number in nodes.len()..MAX_NODES {
		nodes.push([number.to_be_bytes().as_slice(), &[0; 24]].concat());
	}
	(root, nodes)
}

/// Prepares the mock's stand-ins.
#[cfg(test)]
pub struct MockHelper;

#[cfg(test)]
impl BenchmarkHelper for MockHelper {
	// Two are children; the others are asked for nothing.
	fn proof_chain(index: u32, _: &Origin) -> ChainId {
		match index {
			0 => crate::mock::P,
			crate::MAX_LEGS => crate::mock::Q,
			_ => ChainId(H256::from_low_u64_be(index.into())),
		}
	}

	fn provider(index: u32, offer: Offer, collateral: Balance) -> AccountId {
		let who = account("provider", index, 0);
		let (accepting, used, required) = (true, 0, 0);
		let record = crate::mock::MockProvider { offer, accepting, used, required, collateral };
		crate::mock::MockProviderOf::insert(&who, record);
		who
	}

	fn set_state_root(chain: &ChainId, number: BlockNumber, root: H256) {
		crate::mock::MockRoots::insert(chain, number, root);
	}

	// The mock's clock moves with its blocks.
	fn set_time(ms: u64) {
		let block = u32::try_from(ms / crate::mock::BLOCK_MS).expect("within a few thousand years");
		frame_system::Pallet::<crate::mock::Test>::set_block_number(block);
	}
}
