// SPDX-License-Identifier: Apache-2.0
//! What went wrong, said once and counted always.

use crate::{
	clock::Clock,
	fault::{kind_of, Fault},
	metrics::Metrics,
	LOG_TARGET,
};
use std::{
	collections::BTreeMap,
	sync::{Arc, Mutex, PoisonError},
	time::Duration,
};
use terrace_client::Error;

/// A fault of one kind at one node is said again after this time.
const REPEAT: Duration = Duration::from_secs(600);
/// Longest line, in characters.
const LONGEST: usize = 400;
/// Faults remembered: more kinds times nodes than any relay has.
const REMEMBERED: usize = 1024;

/// Where faults are noted.
#[derive(Clone)]
pub(crate) struct Journal {
	clock: Arc<dyn Clock>,
	metrics: Metrics,
	said: Arc<Mutex<BTreeMap<(String, &'static str), Said>>>,
}

/// What fits a line: nodes may answer with anything, of any length.
fn short(what: &dyn std::fmt::Display) -> String {
	what.to_string().chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

/// When something was last said, and how often it happened since.
#[derive(Clone, Copy)]
struct Said {
	at: Duration,
	since: u64,
}

impl Journal {
	pub fn new(clock: Arc<dyn Clock>, metrics: Metrics) -> Self {
		Self { clock, metrics, said: Arc::default() }
	}

	/// Notes what is wrong with a node.
	pub fn note(&self, side: &'static str, fault: &Fault) {
		self.metrics.count_error(side, fault.kind());
		self.say(side, fault.url().unwrap_or_default(), fault.kind(), fault);
	}

	/// Notes that a chain did not take a call.
	pub fn refused(&self, way: &'static str, error: &Error) {
		let kind = kind_of(error);
		self.metrics.count_error(way, kind);
		let about = match error {
			Error::Dispatch { pallet, name, .. } => format!("{way} {pallet}.{name}"),
			_ => way.into(),
		};
		self.say(way, &about, kind, error);
	}

	/// Says it, unless that was done a short time ago.
	fn say(
		&self,
		side: &'static str,
		about: &str,
		kind: &'static str,
		what: &dyn std::fmt::Display,
	) {
		let turn = self.turn(about, kind);
		let what = short(what);
		match turn {
			Some(0) => tracing::warn!(target: LOG_TARGET, side, kind, "{what}"),
			Some(before) => tracing::warn!(target: LOG_TARGET, side, kind, before, "{what}"),
			None => tracing::debug!(target: LOG_TARGET, side, kind, "{what}"),
		}
	}

	/// How often it went unsaid, if it is time to say it.
	fn turn(&self, about: &str, kind: &'static str) -> Option<u64> {
		let now = self.clock.now();
		let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
		let key = (about.to_string(), kind);
		match said.get_mut(&key) {
			Some(last) if now.saturating_sub(last.at) < REPEAT => {
				last.since = last.since.saturating_add(1);
				None
			}
			found => {
				let before = found.map_or(0, |last| last.since);
				if said.len() >= REMEMBERED {
					said.clear();
				}
				said.insert(key, Said { at: now, since: 0 });
				Some(before)
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::tests::clock::Paused;

	#[test]
	fn each_kind_is_said_once_in_a_while() {
		let clock = Paused::new();
		let journal = Journal::new(clock.clone(), Metrics::default());
		assert_eq!(journal.turn("ws://a", "timeout"), Some(0));
		assert_eq!(journal.turn("ws://a", "timeout"), None);
		assert_eq!(journal.turn("ws://a", "timeout"), None);
		assert_eq!(journal.turn("ws://a", "malformed"), Some(0), "another kind");
		assert_eq!(journal.turn("ws://b", "timeout"), Some(0), "another node");
		clock.advance(REPEAT);
		assert_eq!(journal.turn("ws://a", "timeout"), Some(2), "with what went unsaid");
	}

	#[test]
	fn memory_is_bounded() {
		let journal = Journal::new(Paused::new(), Metrics::default());
		for number in 0..REMEMBERED * 2 {
			journal.turn(&number.to_string(), "timeout");
		}
		assert!(journal.said.lock().expect("not poisoned").len() <= REMEMBERED);
	}

	#[test]
	fn lines_stay_lines() {
		let said = short(&format!("a\nb\x1b[31m{}", "x".repeat(10_000)));
		assert!(said.starts_with("ab[31mx"), "{said}");
		assert_eq!(said.len(), LONGEST);
	}

	#[test]
	fn faults_are_counted_even_if_unsaid() {
		let metrics = Metrics::default();
		let journal = Journal::new(Paused::new(), metrics.clone());
		for _ in 0..3 {
			journal.note("parent", &Fault::Ended { url: "ws://a".into() });
		}
		let line = "terrace_relay_errors_total{kind=\"ended\",side=\"parent\"} 3";
		assert!(metrics.text().contains(line), "{}", metrics.text());
	}
}
