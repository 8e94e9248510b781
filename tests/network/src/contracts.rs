// SPDX-License-Identifier: Apache-2.0
//! What a person does with contracts, by the commands a person would type.

use crate::{address, ensure, wait_for, Failure, Network, CLIENT, PROVIDERS};
use std::{path::Path, time::Duration};
use terrace_client::hash_file;
use terrace_layers::{
	views::{ContractState, ContractView},
	ContractId,
};

/// Longest time a contract of a few windows takes, with room for a slow machine.
const SETTLEMENT: Duration = Duration::from_secs(480);

/// Stores a file and returns the ids of its contracts.
pub async fn store(
	network: &Network,
	file: &Path,
	providers: &[usize],
	windows: u32,
) -> Result<Vec<ContractId>, Failure> {
	let mut args = vec!["store".to_string(), file.display().to_string()];
	for index in providers {
		args.extend(["--provider".into(), address(PROVIDERS[*index])?]);
	}
	args.extend(["--windows".into(), windows.to_string()]);
	let answer = network.terrace(CLIENT, &args).await?;
	let ids: Vec<_> = answer["contracts"]
		.as_array()
		.into_iter()
		.flatten()
		.filter_map(|contract| contract["id"].as_u64().map(ContractId))
		.collect();
	ensure!(ids.len() == providers.len(), "{} contracts expected: {answer}", providers.len());
	Ok(ids)
}

/// Waits until a contract has ended and returns how.
pub async fn ended(network: &Network, id: ContractId) -> Result<ContractView, Failure> {
	wait_for("the contract is settled", SETTLEMENT, Duration::from_millis(400), || async {
		let view = network.contract(id).await?.ok_or("the contract was closed unseen")?;
		Ok((view.state == ContractState::Ended).then_some(view))
	})
	.await
}

/// Fetches a contract's blob and compares it with the file it was made from.
pub async fn compare(network: &Network, id: ContractId, file: &Path) -> Result<(), Failure> {
	let copy = network.layout.dir.join(format!("fetched-{id}"));
	let args = ["fetch", &id.to_string(), "-o", &copy.display().to_string()].map(String::from);
	network.terrace(CLIENT, &args).await?;
	let (fetched, stored) = (hash_file(&copy, |_| {})?, hash_file(file, |_| {})?);
	std::fs::remove_file(&copy)?;
	ensure!(fetched == stored, "contract {id}: {fetched:?} was fetched, {stored:?} was stored");
	Ok(())
}

/// Closes a contract, unless its provider already has.
pub async fn close(network: &Network, id: ContractId) -> Result<(), Failure> {
	if network.contract(id).await?.is_none() {
		return Ok(());
	}
	match network.terrace(CLIENT, &["close".into(), id.to_string()]).await {
		Err(error) if network.contract(id).await?.is_some() => Err(error),
		_ => Ok(()),
	}
}
