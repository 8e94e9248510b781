// SPDX-License-Identifier: Apache-2.0
//! Registers a chain with its parent.

use crate::{chain::from_hex, Chain, Error, Included, Signer, Wait};
use bp_runtime::StorageProofChecker;
use codec::DecodeAll;
use serde::Deserialize;
use sp_consensus_grandpa::{AuthorityId, AuthorityList, AuthoritySignature};
use sp_core::{ConstU32, H256};
use sp_runtime::{traits::BlakeTwo256, BoundedVec};
use terrace_layers::{
	keys, limits, Balance, ChainId, Checkpoint, GenesisProof, Header, Layer, Origin, StateProof,
};

/// One signature for each authority of a chain, in their order.
type Signatures = BoundedVec<AuthoritySignature, ConstU32<{ limits::MAX_AUTHORITIES }>>;

/// Why a chain cannot be registered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
	/// The parent could not be asked, or refused.
	#[error(transparent)]
	Chain(#[from] Error),
	/// The file is not what `terrace-node export-genesis-proof` writes.
	#[error("the genesis proof is damaged: {0}")]
	Damaged(String),
	/// The chain is a main chain.
	#[error("chain {0} is a main chain: it has no parent to register with")]
	NoParent(ChainId),
	/// The chain belongs below another one.
	#[error("the chain belongs below chain {expected}, and {url} is chain {found}")]
	OtherParent {
		/// Parent that its genesis names.
		expected: ChainId,
		/// Address that was asked.
		url: String,
		/// Chain there.
		found: ChainId,
	},
	/// The chain is of a layer that does not register there.
	#[error("a {child:?} chain cannot register with a {parent:?} chain")]
	WrongLayer {
		/// Layer of the chain.
		child: Layer,
		/// Layer of the parent.
		parent: Layer,
	},
	/// Not every authority of the chain has signed.
	#[error("{} of the chain's authorities have not signed its registration: {}", .0.len(), .0.join(", "))]
	Unsigned(Vec<String>),
	/// The signatures are for another registration.
	#[error("the signatures are for chain {chain} below {parent}, not for this registration")]
	OtherRegistration {
		/// Chain they register.
		chain: ChainId,
		/// Parent they register it with.
		parent: ChainId,
	},
	/// The chain is registered already.
	#[error("chain {0} is registered already")]
	AlreadyRegistered(ChainId),
	/// The parent's node no longer has what the chain starts from.
	#[error("the node at {url} no longer has block {number} of the parent: {reason}")]
	CheckpointGone {
		/// Address of the node.
		url: String,
		/// Number of the block.
		number: u32,
		/// What the node says.
		reason: String,
	},
}

/// What `terrace-node export-genesis-proof` writes.
#[derive(Debug, Deserialize)]
struct GenesisFile {
	genesis_hash: ChainId,
	state_root: H256,
	proof: Vec<String>,
}

/// Reads what `terrace-node export-genesis-proof` writes.
pub fn read_genesis_proof(json: &str) -> Result<GenesisProof, RegisterError> {
	let damaged = |error: &dyn ToString| RegisterError::Damaged(error.to_string());
	let file: GenesisFile = serde_json::from_str(json).map_err(|error| damaged(&error))?;
	let nodes: Result<StateProof, String> = file.proof.iter().map(|node| from_hex(node)).collect();
	let nodes = nodes.map_err(|error| damaged(&error))?;
	let proof = GenesisProof { state_root: file.state_root, nodes };
	if proof.chain_id() != file.genesis_hash {
		let reason = format!("its state makes chain {}", proof.chain_id());
		return Err(damaged(&format!("{reason}, not {}", file.genesis_hash)));
	}
	Ok(proof)
}

/// Signatures with which authorities show that they hold their keys.
#[derive(Clone, Debug)]
pub struct Possession {
	chain: ChainId,
	parent: ChainId,
	signatures: Vec<(AuthorityId, AuthoritySignature)>,
}

/// What `terrace-node sign-registration` writes.
#[derive(Debug, Deserialize)]
struct PossessionFile {
	chain: ChainId,
	parent: ChainId,
	signatures: Vec<SignatureEntry>,
}

#[derive(Debug, Deserialize)]
struct SignatureEntry {
	authority: String,
	signature: String,
}

/// Reads what `terrace-node sign-registration` writes.
pub fn read_possession(json: &str) -> Result<Possession, RegisterError> {
	let damaged = |error: &dyn ToString| RegisterError::Damaged(error.to_string());
	let file: PossessionFile = serde_json::from_str(json).map_err(|error| damaged(&error))?;
	let read = |entry: &SignatureEntry| {
		let authority = from_hex(&entry.authority).map_err(|error| damaged(&error))?;
		let signature = from_hex(&entry.signature).map_err(|error| damaged(&error))?;
		let id = AuthorityId::decode_all(&mut &authority[..]).map_err(|error| damaged(&error))?;
		let signature =
			AuthoritySignature::decode_all(&mut &signature[..]).map_err(|error| damaged(&error))?;
		Ok((id, signature))
	};
	let signatures = file.signatures.iter().map(read).collect::<Result<_, RegisterError>>()?;
	Ok(Possession { chain: file.chain, parent: file.parent, signatures })
}

/// The signatures of all authorities of the genesis, in its order.
fn ordered(
	genesis: &GenesisProof,
	parent: ChainId,
	given: &[Possession],
) -> Result<Signatures, RegisterError> {
	let chain = genesis.chain_id();
	if let Some(other) = given.iter().find(|file| (file.chain, file.parent) != (chain, parent)) {
		return Err(RegisterError::OtherRegistration { chain: other.chain, parent: other.parent });
	}
	let bytes = value(genesis, &keys::grandpa_authorities())?
		.ok_or_else(|| RegisterError::Damaged("it proves no authorities".into()))?;
	let list = AuthorityList::decode_all(&mut &bytes[..])
		.map_err(|error| RegisterError::Damaged(error.to_string()))?;
	let all: Vec<_> = given.iter().flat_map(|file| &file.signatures).collect();
	let (mut signatures, mut missing) = (Vec::new(), Vec::new());
	for (id, _) in list {
		match all.iter().find(|(signer, _)| *signer == id) {
			Some((_, signature)) => signatures.push(signature.clone()),
			None => missing.push(id.to_string()),
		}
	}
	if !missing.is_empty() {
		return Err(RegisterError::Unsigned(missing));
	}
	Signatures::try_from(signatures)
		.map_err(|_| RegisterError::Damaged("it has too many authorities".into()))
}

/// What a chain's genesis says of it and of its parent.
pub fn origin(genesis: &GenesisProof) -> Result<Origin, RegisterError> {
	let bytes = value(genesis, &keys::origin())?
		.ok_or_else(|| RegisterError::Damaged("it proves no origin".into()))?;
	Origin::decode_all(&mut &bytes[..]).map_err(|error| RegisterError::Damaged(error.to_string()))
}

/// Tokens that exist in a chain's genesis: whoever registers it backs them.
pub fn issuance(genesis: &GenesisProof) -> Result<Balance, RegisterError> {
	let Some(bytes) = value(genesis, &keys::total_issuance())? else { return Ok(0) };
	Balance::decode_all(&mut &bytes[..]).map_err(|error| RegisterError::Damaged(error.to_string()))
}

fn value(genesis: &GenesisProof, key: &[u8]) -> Result<Option<Vec<u8>>, RegisterError> {
	let damaged = |error| RegisterError::Damaged(format!("{error:?}"));
	StorageProofChecker::<BlakeTwo256>::new(genesis.state_root, genesis.nodes.clone())
		.map_err(damaged)?
		.read_value(key)
		.map_err(damaged)
}

/// A registration, ready to be sent.
#[derive(Clone, Debug)]
pub struct Registration {
	/// The chain.
	pub chain: ChainId,
	/// What its genesis says.
	pub origin: Origin,
	/// Tokens of the registrant that back the chain's own.
	pub backing: Balance,
	/// Tokens of the registrant that are put on hold.
	pub bond: Balance,
	call: Vec<u8>,
}

impl Registration {
	/// Gathers what the parent asks for.
	pub async fn prepare(
		parent: &Chain,
		genesis: GenesisProof,
		possession: &[Possession],
		bond: Balance,
	) -> Result<Self, RegisterError> {
		let chain = genesis.chain_id();
		let origin = origin(&genesis)?;
		let backing = issuance(&genesis)?;
		let checkpoint = check_parent(parent, chain, &origin)?;
		let signatures = ordered(&genesis, checkpoint.chain, possession)?;
		if parent.neighbours(None).await?.iter().any(|view| view.chain == chain) {
			return Err(RegisterError::AlreadyRegistered(chain));
		}
		let (header, proof) = checkpoint_proof(parent, checkpoint).await?;
		let args = (genesis, Box::new(header), proof, signatures, bond);
		let call = parent.call("ChainRegistry", "register_child", &args)?;
		Ok(Self { chain, origin, backing, bond, call })
	}

	/// The call that registers the chain.
	pub fn call(&self) -> &[u8] {
		&self.call
	}

	/// Registers the chain, and waits until that is final.
	pub async fn submit(&self, parent: &Chain, signer: &Signer) -> Result<Included, RegisterError> {
		Ok(parent.submit_signed(&self.call, signer, Wait::Finalized).await?)
	}
}

/// The block from which the child starts, if `parent` is the right chain.
fn check_parent<'a>(
	parent: &Chain,
	child: ChainId,
	origin: &'a Origin,
) -> Result<&'a Checkpoint, RegisterError> {
	let checkpoint = origin.parent.as_ref().ok_or(RegisterError::NoParent(child))?;
	if checkpoint.chain != parent.id() {
		return Err(RegisterError::OtherParent {
			expected: checkpoint.chain,
			url: parent.url().into(),
			found: parent.id(),
		});
	}
	if parent.layer().child() != Some(origin.layer) {
		let (child, parent) = (origin.layer, parent.layer());
		return Err(RegisterError::WrongLayer { child, parent });
	}
	Ok(checkpoint)
}

async fn checkpoint_proof(
	parent: &Chain,
	checkpoint: &Checkpoint,
) -> Result<(Header, StateProof), RegisterError> {
	let gone = |error: Error| match error {
		Error::Refused { message: reason, .. } | Error::Malformed { reason, .. } => {
			RegisterError::CheckpointGone {
				url: parent.url().into(),
				number: checkpoint.number,
				reason,
			}
		}
		other => RegisterError::Chain(other),
	};
	let header = parent.header(checkpoint.hash).await.map_err(gone)?;
	let keys = keys::checkpoint_proof_keys();
	let proof = parent.read_proof(&keys, checkpoint.hash).await.map_err(gone)?;
	Ok((header, proof))
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Encode;
	use serde_json::json;
	use sp_trie::{LayoutV1, MemoryDB, TrieDBMutBuilder, TrieMut};
	use terrace_layers::Authorities;

	fn some_origin() -> Origin {
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
				authorities: Authorities::default(),
			}),
		}
	}

	/// A small state with these values, and all of its nodes.
	fn genesis(values: &[(Vec<u8>, Vec<u8>)]) -> GenesisProof {
		let mut db = MemoryDB::<BlakeTwo256>::default();
		let mut root = Default::default();
		{
			let mut trie =
				TrieDBMutBuilder::<LayoutV1<BlakeTwo256>>::new(&mut db, &mut root).build();
			for (key, value) in values {
				trie.insert(key, value).expect("an empty trie takes it");
			}
		}
		let nodes = db.drain().into_values().filter(|(_, count)| *count > 0);
		GenesisProof { state_root: root, nodes: nodes.map(|(node, _)| node).collect() }
	}

	fn file(proof: &GenesisProof) -> serde_json::Value {
		let nodes = proof.nodes.iter().map(|node| format!("0x{}", hex::encode(node)));
		json!({
			"genesis_hash": proof.chain_id(),
			"state_root": proof.state_root,
			"proof": nodes.collect::<Vec<_>>(),
		})
	}

	#[test]
	fn what_a_node_exports_is_read() {
		let proof = genesis(&[
			(keys::origin(), some_origin().encode()),
			(keys::total_issuance(), 5u128.encode()),
		]);
		let read = read_genesis_proof(&file(&proof).to_string()).expect("complete");
		assert_eq!(read, proof);
		assert_eq!(origin(&read), Ok(some_origin()));
		assert_eq!(issuance(&read), Ok(5));
	}

	#[test]
	fn genesis_without_tokens_needs_no_backing() {
		let proof = genesis(&[(keys::origin(), some_origin().encode())]);
		assert_eq!(issuance(&proof), Ok(0));
	}

	#[test]
	fn file_of_another_chain_is_refused() {
		let proof = genesis(&[(keys::origin(), some_origin().encode())]);
		let mut json = file(&proof);
		json["genesis_hash"] = json!(H256::repeat_byte(9));
		let refused = read_genesis_proof(&json.to_string());
		assert!(matches!(refused, Err(RegisterError::Damaged(why)) if why.contains("makes chain")));
	}

	#[test]
	fn damaged_file_is_refused() {
		let proof = genesis(&[(keys::origin(), some_origin().encode())]);
		let mut json = file(&proof);
		json["proof"] = json!(["nonsense"]);
		for text in ["", "{}", &json.to_string()] {
			assert!(matches!(read_genesis_proof(text), Err(RegisterError::Damaged(_))), "{text}");
		}
	}

	#[test]
	fn incomplete_proof_is_refused() {
		let proof = genesis(&[(b"other".to_vec(), vec![1])]);
		assert!(matches!(origin(&proof), Err(RegisterError::Damaged(_))));
		let empty = GenesisProof { nodes: Vec::new(), ..proof };
		assert!(matches!(origin(&empty), Err(RegisterError::Damaged(_))));
	}
}
