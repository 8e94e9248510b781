// SPDX-License-Identifier: Apache-2.0
//! The daemon as a program.

use clap::Parser;
use std::{net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};
use terrace_client::{amount, Signer};
use terrace_provider::{run, Config, Terms};
use tracing_subscriber::EnvFilter;

/// Keeps blobs for clients of Terrace, proves them, and collects payment.
#[derive(Parser)]
#[command(version)]
struct Args {
	/// Secret of the provider's account: phrase, 0x-seed or test key.
	#[arg(long, value_name = "SURI", env = "TERRACE_PROVIDER_SURI", hide_env_values = true)]
	suri: String,
	/// WebSocket endpoint of the contract chain.
	#[arg(long, value_name = "URL", default_value = "ws://127.0.0.1:9954")]
	contract_url: String,
	/// WebSocket endpoint of a proof chain; may be repeated.
	#[arg(long = "proof-url", value_name = "URL", default_value = "ws://127.0.0.1:9964")]
	proof_urls: Vec<String>,
	/// Where to serve HTTP.
	#[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
	listen: SocketAddr,
	/// URL under which clients reach this provider.
	#[arg(long, value_name = "URL")]
	endpoint: String,
	/// Folder of blobs and database.
	#[arg(long, value_name = "DIR")]
	data: PathBuf,
	/// Price of one GiB for one window, in tokens.
	#[arg(long, value_parser = amount::parse_amount)]
	price: u128,
	/// Most bytes to take, as in 500GiB.
	#[arg(long, value_name = "SIZE", value_parser = parse_size)]
	capacity: u64,
	/// Tokens at stake.
	#[arg(long, value_parser = amount::parse_amount)]
	collateral: u128,
	/// Fewest windows of a contract.
	#[arg(long, default_value_t = 1)]
	min_windows: u32,
	/// Most windows of a contract.
	#[arg(long, default_value_t = 100_000)]
	max_windows: u32,
	/// Claim when at least this many tokens are earned.
	#[arg(long, value_parser = amount::parse_amount, default_value = "0.01")]
	claim_above: u128,
	/// Seconds that clients have to close an ended contract before the provider does.
	#[arg(long, default_value_t = 600)]
	close_after: u64,
}

impl Args {
	fn config(self) -> Result<Config, terrace_client::Error> {
		Ok(Config {
			signer: Signer::from_suri(&self.suri)?,
			contract_url: self.contract_url,
			proof_urls: self.proof_urls,
			listen: self.listen,
			data: self.data,
			terms: Terms {
				endpoint: self.endpoint,
				price: self.price,
				capacity: self.capacity,
				min_windows: self.min_windows,
				max_windows: self.max_windows,
				collateral: self.collateral,
			},
			claim_above: self.claim_above,
			close_after: Duration::from_secs(self.close_after),
		})
	}
}

/// Reads a size such as 1048576, 64MiB or 2TiB.
fn parse_size(text: &str) -> Result<u64, String> {
	let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
	let unit = match &text[digits.len()..] {
		"" | "B" => 1,
		"KiB" => 1 << 10,
		"MiB" => 1 << 20,
		"GiB" => 1 << 30,
		"TiB" => 1u64 << 40,
		other => return Err(format!("{other:?} is no unit: use B, KiB, MiB, GiB or TiB")),
	};
	let count: u64 = digits.parse().map_err(|_| format!("{digits:?} is no whole number"))?;
	count.checked_mul(unit).ok_or_else(|| format!("{text} is too much"))
}

#[tokio::main]
async fn main() -> ExitCode {
	let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
	tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
	let result = match Args::parse().config() {
		Ok(config) => run(config, stopped()).await.map_err(|error| error.to_string()),
		Err(error) => Err(error.to_string()),
	};
	match result {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("terrace-provider: {error}");
			ExitCode::FAILURE
		}
	}
}

/// Done when the process is asked to stop.
async fn stopped() {
	use tokio::signal::unix::{signal, SignalKind};
	match signal(SignalKind::terminate()) {
		Ok(mut terminate) => {
			tokio::select! {
				_ = terminate.recv() => {}
				_ = tokio::signal::ctrl_c() => {}
			}
		}
		Err(_) => {
			let _ = tokio::signal::ctrl_c().await;
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn sizes_are_read_with_binary_units() {
		assert_eq!(parse_size("1024"), Ok(1024));
		assert_eq!(parse_size("16GiB"), Ok(16 << 30));
		assert!(parse_size("16GB").is_err());
		assert!(parse_size("GiB").is_err());
		assert!(parse_size("99999999TiB").is_err());
	}
}
