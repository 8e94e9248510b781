// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(rustdoc::broken_intra_doc_links)]

extern crate alloc;

mod calls;
mod hooks;
mod impls;
mod registration;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;
mod types;
mod verify;
mod views;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

/// Log target of this pallet.
pub const LOG_TARGET: &str = "runtime::chain-registry";

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::boxed::Box;
	use frame_support::{
		dispatch::DispatchResultWithPostInfo,
		pallet_prelude::*,
		traits::fungible::{Inspect, MutateHold},
	};
	use frame_system::pallet_prelude::*;
	use sp_core::H256;
	use terrace_layers::{
		limits::MAX_CHILDREN, views::NeighbourStatus, Authorities, ChainId, Checkpoint,
		FinalityProof, GenesisProof, Header, Layer, LockBacking, OnNeighbour, StateProof,
	};

	/// Balance of this chain's token.
	pub type BalanceOf<T> =
		<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config<
		RuntimeEvent: From<Event<Self>>,
		Hash = H256,
		Block: sp_runtime::traits::Block<Header = Header, Hash = H256>,
	>
	{
		/// Tag of the holds this pallet places.
		type RuntimeHoldReason: From<HoldReason>;
		/// The token that bonds are held in.
		type Currency: MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ Inspect<Self::AccountId, Balance = u128>;
		/// May halt, freeze, resume and close neighbours.
		type AdminOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// May register a child, and names the account that bonds for it.
		type RegisterOrigin: EnsureOrigin<Self::RuntimeOrigin, Success = Self::AccountId>;
		/// Least bond of a child.
		#[pallet::constant]
		type MinBond: Get<BalanceOf<Self>>;
		/// Headers of each neighbour that are kept to prove state against.
		#[pallet::constant]
		type HeadersToKeep: Get<u32>;
		/// Blocks by which a header without a change of authorities must improve on the best one for
		/// its import to be free.
		#[pallet::constant]
		type FreeInterval: Get<u32>;
		/// Whether finality may be submitted without an account.
		type Accountless: Get<bool>;
		/// Told when a neighbour appears.
		type OnNeighbour: OnNeighbour;
		/// Locks what backs the tokens that a child's genesis issued.
		type Backing: LockBacking<Self::AccountId, BalanceOf<Self>>;
		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// Why this pallet holds tokens.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Bond of whoever registered a child chain.
		ChainBond,
	}

	/// What this chain is, fixed at its genesis. Neighbours read it by proof.
	#[pallet::storage]
	pub type Origin<T: Config> = StorageValue<_, terrace_layers::Origin, OptionQuery>;

	/// The chain this one is registered with.
	#[pallet::storage]
	pub type Parent<T: Config> = StorageValue<_, ChainId, OptionQuery>;

	/// The chains registered here.
	#[pallet::storage]
	pub type Children<T: Config> =
		StorageValue<_, BoundedVec<ChainId, ConstU32<MAX_CHILDREN>>, ValueQuery>;

	/// What is known of each neighbour.
	#[pallet::storage]
	pub type Clients<T: Config> =
		StorageMap<_, Blake2_128Concat, ChainId, Client<T::AccountId, BalanceOf<T>>, OptionQuery>;

	/// The authority set of each neighbour; each member has one vote.
	#[pallet::storage]
	pub type CurrentAuthorities<T: Config> =
		StorageMap<_, Blake2_128Concat, ChainId, Authorities, OptionQuery>;

	/// Hash and state root of proven headers.
	#[pallet::storage]
	pub type Headers<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		ChainId,
		Twox64Concat,
		u32,
		ProvenHeader,
		OptionQuery,
	>;

	/// Numbers of the headers kept of each neighbour, oldest first.
	#[pallet::storage]
	pub type HeaderRing<T: Config> =
		StorageMap<_, Blake2_128Concat, ChainId, BoundedVec<u32, T::HeadersToKeep>, ValueQuery>;

	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// The chain's layer.
		pub layer: Layer,
		/// Length of a proof window in milliseconds; 0 on layers without windows.
		pub window_ms: u64,
		/// Where the chain starts to follow its parent; `None` on the main chain.
		pub parent: Option<Checkpoint>,
		#[serde(skip)]
		#[doc(hidden)]
		pub _config: core::marker::PhantomData<T>,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self { layer: Layer::Main, window_ms: 0, parent: None, _config: Default::default() }
		}
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			Pallet::<T>::build_genesis(self.layer, self.window_ms, self.parent.clone());
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A child chain was registered.
		ChildRegistered {
			/// The child.
			chain: ChainId,
			/// Who bonded for it.
			registrant: T::AccountId,
			/// The bond.
			bond: BalanceOf<T>,
		},
		/// A neighbour's header was imported.
		FinalityImported {
			/// The neighbour.
			chain: ChainId,
			/// Number of the header.
			number: u32,
			/// Hash of the header.
			hash: H256,
			/// Authority set that justified it.
			set_id: u64,
			/// Whether it handed over to the next set.
			mandatory: bool,
		},
		/// A neighbour's status changed.
		StatusChanged {
			/// The neighbour.
			chain: ChainId,
			/// Its new status.
			status: NeighbourStatus,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// No neighbour has this id.
		UnknownChain,
		/// The neighbour is halted, frozen or closed.
		NotActive,
		/// The header is not newer than the best one known.
		Obsolete,
		/// The proof names another authority set than the current one; import the missing hand-overs.
		WrongSetId,
		/// The header, the justification or a list is larger than allowed.
		TooLarge,
		/// The header is not bound to the neighbour it is brought for.
		WrongBinding,
		/// The header forces a change of authorities, which no neighbour can follow.
		UnsupportedForcedChange,
		/// The header delays a change of authorities.
		UnsupportedDelay,
		/// The header carries a GRANDPA item that is malformed, or more than one change.
		BadDigest,
		/// The authority list is empty or too long, or has a double, weighted or weak key.
		BadAuthoritySet,
		/// The votes do not justify the header.
		InvalidJustification,
		/// A state proof does not prove what it should.
		BadStateProof,
		/// A chain with this id is or was registered.
		AlreadyExists,
		/// No further child can be registered.
		TooManyChildren,
		/// The genesis names another layer than the one below this one.
		WrongLayer,
		/// The genesis names another parent than this chain.
		WrongParent,
		/// The parent checkpoint in the genesis is not a recent block of this chain.
		WrongCheckpoint,
		/// The bond is smaller than required.
		BondTooLow,
		/// A closed neighbour stays closed.
		Closed,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::bind_header();
			if now == 1u32 {
				Self::announce_parent();
				return T::WeightInfo::first_block();
			}
			T::WeightInfo::on_initialize()
		}

		fn integrity_test() {
			assert!(T::HeadersToKeep::get() >= 2, "at least two headers must be kept");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Registers a child chain, proven by its genesis state.
		///
		/// *Origin*: `RegisterOrigin`, whose account bonds, and backs what the genesis issued.
		///
		/// *Fails if* the chain is known, its genesis proof does not hold, names another layer or
		/// parent, or starts from a block that is not a recent one of this chain; if the bond is too
		/// low; if no further child fits.
		///
		/// *Emits* [`Event::ChildRegistered`].
		#[pallet::call_index(0)]
		#[pallet::weight(Pallet::<T>::weight_of_registration(genesis, checkpoint_proof))]
		pub fn register_child(
			origin: OriginFor<T>,
			genesis: GenesisProof,
			checkpoint_header: Box<Header>,
			checkpoint_proof: StateProof,
			bond: BalanceOf<T>,
		) -> DispatchResult {
			let who = T::RegisterOrigin::ensure_origin(origin)?;
			Self::do_register_child(who, genesis, *checkpoint_header, checkpoint_proof, bond)
		}

		/// Imports a finalised header of a neighbour.
		///
		/// *Origin*: signed; or none, where this chain takes relayed calls without an account and the
		/// header hands over to new authorities or is far enough ahead of the best one.
		///
		/// *Fails if* the neighbour is not active or the header is not newer, not bound to it, not
		/// justified by its current authorities, or changes them in a way that cannot be followed.
		///
		/// *Emits* [`Event::FinalityImported`].
		#[pallet::call_index(1)]
		#[pallet::weight((Pallet::<T>::weight_of(proof), DispatchClass::Operational))]
		#[pallet::authorize(|_source, chain, proof| Pallet::<T>::authorize_finality(chain, proof))]
		#[pallet::weight_of_authorize(Pallet::<T>::weight_of(proof))]
		pub fn submit_finality(
			origin: OriginFor<T>,
			chain: ChainId,
			proof: Box<FinalityProof>,
		) -> DispatchResultWithPostInfo {
			if frame_system::ensure_authorized(origin.clone()).is_err() {
				ensure_signed(origin)?;
			}
			Self::do_submit_finality(chain, &proof)
		}

		/// Halts, freezes, resumes or closes a neighbour.
		///
		/// *Origin*: `AdminOrigin`.
		///
		/// *Fails if* the neighbour is unknown, or closed already.
		///
		/// *Emits* [`Event::StatusChanged`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::set_status())]
		pub fn set_status(
			origin: OriginFor<T>,
			chain: ChainId,
			status: NeighbourStatus,
		) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_set_status(chain, status)
		}
	}
}
