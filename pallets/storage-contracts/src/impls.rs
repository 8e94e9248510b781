// SPDX-License-Identifier: Apache-2.0
//! What other pallets tell this one.

use crate::{ChainRecord, Chains, Config, Error, Event, Gathered, Pallet, WeightInfo};
use frame_support::{ensure, weights::Weight};
use sp_runtime::DispatchResult;
use terrace_layers::{
	BatchId, Blockers, ChainId, Layer, Message, OnMessage, OnNeighbour, Origin, Relation, Window,
	MAX_BATCHES_PER_WINDOW,
};

impl<T: Config> OnNeighbour for Pallet<T> {
	fn on_registered(chain: ChainId, relation: Relation, origin: &Origin) -> DispatchResult {
		if relation != Relation::Child || origin.layer != Layer::Proof {
			return Ok(());
		}
		// A chain that comes back goes on where it left: all that it had sent has been applied.
		if Chains::<T>::contains_key(chain) {
			return Ok(());
		}
		let window_ms = origin.window_ms;
		// Otherwise reports would come faster than they can be applied.
		ensure!(window_ms > Self::worst_report_ms(), Error::<T>::WindowTooShort);
		let block = Self::now_block();
		let record = ChainRecord {
			window_ms,
			reported: Window(0),
			part: None,
			applied_at: block,
			applied_ms: Self::now_ms(),
			seen_at: block,
			seen_ms: Self::now_ms(),
			stalled: None,
			sent: BatchId(0),
			applied: BatchId(0),
			streams: 0,
			terms: Self::first_terms(window_ms),
			booked: 0,
			void: Default::default(),
			forgiven: Default::default(),
		};
		Chains::<T>::insert(chain, record);
		Self::deposit_event(Event::ProofChainAdded { chain, window_ms });
		Ok(())
	}

	fn blockers(chain: &ChainId) -> Blockers {
		let serves = Chains::<T>::get(chain).is_some_and(|chain| chain.streams > 0);
		Blockers::NONE.with(Blockers::CONTRACTS, serves || Gathered::<T>::contains_key(chain))
	}
}

impl<T: Config> OnMessage for Pallet<T> {
	fn weight(message: &Message) -> Weight {
		let count = |items: usize| u32::try_from(items).unwrap_or(u32::MAX);
		match message {
			Message::Report(report) => {
				let batches = match report.part {
					0 => u32::try_from(MAX_BATCHES_PER_WINDOW).unwrap_or(u32::MAX),
					_ => 0,
				};
				Self::weight_of_report(
					batches,
					count(report.outages.len()),
					count(report.faults.len()),
				)
			}
			_ => T::WeightInfo::heartbeat(),
		}
	}

	fn on_message(source: ChainId, relation: Relation, message: Message) -> DispatchResult {
		ensure!(relation == Relation::Child, Error::<T>::UnexpectedMessage);
		match message {
			Message::Report(report) => Self::apply_report(source, report),
			Message::Heartbeat { window, round } => Self::apply_heartbeat(source, window, round),
			_ => Err(Error::<T>::UnexpectedMessage.into()),
		}
	}
}
