// SPDX-License-Identifier: Apache-2.0
//! Signs a chain's registration with the keys of its authorities.
//!
//! A parent follows a chain only if every authority of its genesis has shown that it holds its key:
//! otherwise a registrant could name the keys of others and answer for nothing that they sign.

use crate::{
	genesis::{Error as GenesisError, Genesis},
	service::Executor,
};
use sc_chain_spec::ChainSpec;
use sc_service::{config::KeystoreConfig, KeystoreContainer};
use serde_json::{json, Value};
use sp_consensus_grandpa::{AuthorityId, KEY_TYPE};
use sp_core::{ed25519, ByteArray, Pair};
use std::{io::Write, path::PathBuf};
use terrace_layers::{registration_statement, ChainId};

/// Signs a chain's registration with its authorities' GRANDPA keys.
///
/// Every authority of the genesis must sign, each where its key is kept; `terrace register-chain
/// --possession FILE` takes what all of them print.
#[derive(Debug, Clone, clap::Args)]
pub struct SignRegistrationCmd {
	/// Name or chain-spec file of the chain.
	#[arg(long, value_name = "CHAIN_SPEC")]
	pub chain: String,

	/// Folder of a node's keystore: signs with the key of every authority in it.
	#[arg(long, value_name = "PATH", required_unless_present = "suris")]
	pub keystore_path: Option<PathBuf>,

	/// Secret of an authority's GRANDPA key, once for each.
	///
	/// For test networks: other users of the machine can read command lines.
	#[arg(long = "suri", value_name = "SECRET")]
	pub suris: Vec<String>,

	/// File to write to, in place of standard output.
	#[arg(long, value_name = "FILE")]
	pub output: Option<PathBuf>,
}

/// Why nothing can be signed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// The chain has no usable genesis.
	#[error(transparent)]
	Genesis(#[from] GenesisError),
	/// A main chain registers nowhere.
	#[error("chain {0} is a main chain: it registers with nobody")]
	NoParent(ChainId),
	/// The secret is none.
	#[error("a secret given by --suri cannot be read: {0}")]
	BadSecret(String),
	/// The keystore cannot be opened.
	#[error("the keystore {path} cannot be opened: {reason}")]
	BadKeystore {
		/// Its folder.
		path: String,
		/// What went wrong.
		reason: String,
	},
	/// A key was given that signs for nobody.
	#[error("{0} is no authority of this chain's genesis")]
	NoAuthority(AuthorityId),
	/// No key of an authority was found.
	#[error("the keystore holds the GRANDPA key of none of the chain's {0} authorities")]
	NoKey(usize),
}

/// Signatures over a chain's registration.
#[derive(Debug, PartialEq, Eq)]
pub struct Possession {
	chain: ChainId,
	parent: ChainId,
	signatures: Vec<(AuthorityId, ed25519::Signature)>,
}

impl SignRegistrationCmd {
	/// Runs the command.
	pub fn run(&self, spec: &dyn ChainSpec) -> sc_cli::Result<()> {
		let genesis = Genesis::of(spec, &Executor::builder().build()).map_err(Error::from);
		let possession =
			genesis.and_then(|genesis| self.sign(&genesis)).map_err(|error| error.to_string())?;
		let json = format!("{:#}\n", possession.to_json());
		match &self.output {
			Some(file) => std::fs::write(file, json)
				.map_err(|error| format!("cannot write {}: {error}", file.display()))?,
			None => std::io::stdout().lock().write_all(json.as_bytes())?,
		}
		Ok(())
	}

	fn sign(&self, genesis: &Genesis) -> Result<Possession, Error> {
		let chain = genesis.chain();
		let parent = genesis.origin()?.parent.ok_or(Error::NoParent(chain))?.chain;
		let authorities = genesis.authorities()?;
		let statement = registration_statement(parent, chain);
		let mut signatures = self.sign_with_secrets(&authorities, &statement)?;
		signatures.extend(self.sign_with_keystore(&authorities, &statement)?);
		Ok(Possession { chain, parent, signatures })
	}

	fn sign_with_secrets(
		&self,
		authorities: &[AuthorityId],
		statement: &[u8],
	) -> Result<Vec<(AuthorityId, ed25519::Signature)>, Error> {
		let sign = |suri: &String| {
			let pair = ed25519::Pair::from_string(suri, None)
				.map_err(|error| Error::BadSecret(error.to_string()))?;
			let id = AuthorityId::from(pair.public());
			if !authorities.contains(&id) {
				return Err(Error::NoAuthority(id));
			}
			Ok((id, pair.sign(statement)))
		};
		self.suris.iter().map(sign).collect()
	}

	fn sign_with_keystore(
		&self,
		authorities: &[AuthorityId],
		statement: &[u8],
	) -> Result<Vec<(AuthorityId, ed25519::Signature)>, Error> {
		let Some(path) = &self.keystore_path else { return Ok(Vec::new()) };
		let bad = |reason: String| Error::BadKeystore { path: path.display().to_string(), reason };
		if !path.is_dir() {
			return Err(bad("there is no such folder".into()));
		}
		let config = KeystoreConfig::Path { path: path.clone(), password: None };
		let keystore =
			KeystoreContainer::new(&config).map_err(|error| bad(error.to_string()))?.keystore();
		let mut signatures = Vec::new();
		for id in authorities {
			let public = ed25519::Public::from_slice(id.as_slice())
				.map_err(|()| bad("a key has the wrong length".into()))?;
			let signed = keystore
				.ed25519_sign(KEY_TYPE, &public, statement)
				.map_err(|error| bad(error.to_string()))?;
			signatures.extend(signed.map(|signature| (id.clone(), signature)));
		}
		if signatures.is_empty() {
			return Err(Error::NoKey(authorities.len()));
		}
		Ok(signatures)
	}
}

impl Possession {
	fn to_json(&self) -> Value {
		let signature = |(id, signature): &(AuthorityId, ed25519::Signature)| {
			json!({
				"authority": format!("0x{}", hex::encode(id)),
				"signature": format!("0x{}", hex::encode(signature)),
			})
		};
		json!({
			"chain": self.chain,
			"parent": self.parent,
			"signatures": self.signatures.iter().map(signature).collect::<Vec<_>>(),
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Encode;
	use sp_core::{storage::Storage, H256};
	use terrace_layers::{keys, Authorities, Checkpoint, Layer, Origin};

	fn pair(suri: &str) -> ed25519::Pair {
		ed25519::Pair::from_string(suri, None).expect("a valid secret")
	}

	fn genesis(parent: bool) -> Genesis {
		let parent = parent.then(|| Checkpoint {
			chain: ChainId(H256::repeat_byte(1)),
			layer: Layer::Main,
			number: 7,
			hash: H256::repeat_byte(2),
			state_root: H256::repeat_byte(3),
			set_id: 4,
			authorities: Authorities::default(),
		});
		let list: Vec<(AuthorityId, u64)> =
			["//Alice", "//Bob"].map(|suri| (pair(suri).public().into(), 1)).to_vec();
		let origin = Origin { layer: Layer::Contract, window_ms: 0, parent };
		let mut storage = Storage::default();
		storage.top.insert(keys::grandpa_authorities(), list.encode());
		storage.top.insert(keys::origin(), origin.encode());
		Genesis::from_storage(storage)
	}

	fn command(suris: &[&str]) -> SignRegistrationCmd {
		SignRegistrationCmd {
			chain: String::new(),
			keystore_path: None,
			suris: suris.iter().map(|suri| suri.to_string()).collect(),
			output: None,
		}
	}

	#[test]
	fn every_authority_signs_the_registration_of_this_chain_with_that_parent() {
		let genesis = genesis(true);
		let signed = command(&["//Alice", "//Bob"]).sign(&genesis).expect("both are authorities");
		let statement = registration_statement(ChainId(H256::repeat_byte(1)), genesis.chain());
		assert_eq!(signed.signatures.len(), 2);
		for ((id, signature), suri) in signed.signatures.iter().zip(["//Alice", "//Bob"]) {
			assert_eq!(*id, pair(suri).public().into());
			assert!(ed25519::Pair::verify(signature, &statement, &pair(suri).public()));
		}
	}

	#[test]
	fn keys_of_a_keystore_sign() {
		let folder = std::env::temp_dir().join(format!("terrace-keys-{}", std::process::id()));
		std::fs::create_dir_all(&folder).expect("writable");
		let mut command = command(&[]);
		command.keystore_path = Some(folder.clone());
		let empty = command.sign(&genesis(true));
		assert!(matches!(empty, Err(Error::NoKey(2))), "{empty:?}");
		let config = KeystoreConfig::Path { path: folder.clone(), password: None };
		let keystore = KeystoreContainer::new(&config).expect("opens").keystore();
		keystore.insert(KEY_TYPE, "//Bob", pair("//Bob").public().as_ref()).expect("inserted");
		let signed = command.sign(&genesis(true)).expect("one key is there");
		std::fs::remove_dir_all(&folder).expect("written above");
		assert_eq!(signed.signatures.len(), 1);
		assert_eq!(signed.signatures[0].0, pair("//Bob").public().into());
	}

	#[test]
	fn strangers_main_chains_and_broken_secrets_are_refused() {
		let sign = |suri: &str, parent| command(&[suri]).sign(&genesis(parent));
		assert!(matches!(sign("//Charlie", true), Err(Error::NoAuthority(_))));
		assert!(matches!(sign("//Alice", false), Err(Error::NoParent(_))));
		assert!(matches!(sign("no secret", true), Err(Error::BadSecret(_))));
		let mut command = command(&[]);
		command.keystore_path = Some("/nonexistent/keystore".into());
		assert!(matches!(command.sign(&genesis(true)), Err(Error::BadKeystore { .. })));
	}
}
