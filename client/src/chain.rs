// SPDX-License-Identifier: Apache-2.0
//! A chain, as it is read through one of its nodes.

use crate::{
	events::{self, EventRecord},
	rpc::Connection,
	runtime::Runtime,
	Error,
};
use codec::{DecodeAll, Encode};
use serde::{de::DeserializeOwned, Deserialize};
use serde_json::{json, Value};
use sp_core::H256;
use std::sync::{Arc, RwLock};
use subxt::metadata::Metadata;
use terrace_layers::{keys, ChainId, Header, Layer};

/// Version of the metadata that is asked for.
const METADATA_VERSION: u32 = 15;
/// Engine id under which blocks keep GRANDPA's justifications.
const GRANDPA: [u8; 4] = *b"FRNK";

/// A chain, read through one of its nodes.
///
/// Clones share one connection. Requests wait while a lost connection is made again, for up to
/// half a minute.
#[derive(Clone)]
pub struct Chain {
	pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
	pub connection: Arc<Connection>,
	runtime: RwLock<Arc<Runtime>>,
	layer: Layer,
	/// Held while a nonce is chosen and used.
	pub signing: tokio::sync::Mutex<()>,
}

/// A block with what it holds in encoded form.
#[derive(Clone, Debug)]
pub struct Block {
	/// Its header.
	pub header: Header,
	/// Its transactions.
	pub extrinsics: Vec<Vec<u8>>,
	/// GRANDPA's justification, if this block has one.
	pub justification: Option<Vec<u8>>,
}

#[derive(Deserialize)]
struct RuntimeVersion {
	#[serde(rename = "specVersion")]
	spec: u32,
	#[serde(rename = "transactionVersion")]
	transaction: u32,
}

#[derive(Deserialize)]
struct ReadProof {
	proof: Vec<String>,
}

#[derive(Deserialize)]
struct SignedBlock {
	block: BlockBody,
	justifications: Option<Vec<([u8; 4], Vec<u8>)>>,
}

#[derive(Deserialize)]
struct BlockBody {
	header: Header,
	extrinsics: Vec<String>,
}

impl Chain {
	/// Connects to a node of a Terrace chain.
	///
	/// *Fails* at once if there is none: whoever wants to wait tries again.
	pub async fn connect(url: &str) -> Result<Self, Error> {
		let connection = Arc::new(Connection::open(url).await?);
		let runtime = fetch_runtime(&connection).await?;
		let this: (ChainId, Layer) = call_api(&connection, "LinkApi_this_chain", &(), None).await?;
		Ok(Self {
			inner: Arc::new(Inner {
				connection,
				runtime: RwLock::new(Arc::new(runtime)),
				layer: this.1,
				signing: tokio::sync::Mutex::new(()),
			}),
		})
	}

	/// Address of the node.
	pub fn url(&self) -> &str {
		self.inner.connection.url()
	}

	/// Identity of the chain.
	pub fn id(&self) -> ChainId {
		ChainId(self.inner.connection.genesis())
	}

	/// Layer of the chain.
	pub fn layer(&self) -> Layer {
		self.inner.layer
	}

	/// Calls a runtime API method with a tuple of arguments, at the best block unless told.
	pub async fn api<R: DecodeAll>(
		&self,
		method: &str,
		args: &impl Encode,
		at: Option<H256>,
	) -> Result<R, Error> {
		call_api(&self.inner.connection, method, args, at).await
	}

	/// The bytes of a call with a tuple of arguments.
	///
	/// *Fails if* the runtime has no such call or it takes other arguments.
	pub fn call(&self, pallet: &str, name: &str, args: &impl Encode) -> Result<Vec<u8>, Error> {
		let args = args.encode();
		self.runtime().call(pallet, name, &args).map_err(|what| self.unsupported(what))
	}

	/// The value of a pallet's constant.
	pub fn constant<R: DecodeAll>(&self, pallet: &str, name: &str) -> Result<R, Error> {
		let runtime = self.runtime();
		let value = runtime.constant(pallet, name).map_err(|what| self.unsupported(what))?;
		R::decode_all(&mut &value[..]).map_err(|error| self.malformed(name, error))
	}

	/// Number and hash of the newest final block.
	pub async fn finalized(&self) -> Result<(u32, H256), Error> {
		let hash: H256 = self.ask("chain_getFinalizedHead", json!([])).await?;
		Ok((self.header(hash).await?.number, hash))
	}

	/// Number and hash of the best block.
	pub async fn best(&self) -> Result<(u32, H256), Error> {
		let header: Header = self.ask("chain_getHeader", json!([])).await?;
		Ok((header.number, header.hash()))
	}

	/// The header of a block.
	pub async fn header(&self, hash: H256) -> Result<Header, Error> {
		let header: Option<Header> = self.ask("chain_getHeader", json!([hash])).await?;
		header.ok_or_else(|| self.malformed("chain_getHeader", format!("no block {hash:?}")))
	}

	/// Hash of the block with this number on the best chain.
	pub async fn block_hash(&self, number: u32) -> Result<Option<H256>, Error> {
		self.ask("chain_getBlockHash", json!([number])).await
	}

	/// A whole block.
	pub async fn block(&self, hash: H256) -> Result<Block, Error> {
		let method = "chain_getBlock";
		let found: Option<SignedBlock> = self.ask(method, json!([hash])).await?;
		let found = found.ok_or_else(|| self.malformed(method, format!("no block {hash:?}")))?;
		let extrinsics = self.bytes_of_all(method, &found.block.extrinsics)?;
		let justification = found
			.justifications
			.into_iter()
			.flatten()
			.find_map(|(engine, bytes)| (engine == GRANDPA).then_some(bytes));
		Ok(Block { header: found.block.header, extrinsics, justification })
	}

	/// GRANDPA's justification that is stored with a block, if any.
	pub async fn block_justification(&self, hash: H256) -> Result<Option<Vec<u8>>, Error> {
		Ok(self.block(hash).await?.justification)
	}

	/// Trie nodes that prove the values of `keys` in the state of block `at`.
	pub async fn read_proof(&self, keys: &[Vec<u8>], at: H256) -> Result<Vec<Vec<u8>>, Error> {
		let method = "state_getReadProof";
		let keys: Vec<_> = keys.iter().map(|key| to_hex(key)).collect();
		let found: ReadProof = self.ask(method, json!([keys, at])).await?;
		self.bytes_of_all(method, &found.proof)
	}

	/// The raw value under a key, at the best block unless told.
	pub async fn storage(&self, key: &[u8], at: Option<H256>) -> Result<Option<Vec<u8>>, Error> {
		let method = "state_getStorage";
		let value: Option<String> = self.ask(method, json!([to_hex(key), at])).await?;
		value.map(|text| self.bytes_of(method, &text)).transpose()
	}

	/// The events of a block.
	pub async fn events(&self, at: H256) -> Result<Vec<EventRecord>, Error> {
		let key = keys::value("System", "Events");
		let Some(bytes) = self.storage(&key, Some(at)).await? else { return Ok(Vec::new()) };
		let first = events::read(&self.runtime(), &bytes);
		// A block after an upgrade speaks the new runtime's language.
		let read = match first {
			Err(reason) if self.refresh().await? => {
				events::read(&self.runtime(), &bytes).map_err(|_| reason)
			}
			first => first,
		};
		read.map_err(|reason| self.malformed("System.Events", reason))
	}

	/// Any JSON-RPC method; `params` is an array, a single parameter or null for none.
	pub async fn rpc<R: DeserializeOwned>(&self, method: &str, params: Value) -> Result<R, Error> {
		self.ask(method, params).await
	}

	pub(crate) async fn ask<R: DeserializeOwned>(
		&self,
		method: &str,
		params: Value,
	) -> Result<R, Error> {
		self.inner.connection.ask(method, &list(params)).await
	}

	/// Version of the runtime that calls are encoded for.
	pub fn spec_version(&self) -> u32 {
		self.runtime().spec_version
	}

	pub(crate) fn runtime(&self) -> Arc<Runtime> {
		self.inner.runtime.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
	}

	/// Reads the metadata again if the runtime was upgraded; says whether it was.
	pub(crate) async fn refresh(&self) -> Result<bool, Error> {
		let connection = &self.inner.connection;
		let version: RuntimeVersion = connection.ask("state_getRuntimeVersion", &[]).await?;
		if version.spec == self.runtime().spec_version {
			return Ok(false);
		}
		let runtime = Arc::new(fetch_runtime(connection).await?);
		*self.inner.runtime.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = runtime;
		Ok(true)
	}

	pub(crate) fn unsupported(&self, what: impl ToString) -> Error {
		Error::Unsupported { url: self.url().into(), what: what.to_string() }
	}

	pub(crate) fn malformed(&self, method: &str, reason: impl ToString) -> Error {
		self.inner.connection.malformed(method, reason)
	}

	fn bytes_of(&self, method: &str, text: &str) -> Result<Vec<u8>, Error> {
		from_hex(text).map_err(|reason| self.malformed(method, reason))
	}

	fn bytes_of_all(&self, method: &str, texts: &[String]) -> Result<Vec<Vec<u8>>, Error> {
		texts.iter().map(|text| self.bytes_of(method, text)).collect()
	}
}

impl std::fmt::Debug for Chain {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "Chain({:?}, {})", self.layer(), self.url())
	}
}

async fn fetch_runtime(connection: &Connection) -> Result<Runtime, Error> {
	let version: RuntimeVersion = connection.ask("state_getRuntimeVersion", &[]).await?;
	let method = "Metadata_metadata_at_version";
	let bytes: Option<Vec<u8>> = call_api(connection, method, &METADATA_VERSION, None).await?;
	let bytes = bytes.ok_or_else(|| Error::Unsupported {
		url: connection.url().into(),
		what: format!("metadata of version {METADATA_VERSION}"),
	})?;
	let metadata =
		Metadata::decode_from(&bytes).map_err(|error| connection.malformed(method, error))?;
	Ok(Runtime::new(version.spec, version.transaction, metadata))
}

async fn call_api<R: DecodeAll>(
	connection: &Connection,
	method: &str,
	args: &impl Encode,
	at: Option<H256>,
) -> Result<R, Error> {
	let params = [json!(method), json!(to_hex(&args.encode())), json!(at)];
	let text: String = connection.ask("state_call", &params).await.map_err(|error| {
		match error {
			// What the node says of a missing method names neither the method nor the chain.
			Error::Refused { url, message, .. } if message.contains("is not found") => {
				Error::Unsupported { url, what: format!("runtime API {method}") }
			}
			other => other,
		}
	})?;
	let bytes = from_hex(&text).map_err(|reason| connection.malformed(method, reason))?;
	R::decode_all(&mut &bytes[..]).map_err(|error| connection.malformed(method, error))
}

/// The parameters of a JSON-RPC request.
pub(crate) fn list(params: Value) -> Vec<Value> {
	match params {
		Value::Array(params) => params,
		Value::Null => Vec::new(),
		param => vec![param],
	}
}

/// Bytes as JSON-RPC writes them.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
	format!("0x{}", hex::encode(bytes))
}

/// Reads bytes as JSON-RPC writes them.
pub(crate) fn from_hex(text: &str) -> Result<Vec<u8>, String> {
	let digits = text.strip_prefix("0x").ok_or("0x expected")?;
	hex::decode(digits).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn hexadecimal_goes_both_ways() {
		assert_eq!(from_hex(&to_hex(&[0, 255])), Ok(vec![0, 255]));
		assert_eq!(from_hex("0x"), Ok(vec![]));
		for wrong in ["", "00", "0x0", "0xzz"] {
			assert!(from_hex(wrong).is_err(), "{wrong}");
		}
	}

	#[test]
	fn parameters_become_a_list() {
		assert_eq!(list(Value::Null), Vec::<Value>::new());
		assert_eq!(list(json!([1, 2])), vec![json!(1), json!(2)]);
		assert_eq!(list(json!("a")), vec![json!("a")]);
	}

	#[test]
	fn blocks_of_nodes_are_read() {
		let header = json!({
			"parentHash": H256::repeat_byte(1),
			"number": "0x1f",
			"stateRoot": H256::repeat_byte(2),
			"extrinsicsRoot": H256::repeat_byte(3),
			"digest": { "logs": [] },
		});
		let block = json!({
			"block": { "header": header, "extrinsics": ["0x280402"] },
			"justifications": [[[70, 82, 78, 75], [1, 2, 3]]],
		});
		let block: SignedBlock = serde_json::from_value(block).expect("a block");
		assert_eq!(block.block.header.number, 31);
		assert_eq!(block.justifications, Some(vec![(GRANDPA, vec![1, 2, 3])]));
	}
}
