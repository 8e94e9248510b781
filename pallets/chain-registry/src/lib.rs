// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(rustdoc::broken_intra_doc_links)]

extern crate alloc;

mod approval;
mod authorize;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod budget;
mod calls;
mod checkpoint;
mod errors;
mod events;
mod evidence;
mod extension;
mod hooks;
mod impls;
mod lifecycle;
mod proof;
mod recovery;
mod registration;
mod ring;
mod sets;
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

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use extension::CheckFinality;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

use frame_support::pallet_macros::import_section;

/// Log target of this pallet.
pub const LOG_TARGET: &str = "runtime::chain-registry";

#[import_section(events::events)]
#[import_section(errors::errors)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::{boxed::Box, vec::Vec};
	use frame_support::{
		dispatch::DispatchResultWithPostInfo,
		pallet_prelude::*,
		traits::{
			fungible::{BalancedHold, Inspect, MutateHold},
			OnUnbalanced,
		},
	};
	use frame_system::pallet_prelude::*;
	use sp_consensus_grandpa::{AuthorityId, AuthoritySignature, Equivocation};
	use sp_core::H256;
	use sp_runtime::Perbill;
	use terrace_layers::{
		limits::{MAX_AUTHORITIES, MAX_CHILDREN},
		views::NeighbourStatus,
		AccountId, Authorities, ChainId, Checkpoint, FinalityProof, GenesisProof, Header, Layer,
		LockBacking, OnNeighbour, StateProof,
	};

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config<
		AccountId = AccountId,
		RuntimeEvent: From<Event<Self>>,
		Hash = H256,
		Block: sp_runtime::traits::Block<Header = Header, Hash = H256>,
	>
	{
		/// Tag of the holds this pallet places.
		type RuntimeHoldReason: From<HoldReason>;
		/// The token that bonds are held in.
		type Currency: MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ BalancedHold<Self::AccountId>
			+ Inspect<Self::AccountId, Balance = u128>;
		/// May approve code, and halt, freeze, resume, close and set neighbours anew.
		type AdminOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// May register a child, and names the account that bonds for it.
		type RegisterOrigin: EnsureOrigin<Self::RuntimeOrigin, Success = Self::AccountId>;
		/// Least bond of a child.
		#[pallet::constant]
		type MinBond: Get<BalanceOf<Self>>;
		/// Most hashes of code that are approved at a time.
		#[pallet::constant]
		type MaxApprovedCode: Get<u32>;
		/// Headers of each neighbour that are kept to prove state against.
		#[pallet::constant]
		type HeadersToKeep: Get<u32>;
		/// Blocks by which a header without a change of authorities must improve on the best one for
		/// its import to be free.
		#[pallet::constant]
		type FreeInterval: Get<u32>;
		/// Weight of relayed calls that are free in one block.
		#[pallet::constant]
		type FreePerBlock: Get<Weight>;
		/// Part of it that one neighbour can use.
		#[pallet::constant]
		type FreePerChain: Get<Weight>;
		/// Blocks without progress after which a neighbour is not believed any more.
		#[pallet::constant]
		type MaxStaleness: Get<u32>;
		/// Blocks for which an authority set answers for its votes after it was replaced, and a bond
		/// after its chain was closed.
		#[pallet::constant]
		type EvidenceWindow: Get<u32>;
		/// Blocks between the signing of a recovery and its effect.
		#[pallet::constant]
		type RecoveryDelay: Get<u32>;
		/// Most replaced authority sets of one neighbour that are remembered.
		#[pallet::constant]
		type MaxPastSets: Get<u32>;
		/// Most punished offences of one neighbour that are remembered.
		#[pallet::constant]
		type MaxEvidence: Get<u32>;
		/// Part of a bond that one equivocation costs.
		#[pallet::constant]
		type EquivocationSlash: Get<Perbill>;
		/// Part of a bond that a fork costs.
		#[pallet::constant]
		type ForkSlash: Get<Perbill>;
		/// Part of a slash that goes to whoever reported the offence.
		#[pallet::constant]
		type ReporterShare: Get<Perbill>;
		/// Takes the rest of a slash.
		type OnSlash: OnUnbalanced<CreditOf<Self>>;
		/// The authorities that finalise this chain now.
		type OwnAuthorities: Get<Authorities>;
		/// Whether what a relay brings may be submitted without an account.
		type Accountless: Get<bool>;
		/// Told when a neighbour appears, and asked before one leaves.
		type OnNeighbour: OnNeighbour;
		/// Locks what backs the tokens that a child's genesis issued.
		type Backing: LockBacking<Self::AccountId, BalanceOf<Self>>;
		/// Weights of the calls.
		type WeightInfo: WeightInfo;
		/// What benchmarks need of the pallets around this one.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::BenchmarkHelper;
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
		StorageMap<_, Blake2_128Concat, ChainId, ClientOf<T>, OptionQuery>;

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

	/// Code that children of a layer may start with.
	#[pallet::storage]
	pub type ApprovedCode<T: Config> =
		CountedStorageMap<_, Blake2_128Concat, (Layer, H256), (), OptionQuery>;

	/// Authority sets that were replaced, by the hash of their id and members, and the block until
	/// which they answer for their votes.
	#[pallet::storage]
	pub type PastSets<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, ChainId, Identity, H256, u32, OptionQuery>;

	/// Keys of [`PastSets`] in the order in which they expire.
	#[pallet::storage]
	pub type PastSetOrder<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, ChainId, Twox64Concat, u32, H256, OptionQuery>;

	/// Where [`PastSetOrder`] starts and ends.
	#[pallet::storage]
	pub type PastSetEnds<T: Config> = StorageMap<_, Blake2_128Concat, ChainId, Ends, ValueQuery>;

	/// Offences of each neighbour that were punished, oldest first; kept when it leaves, so that a
	/// later bond is not slashed for them again.
	#[pallet::storage]
	pub type UsedEvidence<T: Config> =
		StorageMap<_, Blake2_128Concat, ChainId, BoundedVec<H256, T::MaxEvidence>, ValueQuery>;

	/// The recovery of the parent that waits for its time.
	#[pallet::storage]
	pub type PendingRecovery<T: Config> = StorageValue<_, Recovery, OptionQuery>;

	/// Free relaying in the newest block that had any.
	#[pallet::storage]
	pub type FreeUsed<T: Config> = StorageValue<_, FreeSpent, ValueQuery>;

	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// The chain's layer.
		pub layer: Layer,
		/// Length of a proof window in milliseconds; 0 on layers without windows.
		pub window_ms: u64,
		/// Where the chain starts to follow its parent; `None` on the main chain.
		pub parent: Option<Checkpoint>,
		/// Code that children may start with, by layer.
		#[serde(default)]
		pub approved_code: Vec<(Layer, H256)>,
		#[serde(skip)]
		#[doc(hidden)]
		pub _config: core::marker::PhantomData<T>,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self {
				layer: Layer::Main,
				window_ms: 0,
				parent: None,
				approved_code: Vec::new(),
				_config: Default::default(),
			}
		}
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			Pallet::<T>::build_genesis(self.layer, self.window_ms, self.parent.clone());
			Pallet::<T>::build_approved(&self.approved_code);
		}
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
			Self::check_config();
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
		/// A chain that left, and whose bond was withdrawn, comes back as the next incarnation.
		///
		/// *Origin*: `RegisterOrigin`, whose account bonds, and backs what the genesis issued.
		///
		/// *Fails if* the chain is known; its genesis proof does not hold, or names another layer or
		/// parent, unapproved code, or a block that is not a recent one of this chain; an authority did
		/// not sign, in the order of the list; the bond is too low; no further child fits.
		///
		/// *Emits* [`Event::ChildRegistered`].
		#[pallet::call_index(0)]
		#[pallet::weight(Pallet::<T>::weight_of_registration(genesis, checkpoint_proof, possession))]
		pub fn register_child(
			origin: OriginFor<T>,
			genesis: GenesisProof,
			checkpoint_header: Box<Header>,
			checkpoint_proof: StateProof,
			possession: BoundedVec<AuthoritySignature, ConstU32<MAX_AUTHORITIES>>,
			bond: BalanceOf<T>,
		) -> DispatchResult {
			let who = T::RegisterOrigin::ensure_origin(origin)?;
			let from = (*checkpoint_header, checkpoint_proof);
			Self::do_register_child(who, genesis, from, &possession, bond)
		}

		/// Imports a finalised header of a neighbour.
		///
		/// *Origin*: signed; or none, where this chain takes relayed calls without an account and the
		/// header hands over to new authorities or is far enough ahead of the best one.
		///
		/// *Fails if* the neighbour is not followed or the header is not newer, not bound to it, not
		/// justified by its current authorities, or changes them in a way that cannot be followed.
		///
		/// *Emits* [`Event::FinalityImported`].
		#[pallet::call_index(1)]
		#[pallet::weight((Pallet::<T>::weight_of(proof), DispatchClass::Operational))]
		#[pallet::authorize(|source, chain, proof| {
			Pallet::<T>::authorize_finality(source, chain, core::slice::from_ref(&**proof))
		})]
		#[pallet::weight_of_authorize(Pallet::<T>::weight_of(proof))]
		pub fn submit_finality(
			origin: OriginFor<T>,
			chain: ChainId,
			proof: Box<FinalityProof>,
		) -> DispatchResultWithPostInfo {
			Self::ensure_relayer(origin)?;
			Self::do_submit_finality(chain, core::slice::from_ref(&*proof))
		}

		/// Sets a neighbour's status to active, halted, frozen or, by force, to closed.
		///
		/// *Origin*: `AdminOrigin`.
		///
		/// *Fails if* the neighbour is unknown, closed, or expired and to be anything but closed; if
		/// the status is not one of those; if a parent is to be closed.
		///
		/// *Emits* [`Event::StatusChanged`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::close())]
		pub fn set_status(
			origin: OriginFor<T>,
			chain: ChainId,
			status: NeighbourStatus,
		) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_set_status(chain, status)
		}

		/// Imports several headers of a neighbour in their order, all of them or none: this is how
		/// missed hand-overs are caught up with.
		///
		/// *Origin*: as of [`Pallet::submit_finality`]; a batch is free if each header but the last
		/// hands over and the last is free by itself.
		///
		/// *Fails if* the batch is empty or one of the imports fails.
		///
		/// *Emits* [`Event::FinalityImported`] for each header.
		#[pallet::call_index(3)]
		#[pallet::weight((Pallet::<T>::weight_of_batch(proofs), DispatchClass::Operational))]
		#[pallet::authorize(|source, chain, proofs| {
			Pallet::<T>::authorize_finality(source, chain, proofs)
		})]
		#[pallet::weight_of_authorize(Pallet::<T>::weight_of_batch(proofs))]
		pub fn submit_finality_batch(
			origin: OriginFor<T>,
			chain: ChainId,
			proofs: BoundedVec<FinalityProof, ConstU32<MAX_BATCH>>,
		) -> DispatchResultWithPostInfo {
			Self::ensure_relayer(origin)?;
			Self::do_submit_finality(chain, &proofs)
		}

		/// Lets children of a layer start with this code.
		///
		/// *Origin*: `AdminOrigin`.
		///
		/// *Fails if* no further hash fits.
		///
		/// *Emits* [`Event::CodeApproved`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::approve_code())]
		pub fn approve_code(origin: OriginFor<T>, layer: Layer, hash: H256) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::approve(layer, hash)
		}

		/// Lets no further child start with this code; those that run it stay.
		///
		/// *Origin*: `AdminOrigin`.
		///
		/// *Fails if* the code is not approved.
		///
		/// *Emits* [`Event::CodeRevoked`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::approve_code())]
		pub fn revoke_code(origin: OriginFor<T>, layer: Layer, hash: H256) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::revoke(layer, hash)
		}

		/// Starts to leave a child: what is under way arrives, nothing new is sent.
		///
		/// *Origin*: whoever registered the child, or `AdminOrigin`; only the latter may have a halted
		/// child drain.
		///
		/// *Fails if* the neighbour is no child, or neither active nor expired.
		///
		/// *Emits* [`Event::StatusChanged`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::set_status())]
		pub fn deregister(origin: OriginFor<T>, chain: ChainId) -> DispatchResult {
			let by = match T::AdminOrigin::ensure_origin(origin.clone()) {
				Ok(_) => None,
				Err(_) => Some(ensure_signed(origin)?),
			};
			Self::do_deregister(chain, by)
		}

		/// Leaves a draining child with which nothing is under way any more.
		///
		/// *Origin*: signed.
		///
		/// *Fails if* the neighbour does not drain, or if something blocks it.
		///
		/// *Emits* [`Event::StatusChanged`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::close())]
		pub fn close(origin: OriginFor<T>, chain: ChainId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_close(chain)
		}

		/// Gives the bond of a closed child back; called again, removes what is left of it here.
		///
		/// *Origin*: signed.
		///
		/// *Fails if* the child is not closed, the bond still answers for it, or nothing is left.
		///
		/// *Emits* [`Event::BondWithdrawn`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::withdraw_bond(T::HeadersToKeep::get()))]
		pub fn withdraw_bond(origin: OriginFor<T>, chain: ChainId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_withdraw_bond(chain)
		}

		/// Marks a neighbour that made no progress for too long.
		///
		/// *Origin*: signed, or none where this chain takes relayed calls without an account; free.
		///
		/// *Fails if* the neighbour is not overdue, or frozen, closed or expired already.
		///
		/// *Emits* [`Event::StatusChanged`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::set_status())]
		#[pallet::authorize(|_source, chain| Pallet::<T>::authorize_expiry(chain))]
		#[pallet::weight_of_authorize(T::WeightInfo::set_status())]
		pub fn expire(origin: OriginFor<T>, chain: ChainId) -> DispatchResultWithPostInfo {
			Self::ensure_relayer(origin)?;
			Self::do_expire(chain)
		}

		/// Follows a neighbour anew from a block, whatever was known of it; under a later incarnation
		/// the lanes to it open anew.
		///
		/// *Origin*: `AdminOrigin`.
		///
		/// *Fails if* the neighbour is unknown or closed, the block is not one of it, its authorities
		/// are no valid set, or the incarnation is not a later one.
		///
		/// *Emits* [`Event::CheckpointSet`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::force_set(T::HeadersToKeep::get()))]
		pub fn force_set(
			origin: OriginFor<T>,
			chain: ChainId,
			checkpoint: Box<Checkpoint>,
			incarnation: Option<u32>,
		) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_force_set(chain, *checkpoint, incarnation)
		}

		/// Proposes, by two thirds of this chain's own authorities, to follow the parent anew.
		///
		/// It takes effect after a delay, unless the parent is heard of before.
		///
		/// *Origin*: signed, or none where this chain takes relayed calls without an account.
		///
		/// *Fails if* the parent is heard of, the block is not a newer one of it, its authorities are
		/// no valid set, too few signed, or the same or a newer block waits already.
		///
		/// *Emits* [`Event::RecoveryPending`].
		#[pallet::call_index(11)]
		#[pallet::weight(Pallet::<T>::weight_of_recovery(signatures))]
		#[pallet::authorize(|_source, checkpoint, signatures| {
			Pallet::<T>::authorize_recovery(checkpoint, signatures)
		})]
		#[pallet::weight_of_authorize(Pallet::<T>::weight_of_recovery(signatures))]
		pub fn recover_parent(
			origin: OriginFor<T>,
			checkpoint: Box<Checkpoint>,
			signatures: BoundedVec<(u32, AuthoritySignature), ConstU32<MAX_AUTHORITIES>>,
		) -> DispatchResult {
			Self::ensure_relayer(origin)?;
			Self::do_recover_parent(*checkpoint, &signatures)
		}

		/// Applies a recovery whose time has come.
		///
		/// *Origin*: signed, or none where this chain takes relayed calls without an account.
		///
		/// *Fails if* none is due, or the parent is heard of.
		///
		/// *Emits* [`Event::CheckpointSet`].
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::force_set(T::HeadersToKeep::get()))]
		#[pallet::authorize(|_source| Pallet::<T>::authorize_applying())]
		#[pallet::weight_of_authorize(T::WeightInfo::set_status())]
		pub fn apply_recovery(origin: OriginFor<T>) -> DispatchResult {
			Self::ensure_relayer(origin)?;
			Self::do_apply_recovery()
		}

		/// Shows that an authority of a child voted for two blocks in one round.
		///
		/// *Origin*: signed, and rewarded; or none where this chain takes relayed calls without an
		/// account.
		///
		/// *Fails if* no bond answers for the chain, the set does not answer for its votes any more,
		/// the authority is no member of it, the offence was punished, or is not shown on this chain.
		///
		/// *Emits* [`Event::Equivocation`].
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::report_equivocation())]
		#[pallet::authorize(|_source, chain, set_id, set, equivocation, header1, header2| {
			Pallet::<T>::authorize_equivocation(
				chain, *set_id, set, equivocation, [header1, header2],
			)
		})]
		#[pallet::weight_of_authorize(T::WeightInfo::report_equivocation())]
		pub fn report_equivocation(
			origin: OriginFor<T>,
			chain: ChainId,
			set_id: u64,
			set: Authorities,
			equivocation: Box<Equivocation<H256, u32>>,
			header1: Header,
			header2: Header,
		) -> DispatchResultWithPostInfo {
			let by = Self::ensure_relayer(origin)?;
			let headers = [&header1, &header2];
			Self::do_report_equivocation(by, chain, set_id, &set, &equivocation, headers)
		}

		/// Shows that a neighbour finalised a header beside the ones imported here; `ancestry` leads
		/// from that header down to one whose number, but not whose hash, is kept here.
		///
		/// *Origin*: signed, and rewarded; or none where this chain takes relayed calls without an
		/// account.
		///
		/// *Fails if* a fork was proven in this incarnation, no bond answers for a child, the set does
		/// not answer for its votes any more, or no fork is shown on this chain.
		///
		/// *Emits* [`Event::Forked`], and [`Event::StatusChanged`] if it freezes the neighbour.
		#[pallet::call_index(14)]
		#[pallet::weight(Pallet::<T>::weight_of_fork(proof, ancestry))]
		#[pallet::authorize(|_source, chain, set, proof, ancestry| {
			Pallet::<T>::authorize_fork(chain, set, proof, ancestry)
		})]
		#[pallet::weight_of_authorize(Pallet::<T>::weight_of_fork(proof, ancestry))]
		pub fn report_fork(
			origin: OriginFor<T>,
			chain: ChainId,
			set: Authorities,
			proof: Box<FinalityProof>,
			ancestry: BoundedVec<Header, ConstU32<MAX_FORK_ANCESTRY>>,
		) -> DispatchResultWithPostInfo {
			let by = Self::ensure_relayer(origin)?;
			Self::do_report_fork(by, chain, &set, &proof, &ancestry)
		}
	}
}
