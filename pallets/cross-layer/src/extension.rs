// SPDX-License-Identifier: Apache-2.0
//! What keeps relays that lost a race from paying for it.

use crate::{Call, Config, Pallet, Relayed, WeightInfo};
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

/// Refuses relay calls that came too late, before they cost their sender anything.
///
/// It makes cheap checks only, and only of calls that are signed as they are; the calls themselves
/// check everything, wrapped or not. It gives no tags: nothing here is verified, so that a forged call
/// could keep an honest one out of the pool.
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
pub struct CheckRelay<T>(PhantomData<T>);

impl<T> CheckRelay<T> {
	/// The extension; it has no content.
	pub const fn new() -> Self {
		Self(PhantomData)
	}
}

impl<T> Default for CheckRelay<T> {
	fn default() -> Self {
		Self::new()
	}
}

/// The relay call in a call, if it is one.
fn relayed<T: Config>(call: &Call<T>) -> Option<Relayed<'_>> {
	let Call::relay { chain, lane, finality, at, proof, first, messages, tail, max_weight } = call
	else {
		return None;
	};
	Some(Relayed {
		chain: *chain,
		lane: *lane,
		finality: finality.as_deref(),
		at: *at,
		proof,
		first: *first,
		messages,
		tail,
		max_weight: *max_weight,
	})
}

impl<T> TransactionExtension<T::RuntimeCall> for CheckRelay<T>
where
	T: Config + Send + Sync,
	T::RuntimeCall: IsSubType<Call<T>>,
{
	const IDENTIFIER: &'static str = "CheckRelay";
	type Implicit = ();
	type Val = ();
	type Pre = ();

	fn weight(&self, call: &T::RuntimeCall) -> Weight {
		match call.is_sub_type() {
			Some(Call::relay { .. }) => T::WeightInfo::check_cheaply(),
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
		if let Some(call) = call.is_sub_type().and_then(relayed) {
			if origin.as_signer().is_some() {
				Pallet::<T>::check_cheaply(&call)?;
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
