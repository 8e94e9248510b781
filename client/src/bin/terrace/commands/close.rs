// SPDX-License-Identifier: Apache-2.0
//! `terrace close`

use crate::{
	cli::ContractArgs,
	commands::status::existing,
	context::Context,
	failure::{Exit, Failure},
	follow::Closed,
	output::Output,
	render::total_windows,
};
use serde_json::{json, Value};
use terrace_client::{Chain, Error, Signer, Wait};
use terrace_layers::{
	views::{ContractState, ContractView},
	ContractId,
};

const PALLET: &str = "StorageContracts";
/// Steps by which a stream is advanced in one transaction.
const STEPS: u32 = 256;
/// Pause before the next look at a fault that can be appealed against.
const APPEAL_PAUSE: std::time::Duration = std::time::Duration::from_secs(6);
/// Most transactions that advance a stream before its contract is closed.
const ADVANCES: u32 = 32;

/// Ends a contract whose windows are all settled.
pub async fn run(context: &Context, args: ContractArgs) -> Result<Output, Failure> {
	let signer = context.signer()?;
	let market = context.contract().await?;
	let view = existing(&market, args.contract).await?;
	check(&view)?;
	let closed = close(&market, &signer, &view).await?;
	Ok(Output::new(text(view.id, closed.as_ref()), to_json(view.id, closed.as_ref())))
}

fn check(view: &ContractView) -> Result<(), Failure> {
	let hint = match view.state {
		ContractState::Ended => return Ok(()),
		ContractState::Proposed => "withdraw it: `terrace withdraw`",
		ContractState::Active => "wait: `terrace watch` shows its windows",
	};
	let (settled, total) = (view.reported, total_windows(view));
	let message = match view.state {
		ContractState::Proposed => format!("contract {} is only a proposal", view.id),
		_ => format!("contract {} is not over: {settled} of {total} windows are settled", view.id),
	};
	Err(Failure::new(Exit::Failed, message).hint(hint))
}

/// Closes a contract; `None` if somebody else was faster.
pub async fn close(
	market: &Chain,
	signer: &Signer,
	view: &ContractView,
) -> Result<Option<Closed>, Failure> {
	let call = market.call(PALLET, "close", &(view.id,))?;
	let advance = market.call(PALLET, "advance", &(&view.provider, view.proof_chain, STEPS))?;
	for _ in 0..ADVANCES {
		match market.submit_signed(&call, signer, Wait::Finalized).await {
			Ok(included) => return closed_by(market, &included),
			Err(error) if error.is_dispatch(PALLET, "UnknownContract") => return Ok(None),
			Err(error) if error.is_dispatch(PALLET, "AdvanceFirst") => {
				market.submit_signed(&advance, signer, Wait::Best).await?;
			}
			// It may still be appealed against: that takes a while and needs no transaction.
			Err(error) if error.is_dispatch(PALLET, "FaultYoung") => {
				tokio::time::sleep(APPEAL_PAUSE).await;
			}
			Err(error) => return Err(error.into()),
		}
	}
	Err(Failure::new(Exit::Failed, format!("the stream of contract {} is far behind", view.id))
		.hint("run the command again: each time it counts further"))
}

fn closed_by(
	market: &Chain,
	included: &terrace_client::Included,
) -> Result<Option<Closed>, Failure> {
	let event = included.event(PALLET, "ContractClosed").ok_or_else(|| Error::Unsupported {
		url: market.url().into(),
		what: format!("event {PALLET}.ContractClosed"),
	})?;
	Ok(Some(event.decode()?))
}

/// How a contract was closed, for people.
pub fn text(id: ContractId, closed: Option<&Closed>) -> String {
	match closed {
		Some(closed) => format!("contract {id} is {}", closed.text()),
		None => format!("contract {id} was closed by somebody else"),
	}
}

/// How a contract was closed, for programs.
pub fn to_json(id: ContractId, closed: Option<&Closed>) -> Value {
	json!({
		"id": id,
		"closed": true,
		"windows": closed.map(|closed| closed.windows),
		"proven": closed.map(|closed| closed.proven),
		"paid": closed.map(|closed| closed.paid.to_string()),
		"refunded": closed.map(|closed| closed.refunded.to_string()),
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::render::examples;

	#[test]
	fn only_contracts_that_are_over_are_closed() {
		let view = |state| ContractView { state, ..examples::contract() };
		assert!(check(&view(ContractState::Ended)).is_ok());
		let active = check(&view(ContractState::Active)).expect_err("not over");
		assert!(active.message.contains("0 of 10"), "{}", active.message);
		let proposed = check(&view(ContractState::Proposed)).expect_err("a proposal");
		assert!(proposed.hint.is_some_and(|hint| hint.contains("withdraw")));
	}
}
