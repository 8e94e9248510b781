// SPDX-License-Identifier: Apache-2.0
//! What a node tells by itself.
//!
//! Every stream ends when its connection is lost; whoever needs more subscribes again.

use crate::{
	chain::{from_hex, list},
	Chain, Error,
};
use futures::{future::ready, stream::BoxStream, StreamExt};
use serde_json::{json, Value};
use sp_core::H256;
use terrace_layers::Header;

impl Chain {
	/// Any subscription.
	pub async fn subscribe(
		&self,
		method: &str,
		unsubscribe: &str,
		params: Value,
	) -> Result<BoxStream<'static, Value>, Error> {
		self.inner.connection.subscribe(method, unsubscribe, &list(params)).await
	}

	/// Numbers and hashes of blocks as they become final; numbers may be left out.
	pub async fn subscribe_finalized(&self) -> Result<BoxStream<'static, (u32, H256)>, Error> {
		self.headers("chain_subscribeFinalizedHeads", "chain_unsubscribeFinalizedHeads").await
	}

	/// Numbers and hashes of blocks as they become the best one.
	pub async fn subscribe_best(&self) -> Result<BoxStream<'static, (u32, H256)>, Error> {
		self.headers("chain_subscribeNewHeads", "chain_unsubscribeNewHeads").await
	}

	/// GRANDPA justifications as they are made.
	pub async fn subscribe_justifications(&self) -> Result<BoxStream<'static, Vec<u8>>, Error> {
		let method = "grandpa_subscribeJustifications";
		let items = self.subscribe(method, "grandpa_unsubscribeJustifications", json!([])).await?;
		Ok(items
			.filter_map(|item| ready(item.as_str().and_then(|text| from_hex(text).ok())))
			.boxed())
	}

	async fn headers(
		&self,
		method: &str,
		unsubscribe: &str,
	) -> Result<BoxStream<'static, (u32, H256)>, Error> {
		let items = self.subscribe(method, unsubscribe, json!([])).await?;
		let read = |item| serde_json::from_value::<Header>(item).ok();
		Ok(items.filter_map(move |item| ready(read(item).map(|h| (h.number, h.hash())))).boxed())
	}
}
