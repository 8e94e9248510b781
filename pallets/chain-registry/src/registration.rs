// SPDX-License-Identifier: Apache-2.0
//! How neighbours become known: at genesis, and by proof.

use crate::{
	proof::Reader,
	verify::{checked_authorities, ensure_distinct_and_strong},
	*,
};
use frame_support::{ensure, pallet_prelude::*, traits::fungible::MutateHold};
use sp_consensus_grandpa::{AuthorityList, AuthoritySignature};
use sp_core::H256;
use sp_runtime::{
	traits::{Header as _, SaturatedConversion},
	DispatchError, RuntimeAppPublic,
};
use terrace_layers::{
	keys, registration_statement, views::NeighbourStatus, Authorities, ChainId, Checkpoint,
	GenesisProof, Header, Layer, LockBacking, Neighbours, OnNeighbour, Origin as ChainOrigin,
	Relation, StateProof,
};

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
		let mut client = Client {
			relation: Relation::Parent,
			layer: checkpoint.layer,
			status: NeighbourStatus::Active,
			best: Best { number: checkpoint.number, hash: checkpoint.hash },
			loose: false,
			set_id: checkpoint.set_id,
			last_progress_at: 0,
			incarnation: 0,
			bond: None,
			origin: None,
			closed_at: None,
			forked: false,
		};
		let chain = checkpoint.chain;
		Parent::<T>::put(chain);
		Self::push_header(&chain, &mut client, checkpoint.state_root, true);
		CurrentAuthorities::<T>::insert(chain, &checkpoint.authorities);
		Clients::<T>::insert(chain, client);
	}

	/// Registers a child; see the call.
	pub(crate) fn do_register_child(
		who: T::AccountId,
		genesis: GenesisProof,
		from: (Header, StateProof),
		possession: &[AuthoritySignature],
		bond: BalanceOf<T>,
	) -> DispatchResult {
		let (chain, state_root) = (genesis.chain_id(), genesis.state_root);
		let incarnation = Self::next_incarnation(&chain)?;
		ensure!(bond >= T::MinBond::get(), Error::<T>::BondTooLow);
		let proven = Self::check_genesis(genesis)?;
		if incarnation == 0 {
			// Of a chain that was here before, the same genesis was proven then.
			Self::check_checkpoint(&proven.checkpoint, from)?;
		} else {
			// Whoever was closed for good cannot come back for what others left with it.
			let left = T::OnNeighbour::blockers(&chain);
			ensure!(left.is_empty(), Error::<T>::Blocked(left.into()));
		}
		Self::check_possession(&chain, &proven.authorities, possession)?;

		T::Currency::hold(&HoldReason::ChainBond.into(), &who, bond)?;
		// Called for nothing too: it opens the account that will hold what the child's tokens stand for.
		T::Backing::lock(&chain, &who, proven.issuance)?;
		let placed = Bond { who: who.clone(), placed: bond, left: bond };
		Self::admit(chain, &proven, state_root, placed, incarnation)?;
		T::OnNeighbour::on_registered(chain, Relation::Child, &proven.origin)?;
		Self::deposit_event(Event::ChildRegistered { chain, registrant: who, bond, incarnation });
		Ok(())
	}

	/// Incarnation under which a chain may be registered now.
	fn next_incarnation(chain: &ChainId) -> Result<u32, Error<T>> {
		ensure!(*chain != <Self as Neighbours>::this(), Error::<T>::AlreadyExists);
		let Some(former) = Clients::<T>::get(chain) else { return Ok(0) };
		let left = former.status == NeighbourStatus::Closed && former.bond.is_none();
		ensure!(left, Error::<T>::AlreadyExists);
		former.incarnation.checked_add(1).ok_or(Error::<T>::AlreadyExists)
	}

	/// Starts to follow a proven child from its genesis.
	fn admit(
		chain: ChainId,
		proven: &ProvenGenesis,
		state_root: H256,
		bond: Bond<T::AccountId, BalanceOf<T>>,
		incarnation: u32,
	) -> DispatchResult {
		Children::<T>::try_append(chain).map_err(|_| Error::<T>::TooManyChildren)?;
		let mut client = Client {
			relation: Relation::Child,
			layer: proven.origin.layer,
			status: NeighbourStatus::Active,
			best: Best { number: 0, hash: chain.0 },
			loose: false,
			set_id: 0,
			last_progress_at: Self::now(),
			incarnation,
			bond: Some(bond),
			origin: Some(proven.origin.clone()),
			closed_at: None,
			forked: false,
		};
		Self::push_header(&chain, &mut client, state_root, true);
		CurrentAuthorities::<T>::insert(chain, &proven.authorities);
		Clients::<T>::insert(chain, client);
		Ok(())
	}

	/// Checks that every authority of a child signed for its registration here.
	fn check_possession(
		child: &ChainId,
		authorities: &Authorities,
		signatures: &[AuthoritySignature],
	) -> DispatchResult {
		ensure!(signatures.len() == authorities.len(), Error::<T>::NoPossession);
		let statement = registration_statement(<Self as Neighbours>::this(), *child);
		let mut pairs = authorities.iter().zip(signatures);
		let all = pairs.all(|(key, signature)| key.verify(&statement, signature));
		ensure!(all, Error::<T>::NoPossession);
		Ok(())
	}

	/// What a genesis proves, if that makes it a child of this chain.
	fn check_genesis(genesis: GenesisProof) -> Result<ProvenGenesis, DispatchError> {
		let mut reader = Reader::<T>::new(genesis.state_root, genesis.nodes)?;
		let code = reader.hash_of(&keys::code())?;
		let list: AuthorityList = reader.required(&keys::grandpa_authorities())?;
		let origin: ChainOrigin = reader.required(&keys::origin())?;
		let issuance: u128 = reader.optional(&keys::total_issuance())?.unwrap_or_default();
		reader.finish()?;
		let authorities = checked_authorities::<T>(list)?;
		ensure!(Some(origin.layer) == Self::layer().child(), Error::<T>::WrongLayer);
		let approved = ApprovedCode::<T>::contains_key((origin.layer, code));
		ensure!(approved, Error::<T>::CodeNotApproved);
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
		(header, proof): (Header, StateProof),
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
