// SPDX-License-Identifier: Apache-2.0
//! What is stored.

use frame_support::pallet_macros::pallet_section;

/// The storage of the pallet.
#[pallet_section]
mod storage {
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

	/// Faults that may still be appealed against or cost collateral.
	#[pallet::storage]
	pub type Faults<T> =
		StorageDoubleMap<_, Twox64Concat, LegId, Twox64Concat, Window, FaultRecord, OptionQuery>;

	/// Audits without an answer.
	#[pallet::storage]
	pub type Audits<T> = StorageMap<_, Twox64Concat, ContractId, AuditRecord, OptionQuery>;

	/// Number of the newest proposal that a provider published for a client.
	#[pallet::storage]
	pub type Published<T> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		AccountId,
		Blake2_128Concat,
		AccountId,
		u64,
		OptionQuery,
	>;

	/// Legs that ended early, gathered to be told to a proof chain.
	#[pallet::storage]
	pub type Ended<T> = StorageMap<
		_,
		Blake2_128Concat,
		ChainId,
		BoundedVec<LegId, ConstU32<MAX_LEGS_PER_BATCH>>,
		ValueQuery,
	>;

	/// What the pot owes.
	#[pallet::storage]
	pub type Booked<T> = StorageValue<_, Balance, ValueQuery>;

	/// What the pot owes to accounts that could not be paid.
	#[pallet::storage]
	pub type Unclaimed<T> = StorageMap<_, Blake2_128Concat, AccountId, Balance, OptionQuery>;
}
