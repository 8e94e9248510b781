// SPDX-License-Identifier: Apache-2.0
//! Which headers of a neighbour are kept.
//!
//! Every import keeps its header, and the ring forgets the oldest one when it is full. A header that
//! neither hands over nor lies `FreeInterval` above the one kept before it is loose: the next import
//! takes its place. So the ring always spans `HeadersToKeep` such intervals or hand-overs, however many
//! headers in between somebody pays for.

use crate::*;
use frame_support::traits::Get;
use sp_core::H256;
use terrace_layers::ChainId;

impl<T: Config> Pallet<T> {
	/// Keeps a client's best header.
	pub(crate) fn push_header(
		chain: &ChainId,
		client: &mut ClientOf<T>,
		state_root: H256,
		mandatory: bool,
	) {
		let Best { number, hash } = client.best;
		HeaderRing::<T>::mutate(chain, |ring| {
			if client.loose {
				ring.pop().into_iter().for_each(|loose| Headers::<T>::remove(chain, loose));
			}
			let above = ring.last().map(|last| number.saturating_sub(*last));
			client.loose = !mandatory && above.is_some_and(|above| above < T::FreeInterval::get());
			if ring.is_full() {
				Headers::<T>::remove(chain, ring.remove(0));
			}
			if ring.try_push(number).is_ok() {
				Headers::<T>::insert(chain, number, ProvenHeader { hash, state_root });
			}
		});
	}

	/// Forgets all headers of a neighbour.
	pub(crate) fn clear_headers(chain: &ChainId) {
		let ring = HeaderRing::<T>::take(chain);
		ring.iter().for_each(|number| Headers::<T>::remove(chain, number));
	}
}
