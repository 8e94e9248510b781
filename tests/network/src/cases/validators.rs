// SPDX-License-Identifier: Apache-2.0
//! Authority sets that change while nobody relays, and authorities that fail.

use crate::{ensure, wait_for, Failure, Network, Side};
use serde_json::json;
use std::time::Duration;
use terrace_client::{Chain, Signer, Wait};
use terrace_layers::{Layer, Relation};

/// Longest time until a candidate is an authority: two sessions of a minute, with room to spare.
const JOINS: Duration = Duration::from_secs(300);
/// Longest time a message may take once a relay runs.
const ARRIVES: Duration = Duration::from_secs(180);

/// The relay of the upper edge is down while two validators join the main chain, one after the other;
/// then it catches up by itself. Afterwards one of the four validators fails, and messages go on.
pub async fn outage(network: &mut Network) -> Result<(), Failure> {
	let before = set_id(network).await?;
	network.kill_node(Layer::Contract, Side::Alice).await?;
	join(network, Side::Charlie, "//Charlie", before + 1).await?;
	join(network, Side::Dave, "//Dave", before + 2).await?;
	network.start_node(Layer::Contract, Side::Alice).await?;
	wait_for("the relay catches up", ARRIVES, Duration::from_secs(1), || async {
		Ok((followed_set(network).await? >= before + 2).then_some(()))
	})
	.await?;
	send_down(network).await?;

	network.kill_node(Layer::Main, Side::Dave).await?;
	let (number, _) = network.chain(Layer::Main).await?.finalized().await?;
	network.await_finality(Layer::Main, number + 5).await?;
	send_down(network).await
}

/// Id of the main chain's authority set, as its newest final block has it.
async fn set_id(network: &Network) -> Result<u64, Failure> {
	let chain = network.chain(Layer::Main).await?;
	let (_, at) = chain.finalized().await?;
	Ok(chain.api("GrandpaApi_current_set_id", &(), Some(at)).await?)
}

/// Id of the main chain's authority set that the contract chain follows.
async fn followed_set(network: &Network) -> Result<u64, Failure> {
	let all = network.neighbours(Layer::Contract).await?;
	let parent = all.into_iter().find(|view| view.relation == Relation::Parent);
	Ok(parent.ok_or("the contract chain has no parent")?.set_id)
}

/// Starts a node on the main chain, gives it session keys and bonds for it, until it is an authority.
async fn join(network: &mut Network, side: Side, suri: &str, set: u64) -> Result<(), Failure> {
	network.start_node(Layer::Main, side).await?;
	let node = Chain::connect(&network.node_url(Layer::Main, side)).await?;
	let signer = Signer::from_suri(suri)?;
	let owner = format!("0x{}", hex::encode(signer.account()));
	let made: serde_json::Value = node.rpc("author_rotateKeysWithOwner", json!([owner])).await?;
	let (keys, proof) = (bytes(&made["keys"])?, bytes(&made["proof"])?);
	let main = network.chain(Layer::Main).await?;
	let keys: [u8; 64] = keys.try_into().map_err(|_| Failure("two keys expected".into()))?;
	let call = main.call("Session", "set_keys", &(keys, proof))?;
	main.submit_signed(&call, &signer, Wait::Finalized).await?;
	let call = main.call("CollatorSelection", "register_as_candidate", &())?;
	main.submit_signed(&call, &signer, Wait::Finalized).await?;
	wait_for("the newcomer is an authority", JOINS, Duration::from_secs(1), || async {
		Ok((set_id(network).await? >= set).then_some(()))
	})
	.await
}

fn bytes(value: &serde_json::Value) -> Result<Vec<u8>, Failure> {
	let digits = value.as_str().and_then(|text| text.strip_prefix("0x"));
	let digits = digits.ok_or_else(|| Failure(format!("not bytes: {value}")))?;
	hex::decode(digits).map_err(|error| Failure(error.to_string()))
}

/// Moves a token down and waits for it, as a person would.
async fn send_down(network: &Network) -> Result<(), Failure> {
	let to = crate::address(crate::CLIENT)?;
	let contract = network.chain(Layer::Contract).await?;
	let account = Signer::from_suri(crate::CLIENT)?.account();
	let before = contract.funds(&account).await?.free;
	network.transfer_down(crate::FUNDER, &to, "1").await?;
	let after = contract.funds(&account).await?.free;
	ensure!(after > before, "{before} before, {after} after one more token");
	Ok(())
}
