// SPDX-License-Identifier: Apache-2.0
//! Two lanes over many steps: relayers drop, repeat, reorder, falsify and forget, senders fill the
//! lanes, and chains lose blocks that were never final. What is delivered is a prefix of what was sent.
//!
//! `TERRACE_STEPS` sets how many steps are taken at least; the default is what every run takes.
use super::*;
use proptest::{
	prelude::{any, prop_oneof, Just, ProptestConfig},
	strategy::Strategy,
	test_runner::TestRunner,
};
use std::cell::Cell;

/// Steps from one beginning.
const STEPS: usize = 500;
/// Steps of all runs together, unless told otherwise.
const TOTAL: u32 = 100_000;
/// Calls that relayers keep at a time.
const KEPT: usize = 12;

/// What happens next; `up` is from the contract chain to the main chain, or on the former.
#[derive(Clone, Debug)]
enum Step {
	Send {
		up: bool,
	},
	/// A relayer reads a final block and prepares a call that brings everything.
	Prepare {
		up: bool,
	},
	/// A prepared call is lost.
	Drop {
		which: usize,
	},
	/// Every relayer forgets what it had prepared.
	Restart,
	/// A prepared call is submitted, and kept to be repeated.
	Submit {
		which: usize,
		fault: Fault,
		pooled: bool,
	},
	/// The blocks of a chain from here on are not final yet.
	Mark {
		up: bool,
	},
	/// A chain loses its blocks that are not final.
	FallBack {
		up: bool,
	},
}

/// What a relayer does to a call.
#[derive(Clone, Copy, Debug)]
enum Fault {
	None,
	Cut(usize),
	Lose(usize),
	Swap(usize),
	Repeat(usize),
	Flip(usize, u8),
	LoseNode(usize),
	NoFinality,
	Skip,
}

fn fault() -> impl Strategy<Value = Fault> {
	prop_oneof![
		8 => Just(Fault::None),
		4 => (0_usize..8).prop_map(Fault::Cut),
		1 => (0_usize..8).prop_map(Fault::Lose),
		1 => (0_usize..8).prop_map(Fault::Swap),
		1 => (0_usize..8).prop_map(Fault::Repeat),
		1 => (0_usize..200, 0_u8..8).prop_map(|(at, bit)| Fault::Flip(at, bit)),
		1 => (0_usize..8).prop_map(Fault::LoseNode),
		2 => Just(Fault::NoFinality),
		1 => Just(Fault::Skip),
	]
}

fn step() -> impl Strategy<Value = Step> {
	prop_oneof![
		12 => any::<bool>().prop_map(|up| Step::Send { up }),
		5 => any::<bool>().prop_map(|up| Step::Prepare { up }),
		2 => (0..KEPT).prop_map(|which| Step::Drop { which }),
		1 => Just(Step::Restart),
		8 => (0..KEPT, fault(), any::<bool>())
			.prop_map(|(which, fault, pooled)| Step::Submit { which, fault, pooled }),
		1 => any::<bool>().prop_map(|up| Step::Mark { up }),
		1 => any::<bool>().prop_map(|up| Step::FallBack { up }),
	]
}

impl Fault {
	/// Changes a call; says whether it still says what the sender's chain has committed to.
	fn apply(self, relay: &mut Relay) -> bool {
		let count = relay.messages.len();
		match self {
			Fault::Cut(at) => *relay = relay.clone().cut(at.min(count)),
			Fault::NoFinality => relay.finality = None,
			Fault::LoseNode(at) => drop(relay.proof.remove(at % relay.proof.len())),
			Fault::Skip => relay.first += 1,
			Fault::Lose(at) if at < count => drop(relay.messages.remove(at)),
			Fault::Swap(at) if at + 1 < count => relay.messages.swap(at, at + 1),
			Fault::Repeat(at) if at < count => {
				relay.messages.insert(at, relay.messages[at].clone());
			}
			Fault::Flip(at, bit) if count > 0 => {
				let message = &mut relay.messages[at % count];
				let byte = at % message.len();
				message[byte] ^= 1 << bit;
			}
			_ => return true,
		}
		matches!(self, Fault::Cut(_) | Fault::NoFinality)
	}
}

/// One chain's side: what it sent, and the state it may fall back to.
#[derive(Default)]
struct Side {
	sent: Vec<Message>,
	mark: Option<(Snapshot, usize)>,
}

struct Model {
	world: World,
	/// The main chain and the contract chain.
	sides: [Side; 2],
	prepared: Vec<(bool, Relay)>,
	marks: u32,
	/// Calls that were accepted and refused.
	accepted: u32,
	refused: u32,
}

impl Model {
	fn new() -> Self {
		Self {
			world: World::new(),
			sides: Default::default(),
			prepared: vec![],
			marks: 0,
			accepted: 0,
			refused: 0,
		}
	}

	fn chain(&mut self, up: bool) -> (&mut Chain, &mut Side) {
		let [main, contract] = &mut self.sides;
		if up {
			(&mut self.world.contract, contract)
		} else {
			(&mut self.world.main, main)
		}
	}

	fn take(&mut self, step: &Step) {
		match step {
			Step::Send { up } => self.send(*up),
			Step::Prepare { up } => self.prepare(*up),
			Step::Drop { which } if *which < self.prepared.len() => {
				self.prepared.swap_remove(*which);
			}
			Step::Drop { .. } => {}
			Step::Restart => self.prepared.clear(),
			Step::Submit { which, fault, pooled } => self.submit(*which, *fault, *pooled),
			Step::Mark { up } => {
				let (chain, side) = self.chain(*up);
				side.mark = Some((chain.snapshot(), side.sent.len()));
			}
			Step::FallBack { up } => {
				let (chain, side) = self.chain(*up);
				if let Some((snapshot, sent)) = side.mark.take() {
					chain.fall_back(snapshot);
					side.sent.truncate(sent);
				}
			}
		}
	}

	fn send(&mut self, up: bool) {
		self.marks += 1;
		let message = if up { heartbeat(self.marks, 0) } else { untrack(self.marks) };
		let (chain, side) = self.chain(up);
		match chain.send(message.clone()) {
			Ok(nonce) => {
				side.sent.push(message);
				assert_eq!(nonce, side.sent.len() as u64);
			}
			Err(error) => assert_eq!(error, Error::<Test>::LaneFull.into()),
		}
	}

	fn prepare(&mut self, up: bool) {
		let (chain, side) = self.chain(up);
		chain.run(System::reset_events);
		// What a relayer reads is final: the chain does not fall back behind it.
		side.mark = None;
		let lane = LaneId::STORAGE;
		let mut relay = if up { self.world.up(lane) } else { self.world.down(lane) };
		let most = limits::MAX_MESSAGES_PER_CALL as usize;
		if relay.messages.len() > most {
			relay = relay.cut(most);
		}
		if self.prepared.len() == KEPT {
			self.prepared.swap_remove(0);
		}
		self.prepared.push((up, relay));
	}

	fn submit(&mut self, which: usize, fault: Fault, pooled: bool) {
		let Some((up, mut relay)) = self.prepared.get(which).cloned() else { return };
		let is_true = fault.apply(&mut relay);
		let (target, _) = self.chain(!up);
		let before = target.lane(LaneId::STORAGE);
		let taken = pooled && target.run(|| relay.authorize()).is_ok();
		let result = target.run(|| relay.submit());
		assert!(result.is_ok() || !taken, "a pool took what fails: {result:?}");
		let after = target.lane(LaneId::STORAGE);
		if result.is_ok() {
			self.accepted += 1;
		} else {
			self.refused += 1;
		}
		if result.is_err() || !is_true {
			assert_eq!(after, before, "{fault:?} had an effect");
		}
		self.check(!up);
	}

	/// Checks what the chain on side `up` has received.
	fn check(&mut self, up: bool) {
		let (chain, _) = self.chain(up);
		let (received, cursor) = (chain.received(), chain.lane(LaneId::STORAGE).in_nonce);
		let (_, other) = self.chain(!up);
		assert!(other.sent.starts_with(&received), "{received:?} of {:?}", other.sent);
		assert_eq!(cursor, received.len() as u64);
	}

	/// An honest relayer at last brings everything that waits.
	fn finish(&mut self) {
		for up in [true, false, true, false] {
			while self.waits(up) {
				self.prepared.clear();
				self.prepare(up);
				self.submit(0, Fault::None, true);
			}
		}
		for up in [true, false] {
			let received = self.chain(!up).0.received();
			assert_eq!(received, self.sides[usize::from(up)].sent);
		}
		self.world.check();
	}

	fn waits(&mut self, up: bool) -> bool {
		let sent = self.chain(up).0.lane(LaneId::STORAGE).out_nonce;
		self.chain(!up).0.lane(LaneId::STORAGE).in_nonce < sent
	}
}

#[test]
fn delivered_is_a_prefix_of_sent_over_a_long_run() {
	let total = std::env::var("TERRACE_STEPS").ok().and_then(|steps| steps.parse().ok());
	let cases = total.unwrap_or(TOTAL).div_ceil(STEPS as u32);
	let config = ProptestConfig { cases, max_shrink_iters: 200, ..Default::default() };
	let steps = proptest::collection::vec(step(), STEPS);
	let (accepted, refused) = (Cell::new(0), Cell::new(0));
	let outcome = TestRunner::new(config).run(&steps, |steps| {
		let mut model = Model::new();
		for (at, step) in steps.iter().enumerate() {
			model.take(step);
			if at % 50 == 0 {
				model.world.check();
			}
		}
		accepted.set(accepted.get() + model.accepted);
		refused.set(refused.get() + model.refused);
		model.finish();
		Ok(())
	});
	outcome.unwrap_or_else(|error| panic!("{error}"));
	let (accepted, refused, least) = (accepted.get(), refused.get(), cases * STEPS as u32 / 50);
	assert!(accepted > least && refused > least, "{accepted} accepted, {refused} refused");
}
