// SPDX-License-Identifier: Apache-2.0
//! Configuration of the pallets that join a chain with its neighbours, written once.

/// The configuration of ChainRegistry and CrossLayer.
///
/// Takes whether relayed calls need no account, who administers links, the least bond of a child, who
/// gets slashed bonds, who is told of neighbours, where new randomness comes from, and who applies
/// storage messages.
#[macro_export]
macro_rules! configure_links {
	(
		accountless: $accountless:expr,
		admin: $admin:ty,
		min_bond: $min_bond:ty,
		on_slash: $on_slash:ty,
		on_neighbour: $on_neighbour:ty,
		new_beacon: $new_beacon:ty,
		on_message: $on_message:ty $(,)?
	) => {
		frame_support::parameter_types! {
			/// Account that holds the tokens locked for children.
			pub const LockedTokens: frame_support::PalletId = frame_support::PalletId(*b"terr/lck");
			/// Part of a bond that one equivocation of an authority costs.
			pub const EquivocationSlash: sp_runtime::Perbill = sp_runtime::Perbill::from_percent(10);
			/// Part of a bond that a fork costs.
			pub const ForkSlash: sp_runtime::Perbill = sp_runtime::Perbill::one();
			/// Part of a slash that its reporter gets.
			pub const ReporterShare: sp_runtime::Perbill = sp_runtime::Perbill::from_percent(10);
			/// Weight of relayed calls that are free in one block.
			pub FreePerBlock: frame_support::weights::Weight =
				$crate::constants::FREE_PER_BLOCK * $crate::constants::MAX_BLOCK_WEIGHT;
			/// Part of it that one neighbour can use.
			pub FreePerChain: frame_support::weights::Weight =
				$crate::constants::FREE_PER_CHAIN * $crate::constants::MAX_BLOCK_WEIGHT;
		}

		/// The authorities that finalise this chain now.
		pub struct OwnAuthorities;
		impl frame_support::traits::Get<terrace_layers::Authorities> for OwnAuthorities {
			fn get() -> terrace_layers::Authorities {
				let list = Grandpa::grandpa_authorities();
				terrace_layers::Authorities::truncate_from(
					list.into_iter().map(|(key, _)| key).collect(),
				)
			}
		}

		impl pallet_chain_registry::Config for Runtime {
			type Accountless = frame_support::traits::ConstBool<{ $accountless }>;
			type AdminOrigin = $admin;
			type Backing = CrossLayer;
			type Currency = Balances;
			type EquivocationSlash = EquivocationSlash;
			type EvidenceWindow =
				frame_support::traits::ConstU32<{ $crate::constants::EVIDENCE_WINDOW }>;
			type ForkSlash = ForkSlash;
			type FreeInterval = frame_support::traits::ConstU32<10>;
			type FreePerBlock = FreePerBlock;
			type FreePerChain = FreePerChain;
			type HeadersToKeep = frame_support::traits::ConstU32<64>;
			type MaxApprovedCode = frame_support::traits::ConstU32<16>;
			type MaxEvidence = frame_support::traits::ConstU32<128>;
			type MaxPastSets = frame_support::traits::ConstU32<16_384>;
			type MaxStaleness =
				frame_support::traits::ConstU32<{ $crate::constants::MAX_STALENESS }>;
			type MinBond = $min_bond;
			type OnNeighbour = $on_neighbour;
			type OnSlash = $on_slash;
			type OwnAuthorities = OwnAuthorities;
			type RecoveryDelay = $crate::timing::RecoveryDelayOf<Runtime>;
			type RegisterOrigin = frame_system::EnsureSigned<AccountId>;
			type ReporterShare = ReporterShare;
			type RuntimeHoldReason = RuntimeHoldReason;
			type WeightInfo = pallet_chain_registry::weights::SubstrateWeight<Runtime>;
			#[cfg(feature = "runtime-benchmarks")]
			type BenchmarkHelper = $crate::benchmarking::Links<Runtime>;
		}

		impl pallet_cross_layer::Config for Runtime {
			type Accountless = frame_support::traits::ConstBool<{ $accountless }>;
			type AdminOrigin = $admin;
			type Currency = Balances;
			type MaxDeadLetters = frame_support::traits::ConstU32<256>;
			type MinTransfer =
				frame_support::traits::ConstU128<{ 2 * $crate::constants::EXISTENTIAL_DEPOSIT }>;
			type NewBeacon = $new_beacon;
			type OnMessage = $on_message;
			type PalletId = LockedTokens;
			type Registry = ChainRegistry;
			type ReleaseLimit = $crate::timing::ReleaseLimitOf<Runtime>;
			type WeightInfo = pallet_cross_layer::weights::SubstrateWeight<Runtime>;
			#[cfg(feature = "runtime-benchmarks")]
			type BenchmarkHelper = $crate::benchmarking::Links<Runtime>;
		}
	};
}
