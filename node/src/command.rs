// SPDX-License-Identifier: Apache-2.0
//! Runs what the command line asks for.

use crate::{
	chain_spec,
	cli::{Cli, Subcommand},
	ports, service,
};
use sc_cli::{
	CheckBlockCmd, ExportBlocksCmd, ImportBlocksCmd, KeySubcommand, Result, RevertCmd, SubstrateCli,
};
use std::error::Error as _;
use terrace_runtime_common::opaque::Block;

/// Parses the command line and runs it.
pub fn run() -> Result<()> {
	let cli = Cli::from_args();
	match &cli.subcommand {
		None => run_node(cli),
		Some(Subcommand::Key(command)) => run_key(&cli, command),
		Some(Subcommand::MakeSpec(command)) => {
			command.run().map_err(|error| error.to_string().into())
		}
		Some(Subcommand::ExportChainSpec(command)) => {
			command.run(chain_spec::load(&command.chain)?)
		}
		Some(Subcommand::ExportGenesisProof(command)) => {
			command.run(chain_spec::load(&command.chain)?.as_ref())
		}
		Some(Subcommand::SignRegistration(command)) => {
			command.run(chain_spec::load(&command.chain)?.as_ref())
		}
		Some(Subcommand::InspectRuntime(command)) => {
			command.run().map_err(|error| error.to_string().into())
		}
		Some(Subcommand::CheckBlock(command)) => check_block(&cli, command),
		Some(Subcommand::ExportBlocks(command)) => export_blocks(&cli, command),
		Some(Subcommand::ImportBlocks(command)) => import_blocks(&cli, command),
		Some(Subcommand::PurgeChain(command)) => {
			cli.create_runner(command)?.sync_run(|config| command.run(config.database))
		}
		Some(Subcommand::Revert(command)) => revert(&cli, command),
		Some(Subcommand::ChainInfo(command)) => {
			cli.create_runner(command)?.sync_run(|config| command.run::<Block>(&config))
		}
	}
}

/// What went wrong, in words for the person who typed the command.
pub fn explain(error: &sc_cli::Error) -> String {
	use sc_cli::Error as Cli;
	use sc_service::Error as Service;
	let mut text = match error {
		Cli::Input(text) | Cli::Service(Service::Other(text)) => return text.clone(),
		Cli::Application(error) | Cli::Service(Service::Application(error)) => error.to_string(),
		other => other.to_string(),
	};
	let mut cause = error.source();
	while let Some(error) = cause {
		let more = error.to_string();
		// Wrappers repeat what they wrap.
		if !text.contains(&more) {
			text = format!("{text}: {more}");
		}
		cause = error.source();
	}
	text
}

fn run_node(mut cli: Cli) -> Result<()> {
	if cli.run.node.get_keyring().is_some() {
		// A node with a key that everybody knows has no identity worth keeping.
		cli.run.node.network_params.node_key_params.unsafe_force_node_key_generation = true;
	}
	let relay = cli.run.relay.clone();
	let mut runner = cli.create_runner(&cli.run.node)?;
	ports::claim(runner.config_mut()).map_err(|busy| busy.to_string())?;
	runner.run_node_until_exit(|config| async move {
		service::start(config, relay).map_err(sc_cli::Error::Service)
	})
}

fn run_key(cli: &Cli, command: &KeySubcommand) -> Result<()> {
	match command {
		// A node key in a file belongs to no chain.
		KeySubcommand::GenerateNodeKey(generate) if generate.chain.is_none() => {
			generate.common.run()
		}
		command => command.run(cli),
	}
}

fn check_block(cli: &Cli, command: &CheckBlockCmd) -> Result<()> {
	cli.create_runner(command)?.async_run(|mut config| {
		let parts = service::new_partial(&mut config)?;
		Ok((command.run(parts.client, parts.import_queue), parts.task_manager))
	})
}

fn export_blocks(cli: &Cli, command: &ExportBlocksCmd) -> Result<()> {
	cli.create_runner(command)?.async_run(|mut config| {
		let parts = service::new_partial(&mut config)?;
		Ok((command.run(parts.client, config.database), parts.task_manager))
	})
}

fn import_blocks(cli: &Cli, command: &ImportBlocksCmd) -> Result<()> {
	cli.create_runner(command)?.async_run(|mut config| {
		let parts = service::new_partial(&mut config)?;
		Ok((command.run(parts.client, parts.import_queue), parts.task_manager))
	})
}

fn revert(cli: &Cli, command: &RevertCmd) -> Result<()> {
	cli.create_runner(command)?.async_run(|mut config| {
		let parts = service::new_partial(&mut config)?;
		let consensus = Box::new(service::revert_consensus);
		Ok((command.run(parts.client, parts.backend, Some(consensus)), parts.task_manager))
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn messages_are_shown_as_they_are() {
		assert_eq!(explain(&"no such chain".to_string().into()), "no such chain");
		let service = sc_service::Error::Other("the port is taken".into());
		assert_eq!(explain(&sc_cli::Error::Service(service)), "the port is taken");
	}

	#[test]
	fn causes_are_shown_once() {
		let io = std::io::Error::other("disk full");
		let shown = explain(&sc_cli::Error::Service(sc_service::Error::Io(io)));
		assert_eq!(shown, "disk full");
	}
}
