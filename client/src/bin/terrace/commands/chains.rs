// SPDX-License-Identifier: Apache-2.0
//! `terrace chains`

use crate::{
	context::{name, Context},
	failure::{Exit, Failure},
	output::Output,
};
use serde_json::{json, Value};
use terrace_client::{Chain, Error};
use terrace_layers::{
	views::{LaneView, NeighbourView, WindowView},
	ChainId, LaneId, Layer, Relation,
};

/// What a chain says of itself.
struct Report {
	layer: Layer,
	url: String,
	id: ChainId,
	best: u32,
	finalized: u32,
	window: Option<WindowView>,
	neighbours: Vec<Neighbour>,
}

/// What a chain says of a neighbour.
struct Neighbour {
	view: NeighbourView,
	/// Newest final block of the neighbour, if it was asked.
	finalized: Option<u32>,
	lanes: Vec<(LaneId, LaneView)>,
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
				lanes.push((lane, state));
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
		window,
		neighbours,
	})
}

/// Tells every chain how far its neighbours really are.
fn compare(reports: &mut [Report]) {
	let known: Vec<_> = reports.iter().map(|report| (report.id, report.finalized)).collect();
	for neighbour in reports.iter_mut().flat_map(|report| &mut report.neighbours) {
		let found = known.iter().find(|(id, _)| *id == neighbour.view.chain);
		neighbour.finalized = found.map(|(_, finalized)| *finalized);
	}
}

impl Neighbour {
	/// Final blocks of the neighbour that are not yet known to the chain.
	fn lag(&self) -> Option<u32> {
		self.finalized.map(|finalized| finalized.saturating_sub(self.view.best_number))
	}
}

/// Messages sent and not yet received.
fn pending(lane: &LaneView) -> u64 {
	lane.state.out_nonce.saturating_sub(lane.acked)
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
			lines.extend(neighbour_text(neighbour));
		}
	}
	for (layer, failure) in silent {
		lines.push(format!("{} chain: {}", name(*layer), failure.message));
	}
	lines.join("\n")
}

fn neighbour_text(neighbour: &Neighbour) -> Vec<String> {
	let view = &neighbour.view;
	let lag = match neighbour.lag() {
		Some(lag) => format!(", {lag} final blocks behind"),
		None => String::new(),
	};
	let mut lines = vec![
		format!("  {} {} ({})", relation_name(view.relation), view.chain, name(view.layer)),
		format!("    {:?}, known up to block {}{lag}", view.status, view.best_number),
	];
	for (lane, state) in &neighbour.lanes {
		let closed = if state.state.open { "" } else { ", closed" };
		lines.push(format!(
			"    lane {:<8} sent {}, acknowledged {}, received {}, failed {}{closed}",
			lane_name(*lane),
			state.state.out_nonce,
			state.acked,
			state.state.in_nonce,
			state.dead_letters
		));
	}
	lines
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
		"neighbours": report.neighbours.iter().map(neighbour_json).collect::<Vec<_>>(),
	})
}

fn neighbour_json(neighbour: &Neighbour) -> Value {
	let view = &neighbour.view;
	let lanes = neighbour.lanes.iter().map(|(lane, state)| {
		json!({
			"lane": lane_name(*lane),
			"open": state.state.open,
			"sent": state.state.out_nonce,
			"acknowledged": state.acked,
			"pending": pending(state),
			"received": state.state.in_nonce,
			"dead_letters": state.dead_letters,
		})
	});
	json!({
		"chain": view.chain,
		"relation": view.relation,
		"layer": view.layer,
		"status": view.status,
		"best_number": view.best_number,
		"lag": neighbour.lag(),
		"set_id": view.set_id,
		"bond": view.bond.to_string(),
		"lanes": lanes.collect::<Vec<_>>(),
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use terrace_layers::{views::NeighbourStatus, LaneState};

	fn report() -> Report {
		let chain = ChainId(sp_core::H256::repeat_byte(2));
		let state = LaneState { out_nonce: 9, in_nonce: 4, ..LaneState::new(chain, 0) };
		let view = NeighbourView {
			chain,
			relation: Relation::Child,
			layer: Layer::Contract,
			status: NeighbourStatus::Active,
			best_number: 90,
			best_hash: Default::default(),
			set_id: 1,
			last_progress_at: 5,
			incarnation: 0,
			bond: 7,
		};
		let lane = LaneView { state, acked: 6, dead_letters: 1, peer_best: 90 };
		let lanes = vec![(LaneId::MONEY, lane)];
		Report {
			layer: Layer::Main,
			url: "ws://x".into(),
			id: ChainId::default(),
			best: 12,
			finalized: 10,
			window: None,
			neighbours: vec![Neighbour { view, finalized: None, lanes }],
		}
	}

	#[test]
	fn lag_is_told_where_both_ends_are_known() {
		let mut reports = vec![report()];
		compare(&mut reports);
		assert_eq!(reports[0].neighbours[0].lag(), None);
		let below = Report {
			id: reports[0].neighbours[0].view.chain,
			layer: Layer::Contract,
			finalized: 100,
			neighbours: vec![],
			..report()
		};
		reports.push(below);
		compare(&mut reports);
		assert_eq!(reports[0].neighbours[0].lag(), Some(10));
	}

	#[test]
	fn lanes_are_told_to_people_and_programs() {
		let json = to_json(&[report()], &[]);
		let lane = &json["chains"][0]["neighbours"][0]["lanes"][0];
		assert_eq!((&lane["lane"], &lane["pending"]), (&json!("money"), &json!(3)));
		let text = text(&[report()], &[(Layer::Proof, Failure::new(Exit::Failed, "gone"))]);
		assert!(text.contains("sent 9, acknowledged 6, received 4, failed 1"), "{text}");
		assert!(text.ends_with("proof chain: gone"), "{text}");
	}
}
