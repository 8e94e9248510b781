// SPDX-License-Identifier: Apache-2.0
//! The whole daemon.

use crate::{
	http::Service,
	offer::publish,
	prover::Prover,
	upkeep::{Account, Policy, Upkeep},
	Error, Metrics, Store, Terms, LOG_TARGET,
};
use std::{future::Future, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use terrace_client::{Chain, Signer};
use terrace_layers::{Balance, Layer};

/// Pause before an unreachable chain is tried again.
const RETRY: Duration = Duration::from_secs(3);

/// What the daemon works with.
pub struct Config {
	/// Account, and key that signs proofs.
	pub signer: Signer,
	/// WebSocket endpoint of the contract chain.
	pub contract_url: String,
	/// WebSocket endpoints of proof chains.
	pub proof_urls: Vec<String>,
	/// Where HTTP is served.
	pub listen: SocketAddr,
	/// Folder of blobs and database.
	pub data: PathBuf,
	/// What is offered.
	pub terms: Terms,
	/// Claimable amount that is worth a claim.
	pub claim_above: Balance,
	/// Time that clients have to close an ended contract themselves.
	pub close_after: Duration,
}

/// Runs until `stop` is done, or something fails that trying again cannot cure.
pub async fn run(
	config: Config,
	stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
	let store = Store::open(&config.data).await?;
	let metrics = Metrics::new().map_err(|error| Error::Offer(error.to_string()))?;
	let listener = tokio::net::TcpListener::bind(config.listen)
		.await
		.map_err(Error::io(format!("listening at {}", config.listen)))?;
	let chain = connect(&config.contract_url, Layer::Contract).await?;
	let account = Account { chain: chain.clone(), signer: config.signer.clone() };
	let service = Service::new(
		store.clone(),
		Arc::new(account.clone()),
		config.terms.capacity,
		metrics.clone(),
	);
	tracing::info!(target: LOG_TARGET, listen = %config.listen, provider = %config.signer.account(), "serving");
	let serve = axum::serve(listener, service.router()).with_graceful_shutdown(stop);

	let policy = Policy { claim_above: config.claim_above, close_after: config.close_after };
	let work = async {
		publish(&chain, &config.signer, &config.terms).await?;
		let upkeep = Upkeep::new(account.clone(), store.clone(), policy, metrics.clone());
		let provers = config
			.proof_urls
			.iter()
			.map(|url| prove(url.clone(), account.clone(), store.clone(), metrics.clone()));
		tokio::try_join!(
			async {
				upkeep.run().await;
				Ok(())
			},
			futures::future::try_join_all(provers),
		)
		.map(|_| ())
	};
	tokio::select! {
		served = async { serve.await } => served.map_err(Error::io("serving HTTP")),
		failed = work => failed,
	}
}

/// Proves on the chain at one address.
async fn prove(url: String, account: Account, store: Store, metrics: Metrics) -> Result<(), Error> {
	let chain = connect(&url, Layer::Proof).await?;
	let known = account.chain.proof_chains().await?;
	if !known.iter().any(|view| view.chain == chain.id()) {
		return Err(Error::ForeignProofChain { url, chain: chain.id() });
	}
	Prover::new(chain, account, store, metrics).run().await;
	Ok(())
}

/// Connects, and waits for a chain that is not up yet.
async fn connect(url: &str, expected: Layer) -> Result<Chain, Error> {
	let mut told = false;
	loop {
		match Chain::connect(url).await {
			Ok(chain) if chain.layer() == expected => return Ok(chain),
			Ok(chain) => {
				return Err(Error::WrongLayer { url: url.into(), found: chain.layer(), expected })
			}
			Err(error) if error.is_transient() => {
				if !told {
					tracing::warn!(target: LOG_TARGET, %error, "waiting for the chain");
					told = true;
				}
				tokio::time::sleep(RETRY).await;
			}
			Err(error) => return Err(error.into()),
		}
	}
}
