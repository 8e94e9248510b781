// SPDX-License-Identifier: Apache-2.0
//! Why calls fail.

use frame_support::pallet_macros::pallet_section;

/// The errors of this pallet.
#[pallet_section]
mod errors {
	#[pallet::error]
	pub enum Error<T> {
		/// No neighbour has this id.
		UnknownChain,
		/// The neighbour's status does not allow this.
		NotActive,
		/// The header is not newer than the best one known.
		Obsolete,
		/// The proof names a later authority set than the current one; import the missing hand-overs.
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
		/// A chain with this id is registered, or its former bond is still held.
		AlreadyExists,
		/// No further child can be registered.
		TooManyChildren,
		/// The genesis names another layer than the one below this one.
		WrongLayer,
		/// The genesis names another parent than this chain.
		WrongParent,
		/// The checkpoint is not one of the chain that it must be of.
		WrongCheckpoint,
		/// The bond is smaller than required.
		BondTooLow,
		/// A closed neighbour stays closed.
		Closed,
		/// An authority of the child did not sign for its registration.
		NoPossession,
		/// The chain's code is not approved for its layer.
		CodeNotApproved,
		/// No further code can be approved.
		TooManyApproved,
		/// The neighbour made no progress for too long; only a new checkpoint helps.
		Expired,
		/// The neighbour is not overdue.
		NotOverdue,
		/// Governance cannot set this status; there are calls that lead to it.
		WrongStatus,
		/// Only a child can be left.
		NotAChild,
		/// Only whoever registered the child may do this.
		NotRegistrant,
		/// Something is still under way with the neighbour: the bits of `Blockers`.
		Blocked(BlockedBy),
		/// The bond answers for what the chain did until the evidence window is over.
		BondLocked,
		/// No bond is held.
		NoBond,
		/// The batch is empty.
		EmptyBatch,
		/// The neighbour replaced its authorities too often within the evidence window.
		TooManySets,
		/// The incarnation is not a later one.
		OldIncarnation,
		/// The parent is heard of, so nothing is to be recovered.
		ParentIsHeard,
		/// Too few of this chain's authorities signed.
		TooFewSignatures,
		/// A signature is not one of the authority it claims to be of, or they are out of order.
		BadSignature,
		/// A recovery from this block, or from a later one, waits already.
		AlreadyPending,
		/// No recovery is due.
		NotDue,
		/// No such authority set answers for its votes, or not any more.
		StaleEvidence,
		/// The offender is no member of the set.
		NotInSet,
		/// The offence was punished already.
		EvidenceUsed,
		/// What is brought shows no offence on the chain it is brought for.
		EvidenceInvalid,
		/// Nothing is left that answers for the offence.
		NothingToSlash,
		/// The votes are those of a set that was replaced before this block.
		ReplacedSet,
	}
}
