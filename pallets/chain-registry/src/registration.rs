// SPDX-License-Identifier: Apache-2.0
//! How neighbours become known: at genesis, and by proof.

use crate::{
	verify::{checked_authorities, ensure_distinct_and_strong},
	*,
};
use bp_runtime::StorageProofChecker;
use codec::DecodeAll;
use frame_support::{ensure, pallet_prelude::*, traits::fungible::MutateHold};
use sp_consensus_grandpa::AuthorityList;
use sp_core::H256;
use sp_runtime::{
	traits::{BlakeTwo256, Header as _, SaturatedConversion},
	DispatchError,
};
use terrace_layers::{
	keys, limits, views::NeighbourStatus, Authorities, ChainId, Checkpoint, GenesisProof, Header,
	Layer, LockBacking, Neighbours, OnNeighbour, Origin as ChainOrigin, Relation, StateProof,
};

/// Reads proven values, each in full, and refuses a proof that carries anything else.
struct Reader<T> {
	checker: StorageProofChecker<BlakeTwo256>,
	_config: core::marker::PhantomData<T>,
}

impl<T: Config> Reader<T> {
	fn new(root: H256, nodes: StateProof) -> Result<Self, Error<T>> {
		let bytes: usize = nodes.iter().map(alloc::vec::Vec::len).sum();
		ensure!(nodes.len() <= limits::MAX_PROOF_NODES as usize, Error::<T>::TooLarge);
		ensure!(bytes <= limits::MAX_PROOF_BYTES as usize, Error::<T>::TooLarge);
		let checker =
			StorageProofChecker::new(root, nodes).map_err(|_| Error::<T>::BadStateProof)?;
		Ok(Self { checker, _config: Default::default() })
	}

	/// A value; `None` if it is proven to be absent.
	fn optional<V: Decode>(&mut self, key: &[u8]) -> Result<Option<V>, Error<T>> {
		let value = self.checker.read_value(key).map_err(|_| Error::<T>::BadStateProof)?;
		value
			.map(|bytes| V::decode_all(&mut bytes.as_slice()))
			.transpose()
			.map_err(|_| Error::<T>::BadStateProof)
	}

	fn required<V: Decode>(&mut self, key: &[u8]) -> Result<V, Error<T>> {
		self.optional(key)?.ok_or(Error::<T>::BadStateProof)
	}

	fn finish(self) -> Result<(), Error<T>> {
		self.checker.ensure_no_unused_nodes().map_err(|_| Error::<T>::BadStateProof)
	}
}

impl<T: Config> Pallet<T> {
	/// Writes what the genesis says; a genesis that contradicts itself does not build.
	pub(crate) fn build_genesis(layer: Layer, window_ms: u64, parent: Option<Checkpoint>) {
		if let Some(checkpoint) = &parent {
			assert_eq!(Some(checkpoint.layer), layer.parent(), "the parent has the wrong layer");
			assert!(
				ensure_distinct_and_strong::<T>(&checkpoint.authorities).is_ok(),
				"the checkpoint's authorities are not a valid set"
			);
			Self::follow_parent(checkpoint);
		}
		Origin::<T>::put(ChainOrigin { layer, window_ms, parent });
	}

	fn follow_parent(checkpoint: &Checkpoint) {
		let best = Best { number: checkpoint.number, hash: checkpoint.hash };
		let client = Client {
			relation: Relation::Parent,
			layer: checkpoint.layer,
			status: NeighbourStatus::Active,
			best,
			set_id: checkpoint.set_id,
			last_progress_at: 0,
			incarnation: 0,
			bond: None,
			origin: None,
		};
		Parent::<T>::put(checkpoint.chain);
		Self::insert_client(
			checkpoint.chain,
			client,
			checkpoint.authorities.clone(),
			checkpoint.state_root,
		);
	}

	fn insert_client(
		chain: ChainId,
		client: Client<T::AccountId, BalanceOf<T>>,
		authorities: Authorities,
		state_root: H256,
	) {
		Self::push_header(&chain, client.best.number, client.best.hash, state_root);
		CurrentAuthorities::<T>::insert(chain, authorities);
		Clients::<T>::insert(chain, client);
	}

	/// Keeps a header, and forgets the oldest one when the ring is full.
	pub(crate) fn push_header(chain: &ChainId, number: u32, hash: H256, state_root: H256) {
		HeaderRing::<T>::mutate(chain, |ring| {
			if ring.is_full() {
				let oldest = ring.remove(0);
				Headers::<T>::remove(chain, oldest);
			}
			if ring.try_push(number).is_ok() {
				Headers::<T>::insert(chain, number, ProvenHeader { hash, state_root });
			}
		});
	}

	/// Registers a child; see the call.
	pub(crate) fn do_register_child(
		who: T::AccountId,
		genesis: GenesisProof,
		header: Header,
		checkpoint_proof: StateProof,
		bond: BalanceOf<T>,
	) -> DispatchResult {
		let chain = genesis.chain_id();
		ensure!(!Clients::<T>::contains_key(chain), Error::<T>::AlreadyExists);
		ensure!(chain != <Self as Neighbours>::this(), Error::<T>::AlreadyExists);
		ensure!(bond >= T::MinBond::get(), Error::<T>::BondTooLow);
		let genesis_root = genesis.state_root;
		let proven = Self::check_genesis(genesis)?;
		Self::check_checkpoint(&proven.checkpoint, header, checkpoint_proof)?;
		let children = Children::<T>::decode_len().unwrap_or_default();
		ensure!(children < limits::MAX_CHILDREN as usize, Error::<T>::TooManyChildren);

		T::Currency::hold(&HoldReason::ChainBond.into(), &who, bond)?;
		// Called for nothing too: it opens the account that will hold what the child's tokens stand for.
		T::Backing::lock(&chain, &who, proven.issuance)?;
		Self::admit(chain, &proven, genesis_root, (who.clone(), bond))?;
		T::OnNeighbour::on_registered(chain, Relation::Child, &proven.origin)?;
		Self::deposit_event(Event::ChildRegistered { chain, registrant: who, bond });
		Ok(())
	}

	/// Starts to follow a proven child from its genesis.
	fn admit(
		chain: ChainId,
		proven: &ProvenGenesis,
		state_root: H256,
		bond: (T::AccountId, BalanceOf<T>),
	) -> DispatchResult {
		Children::<T>::try_append(chain).map_err(|_| Error::<T>::TooManyChildren)?;
		let client = Client {
			relation: Relation::Child,
			layer: proven.origin.layer,
			status: NeighbourStatus::Active,
			best: Best { number: 0, hash: chain.0 },
			set_id: 0,
			last_progress_at: Self::now(),
			incarnation: 0,
			bond: Some(bond),
			origin: Some(proven.origin.clone()),
		};
		Self::insert_client(chain, client, proven.authorities.clone(), state_root);
		Ok(())
	}

	/// What a genesis proves, if that makes it a child of this chain.
	fn check_genesis(genesis: GenesisProof) -> Result<ProvenGenesis, DispatchError> {
		let mut reader = Reader::<T>::new(genesis.state_root, genesis.nodes)?;
		let list: AuthorityList = reader.required(&keys::grandpa_authorities())?;
		let origin: ChainOrigin = reader.required(&keys::origin())?;
		let issuance: u128 = reader.optional(&keys::total_issuance())?.unwrap_or_default();
		reader.finish()?;
		let authorities = checked_authorities::<T>(list)?;
		ensure!(Some(origin.layer) == Self::layer().child(), Error::<T>::WrongLayer);
		let checkpoint = origin.parent.clone().ok_or(Error::<T>::WrongParent)?;
		ensure!(
			checkpoint.chain == <Self as Neighbours>::this() && checkpoint.layer == Self::layer(),
			Error::<T>::WrongParent
		);
		Ok(ProvenGenesis { origin, checkpoint, authorities, issuance })
	}

	/// Checks that the child starts from a block of this chain, with the authorities of that block.
	fn check_checkpoint(
		checkpoint: &Checkpoint,
		header: Header,
		proof: StateProof,
	) -> DispatchResult {
		let known = frame_system::Pallet::<T>::block_hash(checkpoint.number);
		ensure!(
			known != H256::zero()
				&& known == checkpoint.hash
				&& header.hash() == known
				&& *header.state_root() == checkpoint.state_root,
			Error::<T>::WrongCheckpoint
		);
		let mut reader = Reader::<T>::new(checkpoint.state_root, proof)?;
		let list: AuthorityList = reader.required(&keys::grandpa_authorities())?;
		let set_id: u64 = reader.optional(&keys::grandpa_set_id())?.unwrap_or_default();
		reader.finish()?;
		ensure!(
			list.iter().map(|(key, _)| key).eq(checkpoint.authorities.iter())
				&& set_id == checkpoint.set_id,
			Error::<T>::WrongCheckpoint
		);
		Ok(())
	}

	/// Number of the current block.
	pub(crate) fn now() -> u32 {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}
}

/// What a child's genesis proof says.
struct ProvenGenesis {
	origin: ChainOrigin,
	checkpoint: Checkpoint,
	authorities: Authorities,
	issuance: u128,
}
