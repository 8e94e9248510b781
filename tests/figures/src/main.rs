// SPDX-License-Identifier: Apache-2.0
//! Prints the figures of `docs/benchmarks.md` that compare Terrace with its alternatives.

mod blob;
mod capacity;
mod clock;
mod radix16;
mod runtime;
mod settle;
mod single_chain;
mod world;

use clap::{Parser, Subcommand};

/// Prints what settling, proving and layering cost. Run it alone on the machine.
#[derive(Parser)]
struct Args {
	#[command(subcommand)]
	figure: Figure,
}

#[derive(Subcommand)]
enum Figure {
	/// What settling a window costs the contract chain, for ever more contracts.
	Settle {
		/// Most contracts; each row has ten times as many as the one before, from 1,000 on.
		#[arg(long, default_value_t = 1_000_000)]
		max: u64,
		/// Windows measured of each kind.
		#[arg(long, default_value_t = 21)]
		runs: usize,
	},
	/// The same load on one chain that checks every proof and pays every contract itself.
	SingleChain {
		/// Contracts that run.
		#[arg(long, default_value_t = 10_000)]
		contracts: u64,
		/// Windows measured.
		#[arg(long, default_value_t = 11)]
		runs: usize,
	},
	/// A possession proof against the same answer from a radix-16 trie.
	Radix16 {
		/// Size of the blob in MiB.
		#[arg(long, default_value_t = 1_024)]
		mib: u64,
		/// Random challenges that are proven.
		#[arg(long, default_value_t = 200)]
		challenges: u64,
		/// Runs over all challenges.
		#[arg(long, default_value_t = 31)]
		runs: usize,
	},
	/// Proofs per second that the limits of a proof chain's blocks admit.
	Capacity {
		/// Proofs of one batch.
		#[arg(long, default_value_t = 500)]
		batch: u32,
		/// Size of each blob in MiB.
		#[arg(long, default_value_t = 1_024)]
		mib: u64,
	},
}

fn main() {
	match Args::parse().figure {
		Figure::Settle { max, runs } => settle::run(max, runs),
		Figure::SingleChain { contracts, runs } => single_chain::run(contracts, runs),
		Figure::Radix16 { mib, challenges, runs } => radix16::run(mib, challenges, runs),
		Figure::Capacity { batch, mib } => capacity::run(batch, mib),
	}
}
