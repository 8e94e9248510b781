// SPDX-License-Identifier: Apache-2.0
//! Amounts of the token, bytes and times as people write and read them.

use terrace_layers::Balance;

/// Decimals of the token.
pub const DECIMALS: u32 = 12;
/// Symbol of the token.
pub const SYMBOL: &str = "TERR";
/// One token in its smallest unit.
pub const UNIT: Balance = 10u128.pow(DECIMALS);

/// A text that is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
	/// It is not a decimal number.
	#[error("`{0}` is not an amount like 12 or 1.5")]
	NotANumber(String),
	/// It is finer than the token's smallest unit.
	#[error("`{text}` has {got} decimals, {SYMBOL} has {DECIMALS}")]
	TooFine {
		/// The text.
		text: String,
		/// Its decimals.
		got: usize,
	},
	/// It is beyond all that can exist.
	#[error("`{0}` is too large")]
	TooLarge(String),
}

/// Reads an amount of tokens: `1.5`, `1.5 TERR`.
pub fn parse_amount(text: &str) -> Result<Balance, AmountError> {
	let number = text.trim();
	let number = number
		.get(..number.len().saturating_sub(SYMBOL.len()))
		.filter(|_| number.to_ascii_uppercase().ends_with(SYMBOL))
		.unwrap_or(number)
		.trim_end();
	let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
	let digits = |part: &str| part.bytes().all(|digit| digit.is_ascii_digit());
	if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
		return Err(AmountError::NotANumber(text.into()));
	}
	let fraction = fraction.trim_end_matches('0');
	let missing = usize::try_from(DECIMALS).unwrap_or_default().checked_sub(fraction.len());
	let Some(missing) = missing else {
		return Err(AmountError::TooFine { text: text.into(), got: fraction.len() });
	};
	let all = format!("{whole}{fraction}{}", "0".repeat(missing));
	all.parse().map_err(|_| AmountError::TooLarge(text.into()))
}

/// Writes an amount of tokens, without superfluous digits.
pub fn format_amount(amount: Balance) -> String {
	let (whole, fraction) = (amount / UNIT, amount % UNIT);
	if fraction == 0 {
		return format!("{whole} {SYMBOL}");
	}
	let decimals = format!("{fraction:012}");
	format!("{whole}.{} {SYMBOL}", decimals.trim_end_matches('0'))
}

/// Writes a number of bytes in a unit that fits.
pub fn format_bytes(bytes: u64) -> String {
	const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
	let steps = bytes.checked_ilog2().unwrap_or(0) / 10;
	let index = usize::try_from(steps).unwrap_or_default().min(UNITS.len() - 1);
	let unit = UNITS.get(index).copied().unwrap_or("B");
	if index == 0 {
		return format!("{bytes} {unit}");
	}
	let shift = 10 * index;
	let tenths = (u128::from(bytes) * 10) >> shift;
	format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// Writes a length of time.
pub fn format_duration(milliseconds: u64) -> String {
	let seconds = milliseconds.div_ceil(1000);
	let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
	match (days, hours, minutes) {
		(0, 0, 0) => format!("{seconds} s"),
		(0, 0, _) => format!("{minutes} min {} s", seconds % 60),
		(0, _, _) => format!("{hours} h {minutes} min"),
		_ => format!("{days} d {hours} h"),
	}
}

/// Writes a point in time, given in seconds since 1970, in UTC.
pub fn format_time(seconds: u64) -> String {
	let (year, month, day) = date(seconds / 86_400);
	let (hour, minute) = (seconds / 3_600 % 24, seconds / 60 % 60);
	format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

/// The Gregorian date of a day since 1970-01-01.
fn date(day: u64) -> (u64, u64, u64) {
	// Years that begin in March end with the leap day; 719468 days lie before 1970-01-01.
	let day = day + 719_468;
	let (era, of_era) = (day / 146_097, day % 146_097);
	let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
	let of_year = of_era - (365 * year + year / 4 - year / 100);
	let march = (5 * of_year + 2) / 153;
	let month = if march < 10 { march + 3 } else { march - 9 };
	let year = era * 400 + year + u64::from(month <= 2);
	(year, month, of_year - (153 * march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn amounts_are_read() {
		const CASES: [(&str, Balance, &str); 10] = [
			("0", 0, "nothing"),
			("1", UNIT, "whole"),
			("1.5", UNIT + UNIT / 2, "fraction"),
			("1.5 TERR", UNIT + UNIT / 2, "symbol"),
			("2terr", 2 * UNIT, "symbol without a space, small"),
			(" 3 ", 3 * UNIT, "spaces"),
			(".5", UNIT / 2, "no whole part"),
			("5.", 5 * UNIT, "no fraction"),
			("0.000000000001", 1, "smallest unit"),
			("0.0000000000010", 1, "superfluous zeros"),
		];
		for (text, amount, why) in CASES {
			assert_eq!(parse_amount(text), Ok(amount), "{why}");
		}
	}

	#[test]
	fn other_texts_are_refused() {
		for text in ["", ".", "-1", "1,5", "1e3", "0x10", "TERR", "1.2.3", "1 DOT", "ä", "1 000"] {
			assert_eq!(parse_amount(text), Err(AmountError::NotANumber(text.into())));
		}
		let fine = parse_amount("0.0000000000001");
		assert!(matches!(fine, Err(AmountError::TooFine { got: 13, .. })), "{fine:?}");
		let large = "340282366920938463463374608";
		assert_eq!(parse_amount(large), Err(AmountError::TooLarge(large.into())));
	}

	#[test]
	fn amounts_are_written_as_they_are_read() {
		for amount in [0, 1, UNIT, UNIT + 1, UNIT * 3 / 2, u128::MAX] {
			assert_eq!(parse_amount(&format_amount(amount)), Ok(amount));
		}
		assert_eq!(format_amount(UNIT * 3 / 2), "1.5 TERR");
		assert_eq!(format_amount(1), "0.000000000001 TERR");
	}

	#[test]
	fn bytes_have_a_fitting_unit() {
		const CASES: [(u64, &str); 8] = [
			(0, "0 B"),
			(1, "1 B"),
			(1023, "1023 B"),
			(1024, "1.0 KiB"),
			(1536, "1.5 KiB"),
			(64 << 20, "64.0 MiB"),
			(1 << 40, "1.0 TiB"),
			(u64::MAX, "16777215.9 TiB"),
		];
		for (bytes, text) in CASES {
			assert_eq!(format_bytes(bytes), text);
		}
	}

	#[test]
	fn durations_have_two_units_at_most() {
		const CASES: [(u64, &str); 5] = [
			(1, "1 s"),
			(59_000, "59 s"),
			(200_000, "3 min 20 s"),
			(3_600_000, "1 h 0 min"),
			(90_000_000, "1 d 1 h"),
		];
		for (milliseconds, text) in CASES {
			assert_eq!(format_duration(milliseconds), text);
		}
	}

	#[test]
	fn times_are_gregorian() {
		const CASES: [(u64, &str); 5] = [
			(0, "1970-01-01 00:00 UTC"),
			(951_782_400, "2000-02-29 00:00 UTC"),
			(951_868_800, "2000-03-01 00:00 UTC"),
			(1_735_689_599, "2024-12-31 23:59 UTC"),
			(4_107_542_400, "2100-03-01 00:00 UTC"),
		];
		for (seconds, text) in CASES {
			assert_eq!(format_time(seconds), text);
		}
	}
}
