// SPDX-License-Identifier: Apache-2.0
//! The connection to a node.
//!
//! It survives restarts of the node: what was asked when it broke is asked again, except
//! transactions, of which nobody knows whether they arrived. A subscription ends when its
//! connection does.

use crate::Error;
use futures::{stream::BoxStream, StreamExt};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sp_core::H256;
use std::{
	sync::{Arc, OnceLock},
	time::{Duration, Instant},
};
use subxt::ext::jsonrpsee::{
	core::{
		client::{ClientT, Error as RpcError, Subscription, SubscriptionClientT},
		params::ArrayParams,
	},
	ws_client::{PingConfig, WsClient, WsClientBuilder},
};
use terrace_layers::ChainId;
use tokio::sync::Mutex;

pub use crate::checkpoint::checkpoint;

const LOG_TARGET: &str = "terrace::rpc";

/// How long a node may take to answer.
const ANSWER: Duration = Duration::from_secs(60);
/// How long a node may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// For how long a lost connection is tried to be made again.
const PATIENCE: Duration = Duration::from_secs(30);
/// First pause between two attempts; it doubles.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
/// Longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// Longest answer: a block of the largest size in hexadecimal digits, and room.
const MAX_ANSWER: u32 = 64 * 1024 * 1024;
/// Longest question: a transaction that fills a block.
const MAX_QUESTION: u32 = 16 * 1024 * 1024;
/// Notifications that may wait for their reader before a subscription is given up.
const MAX_WAITING: usize = 4096;

/// A connection that is made again when it is lost.
pub(crate) struct Connection {
	url: String,
	genesis: OnceLock<H256>,
	state: Mutex<State>,
}

#[derive(Default)]
struct State {
	client: Option<Arc<WsClient>>,
	/// When making the connection again was last given up, and why.
	given_up: Option<(Instant, Error)>,
}

impl Connection {
	/// Connects once, without further attempts.
	pub async fn open(url: &str) -> Result<Self, Error> {
		install_crypto();
		let connection =
			Self { url: url.into(), genesis: OnceLock::new(), state: Mutex::default() };
		let client = connection.dial().await?;
		let genesis = connection.genesis_of(&client).await?;
		let _ = connection.genesis.set(genesis);
		connection.state.lock().await.client = Some(Arc::new(client));
		Ok(connection)
	}

	pub fn url(&self) -> &str {
		&self.url
	}

	/// Hash of the chain's first block.
	pub fn genesis(&self) -> H256 {
		self.genesis.get().copied().unwrap_or_default()
	}

	/// Asks, again if the connection was lost on the way and asking twice does no harm.
	pub async fn ask<R: DeserializeOwned>(
		&self,
		method: &str,
		params: &[Value],
	) -> Result<R, Error> {
		let start = Instant::now();
		loop {
			let client = self.client().await?;
			match client.request::<R, _>(method, self.array(method, params)?).await {
				Ok(answer) => return Ok(answer),
				Err(error) if is_lost(&error) => {
					self.forget(&client).await;
					if !may_repeat(method) || start.elapsed() > PATIENCE {
						return Err(self.explain(method, error));
					}
				}
				Err(error) => return Err(self.explain(method, error)),
			}
		}
	}

	/// Subscribes; items that cannot be read are left out.
	pub async fn subscribe(
		self: &Arc<Self>,
		method: &str,
		unsubscribe: &str,
		params: &[Value],
	) -> Result<BoxStream<'static, Value>, Error> {
		let start = Instant::now();
		loop {
			let client = self.client().await?;
			let params = self.array(method, params)?;
			match client.subscribe(method, params, unsubscribe).await {
				Ok(items) => return Ok(self.stream(client, items)),
				Err(error) if is_lost(&error) => {
					self.forget(&client).await;
					if !may_repeat(method) || start.elapsed() > PATIENCE {
						return Err(self.explain(method, error));
					}
				}
				Err(error) => return Err(self.explain(method, error)),
			}
		}
	}

	/// The items of a subscription; keeps the connection open.
	fn stream(
		self: &Arc<Self>,
		client: Arc<WsClient>,
		items: Subscription<Value>,
	) -> BoxStream<'static, Value> {
		items
			.filter_map(move |item| {
				let _open = &client;
				futures::future::ready(item.ok())
			})
			.boxed()
	}

	/// The client, connected.
	async fn client(&self) -> Result<Arc<WsClient>, Error> {
		let asked = Instant::now();
		let mut state = self.state.lock().await;
		if let Some(client) = state.client.as_ref().filter(|client| client.is_connected()) {
			return Ok(client.clone());
		}
		// Whoever waited while another one tried in vain need not try in vain as well.
		if let Some((when, error)) = &state.given_up {
			if *when >= asked {
				return Err(error.clone());
			}
		}
		match self.reconnect().await {
			Ok(client) => {
				let client = Arc::new(client);
				state.client = Some(client.clone());
				Ok(client)
			}
			Err(error) => {
				state.given_up = Some((Instant::now(), error.clone()));
				Err(error)
			}
		}
	}

	async fn reconnect(&self) -> Result<WsClient, Error> {
		let start = Instant::now();
		let mut pause = SHORTEST_PAUSE;
		loop {
			match self.dial_same().await {
				Ok(client) => {
					tracing::info!(target: LOG_TARGET, url = %self.url, "connected again");
					return Ok(client);
				}
				Err(error) if !error.is_transient() || start.elapsed() > PATIENCE => {
					return Err(error)
				}
				Err(error) => {
					tracing::debug!(target: LOG_TARGET, url = %self.url, %error, "not connected")
				}
			}
			tokio::time::sleep(pause).await;
			pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
		}
	}

	/// Connects, and makes sure that the chain is the same as before.
	async fn dial_same(&self) -> Result<WsClient, Error> {
		let client = self.dial().await?;
		let found = self.genesis_of(&client).await?;
		if found == self.genesis() {
			return Ok(client);
		}
		Err(Error::WrongChain {
			url: self.url.clone(),
			found: ChainId(found),
			expected: ChainId(self.genesis()),
		})
	}

	async fn dial(&self) -> Result<WsClient, Error> {
		WsClientBuilder::default()
			.connection_timeout(CONNECT)
			.request_timeout(ANSWER)
			.max_response_size(MAX_ANSWER)
			.max_request_size(MAX_QUESTION)
			.max_concurrent_requests(1024)
			.max_buffer_capacity_per_subscription(MAX_WAITING)
			.enable_ws_ping(
				PingConfig::new()
					.ping_interval(Duration::from_secs(10))
					.inactive_limit(Duration::from_secs(30)),
			)
			.build(&self.url)
			.await
			.map_err(|error| Error::Unreachable {
				url: self.url.clone(),
				reason: error.to_string(),
			})
	}

	async fn genesis_of(&self, client: &WsClient) -> Result<H256, Error> {
		let method = "chain_getBlockHash";
		let params = self.array(method, &[0.into()])?;
		let hash: Option<H256> =
			client.request(method, params).await.map_err(|error| self.explain(method, error))?;
		hash.ok_or_else(|| self.malformed(method, "there is no first block"))
	}

	/// Drops a client whose connection is gone.
	async fn forget(&self, lost: &Arc<WsClient>) {
		let mut state = self.state.lock().await;
		if state.client.as_ref().is_some_and(|client| Arc::ptr_eq(client, lost)) {
			state.client = None;
		}
	}

	fn array(&self, method: &str, params: &[Value]) -> Result<ArrayParams, Error> {
		let mut array = ArrayParams::new();
		for param in params {
			array.insert(param).map_err(|error| self.malformed(method, error))?;
		}
		Ok(array)
	}

	fn explain(&self, method: &str, error: RpcError) -> Error {
		let (url, method) = (self.url.clone(), method.to_string());
		match error {
			RpcError::Call(error) => {
				let data = error.data().and_then(|data| serde_json::from_str(data.get()).ok());
				let message = match data {
					Some(Value::String(data)) => format!("{}: {data}", error.message()),
					_ => error.message().into(),
				};
				Error::Refused { url, method, code: error.code(), message }
			}
			RpcError::RequestTimeout => Error::Timeout { url, method, seconds: ANSWER.as_secs() },
			RpcError::ParseError(error) => {
				Error::Malformed { url, method, reason: error.to_string() }
			}
			error => Error::Unreachable { url, reason: error.to_string() },
		}
	}

	/// The error for an answer that cannot be read.
	pub fn malformed(&self, method: &str, reason: impl ToString) -> Error {
		Error::Malformed {
			url: self.url.clone(),
			method: method.into(),
			reason: reason.to_string(),
		}
	}
}

/// Whether the connection is gone.
fn is_lost(error: &RpcError) -> bool {
	matches!(
		error,
		RpcError::RestartNeeded(_) | RpcError::Transport(_) | RpcError::ServiceDisconnect
	)
}

/// Whether asking twice does no harm.
fn may_repeat(method: &str) -> bool {
	!method.starts_with("author_submit")
}

/// Chooses the cryptography of TLS for the whole process, unless that is done already.
pub(crate) fn install_crypto() {
	let _ = rustls::crypto::ring::default_provider().install_default();
}
