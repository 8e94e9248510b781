// SPDX-License-Identifier: Apache-2.0
//! Numbers that hold on every layer.

use crate::{Balance, BlockNumber};
use frame_support::{
	dispatch::DispatchClass,
	parameter_types,
	weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, Weight},
};
use frame_system::limits::{BlockLength, BlockWeights};
use sp_runtime::Perbill;

/// One token.
pub const UNIT: Balance = 1_000_000_000_000;
/// A thousandth of a token.
pub const MILLIUNIT: Balance = UNIT / 1_000;
/// Least balance that keeps an account alive.
pub const EXISTENTIAL_DEPOSIT: Balance = MILLIUNIT;

/// Length of a slot in milliseconds; it can never change on a running chain.
pub const SLOT_MS: u64 = 2_000;
/// Blocks of a minute.
pub const MINUTES: BlockNumber = 60_000 / (SLOT_MS as BlockNumber);
/// Blocks of an hour.
pub const HOURS: BlockNumber = MINUTES * 60;
/// Blocks of a day.
pub const DAYS: BlockNumber = HOURS * 24;

/// A third of a slot is for executing a block, the rest for spreading it and voting on it.
pub const MAX_BLOCK_REF_TIME_MS: u64 = 660;
/// Most bytes of a block.
pub const MAX_BLOCK_LENGTH: u32 = 5 * 1024 * 1024;
/// Share of a block that ordinary transactions may fill; the rest is for relayed messages.
pub const NORMAL_RATIO: Perbill = Perbill::from_percent(75);
/// Share of a block's weight that relayed calls may take for nothing.
pub const FREE_PER_BLOCK: Perbill = Perbill::from_percent(70);
/// Share of a block's weight that relayed calls of one neighbour may take for nothing; no call that must
/// be free takes more.
pub const FREE_PER_CHAIN: Perbill = Perbill::from_percent(35);
/// Most weight of a call that a parent has dispatched on a child: it must fit the share of free calls, with
/// the relaying itself, and a letter that is dispatched again may take a quarter of a block.
pub const MAX_ADMIN_WEIGHT: Weight = Weight::from_parts(MAX_BLOCK_WEIGHT.ref_time() / 5, u64::MAX);
/// Bytes of possession proofs that a proof chain takes in a second: half of what its blocks hold.
pub const PROOF_BYTES_PER_SECOND: u32 = MAX_BLOCK_LENGTH / 4;
/// Blocks without progress after which a neighbour is not believed any more.
pub const MAX_STALENESS: BlockNumber = 7 * DAYS;
/// Blocks for which bonds answer for votes of former authorities.
pub const EVIDENCE_WINDOW: BlockNumber = 14 * DAYS;
/// Most authorities of a chain: neighbours refuse to follow larger sets.
pub const MAX_AUTHORITIES: u32 = terrace_layers::limits::MAX_AUTHORITIES;

/// Weight limit of a block.
pub const MAX_BLOCK_WEIGHT: Weight =
	Weight::from_parts(MAX_BLOCK_REF_TIME_MS * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);

parameter_types! {
	/// Weight limits of a block.
	pub RuntimeBlockWeights: BlockWeights =
		BlockWeights::with_sensible_defaults(MAX_BLOCK_WEIGHT, NORMAL_RATIO);
	/// Length limits of a block.
	pub RuntimeBlockLength: BlockLength = BlockLength::builder()
		.max_length(MAX_BLOCK_LENGTH)
		.modify_max_length_for_class(DispatchClass::Normal, |max| *max = NORMAL_RATIO * *max)
		.build();
}
