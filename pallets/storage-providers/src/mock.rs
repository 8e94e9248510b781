// SPDX-License-Identifier: Apache-2.0
//! A runtime with nothing but providers and the token.

use crate as pallet_storage_providers;
use crate::{Pallet, ProviderRecord};
use frame_support::{
	construct_runtime, derive_impl,
	traits::{ConstU128, ConstU32, VariantCountOf},
	weights::constants::ParityDbWeight,
};
use sp_core::sr25519;
use sp_runtime::{traits::IdentityLookup, BuildStorage};
use terrace_layers::{AccountId, Balance, Offer};

type Block = frame_system::mocking::MockBlockU32<Test>;

pub const UNIT: Balance = 1_000_000_000_000;
pub const MIN_COLLATERAL: Balance = 100 * UNIT;
pub const FUNDS: Balance = 1_000 * UNIT;

pub const ALICE: AccountId = AccountId::new([1; 32]);
pub const BOB: AccountId = AccountId::new([2; 32]);
pub const STRANGER: AccountId = AccountId::new([9; 32]);

construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		StorageProviders: pallet_storage_providers,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
	type DbWeight = ParityDbWeight;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<1_000_000_000>;
	type AccountStore = System;
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
}

impl crate::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type MinCollateral = ConstU128<MIN_COLLATERAL>;
	type ProbationPeriod = ConstU32<PROBATION>;
	type ExitCooldown = ConstU32<COOLDOWN>;
	type WeightInfo = crate::weights::SubstrateWeight<Test>;
}

/// The offer with another key.
pub fn offer_with(key: u8) -> Offer {
	Offer { operator: sr25519::Public::from_raw([key; 32]), ..offer() }
}

/// Blocks to make up for missing collateral.
pub const PROBATION: u32 = 20;
/// Blocks between the last contract and leaving.
pub const COOLDOWN: u32 = 10;

/// An offer that is accepted as it is.
pub fn offer() -> Offer {
	Offer {
		endpoint: b"http://127.0.0.1:9000".to_vec().try_into().expect("short"),
		price: UNIT,
		capacity: 1_000,
		min_windows: 3,
		max_windows: 30,
		operator: sr25519::Public::from_raw([7; 32]),
	}
}

/// Builds the state a test starts from.
#[derive(Default)]
pub struct TestExt {
	registered: Vec<(AccountId, Balance)>,
}

impl TestExt {
	pub fn new() -> Self {
		Self::default()
	}

	/// Registers `who` with [`offer`] and `collateral`.
	pub fn provider(mut self, who: AccountId, collateral: Balance) -> Self {
		self.registered.push((who, collateral));
		self
	}

	/// Runs `test` and then checks every invariant.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		let mut storage = frame_system::GenesisConfig::<Test>::default()
			.build_storage()
			.expect("system genesis is valid");
		pallet_balances::GenesisConfig::<Test> {
			balances: vec![(ALICE, FUNDS), (BOB, FUNDS)],
			..Default::default()
		}
		.assimilate_storage(&mut storage)
		.expect("balances genesis is valid");
		sp_io::TestExternalities::new(storage).execute_with(|| {
			System::set_block_number(1);
			for (key, (who, collateral)) in (7..).zip(self.registered) {
				let offer = offer_with(key);
				StorageProviders::register(RuntimeOrigin::signed(who), offer, collateral)
					.expect("the offer is valid and the account endowed");
			}
			test();
			Pallet::<Test>::do_try_state().expect("invariants hold");
		});
	}
}

/// The record of `who`.
pub fn record(who: &AccountId) -> ProviderRecord {
	crate::Providers::<Test>::get(who).expect("registered")
}

/// Collateral that `who` holds.
pub fn held(who: &AccountId) -> Balance {
	Pallet::<Test>::held(who)
}

/// Tokens of `who` that are free.
pub fn free(who: &AccountId) -> Balance {
	Balances::free_balance(who)
}
