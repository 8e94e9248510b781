// SPDX-License-Identifier: Apache-2.0
//! Clients that were not written here.

use crate::{ensure, Failure, Network};
use std::path::Path;
use terrace_layers::Layer;

/// `@polkadot/api` connects to every chain and decodes each block and event from metadata alone.
pub async fn polkadot_js(network: &mut Network) -> Result<(), Failure> {
	let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("polkadot-js");
	let work = network.layout.dir.join("polkadot-js");
	std::fs::create_dir_all(&work)?;
	for file in ["package.json", "package-lock.json", "decode.mjs"] {
		std::fs::copy(folder.join(file), work.join(file))?;
	}
	command("npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"], &work).await?;
	let urls = [Layer::Main, Layer::Contract, Layer::Proof].map(|layer| network.layout.url(layer));
	let mut args = vec!["decode.mjs"];
	args.extend(urls.iter().map(String::as_str));
	println!("{}", command("node", &args, &work).await?.trim_end());
	Ok(())
}

/// The dApp stores, fetches, votes and tells what went wrong in a browser; plain `@polkadot/api` makes
/// every call of the three chains; the code of the guide for dApp builders runs as it stands there.
pub async fn dapp(network: &mut Network) -> Result<(), Failure> {
	let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
	for part in ["e2e", "compat", "snippets"] {
		let text = command_on(network, "./scripts/dapp", &[part], &root).await?;
		// What they list and time is for whoever looks closer; how they end is for all.
		std::fs::write(network.layout.dir.join("logs").join(format!("dapp-{part}.log")), &text)?;
		let last = text.lines().rev().filter(|line| !line.trim().is_empty()).take(4);
		let last: Vec<_> = last.map(|line| line.chars().take(160).collect::<String>()).collect();
		for line in last.iter().rev() {
			println!("  {line}");
		}
	}
	Ok(())
}

async fn command_on(
	network: &Network,
	program: &str,
	args: &[&str],
	dir: &Path,
) -> Result<String, Failure> {
	let base = network.layout.base_port.to_string();
	let mut command = tokio::process::Command::new(program);
	command.env("TERRACE_BASE_PORT", base);
	if network.upgraded {
		command.env("TERRACE_METADATA_HASH", "1");
	}
	run(&mut command, args, dir).await
}

async fn command(program: &str, args: &[&str], dir: &Path) -> Result<String, Failure> {
	run(&mut tokio::process::Command::new(program), args, dir).await
}

async fn run(
	command: &mut tokio::process::Command,
	args: &[&str],
	dir: &Path,
) -> Result<String, Failure> {
	let program = command.as_std().get_program().to_string_lossy().into_owned();
	let output = command
		.args(args)
		.current_dir(dir)
		.kill_on_drop(true)
		.output()
		.await
		.map_err(|error| Failure(format!("{program} does not start: {error}")))?;
	let text = String::from_utf8_lossy(&output.stdout).into_owned();
	ensure!(
		output.status.success(),
		"{program} {}:\n{text}{}",
		args.join(" "),
		String::from_utf8_lossy(&output.stderr)
	);
	Ok(text)
}
