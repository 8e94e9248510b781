// SPDX-License-Identifier: Apache-2.0
//! Where fees go.

use frame_support::traits::tokens::imbalance::ResolveTo;
use pallet_collator_selection::StakingPotAccountId;

/// Fees go to the pot that a block's author takes its half of.
pub type FeesToAuthors<T> =
	ResolveTo<StakingPotAccountId<T>, <T as pallet_collator_selection::Config>::Currency>;
