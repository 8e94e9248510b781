// SPDX-License-Identifier: Apache-2.0
//! Changes of the storage of a chain that began with an older release.

use super::{AppealBlocks, Config, DecisionPace, Pace, Pallet};
use core::marker::PhantomData;
use frame_support::{
	migrations::VersionedMigration,
	traits::{Get, UncheckedOnRuntimeUpgrade},
	weights::Weight,
};

#[cfg(any(feature = "try-runtime", test))]
use {
	super::{EpochSlots, RecoveryDelay, ReleasePercent},
	alloc::vec::Vec,
	codec::{DecodeAll, Encode},
	sp_runtime::TryRuntimeError,
};

/// Gives a chain that began before [`DecisionPace`] the pace that fits its other lengths.
pub type ToV1<T> =
	VersionedMigration<0, 1, Unversioned<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// What [`ToV1`] does once it knows that it has to.
pub struct Unversioned<T>(PhantomData<T>);

impl<T: Config> UncheckedOnRuntimeUpgrade for Unversioned<T> {
	fn on_runtime_upgrade() -> Weight {
		// Only test networks have appeal periods shorter than an hour.
		let is_test = AppealBlocks::<T>::get() < crate::constants::HOURS;
		DecisionPace::<T>::put(if is_test { Pace::Seconds } else { Pace::Days });
		T::DbWeight::get().reads_writes(1, 1)
	}

	#[cfg(feature = "try-runtime")]
	fn pre_upgrade() -> Result<Vec<u8>, TryRuntimeError> {
		Ok(Self::kept())
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(before: Vec<u8>) -> Result<(), TryRuntimeError> {
		Self::check(&before)
	}
}

#[cfg(any(feature = "try-runtime", test))]
impl<T: Config> Unversioned<T> {
	/// What the migration must leave as it is.
	pub(crate) fn kept() -> Vec<u8> {
		let lengths = (EpochSlots::<T>::get(), RecoveryDelay::<T>::get());
		(lengths, ReleasePercent::<T>::get(), AppealBlocks::<T>::get()).encode()
	}

	/// Whether the migration did what it must, and nothing else.
	pub(crate) fn check(before: &[u8]) -> Result<(), TryRuntimeError> {
		let kept = <((u64, u32), u8, u32)>::decode_all(&mut &*before)
			.map_err(|_| TryRuntimeError::Other("timing: lengths were not noted"))?;
		if kept.encode() != Self::kept() {
			return Err(TryRuntimeError::Other("timing: a length has changed"));
		}
		if !DecisionPace::<T>::exists() {
			return Err(TryRuntimeError::Other("timing: no pace was set"));
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::mock::*;
	use frame_support::traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion};

	/// The state of a chain that began before there was a pace.
	fn old(appeal_blocks: u32) {
		StorageVersion::new(0).put::<Timing>();
		EpochSlots::<Test>::put(30);
		RecoveryDelay::<Test>::put(20);
		ReleasePercent::<Test>::put(10);
		AppealBlocks::<Test>::put(appeal_blocks);
	}

	#[test]
	fn old_chains_get_the_pace_that_fits_them() {
		for (appeals, pace) in [(10, Pace::Seconds), (crate::constants::DAYS, Pace::Days)] {
			run(|| {
				old(appeals);
				let before = Unversioned::<Test>::kept();
				let nothing_yet = Unversioned::<Test>::check(&before);
				assert_eq!(nothing_yet, Err("timing: no pace was set".into()));
				ToV1::<Test>::on_runtime_upgrade();
				assert_eq!(Unversioned::<Test>::check(&before), Ok(()));
				assert_eq!(Timing::pace(), pace);
				assert_eq!(Timing::on_chain_storage_version(), 1);
			});
		}
	}

	#[test]
	fn it_runs_only_once() {
		run(|| {
			old(10);
			ToV1::<Test>::on_runtime_upgrade();
			DecisionPace::<Test>::put(Pace::Days);
			ToV1::<Test>::on_runtime_upgrade();
			assert_eq!(Timing::pace(), Pace::Days);
		});
	}

	#[test]
	fn check_finds_what_must_not_have_changed() {
		run(|| {
			old(10);
			let before = Unversioned::<Test>::kept();
			ToV1::<Test>::on_runtime_upgrade();
			EpochSlots::<Test>::put(31);
			let changed = Unversioned::<Test>::check(&before);
			assert_eq!(changed, Err("timing: a length has changed".into()));
			let lost = Unversioned::<Test>::check(&[1]);
			assert_eq!(lost, Err("timing: lengths were not noted".into()));
		});
	}
}
