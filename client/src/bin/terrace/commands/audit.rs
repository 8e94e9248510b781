// SPDX-License-Identifier: Apache-2.0
//! `terrace audit`

use super::act::{act, CONTRACTS};
use crate::{
	cli_market::AuditArgs,
	commands::status::existing,
	context::Context,
	failure::{Exit, Failure},
	output::Output,
};
use rand::{seq::index, thread_rng};
use serde_json::{json, Value};
use terrace_client::{amount::format_amount, Chain, Signer};
use terrace_layers::views::{AuditView, ContractView};

/// Bytes of a chunk.
const CHUNK: u64 = 1024;

/// Demands chunks of a contract's blob on the contract chain, or says how that stands.
pub async fn run(context: &Context, args: AuditArgs) -> Result<Output, Failure> {
	let signer = context.signer()?;
	let market = context.contract().await?;
	let view = existing(&market, args.contract).await?;
	if args.outcome {
		return outcome(&market, &signer, &view).await;
	}
	let chunks = match args.chunks.is_empty() {
		true => draw(view.size, args.random),
		false => args.chunks,
	};
	let hints = [
		("AuditOpen", "one is open already: `terrace audit CONTRACT --outcome` says how it stands"),
		("ChunksInvalid", "number chunks from 0 to size / 1024, rising, at most 16 of them"),
	];
	act(&market, &signer, (CONTRACTS, "demand_audit"), &(view.id, &chunks), &hints).await?;
	let after = existing(&market, view.id).await?;
	let Some(audit) = after.audit else {
		let text = format!("contract {}: the provider has answered already", view.id);
		return Ok(Output::new(text, json!({ "id": view.id, "answered": true })));
	};
	let text = format!(
		"contract {}: its provider must show chunks {:?} until block {}; {} are put down for that, and \
		 come back if it does not",
		view.id,
		audit.chunks,
		audit.deadline,
		format_amount(audit.deposit)
	);
	Ok(Output::new(text, to_json(&after.id, Some(&audit))))
}

/// So many different chunks of a blob, in rising order.
fn draw(size: u64, count: u8) -> Vec<u64> {
	let all = usize::try_from(size.div_ceil(CHUNK)).unwrap_or(usize::MAX);
	let drawn = index::sample(&mut thread_rng(), all, all.min(count.into()));
	let mut chunks: Vec<_> = drawn.into_iter().filter_map(|n| u64::try_from(n).ok()).collect();
	chunks.sort_unstable();
	chunks
}

async fn outcome(market: &Chain, signer: &Signer, view: &ContractView) -> Result<Output, Failure> {
	let Some(audit) = &view.audit else {
		let text =
			format!("contract {} has no open audit: none was demanded, or it was answered", {
				view.id
			});
		return Ok(Output::new(text, to_json(&view.id, None)));
	};
	let (now, _) = market.best().await?;
	if now <= audit.deadline {
		let text = format!(
			"contract {}: chunks {:?} can be shown until block {}; it is block {now} now",
			view.id, audit.chunks, audit.deadline
		);
		return Ok(Output::new(text, to_json(&view.id, Some(audit))));
	}
	act(market, signer, (CONTRACTS, "fail_audit"), &(view.id,), &[]).await.map_err(|failure| {
		Failure { exit: Exit::Failed, ..failure }.hint("`terrace status` says where it stands")
	})?;
	let text = format!(
		"contract {} ends: its provider did not show chunks {:?} until block {}; what is left of the price, \
		 the deposit and a share of the collateral are free",
		view.id, audit.chunks, audit.deadline
	);
	Ok(Output::new(text, json!({ "id": view.id, "failed": true })))
}

fn to_json(id: &terrace_layers::ContractId, audit: Option<&AuditView>) -> Value {
	json!({
		"id": id,
		"audit": audit.map(|audit| json!({
			"chunks": audit.chunks,
			"deadline": audit.deadline,
			"deposit": audit.deposit.to_string(),
		})),
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn chunks_are_different_rising_and_there() {
		for (size, count, expected) in [(1, 8, 1), (4_096, 8, 4), (1 << 30, 16, 16)] {
			let chunks = draw(size, count);
			assert_eq!(chunks.len(), expected, "{size}");
			assert!(chunks.windows(2).all(|pair| pair[0] < pair[1]));
			assert!(chunks.iter().all(|chunk| *chunk < size.div_ceil(CHUNK)));
		}
	}
}
