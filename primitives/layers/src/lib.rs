// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
// SCALE's derives convert and add in ways the stricter lints on numbers object to.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::indexing_slicing))]

extern crate alloc;

mod chain;
mod finality;
mod genesis;
pub mod keys;
mod lane;
mod market;
mod message;
mod proofs;
mod traits;
pub mod views;

pub use chain::*;
pub use finality::*;
pub use genesis::*;
pub use lane::*;
pub use market::*;
pub use message::*;
pub use proofs::*;
pub use traits::*;
