// SPDX-License-Identifier: Apache-2.0
//! A final block of a chain, from which a child starts to follow it.

use crate::{Chain, Error};
use codec::DecodeAll;
use sp_core::{ed25519, H256};
use std::time::Duration;
use terrace_layers::{keys, Authorities, Checkpoint};

/// How long a young chain may take to finalise its first block.
const FIRST_FINALITY: Duration = Duration::from_secs(45);
const PAUSE: Duration = Duration::from_millis(500);

/// The newest final block of the chain behind `url`, and the authorities after it.
pub async fn checkpoint(url: &str) -> Result<Checkpoint, Error> {
	Chain::connect(url).await?.checkpoint().await
}

impl Chain {
	/// The newest final block, and the authorities after it.
	pub async fn checkpoint(&self) -> Result<Checkpoint, Error> {
		let (number, hash) = self.first_finalized().await?;
		let header = self.header(hash).await?;
		let list = self.required(&keys::grandpa_authorities(), hash, "GRANDPA authorities").await?;
		let set_id = self.required(&keys::grandpa_set_id(), hash, "GRANDPA set id").await?;
		let authorities = authorities(&list).map_err(|reason| self.malformed(STORAGE, reason))?;
		let set_id =
			u64::decode_all(&mut &set_id[..]).map_err(|error| self.malformed(STORAGE, error))?;
		Ok(Checkpoint {
			chain: self.id(),
			layer: self.layer(),
			number,
			hash,
			state_root: header.state_root,
			set_id,
			authorities,
		})
	}

	/// The newest final block after the genesis: the genesis header names no chain.
	async fn first_finalized(&self) -> Result<(u32, H256), Error> {
		let start = std::time::Instant::now();
		loop {
			let finalized = self.finalized().await?;
			if finalized.0 > 0 {
				return Ok(finalized);
			}
			if start.elapsed() > FIRST_FINALITY {
				return Err(self.unsupported("final block yet: wait until it finalises"));
			}
			tokio::time::sleep(PAUSE).await;
		}
	}

	async fn required(&self, key: &[u8], at: H256, what: &str) -> Result<Vec<u8>, Error> {
		self.storage(key, Some(at)).await?.ok_or_else(|| self.unsupported(what))
	}
}

const STORAGE: &str = "state_getStorage";

/// Reads a stored authority list, in which nobody may have more than one vote.
fn authorities(mut stored: &[u8]) -> Result<Authorities, String> {
	let list = Vec::<(ed25519::Public, u64)>::decode_all(&mut stored)
		.map_err(|error| error.to_string())?;
	if let Some((key, weight)) = list.iter().find(|(_, weight)| *weight != 1) {
		return Err(format!("authority {key} has {weight} votes, every one must have 1"));
	}
	let keys: Vec<_> = list.into_iter().map(|(key, _)| key.into()).collect();
	Authorities::try_from(keys).map_err(|keys| format!("{} authorities are too many", keys.len()))
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Encode;

	fn stored(weights: &[u64]) -> Vec<u8> {
		let key = |index: usize| ed25519::Public::from([index as u8; 32]);
		weights.iter().enumerate().map(|(i, w)| (key(i), *w)).collect::<Vec<_>>().encode()
	}

	#[test]
	fn stored_authorities_are_read() {
		assert_eq!(authorities(&stored(&[1, 1, 1])).map(|list| list.len()), Ok(3));
	}

	#[test]
	fn weighted_too_many_or_damaged_authorities_are_refused() {
		assert!(authorities(&stored(&[1, 2])).is_err_and(|error| error.contains("2 votes")));
		assert!(authorities(&stored(&[1; 101])).is_err_and(|error| error.contains("101")));
		assert!(authorities(&[4, 1]).is_err());
	}
}
