// SPDX-License-Identifier: Apache-2.0
//! Says what a runtime's code is: its version, its hashes, and what it changes for clients.

use crate::{
	chain_spec::{DECIMALS, SYMBOL},
	metadata::Interface,
	service::Executor,
};
use codec::{Decode, Encode};
use frame_metadata::{v15::RuntimeMetadataV15, RuntimeMetadata, RuntimeMetadataPrefixed};
use merkleized_metadata::{generate_metadata_digest, ExtraInfo};
use serde_json::{json, Value};
use sp_core::traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode};
use sp_state_machine::BasicExternalities;
use sp_version::RuntimeVersion;
use std::{
	io::Write,
	path::{Path, PathBuf},
};

/// Metadata version that its hash is defined for.
const METADATA_VERSION: u32 = 15;

/// Prints a runtime's version, the hash that a referendum announces and the metadata hash that wallets
/// commit to, and what differs from another runtime.
#[derive(Debug, Clone, clap::Args)]
pub struct InspectRuntimeCmd {
	/// File of the runtime's code, as `scripts/release` writes it.
	#[arg(value_name = "BLOB")]
	blob: PathBuf,

	/// File of the code that runs now, to compare with.
	///
	/// Lists calls, events, errors, storage, constants, runtime APIs, transaction extensions and types that
	/// come (+) and go (-); what is changed comes and goes.
	#[arg(long, value_name = "BLOB")]
	against: Option<PathBuf>,

	/// Print nothing but the metadata hash.
	#[arg(long, conflicts_with = "against")]
	metadata_hash: bool,
}

/// Why code cannot be inspected.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// The file cannot be read.
	#[error("{0}: {1}")]
	Unreadable(PathBuf, std::io::Error),
	/// It is no runtime of this kind.
	#[error("{0} is no runtime that this node can run: {1}")]
	NoRuntime(PathBuf, String),
	/// What was found cannot be written.
	#[error("standard output: {0}")]
	Output(#[from] std::io::Error),
}

impl InspectRuntimeCmd {
	/// Prints what the command asks for.
	pub fn run(&self) -> Result<(), Error> {
		let runtime = Inspected::read(&self.blob)?;
		let mut out = std::io::stdout().lock();
		if self.metadata_hash {
			writeln!(out, "0x{}", hex::encode(runtime.metadata_hash))?;
			return Ok(());
		}
		let mut found = runtime.to_json();
		if let Some(other) = &self.against {
			let other = Inspected::read(other)?;
			let (old, new) = (Interface::of(&other.metadata), Interface::of(&runtime.metadata));
			found["against"] = other.to_json();
			found["changes"] = old.changes(&new).into();
		}
		writeln!(out, "{found:#}")?;
		Ok(())
	}
}

/// What was found in a blob.
struct Inspected {
	version: RuntimeVersion,
	code_hash: [u8; 32],
	metadata_hash: [u8; 32],
	metadata: RuntimeMetadataV15,
}

impl Inspected {
	fn read(path: &Path) -> Result<Self, Error> {
		let code =
			std::fs::read(path).map_err(|error| Error::Unreadable(path.to_owned(), error))?;
		Self::of(code).map_err(|reason| Error::NoRuntime(path.to_owned(), reason))
	}

	fn of(code: Vec<u8>) -> Result<Self, String> {
		let code_hash = sp_io::hashing::blake2_256(&code);
		let code = WrappedRuntimeCode(code.into());
		let code = RuntimeCode { code_fetcher: &code, heap_pages: None, hash: code_hash.to_vec() };
		let version: RuntimeVersion = call(&code, "Core_version", &[])?;
		let argument = METADATA_VERSION.encode();
		let bytes: Option<Vec<u8>> = call(&code, "Metadata_metadata_at_version", &argument)?;
		let bytes = bytes.ok_or("it gives no metadata of version 15")?;
		let prefixed = RuntimeMetadataPrefixed::decode(&mut &bytes[..])
			.map_err(|error| format!("its metadata cannot be read: {error}"))?;
		let RuntimeMetadata::V15(metadata) = &prefixed.1 else {
			return Err("its metadata is not of version 15".into());
		};
		let extra = ExtraInfo {
			spec_version: version.spec_version,
			spec_name: version.spec_name.to_string(),
			base58_prefix: address_prefix(metadata).ok_or("it names no prefix of addresses")?,
			decimals: DECIMALS,
			token_symbol: SYMBOL.into(),
		};
		let metadata_hash = generate_metadata_digest(&prefixed.1, extra)?.hash();
		let metadata = metadata.clone();
		Ok(Self { version, code_hash, metadata_hash, metadata })
	}

	fn to_json(&self) -> Value {
		json!({
			"name": self.version.spec_name,
			"version": self.version.spec_version,
			"transactionVersion": self.version.transaction_version,
			"codeHash": format!("0x{}", hex::encode(self.code_hash)),
			"metadataHash": format!("0x{}", hex::encode(self.metadata_hash)),
		})
	}
}

/// The number that the chain's addresses begin with.
fn address_prefix(metadata: &RuntimeMetadataV15) -> Option<u16> {
	let system = metadata.pallets.iter().find(|pallet| pallet.name == "System")?;
	let prefix = system.constants.iter().find(|constant| constant.name == "SS58Prefix")?;
	u16::decode(&mut &prefix.value[..]).ok()
}

/// Calls the runtime on an empty state.
fn call<T: Decode>(code: &RuntimeCode, function: &str, argument: &[u8]) -> Result<T, String> {
	let executor = Executor::builder().with_allow_missing_host_functions(true).build();
	let mut state = BasicExternalities::default();
	let (answer, _) = executor.call(&mut state, code, function, argument, CallContext::Offchain);
	let answer = answer.map_err(|error| error.to_string())?;
	T::decode(&mut &answer[..]).map_err(|error| format!("answer of {function}: {error}"))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn inspect(code: Option<&[u8]>) -> Inspected {
		Inspected::of(code.expect("blobs are built").to_vec()).expect("it is a runtime")
	}

	#[test]
	fn a_runtime_says_who_it_is_and_how_it_differs() {
		let proof = inspect(terrace_proof_runtime::WASM_BINARY);
		let contract = inspect(terrace_contract_runtime::WASM_BINARY);
		assert_eq!(proof.version.spec_name, terrace_proof_runtime::VERSION.spec_name);
		assert_ne!(proof.code_hash, contract.code_hash);
		assert_ne!(proof.metadata_hash, contract.metadata_hash);
		let [old, new] = [&contract, &proof].map(|found| Interface::of(&found.metadata));
		assert!(old.changes(&old).is_empty());
		let changes = old.changes(&new);
		let has = |line: &str| changes.iter().any(|change| change.starts_with(line));
		assert!(has("- call StorageContracts.propose = "), "{changes:#?}");
		assert!(has("+ call ProofVerification.submit_proofs = "));
		assert!(!has("- call CrossLayer.relay ") && !has("+ call CrossLayer.relay "));
	}

	#[test]
	fn what_is_no_runtime_is_told_so() {
		let path = Path::new("no runtime");
		assert!(matches!(Inspected::read(path), Err(Error::Unreadable(..))));
		assert!(Inspected::of(b"\0asm".to_vec()).is_err());
		assert!(Inspected::of(Vec::new()).is_err());
	}
}
