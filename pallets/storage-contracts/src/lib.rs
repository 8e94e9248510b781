// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod admin;
mod appeals;
mod audits;
mod batches;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking_helper;
mod calls;
mod changes;
mod close;
mod ends;
mod errors;
mod events;
mod evidence;
mod explain;
mod faults;
mod hooks;
mod impls;
mod leaving;
mod legs;
mod money;
mod publish;
mod reports;
mod stall;
mod storage;
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

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking_helper::BenchmarkHelper;
pub use pallet::*;
pub use types::*;
pub use views::MAX_CONTRACTS_PER_PAGE;
pub use weights::WeightInfo;

/// Log target of the pallet.
pub(crate) const LOG_TARGET: &str = "runtime::storage-contracts";

/// Storage, events and calls.
#[import_section(errors::errors)]
#[import_section(events::events)]
#[import_section(storage::storage)]
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
		AccountId, AppealEvidence, Balance, BatchId, BlockNumber, ChainId, Consent, ContractId,
		LegId, OutageKind, SignedProposal, StreamId, Terms, TrackedLeg, Window, MAX_LEGS_PER_BATCH,
		MAX_PUBLISHED,
	};
	use terrace_possession::{PossessionProof, MAX_CHALLENGES};

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
		/// Who may set what proving costs, void windows and forgive penalties.
		type AdminOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Account that gets the public's share of penalties.
		type Treasury: Get<AccountId>;
		/// Whether answering audits is dear at present: none fails meanwhile.
		type Congested: Get<bool>;
		/// Names the pot, which must have its existential deposit from genesis on.
		#[pallet::constant]
		type PalletId: Get<PalletId>;
		/// Blocks in which a proposal can be accepted.
		#[pallet::constant]
		type ProposalLifetime: Get<BlockNumber>;
		/// Windows of a contract's price that its provider has at stake.
		#[pallet::constant]
		type CollateralWindows: Get<u32>;
		/// Windows of a contract's price that a fault or an outage costs, from the second in a row on.
		#[pallet::constant]
		type PenaltyWindows: Get<u32>;
		/// Percentage of a provider's collateral that may be taken for windows on one day.
		#[pallet::constant]
		type DailyPenaltyPercent: Get<u8>;
		/// Blocks in which a fault or an outage can be appealed against.
		#[pallet::constant]
		type AppealPeriod: Get<BlockNumber>;
		/// Windows that a contract still runs when one party ends it.
		#[pallet::constant]
		type NoticeWindows: Get<u32>;
		/// Time in milliseconds that a proof chain must have stalled before a contract may leave it.
		#[pallet::constant]
		type StallExitMs: Get<u64>;
		/// Heat of faults at which anybody may end a contract.
		#[pallet::constant]
		type FaultsToEnd: Get<u32>;
		/// Outages in a row that end a stream.
		#[pallet::constant]
		type OutagesToEnd: Get<u32>;
		/// Blocks in which an audit must be answered.
		#[pallet::constant]
		type AuditPeriod: Get<BlockNumber>;
		/// What a client pays its provider for the answer to an audit.
		#[pallet::constant]
		type AuditDeposit: Get<Balance>;
		/// Chunks that every leg is challenged for in each window.
		#[pallet::constant]
		type Challenges: Get<u8>;
		/// Bytes of proofs that a new proof chain takes in one second.
		#[pallet::constant]
		type ProofBytesPerSecond: Get<u32>;
		/// Fee of a new proof chain for one byte of proof.
		#[pallet::constant]
		type ProofFeePerByte: Get<Balance>;
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
		/// What benchmarks need of the pallets around this one.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::BenchmarkHelper;
	}

	/// Why tokens are on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Price of a proposed contract; released when it is withdrawn, rejected or expired.
		ClientEscrow,
		/// Pays for the answer to an audit; released when there is none.
		AuditDeposit,
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
		/// *Fails if* the offer, the proof chain or the funds do not allow it. *Emits*
		/// [`Event::ContractProposed`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::propose())]
		pub fn propose(origin: OriginFor<T>, provider: AccountId, terms: Terms) -> DispatchResult {
			let client = ensure_signed(origin)?;
			Self::do_propose(client, provider, terms).map(|_| ())
		}

		/// Accepts a proposal: the caller holds the blob and will prove it.
		///
		/// *Origin*: the provider or its operator. *Fails if* it lapsed or capacity, collateral or
		/// room is short. *Emits* [`Event::ContractAccepted`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::accept())]
		pub fn accept(origin: OriginFor<T>, id: ContractId) -> DispatchResult {
			let provider = Self::ensure_provider(origin)?;
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
		/// *Origin*: the provider or its operator. *Fails if* it was accepted. *Emits*
		/// [`Event::ProposalEnded`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::reject())]
		pub fn reject(origin: OriginFor<T>, id: ContractId) -> DispatchResult {
			let provider = Self::ensure_provider(origin)?;
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

		/// Pays a provider what its stream has earned so far, and the proof chain its fees.
		///
		/// *Origin*: the provider or its operator; the provider's payee is paid. *Fails if* nothing
		/// was earned since the last claim. *Emits* [`Event::Claimed`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::claim(T::MaxSteps::get()))]
		pub fn claim(origin: OriginFor<T>, proof_chain: ChainId) -> DispatchResultWithPostInfo {
			let provider = Self::ensure_provider(origin)?;
			let steps = Self::do_claim(provider, proof_chain)?;
			Ok(Some(T::WeightInfo::claim(steps)).into())
		}

		/// Closes the legs of a contract whose windows are settled: refunds what was not proven.
		///
		/// With its last leg the contract is gone; a stream's last leg also pays what it has earned.
		/// *Origin*: anyone. *Fails if* no leg can be closed yet. *Emits* [`Event::LegClosed`] and
		/// [`Event::ContractClosed`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::close(T::MaxSteps::get()).saturating_mul(MAX_LEGS.into()))]
		pub fn close(origin: OriginFor<T>, id: ContractId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let (legs, steps) = Self::do_close(id)?;
			let idle = T::WeightInfo::close(0).saturating_mul(legs.saturating_sub(1).into());
			Ok(Some(T::WeightInfo::close(steps).saturating_add(idle)).into())
		}

		/// Sends what is gathered for a proof chain, as every block does by itself.
		///
		/// *Origin*: anyone. *Fails if* there is nothing or the lane is full. *Emits*
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

		/// Makes contracts of proposals that their clients signed: the caller holds the blobs.
		///
		/// One that cannot be made does not hold up the others. *Origin*: the provider or its
		/// operator. *Emits* [`Event::ContractAccepted`] or [`Event::ProposalRefused`] for each.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::publish(proposals.len() as u32))]
		pub fn publish(
			origin: OriginFor<T>,
			proposals: BoundedVec<SignedProposal, ConstU32<MAX_PUBLISHED>>,
		) -> DispatchResult {
			let provider = Self::ensure_provider(origin)?;
			Self::do_publish(provider, proposals);
			Ok(())
		}

		/// Lengthens a contract by `windows`, at the price that its provider offers now.
		///
		/// *Origin*: the client. *Fails if* the provider takes no contracts, the rate is above
		/// `max_rate`, or funds, collateral or room are short. *Emits* [`Event::LegOpened`].
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::extend())]
		pub fn extend(
			origin: OriginFor<T>,
			id: ContractId,
			windows: u32,
			max_rate: Balance,
		) -> DispatchResult {
			let client = ensure_signed(origin)?;
			Self::do_extend(client, id, windows, max_rate)
		}

		/// Lengthens somebody's contract by `windows`, at its own price and the caller's cost.
		///
		/// What is not proven comes back to the contract's client. *Origin*: anyone. *Fails if* the
		/// provider asks for more by now, or as [`Self::extend`] does. *Emits*
		/// [`Event::LegOpened`].
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::extend())]
		pub fn top_up(origin: OriginFor<T>, id: ContractId, windows: u32) -> DispatchResult {
			let payer = ensure_signed(origin)?;
			Self::do_top_up(payer, id, windows)
		}

		/// Changes the provider's price for the windows to come.
		///
		/// *Origin*: the client or the provider, with the other's consent. *Fails if* the consent
		/// is not theirs, or funds, collateral or room are short. *Emits* [`Event::LegCut`] and
		/// [`Event::LegOpened`].
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::amend(T::MaxSteps::get().saturating_mul(MAX_LEGS)))]
		pub fn amend(
			origin: OriginFor<T>,
			id: ContractId,
			price: Balance,
			consent: Consent,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_amend(who, id, price, consent)
		}

		/// Ends a contract after its notice; what is paid for later windows comes back at once.
		///
		/// *Origin*: the client. *Fails if* it ends by then anyway. *Emits* [`Event::LegCut`] and
		/// [`Event::ContractEnding`].
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::end(T::MaxSteps::get().saturating_mul(MAX_LEGS)))]
		pub fn cancel(origin: OriginFor<T>, id: ContractId) -> DispatchResult {
			let client = ensure_signed(origin)?;
			Self::do_cancel(client, id)
		}

		/// Gives a contract up after its notice, and compensates the client out of collateral.
		///
		/// *Origin*: the provider. *Fails if* it ends by then anyway. *Emits* [`Event::LegCut`],
		/// [`Event::ContractEnding`] and [`Event::Slashed`].
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::end(T::MaxSteps::get().saturating_mul(MAX_LEGS)))]
		pub fn terminate(origin: OriginFor<T>, id: ContractId) -> DispatchResult {
			let provider = ensure_signed(origin)?;
			Self::do_terminate(provider, id)
		}

		/// Ends a contract as soon as its proof chain can know, free of charge.
		///
		/// *Origin*: the client or the provider, with the other's consent. *Fails if* the consent
		/// is not theirs, or it ends by then anyway. *Emits* [`Event::LegCut`] and
		/// [`Event::ContractEnding`].
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::end(T::MaxSteps::get().saturating_mul(MAX_LEGS)))]
		pub fn end_mutually(
			origin: OriginFor<T>,
			id: ContractId,
			consent: Consent,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_end_mutually(who, id, consent)
		}

		/// Has another proof chain check what is left of a contract.
		///
		/// *Origin*: the client or the provider, with the other's consent unless the present proof
		/// chain has stalled for long. *Fails if* windows there are of another length, or room is
		/// short. *Emits* [`Event::LegCut`] and [`Event::LegOpened`].
		#[pallet::call_index(18)]
		#[pallet::weight(T::WeightInfo::amend(T::MaxSteps::get().saturating_mul(MAX_LEGS)))]
		pub fn move_to(
			origin: OriginFor<T>,
			id: ContractId,
			proof_chain: ChainId,
			consent: Option<Consent>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_move(who, id, proof_chain, consent)
		}

		/// Ends a contract that was not proven too often, whose provider is out for good, or lacks
		/// collateral for too long.
		///
		/// *Origin*: anyone. *Fails if* none of that is so. *Emits* [`Event::LegCut`] and
		/// [`Event::ContractEnding`].
		#[pallet::call_index(19)]
		#[pallet::weight(T::WeightInfo::end(T::MaxSteps::get().saturating_mul(MAX_LEGS)))]
		pub fn end_faulty(origin: OriginFor<T>, id: ContractId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_end_faulty(id)
		}

		/// Leaves a proof chain that stalled for long: what is not reported is paid back.
		///
		/// *Origin*: the client or the provider. *Fails if* it did not. *Emits* [`Event::LegCut`]
		/// and [`Event::ContractEnding`].
		#[pallet::call_index(20)]
		#[pallet::weight(T::WeightInfo::end(T::MaxSteps::get().saturating_mul(MAX_LEGS)))]
		pub fn exit_stalled(origin: OriginFor<T>, id: ContractId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_exit_stalled(who, id)
		}

		/// Applies the penalties of a leg's faults that can no longer be appealed against.
		///
		/// *Origin*: anyone. *Fails if* one of `windows` had no fault, or is too young. *Emits*
		/// [`Event::Slashed`] and [`Event::FaultFinal`].
		#[pallet::call_index(21)]
		#[pallet::weight(T::WeightInfo::finalise_faults(windows.len() as u32))]
		pub fn finalise_faults(
			origin: OriginFor<T>,
			leg: LegId,
			windows: BoundedVec<Window, ConstU32<MAX_FINALISED>>,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_finalise_faults(leg, windows)
		}

		/// Shows that a leg was proven in time in a window that was reported as faulted.
		///
		/// *Origin*: anyone. *Fails if* there is no such fault, it is too old, or the evidence does
		/// not show it. *Emits* [`Event::FaultReversed`].
		#[pallet::call_index(22)]
		#[pallet::weight(T::WeightInfo::appeal(evidence.proof_bytes()))]
		pub fn appeal_fault(
			origin: OriginFor<T>,
			leg: LegId,
			window: Window,
			evidence: AppealEvidence,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_appeal_fault(leg, window, evidence)
		}

		/// Shows that a leg was proven in time in a window in which its provider is said to have
		/// proven nothing.
		///
		/// *Origin*: anyone. *Fails if* there is no such outage, it is too old, or the evidence does
		/// not show it. *Emits* [`Event::OutageReversed`].
		#[pallet::call_index(23)]
		#[pallet::weight(T::WeightInfo::appeal(evidence.proof_bytes()))]
		pub fn appeal_outage(
			origin: OriginFor<T>,
			leg: LegId,
			window: Window,
			evidence: AppealEvidence,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_appeal_outage(leg, window, evidence)
		}

		/// Demands that the provider shows chunks of the blob on this chain, against a deposit.
		///
		/// *Origin*: the client. *Fails if* an audit is open, or the blob has no such chunks.
		/// *Emits* [`Event::AuditDemanded`].
		#[pallet::call_index(24)]
		#[pallet::weight(T::WeightInfo::demand_audit())]
		pub fn demand_audit(
			origin: OriginFor<T>,
			id: ContractId,
			chunks: BoundedVec<u64, ConstU32<{ MAX_CHALLENGES as u32 }>>,
		) -> DispatchResult {
			let client = ensure_signed(origin)?;
			Self::do_demand_audit(client, id, chunks)
		}

		/// Answers an audit; its deposit goes to the provider.
		///
		/// *Origin*: anyone. *Fails if* there is none, it is over, or the proof is wrong. *Emits*
		/// [`Event::AuditAnswered`].
		#[pallet::call_index(25)]
		#[pallet::weight(T::WeightInfo::answer_audit())]
		pub fn answer_audit(
			origin: OriginFor<T>,
			id: ContractId,
			proof: PossessionProof,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_answer_audit(id, proof)
		}

		/// Ends a contract whose provider did not answer an audit in time, at its provider's cost.
		///
		/// *Origin*: anyone. *Fails if* there is none, or it can still be answered. *Emits*
		/// [`Event::AuditFailed`], [`Event::Slashed`] and [`Event::ContractEnding`].
		#[pallet::call_index(26)]
		#[pallet::weight(T::WeightInfo::end(T::MaxSteps::get().saturating_mul(MAX_LEGS)))]
		pub fn fail_audit(origin: OriginFor<T>, id: ContractId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_fail_audit(id)
		}

		/// Tells a proof chain which key its provider signs proofs with now.
		///
		/// *Origin*: anyone. *Fails if* there is no stream, or the lane is full. *Emits*
		/// [`Event::OperatorSent`].
		#[pallet::call_index(27)]
		#[pallet::weight(T::WeightInfo::flush())]
		pub fn send_operator(
			origin: OriginFor<T>,
			provider: AccountId,
			proof_chain: ChainId,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_send_operator(provider, proof_chain)
		}

		/// Sets what proving costs on a proof chain; running contracts keep their price.
		///
		/// *Origin*: governance. *Fails if* there is no such chain. *Emits*
		/// [`Event::ChainTermsSet`].
		#[pallet::call_index(28)]
		#[pallet::weight(T::WeightInfo::set_chain_terms())]
		pub fn set_chain_terms(
			origin: OriginFor<T>,
			proof_chain: ChainId,
			terms: ChainTerms,
		) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_set_chain_terms(proof_chain, terms)
		}

		/// Passes over a window whose report can never be applied.
		///
		/// Without a part of it applied the window counts for nobody, with one it stands as it is.
		/// *Origin*: governance. *Fails if* too many are void. *Emits* [`Event::WindowPassed`].
		#[pallet::call_index(29)]
		#[pallet::weight(T::WeightInfo::set_chain_terms())]
		pub fn pass_window(
			origin: OriginFor<T>,
			proof_chain: ChainId,
			window: Window,
		) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_pass_window(proof_chain, window)
		}

		/// Forgives the penalties of all faults and outages of some windows; refunds stay.
		///
		/// *Origin*: governance. *Fails if* the range is empty, or too many are kept. *Emits*
		/// [`Event::PenaltiesForgiven`].
		#[pallet::call_index(30)]
		#[pallet::weight(T::WeightInfo::set_chain_terms())]
		pub fn forgive_penalties(
			origin: OriginFor<T>,
			proof_chain: ChainId,
			from: Window,
			to: Window,
		) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_forgive_penalties(proof_chain, from, to)
		}
	}
}
