// SPDX-License-Identifier: Apache-2.0
//! The command line of `terrace gov`.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use terrace_client::amount::parse_amount;
use terrace_layers::{Balance, Layer};

/// What to decide.
#[derive(Debug, Subcommand)]
pub enum GovCommand {
	/// Propose that a chain of any layer announces new code.
	ProposeUpgrade(ProposeUpgradeArgs),
	/// Vote on a referendum.
	Vote(VoteArgs),
	/// Bring announced code to its chain; anyone may, and it costs nothing.
	Apply(ApplyArgs),
	/// Show referenda and announced code.
	Status,
}

/// A chain by its layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ChainName {
	/// The main chain.
	Main,
	/// The contract chain at --contract-url.
	Contract,
	/// The proof chain at --proof-url.
	Proof,
}

impl ChainName {
	/// Its layer.
	pub fn layer(self) -> Layer {
		match self {
			ChainName::Main => Layer::Main,
			ChainName::Contract => Layer::Contract,
			ChainName::Proof => Layer::Proof,
		}
	}
}

/// A side of a vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Side {
	/// For it.
	Aye,
	/// Against it.
	Nay,
}

/// Options of `gov propose-upgrade`.
#[derive(Debug, Args)]
pub struct ProposeUpgradeArgs {
	/// The new runtime, as `scripts/build` makes it.
	pub wasm: PathBuf,

	/// Chain to upgrade.
	#[arg(long, value_enum)]
	pub chain: ChainName,

	/// First block of that chain that may apply it; the chain's own notice is kept in any case.
	#[arg(long, value_name = "BLOCK", default_value_t = 0)]
	pub not_before: u32,
}

/// Options of `gov vote`.
#[derive(Debug, Args)]
pub struct VoteArgs {
	/// Number of the referendum.
	pub referendum: u32,

	/// For or against it.
	#[arg(value_enum)]
	pub side: Side,

	/// Tokens to vote with, in TERR.
	#[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
	pub balance: Balance,

	/// How often they count: 0 is a tenth without a lock, 6 the most with the longest lock.
	#[arg(
		long,
		value_name = "TIMES",
		default_value_t = 1,
		value_parser = clap::value_parser!(u8).range(0..=6)
	)]
	pub conviction: u8,
}

/// Options of `gov apply`.
#[derive(Debug, Args)]
pub struct ApplyArgs {
	/// The announced runtime.
	pub wasm: PathBuf,

	/// Chain to bring it to.
	#[arg(long, value_enum)]
	pub chain: ChainName,
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::cli::{Cli, Command};
	use clap::Parser;

	fn parse(line: &str) -> Result<GovCommand, clap::Error> {
		let cli = Cli::try_parse_from(line.split_whitespace())?;
		match cli.command {
			Command::Gov { command } => Ok(command),
			other => panic!("{other:?} is no vote"),
		}
	}

	#[test]
	fn votes_are_read() {
		let GovCommand::Vote(args) =
			parse("terrace gov vote 7 nay --balance 1.5 --conviction 3").expect("valid")
		else {
			panic!("a vote")
		};
		assert_eq!((args.referendum, args.side, args.conviction), (7, Side::Nay, 3));
		assert_eq!(args.balance, 1_500_000_000_000);
		for wrong in ["vote 7", "vote 7 aye", "vote x aye --balance 1", "vote 7 maybe --balance 1"]
		{
			assert!(parse(&format!("terrace gov {wrong}")).is_err(), "{wrong}");
		}
		assert!(parse("terrace gov vote 7 aye --balance 1 --conviction 7").is_err());
	}

	#[test]
	fn upgrades_name_their_chain() {
		let line = "terrace gov propose-upgrade r.wasm --chain proof";
		let GovCommand::ProposeUpgrade(args) = parse(line).expect("valid") else {
			panic!("an upgrade")
		};
		assert_eq!((args.chain.layer(), args.not_before), (Layer::Proof, 0));
		assert!(parse("terrace gov propose-upgrade r.wasm").is_err());
		assert!(parse("terrace gov apply r.wasm --chain moon").is_err());
	}
}
