// SPDX-License-Identifier: Apache-2.0
//! Genesis presets of this layer.

use alloc::{string::ToString, vec::Vec};
use sp_genesis_builder::PresetId;
use terrace_layers::Layer;
use terrace_runtime_common::genesis::{
	common, terms, well_known_accounts, LIVE, WELL_KNOWN_BALANCE,
};

/// A named preset as a JSON patch of the default genesis.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
	let terms = terms(id)?;
	let balances = match id.as_ref() {
		LIVE => Vec::new(),
		_ => well_known_accounts().into_iter().map(|who| (who, WELL_KNOWN_BALANCE)).collect(),
	};
	let preset = common(Layer::Main, &terms, balances);
	Some(preset.to_string().into_bytes())
}
