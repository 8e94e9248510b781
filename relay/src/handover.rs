// SPDX-License-Identifier: Apache-2.0
//! Finds blocks of the source whose finality can be proven.

use crate::{
	fault::Fault,
	finality::{hands_over, Justification, Justifications, Voters},
	node::Node,
	rpc_node::proven_justification,
};
use codec::{Decode, DecodeAll};
use futures::{StreamExt, TryStreamExt};
use sp_core::H256;
use std::ops::RangeInclusive;
use terrace_client::Error;
use terrace_layers::{keys, FinalityProof, Header};

/// Most headers of one batch.
pub(crate) const MAX_BATCH: usize = 8;
/// Headers that are fetched at the same time.
const AT_ONCE: usize = 32;
/// Blocks below the newest final one that are searched for a stored justification: nodes keep at
/// least one in eight.
const RECENT: u32 = 16;

/// Where the way from one authority set to the next is looked for.
#[derive(Clone, Copy)]
pub(crate) struct Search<'a> {
	/// A node of the source.
	pub source: &'a dyn Node,
	/// Justifications that came by themselves.
	pub kept: &'a Justifications,
	/// Newest final block.
	pub finalized: u32,
	/// Id of the authority set there.
	pub set_id: u64,
}

/// What hands over from one set to the next, from block `known` on, at most `most` times.
///
/// Not empty: *fails* if not even the first step can be proven.
pub(crate) async fn catch_up(
	search: Search<'_>,
	known: u32,
	voters: &Voters,
	most: usize,
) -> Result<Vec<FinalityProof>, Fault> {
	let mut proofs = Vec::new();
	let mut next: Option<Voters> = None;
	let mut known = known;
	while proofs.len() < most {
		let voters = next.as_ref().unwrap_or(voters);
		if voters.set_id >= search.set_id {
			break;
		}
		let Some(proof) = search.next(known, voters).await? else { break };
		known = proof.header.number;
		next = voters.after(&proof.header);
		proofs.push(proof);
		if next.is_none() {
			break;
		}
	}
	if proofs.is_empty() {
		let url = search.source.url().into();
		return Err(Fault::Pruned { url, set_id: voters.set_id, known });
	}
	Ok(proofs)
}

impl Search<'_> {
	/// The first block above `known` that hands over to other authorities, with its proof.
	///
	/// `None` if the node does not keep what proves it.
	async fn next(&self, known: u32, voters: &Voters) -> Result<Option<FinalityProof>, Fault> {
		let first = known.saturating_add(1);
		if let Some(found) = self.bisect(known, voters.set_id).await? {
			if let Some(proof) = self.at(found, voters).await? {
				return Ok(Some(proof));
			}
		}
		if let Some(proof) = self.asked(first, voters).await? {
			return Ok(Some(proof));
		}
		match self.scan(first..=self.finalized).await? {
			Some(header) => self.proven(header, voters).await,
			None => Ok(None),
		}
	}

	/// The first block whose state has a later set than `set_id`, if states are kept that long.
	async fn bisect(&self, known: u32, set_id: u64) -> Result<Option<u32>, Fault> {
		let (mut low, mut high) = (known, self.finalized);
		while high.saturating_sub(low) > 1 {
			let middle = low.midpoint(high);
			let Some(hash) = self.source.block_hash(middle).await? else { return Ok(None) };
			match set_id_at(self.source, hash).await {
				Ok(found) if found > set_id => high = middle,
				Ok(_) => low = middle,
				Err(Fault::Node(Error::Refused { .. })) => return Ok(None),
				Err(fault) => return Err(fault),
			}
		}
		Ok((high > known).then_some(high))
	}

	/// The proof of a block, if it hands over.
	async fn at(&self, number: u32, voters: &Voters) -> Result<Option<FinalityProof>, Fault> {
		let Some(hash) = self.source.block_hash(number).await? else { return Ok(None) };
		let header = header_of(self.source, hash).await?;
		match hands_over(&header) {
			true => self.proven(header, voters).await,
			false => Ok(None),
		}
	}

	/// The proof of a header, from wherever it is kept.
	async fn proven(
		&self,
		header: Header,
		voters: &Voters,
	) -> Result<Option<FinalityProof>, Fault> {
		let (hash, number) = (header.hash(), header.number);
		if let Some(kept) = self.kept.of(hash, number, voters) {
			return Ok(Some(voters.proof(header, kept)));
		}
		if let Some(stored) = stored(self.source, hash, voters).await? {
			if stored.commit.target_hash == hash {
				return Ok(Some(voters.proof(header, stored)));
			}
		}
		let asked = self.asked(number, voters).await?;
		Ok(asked.filter(|proof| proof.header == header))
	}

	/// Asks the node for the end of the set that block `number` belongs to.
	async fn asked(&self, number: u32, voters: &Voters) -> Result<Option<FinalityProof>, Fault> {
		let Some(answer) = self.source.prove_finality(number).await? else { return Ok(None) };
		let Some(justification) = read(&answer, voters) else { return Ok(None) };
		let header = header_of(self.source, justification.commit.target_hash).await?;
		// In the source's present set it is any block: that one is not what is looked for.
		Ok(hands_over(&header).then(|| voters.proof(header, justification)))
	}

	/// The first header in `range` that hands over.
	async fn scan(&self, range: RangeInclusive<u32>) -> Result<Option<Header>, Fault> {
		let source = self.source;
		let mut headers = futures::stream::iter(range)
			.map(|number| async move {
				match source.block_hash(number).await? {
					Some(hash) => header_of(source, hash).await.map(Some),
					None => Ok(None),
				}
			})
			.buffered(AT_ONCE);
		while let Some(header) = headers.try_next().await? {
			if let Some(header) = header.filter(hands_over) {
				return Ok(Some(header));
			}
		}
		Ok(None)
	}
}

fn read(answer: &[u8], voters: &Voters) -> Option<Justification> {
	let justification = proven_justification(answer)?;
	voters.accept(Justification::decode(&mut &justification[..]).ok()?)
}

/// Id of the authority set after a block.
pub(crate) async fn set_id_at(source: &dyn Node, at: H256) -> Result<u64, Fault> {
	let Some(bytes) = source.storage(keys::grandpa_set_id(), Some(at)).await? else { return Ok(0) };
	u64::decode_all(&mut &bytes[..]).map_err(|_| Fault::Unreadable {
		url: source.url().into(),
		what: "the id of its authority set",
	})
}

/// The justification that the node keeps with a block.
async fn stored(
	source: &dyn Node,
	hash: H256,
	voters: &Voters,
) -> Result<Option<Justification>, Fault> {
	let encoded = source.stored_justification(hash).await?;
	let read = |bytes: Vec<u8>| Justification::decode(&mut &bytes[..]).ok();
	Ok(encoded.and_then(read).and_then(|justification| voters.accept(justification)))
}

/// The newest justification above `known` that the node keeps, or makes when asked.
pub(crate) async fn recent(
	source: &dyn Node,
	known: u32,
	finalized: u32,
	voters: &Voters,
) -> Result<Option<Justification>, Fault> {
	let lowest = finalized.saturating_sub(RECENT).max(known.saturating_add(1));
	for number in (lowest..=finalized).rev() {
		let Some(hash) = source.block_hash(number).await? else { continue };
		if let Some(found) = stored(source, hash, voters).await? {
			return Ok(Some(found));
		}
	}
	let answer = source.prove_finality(finalized).await?;
	let found = answer.and_then(|answer| read(&answer, voters));
	Ok(found.filter(|justification| justification.commit.target_number > known))
}

/// The header of a block.
pub(crate) async fn header_of(source: &dyn Node, hash: H256) -> Result<Header, Fault> {
	let header = source.header(hash).await?;
	let found = header.hash();
	match found == hash {
		true => Ok(header),
		false => Err(Fault::OtherBlock { url: source.url().into(), asked: hash, found }),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use bp_test_utils::{
		accounts, make_justification_for_header, test_header, JustificationGeneratorParams,
	};
	use codec::Encode;
	use terrace_layers::Authorities;

	#[test]
	fn answers_of_nodes_are_read() {
		let header = test_header::<Header>(5);
		let justification = make_justification_for_header(JustificationGeneratorParams {
			header: header.clone(),
			set_id: 1,
			authorities: accounts(3).into_iter().map(|account| (account, 1)).collect(),
			..Default::default()
		});
		let keys: Vec<_> = accounts(3).into_iter().map(Into::into).collect();
		let voters = |set_id| {
			let keys = Authorities::try_from(keys.clone()).expect("few enough");
			Voters::new(keys, set_id).expect("not empty")
		};
		let answer = (header.hash(), justification.encode(), vec![header.clone()]).encode();
		let found = read(&answer, &voters(1)).expect("it is complete");
		assert_eq!(found.commit.target_hash, header.hash());
		assert!(read(&answer, &voters(2)).is_none(), "of another set");
		assert!(read(&answer[..40], &voters(1)).is_none(), "cut off");
	}
}
