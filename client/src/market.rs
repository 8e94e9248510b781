// SPDX-License-Identifier: Apache-2.0
//! What the three layers tell of themselves, typed.

use crate::{Chain, Error};
use sp_core::H256;
use terrace_layers::{
	views::{
		ContractView, ExitReport, LaneView, NeighbourView, Note, Obstacle, ProofChainView,
		ProviderView, Quote, SlotView, StreamView, WindowView,
	},
	AccountId, Beacon, ChainId, ContractId, LaneId, StreamId, Terms,
};

/// Entries that are asked for at once.
const PAGE: u32 = 100;

/// On every layer.
impl Chain {
	/// The chain's neighbours, at the best block unless told.
	pub async fn neighbours(&self, at: Option<H256>) -> Result<Vec<NeighbourView>, Error> {
		self.api("LinkApi_neighbours", &(), at).await
	}

	/// This chain's end of a lane.
	pub async fn lane(
		&self,
		peer: ChainId,
		lane: LaneId,
		at: Option<H256>,
	) -> Result<Option<LaneView>, Error> {
		self.api("LinkApi_lane", &(peer, lane), at).await
	}

	/// Payloads queued for `peer`, with consecutive nonces from `from` on.
	pub async fn messages(
		&self,
		peer: ChainId,
		lane: LaneId,
		from: u64,
		limit: u32,
		at: Option<H256>,
	) -> Result<Vec<Vec<u8>>, Error> {
		self.api("LinkApi_messages", &(peer, lane, from, limit), at).await
	}

	/// The newest main-chain randomness known to the chain.
	pub async fn beacon(&self) -> Result<Option<Beacon>, Error> {
		self.api("LinkApi_beacon", &(), None).await
	}
}

/// On contract chains.
impl Chain {
	/// A provider.
	pub async fn provider(&self, who: &AccountId) -> Result<Option<ProviderView>, Error> {
		self.api("MarketApi_provider", &(who,), None).await
	}

	/// What is left to do before a provider may leave; `None` if there is no such provider.
	pub async fn exit_report(&self, who: &AccountId) -> Result<Option<ExitReport>, Error> {
		self.api("MarketApi_exit_report", &(who,), None).await
	}

	/// Every provider.
	pub async fn providers(&self) -> Result<Vec<ProviderView>, Error> {
		let mut all: Vec<ProviderView> = Vec::new();
		loop {
			let after = all.last().map(|provider| provider.who.clone());
			let args = (after, PAGE);
			let page: Vec<ProviderView> = self.api("MarketApi_providers", &args, None).await?;
			if page.is_empty() {
				return Ok(all);
			}
			all.extend(page);
		}
	}

	/// A contract that is proposed or runs.
	pub async fn contract(&self, id: ContractId) -> Result<Option<ContractView>, Error> {
		self.api("MarketApi_contract", &(id,), None).await
	}

	/// Every contract of a client or provider.
	pub async fn contracts_of(&self, who: &AccountId) -> Result<Vec<ContractView>, Error> {
		let mut all: Vec<ContractView> = Vec::new();
		loop {
			let from = all.last().map_or(ContractId(0), |contract| contract.id.next());
			let args = (who, from, PAGE);
			let page: Vec<ContractView> = self.api("MarketApi_contracts_of", &args, None).await?;
			if page.is_empty() {
				return Ok(all);
			}
			all.extend(page);
		}
	}

	/// The proof chains that contracts may use.
	pub async fn proof_chains(&self) -> Result<Vec<ProofChainView>, Error> {
		self.api("MarketApi_proof_chains", &(), None).await
	}

	/// A provider's payment stream.
	pub async fn stream(
		&self,
		provider: &AccountId,
		chain: ChainId,
	) -> Result<Option<StreamView>, Error> {
		self.api("MarketApi_stream", &(provider, chain), None).await
	}

	/// What a contract would cost; `None` if the provider does not offer it.
	pub async fn quote(&self, provider: &AccountId, terms: &Terms) -> Result<Option<Quote>, Error> {
		self.api("MarketApi_quote", &(provider, terms), None).await
	}

	/// What happens to a contract next, and what its parties can do about it.
	pub async fn explain(&self, id: ContractId) -> Result<Vec<Note>, Error> {
		self.api("MarketApi_explain", &(id,), None).await
	}

	/// Everything that keeps a contract from being closed now.
	pub async fn preflight_close(&self, id: ContractId) -> Result<Vec<Obstacle>, Error> {
		self.api("MarketApi_preflight_close", &(id,), None).await
	}

	/// Everything that keeps a client from proposing a contract.
	pub async fn preflight_propose(
		&self,
		client: &AccountId,
		provider: &AccountId,
		terms: &Terms,
	) -> Result<Vec<Obstacle>, Error> {
		self.api("MarketApi_preflight_propose", &(client, provider, terms), None).await
	}
}

/// On proof chains.
impl Chain {
	/// The open window.
	pub async fn window(&self) -> Result<Option<WindowView>, Error> {
		self.api("ProofApi_window", &(), None).await
	}

	/// Pages of a stream.
	pub async fn pages(&self, stream: StreamId) -> Result<u32, Error> {
		self.api("ProofApi_pages", &(stream,), None).await
	}

	/// One page of a stream.
	pub async fn page(&self, stream: StreamId, page: u32) -> Result<Vec<SlotView>, Error> {
		self.api("ProofApi_page", &(stream, page), None).await
	}
}
