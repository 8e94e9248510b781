// SPDX-License-Identifier: Apache-2.0
//! The two chains of the mock together, and what holds for both.

use crate::{mock::*, Locked, Outbox, Pallet, Waitlists};
use frame_support::dispatch::DispatchResultWithPostInfo;
use terrace_layers::{
	Balance, LaneId, Layer, LockBacking, Message, OnNeighbour, Relation, VersionedMessage,
};

/// The main chain and a contract chain registered with it.
pub struct World {
	pub main: Chain,
	pub contract: Chain,
}

impl World {
	pub fn new() -> Self {
		let rich = [ALICE, BOB, RELAYER].map(|who| (who, FUNDS)).to_vec();
		let mut main = Chain::new(MAIN, Layer::Main, (CONTRACT, Relation::Child), rich);
		main.run(|| {
			CrossLayer::lock(&CONTRACT, &ALICE, BOOTSTRAP).expect("ALICE has the tokens");
			CrossLayer::on_registered(CONTRACT, Relation::Child, &origin()).expect("lanes open");
		});
		let bootstrap = vec![(RELAYER, BOOTSTRAP)];
		let contract = Chain::new(CONTRACT, Layer::Contract, (MAIN, Relation::Parent), bootstrap);
		Self { main, contract }
	}

	/// Runs `test` and then checks every invariant of both chains and of the tokens.
	pub fn build_and_execute(test: impl FnOnce(&mut World)) {
		let mut world = Self::new();
		test(&mut world);
		world.check();
	}

	pub fn check(&mut self) {
		for chain in [&mut self.main, &mut self.contract] {
			chain.run(Pallet::<Test>::do_try_state).expect("invariants hold");
		}
		let locked = self.main.run(|| Locked::<Test>::get(CONTRACT));
		let issued = self.contract.run(Balances::total_issuance);
		assert_eq!(locked, issued + self.in_flight(), "tokens below are backed above");
		let total = self.main.run(Balances::total_issuance);
		assert_eq!(total, 3 * FUNDS, "the main chain's supply never changes");
	}

	/// Tokens locked above for which nothing exists below: sent down and not minted yet, or burnt
	/// below and not released yet, whether on their way or waiting for their turn.
	pub fn in_flight(&mut self) -> Balance {
		let World { main, contract } = self;
		let waiting = main.run(|| Waitlists::<Test>::get(CONTRACT).total);
		undelivered(main, contract) + undelivered(contract, main) + waiting
	}

	/// A relay call that brings all that the contract chain has sent on `lane` to the main chain.
	pub fn up(&mut self, lane: LaneId) -> Relay {
		let sealed = self.contract.seal();
		relay_at(&mut self.contract, &mut self.main, lane, &sealed)
	}

	/// A relay call that brings all that the main chain has sent on `lane` to the contract chain.
	pub fn down(&mut self, lane: LaneId) -> Relay {
		let sealed = self.main.seal();
		relay_at(&mut self.main, &mut self.contract, lane, &sealed)
	}

	/// Brings everything up.
	pub fn carry_up(&mut self, lane: LaneId) -> DispatchResultWithPostInfo {
		let relay = self.up(lane);
		self.main.run(|| relay.submit())
	}

	/// Brings everything down.
	pub fn carry_down(&mut self, lane: LaneId) -> DispatchResultWithPostInfo {
		let relay = self.down(lane);
		self.contract.run(|| relay.submit())
	}
}

/// Tokens in messages from `source` that `target` has not applied.
fn undelivered(source: &mut Chain, target: &mut Chain) -> Balance {
	let cursor = target.lane(LaneId::MONEY).in_nonce;
	let (from, to) = (source.id, target.id);
	let sender = if from == MAIN { Relation::Parent } else { Relation::Child };
	let waiting = source.run(|| {
		let sent = Outbox::<Test>::iter_prefix((to, LaneId::MONEY));
		let waiting = sent.filter(|(nonce, _)| *nonce > cursor);
		waiting.map(|(_, payload)| amount_of(&payload, sender)).sum::<Balance>()
	});
	let failed = target.run(|| {
		let letters = crate::DeadLetters::<Test>::iter_prefix_values((from, LaneId::MONEY));
		letters.map(|payload| amount_of(&payload, sender)).sum::<Balance>()
	});
	waiting + failed
}

/// Tokens in a message of a chain that is `sender` to the one that receives it.
fn amount_of(payload: &[u8], sender: Relation) -> Balance {
	match VersionedMessage::from_payload(payload) {
		Ok(message) if message.sender() != sender => 0,
		Ok(Message::Credit { amount, .. } | Message::Release { amount, .. }) => amount,
		_ => 0,
	}
}
