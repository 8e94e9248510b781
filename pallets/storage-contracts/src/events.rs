// SPDX-License-Identifier: Apache-2.0
//! What calls and messages tell.

use frame_support::pallet_macros::pallet_section;

/// The events of the pallet.
#[pallet_section]
mod events {
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
			/// What is asked for.
			terms: Terms,
			/// Escrow on hold.
			escrow: Balance,
			/// Last block in which it can be accepted.
			expires_at: BlockNumber,
		},
		/// A provider accepted a contract.
		ContractAccepted {
			/// The contract.
			id: ContractId,
			/// Who pays.
			client: AccountId,
			/// Who stores.
			provider: AccountId,
		},
		/// A published proposal did not become a contract.
		ProposalRefused {
			/// Its place among those published, from 0.
			index: u32,
			/// Who signed it.
			client: AccountId,
			/// Its number.
			number: u64,
			/// What kept it from becoming one.
			error: DispatchError,
		},
		/// A contract has another leg: windows of one price on one proof chain.
		LegOpened {
			/// The contract.
			contract: ContractId,
			/// The leg.
			leg: LegId,
			/// The stream that earns it.
			stream: StreamId,
			/// The proof chain that checks it.
			proof_chain: ChainId,
			/// The batch that carries it to the proof chain.
			batch: BatchId,
			/// Price of one window, proof fee included.
			rate: Balance,
			/// First window planned.
			start: Window,
			/// First window after its end.
			end: Window,
			/// Escrow in the pot.
			escrow: Balance,
		},
		/// A leg ends earlier than planned.
		LegCut {
			/// The contract.
			contract: ContractId,
			/// The leg.
			leg: LegId,
			/// First window after its end; its start when nothing of it remains.
			end: Window,
			/// Escrow that is free again.
			freed: Balance,
		},
		/// A contract ends before its time.
		ContractEnding {
			/// The contract.
			id: ContractId,
			/// Why.
			cause: EndCause,
			/// Given back to the client at once.
			refunded: Balance,
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
			/// What it costs the provider's collateral, unless an appeal shows otherwise.
			penalty: Balance,
		},
		/// A fault can no longer be appealed against.
		FaultFinal {
			/// The leg.
			leg: LegId,
			/// The window.
			window: Window,
			/// Taken from collateral for it.
			slashed: Balance,
		},
		/// An appeal showed that a leg was proven after all: the window is paid.
		FaultReversed {
			/// The leg.
			leg: LegId,
			/// The window.
			window: Window,
		},
		/// An appeal showed that a provider proved something after all: the window is paid.
		OutageReversed {
			/// The stream.
			stream: StreamId,
			/// The window.
			window: Window,
		},
		/// Collateral was taken from a provider.
		Slashed {
			/// The provider.
			provider: AccountId,
			/// For its clients.
			compensated: Balance,
			/// For the treasury.
			treasury: Balance,
		},
		/// A client demands a proof on this chain.
		AuditDemanded {
			/// The contract.
			id: ContractId,
			/// Chunks to be shown.
			chunks: u32,
			/// Last block in which it can be answered.
			deadline: BlockNumber,
		},
		/// An audit was answered; its deposit went to the provider.
		AuditAnswered {
			/// The contract.
			id: ContractId,
			/// The deposit.
			deposit: Balance,
		},
		/// An audit was not answered in time.
		AuditFailed {
			/// The contract.
			id: ContractId,
			/// The deposit, given back to the client.
			deposit: Balance,
		},
		/// A proof chain was told of a provider's key.
		OperatorSent {
			/// The stream.
			stream: StreamId,
			/// Nonce of the message.
			nonce: u64,
		},
		/// Proving costs something else on a proof chain from now on.
		ChainTermsSet {
			/// The proof chain.
			chain: ChainId,
			/// What it costs.
			terms: ChainTerms,
		},
		/// Governance passed over a window.
		WindowPassed {
			/// The proof chain.
			chain: ChainId,
			/// The window.
			window: Window,
			/// Whether it counts for nobody.
			void: bool,
		},
		/// Governance forgave penalties.
		PenaltiesForgiven {
			/// The proof chain.
			chain: ChainId,
			/// First window.
			from: Window,
			/// Last window.
			to: Window,
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
			/// How much the proof chain got for its checks.
			fee: Balance,
		},
		/// A leg is settled and gone.
		LegClosed {
			/// The contract.
			contract: ContractId,
			/// The leg.
			leg: LegId,
			/// What became of it.
			outcome: Outcome,
		},
		/// A contract came to its end and is gone.
		ContractClosed {
			/// The contract.
			id: ContractId,
			/// What became of all its legs.
			outcome: Outcome,
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
}
