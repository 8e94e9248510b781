// SPDX-License-Identifier: Apache-2.0
//! `terrace chains`

use crate::{
	context::{name, Context},
	failure::{Exit, Failure},
	output::Output,
};
use serde_json::{json, Value};
use terrace_client::{
	amount::{format_amount, format_duration},
	Chain, Error,
};
use terrace_layers::{
	views::{LaneView, NeighbourStatus, NeighbourView, WindowView},
	Blockers, ChainId, LaneId, Layer, Relation,
};

/// What a chain says of itself.
struct Report {
	layer: Layer,
	url: String,
	id: ChainId,
	best: u32,
	finalized: u32,
	/// Time between two blocks in milliseconds.
	block_ms: u64,
	window: Option<WindowView>,
	neighbours: Vec<Neighbour>,
}

/// What a chain says of a neighbour.
struct Neighbour {
	view: NeighbourView,
	/// Newest final block of the neighbour, if it was asked.
	finalized: Option<u32>,
	lanes: Vec<Lane>,
}

/// Both ends of a lane.
struct Lane {
	id: LaneId,
	/// The end of the chain that tells of it.
	here: LaneView,
	/// The neighbour's end, if it was asked.
	there: Option<LaneView>,
}

/// Shows the three layers: blocks, neighbours and lanes.
pub async fn run(context: &Context) -> Result<Output, Failure> {
	let connected = futures::join!(context.main(), context.contract(), context.proof());
	let mut reports = Vec::new();
	let mut silent = Vec::new();
	for (layer, chain) in
		[(Layer::Main, connected.0), (Layer::Contract, connected.1), (Layer::Proof, connected.2)]
	{
		match chain {
			Ok(chain) => reports.push(ask(&chain).await?),
			Err(failure) => silent.push((layer, failure)),
		}
	}
	if reports.is_empty() {
		let reasons: Vec<_> = silent.iter().map(|(_, failure)| failure.message.as_str()).collect();
		return Err(Failure::new(Exit::Failed, reasons.join("; "))
			.hint("check --main-url, --contract-url and --proof-url"));
	}
	compare(&mut reports);
	Ok(Output::new(text(&reports, &silent), to_json(&reports, &silent)))
}

async fn ask(chain: &Chain) -> Result<Report, Error> {
	let mut neighbours = Vec::new();
	for view in chain.neighbours(None).await? {
		let mut lanes = Vec::new();
		for lane in LaneId::ALL {
			if let Some(state) = chain.lane(view.chain, lane, None).await? {
				lanes.push(Lane { id: lane, here: state, there: None });
			}
		}
		neighbours.push(Neighbour { view, finalized: None, lanes });
	}
	let window = match chain.layer() {
		Layer::Proof => chain.window().await?,
		Layer::Main | Layer::Contract => None,
	};
	Ok(Report {
		layer: chain.layer(),
		url: chain.url().into(),
		id: chain.id(),
		best: chain.best().await?.0,
		finalized: chain.finalized().await?.0,
		block_ms: chain.constant("Babe", "ExpectedBlockTime")?,
		window,
		neighbours,
	})
}

/// Tells every chain how far its neighbours really are.
fn compare(reports: &mut [Report]) {
	let blocks: Vec<_> = reports.iter().map(|report| (report.id, report.finalized)).collect();
	let ends: Vec<_> = reports.iter().flat_map(ends_of).collect();
	for report in reports {
		let here = report.id;
		for neighbour in &mut report.neighbours {
			let there = neighbour.view.chain;
			let found = blocks.iter().find(|(id, _)| *id == there);
			neighbour.finalized = found.map(|(_, finalized)| *finalized);
			for lane in &mut neighbour.lanes {
				let end = ends.iter().find(|(ids, _)| *ids == (there, here, lane.id));
				lane.there = end.map(|(_, end)| end.clone());
			}
		}
	}
}

/// A chain's ends of all its lanes, by both chains and the lane.
fn ends_of(report: &Report) -> Vec<((ChainId, ChainId, LaneId), LaneView)> {
	let neighbours = report.neighbours.iter();
	neighbours
		.flat_map(|neighbour| {
			let ids = (report.id, neighbour.view.chain);
			neighbour.lanes.iter().map(move |lane| ((ids.0, ids.1, lane.id), lane.here.clone()))
		})
		.collect()
}

impl Report {
	/// Blocks in words.
	fn blocks(&self, blocks: u32) -> String {
		let time = format_duration(self.block_ms.saturating_mul(blocks.into()));
		format!("{blocks} blocks ({time})")
	}
}

impl Neighbour {
	/// Final blocks of the neighbour that are not yet known to the chain.
	fn lag(&self) -> Option<u32> {
		self.finalized.map(|finalized| finalized.saturating_sub(self.view.best_number))
	}

	/// Blocks of the chain until the neighbour expires; `None` if it cannot.
	fn expires_in(&self, now: u32) -> Option<u32> {
		let view = &self.view;
		let may = matches!(view.status, NeighbourStatus::Active | NeighbourStatus::Draining);
		may.then(|| view.expires_at.saturating_sub(now))
	}

	/// Whether most of the time to its expiry is over.
	fn is_overdue(&self, now: u32) -> bool {
		let view = &self.view;
		let left = self.expires_in(now);
		let life = view.expires_at.saturating_sub(view.last_progress_at);
		left.is_some_and(|left| left < life.div_euclid(2))
	}
}

impl Lane {
	/// Messages sent and not yet acknowledged.
	fn pending(&self) -> u64 {
		self.here.state.out_nonce.saturating_sub(self.here.acked)
	}

	/// Messages sent and not yet received.
	fn waiting(&self) -> Option<u64> {
		let there = self.there.as_ref()?;
		Some(self.here.state.out_nonce.saturating_sub(there.state.in_nonce))
	}
}

/// What a status means, and what to do about it.
fn status_words(status: NeighbourStatus, relation: Relation) -> &'static str {
	match (status, relation) {
		(NeighbourStatus::Active, _) => "active: finality and messages flow",
		(NeighbourStatus::Halted, _) => {
			"halted by governance: nothing flows; wait until governance resumes it"
		}
		(NeighbourStatus::Frozen, Relation::Child) => {
			"frozen: its authorities were proven to misbehave; governance must close it, or set it \
			 to the fork that goes on"
		}
		(NeighbourStatus::Frozen, Relation::Parent) => {
			"frozen: the parent's authorities were proven to misbehave; a recovery must set it to \
			 the fork that goes on"
		}
		(NeighbourStatus::Closed, _) => "closed: left for good",
		(NeighbourStatus::Expired, Relation::Child) => {
			"expired: silent for too long to be believed; governance must set it anew"
		}
		(NeighbourStatus::Expired, Relation::Parent) => {
			"expired: silent for too long to be believed; this chain's authorities must sign a \
			 recovery"
		}
		(NeighbourStatus::Draining, _) => {
			"draining: what is under way arrives, nothing new is sent; close it when nothing blocks \
			 that"
		}
	}
}

/// What keeps an edge from being closed, in words.
fn blocker_names(blockers: Blockers) -> Vec<&'static str> {
	[
		(Blockers::MESSAGES, "messages without acknowledgement"),
		(Blockers::DEAD_LETTERS, "dead letters"),
		(Blockers::TOKENS, "locked tokens"),
		(Blockers::CONTRACTS, "storage contracts"),
	]
	.into_iter()
	.filter_map(|(blocker, name)| blockers.contains(blocker).then_some(name))
	.collect()
}

fn lane_name(lane: LaneId) -> &'static str {
	match lane {
		LaneId::ADMIN => "admin",
		LaneId::MONEY => "money",
		LaneId::STORAGE => "storage",
		_ => "unknown",
	}
}

fn relation_name(relation: Relation) -> &'static str {
	match relation {
		Relation::Parent => "parent",
		Relation::Child => "child",
	}
}

fn text(reports: &[Report], silent: &[(Layer, Failure)]) -> String {
	let mut lines = Vec::new();
	for report in reports {
		lines.push(format!("{} chain at {}", name(report.layer), report.url));
		lines.push(format!("  id     {}", report.id));
		lines.push(format!("  blocks {} best, {} final", report.best, report.finalized));
		if let Some(window) = &report.window {
			let (number, closes) = (window.window, window.closes_at);
			lines.push(format!("  window {number}, closes with block {closes}"));
		}
		for neighbour in &report.neighbours {
			lines.extend(neighbour_text(report, neighbour));
		}
	}
	for (layer, failure) in silent {
		lines.push(format!("{} chain: {}", name(*layer), failure.message));
	}
	lines.join("\n")
}

fn neighbour_text(report: &Report, neighbour: &Neighbour) -> Vec<String> {
	let view = &neighbour.view;
	let lag = match neighbour.lag() {
		Some(lag) => format!(", {lag} final blocks behind"),
		None => String::new(),
	};
	let silent = report.best.saturating_sub(view.last_progress_at);
	let mut lines = vec![
		format!("  {} {} ({})", relation_name(view.relation), view.chain, name(view.layer)),
		format!("    {}", status_words(view.status, view.relation)),
		format!("    known up to block {}{lag}, authority set {}", view.best_number, view.set_id),
		format!("    last progress {} ago", report.blocks(silent)),
	];
	if let Some(left) = neighbour.expires_in(report.best) {
		lines.push(format!("    expires in {} without progress", report.blocks(left)));
	}
	if neighbour.is_overdue(report.best) {
		lines.push("    nobody relays: start terrace-relay before it expires".into());
	}
	if let Some(block) = view.closed_at {
		lines.push(format!("    closed in block {block}"));
	}
	if view.bond > 0 {
		lines.push(format!("    bond {}", format_amount(view.bond)));
	}
	let blockers = blocker_names(view.blockers);
	if !blockers.is_empty() {
		lines.push(format!("    cannot be closed: {}", blockers.join(", ")));
	}
	lines.extend(neighbour.lanes.iter().map(lane_text));
	lines
}

fn lane_text(lane: &Lane) -> String {
	let here = &lane.here;
	let waiting = match lane.waiting() {
		Some(waiting) => format!(", waiting {waiting}"),
		None => String::new(),
	};
	format!(
		"    lane {:<8} sent {}, acknowledged {}{waiting}, received {}, dead letters {}{}",
		lane_name(lane.id),
		here.state.out_nonce,
		here.acked,
		here.state.in_nonce,
		here.dead_letters,
		if here.state.open { "" } else { ", closed" },
	)
}

fn to_json(reports: &[Report], silent: &[(Layer, Failure)]) -> Value {
	let silent = silent.iter().map(
		|(layer, failure)| json!({ "layer": layer, "error": failure.message, "hint": failure.hint }),
	);
	json!({
		"chains": reports.iter().map(report_json).collect::<Vec<_>>(),
		"unreachable": silent.collect::<Vec<_>>(),
	})
}

fn report_json(report: &Report) -> Value {
	json!({
		"layer": report.layer,
		"url": report.url,
		"id": report.id,
		"best": report.best,
		"finalized": report.finalized,
		"window": report.window.as_ref().map(|window| json!({
			"window": window.window,
			"round": window.round,
			"opened_at": window.opened_at,
			"closes_at": window.closes_at,
			"applied": window.applied,
		})),
		"neighbours": report
			.neighbours
			.iter()
			.map(|neighbour| neighbour_json(report, neighbour))
			.collect::<Vec<_>>(),
	})
}

fn neighbour_json(report: &Report, neighbour: &Neighbour) -> Value {
	let view = &neighbour.view;
	json!({
		"chain": view.chain,
		"relation": view.relation,
		"layer": view.layer,
		"status": view.status,
		"meaning": status_words(view.status, view.relation),
		"best_number": view.best_number,
		"lag": neighbour.lag(),
		"set_id": view.set_id,
		"incarnation": view.incarnation,
		"last_progress_at": view.last_progress_at,
		"expires_at": view.expires_at,
		"expires_in": neighbour.expires_in(report.best),
		"overdue": neighbour.is_overdue(report.best),
		"closed_at": view.closed_at,
		"bond": view.bond.to_string(),
		"blockers": blocker_names(view.blockers),
		"lanes": neighbour.lanes.iter().map(lane_json).collect::<Vec<_>>(),
	})
}

fn lane_json(lane: &Lane) -> Value {
	let here = &lane.here;
	json!({
		"lane": lane_name(lane.id),
		"open": here.state.open,
		"sent": here.state.out_nonce,
		"acknowledged": here.acked,
		"pending": lane.pending(),
		"waiting": lane.waiting(),
		"received": here.state.in_nonce,
		"dead_letters": here.dead_letters,
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use terrace_layers::LaneState;

	const ABOVE: ChainId = ChainId(sp_core::H256::repeat_byte(1));
	const BELOW: ChainId = ChainId(sp_core::H256::repeat_byte(2));

	fn view() -> NeighbourView {
		NeighbourView {
			chain: BELOW,
			relation: Relation::Child,
			layer: Layer::Contract,
			status: NeighbourStatus::Active,
			best_number: 90,
			best_hash: Default::default(),
			set_id: 3,
			last_progress_at: 1_000,
			incarnation: 0,
			bond: 7_000_000_000_000,
			closed_at: None,
			expires_at: 2_000,
			blockers: Blockers::MESSAGES.union(Blockers::TOKENS),
		}
	}

	fn lane(sent: u64, received: u64, acked: u64) -> Lane {
		let state = LaneState { out_nonce: sent, in_nonce: received, ..LaneState::new(ABOVE, 0) };
		let here = LaneView { state, acked, dead_letters: 1, peer_best: 90 };
		Lane { id: LaneId::MONEY, here, there: None }
	}

	fn report() -> Report {
		Report {
			layer: Layer::Main,
			url: "ws://x".into(),
			id: ABOVE,
			best: 1_060,
			finalized: 1_058,
			block_ms: 2_000,
			window: None,
			neighbours: vec![Neighbour {
				view: view(),
				finalized: None,
				lanes: vec![lane(9, 4, 6)],
			}],
		}
	}

	/// Both chains, compared.
	fn both() -> Vec<Report> {
		let view = NeighbourView { chain: ABOVE, relation: Relation::Parent, ..view() };
		let neighbour = Neighbour { view, finalized: None, lanes: vec![lane(5, 8, 4)] };
		let below = Report {
			id: BELOW,
			layer: Layer::Contract,
			finalized: 100,
			neighbours: vec![neighbour],
			..report()
		};
		let mut reports = vec![report(), below];
		compare(&mut reports);
		reports
	}

	#[test]
	fn lag_and_waiting_are_told_where_both_ends_are_known() {
		let mut alone = vec![report()];
		compare(&mut alone);
		let neighbour = &alone[0].neighbours[0];
		assert_eq!((neighbour.lag(), neighbour.lanes[0].waiting()), (None, None));
		let both = both();
		let (down, up) = (&both[0].neighbours[0], &both[1].neighbours[0]);
		assert_eq!((down.lag(), down.lanes[0].waiting()), (Some(10), Some(1)), "9 sent, 8 arrived");
		assert_eq!(up.lanes[0].waiting(), Some(1), "5 sent, 4 arrived");
	}

	#[test]
	fn edges_are_told_to_people() {
		let text = text(&both(), &[(Layer::Proof, Failure::new(Exit::Failed, "gone"))]);
		for part in [
			"active: finality and messages flow",
			"known up to block 90, 10 final blocks behind, authority set 3",
			"last progress 60 blocks (2 min 0 s) ago",
			"expires in 940 blocks (31 min 20 s) without progress",
			"bond 7 ",
			"cannot be closed: messages without acknowledgement, locked tokens",
			"sent 9, acknowledged 6, waiting 1, received 4, dead letters 1",
		] {
			assert!(text.contains(part), "{part} is not in\n{text}");
		}
		assert!(!text.contains("nobody relays"), "{text}");
		assert!(text.ends_with("proof chain: gone"), "{text}");
	}

	#[test]
	fn edges_are_told_to_programs() {
		let json = to_json(&both(), &[]);
		let neighbour = &json["chains"][0]["neighbours"][0];
		assert_eq!(neighbour["status"], json!("active"));
		assert_eq!((&neighbour["expires_in"], &neighbour["set_id"]), (&json!(940), &json!(3)));
		let blockers = json!(["messages without acknowledgement", "locked tokens"]);
		assert_eq!(neighbour["blockers"], blockers);
		let lane = &neighbour["lanes"][0];
		assert_eq!((&lane["lane"], &lane["pending"]), (&json!("money"), &json!(3)));
		assert_eq!((&lane["waiting"], &lane["dead_letters"]), (&json!(1), &json!(1)));
	}

	#[test]
	fn edge_that_nobody_relays_is_told_before_it_expires() {
		let mut late = report();
		late.best = 1_600;
		let told = text(&[late], &[]);
		assert!(told.contains("nobody relays: start terrace-relay"), "{told}");
		assert!(told.contains("expires in 400 blocks"), "{told}");
	}

	#[test]
	fn every_status_says_what_to_do() {
		use NeighbourStatus::{Active, Closed, Draining, Expired, Frozen, Halted};
		for (status, part) in [
			(Active, "flow"),
			(Halted, "wait until governance resumes"),
			(Frozen, "fork that goes on"),
			(Closed, "left for good"),
			(Expired, "governance must set it anew"),
			(Draining, "when nothing blocks"),
		] {
			let mut stopped = report();
			stopped.neighbours[0].view.status = status;
			let json = to_json(std::slice::from_ref(&stopped), &[]);
			let told = text(&[stopped], &[]);
			assert!(told.contains(part), "{part} is not in\n{told}");
			let may_expire = matches!(status, Active | Draining);
			assert_eq!(told.contains("expires in"), may_expire, "{told}");
			let expires_in = &json["chains"][0]["neighbours"][0]["expires_in"];
			assert_eq!(expires_in.is_null(), !may_expire, "{status:?}");
		}
		let parent = status_words(Expired, Relation::Parent);
		assert!(parent.contains("sign a recovery"), "{parent}");
	}
}
