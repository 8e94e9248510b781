// SPDX-License-Identifier: Apache-2.0
//! The command line of what the parties of a contract do while it runs, and of providers.

use crate::target::{account, chain, contract};
use clap::{ArgGroup, Args, Subcommand};
use terrace_client::amount::parse_amount;
use terrace_layers::{AccountId, Balance, ChainId, Consent, ContractId};

/// Options of `top-up`.
#[derive(Debug, Args)]
pub struct TopUpArgs {
	/// The contract, anybody's.
	#[arg(value_parser = contract)]
	pub contract: ContractId,
	/// Windows to add.
	#[arg(value_parser = clap::value_parser!(u32).range(1..))]
	pub windows: u32,
}

/// Options of `audit`.
#[derive(Debug, Args)]
pub struct AuditArgs {
	/// The contract.
	#[arg(value_parser = contract)]
	pub contract: ContractId,

	/// Chunks to be shown, by their numbers: byte / 1024.
	#[arg(long, value_name = "N", value_delimiter = ',', conflicts_with = "random")]
	pub chunks: Vec<u64>,

	/// Chunks to be shown, drawn by this program.
	#[arg(
		long,
		value_name = "COUNT",
		default_value_t = 8,
		value_parser = clap::value_parser!(u8).range(1..=16)
	)]
	pub random: u8,

	/// Only show how an audit stands; one that was not answered in time ends the contract.
	#[arg(long, conflicts_with_all = ["chunks", "random"])]
	pub outcome: bool,
}

/// Options of `consent`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("change").required(true).args(["price", "move_to", "end"])))]
pub struct ConsentArgs {
	/// The contract.
	#[arg(value_parser = contract)]
	pub contract: ContractId,

	/// Agree to this price of one window, without the proof fee, in TERR.
	#[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
	pub price: Option<Balance>,

	/// Agree that this proof chain checks what is left of it.
	#[arg(long, value_name = "ID", value_parser = chain)]
	pub move_to: Option<ChainId>,

	/// Agree that it ends as soon as its proof chain can know.
	#[arg(long)]
	pub end: bool,

	/// Blocks from now for which the consent counts.
	#[arg(long, value_name = "BLOCKS", default_value_t = 14_400)]
	pub blocks: u32,
}

/// Options of `amend`.
#[derive(Debug, Args)]
pub struct AmendArgs {
	/// The contract.
	#[arg(value_parser = contract)]
	pub contract: ContractId,
	/// Price of one window from now on, without the proof fee, in TERR.
	#[arg(value_parser = parse_amount)]
	pub price: Balance,
	/// What the other party's `terrace consent` printed.
	#[arg(long, value_name = "0x…", value_parser = consent)]
	pub consent: Consent,
}

/// Options of `move`.
#[derive(Debug, Args)]
pub struct MoveArgs {
	/// The contract.
	#[arg(value_parser = contract)]
	pub contract: ContractId,
	/// The proof chain that is to check it.
	#[arg(value_parser = chain)]
	pub proof_chain: ChainId,
	/// What the other party's `terrace consent` printed; not needed to leave a proof chain that was
	/// silent for long.
	#[arg(long, value_name = "0x…", value_parser = consent)]
	pub consent: Option<Consent>,
}

/// Options of `end`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("why").required(true).args(["consent", "faulty", "stalled"])))]
pub struct EndArgs {
	/// The contract.
	#[arg(value_parser = contract)]
	pub contract: ContractId,
	/// The other party agrees: what its `terrace consent` printed.
	#[arg(long, value_name = "0x…", value_parser = consent)]
	pub consent: Option<Consent>,
	/// It was not proven too often, or its provider is out for good or lacks collateral; anybody may.
	#[arg(long)]
	pub faulty: bool,
	/// Its proof chain was silent for long.
	#[arg(long)]
	pub stalled: bool,
}

/// What a provider does.
#[derive(Debug, Subcommand)]
pub enum ProviderCommand {
	/// Show a provider: its offer, what is booked, its collateral.
	Show(ProviderShowArgs),
	/// Take no new contracts for now; those that run go on.
	Pause,
	/// Take new contracts again.
	Resume,
	/// Change what is asked of contracts to come.
	Offer(OfferArgs),
	/// Add to the collateral.
	AddCollateral(AmountArgs),
	/// Take back collateral that no contract requires.
	WithdrawCollateral(AmountArgs),
	/// Name the account that earnings go to.
	Payee(PayeeArgs),
	/// Refuse a proposal; its client gets the price back.
	Reject(ProposalArgs),
	/// Give a contract up after its notice; it costs collateral, which this shows first.
	Terminate(TerminateArgs),
	/// Show what is left to do before the provider may leave; changes nothing.
	ExitReport(ProviderShowArgs),
	/// Take no more contracts, to leave when those that run are closed.
	AnnounceExit,
	/// Stay after all.
	CancelExit,
	/// End the registration and get the collateral back.
	Leave,
}

/// Options of `provider show` and `provider exit-report`.
#[derive(Debug, Args)]
pub struct ProviderShowArgs {
	/// The provider, if not the own account.
	#[arg(value_parser = account)]
	pub provider: Option<AccountId>,
}

/// Options of `provider offer`; what is not given stays as it is.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("change").required(true).multiple(true)
	.args(["price", "capacity", "min_windows", "max_windows", "endpoint"])))]
pub struct OfferArgs {
	/// Price of one GiB and one window, in TERR.
	#[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
	pub price: Option<Balance>,
	/// Bytes that contracts may take in all.
	#[arg(long, value_name = "BYTES")]
	pub capacity: Option<u64>,
	/// Fewest windows of a contract.
	#[arg(long, value_name = "N")]
	pub min_windows: Option<u32>,
	/// Most windows of a contract.
	#[arg(long, value_name = "N")]
	pub max_windows: Option<u32>,
	/// Address at which clients reach the provider.
	#[arg(long, value_name = "URL")]
	pub endpoint: Option<String>,
}

/// An amount.
#[derive(Debug, Args)]
pub struct AmountArgs {
	/// How much, in TERR.
	#[arg(value_parser = parse_amount)]
	pub amount: Balance,
}

/// Options of `provider payee`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("whom").required(true).args(["payee", "own"])))]
pub struct PayeeArgs {
	/// The account.
	#[arg(value_parser = account)]
	pub payee: Option<AccountId>,
	/// The provider's own account again.
	#[arg(long)]
	pub own: bool,
}

/// A proposal.
#[derive(Debug, Args)]
pub struct ProposalArgs {
	/// The proposal.
	#[arg(value_parser = contract)]
	pub contract: ContractId,
}

/// Options of `provider terminate`.
#[derive(Debug, Args)]
pub struct TerminateArgs {
	/// The contract.
	#[arg(value_parser = contract)]
	pub contract: ContractId,
	/// Most collateral to lose by it, in TERR; without it nothing is done but to say the price.
	#[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
	pub max_fee: Option<Balance>,
}

/// Reads what `terrace consent` prints.
fn consent(text: &str) -> Result<Consent, String> {
	use codec::DecodeAll;
	let bytes = hex::decode(text.trim_start_matches("0x"))
		.map_err(|_| "a consent is 0x and hexadecimal digits".to_string())?;
	Consent::decode_all(&mut &bytes[..])
		.map_err(|_| "not what `terrace consent` prints: copy all of it".into())
}

#[cfg(test)]
mod tests {
	use crate::cli::Cli;
	use clap::Parser;

	fn parses(line: &str) -> bool {
		Cli::try_parse_from(line.split_whitespace()).is_ok()
	}

	#[test]
	fn a_change_is_one_change() {
		let id = "ab".repeat(32);
		assert!(parses("terrace consent 7 --price 0.5"));
		assert!(parses("terrace consent 7 --end --blocks 10"));
		assert!(parses(&format!("terrace consent 7 --move-to {id}")));
		assert!(!parses("terrace consent 7"));
		assert!(!parses("terrace consent 7 --end --price 1"));
		assert!(!parses("terrace end 7"));
		assert!(!parses("terrace end 7 --faulty --stalled"));
		assert!(parses("terrace end 7 --faulty"));
	}

	#[test]
	fn consents_are_read_whole_or_not_at_all() {
		use codec::Encode;
		let signature = sp_runtime::MultiSignature::Sr25519([7; 64].into());
		let consent = terrace_layers::Consent { signature, expires_at: 9 };
		let text = format!("0x{}", hex::encode(consent.encode()));
		assert_eq!(super::consent(&text), Ok(consent));
		for wrong in [&text[..text.len() - 2], &format!("{text}00"), "0x", "yes"] {
			assert!(super::consent(wrong).is_err(), "{wrong}");
		}
		assert!(parses(&format!("terrace amend 7 1.5 --consent {text}")));
		assert!(!parses("terrace amend 7 1.5"));
	}

	#[test]
	fn audits_name_chunks_or_draw_them() {
		for line in
			["audit 7", "audit 7 --chunks 0,5,9", "audit 7 --random 16", "audit 7 --outcome"]
		{
			assert!(parses(&format!("terrace {line}")), "{line}");
		}
		for line in ["audit 7 --random 17", "audit 7 --random 0", "audit 7 --outcome --chunks 1"] {
			assert!(!parses(&format!("terrace {line}")), "{line}");
		}
	}

	#[test]
	fn an_offer_changes_something() {
		assert!(!parses("terrace provider offer"));
		assert!(parses("terrace provider offer --price 2 --capacity 1000"));
		assert!(!parses("terrace provider payee"));
		assert!(parses("terrace provider payee --own"));
	}
}
