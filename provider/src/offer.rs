// SPDX-License-Identifier: Apache-2.0
//! The provider's entry on the contract chain.

use crate::{Error, LOG_TARGET};
use std::time::Duration;
use terrace_client::{Chain, Signer, Wait};
use terrace_layers::{Balance, Endpoint, Offer};

/// Pause between two looks at the balance of an account that has too little.
const FUNDS_PAUSE: Duration = Duration::from_secs(5);
/// Balance kept for fees, on top of the collateral.
const FEES: Balance = 1_000_000_000_000;

/// What the provider offers, and what it has at stake.
#[derive(Clone, Debug)]
pub struct Terms {
	/// URL under which clients reach it.
	pub endpoint: String,
	/// Price of one GiB for one window, in the token's smallest unit.
	pub price: Balance,
	/// Most bytes it takes.
	pub capacity: u64,
	/// Fewest windows of a contract.
	pub min_windows: u32,
	/// Most windows of a contract.
	pub max_windows: u32,
	/// Collateral it holds.
	pub collateral: Balance,
}

impl Terms {
	fn offer(&self, signer: &Signer) -> Result<Offer, Error> {
		let endpoint = Endpoint::try_from(self.endpoint.as_bytes().to_vec())
			.map_err(|_| Error::Offer(format!("{} is too long a URL", self.endpoint)))?;
		Ok(Offer {
			endpoint,
			price: self.price,
			capacity: self.capacity,
			min_windows: self.min_windows,
			max_windows: self.max_windows,
			operator: signer.public(),
		})
	}
}

/// Registers the provider, or brings its entry in line with its terms.
pub async fn publish(chain: &Chain, signer: &Signer, terms: &Terms) -> Result<(), Error> {
	let offer = terms.offer(signer)?;
	let who = signer.account();
	let Some(view) = chain.provider(&who).await? else {
		await_funds(chain, signer, terms.collateral.saturating_add(FEES)).await?;
		let call = chain.call("StorageProviders", "register", &(offer, terms.collateral))?;
		chain.submit_signed(&call, signer, Wait::Best).await?;
		tracing::info!(target: LOG_TARGET, provider = %who, "registered");
		return Ok(());
	};
	if view.offer != offer {
		let call = chain.call("StorageProviders", "set_offer", &(offer,))?;
		chain.submit_signed(&call, signer, Wait::Best).await?;
		tracing::info!(target: LOG_TARGET, "the offer was changed");
	}
	let missing = terms.collateral.saturating_sub(view.collateral);
	if missing > 0 {
		await_funds(chain, signer, missing.saturating_add(FEES)).await?;
		let call = chain.call("StorageProviders", "add_collateral", &(missing,))?;
		chain.submit_signed(&call, signer, Wait::Best).await?;
		tracing::info!(target: LOG_TARGET, missing, "collateral was added");
	}
	Ok(())
}

/// Waits until the account can spend `needed`.
async fn await_funds(chain: &Chain, signer: &Signer, needed: Balance) -> Result<(), Error> {
	let minimum = chain.minimum_balance()?;
	let mut told = false;
	loop {
		let funds = chain.funds(&signer.account()).await?;
		if funds.spendable(minimum) >= needed {
			return Ok(());
		}
		if !told {
			tracing::warn!(
				target: LOG_TARGET,
				account = %signer.account(),
				"waiting for tokens: {} are needed on the contract chain and {} are there; move some \
				 down with `terrace transfer --down`",
				terrace_client::amount::format_amount(needed),
				terrace_client::amount::format_amount(funds.spendable(minimum)),
			);
			told = true;
		}
		tokio::time::sleep(FUNDS_PAUSE).await;
	}
}
