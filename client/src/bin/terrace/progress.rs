// SPDX-License-Identifier: Apache-2.0
//! Progress on standard error: bars where somebody watches, nothing where nobody does.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

const BYTES: &str = "{prefix} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
const WAITING: &str = "{spinner} {msg}";

/// Draws progress and tells steps.
#[derive(Clone, Debug)]
pub struct Progress {
	bars: MultiProgress,
	quiet: bool,
}

impl Progress {
	/// A drawer that is silent if `quiet`.
	pub fn new(quiet: bool) -> Self {
		let target =
			if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
		Self { bars: MultiProgress::with_draw_target(target), quiet }
	}

	/// A bar for so many bytes.
	pub fn bytes(&self, what: impl Into<String>, total: u64) -> ProgressBar {
		let bar = self.bars.add(ProgressBar::new(total));
		bar.set_style(style(ProgressStyle::with_template(BYTES)));
		bar.set_prefix(what.into());
		bar
	}

	/// A sign that something is waited for.
	pub fn waiting(&self, what: impl Into<String>) -> ProgressBar {
		let bar = self.bars.add(ProgressBar::new_spinner());
		bar.set_style(style(ProgressStyle::with_template(WAITING)));
		bar.set_message(what.into());
		if !self.quiet {
			bar.enable_steady_tick(Duration::from_millis(120));
		}
		bar
	}

	/// Tells a step on standard error.
	pub fn note(&self, text: impl AsRef<str>) {
		if !self.quiet {
			self.bars.suspend(|| eprintln!("{}", text.as_ref()));
		}
	}

	/// Tells a result on standard output, above the bars.
	pub fn line(&self, text: impl AsRef<str>) {
		use std::io::Write;
		if !self.quiet {
			self.bars.suspend(|| {
				let _ = writeln!(std::io::stdout(), "{}", text.as_ref());
			});
		}
	}
}

fn style<E>(parsed: Result<ProgressStyle, E>) -> ProgressStyle {
	parsed.unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn templates_are_valid() {
		assert!(ProgressStyle::with_template(BYTES).is_ok());
		assert!(ProgressStyle::with_template(WAITING).is_ok());
	}
}
