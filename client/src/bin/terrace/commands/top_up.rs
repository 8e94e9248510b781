// SPDX-License-Identifier: Apache-2.0
//! `terrace top-up`

use super::act::{act, CONTRACTS};
use crate::{
	cli_market::TopUpArgs, commands::status::existing, context::Context, failure::Failure,
	output::Output, render::total_windows,
};
use serde_json::json;
use terrace_client::amount::format_amount;

/// Lengthens anybody's contract at its own price.
pub async fn run(context: &Context, args: TopUpArgs) -> Result<Output, Failure> {
	let signer = context.signer()?;
	let market = context.contract().await?;
	let before = existing(&market, args.contract).await?;
	let hints = [(
		"PriceRose",
		"its provider asks for more by now: its client may pay that with `terrace extend`",
	)];
	act(&market, &signer, (CONTRACTS, "top_up"), &(before.id, args.windows), &hints).await?;
	let after = existing(&market, before.id).await?;
	let paid = after.escrow.saturating_sub(before.escrow);
	let text = format!(
		"contract {} has {} windows instead of {}; {} are paid in, and what is not proven comes back to its client",
		after.id,
		total_windows(&after),
		total_windows(&before),
		format_amount(paid)
	);
	let json =
		json!({ "id": after.id, "windows": total_windows(&after), "paid": paid.to_string() });
	Ok(Output::new(text, json))
}
