// SPDX-License-Identifier: Apache-2.0
//! Figures for Prometheus.

use crate::{direction::Way, Error};
use axum::{extract::State, routing::get, Router};
use prometheus::{
	core::Collector, Encoder, GaugeVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};
use std::{
	net::SocketAddr,
	time::{SystemTime, UNIX_EPOCH},
};
use terrace_layers::{Balance, LaneId};

/// Smallest parts of one token.
const UNIT: f64 = 1e12;

/// All figures of a relay.
#[derive(Clone)]
pub(crate) struct Metrics {
	registry: Registry,
	lag: IntGaugeVec,
	acks: IntGaugeVec,
	delivered: IntCounterVec,
	bytes: IntCounterVec,
	refused: IntCounterVec,
	late: IntCounterVec,
	repairs: IntCounterVec,
	finalized: IntGaugeVec,
	known: IntGaugeVec,
	blocks: IntGaugeVec,
	expiry: IntGaugeVec,
	progress: IntGaugeVec,
	balance: GaugeVec,
	errors: IntCounterVec,
	switches: IntCounterVec,
}

/// The figures of one direction.
#[derive(Clone)]
pub(crate) struct DirectionMetrics {
	metrics: Metrics,
	way: Way,
}

impl Default for Metrics {
	fn default() -> Self {
		Self::new(Registry::new())
	}
}

impl Metrics {
	pub fn new(registry: Registry) -> Self {
		let (way, lane) = (["direction"], ["direction", "lane"]);
		let gauge = |name, help, labels: &[&str]| {
			register(&registry, IntGaugeVec::new(options(name, help), labels))
		};
		let count = |name, help, labels: &[&str]| {
			register(&registry, IntCounterVec::new(options(name, help), labels))
		};
		let balance = GaugeVec::new(options("balance", "Tokens of the account that pays"), &way);
		Self {
			lag: gauge("lag", "Messages sent and not yet delivered", &lane),
			acks: gauge("acknowledgements_waiting", "Acknowledgements not yet delivered", &lane),
			delivered: count("delivered_total", "Messages delivered", &lane),
			bytes: count("delivered_bytes_total", "Bytes of calls that did their work", &way),
			refused: count("refused_total", "Calls that the target refused", &way),
			late: count("late_total", "Calls whose work another relay had done", &way),
			repairs: count(
				"repairs_total",
				"Offences reported, silent chains marked, recoveries brought",
				&["direction", "kind"],
			),
			finalized: gauge("source_final_block", "Newest final block of the source", &way),
			known: gauge("source_known_block", "Newest source block the target knows", &way),
			blocks: gauge("finality_lag_blocks", "Final blocks the target does not know", &way),
			expiry: gauge("expiry_blocks", "Target blocks until the source expires", &way),
			progress: gauge("progress_seconds", "Last delivery, in seconds since 1970", &way),
			balance: register(&registry, balance),
			errors: count("errors_total", "What went wrong", &["side", "kind"]),
			switches: count("endpoint_switches_total", "Nodes given up", &["side"]),
			registry,
		}
	}

	pub fn of(&self, way: Way) -> DirectionMetrics {
		DirectionMetrics { metrics: self.clone(), way }
	}

	pub fn count_error(&self, side: &str, kind: &str) {
		self.errors.with_label_values(&[side, kind]).inc();
	}

	pub fn count_switch(&self, side: &str) {
		self.switches.with_label_values(&[side]).inc();
	}

	pub fn text(&self) -> String {
		let mut text = Vec::new();
		// Writing to memory cannot fail, and half a page of figures is better than none.
		let _ = TextEncoder::new().encode(&self.registry.gather(), &mut text);
		String::from_utf8(text).unwrap_or_default()
	}
}

impl DirectionMetrics {
	pub fn way(&self) -> Way {
		self.way
	}

	pub fn set_blocks(&self, finalized: u32, known: u32) {
		let way = [self.way.name()];
		self.metrics.finalized.with_label_values(&way).set(finalized.into());
		self.metrics.known.with_label_values(&way).set(known.into());
		let lag = finalized.saturating_sub(known);
		self.metrics.blocks.with_label_values(&way).set(lag.into());
	}

	pub fn set_expiry(&self, blocks: u32) {
		self.metrics.expiry.with_label_values(&[self.way.name()]).set(blocks.into());
	}

	pub fn set_lag(&self, lane: LaneId, messages: u64, acknowledgements: u64) {
		let lane = [self.way.name(), lane_name(lane)];
		self.metrics.lag.with_label_values(&lane).set(signed(messages));
		self.metrics.acks.with_label_values(&lane).set(signed(acknowledgements));
	}

	pub fn set_balance(&self, balance: Balance) {
		// Figures are for looking at: the last digits of a balance do not matter.
		#[allow(clippy::cast_precision_loss)]
		let tokens = balance as f64 / UNIT;
		self.metrics.balance.with_label_values(&[self.way.name()]).set(tokens);
	}

	pub fn count_delivered(&self, lane: LaneId, messages: usize) {
		let lane = [self.way.name(), lane_name(lane)];
		self.metrics.delivered.with_label_values(&lane).inc_by(unsigned(messages));
	}

	pub fn note_progress(&self, bytes: usize) {
		let way = [self.way.name()];
		let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
		self.metrics.progress.with_label_values(&way).set(signed(now));
		self.metrics.bytes.with_label_values(&way).inc_by(unsigned(bytes));
	}

	pub fn count_refused(&self) {
		self.metrics.refused.with_label_values(&[self.way.name()]).inc();
	}

	pub fn count_repair(&self, kind: &str) {
		self.metrics.repairs.with_label_values(&[self.way.name(), kind]).inc();
	}

	pub fn count_late(&self) {
		self.metrics.late.with_label_values(&[self.way.name()]).inc();
	}
}

fn signed(number: u64) -> i64 {
	i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: usize) -> u64 {
	u64::try_from(number).unwrap_or(u64::MAX)
}

fn lane_name(lane: LaneId) -> &'static str {
	match lane {
		LaneId::ADMIN => "admin",
		LaneId::MONEY => "money",
		LaneId::STORAGE => "storage",
		_ => "unknown",
	}
}

fn options(name: &str, help: &str) -> Opts {
	Opts::new(name, help).namespace("terrace_relay")
}

/// Adds a figure to a registry, in place of that of a relay which has ended.
fn register<M>(registry: &Registry, made: prometheus::Result<M>) -> M
where
	M: Collector + Clone + 'static,
{
	let figure = made.expect("names are well formed");
	if registry.register(Box::new(figure.clone())).is_err() {
		let _ = registry.unregister(Box::new(figure.clone()));
		if let Err(error) = registry.register(Box::new(figure.clone())) {
			tracing::debug!(target: crate::LOG_TARGET, %error, "a figure is not shown");
		}
	}
	figure
}

/// Serves the figures for ever; without an address does nothing for ever.
pub(crate) async fn serve(address: Option<SocketAddr>, metrics: &Metrics) -> Result<(), Error> {
	let Some(address) = address else { return std::future::pending().await };
	let failed = |error: std::io::Error| Error::Metrics { address, reason: error.to_string() };
	let listener = tokio::net::TcpListener::bind(address).await.map_err(failed)?;
	let show = |State(metrics): State<Metrics>| async move { metrics.text() };
	let router = Router::new().route("/metrics", get(show)).with_state(metrics.clone());
	axum::serve(listener, router).await.map_err(failed)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn figures_are_written() {
		let metrics = Metrics::default();
		let down = metrics.of(Way::Down);
		down.set_blocks(70, 64);
		down.set_expiry(900);
		down.set_lag(LaneId::STORAGE, 3, 2);
		down.set_balance(2_500_000_000_000);
		down.count_delivered(LaneId::MONEY, 2);
		down.count_delivered(LaneId::MONEY, 2);
		down.note_progress(100);
		down.note_progress(50);
		metrics.count_switch("parent");
		let text = metrics.text();
		for line in [
			"terrace_relay_source_final_block{direction=\"down\"} 70",
			"terrace_relay_source_known_block{direction=\"down\"} 64",
			"terrace_relay_finality_lag_blocks{direction=\"down\"} 6",
			"terrace_relay_expiry_blocks{direction=\"down\"} 900",
			"terrace_relay_lag{direction=\"down\",lane=\"storage\"} 3",
			"terrace_relay_acknowledgements_waiting{direction=\"down\",lane=\"storage\"} 2",
			"terrace_relay_balance{direction=\"down\"} 2.5",
			"terrace_relay_delivered_total{direction=\"down\",lane=\"money\"} 4",
			"terrace_relay_delivered_bytes_total{direction=\"down\"} 150",
			"terrace_relay_endpoint_switches_total{side=\"parent\"} 1",
		] {
			assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
		}
	}

	#[test]
	fn next_relay_of_a_node_takes_the_place_of_the_last() {
		let registry = Registry::new();
		Metrics::new(registry.clone()).of(Way::Up).set_blocks(9, 9);
		let second = Metrics::new(registry);
		second.of(Way::Up).set_blocks(70, 64);
		let line = "terrace_relay_source_final_block{direction=\"up\"} 70";
		assert!(second.text().contains(line), "{}", second.text());
	}

	#[tokio::test]
	async fn busy_address_is_told() {
		let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
		let address = listener.local_addr().expect("it is bound");
		let refused = serve(Some(address), &Metrics::default()).await;
		assert!(matches!(refused, Err(Error::Metrics { address: at, .. }) if at == address));
	}
}
