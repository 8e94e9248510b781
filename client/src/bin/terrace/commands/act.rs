// SPDX-License-Identifier: Apache-2.0
//! What commands have in common that sign one call.

use crate::failure::{Exit, Failure};
use codec::Encode;
use terrace_client::{Chain, Included, Signer, Wait};

/// The pallet of contracts.
pub const CONTRACTS: &str = "StorageContracts";
/// The pallet of providers.
pub const PROVIDERS: &str = "StorageProviders";

/// Signs a call and waits until it is final; some of its errors have a better answer than their name.
pub async fn act(
	market: &Chain,
	signer: &Signer,
	(pallet, name): (&str, &str),
	arguments: &impl Encode,
	hints: &[(&str, &str)],
) -> Result<Included, Failure> {
	let call = market.call(pallet, name, arguments)?;
	market.submit_signed(&call, signer, Wait::Finalized).await.map_err(|error| {
		let hint = hints.iter().find(|(wrong, _)| error.is_dispatch(pallet, wrong));
		let failure = Failure::from(error);
		match hint {
			Some((_, hint)) => Failure { exit: Exit::Failed, ..failure }.hint(*hint),
			None => failure,
		}
	})
}
