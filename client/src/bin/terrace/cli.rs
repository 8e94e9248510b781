// SPDX-License-Identifier: Apache-2.0
//! The command line.

use crate::{
	cli_gov::GovCommand,
	cli_market::{
		AmendArgs, AuditArgs, ConsentArgs, EndArgs, MoveArgs, ProviderCommand, TopUpArgs,
	},
	failure::EXIT_CODES,
	target::{account, chain, contract, Target},
};
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use terrace_client::amount::parse_amount;
use terrace_layers::{AccountId, Balance, ChainId, ContractId};

/// Stores files with providers that prove, window by window, that they keep them.
#[derive(Debug, Parser)]
#[command(name = "terrace", version, after_help = EXIT_CODES, propagate_version = true)]
pub struct Cli {
	/// Options of every command.
	#[command(flatten)]
	pub global: Global,
	/// What to do.
	#[command(subcommand)]
	pub command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
	/// RPC address of a node of the main chain.
	#[arg(
		long,
		global = true,
		value_name = "URL",
		env = "TERRACE_MAIN_URL",
		default_value = "ws://127.0.0.1:9944"
	)]
	pub main_url: String,

	/// RPC address of a node of the contract chain.
	#[arg(
		long,
		global = true,
		value_name = "URL",
		env = "TERRACE_CONTRACT_URL",
		default_value = "ws://127.0.0.1:9954"
	)]
	pub contract_url: String,

	/// RPC address of a node of the proof chain.
	#[arg(
		long,
		global = true,
		value_name = "URL",
		env = "TERRACE_PROOF_URL",
		default_value = "ws://127.0.0.1:9964"
	)]
	pub proof_url: String,

	/// Secret of the account: a phrase, 0x and a seed, or a test key like //Alice.
	///
	/// Prefer the environment variable: other users of the machine can read command lines.
	#[arg(
		long,
		global = true,
		value_name = "SECRET",
		env = "TERRACE_ACCOUNT",
		hide_env_values = true
	)]
	pub account: Option<String>,

	/// Print one JSON document; amounts are strings in the token's smallest unit.
	#[arg(long, global = true)]
	pub json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
	/// Store a file with one or more providers.
	///
	/// The price of all windows is put on hold; a window in which a provider does not prove that
	/// it keeps the file is not paid. If anything goes wrong before a provider has accepted, its
	/// proposal is withdrawn and the tokens are free again.
	///
	/// What is paid for is keeping, not serving. Whoever knows the content id can fetch the file:
	/// encrypt what is private before you store it.
	Store(StoreArgs),
	/// Show a contract, or all contracts of the account.
	Status(StatusArgs),
	/// Fetch a stored file and check it while it comes.
	Fetch(FetchArgs),
	/// Compare a file with what is stored.
	Verify(VerifyArgs),
	/// Print each window of a contract as it is proven and settled.
	Watch(WatchArgs),
	/// List the storage providers.
	Providers,
	/// Show the three layers: blocks, neighbours and lanes.
	Chains,
	/// Take back a proposal that no provider has accepted.
	Withdraw(ContractArgs),
	/// End a contract whose windows are all settled, and get back what was not earned.
	Close(ContractArgs),
	/// End a contract after its notice; the price of later windows comes back at once.
	Cancel(ContractArgs),
	/// Lengthen a contract at the price that its provider offers now.
	Extend(ExtendArgs),
	/// Lengthen anybody's contract at its own price; what is not proven comes back to its client.
	TopUp(TopUpArgs),
	/// Have the provider show chunks of the file on the contract chain, against a deposit.
	///
	/// The proof chain has no part in it. A right answer costs the deposit; without one in time the
	/// contract can be ended with `--outcome`, at the provider's cost.
	Audit(AuditArgs),
	/// Sign that the account agrees to a change of a contract, for its other party to use.
	Consent(ConsentArgs),
	/// Change a contract's price, with the other party's consent.
	Amend(AmendArgs),
	/// Have another proof chain check a contract, with the other party's consent.
	Move(MoveArgs),
	/// End a contract early for a reason; `cancel` needs none.
	End(EndArgs),
	/// Get what was due to the account and could not be paid to it.
	Unclaimed,
	/// Run a provider's affairs: offer, collateral, leaving.
	Provider {
		/// What to do.
		#[command(subcommand)]
		command: ProviderCommand,
	},
	/// Show what an account has on the main chain and on the contract chain.
	Balance(BalanceArgs),
	/// Move tokens between the main chain and the contract chain.
	Transfer(TransferArgs),
	/// Propose upgrades, vote, and see what is decided.
	Gov {
		/// What to decide.
		#[command(subcommand)]
		command: GovCommand,
	},
	/// Register a chain with its parent.
	RegisterChain(RegisterChainArgs),
}

/// How long `store` waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Until {
	/// Until every provider has accepted.
	Active,
	/// Until all windows are settled and the contracts are closed.
	Settled,
}

/// Options of `store`.
#[derive(Debug, Args)]
pub struct StoreArgs {
	/// File to store.
	pub file: PathBuf,

	/// Provider to store it with; repeat it for more copies.
	#[arg(long = "provider", value_name = "ADDRESS", value_parser = account)]
	pub providers: Vec<AccountId>,

	/// Providers to store it with, the cheapest that can take it.
	#[arg(
		long,
		value_name = "N",
		default_value_t = 1,
		conflicts_with = "providers",
		value_parser = clap::value_parser!(u32).range(1..=16)
	)]
	pub copies: u32,

	/// Windows to store it for; 10 unless the provider wants more or offers fewer.
	#[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
	pub windows: Option<u32>,

	/// Have it proven in one of N windows on average, drawn at random; the proof fee falls accordingly.
	#[arg(
		long,
		value_name = "N",
		default_value_t = 1,
		value_parser = clap::value_parser!(u16).range(1..=1024)
	)]
	pub interval: u16,

	/// Proof chain that checks the proofs; needed only if there are several.
	#[arg(long, value_name = "ID", value_parser = chain)]
	pub proof_chain: Option<ChainId>,

	/// Most to pay for one GiB and one window, in TERR.
	#[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
	pub max_price: Option<Balance>,

	/// Seconds in which a provider must accept, once it has the file.
	#[arg(long, value_name = "SECONDS", default_value_t = 120)]
	pub accept_within: u64,

	/// How long to wait.
	#[arg(long, value_enum, default_value_t = Until::Active)]
	pub wait: Until,
}

/// Options of `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
	/// Contract to show; without it, all contracts of the account.
	#[arg(value_parser = contract)]
	pub contract: Option<ContractId>,
}

/// Options of `fetch`.
#[derive(Debug, Args)]
pub struct FetchArgs {
	/// A contract or a content id.
	#[arg(value_name = "CONTRACT|ROOT")]
	pub target: Target,

	/// Where to write it; named after its content id if not given.
	#[arg(short, long, value_name = "FILE")]
	pub output: Option<PathBuf>,
}

/// Options of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
	/// File to compare.
	pub file: PathBuf,

	/// A contract or a content id.
	#[arg(value_name = "CONTRACT|ROOT")]
	pub target: Target,
}

/// Options of `watch`.
#[derive(Debug, Args)]
pub struct WatchArgs {
	/// Contract to watch.
	#[arg(value_parser = contract)]
	pub contract: ContractId,

	/// Go on until the contract is closed, not only until all windows are settled.
	#[arg(long)]
	pub until_closed: bool,
}

/// A contract.
#[derive(Debug, Args)]
pub struct ContractArgs {
	/// The contract.
	#[arg(value_parser = contract)]
	pub contract: ContractId,
}

/// Options of `extend`.
#[derive(Debug, Args)]
pub struct ExtendArgs {
	/// The contract.
	#[arg(value_parser = contract)]
	pub contract: ContractId,
	/// Windows to add.
	pub windows: u32,
}

/// Options of `balance`.
#[derive(Debug, Args)]
pub struct BalanceArgs {
	/// Account to show in place of the own one.
	#[arg(long, value_name = "ADDRESS", value_parser = account)]
	pub of: Option<AccountId>,
}

/// Options of `transfer`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("direction").required(true).args(["down", "up"])))]
pub struct TransferArgs {
	/// From the main chain to the contract chain.
	#[arg(long)]
	pub down: bool,

	/// From the contract chain to the main chain.
	#[arg(long)]
	pub up: bool,

	/// Who receives the tokens; the own account if not given.
	#[arg(long, value_name = "ADDRESS", value_parser = account)]
	pub to: Option<AccountId>,

	/// How many, in TERR.
	#[arg(value_parser = parse_amount)]
	pub amount: Balance,

	/// Seconds to wait for their arrival.
	#[arg(long, value_name = "SECONDS", default_value_t = 300)]
	pub patience: u64,
}

/// Options of `register-chain`.
#[derive(Debug, Args)]
pub struct RegisterChainArgs {
	/// RPC address of a node of the parent chain.
	#[arg(long, value_name = "URL")]
	pub parent_url: String,

	/// What `terrace-node export-genesis-proof` wrote for the chain.
	#[arg(long, value_name = "FILE")]
	pub genesis_proof: PathBuf,

	/// What `terrace-node sign-registration` wrote at the chain's authorities, once for each file.
	#[arg(long = "possession", value_name = "FILE", required = true)]
	pub possession: Vec<PathBuf>,

	/// Tokens to put on hold for the chain's good behaviour, in TERR.
	#[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
	pub bond: Balance,
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;

	fn parse(line: &str) -> Result<Cli, clap::Error> {
		Cli::try_parse_from(line.split_whitespace())
	}

	#[test]
	fn command_line_is_consistent() {
		Cli::command().debug_assert();
	}

	#[test]
	fn options_of_every_command_stand_before_or_behind_it() {
		for line in ["terrace --json --account //Bob providers", "terrace providers --json"] {
			assert!(parse(line).expect(line).global.json, "{line}");
		}
	}

	#[test]
	fn transfer_has_one_direction() {
		let to = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
		let line = format!("terrace transfer --down --to {to} 1.5");
		let Command::Transfer(args) = parse(&line).expect("valid").command else {
			panic!("{line} is a transfer")
		};
		assert_eq!((args.down, args.up, args.amount), (true, false, 1_500_000_000_000));
		assert!(parse("terrace transfer 1").is_err());
		assert!(parse("terrace transfer --up --down 1").is_err());
	}

	#[test]
	fn store_takes_providers_or_a_number_of_copies() {
		let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
		let line = format!("terrace store f --provider {alice} --provider {alice} --windows 3");
		let Command::Store(args) = parse(&line).expect("valid").command else {
			panic!("{line} stores")
		};
		assert_eq!((args.providers.len(), args.windows), (2, Some(3)));
		assert!(parse(&format!("terrace store f --provider {alice} --copies 2")).is_err());
		for wrong in ["--copies 0", "--copies 17", "--windows 0", "--max-price x", "--wait never"] {
			assert!(parse(&format!("terrace store f {wrong}")).is_err(), "{wrong}");
		}
	}

	#[test]
	fn largest_number_of_windows_is_left_to_the_providers() {
		assert!(parse("terrace store f --windows 4000000000").is_ok());
	}

	#[test]
	fn help_explains_exit_codes() {
		let help = Cli::command().render_help().to_string();
		assert!(help.contains("Exit codes:"), "{help}");
	}
}
