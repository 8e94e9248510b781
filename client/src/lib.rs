// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod account;
pub mod amount;
mod chain;
mod checkpoint;
mod content;
mod error;
mod events;
#[cfg(test)]
mod example_runtime;
pub mod extrinsic;
pub mod gov;
mod heads;
pub mod http;
mod market;
pub mod register;
pub mod rpc;
mod runtime;
mod signer;
mod submit;
pub mod transfer;

pub use account::Funds;
pub use chain::{Block, Chain};
pub use checkpoint::checkpoint;
pub use content::{hash_file, ContentHasher};
pub use error::Error;
pub use events::{EventRecord, Phase};
pub use signer::Signer;
pub use submit::{Included, Wait};
pub use terrace_layers::views::Quote;
