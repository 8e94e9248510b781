// SPDX-License-Identifier: Apache-2.0
//! What an account has and what a transaction costs.

use crate::{chain::to_hex, Chain, Error, Signer};
use codec::{Decode, Encode};
use serde::Deserialize;
use serde_json::json;
use terrace_layers::{keys, AccountId, Balance};

/// What an account has on a chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Funds {
	/// Not on hold.
	pub free: Balance,
	/// On hold: escrow of proposals, collateral, bonds.
	pub held: Balance,
	/// Must stay in the account, on hold or not.
	pub frozen: Balance,
}

impl Funds {
	/// What can be spent if the account shall live on with a balance of `minimum`.
	pub fn spendable(&self, minimum: Balance) -> Balance {
		let locked = self.frozen.saturating_sub(self.held).max(minimum);
		self.free.saturating_sub(locked)
	}
}

/// How `frame_system` stores an account.
#[derive(Decode)]
struct Account {
	_nonce: u32,
	_consumers: u32,
	_providers: u32,
	_sufficients: u32,
	free: Balance,
	reserved: Balance,
	frozen: Balance,
	_flags: u128,
}

#[derive(Deserialize)]
struct DispatchInfo {
	#[serde(rename = "partialFee")]
	partial_fee: String,
}

impl Chain {
	/// What an account has; nothing if it does not exist.
	pub async fn funds(&self, who: &AccountId) -> Result<Funds, Error> {
		let key = keys::map_blake2("System", "Account", &who.encode());
		let Some(bytes) = self.storage(&key, None).await? else { return Ok(Funds::default()) };
		read_account(&bytes).map_err(|error| self.malformed("System.Account", error))
	}

	/// The least balance of an account.
	pub fn minimum_balance(&self) -> Result<Balance, Error> {
		self.constant("Balances", "ExistentialDeposit")
	}

	/// The fee of a call if it was sent now.
	pub async fn fee(&self, call: &[u8], signer: &Signer) -> Result<Balance, Error> {
		let (bytes, _) = self.sign(call, signer).await?;
		let method = "payment_queryInfo";
		let info: DispatchInfo = self.ask(method, json!([to_hex(&bytes)])).await?;
		info.partial_fee.parse().map_err(|error| self.malformed(method, error))
	}
}

fn read_account(mut bytes: &[u8]) -> Result<Funds, codec::Error> {
	let account = Account::decode(&mut bytes)?;
	Ok(Funds { free: account.free, held: account.reserved, frozen: account.frozen })
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn stored_accounts_are_read() {
		let stored = (3u32, 1u32, 1u32, 0u32, 100u128, 20u128, 30u128, 1u128 << 127);
		let funds = read_account(&stored.encode()).expect("an account");
		assert_eq!(funds, Funds { free: 100, held: 20, frozen: 30 });
		assert!(read_account(&[0; 16]).is_err());
	}

	#[test]
	fn minimum_and_frozen_tokens_cannot_be_spent() {
		let funds = |free, held, frozen| Funds { free, held, frozen };
		assert_eq!(funds(100, 0, 0).spendable(10), 90);
		assert_eq!(funds(100, 20, 50).spendable(10), 70, "held tokens count as frozen ones");
		assert_eq!(funds(100, 80, 50).spendable(10), 90);
		assert_eq!(funds(5, 0, 0).spendable(10), 0);
	}
}
