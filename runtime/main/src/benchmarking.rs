// SPDX-License-Identifier: Apache-2.0
//! The benchmarks that run in this runtime.

frame_benchmarking::define_benchmarks!([pallet_cross_layer, CrossLayer]);

/// The treasury knows one token, and pays accounts.
pub struct TreasuryArguments;

impl pallet_treasury::ArgumentsFactory<(), crate::AccountId> for TreasuryArguments {
	fn create_asset_kind(_: u32) {}

	fn create_beneficiary(seed: [u8; 32]) -> crate::AccountId {
		seed.into()
	}
}
