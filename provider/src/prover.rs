// SPDX-License-Identifier: Apache-2.0
//! Proves what is due, early in each window, until the chain shows it as proven.

use crate::{
	batch::Filling,
	upkeep::{Account, Contracts},
	Error, Metrics, Store, LOG_TARGET,
};
use codec::Encode;
use futures::StreamExt;
use sp_core::{Blake2Hasher, Hasher};
use std::{
	collections::{BTreeMap, BTreeSet},
	time::Duration,
};
use terrace_client::Chain;
use terrace_layers::{
	views::{SlotView, WindowView},
	ProofItem, Window, MAX_ATTEMPT,
};
use terrace_possession::{challenge, BlobSize, ChallengeSeed};

/// Longest time between two looks, should no block come.
const LOOK_EVERY: Duration = Duration::from_secs(6);
/// Pages that are first proven together, so that they share a transaction: 512 legs.
const TOGETHER: u32 = 8;
/// Part of the window, in its first blocks, over which providers spread their proofs.
const SPREAD: u32 = 4;

/// Proves on one proof chain.
pub struct Prover {
	chain: Chain,
	account: Account,
	store: Store,
	metrics: Metrics,
	sent: Sent,
}

/// What was sent in the open window.
#[derive(Default)]
struct Sent {
	window: Option<(Window, [u8; 32])>,
	pages: BTreeMap<u32, Attempt>,
}

/// The newest transaction for a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Attempt {
	number: u8,
	block: u32,
}

impl Sent {
	/// Forgets what was sent for another window or seed.
	fn turn_to(&mut self, window: &WindowView) {
		let now = Some((window.window, window.seed));
		if self.window != now {
			*self = Self { window: now, pages: BTreeMap::new() };
		}
	}

	/// The number of the next attempt for a page, if it is time for one at block `now`.
	fn next(&self, page: u32, window: &WindowView, now: u32) -> Option<u8> {
		let length = window.closes_at.saturating_sub(window.opened_at);
		match self.pages.get(&page) {
			None => (now >= first_block(page, window, length)).then_some(0),
			Some(last) => {
				let patience = (length / 8).max(2);
				(now >= last.block.saturating_add(patience))
					.then(|| last.number.saturating_add(1).min(MAX_ATTEMPT))
			}
		}
	}

	/// Attempts that it is time for, and their pages, those of one attempt together.
	fn wanted(&self, pages: u32, window: &WindowView, now: u32) -> BTreeSet<(u8, u32)> {
		let attempt = |page| self.next(page, window, now).map(|number| (number, page));
		(0..pages).filter_map(attempt).collect()
	}
}

/// The block in which a page is first proven: providers and pages do not all come at once.
fn first_block(page: u32, window: &WindowView, length: u32) -> u32 {
	let hash = (window.seed, page / TOGETHER).using_encoded(Blake2Hasher::hash);
	let draw = hash.to_low_u64_le() as u32;
	let span = (length / SPREAD).max(1);
	window.opened_at.saturating_add(draw % span)
}

impl Prover {
	/// For one proof chain.
	pub fn new(chain: Chain, account: Account, store: Store, metrics: Metrics) -> Self {
		Self { chain, account, store, metrics, sent: Sent::default() }
	}

	/// Runs for ever; what fails is tried again with the next block.
	pub async fn run(mut self) {
		loop {
			let mut blocks = match self.chain.subscribe_best().await {
				Ok(blocks) => blocks,
				Err(error) => {
					self.failed(&error.into());
					tokio::time::sleep(LOOK_EVERY).await;
					continue;
				}
			};
			while let Ok(Some(_)) | Err(_) = tokio::time::timeout(LOOK_EVERY, blocks.next()).await {
				if let Err(error) = self.look().await {
					self.failed(&error);
				}
			}
		}
	}

	fn failed(&self, error: &Error) {
		self.metrics.failures.inc();
		tracing::warn!(target: LOG_TARGET, chain = self.chain.url(), %error, "proving");
	}

	/// Proves every page that needs it now.
	async fn look(&mut self) -> Result<(), Error> {
		let me = self.account.provider();
		let Some(stream) = self.account.chain.stream(&me, self.chain.id()).await? else {
			return Ok(());
		};
		let Some(window) = self.chain.window().await? else { return Ok(()) };
		self.sent.turn_to(&window);
		let (now, _) = self.chain.best().await?;
		let most_bytes = self.chain.constant("ProofVerification", "MaxBatchBytes")?;
		let mut filling = Filling::new(stream.stream, window.window, most_bytes);
		let pages = self.chain.pages(stream.stream).await?;
		for (attempt, page) in self.sent.wanted(pages, &window, now) {
			let slots = self.chain.page(stream.stream, page).await?;
			let due = slots.into_iter().filter(|slot| slot.due && !slot.proven).collect();
			let items = self.items(&window, page, due).await;
			if !filling.add(attempt, page, &items) {
				let next = filling.renew();
				self.send(std::mem::replace(&mut filling, next), now).await?;
				filling.add(attempt, page, &items);
			}
		}
		self.send(filling, now).await
	}

	async fn send(&mut self, filling: Filling, now: u32) -> Result<(), Error> {
		let (batch, pages, count) = filling.finish();
		let (window, attempt) = (batch.window, batch.attempt);
		if count > 0 {
			let signature = self.account.signer.sign(&batch.signing_payload(self.chain.id()));
			let call =
				self.chain.call("ProofVerification", "submit_proofs", &(batch, signature))?;
			match self.chain.submit_general(&call).await {
				Ok(_) => {
					self.metrics.batches.inc();
					self.metrics.proofs.inc_by(u64::try_from(count).unwrap_or_default());
					tracing::info!(
						target: LOG_TARGET,
						%window,
						pages = pages.len(),
						attempt,
						proofs = count,
						"proofs sent"
					);
				}
				// Proven meanwhile, or the window has just closed: the next look tells.
				Err(terrace_client::Error::Rejected { reason, .. }) => {
					tracing::debug!(target: LOG_TARGET, attempt, reason, "proofs not taken");
				}
				Err(error) => return Err(error.into()),
			}
		}
		let attempt = Attempt { number: attempt, block: now };
		self.sent.pages.extend(pages.into_iter().map(|page| (page, attempt)));
		Ok(())
	}

	/// Proofs for legs of a page; legs that cannot be proven are left out.
	async fn items(&self, window: &WindowView, page: u32, due: Vec<SlotView>) -> Vec<ProofItem> {
		let mut items = Vec::new();
		for slot in due {
			match self.item(window, page, &slot).await {
				Ok(item) => items.push(item),
				Err(error) => {
					self.metrics.unprovable.inc();
					tracing::error!(
						target: LOG_TARGET,
						leg = %slot.leg,
						root = %slot.root,
						%error,
						"this leg cannot be proven and will not be paid for"
					);
				}
			}
		}
		items
	}

	async fn item(
		&self,
		window: &WindowView,
		page: u32,
		slot: &SlotView,
	) -> Result<ProofItem, Error> {
		let size = BlobSize::new(slot.size).map_err(|error| Error::Damaged {
			root: slot.root.to_string(),
			reason: error.to_string(),
		})?;
		let provider: [u8; 32] = self.account.provider().into();
		let seed = ChallengeSeed(window.seed);
		let indices = challenge(&seed, &provider, slot.leg.0, size, slot.challenges);
		let proof = self.store.prove(&slot.root, size, &indices).await?;
		Ok(ProofItem { page, slot: slot.slot, proof })
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use terrace_layers::BatchId;

	fn window(number: u32, seed: u8) -> WindowView {
		WindowView {
			window: Window(number),
			round: 0,
			opened_at: 100,
			closes_at: 140,
			seed: [seed; 32],
			beacon: None,
			applied: BatchId(0),
			sweeping: None,
		}
	}

	#[test]
	fn a_page_is_first_proven_early_in_the_window() {
		let mut seen = std::collections::BTreeSet::new();
		for page in 0..800 {
			let block = first_block(page, &window(1, 7), 40);
			assert!((100..110).contains(&block));
			assert_eq!(block, first_block(page / TOGETHER * TOGETHER, &window(1, 7), 40));
			seen.insert(block);
		}
		assert!(seen.len() > 5, "pages are spread over {seen:?}");
	}

	#[test]
	fn an_unproven_page_is_sent_again_after_a_while() {
		let window = window(1, 7);
		let mut sent = Sent::default();
		sent.turn_to(&window);
		assert_eq!(sent.next(0, &window, 139), Some(0));
		sent.pages.insert(0, Attempt { number: 0, block: 105 });
		assert_eq!(sent.next(0, &window, 109), None);
		assert_eq!(sent.next(0, &window, 110), Some(1));
		sent.pages.insert(0, Attempt { number: MAX_ATTEMPT, block: 110 });
		assert_eq!(sent.next(0, &window, 120), Some(MAX_ATTEMPT));
	}

	#[test]
	fn pages_of_one_attempt_are_wanted_together() {
		let window = window(1, 7);
		let mut sent = Sent::default();
		sent.turn_to(&window);
		sent.pages.insert(1, Attempt { number: 0, block: 100 });
		sent.pages.insert(2, Attempt { number: 1, block: 130 });
		let wanted: Vec<_> = sent.wanted(4, &window, 131).into_iter().collect();
		assert_eq!(wanted, [(0, 0), (0, 3), (1, 1)]);
	}

	#[test]
	fn a_new_window_or_seed_starts_anew() {
		let mut sent = Sent::default();
		sent.turn_to(&window(1, 7));
		sent.pages.insert(0, Attempt { number: 2, block: 105 });
		sent.turn_to(&window(1, 7));
		assert_eq!(sent.pages.len(), 1);
		sent.turn_to(&window(1, 8));
		assert!(sent.pages.is_empty(), "a re-run window has another seed");
	}
}
