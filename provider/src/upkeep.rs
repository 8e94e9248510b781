// SPDX-License-Identifier: Apache-2.0
//! Contracts of this provider, and what has to be done about them.

use crate::{Error, Metrics, Store, LOG_TARGET};
use futures::future::BoxFuture;
use std::{collections::BTreeMap, time::Duration, time::Instant};
use terrace_client::{Chain, Signer, Wait};
use terrace_layers::{
	views::{ContractState, ContractView, Obstacle},
	AccountId, Balance, ChainId, ContractId, Window,
};
use terrace_possession::BlobSize;

/// Pause between two rounds.
const ROUND: Duration = Duration::from_secs(6);
/// Steps of one `advance`.
const STEPS: u32 = 256;

/// A contract that has ended and is not closed.
struct Ended {
	/// Since when that is known.
	since: Instant,
	/// How far its stream was counted when that was last helped.
	counted: Option<Window>,
}

/// What comes next for a contract that has ended.
#[derive(Debug, PartialEq, Eq)]
enum ToClose {
	/// Nothing stands in the way.
	Close,
	/// Its stream, counted so far, has to be counted further.
	Advance(Window),
	/// Only time helps.
	Wait,
}

/// What comes next, by what stands in the way; a transaction that is in vain would cost its fee.
///
/// A stream that was helped and is counted no further waits for an outage to be final.
fn next_to_close(obstacles: &[Obstacle], helped: Option<Window>) -> ToClose {
	let mut behind = None;
	for obstacle in obstacles {
		match obstacle {
			Obstacle::AdvanceFirst { counted } if helped != Some(*counted) => {
				behind = Some(*counted);
			}
			_ => return ToClose::Wait,
		}
	}
	behind.map_or(ToClose::Close, ToClose::Advance)
}

/// What requests need of the contract chain.
pub trait Contracts: Send + Sync {
	/// This provider.
	fn provider(&self) -> AccountId;
	/// The contract chain.
	fn chain(&self) -> ChainId;
	/// Number of the newest final block.
	fn finalized(&self) -> BoxFuture<'_, Result<u32, Error>>;
	/// A contract as the chain knows it now.
	fn contract(&self, id: ContractId) -> BoxFuture<'_, Result<Option<ContractView>, Error>>;
	/// Accepts a proposed contract.
	fn accept(&self, id: ContractId) -> BoxFuture<'_, Result<(), Error>>;
}

/// The contract chain and the account that acts on it.
#[derive(Clone)]
pub struct Account {
	/// The contract chain.
	pub chain: Chain,
	/// The provider's account.
	pub signer: Signer,
}

impl Contracts for Account {
	fn provider(&self) -> AccountId {
		self.signer.account()
	}

	fn chain(&self) -> ChainId {
		self.chain.id()
	}

	fn finalized(&self) -> BoxFuture<'_, Result<u32, Error>> {
		Box::pin(async move { Ok(self.chain.finalized().await?.0) })
	}

	fn contract(&self, id: ContractId) -> BoxFuture<'_, Result<Option<ContractView>, Error>> {
		Box::pin(async move { Ok(self.chain.contract(id).await?) })
	}

	fn accept(&self, id: ContractId) -> BoxFuture<'_, Result<(), Error>> {
		Box::pin(async move { self.send("accept", &(id,)).await })
	}
}

impl Account {
	async fn send(&self, name: &str, args: &impl codec::Encode) -> Result<(), Error> {
		let call = self.chain.call("StorageContracts", name, args)?;
		self.chain.submit_signed(&call, &self.signer, Wait::Best).await?;
		Ok(())
	}
}

/// How eagerly money and storage are collected.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
	/// Claimable amount that is worth a claim.
	pub claim_above: Balance,
	/// Time that clients have to close an ended contract before the provider does.
	pub close_after: Duration,
}

/// Closes a contract, or does what has to be done before.
async fn close(
	account: &Account,
	contract: &ContractView,
	helped: &mut Option<Window>,
) -> Result<(), Error> {
	let obstacles = account.chain.preflight_close(contract.id).await?;
	match next_to_close(&obstacles, *helped) {
		ToClose::Close => {
			account.send("close", &(contract.id,)).await?;
			tracing::info!(target: LOG_TARGET, contract = %contract.id, "closed");
		}
		ToClose::Advance(counted) => {
			*helped = Some(counted);
			account.send("advance", &(&contract.provider, contract.proof_chain, STEPS)).await?;
		}
		ToClose::Wait => {}
	}
	Ok(())
}

/// Does what is due, again and again.
pub struct Upkeep {
	account: Account,
	store: Store,
	policy: Policy,
	metrics: Metrics,
	ended: BTreeMap<ContractId, Ended>,
}

impl Upkeep {
	/// For one provider.
	pub fn new(account: Account, store: Store, policy: Policy, metrics: Metrics) -> Self {
		Self { account, store, policy, metrics, ended: BTreeMap::new() }
	}

	/// Runs for ever; what fails is tried again in the next round.
	pub async fn run(mut self) {
		loop {
			if let Err(error) = self.round().await {
				self.metrics.failures.inc();
				tracing::warn!(target: LOG_TARGET, %error, "upkeep");
			}
			tokio::time::sleep(ROUND).await;
		}
	}

	async fn round(&mut self) -> Result<(), Error> {
		let mine = self.account.chain.contracts_of(&self.account.provider()).await?;
		let mine: Vec<_> =
			mine.into_iter().filter(|c| c.provider == self.account.provider()).collect();
		self.accept_stored(&mine).await?;
		self.answer_audits(&mine).await;
		self.release_closed(&mine).await?;
		self.close_ended(&mine).await;
		self.claim().await
	}

	/// Accepts what was stored before a crash came between.
	async fn accept_stored(&self, mine: &[ContractView]) -> Result<(), Error> {
		let bound = self.store.contracts()?;
		for contract in mine.iter().filter(|c| c.state == ContractState::Proposed) {
			if bound.contains_key(&contract.id) {
				tracing::info!(target: LOG_TARGET, contract = %contract.id, "accepting at last");
				if let Err(error) = self.account.accept(contract.id).await {
					tracing::warn!(target: LOG_TARGET, contract = %contract.id, %error, "not accepted");
				}
			}
		}
		Ok(())
	}

	/// Shows the chunks that clients want to see on the contract chain.
	///
	/// One that cannot be shown must not hold up the others.
	async fn answer_audits(&self, mine: &[ContractView]) {
		for contract in mine {
			let Some(audit) = &contract.audit else { continue };
			match self.answer_audit(contract, &audit.chunks).await {
				Ok(()) => {
					self.metrics.audits.inc();
					tracing::info!(target: LOG_TARGET, contract = %contract.id, "audit answered");
				}
				Err(error) => {
					self.metrics.failures.inc();
					let deadline = audit.deadline;
					tracing::warn!(
						target: LOG_TARGET,
						contract = %contract.id,
						deadline,
						%error,
						"audit not answered"
					);
				}
			}
		}
	}

	async fn answer_audit(&self, contract: &ContractView, chunks: &[u64]) -> Result<(), Error> {
		let size = BlobSize::new(contract.size).map_err(|error| Error::Damaged {
			root: contract.root.to_string(),
			reason: error.to_string(),
		})?;
		let proof = self.store.prove(&contract.root, size, chunks).await?;
		self.account.send("answer_audit", &(contract.id, proof)).await
	}

	/// Forgets contracts that are gone in a final block, and removes what only they needed.
	async fn release_closed(&self, mine: &[ContractView]) -> Result<(), Error> {
		let mut bound = self.store.contracts()?;
		for contract in mine {
			bound.remove(&contract.id);
		}
		if bound.is_empty() {
			return Ok(());
		}
		let (number, at) = self.account.chain.finalized().await?;
		for (id, (noted, _)) in bound {
			// A node that is behind does not know the contract yet.
			if number <= noted {
				continue;
			}
			let view: Option<ContractView> =
				self.account.chain.api("MarketApi_contract", &(id,), Some(at)).await?;
			if view.is_none() {
				tracing::info!(target: LOG_TARGET, contract = %id, "closed, releasing its blob");
				self.store.release(id).await?;
			}
		}
		Ok(())
	}

	/// Closes contracts that their clients have left to it; one that cannot be closed yet holds up none
	/// of the others.
	async fn close_ended(&mut self, mine: &[ContractView]) {
		let ended: Vec<_> = mine.iter().filter(|c| c.state == ContractState::Ended).collect();
		self.ended.retain(|id, _| ended.iter().any(|contract| contract.id == *id));
		for contract in ended {
			let known = Ended { since: Instant::now(), counted: None };
			let known = self.ended.entry(contract.id).or_insert(known);
			if known.since.elapsed() < self.policy.close_after {
				continue;
			}
			if let Err(error) = close(&self.account, contract, &mut known.counted).await {
				self.metrics.failures.inc();
				tracing::warn!(target: LOG_TARGET, contract = %contract.id, %error, "not closed");
			}
		}
	}

	/// Claims from every proof chain; one that refuses holds up none of the others.
	async fn claim(&self) -> Result<(), Error> {
		for chain in self.account.chain.proof_chains().await? {
			if let Err(error) = self.claim_from(chain.chain).await {
				self.metrics.failures.inc();
				tracing::warn!(target: LOG_TARGET, chain = %chain.chain, %error, "not claimed");
			}
		}
		Ok(())
	}

	async fn claim_from(&self, chain: ChainId) -> Result<(), Error> {
		let me = self.account.provider();
		let Some(stream) = self.account.chain.stream(&me, chain).await? else { return Ok(()) };
		if stream.claimable < self.policy.claim_above.max(1) {
			return Ok(());
		}
		let claimed = self.account.send("claim", &(chain,)).await;
		if is_behind(&claimed) {
			return self.account.send("advance", &(me, chain, STEPS)).await;
		}
		claimed?;
		self.metrics.claims.inc();
		tracing::info!(target: LOG_TARGET, amount = stream.claimable, "claimed");
		Ok(())
	}
}

/// Whether a stream must be advanced before it can be claimed from.
fn is_behind(result: &Result<(), Error>) -> bool {
	matches!(result, Err(Error::Chain(error)) if error.is_dispatch("StorageContracts", "AdvanceFirst"))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn nothing_is_sent_in_vain_to_close_a_contract() {
		let behind = [Obstacle::AdvanceFirst { counted: Window(7) }];
		let young = [Obstacle::FaultYoung { until: 9 }];
		assert_eq!(next_to_close(&[], None), ToClose::Close);
		assert_eq!(next_to_close(&behind, None), ToClose::Advance(Window(7)));
		assert_eq!(next_to_close(&behind, Some(Window(6))), ToClose::Advance(Window(7)));
		assert_eq!(next_to_close(&behind, Some(Window(7))), ToClose::Wait);
		assert_eq!(next_to_close(&[behind, young.clone()].concat(), None), ToClose::Wait);
		assert_eq!(next_to_close(&young, None), ToClose::Wait);
	}
}
