// SPDX-License-Identifier: Apache-2.0
//! One file for each command.

pub mod act;
pub mod agree;
pub mod audit;
pub mod balance;
pub mod cancel;
pub mod chains;
pub mod close;
pub mod extend;
pub mod fetch;
pub mod gov;
pub mod provider;
pub mod providers;
pub mod register_chain;
pub mod status;
pub mod store;
pub mod top_up;
pub mod transfer;
pub mod unclaimed;
pub mod verify;
pub mod watch;
pub mod withdraw;
