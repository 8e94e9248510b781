// SPDX-License-Identifier: Apache-2.0
//! Enough tokens on the contract chain, moved down from the main chain if need be.

use super::{choose::PlannedCopy, file::SourceFile};
use crate::{
	context::Context,
	failure::{Exit, Failure},
};
use std::time::Duration;
use terrace_client::{
	amount::format_amount,
	transfer::{arrive, call, depart, Direction},
	Chain, Funds, Signer,
};
use terrace_layers::Balance;

/// How long tokens may take to come down.
const PATIENCE: Duration = Duration::from_secs(300);

/// What an account must have on a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
	/// Escrow of all copies.
	pub escrow: Balance,
	/// Fees, with room for a withdrawal and for rising fees.
	pub fees: Balance,
	/// Least balance of an account.
	pub minimum: Balance,
}

impl Need {
	/// What is to be spent.
	fn spent(&self) -> Balance {
		self.escrow.saturating_add(self.fees)
	}

	/// What the account lacks.
	pub fn missing(&self, funds: &Funds) -> Balance {
		let stays = funds.frozen.saturating_sub(funds.held).max(self.minimum);
		self.spent().saturating_add(stays).saturating_sub(funds.free)
	}
}

/// Makes sure that the account can pay for all copies.
pub async fn ensure(
	context: &Context,
	market: &Chain,
	signer: &Signer,
	file: &SourceFile,
	copies: &[PlannedCopy],
) -> Result<(), Failure> {
	let need = need(market, signer, file, copies).await?;
	let funds = market.funds(&signer.account()).await?;
	let missing = need.missing(&funds);
	if missing == 0 {
		return Ok(());
	}
	let main = context.main().await.map_err(|unreachable| {
		too_low(&need, &funds, market).hint(format!(
			"the missing {} could come from the main chain, but {}",
			format_amount(missing),
			unreachable.message
		))
	})?;
	let call = call(&main, market.id(), Direction::Down, &signer.account(), missing)?;
	let above = main.funds(&signer.account()).await?;
	let spendable = above.spendable(main.minimum_balance()?);
	// An account without tokens cannot even be asked what it would pay.
	let fee = if spendable > 0 { with_room(main.fee(&call, signer).await?) } else { 0 };
	if spendable < missing.saturating_add(fee).max(1) {
		return Err(too_low(&need, &funds, market).hint(format!(
			"{} are missing and {} can be spent on the main chain: get some more there",
			format_amount(missing),
			format_amount(spendable)
		)));
	}
	move_down(context, &main, market, signer, missing).await
}

async fn move_down(
	context: &Context,
	main: &Chain,
	market: &Chain,
	signer: &Signer,
	amount: Balance,
) -> Result<(), Failure> {
	let text = format_amount(amount);
	context.progress.note(format!("moving {text} from the main chain down to the contract chain"));
	let who = signer.account();
	let departed = depart(main, market, Direction::Down, signer, &who, amount).await?;
	let waiting = context.progress.waiting(format!("waiting for {text} to arrive"));
	let arrived = arrive(&departed, market, PATIENCE).await;
	waiting.finish_and_clear();
	Ok(arrived?)
}

async fn need(
	market: &Chain,
	signer: &Signer,
	file: &SourceFile,
	copies: &[PlannedCopy],
) -> Result<Need, Failure> {
	let mut need = Need { escrow: 0, fees: 0, minimum: market.minimum_balance()? };
	for copy in copies {
		let call = market.call("StorageContracts", "propose", &copy.proposal(file))?;
		let fee = with_room(market.fee(&call, signer).await?);
		need.escrow = need.escrow.saturating_add(copy.quote.escrow);
		// Taking the proposal back costs about as much as making it.
		need.fees = need.fees.saturating_add(fee.saturating_mul(2));
	}
	Ok(need)
}

/// A fee that may rise by a quarter before it is paid.
fn with_room(fee: Balance) -> Balance {
	fee.saturating_add(fee / 4)
}

fn too_low(need: &Need, funds: &Funds, market: &Chain) -> Failure {
	let message = format!(
		"the account's balance on the contract chain is too low: {} are needed ({} escrow, {} \
		 fees), {} can be spent",
		format_amount(need.spent()),
		format_amount(need.escrow),
		format_amount(need.fees),
		format_amount(funds.spendable(need.minimum)),
	);
	Failure::new(Exit::Balance, message)
		.detail("chain", serde_json::json!(market.id()))
		.detail("missing", serde_json::json!(need.missing(funds).to_string()))
}

#[cfg(test)]
mod tests {
	use super::*;

	const NEED: Need = Need { escrow: 100, fees: 10, minimum: 5 };

	fn funds(free: Balance, held: Balance, frozen: Balance) -> Funds {
		Funds { free, held, frozen }
	}

	#[test]
	fn what_is_missing_keeps_the_account_alive() {
		assert_eq!(NEED.missing(&funds(0, 0, 0)), 115);
		assert_eq!(NEED.missing(&funds(114, 0, 0)), 1);
		assert_eq!(NEED.missing(&funds(115, 0, 0)), 0);
		assert_eq!(NEED.missing(&funds(1_000, 0, 0)), 0);
	}

	#[test]
	fn frozen_tokens_do_not_count() {
		assert_eq!(NEED.missing(&funds(115, 0, 50)), 45);
		assert_eq!(NEED.missing(&funds(115, 50, 50)), 0);
	}

	#[test]
	fn missing_tokens_make_the_rest_spendable() {
		for have in [funds(0, 0, 0), funds(30, 0, 20), funds(7, 100, 90)] {
			let more = NEED.missing(&have);
			let then = Funds { free: have.free + more, ..have };
			assert_eq!(then.spendable(NEED.minimum), NEED.spent(), "{have:?}");
		}
	}
}
