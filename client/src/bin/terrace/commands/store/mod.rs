// SPDX-License-Identifier: Apache-2.0
//! `terrace store`

mod choose;
pub mod file;
mod funds;
mod place;

use crate::{
	cli::{StoreArgs, Until},
	commands::close,
	context::Context,
	failure::Failure,
	follow::{Closed, Follower, Step},
	interrupt::Interrupt,
	output::Output,
	render::{contract_json, when},
};
use choose::{choose, PlannedCopy};
use file::SourceFile;
use place::Placing;
use serde_json::{json, Value};
use std::time::Duration;
use terrace_client::{
	amount::{format_amount, format_bytes},
	http::Http,
	Chain, Signer,
};
use terrace_layers::{
	views::{ContractState, ContractView, ProofChainView},
	Balance,
};

const PAUSE: Duration = Duration::from_millis(500);

/// Stores a file with one or more providers.
pub async fn run(context: &Context, args: StoreArgs) -> Result<Output, Failure> {
	let signer = context.signer()?;
	let interrupt = Interrupt::catch(&context.progress);
	let file = interrupt.guard(SourceFile::read(context, &args.file)).await??;
	let market = context.contract().await?;
	let http = Http::new()?;
	let search = choose(context, &market, &http, &file, &args);
	let (copies, chain) = interrupt.guard(search).await??;
	tell_plan(context, &file, &copies, &chain);
	let paying = funds::ensure(context, &market, &signer, &file, &copies);
	interrupt.guard(paying).await??;
	let mine = market.contracts_of(&signer.account()).await?;
	let placing = Placing {
		context,
		market: &market,
		http: &http,
		signer: &signer,
		file: &file,
		interrupt: &interrupt,
		accept_within: Duration::from_secs(args.accept_within),
		before: mine.iter().map(|view| view.id).collect(),
	};
	let placed = futures::future::join_all(copies.iter().map(|copy| placing.place(copy))).await;
	let contracts = all_or_failure(placed)?;
	match args.wait {
		Until::Active => Ok(stored(&file, &contracts)),
		Until::Settled => {
			let settling = settle_all(context, &market, &signer, &contracts);
			let closed = match interrupt.guard(settling).await {
				Ok(settled) => settled,
				Err(failure) => Err(failure),
			};
			let closed = closed.map_err(|failure| run_on(failure, &contracts))?;
			Ok(settled(&file, &contracts, &closed))
		}
	}
}

fn tell_plan(context: &Context, file: &SourceFile, copies: &[PlannedCopy], chain: &ProofChainView) {
	let total: Balance = copies.iter().map(|copy| copy.quote.escrow).sum();
	let progress = &context.progress;
	progress.note(format!("content id {}, {}", file.root, format_bytes(file.size)));
	for copy in copies {
		progress.note(format!(
			"provider {}: {} windows at {}, {} in escrow",
			copy.provider,
			copy.windows,
			format_amount(copy.quote.rate),
			format_amount(copy.quote.escrow)
		));
	}
	let windows = copies.iter().map(|copy| copy.windows).max().unwrap_or(0);
	let end = when(u64::from(windows).saturating_mul(chain.window_ms));
	progress.note(format!("{} in all, until {end}", format_amount(total)));
}

/// The contracts if all copies are stored; otherwise what failed and what is stored nevertheless.
fn all_or_failure(
	placed: Vec<Result<ContractView, Failure>>,
) -> Result<Vec<ContractView>, Failure> {
	let count = placed.len();
	let (mut contracts, mut failures) = (Vec::new(), Vec::new());
	for result in placed {
		match result {
			Ok(view) => contracts.push(view),
			Err(failure) => failures.push(failure),
		}
	}
	let mut failures = failures.into_iter();
	let Some(first) = failures.next() else { return Ok(contracts) };
	let mut failure = failures.fold(first, |first, next| first.and(next.message));
	if !contracts.is_empty() {
		let ids: Vec<_> = contracts.iter().map(|view| view.id.to_string()).collect();
		failure = failure.and(format!(
			"{} of {count} copies are stored (contracts {})",
			contracts.len(),
			ids.join(", ")
		));
		let stored: Vec<_> = contracts.iter().map(contract_json).collect();
		failure = failure.detail("contracts", json!(stored));
	}
	Err(failure)
}

fn stored(file: &SourceFile, contracts: &[ContractView]) -> Output {
	let mut lines = vec![format!("stored {} ({})", file.root, format_bytes(file.size))];
	for view in contracts {
		lines.push(format!(
			"contract {} with {}: {} for {} windows",
			view.id,
			view.provider,
			format_amount(view.escrow),
			view.windows
		));
	}
	Output::new(lines.join("\n"), document(file, contracts, None))
}

fn settled(file: &SourceFile, contracts: &[ContractView], closed: &[Option<Closed>]) -> Output {
	let mut lines = vec![format!("stored and settled {}", file.root)];
	for (view, closed) in contracts.iter().zip(closed) {
		lines.push(close::text(view.id, closed.as_ref()));
	}
	Output::new(lines.join("\n"), document(file, contracts, Some(closed)))
}

fn document(
	file: &SourceFile,
	contracts: &[ContractView],
	closed: Option<&[Option<Closed>]>,
) -> Value {
	let contracts = contracts.iter().enumerate().map(|(index, view)| {
		let mut json = contract_json(view);
		if let Some(closed) = closed.and_then(|closed| closed.get(index)) {
			json["closed"] = close::to_json(view.id, closed.as_ref());
		}
		json
	});
	json!({
		"root": file.root,
		"size": file.size,
		"contracts": contracts.collect::<Vec<_>>(),
	})
}

/// A failure after which the contracts go on by themselves.
fn run_on(failure: Failure, contracts: &[ContractView]) -> Failure {
	let ids: Vec<_> = contracts.iter().map(|view| view.id.to_string()).collect();
	let stored: Vec<_> = contracts.iter().map(contract_json).collect();
	failure
		.and(format!("the file is stored, its contracts run on: {}", ids.join(", ")))
		.detail("contracts", json!(stored))
}

async fn settle_all(
	context: &Context,
	market: &Chain,
	signer: &Signer,
	contracts: &[ContractView],
) -> Result<Vec<Option<Closed>>, Failure> {
	let each = contracts.iter().map(|view| settle(context, market, signer, view));
	futures::future::try_join_all(each).await
}

/// Follows a contract to its end and closes it.
async fn settle(
	context: &Context,
	market: &Chain,
	signer: &Signer,
	view: &ContractView,
) -> Result<Option<Closed>, Failure> {
	let mut follower = Follower::start(market.clone(), None, view.clone()).await?;
	let mut tried = false;
	loop {
		for step in follower.steps().await? {
			context.progress.note(format!("contract {}: {}", view.id, step.text()));
			match step {
				Step::Closed(closed) => return Ok(Some(closed)),
				Step::Dropped => return Ok(None),
				_ => {}
			}
		}
		let ended = follower.view().filter(|now| now.state == ContractState::Ended);
		if let (Some(now), false) = (ended, tried) {
			if let Some(closed) = close::close(market, signer, now).await? {
				return Ok(Some(closed));
			}
			// Somebody else was faster: the block in which that happened tells how it ended.
			tried = true;
		}
		tokio::time::sleep(PAUSE).await;
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{failure::Exit, render::examples};

	#[test]
	fn all_copies_or_a_failure_that_names_the_others() {
		let view = examples::contract();
		let all = all_or_failure(vec![Ok(view.clone()), Ok(view.clone())]).expect("all stored");
		assert_eq!(all.len(), 2);
		let late = Failure::new(Exit::NotAccepted, "late").hint("wait");
		let poor = Failure::new(Exit::Balance, "poor");
		let failure =
			all_or_failure(vec![Err(late), Ok(view), Err(poor)]).expect_err("some failed");
		assert_eq!(failure.exit, Exit::NotAccepted);
		assert_eq!(failure.message, "late; poor; 1 of 3 copies are stored (contracts 5)");
		assert_eq!(failure.hint.as_deref(), Some("wait"));
		assert_eq!(failure.details["contracts"][0]["id"], 5);
	}

	#[test]
	fn programs_find_contracts_in_the_answer() {
		let file = SourceFile {
			path: "f".into(),
			root: terrace_possession::ContentId::of(b"abc"),
			size: 3,
		};
		let view = examples::contract();
		let output = stored(&file, std::slice::from_ref(&view));
		assert_eq!(output.json["contracts"][0]["id"], 5);
		assert_eq!(output.json["root"], file.root.to_string());
		let output = settled(&file, &[view], &[None]);
		assert_eq!(output.json["contracts"][0]["closed"]["closed"], true);
	}
}
