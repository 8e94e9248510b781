// SPDX-License-Identifier: Apache-2.0
//! The Terrace node: one binary for validators and collators of every layer.

#![allow(clippy::result_large_err, reason = "the SDK's error types are what they are")]

mod chain_spec;
mod cli;
mod command;
mod genesis;
mod inspect_runtime;
mod make_spec;
mod metadata;
mod ports;
mod relay_task;
mod rpc;
mod service;
mod sign_registration;

use std::process::ExitCode;

fn main() -> ExitCode {
	match command::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("terrace-node: {}", command::explain(&error));
			ExitCode::FAILURE
		}
	}
}
