// SPDX-License-Identifier: Apache-2.0
//! Configuration of the pallets that make a contract chain.

use crate::*;
use frame_support::{
	parameter_types,
	traits::{tokens::imbalance::ResolveTo, ConstU128, ConstU32, ConstU64, ConstU8, Get},
	PalletId,
};
use sp_runtime::{traits::AccountIdConversion, FixedPointNumber};
use terrace_runtime_common::constants::{DAYS, MILLIUNIT, MINUTES, SLOT_MS, UNIT};

parameter_types! {
	/// Account that holds the escrow of accepted contracts.
	pub const ContractPot: PalletId = PalletId(*b"terr/pot");
	/// Account that the public's share of penalties goes to.
	pub Treasury: AccountId = PalletId(*b"terr/tre").into_account_truncating();
	/// Blocks in which a report can be appealed against; set at genesis.
	pub AppealPeriod: BlockNumber = Timing::appeal_blocks();
}

/// Whether transactions cost more than twice as much as in a quiet hour.
pub struct FeesAreHigh;

impl Get<bool> for FeesAreHigh {
	fn get() -> bool {
		TransactionPayment::next_fee_multiplier()
			> pallet_transaction_payment::Multiplier::saturating_from_integer(2)
	}
}

terrace_runtime_common::configure_links! {
	accountless: true,
	admin: frame_system::EnsureRoot<AccountId>,
	min_bond: ConstU128<{ 100 * UNIT }>,
	on_slash: ResolveTo<Treasury, Balances>,
	on_neighbour: (CrossLayer, StorageContracts),
	new_beacon: (),
	on_message: Admin,
}

impl terrace_runtime_common::admin::Config for Runtime {
	type Next = StorageContracts;
	type Trace = CrossLayer;
}

impl pallet_storage_providers::Config for Runtime {
	type Currency = Balances;
	type ExitCooldown = AppealPeriod;
	type MinCollateral = ConstU128<{ UNIT }>;
	type ProbationPeriod = ConstU32<{ 7 * DAYS }>;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WeightInfo = pallet_storage_providers::weights::SubstrateWeight<Runtime>;
}

impl pallet_storage_contracts::Config for Runtime {
	type AdminOrigin = frame_system::EnsureRoot<AccountId>;
	type AppealPeriod = AppealPeriod;
	type AuditDeposit = ConstU128<{ 10 * MILLIUNIT }>;
	type AuditPeriod = ConstU32<DAYS>;
	type Challenges = ConstU8<1>;
	type CollateralWindows = ConstU32<12>;
	type Congested = FeesAreHigh;
	type Currency = Balances;
	type DailyPenaltyPercent = ConstU8<10>;
	type EndGrid = ConstU32<1>;
	type FaultsToEnd = ConstU32<3>;
	type MaxEdges = ConstU32<512>;
	type MaxOutages = ConstU32<256>;
	type MaxPending = ConstU32<256>;
	type MaxProposalsOfClient = ConstU32<256>;
	type MaxProposalsToProvider = ConstU32<1_024>;
	type MaxSteps = ConstU32<64>;
	type MaxStreams = ConstU32<4_096>;
	type NoticeWindows = ConstU32<6>;
	type Now = Timestamp;
	type OutagesToEnd = ConstU32<12>;
	type Outbound = CrossLayer;
	type PalletId = ContractPot;
	type PenaltyWindows = ConstU32<2>;
	type ProofBytesPerSecond =
		ConstU32<{ terrace_runtime_common::constants::PROOF_BYTES_PER_SECOND }>;
	type ProofFeePerByte = ConstU128<{ UNIT / 1_000_000_000 }>;
	type ProposalLifetime = ConstU32<{ 30 * MINUTES }>;
	type Providers = StorageProviders;
	type Registry = ChainRegistry;
	type RuntimeHoldReason = RuntimeHoldReason;
	type StallExitMs = ConstU64<{ 7 * DAYS as u64 * SLOT_MS }>;
	type Treasury = Treasury;
	type WeightInfo = pallet_storage_contracts::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::Market;
}
