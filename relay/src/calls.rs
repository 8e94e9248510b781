// SPDX-License-Identifier: Apache-2.0
//! The calls that a relay makes, by the names of their fields.
//!
//! The target's metadata puts the fields into their order, so that a call may gain a field that
//! this release knows of before every chain does.

use codec::Encode;
use sp_consensus_grandpa::{AuthoritySignature, Equivocation};
use sp_core::H256;
use terrace_layers::{Authorities, ChainId, Checkpoint, FinalityProof, Header, LaneId, StateProof};

use crate::plan::Load;

/// A call whose fields are encoded, and not yet in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
	/// Name of the pallet.
	pub pallet: &'static str,
	/// Name of the call.
	pub name: &'static str,
	fields: Vec<(&'static str, Vec<u8>)>,
}

impl Call {
	fn new(pallet: &'static str, name: &'static str) -> Self {
		Self { pallet, name, fields: Vec::new() }
	}

	fn with(mut self, field: &'static str, value: &impl Encode) -> Self {
		self.fields.push((field, value.encode()));
		self
	}

	/// The encoded value of a field.
	pub fn field(&self, name: &str) -> Option<&[u8]> {
		self.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| &value[..])
	}

	/// The arguments in the order in which a chain names them; an error is a name that is unknown.
	pub fn arguments<N: AsRef<str>>(&self, names: &[N]) -> Result<Vec<u8>, String> {
		let mut arguments = Vec::new();
		for name in names {
			let name = name.as_ref();
			let value = self.field(name).ok_or_else(|| {
				format!("call {}.{} without a field {name}", self.pallet, self.name)
			})?;
			arguments.extend_from_slice(value);
		}
		Ok(arguments)
	}

	/// Bytes of all fields.
	pub fn len(&self) -> usize {
		self.fields.iter().map(|(_, value)| value.len()).sum()
	}
}

/// What one call delivers on one lane.
#[derive(Debug)]
pub(crate) struct Relayed {
	/// Chain that sent it.
	pub source: ChainId,
	/// The lane.
	pub lane: LaneId,
	/// Finality of the block, if the target lacks it.
	pub finality: Option<FinalityProof>,
	/// Block of the source at which it is proven.
	pub at: u32,
	/// Proof of the lane at that block.
	pub proof: StateProof,
	/// Nonce of the first message.
	pub first: u64,
	/// The messages.
	pub load: Load,
}

/// Delivers messages and acknowledgements.
pub(crate) fn relay(relayed: &Relayed) -> Call {
	Call::new("CrossLayer", "relay")
		.with("chain", &relayed.source)
		.with("lane", &relayed.lane)
		.with("finality", &relayed.finality)
		.with("at", &relayed.at)
		.with("proof", &relayed.proof)
		.with("first", &relayed.first)
		.with("messages", &relayed.load.messages)
		.with("tail", &relayed.load.tail)
		.with("max_weight", &relayed.load.max_weight)
}

/// Brings finality of `source`: one header, or one for each replacement of its authorities.
pub(crate) fn finality(source: ChainId, proofs: &[FinalityProof]) -> Call {
	match proofs {
		[proof] => Call::new("ChainRegistry", "submit_finality")
			.with("chain", &source)
			.with("proof", proof),
		proofs => Call::new("ChainRegistry", "submit_finality_batch")
			.with("chain", &source)
			.with("proofs", &proofs),
	}
}

/// Two votes of one authority for different blocks in one round.
#[derive(Debug)]
pub(crate) struct Offence {
	/// Id of the authority set.
	pub set_id: u64,
	/// Members of the set.
	pub set: Authorities,
	/// The votes.
	pub equivocation: Equivocation<H256, u32>,
	/// The blocks voted for.
	pub headers: (Header, Header),
}

/// Reports an offence of an authority of `source`.
pub(crate) fn report(source: ChainId, offence: &Offence) -> Call {
	Call::new("ChainRegistry", "report_equivocation")
		.with("chain", &source)
		.with("set_id", &offence.set_id)
		.with("set", &offence.set)
		.with("equivocation", &offence.equivocation)
		.with("header1", &offence.headers.0)
		.with("header2", &offence.headers.1)
}

/// A header that was finalised beside the one that a chain has proven.
#[derive(Debug)]
pub(crate) struct Fork {
	/// Members of the set that voted for it.
	pub set: Authorities,
	/// The header and the votes.
	pub proof: FinalityProof,
	/// The headers below it, down to the height of the one proven.
	pub ancestry: Vec<Header>,
}

/// Reports that `source` has finalised two branches.
pub(crate) fn fork(source: ChainId, fork: &Fork) -> Call {
	Call::new("ChainRegistry", "report_fork")
		.with("chain", &source)
		.with("set", &fork.set)
		.with("proof", &fork.proof)
		.with("ancestry", &fork.ancestry)
}

/// Marks `source` as silent for too long.
pub(crate) fn expire(source: ChainId) -> Call {
	Call::new("ChainRegistry", "expire").with("chain", &source)
}

/// Proposes to follow the parent anew, as the child's authorities have signed.
pub(crate) fn recover_parent(
	checkpoint: &Checkpoint,
	signatures: &[(u32, AuthoritySignature)],
) -> Call {
	Call::new("ChainRegistry", "recover_parent")
		.with("checkpoint", checkpoint)
		.with("signatures", &signatures)
}

/// Follows the parent anew.
pub(crate) fn apply_recovery() -> Call {
	Call::new("ChainRegistry", "apply_recovery")
}

#[cfg(test)]
mod tests {
	use super::*;

	fn relayed() -> Relayed {
		Relayed {
			source: ChainId(H256::repeat_byte(1)),
			lane: LaneId::MONEY,
			finality: None,
			at: 7,
			proof: vec![vec![1, 2]],
			first: 5,
			load: Load { messages: vec![vec![3]], tail: vec![], max_weight: Default::default() },
		}
	}

	#[test]
	fn fields_follow_the_chains_order() {
		let call = relay(&relayed());
		let (chain, at) = (ChainId(H256::repeat_byte(1)), 7u32);
		assert_eq!(call.arguments(&["chain", "at"]), Ok((chain, at).encode()));
		assert_eq!(call.arguments(&["at", "chain"]), Ok((at, chain).encode()));
		let unknown = call.arguments(&["chain", "colour"]);
		assert_eq!(unknown, Err("call CrossLayer.relay without a field colour".into()));
	}

	#[test]
	fn chain_of_an_older_release_gets_what_it_knows() {
		let names = ["chain", "lane", "finality", "at", "proof", "messages", "tail", "max_weight"];
		let Relayed { source, lane, finality, at, proof, load, .. } = relayed();
		let expected =
			(source, lane, finality, at, proof, load.messages, load.tail, load.max_weight);
		assert_eq!(relay(&relayed()).arguments(&names), Ok(expected.encode()));
	}
}
