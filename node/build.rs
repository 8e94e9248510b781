// SPDX-License-Identifier: Apache-2.0
//! Puts the version and the commit into the binary.

fn main() {
	substrate_build_script_utils::generate_cargo_keys();
}
