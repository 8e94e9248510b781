// SPDX-License-Identifier: Apache-2.0
//! What governance may do to proof chains: it can make nobody pay.

use crate::{ChainRecord, ChainTerms, Chains, Config, Error, Event, Pallet};
use frame_support::{ensure, traits::Get};
use sp_runtime::{DispatchError, DispatchResult};
use terrace_layers::{ChainId, Window};

impl<T: Config> Pallet<T> {
	/// What proving costs on a proof chain that has just been registered.
	pub(crate) fn first_terms(window_ms: u64) -> ChainTerms {
		let capacity = u64::from(T::ProofBytesPerSecond::get()).saturating_mul(window_ms);
		ChainTerms {
			capacity: capacity.checked_div(1_000).unwrap_or_default(),
			fee_per_byte: T::ProofFeePerByte::get(),
			beneficiary: None,
		}
	}

	pub(crate) fn do_set_chain_terms(id: ChainId, terms: ChainTerms) -> DispatchResult {
		Self::change_chain(id, |chain| {
			chain.terms = terms.clone();
			Ok(())
		})?;
		Self::deposit_event(Event::ChainTermsSet { chain: id, terms });
		Ok(())
	}

	pub(crate) fn do_pass_window(id: ChainId, window: Window) -> DispatchResult {
		let void = Self::change_chain(id, |chain| {
			ensure!(chain.reported == window, Error::<T>::NotNextWindow);
			let void = chain.part.is_none();
			if void {
				let pushed = chain.void.try_push(window);
				pushed.map_err(|_| Error::<T>::TooManyExceptions)?;
			}
			chain.part = None;
			chain.reported = Window(window.0.checked_add(1).ok_or(Error::<T>::Overflow)?);
			chain.applied_at = Self::now_block();
			chain.applied_ms = Self::now_ms();
			Ok(void)
		})?;
		Self::deposit_event(Event::WindowPassed { chain: id, window, void });
		Ok(())
	}

	pub(crate) fn do_forgive_penalties(id: ChainId, from: Window, to: Window) -> DispatchResult {
		ensure!(from <= to, Error::<T>::EmptyRange);
		Self::change_chain(id, |chain| {
			let pushed = chain.forgiven.try_push((from, to));
			pushed.map_err(|_| Error::<T>::TooManyExceptions.into())
		})?;
		Self::deposit_event(Event::PenaltiesForgiven { chain: id, from, to });
		Ok(())
	}

	fn change_chain<R>(
		id: ChainId,
		change: impl FnOnce(&mut ChainRecord) -> Result<R, DispatchError>,
	) -> Result<R, DispatchError> {
		Chains::<T>::try_mutate(id, |slot| {
			change(slot.as_mut().ok_or(Error::<T>::UnknownProofChain)?)
		})
	}
}
