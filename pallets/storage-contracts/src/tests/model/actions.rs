// SPDX-License-Identifier: Apache-2.0
//! What may happen, drawn at random.
use proptest::{collection::vec, prelude::*};

/// Bounds of a life.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
	pub outages: u32,
	pub steps: u32,
	pub grid: u32,
	pub appeal: u32,
	pub penalty: u32,
	pub outages_to_end: u32,
	pub fee_per_byte: u128,
	/// Collateral is scarce, and penalties of a day are capped.
	pub scarce: bool,
	/// The clients end everything alone; otherwise the providers do.
	pub client_ends: bool,
	/// The proof chains are heard of no more at the end.
	pub chains_die: bool,
}

/// What somebody does with a contract that was drawn.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
	Close,
	Cancel,
	Terminate,
	EndMutually { by_client: bool },
	EndFaulty,
	ExitStalled { by_client: bool },
	Extend { windows: u32 },
	TopUp { payer: usize, windows: u32 },
	Amend { by_client: bool, factor: u128 },
	Move { by_client: bool, agreed: bool },
	DemandAudit,
	AnswerAudit { right: bool },
	FailAudit,
}

#[derive(Clone, Debug)]
pub enum Action {
	/// Propose, and accept if said so.
	Open(Opening, bool),
	/// Publish what a client signed, and once more.
	Publish(Opening),
	/// End the oldest proposal.
	Unpropose {
		by_client: bool,
	},
	Wait {
		blocks: u32,
	},
	/// Fill or empty a lane.
	Lane {
		chain: usize,
		full: bool,
	},
	/// Whatever a proof chain may say.
	Say {
		chain: usize,
		saying: Saying,
	},
	Heartbeat {
		chain: usize,
	},
	Advance {
		provider: usize,
		chain: usize,
		steps: u32,
	},
	Claim {
		provider: usize,
		chain: usize,
	},
	Do {
		contract: usize,
		deed: Deed,
	},
	AppealFault {
		nth: usize,
		forged: bool,
	},
	AppealOutage {
		nth: usize,
		forged: bool,
	},
	/// Make every fault final that can be.
	Finalise,
	FlagStalled {
		chain: usize,
	},
	/// Governance passes over a window.
	Pass {
		chain: usize,
	},
	/// Governance forgives penalties of windows around the present.
	Forgive {
		chain: usize,
	},
}

/// A contract to be made.
#[derive(Clone, Copy, Debug)]
pub struct Opening {
	pub client: usize,
	pub provider: usize,
	pub chain: usize,
	pub chunks: u64,
	pub windows: u32,
	pub interval: u16,
}

#[derive(Clone, Debug)]
pub struct Saying {
	/// Added to the window that is due; mostly 0.
	pub window_off: i8,
	/// Added to the part that is due; mostly 0.
	pub part_off: i8,
	pub last: bool,
	pub applied: Cursor,
	/// Streams by number, known and unknown, of this chain and of the other; whether totally out.
	pub outages: Vec<(u32, bool)>,
	pub faults: Faults,
}

#[derive(Clone, Debug)]
pub enum Faults {
	/// Legs by position among all there ever were, of any chain, and some that never were.
	Some(Vec<usize>),
	/// All there ever were.
	All,
}

#[derive(Clone, Copy, Debug)]
pub enum Cursor {
	/// All batches that were sent.
	Honest,
	/// Sent batches less some.
	Behind(u64),
	/// Any number.
	Any(u64),
}

fn cursors() -> impl Strategy<Value = Cursor> {
	prop_oneof![
		6 => Just(Cursor::Honest),
		2 => (1..4u64).prop_map(Cursor::Behind),
		1 => prop_oneof![Just(0), Just(u64::MAX), 0..20u64].prop_map(Cursor::Any),
	]
}

fn sayings() -> impl Strategy<Value = Saying> {
	let rarely = || prop_oneof![12 => Just(0i8), 1 => -2..3i8];
	let outages = prop_oneof![3 => Just(vec![]), 1 => vec((0..8u32, any::<bool>()), 1..4)];
	let faults = prop_oneof![
		3 => Just(Faults::Some(vec![])),
		2 => vec(0..40usize, 1..8).prop_map(Faults::Some),
		1 => Just(Faults::All),
	];
	(rarely(), rarely(), prop::bool::weighted(0.75), cursors(), outages, faults).prop_map(
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

fn openings() -> impl Strategy<Value = Opening> {
	let interval = prop_oneof![3 => Just(1u16), 1 => Just(3)];
	let chain = prop_oneof![4 => Just(0usize), 1 => Just(1)];
	(0..2usize, 0..2usize, chain, 1..10u64, 1..16u32, interval).prop_map(
		|(client, provider, chain, chunks, windows, interval)| Opening {
			client,
			provider,
			chain,
			chunks,
			windows,
			interval,
		},
	)
}

fn deeds() -> impl Strategy<Value = Deed> {
	let side = any::<bool>;
	prop_oneof![
		6 => Just(Deed::Close),
		2 => Just(Deed::Cancel),
		2 => Just(Deed::Terminate),
		1 => side().prop_map(|by_client| Deed::EndMutually { by_client }),
		2 => Just(Deed::EndFaulty),
		1 => side().prop_map(|by_client| Deed::ExitStalled { by_client }),
		2 => (1..8u32).prop_map(|windows| Deed::Extend { windows }),
		2 => (0..2usize, 1..8u32).prop_map(|(payer, windows)| Deed::TopUp { payer, windows }),
		2 => (side(), 0..4u128).prop_map(|(by_client, factor)| Deed::Amend { by_client, factor }),
		3 => (side(), prop::bool::weighted(0.8))
			.prop_map(|(by_client, agreed)| Deed::Move { by_client, agreed }),
		2 => Just(Deed::DemandAudit),
		2 => prop::bool::weighted(0.7).prop_map(|right| Deed::AnswerAudit { right }),
		2 => Just(Deed::FailAudit),
	]
}

fn chains() -> impl Strategy<Value = usize> {
	prop_oneof![3 => Just(0usize), 1 => Just(1)]
}

pub fn actions() -> impl Strategy<Value = Action> {
	let forged = || prop::bool::weighted(0.2);
	prop_oneof![
		6 => (openings(), prop::bool::weighted(0.9)).prop_map(|(what, yes)| Action::Open(what, yes)),
		1 => openings().prop_map(Action::Publish),
		1 => any::<bool>().prop_map(|by_client| Action::Unpropose { by_client }),
		5 => (1..15u32).prop_map(|blocks| Action::Wait { blocks }),
		1 => (100..400u32).prop_map(|blocks| Action::Wait { blocks }),
		1 => (chains(), prop::bool::weighted(0.3))
			.prop_map(|(chain, full)| Action::Lane { chain, full }),
		16 => (chains(), sayings()).prop_map(|(chain, saying)| Action::Say { chain, saying }),
		1 => chains().prop_map(|chain| Action::Heartbeat { chain }),
		3 => (0..2usize, chains(), 0..7u32)
			.prop_map(|(provider, chain, steps)| Action::Advance { provider, chain, steps }),
		3 => (0..2usize, chains()).prop_map(|(provider, chain)| Action::Claim { provider, chain }),
		16 => (0..40usize, deeds()).prop_map(|(contract, deed)| Action::Do { contract, deed }),
		3 => (0..40usize, forged()).prop_map(|(nth, forged)| Action::AppealFault { nth, forged }),
		3 => (0..40usize, forged()).prop_map(|(nth, forged)| Action::AppealOutage { nth, forged }),
		2 => Just(Action::Finalise),
		1 => chains().prop_map(|chain| Action::FlagStalled { chain }),
		1 => chains().prop_map(|chain| Action::Pass { chain }),
		1 => chains().prop_map(|chain| Action::Forgive { chain }),
	]
}

pub fn bounds() -> impl Strategy<Value = Bounds> {
	let few = |few: u32, many: u32| prop_oneof![Just(few), Just(many)];
	let limits = (few(3, 256), few(2, 64), few(3, 1));
	let rules = (few(1, 25), few(0, 3), few(3, 1_000));
	let fees = prop_oneof![Just(0u128), Just(1_000)];
	let ways = (prop::bool::weighted(0.3), any::<bool>(), any::<bool>());
	(limits, rules, fees, ways).prop_map(|(limits, rules, fee_per_byte, ways)| Bounds {
		outages: limits.0,
		steps: limits.1,
		grid: limits.2,
		appeal: rules.0,
		penalty: rules.1,
		outages_to_end: rules.2,
		fee_per_byte,
		scarce: ways.0,
		client_ends: ways.1,
		chains_die: ways.2,
	})
}
