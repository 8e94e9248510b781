// SPDX-License-Identifier: Apache-2.0
//! What the daemon tells Prometheus.

use prometheus::{Encoder, IntCounter, IntGauge, Registry, TextEncoder};

/// The daemon's figures.
#[derive(Clone)]
pub struct Metrics {
	registry: Registry,
	/// Blobs stored.
	pub blobs: IntGauge,
	/// Bytes stored.
	pub bytes: IntGauge,
	/// Uploads kept.
	pub uploads: IntCounter,
	/// Uploads refused.
	pub refused: IntCounter,
	/// Bytes served.
	pub served: IntCounter,
	/// Proof transactions sent.
	pub batches: IntCounter,
	/// Legs proven in those.
	pub proofs: IntCounter,
	/// Legs that could not be proven, because their blob is missing or damaged.
	pub unprovable: IntCounter,
	/// Claims made.
	pub claims: IntCounter,
	/// Audits answered.
	pub audits: IntCounter,
	/// Failures of a chain, retried.
	pub failures: IntCounter,
}

impl Metrics {
	/// All figures at zero.
	pub fn new() -> Result<Self, prometheus::Error> {
		let registry = Registry::new();
		let gauge = |name: &str, help: &str| {
			let gauge = IntGauge::new(name, help)?;
			registry.register(Box::new(gauge.clone()))?;
			Ok::<_, prometheus::Error>(gauge)
		};
		let counter = |name: &str, help: &str| {
			let counter = IntCounter::new(name, help)?;
			registry.register(Box::new(counter.clone()))?;
			Ok::<_, prometheus::Error>(counter)
		};
		Ok(Self {
			blobs: gauge("terrace_provider_blobs", "Blobs stored")?,
			bytes: gauge("terrace_provider_bytes", "Bytes stored")?,
			uploads: counter("terrace_provider_uploads", "Uploads kept")?,
			refused: counter("terrace_provider_uploads_refused", "Uploads refused")?,
			served: counter("terrace_provider_served_bytes", "Bytes served")?,
			batches: counter("terrace_provider_batches", "Proof transactions sent")?,
			proofs: counter("terrace_provider_proofs", "Legs proven in them")?,
			unprovable: counter(
				"terrace_provider_unprovable",
				"Due legs whose blob is missing or damaged",
			)?,
			claims: counter("terrace_provider_claims", "Claims made")?,
			audits: counter("terrace_provider_audits", "Audits answered")?,
			failures: counter("terrace_provider_failures", "Failures that are retried")?,
			registry,
		})
	}

	/// The figures as Prometheus reads them.
	pub fn text(&self) -> String {
		let mut buffer = Vec::new();
		match TextEncoder::new().encode(&self.registry.gather(), &mut buffer) {
			Ok(()) => String::from_utf8_lossy(&buffer).into_owned(),
			Err(error) => format!("# {error}\n"),
		}
	}
}
