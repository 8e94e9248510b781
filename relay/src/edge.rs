// SPDX-License-Identifier: Apache-2.0
//! Connects both ends of an edge and makes sure that they belong together.

use crate::{
	backoff::Backoff,
	direction::{Direction, Way},
	metrics::Metrics,
	Config, Error, LOG_TARGET,
};
use std::future::Future;
use terrace_client::{Chain, Error as ClientError, Signer};
use terrace_layers::{ChainId, Layer, Relation};

/// Relays both ways for ever.
pub(crate) async fn relay(
	config: &Config,
	signer: Option<Signer>,
	metrics: &Metrics,
) -> Result<(), Error> {
	let child = connect(&config.child_url).await?;
	let parent = connect(&config.parent_url).await?;
	let named = persist("the child's neighbours", || parent_named_by(&child)).await?;
	check(&child, &parent, named)?;
	tracing::info!(
		target: LOG_TARGET,
		parent = %parent.id(),
		child = %child.id(),
		"relaying between the {:?} chain and the {:?} chain",
		parent.layer(),
		child.layer(),
	);
	let signer_at = |target: &Chain| signer.clone().filter(|_| is_paid(target));
	let down = (signer_at(&child), Way::Down, parent.clone(), child.clone());
	let up = (signer_at(&parent), Way::Up, child, parent);
	if is_paid(&up.3) && up.0.is_none() {
		tracing::warn!(
			target: LOG_TARGET,
			"nothing is delivered to the main chain: that takes an account, and no signer is given",
		);
		return Err(direction(down, metrics).run().await.into());
	}
	let error = tokio::select! {
		error = direction(down, metrics).run() => error,
		error = direction(up, metrics).run() => error,
	};
	Err(error.into())
}

fn direction(
	(signer, way, source, target): (Option<Signer>, Way, Chain, Chain),
	metrics: &Metrics,
) -> Direction {
	Direction::new(source, target, signer, metrics.of(way))
}

/// Whether relayed calls are paid for in advance on a chain.
fn is_paid(target: &Chain) -> bool {
	target.layer() == Layer::Main
}

/// Connects to a chain, however long that takes.
async fn connect(url: &str) -> Result<Chain, Error> {
	persist(url, || Chain::connect(url)).await
}

/// Asks again and again, unless the answer will stay the same.
async fn persist<T, F>(what: &str, mut ask: impl FnMut() -> F) -> Result<T, Error>
where
	F: Future<Output = Result<T, ClientError>>,
{
	let mut backoff = Backoff::new();
	loop {
		match ask().await {
			Ok(answer) => return Ok(answer),
			Err(
				error @ (ClientError::WrongChain { .. }
				| ClientError::Unsupported { .. }
				| ClientError::Secret(_)),
			) => return Err(error.into()),
			Err(error) => {
				tracing::warn!(target: LOG_TARGET, "waiting for {what}: {error}");
				backoff.pause().await;
			}
		}
	}
}

/// The parent that a chain names.
async fn parent_named_by(child: &Chain) -> Result<Option<ChainId>, ClientError> {
	let neighbours = child.neighbours(None).await?;
	let parent = neighbours.into_iter().find(|view| view.relation == Relation::Parent);
	Ok(parent.map(|view| view.chain))
}

fn check(child: &Chain, parent: &Chain, named: Option<ChainId>) -> Result<(), Error> {
	let (chain, url) = (child.id(), child.url());
	match named {
		None => Err(Error::NoParent { chain, url: url.into() }),
		Some(expected) if expected != parent.id() => Err(Error::OtherParent {
			child: chain,
			child_url: url.into(),
			expected,
			parent_url: parent.url().into(),
			found: parent.id(),
		}),
		Some(_) => Ok(()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::cell::Cell;

	fn unreachable() -> ClientError {
		ClientError::Unreachable { url: "ws://x".into(), reason: "refused".into() }
	}

	#[tokio::test]
	async fn unreachable_chain_is_waited_for() {
		let asked = Cell::new(0);
		let ask = || {
			asked.set(asked.get() + 1);
			std::future::ready(if asked.get() < 2 { Err(unreachable()) } else { Ok(7) })
		};
		assert_eq!(persist("x", ask).await, Ok(7));
		assert_eq!(asked.get(), 2);
	}

	#[tokio::test]
	async fn wrong_chain_is_not_waited_for() {
		let wrong = ClientError::WrongChain {
			url: "ws://x".into(),
			found: ChainId::default(),
			expected: ChainId::default(),
		};
		let answer = persist("x", || std::future::ready(Err::<(), _>(wrong.clone()))).await;
		assert_eq!(answer, Err(Error::Client(wrong)));
	}
}
