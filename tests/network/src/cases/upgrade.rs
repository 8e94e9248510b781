// SPDX-License-Identifier: Apache-2.0
//! New code for a running network, by votes.

use super::{close, ended, store, write_file};
use crate::{ensure, wait_for, Failure, Network};
use serde_json::{json, Value};
use std::{path::PathBuf, time::Duration};
use terrace_layers::Layer;

/// Account whose tokens decide, besides the one that proposes.
const VOTER: &str = "//Bob";
/// Longest way from a vote to the announcement on a proof chain, with room for a slow machine.
const DECISION: Duration = Duration::from_secs(420);
/// Longest time from an announcement to its effect.
const NOTICE: Duration = Duration::from_secs(180);
/// The layers with their names on the command line.
const LAYERS: [(&str, Layer); 3] =
	[("main", Layer::Main), ("contract", Layer::Contract), ("proof", Layer::Proof)];

/// Three votes, three upgrades, and no window lost.
pub async fn all_layers(network: &mut Network) -> Result<(), Failure> {
	let file = write_file(&network.layout.dir, "upgraded", 100_000)?;
	let ids = store(network, &file, &[0], 15).await?;
	let id = *ids.first().ok_or("nothing is stored")?;
	let before = versions(network).await?;
	for (name, _) in LAYERS {
		propose(network, name).await?;
	}
	// A call that is on its way down when a chain on it changes its version is lost.
	for (name, _) in LAYERS {
		announced(network, name).await?;
	}
	for (name, layer) in LAYERS {
		refuse_other_code(network, name).await?;
		apply(network, name, layer).await?;
	}
	let after = versions(network).await?;
	for ((name, _), (old, new)) in LAYERS.into_iter().zip(before.into_iter().zip(after)) {
		ensure!(new == old + 1, "the {name} chain is of version {new} after {old}");
	}
	network.upgraded = true;
	let view = ended(network, id).await?;
	ensure!(
		(view.faults, view.outages) == (0, 0),
		"{} faults, {} outages",
		view.faults,
		view.outages
	);
	ensure!(view.paid == view.escrow, "paid {} of {}", view.paid, view.escrow);
	close(network, id).await
}

/// The blob of a chain's next runtime.
fn blob(name: &str) -> Result<PathBuf, Failure> {
	let folder = std::env::var("TERRACE_NEXT_RUNTIMES")
		.map_err(|_| "TERRACE_NEXT_RUNTIMES must name what `scripts/release --next` wrote")?;
	Ok(PathBuf::from(folder).join(format!("terrace-{name}.wasm")))
}

fn args(list: &[&str]) -> Vec<String> {
	list.iter().map(ToString::to_string).collect()
}

async fn gov(network: &Network, who: &str, list: &[&str]) -> Result<Value, Failure> {
	network.terrace(who, &[args(&["gov"]), args(list)].concat()).await
}

async fn propose(network: &Network, name: &str) -> Result<(), Failure> {
	let file = blob(name)?.display().to_string();
	let proposed =
		gov(network, crate::FUNDER, &["propose-upgrade", &file, "--chain", name]).await?;
	let index = proposed["referendum"].as_u64().ok_or("it has a number")?.to_string();
	for who in [crate::FUNDER, VOTER] {
		gov(network, who, &["vote", &index, "aye", "--balance", "400000"]).await?;
	}
	Ok(())
}

/// Waits until the chain has announced its code.
async fn announced(network: &Network, name: &str) -> Result<(), Failure> {
	let what = format!("the {name} chain announces its code");
	wait_for(&what, DECISION, Duration::from_secs(2), || async {
		let status = gov(network, crate::FUNDER, &["status"]).await?;
		let all = status["upgrades"].as_array().cloned().unwrap_or_default();
		Ok(all.iter().any(|upgrade| upgrade["chain"] == name).then_some(()))
	})
	.await
}

/// The blob of another chain is not taken.
async fn refuse_other_code(network: &Network, name: &str) -> Result<(), Failure> {
	let other = if name == "main" { "proof" } else { "main" };
	let file = blob(other)?.display().to_string();
	let taken = gov(network, crate::FUNDER, &["apply", &file, "--chain", name]).await;
	ensure!(taken.is_err(), "the {name} chain took the {other} chain's code");
	Ok(())
}

async fn apply(network: &Network, name: &str, layer: Layer) -> Result<(), Failure> {
	let file = blob(name)?.display().to_string();
	let what = format!("the {name} chain takes its code");
	let before = version(network, layer).await?;
	wait_for(&what, NOTICE, Duration::from_secs(2), || async {
		gov(network, crate::FUNDER, &["apply", &file, "--chain", name]).await.map(Some)
	})
	.await?;
	let what = format!("the {name} chain runs its code");
	wait_for(&what, NOTICE, Duration::from_secs(1), || async {
		Ok((version(network, layer).await? > before).then_some(()))
	})
	.await
}

async fn version(network: &Network, layer: Layer) -> Result<u64, Failure> {
	let chain = network.chain(layer).await?;
	let version: Value = chain.rpc("state_getRuntimeVersion", json!([])).await?;
	Ok(version["specVersion"].as_u64().ok_or("a runtime has a version")?)
}

async fn versions(network: &Network) -> Result<Vec<u64>, Failure> {
	let mut all = Vec::new();
	for (_, layer) in LAYERS {
		all.push(version(network, layer).await?);
	}
	Ok(all)
}
