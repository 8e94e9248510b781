// SPDX-License-Identifier: Apache-2.0
//! Which chain a name on the command line means.

use sc_chain_spec::{ChainSpecBuilder, ChainType, GenericChainSpec, Properties};
use sp_runtime::traits::{BlakeTwo256, Hash};
use std::{fmt, path::Path, str::FromStr};
use terrace_layers::Layer;

/// Chain specification of every layer.
pub type ChainSpec = GenericChainSpec;

/// Decimals of the token.
pub const DECIMALS: u8 = 12;
/// Symbol of the token.
pub const SYMBOL: &str = "TERR";

/// What a network is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
	/// One authority, on one machine.
	Dev,
	/// Two authorities with well-known keys.
	Local,
	/// Keys of its own.
	Live,
}

impl Network {
	const fn name(self) -> &'static str {
		match self {
			Network::Dev => "dev",
			Network::Local => "local",
			Network::Live => "live",
		}
	}

	const fn preset(self) -> &'static str {
		match self {
			Network::Dev => sp_genesis_builder::DEV_RUNTIME_PRESET,
			Network::Local => sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET,
			Network::Live => terrace_runtime_common::genesis::LIVE,
		}
	}

	fn chain_type(self) -> ChainType {
		match self {
			Network::Dev => ChainType::Development,
			Network::Local => ChainType::Local,
			Network::Live => ChainType::Live,
		}
	}
}

/// Name of a layer as it is typed.
pub const fn layer_name(layer: Layer) -> &'static str {
	match layer {
		Layer::Main => "main",
		Layer::Contract => "contract",
		Layer::Proof => "proof",
	}
}

/// A genesis preset of one of the embedded runtimes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
	/// The runtime.
	pub layer: Layer,
	/// The preset.
	pub network: Network,
}

impl fmt::Display for Preset {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}-{}", layer_name(self.layer), self.network.name())
	}
}

impl FromStr for Preset {
	type Err = String;

	fn from_str(name: &str) -> Result<Self, String> {
		let unknown =
			|| format!("`{name}` is no preset; one is <main|contract|proof>-<dev|local|live>");
		let (layer, network) = name.split_once('-').ok_or_else(unknown)?;
		let layer = [Layer::Main, Layer::Contract, Layer::Proof]
			.into_iter()
			.find(|known| layer_name(*known) == layer)
			.ok_or_else(unknown)?;
		let network = [Network::Dev, Network::Local, Network::Live]
			.into_iter()
			.find(|known| known.name() == network)
			.ok_or_else(unknown)?;
		Ok(Self { layer, network })
	}
}

impl Preset {
	/// Starts a chain specification from this preset.
	pub fn builder(self) -> Result<ChainSpecBuilder, String> {
		Ok(ChainSpec::builder(runtime(self.layer)?, None)
			.with_name(&format!("Terrace {} {}", layer_name(self.layer), self.network.name()))
			.with_id(&format!("terrace-{self}"))
			.with_protocol_id("terrace")
			.with_chain_type(self.network.chain_type())
			.with_properties(token())
			.with_genesis_config_preset_name(self.network.preset())
			.with_genesis_config_patch(self.approved_code()?))
	}

	/// Approves the embedded runtime of the layer below: its hash differs from build to build, so no
	/// preset can name it.
	fn approved_code(self) -> Result<serde_json::Value, String> {
		let Some(child) = self.layer.child() else { return Ok(serde_json::json!({})) };
		let hash = BlakeTwo256::hash(runtime(child)?);
		Ok(serde_json::json!({ "chainRegistry": { "approvedCode": [[child, hash]] } }))
	}

	/// Why this preset cannot be run by its name alone, if so.
	fn incomplete(self) -> Option<String> {
		let command = match (self.layer, self.network) {
			(Layer::Main, Network::Dev | Network::Local) => return None,
			(Layer::Main, Network::Live) => format!(
				"a live chain has no keys until somebody gives them: make its chain spec with\n    \
				 terrace-node make-spec {self} --authority babe=KEY,grandpa=KEY,account=ADDRESS \
				 --endow ADDRESS=TOKENS > {self}.json"
			),
			(layer, network) => format!(
				"{} chain starts from a block of its running parent: make its chain spec with\n    \
				 terrace-node make-spec {self} --parent-url ws://127.0.0.1:9944{} > {self}.json",
				if layer == Layer::Contract { "a contract" } else { "a proof" },
				if network == Network::Live {
					" --authority babe=KEY,grandpa=KEY,account=ADDRESS"
				} else {
					""
				},
			),
		};
		Some(format!("{command}\nand start the node with --chain {self}.json"))
	}
}

fn token() -> Properties {
	let mut properties = Properties::new();
	properties.insert("tokenSymbol".into(), SYMBOL.into());
	properties.insert("tokenDecimals".into(), DECIMALS.into());
	properties.insert("ss58Format".into(), 42.into());
	properties
}

fn runtime(layer: Layer) -> Result<&'static [u8], String> {
	let (wasm, name) = match layer {
		Layer::Main => (terrace_main_runtime::WASM_BINARY, "main"),
		Layer::Contract => (terrace_contract_runtime::WASM_BINARY, "contract"),
		Layer::Proof => (terrace_proof_runtime::WASM_BINARY, "proof"),
	};
	wasm.ok_or_else(|| {
		format!(
			"this binary was built without the {name} runtime (SKIP_WASM_BUILD was set): \
			 build it again without that variable, or give a chain-spec file"
		)
	})
}

/// The chain that `--chain id` means: the name of a complete preset, or a chain-spec file.
pub fn load(id: &str) -> Result<Box<dyn sc_chain_spec::ChainSpec>, String> {
	let name = match id {
		"" => {
			return Err("say which chain: --chain main-local, --chain FILE, or --dev for a \
			            main chain of one's own"
				.into())
		}
		"dev" => "main-dev",
		"local" => "main-local",
		other => other,
	};
	let Ok(preset) = name.parse::<Preset>() else { return from_file(name) };
	match preset.incomplete() {
		Some(why) => Err(why),
		None => Ok(Box::new(preset.builder()?.build())),
	}
}

fn from_file(name: &str) -> Result<Box<dyn sc_chain_spec::ChainSpec>, String> {
	let path = Path::new(name);
	if !path.is_file() {
		return Err(format!(
			"`{name}` is neither a chain-spec file nor a known chain; known are main-dev and \
			 main-local, and `terrace-node make-spec --help` says how to make a file for others"
		));
	}
	let spec = ChainSpec::from_json_file(path.into())
		.map_err(|error| format!("`{name}` is not a chain spec: {error}"))?;
	Ok(Box::new(spec))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn refusal(id: &str) -> String {
		match load(id) {
			Ok(spec) => panic!("`{id}` loaded as {}", spec.id()),
			Err(why) => why,
		}
	}

	#[test]
	fn preset_names_round_trip() {
		for layer in [Layer::Main, Layer::Contract, Layer::Proof] {
			for network in [Network::Dev, Network::Local, Network::Live] {
				let preset = Preset { layer, network };
				assert_eq!(preset.to_string().parse(), Ok(preset));
			}
		}
	}

	#[test]
	fn unknown_preset_names_are_refused() {
		for name in ["", "main", "main-", "-dev", "main-test", "relay-dev", "main-dev-2"] {
			assert!(name.parse::<Preset>().is_err(), "{name}");
		}
	}

	#[test]
	fn child_presets_name_the_command_that_makes_their_spec() {
		assert!(refusal("contract-local").contains(
			"terrace-node make-spec contract-local --parent-url ws://127.0.0.1:9944 > \
			 contract-local.json"
		));
		assert!(refusal("proof-live").contains("--authority"));
	}

	#[test]
	fn live_main_chain_asks_for_keys() {
		assert!(refusal("main-live").contains("make-spec main-live --authority"));
	}

	#[test]
	fn missing_and_broken_files_are_refused_by_name() {
		assert!(refusal("no/such/file.json").contains("`no/such/file.json`"));
		let broken = std::env::temp_dir().join(format!("terrace-spec-{}", std::process::id()));
		std::fs::write(&broken, "{ \"name\": ").expect("temporary folder is writable");
		let why = refusal(&broken.display().to_string());
		std::fs::remove_file(&broken).expect("written above");
		assert!(why.contains("is not a chain spec"), "{why}");
	}

	#[test]
	fn no_chain_at_all_is_refused() {
		assert!(refusal("").contains("--chain"));
	}
}
