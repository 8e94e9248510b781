// SPDX-License-Identifier: Apache-2.0
//! Measures calls in their worst cases.

use crate::{calls::account_of, *};
use frame_benchmarking::v2::*;
use frame_support::{
	pallet_prelude::BoundedVec,
	traits::{fungible::Mutate, Get},
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_core::sr25519;
use terrace_layers::{AccountId, Balance, Endpoint, Offer};

/// What every account has.
const FUNDS: Balance = 1 << 96;
/// What is added and taken back.
const AMOUNT: Balance = 1 << 64;

/// The longest offer there is, with a key of its own.
fn offer(key: u8) -> Offer {
	let mut endpoint = b"https://provider.example/".to_vec();
	endpoint.resize(Endpoint::bound(), b'a');
	Offer {
		endpoint: BoundedVec::truncate_from(endpoint),
		price: 1 << 40,
		capacity: 1 << 60,
		min_windows: 1,
		max_windows: 100_000,
		operator: sr25519::Public::from_raw([key; 32]),
	}
}

/// A provider with tokens left.
fn provider<T: Config<Currency: Mutate<AccountId>>>() -> AccountId {
	let who: AccountId = whitelisted_caller();
	T::Currency::mint_into(&who, FUNDS).expect("there is less in circulation than fits");
	let collateral = T::MinCollateral::get().saturating_add(AMOUNT);
	Pallet::<T>::do_register(who.clone(), offer(1), collateral).expect("it has the tokens");
	who
}

fn change<T: Config>(who: &AccountId, change: impl FnOnce(&mut ProviderRecord)) {
	Providers::<T>::mutate_extant(who, change);
}

#[benchmarks(where T: Config<Currency: Mutate<AccountId>>)]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register() {
		let who: AccountId = whitelisted_caller();
		T::Currency::mint_into(&who, FUNDS).expect("there is less in circulation than fits");
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), offer(1), AMOUNT);
		assert_eq!(Pallet::<T>::held(&who), AMOUNT);
	}

	#[benchmark]
	fn set_offer() {
		let who = provider::<T>();
		let new = offer(2);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), new.clone());
		assert_eq!(Operators::<T>::get(account_of(&new.operator)), Some(who));
	}

	#[benchmark]
	fn set_accepting() {
		let who = provider::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), false);
		assert!(Providers::<T>::get(&who).is_some_and(|record| !record.accepting));
	}

	/// Ends a probation.
	#[benchmark]
	fn add_collateral() {
		let who = provider::<T>();
		let held = Pallet::<T>::held(&who);
		change::<T>(&who, |record| {
			record.required = held.saturating_add(AMOUNT);
			record.probation_since = Some(0);
		});
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), AMOUNT);
		assert!(Providers::<T>::get(&who).is_some_and(|record| record.probation_since.is_none()));
	}

	#[benchmark]
	fn withdraw_collateral() {
		let who = provider::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), AMOUNT);
		assert_eq!(Pallet::<T>::held(&who), T::MinCollateral::get());
	}

	#[benchmark]
	fn leave() {
		let who = provider::<T>();
		let over: BlockNumberFor<T> = T::ExitCooldown::get().saturating_add(1).into();
		frame_system::Pallet::<T>::set_block_number(over);
		change::<T>(&who, |record| record.released_at = Some(0));
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));
		assert!(!Providers::<T>::contains_key(&who));
	}

	#[benchmark]
	fn set_payee() {
		let who = provider::<T>();
		let payee: AccountId = account("payee", 0, 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), Some(payee.clone()));
		assert!(Providers::<T>::get(&who).is_some_and(|record| record.payee == Some(payee)));
	}

	#[benchmark]
	fn announce_exit() {
		let who = provider::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));
		assert!(Providers::<T>::get(&who).is_some_and(|record| record.exiting_since.is_some()));
	}

	#[benchmark]
	fn cancel_exit() {
		let who = provider::<T>();
		change::<T>(&who, |record| record.exiting_since = Some(0));
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));
		assert!(Providers::<T>::get(&who).is_some_and(|record| record.exiting_since.is_none()));
	}

	impl_benchmark_test_suite!(Pallet, sp_io::TestExternalities::default(), crate::mock::Test);
}
