// SPDX-License-Identifier: Apache-2.0
//! The HTTP interface.

mod answer;
mod blobs;
mod cors;
mod parked;
mod range;
mod upload;

use crate::{upkeep::Contracts, Metrics, Store};
use answer::Failure;
use axum::{
	extract::{DefaultBodyLimit, State},
	middleware::from_fn,
	response::Json,
	routing::{get, put},
	Router,
};
use parked::Parked;
use serde_json::{json, Value};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Uploads that are received at once.
const UPLOADS: usize = 8;

/// What requests need.
#[derive(Clone)]
pub struct Service {
	/// The blobs.
	pub store: Store,
	/// The contract chain.
	pub contracts: Arc<dyn Contracts>,
	/// Most bytes kept.
	pub capacity: u64,
	/// The figures.
	pub metrics: Metrics,
	uploads: Arc<Semaphore>,
	parked: Parked,
}

impl Service {
	/// A service over a store and a contract chain.
	pub fn new(
		store: Store,
		contracts: Arc<dyn Contracts>,
		capacity: u64,
		metrics: Metrics,
	) -> Self {
		let uploads = Arc::new(Semaphore::new(UPLOADS));
		Self { store, contracts, capacity, metrics, uploads, parked: Parked::default() }
	}

	/// The routes.
	pub fn router(self) -> Router {
		Router::new()
			.route("/contracts/{id}", put(upload::put).head(upload::head))
			.route("/blobs/{root}", get(blobs::get))
			.route("/health", get(health))
			.route_layer(from_fn(cors::share))
			// Behind the layer: figures are for the operator's own tools.
			.route("/metrics", get(metrics))
			// A blob's length is bounded by its contract, and checked while it arrives.
			.layer(DefaultBodyLimit::disable())
			.with_state(self)
	}
}

async fn health(State(service): State<Service>) -> Result<Json<Value>, Failure> {
	let used = service.store.used()?;
	Ok(Json(json!({
		"status": "ok",
		"provider": service.contracts.provider(),
		"chain": service.contracts.chain(),
		"free_bytes": service.capacity.saturating_sub(used),
	})))
}

async fn metrics(State(service): State<Service>) -> Result<String, Failure> {
	let blobs = service.store.blobs()?;
	let bytes = blobs.values().fold(0u64, |sum, size| sum.saturating_add(*size));
	service.metrics.blobs.set(i64::try_from(blobs.len()).unwrap_or(i64::MAX));
	service.metrics.bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
	Ok(service.metrics.text())
}
