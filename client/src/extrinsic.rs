// SPDX-License-Identifier: Apache-2.0
//! Transactions as bytes.
//!
//! A signed transaction has format 4; one without an account has format 5 and is *general*. Both
//! carry the data of every transaction extension in the order of the runtime's metadata.

use crate::Signer;
use codec::{Compact, Encode};
use sp_core::H256;
use sp_crypto_hashing::blake2_256;
use sp_runtime::{generic::Era, MultiAddress, MultiSignature};
use terrace_layers::AccountId;

/// Format 4 with a signature.
const SIGNED: u8 = 0b1000_0100;
/// Format 5 without a signature.
const GENERAL: u8 = 0b0100_0101;
/// Version of the extensions that a general transaction uses.
const EXTENSION_VERSION: u8 = 0;
/// Payloads above this length are signed as a hash.
const LONGEST_SIGNED_AS_IS: usize = 256;

/// A transaction extension that this program does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("transaction extension {0} is unknown")]
pub struct UnknownExtension(pub String);

/// What a transaction is valid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
	/// Version of the runtime.
	pub spec_version: u32,
	/// Version of the transaction format.
	pub transaction_version: u32,
	/// Genesis of the chain.
	pub genesis: H256,
}

/// For how long a transaction is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
	/// The blocks in which it is valid.
	pub era: Era,
	/// Hash of the block with which the era begins.
	pub birth: H256,
}

impl Lifetime {
	/// As long as the chain.
	pub fn immortal(genesis: H256) -> Self {
		Self { era: Era::Immortal, birth: genesis }
	}
}

/// What differs between transactions of one chain.
struct Values {
	nonce: u32,
	terms: Terms,
	lifetime: Lifetime,
}

impl Values {
	/// The data of an extension that is part of the transaction.
	fn explicit(&self, extension: &str) -> Result<Vec<u8>, UnknownExtension> {
		Ok(match extension {
			"AuthorizeCall" | "CheckNonZeroSender" | "CheckSpecVersion" | "CheckTxVersion"
			| "CheckGenesis" | "CheckFinality" | "CheckRelay" | "CheckWeight" | "WeightReclaim" => {
				Vec::new()
			}
			"CheckMortality" => self.lifetime.era.encode(),
			"CheckNonce" => Compact(self.nonce).encode(),
			"ChargeTransactionPayment" => Compact(0u128).encode(),
			"CheckMetadataHash" => vec![0],
			unknown => return Err(UnknownExtension(unknown.into())),
		})
	}

	/// The data of an extension that is signed and not sent.
	fn implicit(&self, extension: &str) -> Result<Vec<u8>, UnknownExtension> {
		Ok(match extension {
			"AuthorizeCall"
			| "CheckNonZeroSender"
			| "CheckFinality"
			| "CheckRelay"
			| "CheckNonce"
			| "CheckWeight"
			| "ChargeTransactionPayment"
			| "WeightReclaim" => Vec::new(),
			"CheckSpecVersion" => self.terms.spec_version.encode(),
			"CheckTxVersion" => self.terms.transaction_version.encode(),
			"CheckGenesis" => self.terms.genesis.encode(),
			"CheckMortality" => self.lifetime.birth.encode(),
			"CheckMetadataHash" => None::<[u8; 32]>.encode(),
			unknown => return Err(UnknownExtension(unknown.into())),
		})
	}
}

/// A transaction of an account.
pub fn signed<E: AsRef<str>>(
	call: &[u8],
	signer: &Signer,
	nonce: u32,
	extensions: &[E],
	terms: Terms,
	lifetime: Lifetime,
) -> Result<Vec<u8>, UnknownExtension> {
	let values = Values { nonce, terms, lifetime };
	let mut explicit = Vec::new();
	let mut implicit = Vec::new();
	for extension in extensions {
		explicit.extend(values.explicit(extension.as_ref())?);
		implicit.extend(values.implicit(extension.as_ref())?);
	}
	let mut payload = [call, &explicit, &implicit].concat();
	if payload.len() > LONGEST_SIGNED_AS_IS {
		payload = blake2_256(&payload).to_vec();
	}
	let address = MultiAddress::<AccountId, ()>::Id(signer.account()).encode();
	let signature = MultiSignature::Sr25519(signer.sign(&payload)).encode();
	Ok([&[SIGNED], &address[..], &signature, &explicit, call].concat().encode())
}

/// A transaction without an account, for calls that the runtime itself authorises.
pub fn general<E: AsRef<str>>(call: &[u8], extensions: &[E]) -> Result<Vec<u8>, UnknownExtension> {
	let genesis = H256::zero();
	let terms = Terms { spec_version: 0, transaction_version: 0, genesis };
	// Without a signature nothing is signed: of the values only the visible ones matter.
	let values = Values { nonce: 0, terms, lifetime: Lifetime::immortal(genesis) };
	let mut bytes = vec![GENERAL, EXTENSION_VERSION];
	for extension in extensions {
		bytes.extend(values.explicit(extension.as_ref())?);
	}
	bytes.extend_from_slice(call);
	Ok(bytes.encode())
}

/// Hash by which nodes name a transaction.
pub fn hash(extrinsic: &[u8]) -> H256 {
	blake2_256(extrinsic).into()
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Decode;
	use sp_core::{sr25519, Pair};

	/// The extensions of every layer, in their order.
	const EXTENSIONS: [&str; 13] = [
		"AuthorizeCall",
		"CheckNonZeroSender",
		"CheckSpecVersion",
		"CheckTxVersion",
		"CheckGenesis",
		"CheckMortality",
		"CheckFinality",
		"CheckRelay",
		"CheckNonce",
		"CheckWeight",
		"ChargeTransactionPayment",
		"CheckMetadataHash",
		"WeightReclaim",
	];
	const TERMS: Terms =
		Terms { spec_version: 7, transaction_version: 3, genesis: H256::repeat_byte(0xaa) };

	fn lifetime() -> Lifetime {
		Lifetime { era: Era::mortal(64, 1_000), birth: H256::repeat_byte(0xbb) }
	}

	fn sign(call: &[u8], nonce: u32) -> Vec<u8> {
		let alice = Signer::from_suri("//Alice").expect("a test key");
		signed(call, &alice, nonce, &EXTENSIONS, TERMS, lifetime()).expect("known extensions")
	}

	#[test]
	fn general_transaction_has_golden_bytes() {
		let bytes = general(&[0x0b, 0x00, 0xde, 0xad], &EXTENSIONS).expect("known extensions");
		assert_eq!(hex::encode(&bytes), "284500000000000b00dead");
	}

	#[test]
	fn signed_transaction_has_golden_frame() {
		let bytes = sign(&[0x0b, 0x00], 5);
		let alice = Signer::from_suri("//Alice").expect("a test key").account();
		// length, format, account, kind of signature
		let head = format!("a9018400{}01", hex::encode(alice));
		assert_eq!(hex::encode(&bytes[..36 + 1]), head);
		// era, nonce, tip, no metadata hash, call
		let tail = &bytes[36 + 1 + 64..];
		assert_eq!(hex::encode(tail), "85021400000b00");
	}

	/// What the signature of `call` must cover.
	fn payload(call: &[u8], nonce: u32) -> Vec<u8> {
		let explicit = (lifetime().era, Compact(nonce), Compact(0u128), 0u8).encode();
		let implicit = (
			TERMS.spec_version,
			TERMS.transaction_version,
			TERMS.genesis,
			lifetime().birth,
			None::<[u8; 32]>,
		);
		[call, &explicit, &implicit.encode()].concat()
	}

	#[test]
	fn signature_covers_everything() {
		let alice = Signer::from_suri("//Alice").expect("a test key").public();
		for (call, why) in [(vec![1u8; 10], "as it is"), (vec![2u8; 400], "as a hash")] {
			let bytes = Vec::<u8>::decode(&mut &sign(&call, 9)[..]).expect("length and bytes");
			let signature = sr25519::Signature::try_from(&bytes[35..99]).expect("64 bytes");
			let mut signed = payload(&call, 9);
			if signed.len() > 256 {
				signed = blake2_256(&signed).to_vec();
			}
			assert!(sr25519::Pair::verify(&signature, signed, &alice), "{why}");
			let mut other = payload(&call, 10);
			if other.len() > 256 {
				other = blake2_256(&other).to_vec();
			}
			assert!(!sr25519::Pair::verify(&signature, other, &alice), "{why}: nonce");
		}
	}

	#[test]
	fn order_of_the_metadata_is_kept() {
		let reversed: Vec<_> = EXTENSIONS.iter().rev().collect();
		let there = sign(&[], 5);
		let alice = Signer::from_suri("//Alice").expect("a test key");
		let back = signed(&[], &alice, 5, &reversed, TERMS, lifetime()).expect("known");
		assert_eq!(hex::encode(&there[there.len() - 5..]), "8502140000");
		assert_eq!(hex::encode(&back[back.len() - 5..]), "0000148502");
	}

	#[test]
	fn unknown_extension_is_refused() {
		let unknown = UnknownExtension("StorageDeposit".into());
		assert_eq!(general(&[], &["CheckNonce", "StorageDeposit"]), Err(unknown));
	}

	#[test]
	fn hash_is_that_of_the_whole_transaction() {
		let bytes = general(&[], &EXTENSIONS).expect("known extensions");
		assert_eq!(hash(&bytes), H256(blake2_256(&bytes)));
	}
}
