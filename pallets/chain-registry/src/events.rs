// SPDX-License-Identifier: Apache-2.0
//! What calls report.

use frame_support::pallet_macros::pallet_section;

/// The events of this pallet.
#[pallet_section]
mod events {
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
			/// Incarnation of the edge.
			incarnation: u32,
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
		/// A neighbour is followed from a checkpoint.
		CheckpointSet {
			/// The neighbour.
			chain: ChainId,
			/// Number of the block.
			number: u32,
			/// Hash of the block.
			hash: H256,
			/// Id of the authority set after it.
			set_id: u64,
			/// Incarnation of the edge.
			incarnation: u32,
		},
		/// What a bond had left went back to whoever placed it.
		BondWithdrawn {
			/// The child that left.
			chain: ChainId,
			/// Who had bonded for it.
			registrant: T::AccountId,
			/// What went back.
			amount: BalanceOf<T>,
		},
		/// Children of a layer may start with this code.
		CodeApproved {
			/// The layer.
			layer: Layer,
			/// Hash of the code.
			hash: H256,
		},
		/// No further child may start with this code.
		CodeRevoked {
			/// The layer.
			layer: Layer,
			/// Hash of the code.
			hash: H256,
		},
		/// This chain's authorities want to follow the parent from a checkpoint.
		RecoveryPending {
			/// Number of the parent's block.
			number: u32,
			/// Hash of the parent's block.
			hash: H256,
			/// Block from which the recovery may be applied.
			due: u32,
		},
		/// The parent was heard of, so its recovery is off.
		RecoveryCancelled {
			/// Number of the parent's block that it was to be followed from.
			number: u32,
		},
		/// An authority voted twice in one round.
		Equivocation {
			/// Its chain.
			chain: ChainId,
			/// Its set.
			set_id: u64,
			/// The round.
			round: u64,
			/// The authority.
			offender: AuthorityId,
			/// What was taken from the bond.
			slashed: BalanceOf<T>,
		},
		/// A neighbour finalised two branches.
		Forked {
			/// The neighbour.
			chain: ChainId,
			/// Number of the header on the other branch.
			number: u32,
			/// Hash of the header on the other branch.
			hash: H256,
			/// What was taken from the bond.
			slashed: BalanceOf<T>,
		},
	}
}
