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

async fn command(program: &str, args: &[&str], dir: &Path) -> Result<String, Failure> {
	let output = tokio::process::Command::new(program)
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
