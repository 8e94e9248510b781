// SPDX-License-Identifier: Apache-2.0
//! Genesis presets of this layer. The parent's checkpoint is added by `terrace-node make-spec`.

use alloc::{string::ToString, vec::Vec};
use serde_json::json;
use sp_genesis_builder::PresetId;
use terrace_layers::Layer;
use terrace_runtime_common::genesis::{common, terms};

/// A named preset as a JSON patch of the default genesis.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
	let terms = terms(id)?;
	let balances = Vec::new();
	let mut preset = common(Layer::Proof, &terms, balances);
	preset["proofVerification"] = json!({ "windowBlocks": terms.window_blocks });
	Some(preset.to_string().into_bytes())
}
