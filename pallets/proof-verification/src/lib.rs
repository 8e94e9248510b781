// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod calls;
mod hooks;
mod impls;
mod pages;
mod sweep;
mod types;
mod views;
pub mod weights;

#[cfg(any(feature = "try-runtime", test))]
mod try_state;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

/// Log target of the pallet.
pub(crate) const LOG_TARGET: &str = "runtime::proof-verification";

/// Storage, events, errors and calls.
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, weights::WeightMeter};
	use frame_system::pallet_prelude::*;
	use sp_runtime::SaturatedConversion;
	use terrace_layers::{
		BatchId, BeaconSource, LegId, Neighbours, OperatorSignature, ProofBatch, SendMessage,
		StreamId, Window, WindowBounds,
	};

	/// The pallet.
	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// What the runtime provides.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// This chain's id and its parent, which gets the reports.
		type Registry: Neighbours;
		/// Queues reports and heartbeats.
		type Outbound: SendMessage;
		/// The main chain's randomness.
		type Beacon: BeaconSource;
		/// VRF randomness of the author of the previous block.
		type Vrf: Get<Option<[u8; 32]>>;
		/// Caps the outages of one report, hence its length.
		#[pallet::constant]
		type MaxStreams: Get<u32>;
		/// Caps the legs that one stream can keep every sweep busy with.
		#[pallet::constant]
		type MaxPagesPerStream: Get<u32>;
		/// Faults of one stream that are always listed one by one, however few legs it has.
		#[pallet::constant]
		type MaxPartialFaults: Get<u32>;
		/// Windows whose bounds are kept, for appeals against their reports.
		#[pallet::constant]
		type BoundsKept: Get<u32>;
		/// Caps the bytes of proofs that one transaction makes every node hash; at most
		/// [`MAX_BATCH_BYTES`](terrace_layers::MAX_BATCH_BYTES).
		#[pallet::constant]
		type MaxBatchBytes: Get<u32>;
		/// Weights of calls, messages and hooks.
		type WeightInfo: WeightInfo;
		/// What benchmarks need of the links.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::BenchmarkHelper;
	}

	/// Streams that have legs here.
	#[pallet::storage]
	pub type Streams<T: Config> =
		CountedStorageMap<_, Twox64Concat, StreamId, StreamRecord, OptionQuery>;

	/// Legs of a stream, in pages; a page without legs is not stored.
	#[pallet::storage]
	pub type Pages<T: Config> =
		StorageDoubleMap<_, Twox64Concat, StreamId, Twox64Concat, u32, Page, ValueQuery>;

	/// Pages of a stream that have a free slot; the last one is filled first.
	#[pallet::storage]
	pub type Vacancies<T: Config> =
		StorageMap<_, Twox64Concat, StreamId, BoundedVec<u32, T::MaxPagesPerStream>, ValueQuery>;

	/// Where a leg is kept.
	#[pallet::storage]
	pub type SlotOf<T: Config> = StorageMap<_, Twox64Concat, LegId, SlotAddress, OptionQuery>;

	/// Proven slots of a page, by parity of the window: the open window and the one that is being
	/// swept never share an entry.
	#[pallet::storage]
	pub type Proven<T: Config> = StorageNMap<
		_,
		(NMapKey<Twox64Concat, u8>, NMapKey<Twox64Concat, StreamId>, NMapKey<Twox64Concat, u32>),
		ProvenBits,
		ValueQuery,
	>;

	/// The open window; `None` before the first block.
	#[pallet::storage]
	pub type CurrentWindow<T: Config> = StorageValue<_, WindowRecord, OptionQuery>;

	/// The newest window that closed.
	#[pallet::storage]
	pub type ClosedWindow<T: Config> = StorageValue<_, WindowRecord, OptionQuery>;

	/// When windows took proofs, and under which seed; the newest of them.
	#[pallet::storage]
	pub type Bounds<T: Config> = StorageMap<_, Twox64Concat, Window, WindowBounds, OptionQuery>;

	/// Blocks in a window.
	#[pallet::storage]
	pub type WindowBlocks<T: Config> = StorageValue<_, u32, ValueQuery>;

	/// Hash over the VRF randomness of all blocks so far.
	#[pallet::storage]
	pub type Mix<T: Config> = StorageValue<_, [u8; 32], ValueQuery>;

	/// Newest batch applied.
	#[pallet::storage]
	pub type Applied<T: Config> = StorageValue<_, BatchId, ValueQuery>;

	/// Where the sweep of the closed window stands; `None` once its report is sent.
	#[pallet::storage]
	pub type Sweep<T: Config> = StorageValue<_, SweepState, OptionQuery>;

	/// Streams of the closed window that lack proofs, in the order of the sweep until all are known
	/// and by number from then on.
	#[pallet::storage]
	pub type Shortfalls<T: Config> =
		StorageValue<_, BoundedVec<Shortfall, T::MaxStreams>, ValueQuery>;

	/// Legs of the closed window to be reported one by one.
	#[pallet::storage]
	pub type Faults<T: Config> =
		StorageValue<_, BoundedVec<LegId, ConstU32<MAX_EXCEPTIONS>>, ValueQuery>;

	/// Length of windows, fixed for the life of the chain.
	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// Blocks in a window.
		pub window_blocks: u32,
		/// Carries the runtime's type.
		#[serde(skip)]
		pub _config: PhantomData<T>,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self { window_blocks: DEFAULT_WINDOW_BLOCKS, _config: PhantomData }
		}
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			assert!(self.window_blocks > 0, "window_blocks is 0: a window has at least one block");
			WindowBlocks::<T>::put(self.window_blocks);
		}
	}

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A window opened, or was started anew with another seed.
		WindowOpened {
			/// The window.
			window: Window,
			/// How often it was started anew.
			round: u32,
			/// First block in which proofs are refused.
			closes_at: u32,
			/// Seed of its challenges.
			seed: [u8; 32],
		},
		/// Possession proofs were accepted.
		ProofsAccepted {
			/// The stream.
			stream: StreamId,
			/// The window.
			window: Window,
			/// Slots that are proven by this batch and were not before.
			pages: Vec<PageBits>,
		},
		/// A batch of legs arrived.
		LegsTracked {
			/// The batch.
			batch: BatchId,
			/// Legs that will be due.
			added: u32,
			/// Legs that can never be due: malformed, over already, known, or without room.
			skipped: u32,
		},
		/// Legs ended early.
		LegsUntracked {
			/// Legs that are due no more after the open window.
			ended: u32,
			/// Legs that are not known, or not any more.
			skipped: u32,
		},
		/// Another key signs a stream's proofs.
		OperatorSet {
			/// The stream.
			stream: StreamId,
			/// Whether it has legs here.
			known: bool,
		},
		/// All parts of a window's report were sent.
		ReportSent {
			/// The window.
			window: Window,
			/// Parts of the report.
			parts: u16,
			/// Streams without any proven leg.
			outages: u32,
			/// Single legs not proven.
			faults: u32,
		},
	}

	/// Why a call or a message failed.
	#[pallet::error]
	pub enum Error<T> {
		/// The batch of legs is not the one after the newest applied.
		NotNextBatch,
		/// Only the parent tracks and untracks legs.
		NotFromParent,
		/// The message is not for this pallet.
		UnexpectedMessage,
		/// The window is not open; answer the open one.
		WindowClosed,
		/// There is no such stream, or it has no such page.
		NotFound,
		/// Every slot of the batch is proven.
		AlreadyProven,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::process_block(now.saturated_into())
		}

		fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(remaining);
			Self::process_sweep(&mut meter, u32::MAX);
			meter.consumed()
		}

		fn integrity_test() {
			Self::check_limits();
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state().map_err(|reason| {
				log::error!(target: LOG_TARGET, "{reason}");
				sp_runtime::TryRuntimeError::Other("proof verification: broken invariant")
			})
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Records possession proofs of one stream for the open window.
		///
		/// *Origin* the call itself: it is accepted without account, fee or nonce when every proof
		/// in it is right and the operator of the stream has signed it. *Fails if* the window is
		/// not open, the stream or a page does not exist or everything in the batch is proven.
		/// *Emits* [`Event::ProofsAccepted`].
		#[pallet::call_index(0)]
		#[pallet::weight(Pallet::<T>::weight_of_recording(batch))]
		#[pallet::authorize(Self::authorize_proofs)]
		#[pallet::weight_of_authorize(Pallet::<T>::weight_of_authorize(batch))]
		pub fn submit_proofs(
			origin: OriginFor<T>,
			batch: ProofBatch,
			_signature: OperatorSignature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_submit_proofs(&batch)
		}
	}
}
