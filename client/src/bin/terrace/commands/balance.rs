// SPDX-License-Identifier: Apache-2.0
//! `terrace balance`

use crate::{
	cli::BalanceArgs,
	context::Context,
	failure::Failure,
	output::{table, Output},
};
use serde_json::{json, Value};
use terrace_client::{amount::format_amount, Chain, Funds};
use terrace_layers::{AccountId, Balance};

/// Shows what an account has.
pub async fn run(context: &Context, args: BalanceArgs) -> Result<Output, Failure> {
	let who = match args.of {
		Some(who) => who,
		None => context.signer()?.account(),
	};
	let (main, contract) = futures::join!(context.main(), context.contract());
	if let (Err(_), Err(failure)) = (&main, &contract) {
		return Err(failure.clone());
	}
	let (mut rows, mut silent) = (Vec::new(), Vec::new());
	let mut document = json!({ "account": who });
	for (name, chain) in [("main", main), ("contract", contract)] {
		document[name] = match chain {
			Ok(chain) => {
				let (funds, spendable) = ask(&chain, &who).await?;
				rows.push(row(name, &funds, spendable));
				funds_json(&funds, spendable)
			}
			Err(failure) => {
				silent.push(format!("{name} chain: {}", failure.message));
				Value::Null
			}
		};
	}
	let table = table(&["chain", "free", "on hold", "spendable"], &rows);
	let lines = [vec![who.to_string(), table], silent].concat();
	Ok(Output::new(lines.join("\n"), document))
}

async fn ask(chain: &Chain, who: &AccountId) -> Result<(Funds, Balance), Failure> {
	let funds = chain.funds(who).await?;
	let spendable = funds.spendable(chain.minimum_balance()?);
	Ok((funds, spendable))
}

fn row(name: &str, funds: &Funds, spendable: Balance) -> Vec<String> {
	vec![
		name.into(),
		format_amount(funds.free),
		format_amount(funds.held),
		format_amount(spendable),
	]
}

fn funds_json(funds: &Funds, spendable: Balance) -> Value {
	json!({
		"free": funds.free.to_string(),
		"held": funds.held.to_string(),
		"spendable": spendable.to_string(),
	})
}
