// SPDX-License-Identifier: Apache-2.0
//! Figures for Prometheus.

use crate::{direction::Way, Error};
use axum::{extract::State, routing::get, Router};
use prometheus::{Encoder, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder};
use std::{
	net::SocketAddr,
	time::{SystemTime, UNIX_EPOCH},
};
use terrace_layers::LaneId;

/// All figures of a relay.
#[derive(Clone)]
pub(crate) struct Metrics {
	registry: Registry,
	lag: IntGaugeVec,
	delivered: IntCounterVec,
	refused: IntCounterVec,
	finalized: IntGaugeVec,
	known: IntGaugeVec,
	progress: IntGaugeVec,
}

/// The figures of one direction.
#[derive(Clone)]
pub(crate) struct DirectionMetrics {
	metrics: Metrics,
	way: Way,
}

impl Metrics {
	pub fn new() -> Self {
		let registry = Registry::new();
		let lane = ["direction", "lane"];
		Self {
			lag: gauge(&registry, "lag", "Messages sent and not yet delivered", &lane),
			delivered: counter(&registry, "delivered_total", "Messages delivered", &lane),
			refused: counter(&registry, "refused_total", "Calls that the target refused", &lane),
			finalized: gauge(
				&registry,
				"source_final_block",
				"Newest final block of the source",
				&["direction"],
			),
			known: gauge(
				&registry,
				"source_known_block",
				"Newest block of the source that the target knows",
				&["direction"],
			),
			progress: gauge(
				&registry,
				"progress_seconds",
				"When something was last delivered, in seconds since 1970",
				&["direction"],
			),
			registry,
		}
	}

	pub fn of(&self, way: Way) -> DirectionMetrics {
		DirectionMetrics { metrics: self.clone(), way }
	}

	fn text(&self) -> String {
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
	}

	pub fn set_lag(&self, lane: LaneId, lag: u64) {
		let lag = i64::try_from(lag).unwrap_or(i64::MAX);
		self.metrics.lag.with_label_values(&[self.way.name(), lane_name(lane)]).set(lag);
	}

	pub fn count_delivered(&self, lane: LaneId, messages: usize) {
		let count = u64::try_from(messages).unwrap_or(u64::MAX);
		self.metrics.delivered.with_label_values(&[self.way.name(), lane_name(lane)]).inc_by(count);
		self.note_progress();
	}

	pub fn note_progress(&self) {
		let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
		let now = i64::try_from(now).unwrap_or(i64::MAX);
		self.metrics.progress.with_label_values(&[self.way.name()]).set(now);
	}

	pub fn count_refused(&self, lane: LaneId) {
		self.metrics.refused.with_label_values(&[self.way.name(), lane_name(lane)]).inc();
	}
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

fn gauge(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
	let gauge = IntGaugeVec::new(options(name, help), labels).expect("names are well formed");
	registry.register(Box::new(gauge.clone())).expect("names differ");
	gauge
}

fn counter(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
	let counter = IntCounterVec::new(options(name, help), labels).expect("names are well formed");
	registry.register(Box::new(counter.clone())).expect("names differ");
	counter
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
		let metrics = Metrics::new();
		let down = metrics.of(Way::Down);
		down.set_blocks(70, 64);
		down.set_lag(LaneId::STORAGE, 3);
		down.count_delivered(LaneId::MONEY, 2);
		down.count_delivered(LaneId::MONEY, 2);
		let text = metrics.text();
		for line in [
			"terrace_relay_source_final_block{direction=\"down\"} 70",
			"terrace_relay_source_known_block{direction=\"down\"} 64",
			"terrace_relay_lag{direction=\"down\",lane=\"storage\"} 3",
			"terrace_relay_delivered_total{direction=\"down\",lane=\"money\"} 4",
		] {
			assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
		}
	}

	#[tokio::test]
	async fn busy_address_is_told() {
		let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
		let address = listener.local_addr().expect("it is bound");
		let refused = serve(Some(address), &Metrics::new()).await;
		assert!(matches!(refused, Err(Error::Metrics { address: at, .. }) if at == address));
	}
}
