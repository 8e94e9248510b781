// SPDX-License-Identifier: Apache-2.0
//! `terrace unclaimed`

use super::act::{act, CONTRACTS};
use crate::{
	context::Context,
	failure::{Exit, Failure},
	output::Output,
};
use serde_json::json;
use terrace_client::amount::format_amount;

/// Pays the account what could not be delivered to it before.
pub async fn run(context: &Context) -> Result<Output, Failure> {
	let signer = context.signer()?;
	let market = context.contract().await?;
	let who = signer.account();
	let before = market.funds(&who).await?.free;
	let hints = [("NothingUnclaimed", "all that was due to the account has reached it")];
	let done = act(&market, &signer, (CONTRACTS, "withdraw_unclaimed"), &(), &hints).await;
	done.map_err(|failure| Failure { exit: Exit::Failed, ..failure })?;
	let after = market.funds(&who).await?.free;
	let text = format!("{who} has {} instead of {}", format_amount(after), format_amount(before));
	Ok(Output::new(text, json!({ "account": who, "free": after.to_string() })))
}
