// SPDX-License-Identifier: Apache-2.0
//! What is tuned by a referendum, without new code.

use crate::*;
use frame_support::{
	dynamic_params::{dynamic_pallet_params, dynamic_params},
	traits::{EnsureOrigin, EnsureOriginWithArg},
};
use origins::{EnsureChainAdmin, EnsureGeneralAdmin};
use sp_runtime::Percent;
use terrace_runtime_common::constants::UNIT;

/// The parameters.
#[dynamic_params(RuntimeParameters, pallet_parameters::Parameters::<Runtime>)]
pub mod dynamic_params {
	use super::*;

	/// What is asked of contract chains.
	#[dynamic_pallet_params]
	#[codec(index = 0)]
	pub mod chains {
		/// Least bond of a chain that registers.
		#[codec(index = 0)]
		pub static MinBond: Balance = 1_000 * UNIT;
	}

	/// What becomes of fees.
	#[dynamic_pallet_params]
	#[codec(index = 1)]
	pub mod fees {
		/// Part of every fee that goes to the treasury; authors get the rest.
		#[codec(index = 0)]
		pub static TreasuryShare: Percent = Percent::from_percent(20);
	}

	/// What a vote takes.
	#[dynamic_pallet_params]
	#[codec(index = 2)]
	pub mod votes {
		/// Deposit for proposing a referendum.
		#[codec(index = 0)]
		pub static SubmissionDeposit: Balance = 10 * UNIT;
	}
}

/// Who tunes which parameter.
pub struct EnsureParameterAdmin;

impl EnsureOriginWithArg<RuntimeOrigin, RuntimeParametersKey> for EnsureParameterAdmin {
	type Success = ();

	fn try_origin(origin: RuntimeOrigin, key: &RuntimeParametersKey) -> Result<(), RuntimeOrigin> {
		match key {
			RuntimeParametersKey::Chains(_) => EnsureChainAdmin::try_origin(origin).map(drop),
			RuntimeParametersKey::Fees(_) | RuntimeParametersKey::Votes(_) => {
				EnsureGeneralAdmin::try_origin(origin).map(drop)
			}
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn try_successful_origin(_: &RuntimeParametersKey) -> Result<RuntimeOrigin, ()> {
		Ok(RuntimeOrigin::root())
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl Default for RuntimeParameters {
	fn default() -> Self {
		RuntimeParameters::Chains(dynamic_params::chains::Parameters::MinBond(
			dynamic_params::chains::MinBond,
			Some(UNIT),
		))
	}
}

impl pallet_parameters::Config for Runtime {
	type AdminOrigin = EnsureParameterAdmin;
	type RuntimeEvent = RuntimeEvent;
	type RuntimeParameters = RuntimeParameters;
	type WeightInfo = ();
}
