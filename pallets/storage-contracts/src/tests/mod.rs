// SPDX-License-Identifier: Apache-2.0
//! One file per call, and for reports, hooks, views, costs, whole stories and the model.

mod accept;
mod advance;
mod changes;
mod claim;
mod close;
mod cost;
mod edges;
mod ends;
mod expire;
mod flag_stalled;
mod flush;
mod hooks;
mod leaving;
mod model;
mod neighbours;
pub(crate) mod penalties;
mod propose;
mod reject;
mod reports;
mod scenarios;
mod views;
mod withdraw;
mod withdraw_unclaimed;

pub(crate) use crate::{
	mock::*, Agendas, Amounts, Batches, Booked, Chains, Contracts, ContractsOf, Edges, Error,
	Event, Gathered, LegRecord, Legs, NextIds, Outages, Pallet, Phase, ProposalEnd, ProposalsOf,
	ProposalsTo, StreamOf, StreamRecord, Streams, Unclaimed,
};
pub(crate) use frame_support::{assert_noop, assert_ok};
pub(crate) use sp_runtime::{DispatchError, DispatchResult};
pub(crate) use terrace_layers::{
	AccountId, Balance, BatchId, ChainId, ContractId, LegId, Message, OnMessage, Outage,
	OutageKind, Relation, Report, StreamId, Terms, Window,
};

/// Signed by `who`.
pub(crate) fn by(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// Events of the pallet so far, oldest first.
pub(crate) fn events() -> Vec<Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::StorageContracts(event) => Some(event),
			_ => None,
		})
		.collect()
}

/// The newest event of the pallet.
pub(crate) fn last_event() -> Event<Test> {
	events().pop().expect("something happened")
}

/// Proposes to store a MiB for `windows`, at the rate of one unit.
pub(crate) fn propose(client: AccountId, provider: AccountId, windows: u32) -> ContractId {
	propose_on(P, client, provider, MIB, windows)
}

/// Terms of any price, to be proven in every window.
pub(crate) fn terms(proof_chain: ChainId, size: u64, windows: u32) -> Terms {
	Terms { proof_chain, root: ROOT, size, windows, interval: 1, max_rate: u128::MAX }
}

/// Proposes to store `size` bytes for `windows`, proven on `chain`.
pub(crate) fn propose_on(
	chain: ChainId,
	client: AccountId,
	provider: AccountId,
	size: u64,
	windows: u32,
) -> ContractId {
	let id = NextIds::<Test>::get().contract;
	assert_ok!(StorageContracts::propose(by(client), provider, terms(chain, size, windows)));
	id
}

/// A contract that is proposed and accepted.
pub(crate) fn contract(client: AccountId, provider: AccountId, windows: u32) -> ContractId {
	let id = propose(client, provider.clone(), windows);
	assert_ok!(StorageContracts::accept(by(provider), id));
	id
}

/// The rate of a proposal.
pub(crate) fn proposed_rate(contract: ContractId) -> Balance {
	match Contracts::<Test>::get(contract).expect("proposed").phase {
		Phase::Proposed { rate, .. } => rate.total(),
		phase => panic!("contract {contract} is {phase:?}"),
	}
}

/// The leg of an accepted contract.
pub(crate) fn leg_id(contract: ContractId) -> LegId {
	match Contracts::<Test>::get(contract).expect("open").phase {
		Phase::Active(active) => *active.legs.last().expect("it runs"),
		phase => panic!("contract {contract} is {phase:?}"),
	}
}

/// The record of an accepted contract's leg.
pub(crate) fn leg(contract: ContractId) -> LegRecord {
	Legs::<Test>::get(leg_id(contract)).expect("open")
}

/// The stream of `provider` on `P`.
pub(crate) fn stream_id(provider: AccountId) -> StreamId {
	StreamOf::<Test>::get(provider, P).expect("open")
}

/// The record of the stream of `provider` on `P`.
pub(crate) fn stream(provider: AccountId) -> StreamRecord {
	Streams::<Test>::get(stream_id(provider)).expect("open")
}

/// Windows of `P` that are reported.
pub(crate) fn reported() -> u32 {
	Chains::<Test>::get(P).expect("registered").reported.0
}

/// A report of `P` for the window that is due, all in one part.
pub(crate) struct Reporter(Report);

impl Reporter {
	/// Nothing to complain about; every batch sent is applied.
	pub(crate) fn clean() -> Self {
		let chain = Chains::<Test>::get(P).expect("registered");
		let part = chain.part.map_or(0, |part| part.next);
		Self(Report {
			window: chain.reported,
			part,
			last: true,
			applied: chain.sent,
			outages: Default::default(),
			faults: Default::default(),
		})
	}

	pub(crate) fn window(mut self, window: u32) -> Self {
		self.0.window = Window(window);
		self
	}

	pub(crate) fn part(mut self, part: u16) -> Self {
		self.0.part = part;
		self
	}

	/// More parts follow.
	pub(crate) fn unfinished(mut self) -> Self {
		self.0.last = false;
		self
	}

	pub(crate) fn applied(mut self, batch: u64) -> Self {
		self.0.applied = BatchId(batch);
		self
	}

	pub(crate) fn outage(self, provider: AccountId) -> Self {
		let stream = stream_id(provider);
		self.outage_of(stream, OutageKind::Total)
	}

	pub(crate) fn outage_of(mut self, stream: StreamId, kind: OutageKind) -> Self {
		self.0.outages.try_push(Outage { stream, kind }).expect("few");
		self
	}

	pub(crate) fn fault(self, contract: ContractId) -> Self {
		let leg = leg_id(contract);
		self.fault_of(leg)
	}

	pub(crate) fn fault_of(mut self, leg: LegId) -> Self {
		self.0.faults.try_push(leg).expect("few");
		self
	}

	/// Sends it as `P` would.
	pub(crate) fn send(self) -> DispatchResult {
		self.send_from(P)
	}

	/// Sends it as `chain` would.
	pub(crate) fn send_from(self, chain: ChainId) -> DispatchResult {
		let message = Message::Report(self.0);
		frame_support::storage::with_storage_layer(|| {
			StorageContracts::on_message(chain, Relation::Child, message)
		})
	}
}

/// Reports `windows` windows without exceptions.
pub(crate) fn clean_windows(windows: u32) {
	for _ in 0..windows {
		assert_ok!(Reporter::clean().send());
	}
}

/// Reports windows without exceptions until window `until` is the next one.
pub(crate) fn clean_until(until: Window) {
	while reported() < until.0 {
		clean_windows(1);
	}
}

/// Makes every fault final that can no longer be appealed against.
pub(crate) fn finalise_all() {
	for (leg, window, _) in crate::Faults::<Test>::iter().collect::<Vec<_>>() {
		let windows = vec![window].try_into().expect("one");
		let _ = StorageContracts::finalise_faults(by(STRANGER), leg, windows);
	}
}

/// Outcome of a closed contract: windows proven, paid, refunded.
pub(crate) fn close(contract: ContractId) -> (u32, Balance, Balance) {
	finalise_all();
	assert_ok!(StorageContracts::close(by(STRANGER), contract));
	let closed = events().into_iter().rev().find_map(|event| match event {
		Event::ContractClosed { id, outcome } if id == contract => {
			Some((outcome.proven, outcome.paid, outcome.refunded))
		}
		_ => None,
	});
	closed.expect("closed")
}
