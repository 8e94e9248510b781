// SPDX-License-Identifier: Apache-2.0
//! Makes the chain specification of a new chain, for a child chain against its running parent.

use crate::{
	chain_spec::{layer_name, ChainSpec, Preset, DECIMALS},
	cli::websocket_url,
	genesis::{self, Genesis},
	service::Executor,
};
use sc_network::config::MultiaddrWithPeerId;
use serde_json::{json, Value};
use sp_consensus_babe::AuthorityId as BabeId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_core::{crypto::Ss58Codec, ed25519, sr25519};
use sp_runtime::AccountId32;
use std::{collections::BTreeSet, io::Write, str::FromStr, time::Duration};
use terrace_layers::{ChainId, Checkpoint, Layer};

/// How long the parent may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Writes the chain specification of a new chain to standard output.
#[derive(Debug, Clone, clap::Args)]
pub struct MakeSpecCmd {
	/// Layer and kind of network: <main|contract|proof>-<dev|local|live>.
	///
	/// `dev` has one well-known authority, `local` two and short windows; `live` has 10-minute
	/// windows and needs keys of its own.
	#[arg(value_name = "CHAIN")]
	preset: Preset,

	/// RPC address of a running node of the parent chain.
	///
	/// The new chain follows its parent from the newest block that is final now. Register the
	/// new chain within two hours: after that the parent has forgotten the block.
	#[arg(long, value_name = "WS-URL", value_parser = websocket_url)]
	parent_url: Option<String>,

	/// Keys and account of an author, once for each; required for live chains.
	///
	/// Keys are SS58 addresses or 0x and 64 hexadecimal digits, as `terrace-node key generate`
	/// prints them: sr25519 for `babe`, ed25519 for `grandpa`. The account receives fees.
	#[arg(long = "authority", value_name = "babe=KEY,grandpa=KEY,account=ADDRESS")]
	authorities: Vec<Authority>,

	/// Whole tokens that an account holds from the start, on the main chain only.
	///
	/// Takes the place of the well-known accounts of test networks; required for `main-live`,
	/// which would have no tokens for ever.
	#[arg(long = "endow", value_name = "ADDRESS=TOKENS")]
	endowments: Vec<Endowment>,

	/// Address of a node that others ask for peers: /ip4/…/tcp/…/p2p/….
	#[arg(long = "bootnode", value_name = "ADDRESS")]
	bootnodes: Vec<MultiaddrWithPeerId>,

	/// Name of the chain for people.
	#[arg(long)]
	name: Option<String>,

	/// Id of the chain: the name of its folder on disk.
	#[arg(long)]
	id: Option<String>,

	/// Write the finished genesis state in place of its readable description.
	///
	/// Nodes start faster from it.
	#[arg(long)]
	raw: bool,
}

/// Why no specification can be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// A child chain cannot be made without its parent.
	#[error(
		"a {child} chain needs its running parent: add --parent-url ws://127.0.0.1:9944, the \
		 address of a node of its {parent} chain"
	)]
	ParentMissing {
		/// Layer of the new chain.
		child: &'static str,
		/// Layer of its parent.
		parent: &'static str,
	},
	/// The main chain has no parent.
	#[error("the main chain has no parent: leave out --parent-url")]
	ParentUnwanted,
	/// The parent could not be asked.
	#[error("the parent at {url} gives no block to start from: {reason}")]
	ParentSilent {
		/// Address of the parent.
		url: String,
		/// What went wrong.
		reason: String,
	},
	/// The chain behind the address cannot be the parent.
	#[error("{url} is a {found} chain, but the parent must be a {wanted} chain")]
	WrongParent {
		/// Address that was asked.
		url: String,
		/// Layer of the chain there.
		found: &'static str,
		/// Layer that a parent must have.
		wanted: &'static str,
	},
	/// Live chains have no keys of their own accord.
	#[error(
		"{0} needs keys: add --authority babe=KEY,grandpa=KEY,account=ADDRESS for each author"
	)]
	KeysMissing(Preset),
	/// A key may belong to one author only.
	#[error("{0} is given to two authors")]
	SharedKey(String),
	/// Tokens come into being on the main chain only.
	#[error("only the main chain can endow accounts: a {0} chain gets its tokens from above")]
	EndowmentElsewhere(&'static str),
	/// A main chain without tokens can never get any.
	#[error("{0} needs tokens: add --endow ADDRESS=TOKENS")]
	EndowmentMissing(Preset),
	/// The runtime took another parent than the one given to it.
	#[error("the embedded runtime did not take over the parent: build the node again")]
	ParentIgnored,
	/// The specification has no usable genesis.
	#[error(transparent)]
	Genesis(#[from] genesis::Error),
	/// The specification cannot be written down.
	#[error("{0}")]
	Spec(String),
	/// Standard output is closed.
	#[error("cannot write the chain spec: {0}")]
	Output(#[from] std::io::Error),
}

/// Keys and account of an author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
	babe: BabeId,
	grandpa: GrandpaId,
	account: AccountId32,
}

impl FromStr for Authority {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		let (mut babe, mut grandpa, mut account) = (None, None, None);
		for part in text.split(',') {
			let (field, key) = part.split_once('=').ok_or(format!("`{part}` is not FIELD=KEY"))?;
			let slot = match field.trim() {
				"babe" => &mut babe,
				"grandpa" => &mut grandpa,
				"account" => &mut account,
				other => return Err(format!("`{other}` is none of babe, grandpa, account")),
			};
			if slot.replace(key.trim()).is_some() {
				return Err(format!("`{}` is given twice", field.trim()));
			}
		}
		Ok(Self {
			babe: public::<sr25519::Public>("babe", babe)?.into(),
			grandpa: public::<ed25519::Public>("grandpa", grandpa)?.into(),
			account: public::<AccountId32>("account", account)?,
		})
	}
}

/// Reads a public key or an account, as address or as hexadecimal digits.
fn public<Key: Ss58Codec + From<[u8; 32]>>(field: &str, text: Option<&str>) -> Result<Key, String> {
	let text = text.ok_or(format!("{field}= is missing"))?;
	let Some(digits) = text.strip_prefix("0x") else {
		return Key::from_ss58check(text)
			.map_err(|error| format!("{field}: `{text}` is not an SS58 address ({error})"));
	};
	let mut bytes = [0u8; 32];
	hex::decode_to_slice(digits, &mut bytes)
		.map_err(|error| format!("{field}: `{text}` is not 0x and 64 digits ({error})"))?;
	Ok(bytes.into())
}

/// Tokens of an account at genesis, in the smallest unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endowment {
	account: AccountId32,
	amount: u64,
}

impl FromStr for Endowment {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		let (account, tokens) = text.split_once('=').ok_or("expected ADDRESS=TOKENS")?;
		let tokens: u64 =
			tokens.parse().map_err(|error| format!("`{tokens}` is no whole number ({error})"))?;
		// The readable form of a specification holds no larger numbers.
		let unit = 10u64.pow(DECIMALS.into());
		let amount = tokens.checked_mul(unit).ok_or(format!(
			"{tokens} tokens are too many for one account: at most {}",
			u64::MAX / unit
		))?;
		Ok(Self { account: public("address", Some(account))?, amount })
	}
}

impl MakeSpecCmd {
	/// Runs the command.
	pub fn run(&self) -> Result<(), Error> {
		self.check()?;
		let parent = self.ask_parent()?;
		let mut spec = self.spec(parent.as_ref())?;
		let genesis = Genesis::of(&spec, &Executor::builder().build())?;
		genesis.prove()?;
		if genesis.origin()?.parent != parent {
			return Err(Error::ParentIgnored);
		}
		let chain = genesis.chain();
		if self.raw {
			sc_chain_spec::ChainSpec::set_storage(&mut spec, genesis.into_storage());
		}
		let json = spec.as_json(self.raw).map_err(Error::Spec)?;
		let mut output = std::io::stdout().lock();
		output.write_all(json.as_bytes())?;
		output.write_all(b"\n")?;
		output.flush()?;
		explain(spec.name(), chain, parent.as_ref());
		Ok(())
	}

	/// Checks everything that needs no parent.
	fn check(&self) -> Result<(), Error> {
		let layer = self.preset.layer;
		let live = self.preset.network == crate::chain_spec::Network::Live;
		if live && self.authorities.is_empty() {
			return Err(Error::KeysMissing(self.preset));
		}
		let mut seen = BTreeSet::new();
		for author in &self.authorities {
			for key in [author.babe.to_string(), author.grandpa.to_string()] {
				if !seen.insert(key.clone()) {
					return Err(Error::SharedKey(key));
				}
			}
			let account = format!("account {}", author.account);
			if !seen.insert(account.clone()) {
				return Err(Error::SharedKey(account));
			}
		}
		match layer {
			Layer::Main if live && self.endowments.is_empty() => {
				Err(Error::EndowmentMissing(self.preset))
			}
			Layer::Contract | Layer::Proof if !self.endowments.is_empty() => {
				Err(Error::EndowmentElsewhere(layer_name(layer)))
			}
			_ => Ok(()),
		}
	}

	fn ask_parent(&self) -> Result<Option<Checkpoint>, Error> {
		let child = layer_name(self.preset.layer);
		let (wanted, url) = match (self.preset.layer.parent(), &self.parent_url) {
			(None, None) => return Ok(None),
			(None, Some(_)) => return Err(Error::ParentUnwanted),
			(Some(parent), None) => {
				return Err(Error::ParentMissing { child, parent: layer_name(parent) })
			}
			(Some(parent), Some(url)) => (parent, url.clone()),
		};
		let silent = |reason: String| Error::ParentSilent { url: url.clone(), reason };
		let checkpoint = sc_cli::build_runtime()?
			.block_on(async {
				tokio::time::timeout(PATIENCE, terrace_client::rpc::checkpoint(&url)).await
			})
			.map_err(|_| silent(format!("no answer within {} seconds", PATIENCE.as_secs())))?
			.map_err(|error| silent(error.to_string()))?;
		if checkpoint.layer != wanted {
			let (found, wanted) = (layer_name(checkpoint.layer), layer_name(wanted));
			return Err(Error::WrongParent { url, found, wanted });
		}
		Ok(Some(checkpoint))
	}

	fn spec(&self, parent: Option<&Checkpoint>) -> Result<ChainSpec, Error> {
		let id = self.id.clone().unwrap_or_else(|| default_id(self.preset, parent));
		let mut builder = self
			.preset
			.builder()
			.map_err(Error::Spec)?
			.with_id(&id)
			.with_boot_nodes(self.bootnodes.clone());
		if let Some(name) = &self.name {
			builder = builder.with_name(name);
		}
		Ok(builder.with_genesis_config_patch(self.patch(parent)).build())
	}

	/// What the genesis has in place of the preset's values.
	fn patch(&self, parent: Option<&Checkpoint>) -> Value {
		let mut patch = json!({});
		if let Some(checkpoint) = parent {
			patch["chainRegistry"] = json!({ "parent": checkpoint });
		}
		if !self.authorities.is_empty() {
			let keys = self.authorities.iter().map(|author| {
				let session = json!({ "babe": author.babe, "grandpa": author.grandpa });
				json!([author.account, author.account, session])
			});
			let accounts = self.authorities.iter().map(|author| json!(author.account));
			patch["session"] = json!({ "keys": keys.collect::<Vec<_>>() });
			patch["collatorSelection"] = json!({ "invulnerables": accounts.collect::<Vec<_>>() });
		}
		if !self.endowments.is_empty() {
			let balances = self.endowments.iter().map(|to| json!([to.account, to.amount]));
			patch["balances"] = json!({ "balances": balances.collect::<Vec<_>>() });
		}
		patch
	}
}

/// Two children of one preset must not share a folder: the block they start from tells them apart.
fn default_id(preset: Preset, parent: Option<&Checkpoint>) -> String {
	match parent {
		None => format!("terrace-{preset}"),
		Some(checkpoint) => {
			let hash = hex::encode(checkpoint.hash);
			format!("terrace-{preset}-{}", hash.get(..8).unwrap_or(&hash))
		}
	}
}

fn explain(name: &str, chain: ChainId, parent: Option<&Checkpoint>) {
	eprintln!("{name}: chain {chain}");
	let Some(parent) = parent else { return };
	eprintln!("below {} from its block {} on", parent.chain, parent.number);
	eprintln!(
		"Start its nodes with --chain FILE, then register it with its parent within two hours; \
		 what that needs comes from: terrace-node export-genesis-proof --chain FILE, and terrace-node \
		 sign-registration --chain FILE --keystore-path PATH at each authority"
	);
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::Parser;
	use sp_core::{ed25519::Pair as Ed, sr25519::Pair as Sr, Pair, H256};
	use terrace_layers::Authorities;

	#[derive(clap::Parser)]
	struct Line {
		#[clap(flatten)]
		command: MakeSpecCmd,
	}

	fn command(line: &str) -> MakeSpecCmd {
		let words = std::iter::once("make-spec").chain(line.split_whitespace());
		Line::try_parse_from(words).expect("valid command line").command
	}

	fn authority(seed: &str) -> String {
		let babe = Sr::from_string(seed, None).expect("valid seed").public();
		let grandpa = Ed::from_string(seed, None).expect("valid seed").public();
		format!("babe={babe},grandpa=0x{},account={babe}", hex::encode(grandpa))
	}

	fn checkpoint() -> Checkpoint {
		Checkpoint {
			chain: ChainId(H256::repeat_byte(1)),
			layer: Layer::Main,
			number: 7,
			hash: H256::repeat_byte(0xab),
			state_root: H256::repeat_byte(3),
			set_id: 4,
			authorities: Authorities::truncate_from(vec![ed25519::Public::from([5; 32]).into()]),
		}
	}

	#[test]
	fn authorities_are_read_from_addresses_and_digits() {
		let read: Authority = authority("//Alice").parse().expect("valid");
		assert_eq!(read.babe, Sr::from_string("//Alice", None).unwrap().public().into());
		assert_eq!(read.grandpa, Ed::from_string("//Alice", None).unwrap().public().into());
	}

	#[test]
	fn broken_authorities_say_what_is_wrong() {
		let full = authority("//Alice");
		let twice = format!("{full},{full}");
		let unknown = format!("{full},aura=0x00");
		for (text, reason) in [
			("babe", "FIELD=KEY"),
			("grandpa=0x00", "babe= is missing"),
			("babe=nonsense", "not an SS58 address"),
			("babe=0x1234", "64 digits"),
			(twice.as_str(), "given twice"),
			(unknown.as_str(), "none of"),
		] {
			let error = text.parse::<Authority>().expect_err(text);
			assert!(error.contains(reason), "{error}");
		}
	}

	#[test]
	fn endowments_are_whole_tokens() {
		let bob = Sr::from_string("//Bob", None).expect("valid seed").public();
		let read: Endowment = format!("{bob}=5").parse().expect("valid");
		assert_eq!(read.amount, 5_000_000_000_000);
		assert!(format!("{bob}=1.5").parse::<Endowment>().is_err());
		assert!(format!("{bob}=18446745").parse::<Endowment>().is_err());
		assert!("5".parse::<Endowment>().is_err());
	}

	#[test]
	fn child_without_parent_is_refused() {
		let error = command("contract-local").ask_parent().expect_err("no parent");
		assert!(error.to_string().contains("--parent-url"));
		let error = command("main-dev --parent-url ws://127.0.0.1:1").ask_parent();
		assert!(matches!(error, Err(Error::ParentUnwanted)));
	}

	#[test]
	fn parent_url_must_be_a_websocket() {
		let words = ["make-spec", "contract-dev", "--parent-url", "127.0.0.1:9944"];
		assert!(Line::try_parse_from(words).is_err());
	}

	#[test]
	fn live_chain_without_keys_is_refused() {
		assert!(matches!(command("proof-live").check(), Err(Error::KeysMissing(_))));
		let keyed = format!("proof-live --authority {}", authority("//Own"));
		command(&keyed).check().expect("keys given");
	}

	#[test]
	fn live_main_chain_without_tokens_is_refused() {
		let line = format!("main-live --authority {}", authority("//Own"));
		assert!(matches!(command(&line).check(), Err(Error::EndowmentMissing(_))));
	}

	#[test]
	fn endowing_a_child_is_refused() {
		let bob = Sr::from_string("//Bob", None).expect("valid seed").public();
		let line = format!("contract-dev --endow {bob}=1");
		assert!(matches!(command(&line).check(), Err(Error::EndowmentElsewhere("contract"))));
	}

	#[test]
	fn shared_keys_are_refused() {
		let (one, two) = (authority("//One"), authority("//Two"));
		let line = format!("proof-live --authority {one} --authority {two}");
		command(&line).check().expect("different keys");
		let line = format!("proof-live --authority {one} --authority {one}");
		assert!(matches!(command(&line).check(), Err(Error::SharedKey(_))));
	}

	#[test]
	fn patch_holds_parent_keys_and_tokens() {
		let bob = Sr::from_string("//Bob", None).expect("valid seed").public();
		let keys = authority("//Own");
		let patch = command(&format!("main-live --authority {keys} --endow {bob}=2"))
			.patch(Some(&checkpoint()));
		let author: Authority = keys.parse().expect("valid");
		assert_eq!(patch["chainRegistry"]["parent"], json!(checkpoint()));
		assert_eq!(patch["collatorSelection"]["invulnerables"], json!([author.account]));
		assert_eq!(patch["session"]["keys"][0][2]["grandpa"], json!(author.grandpa));
		assert_eq!(patch["balances"]["balances"], json!([[bob, 2_000_000_000_000u64]]));
	}

	#[test]
	fn empty_patch_changes_nothing() {
		assert_eq!(command("main-local").patch(None), json!({}));
	}

	#[test]
	fn children_of_different_blocks_have_different_folders() {
		let preset = command("contract-local").preset;
		let first = checkpoint();
		let second = Checkpoint { hash: H256::repeat_byte(0xcd), ..checkpoint() };
		assert_eq!(default_id(preset, Some(&first)), "terrace-contract-local-abababab");
		assert_ne!(default_id(preset, Some(&first)), default_id(preset, Some(&second)));
	}
}
