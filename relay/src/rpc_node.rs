// SPDX-License-Identifier: Apache-2.0
//! A node that is asked over RPC.

use crate::{
	calls::Call,
	node::{Answer, Connect, Node},
	LOG_TARGET,
};
use codec::{Decode, DecodeAll, Encode, Output};
use futures::{stream::BoxStream, FutureExt};
use serde::Deserialize;
use serde_json::json;
use sp_core::{Bytes, H256};
use sp_runtime::{
	transaction_validity::{
		InvalidTransaction, TransactionSource, TransactionValidity, TransactionValidityError,
	},
	ApplyExtrinsicResult, DispatchError, Weight,
};
use std::{future::Future, sync::Arc, time::Duration};
use subxt::metadata::Metadata;
use terrace_client::{
	extrinsic::{self, Lifetime, Terms},
	Chain, Error, Signer, Wait,
};
use terrace_layers::{
	views::{LaneView, NeighbourView},
	AccountId, Balance, ChainId, Header, LaneId, Layer, StateProof,
};

/// How long a node may take to answer before another one is asked.
const ANSWER: Duration = Duration::from_secs(30);
/// Version of the metadata that is asked for.
const METADATA_VERSION: u32 = 15;

/// Bytes that are encoded already.
struct Raw(Vec<u8>);

impl Encode for Raw {
	fn encode_to<O: Output + ?Sized>(&self, output: &mut O) {
		output.write(&self.0);
	}
}

#[derive(Clone, Copy, Deserialize)]
struct RuntimeVersion {
	#[serde(rename = "specVersion")]
	spec: u32,
	#[serde(rename = "transactionVersion")]
	transaction: u32,
}

/// A connection to a node, and what its chain's runtime looked like when it was made.
pub(crate) struct RpcNode {
	chain: Chain,
	version: RuntimeVersion,
	metadata: Metadata,
}

/// Connects over WebSockets.
pub(crate) struct Rpc;

impl Connect for Rpc {
	fn connect<'a>(&'a self, url: &'a str) -> Answer<'a, Arc<dyn Node>> {
		async move { Ok(Arc::new(RpcNode::open(url).await?) as Arc<dyn Node>) }.boxed()
	}
}

/// What comes of a question, unless that takes too long.
async fn within<T>(
	url: &str,
	method: &str,
	answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
	tokio::time::timeout(ANSWER, answer).await.unwrap_or_else(|_| {
		let (url, method) = (url.into(), method.into());
		Err(Error::Timeout { url, method, seconds: ANSWER.as_secs() })
	})
}

fn malformed(url: &str, method: &str, reason: impl ToString) -> Error {
	Error::Malformed { url: url.into(), method: method.into(), reason: reason.to_string() }
}

impl RpcNode {
	/// Connects, and reads what the chain's runtime looks like.
	pub async fn open(url: &str) -> Result<Self, Error> {
		within(url, "anything", async move {
			let chain = Chain::connect(url).await?;
			let version = chain.rpc("state_getRuntimeVersion", json!([])).await?;
			let method = "Metadata_metadata_at_version";
			let bytes: Option<Vec<u8>> = chain.api(method, &METADATA_VERSION, None).await?;
			let metadata = Metadata::decode_from(&bytes.unwrap_or_default())
				.map_err(|error| malformed(url, method, error))?;
			Ok(Self { chain, version, metadata })
		})
		.await
	}

	async fn api<R: DecodeAll>(
		&self,
		method: &str,
		args: impl Encode,
		at: Option<H256>,
	) -> Result<R, Error> {
		within(self.url(), method, self.chain.api(method, &args, at)).await
	}

	/// The bytes of a call, unless the runtime is no longer the one that is known here.
	pub async fn encode(&self, call: &Call) -> Result<Vec<u8>, Error> {
		let method = "state_getRuntimeVersion";
		let version: RuntimeVersion =
			within(self.url(), method, self.chain.rpc(method, json!([]))).await?;
		let known = self.version.spec;
		if version.spec != known {
			return Err(self.unsupported(format!("runtime of version {known} any more")));
		}
		let names = self.field_names(call)?;
		let arguments = call.arguments(&names).map_err(|what| self.unsupported(what))?;
		self.chain.call(call.pallet, call.name, &Raw(arguments))
	}

	fn field_names(&self, call: &Call) -> Result<Vec<String>, Error> {
		let (pallet, name) = (call.pallet, call.name);
		let fields = self
			.metadata
			.pallet_by_name(pallet)
			.and_then(|pallet| pallet.call_variant_by_name(name))
			.map(|variant| &variant.fields)
			.ok_or_else(|| self.unsupported(format!("call {pallet}.{name}")))?;
		Ok(fields.iter().map(|field| field.name.clone().unwrap_or_default()).collect())
	}

	fn unsupported(&self, what: String) -> Error {
		Error::Unsupported { url: self.url().into(), what }
	}

	/// The transaction that would be sent, but valid for ever: it never leaves this machine and the
	/// node that tries it.
	async fn signed(&self, call: &[u8], signer: &Signer) -> Result<Vec<u8>, Error> {
		let nonce =
			within(self.url(), "account nonce", self.chain.next_nonce(&signer.account())).await?;
		let genesis = self.id().0;
		let terms = Terms {
			spec_version: self.version.spec,
			transaction_version: self.version.transaction,
			genesis,
		};
		let extensions: Vec<_> = self
			.metadata
			.extrinsic()
			.transaction_extensions_by_version(0)
			.into_iter()
			.flatten()
			.map(|extension| extension.identifier().to_string())
			.collect();
		let lifetime = Lifetime::immortal(genesis);
		extrinsic::signed(call, signer, nonce, &extensions, terms, lifetime)
			.map_err(|error| self.unsupported(error.to_string()))
	}

	/// Applies a transaction without effect.
	async fn dry_run(&self, bytes: Vec<u8>) -> Result<(), Error> {
		let method = "BlockBuilder_apply_extrinsic";
		let applied: Result<ApplyExtrinsicResult, _> =
			self.api(method, Raw(bytes.clone()), None).await;
		match applied {
			Ok(Ok(Ok(()))) => Ok(()),
			Ok(Ok(Err(error))) => Err(self.explain(error)),
			Ok(Err(invalid)) => judge(invalid),
			// What the pool says is less than what a block says, and better than nothing.
			Err(Error::Refused { message, .. }) => {
				tracing::debug!(target: LOG_TARGET, message, "no dry run");
				self.validate(bytes).await
			}
			Err(error) => Err(error),
		}
	}

	async fn validate(&self, bytes: Vec<u8>) -> Result<(), Error> {
		let method = "TaggedTransactionQueue_validate_transaction";
		let (_, hash) = within(self.url(), "chain_getHeader", self.chain.best()).await?;
		let args = (TransactionSource::External, Raw(bytes), hash);
		match self.api::<TransactionValidity>(method, args, None).await? {
			Ok(_) => Ok(()),
			Err(invalid) => judge(invalid),
		}
	}

	/// A failure by the names that the metadata has for it.
	fn explain(&self, error: DispatchError) -> Error {
		let named = match &error {
			DispatchError::Module(module) => {
				let [index, ..] = module.error;
				self.metadata.pallet_by_error_index(module.index).and_then(|pallet| {
					let variant = pallet.error_variant_by_index(index)?;
					Some((pallet.name().to_string(), variant.name.clone()))
				})
			}
			_ => None,
		};
		let (pallet, name) = named.unwrap_or_else(|| ("Dispatch".into(), format!("{error:?}")));
		Error::Dispatch { pallet, name, docs: String::new() }
	}
}

/// What a pool's verdict means for a transaction that is not sent yet.
fn judge(invalid: TransactionValidityError) -> Result<(), Error> {
	let stale = match invalid {
		// The block that was looked at is full; the next one is not.
		TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources) => return Ok(()),
		// Other transactions of the account are still waiting for their block.
		TransactionValidityError::Invalid(InvalidTransaction::Future) => return Ok(()),
		TransactionValidityError::Invalid(InvalidTransaction::Stale) => true,
		_ => false,
	};
	Err(Error::Rejected { reason: format!("{invalid:?}"), stale })
}

impl Node for RpcNode {
	fn url(&self) -> &str {
		self.chain.url()
	}

	fn id(&self) -> ChainId {
		self.chain.id()
	}

	fn layer(&self) -> Layer {
		self.chain.layer()
	}

	fn finalized(&self) -> Answer<'_, (u32, H256)> {
		within(self.url(), "chain_getFinalizedHead", self.chain.finalized()).boxed()
	}

	fn best(&self) -> Answer<'_, u32> {
		let best = self.chain.best().map(|best| best.map(|(number, _)| number));
		within(self.url(), "chain_getHeader", best).boxed()
	}

	fn header(&self, hash: H256) -> Answer<'_, Header> {
		within(self.url(), "chain_getHeader", self.chain.header(hash)).boxed()
	}

	fn block_hash(&self, number: u32) -> Answer<'_, Option<H256>> {
		within(self.url(), "chain_getBlockHash", self.chain.block_hash(number)).boxed()
	}

	fn stored_justification(&self, hash: H256) -> Answer<'_, Option<Vec<u8>>> {
		within(self.url(), "chain_getBlock", self.chain.block_justification(hash)).boxed()
	}

	fn prove_finality(&self, number: u32) -> Answer<'_, Option<Vec<u8>>> {
		let method = "grandpa_proveFinality";
		within(self.url(), method, async move {
			match self.chain.rpc::<Option<Bytes>>(method, json!([number])).await {
				Ok(answer) => Ok(answer.map(|bytes| bytes.0)),
				// Nodes do not know this of blocks that they did not import one by one, nor before
				// authorities were replaced for the first time.
				Err(Error::Refused { .. }) => Ok(None),
				Err(error) => Err(error),
			}
		})
		.boxed()
	}

	fn justifications(&self) -> Answer<'_, BoxStream<'static, Vec<u8>>> {
		let method = "grandpa_subscribeJustifications";
		within(self.url(), method, self.chain.subscribe_justifications()).boxed()
	}

	fn storage(&self, key: Vec<u8>, at: Option<H256>) -> Answer<'_, Option<Vec<u8>>> {
		async move { within(self.url(), "state_getStorage", self.chain.storage(&key, at)).await }
			.boxed()
	}

	fn read_proof(&self, keys: Vec<Vec<u8>>, at: H256) -> Answer<'_, StateProof> {
		async move {
			within(self.url(), "state_getReadProof", self.chain.read_proof(&keys, at)).await
		}
		.boxed()
	}

	fn neighbours(&self) -> Answer<'_, Vec<NeighbourView>> {
		within(self.url(), "LinkApi_neighbours", self.chain.neighbours(None)).boxed()
	}

	fn lane(&self, peer: ChainId, lane: LaneId, at: Option<H256>) -> Answer<'_, Option<LaneView>> {
		within(self.url(), "LinkApi_lane", self.chain.lane(peer, lane, at)).boxed()
	}

	fn messages(
		&self,
		peer: ChainId,
		lane: LaneId,
		from: u64,
		limit: u32,
		at: H256,
	) -> Answer<'_, Vec<Vec<u8>>> {
		let messages = self.chain.messages(peer, lane, from, limit, Some(at));
		within(self.url(), "LinkApi_messages", messages).boxed()
	}

	fn dispatch_weight(&self, payload: Vec<u8>) -> Answer<'_, Weight> {
		self.api("LinkApi_dispatch_weight", payload, None).boxed()
	}

	fn balance(&self, who: AccountId) -> Answer<'_, Balance> {
		async move {
			let funds = within(self.url(), "state_getStorage", self.chain.funds(&who)).await?;
			Ok(funds.free)
		}
		.boxed()
	}

	fn check<'a>(&'a self, call: &'a Call, signer: &'a Signer) -> Answer<'a, ()> {
		async move {
			let call = self.encode(call).await?;
			let bytes = self.signed(&call, signer).await?;
			self.dry_run(bytes).await
		}
		.boxed()
	}

	fn submit<'a>(&'a self, call: &'a Call, signer: Option<&'a Signer>) -> Answer<'a, ()> {
		async move {
			let call = self.encode(call).await?;
			let included = match signer {
				Some(signer) => self.chain.submit_signed(&call, signer, Wait::Finalized).await,
				None => self.chain.submit_general_and_wait(&call, Wait::Finalized).await,
			};
			included.map(drop)
		}
		.boxed()
	}
}

/// What a node answers to `grandpa_proveFinality`: the block and its justification; the headers that
/// follow are of no use here.
pub(crate) fn proven_justification(answer: &[u8]) -> Option<Vec<u8>> {
	<(H256, Vec<u8>)>::decode(&mut &*answer).ok().map(|(_, justification)| justification)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn raw_bytes_stay_as_they_are() {
		assert_eq!(Raw(vec![7, 8]).encode(), [7, 8]);
		assert_eq!((1u8, Raw(vec![7, 8]), 2u8).encode(), [1, 7, 8, 2]);
	}

	#[test]
	fn only_lasting_faults_of_a_dry_run_are_errors() {
		let judged = |invalid: InvalidTransaction| judge(invalid.into());
		assert_eq!(judged(InvalidTransaction::ExhaustsResources), Ok(()));
		assert_eq!(judged(InvalidTransaction::Future), Ok(()));
		let late = judged(InvalidTransaction::Stale);
		assert!(matches!(late, Err(Error::Rejected { stale: true, .. })), "{late:?}");
		let poor = judged(InvalidTransaction::Payment);
		assert!(matches!(poor, Err(Error::Rejected { stale: false, .. })), "{poor:?}");
	}

	#[test]
	fn headers_behind_a_proof_are_left_out() {
		let answer = (H256::repeat_byte(1), vec![1u8, 2, 3], vec![4u32]).encode();
		assert_eq!(proven_justification(&answer), Some(vec![1, 2, 3]));
		assert_eq!(proven_justification(&answer[..34]), None, "cut off");
	}
}
