// SPDX-License-Identifier: Apache-2.0
//! What happens to a contract next, in words.

use crate::render::when;
use std::time::{SystemTime, UNIX_EPOCH};
use terrace_client::amount::format_amount;
use terrace_layers::views::{Note, Obstacle};

/// A note for people.
pub fn text(note: &Note) -> String {
	match note {
		Note::AwaitsAcceptance { until } => {
			format!("waits for its provider until block {until}; `terrace withdraw` takes it back")
		}
		Note::Lapsed => {
			"was not accepted in time: anybody may expire it, which frees its price".into()
		}
		Note::AwaitsStart { planned } => format!(
			"its proof chain does not know it yet; windows from {planned} on that it misses come back"
		),
		Note::Runs { settled, open, ends_at } => format!(
			"settled up to window {settled}, {open} more are over and not reported yet; ends {}",
			when(from_now(*ends_at))
		),
		Note::ReportsLate { .. } => {
			"its proof chain's reports are late: nobody pays and nobody is punished meanwhile"
				.into()
		}
		Note::Stalled { exit_from } => {
			format!(
				"its proof chain has stalled; you may leave or move {}",
				when(from_now(*exit_from))
			)
		}
		Note::Faulted { windows, refund } => {
			format!("{windows} windows were not proven: {} come back", format_amount(*refund))
		}
		Note::Appealable { until } => {
			format!("a fault can be appealed against until block {until}")
		}
		Note::MayBeEnded => "failed so often that anybody may end it".into(),
		Note::Audited { deadline } => {
			format!("an audit waits for its answer until block {deadline}")
		}
		Note::MayBeClosed { refund } => {
			format!("over: `terrace close` returns {}", format_amount(*refund))
		}
		Note::ClosesLater { because } => {
			format!("over, but not yet to be closed: {}", why(because))
		}
	}
}

/// An obstacle for people.
pub fn why(obstacle: &Obstacle) -> String {
	match obstacle {
		Obstacle::NotEnded { reported, end } => {
			format!("windows below {reported} are reported, it ends at {end}")
		}
		Obstacle::AdvanceFirst { counted } => {
			format!("windows from {counted} on wait for an outage to be final")
		}
		Obstacle::FaultYoung { until } => {
			format!("a fault can be appealed against until block {until}")
		}
		Obstacle::AuditOpen { deadline } => {
			format!("an audit can be answered until block {deadline}")
		}
		other => format!("{other:?}"),
	}
}

/// Milliseconds from now until a time in milliseconds since 1970.
fn from_now(time: u64) -> u64 {
	let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
	time.saturating_sub(u64::try_from(now).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
	use super::*;
	use terrace_layers::Window;

	#[test]
	fn notes_tell_amounts_windows_and_what_to_do() {
		let closes = text(&Note::MayBeClosed { refund: 2_500_000_000_000 });
		assert!(closes.contains("2.5") && closes.contains("terrace close"), "{closes}");
		let because = Obstacle::AdvanceFirst { counted: Window(7) };
		assert!(text(&Note::ClosesLater { because }).contains("from 7 on"));
		let runs = Note::Runs { settled: Window(3), open: 2, ends_at: 0 };
		assert!(text(&runs).contains("window 3, 2 more"));
	}
}
