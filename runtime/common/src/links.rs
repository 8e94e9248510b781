// SPDX-License-Identifier: Apache-2.0
//! Configuration of the pallets that join a chain with its neighbours, written once.

/// The configuration of ChainRegistry and CrossLayer.
///
/// Takes whether relayed calls need no account, the least bond of a child, who is told of neighbours,
/// where new randomness comes from, and who applies storage messages.
#[macro_export]
macro_rules! configure_links {
	(
		accountless: $accountless:expr,
		min_bond: $min_bond:expr,
		on_neighbour: $on_neighbour:ty,
		new_beacon: $new_beacon:ty,
		on_message: $on_message:ty $(,)?
	) => {
		frame_support::parameter_types! {
			/// Account that holds the tokens locked for children.
			pub const LockedTokens: frame_support::PalletId = frame_support::PalletId(*b"terr/lck");
		}

		impl pallet_chain_registry::Config for Runtime {
			type Accountless = frame_support::traits::ConstBool<{ $accountless }>;
			type AdminOrigin = frame_system::EnsureRoot<AccountId>;
			type Backing = CrossLayer;
			type Currency = Balances;
			type FreeInterval = frame_support::traits::ConstU32<10>;
			type HeadersToKeep = frame_support::traits::ConstU32<64>;
			type MinBond = frame_support::traits::ConstU128<{ $min_bond }>;
			type OnNeighbour = $on_neighbour;
			type RegisterOrigin = frame_system::EnsureSigned<AccountId>;
			type RuntimeHoldReason = RuntimeHoldReason;
			type WeightInfo = pallet_chain_registry::weights::SubstrateWeight<Runtime>;
		}

		impl pallet_cross_layer::Config for Runtime {
			type Accountless = frame_support::traits::ConstBool<{ $accountless }>;
			type Currency = Balances;
			type MaxDeadLetters = frame_support::traits::ConstU32<256>;
			type MinTransfer =
				frame_support::traits::ConstU128<{ 2 * $crate::constants::EXISTENTIAL_DEPOSIT }>;
			type NewBeacon = $new_beacon;
			type OnMessage = $on_message;
			type PalletId = LockedTokens;
			type Registry = ChainRegistry;
			type WeightInfo = pallet_cross_layer::weights::SubstrateWeight<Runtime>;
		}
	};
}
