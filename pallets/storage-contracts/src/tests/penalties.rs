// SPDX-License-Identifier: Apache-2.0
//! What faults and outages cost, and what shows that they were none.
use super::*;
use crate::Faults;
use codec::{Compact, Encode};
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Header as _};
use sp_trie::{LayoutV1, MemoryDB, Trie, TrieMut};
use terrace_layers::{keys, AppealEvidence, Header, WindowBounds};
use terrace_possession::{challenge, prove, BlobSize, ChallengeSeed, ContentId};

type Layout = LayoutV1<BlakeTwo256>;

fn finalise(leg: LegId, window: u32) -> DispatchResult {
	let windows = vec![Window(window)].try_into().expect("one");
	StorageContracts::finalise_faults(by(STRANGER), leg, windows)
}

fn collateral() -> Balance {
	MockProviderOf::get(BOB).expect("registered").collateral
}

/// Penalties of three windows, appeals for ten blocks.
fn strict() {
	PenaltyWindows::set(3);
	AppealPeriod::set(10);
}

#[test]
fn first_fault_costs_the_windows_pay_alone() {
	TestExt::new().build_and_execute(|| {
		strict();
		let id = contract(ALICE, BOB, 10);
		run(1);
		clean_windows(4);
		assert_ok!(Reporter::clean().fault(id).send());
		assert_noop!(finalise(leg_id(id), 4), Error::<Test>::FaultYoung);
		run(10);
		assert_ok!(finalise(leg_id(id), 4));
		assert_eq!((collateral(), free(&TREASURY)), (FUNDS, 0));
		assert_noop!(finalise(leg_id(id), 4), Error::<Test>::UnknownFault);
		clean_until(Window(12));
		assert_eq!(close(id), (9, 9 * UNIT, UNIT));
	});
}

#[test]
fn second_fault_in_a_row_compensates_the_client_out_of_collateral() {
	TestExt::new().build_and_execute(|| {
		strict();
		let id = contract(ALICE, BOB, 10);
		run(1);
		clean_windows(4);
		for _ in 0..2 {
			assert_ok!(Reporter::clean().fault(id).send());
		}
		run(10);
		let before = free(&ALICE);
		assert_ok!(finalise(leg_id(id), 5));
		let public = (3 * UNIT).div_ceil(5);
		assert_eq!(collateral(), FUNDS - 3 * UNIT);
		assert_eq!(free(&ALICE), before + 3 * UNIT - public);
		assert_eq!(free(&TREASURY), public);
		assert_ok!(finalise(leg_id(id), 4));
		assert_eq!(MockCases::get(BOB), Some(0));
	});
}

#[test]
fn windows_proven_between_faults_cool_them() {
	TestExt::new().build_and_execute(|| {
		strict();
		let id = contract(ALICE, BOB, 20);
		run(1);
		clean_windows(4);
		assert_ok!(Reporter::clean().fault(id).send());
		clean_windows(3);
		assert_ok!(Reporter::clean().fault(id).send());
		assert_eq!(leg(id).heat, 1);
		assert_eq!(Faults::<Test>::get(leg_id(id), Window(8)).expect("noted").penalty, 0);
	});
}

#[test]
fn penalties_of_a_day_are_capped_and_refunds_are_not() {
	TestExt::new().build_and_execute(|| {
		strict();
		DailyPenaltyPercent::set(10);
		MockProviderOf::mutate(BOB, |slot| {
			slot.as_mut().expect("registered").collateral = 40 * UNIT;
		});
		let id = contract(ALICE, BOB, 10);
		run(1);
		clean_windows(2);
		for _ in 0..4 {
			assert_ok!(Reporter::clean().fault(id).send());
		}
		run(10);
		let windows = (2..6).map(Window).collect::<Vec<_>>().try_into().expect("few");
		assert_ok!(StorageContracts::finalise_faults(by(STRANGER), leg_id(id), windows));
		assert_eq!(collateral(), 36 * UNIT, "a tenth of forty");
		clean_until(Window(12));
		assert_eq!(close(id), (6, 6 * UNIT, 4 * UNIT));
	});
}

#[test]
fn sampled_fault_stands_for_the_windows_between() {
	TestExt::new().build_and_execute(|| {
		strict();
		let id = NextIds::<Test>::get().contract;
		let terms = Terms { interval: 4, ..terms(P, MIB, 10) };
		assert_ok!(StorageContracts::propose(by(ALICE), BOB, terms));
		assert_ok!(StorageContracts::accept(by(BOB), id));
		run(1);
		clean_windows(4);
		assert_ok!(Reporter::clean().fault(id).send());
		let fault = Faults::<Test>::get(leg_id(id), Window(4)).expect("noted");
		assert_eq!(fault.penalty, 3 * UNIT);
	});
}

#[test]
fn contract_with_a_young_fault_stays_open() {
	TestExt::new().build_and_execute(|| {
		strict();
		let id = contract(ALICE, BOB, 3);
		run(1);
		clean_windows(4);
		assert_ok!(Reporter::clean().fault(id).send());
		let attempt = || StorageContracts::close(by(STRANGER), id);
		assert_noop!(attempt(), Error::<Test>::FaultYoung);
		run(10);
		// Closing does not wait for somebody to make the fault final, nor does it lose it.
		assert_ok!(attempt());
		assert_eq!((Streams::<Test>::iter().count(), Faults::<Test>::iter().count()), (1, 1));
		finalise_all();
		assert_eq!((Streams::<Test>::iter().count(), Faults::<Test>::iter().count()), (0, 0));
		assert_eq!((Booked::<Test>::get(), pot()), (0, 0));
	});
}

#[test]
fn outage_waits_for_appeals_and_the_second_in_a_row_compensates_all_clients() {
	TestExt::new().build_and_execute(|| {
		strict();
		let (first, second) = (contract(ALICE, BOB, 10), contract(CAROL, BOB, 10));
		run(1);
		clean_windows(4);
		for _ in 0..2 {
			assert_ok!(Reporter::clean().outage(BOB).send());
		}
		clean_until(Window(12));
		assert_ok!(StorageContracts::claim(by(BOB), P));
		assert_eq!(stream(BOB).counted, Window(4));
		assert_noop!(StorageContracts::close(by(STRANGER), first), Error::<Test>::AdvanceFirst);
		run(10);
		// Three windows' pay of both, less the public's fifth, in equal shares.
		let penalty = 6 * UNIT;
		// What rounding down leaves of it goes to the treasury as well.
		let share = (penalty - penalty.div_ceil(5)) / 2 - 1;
		assert_eq!(close(first), (8, 8 * UNIT, 2 * UNIT + share));
		assert_eq!(close(second), (8, 8 * UNIT, 2 * UNIT + share));
		assert_eq!((collateral(), free(&TREASURY)), (FUNDS - penalty, penalty.div_ceil(5) + 2));
		assert_eq!((Booked::<Test>::get(), pot()), (0, 0));
	});
}

#[test]
fn partial_outage_costs_pay_but_no_collateral_and_waits_for_nobody() {
	TestExt::new().build_and_execute(|| {
		strict();
		let id = contract(ALICE, BOB, 10);
		run(1);
		clean_windows(4);
		let stream = stream_id(BOB);
		for _ in 0..3 {
			assert_ok!(Reporter::clean().outage_of(stream, OutageKind::Partial).send());
		}
		clean_until(Window(12));
		assert_eq!(close(id), (7, 7 * UNIT, 3 * UNIT));
		assert_eq!(collateral(), FUNDS);
	});
}

#[test]
fn governance_forgives_penalties_but_not_refunds() {
	TestExt::new().build_and_execute(|| {
		strict();
		let id = contract(ALICE, BOB, 10);
		run(1);
		clean_windows(4);
		for _ in 0..2 {
			assert_ok!(Reporter::clean().fault(id).send());
		}
		let forgive = |origin, from, to| {
			StorageContracts::forgive_penalties(origin, P, Window(from), Window(to))
		};
		assert_noop!(forgive(by(ALICE), 4, 5), DispatchError::BadOrigin);
		assert_noop!(forgive(RuntimeOrigin::root(), 5, 4), Error::<Test>::EmptyRange);
		assert_ok!(forgive(RuntimeOrigin::root(), 4, 5));
		run(10);
		clean_until(Window(12));
		assert_eq!(close(id), (8, 8 * UNIT, 2 * UNIT));
		assert_eq!(collateral(), FUNDS);
	});
}

#[test]
fn governance_passes_over_a_report_that_cannot_be_applied() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		run(1);
		clean_windows(4);
		let pass = |window| StorageContracts::pass_window(RuntimeOrigin::root(), P, Window(window));
		assert_noop!(pass(5), Error::<Test>::NotNextWindow);
		assert_ok!(pass(4));
		// With a part of it applied it stands as it is.
		assert_ok!(Reporter::clean().unfinished().fault(id).send());
		assert_ok!(pass(5));
		clean_until(Window(12));
		assert_eq!(close(id), (8, 8 * UNIT, 2 * UNIT));
	});
}

#[test]
fn fault_and_outage_of_one_window_count_once() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 10);
		run(1);
		clean_windows(4);
		let leg = leg_id(id);
		assert_ok!(Reporter::clean().outage(BOB).fault_of(leg).unfinished().send());
		assert_ok!(Reporter::clean().fault_of(leg).fault_of(leg).send());
		clean_until(Window(12));
		assert_eq!(close(id), (9, 9 * UNIT, UNIT));
	});
}

/// A blob, and a proof chain that shows when it was proven.
struct Evidence {
	data: Vec<u8>,
	seed: ChallengeSeed,
	window: Window,
	block: u32,
	closes_at: u32,
}

impl Evidence {
	fn new(window: Window) -> Self {
		let data = (0..MIB).map(|i| (i * 31 % 251) as u8).collect();
		Self { data, seed: ChallengeSeed([9; 32]), window, block: 105, closes_at: 110 }
	}

	/// A contract for the blob.
	fn contract(&self) -> ContractId {
		let id = NextIds::<Test>::get().contract;
		let terms = Terms { root: ContentId::of(&self.data), ..terms(P, MIB, 10) };
		assert_ok!(StorageContracts::propose(by(ALICE), BOB, terms));
		assert_ok!(StorageContracts::accept(by(BOB), id));
		id
	}

	/// The answer of `leg` in a block of `P`, whose state is known here at 120.
	fn show(&self, leg: LegId) -> AppealEvidence {
		let size = BlobSize::new(MIB).expect("small");
		let indices = challenge(&self.seed, BOB.as_ref(), leg.0, size, 4);
		let proof = prove(self.data.as_slice(), &indices);
		let prefix = b"some call and a signature".to_vec();
		let offset = prefix.len() as u32;
		let extrinsic = [prefix, proof.encode()].concat();
		let others = [vec![1, 2, 3], extrinsic, vec![4; 100]];
		let items: Vec<_> =
			(0u32..).zip(others).map(|(n, item)| (Compact(n).encode(), item)).collect();
		let (root, extrinsic_proof) = trie(&items, &[Compact(1u32).encode()]);
		let header = Header::new(
			self.block,
			root,
			H256::repeat_byte(1),
			H256::repeat_byte(2),
			Default::default(),
		);
		let bounds = WindowBounds { opened_at: 100, closes_at: self.closes_at, seed: self.seed.0 };
		let wanted = [keys::block_hash(self.block), keys::window_bounds(self.window)];
		let mut state =
			vec![(wanted[0].clone(), header.hash().encode()), (wanted[1].clone(), bounds.encode())];
		state.extend((0u8..50).map(|n| (vec![n; 20], vec![n; 40])));
		let (state_root, state_proof) = trie(&state, &wanted);
		MockRoots::insert(P, 120, state_root);
		AppealEvidence { at: 120, state_proof, header, extrinsic: 1, extrinsic_proof, offset }
	}
}

/// Root of a trie, and what proves some of its keys.
pub(crate) fn trie(items: &[(Vec<u8>, Vec<u8>)], keys: &[Vec<u8>]) -> (H256, Vec<Vec<u8>>) {
	let mut db = MemoryDB::<BlakeTwo256>::default();
	let mut root = H256::default();
	{
		let mut trie = sp_trie::TrieDBMutBuilder::<Layout>::new(&mut db, &mut root).build();
		for (key, value) in items {
			trie.insert(key, value).expect("it is in memory");
		}
	}
	let mut recorder = sp_trie::Recorder::<Layout>::new();
	{
		let trie =
			sp_trie::TrieDBBuilder::<Layout>::new(&db, &root).with_recorder(&mut recorder).build();
		for key in keys {
			trie.get(key).expect("it is in memory");
		}
	}
	let nodes: std::collections::BTreeSet<_> =
		recorder.drain().into_iter().map(|node| node.data).collect();
	(root, nodes.into_iter().collect())
}

fn faulted(evidence: &Evidence) -> ContractId {
	strict();
	let id = evidence.contract();
	run(1);
	clean_windows(4);
	assert_ok!(Reporter::clean().fault(id).send());
	id
}

fn appeal(leg: LegId, window: u32, evidence: AppealEvidence) -> DispatchResult {
	StorageContracts::appeal_fault(by(STRANGER), leg, Window(window), evidence)
}

#[test]
fn appeal_with_an_answer_in_time_makes_the_window_paid() {
	TestExt::new().build_and_execute(|| {
		let evidence = Evidence::new(Window(4));
		let id = faulted(&evidence);
		assert_ok!(appeal(leg_id(id), 4, evidence.show(leg_id(id))));
		assert_eq!((leg(id).faults, stream(BOB).cases), (0, 0));
		assert_noop!(appeal(leg_id(id), 4, evidence.show(leg_id(id))), Error::<Test>::UnknownFault);
		clean_until(Window(12));
		run(10);
		assert_eq!(close(id), (10, 10 * UNIT, 0));
	});
}

#[test]
fn appeal_reverses_an_outage_of_which_nothing_was_counted() {
	TestExt::new().build_and_execute(|| {
		strict();
		let evidence = Evidence::new(Window(4));
		let id = evidence.contract();
		run(1);
		clean_windows(4);
		assert_ok!(Reporter::clean().outage(BOB).send());
		let show = evidence.show(leg_id(id));
		let leg = leg_id(id);
		let appeal = |window, evidence| {
			StorageContracts::appeal_outage(by(STRANGER), leg, Window(window), evidence)
		};
		assert_noop!(appeal(3, show.clone()), Error::<Test>::UnknownOutage);
		assert_noop!(appeal(1, show.clone()), Error::<Test>::NotDue);
		assert_ok!(appeal(4, show));
		clean_until(Window(12));
		assert_eq!(close(id), (10, 10 * UNIT, 0));
		assert_eq!(MockCases::get(BOB), Some(0));
	});
}

#[test]
fn appeal_fails_when_it_comes_too_late_or_on_a_block_unknown_here() {
	TestExt::new().build_and_execute(|| {
		let evidence = Evidence::new(Window(4));
		let id = faulted(&evidence);
		let show = evidence.show(leg_id(id));
		let elsewhere = AppealEvidence { at: 121, ..show.clone() };
		assert_noop!(appeal(leg_id(id), 4, elsewhere), Error::<Test>::UnknownBlock);
		run(10);
		assert_noop!(appeal(leg_id(id), 4, show), Error::<Test>::AppealTooLate);
	});
}

#[test]
fn appeal_fails_on_forged_evidence() {
	TestExt::new().build_and_execute(|| {
		let evidence = Evidence::new(Window(4));
		let id = faulted(&evidence);
		let good = evidence.show(leg_id(id));
		let refuse = |evidence: AppealEvidence| {
			assert_noop!(appeal(leg_id(id), 4, evidence), Error::<Test>::BadEvidence);
		};
		refuse(AppealEvidence { offset: good.offset + 1, ..good.clone() });
		refuse(AppealEvidence { offset: u32::MAX, ..good.clone() });
		refuse(AppealEvidence { extrinsic: 0, ..good.clone() });
		refuse(AppealEvidence { extrinsic_proof: vec![], ..good.clone() });
		refuse(AppealEvidence { state_proof: vec![], ..good.clone() });
		let mut header = good.header.clone();
		header.extrinsics_root = H256::repeat_byte(7);
		refuse(AppealEvidence { header, ..good.clone() });
		let mut state_proof = good.state_proof.clone();
		state_proof[0][0] ^= 1;
		refuse(AppealEvidence { state_proof, ..good.clone() });
		let huge = AppealEvidence { state_proof: vec![vec![0; 1_200 * 1024]], ..good };
		assert_noop!(appeal(leg_id(id), 4, huge), Error::<Test>::EvidenceTooLarge);
	});
}

#[test]
fn appeal_fails_for_an_answer_after_the_window_or_to_another_leg() {
	TestExt::new().build_and_execute(|| {
		let evidence = Evidence::new(Window(4));
		let id = faulted(&evidence);
		let late = Evidence { block: 110, ..Evidence::new(Window(4)) };
		let refuse = |evidence: AppealEvidence| {
			assert_noop!(appeal(leg_id(id), 4, evidence), Error::<Test>::BadEvidence);
		};
		refuse(late.show(leg_id(id)));
		refuse(evidence.show(LegId(77)));
		let other_seed = Evidence { seed: ChallengeSeed([8; 32]), ..Evidence::new(Window(5)) };
		refuse(other_seed.show(leg_id(id)));
	});
}

#[test]
fn audit_answered_pays_the_provider_its_costs() {
	TestExt::new().build_and_execute(|| {
		let evidence = Evidence::new(Window(4));
		let id = evidence.contract();
		let chunks = vec![0u64, 5, 1_023];
		let demand = |who, chunks: Vec<u64>| {
			let chunks = chunks.try_into().expect("few");
			StorageContracts::demand_audit(by(who), id, chunks)
		};
		assert_noop!(demand(BOB, chunks.clone()), Error::<Test>::NotClient);
		for bad in [vec![], vec![5, 5], vec![6, 5], vec![1_024]] {
			assert_noop!(demand(ALICE, bad), Error::<Test>::ChunksInvalid);
		}
		assert_ok!(demand(ALICE, chunks.clone()));
		assert_noop!(demand(ALICE, chunks.clone()), Error::<Test>::AuditOpen);
		let answer = |indices: &[u64]| {
			let proof = prove(evidence.data.as_slice(), indices);
			StorageContracts::answer_audit(by(STRANGER), id, proof)
		};
		assert_noop!(answer(&[0, 5, 1_022]), Error::<Test>::BadProof);
		assert_noop!(StorageContracts::fail_audit(by(ALICE), id), Error::<Test>::AuditOpen);
		assert_ok!(answer(&chunks));
		assert_eq!(free(&BOB), FUNDS + AUDIT_DEPOSIT);
		assert_noop!(answer(&chunks), Error::<Test>::NoAudit);
	});
}

#[test]
fn audit_missed_ends_the_contract_at_its_providers_cost() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 20);
		run(1);
		clean_windows(4);
		let chunks = vec![1u64].try_into().expect("few");
		assert_ok!(StorageContracts::demand_audit(by(ALICE), id, chunks));
		run(AUDIT_PERIOD);
		assert_noop!(StorageContracts::fail_audit(by(ALICE), id), Error::<Test>::AuditOpen);
		run(1);
		Congested::set(true);
		assert_noop!(StorageContracts::fail_audit(by(ALICE), id), Error::<Test>::AuditOpen);
		Congested::set(false);
		let stake = UNIT * Balance::from(COLLATERAL_WINDOWS);
		assert_ok!(StorageContracts::fail_audit(by(STRANGER), id));
		assert_eq!(collateral(), FUNDS - stake);
		assert_eq!(free(&TREASURY), stake.div_ceil(5));
		assert_eq!(held(&ALICE), 0);
		let end = leg(id).end;
		assert!(end < Window(22), "{end}");
		clean_until(end);
		close(id);
	});
}

#[test]
fn audit_keeps_its_contract_open() {
	TestExt::new().build_and_execute(|| {
		let id = contract(ALICE, BOB, 5);
		run(1);
		clean_windows(4);
		let chunks = vec![1u64].try_into().expect("few");
		assert_ok!(StorageContracts::demand_audit(by(ALICE), id, chunks));
		clean_until(Window(7));
		assert_noop!(StorageContracts::close(by(BOB), id), Error::<Test>::AuditOpen);
		run(AUDIT_PERIOD + 1);
		assert_ok!(StorageContracts::fail_audit(by(ALICE), id));
		assert_eq!(close(id), (5, 5 * UNIT, 0));
	});
}
