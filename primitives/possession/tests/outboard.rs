// SPDX-License-Identifier: Apache-2.0
//! What an outboard refuses, and how large it is.
#![cfg(feature = "std")]

mod common;

use common::{noise, outboard_of, size_of, SIZES};
use std::io::{self, Write};
use terrace_possession::{BlobSize, Outboard, OutboardBuilder, OutboardError};

#[test]
fn outboard_has_two_hashes_for_each_group_but_the_first() {
	for (len, why) in SIZES {
		let bytes = outboard_of(&noise(len, 1)).1.to_bytes();
		assert_eq!(bytes.len(), (len.div_ceil(16 * 1024) - 1) * 64 + 40, "{len}: {why}");
	}
}

#[test]
fn blob_that_goes_on_is_refused_at_once() {
	for (len, why) in SIZES {
		let mut builder = OutboardBuilder::new(BlobSize::new(len as u64).unwrap());
		let error = builder.update(&noise(len + 1, 2)).unwrap_err();
		let OutboardError::TooLong { declared } = error else { panic!("{len} ({why}): {error}") };
		assert_eq!(declared.get(), len as u64);
	}
}

#[test]
fn blob_that_ends_early_is_refused() {
	for (len, why) in SIZES {
		let mut builder = OutboardBuilder::new(BlobSize::new(len as u64).unwrap());
		builder.update(&noise(len - 1, 3)).unwrap();
		let error = builder.finish().unwrap_err();
		let OutboardError::TooShort { got, .. } = error else { panic!("{len} ({why}): {error}") };
		assert_eq!(got, len as u64 - 1, "{why}");
	}
}

#[test]
fn damage_is_told_by_its_place() {
	let data = noise(5 * 16 * 1024, 4);
	let intact = outboard_of(&data).1.to_bytes();
	// In post-order: groups 0 and 1, their parent, 2 and 3, theirs, that of all four, group 4.
	for (hash, found_at) in [(0, 2), (1, 2), (2, 2), (3, 5), (4, 5), (5, 5), (6, 6), (7, 8)] {
		let mut bytes = intact.clone();
		bytes[hash * 32] ^= 1;
		let error = Outboard::from_bytes(&bytes).unwrap_err();
		let OutboardError::Damaged { position } = error else { panic!("{hash}: {error}") };
		assert_eq!(position, found_at, "hash {hash}");
	}
}

#[test]
fn other_content_id_in_the_footer_is_refused() {
	let mut bytes = outboard_of(&noise(40_000, 5)).1.to_bytes();
	*bytes.last_mut().unwrap() ^= 1;
	assert!(matches!(Outboard::from_bytes(&bytes), Err(OutboardError::Damaged { position: 4 })));
}

#[test]
fn bytes_of_another_length_are_refused() {
	let bytes = outboard_of(&noise(40_000, 6)).1.to_bytes();
	for cut in [1, 32, 64, bytes.len() - 39, bytes.len()] {
		let error = Outboard::from_bytes(&bytes[..bytes.len() - cut]).unwrap_err();
		let known = matches!(error, OutboardError::Malformed { .. } | OutboardError::Size(_));
		assert!(known, "{cut}: {error}");
	}
	let more = [&[0; 64][..], &bytes].concat();
	assert!(matches!(Outboard::from_bytes(&more), Err(OutboardError::Malformed { .. })));
}

#[test]
fn impossible_size_in_the_footer_is_refused() {
	let mut bytes = outboard_of(&noise(40_000, 7)).1.to_bytes();
	let footer = bytes.len() - 40;
	for size in [0, u64::MAX] {
		bytes[footer..footer + 8].copy_from_slice(&size.to_le_bytes());
		assert!(matches!(Outboard::from_bytes(&bytes), Err(OutboardError::Size(_))), "{size}");
	}
	// The longest blob allowed: the length must not be trusted before it is compared.
	bytes[footer..footer + 8].copy_from_slice(&(1_u64 << 40).to_le_bytes());
	assert!(matches!(Outboard::from_bytes(&bytes), Err(OutboardError::Malformed { .. })));
}

/// A disk that is full after some bytes.
struct Full(usize);

impl Write for Full {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		if bytes.len() > self.0 {
			return Err(io::ErrorKind::StorageFull.into());
		}
		self.0 -= bytes.len();
		Ok(bytes.len())
	}

	fn flush(&mut self) -> io::Result<()> {
		Ok(())
	}
}

#[test]
fn failed_write_is_passed_on() {
	let data = noise(100_000, 8);
	let needed = outboard_of(&data).1.to_bytes().len();
	let attempt = |room: usize| {
		let mut builder = OutboardBuilder::streaming(size_of(&data), Full(room));
		builder.update(&data).and_then(|()| builder.finish_streaming())
	};
	assert!(attempt(needed).is_ok());
	for room in [0, 31, needed - 41, needed - 1] {
		let Err(OutboardError::Write(error)) = attempt(room) else { panic!("room {room}") };
		assert_eq!(error.kind(), io::ErrorKind::StorageFull, "room {room}");
	}
}
