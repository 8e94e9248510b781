// SPDX-License-Identifier: Apache-2.0
//! The genesis state of a chain specification: its identity, its origin and the proof of them.
//!
//! All of it comes from the specification alone: running nodes may have pruned the state of their
//! first block.

use crate::service::Executor;
use codec::DecodeAll;
use sc_chain_spec::{resolve_state_version_from_wasm, ChainSpec};
use sc_executor::RuntimeVersionOf;
use serde_json::{json, Value};
use sp_consensus_grandpa::{AuthorityId, AuthorityList};
use sp_core::storage::{StateVersion, Storage};
use sp_runtime::traits::BlakeTwo256;
use sp_state_machine::{prove_read_on_trie_backend, InMemoryBackend};
use std::{io::Write, path::PathBuf};
use terrace_layers::{keys, ChainId, GenesisProof, Origin};

/// Why a chain specification has no usable genesis.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// The runtime refused the specification, or the file is damaged.
	#[error("the genesis of this chain spec cannot be built: {0}")]
	Unbuildable(String),
	/// The runtime code of the specification cannot be read.
	#[error("the runtime of this chain spec cannot be read: {0}")]
	Runtime(Box<sp_blockchain::Error>),
	/// The chain's tries are of a kind that no neighbour verifies.
	#[error("the runtime of this chain spec builds tries of version 0, Terrace needs version 1")]
	OldTrie,
	/// The genesis lacks what every Terrace chain has.
	#[error("this chain spec is not of a Terrace chain: its genesis has no valid {0}")]
	Foreign(&'static str),
	/// Reading the genesis state failed.
	#[error("the genesis state cannot be proven: {0}")]
	Unprovable(String),
}

/// The state of a chain's first block.
pub struct Genesis {
	storage: Storage,
	state: InMemoryBackend<BlakeTwo256>,
}

impl Genesis {
	/// Builds the genesis that `spec` describes.
	pub fn of(spec: &dyn ChainSpec, executor: &impl RuntimeVersionOf) -> Result<Self, Error> {
		let storage = spec.as_storage_builder().build_storage().map_err(Error::Unbuildable)?;
		let version = resolve_state_version_from_wasm::<_, BlakeTwo256>(&storage, executor)
			.map_err(|error| Error::Runtime(Box::new(error)))?;
		match version {
			StateVersion::V1 => Ok(Self::from_storage(storage)),
			StateVersion::V0 => Err(Error::OldTrie),
		}
	}

	pub(crate) fn from_storage(storage: Storage) -> Self {
		let state = (storage.clone(), StateVersion::V1).into();
		Self { storage, state }
	}

	/// Identity of the chain.
	pub fn chain(&self) -> ChainId {
		GenesisProof { state_root: *self.state.root(), nodes: Vec::new() }.chain_id()
	}

	/// What the genesis says of the chain and its parent.
	pub fn origin(&self) -> Result<Origin, Error> {
		let raw = self.required(keys::origin(), "origin")?;
		Origin::decode_all(&mut &raw[..]).map_err(|_| Error::Foreign("origin"))
	}

	/// GRANDPA keys of the chain's first authorities.
	pub fn authorities(&self) -> Result<Vec<AuthorityId>, Error> {
		let what = "list of authorities";
		let raw = self.required(keys::grandpa_authorities(), what)?;
		let list = AuthorityList::decode_all(&mut &raw[..]).map_err(|_| Error::Foreign(what))?;
		Ok(list.into_iter().map(|(id, _)| id).collect())
	}

	/// Proves to the parent what it asks for when the chain registers.
	pub fn prove(&self) -> Result<GenesisProof, Error> {
		self.origin()?;
		self.authorities()?;
		let code = self.required(keys::code(), "runtime code")?;
		let proof = prove_read_on_trie_backend(&self.state, keys::genesis_proof_keys())
			.map_err(|error| Error::Unprovable(error.to_string()))?;
		// The code is proven by its hash, which the trie holds in its place.
		let nodes = proof.into_iter_nodes().filter(|node| node != code).collect();
		Ok(GenesisProof { state_root: *self.state.root(), nodes })
	}

	/// The state itself.
	pub fn into_storage(self) -> Storage {
		self.storage
	}

	fn required(&self, key: Vec<u8>, what: &'static str) -> Result<&[u8], Error> {
		self.storage.top.get(&key).map(Vec::as_slice).ok_or(Error::Foreign(what))
	}
}

/// Builds the genesis that `spec` describes and proves it.
pub fn prove(spec: &dyn ChainSpec) -> Result<GenesisProof, Error> {
	Genesis::of(spec, &Executor::builder().build())?.prove()
}

/// Prints the proof with which a chain registers with its parent.
#[derive(Debug, Clone, clap::Args)]
pub struct ExportGenesisProofCmd {
	/// Name or chain-spec file of the chain.
	#[arg(long, value_name = "CHAIN_SPEC")]
	pub chain: String,

	/// File to write to, in place of standard output.
	#[arg(long, value_name = "FILE")]
	pub output: Option<PathBuf>,
}

impl ExportGenesisProofCmd {
	/// Runs the command.
	pub fn run(&self, spec: &dyn ChainSpec) -> sc_cli::Result<()> {
		let proof = prove(spec).map_err(|error| error.to_string())?;
		let json = format!("{:#}\n", to_json(&proof));
		match &self.output {
			Some(file) => std::fs::write(file, json)
				.map_err(|error| format!("cannot write {}: {error}", file.display()))?,
			None => std::io::stdout().lock().write_all(json.as_bytes())?,
		}
		Ok(())
	}
}

fn to_json(proof: &GenesisProof) -> Value {
	let nodes = proof.nodes.iter().map(|node| format!("0x{}", hex::encode(node)));
	json!({
		"genesis_hash": proof.chain_id(),
		"state_root": proof.state_root,
		"proof": nodes.collect::<Vec<_>>(),
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use bp_runtime::StorageProofChecker;
	use codec::Encode;
	use sp_core::{crypto::UncheckedFrom, H256};
	use sp_runtime::traits::Hash;
	use terrace_layers::{Authorities, Checkpoint, Layer};

	fn authority(seed: u8) -> AuthorityId {
		AuthorityId::from(sp_core::ed25519::Public::unchecked_from([seed; 32]))
	}

	fn origin() -> Origin {
		Origin {
			layer: Layer::Proof,
			window_ms: 20_000,
			parent: Some(Checkpoint {
				chain: ChainId(H256::repeat_byte(1)),
				layer: Layer::Contract,
				number: 7,
				hash: H256::repeat_byte(2),
				state_root: H256::repeat_byte(3),
				set_id: 4,
				authorities: Authorities::truncate_from(vec![authority(5)]),
			}),
		}
	}

	/// A genesis large enough that a proof leaves most of it out.
	fn storage() -> Storage {
		let authorities: AuthorityList = vec![(authority(8), 1), (authority(9), 1)];
		let mut storage = Storage::default();
		storage.top.insert(keys::grandpa_authorities(), authorities.encode());
		storage.top.insert(keys::origin(), origin().encode());
		storage.top.insert(keys::code(), vec![0xc0; 1_000]);
		for filler in 0u8..200 {
			storage.top.insert(keys::value("Filler", &filler.to_string()), vec![filler; 100]);
		}
		storage
	}

	#[test]
	fn proof_shows_the_values_and_the_absence_of_an_issuance() {
		let storage = storage();
		let proof = Genesis::from_storage(storage.clone()).prove().expect("complete genesis");
		let mut checker =
			StorageProofChecker::<BlakeTwo256>::new(proof.state_root, proof.nodes).expect("rooted");
		for key in keys::genesis_proof_keys().into_iter().filter(|key| *key != keys::code()) {
			let proven = checker.read_value(&key).expect("proven");
			assert_eq!(proven.as_ref(), storage.top.get(&key));
		}
	}

	#[test]
	fn proof_holds_the_hash_of_the_code_in_place_of_the_code() {
		let proof = Genesis::from_storage(storage()).prove().expect("complete genesis");
		let bytes: usize = proof.nodes.iter().map(Vec::len).sum();
		assert!(bytes < 4_000, "{bytes} bytes");
		let hash = BlakeTwo256::hash(&[0xc0; 1_000]);
		assert!(proof
			.nodes
			.iter()
			.any(|node| node.windows(32).any(|part| part == hash.as_bytes())));
	}

	#[test]
	fn proof_shows_an_issuance() {
		let mut storage = storage();
		storage.top.insert(keys::total_issuance(), 1_000u128.encode());
		let proof = Genesis::from_storage(storage).prove().expect("complete genesis");
		let mut checker =
			StorageProofChecker::<BlakeTwo256>::new(proof.state_root, proof.nodes).expect("rooted");
		let issuance = checker.read_value(&keys::total_issuance()).expect("proven");
		assert_eq!(issuance, Some(1_000u128.encode()));
	}

	#[test]
	fn identity_is_that_of_the_genesis_block() {
		let genesis = Genesis::from_storage(storage());
		let block = sc_chain_spec::construct_genesis_block::<terrace_runtime_common::opaque::Block>(
			*genesis.state.root(),
			StateVersion::V1,
		);
		let proof = genesis.prove().expect("complete genesis");
		assert_eq!(genesis.chain().0, block.header.hash());
		assert_eq!(proof.chain_id(), genesis.chain());
	}

	#[test]
	fn origin_is_read_back() {
		assert_eq!(Genesis::from_storage(storage()).origin().expect("present"), origin());
	}

	#[test]
	fn printed_proof_is_complete() {
		let proof = Genesis::from_storage(storage()).prove().expect("complete genesis");
		let json = to_json(&proof);
		assert_eq!(json["genesis_hash"], format!("{:?}", proof.chain_id().0));
		assert_eq!(json["state_root"], format!("{:?}", proof.state_root));
		let nodes: Vec<Vec<u8>> = json["proof"]
			.as_array()
			.expect("a list")
			.iter()
			.map(|node| {
				let digits = node.as_str().and_then(|text| text.strip_prefix("0x"));
				hex::decode(digits.expect("prefixed text")).expect("hexadecimal")
			})
			.collect();
		assert_eq!(nodes, proof.nodes);
	}

	#[test]
	fn foreign_genesis_is_refused() {
		for key in [keys::origin(), keys::grandpa_authorities(), keys::code()] {
			let mut storage = storage();
			storage.top.remove(&key);
			assert!(matches!(Genesis::from_storage(storage).prove(), Err(Error::Foreign(_))));
		}
		let mut storage = storage();
		storage.top.insert(keys::origin(), vec![0xff]);
		assert!(matches!(Genesis::from_storage(storage).origin(), Err(Error::Foreign("origin"))));
	}
}
