// SPDX-License-Identifier: Apache-2.0
//! Genesis presets of this layer.

use alloc::{string::ToString, vec::Vec};
use serde_json::json;
use sp_genesis_builder::PresetId;
use sp_keyring::Sr25519Keyring;
use terrace_layers::Layer;
use terrace_runtime_common::genesis::{
	common, terms, well_known_accounts, LIVE, WELL_KNOWN_BALANCE,
};

use crate::AccountId;

/// A named preset as a JSON patch of the default genesis.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
	let terms = terms(id)?;
	let balances = match id.as_ref() {
		LIVE => Vec::new(),
		_ => well_known_accounts().into_iter().map(|who| (who, WELL_KNOWN_BALANCE)).collect(),
	};
	let mut preset = common(Layer::Main, &terms, balances);
	// A live network's committee is named by its first referendum.
	let committee: Vec<AccountId> = match id.as_ref() {
		LIVE => Vec::new(),
		_ => [Sr25519Keyring::Alice, Sr25519Keyring::Bob, Sr25519Keyring::Charlie]
			.map(|key| key.to_account_id())
			.to_vec(),
	};
	preset["technicalCommittee"] = json!({ "members": committee });
	Some(preset.to_string().into_bytes())
}
