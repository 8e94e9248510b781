// SPDX-License-Identifier: Apache-2.0
//! Finds blocks of the source whose finality can be proven.

use crate::{
	finality::{hands_over, Justification, Justifications, Voters},
	LOG_TARGET,
};
use codec::Decode;
use futures::{StreamExt, TryStreamExt};
use serde_json::json;
use sp_core::{Bytes, H256};
use std::ops::RangeInclusive;
use terrace_client::{Chain, Error};
use terrace_layers::{FinalityProof, Header};

/// Headers that are fetched at the same time.
const AT_ONCE: usize = 32;
/// Blocks below the newest final one that are searched for a stored justification: nodes keep at
/// least one in eight.
const RECENT: u32 = 16;

/// What a node answers to `grandpa_proveFinality`.
#[derive(Decode)]
struct ProvenFinality {
	_block: H256,
	justification: Vec<u8>,
	_unknown_headers: Vec<Header>,
}

/// The first block above `known` that hands over to other authorities, with its proof.
///
/// `None` if no node keeps what proves it.
pub(crate) async fn next_handover(
	source: &Chain,
	known: u32,
	finalized: u32,
	kept: &Justifications,
	voters: &Voters,
) -> Result<Option<FinalityProof>, Error> {
	let first = known.saturating_add(1);
	if let Some(proof) = asked(source, first, voters).await? {
		return Ok(Some(proof));
	}
	let Some(header) = search(source, first..=finalized).await? else { return Ok(None) };
	let hash = header.hash();
	let found = match kept.of(hash, header.number, voters) {
		Some(found) => Some(found),
		None => stored(source, hash, voters).await?,
	};
	if found.is_none() {
		tracing::warn!(
			target: LOG_TARGET,
			block = header.number,
			"{} keeps no justification of a block that changes authorities; relay from a node that \
			 keeps all blocks",
			source.url(),
		);
	}
	Ok(found.map(|justification| voters.proof(header, justification)))
}

/// Asks the node for the end of the set that block `first` belongs to.
async fn asked(
	source: &Chain,
	first: u32,
	voters: &Voters,
) -> Result<Option<FinalityProof>, Error> {
	let answer: Result<Option<Bytes>, _> =
		source.rpc("grandpa_proveFinality", json!([first])).await;
	let encoded = match answer {
		Ok(Some(encoded)) => encoded,
		// Nodes do not know this of blocks that they did not import one by one.
		Ok(None) | Err(Error::Refused { .. }) => return Ok(None),
		Err(error) => return Err(error),
	};
	let Some(justification) = read(&encoded, voters) else { return Ok(None) };
	let header = header_of(source, &justification).await?;
	// In the source's present set it is any block: that one is not what is looked for.
	Ok(hands_over(&header).then(|| voters.proof(header, justification)))
}

fn read(encoded: &[u8], voters: &Voters) -> Option<Justification> {
	let proven = ProvenFinality::decode(&mut &encoded[..]).ok()?;
	voters.accept(Justification::decode(&mut &proven.justification[..]).ok()?)
}

/// The first header in `range` that hands over.
async fn search(source: &Chain, range: RangeInclusive<u32>) -> Result<Option<Header>, Error> {
	let mut headers = futures::stream::iter(range)
		.map(|number| async move {
			match source.block_hash(number).await? {
				Some(hash) => source.header(hash).await.map(Some),
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

/// The justification that the node keeps with a block.
async fn stored(
	source: &Chain,
	hash: H256,
	voters: &Voters,
) -> Result<Option<Justification>, Error> {
	let encoded = source.block_justification(hash).await?;
	let read = |bytes: Vec<u8>| Justification::decode(&mut &bytes[..]).ok();
	Ok(encoded.and_then(read).and_then(|justification| voters.accept(justification)))
}

/// The newest justification above `known` that the node keeps with one of the newest final blocks.
pub(crate) async fn recent(
	source: &Chain,
	known: u32,
	finalized: u32,
	voters: &Voters,
) -> Result<Option<Justification>, Error> {
	let lowest = finalized.saturating_sub(RECENT).max(known.saturating_add(1));
	for number in (lowest..=finalized).rev() {
		let Some(hash) = source.block_hash(number).await? else { continue };
		if let Some(found) = stored(source, hash, voters).await? {
			return Ok(Some(found));
		}
	}
	Ok(None)
}

/// The header that a justification is about.
pub(crate) async fn header_of(
	source: &Chain,
	justification: &Justification,
) -> Result<Header, Error> {
	let hash = justification.commit.target_hash;
	let header = source.header(hash).await?;
	if header.hash() == hash {
		return Ok(header);
	}
	Err(Error::Malformed {
		url: source.url().into(),
		method: "chain_getHeader".into(),
		reason: format!("asked for {hash:?}, the header hashes to {:?}", header.hash()),
	})
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
