// SPDX-License-Identifier: Apache-2.0
//! Recoveries of a parent that a child's authorities have signed, as they hand them to a relay.

use crate::{fault::Fault, handover::header_of, handover::set_id_at, node::Node, records};
use codec::Encode;
use serde::Deserialize;
use sp_consensus_grandpa::{AuthorityId, AuthoritySignature};
use sp_core::{bytes, ed25519, Pair as _};
use std::{collections::BTreeMap, path::Path};
use terrace_client::Error;
use terrace_layers::{recovery_statement, Authorities, ChainId, Checkpoint};

/// Longest file that is read.
const LONGEST: u64 = 1 << 20;

/// What one or several authorities signed.
#[derive(Clone, Debug, Deserialize)]
struct File {
	/// The child whose authorities they are.
	chain: ChainId,
	/// Where its parent is to be followed from.
	checkpoint: Checkpoint,
	signatures: Vec<Signature>,
}

#[derive(Clone, Debug, Deserialize)]
struct Signature {
	authority: String,
	signature: String,
}

/// A recovery that enough authorities have signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
	/// Where the parent is to be followed from.
	pub checkpoint: Checkpoint,
	/// Signatures by the places of the authorities that made them.
	pub signatures: Vec<(u32, AuthoritySignature)>,
}

fn read(path: &Path) -> Result<File, Fault> {
	let bad = |reason: String| Fault::BadRecovery { url: path.display().to_string(), reason };
	let meta = std::fs::metadata(path).map_err(|error| bad(error.to_string()))?;
	if meta.len() > LONGEST {
		return Err(bad(format!("{} bytes are more than any has", meta.len())));
	}
	let text = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
	serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))
}

fn fixed<const N: usize>(hex: &str) -> Option<[u8; N]> {
	bytes::from_hex(hex).ok()?.try_into().ok()
}

/// The signature and its place among the authorities, if it is one of theirs.
fn verified(
	file: &File,
	signature: &Signature,
	authorities: &Authorities,
) -> Option<(u32, AuthoritySignature)> {
	let public = ed25519::Public::from(fixed::<32>(&signature.authority)?);
	let signed = ed25519::Signature::from(fixed::<64>(&signature.signature)?);
	let place = authorities.iter().position(|key| *key == AuthorityId::from(public))?;
	let statement = recovery_statement(file.chain, &file.checkpoint);
	let is_valid = ed25519::Pair::verify(&signed, statement, &public);
	is_valid.then_some((u32::try_from(place).ok()?, signed.into()))
}

/// The newest recovery of `parent` that enough authorities of `child` have signed in these files, and
/// what is wrong with some of them.
pub(crate) fn gather<P: AsRef<Path>>(
	paths: &[P],
	(child, parent): (ChainId, ChainId),
	authorities: &Authorities,
) -> (Option<Signed>, Vec<Fault>) {
	let (mut found, mut faults) = (BTreeMap::new(), Vec::new());
	for path in paths {
		let file = match read(path.as_ref()) {
			Ok(file) => file,
			Err(fault) => {
				faults.push(fault);
				continue;
			}
		};
		if file.chain != child || file.checkpoint.chain != parent {
			let url = path.as_ref().display().to_string();
			let reason = "it is about other chains".into();
			faults.push(Fault::BadRecovery { url, reason });
			continue;
		}
		let key = (file.checkpoint.number, file.checkpoint.encode());
		let (_, signatures) =
			found.entry(key).or_insert_with(|| (file.checkpoint.clone(), BTreeMap::new()));
		let good = file.signatures.iter().filter_map(|one| verified(&file, one, authorities));
		signatures.extend(good);
	}
	let needed = authorities.len().saturating_mul(2).div_euclid(3).saturating_add(1);
	let enough = found.into_values().rev().find(|(_, signatures)| signatures.len() >= needed);
	let signed = enough.map(|(checkpoint, signatures)| {
		let signatures = signatures.into_iter().collect();
		Signed { checkpoint, signatures }
	});
	(signed, faults)
}

/// Whether a checkpoint is one of the chain that a node knows.
pub(crate) async fn agrees(
	source: &dyn Node,
	checkpoint: &Checkpoint,
	finalized: u32,
) -> Result<bool, Fault> {
	if checkpoint.chain != source.id() || checkpoint.number > finalized {
		return Ok(false);
	}
	if source.block_hash(checkpoint.number).await? != Some(checkpoint.hash) {
		return Ok(false);
	}
	let header = header_of(source, checkpoint.hash).await?;
	let set_id = match set_id_at(source, checkpoint.hash).await {
		Err(Fault::Node(Error::Refused { .. })) => return Ok(false),
		set_id => set_id?,
	};
	let members = records::authorities(source, Some(checkpoint.hash)).await?;
	Ok(header.state_root == checkpoint.state_root
		&& set_id == checkpoint.set_id
		&& members.as_ref() == Some(&checkpoint.authorities))
}
