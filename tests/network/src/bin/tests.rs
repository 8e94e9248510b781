// SPDX-License-Identifier: Apache-2.0
//! Runs the network tests against one network of real processes.

use clap::Parser;
use std::{path::PathBuf, process::ExitCode, time::Instant};
use terrace_tests_network::{
	cases::{self, Case},
	interrupted, Failure, Layout, Network,
};

/// Tests Terrace with real processes.
#[derive(Parser)]
struct Args {
	/// Run only the tests whose name contains this; a filter that matches none is an error.
	filter: Option<String>,
	/// Folder for databases and logs.
	#[arg(long)]
	dir: PathBuf,
	/// Run only one of the two parts: each has a network of its own and takes about half of the time.
	#[arg(long, value_parser = clap::value_parser!(u8).range(1..=2))]
	part: Option<u8>,
	/// First port to use.
	#[arg(long, default_value_t = 19944)]
	base_port: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
	let args = Args::parse();
	let layout = Layout { dir: args.dir.clone(), base_port: args.base_port };
	let mut network = match Network::new(layout, true) {
		Ok(network) => network,
		Err(error) => {
			eprintln!("{error}");
			return ExitCode::FAILURE;
		}
	};
	let outcome = tokio::select! {
		outcome = run(&args, &mut network) => outcome,
		() = interrupted() => Err(Failure("interrupted".into())),
	};
	network.down().await;
	match outcome {
		Ok((passed, 0)) => {
			println!("\nnetwork test result: ok. {passed} passed; 0 failed");
			ExitCode::SUCCESS
		}
		Ok((passed, failed)) => {
			println!("\nnetwork test result: FAILED. {passed} passed; {failed} failed");
			println!("logs: {}", args.dir.join("logs").display());
			ExitCode::FAILURE
		}
		Err(error) => {
			println!("\nnetwork test result: FAILED. {error}");
			println!("logs: {}", args.dir.join("logs").display());
			ExitCode::FAILURE
		}
	}
}

async fn run(args: &Args, network: &mut Network) -> Result<(usize, usize), Failure> {
	let named = |case: &Case| args.filter.as_ref().is_none_or(|part| case.name.contains(part));
	let wanted = |case: &Case| named(case) && args.part.is_none_or(|part| part == case.part);
	let cases: Vec<_> = cases::CASES.into_iter().filter(wanted).collect();
	if cases.is_empty() {
		return Err(Failure("the filter matches no test".into()));
	}
	println!("running {} network tests", cases.len());
	network.up().await?;
	network.start_provider(0).await?;
	network.start_provider(1).await?;
	let (mut passed, mut failed) = (0, 0);
	for Case { name, run, .. } in cases {
		let start = Instant::now();
		let result = match run(network).await {
			Ok(()) => network.check(),
			failure => failure,
		};
		match result {
			Ok(()) => {
				passed += 1;
				println!("test {name} ... ok ({} s)", start.elapsed().as_secs());
			}
			Err(error) => {
				failed += 1;
				println!("test {name} ... FAILED\n{error}");
			}
		}
	}
	Ok((passed, failed))
}
