// SPDX-License-Identifier: Apache-2.0
//! Records of chains that no runtime API tells of.

use crate::{fault::Fault, node::Node};
use codec::{Decode, DecodeAll, Encode};
use sp_consensus_grandpa::AuthorityList;
use sp_core::H256;
use terrace_client::Error;
use terrace_layers::{
	keys, views::NeighbourStatus, Authorities, ChainId, Checkpoint, Layer, Relation,
};

/// Headers of a neighbour that are looked at: more than any chain keeps.
const MOST_KEPT: usize = 256;

/// Pallet in which chains keep what they know of their neighbours.
const PALLET: &str = "ChainRegistry";

/// A recovery of the parent that waits for its time.
pub(crate) struct Pending {
	/// Where the parent is to be followed from.
	pub checkpoint: Checkpoint,
	/// Block of the child from which it may be applied.
	pub due: u32,
}

/// Where a chain keeps the authorities of a neighbour.
pub(crate) fn authorities_key(neighbour: ChainId) -> Vec<u8> {
	keys::map_blake2(PALLET, "CurrentAuthorities", &neighbour.encode())
}

/// Where a chain keeps what it knows of a neighbour.
pub(crate) fn client_key(neighbour: ChainId) -> Vec<u8> {
	keys::map_blake2(PALLET, "Clients", &neighbour.encode())
}

/// Where a chain keeps the numbers of the headers that it keeps of a neighbour.
pub(crate) fn ring_key(neighbour: ChainId) -> Vec<u8> {
	keys::map_blake2(PALLET, "HeaderRing", &neighbour.encode())
}

/// Where a chain keeps a header of a neighbour.
pub(crate) fn header_key(neighbour: ChainId, number: u32) -> Vec<u8> {
	let first = keys::map_blake2(PALLET, "Headers", &neighbour.encode());
	let second = keys::map_twox(PALLET, "Headers", &number.encode());
	let prefix = keys::value(PALLET, "Headers").len();
	let second = second.into_iter().skip(prefix);
	first.into_iter().chain(second).collect()
}

/// Where a child keeps the recovery of its parent that waits.
pub(crate) fn recovery_key() -> Vec<u8> {
	keys::value(PALLET, "PendingRecovery")
}

/// The neighbour's status as it was last written, which may be older than what time has made of it.
pub(crate) async fn marked(
	target: &dyn Node,
	neighbour: ChainId,
) -> Result<Option<NeighbourStatus>, Fault> {
	let Some(value) = target.storage(client_key(neighbour), None).await? else { return Ok(None) };
	// The record begins with these, and what follows is of no interest here.
	let read = <(Relation, Layer, NeighbourStatus)>::decode(&mut &value[..]);
	let (_, _, status) = read.map_err(|_| unreadable(target, "what it knows of its neighbour"))?;
	Ok(Some(status))
}

/// Numbers of the headers that are kept of a neighbour, newest first.
pub(crate) async fn ring(target: &dyn Node, neighbour: ChainId) -> Result<Vec<u32>, Fault> {
	let read = read::<Vec<u32>>(target, ring_key(neighbour), None, "the headers it keeps").await?;
	Ok(read.unwrap_or_default().into_iter().rev().take(MOST_KEPT).collect())
}

/// Hash of a header that is kept of a neighbour.
pub(crate) async fn header(
	target: &dyn Node,
	neighbour: ChainId,
	number: u32,
) -> Result<Option<H256>, Fault> {
	let key = header_key(neighbour, number);
	let read = read::<(H256, H256)>(target, key, None, "a header that it keeps").await?;
	Ok(read.map(|(hash, _)| hash))
}

/// The recovery of a child's parent that waits.
pub(crate) async fn recovery(child: &dyn Node) -> Result<Option<Pending>, Fault> {
	let read = read(child, recovery_key(), None, "a recovery").await?;
	Ok(read.map(|(checkpoint, due)| Pending { checkpoint, due }))
}

/// A chain's own authorities, after a block or now; `None` if that state is gone.
pub(crate) async fn authorities(
	chain: &dyn Node,
	at: Option<H256>,
) -> Result<Option<Authorities>, Fault> {
	let read = read::<AuthorityList>(chain, keys::grandpa_authorities(), at, "its authorities");
	let list = match read.await {
		Err(Fault::Node(Error::Refused { .. })) => return Ok(None),
		list => list?,
	};
	let keys = |list: AuthorityList| list.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
	Ok(list.and_then(|list| Authorities::try_from(keys(list)).ok()))
}

async fn read<T: DecodeAll>(
	node: &dyn Node,
	key: Vec<u8>,
	at: Option<H256>,
	what: &'static str,
) -> Result<Option<T>, Fault> {
	let Some(value) = node.storage(key, at).await? else { return Ok(None) };
	T::decode_all(&mut &value[..]).map(Some).map_err(|_| unreadable(node, what))
}

fn unreadable(node: &dyn Node, what: &'static str) -> Fault {
	Fault::Unreadable { url: node.url().into(), what }
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn records_of_a_neighbour_have_known_places() {
		let chain = ChainId(H256::repeat_byte(1));
		let key = authorities_key(chain);
		assert_eq!(key.len(), 32 + 16 + 32, "both names, a hash, the chain");
		assert!(key.ends_with(&[1; 32]));
		assert!(key.starts_with(&keys::value("ChainRegistry", "CurrentAuthorities")));
		let key = header_key(chain, 7);
		assert_eq!(key.len(), 32 + 16 + 32 + 8 + 4, "a short hash and the number as well");
		assert!(key.starts_with(&keys::map_blake2("ChainRegistry", "Headers", &chain.encode())));
		assert!(key.ends_with(&7u32.to_le_bytes()));
	}
}
