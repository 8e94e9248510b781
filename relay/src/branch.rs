// SPDX-License-Identifier: Apache-2.0
//! Finds out whether a chain has finalised two blocks at one height.
//!
//! What the target has proven of the source is compared with what the source's node calls final. Where
//! they differ, the node's branch is as final as the other if its votes say so: that is evidence, and
//! nothing else is.

use crate::{
	calls::Fork,
	fault::Fault,
	finality::{Justification, Justifications, Voters},
	handover::{header_of, set_id_at},
	node::Node,
	records,
};
use codec::Decode;
use sp_core::H256;
use std::{
	collections::{BTreeMap, BTreeSet},
	time::Duration,
};
use terrace_client::Error;
use terrace_layers::{views::NeighbourView, Header};

/// Most headers between a block and the one it is in conflict with.
const MAX_ANCESTRY: u32 = 64;
/// Pause between two searches for votes.
const SEARCH: Duration = Duration::from_secs(60);
/// Blocks that are remembered.
const REMEMBERED: usize = 1024;

/// Blocks of the source as the target has proven them, compared with those of a node.
#[derive(Default)]
pub(crate) struct Branch {
	/// Those on which both agree.
	same: BTreeMap<u32, H256>,
	/// When votes for another branch were last searched for.
	searched: Option<Duration>,
	/// Incarnations in which a fork was shown.
	settled: BTreeSet<u32>,
}

/// Where votes for a branch are looked for.
pub(crate) struct Search<'a> {
	/// A node of the source.
	pub source: &'a dyn Node,
	/// Justifications that came by themselves.
	pub kept: &'a Justifications,
	/// The authorities of the source that the target knows, if any.
	pub voters: Option<&'a Voters>,
	/// Newest final block.
	pub finalized: u32,
}

impl Branch {
	/// Another node may know another branch.
	pub fn reset(&mut self) {
		self.same.clear();
		self.searched = None;
	}

	/// A fork was shown in this incarnation: another one makes no difference.
	pub fn settle(&mut self, view: &NeighbourView) {
		self.settled.insert(view.incarnation);
	}

	/// The newest block that the target has proven and for which the source's node has another one.
	pub async fn differing(
		&mut self,
		target: &dyn Node,
		source: &dyn Node,
		view: &NeighbourView,
		finalized: u32,
	) -> Result<Option<(u32, H256)>, Fault> {
		let best = (view.best_number, view.best_hash);
		if self.settled.contains(&view.incarnation) || self.same.get(&best.0) == Some(&best.1) {
			return Ok(None);
		}
		self.same.remove(&best.0);
		if self.same.len() >= REMEMBERED {
			self.same.clear();
		}
		for number in records::ring(target, view.chain).await? {
			if number > finalized || self.same.contains_key(&number) {
				continue;
			}
			let kept = records::header(target, view.chain, number).await?;
			let Some((kept, found)) = kept.zip(source.block_hash(number).await?) else { continue };
			if kept != found {
				return Ok(Some((number, kept)));
			}
			self.same.insert(number, kept);
		}
		Ok(None)
	}

	/// Whether it is time to search for votes.
	pub fn may_search(&mut self, now: Duration) -> bool {
		let may = self.searched.is_none_or(|last| now.saturating_sub(last) >= SEARCH);
		if may {
			self.searched = Some(now);
		}
		may
	}
}

impl Search<'_> {
	/// What shows that the source has finalised another block than `kept` at this height.
	pub async fn fork(&self, number: u32, kept: H256) -> Result<Option<Fork>, Fault> {
		let highest = number.saturating_add(MAX_ANCESTRY).min(self.finalized);
		for above in number..=highest {
			let Some(hash) = self.source.block_hash(above).await? else { break };
			let Some((set, set_id, justification)) = self.justified(above, hash).await? else {
				continue;
			};
			let header = header_of(self.source, hash).await?;
			let Some(ancestry) = self.ancestry(&header, number).await? else { continue };
			let lowest = ancestry.last().unwrap_or(&header);
			if lowest.hash() == kept {
				continue;
			}
			let proof = terrace_layers::FinalityProof { header, justification, set_id };
			return Ok(Some(Fork { set, proof, ancestry }));
		}
		Ok(None)
	}

	/// Votes for a block, and the authorities whose they are.
	async fn justified(
		&self,
		number: u32,
		hash: H256,
	) -> Result<Option<(terrace_layers::Authorities, u64, Justification)>, Fault> {
		let stored = match self.kept.raw(hash, number) {
			Some(kept) => Some(kept),
			None => self.source.stored_justification(hash).await?.and_then(|bytes| {
				let read = Justification::decode(&mut &bytes[..]).ok();
				read.filter(|found| found.commit.target_hash == hash)
			}),
		};
		let Some(justification) = stored else { return Ok(None) };
		let with = |voters: &Voters| {
			let accepted = voters.accept(justification.clone())?;
			Some((voters.members.clone(), voters.set_id, accepted))
		};
		if let Some(found) = self.voters.and_then(with) {
			return Ok(Some(found));
		}
		Ok(self.voters_of(number).await?.as_ref().and_then(with))
	}

	/// Those who voted for a block, as the source's own state names them.
	async fn voters_of(&self, number: u32) -> Result<Option<Voters>, Fault> {
		let Some(before) = number.checked_sub(1) else { return Ok(None) };
		let Some(hash) = self.source.block_hash(before).await? else { return Ok(None) };
		let set_id = match set_id_at(self.source, hash).await {
			Err(Fault::Node(Error::Refused { .. })) => return Ok(None),
			set_id => set_id?,
		};
		let members = records::authorities(self.source, Some(hash)).await?;
		Ok(members.and_then(|members| Voters::new(members, set_id)))
	}

	/// The headers from the parent of `header` down to that of block `lowest`.
	async fn ancestry(&self, header: &Header, lowest: u32) -> Result<Option<Vec<Header>>, Fault> {
		let mut ancestry = Vec::new();
		let (mut number, mut parent) = (header.number, header.parent_hash);
		while number > lowest {
			let next = header_of(self.source, parent).await?;
			if next.number.checked_add(1) != Some(number) {
				return Ok(None);
			}
			(number, parent) = (next.number, next.parent_hash);
			ancestry.push(next);
		}
		Ok(Some(ancestry))
	}
}
