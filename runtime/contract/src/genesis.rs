// SPDX-License-Identifier: Apache-2.0
//! Genesis presets of this layer. The parent's checkpoint is added by `terrace-node make-spec`.

use crate::StorageContracts;
use alloc::{string::ToString, vec, vec::Vec};
use sp_genesis_builder::PresetId;
use terrace_layers::Layer;
use terrace_runtime_common::{
	constants::EXISTENTIAL_DEPOSIT,
	genesis::{common, terms},
};

/// A named preset as a JSON patch of the default genesis.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
	let terms = terms(id)?;
	// The only balance at genesis: it keeps the account that holds all escrow alive.
	let balances = vec![(StorageContracts::pot(), EXISTENTIAL_DEPOSIT)];
	let preset = common(Layer::Contract, &terms, balances);
	Some(preset.to_string().into_bytes())
}
