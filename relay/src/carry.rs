// SPDX-License-Identifier: Apache-2.0
//! Carries messages, acknowledgements and signs of life while the authorities stay the same.

use crate::{
	deliver::{Block, Delivery, Outcome, Pair},
	direction::{Direction, Step},
	fault::Fault,
	finality::{Justification, Voters},
	handover::{header_of, recent},
	plan::{is_urgent, plan, At, Lane, Need, Plan, SourceEnd, TargetEnd},
	LOG_TARGET,
};
use futures::future::join_all;
use sp_core::H256;
use std::time::Duration;
use terrace_client::Error;
use terrace_layers::{limits, views::NeighbourView, Direction as Lanes, FinalityProof, LaneId};

/// Pause between two searches for stored justifications.
const SEARCH: Duration = Duration::from_secs(12);
/// A source is heard of before this part of the time to its expiry is over.
const HEARTBEAT: u32 = 3;

impl Direction {
	/// Delivers messages and acknowledgements, or a sign of life.
	pub(crate) async fn carry(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		finalized: u32,
		voters: &Voters,
	) -> Result<Step, Fault> {
		let justification = self.justification(pair, view, finalized, voters).await?;
		let lanes = self.lanes(pair, view, justification.as_ref()).await?;
		let Some(Plan { lanes: due, at }) = plan(&lanes) else {
			return self.heartbeat(pair, view, justification, voters).await;
		};
		let due: Vec<_> = lanes.into_iter().filter(|lane| due.contains(&lane.id)).collect();
		let urgent = pair.signer().is_none() && due.iter().any(is_urgent);
		if (!urgent || self.lost_races() > 0) && self.outrun(pair, view, &due, urgent).await? {
			return Ok(Step::Late);
		}
		let known = Block { number: view.best_number, hash: view.best_hash };
		match (at, justification) {
			(At::Newer, Some(justification)) => {
				let hash = justification.commit.target_hash;
				let header = header_of(pair.source(), hash).await?;
				let at = Block { number: header.number, hash };
				let finality = Some(voters.proof(header, justification));
				self.deliver(pair, view, &due, at, finality).await
			}
			_ => self.deliver(pair, view, &due, known, None).await,
		}
	}

	/// Waits a little, and says whether another relay has done some of the work meanwhile.
	async fn outrun(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		due: &[Lane],
		urgent: bool,
	) -> Result<bool, Fault> {
		if self.yields(pair, view, urgent).await? {
			return Ok(true);
		}
		for lane in due {
			let found = pair.target().lane(pair.source_id(), lane.id, None).await?;
			if found.as_ref().map(TargetEnd::from) != Some(lane.target) {
				self.note_late();
				return Ok(true);
			}
		}
		Ok(false)
	}

	/// Brings finality alone, when the target has not heard of the source for long.
	async fn heartbeat(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		justification: Option<Justification>,
		voters: &Voters,
	) -> Result<Step, Fault> {
		let now = pair.target().best().await?;
		self.metrics.set_expiry(view.expires_at.saturating_sub(now));
		let due = self.unwanted || heartbeat_due(view, now);
		let Some(justification) = justification.filter(|_| due) else {
			return Ok(Step::Idle);
		};
		if self.yields(pair, view, false).await? {
			return Ok(Step::Late);
		}
		let header = header_of(pair.source(), justification.commit.target_hash).await?;
		let block = header.number;
		let proof = voters.proof(header, justification);
		let (outcome, bytes) = self.bring(pair, view, &[proof]).await?;
		if let Outcome::Done = outcome {
			self.metrics.note_progress(bytes);
			self.unwanted = false;
			tracing::info!(target: LOG_TARGET, way = self.way(), block, "sign of life brought");
		}
		Ok(self.judge(outcome))
	}

	/// The newest justification that brings the target further.
	pub(crate) async fn justification(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		finalized: u32,
		voters: &Voters,
	) -> Result<Option<Justification>, Fault> {
		let newest = self.kept.newest(view.best_number, voters);
		if newest.is_some() || finalized <= view.best_number {
			self.unproven = None;
			return Ok(newest);
		}
		let now = self.now();
		let unproven = *self.unproven.get_or_insert(now);
		if self.searched.is_some_and(|when| now.saturating_sub(when) < SEARCH) {
			return Ok(None);
		}
		self.searched = Some(now);
		match recent(pair.source(), view.best_number, finalized, voters).await? {
			Some(found) => {
				self.unproven = None;
				self.kept.keep(found.clone());
				Ok(Some(found))
			}
			None if now.saturating_sub(unproven) >= self.settings.stall => {
				self.unproven = None;
				Err(Fault::Unproven { url: pair.source().url().into(), block: finalized })
			}
			None => Ok(None),
		}
	}

	/// Both ends of every lane that both chains have.
	pub(crate) async fn lanes(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		justification: Option<&Justification>,
	) -> Result<Vec<Lane>, Fault> {
		let mut lanes = Vec::new();
		for id in LaneId::ALL {
			let target = pair.target().lane(pair.source_id(), id, None).await?;
			let Some(target) = target.as_ref().map(TargetEnd::from) else { continue };
			let newer = match justification {
				Some(found) => source_end(pair, id, found.commit.target_hash).await?,
				None => None,
			};
			let since = self.waiting.get(&id).copied();
			let waited = since.map_or(Duration::ZERO, |since| self.now().saturating_sub(since));
			let mut lane = Lane { id, target, known: None, newer, waited };
			// Without news there is no use in knowing where news could be proven.
			if newer.is_none() || lane.need() == Need::Delivery {
				lane.known = source_end(pair, id, view.best_hash).await?;
			}
			self.note_lane(&lane);
			lanes.push(lane);
		}
		Ok(lanes)
	}

	fn note_lane(&mut self, lane: &Lane) {
		self.metrics.set_lag(lane.id, lane.messages(), lane.acknowledgements());
		if lane.need() == Need::Nothing {
			self.waiting.remove(&lane.id);
		} else {
			let now = self.now();
			self.waiting.entry(lane.id).or_insert(now);
		}
	}

	/// Delivers lanes that are proven at one block; the first call brings its finality.
	async fn deliver(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		lanes: &[Lane],
		at: Block,
		finality: Option<FinalityProof>,
	) -> Result<Step, Fault> {
		let mut rest = lanes;
		if finality.is_some() {
			let Some((first, others)) = lanes.split_first() else { return Ok(Step::Idle) };
			let delivery = self.delivery(pair, view, first, at, finality).await?;
			let outcome = pair.submit(&delivery.call).await?;
			let step = self.settle(pair, view, &delivery, outcome);
			if step != Step::Progress {
				return Ok(step);
			}
			rest = others;
		}
		let mut deliveries = Vec::new();
		for lane in rest {
			deliveries.push(self.delivery(pair, view, lane, at, None).await?);
		}
		let sent = deliveries.iter().map(|delivery| pair.submit(&delivery.call));
		let mut worst = Step::Progress;
		for (delivery, outcome) in deliveries.iter().zip(join_all(sent).await) {
			match self.settle(pair, view, delivery, outcome?) {
				Step::Progress => {}
				other => worst = other,
			}
		}
		Ok(worst)
	}

	async fn delivery(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		lane: &Lane,
		at: Block,
		finality: Option<FinalityProof>,
	) -> Result<Delivery, Fault> {
		if self.done.remove(&lane.id) == Some(lane.target) {
			return Err(Fault::Ineffective { url: pair.target().url().into() });
		}
		// Where both ends of the source are known and no finality is brought, they are the same.
		let ends = (lane.target, lane.newest().unwrap_or_default());
		let most = self.most.get(&lane.id).copied().unwrap_or(limits::MAX_MESSAGES_PER_CALL);
		pair.delivery(lane.id, at, finality, ends, (view.incarnation, most)).await
	}

	/// Notes what became of a delivery.
	fn settle(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		delivery: &Delivery,
		outcome: Outcome,
	) -> Step {
		let (lane, messages) = (delivery.lane, delivery.messages);
		match &outcome {
			Outcome::Done => {
				self.waiting.remove(&lane);
				self.most.remove(&lane);
				self.done.insert(lane, delivery.before);
				self.metrics.count_delivered(lane, messages);
				self.metrics.note_progress(delivery.call.len());
				tracing::info!(target: LOG_TARGET, way = self.way(), lane = lane.0, messages, "delivered");
				trace(pair, view, delivery);
			}
			// The messages may be too heavy together. Yet too small a part of them may be refused as
			// well, so that the next attempt after the smallest part is the whole again.
			Outcome::Refused(_) => match fewer(messages) {
				Some(fewer) => drop(self.most.insert(lane, fewer)),
				None => drop(self.most.remove(&lane)),
			},
			Outcome::Late | Outcome::Unknown => {}
		}
		self.judge(outcome)
	}
}

/// Names every message that was delivered, as both chains name it.
fn trace(pair: &Pair, view: &NeighbourView, delivery: &Delivery) {
	if !tracing::enabled!(target: LOG_TARGET, tracing::Level::DEBUG) {
		return;
	}
	let (source, target, lane) = (pair.source_id(), pair.target_id(), delivery.lane);
	let lanes = Lanes { source, target, lane, incarnation: view.incarnation };
	for nonce in (delivery.first..).take(delivery.messages) {
		let trace = lanes.trace_id(nonce);
		tracing::debug!(target: LOG_TARGET, ?trace, nonce, lane = lane.0, "message delivered");
	}
}

/// The source's end of a lane at a block; `None` if it had none, or has forgotten.
async fn source_end(pair: &Pair, lane: LaneId, at: H256) -> Result<Option<SourceEnd>, Fault> {
	match pair.source().lane(pair.target_id(), lane, Some(at)).await {
		Ok(view) => Ok(view.as_ref().map(SourceEnd::from)),
		Err(Error::Refused { message, .. }) => {
			tracing::debug!(target: LOG_TARGET, ?at, message, "no state");
			Ok(None)
		}
		Err(error) => Err(error.into()),
	}
}

/// Whether it is time for a sign of life, in block `now` of the target.
fn heartbeat_due(view: &NeighbourView, now: u32) -> bool {
	let life = view.expires_at.saturating_sub(view.last_progress_at);
	let silent = now.saturating_sub(view.last_progress_at);
	silent >= life.div_euclid(HEARTBEAT)
}

/// How many messages to try after so many were refused; `None` if there are no fewer.
fn fewer(messages: usize) -> Option<u32> {
	u32::try_from(messages.div_euclid(2)).ok().filter(|half| *half > 0)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn refused_messages_are_tried_in_smaller_parts() {
		assert_eq!(fewer(64), Some(32));
		assert_eq!(fewer(3), Some(1));
		assert_eq!(fewer(1), None);
		assert_eq!(fewer(0), None, "acknowledgements alone say nothing about messages");
	}

	#[test]
	fn sign_of_life_is_due_after_a_third() {
		let view = |last_progress_at, expires_at| NeighbourView {
			last_progress_at,
			expires_at,
			..crate::tests::chain::view(1)
		};
		assert!(!heartbeat_due(&view(100, 400), 199));
		assert!(heartbeat_due(&view(100, 400), 200));
		assert!(heartbeat_due(&view(100, 400), 9_999));
		assert!(!heartbeat_due(&view(0, u32::MAX), 1_000_000), "it never expires");
		assert!(!heartbeat_due(&view(100, 400), 7), "the node is behind");
	}
}
