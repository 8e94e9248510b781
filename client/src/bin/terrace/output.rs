// SPDX-License-Identifier: Apache-2.0
//! What a command has to tell, for people and for programs.

use serde_json::Value;
use std::io::Write;

/// The result of a command.
#[derive(Clone, Debug)]
pub struct Output {
	/// For people.
	pub text: String,
	/// For programs.
	pub json: Value,
}

impl Output {
	/// A result.
	pub fn new(text: impl Into<String>, json: Value) -> Self {
		Self { text: text.into(), json }
	}

	/// Writes it to standard output.
	pub fn print(&self, as_json: bool) {
		// Whoever closed the pipe does not want to know.
		let _ = if as_json {
			writeln!(std::io::stdout(), "{:#}", self.json)
		} else if self.text.is_empty() {
			Ok(())
		} else {
			writeln!(std::io::stdout(), "{}", self.text.trim_end())
		};
	}
}

/// A table whose columns are as wide as their widest cell.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
	let columns = rows.iter().map(Vec::len).max().unwrap_or(0).max(head.len());
	let head: Vec<String> = head.iter().map(|cell| cell.to_string()).collect();
	let all: Vec<&Vec<String>> = std::iter::once(&head).chain(rows).collect();
	let width = |column| {
		let cells = all.iter().filter_map(|row: &&Vec<String>| row.get(column));
		cells.map(|cell: &String| cell.chars().count()).max().unwrap_or(0)
	};
	let widths: Vec<_> = (0..columns).map(width).collect();
	let line = |row: &&Vec<String>| {
		let cells = row.iter().zip(&widths);
		let padded: Vec<_> = cells.map(|(cell, width)| format!("{cell:<width$}")).collect();
		padded.join("  ").trim_end().to_string()
	};
	all.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn columns_are_aligned() {
		let rows = [vec!["1".into(), "é".into()], vec!["22".into(), "b".into(), "c".into()]];
		assert_eq!(table(&["id", "name"], &rows), "id  name\n1   é\n22  b     c");
		assert_eq!(table(&["id"], &[]), "id");
	}
}
