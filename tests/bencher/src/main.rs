// SPDX-License-Identifier: Apache-2.0
//! Runs the benchmarks in a runtime's blob and writes weights: `terrace-bencher --help`.

use clap::Parser;
use frame_benchmarking_cli::PalletCmd;
use sp_runtime::traits::BlakeTwo256;
use tracing_subscriber::EnvFilter;

fn main() -> sc_cli::Result<()> {
	let quiet = "info,cranelift_codegen=off,wasmtime_cranelift=off,wasmtime_jit=off";
	let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(quiet));
	tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
	PalletCmd::parse().run_with_spec::<BlakeTwo256, ()>(None)
}
