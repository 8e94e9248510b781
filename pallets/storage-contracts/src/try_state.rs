// SPDX-License-Identifier: Apache-2.0
//! Invariants.

use crate::{
	Agendas, Amounts, Audits, Batches, Booked, Chains, Config, Contracts, ContractsOf, EdgeRecord,
	Edges, Faults, Gathered, HoldReason, LegRecord, Legs, NextIds, Outages, Pallet, Phase,
	ProposalsOf, ProposalsTo, StreamOf, StreamRecord, Streams, Unclaimed,
};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use frame_support::traits::fungible::{hold::Inspect as _, Inspect as _};
use terrace_layers::{
	AccountId, Balance, BatchId, ChainId, ContractId, LegId, OutageKind, StreamId, Window,
};

type Check = Result<(), String>;

/// Fails with a message unless `holds`.
fn check(holds: bool, message: impl FnOnce() -> String) -> Check {
	holds.then_some(()).ok_or_else(message)
}

/// All of several amounts.
fn sum(amounts: impl Iterator<Item = Amounts>) -> Amounts {
	amounts.fold(Amounts::ZERO, |sum, more| sum.checked_add(&more).unwrap_or(sum))
}

/// A missing record, by what names it.
fn missing(what: impl core::fmt::Debug) -> String {
	format!("{what:?} is missing")
}

impl<T: Config> Pallet<T> {
	/// 1. Proposals are counted and their escrow is on hold.
	/// 2. Contracts, legs, batches, streams and lists refer to each other.
	/// 3. A stream's rate is that of its open legs in the newest counted window; its edges lie
	///    ahead or carry a mark.
	/// 4. A leg has consumed no more than its escrow, and no less than nothing once it is counted.
	/// 5. Every case is a fault or an outage that is not final, and keeps its stream.
	/// 6. A proof chain's room is what its open legs take.
	/// 7. What is booked is what is owed, and the pot holds it beside its existential deposit.
	pub(crate) fn do_try_state() -> Check {
		Self::check_proposals()?;
		Self::check_legs()?;
		Self::check_batches()?;
		Self::check_chains()?;
		for (id, stream) in Streams::<T>::iter() {
			Self::check_stream(id, &stream)?;
		}
		Self::check_leftovers()?;
		Self::check_cases()?;
		Self::check_money()
	}

	fn check_proposals() -> Check {
		let mut held = BTreeMap::<AccountId, Balance>::new();
		let (mut of, mut to) = (BTreeMap::<_, u32>::new(), BTreeMap::<_, u32>::new());
		let mut listed = 0usize;
		for (id, contract) in Contracts::<T>::iter() {
			for who in [&contract.client, &contract.provider] {
				check(ContractsOf::<T>::contains_key(who, id.0.to_be_bytes()), || {
					missing((who, id))
				})?;
			}
			listed += if contract.client == contract.provider { 1 } else { 2 };
			check(id < NextIds::<T>::get().contract, || {
				format!("contract {id} is from the future")
			})?;
			if let Phase::Proposed { escrow, .. } = contract.phase {
				*held.entry(contract.client.clone()).or_default() += escrow;
				*of.entry(contract.client).or_default() += 1;
				*to.entry(contract.provider).or_default() += 1;
			}
		}
		let entries = ContractsOf::<T>::iter().count();
		check(entries == listed, || format!("{entries} list entries for {listed} parties"))?;
		for (who, escrow) in held {
			let hold = T::Currency::balance_on_hold(&HoldReason::ClientEscrow.into(), &who);
			check(hold == escrow, || format!("{who:?} holds {hold} for escrow of {escrow}"))?;
		}
		let counted: BTreeMap<_, _> = ProposalsOf::<T>::iter().collect();
		check(counted == of, || format!("proposals of clients: {counted:?}, counted {of:?}"))?;
		let counted: BTreeMap<_, _> = ProposalsTo::<T>::iter().collect();
		check(counted == to, || format!("proposals to providers: {counted:?}, counted {to:?}"))
	}

	fn check_legs() -> Check {
		let mut active = 0usize;
		for (id, contract) in Contracts::<T>::iter() {
			let Phase::Active(runs) = contract.phase else { continue };
			check(!runs.legs.is_empty(), || format!("contract {id} runs without a leg"))?;
			for leg in runs.legs {
				active += 1;
				Self::check_leg(id, &contract.provider, leg)?;
			}
		}
		for (id, audit) in Audits::<T>::iter() {
			let runs = Self::active(id).map_err(|_| missing(id))?.0;
			check(runs.client == audit.client, || format!("audit of {id} by a stranger"))?;
		}
		let legs = Legs::<T>::iter_keys().count();
		check(legs == active, || format!("{legs} legs of {active} contracts"))
	}

	fn check_leg(id: ContractId, provider: &AccountId, leg: LegId) -> Check {
		let record = Legs::<T>::get(leg).ok_or_else(|| missing(leg))?;
		check(record.contract == id, || format!("leg {leg} is of {}", record.contract))?;
		let stream = Streams::<T>::get(record.stream).ok_or_else(|| missing(record.stream))?;
		let parties = (&stream.provider, stream.proof_chain);
		check(parties == (provider, record.proof_chain), || {
			format!("contract {id} and its stream disagree: {parties:?}")
		})?;
		let ordered = record.planned < record.end && record.end <= record.tracked_end;
		check(ordered, || format!("leg {leg} has no windows: {record:?}"))?;
		let price = Self::cost(&record.rate, record.windows()).ok();
		check(price == Some(record.escrow), || {
			format!("leg {leg} paid {} for {price:?}", record.escrow)
		})
	}

	/// Every case is a fault or an outage that is not final, and keeps its stream.
	fn check_cases() -> Check {
		let mut cases = BTreeMap::<StreamId, u32>::new();
		for (_, _, fault) in Faults::<T>::iter() {
			*cases.entry(fault.stream).or_default() += 1;
		}
		for (id, list) in Outages::<T>::iter() {
			let total = list.entries.iter().filter(|entry| entry.kind == OutageKind::Total);
			*cases.entry(id).or_default() += u32::try_from(total.count()).unwrap_or(u32::MAX);
		}
		for (id, stream) in Streams::<T>::iter() {
			let found = cases.remove(&id).unwrap_or_default();
			check(found == stream.cases, || {
				format!("stream {id} counts {} cases of {found}", stream.cases)
			})?;
		}
		check(cases.values().all(|count| *count == 0), || {
			format!("cases without streams: {cases:?}")
		})
	}

	fn check_batches() -> Check {
		let mut refs = BTreeMap::<(ChainId, BatchId), u32>::new();
		for (_, leg) in Legs::<T>::iter() {
			*refs.entry((leg.proof_chain, leg.batch)).or_default() += 1;
		}
		let mut seen = 0usize;
		for (chain, batch, record) in Batches::<T>::iter() {
			seen += 1;
			let open = refs.get(&(chain, batch)).copied().unwrap_or_default();
			check(open == record.refs && open > 0, || {
				format!("batch {batch} counts {} legs of {open}", record.refs)
			})?;
			let applied = Chains::<T>::get(chain).ok_or_else(|| missing(chain))?.applied;
			check(record.start.is_some() == (batch <= applied), || {
				format!("batch {batch} of {applied} applied starts at {:?}", record.start)
			})?;
		}
		check(seen == refs.len(), || format!("{seen} batches, legs of {}", refs.len()))
	}

	fn check_chains() -> Check {
		for (id, chain) in Chains::<T>::iter() {
			check(chain.applied <= chain.sent, || {
				format!("{} of {} batches", chain.applied, chain.sent)
			})?;
			let begun = chain.part.is_none_or(|part| part.next > 0);
			check(begun, || format!("a report of {id} was begun without a part"))?;
			let streams = Streams::<T>::iter_values().filter(|s| s.proof_chain == id).count();
			check(usize::try_from(chain.streams) == Ok(streams), || {
				format!("{id} counts {} streams of {streams}", chain.streams)
			})?;
			let legs = Legs::<T>::iter_values().filter(|leg| leg.proof_chain == id);
			let taken: u64 = legs.map(|leg| u64::from(leg.proof_bytes)).sum();
			check(chain.booked == taken, || format!("{id} booked {} of {taken}", chain.booked))?;
		}
		for (id, legs) in Gathered::<T>::iter() {
			let chain = Chains::<T>::get(id).ok_or_else(|| missing(id))?;
			check(!legs.is_empty(), || format!("an empty batch is stored for {id}"))?;
			for leg in legs {
				// Legs that could not leave before their end may be closed already.
				let batch = Legs::<T>::get(leg.leg).map(|record| record.batch);
				check(batch.is_none_or(|batch| batch == chain.gathering()), || {
					format!("leg {} is gathered for another batch: {batch:?}", leg.leg)
				})?;
			}
		}
		Ok(())
	}

	fn check_stream(id: StreamId, stream: &StreamRecord) -> Check {
		let named = StreamOf::<T>::get(&stream.provider, stream.proof_chain);
		check(named == Some(id), || format!("stream {id} is known as {named:?}"))?;
		let chain =
			Chains::<T>::get(stream.proof_chain).ok_or_else(|| missing(stream.proof_chain))?;
		check(stream.counted <= chain.reported, || {
			format!("stream {id} counted to {} of {}", stream.counted, chain.reported)
		})?;
		let least = |a: &Amounts, b: &Amounts| a.price <= b.price && a.fee <= b.fee;
		let claimed = &stream.claimed;
		check(least(claimed, &stream.used) && least(claimed, &stream.gross), || {
			format!("stream {id} paid {claimed:?} of {:?}", stream.gross)
		})?;
		let legs: Vec<_> = Legs::<T>::iter().filter(|(_, leg)| leg.stream == id).collect();
		check(usize::try_from(stream.legs) == Ok(legs.len()) && !stream.is_over(), || {
			format!("stream {id} counts {} legs of {}", stream.legs, legs.len())
		})?;
		Self::check_agenda(id, &legs)?;
		Self::check_edges(id, stream, &legs)?;
		Self::check_outages(id, stream, chain.reported)
	}

	fn check_agenda(id: StreamId, legs: &[(LegId, LegRecord)]) -> Check {
		let agenda = Agendas::<T>::get(id);
		for entry in &agenda.pending {
			let mine = || legs.iter().filter(|(_, leg)| entry.holds(leg));
			let (count, rate) = (mine().count(), sum(mine().map(|(_, leg)| leg.rate)));
			check(usize::try_from(entry.legs) == Ok(count) && count > 0, || {
				format!("stream {id} waits for {} legs of {count}", entry.legs)
			})?;
			check(entry.rate == rate, || format!("{entry:?} of stream {id} costs {rate:?}"))?;
		}
		for (leg, record) in legs {
			let pending = agenda.pending.iter().filter(|entry| entry.holds(record)).count();
			let started = Self::start_of(record).is_some();
			check(pending == 1 || (pending == 0 && started), || {
				format!("leg {leg} is pending {pending} times, started: {started}")
			})?;
		}
		Ok(())
	}

	fn check_edges(id: StreamId, stream: &StreamRecord, legs: &[(LegId, LegRecord)]) -> Check {
		let agenda = Agendas::<T>::get(id);
		let edges: BTreeMap<Window, EdgeRecord> = Edges::<T>::iter_prefix(id).collect();
		let ahead: Vec<Window> =
			edges.iter().filter(|(_, edge)| edge.mark.is_none()).map(|(at, _)| *at).collect();
		check(agenda.edges.to_vec() == ahead, || {
			format!("stream {id} lists edges {:?} of {ahead:?}", agenda.edges)
		})?;
		let mut refs = BTreeMap::<Window, u32>::new();
		let mut rate = Amounts::ZERO;
		for (_, leg) in legs {
			let Some(start) = Self::start_of(leg).filter(|start| *start < leg.end) else {
				continue;
			};
			if agenda.pending.iter().any(|entry| entry.holds(leg)) {
				continue;
			}
			*refs.entry(start).or_default() += 1;
			*refs.entry(leg.end).or_default() += 1;
			if start < stream.counted && leg.end > stream.counted {
				rate = sum([rate, leg.rate].into_iter());
			}
		}
		for (at, edge) in &edges {
			check(edge.mark.is_some() == (*at < stream.counted), || {
				format!("edge {at} of stream {id}, counted to {}: {edge:?}", stream.counted)
			})?;
			let open = refs.remove(at).unwrap_or_default();
			check(edge.refs == open, || format!("edge {at} counts {} legs of {open}", edge.refs))?;
		}
		check(refs.is_empty(), || format!("stream {id} has no edges at {refs:?}"))?;
		// Legs that end in the window counted next may be closed and are still in the rate.
		let ending = edges.get(&stream.counted).map_or(Amounts::ZERO, |edge| edge.minus);
		check(stream.rate == sum([rate, ending].into_iter()), || {
			format!("stream {id} earns {:?}, its legs cost {rate:?} + {ending:?}", stream.rate)
		})
	}

	fn check_outages(id: StreamId, stream: &StreamRecord, reported: Window) -> Check {
		let list = Outages::<T>::get(id);
		let windows: Vec<_> = list.entries.iter().map(|entry| entry.window).collect();
		let ordered = windows.windows(2).all(|pair| pair[0] < pair[1]);
		let first = windows.first().is_none_or(|first| *first >= stream.counted);
		let last = windows.last().is_none_or(|last| *last <= reported);
		check(ordered && first && last, || {
			format!("outages of stream {id} at {}: {list:?}", stream.counted)
		})
	}

	/// Nothing is stored for streams that are gone.
	fn check_leftovers() -> Check {
		let agendas = Agendas::<T>::iter_keys();
		let outages = Outages::<T>::iter_keys();
		let edges = Edges::<T>::iter_keys().map(|(id, _)| id);
		let named = StreamOf::<T>::iter_values();
		for id in agendas.chain(outages).chain(edges).chain(named) {
			check(Streams::<T>::contains_key(id), || format!("stream {id} left something"))?;
		}
		Ok(())
	}

	fn check_money() -> Check {
		let overflow = || String::from("amounts overflow");
		let signed = |amount: Balance| i128::try_from(amount).map_err(|_| overflow());
		let mut owed = 0i128;
		for (id, leg) in Legs::<T>::iter() {
			let consumed = Self::consumed(&leg)?;
			let escrow = signed(leg.escrow)?;
			check(consumed <= escrow, || format!("leg {id} consumed {consumed} of {escrow}"))?;
			let counted = Streams::<T>::get(leg.stream).map_or(Window(0), |stream| stream.counted);
			check(consumed >= 0 || counted < leg.end, || {
				format!("leg {id} is over and consumed {consumed}")
			})?;
			owed = owed.checked_add(escrow - consumed).ok_or_else(overflow)?;
		}
		for stream in Streams::<T>::iter_values() {
			owed += signed(stream.gross.total())? - signed(stream.used.total())?;
			owed += signed(stream.compensation)?;
		}
		for kept in Unclaimed::<T>::iter_values() {
			owed += signed(kept)?;
		}
		let booked = Booked::<T>::get();
		check(signed(booked)? == owed, || format!("booked {booked}, owed {owed}"))?;
		let balance = T::Currency::balance(&Self::pot());
		let least = booked.saturating_add(T::Currency::minimum_balance());
		check(booked == 0 || balance >= least, || format!("the pot has {balance} of {least}"))
	}

	/// What a leg has consumed of its escrow; negative while a fault of a window not yet counted
	/// is all there is.
	fn consumed(leg: &LegRecord) -> Result<i128, String> {
		let faults = i128::from(leg.faults);
		let stream = Streams::<T>::get(leg.stream).ok_or_else(|| missing(leg.stream))?;
		let clean = match Self::start_of(leg) {
			None => {
				return check(faults == 0, || format!("faults before a start: {leg:?}")).map(|()| 0)
			}
			Some(start) if start >= leg.end => return Ok(0),
			Some(start) => {
				let before = |window: Window| {
					Self::mark_of(leg.stream, &stream, window.min(stream.counted))
						.map(|mark| i128::from(mark.clean))
						.map_err(|error| format!("{leg:?} has no mark at {window}: {error:?}"))
				};
				before(leg.end)? - before(start)?
			}
		};
		let rate = i128::try_from(leg.rate.total()).map_err(|error| format!("{error:?}"))?;
		Ok(rate * (clean - faults))
	}
}
