// SPDX-License-Identifier: Apache-2.0
//! What a relay asks of a node; nothing that comes back is believed.

use crate::calls::Call;
use futures::{future::BoxFuture, stream::BoxStream};
use sp_core::H256;
use sp_runtime::Weight;
use std::sync::Arc;
use terrace_client::{Error, Signer};
use terrace_layers::{
	views::{LaneView, NeighbourView},
	AccountId, Balance, ChainId, Header, LaneId, Layer, StateProof,
};

/// What comes of a question.
pub(crate) type Answer<'a, T> = BoxFuture<'a, Result<T, Error>>;

/// A node of a chain.
pub(crate) trait Node: Send + Sync {
	/// Its address.
	fn url(&self) -> &str;
	/// The chain.
	fn id(&self) -> ChainId;
	/// Layer of the chain.
	fn layer(&self) -> Layer;
	/// Number and hash of the newest final block.
	fn finalized(&self) -> Answer<'_, (u32, H256)>;
	/// Number of the best block.
	fn best(&self) -> Answer<'_, u32>;
	/// The header of a block.
	fn header(&self, hash: H256) -> Answer<'_, Header>;
	/// Hash of the block with this number.
	fn block_hash(&self, number: u32) -> Answer<'_, Option<H256>>;
	/// The justification kept with a block.
	fn stored_justification(&self, hash: H256) -> Answer<'_, Option<Vec<u8>>>;
	/// What proves the end of the authority set to which a block belongs; `None` if unknown.
	fn prove_finality(&self, number: u32) -> Answer<'_, Option<Vec<u8>>>;
	/// Justifications as they are made.
	fn justifications(&self) -> Answer<'_, BoxStream<'static, Vec<u8>>>;
	/// The value under a key, at the best block unless told.
	fn storage(&self, key: Vec<u8>, at: Option<H256>) -> Answer<'_, Option<Vec<u8>>>;
	/// Proof of the values under some keys.
	fn read_proof(&self, keys: Vec<Vec<u8>>, at: H256) -> Answer<'_, StateProof>;
	/// The chain's neighbours.
	fn neighbours(&self) -> Answer<'_, Vec<NeighbourView>>;
	/// The chain's end of a lane, at the best block unless told.
	fn lane(&self, peer: ChainId, lane: LaneId, at: Option<H256>) -> Answer<'_, Option<LaneView>>;
	/// Messages that wait for `peer`, from nonce `from` on.
	fn messages(
		&self,
		peer: ChainId,
		lane: LaneId,
		from: u64,
		limit: u32,
		at: H256,
	) -> Answer<'_, Vec<Vec<u8>>>;
	/// Most weight that a message takes here.
	fn dispatch_weight(&self, payload: Vec<u8>) -> Answer<'_, Weight>;
	/// What an account can pay with.
	fn balance(&self, who: AccountId) -> Answer<'_, Balance>;
	/// Tries a call without effect; an error is what it would fail with.
	fn check<'a>(&'a self, call: &'a Call, signer: &'a Signer) -> Answer<'a, ()>;
	/// Submits a call and waits until it is in a final block.
	fn submit<'a>(&'a self, call: &'a Call, signer: Option<&'a Signer>) -> Answer<'a, ()>;
}

/// Makes connections to nodes.
pub(crate) trait Connect: Send + Sync {
	/// Connects to the node at an address.
	fn connect<'a>(&'a self, url: &'a str) -> Answer<'a, Arc<dyn Node>>;
}
