// SPDX-License-Identifier: Apache-2.0
//! Measures calls, messages and hooks in their worst cases.
//!
//! Ranges assume `MaxSteps` of 63, `MaxOutages` of 31, `MaxPending` of 65, `MaxEdges` of 256 and 64
//! proposals that wait, or more.

use crate::{benchmarking_helper as world, *};
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
	pallet_prelude::BoundedVec,
	traits::{fungible::hold::Mutate as _, EnsureOrigin, Get},
	weights::WeightMeter,
};
use frame_system::RawOrigin;
use terrace_layers::{
	change_statement, limits, proposal_statement, AccountId, Balance, BatchId, ChainId, Change,
	Consent, ContractId, LegId, Message, Neighbours, OnMessage, Outage, OutageKind, Providers,
	Relation, Report, SignedProposal, StreamId, Window, MAX_EVIDENCE_BYTES,
	MAX_EXCEPTIONS_PER_PART, MAX_LEGS_PER_BATCH,
};
use terrace_possession::{ContentId, MAX_BLOB_SIZE, MAX_CHALLENGES};
use world::{Parties, APPLIED, NOW_MS, REPORTED, SIZE, WINDOWS, WINDOW_MS};

/// First window of a leg that is ahead.
const AHEAD: u32 = REPORTED + 100;
/// Content id of blobs that nobody looks at.
const ROOT: ContentId = ContentId([5; 32]);

fn caller() -> AccountId {
	whitelisted_caller()
}

/// A proposal of the parties.
fn proposed<T: Config>(parties: &Parties) -> Result<ContractId, BenchmarkError> {
	let terms = parties.terms(WINDOWS);
	Ok(Pallet::<T>::do_propose(parties.client.clone(), parties.provider.clone(), terms)?)
}

/// Fills the agenda of the stream that is opened next.
///
/// No new stream has a full agenda: together they bound new streams and full ones.
fn fill_next_agenda<T: Config>(room: usize) {
	world::fill_agenda::<T>(NextIds::<T>::get().stream, room);
}

/// A contract of most legs, each in a stream of its own that fell behind by `steps`; all are ahead.
///
/// The last stream ends with its leg.
fn scattered<T: Config>(parties: &Parties, steps: u32) -> (ContractId, LegId) {
	let contract = world::contract::<T>(parties, ROOT, SIZE);
	let mut last = LegId(0);
	for index in 0..MAX_LEGS {
		let at = match index {
			0 => parties.clone(),
			_ => Parties { chain: world::chain::<T>(index), ..parties.clone() },
		};
		let (from, to) = (AHEAD + WINDOWS * index, AHEAD + WINDOWS * (index + 1));
		let stream = world::stream::<T>(&at);
		last = world::leg::<T>(contract, stream, from, to);
		world::fall_behind::<T>(stream, steps, Some((from, to)));
		if index + 1 < MAX_LEGS {
			Streams::<T>::mutate_extant(stream, |stream| stream.legs += 1);
		}
	}
	(contract, last)
}

/// A stream with one leg, far behind.
fn behind<T: Config>(parties: &Parties, steps: u32) -> (StreamId, ContractId) {
	let contract = world::contract::<T>(parties, ROOT, SIZE);
	let stream = world::stream::<T>(parties);
	let end = world::behind::<T>() - 1;
	world::leg::<T>(contract, stream, end - WINDOWS, end);
	world::pass_edges::<T>(stream, end - WINDOWS, end);
	world::fall_behind::<T>(stream, steps, None);
	(stream, contract)
}

/// Whether a stream has passed `steps` of its windows.
fn has_counted<T: Config>(stream: StreamId, steps: u32) -> bool {
	let counted = Streams::<T>::get(stream).map(|stream| stream.counted);
	counted == Some(Window(world::behind::<T>() + steps))
}

/// Parties of a stream of its own, with a leg that was proven from the first window on.
fn nth<T: Config>(index: u32, client: &AccountId, chain: ChainId) -> (StreamId, LegId) {
	let provider = world::provider::<T>(index);
	let parties = Parties { client: client.clone(), provider, chain };
	let contract = world::contract::<T>(&parties, ROOT, SIZE);
	let stream = world::stream::<T>(&parties);
	(stream, world::leg::<T>(contract, stream, REPORTED - WINDOWS, AHEAD))
}

/// A report of every kind of exception, each in a stream of its own with a full list.
fn worst_report<T: Config>(chain: ChainId, b: u32, o: u32, f: u32) -> Report {
	let client = world::client::<T>(0);
	let outage = |index| {
		let (stream, _) = nth::<T>(index, &client, chain);
		world::fill_outages::<T>(stream, 1);
		Outage { stream, kind: OutageKind::Total }
	};
	let outages: Vec<_> = (0..o).map(outage).collect();
	let fault = |index| {
		let (stream, leg) = nth::<T>(index, &client, chain);
		world::fill_outages::<T>(stream, 0);
		leg
	};
	let faults: Vec<_> = (o..o + f).map(fault).collect();
	let applied = BatchId(APPLIED + u64::from(b));
	for batch in APPLIED + 1..=applied.0 {
		Batches::<T>::insert(chain, BatchId(batch), BatchRecord { start: None, refs: 1 });
	}
	Chains::<T>::mutate_extant(chain, |chain| {
		chain.sent = applied;
		chain.stalled = Some(Stalled { at: 0, ms: 0 });
	});
	Report {
		window: Window(REPORTED),
		part: 0,
		last: true,
		applied,
		outages: BoundedVec::truncate_from(outages),
		faults: BoundedVec::truncate_from(faults),
	}
}

/// Checks that a report of so many batches, outages and faults was applied.
fn has_applied<T: Config>(chain: ChainId, b: u32, o: u32, f: u32) {
	assert_eq!(Faults::<T>::iter_keys().count(), f as usize);
	let cases: u32 = Streams::<T>::iter_values().map(|stream| stream.cases).sum();
	assert_eq!(cases, o + f);
	let applied = Chains::<T>::get(chain).map(|chain| (chain.applied, chain.reported));
	assert_eq!(applied, Some((BatchId(APPLIED + u64::from(b)), Window(REPORTED + 1))));
}

/// Proposals that so many clients signed, each for another time.
fn signed<T: Config>(parties: &Parties, count: u32) -> Vec<SignedProposal> {
	let this = T::Registry::this();
	let expires_at = Pallet::<T>::now_block() + 1;
	let sign = |index| {
		let (client, key) = world::signer::<T>(index);
		let (terms, number) = (parties.terms(WINDOWS + index * T::EndGrid::get()), 1);
		let provider = &parties.provider;
		let statement = proposal_statement(this, &client, provider, &terms, number, expires_at);
		let signature = world::sign(&key, &statement);
		SignedProposal { client, terms, number, expires_at, signature }
	};
	(0..count).map(sign).collect()
}

/// A fault of each of the newest windows that are reported, in a stream without legs.
fn old_faults<T: Config>(parties: &Parties, count: u32) -> (LegId, Vec<Window>) {
	let contract = world::contract::<T>(parties, ROOT, SIZE);
	let stream = world::stream::<T>(parties);
	let leg = world::leg::<T>(contract, stream, REPORTED - 2 * WINDOWS, REPORTED - WINDOWS);
	Streams::<T>::mutate_extant(stream, |stream| (stream.legs, stream.cases) = (0, count));
	T::Providers::add_case(&parties.provider);
	let windows: Vec<_> = (REPORTED - count..REPORTED).map(Window).collect();
	for window in &windows {
		let (client, penalty) = (parties.client.clone(), 1 << 44);
		let fault = FaultRecord { stream, client, reported_at: 0, penalty };
		Faults::<T>::insert(leg, window, fault);
	}
	(leg, windows)
}

/// Opens an audit, with its deposit on hold.
fn audit<T: Config>(
	parties: &Parties,
	id: ContractId,
	chunks: Vec<u64>,
	deadline: u32,
) -> Result<(), BenchmarkError> {
	let (client, deposit) = (parties.client.clone(), T::AuditDeposit::get());
	T::Currency::hold(&HoldReason::AuditDeposit.into(), &client, deposit)?;
	let chunks = BoundedVec::truncate_from(chunks);
	Audits::<T>::insert(id, AuditRecord { client, deposit, chunks, deadline });
	Ok(())
}

/// The mock's state, with a store for the clients' keys.
#[cfg(test)]
fn keyed_externalities() -> sp_io::TestExternalities {
	use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
	let mut externalities = crate::mock::TestExt::new().build();
	externalities.register_extension(KeystoreExt::new(MemoryKeystore::new()));
	externalities
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn propose() {
		let parties = world::parties::<T>();
		let terms = parties.terms(WINDOWS);

		#[extrinsic_call]
		_(RawOrigin::Signed(parties.client), parties.provider, terms);

		assert_eq!(Contracts::<T>::iter().count(), 1);
	}

	#[benchmark]
	fn accept() -> Result<(), BenchmarkError> {
		let parties = world::parties::<T>();
		let id = proposed::<T>(&parties)?;
		world::gather::<T>(parties.chain, MAX_LEGS_PER_BATCH - 1);
		fill_next_agenda::<T>(1);

		#[extrinsic_call]
		_(RawOrigin::Signed(world::acting::<T>(&parties.provider)), id);

		assert!(!Gathered::<T>::contains_key(parties.chain));
		Ok(())
	}

	#[benchmark]
	fn withdraw() -> Result<(), BenchmarkError> {
		let parties = world::parties::<T>();
		let id = proposed::<T>(&parties)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(parties.client), id);

		assert!(!Contracts::<T>::contains_key(id));
		Ok(())
	}

	#[benchmark]
	fn reject() -> Result<(), BenchmarkError> {
		let parties = world::parties::<T>();
		let id = proposed::<T>(&parties)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(world::acting::<T>(&parties.provider)), id);

		assert!(!Contracts::<T>::contains_key(id));
		Ok(())
	}

	#[benchmark]
	fn expire() -> Result<(), BenchmarkError> {
		let parties = world::parties::<T>();
		let id = proposed::<T>(&parties)?;
		let later = Pallet::<T>::now_block() + T::ProposalLifetime::get() + 1;
		frame_system::Pallet::<T>::set_block_number(later.into());

		#[extrinsic_call]
		_(RawOrigin::Signed(caller()), id);

		assert!(!Contracts::<T>::contains_key(id));
		Ok(())
	}

	// A step starts a group of legs or passes a window: each value stands for one of both, so that
	// whatever a step does is covered.
	#[benchmark]
	fn advance(s: Linear<0, 31>) {
		let parties = world::parties::<T>();
		let (stream, _) = behind::<T>(&parties, s);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller()), parties.provider, parties.chain, 2 * s);

		assert!(has_counted::<T>(stream, s));
	}

	#[benchmark]
	fn claim(s: Linear<0, 31>) {
		let parties = world::parties::<T>();
		let (stream, _) = behind::<T>(&parties, s);

		#[extrinsic_call]
		_(RawOrigin::Signed(world::acting::<T>(&parties.provider)), parties.chain);

		assert!(has_counted::<T>(stream, s));
	}

	// The last leg of its contract and of its stream.
	#[benchmark]
	fn close(s: Linear<0, 31>) {
		let parties = world::parties::<T>();
		let (stream, id) = behind::<T>(&parties, s);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller()), id);

		assert!(!Contracts::<T>::contains_key(id));
		assert!(!Streams::<T>::contains_key(stream));
	}

	#[benchmark]
	fn flush() {
		let parties = world::parties::<T>();
		world::gather::<T>(parties.chain, MAX_LEGS_PER_BATCH);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller()), parties.chain);

		assert!(!Gathered::<T>::contains_key(parties.chain));
	}

	#[benchmark]
	fn withdraw_unclaimed() {
		let parties = world::parties::<T>();
		Unclaimed::<T>::insert(&parties.client, 1 << 60);

		#[extrinsic_call]
		_(RawOrigin::Signed(parties.client.clone()));

		assert!(!Unclaimed::<T>::contains_key(&parties.client));
	}

	#[benchmark]
	fn find_batches() {
		for index in 0..limits::MAX_CHILDREN {
			let chain = ChainId(sp_io::hashing::blake2_256(&index.to_be_bytes()).into());
			world::gather::<T>(chain, 1);
			Ended::<T>::insert(chain, BoundedVec::truncate_from([LegId(1)].into()));
		}
		let meter = WeightMeter::with_limit(T::WeightInfo::find_batches());

		#[block]
		{
			Pallet::<T>::process_batches(meter);
		}

		assert_eq!(Gathered::<T>::iter_keys().count(), limits::MAX_CHILDREN as usize);
	}

	#[benchmark]
	fn report(b: Linear<0, 256>) -> Result<(), BenchmarkError> {
		world::begin::<T>();
		let chain = world::chain::<T>(0);
		let message = Message::Report(worst_report::<T>(chain, b, 0, 0));

		#[block]
		{
			Pallet::<T>::on_message(chain, Relation::Child, message)?;
		}

		has_applied::<T>(chain, b, 0, 0);
		Ok(())
	}

	#[benchmark]
	fn report_outages(o: Linear<1, MAX_EXCEPTIONS_PER_PART>) -> Result<(), BenchmarkError> {
		world::begin::<T>();
		let chain = world::chain::<T>(0);
		let message = Message::Report(worst_report::<T>(chain, 0, o, 0));

		#[block]
		{
			Pallet::<T>::on_message(chain, Relation::Child, message)?;
		}

		has_applied::<T>(chain, 0, o, 0);
		Ok(())
	}

	#[benchmark]
	fn report_faults(f: Linear<1, MAX_EXCEPTIONS_PER_PART>) -> Result<(), BenchmarkError> {
		world::begin::<T>();
		let chain = world::chain::<T>(0);
		let message = Message::Report(worst_report::<T>(chain, 0, 0, f));

		#[block]
		{
			Pallet::<T>::on_message(chain, Relation::Child, message)?;
		}

		has_applied::<T>(chain, 0, 0, f);
		Ok(())
	}

	#[benchmark]
	fn flag_stalled() {
		let parties = world::parties::<T>();
		T::BenchmarkHelper::set_time(NOW_MS + WINDOW_MS * (ChainRecord::STUCK_WINDOWS + 1));

		#[extrinsic_call]
		_(RawOrigin::Signed(caller()), parties.chain);

		assert!(Chains::<T>::get(parties.chain).is_some_and(|chain| chain.stalled.is_some()));
	}

	#[benchmark]
	fn heartbeat() -> Result<(), BenchmarkError> {
		let parties = world::parties::<T>();
		Chains::<T>::mutate_extant(parties.chain, |chain| chain.seen_ms = 0);
		let message = Message::Heartbeat { window: Window(REPORTED), round: 1 };

		#[block]
		{
			Pallet::<T>::on_message(parties.chain, Relation::Child, message)?;
		}

		let seen = Chains::<T>::get(parties.chain).map(|chain| chain.seen_ms);
		assert_eq!(seen, Some(Pallet::<T>::now_ms()));
		Ok(())
	}

	#[benchmark]
	fn publish(n: Linear<1, 64>) {
		let parties = world::parties::<T>();
		let proposals = BoundedVec::truncate_from(signed::<T>(&parties, n));
		world::gather::<T>(parties.chain, MAX_LEGS_PER_BATCH - 1);
		fill_next_agenda::<T>(64);

		#[extrinsic_call]
		_(RawOrigin::Signed(world::acting::<T>(&parties.provider)), proposals);

		assert_eq!(Contracts::<T>::iter().count(), n as usize);
	}

	#[benchmark]
	fn extend() {
		let parties = world::parties::<T>();
		let id = world::contract::<T>(&parties, ROOT, SIZE);
		let stream = world::stream::<T>(&parties);
		for index in 1..MAX_LEGS {
			world::leg::<T>(id, stream, AHEAD + index, AHEAD + index + 1);
		}
		world::gather::<T>(parties.chain, MAX_LEGS_PER_BATCH - 1);
		world::fill_agenda::<T>(stream, 1);
		world::fill_outages::<T>(stream, 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(parties.client), id, WINDOWS, Balance::MAX);

		assert_eq!(Legs::<T>::iter_keys().count(), MAX_LEGS as usize);
	}

	// Moving, which may open as many legs as it ends.
	#[benchmark]
	fn amend(s: Linear<0, 31>) -> Result<(), BenchmarkError> {
		world::begin::<T>();
		let (client, key) = world::signer::<T>(0);
		let parties =
			Parties { client, provider: world::provider::<T>(0), chain: world::chain::<T>(0) };
		let (id, last) = scattered::<T>(&parties, s);
		let to = world::chain::<T>(MAX_LEGS);
		// The client pays the difference.
		Chains::<T>::mutate_extant(to, |chain| chain.terms.fee_per_byte = 1 << 32);
		world::gather::<T>(to, MAX_LEGS_PER_BATCH - MAX_LEGS);
		fill_next_agenda::<T>(MAX_LEGS as usize);
		let (change, expires_at) = (Change::Move { proof_chain: to }, Pallet::<T>::now_block() + 1);
		let statement = change_statement(T::Registry::this(), id, last, &change, expires_at);
		let consent = Consent { signature: world::sign(&key, &statement), expires_at };

		#[extrinsic_call]
		move_to(RawOrigin::Signed(parties.provider), id, to, Some(consent));

		assert!(!Gathered::<T>::contains_key(to));
		assert!(Legs::<T>::iter_values().all(|leg| leg.proof_chain == to));
		Ok(())
	}

	// Failing an audit, which takes collateral and releases the deposit beside ending the contract.
	#[benchmark]
	fn end(s: Linear<0, 31>) -> Result<(), BenchmarkError> {
		let parties = world::parties::<T>();
		let (id, _) = scattered::<T>(&parties, s);
		audit::<T>(&parties, id, world::scattered_chunks(), 0)?;

		#[extrinsic_call]
		fail_audit(RawOrigin::Signed(caller()), id);

		assert!(!Contracts::<T>::contains_key(id));
		assert_eq!(Legs::<T>::iter_keys().count(), 0);
		Ok(())
	}

	#[benchmark]
	fn finalise_faults(n: Linear<1, 64>) {
		let parties = world::parties::<T>();
		let (leg, windows) = old_faults::<T>(&parties, n);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller()), leg, BoundedVec::truncate_from(windows));

		assert_eq!(Faults::<T>::iter_keys().count(), 0);
		assert_eq!(Streams::<T>::iter_keys().count(), 0);
	}

	// A fault: an outage reads one record more and writes one less.
	#[benchmark]
	fn appeal(n: Linear<65_536, { MAX_EVIDENCE_BYTES }>) {
		let parties = world::parties::<T>();
		let leg = NextIds::<T>::get().leg;
		let (root, proof) = world::possession(&world::challenged::<T>(&parties.provider, leg));
		let contract = world::contract::<T>(&parties, root, MAX_BLOB_SIZE);
		let stream = world::stream::<T>(&parties);
		world::leg::<T>(contract, stream, REPORTED - WINDOWS, AHEAD);
		let window = Window(REPORTED - 1);
		Streams::<T>::mutate_extant(stream, |stream| {
			stream.cases = 1;
			stream.used = stream.gross;
		});
		T::Providers::add_case(&parties.provider);
		let (client, reported_at) = (parties.client, world::YOUNG);
		let fault = FaultRecord { stream, client, reported_at, penalty: 1 };
		Faults::<T>::insert(leg, window, fault);
		let evidence = world::evidence::<T>(&parties.chain, window, &proof, n);
		assert_eq!(evidence.proof_bytes(), n);

		#[extrinsic_call]
		appeal_fault(RawOrigin::Signed(caller()), leg, window, evidence);

		assert!(!Faults::<T>::contains_key(leg, window));
	}

	#[benchmark]
	fn demand_audit() {
		let parties = world::parties::<T>();
		let id = world::contract::<T>(&parties, ROOT, MAX_BLOB_SIZE);
		let stream = world::stream::<T>(&parties);
		for index in 0..MAX_LEGS {
			world::leg::<T>(id, stream, AHEAD + index, AHEAD + index + 1);
		}
		let chunks = BoundedVec::truncate_from(world::scattered_chunks());

		#[extrinsic_call]
		_(RawOrigin::Signed(parties.client), id, chunks);

		assert!(Audits::<T>::contains_key(id));
	}

	// As many chunks as can be asked for, with the longest ways to the root that a blob can have.
	#[benchmark]
	fn answer_audit() -> Result<(), BenchmarkError> {
		let parties = world::parties::<T>();
		let chunks = world::scattered_chunks();
		assert_eq!(chunks.len(), usize::from(MAX_CHALLENGES));
		let (root, proof) = world::possession(&chunks);
		let id = world::contract::<T>(&parties, root, MAX_BLOB_SIZE);
		audit::<T>(&parties, id, chunks, u32::MAX)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(caller()), id, proof);

		assert!(!Audits::<T>::contains_key(id));
		Ok(())
	}

	// Of all that governance changes in the record this writes most.
	#[benchmark]
	fn set_chain_terms() -> Result<(), BenchmarkError> {
		let parties = world::parties::<T>();
		let origin = T::AdminOrigin::try_successful_origin()
			.map_err(|()| BenchmarkError::Stop("nobody may set terms"))?;
		let beneficiary = Some(parties.client);
		let terms = ChainTerms { capacity: 1, fee_per_byte: 2, beneficiary };

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, parties.chain, terms.clone());

		assert_eq!(Chains::<T>::get(parties.chain).map(|chain| chain.terms), Some(terms));
		Ok(())
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::benchmarking::keyed_externalities(),
		crate::mock::Test
	);
}
