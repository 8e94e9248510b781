// SPDX-License-Identifier: Apache-2.0
//! Lengths that are fixed at genesis and differ between a test network and a live one.

pub mod migration;

pub use pallet::*;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// How long people have to decide.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
)]
#[serde(rename_all = "camelCase")]
pub enum Pace {
	/// Days, as strangers need who vote on something they own.
	#[default]
	#[codec(index = 0)]
	Days,
	/// Seconds, as tests need.
	#[codec(index = 1)]
	Seconds,
}

impl Pace {
	/// One of two values.
	pub fn pick<V>(self, days: V, seconds: V) -> V {
		match self {
			Pace::Days => days,
			Pace::Seconds => seconds,
		}
	}
}

/// Holds the length of an epoch, written once by the genesis.
#[frame_support::pallet]
pub mod pallet {
	use super::Pace;
	use frame_support::pallet_prelude::*;

	/// Layout of the storage: 1 added [`DecisionPace`].
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {}

	/// Slots of one epoch.
	#[pallet::storage]
	pub type EpochSlots<T: Config> = StorageValue<_, u64, ValueQuery, DefaultEpochSlots>;

	/// An hour of slots.
	#[pallet::type_value]
	pub fn DefaultEpochSlots() -> u64 {
		3_600_000 / crate::constants::SLOT_MS
	}

	/// Blocks between the call by which a child's authorities follow its parent anew and its effect.
	#[pallet::storage]
	pub type RecoveryDelay<T: Config> = StorageValue<_, u32, ValueQuery, DefaultRecoveryDelay>;

	/// A week: time for the true parent to be heard of, which cancels it.
	#[pallet::type_value]
	pub fn DefaultRecoveryDelay() -> u32 {
		7 * crate::constants::DAYS
	}

	/// Percent of a child's locked tokens that it may release in a day; 0 sets no limit.
	#[pallet::storage]
	pub type ReleasePercent<T: Config> = StorageValue<_, u8, ValueQuery, DefaultReleasePercent>;

	/// A tenth: what a child that lies can take in a day.
	#[pallet::type_value]
	pub fn DefaultReleasePercent() -> u8 {
		10
	}

	/// Blocks in which a proof chain's report can be appealed against.
	#[pallet::storage]
	pub type AppealBlocks<T: Config> = StorageValue<_, u32, ValueQuery, DefaultAppealBlocks>;

	/// A day.
	#[pallet::type_value]
	pub fn DefaultAppealBlocks() -> u32 {
		crate::constants::DAYS
	}

	/// How long people have to decide.
	#[pallet::storage]
	pub type DecisionPace<T: Config> = StorageValue<_, Pace, ValueQuery>;

	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// Slots of one epoch; it can never change afterwards.
		pub epoch_slots: u64,
		/// Blocks between a recovery's call and its effect.
		pub recovery_delay: u32,
		/// Percent of a child's locked tokens that it may release in a day; 0 sets no limit.
		pub release_percent: u8,
		/// Blocks in which a proof chain's report can be appealed against.
		pub appeal_blocks: u32,
		/// How long people have to decide.
		pub pace: Pace,
		#[serde(skip)]
		pub _config: core::marker::PhantomData<T>,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self {
				epoch_slots: DefaultEpochSlots::get(),
				recovery_delay: DefaultRecoveryDelay::get(),
				release_percent: DefaultReleasePercent::get(),
				appeal_blocks: DefaultAppealBlocks::get(),
				pace: Pace::default(),
				_config: Default::default(),
			}
		}
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			assert!(self.epoch_slots >= 10, "an epoch needs at least 10 slots");
			assert!(self.recovery_delay >= 1, "a recovery must leave time to cancel it");
			EpochSlots::<T>::put(self.epoch_slots);
			RecoveryDelay::<T>::put(self.recovery_delay);
			assert!(self.release_percent <= 100, "no child has more than all of its tokens");
			ReleasePercent::<T>::put(self.release_percent);
			AppealBlocks::<T>::put(self.appeal_blocks);
			DecisionPace::<T>::put(self.pace);
		}
	}

	impl<T: Config> Pallet<T> {
		/// How long people have to decide.
		pub fn pace() -> Pace {
			DecisionPace::<T>::get()
		}

		/// Blocks in which a proof chain's report can be appealed against.
		pub fn appeal_blocks() -> u32 {
			AppealBlocks::<T>::get()
		}
	}

	impl<T: Config> Get<u64> for Pallet<T> {
		fn get() -> u64 {
			EpochSlots::<T>::get()
		}
	}
}

/// Blocks between a recovery's call and its effect.
pub struct RecoveryDelayOf<T>(core::marker::PhantomData<T>);

impl<T: Config> frame_support::traits::Get<u32> for RecoveryDelayOf<T> {
	fn get() -> u32 {
		RecoveryDelay::<T>::get()
	}
}

/// How much a child may release in a day.
pub struct ReleaseLimitOf<T>(core::marker::PhantomData<T>);

impl<T: Config> frame_support::traits::Get<Option<pallet_cross_layer::ReleaseLimit>>
	for ReleaseLimitOf<T>
{
	fn get() -> Option<pallet_cross_layer::ReleaseLimit> {
		let percent = ReleasePercent::<T>::get();
		let share = sp_runtime::Perbill::from_percent(percent.into());
		let period = crate::constants::DAYS;
		(percent > 0).then_some(pallet_cross_layer::ReleaseLimit { share, period })
	}
}

/// Blocks between the announcement of new code and the first block that may apply it.
pub struct UpgradeNoticeOf<T>(core::marker::PhantomData<T>);

impl<T: Config> frame_support::traits::Get<u32> for UpgradeNoticeOf<T> {
	fn get() -> u32 {
		// A day is enough to read what was voted for, and to shut down what will not go along.
		DecisionPace::<T>::get().pick(crate::constants::DAYS, 3)
	}
}
