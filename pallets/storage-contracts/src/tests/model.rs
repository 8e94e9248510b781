// SPDX-License-Identifier: Apache-2.0
//! Random lives of contracts under a proof chain that says whatever it likes.
//!
//! After every step the invariants hold and every answer agrees with the oracle; at the end
//! everybody has exactly what the oracle says, and nothing is left.
use super::{
	oracle::{LegTerms, Oracle},
	*,
};
use proptest::{collection::vec, prelude::*};
use std::collections::BTreeMap;
use terrace_layers::views::ContractState;

const CLIENTS: [AccountId; 2] = [ALICE, CAROL];
const PROVIDERS: [AccountId; 2] = [BOB, DAVE];

/// Bounds of a life.
#[derive(Clone, Copy, Debug)]
struct Bounds {
	outages: u32,
	steps: u32,
	grid: u32,
}

#[derive(Clone, Debug)]
enum Action {
	/// Propose, and accept if said so.
	Open {
		client: usize,
		provider: usize,
		rate: u64,
		windows: u32,
		accept: bool,
	},
	/// Withdraw the oldest proposal.
	Withdraw,
	/// Let blocks pass, so that batches leave.
	Wait {
		blocks: u32,
	},
	/// Fill or empty the lane.
	Lane {
		full: bool,
	},
	/// Whatever a proof chain may say.
	Say(Saying),
	Advance {
		provider: usize,
		steps: u32,
	},
	Claim {
		provider: usize,
	},
	Close {
		leg: usize,
	},
	/// End a contract before its time.
	Cancel {
		leg: usize,
	},
	/// Make every fault final.
	Finalise,
}

#[derive(Clone, Debug)]
struct Saying {
	/// Added to the window that is due; mostly 0.
	window_off: i8,
	/// Added to the part that is due; mostly 0.
	part_off: i8,
	last: bool,
	applied: Cursor,
	/// Streams by position, known and unknown.
	outages: Vec<u32>,
	/// Legs by position among all there ever were and some that never were.
	faults: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
enum Cursor {
	/// All batches that were sent.
	Honest,
	/// Sent batches less some.
	Behind(u64),
	/// Any number.
	Any(u64),
}

fn cursors() -> impl Strategy<Value = Cursor> {
	prop_oneof![
		4 => Just(Cursor::Honest),
		2 => (1..4u64).prop_map(Cursor::Behind),
		1 => prop_oneof![Just(0), Just(u64::MAX), 0..20u64].prop_map(Cursor::Any),
	]
}

fn sayings() -> impl Strategy<Value = Saying> {
	let rarely = || prop_oneof![12 => Just(0i8), 1 => -2..3i8];
	let outages = prop_oneof![3 => Just(vec![]), 1 => vec(0..8u32, 1..4)];
	let faults = prop_oneof![1 => Just(vec![]), 1 => vec(0..40usize, 1..8)];
	(rarely(), rarely(), prop::bool::weighted(0.7), cursors(), outages, faults).prop_map(
		|(window_off, part_off, last, applied, outages, faults)| Saying {
			window_off,
			part_off,
			last,
			applied,
			outages,
			faults,
		},
	)
}

fn actions() -> impl Strategy<Value = Action> {
	let opens = (0..2usize, 0..2usize, 1..10u64, 1..13u32, prop::bool::weighted(0.9)).prop_map(
		|(client, provider, rate, windows, accept)| Action::Open {
			client,
			provider,
			rate,
			windows,
			accept,
		},
	);
	prop_oneof![
		6 => opens,
		1 => Just(Action::Withdraw),
		5 => (1..15u32).prop_map(|blocks| Action::Wait { blocks }),
		1 => prop::bool::weighted(0.3).prop_map(|full| Action::Lane { full }),
		14 => sayings().prop_map(Action::Say),
		3 => (0..2usize, 0..7u32).prop_map(|(provider, steps)| Action::Advance { provider, steps }),
		3 => (0..2usize).prop_map(|provider| Action::Claim { provider }),
		5 => (0..40usize).prop_map(|leg| Action::Close { leg }),
		3 => (0..40usize).prop_map(|leg| Action::Cancel { leg }),
		1 => Just(Action::Finalise),
	]
}

fn bounds() -> impl Strategy<Value = Bounds> {
	let few = |few: u32, many: u32| prop_oneof![Just(few), Just(many)];
	(few(3, 256), few(2, 64), few(3, 1)).prop_map(|(outages, steps, grid)| Bounds {
		outages,
		steps,
		grid,
	})
}

/// The chain and what the oracle knows of it.
#[derive(Default)]
struct World {
	oracle: Oracle,
	/// Contracts of all legs there ever were.
	contracts: BTreeMap<LegId, ContractId>,
	/// Price of each proposal that is open, by client.
	proposals: BTreeMap<ContractId, (AccountId, Balance)>,
	closed: BTreeMap<LegId, u32>,
	received: BTreeMap<AccountId, Balance>,
}

impl World {
	fn act(&mut self, action: &Action) {
		System::reset_events();
		match action {
			Action::Open { client, provider, rate, windows, accept } => {
				self.open(*client, *provider, *rate, *windows, *accept)
			}
			Action::Withdraw => self.withdraw(),
			Action::Wait { blocks } => run(*blocks),
			Action::Lane { full: true } => MockFull::insert(P, ()),
			Action::Lane { full: false } => MockFull::remove(P),
			Action::Say(saying) => self.say(saying),
			Action::Advance { provider, steps } => {
				let provider = PROVIDERS[*provider].clone();
				let _ = StorageContracts::advance(by(STRANGER), provider, P, *steps);
			}
			Action::Claim { provider } => {
				let _ = StorageContracts::claim(by(PROVIDERS[*provider].clone()), P);
			}
			Action::Close { leg } => {
				if let Some(leg) = self.contracts.keys().nth(*leg).copied() {
					self.close(leg);
				}
			}
			Action::Cancel { leg } => {
				if let Some(id) = self.contracts.values().nth(*leg).copied() {
					let client = Contracts::<Test>::get(id).map(|contract| contract.client);
					let _ = StorageContracts::cancel(by(client.unwrap_or(STRANGER)), id);
				}
			}
			Action::Finalise => finalise_all(),
		}
		self.learn();
	}

	fn open(&mut self, client: usize, provider: usize, rate: u64, windows: u32, accept: bool) {
		let (client, provider) = (CLIENTS[client].clone(), PROVIDERS[provider].clone());
		let id = NextIds::<Test>::get().contract;
		let size = rate * MIB;
		let max = u128::MAX;
		let origin = by(client.clone());
		let proposed = StorageContracts::propose(
			origin,
			provider.clone(),
			Terms { max_rate: max, ..terms(P, size, windows) },
		);
		if proposed.is_err() {
			return;
		}
		let price = proposed_rate(id);
		assert_eq!(price, Balance::from(rate) * UNIT);
		let escrow = price * Balance::from(windows + EndGrid::get() - 1);
		self.proposals.insert(id, (client, escrow));
		if accept {
			let before = sp_io::storage::root(sp_core::storage::StateVersion::V1);
			match StorageContracts::accept(by(provider), id) {
				Ok(()) => drop(self.proposals.remove(&id)),
				Err(_) => {
					let after = sp_io::storage::root(sp_core::storage::StateVersion::V1);
					assert_eq!(before, after, "a refused acceptance changes nothing");
				}
			}
		}
	}

	fn withdraw(&mut self) {
		if let Some((id, (client, _))) = self.proposals.pop_first() {
			assert_ok!(StorageContracts::withdraw(by(client), id));
		}
	}

	fn say(&mut self, saying: &Saying) {
		let chain = Chains::<Test>::get(P).expect("registered");
		let applied = match saying.applied {
			Cursor::Honest => chain.sent.0,
			Cursor::Behind(by) => chain.sent.0.saturating_sub(by),
			Cursor::Any(any) => any,
		};
		let part = self.oracle.part.saturating_add_signed(saying.part_off.into());
		let window = self.oracle.reported.saturating_add_signed(saying.window_off.into());
		let mut report = Reporter::clean().window(window).part(part).applied(applied);
		for stream in &saying.outages {
			report = report.outage_of(StreamId(*stream), OutageKind::Partial);
		}
		for position in &saying.faults {
			let known = self.contracts.keys().nth(*position).copied();
			report = report.fault_of(known.unwrap_or(LegId(1_000)));
		}
		report.0.last = saying.last;
		self.deliver(report, chain.sent.0);
	}

	fn deliver(&mut self, report: Reporter, sent: u64) {
		let expected = self.oracle.hear(&report.0, sent);
		assert_eq!(report.send().is_ok(), expected);
	}

	fn close(&mut self, leg: LegId) {
		let terms = self.oracle.legs[&leg].clone();
		let over = self.oracle.is_over(&terms);
		match StorageContracts::close(by(STRANGER), self.contracts[&leg]) {
			Ok(_) => assert!(over && !self.closed.contains_key(&leg)),
			Err(error) if error.error == Error::<Test>::NotEnded.into() => assert!(!over),
			Err(error) if error.error == Error::<Test>::AdvanceFirst.into() => {
				assert!(over && MaxSteps::get() < 64)
			}
			Err(error) => {
				assert_eq!(error.error, Error::<Test>::UnknownContract.into());
				assert!(self.closed.contains_key(&leg));
			}
		}
	}

	/// Takes in what events tell.
	fn learn(&mut self) {
		for event in events() {
			match event {
				Event::LegOpened { contract: id, leg, stream, batch, rate, start, end, .. } => {
					let contract = Contracts::<Test>::get(id).expect("accepted");
					let terms = LegTerms {
						client: contract.client,
						provider: contract.provider,
						stream,
						rate,
						batch: batch.0,
						planned: start.0,
						end: end.0,
					};
					self.oracle.legs.insert(leg, terms);
					self.contracts.insert(leg, id);
				}
				Event::LegCut { leg, end, .. } => self.learn_cut(leg, end.0),
				Event::StreamDied { stream, from, .. } => self.oracle.bury(stream, from.0),
				Event::Claimed { provider, amount, .. } => {
					*self.received.entry(provider).or_default() += amount;
				}
				Event::ContractClosed { id, outcome } => {
					self.learn_end(id, outcome.proven, outcome.paid, outcome.refunded)
				}
				Event::PayoutKept { who, .. } => panic!("{who:?} was not paid"),
				_ => {}
			}
		}
	}

	/// A leg may lose only what is not reported, nor may be proven already.
	fn learn_cut(&mut self, leg: LegId, end: u32) {
		let terms = self.oracle.legs.get_mut(&leg).expect("opened before");
		assert!(terms.planned <= end && end < terms.end, "{terms:?} cut at {end}");
		let gone = end == terms.planned;
		terms.end = end;
		if gone {
			assert_eq!(self.oracle.tally(leg).proven, 0);
		} else {
			assert!(end >= self.oracle.reported + u32::from(self.oracle.part > 0));
		}
	}

	fn learn_end(&mut self, id: ContractId, proven: u32, paid: Balance, refunded: Balance) {
		let found = self.contracts.iter().find(|(_, contract)| **contract == id);
		let leg = *found.expect("accepted before").0;
		let terms = &self.oracle.legs[&leg];
		assert_eq!(proven, self.oracle.tally(leg).proven);
		assert_eq!(paid, terms.rate * Balance::from(proven));
		assert_eq!(paid + refunded, terms.rate * Balance::from(terms.end - terms.planned));
		self.closed.insert(leg, proven);
	}

	/// Compares everything that can be seen with the oracle.
	fn check(&self) {
		Pallet::<Test>::do_try_state().expect("invariants hold");
		for (leg, id) in &self.contracts {
			match StorageContracts::contract(*id) {
				Some(view) => self.check_view(*leg, view),
				None => assert!(self.closed.contains_key(leg)),
			}
		}
		for provider in PROVIDERS {
			let received = self.received.get(&provider).copied().unwrap_or_default();
			assert_eq!(free(&provider), FUNDS + received);
			let ahead =
				StorageContracts::stream(provider.clone(), P).map_or(0, |view| view.claimable);
			let earned = self.oracle.earned(&provider);
			if self.oracle.part == 0 {
				assert_eq!(received + ahead, earned);
			} else {
				assert!(received + ahead <= earned);
			}
		}
		for client in CLIENTS {
			assert_eq!(free(&client) + self.spent(&client), FUNDS);
		}
	}

	fn check_view(&self, leg: LegId, view: terrace_layers::views::ContractView) {
		let tally = self.oracle.tally(leg);
		let terms = &self.oracle.legs[&leg];
		let seen = (view.reported, view.proven, view.faults, view.outages);
		assert_eq!(seen, (tally.reported, tally.proven, tally.faults, tally.outages));
		assert_eq!(view.start.map(|start| start.0), self.oracle.start(terms));
		assert_eq!(view.state == ContractState::Ended, self.oracle.is_over(terms));
		let faults = Legs::<Test>::get(leg).expect("open").faults;
		assert_eq!(faults, tally.faults + self.oracle.faults_in_progress(leg));
	}

	/// What a client has paid and not got back.
	fn spent(&self, client: &AccountId) -> Balance {
		let proposed = self.proposals.values().filter(|(who, _)| who == client);
		let legs = self.oracle.legs.iter().filter(|(_, terms)| terms.client == *client);
		let paid = legs.map(|(leg, terms)| {
			let windows = match self.closed.get(leg) {
				Some(proven) => *proven,
				None => terms.end - terms.planned,
			};
			terms.rate * Balance::from(windows)
		});
		proposed.map(|(_, escrow)| escrow).sum::<Balance>() + paid.sum::<Balance>()
	}

	/// Reports all windows that are left, with half of the batches never applied.
	fn drain(&mut self) {
		System::reset_events();
		while !self.proposals.is_empty() {
			self.withdraw();
		}
		let chain = Chains::<Test>::get(P).expect("registered");
		let cursor = chain.applied.0 + (chain.sent.0 - chain.applied.0) / 2;
		while self.oracle.reported <= self.oracle.horizon() {
			let report = Reporter::clean().applied(cursor);
			self.deliver(report, chain.sent.0);
		}
		for provider in PROVIDERS {
			let _ = StorageContracts::advance(by(STRANGER), provider, P, 10_000);
		}
		for leg in self.contracts.clone().into_keys() {
			self.close(leg);
			self.learn();
			System::reset_events();
			self.check();
		}
		// Faults that are not final keep their streams; making them so leaves nothing.
		finalise_all();
		self.learn();
		assert_eq!(self.closed.len(), self.contracts.len());
	}

	/// Everybody has what is theirs, and nothing is left.
	fn check_end(&self) {
		for provider in PROVIDERS {
			assert_eq!(free(&provider), FUNDS + self.oracle.earned(&provider));
			let provider = MockProviderOf::get(provider).expect("registered");
			assert_eq!((provider.used, provider.required), (0, 0));
		}
		assert_eq!((pot(), Booked::<Test>::get()), (0, 0));
		assert_eq!(Contracts::<Test>::iter().count() + Legs::<Test>::iter().count(), 0);
		assert_eq!(Streams::<Test>::iter().count() + Batches::<Test>::iter().count(), 0);
		assert_eq!(Edges::<Test>::iter().count() + Outages::<Test>::iter().count(), 0);
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

	#[test]
	fn no_proof_chain_can_make_the_books_wrong(
		bounds in bounds(),
		actions in vec(actions(), 40..160),
	) {
		TestExt::new().build().execute_with(|| {
			MaxOutages::set(bounds.outages);
			MaxSteps::set(bounds.steps);
			EndGrid::set(bounds.grid);
			let mut world = World::default();
			for action in &actions {
				world.act(action);
				world.check();
			}
			world.drain();
			world.check_end();
		});
	}
}
