// SPDX-License-Identifier: Apache-2.0
//! Lengths that are fixed at genesis and differ between a test network and a live one.

pub use pallet::*;

/// Holds the length of an epoch, written once by the genesis.
#[frame_support::pallet]
pub mod pallet {
	use frame_support::pallet_prelude::*;

	#[pallet::pallet]
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

	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// Slots of one epoch; it can never change afterwards.
		pub epoch_slots: u64,
		#[serde(skip)]
		pub _config: core::marker::PhantomData<T>,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self { epoch_slots: DefaultEpochSlots::get(), _config: Default::default() }
		}
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			assert!(self.epoch_slots >= 10, "an epoch needs at least 10 slots");
			EpochSlots::<T>::put(self.epoch_slots);
		}
	}

	impl<T: Config> Get<u64> for Pallet<T> {
		fn get() -> u64 {
			EpochSlots::<T>::get()
		}
	}
}
