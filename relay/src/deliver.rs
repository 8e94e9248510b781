// SPDX-License-Identifier: Apache-2.0
//! Makes calls of what the source says, and submits them to the target.

use crate::{
	calls::{self, Call, Relayed},
	clock::{within, Clock},
	fault::Fault,
	node::Node,
	plan::{candidates, load, SourceEnd, TargetEnd},
	side::Lease,
	LOG_TARGET,
};
use futures::{StreamExt, TryStreamExt};
use sp_core::H256;
use sp_runtime::Weight;
use std::{sync::Arc, time::Duration};
use terrace_client::{Error, Signer};
use terrace_layers::{keys, ChainId, Direction, FinalityProof, LaneId, Layer};

/// How long a call may take to get into a final block before both chains are looked at again.
const INCLUSION: Duration = Duration::from_secs(90);
/// Messages whose weight is asked for at the same time.
const AT_ONCE: usize = 16;

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
	/// The target's end before it.
	pub before: TargetEnd,
	/// Nonce of the first message that it delivers.
	pub first: u64,
	/// Messages that it delivers.
	pub messages: usize,
	/// The call.
	pub call: Call,
}

/// The two chains of one direction, and who pays at the target.
pub(crate) struct Pair {
	pub source: Lease,
	pub target: Lease,
	signer: Option<Signer>,
	clock: Arc<dyn Clock>,
}

impl Pair {
	pub fn new(
		source: Lease,
		target: Lease,
		signer: Option<&Signer>,
		clock: Arc<dyn Clock>,
	) -> Self {
		let signer = signer.filter(|_| is_paid(target.node.layer())).cloned();
		Self { source, target, signer, clock }
	}

	pub fn source(&self) -> &dyn Node {
		&*self.source.node
	}

	pub fn target(&self) -> &dyn Node {
		&*self.target.node
	}

	/// The chain that sends.
	pub fn source_id(&self) -> ChainId {
		self.source.node.id()
	}

	/// The chain that receives.
	pub fn target_id(&self) -> ChainId {
		self.target.node.id()
	}

	/// Whose account pays, if any does.
	pub fn signer(&self) -> Option<&Signer> {
		self.signer.as_ref()
	}

	/// Whether the target takes calls of this relay at all.
	pub fn may_submit(&self) -> bool {
		!is_paid(self.target.node.layer()) || self.signer.is_some()
	}

	/// The call that delivers a lane, proven at a block of the source.
	pub async fn delivery(
		&self,
		lane: LaneId,
		at: Block,
		finality: Option<FinalityProof>,
		ends: (TargetEnd, SourceEnd),
		(incarnation, most): (u32, u32),
	) -> Result<Delivery, Fault> {
		let lane_key = vec![keys::lane(self.target_id(), lane)];
		let proof = self.source().read_proof(lane_key, at.hash).await?;
		let (source, target) = (self.source_id(), self.target_id());
		let direction = Direction { source, target, lane, incarnation };
		let payloads = self.payloads(direction, at, ends).await?;
		let weights = self.weights(&payloads, most).await?;
		let load = load(payloads, &weights);
		let (first, messages) = (ends.0.received.saturating_add(1), load.messages.len());
		tracing::debug!(
			target: LOG_TARGET,
			to = self.target().url(),
			lane = lane.0,
			at = at.number,
			finality = finality.is_some(),
			first,
			messages,
			tail = load.tail.len(),
			acknowledged = ends.1.received,
			"delivering",
		);
		let relayed = Relayed { source, lane, finality, at: at.number, proof, first, load };
		Ok(Delivery { lane, before: ends.0, first, messages, call: calls::relay(&relayed) })
	}

	/// Everything that the target lacks, if it is what the source's chain has committed to.
	async fn payloads(
		&self,
		direction: Direction,
		at: Block,
		(target, source): (TargetEnd, SourceEnd),
	) -> Result<Vec<Vec<u8>>, Fault> {
		let Direction { target: to, lane, .. } = direction;
		let wanted = source.sent.saturating_sub(target.received);
		let limit = u32::try_from(wanted).unwrap_or(u32::MAX);
		if limit == 0 {
			return Ok(Vec::new());
		}
		let from = target.received.saturating_add(1);
		let mut payloads = self.source().messages(to, lane, from, limit, at.hash).await?;
		payloads.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
		let (found, url) = (payloads.len(), self.source().url());
		if u64::try_from(found) != Ok(wanted) {
			let block = at.number;
			return Err(Fault::MissingMessages { url: url.into(), found, wanted, from, block });
		}
		let extended = direction.extend(target.received, target.head, &payloads, &[]);
		match extended.is_some_and(|extended| extended.end == (source.sent, source.head)) {
			true => Ok(payloads),
			false => Err(Fault::OtherMessages { url: url.into(), lane: lane.0, from }),
		}
	}

	/// What the target says of the messages that one call may take.
	async fn weights(&self, payloads: &[Vec<u8>], most: u32) -> Result<Vec<Weight>, Fault> {
		let payloads = payloads.iter().take(candidates(payloads, most)).cloned();
		let weights = futures::stream::iter(payloads)
			.map(|payload| self.target().dispatch_weight(payload))
			.buffered(AT_ONCE)
			.try_collect()
			.await?;
		Ok(weights)
	}

	/// Submits a call, and waits until it is in a final block.
	///
	/// A call that an account pays for is tried first: in vain it would cost the fee.
	pub async fn submit(&self, call: &Call) -> Result<Outcome, Fault> {
		let sent = async {
			if let Some(signer) = self.signer() {
				self.target().check(call, signer).await?;
			}
			self.target().submit(call, self.signer()).await
		};
		match within(&*self.clock, INCLUSION, sent).await {
			None => Ok(Outcome::Unknown),
			Some(Ok(())) => Ok(Outcome::Done),
			Some(Err(error)) => outcome(error),
		}
	}
}

/// Whether relayed calls are paid for in advance on chains of this layer.
pub(crate) fn is_paid(layer: Layer) -> bool {
	layer == Layer::Main
}

/// What an error means for the call that met it.
fn outcome(error: Error) -> Result<Outcome, Fault> {
	Ok(match error {
		Error::Rejected { stale: true, .. } => Outcome::Late,
		Error::Lost { .. } => Outcome::Unknown,
		error if is_late(&error) => Outcome::Late,
		error @ (Error::Rejected { .. } | Error::Dispatch { .. }) => Outcome::Refused(error),
		other => return Err(other.into()),
	})
}

/// Whether a chain says that it has moved on.
fn is_late(error: &Error) -> bool {
	const LATE: [(&str, &str); 7] = [
		("CrossLayer", "Obsolete"),
		("CrossLayer", "NotYet"),
		("CrossLayer", "WrongCount"),
		("CrossLayer", "HeaderUnknown"),
		("ChainRegistry", "Obsolete"),
		("ChainRegistry", "WrongSetId"),
		("ChainRegistry", "EvidenceUsed"),
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
			dispatch("CrossLayer", "NotYet"),
			dispatch("ChainRegistry", "Obsolete"),
			dispatch("ChainRegistry", "EvidenceUsed"),
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
		let told = outcome(error.clone());
		assert!(matches!(&told, Err(Fault::Node(told)) if *told == error), "{told:?}");
	}
}
