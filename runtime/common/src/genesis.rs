// SPDX-License-Identifier: Apache-2.0
//! Genesis presets.

use crate::{
	constants::{DAYS, UNIT},
	timing::Pace,
	AccountId, Balance,
};
use alloc::{vec, vec::Vec};
use serde_json::{json, Value};
use sp_consensus_babe::AuthorityId as BabeId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_genesis_builder::PresetId;
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use terrace_layers::Layer;

/// Preset with one authority.
pub const DEV: &str = sp_genesis_builder::DEV_RUNTIME_PRESET;
/// Preset with two authorities and short windows.
pub const LOCAL: &str = sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET;
/// Preset without keys: whoever starts the network gives them.
pub const LIVE: &str = "live";

/// BABE's rule: in every slot either a primary author or a secondary one with a VRF output.
pub const BABE_EPOCH_CONFIG: sp_consensus_babe::BabeEpochConfiguration =
	sp_consensus_babe::BabeEpochConfiguration {
		c: (1, 4),
		allowed_slots: sp_consensus_babe::AllowedSlots::PrimaryAndSecondaryVRFSlots,
	};

/// An author: its account and session keys.
#[derive(Clone)]
pub struct Author {
	/// Account that receives fees.
	pub account: AccountId,
	/// Key that authors blocks.
	pub babe: BabeId,
	/// Key that finalises blocks.
	pub grandpa: GrandpaId,
}

impl Author {
	/// A well-known author of test networks.
	pub fn well_known(sr: Sr25519Keyring, ed: Ed25519Keyring) -> Self {
		Self { account: sr.to_account_id(), babe: sr.public().into(), grandpa: ed.public().into() }
	}
}

/// What differs between presets.
pub struct Terms {
	/// Authors from the first block on.
	pub authors: Vec<Author>,
	/// Slots of an epoch.
	pub epoch_slots: u64,
	/// Blocks of a proof window.
	pub window_blocks: u32,
	/// Blocks between the call that follows a parent anew and its effect.
	pub recovery_delay: u32,
	/// Percent of a child's locked tokens that it may release in a day; 0 sets no limit.
	pub release_percent: u8,
	/// Blocks in which a proof chain's report can be appealed against.
	pub appeal_blocks: u32,
	/// How long people have to decide.
	pub pace: Pace,
}

/// The terms of a named preset.
pub fn terms(id: &PresetId) -> Option<Terms> {
	let alice = || Author::well_known(Sr25519Keyring::Alice, Ed25519Keyring::Alice);
	let bob = || Author::well_known(Sr25519Keyring::Bob, Ed25519Keyring::Bob);
	let short = |authors| Terms {
		authors,
		epoch_slots: 30,
		window_blocks: 10,
		recovery_delay: 20,
		release_percent: 0,
		appeal_blocks: 10,
		pace: Pace::Seconds,
	};
	match id.as_ref() {
		DEV => Some(short(vec![alice()])),
		LOCAL => Some(short(vec![alice(), bob()])),
		LIVE => Some(Terms {
			authors: vec![],
			epoch_slots: 1_800,
			window_blocks: 300,
			recovery_delay: 7 * DAYS,
			release_percent: 10,
			appeal_blocks: DAYS,
			pace: Pace::Days,
		}),
		_ => None,
	}
}

/// Accounts that hold tokens on test networks.
pub fn well_known_accounts() -> Vec<AccountId> {
	Sr25519Keyring::well_known().map(|key| key.to_account_id()).collect()
}

/// Tokens of each well-known account.
pub const WELL_KNOWN_BALANCE: Balance = 1_000_000 * UNIT;

/// The part of a preset that every layer has.
pub fn common(layer: Layer, terms: &Terms, balances: Vec<(AccountId, Balance)>) -> Value {
	let keys: Vec<_> = terms
		.authors
		.iter()
		.map(|a| json!([a.account, a.account, { "babe": a.babe, "grandpa": a.grandpa }]))
		.collect();
	let accounts: Vec<_> = terms.authors.iter().map(|a| a.account.clone()).collect();
	let window_ms = match layer {
		Layer::Proof => u64::from(terms.window_blocks).saturating_mul(crate::constants::SLOT_MS),
		Layer::Main | Layer::Contract => 0,
	};
	json!({
		"balances": { "balances": balances },
		"babe": { "epochConfig": BABE_EPOCH_CONFIG },
		"collatorSelection": {
			"invulnerables": accounts,
			"candidacyBond": 1_000 * UNIT,
			"desiredCandidates": crate::constants::MAX_AUTHORITIES / 2,
		},
		"session": { "keys": keys },
		"timing": {
			"epochSlots": terms.epoch_slots,
			"recoveryDelay": terms.recovery_delay,
			"releasePercent": terms.release_percent,
			"appealBlocks": terms.appeal_blocks,
			"pace": terms.pace,
		},
		"chainRegistry": { "layer": layer, "windowMs": window_ms },
	})
}

/// The names of all presets.
pub fn names() -> Vec<PresetId> {
	vec![PresetId::from(DEV), PresetId::from(LOCAL), PresetId::from(LIVE)]
}
