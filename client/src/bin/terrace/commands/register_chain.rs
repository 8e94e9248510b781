// SPDX-License-Identifier: Apache-2.0
//! `terrace register-chain`

use crate::{
	cli::RegisterChainArgs,
	context::Context,
	failure::{Exit, Failure},
	output::Output,
};
use serde_json::json;
use std::path::Path;
use terrace_client::{
	amount::format_amount,
	register::{read_genesis_proof, read_possession, Registration},
	Chain, Signer,
};

/// Registers a chain with its parent.
pub async fn run(context: &Context, args: RegisterChainArgs) -> Result<Output, Failure> {
	let signer = context.signer()?;
	let genesis = read_genesis_proof(&read(&args.genesis_proof, "export-genesis-proof")?)?;
	let mut possession = Vec::new();
	for file in &args.possession {
		possession.push(read_possession(&read(file, "sign-registration")?)?);
	}
	let parent = Chain::connect(&args.parent_url).await?;
	let registration = Registration::prepare(&parent, genesis, &possession, args.bond).await?;
	check_balance(&parent, &signer, &registration).await?;
	let waiting = context.progress.waiting(format!("registering chain {}", registration.chain));
	let submitted = registration.submit(&parent, &signer).await;
	waiting.finish_and_clear();
	let included = submitted?;
	let json = json!({
		"chain": registration.chain,
		"parent": parent.id(),
		"layer": registration.origin.layer,
		"bond": registration.bond.to_string(),
		"backing": registration.backing.to_string(),
		"block": included.number,
	});
	let text = format!(
		"chain {} is registered with {} in block {}; {} are on hold as its bond",
		registration.chain,
		parent.id(),
		included.number,
		format_amount(registration.bond)
	);
	Ok(Output::new(text, json))
}

fn read(path: &Path, command: &str) -> Result<String, Failure> {
	std::fs::read_to_string(path).map_err(|error| {
		Failure::new(Exit::Failed, format!("{} cannot be read: {error}", path.display()))
			.hint(format!("`terrace-node {command} --chain SPEC` writes such a file"))
	})
}

async fn check_balance(
	parent: &Chain,
	signer: &Signer,
	registration: &Registration,
) -> Result<(), Failure> {
	let fee = parent.fee(registration.call(), signer).await?;
	let needed = registration.bond.saturating_add(registration.backing).saturating_add(fee);
	let funds = parent.funds(&signer.account()).await?;
	let spendable = funds.spendable(parent.minimum_balance()?);
	if spendable >= needed {
		return Ok(());
	}
	let message = format!(
		"the account's balance on the parent is too low: {} are needed ({} bond, {} to back the \
		 chain's tokens, {} fee), {} can be spent",
		format_amount(needed),
		format_amount(registration.bond),
		format_amount(registration.backing),
		format_amount(fee),
		format_amount(spendable)
	);
	Err(Failure::new(Exit::Balance, message)
		.hint("move tokens there first, or give a smaller --bond"))
}
