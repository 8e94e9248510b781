// SPDX-License-Identifier: Apache-2.0
//! The command line.

use crate::{
	chain_spec, genesis::ExportGenesisProofCmd, inspect_runtime::InspectRuntimeCmd,
	make_spec::MakeSpecCmd, relay_task::RelayArgs, sign_registration::SignRegistrationCmd,
};
use clap::{Arg, Command};
use sc_cli::SubstrateCli;

/// Kilobytes that the transaction pool holds: at the start of a window all proofs come at once.
const POOL_KBYTES: &str = "262144";
/// Seconds for which a transaction found invalid is refused: a proof may be invalid on a node that
/// lags or on a fork, and valid a block later.
const BAN_SECONDS: &str = "60";

/// Arguments of the node.
#[derive(Debug, clap::Parser)]
pub struct Cli {
	/// What to do instead of running a node.
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,
	/// How to run a node.
	#[clap(flatten)]
	pub run: Run,
}

/// Arguments of a running node.
#[derive(Debug, Clone, clap::Args)]
pub struct Run {
	/// What every node has.
	#[clap(flatten)]
	pub node: sc_cli::RunCmd,
	/// The relay to the parent.
	#[clap(flatten)]
	pub relay: RelayArgs,
}

/// What the node can do besides running.
#[derive(Debug, clap::Subcommand)]
pub enum Subcommand {
	/// Make and inspect keys.
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),
	/// Make the chain spec of a new chain, for a child chain against its running parent.
	MakeSpec(MakeSpecCmd),
	/// Print the chain spec of a named chain or a file, as it is or in raw form.
	ExportChainSpec(sc_cli::ExportChainSpecCmd),
	/// Print the proof with which a chain registers with its parent.
	ExportGenesisProof(ExportGenesisProofCmd),
	/// Sign a chain's registration with the keys of its authorities.
	SignRegistration(SignRegistrationCmd),
	/// Print a runtime's version and hashes, and what it changes for clients.
	InspectRuntime(InspectRuntimeCmd),
	/// Check a block of the database again.
	CheckBlock(sc_cli::CheckBlockCmd),
	/// Write blocks of the database to a file.
	ExportBlocks(sc_cli::ExportBlocksCmd),
	/// Read blocks from a file into the database.
	ImportBlocks(sc_cli::ImportBlocksCmd),
	/// Remove the database of a chain.
	PurgeChain(sc_cli::PurgeChainCmd),
	/// Take back the newest blocks that are not final.
	Revert(sc_cli::RevertCmd),
	/// Print what the database holds.
	ChainInfo(sc_cli::ChainInfoCmd),
}

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"Terrace Node".into()
	}

	fn impl_version() -> String {
		env!("SUBSTRATE_CLI_IMPL_VERSION").into()
	}

	fn description() -> String {
		env!("CARGO_PKG_DESCRIPTION").into()
	}

	fn author() -> String {
		"the Terrace authors".into()
	}

	fn support_url() -> String {
		"the issue tracker of the Terrace project".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, id: &str) -> Result<Box<dyn sc_cli::ChainSpec>, String> {
		chain_spec::load(id)
	}

	fn setup_command(command: Command) -> Command {
		command
			.name(Self::executable_name())
			.version(format!("{}\n", Self::impl_version()))
			.about(Self::description())
			.propagate_version(true)
			.args_conflicts_with_subcommands(true)
			.subcommand_negates_reqs(true)
			.mut_arg("chain", explain_chain)
			.mut_arg("pool_kbytes", |arg| arg.default_value(POOL_KBYTES))
			.mut_arg("tx_ban_seconds", |arg| {
				arg.default_value(BAN_SECONDS)
					.help("Seconds for which a transaction found invalid is refused")
					.long_help(None::<&str>)
			})
			.mut_arg("state_pruning", explain_state_pruning)
			.mut_arg("enabled", |arg| arg.hide(true))
			.mut_subcommand("key", |key| {
				key.mut_subcommand("generate-node-key", |generate| {
					generate
						.mut_arg("base_path", |arg| arg.requires("chain"))
						.mut_arg("default_base_path", |arg| arg.requires("chain"))
				})
			})
	}
}

fn explain_chain(arg: Arg) -> Arg {
	arg.help("main-dev, main-local, or the path of a chain-spec file").long_help(
		"Which chain: main-dev, main-local, or the path of a chain-spec file.\n\n\
		 A contract or proof chain starts from a block of its running parent, and a live chain \
		 needs keys of its own: `make-spec` makes the file for both.",
	)
}

fn explain_state_pruning(arg: Arg) -> Arg {
	arg.help("Which blocks' state to keep: archive, archive-canonical or a NUMBER of blocks")
		.long_help(
			"Which blocks' state to keep: `archive` (all), `archive-canonical` (all final ones) \
			 or a NUMBER of final ones.\n\n\
			 A new database starts with archive-canonical: the state proofs and justifications \
			 that relays ask for must not be gone when a neighbour was away for long. An existing \
			 database keeps what it was made with; to change it, purge the chain.",
		)
}

/// Accepts the URL of a WebSocket.
pub fn websocket_url(text: &str) -> Result<String, String> {
	match text.starts_with("ws://") || text.starts_with("wss://") {
		true => Ok(text.into()),
		false => Err("the address must begin with ws:// or wss://".into()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;

	fn parse(line: &str) -> Result<Cli, clap::Error> {
		Cli::try_from_iter(line.split_whitespace())
	}

	#[test]
	fn command_line_is_consistent() {
		Cli::setup_command(Cli::command()).debug_assert();
	}

	#[test]
	fn pool_holds_a_windows_proofs_and_forgives_soon() {
		let run = parse("terrace-node --chain main-dev").expect("valid").run.node;
		assert_eq!(run.pool_config.pool_kbytes, 256 * 1024);
		assert_eq!(run.pool_config.tx_ban_seconds, Some(60));
		let run = parse("terrace-node --pool-kbytes 1 --tx-ban-seconds 2").expect("valid").run.node;
		assert_eq!(run.pool_config.pool_kbytes, 1);
		assert_eq!(run.pool_config.tx_ban_seconds, Some(2));
	}

	#[test]
	fn relay_flags_are_read() {
		let line = "terrace-node --chain x.json --parent-url ws://127.0.0.1:1 --relay-suri //Alice";
		let relay = parse(line).expect("valid").run.relay;
		assert_eq!(relay.parent_url, ["ws://127.0.0.1:1"]);
		assert_eq!(relay.relay_suri.as_deref(), Some("//Alice"));
		assert!(parse("terrace-node --parent-url http://127.0.0.1:1").is_err());
	}

	#[test]
	fn node_key_in_a_folder_needs_its_chain() {
		parse("terrace-node key generate-node-key --file key").expect("a file needs no chain");
		assert!(parse("terrace-node key generate-node-key --base-path x").is_err());
		parse("terrace-node key generate-node-key --base-path x --chain main-dev").expect("valid");
	}

	#[test]
	fn subcommands_are_known() {
		for line in [
			"terrace-node make-spec main-local --raw",
			"terrace-node export-chain-spec --chain main-dev --raw",
			"terrace-node export-genesis-proof --chain x.json",
			"terrace-node sign-registration --chain x.json --suri //Alice --suri //Bob",
			"terrace-node sign-registration --chain x.json --keystore-path keys",
			"terrace-node check-block --chain main-dev 1",
			"terrace-node export-blocks --chain main-dev",
			"terrace-node import-blocks --chain main-dev x",
			"terrace-node purge-chain --chain main-dev -y",
			"terrace-node revert --chain main-dev 5",
			"terrace-node chain-info --chain main-dev",
		] {
			assert!(parse(line).expect(line).subcommand.is_some());
		}
	}
}
