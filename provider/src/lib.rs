// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod batch;
mod error;
mod http;
mod metrics;
mod offer;
mod prover;
mod run;
mod store;
mod upkeep;

pub use error::Error;
pub use metrics::Metrics;
pub use offer::Terms;
pub use run::{run, Config};
pub use store::Store;

/// Log target of the daemon.
pub(crate) const LOG_TARGET: &str = "provider";
