// SPDX-License-Identifier: Apache-2.0
//! Joins both ends of an edge.

use crate::{
	direction::{Direction, Settings, Way},
	fault::Fault,
	node::Node,
	side::{Context, Side},
	Config, LOG_TARGET,
};
use std::{convert::Infallible, sync::Arc};
use terrace_client::Signer;
use terrace_layers::{ChainId, Relation};

/// Relays both ways for ever.
pub(crate) async fn relay(config: &Config, signer: Option<Signer>, context: Context) -> Infallible {
	let parent = Arc::new(Side::new("parent", &config.parent_urls, context.clone()));
	let child = Arc::new(Side::new("child", &config.child_urls, context.clone()));
	let (below, above) = identify(&child).await;
	child.expect(below);
	parent.expect(above);
	let lease = parent.lease().await;
	tracing::info!(target: LOG_TARGET, parent = %above, child = %below, "relaying");
	if crate::deliver::is_paid(lease.node.layer()) && signer.is_none() {
		tracing::warn!(
			target: LOG_TARGET,
			"nothing is delivered to the main chain: that takes an account, and no signer is given",
		);
	}
	drop(lease);
	let direction = |way, source: &Arc<Side>, target: &Arc<Side>| {
		let settings = Settings {
			source: source.clone(),
			target: target.clone(),
			signer: signer.clone(),
			clock: context.clock.clone(),
			journal: context.journal.clone(),
			jitter: config.jitter,
			recovery: config.recovery.clone(),
			stall: context.stall,
		};
		Direction::new(settings, context.metrics.of(way))
	};
	let down = direction(Way::Down, &parent, &child);
	let up = direction(Way::Up, &child, &parent);
	let (never, _) = futures::join!(down.run(), up.run());
	never
}

/// The child and the parent that it names, however long finding out takes.
async fn identify(child: &Side) -> (ChainId, ChainId) {
	loop {
		let lease = child.lease().await;
		match parent_named_by(&*lease.node).await {
			Ok(parent) => return (lease.node.id(), parent),
			Err(fault) => child.leave(&lease, &fault).await,
		}
	}
}

async fn parent_named_by(child: &dyn Node) -> Result<ChainId, Fault> {
	let neighbours = child.neighbours().await?;
	let parent = neighbours.into_iter().find(|view| view.relation == Relation::Parent);
	let found = parent.map(|view| view.chain);
	found.ok_or_else(|| Fault::NoParent { url: child.url().into(), chain: child.id() })
}
