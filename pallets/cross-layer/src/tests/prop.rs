// SPDX-License-Identifier: Apache-2.0
//! Two chains and a relayer that drops, repeats, reorders, cuts and falsifies.
use super::*;
use proptest::{
	prelude::{any, prop_oneof, proptest, Just, ProptestConfig},
	strategy::Strategy,
};
use std::collections::VecDeque;

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
	/// One of the chains sends a message.
	Send { up: bool },
	/// A relayer prepares a call that brings everything, and keeps it.
	Prepare { up: bool },
	/// A prepared call is lost.
	Drop { which: usize },
	/// A prepared call is submitted, and stays.
	Submit { which: usize, damage: Damage },
}

/// What a relayer does to a call.
#[derive(Clone, Debug)]
enum Damage {
	None,
	Cut(usize),
	LoseMessage(usize),
	LoseTail,
	Swap(usize),
	Repeat(usize),
	FlipBit(usize, u8),
	LoseNode(usize),
	NoFinality,
}

fn damage() -> impl Strategy<Value = Damage> {
	prop_oneof![
		6 => Just(Damage::None),
		4 => (0_usize..6).prop_map(Damage::Cut),
		1 => (0_usize..6).prop_map(Damage::LoseMessage),
		1 => Just(Damage::LoseTail),
		1 => (0_usize..6).prop_map(Damage::Swap),
		1 => (0_usize..6).prop_map(Damage::Repeat),
		1 => (0_usize..200, 0_u8..8).prop_map(|(at, bit)| Damage::FlipBit(at, bit)),
		1 => (0_usize..6).prop_map(Damage::LoseNode),
		4 => Just(Damage::NoFinality),
	]
}

fn step() -> impl Strategy<Value = Step> {
	prop_oneof![
		5 => any::<bool>().prop_map(|up| Step::Send { up }),
		3 => any::<bool>().prop_map(|up| Step::Prepare { up }),
		1 => (0_usize..8).prop_map(|which| Step::Drop { which }),
		6 => (0_usize..8, damage()).prop_map(|(which, damage)| Step::Submit { which, damage }),
	]
}

impl Damage {
	/// Damages a call; says whether it is still what the sender's chain has committed to.
	fn apply(&self, relay: &mut Relay) -> bool {
		let count = relay.messages.len();
		match *self {
			Damage::None => true,
			Damage::Cut(at) => {
				*relay = relay.clone().cut(at.min(count));
				true
			}
			Damage::NoFinality => {
				relay.finality = None;
				true
			}
			Damage::LoseMessage(at) if at < count => {
				relay.messages.remove(at);
				false
			}
			Damage::LoseTail => {
				*relay = relay.clone().cut(count / 2);
				relay.tail.pop().is_none()
			}
			Damage::Swap(at) if at + 1 < count => {
				relay.messages.swap(at, at + 1);
				false
			}
			Damage::Repeat(at) if at < count => {
				relay.messages.insert(at, relay.messages[at].clone());
				false
			}
			Damage::FlipBit(at, bit) if count > 0 => {
				let message = &mut relay.messages[at % count];
				let byte = at % message.len();
				message[byte] ^= 1 << bit;
				false
			}
			Damage::LoseNode(at) => {
				relay.proof.remove(at % relay.proof.len());
				false
			}
			_ => true,
		}
	}
}

/// The world, what was sent each way, and what relayers have in hand.
struct Model {
	world: World,
	sent_up: Vec<Message>,
	sent_down: Vec<Message>,
	prepared: VecDeque<(bool, Relay)>,
}

impl Model {
	fn new() -> Self {
		Self { world: World::new(), sent_up: vec![], sent_down: vec![], prepared: VecDeque::new() }
	}

	fn take(&mut self, step: &Step) {
		match step {
			Step::Send { up: true } => {
				let message = heartbeat(self.sent_up.len() as u32, 0);
				assert_ok!(self.world.contract.send(message.clone()));
				self.sent_up.push(message);
			}
			Step::Send { up: false } => {
				let message = untrack(self.sent_down.len() as u32);
				assert_ok!(self.world.main.send(message.clone()));
				self.sent_down.push(message);
			}
			Step::Prepare { up } => {
				let lane = LaneId::STORAGE;
				let relay = if *up { self.world.up(lane) } else { self.world.down(lane) };
				self.prepared.push_back((*up, relay));
				self.prepared.truncate(8);
			}
			Step::Drop { which } => drop(self.prepared.remove(*which)),
			Step::Submit { which, damage } => self.submit(*which, damage),
		}
	}

	fn submit(&mut self, which: usize, damage: &Damage) {
		let Some((up, mut relay)) = self.prepared.get(which).cloned() else { return };
		let is_true = damage.apply(&mut relay);
		let before = self.received().clone();
		let target = if up { &mut self.world.main } else { &mut self.world.contract };
		let free = target.run(|| relay.authorize());
		let result = target.run(|| relay.submit());
		if free.is_ok() {
			assert!(result.is_ok(), "a pool took what fails: {result:?}");
		}
		if result.is_err() || !is_true {
			assert_eq!(self.received(), before, "{damage:?} had an effect");
		}
	}

	/// What both chains have received: from below, and from above.
	fn received(&mut self) -> (Vec<Message>, Vec<Message>) {
		(self.world.main.received(), self.world.contract.received())
	}

	fn check(&mut self) {
		let (from_below, from_above) = self.received();
		assert!(self.sent_up.starts_with(&from_below), "{from_below:?} of {:?}", self.sent_up);
		assert!(self.sent_down.starts_with(&from_above), "{from_above:?} of {:?}", self.sent_down);
		for (chain, received) in
			[(&mut self.world.main, &from_below), (&mut self.world.contract, &from_above)]
		{
			assert_eq!(chain.lane(LaneId::STORAGE).in_nonce, received.len() as u64);
		}
		self.world.check();
	}

	/// An honest relayer at last brings everything that waits.
	fn finish(&mut self) {
		for up in [true, false] {
			let relay =
				if up { self.world.up(LaneId::STORAGE) } else { self.world.down(LaneId::STORAGE) };
			let target = if up { &mut self.world.main } else { &mut self.world.contract };
			let waits = !relay.messages.is_empty();
			let result = target.run(|| relay.submit());
			assert!(result.is_ok() || !waits, "{result:?}");
		}
		assert_eq!(self.received(), (self.sent_up.clone(), self.sent_down.clone()));
		self.world.check();
	}
}

/// A transfer, or a relay call that brings what was transferred.
#[derive(Clone, Debug)]
enum Move {
	Down(u128),
	Up(u128),
	CarryDown,
	CarryUp,
}

fn a_move() -> impl Strategy<Value = Move> {
	prop_oneof![
		(0_u128..30).prop_map(|amount| Move::Down(amount * UNIT / 7)),
		(0_u128..30).prop_map(|amount| Move::Up(amount * UNIT / 7)),
		Just(Move::CarryDown),
		Just(Move::CarryUp),
	]
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 2_000, ..Default::default() })]

	#[test]
	fn delivered_is_a_prefix_of_sent_exactly_once(steps in proptest::collection::vec(step(), 1..50)) {
		let mut model = Model::new();
		for step in &steps {
			model.take(step);
			model.check();
		}
		model.finish();
	}

	#[test]
	fn tokens_are_conserved(moves in proptest::collection::vec(a_move(), 1..40)) {
		let mut world = World::new();
		for step in moves {
			// Transfers of too little or too much fail, and relaying with nothing new does.
			let _ = match step {
				Move::Down(amount) => world.main.run(|| {
					CrossLayer::transfer_down(RuntimeOrigin::signed(BOB), CONTRACT, ALICE, amount)
				}),
				Move::Up(amount) => world.contract.run(|| {
					CrossLayer::transfer_up(RuntimeOrigin::signed(ALICE), BOB, amount)
				}),
				Move::CarryDown => world.carry_down(LaneId::MONEY).map(drop).map_err(|e| e.error),
				Move::CarryUp => world.carry_up(LaneId::MONEY).map(drop).map_err(|e| e.error),
			};
			world.check();
		}
	}
}
