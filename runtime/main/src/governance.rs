// SPDX-License-Identifier: Apache-2.0
//! Configuration of what people decide with: proposals, votes, committee, treasury.

use crate::*;
use frame_support::{
	parameter_types,
	traits::{
		fungible::{Credit, HoldConsideration},
		tokens::{imbalance::ResolveTo, pay::PayFromAccount, UnityAssetBalanceConversion},
		ConstU128, ConstU32, EitherOf, EqualPrivilegeOnly, Get, Imbalance, LinearStoragePrice,
		MapSuccess, OnUnbalanced,
	},
	weights::Weight,
	PalletId,
};
use frame_system::{EnsureRoot, EnsureRootWithSuccess};
use origins::{EnsureGeneralAdmin, EnsureGeneralTrack, EnsureWhitelistedCaller};
use sp_runtime::{traits::IdentityLookup, Perbill, Permill};
use terrace_runtime_common::{
	constants::{DAYS, MAX_BLOCK_WEIGHT, MILLIUNIT, UNIT},
	FeesToAuthors,
};

pub use origins::EnsureChainAdmin;

parameter_types! {
	/// Deposit for keeping a proposal on chain.
	pub const PreimageHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
	/// Weight that scheduled calls may take of a block.
	pub MaxScheduledWeight: Weight = Perbill::from_percent(80) * MAX_BLOCK_WEIGHT;
	/// Weight of a call that the committee proposes.
	pub MaxProposalWeight: Weight = Perbill::from_percent(50) * MAX_BLOCK_WEIGHT;
	/// Blocks after which a referendum that nobody wants to decide may be dropped.
	pub UndecidingTimeout: BlockNumber = Timing::pace().pick(14 * DAYS, 100);
	/// Blocks for which one step of conviction locks tokens.
	pub VoteLockingPeriod: BlockNumber = Timing::pace().pick(7 * DAYS, 10);
	/// Blocks in which the committee decides.
	pub MotionDuration: BlockNumber = Timing::pace().pick(7 * DAYS, 30);
	/// Blocks for which a vote on a call waits for the committee to put it on the whitelist.
	pub WhitelistWait: BlockNumber = Timing::pace().pick(14 * DAYS, 60);
	/// Account of the treasury: the same on every layer.
	pub const TreasuryPalletId: PalletId = PalletId(*b"terr/tre");
	/// Blocks between payments out of the treasury.
	pub SpendPeriod: BlockNumber = Timing::pace().pick(6 * DAYS, 10);
	/// Blocks in which an approved payment can be collected.
	pub PayoutPeriod: BlockNumber = Timing::pace().pick(30 * DAYS, 100);
	/// What is left unspent stays.
	pub const NoBurn: Permill = Permill::zero();
	/// What root may spend at once.
	pub const NoLimit: Balance = Balance::MAX;
}

impl pallet_preimage::Config for Runtime {
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		PreimageHoldReason,
		LinearStoragePrice<ConstU128<{ 100 * MILLIUNIT }>, ConstU128<{ MILLIUNIT / 10 }>, Balance>,
	>;
	type Currency = Balances;
	type ManagerOrigin = EnsureRoot<AccountId>;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_preimage::weights::SubstrateWeight<Runtime>;
}

impl pallet_scheduler::Config for Runtime {
	type BlockNumberProvider = System;
	type MaxScheduledPerBlock = ConstU32<50>;
	type MaximumWeight = MaxScheduledWeight;
	type OriginPrivilegeCmp = EqualPrivilegeOnly;
	type PalletsOrigin = OriginCaller;
	type Preimages = Preimage;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	type ScheduleOrigin = EnsureRoot<AccountId>;
	type WeightInfo = pallet_scheduler::weights::SubstrateWeight<Runtime>;
}

impl pallet_referenda::Config for Runtime {
	type AlarmInterval = ConstU32<1>;
	type BlockNumberProvider = System;
	type CancelOrigin = EnsureGeneralAdmin;
	type Currency = Balances;
	type KillOrigin = EnsureRoot<AccountId>;
	type MaxQueued = ConstU32<100>;
	type Preimages = Preimage;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type Scheduler = Scheduler;
	type Slash = Treasury;
	type SubmissionDeposit = dynamic_params::votes::SubmissionDeposit;
	type SubmitOrigin = frame_system::EnsureSigned<AccountId>;
	type Tally = pallet_conviction_voting::TallyOf<Runtime>;
	type Tracks = tracks::Tracks;
	type UndecidingTimeout = UndecidingTimeout;
	type Votes = Balance;
	type WeightInfo = pallet_referenda::weights::SubstrateWeight<Runtime>;
}

impl pallet_conviction_voting::Config for Runtime {
	type BlockNumberProvider = System;
	type Currency = Balances;
	type MaxTurnout =
		frame_support::traits::tokens::currency::ActiveIssuanceOf<Balances, AccountId>;
	type MaxVotes = ConstU32<512>;
	type Polls = Referenda;
	type RuntimeEvent = RuntimeEvent;
	type VoteLockingPeriod = VoteLockingPeriod;
	type VotingHooks = ();
	type WeightInfo = pallet_conviction_voting::weights::SubstrateWeight<Runtime>;
}

/// The technical committee: it can only make a vote faster, never replace it.
type Committee = pallet_collective::Instance1;

impl pallet_collective::Config<Committee> for Runtime {
	type Consideration = ();
	type DefaultVote = pallet_collective::MoreThanMajorityThenPrimeDefaultVote;
	type DisapproveOrigin = EnsureGeneralAdmin;
	type KillOrigin = EnsureGeneralAdmin;
	type MaxMembers = ConstU32<32>;
	type MaxProposalWeight = MaxProposalWeight;
	type MaxProposals = ConstU32<32>;
	type MotionDuration = MotionDuration;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	type SetMembersOrigin = EnsureGeneralAdmin;
	type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
}

impl pallet_whitelist::Config for Runtime {
	type BlockNumberProvider = System;
	type DeferredDispatchExpiration = WhitelistWait;
	type DispatchWhitelistedOrigin = EnsureWhitelistedCaller;
	type Preimages = Preimage;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_whitelist::weights::SubstrateWeight<Runtime>;
	type WhitelistOrigin = EitherOf<
		EnsureRoot<AccountId>,
		pallet_collective::EnsureProportionAtLeast<AccountId, Committee, 2, 3>,
	>;
}

impl pallet_treasury::Config for Runtime {
	type AssetKind = ();
	type BalanceConverter = UnityAssetBalanceConversion;
	type Beneficiary = AccountId;
	type BeneficiaryLookup = IdentityLookup<AccountId>;
	type BlockNumberProvider = System;
	type Burn = NoBurn;
	type BurnDestination = ();
	type Currency = Balances;
	type MaxApprovals = ConstU32<100>;
	type PalletId = TreasuryPalletId;
	type Paymaster = PayFromAccount<Balances, pallet_treasury::TreasuryAccountId<Runtime>>;
	type PayoutPeriod = PayoutPeriod;
	type RejectOrigin = EnsureGeneralAdmin;
	type RuntimeEvent = RuntimeEvent;
	type SpendFunds = ();
	type SpendOrigin = EitherOf<
		EnsureRootWithSuccess<AccountId, NoLimit>,
		MapSuccess<EnsureGeneralTrack, sp_runtime::traits::Replace<ConstU128<{ 10_000 * UNIT }>>>,
	>;
	type SpendPeriod = SpendPeriod;
	type WeightInfo = pallet_treasury::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::TreasuryArguments;
}

impl origins::Config for Runtime {}

/// Divides fees between the treasury and authors; tips are the author's alone.
pub struct ShareFees;

impl OnUnbalanced<Credit<AccountId, Balances>> for ShareFees {
	fn on_unbalanceds(mut parts: impl Iterator<Item = Credit<AccountId, Balances>>) {
		if let Some(fee) = parts.next() {
			Self::on_nonzero_unbalanced(fee);
		}
		parts.for_each(FeesToAuthors::<Runtime>::on_unbalanced);
	}

	fn on_nonzero_unbalanced(fee: Credit<AccountId, Balances>) {
		let share = dynamic_params::fees::TreasuryShare::get() * fee.peek();
		let (treasury, authors) = fee.split(share);
		ResolveTo::<pallet_treasury::TreasuryAccountId<Runtime>, Balances>::on_unbalanced(treasury);
		FeesToAuthors::<Runtime>::on_unbalanced(authors);
	}
}
