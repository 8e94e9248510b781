// SPDX-License-Identifier: Apache-2.0
//! Contracts that are lengthened and ended early.

use super::{close, ended, store, write_file};
use crate::{ensure, wait_for, Failure, Network};
use std::time::Duration;
use terrace_layers::views::ContractState;

/// Longest time that a provider takes to answer an audit, with room for a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// Longest time until the windows that had begun are settled.
const SETTLEMENT: Duration = Duration::from_secs(240);

/// Two windows more, at a price; then the end, and what was not needed comes back at once.
pub async fn extend_and_cancel(network: &mut Network) -> Result<(), Failure> {
	let file = write_file(&network.layout.dir, "changing", 100_000)?;
	let windows = 2;
	let ids = store(network, &file, &[0], windows).await?;
	let id = *ids.first().ok_or("nothing is stored")?;
	let terrace = |command: &str, more: &[&str]| {
		let mut args = vec![command.to_string(), id.to_string()];
		args.extend(more.iter().map(ToString::to_string));
		args
	};
	let longer = network.terrace(crate::CLIENT, &terrace("extend", &["20"])).await?;
	ensure!(longer["windows"] == 22, "extended to {longer}");
	let before = network.contract(id).await?.ok_or("it runs")?;
	ensure!(before.legs.len() == 2, "{} legs", before.legs.len());
	let shorter = network.terrace(crate::CLIENT, &terrace("cancel", &[])).await?;
	let after = network.contract(id).await?.ok_or("it runs")?;
	let freed = before.escrow.saturating_sub(after.escrow);
	ensure!(freed > 0 && shorter["refunded"] == freed.to_string(), "freed {freed}: {shorter}");
	ensure!(after.end < before.end, "it ends at {:?} instead of {:?}", after.end, before.end);
	let status = network.terrace(crate::CLIENT, &terrace("status", &[])).await?;
	ensure!(status["notes"][0]["note"].is_string(), "no word on what happens next: {status}");
	let view = ended(network, id).await?;
	ensure!(view.paid == view.escrow, "paid {} of {}", view.paid, view.escrow);
	close(network, id).await?;
	ensure!(network.contract(id).await?.is_none(), "contract {id} is still there");
	Ok(())
}

/// An audit, another payer, a new price and the end: the first by the client alone, the others as agreed.
pub async fn audit_and_agree(network: &mut Network) -> Result<(), Failure> {
	let file = write_file(&network.layout.dir, "agreed", 100_000)?;
	let id = *store(network, &file, &[0], 30).await?.first().ok_or("nothing is stored")?;
	let (client, provider) = (crate::CLIENT, crate::PROVIDERS[0]);
	let number = id.to_string();
	let run = async |who: &str, args: &[&str]| {
		let args: Vec<_> = args.iter().map(ToString::to_string).collect();
		network.terrace(who, &args).await
	};
	run(client, &["audit", &number, "--random", "3"]).await?;
	wait_for("the provider answers", PATIENCE, Duration::from_secs(1), || async {
		let view = network.contract(id).await?.ok_or("it runs")?;
		Ok(view.audit.is_none().then_some(()))
	})
	.await?;
	let longer = run(crate::FUNDER, &["top-up", &number, "2"]).await?;
	ensure!(longer["windows"] == 32, "topped up to {longer}");
	let before = network.contract(id).await?.ok_or("it runs")?;
	let agreed = run(provider, &["consent", &number, "--price", "2"]).await?;
	let consent = agreed["consent"].as_str().ok_or("a consent is text")?;
	let other = run(client, &["amend", &number, "3", "--consent", consent]).await;
	ensure!(other.is_err(), "a consent to one price served for another");
	run(client, &["amend", &number, "2", "--consent", consent]).await?;
	let after = network.contract(id).await?.ok_or("it runs")?;
	ensure!(after.rate > before.rate, "{} and then {} a window", before.rate, after.rate);
	let again = run(client, &["amend", &number, "2", "--consent", consent]).await;
	ensure!(again.is_err(), "a consent served twice");
	let left = run(provider, &["provider", "exit-report"]).await?;
	let listed = left["contracts"]
		.as_array()
		.is_some_and(|all| all.iter().any(|one| one["id"] == id.0 && one["fee"].is_string()));
	ensure!(listed && left["mayLeave"] == false, "nothing is left to do: {left}");
	ensure!(run(provider, &["provider", "leave"]).await.is_err(), "it left its contract");
	let agreed = run(client, &["consent", &number, "--end"]).await?;
	let consent = agreed["consent"].as_str().ok_or("a consent is text")?;
	let over = run(provider, &["end", &number, "--consent", consent]).await?;
	let freed = over["refunded"].as_str().and_then(|text| text.parse::<u128>().ok());
	ensure!(freed.is_some_and(|freed| freed > 0), "nothing came back: {over}");
	// One that had not begun is gone at once.
	wait_for("the contract is over", SETTLEMENT, Duration::from_secs(1), || async {
		let view = network.contract(id).await?;
		Ok(view.is_none_or(|view| view.state == ContractState::Ended).then_some(()))
	})
	.await?;
	close(network, id).await?;
	ensure!(network.contract(id).await?.is_none(), "contract {id} is still there");
	ensure!(run(client, &["unclaimed"]).await.is_err(), "something was kept from the client");
	Ok(())
}
