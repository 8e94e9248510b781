// SPDX-License-Identifier: Apache-2.0
//! Counting streams: how reported windows become pay.

use crate::{
	AgendaOf, Agendas, Amounts, Batches, ChainRecord, Chains, Config, EdgeRecord, Edges, Error,
	Event, LegRecord, Mark, OutageEntry, OutageListOf, Outages, Pallet, PendingLegs, StreamRecord,
	Streams,
};
use frame_support::{defensive, traits::Get};
use sp_core::U256;
use sp_runtime::{DispatchError, DispatchResult};
use terrace_layers::{OutageKind, StreamId, Window};

/// How far a stream was advanced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Advanced {
	/// Steps taken.
	pub steps: u32,
	/// Whether every start that is known is an edge.
	pub started: bool,
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
	chain: ChainRecord,
	agenda: AgendaOf<T>,
	outages: OutageListOf<T>,
	steps: u32,
	max_steps: u32,
}

impl<T: Config> Pallet<T> {
	/// Counts a stream up to the reported windows, in at most `max_steps` steps.
	///
	/// A step starts a group of pending legs, passes an outage or a void window, or counts windows of
	/// one rate. Counting stops before an outage that may still be appealed against.
	pub(crate) fn advance_stream(id: StreamId, max_steps: u32) -> Result<Advanced, DispatchError> {
		let stream = Streams::<T>::get(id).ok_or(Error::<T>::UnknownStream)?;
		let chain = Chains::<T>::get(stream.proof_chain).ok_or(Error::<T>::UnknownProofChain)?;
		let from = stream.counted;
		let mut counting = Counting::<T> {
			id,
			stream,
			chain,
			agenda: Agendas::<T>::get(id),
			outages: Outages::<T>::get(id),
			steps: 0,
			max_steps,
		};
		// No window may be counted before every start that is known is an edge.
		let started = counting.start_pending()?;
		let complete = started && counting.count()?;
		let (steps, moved) = (counting.steps, counting.stream.counted > from);
		let stream = counting.store();
		Ok(Advanced { steps, started, complete, moved, stream })
	}

	/// The window in which a leg starts, once its batch is known to be applied.
	pub(crate) fn start_of(leg: &LegRecord) -> Option<Window> {
		let batch = Batches::<T>::get(leg.proof_chain, leg.batch)?;
		batch.start.map(|start| start.max(leg.planned))
	}

	/// What a stream had counted before `window`, which is an edge passed or the one counted next.
	pub(crate) fn mark_of(
		id: StreamId,
		stream: &StreamRecord,
		window: Window,
	) -> Result<Mark, DispatchError> {
		if window == stream.counted {
			return Ok(stream.mark());
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
	fn start_pending(&mut self) -> Result<bool, DispatchError> {
		let mut index = 0;
		while let Some(entry) = self.agenda.pending.get(index).copied() {
			if entry.batch > self.chain.applied {
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
		self.insert_edge(start, &entry.rate, &Amounts::ZERO, entry.legs)?;
		self.insert_edge(entry.end, &Amounts::ZERO, &entry.rate, entry.legs)
	}

	fn insert_edge(
		&mut self,
		window: Window,
		plus: &Amounts,
		minus: &Amounts,
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

	/// Counts the reported windows; `false` when the steps are used up or an outage has to wait.
	fn count(&mut self) -> Result<bool, DispatchError> {
		while self.stream.counted < self.chain.reported {
			// An edge is passed with its window only: another leg may begin or end there meanwhile.
			if self.waits() || !self.take_step() {
				return Ok(false);
			}
			self.pass_edge()?;
			self.count_next()?;
		}
		Ok(true)
	}

	/// Whether the window counted next is a total outage that may still be appealed against.
	fn waits(&self) -> bool {
		let at = self.stream.counted;
		let passed_anyway = self.chain.next_void(at) == Some(at) || self.outages.is_dead_at(at);
		let next = self.outages.entries.first().filter(|outage| outage.window == at);
		!passed_anyway
			&& next.is_some_and(|outage| {
				outage.kind == OutageKind::Total && !Pallet::<T>::is_final(outage.reported_at)
			})
	}

	/// Applies the edge at the window counted next, if there is one that was not.
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
		let raised = self.stream.rate.checked_add(&edge.plus).ok_or(Error::<T>::Overflow)?;
		self.stream.rate = raised.checked_sub(&edge.minus).ok_or(DispatchError::Corruption)?;
		if edge.refs == 0 {
			Edges::<T>::remove(self.id, window);
		} else {
			edge.mark = Some(self.stream.mark());
			Edges::<T>::insert(self.id, window, edge);
		}
		Ok(())
	}

	/// Passes a void window or an outage, or counts windows up to what comes next.
	fn count_next(&mut self) -> DispatchResult {
		let at = self.stream.counted;
		let next_void = self.chain.next_void(at);
		if next_void == Some(at) {
			self.stream.counted = at.next();
			return Ok(());
		}
		let next_edge = self.agenda.edges.first().copied();
		let until = [next_edge, next_void].into_iter().flatten().min();
		let until = until.unwrap_or(self.chain.reported).min(self.chain.reported);
		if self.outages.is_dead_at(at) {
			self.stream.counted = until;
			return Ok(());
		}
		let next_outage = self.outages.entries.first().copied();
		if let Some(outage) = next_outage.filter(|outage| outage.window == at) {
			return self.pass_outage(outage);
		}
		let stops = [next_outage.map(|outage| outage.window), self.outages.dead_from];
		let until = stops.into_iter().flatten().fold(until, Window::min);
		let windows = until.0.checked_sub(at.0).ok_or(DispatchError::Corruption)?;
		let earned = self.stream.rate.times(windows).ok_or(Error::<T>::Overflow)?;
		self.stream.gross = self.stream.gross.checked_add(&earned).ok_or(Error::<T>::Overflow)?;
		self.stream.clean = self.stream.clean.checked_add(windows).ok_or(Error::<T>::Overflow)?;
		self.stream.run = 0;
		self.stream.counted = until;
		Ok(())
	}

	/// Passes an outage, which costs collateral from the second one in a row on.
	fn pass_outage(&mut self, outage: OutageEntry) -> DispatchResult {
		let total = outage.kind == OutageKind::Total;
		let _ = self.outages.entries.remove(0);
		if total {
			if self.stream.run > 0 && !self.chain.is_forgiven(outage.window) {
				self.compensate()?;
			}
			Pallet::<T>::close_case(&mut self.stream);
		}
		self.stream.run = self.stream.run.saturating_add(1);
		self.stream.counted = outage.window.next();
		if self.stream.run >= T::OutagesToEnd::get() && self.outages.dead_from.is_none() {
			// What is reported already stands: faults and outages there were taken as such.
			let from = self.chain.unsettled();
			self.outages.dead_from = Some(from);
			let provider = self.stream.provider.clone();
			Pallet::<T>::deposit_event(Event::StreamDied { stream: self.id, provider, from });
		}
		Ok(())
	}

	/// Takes collateral for the clients of all legs that run, in proportion to their rates.
	fn compensate(&mut self) -> DispatchResult {
		let rate = self.stream.rate.total();
		if rate == 0 {
			return Ok(());
		}
		let penalty = rate.saturating_mul(T::PenaltyWindows::get().into());
		let penalty = Pallet::<T>::within_day(&mut self.stream, penalty);
		let taken = Pallet::<T>::slash_to_pot(&self.stream.provider, penalty)?;
		let stream = &mut self.stream;
		stream.compensation = stream.compensation.checked_add(taken).ok_or(Error::<T>::Overflow)?;
		let share = (U256::from(taken) << 64).checked_div(U256::from(rate)).unwrap_or_default();
		stream.compensation_per_rate =
			stream.compensation_per_rate.checked_add(share).ok_or(Error::<T>::Overflow)?;
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
