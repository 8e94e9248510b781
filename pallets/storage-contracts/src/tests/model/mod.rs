// SPDX-License-Identifier: Apache-2.0
//! Random lives of contracts under proof chains that say whatever they like.
//!
//! After every step the invariants hold, everybody has exactly what the oracle says, and every answer
//! agrees with it; at the end one party of each contract ends it alone, and nothing is left.
mod actions;
mod check;
mod deeds;
mod end;
mod evidence;
mod learn;
mod oracle;

use super::{
	ends::{account, endow, key},
	*,
};
use actions::{actions, bounds, Action, Bounds, Cursor, Faults, Opening, Saying};
use frame_support::traits::Currency;
use learn::Context;
use oracle::Oracle;
use proptest::{collection::vec, prelude::*};
use sp_core::Pair;
use sp_runtime::MultiSignature;
use std::collections::BTreeMap;
use terrace_layers::{proposal_statement, Neighbours, SignedProposal};

/// Keys of the clients, and of the providers.
const KEYS: [[u8; 2]; 2] = [[1, 2], [11, 12]];
const CHAINS: [ChainId; 2] = [P, Q];
/// Price of a chunk in one window.
const RATE: Balance = UNIT / 1_024;
/// Collateral of a provider that has little.
const LITTLE: Balance = 100 * RATE;

fn client(index: usize) -> AccountId {
	account(KEYS[0][index])
}

fn provider(index: usize) -> AccountId {
	account(KEYS[1][index])
}

/// Makes a call; a refused one changes nothing and has a reason.
fn attempt(call: impl FnOnce() -> DispatchResult) -> Result<(), DispatchError> {
	let root = || sp_io::storage::root(sp_core::storage::StateVersion::V1);
	let before = root();
	let made = call();
	if let Err(error) = made {
		assert_eq!(before, root(), "a refused call changes nothing: {error:?}");
		assert_ne!(error, DispatchError::Corruption);
	}
	made
}

/// A contract that was accepted and is not closed.
#[derive(Clone, Debug)]
struct Known {
	client: usize,
	provider: usize,
	size: u64,
}

/// The chain and what the oracle knows of it.
struct World {
	bounds: Bounds,
	oracle: Oracle,
	/// All contracts there ever were.
	contracts: BTreeMap<ContractId, Known>,
	/// Those that are not closed.
	live: BTreeMap<ContractId, Known>,
	/// Parties and price of each open proposal.
	proposals: BTreeMap<ContractId, (AccountId, AccountId, Balance)>,
	/// Windows proven and compensation of legs that are closed.
	closed: BTreeMap<LegId, (u32, Balance)>,
	/// Paid to the provider and to the proof chain, by stream.
	received: BTreeMap<StreamId, (Balance, Balance)>,
	/// What else an account got, or lost.
	adjust: BTreeMap<AccountId, i128>,
	/// Clients of open audits.
	audits: BTreeMap<ContractId, AccountId>,
	/// Collateral that may be taken for other things than outages.
	expected: BTreeMap<AccountId, Balance>,
	/// Collateral taken.
	taken: BTreeMap<AccountId, Balance>,
	treasury: Balance,
	published: u64,
	issuance: Balance,
}

impl World {
	fn new(bounds: Bounds) -> Self {
		MaxOutages::set(bounds.outages);
		MaxSteps::set(bounds.steps);
		EndGrid::set(bounds.grid);
		AppealPeriod::set(bounds.appeal);
		PenaltyWindows::set(bounds.penalty);
		OutagesToEnd::set(bounds.outages_to_end);
		DailyPenaltyPercent::set(if bounds.scarce { 10 } else { 100 });
		Self::endow_everybody(bounds);
		let oracle = Oracle::new(bounds.appeal, bounds.penalty);
		Self {
			bounds,
			oracle,
			contracts: Default::default(),
			live: Default::default(),
			proposals: Default::default(),
			closed: Default::default(),
			received: Default::default(),
			adjust: Default::default(),
			audits: Default::default(),
			expected: Default::default(),
			taken: Default::default(),
			treasury: 0,
			published: 0,
			issuance: Balances::total_issuance(),
		}
	}

	fn endow_everybody(bounds: Bounds) {
		for (client, provider) in KEYS[0].into_iter().zip(KEYS[1]) {
			let (_, provider) = endow(client, provider);
			MockProviderOf::mutate(provider, |slot| {
				let record = slot.as_mut().expect("registered");
				record.collateral = if bounds.scarce { LITTLE } else { FUNDS };
			});
		}
		for who in [TREASURY, OWNER] {
			let _ = Balances::make_free_balance_be(&who, ED);
		}
		for chain in CHAINS {
			Chains::<Test>::mutate(chain, |slot| {
				slot.as_mut().expect("registered").terms.fee_per_byte = bounds.fee_per_byte;
			});
		}
	}

	/// Makes a call and takes in what it did.
	fn call(
		&mut self,
		context: Context,
		call: impl FnOnce() -> DispatchResult,
	) -> Result<(), DispatchError> {
		System::reset_events();
		let made = attempt(call);
		self.learn(context);
		made
	}

	fn act(&mut self, action: &Action) {
		match action {
			Action::Open(opening, accept) => self.open(*opening, *accept),
			Action::Publish(opening) => self.publish(*opening),
			Action::Unpropose { by_client } => self.unpropose(*by_client),
			Action::Wait { blocks } => self.wait(*blocks),
			Action::Lane { chain, full: true } => MockFull::insert(CHAINS[*chain], ()),
			Action::Lane { chain, full: false } => MockFull::remove(CHAINS[*chain]),
			Action::Say { chain, saying } => self.say(CHAINS[*chain], saying),
			Action::Heartbeat { chain } => {
				let (window, round) = (Window(3), 1);
				let message = Message::Heartbeat { window, round };
				let chain = CHAINS[*chain];
				let heard = || StorageContracts::on_message(chain, Relation::Child, message);
				assert_ok!(self.call(Context::None, heard));
			}
			Action::Advance { provider: who, chain, steps } => {
				self.advance(STRANGER, provider(*who), CHAINS[*chain], *steps)
			}
			Action::Claim { provider: who, chain } => {
				let origin = by(provider(*who));
				let claim = || done(StorageContracts::claim(origin, CHAINS[*chain]));
				let _ = self.call(Context::None, claim);
			}
			Action::Do { contract, deed } => {
				if let Some(id) = self.live.keys().nth(contract % self.live.len().max(1)).copied() {
					self.deed(id, *deed);
				}
			}
			Action::AppealFault { nth, forged } => self.appeal_fault(*nth, *forged),
			Action::AppealOutage { nth, forged } => self.appeal_outage(*nth, *forged),
			Action::Finalise => self.finalise_all(STRANGER),
			Action::FlagStalled { chain } => {
				let flag = || StorageContracts::flag_stalled(by(STRANGER), CHAINS[*chain]);
				let _ = self.call(Context::None, flag);
			}
			Action::Pass { chain } => self.pass(CHAINS[*chain]),
			Action::Forgive { chain } => self.forgive(CHAINS[*chain]),
		}
	}

	/// Lets blocks pass, in which batches leave.
	fn wait(&mut self, blocks: u32) {
		System::reset_events();
		run(blocks);
		self.learn(Context::None);
	}

	fn terms(opening: Opening) -> Terms {
		Terms {
			root: evidence::root(opening.chunks),
			interval: opening.interval,
			..terms(CHAINS[opening.chain], opening.chunks * 1_024, opening.windows)
		}
	}

	fn open(&mut self, opening: Opening, accept: bool) {
		let (client, provider) = (client(opening.client), provider(opening.provider));
		let id = NextIds::<Test>::get().contract;
		let (origin, to, terms) = (by(client), provider.clone(), Self::terms(opening));
		let proposed = self.call(Context::None, || StorageContracts::propose(origin, to, terms));
		if accept && proposed.is_ok() {
			let accept = || StorageContracts::accept(by(provider), id);
			let _ = self.call(Context::None, accept);
		}
	}

	/// Publishes what a client signed, twice: it counts once at most.
	fn publish(&mut self, opening: Opening) {
		self.published += 1;
		let (client, provider) = (client(opening.client), provider(opening.provider));
		let (terms, number, expires_at) = (Self::terms(opening), self.published, u32::MAX);
		let this = MockNeighbours::this();
		let statement = proposal_statement(this, &client, &provider, &terms, number, expires_at);
		let signer = key(KEYS[0][opening.client]);
		let signature = MultiSignature::Sr25519(signer.sign(&statement));
		let proposal = SignedProposal { client, terms, number, expires_at, signature };
		let (before, proposals) = (self.contracts.len(), vec![proposal; 2].try_into());
		let proposals = proposals.expect("few");
		let publish = || StorageContracts::publish(by(provider), proposals);
		assert_ok!(self.call(Context::None, publish));
		assert!(self.contracts.len() <= before + 1);
	}

	fn unpropose(&mut self, by_client: bool) {
		let Some((id, (client, provider, _))) = self.proposals.first_key_value() else { return };
		let (id, client, provider) = (*id, client.clone(), provider.clone());
		let end = || match by_client {
			true => StorageContracts::withdraw(by(client), id),
			false => StorageContracts::reject(by(provider), id),
		};
		assert_ok!(self.call(Context::None, end));
	}

	fn say(&mut self, id: ChainId, saying: &Saying) {
		let chain = Chains::<Test>::get(id).expect("registered");
		let applied = match saying.applied {
			Cursor::Honest => chain.sent.0,
			Cursor::Behind(by) => chain.sent.0.saturating_sub(by),
			Cursor::Any(any) => any,
		};
		let due = chain.part.map_or(0, |part| part.next);
		let part = due.saturating_add_signed(saying.part_off.into());
		let window = chain.reported.0.saturating_add_signed(saying.window_off.into());
		let mut report = Reporter::clean().window(window).part(part).applied(applied);
		for (stream, total) in &saying.outages {
			let kind = if *total { OutageKind::Total } else { OutageKind::Partial };
			report = report.outage_of(StreamId(*stream), kind);
		}
		let known: Vec<_> = self.oracle.legs.keys().copied().collect();
		let faults = match &saying.faults {
			Faults::All => known,
			Faults::Some(positions) => {
				let leg = |at: &usize| known.get(*at).copied().unwrap_or(LegId(u64::MAX));
				positions.iter().map(leg).collect()
			}
		};
		for leg in faults {
			report = report.fault_of(leg);
		}
		report.0.last = saying.last;
		self.deliver(id, report);
	}

	fn deliver(&mut self, id: ChainId, report: Reporter) {
		let sent = Chains::<Test>::get(id).expect("registered").sent.0;
		let expected = self.oracle.hear(id, &report.0, sent, System::block_number());
		let sent = self.call(Context::None, || report.send_from(id));
		assert_eq!(sent.is_ok(), expected);
	}

	fn pass(&mut self, id: ChainId) {
		let window = Window(self.oracle.reported(id));
		let root = RuntimeOrigin::root();
		let _ = self.call(Context::None, || StorageContracts::pass_window(root, id, window));
	}

	fn forgive(&mut self, id: ChainId) {
		let now = self.oracle.reported(id);
		let (from, to) = (Window(now.saturating_sub(2)), Window(now + 1));
		let root = RuntimeOrigin::root();
		let forgive = || StorageContracts::forgive_penalties(root, id, from, to);
		let _ = self.call(Context::None, forgive);
	}

	fn advance(&mut self, who: AccountId, provider: AccountId, chain: ChainId, steps: u32) {
		let advance = || done(StorageContracts::advance(by(who), provider, chain, steps));
		let _ = self.call(Context::None, advance);
	}

	/// Makes every fault final that can be.
	fn finalise_all(&mut self, who: AccountId) {
		let now = System::block_number();
		let open = self.oracle.faults.iter().filter(|(_, fault)| !fault.closed);
		let open: Vec<_> = open.map(|(key, fault)| (*key, fault.at)).collect();
		for ((leg, window), at) in open {
			let windows = vec![Window(window)].try_into().expect("one");
			let context = Context::Fault(self.oracle.legs[&leg].client.clone());
			let origin = by(who.clone());
			let call = || StorageContracts::finalise_faults(origin, leg, windows);
			let made = self.call(context, call);
			assert_eq!(made.is_ok(), now >= at + self.bounds.appeal, "{made:?}");
		}
	}
}

/// A call's result without its weight.
fn done(result: frame_support::dispatch::DispatchResultWithPostInfo) -> DispatchResult {
	result.map(|_| ()).map_err(|error| error.error)
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

	#[test]
	fn no_proof_chain_can_make_the_books_wrong(
		bounds in bounds(),
		actions in vec(actions(), 40..160),
	) {
		TestExt::new().build().execute_with(|| {
			let mut world = World::new(bounds);
			for action in &actions {
				world.act(action);
				world.check();
			}
			world.end_alone();
			world.check_end();
		});
	}
}
