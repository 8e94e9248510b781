// SPDX-License-Identifier: Apache-2.0
//! Calls that the parent's governance has dispatched here: the only root that a child has.

pub use pallet::*;

use codec::DecodeLimit;
use frame_support::{dispatch::GetDispatchInfo, ensure, traits::Get, weights::Weight};
use frame_system::RawOrigin;
use sp_runtime::{
	traits::{Dispatchable, Hash},
	DispatchResult,
};
use terrace_layers::{ChainId, Message, OnMessage, Relation, Trace};

/// Deepest nesting of a call that is decoded.
pub const MAX_DEPTH: u32 = 32;

/// Dispatches the parent's calls as root; every other message goes on.
#[frame_support::pallet]
pub mod pallet {
	use frame_support::pallet_prelude::*;
	use sp_core::H256;
	use terrace_layers::{OnMessage, Trace};

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// What the runtime provides.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Applies the messages that are not for this pallet.
		type Next: OnMessage;
		/// Names the message that is applied.
		type Trace: Trace;
	}

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A call of the parent was to be dispatched as root.
		Dispatched {
			/// Hash of the call.
			call: T::Hash,
			/// Name of the message that brought it.
			trace: Option<H256>,
			/// What came of it; a call that failed has changed nothing.
			result: DispatchResult,
		},
	}

	/// Why a call was not dispatched.
	#[pallet::error]
	pub enum Error<T> {
		/// Only the parent's calls are dispatched.
		NotFromParent,
		/// It is encoded for another version of the runtime, in which the same bytes may mean something
		/// else.
		OtherVersion,
		/// The bytes are no call of this runtime.
		Undecodable,
		/// The call may take more of a block than a message may; split it.
		TooHeavy,
	}
}

impl<T: Config> Pallet<T> {
	fn decode(call: &[u8]) -> Option<T::RuntimeCall> {
		T::RuntimeCall::decode_all_with_depth_limit(MAX_DEPTH, &mut &*call).ok()
	}

	/// Weight of the call itself; `None` if it is more than a message may take.
	fn weight_of(call: &T::RuntimeCall) -> Option<Weight> {
		let weight = call.get_dispatch_info().call_weight;
		weight.all_lte(crate::constants::MAX_ADMIN_WEIGHT).then_some(weight)
	}

	/// Decoding, the event, and what else comes with every call.
	fn weight_around(call: &[u8]) -> Weight {
		const CALL: u64 = 100_000_000;
		const BYTE: u64 = 20_000;
		let bytes = u64::try_from(call.len()).unwrap_or(u64::MAX);
		Weight::from_parts(CALL.saturating_add(BYTE.saturating_mul(bytes)), 4_096)
			.saturating_add(T::DbWeight::get().reads_writes(2, 2))
	}

	fn is_for_this_version(spec_version: u32) -> bool {
		spec_version == <T as frame_system::Config>::Version::get().spec_version
	}

	fn dispatch(spec_version: u32, encoded: &[u8]) -> DispatchResult {
		ensure!(Self::is_for_this_version(spec_version), Error::<T>::OtherVersion);
		let call = Self::decode(encoded).ok_or(Error::<T>::Undecodable)?;
		ensure!(Self::weight_of(&call).is_some(), Error::<T>::TooHeavy);
		call.dispatch(RawOrigin::Root.into()).map(drop).map_err(|failed| failed.error)
	}
}

impl<T: Config> OnMessage for Pallet<T> {
	fn weight(message: &Message) -> Weight {
		let Message::Admin { spec_version, call } = message else {
			return T::Next::weight(message);
		};
		let known = Self::is_for_this_version(*spec_version).then(|| Self::decode(call)).flatten();
		let inner = known.and_then(|call| Self::weight_of(&call));
		Self::weight_around(call).saturating_add(inner.unwrap_or_default())
	}

	fn on_message(source: ChainId, relation: Relation, message: Message) -> DispatchResult {
		match message {
			Message::Admin { spec_version, call } => {
				ensure!(relation == Relation::Parent, Error::<T>::NotFromParent);
				// Its failure is told and no more: a letter kept could be dispatched long after anyone
				// wants it.
				let result = Self::dispatch(spec_version, &call);
				let (call, trace) = (T::Hashing::hash(&call), T::Trace::current());
				Self::deposit_event(Event::Dispatched { call, trace, result });
				Ok(())
			}
			other => T::Next::on_message(source, relation, other),
		}
	}
}

#[cfg(test)]
mod tests;
