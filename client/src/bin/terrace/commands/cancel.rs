// SPDX-License-Identifier: Apache-2.0
//! `terrace cancel`

use crate::{
	cli::ContractArgs,
	commands::status::existing,
	context::Context,
	failure::{Exit, Failure},
	output::Output,
	render::total_windows,
};
use serde_json::json;
use terrace_client::{amount::format_amount, Wait};
use terrace_layers::views::ContractState;

const PALLET: &str = "StorageContracts";

/// Ends a contract after its notice.
pub async fn run(context: &Context, args: ContractArgs) -> Result<Output, Failure> {
	let signer = context.signer()?;
	let market = context.contract().await?;
	let before = existing(&market, args.contract).await?;
	if before.state == ContractState::Proposed {
		let message = format!("contract {} is only a proposal", before.id);
		return Err(Failure::new(Exit::Failed, message)
			.hint("take it back, free of charge: `terrace withdraw`"));
	}
	let call = market.call(PALLET, "cancel", &(before.id,))?;
	match market.submit_signed(&call, &signer, Wait::Finalized).await {
		Ok(_) => {}
		Err(error) if error.is_dispatch(PALLET, "EndsBefore") => {
			let message = format!("contract {} is over before its notice would be", before.id);
			return Err(Failure::new(Exit::Failed, message)
				.hint("wait for its end: `terrace watch`, then `terrace close`"));
		}
		Err(error) => return Err(error.into()),
	}
	let after = market.contract(before.id).await?;
	let windows = after.as_ref().map_or(0, total_windows);
	let kept = after.as_ref().map_or(0, |view| view.escrow);
	let freed = before.escrow.saturating_sub(kept);
	let text = format!(
		"contract {} ends after {windows} windows instead of {}; {} are free again",
		before.id,
		total_windows(&before),
		format_amount(freed)
	);
	let json = json!({ "id": before.id, "windows": windows, "refunded": freed.to_string() });
	Ok(Output::new(text, json))
}
