// SPDX-License-Identifier: Apache-2.0
//! What keeps relays that lost a race from paying for it.

use crate::{authorize::refusal, verify::Standing, *};
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::marker::PhantomData;
use frame_support::{
	pallet_prelude::{
		TransactionSource, TransactionValidityError, TypeInfo, ValidTransaction, Weight,
	},
	traits::{IsSubType, OriginTrait},
	CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use sp_runtime::traits::{DispatchInfoOf, Implication, TransactionExtension, ValidateResult};
use terrace_layers::FinalityProof;

/// Refuses finality, evidence and the like that came too late, before it costs its sender anything.
///
/// It makes cheap checks only, and only of calls that are signed as they are; the calls themselves
/// check everything, wrapped or not.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	CloneNoBound,
	EqNoBound,
	PartialEqNoBound,
	DebugNoBound,
	TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct CheckFinality<T>(PhantomData<T>);

impl<T> CheckFinality<T> {
	/// The extension; it has no content.
	pub const fn new() -> Self {
		Self(PhantomData)
	}
}

impl<T> Default for CheckFinality<T> {
	fn default() -> Self {
		Self::new()
	}
}

/// Whether what a call brings is still of use, as far as that is cheap to tell; `None` for calls that
/// relays do not race for.
fn check<T: Config>(call: &Call<T>) -> Option<Result<(), Error<T>>> {
	let finality = |chain, proofs: &[FinalityProof]| {
		let first = proofs.first().ok_or(Error::<T>::EmptyBatch)?;
		Standing::<T>::of(chain)?.check_cheaply(first)
	};
	Some(match call {
		Call::submit_finality { chain, proof } => finality(chain, core::slice::from_ref(&**proof)),
		Call::submit_finality_batch { chain, proofs } => finality(chain, proofs),
		Call::expire { chain } => Pallet::<T>::check_expiry(chain).map(drop),
		Call::apply_recovery {} => Pallet::<T>::check_due().map(drop),
		Call::report_equivocation { chain, set_id, equivocation, .. } => {
			Pallet::<T>::check_unpunished(chain, *set_id, equivocation).map(drop)
		}
		Call::report_fork { chain, .. } => Pallet::<T>::check_unforked(chain).map(drop),
		_ => return None,
	})
}

impl<T> TransactionExtension<T::RuntimeCall> for CheckFinality<T>
where
	T: Config + Send + Sync,
	T::RuntimeCall: IsSubType<Call<T>>,
{
	const IDENTIFIER: &'static str = "CheckFinality";
	type Implicit = ();
	type Val = ();
	type Pre = ();

	fn weight(&self, call: &T::RuntimeCall) -> Weight {
		match call.is_sub_type() {
			// More than the neighbour's record is read.
			Some(Call::report_equivocation { .. } | Call::apply_recovery {}) => {
				T::WeightInfo::check_finality().saturating_mul(3)
			}
			Some(
				Call::submit_finality { .. }
				| Call::submit_finality_batch { .. }
				| Call::expire { .. }
				| Call::report_fork { .. },
			) => T::WeightInfo::check_finality(),
			_ => Weight::zero(),
		}
	}

	fn validate(
		&self,
		origin: T::RuntimeOrigin,
		call: &T::RuntimeCall,
		_: &DispatchInfoOf<T::RuntimeCall>,
		_: usize,
		_: Self::Implicit,
		_: &impl Implication,
		_: TransactionSource,
	) -> ValidateResult<Self::Val, T::RuntimeCall> {
		if origin.as_signer().is_some() {
			let checked = call.is_sub_type().and_then(check::<T>);
			checked.transpose().map_err(refusal)?;
		}
		Ok((ValidTransaction::default(), (), origin))
	}

	fn prepare(
		self,
		_: Self::Val,
		_: &T::RuntimeOrigin,
		_: &T::RuntimeCall,
		_: &DispatchInfoOf<T::RuntimeCall>,
		_: usize,
	) -> Result<Self::Pre, TransactionValidityError> {
		Ok(())
	}
}
