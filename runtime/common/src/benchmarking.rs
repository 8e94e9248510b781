// SPDX-License-Identifier: Apache-2.0
//! What benchmarks of our pallets need of the pallets around them.

use alloc::vec::Vec;
use codec::Encode;
use core::marker::PhantomData;
use frame_support::WeakBoundedVec;
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_chain_registry::{Best, Children, Client, Clients, Headers, Parent, ProvenHeader};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use terrace_layers::{views::NeighbourStatus, Authorities, ChainId, Layer, Origin, Relation};

/// Writes neighbours into the registry of a runtime.
pub struct Links<R>(PhantomData<R>);

impl<R: pallet_chain_registry::Config> Links<R> {
	/// Registers an active neighbour that says this of itself.
	pub fn register(relation: Relation, index: u32, origin: Option<Origin>) -> ChainId {
		let chain = ChainId(H256((relation, index).using_encoded(blake2_256)));
		let layer = origin.as_ref().map_or(Layer::Proof, |origin| origin.layer);
		let client = Client {
			relation,
			layer,
			status: NeighbourStatus::Active,
			best: Best { number: 1, hash: H256::repeat_byte(1) },
			loose: false,
			set_id: 0,
			last_progress_at: 0,
			incarnation: 0,
			bond: None,
			origin,
			closed_at: None,
			forked: false,
		};
		Clients::<R>::insert(chain, client);
		match relation {
			Relation::Parent => Parent::<R>::put(chain),
			Relation::Child => Children::<R>::mutate(|children| {
				children.try_push(chain).expect("benchmarks make no more than fit")
			}),
		}
		chain
	}
}

impl<R: pallet_chain_registry::Config> pallet_cross_layer::BenchmarkHelper for Links<R> {
	fn begin(layer: Layer) {
		let origin = Origin { layer, window_ms: 0, parent: None };
		pallet_chain_registry::Origin::<R>::put(origin);
		Children::<R>::kill();
		Parent::<R>::kill();
		frame_system::BlockHash::<R>::insert(BlockNumberFor::<R>::default(), H256::repeat_byte(2));
	}

	fn neighbour(relation: Relation, index: u32) -> ChainId {
		Self::register(relation, index, None)
	}

	fn set_state_root(chain: &ChainId, number: u32, state_root: H256) {
		let hash = H256::repeat_byte(3);
		Headers::<R>::insert(chain, number, ProvenHeader { hash, state_root });
	}

	fn close(chain: &ChainId) {
		Clients::<R>::mutate_extant(chain, |client| client.status = NeighbourStatus::Closed);
	}
}

impl<R> pallet_chain_registry::BenchmarkHelper for Links<R>
where
	R: pallet_chain_registry::Config + pallet_grandpa::Config,
{
	fn set_authorities(authorities: &Authorities) {
		let list: Vec<_> = authorities.iter().map(|key| (key.clone(), 1)).collect();
		pallet_grandpa::Authorities::<R>::put(WeakBoundedVec::force_from(list, None));
	}
}
