// SPDX-License-Identifier: Apache-2.0
//! One direction of an edge: from one chain to the other.

use crate::{
	backoff::Backoff,
	branch::Branch,
	calls,
	clock::{part, within, Clock},
	deliver::{Outcome, Pair},
	evidence::Watch,
	fault::Fault,
	finality::{read, Justifications, Voters},
	handover::{catch_up, set_id_at, Search, MAX_BATCH},
	journal::Journal,
	metrics::DirectionMetrics,
	plan::TargetEnd,
	records::authorities_key,
	side::Side,
	LOG_TARGET,
};
use codec::DecodeAll;
use futures::{stream::BoxStream, FutureExt, StreamExt};
use std::{collections::BTreeMap, convert::Infallible, path::PathBuf, sync::Arc, time::Duration};
use terrace_client::Signer;
use terrace_layers::{
	views::{NeighbourStatus, NeighbourView},
	Authorities, FinalityProof, LaneId,
};

/// Pause between two looks when no justification comes.
const POLL: Duration = Duration::from_secs(4);
/// Pause after a lost race, so that the winner's block can arrive.
const LATE: Duration = Duration::from_secs(1);
/// Refusals after which another node is asked.
const MAX_REFUSALS: u32 = 3;
/// Lost races that count.
const MAX_LOST: u32 = 4;
/// Pause between two looks at the balance.
const BALANCE: Duration = Duration::from_secs(60);

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
	/// Something was delivered: there may be more.
	Progress,
	/// There is nothing to do until the source goes on.
	Idle,
	/// Another relay was faster, or the outcome is open.
	Late,
	/// The target did not take a call.
	Refused,
}

/// What a direction is told when it starts.
pub(crate) struct Settings {
	/// Where messages come from.
	pub source: Arc<Side>,
	/// Where they go.
	pub target: Arc<Side>,
	/// Who pays where that is needed.
	pub signer: Option<Signer>,
	/// Time.
	pub clock: Arc<dyn Clock>,
	/// Takes note of faults.
	pub journal: Journal,
	/// Longest pause before work that another relay may do as well.
	pub jitter: Duration,
	/// A source whose final blocks lack proof for this long is given up.
	pub stall: Duration,
	/// Files with what the child's authorities have signed to follow the parent anew.
	pub recovery: Vec<PathBuf>,
}

/// One direction of an edge.
pub(crate) struct Direction {
	pub(crate) settings: Settings,
	pub(crate) metrics: DirectionMetrics,
	pub(crate) kept: Justifications,
	watch: Watch,
	pub(crate) branch: Branch,
	pub(crate) voters: Option<Voters>,
	/// When stored justifications were last searched.
	pub(crate) searched: Option<Duration>,
	/// Since when final blocks of the source lack proof.
	pub(crate) unproven: Option<Duration>,
	/// Since when acknowledgements wait, by lane.
	pub(crate) waiting: BTreeMap<LaneId, Duration>,
	/// Most messages of one call, by lane: fewer after a refusal.
	pub(crate) most: BTreeMap<LaneId, u32>,
	/// The target's ends of lanes before the last call that did its work.
	pub(crate) done: BTreeMap<LaneId, TargetEnd>,
	/// Newest block that the target knew before finality was brought to it.
	pub(crate) brought: Option<u32>,
	/// When it was last looked for a recovery of the source.
	pub(crate) looked: Option<Duration>,
	/// Whether a recovery waits that any header of the source cancels.
	pub(crate) unwanted: bool,
	/// Most headers of one batch: fewer after a refusal.
	batch: usize,
	balance: Option<Duration>,
	/// Refusals since something was last delivered.
	refusals: u32,
	/// Races lost since one was last won.
	lost: u32,
	/// What was last said of the source's standing at the target.
	standing: Option<Option<NeighbourStatus>>,
}

impl Direction {
	pub fn new(settings: Settings, metrics: DirectionMetrics) -> Self {
		Self {
			settings,
			metrics,
			kept: Justifications::default(),
			watch: Watch::default(),
			branch: Branch::default(),
			voters: None,
			searched: None,
			unproven: None,
			waiting: BTreeMap::new(),
			most: BTreeMap::new(),
			done: BTreeMap::new(),
			brought: None,
			looked: None,
			unwanted: false,
			batch: MAX_BATCH,
			balance: None,
			refusals: 0,
			lost: 0,
			standing: None,
		}
	}

	/// Relays for ever.
	pub async fn run(mut self) -> Infallible {
		let mut backoff = Backoff::default();
		loop {
			let Settings { source, target, signer, clock, .. } = &self.settings;
			let leases = (source.lease().await, target.lease().await);
			let pair = Pair::new(leases.0, leases.1, signer.as_ref(), clock.clone());
			if let Err(fault) = self.follow(&pair, &mut backoff).await {
				self.blame(&pair, &fault, &mut backoff).await;
			}
		}
	}

	/// Gives up the node that a fault is about.
	async fn blame(&self, pair: &Pair, fault: &Fault, backoff: &mut Backoff) {
		let Settings { source, target, journal, clock, .. } = &self.settings;
		match fault.url() {
			Some(url) if url == pair.source().url() => source.leave(&pair.source, fault).await,
			Some(_) => target.leave(&pair.target, fault).await,
			None => {
				journal.note(self.way(), fault);
				clock.sleep(backoff.next_pause()).await;
			}
		}
	}

	pub(crate) fn way(&self) -> &'static str {
		self.metrics.way().name()
	}

	pub(crate) fn now(&self) -> Duration {
		self.settings.clock.now()
	}

	/// Relays as long as both nodes do what they should.
	async fn follow(&mut self, pair: &Pair, backoff: &mut Backoff) -> Result<(), Fault> {
		let mut stream = pair.source().justifications().await?;
		self.branch.reset();
		while self.settings.source.holds(&pair.source).await
			&& self.settings.target.holds(&pair.target).await
		{
			self.drain(pair, &mut stream)?;
			let step = self.step(pair).await?;
			let delivered = step == Step::Progress;
			self.settings.source.works(&pair.source, delivered).await;
			self.settings.target.works(&pair.target, delivered).await;
			let clock = self.settings.clock.clone();
			match step {
				Step::Progress => {
					self.refusals = 0;
					backoff.reset();
					continue;
				}
				Step::Idle => backoff.reset(),
				Step::Late => clock.sleep(LATE).await,
				Step::Refused => {
					clock.sleep(backoff.next_pause()).await;
					self.doubt(pair)?;
				}
			}
			match within(&*clock, POLL, stream.next()).await {
				Some(Some(justification)) => self.keep(pair, &justification),
				Some(None) => return Err(Fault::Ended { url: pair.source().url().into() }),
				None => {}
			}
		}
		Ok(())
	}

	/// Blames one node after the other when the target goes on refusing.
	///
	/// Either may be at fault: the source's for what it says of its chain, the target's for what it
	/// says of the call.
	fn doubt(&mut self, pair: &Pair) -> Result<(), Fault> {
		self.refusals = self.refusals.wrapping_add(1);
		let node = match self.refusals.checked_rem(2 * MAX_REFUSALS) {
			Some(MAX_REFUSALS) => pair.source(),
			Some(0) => pair.target(),
			_ => return Ok(()),
		};
		Err(Fault::NotTaken { url: node.url().into() })
	}

	/// Takes the justifications that have come meanwhile.
	fn drain(
		&mut self,
		pair: &Pair,
		stream: &mut BoxStream<'static, Vec<u8>>,
	) -> Result<(), Fault> {
		while let Some(next) = stream.next().now_or_never() {
			let ended = || Fault::Ended { url: pair.source().url().into() };
			self.keep(pair, &next.ok_or_else(ended)?);
		}
		Ok(())
	}

	fn keep(&mut self, pair: &Pair, encoded: &[u8]) {
		match read(encoded) {
			Some(justification) => {
				self.watch.see(justification.clone());
				self.kept.keep(justification);
			}
			None => {
				let fault =
					Fault::Unreadable { url: pair.source().url().into(), what: "a justification" };
				self.settings.journal.note(self.settings.source.name(), &fault);
			}
		}
	}

	/// Looks at both chains once, and does what is next.
	pub async fn step(&mut self, pair: &Pair) -> Result<Step, Fault> {
		let (finalized, head) = pair.source().finalized().await?;
		let neighbours = pair.target().neighbours().await?;
		let view = neighbours.into_iter().find(|view| view.chain == pair.source_id());
		self.note_standing(view.as_ref());
		let proven = view.as_ref().map_or(0, |view| view.best_number);
		self.settings.source.watch(&pair.source, finalized, proven).await?;
		let Some(view) = view else { return Ok(Step::Idle) };
		if let Some(step) = self.mend(pair, &view, (finalized, head)).await? {
			return Ok(step);
		}
		if !is_followed(&view) {
			return Ok(Step::Idle);
		}
		self.metrics.set_blocks(finalized, view.best_number);
		self.note_balance(pair).await?;
		self.kept.forget(view.best_number);
		let set_id = set_id_at(pair.source(), head).await?;
		let Some(voters) = self.voters(pair, &view).await? else { return Ok(Step::Idle) };
		let step = if !pair.may_submit() {
			self.lanes(pair, &view, None).await.map(|_| Step::Idle)
		} else if set_id > view.set_id {
			self.hand_over(pair, &view, (finalized, set_id), &voters).await
		} else {
			self.report(pair, &voters).await?;
			self.carry(pair, &view, finalized, &voters).await
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
			Some(NeighbourStatus::Draining) => tracing::info!(
				target: LOG_TARGET,
				way,
				"the target follows the source until what is under way has arrived",
			),
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

	/// Looks at the balance of whoever pays, now and then.
	async fn note_balance(&mut self, pair: &Pair) -> Result<(), Fault> {
		let now = self.now();
		let Some(signer) = pair.signer() else { return Ok(()) };
		if self.balance.is_some_and(|last| now.saturating_sub(last) < BALANCE) {
			return Ok(());
		}
		self.balance = Some(now);
		self.metrics.set_balance(pair.target().balance(signer.account()).await?);
		Ok(())
	}

	/// The authorities of the source that the target knows.
	pub(crate) async fn voters(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
	) -> Result<Option<Voters>, Fault> {
		if let Some(voters) = self.voters.take().filter(|voters| voters.set_id == view.set_id) {
			return Ok(Some(voters));
		}
		let key = authorities_key(pair.source_id());
		let Some(stored) = pair.target().storage(key, None).await? else { return Ok(None) };
		let authorities =
			Authorities::decode_all(&mut &stored[..]).map_err(|_| Fault::Unreadable {
				url: pair.target().url().into(),
				what: "the authorities of its neighbour",
			})?;
		Ok(Voters::new(authorities, view.set_id))
	}

	/// Submits the next blocks that hand over to other authorities.
	async fn hand_over(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		(finalized, set_id): (u32, u64),
		voters: &Voters,
	) -> Result<Step, Fault> {
		let search = Search { source: pair.source(), kept: &self.kept, finalized, set_id };
		let proofs = catch_up(search, view.best_number, voters, self.batch).await?;
		// Without need nothing is done that another relay is doing already.
		if self.yields(pair, view, false).await? {
			return Ok(Step::Late);
		}
		let (outcome, bytes) = self.bring(pair, view, &proofs).await?;
		let way = self.way();
		match &outcome {
			Outcome::Done => {
				self.batch = MAX_BATCH;
				self.metrics.note_progress(bytes);
				let block = proofs.last().map(|proof| proof.header.number);
				let count = proofs.len();
				tracing::info!(target: LOG_TARGET, way, ?block, count, "authorities handed over");
			}
			Outcome::Refused(_) => self.batch = proofs.len().div_euclid(2).max(1),
			Outcome::Late | Outcome::Unknown => {}
		}
		Ok(self.judge(outcome))
	}

	/// Submits finality alone; also returns how many bytes that took.
	pub(crate) async fn bring(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		proofs: &[FinalityProof],
	) -> Result<(Outcome, usize), Fault> {
		if self.brought.take() == Some(view.best_number) {
			return Err(Fault::Ineffective { url: pair.target().url().into() });
		}
		let call = calls::finality(pair.source_id(), proofs);
		let outcome = pair.submit(&call).await?;
		if let Outcome::Done = outcome {
			self.brought = Some(view.best_number);
		}
		Ok((outcome, call.len()))
	}

	/// Waits a little, and says whether the target knows more of the source than before.
	///
	/// Whoever loses races waits longer, so that one relay does the work while the others see that
	/// it is done, and take over when it is not. Urgent work waits for no other reason.
	pub(crate) async fn yields(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		urgent: bool,
	) -> Result<bool, Fault> {
		let Settings { clock, jitter, .. } = &self.settings;
		let chance = if urgent { Duration::ZERO } else { part(&**clock, *jitter) };
		clock.sleep(jitter.saturating_mul(self.lost).saturating_add(chance)).await;
		let neighbours = pair.target().neighbours().await?;
		let found = neighbours.into_iter().find(|found| found.chain == view.chain);
		let same = found.is_some_and(|found| found.best_number == view.best_number);
		if !same {
			self.note_late();
		}
		Ok(!same)
	}

	/// How often in a row another relay was faster.
	pub(crate) fn lost_races(&self) -> u32 {
		self.lost
	}

	/// Takes note of a lost race.
	pub(crate) fn note_late(&mut self) {
		self.metrics.count_late();
		self.lost = self.lost.saturating_add(1).min(MAX_LOST);
	}

	/// Reports authorities of the source that voted twice.
	async fn report(&mut self, pair: &Pair, voters: &Voters) -> Result<(), Fault> {
		for offence in self.watch.offences(pair.source(), voters).await? {
			let call = calls::report(pair.source_id(), &offence);
			let way = self.way();
			match pair.submit(&call).await? {
				Outcome::Done => {
					self.metrics.count_repair("equivocation");
					tracing::warn!(
						target: LOG_TARGET,
						way,
						round = offence.equivocation.round_number(),
						"an authority of the source voted for two blocks; it is reported",
					);
				}
				Outcome::Refused(error) => self.settings.journal.refused(way, &error),
				Outcome::Late | Outcome::Unknown => {}
			}
		}
		Ok(())
	}

	/// What an outcome means for what comes next.
	pub(crate) fn judge(&mut self, outcome: Outcome) -> Step {
		let way = self.way();
		match outcome {
			Outcome::Done => {
				self.lost = 0;
				Step::Progress
			}
			Outcome::Late => {
				self.note_late();
				tracing::debug!(target: LOG_TARGET, way, "done by another relay");
				Step::Late
			}
			Outcome::Unknown => {
				tracing::debug!(target: LOG_TARGET, way, "not in a final block yet");
				Step::Late
			}
			Outcome::Refused(error) => {
				self.metrics.count_refused();
				self.settings.journal.refused(way, &error);
				Step::Refused
			}
		}
	}
}

/// Whether a chain takes what comes from this neighbour.
fn is_followed(view: &NeighbourView) -> bool {
	matches!(view.status, NeighbourStatus::Active | NeighbourStatus::Draining)
}
