// SPDX-License-Identifier: Apache-2.0
//! A chain's runtime as its metadata describes it.

use crate::extrinsic::Terms;
use codec::Decode;
use sp_core::H256;
use sp_runtime::DispatchError;
use subxt::{
	ext::scale_decode::visitor::{decode_with_visitor, IgnoreVisitor},
	metadata::Metadata,
};

/// The runtime that a chain had when it was asked last.
pub(crate) struct Runtime {
	/// Version of the runtime.
	pub spec_version: u32,
	/// Version of the transaction format.
	pub transaction_version: u32,
	/// Pallets, calls, events, errors.
	pub metadata: Metadata,
	/// Transaction extensions in their order.
	pub extensions: Vec<String>,
}

/// A failed transaction, in words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
	pub pallet: String,
	pub name: String,
	pub docs: String,
}

impl Runtime {
	pub fn new(spec_version: u32, transaction_version: u32, metadata: Metadata) -> Self {
		let extensions = metadata
			.extrinsic()
			.transaction_extensions_by_version(0)
			.into_iter()
			.flatten()
			.map(|extension| extension.identifier().to_string())
			.collect();
		Self { spec_version, transaction_version, metadata, extensions }
	}

	/// What a transaction must be signed for.
	pub fn terms(&self, genesis: H256) -> Terms {
		Terms {
			spec_version: self.spec_version,
			transaction_version: self.transaction_version,
			genesis,
		}
	}

	/// The bytes of a call; the error says what the runtime lacks.
	pub fn call(&self, pallet: &str, name: &str, args: &[u8]) -> Result<Vec<u8>, String> {
		let found = self.metadata.pallet_by_name(pallet).ok_or(format!("pallet {pallet}"))?;
		let variant = found.call_variant_by_name(name).ok_or(format!("call {pallet}.{name}"))?;
		let mut rest = args;
		for field in &variant.fields {
			self.skip(field.ty.id, &mut rest)
				.map_err(|error| format!("call {pallet}.{name} with these arguments ({error})"))?;
		}
		if !rest.is_empty() {
			return Err(format!("call {pallet}.{name} with so many arguments"));
		}
		Ok([&[found.call_index(), variant.index], args].concat())
	}

	/// The encoded value of a pallet's constant.
	pub fn constant(&self, pallet: &str, name: &str) -> Result<&[u8], String> {
		self.metadata
			.pallet_by_name(pallet)
			.and_then(|pallet| pallet.constant_by_name(name))
			.map(|constant| constant.value())
			.ok_or(format!("constant {pallet}.{name}"))
	}

	/// Moves `input` behind a value of type `ty`.
	pub fn skip(&self, ty: u32, input: &mut &[u8]) -> Result<(), String> {
		decode_with_visitor(input, ty, self.metadata.types(), IgnoreVisitor::new())
			.map(|_| ())
			.map_err(|error| error.to_string())
	}

	/// A dispatch error in words.
	pub fn explain(&self, error: &DispatchError) -> Failure {
		let DispatchError::Module(module) = error else { return plain(error) };
		let [index, ..] = module.error;
		let pallet = self.metadata.pallet_by_error_index(module.index);
		let variant = pallet.as_ref().and_then(|pallet| pallet.error_variant_by_index(index));
		match (&pallet, variant) {
			(Some(pallet), Some(variant)) => Failure {
				pallet: pallet.name().into(),
				name: variant.name.clone(),
				docs: sentence(&variant.docs),
			},
			_ => Failure {
				pallet: format!("Pallet{}", module.index),
				name: format!("Error{index}"),
				docs: String::new(),
			},
		}
	}

	/// The dispatch error with which an `ExtrinsicFailed` event begins.
	pub fn read_error(mut fields: &[u8]) -> Result<DispatchError, String> {
		DispatchError::decode(&mut fields).map_err(|error| error.to_string())
	}
}

/// The first paragraph of a documentation.
fn sentence(docs: &[String]) -> String {
	let lines: Vec<_> =
		docs.iter().map(|line| line.trim()).take_while(|line| !line.is_empty()).collect();
	lines.join(" ")
}

/// A failure that no pallet defines.
fn plain(error: &DispatchError) -> Failure {
	let docs = <&'static str>::from(*error).to_string();
	let (pallet, name) = match error {
		DispatchError::Token(error) => ("Token", format!("{error:?}")),
		DispatchError::Arithmetic(error) => ("Arithmetic", format!("{error:?}")),
		DispatchError::Transactional(error) => ("Transactional", format!("{error:?}")),
		DispatchError::Trie(error) => ("Trie", format!("{error:?}")),
		other => ("Dispatch", format!("{other:?}")),
	};
	Failure { pallet: pallet.into(), name, docs }
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::example_runtime::{example_runtime, SHOP};
	use codec::Encode;
	use sp_runtime::{ModuleError, TokenError};

	#[test]
	fn errors_without_a_pallet_have_a_kind() {
		let failure = plain(&DispatchError::Token(TokenError::FundsUnavailable));
		assert_eq!((failure.pallet.as_str(), failure.name.as_str()), ("Token", "FundsUnavailable"));
		assert!(!failure.docs.is_empty());
		assert_eq!(plain(&DispatchError::BadOrigin).pallet, "Dispatch");
	}

	#[test]
	fn errors_are_read_from_events() {
		let error =
			DispatchError::Module(ModuleError { index: 9, error: [4, 0, 0, 0], message: None });
		// What follows the error in the event is of no interest.
		let fields = (error, 1_234u64).encode();
		assert_eq!(Runtime::read_error(&fields), Ok(error));
		assert!(Runtime::read_error(&[]).is_err());
	}

	#[test]
	fn docs_are_cut_to_their_first_paragraph() {
		let docs = [" One", " sentence.", "", " More."].map(String::from);
		assert_eq!(sentence(&docs), "One sentence.");
	}

	#[test]
	fn calls_are_indexed_and_checked() {
		let runtime = example_runtime();
		let args = (9u32, b"note".to_vec()).encode();
		let call = runtime.call("Shop", "Buy", &args).expect("such a call");
		assert_eq!(call, [&[SHOP, 3], &args[..]].concat());
		let refused = |pallet, name, args: Vec<u8>| runtime.call(pallet, name, &args).unwrap_err();
		assert_eq!(refused("Bank", "Buy", args.clone()), "pallet Bank");
		assert_eq!(refused("Shop", "Sell", args.clone()), "call Shop.Sell");
		let short = refused("Shop", "Buy", args[..6].to_vec());
		assert!(short.contains("with these arguments"), "{short}");
		let long = refused("Shop", "Buy", [args, vec![0]].concat());
		assert!(long.contains("so many arguments"), "{long}");
	}

	#[test]
	fn module_errors_are_named() {
		let runtime = example_runtime();
		let error = |index, variant| {
			let error = [variant, 0, 0, 0];
			DispatchError::Module(ModuleError { index, error, message: None })
		};
		let sold = runtime.explain(&error(SHOP, 1));
		let expected = ("Shop", "SoldOut", "It is sold.");
		assert_eq!((sold.pallet.as_str(), sold.name.as_str(), sold.docs.as_str()), expected);
		assert_eq!(runtime.explain(&error(SHOP, 2)).name, "Error2");
		assert_eq!(runtime.explain(&error(99, 1)).pallet, "Pallet99");
	}

	#[test]
	fn constants_and_extensions_are_found() {
		let runtime = example_runtime();
		assert_eq!(runtime.constant("Shop", "Shelves"), Ok(&7u32.encode()[..]));
		assert_eq!(runtime.constant("Shop", "Doors"), Err("constant Shop.Doors".into()));
		assert_eq!(runtime.extensions, ["CheckGenesis", "CheckNonce"]);
	}
}
