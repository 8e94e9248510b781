// SPDX-License-Identifier: Apache-2.0
//! Processes killed at the worst moment.

use super::{close, compare, ended, store, write_file};
use crate::{ensure, wait_for, Failure, Network, Side};
use std::time::Duration;
use terrace_layers::{ChainId, LaneId, Layer, Relation};

/// The collators that run both relays, and a node of their common ancestor, are killed under traffic and
/// started again from their databases.
pub async fn collators(network: &mut Network) -> Result<(), Failure> {
	let windows = 4;
	let file = write_file(&network.layout.dir, "killed", 123_456)?;
	let id = store(network, &file, &[0], windows).await?[0];
	for layer in [Layer::Main, Layer::Contract, Layer::Proof] {
		let node = network.node(layer, Side::Alice).ok_or("the node is not started")?;
		node.kill().await?;
		tokio::time::sleep(Duration::from_secs(6)).await;
		network.start_node(layer, Side::Alice).await?;
	}
	let view = ended(network, id).await?;
	ensure!(view.reported == windows, "{} of {windows} windows reported", view.reported);
	ensure!(view.paid + view.refundable == view.escrow, "money is missing: {view:?}");
	ensure!(view.proven > 0, "nothing was proven: {view:?}");
	compare(network, id, &file).await?;
	close(network, id).await?;
	both_ends_agree(network, Layer::Main, Layer::Contract).await?;
	both_ends_agree(network, Layer::Contract, Layer::Proof).await
}

/// What one end has sent arrives at the other, in both directions of every lane.
async fn both_ends_agree(network: &Network, parent: Layer, child: Layer) -> Result<(), Failure> {
	let parent_id = neighbour(network, child, Relation::Parent).await?;
	let child_id = network.chain(child).await?.id();
	for lane in LaneId::ALL {
		let missing = || Failure(format!("lane {lane:?} does not exist"));
		let down = network.lane(parent, child_id, lane).await?.ok_or_else(missing)?;
		let up = network.lane(child, parent_id, lane).await?.ok_or_else(missing)?;
		let what = format!("lane {lane:?} of {parent:?} and {child:?} delivers what was sent");
		wait_for(&what, Duration::from_secs(120), Duration::from_millis(500), || async {
			let below = network.lane(child, parent_id, lane).await?.ok_or("no lane")?;
			let above = network.lane(parent, child_id, lane).await?.ok_or("no lane")?;
			Ok((below.state.in_nonce >= down.state.out_nonce
				&& above.state.in_nonce >= up.state.out_nonce)
				.then_some(()))
		})
		.await?;
		let below = network.lane(child, parent_id, lane).await?.ok_or_else(missing)?;
		let above = network.lane(parent, child_id, lane).await?.ok_or_else(missing)?;
		ensure!(below.state.in_nonce <= above.state.out_nonce, "more received than sent");
		ensure!(below.dead_letters + above.dead_letters == 0, "a message failed on lane {lane:?}");
	}
	Ok(())
}

async fn neighbour(
	network: &Network,
	layer: Layer,
	relation: Relation,
) -> Result<ChainId, Failure> {
	let all = network.neighbours(layer).await?;
	let found = all.into_iter().find(|view| view.relation == relation);
	Ok(found.ok_or("the neighbour is not known")?.chain)
}

/// A provider is killed while a contract runs; started again, it proves what is due.
pub async fn provider(network: &mut Network) -> Result<(), Failure> {
	let windows = 4;
	let file = write_file(&network.layout.dir, "provider-killed", 1_234_567)?;
	let id = store(network, &file, &[1], windows).await?[0];
	network.provider(1).ok_or("the provider is not started")?.kill().await?;
	network.start_provider(1).await?;
	let view = ended(network, id).await?;
	ensure!(view.proven + 1 >= windows, "{} of {windows} windows proven", view.proven);
	ensure!(view.paid + view.refundable == view.escrow, "money is missing: {view:?}");
	compare(network, id, &file).await?;
	close(network, id).await
}
