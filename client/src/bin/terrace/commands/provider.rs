// SPDX-License-Identifier: Apache-2.0
//! `terrace provider`

use super::act::{act, CONTRACTS, PROVIDERS};
use crate::{
	cli_market::{OfferArgs, PayeeArgs, ProviderCommand, ProviderShowArgs, TerminateArgs},
	commands::status::existing,
	context::Context,
	failure::{Exit, Failure},
	notes,
	output::Output,
	render::{endpoint_text, provider_json},
};
use codec::Encode;
use serde_json::{json, Value};
use terrace_client::{
	amount::{format_amount, format_bytes},
	Chain,
};
use terrace_layers::{
	views::{ContractLeft, ExitReport, ProviderView},
	AccountId, Endpoint, Offer,
};

/// What several refusals mean.
const HINTS: [(&str, &str); 2] = [
	(
		"UnknownProvider",
		"the account is no provider: `terrace-provider` registers one when it starts",
	),
	("NotExiting", "`terrace provider show` says how it stands"),
];

/// Does what a provider asks for.
pub async fn run(context: &Context, command: ProviderCommand) -> Result<Output, Failure> {
	match command {
		ProviderCommand::Show(args) => show(context, args).await,
		ProviderCommand::Pause => change(context, "set_accepting", &(false,)).await,
		ProviderCommand::Resume => change(context, "set_accepting", &(true,)).await,
		ProviderCommand::Offer(args) => offer(context, args).await,
		ProviderCommand::AddCollateral(args) => {
			change(context, "add_collateral", &(args.amount,)).await
		}
		ProviderCommand::WithdrawCollateral(args) => {
			change(context, "withdraw_collateral", &(args.amount,)).await
		}
		ProviderCommand::Payee(PayeeArgs { payee, .. }) => {
			change(context, "set_payee", &(payee,)).await
		}
		ProviderCommand::Reject(args) => {
			let (signer, market) = (context.signer()?, context.contract().await?);
			act(&market, &signer, (CONTRACTS, "reject"), &(args.contract,), &[]).await?;
			let text =
				format!("proposal {} is refused; its client has the price back", args.contract);
			Ok(Output::new(text, json!({ "id": args.contract, "rejected": true })))
		}
		ProviderCommand::Terminate(args) => terminate(context, args).await,
		ProviderCommand::ExitReport(args) => exit_report(context, args).await,
		ProviderCommand::AnnounceExit => {
			change(context, "announce_exit", &()).await?;
			exit_report(context, ProviderShowArgs { provider: None }).await
		}
		ProviderCommand::CancelExit => change(context, "cancel_exit", &()).await,
		ProviderCommand::Leave => leave(context).await,
	}
}

async fn view(market: &Chain, who: &AccountId) -> Result<ProviderView, Failure> {
	market.provider(who).await?.ok_or_else(|| {
		Failure::new(Exit::Failed, format!("{who} is no provider"))
			.hint("`terrace providers` lists them; `terrace-provider` registers one when it starts")
	})
}

fn whom(context: &Context, args: ProviderShowArgs) -> Result<AccountId, Failure> {
	match args.provider {
		Some(who) => Ok(who),
		None => Ok(context.signer()?.account()),
	}
}

async fn show(context: &Context, args: ProviderShowArgs) -> Result<Output, Failure> {
	let who = whom(context, args)?;
	let view = view(&context.contract().await?, &who).await?;
	Ok(Output::new(text(&view), provider_json(&view)))
}

/// Signs a call of the provider's own, and shows what its record is then.
async fn change(context: &Context, call: &str, arguments: &impl Encode) -> Result<Output, Failure> {
	let (signer, market) = (context.signer()?, context.contract().await?);
	act(&market, &signer, (PROVIDERS, call), arguments, &HINTS).await?;
	let view = view(&market, &signer.account()).await?;
	Ok(Output::new(text(&view), provider_json(&view)))
}

async fn offer(context: &Context, args: OfferArgs) -> Result<Output, Failure> {
	let (signer, market) = (context.signer()?, context.contract().await?);
	let old = view(&market, &signer.account()).await?.offer;
	let endpoint = match args.endpoint {
		None => old.endpoint,
		Some(url) => Endpoint::try_from(url.into_bytes())
			.map_err(|_| Failure::new(Exit::Usage, "the endpoint is too long"))?,
	};
	let new = Offer {
		endpoint,
		price: args.price.unwrap_or(old.price),
		capacity: args.capacity.unwrap_or(old.capacity),
		min_windows: args.min_windows.unwrap_or(old.min_windows),
		max_windows: args.max_windows.unwrap_or(old.max_windows),
		operator: old.operator,
	};
	change(context, "set_offer", &(new,)).await
}

async fn terminate(context: &Context, args: TerminateArgs) -> Result<Output, Failure> {
	let (signer, market) = (context.signer()?, context.contract().await?);
	let contract = existing(&market, args.contract).await?;
	let who = signer.account();
	let report = report(&market, &who).await?;
	let left = report.contracts.iter().find(|left| left.id == args.contract);
	let Some(fee) = left.and_then(|left| left.fee) else {
		let message = format!(
			"contract {} cannot be given up: it ends by then anyway, or is not the account's",
			{ contract.id }
		);
		return Err(Failure::new(Exit::Failed, message).hint("see `terrace provider exit-report`"));
	};
	let cost = format_amount(fee);
	let Some(most) = args.max_fee else {
		let text = format!(
			"giving contract {} up costs {cost} of collateral; nothing is done yet: add --max-fee",
			contract.id
		);
		return Ok(Output::new(text, json!({ "id": contract.id, "fee": fee.to_string() })));
	};
	if fee > most {
		let message =
			format!("giving contract {} up costs {cost}, more than --max-fee", contract.id);
		return Err(Failure::new(Exit::Failed, message));
	}
	act(&market, &signer, (CONTRACTS, "terminate"), &(contract.id,), &[]).await?;
	let text = format!("contract {} ends after its notice; its client gets {cost}", contract.id);
	Ok(Output::new(text, json!({ "id": contract.id, "fee": fee.to_string(), "ending": true })))
}

async fn report(market: &Chain, who: &AccountId) -> Result<ExitReport, Failure> {
	market.exit_report(who).await?.ok_or_else(|| {
		Failure::new(Exit::Failed, format!("{who} is no provider")).hint("check --account")
	})
}

async fn exit_report(context: &Context, args: ProviderShowArgs) -> Result<Output, Failure> {
	let who = whom(context, args)?;
	let report = report(&context.contract().await?, &who).await?;
	Ok(Output::new(report_text(&report), report_json(&report)))
}

async fn leave(context: &Context) -> Result<Output, Failure> {
	let (signer, market) = (context.signer()?, context.contract().await?);
	let report = report(&market, &signer.account()).await?;
	if !report.state.may_leave {
		let message = format!("it is too early to leave:\n{}", report_text(&report));
		return Err(Failure::new(Exit::Failed, message)
			.hint("`terrace provider exit-report` says again what is left to do"));
	}
	act(&market, &signer, (PROVIDERS, "leave"), &(), &HINTS).await?;
	let free = market.funds(&signer.account()).await?.free;
	let text = format!("the provider has left; the account has {}", format_amount(free));
	Ok(Output::new(text, json!({ "left": true, "free": free.to_string() })))
}

fn text(view: &ProviderView) -> String {
	let offer = &view.offer;
	let mut lines = vec![
		format!("{} at {}", view.who, endpoint_text(&offer.endpoint)),
		format!(
			"  {} for a GiB and a window, {} to {} windows",
			{ format_amount(offer.price) },
			offer.min_windows,
			offer.max_windows
		),
		format!("  {} of {} booked", format_bytes(view.used), format_bytes(offer.capacity)),
		format!(
			"  collateral {}, of which contracts require {}",
			{ format_amount(view.collateral) },
			format_amount(view.required)
		),
		format!("  {} new contracts", if view.accepting { "takes" } else { "takes no" }),
	];
	if let Some(payee) = &view.payee {
		lines.push(format!("  earnings go to {payee}"));
	}
	if view.cases > 0 {
		lines.push(format!("  {} penalties may still come", view.cases));
	}
	if let Some(block) = view.probation_since {
		lines.push(format!("  holds too little collateral since block {block}: add some"));
	}
	if let Some(block) = view.exiting_since {
		lines.push(format!("  is about to leave since block {block}"));
	}
	lines.join("\n")
}

fn report_text(report: &ExitReport) -> String {
	let state = &report.state;
	let mut lines = Vec::new();
	if state.announced.is_none() {
		lines.push(
			"announce it first, so that no new contracts come: `terrace provider announce-exit`"
				.into(),
		);
	}
	lines.extend(report.contracts.iter().map(left_text));
	lines.extend(report.penalties.iter().map(|penalty| {
		let what = if penalty.leg.is_some() { "fault" } else { "outage" };
		format!(
			"a {what} in window {} is final from block {} on",
			penalty.window, penalty.final_from
		)
	}));
	if state.cooldown > 0 {
		lines.push(format!("then {} blocks have to pass", state.cooldown));
	}
	if state.may_leave {
		lines.push("the provider may leave: `terrace provider leave`".into());
	}
	lines.join("\n")
}

fn left_text(left: &ContractLeft) -> String {
	let mut text = format!("contract {} ends with window {}", left.id, left.end);
	if let Some(fee) = left.fee {
		text = format!("{text}; giving it up now costs {}", format_amount(fee));
	}
	if left.obstacles.is_empty() {
		return format!("{text}; anybody may close it: `terrace close {}`", left.id);
	}
	let why: Vec<_> = left.obstacles.iter().map(notes::why).collect();
	format!("{text}; not yet to be closed: {}", why.join(", "))
}

fn report_json(report: &ExitReport) -> Value {
	let state = &report.state;
	let contracts = report.contracts.iter().map(|left| {
		json!({
			"id": left.id,
			"end": left.end,
			"fee": left.fee.map(|fee| fee.to_string()),
			"obstacles": left.obstacles,
		})
	});
	let penalties = report.penalties.iter().map(|penalty| {
		json!({
			"leg": penalty.leg,
			"proofChain": penalty.proof_chain,
			"window": penalty.window,
			"finalFrom": penalty.final_from,
		})
	});
	json!({
		"announced": state.announced,
		"cases": state.cases,
		"cooldown": state.cooldown,
		"mayLeave": state.may_leave,
		"contracts": contracts.collect::<Vec<_>>(),
		"penalties": penalties.collect::<Vec<_>>(),
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::render::examples;
	use terrace_layers::{
		views::{ExitState, Obstacle, PenaltyLeft},
		ChainId, ContractId, LegId, StreamId, Window,
	};

	fn state(may_leave: bool) -> ExitState {
		ExitState { announced: None, cases: 0, cooldown: 0, may_leave }
	}

	#[test]
	fn what_is_left_to_do_is_listed() {
		let report = ExitReport {
			state: ExitState { cooldown: 20, ..state(false) },
			contracts: vec![ContractLeft {
				id: ContractId(7),
				end: Window(9),
				fee: Some(1_500_000_000_000),
				obstacles: vec![Obstacle::NotEnded { reported: Window(3), end: Window(9) }],
			}],
			penalties: vec![PenaltyLeft {
				stream: StreamId(1),
				proof_chain: ChainId::default(),
				leg: Some(LegId(4)),
				window: Window(2),
				final_from: 77,
			}],
		};
		let text = report_text(&report);
		for part in ["announce-exit", "contract 7", "1.5", "it ends at 9", "block 77", "20 blocks"]
		{
			assert!(text.contains(part), "{part} in {text}");
		}
		assert_eq!(report_json(&report)["contracts"][0]["fee"], "1500000000000");
	}

	#[test]
	fn who_may_leave_is_told_so() {
		let report =
			ExitReport { state: state(true), contracts: Vec::new(), penalties: Vec::new() };
		assert!(report_text(&report).contains("may leave"));
	}

	#[test]
	fn a_provider_on_probation_is_told_what_to_do() {
		let mut view = examples::provider(1, 5);
		assert!(!text(&view).contains("too little"));
		view.probation_since = Some(8);
		assert!(text(&view).contains("too little collateral since block 8: add some"));
	}
}
