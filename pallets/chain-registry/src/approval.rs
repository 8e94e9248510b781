// SPDX-License-Identifier: Apache-2.0
//! Code that children may start with.

use crate::*;
use frame_support::{ensure, pallet_prelude::*};
use sp_core::H256;
use terrace_layers::Layer;

impl<T: Config> Pallet<T> {
	/// Approves what the genesis names; a genesis with too much of it does not build.
	pub(crate) fn build_approved(approved: &[(Layer, H256)]) {
		assert!(
			approved.len() <= T::MaxApprovedCode::get() as usize,
			"{} hashes of code are more than {}",
			approved.len(),
			T::MaxApprovedCode::get(),
		);
		approved.iter().for_each(|code| ApprovedCode::<T>::insert(code, ()));
	}

	/// Lets children of `layer` start with the code of this hash; what is approved stays so.
	pub fn approve(layer: Layer, hash: H256) -> DispatchResult {
		if ApprovedCode::<T>::contains_key((layer, hash)) {
			return Ok(());
		}
		let room = ApprovedCode::<T>::count() < T::MaxApprovedCode::get();
		ensure!(room, Error::<T>::TooManyApproved);
		ApprovedCode::<T>::insert((layer, hash), ());
		Self::deposit_event(Event::CodeApproved { layer, hash });
		Ok(())
	}

	pub(crate) fn revoke(layer: Layer, hash: H256) -> DispatchResult {
		let code = ApprovedCode::<T>::take((layer, hash));
		ensure!(code.is_some(), Error::<T>::CodeNotApproved);
		Self::deposit_event(Event::CodeRevoked { layer, hash });
		Ok(())
	}
}
