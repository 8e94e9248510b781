// SPDX-License-Identifier: Apache-2.0
//! A contract chain with as many running contracts as asked for, all made by calls.

use crate::runtime::*;
use frame_support::traits::Hooks;
use frame_system::RawOrigin;
use pallet_storage_contracts::{Chains, Pallet};
use sp_core::Blake2Hasher;
use sp_io::hashing::twox_128;
use sp_runtime::BuildStorage;
use sp_trie::recorder::Recorder;
use std::time::Duration;
use terrace_layers::{
	AccountId, Balance, BatchId, ContractId, Layer, LegId, Message, OnMessage, OnNeighbour, Origin,
	Relation, Report, StreamId, Terms, VersionedMessage, MAX_BATCHES_PER_WINDOW,
	MAX_LEGS_PER_BATCH,
};
use terrace_possession::ContentId;

/// Providers, and so streams: each serves the same share of all contracts.
pub const PROVIDERS: u64 = 64;
/// Clients.
const CLIENTS: u64 = 1_000;
/// Contracts in a row that go to one provider, and after which the state is committed.
const STEP: u64 = 1_024;
/// Contracts that one report can start.
const PER_WINDOW: u64 = MAX_BATCHES_PER_WINDOW * MAX_LEGS_PER_BATCH as u64;
/// Windows that contracts run for.
const WINDOWS: u32 = 900;
/// Windows of which a contract must be proven in one, on average.
const INTERVAL: u16 = 8;

/// What some work accessed of the state, each key once; the system's own bookkeeping left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accesses {
	/// Keys read from the committed state.
	pub reads: usize,
	/// Keys written.
	pub writes: usize,
}

/// The chain's state, and how far it is.
pub struct World {
	ext: sp_io::TestExternalities,
	contracts: u64,
}

impl World {
	/// A chain with a proof chain and without contracts.
	pub fn new() -> Self {
		let funds = Balance::from(u64::MAX) * 1_000_000;
		let providers = (0..PROVIDERS).map(|number| provider_of(number * STEP));
		let rich = (0..CLIENTS).map(client).chain(providers).chain([Pallet::<Runtime>::pot()]);
		let balances = rich.map(|who| (who, funds)).collect();
		let mut storage = frame_system::GenesisConfig::<Runtime>::default()
			.build_storage()
			.expect("the genesis is valid");
		pallet_balances::GenesisConfig::<Runtime> { balances, ..Default::default() }
			.assimilate_storage(&mut storage)
			.expect("the genesis is valid");
		let mut world = Self { ext: storage.into(), contracts: 0 };
		world.committed(|| {
			System::set_block_number(1);
			let window_ms = u64::from(WINDOW_BLOCKS) * BLOCK_MS;
			let origin = Origin { layer: Layer::Proof, window_ms, parent: None };
			StorageContracts::on_registered(PROOF_CHAIN, Relation::Child, &origin)
				.expect("the chain is new");
		});
		world
	}

	/// Runs `work` and commits what it did.
	pub fn committed<R>(&mut self, work: impl FnOnce() -> R) -> R {
		let result = self.ext.execute_with(|| {
			let result = work();
			System::reset_events();
			result
		});
		self.ext.commit_all().expect("no transaction is open");
		result
	}

	/// Runs `work`, returns what it accessed, and forgets what it did.
	pub fn accesses(&mut self, work: impl FnOnce()) -> Accesses {
		let recorder = Recorder::<Blake2Hasher>::default();
		self.ext.execute_with_recorder(recorder.clone(), work);
		let recorded = recorder.recorded_keys();
		let keys = recorded.values().flat_map(|keys| keys.keys());
		let reads = keys.filter(|key| !is_bookkeeping(key)).count();
		let changes = self.ext.overlayed_changes().changes();
		let writes = changes.filter(|(key, _)| !is_bookkeeping(key)).count();
		self.ext.reset_overlay();
		Accesses { reads, writes }
	}

	/// Number of contracts that run.
	pub fn contracts(&self) -> u64 {
		self.contracts
	}

	/// Makes contracts until there are `count`, and waits until all are settled by reports.
	pub fn grow(&mut self, count: u64) {
		while self.contracts < count {
			let goal = count.min(self.contracts + PER_WINDOW);
			while self.contracts < goal {
				let ids = self.contracts..goal.min((self.contracts / STEP + 1) * STEP);
				self.contracts = ids.end;
				self.committed(|| ids.for_each(make));
			}
			self.pass_clean();
		}
		// The newest legs start two windows after they were made.
		for _ in 0..4 {
			self.pass_clean();
		}
		self.committed(|| {
			let legs = pallet_storage_contracts::Legs::<Runtime>::iter_keys().take(1).count();
			assert_eq!(legs, 1, "contracts run");
			let streams: u32 = pallet_storage_contracts::Streams::<Runtime>::iter_values()
				.map(|stream| stream.legs)
				.sum();
			assert_eq!(u64::from(streams), count, "every contract has a leg in a stream");
		});
	}

	fn pass_clean(&mut self) {
		let report = clean(self.next_window());
		self.turn(&[report]);
	}

	/// The window that is reported next and the newest batch.
	pub fn next_window(&mut self) -> (terrace_layers::Window, BatchId) {
		self.ext.execute_with(|| {
			let chain = Chains::<Runtime>::get(PROOF_CHAIN).expect("registered above");
			(chain.reported, chain.sent)
		})
	}

	/// Passes a window: applies the report's parts and counts every stream; returns the time of the
	/// former.
	pub fn turn(&mut self, parts: &[Report]) -> Duration {
		let took = self.pass(parts);
		self.committed(|| {
			for provider in 0..PROVIDERS {
				let origin = RawOrigin::Signed(client(0)).into();
				let who = provider_of(provider * STEP);
				// A stream without contracts does not exist.
				let _ = StorageContracts::advance(origin, who, PROOF_CHAIN, 4_096);
			}
		});
		took
	}

	/// Passes a window and counts nothing; returns the time of applying the report.
	fn pass(&mut self, parts: &[Report]) -> Duration {
		self.committed(|| {
			System::set_block_number(System::block_number() + WINDOW_BLOCKS);
			StorageContracts::on_initialize(System::block_number());
		});
		self.committed(|| crate::clock::timed(|| apply(parts)))
	}

	/// Passes a clean window and has the newest contract's provider claim it; returns the claim's time
	/// and accesses.
	pub fn claim(&mut self) -> (Duration, Accesses) {
		let report = clean(self.next_window());
		self.pass(&[report]);
		let provider = provider_of(self.contracts - 1);
		let claim = || {
			StorageContracts::claim(RawOrigin::Signed(provider.clone()).into(), PROOF_CHAIN)
				.expect("a window was earned");
		};
		let accesses = self.accesses(claim);
		(self.committed(|| crate::clock::timed(claim)), accesses)
	}

	/// Accesses of applying a report.
	pub fn accesses_of(&mut self, parts: &[Report]) -> Accesses {
		self.accesses(|| apply(parts))
	}
}

/// Applies the parts of a report as the lane hands them over.
pub fn apply(parts: &[Report]) {
	for part in parts {
		let message = Message::Report(part.clone());
		StorageContracts::on_message(PROOF_CHAIN, Relation::Child, message)
			.expect("the report is the next one");
	}
}

/// The report of a window in which everything was proven.
pub fn clean((window, applied): (terrace_layers::Window, BatchId)) -> Report {
	Report {
		window,
		part: 0,
		last: true,
		applied,
		outages: Default::default(),
		faults: Default::default(),
	}
}

/// Bytes of a report's parts as they travel.
pub fn bytes_of(parts: &[Report]) -> usize {
	let payload = |part: &Report| VersionedMessage::to_payload(Message::Report(part.clone()));
	parts.iter().map(|part| payload(part).len()).sum()
}

/// The stream of a leg: streams are numbered in the order in which providers get contracts.
pub fn stream_of(leg: u64) -> StreamId {
	StreamId(((leg / STEP) % PROVIDERS) as u32)
}

/// The leg of a contract: both are numbered from 0 in the same order.
pub fn leg_of(contract: u64) -> LegId {
	LegId(contract)
}

fn make(number: u64) {
	let (client, provider) = (client(number % CLIENTS), provider_of(number));
	let terms = Terms {
		proof_chain: PROOF_CHAIN,
		root: ContentId([5; 32]),
		size: 1 << 30,
		windows: WINDOWS,
		interval: INTERVAL,
		max_rate: Balance::MAX,
	};
	StorageContracts::propose(RawOrigin::Signed(client).into(), provider.clone(), terms)
		.expect("everybody has funds");
	StorageContracts::accept(RawOrigin::Signed(provider).into(), ContractId(number))
		.expect("there is room");
}

fn client(number: u64) -> AccountId {
	account(1, number)
}

/// The provider of a contract.
pub fn provider_of(contract: u64) -> AccountId {
	account(2, (contract / STEP) % PROVIDERS)
}

fn account(kind: u8, number: u64) -> AccountId {
	let mut bytes = [kind; 32];
	bytes[8..16].copy_from_slice(&number.to_be_bytes());
	AccountId::new(bytes)
}

/// Whether a key belongs to what every block holds in memory: its number, events and their count.
fn is_bookkeeping(key: &[u8]) -> bool {
	let (system, account) = (twox_128(b"System"), twox_128(b"Account"));
	key.starts_with(&system) && key.get(16..32) != Some(&account)
}

/// Most exceptions that a report of one window lists.
pub fn most_exceptions() -> usize {
	let per_part = terrace_layers::MAX_EXCEPTIONS_PER_PART as usize;
	per_part * usize::from(terrace_layers::MAX_PARTS)
}

/// Length of a window.
pub fn window_seconds() -> f64 {
	f64::from(WINDOW_BLOCKS) * BLOCK_MS as f64 / 1e3
}

/// Price that a provider earns of one contract in one window.
pub fn price() -> Balance {
	UNIT / 1_000
}
