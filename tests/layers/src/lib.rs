// SPDX-License-Identifier: Apache-2.0
//! The three runtimes in one process: blocks are executed natively, finality is signed by the
//! authorities' real keys, and state proofs are cut from the real tries.

mod authoring;
mod chain;
pub mod code;
pub mod governance;
pub mod market;
mod relay;

pub use authoring::{finality_proof, AUTHORS};
pub use chain::{Chain, Contract, Main, Outcome, Proof};
pub use relay::{cross, deliver, has_to_wait, parcel, Parcel, BATCH};

use sp_keyring::Sr25519Keyring;
use terrace_layers::{ChainId, Checkpoint, GenesisProof, Layer};

/// Three chains, registered with one another.
pub struct World {
	/// The main chain.
	pub main: Main,
	/// The contract chain.
	pub contract: Contract,
	/// The proof chain.
	pub proof: Proof,
}

impl World {
	/// All layers, each registered with its parent; nothing was moved down yet.
	pub fn new() -> Self {
		let mut main = Main::new(None);
		main.blocks(3);
		let mut contract = Contract::new(Some(checkpoint(&mut main)));
		contract.blocks(3);
		register(&mut main, contract.genesis_proof(), Sr25519Keyring::Alice);
		let mut world_main = main;
		fund(&mut world_main, &mut contract, Sr25519Keyring::Alice, 10_000);
		let mut proof = Proof::new(Some(checkpoint(&mut contract)));
		proof.blocks(3);
		register(&mut contract, proof.genesis_proof(), Sr25519Keyring::Alice);
		Self { main: world_main, contract, proof }
	}

	/// A block on every layer, then everything that can be relayed is.
	pub fn step(&mut self) {
		self.main.blocks(1);
		self.contract.blocks(1);
		self.proof.blocks(1);
		cross(&mut self.main, &mut self.contract);
		cross(&mut self.contract, &mut self.proof);
	}

	/// Steps until `done` holds; panics after `limit` steps.
	pub fn until(&mut self, limit: u32, mut done: impl FnMut(&mut Self) -> bool) {
		for _ in 0..limit {
			if done(self) {
				return;
			}
			self.step();
		}
		panic!("not reached after {limit} steps");
	}

	/// All tokens that exist: those locked on a parent and minted again below count once.
	pub fn supply(&mut self) -> u128 {
		self.main.total_issuance()
	}
}

impl Default for World {
	fn default() -> Self {
		Self::new()
	}
}

/// The newest block of `parent` as a child's genesis records it.
pub fn checkpoint<C: Chain>(parent: &mut C) -> Checkpoint {
	let header = parent.head().clone();
	Checkpoint {
		chain: parent.id(),
		layer: parent.layer(),
		number: header.number,
		hash: header.hash(),
		state_root: header.state_root,
		set_id: parent.set_id(),
		authorities: parent.authorities(),
	}
}

/// Registers a child, as `who`, with all the proofs that takes.
pub fn register<C: Chain>(parent: &mut C, genesis: GenesisProof, who: Sr25519Keyring) {
	let outcome = parent.register(genesis, who);
	assert_eq!(outcome, Outcome::Applied, "the registration is accepted");
}

/// Moves `units` tokens of `who` on the main chain down to `who` on the contract chain.
pub fn fund(main: &mut Main, contract: &mut Contract, who: Sr25519Keyring, units: u128) {
	let amount = units * terrace_runtime_common::constants::UNIT;
	let before = contract.free(who);
	assert_eq!(main.transfer_down(contract.id(), who, amount), Outcome::Applied);
	cross(main, contract);
	assert!(contract.free(who) > before, "the tokens arrive");
}

/// An id that no chain has.
pub fn stranger() -> ChainId {
	ChainId(sp_core::H256::repeat_byte(0xEE))
}

/// Layers from the top.
pub const LAYERS: [Layer; 3] = [Layer::Main, Layer::Contract, Layer::Proof];
