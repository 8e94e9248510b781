// SPDX-License-Identifier: Apache-2.0
//! The command line for people who store files on Terrace.

mod cli;
mod cli_gov;
mod cli_market;
mod commands;
mod context;
mod failure;
mod follow;
mod interrupt;
mod notes;
mod output;
mod progress;
mod render;
mod target;

use clap::Parser;
use cli::{Cli, Command};
use context::Context;
use failure::{Exit, Failure};
use output::Output;

#[tokio::main]
async fn main() {
	start_log();
	let cli = match Cli::try_parse() {
		Ok(cli) => cli,
		Err(error) => std::process::exit(misused(&error)),
	};
	let json = cli.global.json;
	let context = Context::new(cli.global);
	let exit = match run(&context, cli.command).await {
		Ok(output) => {
			output.print(json);
			Exit::Done
		}
		Err(failure) => {
			failure.print(json);
			failure.exit
		}
	};
	// Not a return: a file that is being hashed on another thread must not delay the end.
	std::process::exit(exit.code());
}

async fn run(context: &Context, command: Command) -> Result<Output, Failure> {
	match command {
		Command::Store(args) => commands::store::run(context, args).await,
		Command::Status(args) => commands::status::run(context, args).await,
		Command::Fetch(args) => commands::fetch::run(context, args).await,
		Command::Verify(args) => commands::verify::run(context, args).await,
		Command::Watch(args) => commands::watch::run(context, args).await,
		Command::Providers => commands::providers::run(context).await,
		Command::Chains => commands::chains::run(context).await,
		Command::Withdraw(args) => commands::withdraw::run(context, args).await,
		Command::Close(args) => commands::close::run(context, args).await,
		Command::Cancel(args) => commands::cancel::run(context, args).await,
		Command::Extend(args) => commands::extend::run(context, args).await,
		Command::TopUp(args) => commands::top_up::run(context, args).await,
		Command::Audit(args) => commands::audit::run(context, args).await,
		Command::Consent(args) => commands::agree::consent(context, args).await,
		Command::Amend(args) => commands::agree::amend(context, args).await,
		Command::Move(args) => commands::agree::move_to(context, args).await,
		Command::End(args) => commands::agree::end(context, args).await,
		Command::Unclaimed => commands::unclaimed::run(context).await,
		Command::Provider { command } => commands::provider::run(context, command).await,
		Command::Balance(args) => commands::balance::run(context, args).await,
		Command::Transfer(args) => commands::transfer::run(context, args).await,
		Command::Gov { command } => commands::gov::run(context, command).await,
		Command::RegisterChain(args) => commands::register_chain::run(context, args).await,
	}
}

/// Explains a wrong command line; returns the exit code.
fn misused(error: &clap::Error) -> i32 {
	let json = std::env::args_os().any(|argument| argument == "--json");
	if json && error.use_stderr() {
		let text = error.to_string();
		let text = text.trim_start_matches("error: ").trim();
		Failure::new(Exit::Usage, text).print(true);
	} else {
		let _ = error.print();
	}
	if error.use_stderr() {
		Exit::Usage.code()
	} else {
		Exit::Done.code()
	}
}

/// Logs to standard error what `RUST_LOG` asks for, and nothing unless it asks.
fn start_log() {
	let filter = tracing_subscriber::EnvFilter::try_from_default_env()
		.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("off"));
	tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
