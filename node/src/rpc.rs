// SPDX-License-Identifier: Apache-2.0
//! RPC methods beyond those that every node has.

use crate::service::{FullBackend, FullClient, FullPool, FullSelectChain, Hash};
use jsonrpsee::RpcModule;
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_babe_rpc::{Babe, BabeApiServer};
use sc_consensus_grandpa::{
	FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState,
};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_rpc::SubscriptionTaskExecutor;
use sp_keystore::KeystorePtr;
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};
use terrace_runtime_common::{opaque::Block, BlockNumber};

/// What the RPC methods work on.
pub struct Deps {
	/// The chain.
	pub client: Arc<FullClient>,
	/// The transaction pool.
	pub pool: Arc<FullPool>,
	/// Picks the best chain.
	pub select_chain: FullSelectChain,
	/// Keys of this node.
	pub keystore: KeystorePtr,
	/// BABE's epochs.
	pub babe: BabeWorkerHandle<Block>,
	/// GRANDPA's authorities.
	pub authorities: SharedAuthoritySet<Hash, BlockNumber>,
	/// GRANDPA's current round.
	pub voter: SharedVoterState,
	/// Justifications as they are made.
	pub justifications: GrandpaJustificationStream<Block>,
	/// Proves finality of old blocks.
	pub finality: Arc<FinalityProofProvider<FullBackend, Block>>,
}

impl Deps {
	/// The RPC methods.
	pub fn module(
		&self,
		executor: SubscriptionTaskExecutor,
	) -> Result<RpcModule<()>, jsonrpsee::server::RegisterMethodError> {
		let mut module = RpcModule::new(());
		module.merge(System::new(self.client.clone(), self.pool.clone()).into_rpc())?;
		module.merge(TransactionPayment::new(self.client.clone()).into_rpc())?;
		let babe = Babe::new(
			self.client.clone(),
			self.babe.clone(),
			self.keystore.clone(),
			self.select_chain.clone(),
		);
		module.merge(babe.into_rpc())?;
		let grandpa = Grandpa::new(
			executor,
			self.authorities.clone(),
			self.voter.clone(),
			self.justifications.clone(),
			self.finality.clone(),
		);
		module.merge(grandpa.into_rpc())?;
		Ok(module)
	}
}
