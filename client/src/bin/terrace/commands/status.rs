// SPDX-License-Identifier: Apache-2.0
//! `terrace status`

use crate::{
	cli::StatusArgs,
	context::Context,
	failure::{Exit, Failure},
	notes,
	output::{table, Output},
	render::{contract_json, contract_text, total_windows},
};
use serde_json::json;
use terrace_client::{
	amount::{format_amount, format_bytes},
	Chain,
};
use terrace_layers::{
	views::{ContractState, ContractView},
	ContractId,
};

/// Shows a contract, or all contracts of the account.
pub async fn run(context: &Context, args: StatusArgs) -> Result<Output, Failure> {
	let Some(id) = args.contract else { return all(context).await };
	let market = context.contract().await?;
	let view = existing(&market, id).await?;
	let chains = market.proof_chains().await?;
	let chain = chains.iter().find(|chain| chain.chain == view.proof_chain);
	let explained = market.explain(id).await?;
	let mut lines = vec![contract_text(&view, chain)];
	lines.extend(explained.iter().map(|note| format!("  {}", notes::text(note))));
	let mut json = contract_json(&view);
	json["notes"] = json!(explained);
	Ok(Output::new(lines.join("\n"), json))
}

/// A contract that exists.
pub async fn existing(market: &Chain, id: ContractId) -> Result<ContractView, Failure> {
	market.contract(id).await?.ok_or_else(|| {
		Failure::new(Exit::Failed, format!("there is no contract {id}")).hint(
			"it was never proposed, or is closed; `terrace status` lists those of the account",
		)
	})
}

async fn all(context: &Context) -> Result<Output, Failure> {
	let who = context.signer()?.account();
	let views = context.contract().await?.contracts_of(&who).await?;
	let json = json!({
		"account": who,
		"contracts": views.iter().map(contract_json).collect::<Vec<_>>(),
	});
	if views.is_empty() {
		return Ok(Output::new(format!("{who} has no open contracts"), json));
	}
	let head = ["contract", "state", "role", "size", "settled", "proven", "paid", "content id"];
	let rows: Vec<_> = views.iter().map(|view| row(view, view.client == who)).collect();
	Ok(Output::new(table(&head, &rows), json))
}

fn row(view: &ContractView, is_client: bool) -> Vec<String> {
	let state = match view.state {
		ContractState::Proposed => "proposed",
		ContractState::Active => "active",
		ContractState::Ended => "ended",
	};
	vec![
		view.id.to_string(),
		state.into(),
		if is_client { "client" } else { "provider" }.into(),
		format_bytes(view.size),
		format!("{}/{}", view.reported, total_windows(view)),
		view.proven.to_string(),
		format_amount(view.paid),
		view.root.to_string(),
	]
}
