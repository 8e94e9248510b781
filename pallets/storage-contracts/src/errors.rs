// SPDX-License-Identifier: Apache-2.0
//! Why calls fail.

use frame_support::pallet_macros::pallet_section;

/// The errors of the pallet.
#[pallet_section]
mod errors {
	/// Why a call failed.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no such contract; it may be closed.
		UnknownContract,
		/// Only the contract's client may do this.
		NotClient,
		/// Only the contract's provider may do this.
		NotProvider,
		/// Only the contract's client or its provider may do this.
		NotParty,
		/// The contract is no longer a proposal.
		NotProposed,
		/// The contract is a proposal; withdraw it instead.
		NotActive,
		/// The proposal was not accepted in time; propose again.
		ProposalLapsed,
		/// The proposal can still be accepted; wait or withdraw it.
		ProposalOpen,
		/// A blob of 0 bytes cannot be contracted: there is nothing to prove.
		EmptyBlob,
		/// The blob is larger than any contract allows; split it.
		BlobTooLarge,
		/// The account is no provider.
		UnknownProvider,
		/// The provider takes no new contracts.
		NotAccepting,
		/// The blob is larger than all of the provider's capacity.
		CapacityExceeded,
		/// The provider does not offer contracts of this length.
		WindowsOutOfRange,
		/// The provider's price is above the rate allowed; look at its offer again.
		RateAboveMax,
		/// This is no proof chain of this chain.
		UnknownProofChain,
		/// The proof chain takes no new legs at present.
		ProofChainInactive,
		/// The proof chain is flagged as stalled; choose another, or wait for its next report.
		ProofChainStalled,
		/// The proof chain's reports are not late enough to count as stalled.
		NotStalled,
		/// The proof chain's windows are too short to settle their reports.
		WindowTooShort,
		/// The client has too many proposals unanswered; withdraw one.
		TooManyProposals,
		/// The provider has too many proposals unanswered; choose another or wait.
		ProviderBusy,
		/// The proof chain serves as many providers as its reports can list.
		TooManyStreams,
		/// The proof chain has no room for more proofs; choose another.
		ProofChainFull,
		/// The audit interval is 0 or longer than allowed.
		IntervalInvalid,
		/// The proposal's number is not above that of the newest one published for the client.
		NumberUsed,
		/// The signature is not that of the party that has to agree.
		BadSignature,
		/// The other party's consent is missing.
		ConsentMissing,
		/// The contract has as many legs as it may; close those that are over.
		TooManyLegs,
		/// The contract is over by then anyway.
		EndsBefore,
		/// The provider asks for a higher price by now; the client has to extend at that price.
		PriceRose,
		/// The contract is already proven on this proof chain.
		SameProofChain,
		/// Windows of that proof chain are of another length.
		WindowsDiffer,
		/// Neither faults nor outages nor missing collateral allow ending the contract.
		NotFaulty,
		/// The proof chain has not stalled for long enough; flag it, then wait.
		NotStalledLongEnough,
		/// There is no such fault; it may be final or reversed.
		UnknownFault,
		/// The fault can still be appealed against.
		FaultYoung,
		/// The time for appeals is over.
		AppealTooLate,
		/// There is no such outage that an appeal could reverse.
		UnknownOutage,
		/// The leg was not due in that window.
		NotDue,
		/// The proof chain's block of the evidence is not known here; relay a newer one.
		UnknownBlock,
		/// The evidence does not show a proof in time.
		BadEvidence,
		/// The evidence is larger than any honest one.
		EvidenceTooLarge,
		/// An audit of the contract is open already.
		AuditOpen,
		/// There is no audit of the contract.
		NoAudit,
		/// The time to answer the audit is over.
		AuditLate,
		/// The chunks are not in ascending order, none, or beyond the blob's end.
		ChunksInvalid,
		/// The proof does not show the chunks.
		BadProof,
		/// The window is not the one whose report is due.
		NotNextWindow,
		/// Governance has voided or forgiven as much as is kept.
		TooManyExceptions,
		/// The range of windows is empty.
		EmptyRange,
		/// The provider's contracts have too many different ends; advance the stream or wait.
		TooManyEdges,
		/// The provider's stream died; close its contracts first.
		StreamDead,
		/// The batch is full and cannot leave yet; try again when messages have been relayed.
		BatchFull,
		/// No legs are gathered for this proof chain.
		NothingToSend,
		/// The pot lacks its existential deposit; endow it.
		PotNotEndowed,
		/// The provider has no open contract on this proof chain.
		UnknownStream,
		/// Nothing was earned since the last claim.
		NothingToClaim,
		/// The stream is too far behind for one call; advance it first.
		AdvanceFirst,
		/// Windows of the contract are not yet reported.
		NotEnded,
		/// Nothing is kept for the caller.
		NothingUnclaimed,
		/// The report is not the next one: another window or part is due.
		NotNextPart,
		/// This message is not for this pallet.
		UnexpectedMessage,
		/// An amount or a window is beyond what can be counted.
		Overflow,
	}
}
