// SPDX-License-Identifier: Apache-2.0
//! Makes calls of what the source says, and submits them to the target.

use crate::{
	plan::{load, Load, SourceEnd, TargetEnd},
	LOG_TARGET,
};
use sp_core::H256;
use std::time::Duration;
use terrace_client::{Chain, Error, Signer, Wait};
use terrace_layers::{keys, FinalityProof, LaneId};

/// How long a call may take to get into a block before both chains are looked at again.
const INCLUSION: Duration = Duration::from_secs(30);

/// What became of a call.
#[derive(Debug)]
pub(crate) enum Outcome {
	/// It did its work.
	Done,
	/// Somebody else did its work, or what it refers to has changed.
	Late,
	/// The target does not take it.
	Refused(Error),
	/// It may still get into a block.
	Unknown,
}

/// A final block of the source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
	pub number: u32,
	pub hash: H256,
}

/// One call to deliver one lane.
#[derive(Debug)]
pub(crate) struct Delivery {
	/// The lane.
	pub lane: LaneId,
	/// Messages that it delivers.
	pub messages: usize,
	call: Vec<u8>,
}

/// The two chains of one direction, and who pays at the target.
pub(crate) struct Pair {
	pub source: Chain,
	pub target: Chain,
	pub signer: Option<Signer>,
}

impl Pair {
	/// The call that delivers a lane, proven at a block of the source.
	pub async fn delivery(
		&self,
		lane: LaneId,
		at: Block,
		finality: Option<FinalityProof>,
		ends: (TargetEnd, SourceEnd),
		most: u32,
	) -> Result<Delivery, Error> {
		let proof = self.source.read_proof(&[keys::lane(self.target.id(), lane)], at.hash).await?;
		let payloads = self.payloads(lane, at, ends).await?;
		let Load { messages, tail, max_weight } = load(payloads, most);
		let count = messages.len();
		tracing::debug!(
			target: LOG_TARGET,
			to = ?self.target,
			lane = lane.0,
			at = at.number,
			finality = finality.is_some(),
			messages = count,
			tail = tail.len(),
			acknowledged = ends.1.received,
			"delivering",
		);
		let source = self.source.id();
		let finality = finality.map(Box::new);
		let args = (source, lane, finality, at.number, proof, messages, tail, max_weight);
		let call = self.target.call("CrossLayer", "relay", &args)?;
		Ok(Delivery { lane, messages: count, call })
	}

	/// Everything that the target lacks.
	async fn payloads(
		&self,
		lane: LaneId,
		at: Block,
		(target, source): (TargetEnd, SourceEnd),
	) -> Result<Vec<Vec<u8>>, Error> {
		let count = source.sent.saturating_sub(target.received);
		let limit = u32::try_from(count).unwrap_or(u32::MAX);
		if limit == 0 {
			return Ok(Vec::new());
		}
		let from = target.received.saturating_add(1);
		let to = self.target.id();
		let mut payloads = self.source.messages(to, lane, from, limit, Some(at.hash)).await?;
		payloads.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
		if u64::try_from(payloads.len()) == Ok(count) {
			return Ok(payloads);
		}
		Err(Error::Malformed {
			url: self.source.url().into(),
			method: "LinkApi_messages".into(),
			reason: format!(
				"{} of {count} messages from {from} on are there at block {}",
				payloads.len(),
				at.number
			),
		})
	}

	pub async fn submit_delivery(&self, delivery: &Delivery) -> Result<Outcome, Error> {
		self.submit(&delivery.call).await
	}

	/// Submits finality alone.
	pub async fn submit_finality(&self, proof: FinalityProof) -> Result<Outcome, Error> {
		let args = (self.source.id(), Box::new(proof));
		let call = self.target.call("ChainRegistry", "submit_finality", &args)?;
		self.submit(&call).await
	}

	/// Submits a call, and waits until it is in a block.
	async fn submit(&self, call: &[u8]) -> Result<Outcome, Error> {
		let sent = async {
			match &self.signer {
				Some(signer) => self.target.submit_signed(call, signer, Wait::Best).await,
				None => self.target.submit_general_and_wait(call, Wait::Best).await,
			}
		};
		match tokio::time::timeout(INCLUSION, sent).await {
			Err(_) => Ok(Outcome::Unknown),
			Ok(Ok(_)) => Ok(Outcome::Done),
			Ok(Err(error)) => outcome(error),
		}
	}
}

/// What an error means for the call that met it.
fn outcome(error: Error) -> Result<Outcome, Error> {
	Ok(match error {
		Error::Rejected { stale: true, .. } => Outcome::Late,
		Error::Lost { .. } => Outcome::Unknown,
		error if is_late(&error) => Outcome::Late,
		error @ (Error::Rejected { .. } | Error::Dispatch { .. }) => Outcome::Refused(error),
		other => return Err(other),
	})
}

/// Whether a chain says that it has moved on.
fn is_late(error: &Error) -> bool {
	const LATE: [(&str, &str); 5] = [
		("CrossLayer", "Obsolete"),
		("CrossLayer", "WrongCount"),
		("CrossLayer", "HeaderUnknown"),
		("ChainRegistry", "Obsolete"),
		("ChainRegistry", "WrongSetId"),
	];
	LATE.iter().any(|(pallet, name)| error.is_dispatch(pallet, name))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn dispatch(pallet: &str, name: &str) -> Error {
		Error::Dispatch { pallet: pallet.into(), name: name.into(), docs: String::new() }
	}

	fn rejected(stale: bool) -> Error {
		Error::Rejected { reason: "Invalid Transaction".into(), stale }
	}

	#[test]
	fn lost_races_are_normal() {
		for error in [
			rejected(true),
			dispatch("CrossLayer", "Obsolete"),
			dispatch("ChainRegistry", "Obsolete"),
		] {
			assert!(matches!(outcome(error.clone()), Ok(Outcome::Late)), "{error}");
		}
	}

	#[test]
	fn refusals_are_told() {
		for error in [rejected(false), dispatch("CrossLayer", "WeightTooLow")] {
			let Ok(Outcome::Refused(told)) = outcome(error.clone()) else { panic!("{error}") };
			assert_eq!(told, error);
		}
	}

	#[test]
	fn broken_connection_is_no_outcome() {
		let error = Error::Unreachable { url: "ws://x".into(), reason: "gone".into() };
		assert!(matches!(outcome(error.clone()), Err(told) if told == error));
	}
}
