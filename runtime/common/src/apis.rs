// SPDX-License-Identifier: Apache-2.0
//! Runtime APIs of Terrace's own.

use crate::AccountId;
use alloc::vec::Vec;
use frame_support::weights::Weight;
use terrace_layers::{
	views::{
		ContractView, ExitReport, LaneView, NeighbourView, Note, Obstacle, ProofChainView,
		ProviderView, Quote, SlotView, StreamView, WindowView,
	},
	Beacon, ChainId, ContractId, LaneId, Layer, StreamId, Terms,
};

sp_api::decl_runtime_apis! {
	/// Neighbours and lanes; on every layer.
	pub trait LinkApi {
		/// This chain's id and layer.
		fn this_chain() -> (ChainId, Layer);
		/// Every neighbour.
		fn neighbours() -> Vec<NeighbourView>;
		/// This chain's end of a lane.
		fn lane(chain: ChainId, lane: LaneId) -> Option<LaneView>;
		/// Payloads still queued for `chain`, with consecutive nonces from `from`.
		fn messages(chain: ChainId, lane: LaneId, from: u64, limit: u32) -> Vec<Vec<u8>>;
		/// Most weight that dispatching a message with this payload takes here.
		fn dispatch_weight(payload: Vec<u8>) -> Weight;
		/// Newest main-chain randomness known here.
		fn beacon() -> Option<Beacon>;
	}

	/// Providers, contracts and their settlement; on contract chains.
	pub trait MarketApi {
		/// One provider.
		fn provider(who: AccountId) -> Option<ProviderView>;
		/// Providers after `from`, at most `limit`.
		fn providers(from: Option<AccountId>, limit: u32) -> Vec<ProviderView>;
		/// What is left to do before a provider may leave; `None` if it is none.
		fn exit_report(who: AccountId) -> Option<ExitReport>;
		/// One contract.
		fn contract(id: ContractId) -> Option<ContractView>;
		/// Contracts of a client or provider from id `from`, at most `limit`.
		fn contracts_of(who: AccountId, from: ContractId, limit: u32) -> Vec<ContractView>;
		/// The proof chains registered here.
		fn proof_chains() -> Vec<ProofChainView>;
		/// A provider's payment stream.
		fn stream(provider: AccountId, chain: ChainId) -> Option<StreamView>;
		/// What a contract that was proposed now would cost; `None` if it cannot be.
		fn quote(provider: AccountId, terms: Terms) -> Option<Quote>;
		/// Everything that keeps a client from proposing a contract.
		fn preflight_propose(
			client: AccountId,
			provider: AccountId,
			terms: Terms,
		) -> Vec<Obstacle>;
		/// Everything that keeps a provider from accepting a proposal.
		fn preflight_accept(id: ContractId) -> Vec<Obstacle>;
		/// Everything that keeps a contract from being closed.
		fn preflight_close(id: ContractId) -> Vec<Obstacle>;
		/// What happens to a contract next, and what the parties can do about it.
		fn explain(id: ContractId) -> Vec<Note>;
	}

	/// Windows and what is due in them; on proof chains.
	pub trait ProofApi {
		/// The open window.
		fn window() -> Option<WindowView>;
		/// Pages of a stream.
		fn pages(stream: StreamId) -> u32;
		/// One page of a stream.
		fn page(stream: StreamId, page: u32) -> Vec<SlotView>;
	}
}
