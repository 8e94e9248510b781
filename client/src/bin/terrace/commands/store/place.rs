// SPDX-License-Identifier: Apache-2.0
//! One copy of a file: proposed, uploaded, accepted, or taken back.

use super::{choose::PlannedCopy, file::SourceFile};
use crate::{
	commands::withdraw::withdraw,
	context::Context,
	failure::{Exit, Failure},
	interrupt::Interrupt,
};
use std::{
	collections::BTreeSet,
	time::{Duration, Instant},
};
use terrace_client::{
	http::{Http, HttpError, Upload},
	Chain, Error, Included, Signer, Wait,
};
use terrace_layers::{
	views::{ContractState, ContractView},
	AccountId, Balance, ChainId, ContractId, Terms,
};

const PALLET: &str = "StorageContracts";
/// Pause between two looks at a proposal.
const LOOK: Duration = Duration::from_secs(1);
/// Attempts to upload a file.
const UPLOADS: u32 = 6;
/// Pause before the next attempt; it grows with every one.
const UPLOAD_PAUSE: Duration = Duration::from_secs(2);
/// Attempts to withdraw a proposal.
const WITHDRAWALS: u32 = 4;

/// What copies of one file share.
pub struct Placing<'a> {
	/// Addresses and progress.
	pub context: &'a Context,
	/// The contract chain.
	pub market: &'a Chain,
	/// Talks to providers.
	pub http: &'a Http,
	/// Who pays.
	pub signer: &'a Signer,
	/// The file.
	pub file: &'a SourceFile,
	/// Whether somebody wants to stop.
	pub interrupt: &'a Interrupt,
	/// How long a provider may take to accept, once it has the file.
	pub accept_within: Duration,
	/// Contracts that the account had before.
	pub before: BTreeSet<ContractId>,
}

impl PlannedCopy {
	/// The arguments of the proposal.
	pub fn proposal(&self, file: &SourceFile) -> (AccountId, Terms) {
		// The price may not rise between the quote and the proposal.
		let max_rate = self.quote.rate;
		(
			self.provider.clone(),
			terms(file, self.proof_chain, (self.windows, self.interval), max_rate),
		)
	}
}

/// What is asked of a provider: to keep the file for some windows, and to prove it in every one of them
/// or, on average, in one of several.
pub fn terms(
	file: &SourceFile,
	proof_chain: ChainId,
	(windows, interval): (u32, u16),
	max_rate: Balance,
) -> Terms {
	Terms { proof_chain, root: file.root, size: file.size, windows, interval, max_rate }
}

impl Placing<'_> {
	/// Stores one copy; after a failure no escrow stays behind, or the failure says how to free it.
	pub async fn place(&self, copy: &PlannedCopy) -> Result<ContractView, Failure> {
		self.interrupt.check()?;
		let id = self.propose(copy).await?;
		match self.deliver(copy, id).await {
			Ok(view) => Ok(view),
			Err(failure) => self.take_back(id, failure).await,
		}
	}

	/// Proposes a contract; cannot be interrupted, so that a proposal is never forgotten.
	async fn propose(&self, copy: &PlannedCopy) -> Result<ContractId, Failure> {
		let call = self.market.call(PALLET, "propose", &copy.proposal(self.file))?;
		let waiting = self.context.progress.waiting(format!("proposing to {}", copy.provider));
		let sent = self.market.submit_signed(&call, self.signer, Wait::Finalized).await;
		waiting.finish_and_clear();
		match sent {
			Ok(included) => Ok(proposed(self.market, &included)?),
			// It may be on the chain although nobody could tell.
			Err(error) if error.is_transient() || matches!(error, Error::Lost { .. }) => {
				Err(self.take_back_unknown(copy, error.into()).await)
			}
			Err(error) => Err(error.into()),
		}
	}

	async fn deliver(&self, copy: &PlannedCopy, id: ContractId) -> Result<ContractView, Failure> {
		self.interrupt.guard(self.upload(copy, id)).await??;
		let waiting =
			self.context.progress.waiting(format!("waiting for {} to accept", copy.provider));
		let accepted = self.interrupt.guard(self.await_acceptance(copy, id)).await;
		waiting.finish_and_clear();
		accepted?
	}

	async fn upload(&self, copy: &PlannedCopy, id: ContractId) -> Result<(), Failure> {
		for attempt in 1.. {
			let failed = match self.upload_once(copy, id).await {
				Ok(()) => return Ok(()),
				Err(failed) => failed,
			};
			// An attempt whose answer was lost may have delivered everything.
			if attempt > 1 && failed.status() == Some(409) {
				return Ok(());
			}
			if attempt == UPLOADS || !may_pass(&failed) {
				return Err(self.explain(failed));
			}
			self.context.progress.note(format!("trying again: {failed}"));
			tokio::time::sleep(UPLOAD_PAUSE.saturating_mul(attempt)).await;
		}
		Ok(())
	}

	async fn upload_once(&self, copy: &PlannedCopy, id: ContractId) -> Result<(), HttpError> {
		let file = tokio::fs::File::open(&self.file.path)
			.await
			.map_err(|error| HttpError::Unreadable(error.to_string()))?;
		let bar = self.context.progress.bytes(format!("contract {id} "), self.file.size);
		let counter = bar.clone();
		let upload = Upload {
			endpoint: &copy.endpoint,
			contract: id,
			root: self.file.root,
			size: self.file.size,
		};
		let uploaded = self.http.upload(upload, file, move |bytes| counter.inc(bytes)).await;
		bar.finish_and_clear();
		uploaded
	}

	/// A refusal of the provider, with what this side knows about it.
	fn explain(&self, failed: HttpError) -> Failure {
		let mismatch = failed.status() == Some(422);
		let failure = Failure::from(failed);
		if mismatch {
			return failure.and(format!("what was sent is {}", self.file.root));
		}
		failure
	}

	async fn await_acceptance(
		&self,
		copy: &PlannedCopy,
		id: ContractId,
	) -> Result<ContractView, Failure> {
		let deadline = Instant::now() + self.accept_within;
		let mut expires_at = u32::MAX;
		while Instant::now() < deadline {
			match self.market.contract(id).await {
				Ok(Some(view)) if view.state != ContractState::Proposed => return Ok(view),
				Ok(Some(view)) => expires_at = view.expires_at,
				Ok(None) => {
					let expired = self.market.best().await?.0 > expires_at;
					return Err(ended_early(copy, expired));
				}
				Err(error) if error.is_transient() => {}
				Err(error) => return Err(error.into()),
			}
			tokio::time::sleep(LOOK).await;
		}
		Err(too_late(copy, self.accept_within))
	}

	/// Withdraws a proposal after a failure, unless it was accepted in the last moment.
	async fn take_back(&self, id: ContractId, why: Failure) -> Result<ContractView, Failure> {
		let mut last = None;
		for _ in 0..WITHDRAWALS {
			match self.try_take_back(id).await {
				Ok(TakenBack::Withdrawn) => {
					return Err(why
						.and(format!("proposal {id} was withdrawn and its escrow is free again")))
				}
				Ok(TakenBack::Gone) => {
					return Err(why.and(format!("the escrow of proposal {id} is free again")))
				}
				Ok(TakenBack::Accepted(view)) if why.exit == Exit::Interrupted => {
					return Err(why
						.and(format!("contract {id} was accepted before and runs"))
						.detail("contracts", serde_json::json!([view.id])))
				}
				Ok(TakenBack::Accepted(view)) => return Ok(*view),
				Err(error) => last = Some(error),
			}
			tokio::time::sleep(LOOK).await;
		}
		let reason = last.map(|error| format!(" ({error})")).unwrap_or_default();
		Err(why
			.and(format!("proposal {id} could not be withdrawn{reason}"))
			.hint(format!("its escrow is free again after `terrace withdraw {id}`")))
	}

	async fn try_take_back(&self, id: ContractId) -> Result<TakenBack, Error> {
		match self.market.contract(id).await? {
			None => return Ok(TakenBack::Gone),
			Some(view) if view.state != ContractState::Proposed => {
				return Ok(TakenBack::Accepted(Box::new(view)))
			}
			Some(_) => {}
		}
		match withdraw(self.market, self.signer, id, Wait::Finalized).await {
			Ok(()) => Ok(TakenBack::Withdrawn),
			Err(error) if error.is_dispatch(PALLET, "UnknownContract") => Ok(TakenBack::Gone),
			Err(error) => Err(error),
		}
	}

	/// Withdraws whatever a proposal of unknown fate has left.
	async fn take_back_unknown(&self, copy: &PlannedCopy, why: Failure) -> Failure {
		let mine = self.market.contracts_of(&self.signer.account()).await;
		let left = mine.map(|all| all.into_iter().find(|view| self.is_left(view, copy)));
		match left {
			Ok(Some(view)) => match self.take_back(view.id, why.clone()).await {
				Err(failure) => failure,
				Ok(view) => why.and(format!("contract {} was accepted and runs", view.id)),
			},
			Ok(None) => why.and("no proposal was found on the chain"),
			Err(_) => why.hint("look with `terrace status` whether a proposal was left behind"),
		}
	}

	/// Whether a contract can only come from the proposal for `copy`.
	fn is_left(&self, view: &ContractView, copy: &PlannedCopy) -> bool {
		view.state == ContractState::Proposed
			&& view.root == self.file.root
			&& view.provider == copy.provider
			&& view.client == self.signer.account()
			&& !self.before.contains(&view.id)
	}
}

/// What became of a proposal that is to be withdrawn.
enum TakenBack {
	Withdrawn,
	Gone,
	Accepted(Box<ContractView>),
}

fn proposed(market: &Chain, included: &Included) -> Result<ContractId, Error> {
	let event = included.event(PALLET, "ContractProposed").ok_or_else(|| Error::Unsupported {
		url: market.url().into(),
		what: format!("event {PALLET}.ContractProposed"),
	})?;
	event.decode()
}

/// Whether an upload may succeed if it is tried again.
fn may_pass(error: &HttpError) -> bool {
	match error {
		HttpError::Unreachable { .. } | HttpError::Stalled { .. } => true,
		// The provider may not have seen the proposal yet, or be busy.
		HttpError::Refused { status, .. } => matches!(status, 404 | 408 | 425 | 429 | 500..=599),
		_ => false,
	}
}

fn ended_early(copy: &PlannedCopy, expired: bool) -> Failure {
	let who = &copy.provider;
	if expired {
		return Failure::new(Exit::NotAccepted, format!("the proposal to {who} expired"))
			.hint("try again, or choose another provider");
	}
	Failure::new(Exit::Provider, format!("provider {who} rejected the proposal"))
		.hint("choose another provider")
}

fn too_late(copy: &PlannedCopy, patience: Duration) -> Failure {
	let (who, seconds) = (&copy.provider, patience.as_secs());
	let message = format!("provider {who} has the file and did not accept within {seconds} s");
	Failure::new(Exit::NotAccepted, message)
		.hint("give it more time with --accept-within, or choose another provider")
}

#[cfg(test)]
mod tests {
	use super::*;
	use terrace_client::Quote;
	use terrace_layers::Window;
	use terrace_possession::ContentId;

	fn copy() -> PlannedCopy {
		PlannedCopy {
			provider: [2; 32].into(),
			endpoint: "http://x".into(),
			proof_chain: ChainId::default(),
			windows: 3,
			interval: 1,
			quote: Quote {
				rate: 7,
				fee: 1,
				escrow: 28,
				collateral: 70,
				start: Window(2),
				end: Window(6),
			},
		}
	}

	#[test]
	fn proposal_allows_no_higher_rate_than_quoted() {
		let file = SourceFile { path: "f".into(), root: ContentId::of(b"abc"), size: 3 };
		let terms = Terms {
			proof_chain: ChainId::default(),
			root: ContentId::of(b"abc"),
			size: 3,
			windows: 3,
			interval: 1,
			max_rate: 7,
		};
		let expected = ([2; 32].into(), terms);
		assert_eq!(copy().proposal(&file), expected);
	}

	#[test]
	fn only_passing_trouble_is_tried_again() {
		let refused = |status| HttpError::Refused {
			endpoint: String::new(),
			status,
			reason: String::new(),
			hint: None,
		};
		for (status, again) in [(404, true), (503, true), (409, false), (413, false), (422, false)]
		{
			assert_eq!(may_pass(&refused(status)), again, "{status}");
		}
		let (endpoint, seconds) = (String::new(), 1);
		assert!(may_pass(&HttpError::Stalled { endpoint, seconds }));
		assert!(!may_pass(&HttpError::Unreadable("gone".into())));
	}

	#[test]
	fn unaccepted_proposals_have_their_exit_codes() {
		assert_eq!(ended_early(&copy(), true).exit, Exit::NotAccepted);
		assert_eq!(ended_early(&copy(), false).exit, Exit::Provider);
		assert_eq!(too_late(&copy(), Duration::from_secs(5)).exit, Exit::NotAccepted);
	}
}
