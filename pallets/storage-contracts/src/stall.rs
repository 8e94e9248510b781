// SPDX-License-Identifier: Apache-2.0
//! Proof chains that report no more.
//!
//! A late report is nobody's fault and moves nobody's money: a stalled proof chain takes no new
//! contracts until it reports again, and after a long stall contracts may leave it.

use crate::{ActiveContract, ChainRecord, Chains, Config, Error, Event, Legs, Pallet, Stalled};
use frame_support::ensure;
use sp_runtime::{DispatchError, DispatchResult};
use terrace_layers::{ChainId, Window};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_flag_stalled(id: ChainId) -> DispatchResult {
		let since = Chains::<T>::try_mutate(id, |slot| {
			let chain = slot.as_mut().ok_or(Error::<T>::UnknownProofChain)?;
			ensure!(chain.stalled.is_none(), Error::<T>::ProofChainStalled);
			ensure!(chain.is_overdue(Self::now_ms()), Error::<T>::NotStalled);
			chain.stalled = Some(Stalled { at: Self::now_block(), ms: Self::now_ms() });
			Ok::<_, Error<T>>(chain.seen_at)
		})?;
		Self::deposit_event(Event::ProofChainStalled { chain: id, since });
		Ok(())
	}

	/// Completes, as they stand, reports that proof chains left half applied when they stalled for
	/// long: otherwise the legs that end there would stay open for ever. Says whether there was one.
	pub(crate) fn finish_stalled(active: &ActiveContract) -> Result<bool, DispatchError> {
		let mut finished = false;
		for leg in active.legs.iter().filter_map(Legs::<T>::get) {
			let mut chain = Self::chain_of(&leg)?;
			if chain.part.is_none() || !Self::has_stalled_long(&chain) {
				continue;
			}
			let window = chain.reported;
			chain.part = None;
			chain.reported = Window(window.0.checked_add(1).ok_or(Error::<T>::Overflow)?);
			let id = leg.proof_chain;
			Chains::<T>::insert(id, chain);
			Self::deposit_event(Event::WindowPassed { chain: id, window, void: false });
			finished = true;
		}
		Ok(finished)
	}

	/// Notes a sign of life.
	pub(crate) fn heard_of(chain: &mut ChainRecord) {
		chain.seen_at = Self::now_block();
		chain.seen_ms = Self::now_ms();
	}

	/// Notes a complete report: whatever was late has come.
	pub(crate) fn resume(id: ChainId, chain: &mut ChainRecord) {
		if chain.stalled.take().is_some() {
			Self::deposit_event(Event::ProofChainResumed { chain: id });
		}
	}
}
