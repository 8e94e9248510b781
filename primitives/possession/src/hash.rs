// SPDX-License-Identifier: Apache-2.0
//! The two ways in which BLAKE3 makes the hash of a node.

use crate::tree::Subtree;
use blake3::{
	hazmat::{merge_subtrees_non_root, merge_subtrees_root, HasherExt, Mode},
	Hasher,
};

/// The hash of an inner node; that of the root is the content id instead.
pub type ChainingValue = [u8; 32];

/// The hash of the node `at`, whose bytes are `data`.
pub(crate) fn of_bytes(at: Subtree, data: &[u8]) -> ChainingValue {
	if at.is_root() {
		return blake3::hash(data).into();
	}
	Hasher::new().set_input_offset(at.bytes().start).update(data).finalize_non_root()
}

/// The hash of the node whose children have the hashes `left` and `right`.
pub(crate) fn of_children(
	is_root: bool,
	left: &ChainingValue,
	right: &ChainingValue,
) -> ChainingValue {
	if is_root {
		merge_subtrees_root(left, right, Mode::Hash).into()
	} else {
		merge_subtrees_non_root(left, right, Mode::Hash)
	}
}
