// SPDX-License-Identifier: Apache-2.0
//! The whole of Terrace at work with one file; started by `scripts/demo`.

use clap::Parser;
use std::{
	io::{Read, Write},
	path::{Path, PathBuf},
	time::{Duration, Instant},
};
use terrace_client::{amount::format_amount, hash_file};
use terrace_layers::{
	views::{ContractState, ContractView},
	ContractId, Layer,
};
use terrace_possession::ContentId;
use terrace_tests_network::{
	contracts, ensure, interrupted, Failure, Layout, Network, Side, PROVIDERS,
};

/// Stores a file on three live chains with two providers, and shows it proven, paid and fetched.
#[derive(Parser)]
struct Args {
	/// File to store; a generated one of 64 MiB if none is given.
	file: Option<PathBuf>,
	/// Stop after the summary.
	#[arg(long)]
	once: bool,
	/// Windows to order.
	#[arg(long, default_value_t = 3)]
	windows: u32,
	/// First port to use.
	#[arg(long, default_value_t = 9944)]
	base_port: u16,
	/// Folder for databases and logs; it must be empty or absent.
	#[arg(long)]
	dir: PathBuf,
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
	let args = Args::parse();
	let layout = Layout { dir: args.dir.clone(), base_port: args.base_port };
	let mut network = match Network::new(layout, true) {
		Ok(network) => network,
		Err(error) => return fail(&error),
	};
	let result = tokio::select! {
		result = demo(&args, &mut network) => result,
		() = interrupted() => Err(Failure("interrupted".into())),
	};
	if result.is_ok() && !args.once {
		println!("\nEverything keeps running. Press Ctrl-C to stop it.");
		interrupted().await;
	}
	println!("\nStopping.");
	network.down().await;
	match result {
		Ok(()) => std::process::ExitCode::SUCCESS,
		Err(error) => fail(&error),
	}
}

fn fail(error: &Failure) -> std::process::ExitCode {
	eprintln!("\nThe demo failed: {error}");
	std::process::ExitCode::FAILURE
}

async fn demo(args: &Args, network: &mut Network) -> Result<(), Failure> {
	let start = Instant::now();
	step("1. A file");
	let file = match &args.file {
		Some(file) => file.clone(),
		None => generate(&args.dir.join("demo.bin"))?,
	};
	let (root, size) = content(&file)?;
	println!("  {} ({size} bytes)\n  BLAKE3 {root}", file.display());

	step("2. Three chains");
	network.up().await?;

	step("3. Two providers");
	for index in 0..PROVIDERS.len() {
		network.start_provider(index).await?;
	}

	step("4. Store");
	let contracts = store(network, &file, args.windows).await?;

	step("5. Windows, proven below and paid above");
	let settled = follow(network, &contracts).await?;

	step("6. Fetch and compare");
	for contract in &settled {
		contracts::compare(network, contract.id, &file).await?;
		println!("  contract {}: the same file came back", contract.id);
	}
	let memory = network.memory();
	for contract in &settled {
		contracts::close(network, contract.id).await?;
	}
	summary(network, root, &settled, start.elapsed(), memory);
	check_all(&settled, root)
}

fn step(title: &str) {
	println!("\n\x1b[1m{title}\x1b[0m");
}

/// Writes 64 MiB that no compressor and no cache knows.
fn generate(path: &Path) -> Result<PathBuf, Failure> {
	let mut random = std::fs::File::open("/dev/urandom")?.take(64 << 20);
	std::io::copy(&mut random, &mut std::fs::File::create(path)?)?;
	Ok(path.into())
}

/// Content id and size of the file; a file that cannot be stored ends the demo before anything starts.
fn content(path: &Path) -> Result<(ContentId, u64), Failure> {
	let (root, size) = hash_file(path, |_| {})
		.map_err(|error| Failure(format!("{} cannot be read: {error}", path.display())))?;
	ensure!(size > 0, "{} is empty: there is nothing to store", path.display());
	Ok((root, size))
}

async fn store(network: &Network, file: &Path, windows: u32) -> Result<Vec<ContractId>, Failure> {
	for suri in PROVIDERS {
		println!("  with provider {}", terrace_tests_network::address(suri)?);
	}
	let providers: Vec<_> = (0..PROVIDERS.len()).collect();
	let ids = contracts::store(network, file, &providers, windows).await?;
	println!("  contracts {ids:?} are active");
	Ok(ids)
}

/// Prints every window as it is settled, until all contracts have ended.
async fn follow(network: &mut Network, ids: &[ContractId]) -> Result<Vec<ContractView>, Failure> {
	const PATIENCE: Duration = Duration::from_secs(600);
	let mut last = Instant::now();
	let mut seen = vec![0; ids.len()];
	loop {
		network.check()?;
		let mut views = Vec::new();
		for (id, seen) in ids.iter().zip(&mut seen) {
			let view = network.contract(*id).await?.ok_or("the contract has disappeared")?;
			if view.reported > *seen {
				*seen = view.reported;
				last = Instant::now();
				tell(network, &view).await?;
			}
			views.push(view);
		}
		if views.iter().all(|view| view.state == ContractState::Ended) {
			return Ok(views);
		}
		ensure!(last.elapsed() < PATIENCE, "nothing was settled for 10 minutes; see the logs");
		tokio::time::sleep(Duration::from_millis(500)).await;
	}
}

async fn tell(network: &Network, view: &ContractView) -> Result<(), Failure> {
	let now = network.window().await?.window;
	println!(
		"  contract {}: {} of {} windows reported, {} proven, paid {} (proof chain is in window {now})",
		view.id,
		view.reported,
		view.windows,
		view.proven,
		format_amount(view.paid),
	);
	std::io::stdout().flush()?;
	Ok(())
}

fn summary(
	network: &Network,
	root: ContentId,
	contracts: &[ContractView],
	took: Duration,
	memory: u64,
) {
	step("Summary");
	println!("  content id  {root}");
	println!(
		"  {:>8}  {:>8}  {:>8}  {:>22}  {:>22}",
		"contract", "windows", "proven", "paid", "refunded"
	);
	for view in contracts {
		println!(
			"  {:>8}  {:>8}  {:>8}  {:>22}  {:>22}",
			view.id.to_string(),
			view.reported,
			view.proven,
			format_amount(view.paid),
			format_amount(view.refundable)
		);
	}
	println!("  took {} s, {} MiB of memory in all\n", took.as_secs(), memory >> 20);
	println!("  Where to look (polkadot.js apps: https://polkadot.js.org/apps/?rpc=<endpoint>)");
	for layer in [Layer::Main, Layer::Contract, Layer::Proof] {
		println!(
			"  {layer:?} chain: {}, metrics http://127.0.0.1:{}/metrics",
			network.layout.url(layer),
			network.layout.metrics_port(layer, Side::Alice)
		);
	}
	for index in 0..PROVIDERS.len() {
		println!(
			"  provider {}: http://127.0.0.1:{}/health and /metrics",
			index + 1,
			network.layout.provider_port(index)
		);
	}
	println!("  logs: {}", network.layout.logs().display());
}

fn check_all(contracts: &[ContractView], root: ContentId) -> Result<(), Failure> {
	for view in contracts {
		ensure!(view.root == root, "contract {}: its root is {}", view.id, view.root);
		ensure!(
			view.reported == view.windows && view.paid + view.refundable == view.escrow,
			"contract {} is not settled: {view:?}",
			view.id
		);
		ensure!(view.proven > 0, "contract {}: no window was proven", view.id);
	}
	Ok(())
}
