// SPDX-License-Identifier: Apache-2.0
//! The benchmarks that run in this runtime.

use crate::*;

frame_benchmarking::define_benchmarks!([pallet_proof_verification, ProofVerification]);

/// Opens the lane that reports go up.
pub struct ReportLane;

impl pallet_proof_verification::BenchmarkHelper for ReportLane {
	fn open_lane() {
		use pallet_cross_layer::BenchmarkHelper;
		use terrace_layers::{Layer, OnNeighbour, Origin, Relation};
		type Links = terrace_runtime_common::benchmarking::Links<Runtime>;
		Links::begin(Layer::Proof);
		let parent = Links::neighbour(Relation::Parent, 0);
		let origin = Origin { layer: Layer::Contract, window_ms: 0, parent: None };
		CrossLayer::on_registered(parent, Relation::Parent, &origin).expect("it has no lanes yet");
	}
}
