// SPDX-License-Identifier: Apache-2.0
//! One direction of an edge: from one chain to the other.

use crate::{
	backoff::Backoff,
	deliver::{Block, Delivery, Outcome, Pair},
	finality::{Justification, Justifications, Voters},
	handover::{header_of, next_handover, recent},
	metrics::DirectionMetrics,
	plan::{plan, At, Lane, Need, Plan, SourceEnd, TargetEnd},
	LOG_TARGET,
};
use codec::{DecodeAll, Encode};
use futures::{future::join_all, stream::BoxStream, FutureExt, StreamExt};
use std::{
	collections::BTreeMap,
	time::{Duration, Instant},
};
use terrace_client::{Chain, Error, Signer};
use terrace_layers::{
	keys, limits,
	views::{NeighbourStatus, NeighbourView},
	Authorities, ChainId, FinalityProof, LaneId,
};

/// Pause between two looks when no justification comes.
const POLL: Duration = Duration::from_secs(4);
/// Pause after a lost race, so that the winner's block can arrive.
const LATE: Duration = Duration::from_secs(1);
/// Pause between two searches for stored justifications.
const SEARCH: Duration = Duration::from_secs(12);

/// The direction of a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
	/// From the parent to the child.
	Down,
	/// From the child to the parent.
	Up,
}

impl Way {
	pub fn name(self) -> &'static str {
		match self {
			Way::Down => "down",
			Way::Up => "up",
		}
	}
}

/// What one look at both chains led to.
enum Step {
	/// Something was delivered: there may be more.
	Progress,
	/// There is nothing to do until the source goes on.
	Idle,
	/// Another relay was faster, or the outcome is open.
	Late,
	/// The target did not take a call.
	Refused,
}

/// One direction of an edge.
pub(crate) struct Direction {
	pair: Pair,
	metrics: DirectionMetrics,
	kept: Justifications,
	voters: Option<Voters>,
	searched: Option<Instant>,
	/// Since when acknowledgements wait, by lane.
	waiting: BTreeMap<LaneId, Instant>,
	/// Most messages of one call, by lane: fewer after a refusal.
	most: BTreeMap<LaneId, u32>,
	/// What was last said of the source's standing at the target.
	standing: Option<Option<NeighbourStatus>>,
}

impl Direction {
	pub fn new(
		source: Chain,
		target: Chain,
		signer: Option<Signer>,
		metrics: DirectionMetrics,
	) -> Self {
		Self {
			pair: Pair { source, target, signer },
			metrics,
			kept: Justifications::default(),
			voters: None,
			searched: None,
			waiting: BTreeMap::new(),
			most: BTreeMap::new(),
			standing: None,
		}
	}

	/// Relays for ever, or until trying again cannot help.
	pub async fn run(mut self) -> Error {
		let mut backoff = Backoff::new();
		loop {
			match self.follow(&mut backoff).await {
				// A node that ends every stream at once must not keep this one busy.
				Ok(()) => backoff.pause().await,
				Err(error @ Error::WrongChain { .. }) => return error,
				Err(error) => {
					tracing::warn!(target: LOG_TARGET, way = self.way(), "{error}");
					backoff.pause().await;
				}
			}
		}
	}

	fn way(&self) -> &'static str {
		self.metrics.way().name()
	}

	/// Relays until the source's stream of justifications ends.
	async fn follow(&mut self, backoff: &mut Backoff) -> Result<(), Error> {
		let mut stream = self.pair.source.subscribe_justifications().await?;
		loop {
			self.drain(&mut stream);
			match self.step().await? {
				Step::Progress => {
					backoff.reset();
					continue;
				}
				Step::Idle => backoff.reset(),
				Step::Late => tokio::time::sleep(LATE).await,
				Step::Refused => backoff.pause().await,
			}
			match tokio::time::timeout(POLL, stream.next()).await {
				Ok(Some(justification)) => self.kept.insert(&justification),
				Ok(None) => return Ok(()),
				Err(_) => {}
			}
		}
	}

	/// Takes the justifications that have come meanwhile.
	fn drain(&mut self, stream: &mut BoxStream<'static, Vec<u8>>) {
		while let Some(Some(justification)) = stream.next().now_or_never() {
			self.kept.insert(&justification);
		}
	}

	/// Looks at both chains once, and does what is next.
	async fn step(&mut self) -> Result<Step, Error> {
		let (source, target) = (&self.pair.source, &self.pair.target);
		let (finalized, head) = source.finalized().await?;
		let neighbours = target.neighbours(None).await?;
		let view = neighbours.into_iter().find(|view| view.chain == source.id());
		self.note_standing(view.as_ref());
		let Some(view) = view.filter(|view| view.status == NeighbourStatus::Active) else {
			return Ok(Step::Idle);
		};
		self.metrics.set_blocks(finalized, view.best_number);
		self.kept.forget(view.best_number);
		let set_id = self.pair.source.storage(&keys::grandpa_set_id(), Some(head)).await?;
		let set_id = set_id.map_or(Ok(0), |bytes| read(&self.pair.source, &bytes))?;
		let Some(voters) = self.voters(&view).await? else { return Ok(Step::Idle) };
		let step = if set_id > view.set_id {
			self.hand_over(&view, finalized, &voters).await
		} else {
			self.carry(&view, finalized, &voters).await
		};
		self.voters = Some(voters);
		step
	}

	/// Says whether the target follows the source, whenever that changes.
	fn note_standing(&mut self, view: Option<&NeighbourView>) {
		let standing = Some(view.map(|view| view.status));
		if standing == self.standing {
			return;
		}
		self.standing = standing;
		let way = self.way();
		match view.map(|view| view.status) {
			Some(NeighbourStatus::Active) => {
				tracing::info!(target: LOG_TARGET, way, "the target follows the source")
			}
			Some(status) => {
				tracing::warn!(target: LOG_TARGET, way, ?status, "the target does not follow the source")
			}
			None => tracing::info!(
				target: LOG_TARGET,
				way,
				"the source is not registered with the target; waiting for that",
			),
		}
	}

	/// The authorities of the source that the target knows.
	async fn voters(&mut self, view: &NeighbourView) -> Result<Option<Voters>, Error> {
		if let Some(voters) = self.voters.take().filter(|voters| voters.set_id == view.set_id) {
			return Ok(Some(voters));
		}
		let key = authorities_key(self.pair.source.id());
		let Some(stored) = self.pair.target.storage(&key, None).await? else { return Ok(None) };
		let authorities: Authorities = read(&self.pair.target, &stored)?;
		Ok(Voters::new(authorities, view.set_id))
	}

	/// Submits the next block that hands over to other authorities.
	async fn hand_over(
		&mut self,
		view: &NeighbourView,
		finalized: u32,
		voters: &Voters,
	) -> Result<Step, Error> {
		let (source, known) = (&self.pair.source, view.best_number);
		let proof = next_handover(source, known, finalized, &self.kept, voters).await?;
		let Some(proof) = proof else { return Ok(Step::Refused) };
		let (number, set_id) = (proof.header.number, proof.set_id);
		let outcome = self.pair.submit_finality(proof).await?;
		if let Outcome::Done = outcome {
			self.metrics.note_progress();
			let way = self.way();
			tracing::info!(target: LOG_TARGET, way, block = number, set_id, "authorities handed over");
		}
		Ok(self.judge(LaneId::ADMIN, outcome))
	}

	/// Delivers messages and acknowledgements.
	async fn carry(
		&mut self,
		view: &NeighbourView,
		finalized: u32,
		voters: &Voters,
	) -> Result<Step, Error> {
		let justification = self.justification(view, finalized, voters).await?;
		let lanes = self.lanes(view, justification.as_ref()).await?;
		let Some(Plan { lanes: due, at }) = plan(&lanes) else { return Ok(Step::Idle) };
		let due: Vec<_> = lanes.into_iter().filter(|lane| due.contains(&lane.id)).collect();
		let known = Block { number: view.best_number, hash: view.best_hash };
		match (at, justification) {
			(At::Newer, Some(justification)) => {
				let header = header_of(&self.pair.source, &justification).await?;
				let at = Block { number: header.number, hash: justification.commit.target_hash };
				self.deliver(&due, at, Some(voters.proof(header, justification))).await
			}
			_ => self.deliver(&due, known, None).await,
		}
	}

	/// The newest justification that brings the target further.
	async fn justification(
		&mut self,
		view: &NeighbourView,
		finalized: u32,
		voters: &Voters,
	) -> Result<Option<Justification>, Error> {
		if let Some(newest) = self.kept.newest(view.best_number, voters) {
			return Ok(Some(newest));
		}
		let just_searched = self.searched.is_some_and(|when| when.elapsed() < SEARCH);
		if finalized <= view.best_number || just_searched {
			return Ok(None);
		}
		self.searched = Some(Instant::now());
		let found = recent(&self.pair.source, view.best_number, finalized, voters).await?;
		if let Some(justification) = &found {
			self.kept.insert(&justification.encode());
		}
		Ok(found)
	}

	/// Both ends of every lane that both chains have.
	async fn lanes(
		&mut self,
		view: &NeighbourView,
		justification: Option<&Justification>,
	) -> Result<Vec<Lane>, Error> {
		let mut lanes = Vec::new();
		for id in LaneId::ALL {
			let target = self.pair.target.lane(self.pair.source.id(), id, None).await?;
			let Some(target) = target.as_ref().map(TargetEnd::from) else { continue };
			let newer = match justification {
				Some(found) => self.source_end(id, found.commit.target_hash).await?,
				None => None,
			};
			let waited = self.waiting.get(&id).map_or(Duration::ZERO, Instant::elapsed);
			let mut lane = Lane { id, target, known: None, newer, waited };
			// Without news there is no use in knowing where news could be proven.
			if newer.is_none() || lane.need() == Need::Delivery {
				lane.known = self.source_end(id, view.best_hash).await?;
			}
			self.note_lane(&lane);
			lanes.push(lane);
		}
		Ok(lanes)
	}

	/// The source's end of a lane at a block; `None` if it had none, or has forgotten.
	async fn source_end(
		&self,
		lane: LaneId,
		at: sp_core::H256,
	) -> Result<Option<SourceEnd>, Error> {
		let found = self.pair.source.lane(self.pair.target.id(), lane, Some(at)).await;
		match found {
			Ok(view) => Ok(view.as_ref().map(SourceEnd::from)),
			Err(Error::Refused { message, .. }) => {
				tracing::debug!(target: LOG_TARGET, ?at, message, "no state");
				Ok(None)
			}
			Err(error) => Err(error),
		}
	}

	fn note_lane(&mut self, lane: &Lane) {
		let sent = lane.newest().map_or(0, |end| end.sent);
		self.metrics.set_lag(lane.id, sent.saturating_sub(lane.target.received));
		if lane.need() == Need::Nothing {
			self.waiting.remove(&lane.id);
		} else {
			self.waiting.entry(lane.id).or_insert_with(Instant::now);
		}
	}

	/// Delivers lanes that are proven at one block; the first call brings its finality.
	async fn deliver(
		&mut self,
		lanes: &[Lane],
		at: Block,
		mut finality: Option<FinalityProof>,
	) -> Result<Step, Error> {
		let mut rest = lanes;
		if finality.is_some() {
			let Some((first, others)) = lanes.split_first() else { return Ok(Step::Idle) };
			let delivery = self.delivery(first, at, finality.take()).await?;
			let outcome = self.pair.submit_delivery(&delivery).await?;
			let step = self.settle(&delivery, outcome);
			if !matches!(step, Step::Progress) {
				return Ok(step);
			}
			rest = others;
		}
		let mut deliveries = Vec::new();
		for lane in rest {
			deliveries.push(self.delivery(lane, at, None).await?);
		}
		let sent = deliveries.iter().map(|delivery| self.pair.submit_delivery(delivery));
		let outcomes = join_all(sent).await;
		let mut worst = Step::Progress;
		for (delivery, outcome) in deliveries.iter().zip(outcomes) {
			match self.settle(delivery, outcome?) {
				Step::Progress => {}
				other => worst = other,
			}
		}
		Ok(worst)
	}

	async fn delivery(
		&self,
		lane: &Lane,
		at: Block,
		finality: Option<FinalityProof>,
	) -> Result<Delivery, Error> {
		// Where both ends of the source are known and no finality is brought, they are the same.
		let ends = (lane.target, lane.newest().unwrap_or_default());
		let most = self.most.get(&lane.id).copied().unwrap_or(limits::MAX_MESSAGES_PER_CALL);
		self.pair.delivery(lane.id, at, finality, ends, most).await
	}

	/// Notes what became of a delivery.
	fn settle(&mut self, delivery: &Delivery, outcome: Outcome) -> Step {
		let (lane, messages) = (delivery.lane, delivery.messages);
		match &outcome {
			Outcome::Done => {
				self.waiting.remove(&lane);
				self.most.remove(&lane);
				self.metrics.count_delivered(lane, messages);
				let way = self.way();
				tracing::info!(target: LOG_TARGET, way, lane = lane.0, messages, "delivered");
			}
			// The messages may be too heavy together. Yet too small a part of them may be refused as
			// well, so that the next attempt after the smallest part is the whole again.
			Outcome::Refused(_) => match fewer(messages) {
				Some(fewer) => drop(self.most.insert(lane, fewer)),
				None => drop(self.most.remove(&lane)),
			},
			Outcome::Late | Outcome::Unknown => {}
		}
		self.judge(lane, outcome)
	}

	/// What an outcome means for what comes next.
	fn judge(&self, lane: LaneId, outcome: Outcome) -> Step {
		let way = self.way();
		match outcome {
			Outcome::Done => Step::Progress,
			Outcome::Late => {
				tracing::debug!(target: LOG_TARGET, way, lane = lane.0, "done by another relay");
				Step::Late
			}
			Outcome::Unknown => {
				tracing::debug!(target: LOG_TARGET, way, lane = lane.0, "not in a block yet");
				Step::Late
			}
			Outcome::Refused(error) => {
				self.metrics.count_refused(lane);
				tracing::warn!(target: LOG_TARGET, way, lane = lane.0, "not taken: {error}");
				Step::Refused
			}
		}
	}
}

/// How many messages to try after so many were refused; `None` if there are no fewer.
fn fewer(messages: usize) -> Option<u32> {
	u32::try_from(messages.div_euclid(2)).ok().filter(|half| *half > 0)
}

/// Where a chain keeps the authorities of a neighbour.
fn authorities_key(neighbour: ChainId) -> Vec<u8> {
	keys::map_blake2("ChainRegistry", "CurrentAuthorities", &neighbour.encode())
}

/// Reads a stored value.
fn read<T: DecodeAll>(chain: &Chain, bytes: &[u8]) -> Result<T, Error> {
	T::decode_all(&mut &bytes[..]).map_err(|error| Error::Malformed {
		url: chain.url().into(),
		method: "state_getStorage".into(),
		reason: error.to_string(),
	})
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
	fn authorities_of_a_neighbour_have_a_known_place() {
		let key = authorities_key(ChainId(sp_core::H256::repeat_byte(1)));
		assert_eq!(key.len(), 32 + 16 + 32, "both names, a hash, the chain");
		assert!(key.ends_with(&[1; 32]));
		assert!(key.starts_with(&keys::value("ChainRegistry", "CurrentAuthorities")));
	}
}
