// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod batches;
mod calls;
mod close;
mod errors;
mod hooks;
mod impls;
mod money;
mod reports;
mod stall;
mod streams;
mod types;
mod views;
pub mod weights;

#[cfg(any(feature = "try-runtime", test))]
mod try_state;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::pallet_macros::import_section;

pub use pallet::*;
pub use types::*;
pub use views::MAX_CONTRACTS_PER_PAGE;
pub use weights::WeightInfo;

/// Log target of the pallet.
pub(crate) const LOG_TARGET: &str = "runtime::storage-contracts";

/// Storage, events and calls.
#[import_section(errors::errors)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{
		pallet_prelude::*,
		traits::{fungible, Time},
		weights::WeightMeter,
		PalletId,
	};
	use frame_system::pallet_prelude::*;
	use terrace_layers::{
		AccountId, Balance, BatchId, BlockNumber, ChainId, ContractId, LegId, OutageKind, StreamId,
		TrackedLeg, Window, MAX_LEGS_PER_BATCH,
	};
	use terrace_possession::ContentId;

	/// The pallet.
	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// What the runtime provides.
	#[pallet::config]
	pub trait Config:
		frame_system::Config<AccountId = AccountId, RuntimeEvent: From<Event<Self>>>
	{
		/// Hold reasons of the runtime.
		type RuntimeHoldReason: From<HoldReason>;
		/// The token.
		type Currency: fungible::Mutate<AccountId, Balance = Balance>
			+ fungible::hold::Mutate<AccountId, Balance = Balance, Reason = Self::RuntimeHoldReason>;
		/// Who stores, and what they have at stake.
		type Providers: terrace_layers::Providers<AccountId, Balance>;
		/// The neighbours of this chain.
		type Registry: terrace_layers::Neighbours;
		/// Carries batches to proof chains.
		type Outbound: terrace_layers::SendMessage;
		/// Time in milliseconds.
		type Now: Time<Moment = u64>;
		/// Names the pot, which must have its existential deposit from genesis on.
		#[pallet::constant]
		type PalletId: Get<PalletId>;
		/// Blocks in which a proposal can be accepted.
		#[pallet::constant]
		type ProposalLifetime: Get<BlockNumber>;
		/// Windows of a contract's price that its provider has at stake.
		#[pallet::constant]
		type CollateralWindows: Get<u32>;
		/// Chunks that every leg is challenged for in each window.
		#[pallet::constant]
		type Challenges: Get<u8>;
		/// Contracts end in windows that are a multiple of this: fewer edges for a stream to pass.
		#[pallet::constant]
		type EndGrid: Get<u32>;
		/// Most proposals of one client that wait for an answer.
		#[pallet::constant]
		type MaxProposalsOfClient: Get<u32>;
		/// Most proposals that wait for one provider's answer.
		#[pallet::constant]
		type MaxProposalsToProvider: Get<u32>;
		/// Most streams of one proof chain: a report must be able to list all of them.
		#[pallet::constant]
		type MaxStreams: Get<u32>;
		/// Most groups of legs of one stream that wait for their start.
		#[pallet::constant]
		type MaxPending: Get<u32>;
		/// Most edges ahead of one stream, pending legs included.
		#[pallet::constant]
		type MaxEdges: Get<u32>;
		/// Most outages that a stream may be behind; one more ends it.
		#[pallet::constant]
		type MaxOutages: Get<u32>;
		/// Steps that claiming or closing advances a stream on its own.
		#[pallet::constant]
		type MaxSteps: Get<u32>;
		/// Weights of calls, messages and hooks.
		type WeightInfo: WeightInfo;
	}

	/// Why tokens are on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Price of a proposed contract; released when it is withdrawn, rejected or expired.
		ClientEscrow,
	}

	/// Ids that come next; none is ever used again.
	#[pallet::storage]
	pub type NextIds<T> = StorageValue<_, Ids, ValueQuery>;

	/// Contracts that are proposed or run.
	#[pallet::storage]
	pub type Contracts<T> = StorageMap<_, Twox64Concat, ContractId, ContractRecord, OptionQuery>;

	/// Contracts of an account, as client or as provider; ids are big-endian to keep their order.
	#[pallet::storage]
	pub type ContractsOf<T> =
		StorageDoubleMap<_, Blake2_128Concat, AccountId, Identity, [u8; 8], (), OptionQuery>;

	/// Proposals of a client that wait for an answer.
	#[pallet::storage]
	pub type ProposalsOf<T> = StorageMap<_, Blake2_128Concat, AccountId, u32, ValueQuery>;

	/// Proposals that wait for a provider's answer.
	#[pallet::storage]
	pub type ProposalsTo<T> = StorageMap<_, Blake2_128Concat, AccountId, u32, ValueQuery>;

	/// Open legs.
	#[pallet::storage]
	pub type Legs<T> = StorageMap<_, Twox64Concat, LegId, LegRecord, OptionQuery>;

	/// Proof chains.
	#[pallet::storage]
	pub type Chains<T> = StorageMap<_, Blake2_128Concat, ChainId, ChainRecord, OptionQuery>;

	/// Legs of the batch that is gathered for a proof chain.
	#[pallet::storage]
	pub type Gathered<T> = StorageMap<
		_,
		Blake2_128Concat,
		ChainId,
		BoundedVec<TrackedLeg, ConstU32<MAX_LEGS_PER_BATCH>>,
		ValueQuery,
	>;

	/// Batches with open legs.
	#[pallet::storage]
	pub type Batches<T> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		ChainId,
		Twox64Concat,
		BatchId,
		BatchRecord,
		OptionQuery,
	>;

	/// The stream of a provider and a proof chain.
	#[pallet::storage]
	pub type StreamOf<T> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		AccountId,
		Blake2_128Concat,
		ChainId,
		StreamId,
		OptionQuery,
	>;

	/// Streams with open legs.
	#[pallet::storage]
	pub type Streams<T> = StorageMap<_, Twox64Concat, StreamId, StreamRecord, OptionQuery>;

	/// What is ahead of each stream.
	#[pallet::storage]
	pub type Agendas<T: Config> = StorageMap<_, Twox64Concat, StreamId, AgendaOf<T>, ValueQuery>;

	/// Edges ahead of streams, and passed ones that open legs refer to.
	#[pallet::storage]
	pub type Edges<T> =
		StorageDoubleMap<_, Twox64Concat, StreamId, Twox64Concat, Window, EdgeRecord, OptionQuery>;

	/// Outages that streams have not passed.
	#[pallet::storage]
	pub type Outages<T: Config> =
		StorageMap<_, Twox64Concat, StreamId, OutageListOf<T>, ValueQuery>;

	/// What the pot owes.
	#[pallet::storage]
	pub type Booked<T> = StorageValue<_, Balance, ValueQuery>;

	/// What the pot owes to accounts that could not be paid.
	#[pallet::storage]
	pub type Unclaimed<T> = StorageMap<_, Blake2_128Concat, AccountId, Balance, OptionQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A client proposed a contract and paid its price into escrow.
		ContractProposed {
			/// The contract.
			id: ContractId,
			/// Who pays.
			client: AccountId,
			/// Who shall store.
			provider: AccountId,
			/// Content id of the blob.
			root: ContentId,
			/// Length of the blob in bytes.
			size: u64,
			/// Escrow on hold.
			escrow: Balance,
			/// Last block in which it can be accepted.
			expires_at: BlockNumber,
		},
		/// A provider accepted a contract.
		ContractAccepted {
			/// The contract.
			id: ContractId,
			/// Its leg.
			leg: LegId,
			/// The stream that earns it.
			stream: StreamId,
			/// The batch that carries it to the proof chain.
			batch: BatchId,
			/// First window planned.
			start: Window,
			/// First window after its end.
			end: Window,
			/// Escrow in the pot.
			escrow: Balance,
		},
		/// A proposal ended without a contract; its escrow is released.
		ProposalEnded {
			/// The contract.
			id: ContractId,
			/// Who proposed it.
			client: AccountId,
			/// Escrow released.
			refunded: Balance,
			/// What ended it.
			cause: ProposalEnd,
		},
		/// A batch of legs left for its proof chain.
		BatchSent {
			/// The proof chain.
			chain: ChainId,
			/// The batch.
			batch: BatchId,
			/// Its legs.
			legs: u32,
			/// Nonce of the message.
			nonce: u64,
		},
		/// A proof chain registered; contracts may use it.
		ProofChainAdded {
			/// The proof chain.
			chain: ChainId,
			/// Length of its windows in milliseconds.
			window_ms: u64,
		},
		/// A part of a report was applied.
		ReportApplied {
			/// The proof chain.
			chain: ChainId,
			/// The window.
			window: Window,
			/// The part.
			part: u16,
			/// Whether the window is reported now.
			last: bool,
			/// Batches that start with this window.
			batches: u32,
			/// Outages recorded.
			outages: u32,
			/// Faults recorded.
			faults: u32,
			/// Exceptions that mean nothing here.
			skipped: u32,
		},
		/// A leg was not proven: its client gets this window's price back.
		LegFaulted {
			/// The contract.
			contract: ContractId,
			/// The leg.
			leg: LegId,
			/// The window.
			window: Window,
		},
		/// No leg of a stream counts as proven: all clients get this window's price back.
		StreamFailed {
			/// The stream.
			stream: StreamId,
			/// Its provider.
			provider: AccountId,
			/// The window.
			window: Window,
			/// How much was missed.
			kind: OutageKind,
		},
		/// A stream had more outages than it keeps: from this window on nothing is paid.
		StreamDied {
			/// The stream.
			stream: StreamId,
			/// Its provider.
			provider: AccountId,
			/// First unpaid window.
			from: Window,
		},
		/// A proof chain runs a window again.
		WindowRepeated {
			/// The proof chain.
			chain: ChainId,
			/// The window.
			window: Window,
			/// Its new round.
			round: u32,
		},
		/// A proof chain's reports are late: it takes no new contracts until one arrives.
		ProofChainStalled {
			/// The proof chain.
			chain: ChainId,
			/// Block in which it was last heard of.
			since: BlockNumber,
		},
		/// A stalled proof chain has reported again.
		ProofChainResumed {
			/// The proof chain.
			chain: ChainId,
		},
		/// A stream was counted further.
		StreamAdvanced {
			/// The stream.
			stream: StreamId,
			/// Windows below this one are counted.
			counted: Window,
		},
		/// A provider was paid.
		Claimed {
			/// The stream.
			stream: StreamId,
			/// Its provider.
			provider: AccountId,
			/// How much.
			amount: Balance,
		},
		/// A contract came to its end and is gone.
		ContractClosed {
			/// The contract.
			id: ContractId,
			/// Windows paid for in advance.
			windows: u32,
			/// Windows proven.
			proven: u32,
			/// Earned by the provider.
			paid: Balance,
			/// Given back to the client.
			refunded: Balance,
		},
		/// A payout did not reach its account and is kept for it.
		PayoutKept {
			/// To whom it belongs.
			who: AccountId,
			/// How much.
			amount: Balance,
		},
		/// Kept payouts were paid out.
		UnclaimedWithdrawn {
			/// To whom.
			who: AccountId,
			/// How much.
			amount: Balance,
		},
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			// Full blocks must not keep a batch from leaving.
			Self::process_batches(WeightMeter::new())
		}

		fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
			Self::process_batches(WeightMeter::with_limit(remaining))
		}

		fn integrity_test() {
			Self::check_config()
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state().map_err(|reason| {
				log::error!(target: LOG_TARGET, "{reason}");
				sp_runtime::TryRuntimeError::Other("storage contracts: broken invariant")
			})
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Proposes a contract to `provider` and puts its whole price on hold.
		///
		/// `max_rate` bounds the price of one window, in case the offer changed. *Fails if* the
		/// offer or the funds do not allow it. *Emits* [`Event::ContractProposed`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::propose())]
		pub fn propose(
			origin: OriginFor<T>,
			provider: AccountId,
			proof_chain: ChainId,
			root: ContentId,
			size: u64,
			windows: u32,
			max_rate: Balance,
		) -> DispatchResult {
			let client = ensure_signed(origin)?;
			Self::do_propose(client, provider, proof_chain, root, size, windows, max_rate)
		}

		/// Accepts a proposal: the caller holds the blob and will prove it.
		///
		/// *Origin*: the provider. *Fails if* it lapsed or capacity, collateral or room is short.
		/// *Emits* [`Event::ContractAccepted`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::accept())]
		pub fn accept(origin: OriginFor<T>, id: ContractId) -> DispatchResult {
			let provider = ensure_signed(origin)?;
			Self::do_accept(provider, id)
		}

		/// Takes a proposal back and releases its escrow.
		///
		/// *Origin*: the client. *Fails if* it was accepted. *Emits* [`Event::ProposalEnded`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>, id: ContractId) -> DispatchResult {
			let client = ensure_signed(origin)?;
			Self::do_withdraw(client, id)
		}

		/// Refuses a proposal and releases its escrow.
		///
		/// *Origin*: the provider. *Fails if* it was accepted. *Emits* [`Event::ProposalEnded`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::reject())]
		pub fn reject(origin: OriginFor<T>, id: ContractId) -> DispatchResult {
			let provider = ensure_signed(origin)?;
			Self::do_reject(provider, id)
		}

		/// Removes a proposal that was not answered in time and releases its escrow.
		///
		/// *Origin*: anyone. *Fails if* it can still be accepted. *Emits*
		/// [`Event::ProposalEnded`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::expire())]
		pub fn expire(origin: OriginFor<T>, id: ContractId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_expire(id)
		}

		/// Counts a stream up to the reported windows, in at most `max_steps` steps.
		///
		/// *Origin*: anyone. *Fails if* there is none. *Emits* [`Event::StreamAdvanced`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::advance(*max_steps))]
		pub fn advance(
			origin: OriginFor<T>,
			provider: AccountId,
			proof_chain: ChainId,
			max_steps: u32,
		) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let steps = Self::do_advance(provider, proof_chain, max_steps)?;
			Ok(Some(T::WeightInfo::advance(steps)).into())
		}

		/// Pays the caller what its stream has earned so far.
		///
		/// *Origin*: the provider. *Fails if* nothing was earned since the last claim. *Emits*
		/// [`Event::Claimed`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::claim(T::MaxSteps::get()))]
		pub fn claim(origin: OriginFor<T>, proof_chain: ChainId) -> DispatchResultWithPostInfo {
			let provider = ensure_signed(origin)?;
			let steps = Self::do_claim(provider, proof_chain)?;
			Ok(Some(T::WeightInfo::claim(steps)).into())
		}

		/// Ends a contract whose windows are all reported: refunds what was not proven.
		///
		/// A stream's last contract also pays the provider what it has not claimed. *Origin*:
		/// anyone. *Fails if* windows are open. *Emits* [`Event::ContractClosed`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::close(T::MaxSteps::get()))]
		pub fn close(origin: OriginFor<T>, id: ContractId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let steps = Self::do_close(id)?;
			Ok(Some(T::WeightInfo::close(steps)).into())
		}

		/// Sends the legs gathered for a proof chain, as every block does by itself.
		///
		/// *Origin*: anyone. *Fails if* there are none or the lane is full. *Emits*
		/// [`Event::BatchSent`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::flush())]
		pub fn flush(origin: OriginFor<T>, proof_chain: ChainId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_flush(proof_chain)
		}

		/// Pays the caller what could not be delivered to it before.
		///
		/// *Fails if* nothing is kept. *Emits* [`Event::UnclaimedWithdrawn`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::withdraw_unclaimed())]
		pub fn withdraw_unclaimed(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw_unclaimed(who)
		}

		/// Shows that a proof chain has stalled: it takes no new contracts until it reports again.
		///
		/// *Origin*: anyone. *Fails if* its reports are not late, or it is flagged already. *Emits*
		/// [`Event::ProofChainStalled`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::flag_stalled())]
		pub fn flag_stalled(origin: OriginFor<T>, proof_chain: ChainId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_flag_stalled(proof_chain)
		}
	}
}
