// SPDX-License-Identifier: Apache-2.0
//! Sends transactions and finds out what became of them.
//!
//! A node tells what happens to a transaction as long as the connection holds. When it breaks, the
//! blocks are searched, and the transaction is offered again: a node that was killed has forgotten
//! its pool.

use crate::{
	chain::to_hex,
	events::Phase,
	extrinsic::{self, Lifetime, UnknownExtension},
	runtime::Runtime,
	Chain, Error, EventRecord, Signer,
};
use futures::{stream::BoxStream, StreamExt};
use serde_json::{json, Value};
use sp_core::H256;
use sp_runtime::generic::Era;
use std::time::{Duration, Instant};
use terrace_layers::AccountId;

const LOG_TARGET: &str = "terrace::submit";

/// Blocks in which a signed transaction is valid.
const VALID_BLOCKS: u32 = 64;
/// How long a transaction may take to get into a block.
const INCLUSION: Duration = Duration::from_secs(180);
/// How long the block of a transaction may take to become final.
const FINALITY: Duration = Duration::from_secs(180);
/// Pause between two looks at the chain.
const LOOK: Duration = Duration::from_secs(1);
/// Pause between two offers of a transaction that may be forgotten.
const OFFER: Duration = Duration::from_secs(10);
/// Attempts to sign with a nonce that nobody else has used.
const NONCES: u32 = 4;

const INVALID: i32 = 1010;
const ALREADY_IMPORTED: i32 = 1013;
const TOO_LOW_PRIORITY: i32 = 1014;
/// What a pool says of a transaction that comes too late.
const OUTDATED: &str = "outdated";

/// How far to follow a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
	/// Until the pool takes it.
	Pool,
	/// Until it is in the best block or below.
	Best,
	/// Until it is in a final block.
	Finalized,
}

/// A transaction and what it did.
#[derive(Clone, Debug)]
pub struct Included {
	/// Hash of its block; zero if only the pool was waited for.
	pub block: H256,
	/// Number of its block.
	pub number: u32,
	/// Hash of the transaction.
	pub extrinsic: H256,
	/// What happened while it was applied.
	pub events: Vec<EventRecord>,
}

impl Included {
	/// The first event of this name.
	pub fn event(&self, pallet: &str, name: &str) -> Option<&EventRecord> {
		self.events.iter().find(|event| event.is(pallet, name))
	}
}

/// What a node says of a transaction.
type Updates = BoxStream<'static, Value>;

/// A transaction on its way.
struct Sent<'a> {
	bytes: &'a [u8],
	hash: H256,
	/// The best block when it was sent: it cannot be in this one or below.
	after: u32,
	wait: Wait,
}

/// What a node last said of a transaction.
enum Fate {
	/// It is in this block.
	In(H256),
	/// It will not get into a block.
	Out { reason: String, stale: bool },
	/// Nothing yet.
	Open,
}

impl Chain {
	/// Signs a call and sends it.
	///
	/// Transactions of one account that are sent through clones of one chain do not get into each
	/// other's way.
	pub async fn submit_signed(
		&self,
		call: &[u8],
		signer: &Signer,
		wait: Wait,
	) -> Result<Included, Error> {
		self.refresh().await?;
		let mut attempt = 1;
		loop {
			let turn = self.inner.signing.lock().await;
			let (bytes, after) = self.sign(call, signer).await?;
			let sent = Sent { bytes: &bytes, hash: extrinsic::hash(&bytes), after, wait };
			match self.enter(&sent).await {
				Ok(updates) => {
					drop(turn);
					return self.track(&sent, updates).await;
				}
				// Somebody else used the nonce in between. Once a transaction was in the pool
				// none is signed in its place: both might get into blocks.
				Err(Error::Rejected { stale: true, reason }) if attempt < NONCES => {
					tracing::debug!(target: LOG_TARGET, reason, "signing again");
					attempt += 1;
				}
				Err(error) => return Err(error),
			}
		}
	}

	/// Sends a call that needs no account; returns when the pool has taken it.
	pub async fn submit_general(&self, call: &[u8]) -> Result<H256, Error> {
		let bytes = self.general(call)?;
		match self.offer(&bytes).await {
			Ok(()) | Err(Error::Refused { code: ALREADY_IMPORTED, .. }) => {
				Ok(extrinsic::hash(&bytes))
			}
			Err(error) => Err(rejection(error)),
		}
	}

	/// Sends a call that needs no account and follows it.
	pub async fn submit_general_and_wait(
		&self,
		call: &[u8],
		wait: Wait,
	) -> Result<Included, Error> {
		let bytes = self.general(call)?;
		let after = self.best().await?.0;
		let sent = Sent { bytes: &bytes, hash: extrinsic::hash(&bytes), after, wait };
		let updates = self.enter(&sent).await?;
		self.track(&sent, updates).await
	}

	/// The transaction that [`Chain::submit_signed`] would send, for estimates.
	pub(crate) async fn sign(&self, call: &[u8], signer: &Signer) -> Result<(Vec<u8>, u32), Error> {
		let runtime = self.runtime();
		let terms = runtime.terms(self.id().0);
		let nonce = self.next_nonce(&signer.account()).await?;
		let (number, birth) = self.finalized().await?;
		let after = self.best().await?.0;
		let era = Era::mortal(VALID_BLOCKS.into(), number.into());
		let lifetime = Lifetime { era, birth: self.birth(era, number, birth).await? };
		let bytes = extrinsic::signed(call, signer, nonce, &runtime.extensions, terms, lifetime)
			.map_err(|error| self.unknown_extension(error))?;
		Ok((bytes, after))
	}

	/// Hash of the block with which an era begins that was made in block `number`.
	async fn birth(&self, era: Era, number: u32, hash: H256) -> Result<H256, Error> {
		let birth = u32::try_from(era.birth(number.into())).unwrap_or(number);
		if birth == number {
			return Ok(hash);
		}
		let found = self.block_hash(birth).await?;
		found.ok_or_else(|| self.malformed("chain_getBlockHash", format!("no block {birth}")))
	}

	/// Nonce of the account's next transaction, those in the pool counted.
	pub async fn next_nonce(&self, who: &AccountId) -> Result<u32, Error> {
		self.ask("system_accountNextIndex", json!([who])).await
	}

	fn general(&self, call: &[u8]) -> Result<Vec<u8>, Error> {
		extrinsic::general(call, &self.runtime().extensions)
			.map_err(|error| self.unknown_extension(error))
	}

	fn unknown_extension(&self, UnknownExtension(name): UnknownExtension) -> Error {
		self.unsupported(format!("transactions of a known kind: extension {name} is new"))
	}

	async fn offer(&self, bytes: &[u8]) -> Result<(), Error> {
		self.ask::<H256>("author_submitExtrinsic", json!([to_hex(bytes)])).await.map(|_| ())
	}

	/// Gets a transaction into the pool; returns what the node will say of it.
	async fn enter(&self, sent: &Sent<'_>) -> Result<Updates, Error> {
		let taken = if sent.wait == Wait::Pool {
			self.offer(sent.bytes).await.map(|()| futures::stream::empty().boxed())
		} else {
			let params = json!([to_hex(sent.bytes)]);
			self.subscribe("author_submitAndWatchExtrinsic", "author_unwatchExtrinsic", params)
				.await
		};
		match taken {
			Err(Error::Refused { code: ALREADY_IMPORTED, .. }) => {
				Ok(futures::stream::empty().boxed())
			}
			// Nobody knows whether it arrived: the blocks will tell.
			Err(error) if error.is_transient() && sent.wait != Wait::Pool => {
				Ok(futures::stream::empty().boxed())
			}
			taken => taken.map_err(rejection),
		}
	}

	/// Follows a transaction that is in the pool.
	async fn track(&self, sent: &Sent<'_>, updates: Updates) -> Result<Included, Error> {
		if sent.wait == Wait::Pool {
			return Ok(sent.in_pool());
		}
		let block = match self.follow(updates, sent.wait).await {
			Fate::In(block) => block,
			Fate::Out { reason, stale } => return Err(Error::Rejected { reason, stale }),
			Fate::Open => self.search(sent).await?,
		};
		self.outcome(sent.hash, block).await
	}

	/// Follows what the node says until that is enough, or it says no more.
	async fn follow(&self, mut updates: Updates, wait: Wait) -> Fate {
		let deadline = tokio::time::Instant::now() + INCLUSION;
		while let Ok(Some(update)) = tokio::time::timeout_at(deadline, updates.next()).await {
			tracing::trace!(target: LOG_TARGET, %update, "transaction");
			match fate(&update, wait) {
				Fate::Open => {}
				fate => return fate,
			}
		}
		Fate::Open
	}

	/// Looks for a transaction in the blocks, and offers it again now and then.
	async fn search(&self, sent: &Sent<'_>) -> Result<H256, Error> {
		tracing::debug!(target: LOG_TARGET, hash = ?sent.hash, "searching the blocks");
		let deadline = Instant::now() + INCLUSION;
		let mut offered = Instant::now();
		let mut next = sent.after.saturating_add(1);
		while Instant::now() < deadline {
			let best = self.best().await?.0;
			while next <= best {
				if let Some(block) = self.find_in(sent.hash, next).await? {
					if sent.wait == Wait::Best || self.becomes_final(next, block).await? {
						return Ok(block);
					}
					// The block lost against another one: the search goes on beside it.
					continue;
				}
				next = next.saturating_add(1);
			}
			if offered.elapsed() > OFFER {
				let _ = self.offer(sent.bytes).await;
				offered = Instant::now();
			}
			tokio::time::sleep(LOOK).await;
		}
		Err(Error::Lost { extrinsic: sent.hash, seconds: INCLUSION.as_secs() })
	}

	/// The best chain's block of this number if it holds the transaction.
	async fn find_in(&self, hash: H256, number: u32) -> Result<Option<H256>, Error> {
		let Some(block) = self.block_hash(number).await? else { return Ok(None) };
		let extrinsics = self.block(block).await?.extrinsics;
		Ok(extrinsics.iter().any(|bytes| extrinsic::hash(bytes) == hash).then_some(block))
	}

	/// Waits until some block of this number is final, and says whether it is this one.
	async fn becomes_final(&self, number: u32, block: H256) -> Result<bool, Error> {
		let deadline = Instant::now() + FINALITY;
		while Instant::now() < deadline {
			if self.finalized().await?.0 >= number {
				return Ok(self.block_hash(number).await? == Some(block));
			}
			tokio::time::sleep(LOOK).await;
		}
		Err(Error::Timeout {
			url: self.url().into(),
			method: format!("whether block {number} is final"),
			seconds: FINALITY.as_secs(),
		})
	}

	/// What a transaction did in a block.
	async fn outcome(&self, extrinsic: H256, block: H256) -> Result<Included, Error> {
		let body = self.block(block).await?;
		let position = body.extrinsics.iter().position(|it| extrinsic::hash(it) == extrinsic);
		let position = position
			.and_then(|position| u32::try_from(position).ok())
			.ok_or_else(|| self.malformed("chain_getBlock", "the transaction is not there"))?;
		let all = self.events(block).await?;
		let events: Vec<_> =
			all.into_iter().filter(|event| event.phase == Phase::Extrinsic(position)).collect();
		if let Some(failed) = events.iter().find(|event| event.is("System", "ExtrinsicFailed")) {
			return Err(self.failure(failed)?);
		}
		Ok(Included { block, number: body.header.number, extrinsic, events })
	}

	fn failure(&self, event: &EventRecord) -> Result<Error, Error> {
		let error = Runtime::read_error(&event.fields)
			.map_err(|reason| self.malformed("System.ExtrinsicFailed", reason))?;
		let failure = self.runtime().explain(&error);
		Ok(Error::Dispatch { pallet: failure.pallet, name: failure.name, docs: failure.docs })
	}
}

impl Sent<'_> {
	fn in_pool(&self) -> Included {
		Included { block: H256::zero(), number: 0, extrinsic: self.hash, events: Vec::new() }
	}
}

/// What an update of a node means.
fn fate(update: &Value, wait: Wait) -> Fate {
	let hash = |name: &str| update.get(name).and_then(|hash| hash.as_str()?.parse().ok());
	if let Some(block) = hash("finalized") {
		return Fate::In(block);
	}
	if wait == Wait::Best {
		if let Some(block) = hash("inBlock") {
			return Fate::In(block);
		}
	}
	if update.get("usurped").is_some() {
		return out("another transaction took its place", true);
	}
	match update.as_str() {
		Some("invalid") => out("it is no longer valid", true),
		Some("dropped") => out("the pool of the node is full", false),
		_ => Fate::Open,
	}
}

fn out(reason: &str, stale: bool) -> Fate {
	Fate::Out { reason: reason.into(), stale }
}

/// Turns a pool's refusal into a rejection.
fn rejection(error: Error) -> Error {
	match error {
		Error::Refused { code, message, .. } if (1000..1100).contains(&code) => {
			let late = code == INVALID && message.contains(OUTDATED);
			Error::Rejected { reason: message, stale: late || code == TOO_LOW_PRIORITY }
		}
		other => other,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const BLOCK: H256 = H256::repeat_byte(7);

	fn block(fate: Fate) -> Option<H256> {
		match fate {
			Fate::In(block) => Some(block),
			_ => None,
		}
	}

	#[test]
	fn inclusion_is_enough_only_for_who_asked_for_it() {
		let included = json!({ "inBlock": BLOCK });
		assert_eq!(block(fate(&included, Wait::Best)), Some(BLOCK));
		assert_eq!(block(fate(&included, Wait::Finalized)), None);
		let finalized = json!({ "finalized": BLOCK });
		assert_eq!(block(fate(&finalized, Wait::Best)), Some(BLOCK));
		assert_eq!(block(fate(&finalized, Wait::Finalized)), Some(BLOCK));
	}

	#[test]
	fn what_will_never_be_included_is_told() {
		let cases = [
			(json!("invalid"), true),
			(json!({ "usurped": BLOCK }), true),
			(json!("dropped"), false),
		];
		for (update, late) in cases {
			let Fate::Out { stale, .. } = fate(&update, Wait::Best) else {
				panic!("{update} ends a transaction")
			};
			assert_eq!(stale, late, "{update}");
		}
	}

	#[test]
	fn progress_is_no_fate() {
		let retracted = json!({ "retracted": BLOCK });
		for update in [json!("ready"), json!("future"), json!({ "broadcast": ["a"] }), retracted] {
			assert!(matches!(fate(&update, Wait::Best), Fate::Open), "{update}");
		}
	}

	fn refused(code: i32, message: &str) -> Error {
		let (url, method) = ("ws://x".into(), "author_submitExtrinsic".into());
		Error::Refused { url, method, code, message: message.into() }
	}

	#[test]
	fn pool_errors_become_rejections() {
		let cases = [
			(1010, "Invalid Transaction: Transaction is outdated", true),
			(1010, "Invalid Transaction: Custom error: 7", false),
			(1012, "Transaction is temporarily banned", false),
			(1014, "Priority is too low: (1 vs 1)", true),
			(1016, "Immediately Dropped", false),
		];
		for (code, message, late) in cases {
			let rejected = Error::Rejected { reason: message.into(), stale: late };
			assert_eq!(rejection(refused(code, message)), rejected);
		}
		let other = refused(-32601, "Method not found");
		assert_eq!(rejection(other.clone()), other);
	}
}
