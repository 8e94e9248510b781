// SPDX-License-Identifier: Apache-2.0
//! `terrace watch`

use crate::{
	cli::WatchArgs,
	commands::status::existing,
	context::Context,
	failure::Failure,
	follow::{Follower, Step},
	output::Output,
	render::{contract_json, total_windows},
};
use serde_json::{json, Value};
use std::time::Duration;
use terrace_layers::views::{ContractState, ContractView};

const PAUSE: Duration = Duration::from_millis(500);

/// Prints each window of a contract as it is proven and settled.
pub async fn run(context: &Context, args: WatchArgs) -> Result<Output, Failure> {
	let market = context.contract().await?;
	let view = existing(&market, args.contract).await?;
	let proof = match context.proof().await {
		Ok(chain) => Some(chain),
		Err(failure) => {
			context.progress.note(format!("only settlement is shown: {}", failure.message));
			None
		}
	};
	context.progress.line(format!("contract {}: {}", view.id, summary(&view)));
	let mut watched = Watched { last: view.clone(), steps: Vec::new() };
	let mut follower = Follower::start(market, proof, view).await?;
	while !is_over(&follower, &watched, args.until_closed) {
		for step in follower.steps().await? {
			context.progress.line(step.text());
			watched.steps.push(step);
		}
		if let Some(view) = follower.view() {
			watched.last = view.clone();
		}
		tokio::time::sleep(PAUSE).await;
	}
	Ok(Output::new("", watched.to_json()))
}

/// All that was seen.
struct Watched {
	last: ContractView,
	steps: Vec<Step>,
}

impl Watched {
	fn to_json(&self) -> Value {
		let closed = self.steps.iter().find_map(|step| match step {
			Step::Closed(closed) => Some(json!({
				"windows": closed.windows,
				"proven": closed.proven,
				"paid": closed.paid.to_string(),
				"refunded": closed.refunded.to_string(),
			})),
			_ => None,
		});
		json!({
			"contract": contract_json(&self.last),
			"closed": closed,
			"steps": self.steps.iter().map(step_json).collect::<Vec<_>>(),
		})
	}
}

fn is_over(follower: &Follower, watched: &Watched, until_closed: bool) -> bool {
	let gone = matches!(watched.steps.last(), Some(Step::Closed(_) | Step::Dropped));
	let ended = follower.view().is_some_and(|view| view.state == ContractState::Ended);
	gone || (ended && !until_closed)
}

fn summary(view: &ContractView) -> String {
	match view.state {
		ContractState::Proposed => "proposed, waits for its provider".into(),
		_ => {
			let (reported, total) = (view.reported, total_windows(view));
			format!("{reported} of {total} windows settled, {} proven", view.proven)
		}
	}
}

fn step_json(step: &Step) -> Value {
	match step {
		Step::Accepted => json!({ "step": "accepted" }),
		Step::Proven { window } => json!({ "step": "proven", "window": window }),
		Step::Settled { first, count, proven, reported, total, rate } => json!({
			"step": "settled",
			"first": first,
			"count": count,
			"proven": proven,
			"reported": reported,
			"windows": total,
			"rate": rate.to_string(),
		}),
		Step::Ended => json!({ "step": "ended" }),
		Step::Closed(_) => json!({ "step": "closed" }),
		Step::Dropped => json!({ "step": "dropped" }),
	}
}
