// SPDX-License-Identifier: Apache-2.0
//! The `Range` and `Content-Range` headers, as far as one range of bytes.

use std::ops::Range;

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
	/// Everything.
	All,
	/// These bytes.
	Part(Range<u64>),
	/// Bytes that do not exist.
	Unsatisfiable,
}

/// Reads a `Range` header for a body of `size` bytes; what is not a single byte range is ignored, as
/// HTTP allows.
pub fn parse(header: Option<&str>, size: u64) -> Wanted {
	let Some(spec) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else {
		return Wanted::All;
	};
	let Some((first, last)) = spec.trim().split_once('-') else { return Wanted::All };
	match (number(first), number(last)) {
		(Number::None, Number::Some(suffix)) => bounded(size.saturating_sub(suffix), size, size),
		(Number::Some(first), Number::None) => bounded(first, size, size),
		(Number::Some(first), Number::Some(last)) if first <= last => {
			bounded(first, last.saturating_add(1), size)
		}
		_ => Wanted::All,
	}
}

/// First byte of a `Content-Range` that goes on to the last one of a blob of `size` bytes.
pub fn continued_from(header: &str, size: u64) -> Option<u64> {
	let (span, whole) = header.trim().strip_prefix("bytes ")?.split_once('/')?;
	let (first, last) = span.split_once('-')?;
	let read = |text| match number(text) {
		Number::Some(number) => Some(number),
		Number::None | Number::Bad => None,
	};
	let (first, last, whole) = (read(first)?, read(last)?, read(whole)?);
	(whole == size && last.checked_add(1) == Some(size) && first <= last).then_some(first)
}

fn bounded(start: u64, end: u64, size: u64) -> Wanted {
	let end = end.min(size);
	if start < end {
		Wanted::Part(start..end)
	} else {
		Wanted::Unsatisfiable
	}
}

enum Number {
	None,
	Some(u64),
	Bad,
}

fn number(text: &str) -> Number {
	if text.is_empty() {
		return Number::None;
	}
	if !text.bytes().all(|byte| byte.is_ascii_digit()) {
		return Number::Bad;
	}
	// A number too large to hold is beyond every blob.
	Number::Some(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn ranges_are_read_as_http_defines_them() {
		let cases = [
			(None, Wanted::All, "no header"),
			(Some("bytes=0-0"), Wanted::Part(0..1), "the first byte"),
			(Some("bytes=0-99"), Wanted::Part(0..100), "all of it"),
			(Some("bytes=90-"), Wanted::Part(90..100), "from a byte on"),
			(Some("bytes=-10"), Wanted::Part(90..100), "the last bytes"),
			(Some("bytes=-1000"), Wanted::Part(0..100), "more last bytes than there are"),
			(Some("bytes=50-1000"), Wanted::Part(50..100), "an end beyond the end"),
			(Some("bytes=100-"), Wanted::Unsatisfiable, "a start at the end"),
			(Some("bytes=-0"), Wanted::Unsatisfiable, "the last no bytes"),
			(Some("bytes=99999999999999999999-"), Wanted::Unsatisfiable, "a huge start"),
			(Some("bytes=5-4"), Wanted::All, "a reversed range"),
			(Some("bytes=a-b"), Wanted::All, "no numbers"),
			(Some("bytes=0-1,3-4"), Wanted::All, "several ranges"),
			(Some("items=0-1"), Wanted::All, "another unit"),
			(Some("bytes=-"), Wanted::All, "nothing"),
		];
		for (header, expected, what) in cases {
			assert_eq!(parse(header, 100), expected, "{what}");
		}
	}

	#[test]
	fn uploads_go_on_to_the_last_byte() {
		let cases = [
			("bytes 0-99/100", Some(0), "all of it"),
			("bytes 99-99/100", Some(99), "the last byte"),
			("bytes 10-98/100", None, "not up to the end"),
			("bytes 10-99/101", None, "another size"),
			("bytes 10-99/*", None, "no size"),
			("bytes 100-99/100", None, "nothing left"),
			("bytes -99/100", None, "no start"),
			("bytes 1-18446744073709551615/18446744073709551615", None, "an end beyond all"),
			("bytes=10-99/100", None, "another header's form"),
			("", None, "nothing"),
		];
		for (header, expected, what) in cases {
			assert_eq!(continued_from(header, 100), expected, "{what}");
		}
	}
}
