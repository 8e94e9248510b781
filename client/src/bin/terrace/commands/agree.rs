// SPDX-License-Identifier: Apache-2.0
//! `terrace consent`, `amend`, `move` and `end`: changes that both parties want, and ends that one may
//! have alone.

use super::act::{act, CONTRACTS};
use crate::{
	cli_market::{AmendArgs, ConsentArgs, EndArgs, MoveArgs},
	commands::status::existing,
	context::Context,
	failure::{Exit, Failure},
	output::Output,
	render::total_windows,
};
use codec::Encode;
use serde_json::json;
use terrace_client::{amount::format_amount, Chain};
use terrace_layers::{change_statement, views::ContractView, Change, Consent, ContractId};

/// What most refusals of a consent mean.
const BAD_CONSENT: (&str, &str) = (
	"BadSignature",
	"the consent is of somebody else, for another change, out of date, or the contract has changed since",
);

/// Signs that the account agrees to a change of a contract; sends nothing.
pub async fn consent(context: &Context, args: ConsentArgs) -> Result<Output, Failure> {
	let signer = context.signer()?;
	let market = context.contract().await?;
	let view = existing(&market, args.contract).await?;
	let who = signer.account();
	if who != view.client && who != view.provider {
		let message = format!("{who} is no party of contract {}", view.id);
		return Err(Failure::new(Exit::Failed, message).hint("check --account"));
	}
	let leg = view.legs.last().map(|leg| leg.leg).ok_or_else(|| {
		Failure::new(Exit::Failed, format!("contract {} does not run", view.id))
			.hint("only a contract that runs can be changed")
	})?;
	let change = match (args.price, args.move_to) {
		(Some(price), _) => Change::Amend { price },
		(None, Some(proof_chain)) => Change::Move { proof_chain },
		(None, None) => Change::End,
	};
	let (now, _) = market.best().await?;
	let expires_at = now.saturating_add(args.blocks);
	let statement = change_statement(market.id(), view.id, leg, &change, expires_at);
	let consent = Consent { signature: signer.sign(&statement).into(), expires_at };
	let text = format!("0x{}", hex::encode(consent.encode()));
	let json = json!({ "id": view.id, "consent": text, "expiresAt": expires_at });
	Ok(Output::new(text, json))
}

/// Changes a contract's price with the other party's consent.
pub async fn amend(context: &Context, args: AmendArgs) -> Result<Output, Failure> {
	let call = (args.contract, args.price, args.consent);
	let (before, after) = change(context, args.contract, "amend", &call).await?;
	let text = format!(
		"contract {} costs {} a window instead of {}, proof fee included, from the next window that can change",
		after.id,
		format_amount(after.rate),
		format_amount(before.rate)
	);
	let json = json!({ "id": after.id, "rate": after.rate.to_string() });
	Ok(Output::new(text, json))
}

/// Has another proof chain check what is left of a contract.
pub async fn move_to(context: &Context, args: MoveArgs) -> Result<Output, Failure> {
	let call = (args.contract, args.proof_chain, args.consent);
	let (before, after) = change(context, args.contract, "move_to", &call).await?;
	let text = format!(
		"contract {} is checked by proof chain {} instead of {}",
		after.id, after.proof_chain, before.proof_chain
	);
	Ok(Output::new(text, json!({ "id": after.id, "proofChain": after.proof_chain })))
}

/// Ends a contract for one of the reasons for which one party may.
pub async fn end(context: &Context, args: EndArgs) -> Result<Output, Failure> {
	let id = args.contract;
	let (before, after) = match args.consent {
		Some(consent) => change(context, id, "end_mutually", &(id, consent)).await?,
		None if args.faulty => change(context, id, "end_faulty", &(id,)).await?,
		None => change(context, id, "exit_stalled", &(id,)).await?,
	};
	let freed = before.escrow.saturating_sub(after.escrow);
	let text = format!(
		"contract {id} ends after {} windows instead of {}; {} are free again",
		total_windows(&after),
		total_windows(&before),
		format_amount(freed)
	);
	let json = json!({ "id": id, "windows": total_windows(&after), "refunded": freed.to_string() });
	Ok(Output::new(text, json))
}

/// Makes a change; the contract before and after it.
async fn change(
	context: &Context,
	id: ContractId,
	call: &str,
	arguments: &impl Encode,
) -> Result<(ContractView, ContractView), Failure> {
	let signer = context.signer()?;
	let market = context.contract().await?;
	let before = existing(&market, id).await?;
	let hints = [
		BAD_CONSENT,
		("EndsBefore", "it is over by then anyway: `terrace watch`, then `terrace close`"),
		("NotFaulty", "`terrace cancel` ends it after its notice"),
		("NotStalledLongEnough", "`terrace status` says from when on it may be left"),
	];
	act(&market, &signer, (CONTRACTS, call), arguments, &hints).await?;
	let after = remains(&market, &before).await?;
	Ok((before, after))
}

/// The contract after a change; one of which nothing remains is gone at once.
async fn remains(market: &Chain, before: &ContractView) -> Result<ContractView, Failure> {
	let gone = ContractView { windows: 0, escrow: 0, ..before.clone() };
	Ok(market.contract(before.id).await?.unwrap_or(gone))
}
