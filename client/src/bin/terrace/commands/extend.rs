// SPDX-License-Identifier: Apache-2.0
//! `terrace extend`

use crate::{
	cli::ExtendArgs,
	commands::status::existing,
	context::Context,
	failure::{Exit, Failure},
	output::Output,
	render::total_windows,
};
use serde_json::json;
use terrace_client::{amount::format_amount, Wait};
use terrace_layers::{views::ContractState, Terms};

/// Lengthens a contract at the price that its provider offers now.
pub async fn run(context: &Context, args: ExtendArgs) -> Result<Output, Failure> {
	let signer = context.signer()?;
	let market = context.contract().await?;
	let before = existing(&market, args.contract).await?;
	if before.state != ContractState::Active {
		let message = format!("contract {} does not run", before.id);
		return Err(
			Failure::new(Exit::Failed, message).hint("store the file anew: `terrace store`")
		);
	}
	let terms = Terms {
		proof_chain: before.proof_chain,
		root: before.root,
		size: before.size,
		windows: args.windows,
		interval: before.interval,
		max_rate: u128::MAX,
	};
	let quote = market.quote(&before.provider, &terms).await?.ok_or_else(|| {
		let message = format!("its provider does not offer {} more windows", args.windows);
		Failure::new(Exit::Provider, message).hint("see `terrace providers` for what it offers")
	})?;
	// The price may not rise between the quote and the call.
	let arguments = (before.id, args.windows, quote.rate);
	let call = market.call("StorageContracts", "extend", &arguments)?;
	market.submit_signed(&call, &signer, Wait::Finalized).await?;
	let after = existing(&market, before.id).await?;
	let paid = after.escrow.saturating_sub(before.escrow);
	let text = format!(
		"contract {} has {} windows instead of {}; {} more are paid in, at {} a window",
		after.id,
		total_windows(&after),
		total_windows(&before),
		format_amount(paid),
		format_amount(quote.rate)
	);
	let json = json!({
		"id": after.id,
		"windows": total_windows(&after),
		"paid": paid.to_string(),
		"rate": quote.rate.to_string(),
	});
	Ok(Output::new(text, json))
}
