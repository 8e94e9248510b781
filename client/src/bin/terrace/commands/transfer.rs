// SPDX-License-Identifier: Apache-2.0
//! `terrace transfer`

use crate::{
	cli::TransferArgs,
	context::Context,
	failure::{Exit, Failure},
	output::Output,
};
use serde_json::json;
use std::time::Duration;
use terrace_client::{
	amount::format_amount,
	transfer::{arrive, call, depart, Direction},
	Chain, Signer,
};
use terrace_layers::Balance;

/// Moves tokens between the main chain and the contract chain, and waits for their arrival.
pub async fn run(context: &Context, args: TransferArgs) -> Result<Output, Failure> {
	let signer = context.signer()?;
	let to = args.to.unwrap_or_else(|| signer.account());
	let (main, contract) = (context.main().await?, context.contract().await?);
	let (source, target, direction) = if args.down {
		(&main, &contract, Direction::Down)
	} else {
		(&contract, &main, Direction::Up)
	};
	let call = call(source, target.id(), direction, &to, args.amount)?;
	check_balance(source, &signer, &call, args.amount).await?;
	let amount = format_amount(args.amount);
	context.progress.note(format!("sending {amount} to {to}"));
	let departed = depart(source, target, direction, &signer, &to, args.amount).await?;
	let waiting = context.progress.waiting("waiting for the tokens to arrive");
	let arrived = arrive(&departed, target, Duration::from_secs(args.patience)).await;
	waiting.finish_and_clear();
	arrived?;
	let json = json!({
		"from": source.id(),
		"chain": target.id(),
		"to": to,
		"amount": args.amount.to_string(),
		"nonce": departed.nonce,
	});
	Ok(Output::new(format!("{amount} arrived at {to}"), json))
}

async fn check_balance(
	source: &Chain,
	signer: &Signer,
	call: &[u8],
	amount: Balance,
) -> Result<(), Failure> {
	let funds = source.funds(&signer.account()).await?;
	let spendable = funds.spendable(source.minimum_balance()?);
	let fee = source.fee(call, signer).await?;
	if spendable >= amount.saturating_add(fee) {
		return Ok(());
	}
	let message = format!(
		"the account's balance is too low: {} and a fee of {} are needed, {} can be spent",
		format_amount(amount),
		format_amount(fee),
		format_amount(spendable)
	);
	Err(Failure::new(Exit::Balance, message).hint("send less, or get some more tokens first"))
}
