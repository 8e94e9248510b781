// SPDX-License-Identifier: Apache-2.0
//! What a person means by the name of a stored blob or of an account.

use sp_core::crypto::Ss58Codec;
use std::str::FromStr;
use terrace_layers::{AccountId, ChainId, ContractId};
use terrace_possession::ContentId;

/// A stored blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
	/// The blob of a contract.
	Contract(ContractId),
	/// The blob with this content id.
	Root(ContentId),
}

impl FromStr for Target {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		let digits = text.strip_prefix("0x").unwrap_or(text);
		// A content id of decimal digits only is no number of a contract.
		if let (Ok(number), true) = (text.parse(), digits.len() < 64) {
			return Ok(Target::Contract(ContractId(number)));
		}
		digits.parse().map(Target::Root).map_err(|_| {
			"neither the number of a contract nor the 64 hexadecimal digits of a content id".into()
		})
	}
}

/// Reads the number of a contract.
pub fn contract(text: &str) -> Result<ContractId, String> {
	text.parse().map(ContractId).map_err(|_| "a contract has a number".into())
}

/// Reads an account: an SS58 address, or 0x and 64 hexadecimal digits.
pub fn account(text: &str) -> Result<AccountId, String> {
	if let Some(digits) = text.strip_prefix("0x") {
		let mut bytes = [0u8; 32];
		return hex::decode_to_slice(digits, &mut bytes)
			.map(|()| bytes.into())
			.map_err(|_| "an account has 64 hexadecimal digits".into());
	}
	AccountId::from_ss58check(text).map_err(|error| format!("no address ({error})"))
}

/// Reads the id of a chain.
pub fn chain(text: &str) -> Result<ChainId, String> {
	let digits = text.strip_prefix("0x").unwrap_or(text);
	let mut bytes = [0u8; 32];
	hex::decode_to_slice(digits, &mut bytes)
		.map(|()| ChainId(bytes.into()))
		.map_err(|_| "the id of a chain has 64 hexadecimal digits".into())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn contracts_and_content_ids_are_told_apart() {
		let root = ContentId::of(b"x");
		assert_eq!("42".parse(), Ok(Target::Contract(ContractId(42))));
		assert_eq!(root.to_string().parse(), Ok(Target::Root(root)));
		assert_eq!(format!("0x{root}").parse(), Ok(Target::Root(root)));
		let digits = "12".repeat(32);
		assert_eq!(digits.parse(), Ok(Target::Root(ContentId([0x12; 32]))));
		let small = format!("{:064}", 7);
		assert!(matches!(small.parse(), Ok(Target::Root(_))), "zeros in front");
		for wrong in ["", "-1", "x", "0x12", "4.2"] {
			assert!(wrong.parse::<Target>().is_err(), "{wrong}");
		}
	}

	#[test]
	fn accounts_have_two_forms() {
		let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
		let hexadecimal = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
		assert_eq!(account(alice), account(hexadecimal));
		assert!(account(alice).is_ok());
		for wrong in ["", "Alice", "0x12", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ"] {
			assert!(account(wrong).is_err(), "{wrong}");
		}
	}

	#[test]
	fn chains_have_64_digits() {
		let id = ChainId(sp_core::H256::repeat_byte(0xab));
		assert_eq!(chain(&id.to_string()), Ok(id));
		assert_eq!(chain(&"ab".repeat(32)), Ok(id));
		assert!(chain("0xab").is_err());
	}
}
