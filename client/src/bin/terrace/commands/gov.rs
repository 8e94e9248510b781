// SPDX-License-Identifier: Apache-2.0
//! `terrace gov`

use crate::{
	cli_gov::{ApplyArgs, GovCommand, ProposeUpgradeArgs, Side, VoteArgs},
	context::{name, Context},
	failure::{Exit, Failure},
	output::{table, Output},
};
use serde_json::{json, Value};
use std::path::Path;
use terrace_client::{
	amount::format_amount,
	gov::{self, Conviction, Referendum},
	Chain,
};
use terrace_layers::{views::NeighbourView, Layer, Relation};

/// Proposes, votes, and shows what is decided.
pub async fn run(context: &Context, command: GovCommand) -> Result<Output, Failure> {
	match command {
		GovCommand::ProposeUpgrade(args) => propose_upgrade(context, args).await,
		GovCommand::Vote(args) => vote(context, args).await,
		GovCommand::Apply(args) => apply(context, args).await,
		GovCommand::Status => status(context).await,
	}
}

async fn propose_upgrade(context: &Context, args: ProposeUpgradeArgs) -> Result<Output, Failure> {
	let signer = context.signer()?;
	let hash = gov::code_hash(&read(&args.wasm)?);
	let layer = args.chain.layer();
	let main = context.main().await?;
	let call = match layer {
		Layer::Main => gov::announce(&main, hash, args.not_before)?,
		Layer::Contract => {
			let contract = context.contract().await?;
			let call = gov::announce(&contract, hash, args.not_before)?;
			down(&main, &contract, call).await?
		}
		Layer::Proof => {
			let (contract, proof) = (context.contract().await?, context.proof().await?);
			let call = gov::announce(&proof, hash, args.not_before)?;
			let call = down(&contract, &proof, call).await?;
			down(&main, &contract, call).await?
		}
	};
	let waiting = context.progress.waiting("proposing the upgrade");
	let proposed = gov::propose(&main, &signer, &call).await;
	waiting.finish_and_clear();
	let index = proposed?;
	let text = format!(
		"referendum {index} would announce code {hash:?} on the {} chain; vote for it: `terrace gov \
		 vote {index} aye --balance AMOUNT`",
		name(layer)
	);
	Ok(Output::new(text, json!({ "referendum": index, "chain": name(layer), "codeHash": hash })))
}

/// Wraps a call of a child in the call of its parent that sends it there.
async fn down(parent: &Chain, child: &Chain, call: Vec<u8>) -> Result<Vec<u8>, Failure> {
	let neighbours = parent.neighbours(None).await?;
	let is_child =
		|view: &NeighbourView| view.chain == child.id() && view.relation == Relation::Child;
	if !neighbours.iter().any(is_child) {
		let message = format!("{} is not registered with {}", child.url(), parent.url());
		return Err(Failure::new(Exit::Failed, message)
			.hint("a chain is governed by the one it is registered with"));
	}
	Ok(gov::send_down(parent, child, call)?)
}

async fn vote(context: &Context, args: VoteArgs) -> Result<Output, Failure> {
	let signer = context.signer()?;
	let main = context.main().await?;
	match gov::referendum(&main, args.referendum).await? {
		Some(Referendum::Ongoing(_)) => {}
		found => {
			let what = if found.is_some() { "is over" } else { "does not exist" };
			let message = format!("referendum {} {what}", args.referendum);
			return Err(Failure::new(Exit::Failed, message).hint("see `terrace gov status`"));
		}
	}
	let conviction = Conviction::new(args.conviction).ok_or_else(|| {
		Failure::new(Exit::Usage, format!("--conviction is 0 to {}", Conviction::MAX))
	})?;
	let aye = args.side == Side::Aye;
	let cast = gov::vote(&main, &signer, args.referendum, aye, args.balance, conviction).await;
	match cast {
		Ok(_) => {}
		Err(error) if error.is_dispatch("ConvictionVoting", "InsufficientFunds") => {
			return Err(Failure::new(Exit::Balance, "the account has fewer tokens than that")
				.hint("see `terrace balance`"));
		}
		Err(error) => return Err(error.into()),
	}
	let (side, amount) = (if aye { "for" } else { "against" }, format_amount(args.balance));
	let text = format!("voted {side} referendum {} with {amount}", args.referendum);
	let json = json!({
		"referendum": args.referendum,
		"aye": aye,
		"balance": args.balance.to_string(),
		"conviction": args.conviction,
	});
	Ok(Output::new(text, json))
}

async fn apply(context: &Context, args: ApplyArgs) -> Result<Output, Failure> {
	let code = read(&args.wasm)?;
	let chain = chain(context, args.chain.layer()).await?;
	let hash = gov::code_hash(&code);
	let (best, _) = chain.best().await?;
	let refusal = match gov::announced(&chain).await? {
		None => Some(("no code is announced on this chain".to_string(), "vote for it first")),
		Some(announced) if announced.code_hash != hash => Some((
			format!("code {:?} is announced, this is {hash:?}", announced.code_hash),
			"check FILE and --chain",
		)),
		Some(announced) if announced.not_before > best.saturating_add(1) => Some((
			format!("the code may be applied from block {} on", announced.not_before),
			"wait for that block",
		)),
		Some(_) => None,
	};
	if let Some((message, hint)) = refusal {
		return Err(Failure::new(Exit::Failed, message).hint(hint));
	}
	let waiting = context.progress.waiting("bringing the code");
	let applied = gov::apply(&chain, &code).await;
	waiting.finish_and_clear();
	let included = applied?;
	let layer = name(chain.layer());
	let text = format!("the {layer} chain runs code {hash:?} after block {}", included.number);
	Ok(Output::new(text, json!({ "chain": layer, "codeHash": hash, "block": included.number })))
}

async fn chain(context: &Context, layer: Layer) -> Result<Chain, Failure> {
	match layer {
		Layer::Main => context.main().await,
		Layer::Contract => context.contract().await,
		Layer::Proof => context.proof().await,
	}
}

async fn status(context: &Context) -> Result<Output, Failure> {
	let main = context.main().await?;
	let referenda = gov::referenda(&main).await?;
	let rows: Vec<_> = referenda.iter().map(|(index, found)| row(*index, found)).collect();
	let mut text = if rows.is_empty() {
		"no referenda yet".to_string()
	} else {
		table(&["referendum", "track", "state", "aye", "nay", "support"], &rows)
	};
	let mut upgrades = Vec::new();
	for layer in [Layer::Main, Layer::Contract, Layer::Proof] {
		// The layers below may be somebody else's: what can be seen is shown.
		let Ok(chain) = chain(context, layer).await else { continue };
		if let Some(announced) = gov::announced(&chain).await? {
			text.push_str(&format!(
				"\nthe {} chain will run code {:?} from block {} on",
				name(layer),
				announced.code_hash,
				announced.not_before
			));
			upgrades.push(json!({
				"chain": name(layer),
				"codeHash": announced.code_hash,
				"notBefore": announced.not_before,
			}));
		}
	}
	let referenda: Vec<_> =
		referenda.iter().map(|(index, found)| document(*index, found)).collect();
	Ok(Output::new(text, json!({ "referenda": referenda, "upgrades": upgrades })))
}

/// A referendum's state in words.
fn state(referendum: &Referendum) -> String {
	match referendum {
		Referendum::Ongoing(ongoing) => match (&ongoing.decision_deposit, &ongoing.deciding) {
			(None, _) => "waits for its deposit".into(),
			(_, None) => "is prepared".into(),
			(_, Some(deciding)) => match deciding.confirming {
				Some(block) => format!("passes in block {block}"),
				None => format!("is decided since block {}", deciding.since),
			},
		},
		Referendum::Approved(block, ..) => format!("approved in block {block}"),
		Referendum::Rejected(block, ..) => format!("rejected in block {block}"),
		Referendum::Cancelled(block, ..) => format!("cancelled in block {block}"),
		Referendum::TimedOut(block, ..) => format!("timed out in block {block}"),
		Referendum::Killed(block) => format!("killed in block {block}"),
	}
}

/// A track in words.
fn track(number: u16) -> String {
	match number {
		0 => "root".into(),
		1 => "fast".into(),
		10 => "general admin".into(),
		11 => "chain admin".into(),
		other => other.to_string(),
	}
}

fn row(index: u32, referendum: &Referendum) -> Vec<String> {
	let mut row = vec![index.to_string(), String::new(), state(referendum)];
	if let Referendum::Ongoing(ongoing) = referendum {
		row[1] = track(ongoing.track);
		let tally = ongoing.tally;
		row.extend([tally.ayes, tally.nays, tally.support].map(format_amount));
	}
	row
}

fn document(index: u32, referendum: &Referendum) -> Value {
	let mut document = json!({ "referendum": index, "state": state(referendum) });
	if let Referendum::Ongoing(ongoing) = referendum {
		document["track"] = json!(track(ongoing.track));
		document["ayes"] = json!(ongoing.tally.ayes.to_string());
		document["nays"] = json!(ongoing.tally.nays.to_string());
		document["support"] = json!(ongoing.tally.support.to_string());
	}
	document
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
	std::fs::read(path).map_err(|error| {
		Failure::new(Exit::Failed, format!("{} cannot be read: {error}", path.display()))
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn past_referenda_have_no_votes() {
		let row = row(3, &Referendum::Rejected(9, None, None));
		assert_eq!(row, ["3", "", "rejected in block 9"]);
		let document = document(3, &Referendum::Killed(9));
		assert_eq!(document, json!({ "referendum": 3, "state": "killed in block 9" }));
	}

	#[test]
	fn tracks_have_names() {
		let names = [0, 1, 10, 11, 12].map(track);
		assert_eq!(names, ["root", "fast", "general admin", "chain admin", "12"]);
	}
}
