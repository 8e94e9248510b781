// SPDX-License-Identifier: Apache-2.0
//! `terrace withdraw`

use crate::{
	cli::ContractArgs,
	commands::status::existing,
	context::Context,
	failure::{Exit, Failure},
	output::Output,
};
use serde_json::json;
use terrace_client::{amount::format_amount, Chain, Signer, Wait};
use terrace_layers::{views::ContractState, ContractId};

/// Takes back a proposal that no provider has accepted.
pub async fn run(context: &Context, args: ContractArgs) -> Result<Output, Failure> {
	let signer = context.signer()?;
	let market = context.contract().await?;
	let view = existing(&market, args.contract).await?;
	if view.state != ContractState::Proposed {
		let message = format!("contract {} is no proposal: its provider has accepted it", view.id);
		return Err(Failure::new(Exit::Failed, message)
			.hint("it runs to its end: see `terrace watch` and `terrace close`"));
	}
	withdraw(&market, &signer, view.id, Wait::Finalized).await?;
	let text = format!("proposal {} is withdrawn, {} are free again", view.id, {
		format_amount(view.escrow)
	});
	Ok(Output::new(text, json!({ "id": view.id, "refunded": view.escrow.to_string() })))
}

/// Withdraws a proposal.
pub async fn withdraw(
	market: &Chain,
	signer: &Signer,
	id: ContractId,
	wait: Wait,
) -> Result<(), terrace_client::Error> {
	let call = market.call("StorageContracts", "withdraw", &(id,))?;
	market.submit_signed(&call, signer, wait).await.map(|_| ())
}
