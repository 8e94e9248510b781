// SPDX-License-Identifier: Apache-2.0
//! Proof chains and batches.

use super::record;
use frame_support::BoundedVec;
use sp_core::ConstU32;
use terrace_layers::{AccountId, Balance, BatchId, BlockNumber, Window};

/// Most windows of one proof chain that governance may void.
pub const MAX_VOID: u32 = 16;
/// Most ranges of windows of one proof chain whose penalties governance may forgive.
pub const MAX_FORGIVEN: u32 = 8;

record! {
	/// Parts of the report of one window that are applied.
	#[derive(Copy, Default)]
	pub struct PartProgress {
		/// Number of the part that comes next.
		pub next: u16,
		/// Whether a fault was listed, after which outages are ignored.
		pub faults_begun: bool,
	}

	/// What proving costs on a proof chain.
	pub struct ChainTerms {
		/// Bytes of proofs that fit a window.
		pub capacity: u64,
		/// Fee for one byte of proof in one window.
		pub fee_per_byte: Balance,
		/// Account that gets the fees; the chain's owner when none is named.
		pub beneficiary: Option<AccountId>,
	}

	/// A proof chain as it is settled.
	pub struct ChainRecord {
		/// Length of a window in milliseconds.
		pub window_ms: u64,
		/// Windows below this one are reported.
		pub reported: Window,
		/// Progress within the report of that window, once begun.
		pub part: Option<PartProgress>,
		/// Block in which the newest report was completed.
		pub applied_at: BlockNumber,
		/// Time of that block in milliseconds.
		pub applied_ms: u64,
		/// Block in which the chain was last heard of.
		pub seen_at: BlockNumber,
		/// Time of that block in milliseconds.
		pub seen_ms: u64,
		/// Since when it is shown to have stalled, until its next report.
		pub stalled: Option<Stalled>,
		/// Newest batch sent.
		pub sent: BatchId,
		/// Newest batch known to be applied.
		pub applied: BatchId,
		/// Streams that this chain reports for.
		pub streams: u32,
		/// What proving costs there.
		pub terms: ChainTerms,
		/// Bytes of proof that open legs take of a window.
		pub booked: u64,
		/// Windows that count for nobody, in order.
		pub void: BoundedVec<Window, ConstU32<MAX_VOID>>,
		/// First and last windows whose faults and outages cost no collateral.
		pub forgiven: BoundedVec<(Window, Window), ConstU32<MAX_FORGIVEN>>,
	}

	/// When a proof chain was shown to have stalled.
	#[derive(Copy)]
	pub struct Stalled {
		/// Block of it.
		pub at: BlockNumber,
		/// Time of that block in milliseconds.
		pub ms: u64,
	}

	/// A batch of legs, as long as one of them is open.
	#[derive(Copy, Default)]
	pub struct BatchRecord {
		/// First window whose report had the batch applied.
		pub start: Option<Window>,
		/// Open legs of the batch.
		pub refs: u32,
	}
}

impl ChainRecord {
	/// Windows of silence after which a proof chain has stalled.
	pub const SILENT_WINDOWS: u64 = 6;
	/// Windows without a complete report after which a proof chain has stalled, whatever it says
	/// meanwhile.
	pub const STUCK_WINDOWS: u64 = 12;

	/// Whether the chain's reports are so late that contracts should not count on them.
	pub fn is_overdue(&self, now_ms: u64) -> bool {
		let later = |since: u64, windows: u64| {
			now_ms.saturating_sub(since) > self.window_ms.saturating_mul(windows)
		};
		later(self.seen_ms, Self::SILENT_WINDOWS) || later(self.applied_ms, Self::STUCK_WINDOWS)
	}

	/// The batch that is gathered now.
	pub fn gathering(&self) -> BatchId {
		self.sent.next()
	}

	/// The window that should be open on the proof chain at `now`.
	///
	/// Reports may lag; contracts start and end in the proof chain's present, not in its past.
	pub fn estimate(&self, now_ms: u64) -> Option<Window> {
		if self.window_ms == 0 {
			return None;
		}
		let windows = now_ms.saturating_sub(self.applied_ms).div_ceil(self.window_ms);
		self.reported.0.checked_add(u32::try_from(windows).ok()?).map(Window)
	}

	/// First window of which nothing is settled yet: no end may be moved before it.
	pub fn unsettled(&self) -> Window {
		match self.part {
			Some(_) => self.reported.next(),
			None => self.reported,
		}
	}

	/// The first void window from `window` on.
	pub fn next_void(&self, window: Window) -> Option<Window> {
		self.void.iter().copied().find(|void| *void >= window)
	}

	/// Whether what happened in `window` costs no collateral.
	pub fn is_forgiven(&self, window: Window) -> bool {
		self.forgiven.iter().any(|(from, to)| (*from..=*to).contains(&window))
	}
}
