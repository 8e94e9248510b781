// SPDX-License-Identifier: Apache-2.0
//! What an edge needs that no message is about: evidence, and the repair of a lost link.

use crate::{
	branch::Search,
	calls::{self, Call},
	clock::part,
	deliver::{Outcome, Pair},
	direction::{Direction, Step, Way},
	fault::Fault,
	handover::{catch_up, set_id_at, Search as Steps},
	records::{self, Pending},
	recovery::{agrees, gather},
	LOG_TARGET,
};
use sp_core::H256;
use std::time::Duration;
use terrace_layers::views::{NeighbourStatus, NeighbourView};

/// Pause between two looks at what waits for the parent's recovery.
const LOOK: Duration = Duration::from_secs(12);

impl Direction {
	/// Does what the link needs; `None` if it needs nothing.
	pub(crate) async fn mend(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		finalized: (u32, H256),
	) -> Result<Option<Step>, Fault> {
		if !pair.may_submit() || view.status == NeighbourStatus::Closed {
			return Ok(None);
		}
		if let Some(step) = self.show_fork(pair, view, finalized.0).await? {
			return Ok(Some(step));
		}
		if let Some(step) = self.expire(pair, view).await? {
			return Ok(Some(step));
		}
		match self.metrics.way() {
			Way::Down => self.recover(pair, view, finalized).await,
			Way::Up => Ok(None),
		}
	}

	/// Shows that the source has finalised two branches, if it has.
	async fn show_fork(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		finalized: u32,
	) -> Result<Option<Step>, Fault> {
		let (source, target) = (pair.source(), pair.target());
		let Some((number, kept)) = self.branch.differing(target, source, view, finalized).await?
		else {
			return Ok(None);
		};
		if !self.branch.may_search(self.now()) {
			return Ok(None);
		}
		let voters = self.voters(pair, view).await?;
		let search = Search { source, kept: &self.kept, voters: voters.as_ref(), finalized };
		let fork = search.fork(number, kept).await?;
		self.voters = voters;
		let Some(fork) = fork else {
			let fault = Fault::Branched { url: source.url().into(), block: number };
			self.settings.journal.note(self.settings.source.name(), &fault);
			return Ok(None);
		};
		self.pause().await;
		let call = calls::fork(pair.source_id(), &fork);
		let outcome = match pair.submit(&call).await? {
			// Whoever reads of a fork first freezes the source.
			Outcome::Refused(_) if self.is_frozen(pair).await? => Outcome::Late,
			outcome => outcome,
		};
		if let Outcome::Refused(error) = &outcome {
			// Whatever is wrong with it, messages must not wait for that.
			self.metrics.count_refused();
			self.settings.journal.refused(self.way(), error);
			return Ok(None);
		}
		if matches!(outcome, Outcome::Done | Outcome::Late) {
			self.branch.settle(view);
		}
		Ok(Some(self.repaired("fork", &call, outcome)))
	}

	async fn is_frozen(&self, pair: &Pair) -> Result<bool, Fault> {
		let marked = records::marked(pair.target(), pair.source_id()).await?;
		Ok(marked == Some(NeighbourStatus::Frozen))
	}

	/// Marks a source that was silent for too long.
	async fn expire(&mut self, pair: &Pair, view: &NeighbourView) -> Result<Option<Step>, Fault> {
		let may_be = matches!(view.status, NeighbourStatus::Expired | NeighbourStatus::Halted);
		if !may_be || pair.target().best().await? < view.expires_at || !is_unmarked(pair).await? {
			return Ok(None);
		}
		self.pause().await;
		if !is_unmarked(pair).await? {
			return Ok(Some(self.judge(Outcome::Late)));
		}
		let call = calls::expire(pair.source_id());
		let outcome = match pair.submit(&call).await? {
			Outcome::Refused(_) if !is_unmarked(pair).await? => Outcome::Late,
			outcome => outcome,
		};
		Ok(Some(self.repaired("expire", &call, outcome)))
	}

	/// Helps a child to find back to its parent, or to keep it.
	async fn recover(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		finalized: (u32, H256),
	) -> Result<Option<Step>, Fault> {
		let now = self.now();
		if self.looked.is_some_and(|last| now.saturating_sub(last) < LOOK) {
			return Ok(None);
		}
		self.looked = Some(now);
		let pending = records::recovery(pair.target()).await?;
		if pending.is_some() && !self.unwanted {
			let way = self.way();
			tracing::warn!(
				target: LOG_TARGET,
				way,
				"a recovery of the source waits; any header of it that verifies cancels that",
			);
		}
		self.unwanted = pending.is_some();
		match pending {
			Some(pending) => self.apply(pair, view, finalized, pending).await,
			None => self.propose(pair, view, finalized).await,
		}
	}

	/// Applies a recovery that is due, if it leads to the chain that the source's node knows and
	/// nothing can be proven from where the child stands.
	async fn apply(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		finalized: (u32, H256),
		pending: Pending,
	) -> Result<Option<Step>, Fault> {
		let now = pair.target().best().await?;
		if now < pending.due || !self.is_lost(pair, view, now, finalized).await? {
			return Ok(None);
		}
		if !self.is_known(pair, &pending.checkpoint, finalized.0).await? {
			return Ok(None);
		}
		self.pause().await;
		if !waits(pair).await? {
			return Ok(Some(self.judge(Outcome::Late)));
		}
		let call = calls::apply_recovery();
		let outcome = match pair.submit(&call).await? {
			Outcome::Refused(_) if !waits(pair).await? => Outcome::Late,
			outcome => outcome,
		};
		Ok(Some(self.repaired("apply_recovery", &call, outcome)))
	}

	/// Proposes a recovery that the child's authorities have signed.
	async fn propose(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		finalized: (u32, H256),
	) -> Result<Option<Step>, Fault> {
		if self.settings.recovery.is_empty() {
			return Ok(None);
		}
		let now = pair.target().best().await?;
		if !self.is_lost(pair, view, now, finalized).await? {
			return Ok(None);
		}
		let Some(own) = records::authorities(pair.target(), None).await? else { return Ok(None) };
		let edge = (pair.target_id(), pair.source_id());
		let (signed, faults) = gather(&self.settings.recovery, edge, &own);
		faults.iter().for_each(|fault| self.settings.journal.note("recovery", fault));
		let newer = |checkpoint: u32| checkpoint > view.best_number;
		let Some(signed) = signed.filter(|signed| newer(signed.checkpoint.number)) else {
			return Ok(None);
		};
		if !self.is_known(pair, &signed.checkpoint, finalized.0).await? {
			return Ok(None);
		}
		self.pause().await;
		if waits(pair).await? {
			return Ok(Some(self.judge(Outcome::Late)));
		}
		let call = calls::recover_parent(&signed.checkpoint, &signed.signatures);
		let outcome = match pair.submit(&call).await? {
			Outcome::Refused(_) if waits(pair).await? => Outcome::Late,
			outcome => outcome,
		};
		Ok(Some(self.repaired("recover_parent", &call, outcome)))
	}

	/// Whether the source's node knows a checkpoint as one of its chain; says so if not.
	async fn is_known(
		&self,
		pair: &Pair,
		checkpoint: &terrace_layers::Checkpoint,
		finalized: u32,
	) -> Result<bool, Fault> {
		let known = agrees(pair.source(), checkpoint, finalized).await?;
		if !known {
			let (url, block) = (pair.source().url().into(), checkpoint.number);
			let fault = Fault::ForeignRecovery { url, block };
			self.settings.journal.note(self.settings.source.name(), &fault);
		}
		Ok(known)
	}

	/// Whether nothing that the source says can be proven to the target any more.
	///
	/// What governance has halted is not lost, and must not be resumed in this way.
	async fn is_lost(
		&mut self,
		pair: &Pair,
		view: &NeighbourView,
		now: u32,
		(finalized, head): (u32, H256),
	) -> Result<bool, Fault> {
		match view.status {
			NeighbourStatus::Expired | NeighbourStatus::Frozen => return Ok(true),
			NeighbourStatus::Active => {}
			_ => return Ok(false),
		}
		let life = view.expires_at.saturating_sub(view.last_progress_at);
		if now.saturating_sub(view.last_progress_at) <= life.div_euclid(2) {
			return Ok(false);
		}
		let Some(voters) = self.voters(pair, view).await? else { return Ok(false) };
		let set_id = set_id_at(pair.source(), head).await?;
		let found = if set_id > view.set_id {
			let kept = &self.kept;
			let search = Steps { source: pair.source(), kept, finalized, set_id };
			catch_up(search, view.best_number, &voters, 1).await.map(drop)
		} else {
			self.justification(pair, view, finalized, &voters).await.map(drop)
		};
		self.voters = Some(voters);
		match found {
			Ok(()) => Ok(false),
			Err(Fault::Pruned { .. } | Fault::Unproven { .. }) => Ok(true),
			Err(fault) => Err(fault),
		}
	}

	/// Lets another relay go first: longer, the more races were lost.
	async fn pause(&self) {
		let clock = self.settings.clock.clone();
		let jitter = self.settings.jitter;
		let lost = jitter.saturating_mul(self.lost_races());
		clock.sleep(lost.saturating_add(part(&*clock, jitter))).await;
	}

	/// Takes note of a repair, and says what it means for what comes next.
	fn repaired(&mut self, kind: &'static str, call: &Call, outcome: Outcome) -> Step {
		if let Outcome::Done = outcome {
			self.metrics.count_repair(kind);
			self.metrics.note_progress(call.len());
			tracing::warn!(target: LOG_TARGET, way = self.way(), kind, "the link was looked after");
		}
		self.judge(outcome)
	}
}

/// Whether the target has not yet marked the source as expired, or stopped it for good.
async fn is_unmarked(pair: &Pair) -> Result<bool, Fault> {
	use NeighbourStatus::{Active, Draining, Halted};
	let marked = records::marked(pair.target(), pair.source_id()).await?;
	Ok(matches!(marked, Some(Active | Draining | Halted)))
}

/// Whether a recovery of the target's parent waits.
async fn waits(pair: &Pair) -> Result<bool, Fault> {
	Ok(records::recovery(pair.target()).await?.is_some())
}
