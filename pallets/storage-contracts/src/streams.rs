// SPDX-License-Identifier: Apache-2.0
//! Counting streams: how reported windows become pay.

use crate::{
	AgendaOf, Agendas, Batches, ChainRecord, Chains, Config, EdgeRecord, Edges, Error, LegRecord,
	OutageListOf, Outages, Pallet, PendingLegs, StreamRecord, Streams,
};
use frame_support::defensive;
use sp_runtime::{DispatchError, DispatchResult};
use terrace_layers::{Balance, StreamId, Window};

/// How far a stream was advanced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Advanced {
	/// Steps taken.
	pub steps: u32,
	/// Whether every reported window is counted.
	pub complete: bool,
	/// Whether any window was counted.
	pub moved: bool,
	/// The stream as stored.
	pub stream: StreamRecord,
}

/// A stream while it is counted.
struct Counting<T: Config> {
	id: StreamId,
	stream: StreamRecord,
	agenda: AgendaOf<T>,
	outages: OutageListOf<T>,
	steps: u32,
	max_steps: u32,
}

impl<T: Config> Pallet<T> {
	/// Counts a stream up to the reported windows, in at most `max_steps` steps.
	///
	/// A step starts a group of pending legs, passes an outage, or counts windows of one rate.
	pub(crate) fn advance_stream(id: StreamId, max_steps: u32) -> Result<Advanced, DispatchError> {
		let stream = Streams::<T>::get(id).ok_or(Error::<T>::UnknownStream)?;
		let chain = Chains::<T>::get(stream.proof_chain).ok_or(Error::<T>::UnknownProofChain)?;
		let from = stream.counted;
		let mut counting = Counting::<T> {
			id,
			stream,
			agenda: Agendas::<T>::get(id),
			outages: Outages::<T>::get(id),
			steps: 0,
			max_steps,
		};
		// No window may be counted before every start that is known is an edge.
		let complete = counting.start_pending(&chain)? && counting.count(chain.reported)?;
		let (steps, moved) = (counting.steps, counting.stream.counted > from);
		let stream = counting.store();
		Ok(Advanced { steps, complete, moved, stream })
	}

	/// The window in which a leg starts, once its batch is known to be applied.
	pub(crate) fn start_of(leg: &LegRecord) -> Option<Window> {
		let batch = Batches::<T>::get(leg.proof_chain, leg.batch)?;
		batch.start.map(|start| start.max(leg.planned))
	}

	/// Clean windows of a stream before `window`, which is an edge passed or the one counted next.
	pub(crate) fn clean_before(
		id: StreamId,
		stream: &StreamRecord,
		window: Window,
	) -> Result<u32, DispatchError> {
		if window == stream.counted {
			return Ok(stream.clean);
		}
		let mark = Edges::<T>::get(id, window).and_then(|edge| edge.mark);
		mark.ok_or_else(|| {
			defensive!("an edge was passed without a mark");
			DispatchError::Corruption
		})
	}
}

impl<T: Config> Counting<T> {
	/// Turns pending legs whose start is known into edges; `false` when the steps are used up.
	fn start_pending(&mut self, chain: &ChainRecord) -> Result<bool, DispatchError> {
		let mut index = 0;
		while let Some(entry) = self.agenda.pending.get(index).copied() {
			if entry.batch > chain.applied {
				index = index.saturating_add(1);
				continue;
			}
			if !self.take_step() {
				return Ok(false);
			}
			let _ = self.agenda.pending.swap_remove(index);
			self.start(&entry)?;
		}
		Ok(true)
	}

	fn start(&mut self, entry: &PendingLegs) -> DispatchResult {
		let batch = Batches::<T>::get(self.stream.proof_chain, entry.batch);
		let Some(applied) = batch.and_then(|batch| batch.start) else {
			defensive!("an applied batch has no start");
			return Err(DispatchError::Corruption);
		};
		let start = applied.max(entry.planned);
		if start >= entry.end {
			return Ok(());
		}
		self.insert_edge(start, entry.rate, 0, entry.legs)?;
		self.insert_edge(entry.end, 0, entry.rate, entry.legs)
	}

	fn insert_edge(
		&mut self,
		window: Window,
		plus: Balance,
		minus: Balance,
		legs: u32,
	) -> DispatchResult {
		if let Err(index) = self.agenda.edges.binary_search(&window) {
			if window < self.stream.counted || self.agenda.edges.try_insert(index, window).is_err()
			{
				defensive!("an edge lies in the past or exceeds its reservation");
				return Err(DispatchError::Corruption);
			}
		}
		Edges::<T>::try_mutate(self.id, window, |slot| {
			let edge = slot.get_or_insert_with(EdgeRecord::default);
			edge.plus = edge.plus.checked_add(plus).ok_or(Error::<T>::Overflow)?;
			edge.minus = edge.minus.checked_add(minus).ok_or(Error::<T>::Overflow)?;
			edge.refs = edge.refs.checked_add(legs).ok_or(Error::<T>::Overflow)?;
			Ok(())
		})
	}

	/// Counts windows below `reported`; `false` when the steps are used up.
	fn count(&mut self, reported: Window) -> Result<bool, DispatchError> {
		while self.stream.counted < reported {
			if !self.take_step() {
				return Ok(false);
			}
			self.pass_edge()?;
			self.count_stretch(reported)?;
		}
		Ok(true)
	}

	/// Applies the edge at the window counted next, if there is one.
	fn pass_edge(&mut self) -> DispatchResult {
		let window = self.stream.counted;
		if self.agenda.edges.first() != Some(&window) {
			return Ok(());
		}
		let _ = self.agenda.edges.remove(0);
		let Some(mut edge) = Edges::<T>::get(self.id, window) else {
			defensive!("an edge ahead is not stored");
			return Err(DispatchError::Corruption);
		};
		let raised = self.stream.rate.checked_add(edge.plus).ok_or(Error::<T>::Overflow)?;
		self.stream.rate = raised.checked_sub(edge.minus).ok_or(Error::<T>::Overflow)?;
		if edge.refs == 0 {
			Edges::<T>::remove(self.id, window);
		} else {
			edge.mark = Some(self.stream.clean);
			Edges::<T>::insert(self.id, window, edge);
		}
		Ok(())
	}

	/// Counts windows up to the next edge or outage, or past the outage at hand.
	fn count_stretch(&mut self, reported: Window) -> DispatchResult {
		let at = self.stream.counted;
		let next_edge = self.agenda.edges.first().copied().unwrap_or(reported);
		if self.outages.is_dead_at(at) {
			self.stream.counted = reported.min(next_edge);
			return Ok(());
		}
		let next_outage = self.outages.windows.first().copied();
		if next_outage == Some(at) {
			let _ = self.outages.windows.remove(0);
			self.stream.counted = at.next();
			return Ok(());
		}
		let until = [next_outage, self.outages.dead_from]
			.into_iter()
			.flatten()
			.fold(reported.min(next_edge), Window::min);
		let windows = until.0.checked_sub(at.0).ok_or(DispatchError::Corruption)?;
		let earned = self.stream.rate.checked_mul(windows.into()).ok_or(Error::<T>::Overflow)?;
		self.stream.gross = self.stream.gross.checked_add(earned).ok_or(Error::<T>::Overflow)?;
		self.stream.clean = self.stream.clean.checked_add(windows).ok_or(Error::<T>::Overflow)?;
		self.stream.counted = until;
		Ok(())
	}

	fn take_step(&mut self) -> bool {
		if self.steps >= self.max_steps {
			return false;
		}
		self.steps = self.steps.saturating_add(1);
		true
	}

	fn store(self) -> StreamRecord {
		if self.steps > 0 {
			Streams::<T>::insert(self.id, &self.stream);
			Agendas::<T>::insert(self.id, self.agenda);
			if self.outages == Default::default() {
				Outages::<T>::remove(self.id);
			} else {
				Outages::<T>::insert(self.id, self.outages);
			}
		}
		self.stream
	}
}
