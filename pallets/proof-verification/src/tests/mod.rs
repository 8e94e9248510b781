// SPDX-License-Identifier: Apache-2.0
//! Tests, one file for each thing that can happen to the pallet.

mod authorize;
mod genesis;
mod intervals;
mod model;
mod reports;
mod scenarios;
mod submit_proofs;
mod sweep;
mod track;
mod untrack;
mod views;
mod weights;
mod windows;
