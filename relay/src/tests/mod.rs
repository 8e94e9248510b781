// SPDX-License-Identifier: Apache-2.0
//! Whole relays between chains that tests make up, in a time that tests rule.

pub(crate) mod chain;
pub(crate) mod clock;
pub(crate) mod node;
pub(crate) mod world;

mod catch_up;
mod endpoints;
mod evidence;
mod expiry;
mod forks;
mod heartbeat;
mod malformed;
mod races;
mod recovery;
mod restart;
mod rpc;
