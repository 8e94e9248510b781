// SPDX-License-Identifier: Apache-2.0
//! Finality of a neighbour, as it travels.

use crate::{lane::limits, Header};
use bp_header_chain::justification::GrandpaJustification;
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;
use sp_consensus_grandpa::AuthorityId;
use sp_core::{ConstU32, H256};
use sp_runtime::BoundedVec;

/// A GRANDPA authority set; every member has one vote.
pub type Authorities = BoundedVec<AuthorityId, ConstU32<{ limits::MAX_AUTHORITIES }>>;

/// Raw trie nodes that prove values under a state root.
pub type StateProof = alloc::vec::Vec<alloc::vec::Vec<u8>>;

/// A header and the justification that finalises it.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Debug, PartialEq, Eq)]
pub struct FinalityProof {
	/// The finalised header, seal included.
	pub header: Header,
	/// Votes of the authority set, without redundant ones.
	pub justification: GrandpaJustification<Header>,
	/// Id of the authority set that voted.
	pub set_id: u64,
}

/// What importing a finality proof achieved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
	/// Number of the header.
	pub number: u32,
	/// State root of the header.
	pub state_root: H256,
	/// Whether the header hands over to a new authority set, so that none can be skipped.
	pub mandatory: bool,
	/// Blocks between the former best header and this one.
	pub improved_by: u32,
}
