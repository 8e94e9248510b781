// SPDX-License-Identifier: Apache-2.0
//! Configuration of the pallets that every layer has, written once.

/// Opaque session keys and the configuration of System, Timestamp, Babe, Grandpa, Authorship,
/// Session, CollatorSelection, Balances, TransactionPayment, Utility and Timing.
///
/// Takes the runtime's `BaseCallFilter` and `BlockHashCount`, and who gets the fees.
#[macro_export]
macro_rules! configure_common_pallets {
	(call_filter: $filter:ty, block_hash_count: $hashes:expr, fees: $fees:ty $(,)?) => {
		sp_runtime::impl_opaque_keys! {
			/// Keys an author signs blocks and votes with.
			pub struct SessionKeys {
				/// Block production.
				pub babe: Babe,
				/// Finality.
				pub grandpa: Grandpa,
			}
		}

		#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
		impl frame_system::Config for Runtime {
			type AccountData = pallet_balances::AccountData<Balance>;
			type AccountId = AccountId;
			type BaseCallFilter = $filter;
			type Block = Block;
			type BlockHashCount = frame_support::traits::ConstU32<{ $hashes }>;
			type BlockLength = $crate::constants::RuntimeBlockLength;
			type BlockWeights = $crate::constants::RuntimeBlockWeights;
			type DbWeight = frame_support::weights::constants::ParityDbWeight;
			type Hash = $crate::Hash;
			type Lookup = sp_runtime::traits::AccountIdLookup<AccountId, ()>;
			type MaxConsumers = frame_support::traits::ConstU32<64>;
			type Nonce = $crate::Nonce;
			type SingleBlockMigrations = $crate::timing::migration::ToV1<Runtime>;
			type SS58Prefix = frame_support::traits::ConstU16<42>;
			type Version = Version;
		}

		impl pallet_timestamp::Config for Runtime {
			type MinimumPeriod =
				frame_support::traits::ConstU64<{ $crate::constants::SLOT_MS / 2 }>;
			type Moment = u64;
			type OnTimestampSet = Babe;
			type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
		}

		impl pallet_babe::Config for Runtime {
			type DisabledValidators = Session;
			type EpochChangeTrigger = pallet_babe::ExternalTrigger;
			type EpochDuration = Timing;
			type EquivocationReportSystem = ();
			type ExpectedBlockTime =
				frame_support::traits::ConstU64<{ $crate::constants::SLOT_MS }>;
			type KeyOwnerProof = sp_session::MembershipProof;
			type MaxAuthorities =
				frame_support::traits::ConstU32<{ $crate::constants::MAX_AUTHORITIES }>;
			type MaxNominators = frame_support::traits::ConstU32<0>;
			type WeightInfo = ();
		}

		impl pallet_grandpa::Config for Runtime {
			type EquivocationReportSystem = ();
			type KeyOwnerProof = sp_session::MembershipProof;
			type MaxAuthorities =
				frame_support::traits::ConstU32<{ $crate::constants::MAX_AUTHORITIES }>;
			type MaxNominators = frame_support::traits::ConstU32<0>;
			type MaxSetIdSessionEntries = frame_support::traits::ConstU64<0>;
			type RuntimeEvent = RuntimeEvent;
			type WeightInfo = ();
		}

		impl pallet_authorship::Config for Runtime {
			type EventHandler = CollatorSelection;
			type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Babe>;
		}

		impl pallet_session::Config for Runtime {
			type Currency = Balances;
			type DisablingStrategy = ();
			type KeyDeposit = frame_support::traits::ConstU128<0>;
			type Keys = SessionKeys;
			type NextSessionRotation = Babe;
			type RuntimeEvent = RuntimeEvent;
			type SessionHandler =
				<SessionKeys as sp_runtime::traits::OpaqueKeys>::KeyTypeIdProviders;
			type SessionManager = $crate::StableSet<Runtime, CollatorSelection>;
			type ShouldEndSession = Babe;
			type ValidatorId = AccountId;
			type ValidatorIdOf = sp_runtime::traits::ConvertInto;
			type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
		}

		frame_support::parameter_types! {
			/// Account that collects fees for the authors.
			pub const AuthorPot: frame_support::PalletId = frame_support::PalletId(*b"terr/aut");
			/// Fullness that fees aim at.
			pub const TargetBlockFullness: sp_runtime::Perquintill =
				sp_runtime::Perquintill::from_percent(25);
			/// How fast fees follow the fullness of blocks.
			pub FeeAdjustment: pallet_transaction_payment::Multiplier =
				sp_runtime::FixedPointNumber::saturating_from_rational(1, 100_000);
			/// Least factor of fees.
			pub FeeFloor: pallet_transaction_payment::Multiplier =
				sp_runtime::FixedPointNumber::saturating_from_rational(1, 10);
			/// Greatest factor of fees.
			pub FeeCeiling: pallet_transaction_payment::Multiplier =
				sp_runtime::FixedPointNumber::saturating_from_integer(10_000);
		}

		impl pallet_collator_selection::Config for Runtime {
			type Currency = Balances;
			// Three epochs: with BABE's random slots an honest author may miss a whole one.
			type KickThreshold = KickThreshold;
			type MaxCandidates =
				frame_support::traits::ConstU32<{ $crate::constants::MAX_AUTHORITIES / 2 }>;
			type MaxInvulnerables =
				frame_support::traits::ConstU32<{ $crate::constants::MAX_AUTHORITIES / 2 }>;
			type MinEligibleCollators = frame_support::traits::ConstU32<1>;
			type PotId = AuthorPot;
			type RuntimeEvent = RuntimeEvent;
			type UpdateOrigin = frame_system::EnsureRoot<AccountId>;
			type ValidatorId = AccountId;
			type ValidatorIdOf = sp_runtime::traits::ConvertInto;
			type ValidatorRegistration = Session;
			type WeightInfo = pallet_collator_selection::weights::SubstrateWeight<Runtime>;
		}

		/// Blocks after which a silent author is dropped.
		pub struct KickThreshold;
		impl frame_support::traits::Get<$crate::BlockNumber> for KickThreshold {
			fn get() -> $crate::BlockNumber {
				let slots = <Timing as frame_support::traits::Get<u64>>::get();
				$crate::BlockNumber::try_from(slots.saturating_mul(3)).unwrap_or(u32::MAX)
			}
		}

		impl pallet_balances::Config for Runtime {
			type AccountStore = System;
			type Balance = Balance;
			type DoneSlashHandler = ();
			type DustRemoval = ();
			type ExistentialDeposit =
				frame_support::traits::ConstU128<{ $crate::constants::EXISTENTIAL_DEPOSIT }>;
			type FreezeIdentifier = RuntimeFreezeReason;
			type MaxFreezes = frame_support::traits::VariantCountOf<RuntimeFreezeReason>;
			type MaxLocks = frame_support::traits::ConstU32<16>;
			type MaxReserves = frame_support::traits::ConstU32<16>;
			type ReserveIdentifier = [u8; 8];
			type RuntimeEvent = RuntimeEvent;
			type RuntimeFreezeReason = RuntimeFreezeReason;
			type RuntimeHoldReason = RuntimeHoldReason;
			type WeightInfo = pallet_balances::weights::SubstrateWeight<Runtime>;
		}

		impl pallet_transaction_payment::Config for Runtime {
			type FeeMultiplierUpdate = pallet_transaction_payment::TargetedFeeAdjustment<
				Self,
				TargetBlockFullness,
				FeeAdjustment,
				FeeFloor,
				FeeCeiling,
			>;
			type LengthToFee = frame_support::weights::ConstantMultiplier<
				Balance,
				frame_support::traits::ConstU128<1_000_000>,
			>;
			type OnChargeTransaction = pallet_transaction_payment::FungibleAdapter<Balances, $fees>;
			type OperationalFeeMultiplier = frame_support::traits::ConstU8<5>;
			type RuntimeEvent = RuntimeEvent;
			type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
			type WeightToFee = frame_support::weights::IdentityFee<Balance>;
		}

		impl pallet_utility::Config for Runtime {
			type PalletsOrigin = OriginCaller;
			type RuntimeCall = RuntimeCall;
			type RuntimeEvent = RuntimeEvent;
			type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
		}

		impl $crate::timing::Config for Runtime {}

		impl $crate::upgrades::Config for Runtime {
			type Notice = $crate::timing::UpgradeNoticeOf<Runtime>;
		}
	};
}

/// The runtime APIs that every layer has, with those of one layer added.
#[macro_export]
macro_rules! implement_apis {
	($($own:tt)*) => {
		sp_api::impl_runtime_apis! {
			impl sp_api::Core<Block> for Runtime {
				fn version() -> sp_version::RuntimeVersion {
					VERSION
				}
				fn execute_block(block: <Block as sp_runtime::traits::Block>::LazyBlock) {
					Executive::execute_block(block);
				}
				fn initialize_block(
					header: &<Block as sp_runtime::traits::Block>::Header,
				) -> sp_runtime::ExtrinsicInclusionMode {
					Executive::initialize_block(header)
				}
			}

			impl sp_api::Metadata<Block> for Runtime {
				fn metadata() -> sp_core::OpaqueMetadata {
					sp_core::OpaqueMetadata::new(Runtime::metadata().into())
				}
				fn metadata_at_version(version: u32) -> Option<sp_core::OpaqueMetadata> {
					Runtime::metadata_at_version(version)
				}
				fn metadata_versions() -> alloc::vec::Vec<u32> {
					Runtime::metadata_versions()
				}
			}

			impl sp_block_builder::BlockBuilder<Block> for Runtime {
				fn apply_extrinsic(
					extrinsic: <Block as sp_runtime::traits::Block>::Extrinsic,
				) -> sp_runtime::ApplyExtrinsicResult {
					Executive::apply_extrinsic(extrinsic)
				}
				fn finalize_block() -> <Block as sp_runtime::traits::Block>::Header {
					Executive::finalize_block()
				}
				fn inherent_extrinsics(
					data: sp_inherents::InherentData,
				) -> alloc::vec::Vec<<Block as sp_runtime::traits::Block>::Extrinsic> {
					data.create_extrinsics()
				}
				fn check_inherents(
					block: <Block as sp_runtime::traits::Block>::LazyBlock,
					data: sp_inherents::InherentData,
				) -> sp_inherents::CheckInherentsResult {
					data.check_extrinsics(&block)
				}
			}

			impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
				fn validate_transaction(
					source: sp_runtime::transaction_validity::TransactionSource,
					tx: <Block as sp_runtime::traits::Block>::Extrinsic,
					block_hash: <Block as sp_runtime::traits::Block>::Hash,
				) -> sp_runtime::transaction_validity::TransactionValidity {
					Executive::validate_transaction(source, tx, block_hash)
				}
			}

			impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
				fn offchain_worker(header: &<Block as sp_runtime::traits::Block>::Header) {
					Executive::offchain_worker(header)
				}
			}

			impl sp_session::SessionKeys<Block> for Runtime {
				fn generate_session_keys(
					owner: alloc::vec::Vec<u8>,
					seed: Option<alloc::vec::Vec<u8>>,
				) -> sp_session::OpaqueGeneratedSessionKeys {
					SessionKeys::generate(&owner, seed).into()
				}
				fn decode_session_keys(
					encoded: alloc::vec::Vec<u8>,
				) -> Option<alloc::vec::Vec<(alloc::vec::Vec<u8>, sp_core::crypto::KeyTypeId)>> {
					SessionKeys::decode_into_raw_public_keys(&encoded)
				}
			}

			impl sp_consensus_babe::BabeApi<Block> for Runtime {
				fn configuration() -> sp_consensus_babe::BabeConfiguration {
					let epoch = pallet_babe::EpochConfig::<Runtime>::get()
						.unwrap_or($crate::genesis::BABE_EPOCH_CONFIG);
					sp_consensus_babe::BabeConfiguration {
						slot_duration: Babe::slot_duration(),
						epoch_length: <Timing as frame_support::traits::Get<u64>>::get(),
						c: epoch.c,
						authorities: pallet_babe::Authorities::<Runtime>::get().into_inner(),
						randomness: pallet_babe::Randomness::<Runtime>::get(),
						allowed_slots: epoch.allowed_slots,
					}
				}
				fn current_epoch_start() -> sp_consensus_babe::Slot {
					Babe::current_epoch_start()
				}
				fn current_epoch() -> sp_consensus_babe::Epoch {
					Babe::current_epoch()
				}
				fn next_epoch() -> sp_consensus_babe::Epoch {
					Babe::next_epoch()
				}
				fn generate_key_ownership_proof(
					_slot: sp_consensus_babe::Slot,
					_authority: sp_consensus_babe::AuthorityId,
				) -> Option<sp_consensus_babe::OpaqueKeyOwnershipProof> {
					None
				}
				fn submit_report_equivocation_unsigned_extrinsic(
					_proof: sp_consensus_babe::EquivocationProof<
						<Block as sp_runtime::traits::Block>::Header,
					>,
					_owner: sp_consensus_babe::OpaqueKeyOwnershipProof,
				) -> Option<()> {
					None
				}
			}

			impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
				fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
					Grandpa::grandpa_authorities()
				}
				fn current_set_id() -> sp_consensus_grandpa::SetId {
					pallet_grandpa::CurrentSetId::<Runtime>::get()
				}
				fn submit_report_equivocation_unsigned_extrinsic(
					_proof: sp_consensus_grandpa::EquivocationProof<
						<Block as sp_runtime::traits::Block>::Hash,
						sp_runtime::traits::NumberFor<Block>,
					>,
					_owner: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
				) -> Option<()> {
					None
				}
				fn generate_key_ownership_proof(
					_set: sp_consensus_grandpa::SetId,
					_authority: sp_consensus_grandpa::AuthorityId,
				) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
					None
				}
			}

			impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, $crate::Nonce>
				for Runtime
			{
				fn account_nonce(account: AccountId) -> $crate::Nonce {
					System::account_nonce(account)
				}
			}

			impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance>
				for Runtime
			{
				fn query_info(
					uxt: <Block as sp_runtime::traits::Block>::Extrinsic,
					len: u32,
				) -> pallet_transaction_payment_rpc_runtime_api::RuntimeDispatchInfo<Balance> {
					TransactionPayment::query_info(uxt, len)
				}
				fn query_fee_details(
					uxt: <Block as sp_runtime::traits::Block>::Extrinsic,
					len: u32,
				) -> pallet_transaction_payment::FeeDetails<Balance> {
					TransactionPayment::query_fee_details(uxt, len)
				}
				fn query_weight_to_fee(weight: frame_support::weights::Weight) -> Balance {
					TransactionPayment::weight_to_fee(weight)
				}
				fn query_length_to_fee(length: u32) -> Balance {
					TransactionPayment::length_to_fee(length)
				}
			}

			impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
				fn build_state(config: alloc::vec::Vec<u8>) -> sp_genesis_builder::Result {
					frame_support::genesis_builder_helper::build_state::<RuntimeGenesisConfig>(config)
				}
				fn get_preset(
					id: &Option<sp_genesis_builder::PresetId>,
				) -> Option<alloc::vec::Vec<u8>> {
					frame_support::genesis_builder_helper::get_preset::<RuntimeGenesisConfig>(
						id,
						genesis::preset,
					)
				}
				fn preset_names() -> alloc::vec::Vec<sp_genesis_builder::PresetId> {
					$crate::genesis::names()
				}
			}

			impl $crate::apis::LinkApi<Block> for Runtime {
				fn this_chain() -> (terrace_layers::ChainId, terrace_layers::Layer) {
					ChainRegistry::this_chain()
				}
				fn neighbours() -> alloc::vec::Vec<terrace_layers::views::NeighbourView> {
					ChainRegistry::neighbours()
				}
				fn lane(
					chain: terrace_layers::ChainId,
					lane: terrace_layers::LaneId,
				) -> Option<terrace_layers::views::LaneView> {
					CrossLayer::lane_view(chain, lane)
				}
				fn messages(
					chain: terrace_layers::ChainId,
					lane: terrace_layers::LaneId,
					from: u64,
					limit: u32,
				) -> alloc::vec::Vec<alloc::vec::Vec<u8>> {
					CrossLayer::messages(chain, lane, from, limit)
				}
				fn dispatch_weight(
					payload: alloc::vec::Vec<u8>,
				) -> frame_support::weights::Weight {
					CrossLayer::dispatch_weight(&payload)
				}
				fn beacon() -> Option<terrace_layers::Beacon> {
					CrossLayer::beacon()
				}
			}

			#[cfg(feature = "runtime-benchmarks")]
			impl frame_benchmarking::Benchmark<Block> for Runtime {
				fn benchmark_metadata(
					extra: bool,
				) -> (
					alloc::vec::Vec<frame_benchmarking::BenchmarkList>,
					alloc::vec::Vec<frame_support::traits::StorageInfo>,
				) {
					use frame_benchmarking::BenchmarkList;
					use frame_support::traits::StorageInfoTrait;
					let mut list = alloc::vec::Vec::<BenchmarkList>::new();
					list_benchmarks!(list, extra);
					(list, AllPalletsWithSystem::storage_info())
				}

				fn dispatch_benchmark(
					config: frame_benchmarking::BenchmarkConfig,
				) -> Result<alloc::vec::Vec<frame_benchmarking::BenchmarkBatch>, alloc::string::String>
				{
					use frame_benchmarking::BenchmarkBatch;
					use frame_support::traits::WhitelistedStorageKeys;
					let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
					let mut batches = alloc::vec::Vec::<BenchmarkBatch>::new();
					let params = (&config, &whitelist);
					add_benchmarks!(params, batches);
					Ok(batches)
				}
			}

			$($own)*
		}
	};
}
