// SPDX-License-Identifier: Apache-2.0
//! Accounts that sign.

use crate::Error;
use sp_core::{sr25519, Pair as _};
use sp_runtime::traits::{IdentifyAccount, Verify};
use std::str::FromStr;
use terrace_layers::{AccountId, OperatorSignature};

/// An account with its secret.
#[derive(Clone)]
pub struct Signer(sr25519::Pair);

impl Signer {
	/// The account of a secret phrase, of `0x` and a seed, or of a test key like `//Alice`.
	///
	/// The error never repeats the secret.
	pub fn from_suri(suri: &str) -> Result<Self, Error> {
		// Nothing at all would be the well-known development account.
		if suri.trim().is_empty() {
			return Err(Error::Secret("it is empty".into()));
		}
		sr25519::Pair::from_string(suri.trim(), None).map(Self).map_err(|error| {
			use sp_core::crypto::SecretStringError as Wrong;
			let why = match error {
				Wrong::InvalidPhrase => "the phrase has a wrong word, count or checksum",
				Wrong::InvalidSeed | Wrong::InvalidSeedLength => "a seed has 64 hexadecimal digits",
				Wrong::InvalidPath => "the part after the phrase is no derivation path",
				_ => "it has no known format",
			};
			Error::Secret(why.into())
		})
	}

	/// The account.
	pub fn account(&self) -> AccountId {
		<sp_runtime::MultiSignature as Verify>::Signer::from(self.0.public()).into_account()
	}

	/// The public key.
	pub fn public(&self) -> sr25519::Public {
		self.0.public()
	}

	/// Signs a message.
	pub fn sign(&self, message: &[u8]) -> OperatorSignature {
		self.0.sign(message)
	}
}

impl FromStr for Signer {
	type Err = Error;

	fn from_str(suri: &str) -> Result<Self, Error> {
		Self::from_suri(suri)
	}
}

impl std::fmt::Debug for Signer {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "Signer({})", self.account())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_core::crypto::Ss58Codec;

	const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
	const PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

	#[test]
	fn every_form_of_a_secret_is_read() {
		let alice = Signer::from_suri("//Alice").expect("a test key");
		assert_eq!(alice.account().to_ss58check(), ALICE);
		let phrase = Signer::from_suri(&format!(" {PHRASE}//Alice\n")).expect("a phrase");
		assert_eq!(phrase.account(), alice.account());
		let seed = "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a";
		assert_eq!(Signer::from_suri(seed).expect("a seed").account(), alice.account());
	}

	#[test]
	fn wrong_secrets_are_refused_and_not_repeated() {
		for wrong in ["", "0x1234", "bottom drive obey", "Alice"] {
			let Err(error) = Signer::from_suri(wrong) else { panic!("{wrong} is no secret") };
			assert!(wrong.is_empty() || !error.to_string().contains(wrong), "{error}");
		}
	}

	#[test]
	fn signatures_verify() {
		let signer = Signer::from_suri("//Bob").expect("a test key");
		let signature = signer.sign(b"message");
		assert!(sr25519::Pair::verify(&signature, b"message", &signer.public()));
		assert!(!sr25519::Pair::verify(&signature, b"other", &signer.public()));
	}

	#[test]
	fn debug_output_holds_no_secret() {
		let shown = format!("{:?}", Signer::from_suri("//Alice").expect("a test key"));
		assert_eq!(shown, format!("Signer({ALICE})"));
	}
}
