// SPDX-License-Identifier: Apache-2.0
//! The services of a node, the same on every layer.

use crate::{
	chain_spec::layer_name,
	genesis::Genesis,
	relay_task::{Edge, RelayArgs},
	rpc,
};
use sc_basic_authorship::ProposerFactory;
use sc_consensus::{DefaultImportQueue, JustificationSyncLink};
use sc_consensus_babe::{
	BabeBlockImport, BabeLink, BabeParams, BabeWorkerHandle, ImportQueueParams, SlotProportion,
};
use sc_consensus_grandpa::{
	FinalityProofProvider, GrandpaBlockImport, GrandpaParams, GrandpaPruningFilter, LinkHalf,
	SharedVoterState, VotingRulesBuilder,
};
use sc_network::{
	config::{FullNetworkConfiguration, NetworkBackendType},
	Litep2pNetworkBackend, NetworkBackend, NetworkWorker, ProtocolName,
};
use sc_service::{
	BuildNetworkParams, Configuration, Error, GenesisBlockBuilder, KeystoreContainer, PruningMode,
	Role, SpawnTasksParams, TaskManager, WarpSyncConfig,
};
use sc_telemetry::{Telemetry, TelemetryHandle, TelemetryWorker};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_blockchain::HeaderBackend;
use sp_consensus::SyncOracle;
use sp_consensus_babe::{
	inherents::{BabeCreateInherentDataProviders, InherentDataProvider as SlotProvider},
	SlotDuration,
};
use sp_keystore::KeystorePtr;
use sp_timestamp::InherentDataProvider as TimestampProvider;
use std::{sync::Arc, time::Duration};
use substrate_prometheus_endpoint::Registry;
use terrace_layers::Origin;
use terrace_runtime_common::{opaque::Block, BlockNumber};

pub use terrace_runtime_common::Hash;

/// Blocks between two justifications that are kept: neighbours follow the chain through them.
const JUSTIFICATION_PERIOD: u32 = 8;
/// How often votes are sent to peers again.
const GOSSIP_INTERVAL: Duration = Duration::from_millis(333);
/// Share of a slot for making a block; the rest is for spreading it and voting on it.
const PROPOSAL_SHARE: f32 = 0.5;

/// Runs the runtime.
pub type Executor = sc_executor::WasmExecutor<sp_io::SubstrateHostFunctions>;
/// The chain. Every layer answers the calls that a node makes, and only the main runtime's
/// declaration of them is used, never its code: that comes from the chain's state.
pub type FullClient = sc_service::TFullClient<Block, terrace_main_runtime::RuntimeApi, Executor>;
/// The database.
pub type FullBackend = sc_service::TFullBackend<Block>;
/// Picks the best chain.
pub type FullSelectChain = sc_consensus::LongestChain<FullBackend, Block>;
/// The transaction pool.
pub type FullPool = sc_transaction_pool::TransactionPoolHandle<Block, FullClient>;

type GrandpaImport = GrandpaBlockImport<FullBackend, Block, FullClient, FullSelectChain>;
type Inherents = BabeCreateInherentDataProviders<Block>;
type BabeImport = BabeBlockImport<Block, FullClient, GrandpaImport, Inherents, FullSelectChain>;

/// What the consensus hands from the import of blocks to their making.
pub struct Consensus {
	block_import: BabeImport,
	babe_link: BabeLink<Block>,
	babe_worker: BabeWorkerHandle<Block>,
	grandpa_link: LinkHalf<Block, FullClient, FullSelectChain>,
	inherents: Inherents,
}

/// What commands on the database need of a node.
pub type Parts = sc_service::PartialComponents<
	FullClient,
	FullBackend,
	FullSelectChain,
	DefaultImportQueue<Block>,
	FullPool,
	(Consensus, Option<Telemetry>),
>;

/// Opens the database and sets up the import of blocks.
pub fn new_partial(config: &mut Configuration) -> Result<Parts, Error> {
	let chain = Chain::open(config)?;
	assemble(config, chain)
}

fn assemble(config: &Configuration, chain: Chain) -> Result<Parts, Error> {
	let select_chain = FullSelectChain::new(chain.backend.clone());
	let pool = sc_transaction_pool::Builder::new(
		chain.task_manager.spawn_essential_handle(),
		chain.client.clone(),
		config.role.is_authority().into(),
	)
	.with_options(config.transaction_pool.clone())
	.with_prometheus(config.prometheus_registry())
	.build();
	let transaction_pool = Arc::new(pool);
	let (import_queue, consensus) =
		set_up_import(config, &chain, &select_chain, &transaction_pool)?;
	Ok(Parts {
		client: chain.client,
		backend: chain.backend,
		task_manager: chain.task_manager,
		keystore_container: chain.keystore,
		import_queue,
		select_chain,
		transaction_pool,
		other: (consensus, chain.telemetry),
	})
}

/// Neighbours ask for proofs of old states, so a new database keeps those of all final blocks
/// unless told otherwise; an existing one goes on as it was made.
fn keep_final_states(config: &mut Configuration) {
	let is_new = match config.database.path().map(std::fs::read_dir) {
		Some(Ok(mut entries)) => entries.next().is_none(),
		Some(Err(_)) | None => true,
	};
	if is_new && config.state_pruning.is_none() {
		config.state_pruning = Some(PruningMode::ArchiveCanonical);
	}
}

fn new_telemetry(config: &Configuration) -> Result<Option<(TelemetryWorker, Telemetry)>, Error> {
	let Some(endpoints) = config.telemetry_endpoints.clone().filter(|all| !all.is_empty()) else {
		return Ok(None);
	};
	let worker = TelemetryWorker::new(16)?;
	let telemetry = worker.handle().new_telemetry(endpoints);
	Ok(Some((worker, telemetry)))
}

/// The opened database of the chain that the specification describes.
struct Chain {
	client: Arc<FullClient>,
	backend: Arc<FullBackend>,
	keystore: KeystoreContainer,
	task_manager: TaskManager,
	telemetry: Option<Telemetry>,
	origin: Origin,
}

impl Chain {
	fn open(config: &mut Configuration) -> Result<Self, Error> {
		keep_final_states(config);
		let (worker, telemetry) = new_telemetry(config)?.unzip();
		let executor = sc_service::new_wasm_executor(&config.executor);
		let genesis = Genesis::of(config.chain_spec.as_ref(), &executor).map_err(in_words)?;
		let (origin, id) = (genesis.origin().map_err(in_words)?, genesis.chain());
		let mut database = config.db_config();
		database.pruning_filters = vec![Arc::new(GrandpaPruningFilter)];
		let backend = sc_service::new_db_backend(database)?;
		let first_block = GenesisBlockBuilder::new_with_storage(
			genesis.into_storage(),
			!config.no_genesis(),
			backend.clone(),
			executor.clone(),
		)?;
		let (client, backend, keystore, task_manager) =
			sc_service::new_full_parts_with_genesis_builder(
				config,
				telemetry.as_ref().map(Telemetry::handle),
				executor,
				backend,
				first_block,
				false,
			)?;
		let client: Arc<FullClient> = Arc::new(client);
		let found = client.info().genesis_hash;
		if found != id.0 {
			return Err(Error::Other(format!(
				"the database in {} belongs to another chain ({found:?}) than the chain spec \
				 ({id}): give the chain spec it was made with, or another --base-path, or remove \
				 it with `terrace-node purge-chain`",
				config.data_path.display(),
			)));
		}
		if let Some(worker) = worker {
			task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		}
		Ok(Self { client, backend, keystore, task_manager, telemetry, origin })
	}
}

fn in_words(error: impl std::error::Error) -> Error {
	Error::Other(error.to_string())
}

/// Joins GRANDPA and BABE to the import of blocks.
fn set_up_import(
	config: &Configuration,
	chain: &Chain,
	select_chain: &FullSelectChain,
	pool: &Arc<FullPool>,
) -> Result<(DefaultImportQueue<Block>, Consensus), Error> {
	let handle = chain.telemetry.as_ref().map(Telemetry::handle);
	let client = chain.client.clone();
	let (grandpa_import, grandpa_link) = sc_consensus_grandpa::block_import(
		client.clone(),
		JUSTIFICATION_PERIOD,
		&client,
		select_chain.clone(),
		handle.clone(),
	)?;
	let babe = sc_consensus_babe::configuration(&*client)?;
	let slot_duration = babe.slot_duration();
	let inherents = inherents(slot_duration);
	let (block_import, babe_link) = sc_consensus_babe::block_import(
		babe,
		grandpa_import.clone(),
		client.clone(),
		inherents.clone(),
		select_chain.clone(),
		OffchainTransactionPoolFactory::new(pool.clone()),
	)?;
	let (queue, babe_worker) = sc_consensus_babe::import_queue(ImportQueueParams {
		link: babe_link.clone(),
		block_import: block_import.clone(),
		justification_import: Some(Box::new(grandpa_import)),
		client,
		slot_duration,
		spawner: &chain.task_manager.spawn_essential_handle(),
		registry: config.prometheus_registry(),
		telemetry: handle,
	})?;
	let consensus = Consensus { block_import, babe_link, babe_worker, grandpa_link, inherents };
	Ok((queue, consensus))
}

/// What an author puts into every block: the slot and the time.
fn inherents(slot_duration: SlotDuration) -> Inherents {
	Arc::new(move |_parent: Hash, ()| async move {
		let time = TimestampProvider::from_system_time();
		let slot = SlotProvider::from_timestamp_and_slot_duration(*time, slot_duration);
		Ok::<_, Box<dyn std::error::Error + Send + Sync>>((slot, time))
	})
}

/// Takes back what BABE and GRANDPA keep of the newest blocks.
pub fn revert_consensus(
	client: Arc<FullClient>,
	backend: Arc<FullBackend>,
	blocks: BlockNumber,
) -> sc_cli::Result<()> {
	sc_consensus_babe::revert(client.clone(), backend, blocks)?;
	sc_consensus_grandpa::revert(client, blocks)?;
	Ok(())
}

/// Starts a node, with the relay to its parent if asked for.
pub fn start(mut config: Configuration, relay: RelayArgs) -> Result<TaskManager, Error> {
	let chain = Chain::open(&mut config)?;
	relay.check(&chain.origin).map_err(in_words)?;
	introduce(&chain.origin, chain.client.info().genesis_hash);
	let parts = assemble(&config, chain)?;
	match config.network.network_backend {
		NetworkBackendType::Libp2p => start_on::<NetworkWorker<Block, Hash>>(config, parts, relay),
		NetworkBackendType::Litep2p => start_on::<Litep2pNetworkBackend>(config, parts, relay),
	}
}

/// Longer than a screen because what it joins has types that only inference can name.
fn start_on<N: NetworkBackend<Block, Hash>>(
	config: Configuration,
	parts: Parts,
	relay: RelayArgs,
) -> Result<TaskManager, Error> {
	let node = Node::new(&config, &parts);
	let Parts {
		client,
		backend,
		mut task_manager,
		import_queue,
		transaction_pool: pool,
		other: (consensus, mut telemetry),
		..
	} = parts;

	let registry = config.prometheus_registry();
	let metrics = N::register_notification_metrics(registry);
	let mut net_config =
		FullNetworkConfiguration::<Block, Hash, N>::new(&config.network, registry.cloned());
	let votes_protocol = sc_consensus_grandpa::protocol_standard_name(
		&client.info().genesis_hash,
		&config.chain_spec,
	);
	let (votes_config, votes) = sc_consensus_grandpa::grandpa_peers_set_config::<_, N>(
		votes_protocol.clone(),
		metrics.clone(),
		net_config.peer_store_handle(),
	);
	net_config.add_notification_protocol(votes_config);
	let warp_sync = sc_consensus_grandpa::warp_proof::NetworkProvider::new(
		backend.clone(),
		consensus.grandpa_link.shared_authority_set().clone(),
		Vec::new(),
	);
	let (network, system_rpc_tx, tx_handler_controller, sync, _bitswap) =
		sc_service::build_network(BuildNetworkParams {
			config: &config,
			net_config,
			client: client.clone(),
			transaction_pool: pool.clone(),
			spawn_handle: task_manager.spawn_handle(),
			spawn_essential_handle: task_manager.spawn_essential_handle(),
			import_queue,
			block_announce_validator_builder: None,
			warp_sync_config: Some(WarpSyncConfig::WithProvider(Arc::new(warp_sync))),
			block_relay: None,
			metrics,
			gap_sync_body_policy: None,
		})?;

	let voter_state = SharedVoterState::empty();
	let methods = node.rpc(&consensus, backend.clone(), voter_state.clone());
	let rpc = sc_service::spawn_tasks(SpawnTasksParams {
		config,
		client,
		backend,
		task_manager: &mut task_manager,
		keystore: node.keystore.clone(),
		transaction_pool: pool.clone(),
		rpc_builder: Box::new(move |executor| {
			methods.module(executor).map_err(|error| Error::Application(error.into()))
		}),
		network: network.clone(),
		system_rpc_tx,
		tx_handler_controller,
		sync_service: sync.clone(),
		telemetry: telemetry.as_mut(),
		tracing_execute_block: None,
	})?;
	if let Some(edge) = Edge::of(relay, rpc.listen_addresses()).map_err(in_words)? {
		task_manager.spawn_handle().spawn(
			"relay",
			Some("relay"),
			edge.relay(node.registry.clone()),
		);
	}

	let Consensus { block_import, babe_link, grandpa_link, inherents, .. } = consensus;
	if node.role.is_authority() {
		node.author(&task_manager, block_import, babe_link, inherents, sync.clone())?;
	}
	if node.votes {
		let voter = sc_consensus_grandpa::run_grandpa_voter(GrandpaParams {
			config: node.voting(votes_protocol),
			link: grandpa_link,
			network,
			sync: Arc::new(sync),
			notification_service: votes,
			// Votes go to the newest block: each block of delay would delay every message twice.
			voting_rule: VotingRulesBuilder::new().build(),
			prometheus_registry: node.registry.clone(),
			shared_voter_state: voter_state,
			telemetry: node.telemetry.clone(),
			offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(pool),
		})?;
		let essential = task_manager.spawn_essential_handle();
		essential.spawn_blocking("grandpa-voter", None, voter);
	}
	Ok(task_manager)
}

fn introduce(origin: &Origin, id: Hash) {
	log::info!("🔗 Terrace {} chain {id:?}", layer_name(origin.layer));
	if let Some(parent) = &origin.parent {
		let layer = layer_name(parent.layer);
		log::info!("🔗 Below {layer} chain {} from its block {} on", parent.chain, parent.number);
	}
}

/// What the tasks of a running node share.
struct Node {
	client: Arc<FullClient>,
	pool: Arc<FullPool>,
	select_chain: FullSelectChain,
	keystore: KeystorePtr,
	telemetry: Option<TelemetryHandle>,
	registry: Option<Registry>,
	role: Role,
	force_authoring: bool,
	votes: bool,
	name: String,
}

impl Node {
	fn new(config: &Configuration, parts: &Parts) -> Self {
		Self {
			client: parts.client.clone(),
			pool: parts.transaction_pool.clone(),
			select_chain: parts.select_chain.clone(),
			keystore: parts.keystore_container.keystore(),
			telemetry: parts.other.1.as_ref().map(Telemetry::handle),
			registry: config.prometheus_registry().cloned(),
			role: config.role,
			force_authoring: config.force_authoring,
			votes: !config.disable_grandpa,
			name: config.network.node_name.clone(),
		}
	}

	fn rpc(
		&self,
		consensus: &Consensus,
		backend: Arc<FullBackend>,
		voter: SharedVoterState,
	) -> rpc::Deps {
		let authorities = consensus.grandpa_link.shared_authority_set().clone();
		rpc::Deps {
			client: self.client.clone(),
			pool: self.pool.clone(),
			select_chain: self.select_chain.clone(),
			keystore: self.keystore.clone(),
			babe: consensus.babe_worker.clone(),
			voter,
			justifications: consensus.grandpa_link.justification_stream(),
			finality: FinalityProofProvider::new_for_service(backend, Some(authorities.clone())),
			authorities,
		}
	}

	/// Starts making blocks.
	fn author<S>(
		&self,
		tasks: &TaskManager,
		block_import: BabeImport,
		babe_link: BabeLink<Block>,
		create_inherent_data_providers: Inherents,
		sync: S,
	) -> Result<(), Error>
	where
		S: SyncOracle + JustificationSyncLink<Block> + Clone + Send + Sync + 'static,
	{
		let env = ProposerFactory::new(
			tasks.spawn_handle(),
			self.client.clone(),
			self.pool.clone(),
			self.registry.as_ref(),
			self.telemetry.clone(),
		);
		let babe = sc_consensus_babe::start_babe(BabeParams {
			keystore: self.keystore.clone(),
			client: self.client.clone(),
			select_chain: self.select_chain.clone(),
			env,
			block_import,
			sync_oracle: sync.clone(),
			justification_sync_link: sync,
			create_inherent_data_providers,
			force_authoring: self.force_authoring,
			// A chain goes on while its finality waits for authorities: windows stay open.
			backoff_authoring_blocks: None::<()>,
			babe_link,
			block_proposal_slot_portion: SlotProportion::new(PROPOSAL_SHARE),
			max_block_proposal_slot_portion: None,
			telemetry: self.telemetry.clone(),
		})?;
		let essential = tasks.spawn_essential_handle();
		essential.spawn_blocking("babe-proposer", Some("block-authoring"), babe);
		Ok(())
	}

	/// How this node votes on finality.
	fn voting(&self, protocol_name: ProtocolName) -> sc_consensus_grandpa::Config {
		sc_consensus_grandpa::Config {
			gossip_duration: GOSSIP_INTERVAL,
			justification_generation_period: JUSTIFICATION_PERIOD,
			observer_enabled: false,
			local_role: self.role,
			name: Some(self.name.clone()),
			keystore: self.role.is_authority().then(|| self.keystore.clone()),
			telemetry: self.telemetry.clone(),
			protocol_name,
		}
	}
}
