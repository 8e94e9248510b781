// SPDX-License-Identifier: Apache-2.0
//! Moves tokens between neighbouring chains.

use crate::{Chain, Error, Signer, Wait};
use std::time::{Duration, Instant};
use terrace_layers::{views::LaneView, AccountId, Balance, ChainId, LaneId, Relation};

const PAUSE: Duration = Duration::from_secs(1);

/// Why tokens did not arrive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
	/// A chain could not be asked, or refused.
	#[error(transparent)]
	Chain(#[from] Error),
	/// The chains are no neighbours of this kind.
	#[error("{child} is not registered with {parent}")]
	NotNeighbours {
		/// Address of the chain above.
		parent: String,
		/// Address of the chain below.
		child: String,
	},
	/// The tokens left and are still on their way.
	#[error(
		"the tokens have left (message {nonce} of the money lane) and did not arrive within \
		 {seconds} s"
	)]
	OnTheirWay {
		/// Nonce of the message.
		nonce: u64,
		/// How long was waited.
		seconds: u64,
	},
	/// The target chain could not credit them; the message waits there to be tried again.
	#[error("message {nonce} of the money lane arrived, and the tokens could not be credited")]
	NotCredited {
		/// Nonce of the message.
		nonce: u64,
	},
}

/// Which way tokens move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
	/// From a parent to its child.
	Down,
	/// From a child to its parent.
	Up,
}

/// Tokens that have left one chain for a neighbour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departed {
	/// Chain they left.
	pub from: ChainId,
	/// Nonce of the message that carries them.
	pub nonce: u64,
	/// Failed messages at the target before.
	dead_letters: u32,
}

/// Sends tokens from `source` to `target`, and returns when that is in a block.
pub async fn depart(
	source: &Chain,
	target: &Chain,
	direction: Direction,
	signer: &Signer,
	to: &AccountId,
	amount: Balance,
) -> Result<Departed, TransferError> {
	check_edge(source, target, direction).await?;
	let lane = target.lane(source.id(), LaneId::MONEY, None).await?;
	let call = call(source, target.id(), direction, to, amount)?;
	let included = source.submit_signed(&call, signer, Wait::Best).await?;
	let mut sent = included.events.iter().filter(|event| event.is("CrossLayer", "MessageSent"));
	let nonce = sent.find_map(|event| {
		let (chain, lane, nonce): (ChainId, LaneId, u64) = event.decode().ok()?;
		(chain == target.id() && lane == LaneId::MONEY).then_some(nonce)
	});
	let nonce = nonce.ok_or_else(|| source.unsupported("message for these tokens"))?;
	let dead_letters = lane.map_or(0, |lane| lane.dead_letters);
	Ok(Departed { from: source.id(), nonce, dead_letters })
}

/// The bytes of the call that sends tokens.
pub fn call(
	source: &Chain,
	target: ChainId,
	direction: Direction,
	to: &AccountId,
	amount: Balance,
) -> Result<Vec<u8>, Error> {
	match direction {
		Direction::Down => source.call("CrossLayer", "transfer_down", &(target, to, amount)),
		Direction::Up => source.call("CrossLayer", "transfer_up", &(to, amount)),
	}
}

/// Waits until departed tokens have arrived at `target`.
pub async fn arrive(
	departed: &Departed,
	target: &Chain,
	patience: Duration,
) -> Result<(), TransferError> {
	let start = Instant::now();
	while start.elapsed() < patience {
		let lane = target.lane(departed.from, LaneId::MONEY, None).await?;
		match lane.as_ref().map(|lane| arrival(departed, lane)) {
			Some(Arrival::Credited) => return Ok(()),
			Some(Arrival::Failed) => {
				return Err(TransferError::NotCredited { nonce: departed.nonce })
			}
			Some(Arrival::Pending) | None => tokio::time::sleep(PAUSE).await,
		}
	}
	Err(TransferError::OnTheirWay { nonce: departed.nonce, seconds: patience.as_secs() })
}

#[derive(Debug, PartialEq, Eq)]
enum Arrival {
	Pending,
	Credited,
	Failed,
}

fn arrival(departed: &Departed, lane: &LaneView) -> Arrival {
	if lane.state.in_nonce < departed.nonce {
		Arrival::Pending
	} else if lane.dead_letters > departed.dead_letters {
		Arrival::Failed
	} else {
		Arrival::Credited
	}
}

/// Makes sure that tokens can move between the chains.
async fn check_edge(
	source: &Chain,
	target: &Chain,
	direction: Direction,
) -> Result<(), TransferError> {
	let relation = match direction {
		Direction::Down => Relation::Child,
		Direction::Up => Relation::Parent,
	};
	let neighbours = source.neighbours(None).await?;
	if neighbours.iter().any(|view| view.chain == target.id() && view.relation == relation) {
		return Ok(());
	}
	let (parent, child) = match direction {
		Direction::Down => (source, target),
		Direction::Up => (target, source),
	};
	Err(TransferError::NotNeighbours { parent: parent.url().into(), child: child.url().into() })
}

#[cfg(test)]
mod tests {
	use super::*;
	use terrace_layers::LaneState;

	#[test]
	fn arrival_is_told_by_the_lane() {
		let departed = Departed { from: ChainId::default(), nonce: 5, dead_letters: 1 };
		let lane = |in_nonce, dead_letters| LaneView {
			state: LaneState { in_nonce, ..LaneState::new(ChainId::default(), 0) },
			acked: 0,
			dead_letters,
			peer_best: 0,
		};
		assert_eq!(arrival(&departed, &lane(4, 1)), Arrival::Pending);
		assert_eq!(arrival(&departed, &lane(5, 1)), Arrival::Credited);
		assert_eq!(arrival(&departed, &lane(9, 1)), Arrival::Credited);
		assert_eq!(arrival(&departed, &lane(5, 2)), Arrival::Failed);
	}
}
