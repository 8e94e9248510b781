// SPDX-License-Identifier: Apache-2.0
//! Identifiers and terms that contract chains and proof chains share.

use crate::{AccountId, Balance, BlockNumber, ChainId, Header, MAX_BATCH_BYTES};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::{sr25519, ConstU32};
use sp_crypto_hashing::blake2_256;
use sp_runtime::{traits::Verify, BoundedVec, MultiSignature};
use terrace_possession::{encoded_bound, BlobSize, ContentId, MAX_CHALLENGES};

macro_rules! id {
	($(#[$doc:meta])* $name:ident($inner:ty)) => {
		$(#[$doc])*
		#[derive(
			Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
			Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash,
		)]
		#[serde(transparent)]
		pub struct $name(pub $inner);

		impl $name {
			/// The following one; saturates at the type's end.
			pub const fn next(self) -> Self {
				Self(self.0.saturating_add(1))
			}
		}

		impl core::fmt::Display for $name {
			fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
				self.0.fmt(f)
			}
		}
	};
}

id! {
	/// A storage contract on its contract chain.
	ContractId(u64)
}
id! {
	/// A stretch of a storage contract with unchanging terms: the unit that is proven and settled.
	///
	/// A leg's id is never used again.
	LegId(u64)
}
id! {
	/// A provider's payment stream from one proof chain, numbered by the contract chain.
	StreamId(u32)
}
id! {
	/// A proof window of one proof chain: logical time that only moves when a report is sent.
	Window(u32)
}
id! {
	/// A batch of tracked legs, numbered per proof chain by the contract chain.
	BatchId(u64)
}

impl Window {
	/// The window before this one; the first one for itself.
	pub const fn before(self) -> Self {
		Self(self.0.saturating_sub(1))
	}
}

/// Key that signs possession proofs.
pub type Operator = sr25519::Public;
/// Signature of an operator.
pub type OperatorSignature = sr25519::Signature;
/// Where a provider serves its HTTP interface, as a URL.
pub type Endpoint = BoundedVec<u8, ConstU32<128>>;

/// What a provider offers.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Debug, PartialEq, Eq,
)]
pub struct Offer {
	/// URL of the provider's HTTP interface.
	pub endpoint: Endpoint,
	/// Price of one GiB for one window, in the token's smallest unit.
	pub price: u128,
	/// Most bytes the provider takes in all.
	pub capacity: u64,
	/// Fewest windows of one contract.
	pub min_windows: u32,
	/// Most windows of one contract.
	pub max_windows: u32,
	/// Key that signs the provider's possession proofs.
	pub operator: Operator,
}

/// What a client asks of a provider.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
)]
pub struct Terms {
	/// Proof chain that checks the blob.
	pub proof_chain: ChainId,
	/// Content id of the blob.
	pub root: ContentId,
	/// Length of the blob in bytes.
	pub size: u64,
	/// Windows ordered.
	pub windows: u32,
	/// One window out of so many, on average, in which the blob must be proven.
	pub interval: u16,
	/// Most to be paid for one window, proof fee included.
	pub max_rate: Balance,
}

/// What `client` signs to let `provider` make contracts of `terms` on contract chain `chain`.
///
/// The number must be above that of the newest proposal that the provider published for the client,
/// so that no proposal is published twice.
pub fn proposal_statement(
	chain: ChainId,
	client: &AccountId,
	provider: &AccountId,
	terms: &Terms,
	number: u64,
	expires_at: BlockNumber,
) -> [u8; 32] {
	(*b"terrace-propose/1", chain, client, provider, terms, number, expires_at)
		.using_encoded(blake2_256)
}

/// A change of a running contract that both parties want.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
)]
pub enum Change {
	/// It ends as soon as its proof chain can know.
	#[codec(index = 0)]
	End,
	/// The provider gets another price for each window that follows.
	#[codec(index = 1)]
	Amend {
		/// The price of one window, without the proof fee.
		price: Balance,
	},
	/// Another proof chain checks what is left of it.
	#[codec(index = 2)]
	Move {
		/// The proof chain.
		proof_chain: ChainId,
	},
}

/// Agreement of a contract's other party to a [`Change`].
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct Consent {
	/// Signature over [`change_statement`].
	pub signature: MultiSignature,
	/// Last block in which it counts.
	pub expires_at: BlockNumber,
}

/// What a party of a contract signs to agree to a change.
///
/// `leg` is the contract's last one: a change makes another leg the last, or ends this one, so that
/// no consent serves twice.
pub fn change_statement(
	chain: ChainId,
	contract: ContractId,
	leg: LegId,
	change: &Change,
	expires_at: BlockNumber,
) -> [u8; 32] {
	(*b"terrace-change/1", chain, contract, leg, change, expires_at).using_encoded(blake2_256)
}

/// Whether `signature` is `who`'s over `statement`, as such or as browser wallets wrap what they sign.
pub fn is_signed(signature: &MultiSignature, statement: &[u8; 32], who: &AccountId) -> bool {
	let wrapped = [b"<Bytes>".as_slice(), statement, b"</Bytes>"].concat();
	signature.verify(statement.as_slice(), who) || signature.verify(wrapped.as_slice(), who)
}

/// A proposal that its client signed instead of submitting it.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct SignedProposal {
	/// Who pays.
	pub client: AccountId,
	/// What is asked for.
	pub terms: Terms,
	/// Above the number of the newest proposal that the provider published for the client.
	pub number: u64,
	/// Last block in which it can be published.
	pub expires_at: BlockNumber,
	/// Signature over [`proposal_statement`].
	pub signature: MultiSignature,
}

/// Most proposals that are published at once.
pub const MAX_PUBLISHED: u32 = 64;
/// Most bytes of a transaction's proof under its block's extrinsics root: the longest batch fits.
pub const MAX_EVIDENCE_BYTES: u32 = MAX_BATCH_BYTES + 64 * 1024;

/// Shows that the answer to a challenge was in a block of the proof chain in time.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct AppealEvidence {
	/// A block of the proof chain whose state is known here.
	pub at: BlockNumber,
	/// Proves the hash of the block with the answer and the bounds of the window in that state.
	pub state_proof: Vec<Vec<u8>>,
	/// Header of the block with the answer.
	pub header: Header,
	/// Number of the transaction with the answer.
	pub extrinsic: u32,
	/// Proves that transaction under the header's extrinsics root.
	pub extrinsic_proof: Vec<Vec<u8>>,
	/// Where in the transaction the encoded possession proof begins.
	pub offset: u32,
}

impl AppealEvidence {
	/// Bytes of both proofs and the header: all that has to be hashed.
	pub fn proof_bytes(&self) -> u32 {
		let nodes = self.state_proof.iter().chain(&self.extrinsic_proof);
		let header = self.header.encoded_size();
		let bytes = nodes.map(Vec::len).fold(header, usize::saturating_add);
		u32::try_from(bytes).unwrap_or(u32::MAX)
	}
}

/// Longest interval of audits.
pub const MAX_INTERVAL: u16 = 1024;

/// Bytes that proving a leg takes of a proof chain in one window, on average; at least 1.
///
/// `None` for a size or a number of challenges that no leg can have.
pub fn proof_bytes(size: u64, challenges: u8, interval: u16) -> Option<u32> {
	/// Slot, lengths and the item's share of the transaction around it.
	const ITEM_OVERHEAD: u32 = 64;
	let size = BlobSize::new(size).ok()?;
	(1..=MAX_CHALLENGES).contains(&challenges).then_some(())?;
	let item = encoded_bound(size, challenges).checked_add(ITEM_OVERHEAD)?;
	Some(item.div_ceil(u32::from(interval.max(1))).max(1))
}

/// Bytes of one GiB.
pub const GIB: u128 = 1 << 30;

/// Price of one window for `size` bytes at `price` per GiB: rounded up, at least 1.
///
/// `None` on overflow.
pub fn rate(price: u128, size: u64) -> Option<u128> {
	let exact = price.checked_mul(u128::from(size))?;
	Some(exact.div_ceil(GIB).max(1))
}
