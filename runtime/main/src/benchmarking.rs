// SPDX-License-Identifier: Apache-2.0
//! The benchmarks that run in this runtime.

frame_benchmarking::define_benchmarks!([pallet_cross_layer, CrossLayer]);
