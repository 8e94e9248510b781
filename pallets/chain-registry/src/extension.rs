// SPDX-License-Identifier: Apache-2.0
//! What keeps relays that lost a race from paying for it.

use crate::{authorize::refusal, verify::Standing, *};
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::marker::PhantomData;
use frame_support::{
	pallet_prelude::{
		InvalidTransaction, TransactionSource, TransactionValidityError, TypeInfo,
		ValidTransaction, Weight,
	},
	traits::{IsSubType, OriginTrait},
	CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use sp_runtime::traits::{DispatchInfoOf, Implication, TransactionExtension, ValidateResult};
use terrace_layers::{ChainId, FinalityProof};

/// Refuses finality that came too late, before it costs its sender anything.
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

/// The finality that a call brings, if it does.
fn brought<T: Config>(call: &Call<T>) -> Option<(&ChainId, &[FinalityProof])> {
	match call {
		Call::submit_finality { chain, proof } => Some((chain, core::slice::from_ref(&**proof))),
		Call::submit_finality_batch { chain, proofs } => Some((chain, proofs)),
		_ => None,
	}
}

/// Fails if the first of these proofs cannot be imported now.
fn check<T: Config>(
	chain: &ChainId,
	proofs: &[FinalityProof],
) -> Result<(), TransactionValidityError> {
	let first = proofs.first().ok_or(InvalidTransaction::Call)?;
	Standing::<T>::of(chain).and_then(|now| now.check_cheaply(first)).map_err(refusal)
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
		match call.is_sub_type().and_then(brought) {
			Some(_) => T::WeightInfo::check_finality(),
			None => Weight::zero(),
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
		if let Some((chain, proofs)) = call.is_sub_type().and_then(brought) {
			if origin.as_signer().is_some() {
				check::<T>(chain, proofs)?;
			}
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
