// SPDX-License-Identifier: Apache-2.0
//! The network tests. Each leaves the network running and idle.

mod bad_input;
mod clients;
mod faults;
mod restart;
mod store;

use crate::{ensure, wait_for, Failure, Network};
use std::{
	path::{Path, PathBuf},
	time::Duration,
};
use terrace_layers::{
	views::{ContractState, ContractView},
	ContractId,
};

/// Names of all tests, in the order in which they run.
pub const NAMES: [&str; 6] = [
	"files_of_any_name_and_size_are_stored_proven_paid_and_fetched",
	"bad_input_is_refused_and_leaves_no_escrow_behind",
	"polkadot_js_reads_and_decodes_all_three_chains",
	"a_provider_that_loses_its_blob_is_not_paid_and_the_client_is_refunded",
	"a_collator_killed_with_its_relay_loses_nothing_and_repeats_nothing",
	"a_provider_killed_in_the_middle_goes_on",
];

/// Runs one test by name.
pub async fn run(name: &str, network: &mut Network) -> Result<(), Failure> {
	match name {
		n if n == NAMES[0] => store::whole_way(network).await,
		n if n == NAMES[1] => bad_input::run(network).await,
		n if n == NAMES[2] => clients::polkadot_js(network).await,
		n if n == NAMES[3] => faults::lost_blob(network).await,
		n if n == NAMES[4] => restart::collators(network).await,
		n if n == NAMES[5] => restart::provider(network).await,
		other => Err(Failure(format!("no test is called {other}"))),
	}
}

/// Longest time a contract of a few windows takes, with room for a slow machine.
const SETTLEMENT: Duration = Duration::from_secs(480);

/// Writes a file of `size` bytes that differ from test to test.
fn write_file(dir: &Path, name: &str, size: usize) -> Result<PathBuf, Failure> {
	let mut data = vec![0; size];
	let mut reader = blake3::Hasher::new().update(name.as_bytes()).finalize_xof();
	reader.fill(&mut data);
	let path = dir.join(name);
	std::fs::write(&path, data)?;
	Ok(path)
}

/// Stores a file and returns the ids of its contracts.
async fn store(
	network: &Network,
	file: &Path,
	providers: &[usize],
	windows: u32,
) -> Result<Vec<ContractId>, Failure> {
	let mut args = vec!["store".to_string(), file.display().to_string()];
	for index in providers {
		args.extend(["--provider".into(), crate::address(crate::PROVIDERS[*index])?]);
	}
	args.extend(["--windows".into(), windows.to_string()]);
	let answer = network.terrace(crate::CLIENT, &args).await?;
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
async fn ended(network: &Network, id: ContractId) -> Result<ContractView, Failure> {
	wait_for("the contract is settled", SETTLEMENT, Duration::from_millis(400), || async {
		let view = network.contract(id).await?.ok_or("the contract was closed unseen")?;
		Ok((view.state == ContractState::Ended).then_some(view))
	})
	.await
}

/// Fetches a contract's blob and compares it with the file it was made from.
async fn compare(network: &Network, id: ContractId, file: &Path) -> Result<(), Failure> {
	let copy = network.layout.dir.join(format!("fetched-{id}"));
	let args = ["fetch", &id.to_string(), "-o", &copy.display().to_string()].map(String::from);
	network.terrace(crate::CLIENT, &args).await?;
	let same = std::fs::read(&copy)? == std::fs::read(file)?;
	std::fs::remove_file(&copy)?;
	ensure!(same, "contract {id}: the fetched bytes differ from {}", file.display());
	Ok(())
}

/// Closes a contract, unless its provider already has.
async fn close(network: &Network, id: ContractId) -> Result<(), Failure> {
	if network.contract(id).await?.is_none() {
		return Ok(());
	}
	match network.terrace(crate::CLIENT, &["close".into(), id.to_string()]).await {
		Err(error) if network.contract(id).await?.is_some() => Err(error),
		_ => Ok(()),
	}
}
