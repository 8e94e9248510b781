// SPDX-License-Identifier: Apache-2.0
//! Tests of this pallet; what they share.

mod approval;
mod authorities;
mod authorize;
mod batch;
mod budget;
mod checkpoint;
mod digest;
mod equivocation;
mod expiry;
mod extension;
mod force_set;
mod fork;
mod genesis;
mod hand_over;
mod hooks;
mod justification;
mod leaving;
mod neighbours;
mod possession;
mod prop;
mod recovery;
mod register_child;
mod ring;
mod set_status;
mod sets;
mod state_proof;
mod submit_finality;
mod try_state;
mod views;
mod weights;

use crate::{mock::*, *};
use bp_test_utils::{make_justification_for_header, Account, JustificationGeneratorParams};
use codec::Encode;
use core::ops::Range;
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{DispatchResult, DispatchResultWithPostInfo, Pays},
	traits::fungible::InspectHold,
	BoundedVec,
};
use sp_consensus_grandpa::{
	AuthorityId, AuthorityList, AuthoritySignature, ConsensusLog, ScheduledChange,
	GRANDPA_ENGINE_ID,
};
use sp_core::{ed25519, H256};
use sp_runtime::{
	traits::{BlakeTwo256, Hash, Header as _},
	DigestItem, DispatchError, Storage,
};
use terrace_layers::{
	genesis_header, header_binding, keys, limits, registration_statement, views::NeighbourStatus,
	AccountId, Authorities, Balance, ChainId, Checkpoint, FinalityProof, GenesisProof, Header,
	LaneId, Layer, Neighbours, Origin as ChainOrigin, Relation, StateProof,
};

/// The parent that tests follow.
const PEER: ChainId = ChainId(H256::repeat_byte(0xA1));
/// Another chain.
const STRANGER: ChainId = ChainId(H256::repeat_byte(0xEE));
/// Number of the header from which the parent is followed.
const START: u32 = 100;
/// Id of its authority set then.
const SET: u64 = 7;

/// Accounts that sign as authorities.
fn accounts(range: Range<u16>) -> Vec<Account> {
	range.map(Account).collect()
}

/// An authority list of one vote each.
fn list(accounts: &[Account]) -> AuthorityList {
	accounts.iter().map(|account| (AuthorityId::from(*account), 1)).collect()
}

/// An authority set.
fn set(accounts: &[Account]) -> Authorities {
	let keys: Vec<_> = accounts.iter().map(|account| AuthorityId::from(*account)).collect();
	keys.try_into().expect("not too many")
}

/// Members of a set that are just enough to justify a header.
fn quorum(accounts: &[Account]) -> &[Account] {
	&accounts[..accounts.len() - (accounts.len() - 1) / 3]
}

/// A chain that follows a parent with these authorities.
fn following(authorities: &[Account]) -> TestExt {
	TestExt::new().parent(Checkpoint {
		chain: PEER,
		layer: Layer::Main,
		number: START,
		hash: header(START).hash(),
		state_root: *header(START).state_root(),
		set_id: SET,
		authorities: set(authorities),
	})
}

/// A header of the parent.
fn header(number: u32) -> Header {
	header_of(PEER, number)
}

/// A header of a chain.
fn header_of(chain: ChainId, number: u32) -> Header {
	let root = BlakeTwo256::hash_of(&(chain, number));
	let logs = vec![header_binding(chain)];
	Header::new(number, root, root, H256::repeat_byte(1), sp_runtime::Digest { logs })
}

/// A header of the parent with more digest items.
fn header_with(number: u32, logs: impl IntoIterator<Item = DigestItem>) -> Header {
	let mut header = header(number);
	header.digest_mut().logs.extend(logs);
	header
}

fn grandpa_log(log: ConsensusLog<u32>) -> DigestItem {
	DigestItem::Consensus(GRANDPA_ENGINE_ID, log.encode())
}

/// The digest item that hands over to other authorities.
fn hand_over(next_authorities: AuthorityList) -> DigestItem {
	grandpa_log(ConsensusLog::ScheduledChange(ScheduledChange { next_authorities, delay: 0 }))
}

/// What justifies a header without ancestry.
fn params(
	header: &Header,
	set_id: u64,
	signers: &[Account],
) -> JustificationGeneratorParams<Header> {
	JustificationGeneratorParams {
		header: header.clone(),
		round: 3,
		set_id,
		authorities: signers.iter().map(|account| (*account, 1)).collect(),
		ancestors: 0,
		forks: 1,
	}
}

/// A header signed by all of `signers`.
fn signed(header: Header, set_id: u64, signers: &[Account]) -> FinalityProof {
	let justification = make_justification_for_header(params(&header, set_id, signers));
	FinalityProof { header, justification, set_id }
}

/// A header that just enough members of the first set sign.
fn finalised(header: Header, authorities: &[Account]) -> FinalityProof {
	signed(header, SET, quorum(authorities))
}

fn submit_for(chain: ChainId, proof: FinalityProof) -> DispatchResultWithPostInfo {
	ChainRegistry::submit_finality(RuntimeOrigin::signed(ALICE), chain, Box::new(proof))
}

/// Submits a proof of the parent's finality.
fn submit(proof: FinalityProof) -> DispatchResultWithPostInfo {
	submit_for(PEER, proof)
}

fn client(chain: ChainId) -> Client<AccountId, Balance> {
	Clients::<Test>::get(chain).expect("the chain is known")
}

/// A signature of an authority.
fn sign(account: Account, message: &[u8]) -> AuthoritySignature {
	ed25519::Signature::from_raw(account.sign(message).to_bytes()).into()
}

/// What is held for children of `who`.
fn bonded(who: AccountId) -> Balance {
	Balances::balance_on_hold(&HoldReason::ChainBond.into(), &who)
}

/// Sets a status by governance.
fn set_to(chain: ChainId, status: NeighbourStatus) -> DispatchResult {
	ChainRegistry::set_status(RuntimeOrigin::root(), chain, status)
}

/// A state from which values can be proven.
struct State(sp_io::TestExternalities);

impl State {
	fn new(storage: Storage) -> Self {
		let code = storage.top.get(&keys::code()).cloned().unwrap_or_default();
		Self(sp_io::TestExternalities::new_with_code(&code, storage))
	}

	fn root(&mut self) -> H256 {
		*self.0.as_backend().root()
	}

	fn prove(&mut self, keys: Vec<Vec<u8>>) -> StateProof {
		let proof = sp_state_machine::prove_read(self.0.as_backend(), keys).expect("it is proven");
		proof.into_nodes().into_iter().collect()
	}
}

/// A block of the chain under test that a child starts from.
struct Anchor {
	checkpoint: Checkpoint,
	header: Header,
	proof: StateProof,
}

impl Anchor {
	/// A block of this number; the chain knows its hash once it is [`Self::laid`].
	fn new(number: u32) -> Self {
		Self::with(number, &accounts(50..53), Some(4))
	}

	/// A block after which these authorities form the set with this id.
	fn with(number: u32, authorities: &[Account], set_id: Option<u64>) -> Self {
		let mut storage = TestExt::new().authorities(list(authorities)).storage();
		if let Some(id) = set_id {
			storage.top.insert(keys::grandpa_set_id(), id.encode());
		}
		let mut state = State::new(storage);
		let mut header = header_of(OWN, number);
		header.set_state_root(state.root());
		let checkpoint = Checkpoint {
			chain: OWN,
			layer: Layer::Contract,
			number,
			hash: header.hash(),
			state_root: *header.state_root(),
			set_id: set_id.unwrap_or_default(),
			authorities: set(authorities),
		};
		let proof = state.prove(keys::checkpoint_proof_keys());
		Self { checkpoint, header, proof }
	}

	/// Makes the chain know the block as its own.
	fn laid(self) -> Self {
		frame_system::BlockHash::<Test>::insert(self.checkpoint.number, self.header.hash());
		self
	}
}

type Possession = BoundedVec<AuthoritySignature, sp_core::ConstU32<{ limits::MAX_AUTHORITIES }>>;

/// A chain that is to be registered as a child.
struct Birth {
	storage: Storage,
	anchor: Anchor,
	/// Who signs for the registration.
	signers: Vec<Account>,
}

impl Birth {
	/// A proof chain without tokens that starts from `anchor`.
	fn from(anchor: Anchor) -> Self {
		let storage = TestExt::new()
			.layer(Layer::Proof)
			.window_ms(20_000)
			.parent(anchor.checkpoint.clone())
			.authorities(list(&accounts(20..24)))
			.balances(vec![])
			.storage();
		Self { storage, anchor, signers: accounts(20..24) }
	}

	/// A proof chain that can be registered as it is.
	fn new() -> Self {
		Self::from(Anchor::new(2).laid())
	}

	/// Replaces a value of the genesis state.
	fn put(mut self, key: Vec<u8>, value: impl Encode) -> Self {
		self.storage.top.insert(key, value.encode());
		self
	}

	/// Removes a value of the genesis state.
	fn clear(mut self, key: Vec<u8>) -> Self {
		self.storage.top.remove(&key);
		self
	}

	fn authorities(self, list: AuthorityList) -> Self {
		self.put(keys::grandpa_authorities(), list)
	}

	fn issuing(self, amount: Balance) -> Self {
		self.put(keys::total_issuance(), amount)
	}

	/// What the genesis says.
	fn says(&self) -> ChainOrigin {
		let value = self.storage.top.get(&keys::origin()).expect("the pallet writes it");
		codec::DecodeAll::decode_all(&mut value.as_slice()).expect("the pallet wrote it")
	}

	/// Makes the genesis say something else.
	fn saying(self, change: impl FnOnce(&mut ChainOrigin)) -> Self {
		let mut origin = self.says();
		change(&mut origin);
		self.put(keys::origin(), origin)
	}

	fn genesis(&self) -> GenesisProof {
		self.proving(keys::genesis_proof_keys())
	}

	/// A proof of some values of the genesis, and of the hash of the code.
	fn proving(&self, keys: Vec<Vec<u8>>) -> GenesisProof {
		let mut state = State::new(self.storage.clone());
		let mut nodes = state.prove(keys);
		nodes.retain(|node| Some(node) != self.storage.top.get(&keys::code()));
		GenesisProof { state_root: state.root(), nodes }
	}

	fn id(&self) -> ChainId {
		self.genesis().chain_id()
	}

	/// The signatures of all who sign.
	fn possession(&self) -> Possession {
		let statement = registration_statement(OWN, self.id());
		let signed = self.signers.iter().map(|signer| sign(*signer, &statement));
		signed.collect::<Vec<_>>().try_into().expect("not too many")
	}

	/// Registers the chain with another genesis proof and bond.
	fn register_with(&self, genesis: GenesisProof, bond: Balance) -> DispatchResult {
		self.register_signed(genesis, self.possession(), bond)
	}

	fn register_signed(
		&self,
		genesis: GenesisProof,
		possession: Possession,
		bond: Balance,
	) -> DispatchResult {
		ChainRegistry::register_child(
			RuntimeOrigin::signed(BOB),
			genesis,
			Box::new(self.anchor.header.clone()),
			self.anchor.proof.clone(),
			possession,
			bond,
		)
	}

	fn register(&self) -> DispatchResult {
		self.register_with(self.genesis(), MIN_BOND)
	}
}

/// Registers a proof chain and returns its id.
fn registered() -> ChainId {
	let birth = Birth::new();
	assert_ok!(birth.register());
	birth.id()
}
