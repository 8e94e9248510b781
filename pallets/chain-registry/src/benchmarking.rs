// SPDX-License-Identifier: Apache-2.0
//! Measures calls and hooks in their worst cases.

use crate::{proof::Reader, verify::Standing, *};
use alloc::{boxed::Box, format, vec, vec::Vec};
use bp_header_chain::justification::GrandpaJustification;
use codec::Encode;
use finality_grandpa::{Commit, Message, Precommit, SignedPrecommit};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{fungible::Balanced, tokens::Precision, EnsureOrigin, Get, Hooks},
	BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_consensus_grandpa::{
	AuthorityId, AuthorityList, AuthoritySignature, ConsensusLog, Equivocation, ScheduledChange,
	GRANDPA_ENGINE_ID,
};
use sp_core::{crypto::KeyTypeId, ed25519, H256};
use sp_io::crypto::{ed25519_generate, ed25519_sign};
use sp_runtime::{
	traits::{BlakeTwo256, Hash, Header as _, SaturatedConversion, Zero},
	Digest, DigestItem,
};
use sp_trie::{
	trie_types::TrieDBMutBuilderV1, LayoutV1, MemoryDB, Recorder, Trie, TrieDBBuilder, TrieMut,
};
use terrace_layers::{
	genesis_header, header_binding, keys, limits, recovery_statement, registration_statement,
	views::NeighbourStatus, AccountId, Authorities, ChainId, Checkpoint, FinalityProof,
	GenesisProof, Header, Layer, Neighbours, Origin as ChainOrigin, Relation, StateProof,
};

/// Kind of the keys that sign for authorities.
const KEY: KeyTypeId = KeyTypeId(*b"auth");
/// The neighbour.
const PEER: ChainId = ChainId(H256::repeat_byte(0xA1));
/// Newest header of the neighbour.
const BEST: u32 = 1_000_000;
/// Id of its authority set.
const SET: u64 = 7;
const ROUND: u64 = 3;
const FUNDS: u128 = 1 << 96;
/// Windows long enough for any chain that has them.
const WINDOW_MS: u64 = 600_000;
/// Most authorities, and votes of theirs that justify a header.
const MOST: u32 = limits::MAX_AUTHORITIES;
const QUORUM: u32 = MOST - (MOST - 1) / 3;

/// What benchmarks need of the pallets around this one.
pub trait BenchmarkHelper {
	/// Makes these the authorities that finalise this chain.
	fn set_authorities(authorities: &Authorities);
}

/// So many keys that can sign.
fn members(count: u32) -> Vec<ed25519::Public> {
	let seed = |index| format!("//authority//{index}").into_bytes();
	(0..count).map(|index| ed25519_generate(KEY, Some(seed(index)))).collect()
}

fn set_of(members: &[ed25519::Public]) -> Authorities {
	Authorities::truncate_from(members.iter().map(|key| AuthorityId::from(*key)).collect())
}

fn list_of(members: &[ed25519::Public]) -> AuthorityList {
	members.iter().map(|key| (AuthorityId::from(*key), 1)).collect()
}

fn sign(key: &ed25519::Public, statement: &[u8]) -> AuthoritySignature {
	ed25519_sign(KEY, key, statement).expect("the key was generated").into()
}

fn block<T: Config>(number: u32) -> BlockNumberFor<T> {
	number.into()
}

/// Gives this chain a layer, an id and an age.
fn begin<T: Config>(now: u32) {
	Origin::<T>::put(ChainOrigin { layer: Layer::Contract, window_ms: 0, parent: None });
	frame_system::BlockHash::<T>::insert(BlockNumberFor::<T>::zero(), H256::repeat_byte(2));
	frame_system::Pallet::<T>::set_block_number(block::<T>(now));
	Children::<T>::kill();
	Parent::<T>::kill();
}

/// A block in which former sets answer for nothing any more.
fn late<T: Config>() -> u32 {
	T::EvidenceWindow::get().saturating_add(1_000)
}

fn funded<T: Config<Currency: Balanced<AccountId>>>(index: u32) -> AccountId {
	let who: AccountId = account("registrant", index, 0);
	drop(T::Currency::deposit(&who, FUNDS, Precision::Exact).expect("there is room"));
	who
}

fn hold<T: Config>(who: &AccountId, amount: u128) {
	use frame_support::traits::fungible::MutateHold;
	T::Currency::hold(&HoldReason::ChainBond.into(), who, amount).expect("it has the tokens");
}

/// A header of the neighbour, of as many bytes as one that hands over may have.
fn header(number: u32, parent: H256, logs: Vec<DigestItem>) -> Header {
	let root = BlakeTwo256::hash_of(&number);
	let mut digest = Digest { logs: vec![header_binding(PEER)] };
	digest.logs.extend(logs);
	let mut header = Header::new(number, root, root, parent, digest);
	let most: usize = limits::MAX_MANDATORY_HEADER.saturated_into();
	let missing = most.saturating_sub(header.encoded_size()).saturating_sub(8);
	header.digest_mut().push(DigestItem::Other(vec![1; missing]));
	header
}

/// Headers on top of one another, from above `parent` on.
fn headers(parent: &Header, count: u32) -> Vec<Header> {
	let mut headers = Vec::new();
	let mut last = (*parent.number(), parent.hash());
	for _ in 0..count {
		let next = header(last.0.saturating_add(1), last.1, vec![]);
		last = (*next.number(), next.hash());
		headers.push(next);
	}
	headers
}

/// A header with as many votes, all of them for a descendant so many blocks above it.
fn justified(header: Header, members: &[ed25519::Public], votes: u32, above: u32) -> FinalityProof {
	let ancestry = headers(&header, above);
	let target = ancestry.last().unwrap_or(&header);
	let precommit = Precommit { target_hash: target.hash(), target_number: *target.number() };
	let message = Message::Precommit(precommit.clone());
	let payload = sp_consensus_grandpa::localized_payload(ROUND, SET, &message);
	let vote = |key: &ed25519::Public| SignedPrecommit {
		precommit: precommit.clone(),
		signature: sign(key, &payload),
		id: AuthorityId::from(*key),
	};
	let commit = Commit {
		target_hash: header.hash(),
		target_number: *header.number(),
		precommits: members.iter().take(votes.saturated_into()).map(vote).collect(),
	};
	let justification = GrandpaJustification { round: ROUND, commit, votes_ancestries: ancestry };
	FinalityProof { header, justification, set_id: SET }
}

/// Members of a set of which so many votes are just enough.
fn members_for(votes: u32) -> Vec<ed25519::Public> {
	members(votes.saturating_add(votes.saturating_sub(1) / 2))
}

/// Follows the neighbour: a full ring whose newest header is loose, and former sets to forget.
fn follow<T: Config<Currency: Balanced<AccountId>>>(relation: Relation, set: &Authorities) {
	let who = funded::<T>(0);
	hold::<T>(&who, FUNDS / 2);
	let placed = Bond { who, placed: FUNDS / 2, left: FUNDS / 2 };
	let layer = match relation {
		Relation::Parent => Layer::Main,
		Relation::Child => Layer::Proof,
	};
	let origin = ChainOrigin { layer, window_ms: WINDOW_MS, parent: None };
	let client = Client {
		relation,
		layer,
		status: NeighbourStatus::Active,
		best: Best { number: BEST, hash: H256::repeat_byte(1) },
		loose: true,
		set_id: SET,
		last_progress_at: Pallet::<T>::now(),
		incarnation: 0,
		bond: (relation == Relation::Child).then_some(placed),
		origin: Some(origin),
		closed_at: None,
		forked: false,
	};
	Clients::<T>::insert(PEER, client);
	CurrentAuthorities::<T>::insert(PEER, set);
	match relation {
		Relation::Parent => Parent::<T>::put(PEER),
		Relation::Child => {
			let others =
				(1..limits::MAX_CHILDREN).map(|index| ChainId(BlakeTwo256::hash_of(&index)));
			let all: Vec<_> = others.chain([PEER]).collect();
			Children::<T>::put(BoundedVec::truncate_from(all));
		}
	}
	keep_headers::<T>(T::HeadersToKeep::get());
	retire::<T>(2);
}

/// Keeps so many headers, the best one last.
fn keep_headers<T: Config>(count: u32) {
	let numbers: Vec<u32> = (0..count).rev().map(|below| BEST.saturating_sub(below)).collect();
	for number in &numbers {
		let (hash, state_root) = (H256::repeat_byte(1), H256::repeat_byte(4));
		Headers::<T>::insert(PEER, number, ProvenHeader { hash, state_root });
	}
	HeaderRing::<T>::insert(PEER, BoundedVec::truncate_from(numbers));
}

/// Remembers so many sets that answer for nothing any more.
fn retire<T: Config>(count: u32) {
	for place in 0..count {
		let key = BlakeTwo256::hash_of(&("set", place));
		PastSets::<T>::insert(PEER, key, 0);
		PastSetOrder::<T>::insert(PEER, place, key);
	}
	PastSetEnds::<T>::insert(PEER, Ends { first: 0, next: count });
}

/// As much punished evidence as is remembered, but for one.
fn note_evidence<T: Config>() {
	let used = (1..T::MaxEvidence::get()).map(|index| BlakeTwo256::hash_of(&index));
	UsedEvidence::<T>::insert(PEER, BoundedVec::truncate_from(used.collect()));
}

fn checkpoint(layer: Layer) -> Checkpoint {
	Checkpoint {
		chain: PEER,
		layer,
		number: BEST.saturating_add(1),
		hash: H256::repeat_byte(5),
		state_root: H256::repeat_byte(6),
		set_id: SET.saturating_add(1),
		authorities: set_of(&members(MOST)),
	}
}

/// A trie of these values among many others, its root, and the nodes that prove them; a value of
/// which only the hash is asked for is left out.
fn prove(values: &[(Vec<u8>, Vec<u8>)], hashed: Option<&[u8]>) -> (H256, StateProof) {
	let (mut db, mut root) = MemoryDB::<BlakeTwo256>::default_with_root();
	{
		let mut trie = TrieDBMutBuilderV1::<BlakeTwo256>::new(&mut db, &mut root).build();
		for (key, value) in values {
			trie.insert(key, value).expect("the trie is whole");
		}
		for index in 0_u32..256 {
			let key = BlakeTwo256::hash_of(&index);
			trie.insert(key.as_bytes(), &[1; 40]).expect("the trie is whole");
		}
	}
	let mut recorder = Recorder::<LayoutV1<BlakeTwo256>>::new();
	{
		let trie = TrieDBBuilder::<LayoutV1<BlakeTwo256>>::new(&db, &root)
			.with_recorder(&mut recorder)
			.build();
		for (key, _) in values {
			if hashed == Some(key.as_slice()) {
				trie.get_hash(key).expect("the trie is whole");
			} else {
				trie.get(key).expect("the trie is whole");
			}
		}
	}
	let mut nodes: StateProof = recorder.drain().into_iter().map(|node| node.data).collect();
	nodes.sort();
	nodes.dedup();
	(root, nodes)
}

/// A chain that wants to be registered, with so many authorities.
struct Birth {
	genesis: GenesisProof,
	from: (Header, StateProof),
	possession: Vec<AuthoritySignature>,
}

impl Birth {
	fn new<T: Config>(authorities: u32) -> Self {
		let own = members(MOST);
		let (state_root, proof) = prove(
			&[
				(keys::grandpa_authorities(), list_of(&own).encode()),
				(keys::grandpa_set_id(), SET.encode()),
			],
			None,
		);
		let number = 10;
		let mut header = header(number, H256::zero(), vec![]);
		header.set_state_root(state_root);
		frame_system::BlockHash::<T>::insert(block::<T>(number), header.hash());
		let parent = Checkpoint {
			chain: Pallet::<T>::this(),
			layer: Layer::Contract,
			number,
			hash: header.hash(),
			state_root,
			set_id: SET,
			authorities: set_of(&own),
		};
		let origin =
			ChainOrigin { layer: Layer::Proof, window_ms: WINDOW_MS, parent: Some(parent) };
		let signers = members(authorities);
		let code = vec![7; 1_024];
		let (genesis_root, nodes) = prove(
			&[
				(keys::code(), code.clone()),
				(keys::grandpa_authorities(), list_of(&signers).encode()),
				(keys::origin(), origin.encode()),
				(keys::total_issuance(), (FUNDS / 8).encode()),
			],
			Some(&keys::code()),
		);
		ApprovedCode::<T>::insert((Layer::Proof, BlakeTwo256::hash(&code)), ());
		let child = ChainId(genesis_header(genesis_root).hash());
		let statement = registration_statement(Pallet::<T>::this(), child);
		let possession = signers.iter().map(|key| sign(key, &statement)).collect();
		let genesis = GenesisProof { state_root: genesis_root, nodes };
		Self { genesis, from: (header, proof), possession }
	}
}

#[benchmarks(where T: Config<Currency: Balanced<AccountId>>)]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn on_initialize() {
		begin::<T>(2);
		#[block]
		{
			Pallet::<T>::on_initialize(block::<T>(2));
		}
	}

	#[benchmark]
	fn first_block() {
		begin::<T>(1);
		follow::<T>(Relation::Parent, &set_of(&members(1)));
		#[block]
		{
			Pallet::<T>::on_initialize(block::<T>(1));
		}
	}

	/// `s` authorities of the child, against the most of this chain; the proofs' nodes are counted too.
	#[benchmark]
	fn register_child(s: Linear<1, MOST>) {
		begin::<T>(20);
		let Birth { genesis, from, possession } = Birth::new::<T>(s);
		let chain = genesis.chain_id();
		let who = funded::<T>(1);
		let bond = T::MinBond::get();
		let possession = BoundedVec::truncate_from(possession);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), genesis, Box::new(from.0), from.1, possession, bond);
		assert!(Clients::<T>::contains_key(chain));
	}

	/// `n` nodes of `b` bytes together that prove nothing: they are hashed before that is found out.
	#[benchmark]
	fn check_nodes(
		n: Linear<1, { limits::MAX_PROOF_NODES }>,
		b: Linear<2_048, { limits::MAX_PROOF_BYTES }>,
	) {
		let each: usize = (b / n).saturated_into();
		let node = |index: u32| {
			let mut node = vec![0; each];
			node.iter_mut().zip(index.to_be_bytes()).for_each(|(byte, part)| *byte = part);
			node
		};
		let nodes: StateProof = (0..n).map(node).collect();
		let read;
		#[block]
		{
			read = Reader::<T>::new(H256::zero(), nodes)
				.and_then(|mut reader| reader.hash_of(&keys::code()));
		}
		assert!(read.is_err());
	}

	/// `p` votes, for a block `a` above the header, which hands over to the most authorities.
	#[benchmark]
	fn submit_finality(p: Linear<1, QUORUM>, a: Linear<0, { limits::MAX_ANCESTRY }>) {
		begin::<T>(late::<T>());
		let members = members_for(p);
		follow::<T>(Relation::Parent, &set_of(&members));
		let next_authorities = list_of(&super::members(MOST));
		let change = ScheduledChange { next_authorities, delay: 0 };
		let log = ConsensusLog::<u32>::ScheduledChange(change).encode();
		let number = BEST.saturating_add(1);
		let header =
			header(number, H256::zero(), vec![DigestItem::Consensus(GRANDPA_ENGINE_ID, log)]);
		let proof = Box::new(justified(header, &members, p, a));
		PendingRecovery::<T>::put(Recovery { checkpoint: checkpoint(Layer::Main), due: u32::MAX });
		let caller: AccountId = whitelisted_caller();
		#[extrinsic_call]
		_(RawOrigin::Signed(caller), PEER, proof);
		assert!(Clients::<T>::get(PEER).is_some_and(|client| client.best.number == number));
		assert_eq!(CurrentAuthorities::<T>::get(PEER).map(|set| set.len()), Some(MOST as usize));
	}

	#[benchmark]
	fn check_finality() {
		begin::<T>(late::<T>());
		let members = members(MOST);
		follow::<T>(Relation::Parent, &set_of(&members));
		let header = header(BEST.saturating_add(1), H256::zero(), vec![]);
		let proof = justified(header, &members, QUORUM, limits::MAX_ANCESTRY);
		let done;
		#[block]
		{
			done = Standing::<T>::of(&PEER).and_then(|standing| standing.check_cheaply(&proof));
		}
		assert!(done.is_ok());
	}

	#[benchmark]
	fn set_status() {
		begin::<T>(late::<T>());
		follow::<T>(Relation::Child, &set_of(&members(1)));
		let who = funded::<T>(0);
		#[extrinsic_call]
		deregister(RawOrigin::Signed(who), PEER);
		let status = Clients::<T>::get(PEER).map(|client| client.status);
		assert_eq!(status, Some(NeighbourStatus::Draining));
	}

	#[benchmark]
	fn approve_code() -> Result<(), BenchmarkError> {
		let origin =
			T::AdminOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		let hash = H256::repeat_byte(8);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, Layer::Proof, hash);
		assert!(ApprovedCode::<T>::contains_key((Layer::Proof, hash)));
		Ok(())
	}

	#[benchmark]
	fn close() {
		begin::<T>(late::<T>());
		follow::<T>(Relation::Child, &set_of(&members(MOST)));
		Clients::<T>::mutate_extant(PEER, |client| client.status = NeighbourStatus::Draining);
		let caller: AccountId = whitelisted_caller();
		#[extrinsic_call]
		_(RawOrigin::Signed(caller), PEER);
		assert!(<Pallet<T> as Neighbours>::is_closed(&PEER));
	}

	#[benchmark]
	fn withdraw_bond(h: Linear<0, { T::HeadersToKeep::get() }>) {
		begin::<T>(late::<T>());
		follow::<T>(Relation::Child, &set_of(&members(1)));
		HeaderRing::<T>::mutate(PEER, |ring| ring.truncate(h.saturated_into()));
		retire::<T>(SETS_PER_WITHDRAWAL.saturating_add(1));
		Clients::<T>::mutate_extant(PEER, |client| {
			client.status = NeighbourStatus::Closed;
			client.closed_at = Some(0);
		});
		let caller: AccountId = whitelisted_caller();
		#[extrinsic_call]
		_(RawOrigin::Signed(caller), PEER);
		assert!(Clients::<T>::get(PEER).is_some_and(|client| client.bond.is_none()));
	}

	#[benchmark]
	fn force_set(h: Linear<0, { T::HeadersToKeep::get() }>) -> Result<(), BenchmarkError> {
		begin::<T>(late::<T>());
		follow::<T>(Relation::Child, &set_of(&members(MOST)));
		HeaderRing::<T>::mutate(PEER, |ring| ring.truncate(h.saturated_into()));
		let origin =
			T::AdminOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		let checkpoint = Box::new(checkpoint(Layer::Proof));
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, PEER, checkpoint, Some(1));
		assert!(Clients::<T>::get(PEER).is_some_and(|client| client.incarnation == 1));
		Ok(())
	}

	#[benchmark]
	fn recover_parent(s: Linear<1, MOST>) {
		begin::<T>(late::<T>());
		follow::<T>(Relation::Parent, &set_of(&members(MOST)));
		Clients::<T>::mutate_extant(PEER, |client| client.status = NeighbourStatus::Expired);
		let own = members(s);
		T::BenchmarkHelper::set_authorities(&set_of(&own));
		let checkpoint = checkpoint(Layer::Main);
		let statement = recovery_statement(Pallet::<T>::this(), &checkpoint);
		let signatures = (0..).zip(&own).map(|(at, key)| (at, sign(key, &statement))).collect();
		let caller: AccountId = whitelisted_caller();
		#[extrinsic_call]
		_(RawOrigin::Signed(caller), Box::new(checkpoint), BoundedVec::truncate_from(signatures));
		assert!(PendingRecovery::<T>::exists());
	}

	#[benchmark]
	fn report_equivocation() {
		begin::<T>(late::<T>());
		let members = members(MOST);
		let set = set_of(&members);
		follow::<T>(Relation::Child, &set_of(&members[1..]));
		Pallet::<T>::retire_set(&PEER, SET, &set);
		note_evidence::<T>();
		let voted = |parent| {
			let header = header(BEST, parent, vec![]);
			let precommit = Precommit { target_hash: header.hash(), target_number: BEST };
			let message = Message::Precommit(precommit.clone());
			let payload = sp_consensus_grandpa::localized_payload(ROUND, SET, &message);
			(header, (precommit, sign(&members[0], &payload)))
		};
		let [(header1, first), (header2, second)] = [H256::zero(), H256::repeat_byte(1)].map(voted);
		let equivocation = Equivocation::Precommit(finality_grandpa::Equivocation {
			round_number: ROUND,
			identity: AuthorityId::from(members[0]),
			first,
			second,
		});
		let reporter = funded::<T>(1);
		let equivocation = Box::new(equivocation);
		#[extrinsic_call]
		_(RawOrigin::Signed(reporter), PEER, SET, set, equivocation, header1, header2);
		let bond = Clients::<T>::get(PEER).and_then(|client| client.bond);
		assert!(bond.is_some_and(|bond| bond.left < bond.placed));
	}

	/// `p` votes for a header `a` blocks above the one that another is kept in place of.
	#[benchmark]
	fn report_fork(p: Linear<1, QUORUM>, a: Linear<0, MAX_FORK_ANCESTRY>) {
		begin::<T>(late::<T>());
		let members = members_for(p);
		let set = set_of(&members);
		follow::<T>(Relation::Child, &set_of(&super::members(MOST)));
		Pallet::<T>::retire_set(&PEER, SET, &set);
		note_evidence::<T>();
		let lowest = header(BEST, H256::zero(), vec![]);
		let mut ancestry = headers(&lowest, a);
		ancestry.insert(0, lowest);
		let top = ancestry.pop().expect("there is one at least");
		ancestry.reverse();
		let proof = Box::new(justified(top, &members, p, 0));
		let ancestry = BoundedVec::truncate_from(ancestry);
		let reporter = funded::<T>(1);
		#[extrinsic_call]
		_(RawOrigin::Signed(reporter), PEER, set, proof, ancestry);
		assert!(Clients::<T>::get(PEER).is_some_and(|client| client.forked));
	}

	impl_benchmark_test_suite!(Pallet, crate::benchmarking::externalities(), crate::mock::Test);
}

/// The mock's state, with a store for the keys.
#[cfg(test)]
fn externalities() -> sp_io::TestExternalities {
	use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
	let mut externalities = sp_io::TestExternalities::new(crate::mock::TestExt::new().storage());
	externalities.register_extension(KeystoreExt::new(MemoryKeystore::new()));
	externalities
}
