// SPDX-License-Identifier: Apache-2.0
//! Starts, watches and stops the three layers and their providers.

use crate::{ensure, program, wait_for, Failure, Process};
use serde_json::Value;
use std::{
	collections::BTreeMap,
	path::{Path, PathBuf},
	time::Duration,
};
use terrace_client::{Chain, Signer};
use terrace_layers::{
	views::{ContractView, LaneView, NeighbourView, ProofChainView, WindowView},
	ChainId, ContractId, LaneId, Layer,
};

/// Account with tokens on the main chain that registers chains and hands tokens out.
pub const FUNDER: &str = "//Alice";
/// Account that pays for relaying to the main chain.
pub const RELAYER: &str = "//Charlie";
/// Account that stores files.
pub const CLIENT: &str = "//Dave";
/// Accounts of the storage providers.
pub const PROVIDERS: [&str; 2] = ["//Eve", "//Ferdie"];

/// A node of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
	/// One of the two first authorities; runs the relay to the parent.
	Alice,
	/// The other one.
	Bob,
	/// Becomes an authority later, in some tests.
	Charlie,
	/// So does this one.
	Dave,
}

impl Side {
	/// What tells the node which keys it has; newcomers make their own.
	fn flag(self) -> &'static str {
		match self {
			Side::Alice => "--alice",
			Side::Bob => "--bob",
			Side::Charlie | Side::Dave => "--validator",
		}
	}

	fn name(self) -> &'static str {
		match self {
			Side::Alice => "alice",
			Side::Bob => "bob",
			Side::Charlie => "charlie",
			Side::Dave => "dave",
		}
	}

	fn rank(self) -> u16 {
		match self {
			Side::Alice => 0,
			Side::Bob => 1,
			Side::Charlie => 2,
			Side::Dave => 3,
		}
	}
}

/// Where a network lives.
#[derive(Clone, Debug)]
pub struct Layout {
	/// Folder of databases, specs and logs.
	pub dir: PathBuf,
	/// First of the ports it uses; the standard ones are 9944 and above.
	pub base_port: u16,
}

impl Layout {
	fn rank(layer: Layer) -> u16 {
		match layer {
			Layer::Main => 0,
			Layer::Contract => 10,
			Layer::Proof => 20,
		}
	}

	/// RPC port of a node.
	pub fn rpc_port(&self, layer: Layer, side: Side) -> u16 {
		self.base_port + Self::rank(layer) + side.rank()
	}

	/// Peer-to-peer port of a node.
	pub fn p2p_port(&self, layer: Layer, side: Side) -> u16 {
		self.rpc_port(layer, side) + 40
	}

	/// Prometheus port of a node.
	pub fn metrics_port(&self, layer: Layer, side: Side) -> u16 {
		self.rpc_port(layer, side) + 80
	}

	/// HTTP port of a provider.
	pub fn provider_port(&self, index: usize) -> u16 {
		self.base_port + 120 + index as u16
	}

	/// WebSocket endpoint of a layer's first node.
	pub fn url(&self, layer: Layer) -> String {
		format!("ws://127.0.0.1:{}", self.rpc_port(layer, Side::Alice))
	}

	/// Folder of the logs.
	pub fn logs(&self) -> PathBuf {
		self.dir.join("logs")
	}

	fn spec(&self, layer: Layer) -> PathBuf {
		self.dir.join(format!("{}.json", layer_name(layer)))
	}
}

/// Name of a layer in file names and options.
fn layer_name(layer: Layer) -> &'static str {
	match layer {
		Layer::Main => "main",
		Layer::Contract => "contract",
		Layer::Proof => "proof",
	}
}

/// A running network.
pub struct Network {
	/// Where it lives.
	pub layout: Layout,
	nodes: BTreeMap<(u16, Side), Process>,
	providers: BTreeMap<usize, Process>,
	narrate: bool,
	/// Whether its chains run what `scripts/release` built.
	pub upgraded: bool,
}

impl Network {
	/// An empty network in `layout`; `narrate` tells every step.
	pub fn new(layout: Layout, narrate: bool) -> Result<Self, Failure> {
		std::fs::create_dir_all(layout.logs())?;
		Ok(Self {
			layout,
			nodes: BTreeMap::new(),
			providers: BTreeMap::new(),
			narrate,
			upgraded: false,
		})
	}

	fn say(&self, text: &str) {
		if self.narrate {
			println!("  {text}");
		}
	}

	/// Starts all three layers, registers the child chains and moves tokens down.
	pub async fn up(&mut self) -> Result<(), Failure> {
		self.start_layer(Layer::Main).await?;
		self.start_layer(Layer::Contract).await?;
		self.register(Layer::Contract).await?;
		for (who, amount) in self.allowances()? {
			self.transfer_down(FUNDER, &who, amount).await?;
		}
		self.start_layer(Layer::Proof).await?;
		self.register(Layer::Proof).await?;
		Ok(())
	}

	/// Who gets how many tokens on the contract chain.
	fn allowances(&self) -> Result<Vec<(String, &'static str)>, Failure> {
		let mut list = vec![(FUNDER, "3000"), (CLIENT, "2000")];
		list.extend(PROVIDERS.map(|suri| (suri, "5000")));
		list.into_iter().map(|(suri, amount)| Ok((address(suri)?, amount))).collect()
	}

	/// Makes the layer's chain spec, starts its two nodes and waits until it finalises.
	pub async fn start_layer(&mut self, layer: Layer) -> Result<(), Failure> {
		self.say(&format!("starting the {} chain, two nodes", layer_name(layer)));
		self.make_spec(layer).await?;
		self.start_node(layer, Side::Alice).await?;
		self.start_node(layer, Side::Bob).await?;
		self.await_finality(layer, 3).await
	}

	async fn make_spec(&self, layer: Layer) -> Result<(), Failure> {
		let mut args = vec!["make-spec".to_string(), format!("{}-local", layer_name(layer))];
		if let Some(parent) = layer.parent() {
			args.extend(["--parent-url".into(), self.layout.url(parent)]);
		}
		let spec = self.run("terrace-node", &args).await?;
		std::fs::write(self.layout.spec(layer), spec)?;
		Ok(())
	}

	/// Starts one node; its database is kept between starts.
	pub async fn start_node(&mut self, layer: Layer, side: Side) -> Result<(), Failure> {
		let name = format!("{}-{}", layer_name(layer), side.name());
		let args = self.node_args(layer, side, &name).await?;
		let process = Process::start(
			&name,
			&program("terrace-node")?,
			&args,
			&[("TERRACE_RELAY_SURI", RELAYER)],
			&self.layout.logs(),
		)?;
		self.nodes.insert((Layout::rank(layer), side), process);
		self.await_rpc(layer, side).await
	}

	async fn node_args(
		&self,
		layer: Layer,
		side: Side,
		name: &str,
	) -> Result<Vec<String>, Failure> {
		let layout = &self.layout;
		let text = |parts: &[&str]| parts.iter().map(|p| p.to_string()).collect::<Vec<_>>();
		let mut args = text(&[side.flag(), "--no-telemetry", "--no-mdns", "--db-cache", "16"]);
		args.extend(text(&["--max-runtime-instances", "2", "--runtime-cache-size", "2"]));
		args.extend(["--chain".into(), layout.spec(layer).display().to_string()]);
		args.extend(["--base-path".into(), layout.dir.join(name).display().to_string()]);
		args.extend(["--rpc-port".into(), layout.rpc_port(layer, side).to_string()]);
		let listen = format!("/ip4/127.0.0.1/tcp/{}", layout.p2p_port(layer, side));
		args.extend(["--listen-addr".into(), listen]);
		args.extend(["--prometheus-port".into(), layout.metrics_port(layer, side).to_string()]);
		args.extend(["--node-key".into(), node_key(layer, side)]);
		if side != Side::Alice {
			args.extend(["--bootnodes".into(), self.bootnode(layer).await?]);
		} else if let Some(parent) = layer.parent() {
			args.extend(["--parent-url".into(), layout.url(parent)]);
		}
		Ok(args)
	}

	async fn bootnode(&self, layer: Layer) -> Result<String, Failure> {
		let chain = self.chain(layer).await?;
		let peer: String = chain.rpc("system_localPeerId", Value::Array(vec![])).await?;
		Ok(format!("/ip4/127.0.0.1/tcp/{}/p2p/{peer}", self.layout.p2p_port(layer, Side::Alice)))
	}

	async fn await_rpc(&mut self, layer: Layer, side: Side) -> Result<(), Failure> {
		let url = self.node_url(layer, side);
		for _ in 0..240 {
			self.check()?;
			if Chain::connect(&url).await.is_ok() {
				return Ok(());
			}
			tokio::time::sleep(Duration::from_millis(500)).await;
		}
		Err(Failure(format!("no answer at {url} after 120 s")))
	}

	/// Waits until the layer has finalised block `number`.
	pub async fn await_finality(&self, layer: Layer, number: u32) -> Result<(), Failure> {
		let chain = self.chain(layer).await?;
		let what = format!("the {} chain finalises block {number}", layer_name(layer));
		wait_for(&what, Duration::from_secs(120), Duration::from_millis(300), || async {
			Ok((chain.finalized().await?.0 >= number).then_some(()))
		})
		.await
	}

	/// An error if anything that was started has stopped by itself.
	pub fn check(&mut self) -> Result<(), Failure> {
		self.nodes.values_mut().chain(self.providers.values_mut()).try_for_each(Process::check)
	}

	/// Proves the layer's genesis to its parent and registers it there.
	pub async fn register(&self, layer: Layer) -> Result<(), Failure> {
		let parent = layer.parent().ok_or("the main chain has no parent")?;
		self.say(&format!(
			"registering the {} chain with the {} chain",
			layer_name(layer),
			layer_name(parent)
		));
		let spec = self.layout.spec(layer).display().to_string();
		let file = |what: &str| {
			let name = format!("{}.{what}.json", layer_name(layer));
			self.layout.dir.join(name).display().to_string()
		};
		let (genesis, possession) = (file("genesis-proof"), file("possession"));
		let args = ["export-genesis-proof", "--chain", &spec, "--output", &genesis];
		self.run("terrace-node", &args.map(String::from)).await?;
		let mut args = vec!["sign-registration", "--chain", &spec, "--output", &possession];
		args.extend(["--suri", "//Alice", "--suri", "//Bob"]);
		self.run("terrace-node", &args.into_iter().map(String::from).collect::<Vec<_>>()).await?;
		let args = [
			"register-chain",
			"--parent-url",
			&self.layout.url(parent),
			"--genesis-proof",
			&genesis,
			"--possession",
			&possession,
			"--bond",
			"1000",
		]
		.map(String::from);
		self.terrace(if layer == Layer::Contract { FUNDER } else { "//Alice" }, &args).await?;
		Ok(())
	}

	/// Moves tokens of `from` on the main chain to `to` on the contract chain and waits for them.
	pub async fn transfer_down(&self, from: &str, to: &str, amount: &str) -> Result<(), Failure> {
		self.say(&format!("moving {amount} tokens down to {to}"));
		let args = ["transfer", "--down", "--to", to, amount].map(String::from);
		self.terrace(from, &args).await?;
		Ok(())
	}

	/// Starts storage provider number `index`.
	pub async fn start_provider(&mut self, index: usize) -> Result<(), Failure> {
		let suri = PROVIDERS.get(index).ok_or("there is no such provider account")?;
		let port = self.layout.provider_port(index);
		self.say(&format!("starting provider {} on port {port}", index + 1));
		let data = self.provider_data(index).display().to_string();
		let args: Vec<String> = [
			"--contract-url",
			&self.layout.url(Layer::Contract),
			"--proof-url",
			&self.layout.url(Layer::Proof),
			"--listen",
			&format!("127.0.0.1:{port}"),
			"--endpoint",
			&format!("http://127.0.0.1:{port}"),
			"--data",
			&data,
			"--price",
			"1",
			"--capacity",
			"16GiB",
			"--collateral",
			"1000",
		]
		.map(String::from)
		.to_vec();
		let name = format!("provider-{}", index + 1);
		let process = Process::start(
			&name,
			&program("terrace-provider")?,
			&args,
			&[("TERRACE_PROVIDER_SURI", suri)],
			&self.layout.logs(),
		)?;
		self.providers.insert(index, process);
		self.await_provider(index).await
	}

	async fn await_provider(&mut self, index: usize) -> Result<(), Failure> {
		let who = Signer::from_suri(PROVIDERS[index])?.account();
		let chain = self.chain(Layer::Contract).await?;
		for _ in 0..240 {
			self.check()?;
			let view: Option<terrace_layers::views::ProviderView> =
				chain.api("MarketApi_provider", &(who.clone(),), None).await?;
			let health = format!("http://127.0.0.1:{}/health", self.layout.provider_port(index));
			let answers = reqwest::get(&health).await.is_ok_and(|r| r.status().is_success());
			if answers && view.is_some_and(|view| view.accepting) {
				return Ok(());
			}
			tokio::time::sleep(Duration::from_millis(500)).await;
		}
		Err(Failure(format!("provider {} is not registered after 120 s", index + 1)))
	}

	/// Where provider number `index` keeps its blobs.
	pub fn provider_data(&self, index: usize) -> PathBuf {
		self.layout.dir.join(format!("provider-{}", index + 1))
	}

	/// A started node.
	pub fn node(&mut self, layer: Layer, side: Side) -> Option<&mut Process> {
		self.nodes.get_mut(&(Layout::rank(layer), side))
	}

	/// Kills a node at once and forgets it, until it is started again.
	pub async fn kill_node(&mut self, layer: Layer, side: Side) -> Result<(), Failure> {
		let node = self.nodes.remove(&(Layout::rank(layer), side));
		node.ok_or("the node is not started")?.kill().await
	}

	/// WebSocket endpoint of one node.
	pub fn node_url(&self, layer: Layer, side: Side) -> String {
		format!("ws://127.0.0.1:{}", self.layout.rpc_port(layer, side))
	}

	/// A started provider.
	pub fn provider(&mut self, index: usize) -> Option<&mut Process> {
		self.providers.get_mut(&index)
	}

	/// Resident memory of everything that was started, in bytes.
	pub fn memory(&self) -> u64 {
		self.nodes.values().chain(self.providers.values()).map(Process::memory).sum()
	}

	/// Stops everything, children before parents.
	pub async fn down(&mut self) {
		for process in self.providers.values_mut().chain(self.nodes.values_mut().rev()) {
			if let Err(error) = process.stop(Duration::from_secs(10)).await {
				eprintln!("{}: {error}", process.name());
			}
		}
		self.providers.clear();
		self.nodes.clear();
	}

	/// A connection to a layer.
	pub async fn chain(&self, layer: Layer) -> Result<Chain, Failure> {
		Ok(Chain::connect(&self.layout.url(layer)).await?)
	}

	/// A contract as the contract chain knows it.
	pub async fn contract(&self, id: ContractId) -> Result<Option<ContractView>, Failure> {
		let chain = self.chain(Layer::Contract).await?;
		Ok(chain.api("MarketApi_contract", &(id,), None).await?)
	}

	/// The proof chain as the contract chain settles it.
	pub async fn proof_chain(&self) -> Result<ProofChainView, Failure> {
		let chain = self.chain(Layer::Contract).await?;
		let mut all: Vec<ProofChainView> = chain.api("MarketApi_proof_chains", &(), None).await?;
		Ok(all.pop().ok_or("no proof chain is registered")?)
	}

	/// The open window of the proof chain.
	pub async fn window(&self) -> Result<WindowView, Failure> {
		let chain = self.chain(Layer::Proof).await?;
		let window: Option<WindowView> = chain.api("ProofApi_window", &(), None).await?;
		Ok(window.ok_or("no window is open yet")?)
	}

	/// A layer's neighbours.
	pub async fn neighbours(&self, layer: Layer) -> Result<Vec<NeighbourView>, Failure> {
		Ok(self.chain(layer).await?.api("LinkApi_neighbours", &(), None).await?)
	}

	/// One end of a lane.
	pub async fn lane(
		&self,
		layer: Layer,
		peer: ChainId,
		lane: LaneId,
	) -> Result<Option<LaneView>, Failure> {
		Ok(self.chain(layer).await?.api("LinkApi_lane", &(peer, lane), None).await?)
	}

	/// Runs the `terrace` command line as `suri` and returns what it says as JSON.
	pub async fn terrace(&self, suri: &str, args: &[String]) -> Result<Value, Failure> {
		let mut all = vec!["--json".to_string()];
		for (flag, layer) in [
			("--main-url", Layer::Main),
			("--contract-url", Layer::Contract),
			("--proof-url", Layer::Proof),
		] {
			all.extend([flag.to_string(), self.layout.url(layer)]);
		}
		all.extend(["--account".into(), suri.into()]);
		all.extend(args.iter().cloned());
		let text = self.run("terrace", &all).await?;
		Ok(serde_json::from_str(&text)?)
	}

	/// Runs one of our programs to its end and returns what it printed.
	pub async fn run(&self, name: &str, args: &[String]) -> Result<String, Failure> {
		let output = tokio::process::Command::new(program(name)?)
			.args(args)
			.stdin(std::process::Stdio::null())
			.kill_on_drop(true)
			.output()
			.await?;
		let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
		ensure!(
			output.status.success(),
			"`{name} {}` failed ({}):\n{}{}",
			args.join(" "),
			output.status,
			stdout,
			String::from_utf8_lossy(&output.stderr)
		);
		Ok(stdout)
	}
}

/// Address of an account.
pub fn address(suri: &str) -> Result<String, Failure> {
	use sp_core::crypto::Ss58Codec;
	Ok(Signer::from_suri(suri)?.account().to_ss58check())
}

/// A node's network key, fixed so that its peer id stays the same over restarts.
fn node_key(layer: Layer, side: Side) -> String {
	format!("{:064x}", 0x7e00 + Layout::rank(layer) + side.rank())
}

/// The programs' log files, for people who want to look.
pub fn log_files(dir: &Path) -> Vec<PathBuf> {
	let mut files: Vec<_> = std::fs::read_dir(dir)
		.map(|entries| entries.flatten().map(|entry| entry.path()).collect())
		.unwrap_or_default();
	files.sort();
	files
}
