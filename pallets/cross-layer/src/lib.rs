// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod abandon;
mod authorize;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod calls;
mod dispatch;
mod extension;
mod hooks;
mod impls;
mod money;
mod relay;
mod releases;
mod types;
mod views;
pub mod weights;

#[cfg(any(feature = "try-runtime", test))]
mod try_state;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod world;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use extension::CheckRelay;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

/// Log target of the pallet.
pub(crate) const LOG_TARGET: &str = "runtime::cross-layer";

/// Storage, events, errors and calls.
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::{boxed::Box, vec::Vec};
	use frame_support::{pallet_prelude::*, traits::fungible, PalletId};
	use frame_system::pallet_prelude::*;
	use sp_core::H256;
	use terrace_layers::{
		AccountId, Balance, Beacon, ChainId, FinalityClients, FinalityProof, FreeRelaying, LaneId,
		LaneState, Neighbours, OnMessage, StateProof,
	};

	/// The pallet.
	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// What the runtime provides.
	#[pallet::config]
	pub trait Config:
		frame_system::Config<AccountId = AccountId, RuntimeEvent: From<Event<Self>>>
	{
		/// The neighbours and their finality clients.
		type Registry: Neighbours + FinalityClients + FreeRelaying;
		/// May have calls dispatched on children, and give up what closed neighbours will never take.
		type AdminOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Applies messages that are about neither tokens nor randomness.
		type OnMessage: OnMessage;
		/// The token.
		type Currency: fungible::Mutate<AccountId, Balance = Balance>;
		/// Names the accounts that hold the tokens locked for children.
		#[pallet::constant]
		type PalletId: Get<PalletId>;
		/// Whether relay calls that make progress need no account.
		#[pallet::constant]
		type Accountless: Get<bool>;
		/// Randomness this chain makes itself; `None` where it comes from the parent.
		type NewBeacon: Get<Option<Beacon>>;
		/// Caps the failed messages kept per lane.
		#[pallet::constant]
		type MaxDeadLetters: Get<u32>;
		/// Least amount moved between layers: less might never reach an account that is not alive.
		#[pallet::constant]
		type MinTransfer: Get<Balance>;
		/// How much of its locked tokens a child may release in a period; `None` sets no limit.
		type ReleaseLimit: Get<Option<ReleaseLimit>>;
		/// Weights of calls, messages and hooks.
		type WeightInfo: WeightInfo;
		/// What benchmarks need of the registry.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::BenchmarkHelper;
	}

	/// This chain's ends of its lanes: what neighbours prove.
	#[pallet::storage]
	pub type Lanes<T> = StorageMap<_, Blake2_128Concat, (ChainId, LaneId), LaneState, OptionQuery>;

	/// Messages sent and not yet removed after their acknowledgement.
	#[pallet::storage]
	pub type Outbox<T> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		(ChainId, LaneId),
		Twox64Concat,
		u64,
		Payload,
		OptionQuery,
	>;

	/// How much of what was sent has been acknowledged and removed.
	#[pallet::storage]
	pub type Acked<T> =
		StorageMap<_, Blake2_128Concat, (ChainId, LaneId), Acknowledged, ValueQuery>;

	/// Received messages that failed.
	#[pallet::storage]
	pub type DeadLetters<T> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		(ChainId, LaneId),
		Twox64Concat,
		u64,
		Payload,
		OptionQuery,
	>;

	/// Nonces of the dead letters of each lane, in order.
	#[pallet::storage]
	pub type DeadLetterNonces<T: Config> = StorageMap<
		_,
		Blake2_128Concat,
		(ChainId, LaneId),
		BoundedVec<u64, T::MaxDeadLetters>,
		ValueQuery,
	>;

	/// Tokens that each child may release.
	#[pallet::storage]
	pub type Locked<T> = StorageMap<_, Blake2_128Concat, ChainId, Balance, ValueQuery>;

	/// What each child has released in its running period, where that is limited.
	#[pallet::storage]
	pub type Released<T> = StorageMap<_, Blake2_128Concat, ChainId, ReleasePeriod, OptionQuery>;

	/// Releases that wait for their turn; what is locked backs each of them.
	#[pallet::storage]
	pub type WaitingReleases<T> =
		StorageDoubleMap<_, Blake2_128Concat, ChainId, Twox64Concat, u64, Waiting, OptionQuery>;

	/// Where the queue of a child's waiting releases starts and ends.
	#[pallet::storage]
	pub type Waitlists<T> = StorageMap<_, Blake2_128Concat, ChainId, Waitlist, ValueQuery>;

	/// Name of the message that is being dispatched; nothing outside of that.
	#[pallet::storage]
	pub type CurrentTrace<T> = StorageValue<_, H256, OptionQuery>;

	/// Newest randomness known.
	#[pallet::storage]
	pub type LatestBeacon<T> = StorageValue<_, Beacon, OptionQuery>;

	/// Whether a child may still lack the newest randomness.
	#[pallet::storage]
	pub type BeaconDue<T> = StorageValue<_, bool, ValueQuery>;

	/// Epoch of the newest randomness sent to each child.
	#[pallet::storage]
	pub type BeaconSent<T> = StorageMap<_, Blake2_128Concat, ChainId, u64, OptionQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// The lanes to a neighbour were opened.
		LanesOpened {
			/// The neighbour.
			chain: ChainId,
			/// Incarnation of the edge.
			incarnation: u32,
		},
		/// A neighbour acknowledged messages that were never sent, so its lane was closed.
		LaneClosed {
			/// The neighbour.
			chain: ChainId,
			/// The lane.
			lane: LaneId,
			/// Nonce it says it has received.
			claimed: u64,
			/// Nonce of the newest message sent.
			sent: u64,
		},
		/// A message was queued.
		MessageSent {
			/// Who will receive it.
			chain: ChainId,
			/// The lane.
			lane: LaneId,
			/// Its nonce.
			nonce: u64,
			/// Its name, the same at both ends.
			trace: H256,
		},
		/// A message arrived and did what it says.
		MessageDispatched {
			/// Who sent it.
			chain: ChainId,
			/// The lane.
			lane: LaneId,
			/// Its nonce.
			nonce: u64,
			/// Its name, the same at both ends.
			trace: H256,
		},
		/// Messages arrived and were dispatched.
		MessagesReceived {
			/// Who sent them.
			chain: ChainId,
			/// The lane.
			lane: LaneId,
			/// Nonce of the newest.
			nonce: u64,
			/// How many arrived.
			count: u32,
			/// How many of them failed.
			failed: u32,
		},
		/// A message failed and became a dead letter.
		MessageFailed {
			/// Who sent it.
			chain: ChainId,
			/// The lane.
			lane: LaneId,
			/// Its nonce.
			nonce: u64,
			/// Its name, the same at both ends.
			trace: H256,
			/// Why it failed.
			error: DispatchError,
		},
		/// A dead letter was dispatched after all.
		MessageRedispatched {
			/// Who sent it.
			chain: ChainId,
			/// The lane.
			lane: LaneId,
			/// Its nonce.
			nonce: u64,
			/// Its name, the same at both ends.
			trace: H256,
		},
		/// A neighbour has received messages of this chain.
		MessagesAcknowledged {
			/// The neighbour.
			chain: ChainId,
			/// The lane.
			lane: LaneId,
			/// Nonce of the newest message received.
			nonce: u64,
		},
		/// Tokens were locked here and are on their way to a child.
		TransferredDown {
			/// The child.
			child: ChainId,
			/// Who sent them.
			from: AccountId,
			/// Who will receive them.
			beneficiary: AccountId,
			/// How many.
			amount: Balance,
			/// Nonce of the message.
			nonce: u64,
		},
		/// Tokens were burnt here and are on their way to the parent.
		TransferredUp {
			/// Who sent them.
			from: AccountId,
			/// Who will receive them.
			beneficiary: AccountId,
			/// How many.
			amount: Balance,
			/// Nonce of the message.
			nonce: u64,
		},
		/// Tokens that the parent locked were minted here.
		Credited {
			/// Who received them.
			who: AccountId,
			/// How many.
			amount: Balance,
		},
		/// Tokens that a child burnt were unlocked here.
		Released {
			/// The child.
			child: ChainId,
			/// Who received them.
			who: AccountId,
			/// How many.
			amount: Balance,
		},
		/// Tokens were locked to back what a child issued at its genesis.
		BackingLocked {
			/// The child.
			child: ChainId,
			/// Whose tokens they were.
			from: AccountId,
			/// How many.
			amount: Balance,
		},
		/// Messages to a closed neighbour, and those of it that had failed, were given up.
		MessagesAbandoned {
			/// The neighbour.
			chain: ChainId,
			/// The lane.
			lane: LaneId,
			/// How many.
			count: u32,
			/// How many of its own that had failed or waited here.
			letters: u32,
			/// Tokens in those it did not take, which went to those they were meant for.
			refunded: Balance,
		},
		/// Newer randomness of the main chain is known.
		BeaconAdopted {
			/// Its epoch.
			epoch: u64,
		},
		/// Tokens that a child burnt wait until it may release more.
		ReleaseWaits {
			/// The child.
			child: ChainId,
			/// Who will receive them.
			who: AccountId,
			/// How many.
			amount: Balance,
		},
		/// A call is on its way to a child, which will dispatch it as root.
		AdminCallSent {
			/// The child.
			child: ChainId,
			/// Hash of the encoded call.
			call: H256,
			/// Nonce of the message.
			nonce: u64,
		},
	}

	/// Why a call or a message failed.
	#[pallet::error]
	pub enum Error<T> {
		/// The chain is no neighbour; check its id.
		UnknownChain,
		/// Messages of the chain are not received now; wait until governance resumes it.
		NotReceiving,
		/// Messages to the chain are not taken now; wait until governance resumes it.
		NotSending,
		/// There is no such lane with this chain.
		UnknownLane,
		/// The lane was closed because the neighbour lied about it.
		LaneClosed,
		/// Too many messages wait to be acknowledged; try again later.
		LaneFull,
		/// The lane cannot be opened anew while messages of its former life are kept.
		LaneNotDrained,
		/// The call carries more messages than one call may; leave some to the next.
		TooManyMessages,
		/// The call carries more payload bytes than one call may; leave messages to the next.
		TooManyBytes,
		/// A message is longer than a message may be.
		MessageTooLong,
		/// The tail is longer than a lane can be.
		TailTooLong,
		/// The state proof has more nodes or bytes than a proof of one lane needs.
		ProofTooLarge,
		/// No state root of the chain at this block is kept; bring its finality or a newer block.
		HeaderUnknown,
		/// The state proof does not prove the lane under the block's state root.
		BadStateProof,
		/// The neighbour has not opened its end of the lane at this block.
		LaneAbsent,
		/// The proven record is not the other end of this lane.
		LaneMismatch,
		/// Everything this proof could bring has arrived already; nothing to do.
		Obsolete,
		/// Messages before these have not arrived; bring those first.
		NotYet,
		/// Messages and tail are not as many as the neighbour sent since the last ones received.
		WrongCount,
		/// Messages and tail are not what the neighbour sent, or not in that order.
		WrongHead,
		/// The messages may take more weight than the call allows for; allow for more.
		WeightTooLow,
		/// A message failed and no more dead letters fit; dispatch one of them again first.
		DeadLettersFull,
		/// The payload is no message that this release knows.
		Undecodable,
		/// A message of this kind does not come from, or go to, such a neighbour.
		WrongDirection,
		/// A message of this kind travels on another lane.
		WrongLane,
		/// The child wants more tokens than are locked for it.
		FirewallExceeded,
		/// Only a child that has tokens can receive them.
		NoTokensBelow,
		/// The chain has no parent.
		NoParent,
		/// The amount is below the least one.
		AmountTooLow,
		/// There is no such dead letter.
		NotFound,
		/// An older message of the lane failed too; dispatch that one first.
		NotNext,
		/// The message takes more of a block than a call may.
		MessageTooHeavy,
		/// The child has released as much as it may in this period; call again in the next.
		ReleaseLimited,
		/// Only messages to a closed neighbour can be given up.
		NotClosed,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::process_block(now)
		}

		fn integrity_test() {
			Self::check_limits();
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state().map_err(|reason| {
				log::error!(target: LOG_TARGET, "{reason}");
				sp_runtime::TryRuntimeError::Other("cross layer: broken invariant")
			})
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Delivers messages of a neighbour and takes its acknowledgements.
		///
		/// `first` is the nonce of the first message brought, or of the one that comes next if none is:
		/// what somebody else has brought meanwhile is told apart at once, before it costs a fee.
		///
		/// *Origin* signed, or the call itself where the runtime allows it. *Fails if* a limit is
		/// exceeded, anything is not proven, the messages are not exactly the next ones, they may
		/// take more than `max_weight`, or there is nothing new. *Emits*
		/// [`Event::MessagesReceived`], [`Event::MessageFailed`], [`Event::MessagesAcknowledged`]
		/// or [`Event::LaneClosed`].
		#[pallet::call_index(0)]
		#[pallet::weight((
			Pallet::<T>::weight_of_relay(finality.as_deref(), proof, messages, tail).saturating_add(*max_weight),
			DispatchClass::Operational,
		))]
		#[pallet::authorize(|source, chain, lane, finality, at, proof, first, messages, tail, max_weight| {
			Self::authorize_relay(source, &Relayed {
				chain: *chain,
				lane: *lane,
				finality: finality.as_deref(),
				at: *at,
				proof,
				first: *first,
				messages,
				tail,
				max_weight: *max_weight,
			})
		})]
		#[pallet::weight_of_authorize(
			Pallet::<T>::weight_of_check(finality.as_deref(), proof, messages, tail)
		)]
		pub fn relay(
			origin: OriginFor<T>,
			chain: ChainId,
			lane: LaneId,
			finality: Option<Box<FinalityProof>>,
			at: u32,
			proof: StateProof,
			first: u64,
			messages: Vec<Vec<u8>>,
			tail: Vec<H256>,
			max_weight: Weight,
		) -> DispatchResultWithPostInfo {
			ensure_authorized(origin.clone()).or_else(|_| ensure_signed(origin).map(drop))?;
			let finality = finality.as_deref();
			let (proof, messages, tail) = (&proof, &messages, &tail);
			Self::do_relay(&Relayed {
				chain,
				lane,
				finality,
				at,
				proof,
				first,
				messages,
				tail,
				max_weight,
			})
		}

		/// Moves tokens of the caller to an account of a child.
		///
		/// *Origin* signed. *Fails if* the child has no tokens, the amount is too low or not there,
		/// or the lane is full. *Emits* [`Event::TransferredDown`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::transfer_down())]
		pub fn transfer_down(
			origin: OriginFor<T>,
			child: ChainId,
			beneficiary: AccountId,
			amount: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_transfer_down(who, child, beneficiary, amount)
		}

		/// Moves tokens of the caller to an account of the parent.
		///
		/// *Origin* signed. *Fails if* there is no parent, the amount is too low or not there, or
		/// the lane is full. *Emits* [`Event::TransferredUp`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::transfer_up())]
		pub fn transfer_up(
			origin: OriginFor<T>,
			beneficiary: AccountId,
			amount: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_transfer_up(who, beneficiary, amount)
		}

		/// Dispatches a message again that failed before.
		///
		/// *Origin* signed, or none for what a parent sent. *Fails if* there is no such dead letter, an
		/// older one of the storage lane waits, or it fails again. *Emits* [`Event::MessageRedispatched`].
		#[pallet::call_index(3)]
		#[pallet::weight(Pallet::<T>::weight_of_redispatch())]
		#[pallet::authorize(|source, chain, lane, nonce| {
			Self::authorize_redispatch(source, (*chain, *lane), *nonce)
		})]
		#[pallet::weight_of_authorize(Pallet::<T>::weight_of_redispatch())]
		pub fn redispatch(
			origin: OriginFor<T>,
			chain: ChainId,
			lane: LaneId,
			nonce: u64,
		) -> DispatchResultWithPostInfo {
			Self::redispatch_as(origin, (chain, lane), nonce)
		}

		/// Gives up at most `max` of the oldest messages that a closed neighbour will never take, and
		/// hands the tokens in them to those they were meant for, here; before that of its releases
		/// that wait, and after it of its dead letters, whose tokens stay where they are.
		///
		/// *Origin*: `AdminOrigin`. *Fails if* the neighbour is not closed or nothing waits for it.
		/// *Emits* [`Event::MessagesAbandoned`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::abandon(*max))]
		pub fn abandon(
			origin: OriginFor<T>,
			chain: ChainId,
			lane: LaneId,
			max: u32,
		) -> DispatchResultWithPostInfo {
			T::AdminOrigin::ensure_origin(origin)?;
			let count = Self::do_abandon(chain, lane, max)?;
			Ok(Some(T::WeightInfo::abandon(count)).into())
		}

		/// Gives at most `max` turns to releases of a child that wait, as far as its share goes.
		///
		/// *Origin* signed, by anyone. *Fails if* the child is not heard, none of its releases waits
		/// or none may be paid now. *Emits* [`Event::Released`] for each that is paid.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::release_waiting(*max))]
		pub fn release_waiting(
			origin: OriginFor<T>,
			child: ChainId,
			max: u32,
		) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let turns = Self::do_release_waiting(child, max)?;
			Ok(Some(T::WeightInfo::release_waiting(turns)).into())
		}

		/// Has an encoded call of a child's runtime of this version dispatched there as root.
		///
		/// *Origin*: `AdminOrigin`. *Fails if* the chain is no child, the call is longer than a
		/// message takes, or the lane is full; what the call does there is not known here. *Emits*
		/// [`Event::AdminCallSent`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::send_admin(call.len() as u32))]
		pub fn send_admin(
			origin: OriginFor<T>,
			to: ChainId,
			spec_version: u32,
			call: Vec<u8>,
		) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_send_admin(to, spec_version, call)
		}
	}
}
