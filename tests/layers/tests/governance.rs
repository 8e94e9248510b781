// SPDX-License-Identifier: Apache-2.0
//! Referenda on the main chain, on each track, from proposal to effect.

use codec::{Decode, Encode};
use frame_support::{traits::Get, weights::Weight};
use pallet_referenda::TracksInfo;
use sp_core::H256;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	Percent,
};
use terrace_layers::{views::NeighbourStatus, Layer};
use terrace_main_runtime::{
	dynamic_params, tracks, Balance, OriginCaller, Runtime, RuntimeCall, RuntimeParameters, Timing,
	TreasuryPalletId,
};
use terrace_runtime_common::{
	constants::{DAYS, UNIT},
	timing::{DecisionPace, Pace},
	upgrades,
};
use terrace_tests_layers::{
	governance::{
		chain_admin, decide, fast, general_admin, propose, root, verdict, vote, wait, Verdict,
	},
	Chain, Main, Outcome, World,
};

const ALICE: Sr25519Keyring = Sr25519Keyring::Alice;
const BOB: Sr25519Keyring = Sr25519Keyring::Bob;

fn main_chain() -> Main {
	let mut main = Main::new(None);
	main.blocks(2);
	main
}

fn announce() -> upgrades::Call<Runtime> {
	upgrades::Call::announce { code_hash: H256::repeat_byte(7), not_before: 0 }
}

fn is_announced(main: &mut Main) -> bool {
	main.with(upgrades::Announced::<Runtime>::exists)
}

fn treasury_share(share: u8) -> RuntimeCall {
	let value = Some(Percent::from_percent(share));
	let fees =
		dynamic_params::fees::Parameters::TreasuryShare(dynamic_params::fees::TreasuryShare, value);
	let key_value = RuntimeParameters::Fees(fees);
	pallet_parameters::Call::set_parameter { key_value }.into()
}

fn min_bond(bond: Balance) -> RuntimeCall {
	let chains =
		dynamic_params::chains::Parameters::MinBond(dynamic_params::chains::MinBond, Some(bond));
	let key_value = RuntimeParameters::Chains(chains);
	pallet_parameters::Call::set_parameter { key_value }.into()
}

#[test]
fn root_decides_within_a_minute_and_a_half() {
	let mut main = main_chain();
	let before = main.head().number;
	decide(&mut main, root(), announce());
	assert!(is_announced(&mut main));
	assert!(main.head().number - before <= 45, "{} blocks", main.head().number - before);
}

#[test]
fn what_most_tokens_are_against_does_not_happen() {
	let mut main = main_chain();
	let index = propose(&mut main, ALICE, root(), announce());
	assert_eq!(vote(&mut main, ALICE, index, true, 300_000), Outcome::Applied);
	assert_eq!(vote(&mut main, BOB, index, false, 500_000), Outcome::Applied);
	assert_eq!(wait(&mut main, index), Verdict::Rejected);
	assert!(!is_announced(&mut main));
}

#[test]
fn what_nobody_votes_on_does_not_happen() {
	let mut main = main_chain();
	let index = propose(&mut main, ALICE, root(), announce());
	assert_eq!(wait(&mut main, index), Verdict::Rejected);
	assert!(!is_announced(&mut main));
}

#[test]
fn tokens_that_are_not_there_do_not_vote() {
	let mut main = main_chain();
	let index = propose(&mut main, ALICE, root(), announce());
	let failed = vote(&mut main, BOB, index, true, 2_000_000);
	assert_eq!(failed, Outcome::Failed("InsufficientFunds".into()));
	assert_eq!(wait(&mut main, index), Verdict::Rejected);
}

#[test]
fn votes_lock_tokens_until_their_conviction_has_passed() {
	let mut main = main_chain();
	let index = propose(&mut main, ALICE, root(), announce());
	assert_eq!(vote(&mut main, BOB, index, true, 900_000), Outcome::Applied);
	assert_eq!(wait(&mut main, index), Verdict::Approved);
	let locked = |main: &mut Main| {
		main.with(|| {
			let locks = pallet_balances::Locks::<Runtime>::get(BOB.to_account_id());
			locks.iter().map(|lock| lock.amount).max().unwrap_or(0)
		})
	};
	assert_eq!(locked(&mut main), 900_000 * UNIT);
	main.blocks(20);
	let remove = pallet_conviction_voting::Call::remove_vote { class: Some(tracks::ROOT), index };
	assert_eq!(main.submit(BOB, remove), Outcome::Applied);
	let target = BOB.to_account_id().into();
	let unlock = pallet_conviction_voting::Call::unlock { class: tracks::ROOT, target };
	assert_eq!(main.submit(BOB, unlock), Outcome::Applied);
	assert_eq!(locked(&mut main), 0);
}

#[test]
fn nobody_gets_root_without_a_vote() {
	let mut main = main_chain();
	let call = RuntimeCall::from(announce());
	assert_eq!(main.submit(ALICE, announce()), Outcome::Failed("BadOrigin".into()));
	let schedule = pallet_referenda::Call::submit {
		proposal_origin: Box::new(OriginCaller::system(frame_system::RawOrigin::Signed(
			ALICE.to_account_id(),
		))),
		proposal: frame_support::traits::Bounded::Inline(
			call.encode().try_into().expect("it is short"),
		),
		enactment_moment: frame_support::traits::schedule::DispatchTime::After(0),
	};
	assert_eq!(main.submit(ALICE, schedule), Outcome::Failed("NoTrack".into()));
	assert!(!is_announced(&mut main));
}

/// Has the technical committee put a call on the whitelist.
fn whitelist(main: &mut Main, hash: H256) {
	let proposal = RuntimeCall::from(pallet_whitelist::Call::whitelist_call { call_hash: hash });
	let (proposal_hash, length_bound) = (BlakeTwo256::hash_of(&proposal), 1_000);
	type Committee = pallet_collective::Call<Runtime, pallet_collective::Instance1>;
	let propose = Committee::propose { threshold: 2, proposal: Box::new(proposal), length_bound };
	assert_eq!(main.submit(ALICE, propose), Outcome::Applied);
	for who in [ALICE, BOB] {
		let vote = Committee::vote { proposal: proposal_hash, index: 0, approve: true };
		assert_eq!(main.submit(who, vote), Outcome::Applied);
	}
	let close = Committee::close {
		proposal_hash,
		index: 0,
		proposal_weight_bound: Weight::from_parts(10_000_000_000, 1_000_000),
		length_bound,
	};
	assert_eq!(main.submit(BOB, close), Outcome::Applied);
}

fn dispatch_whitelisted(call: RuntimeCall) -> RuntimeCall {
	let call = Box::new(call);
	pallet_whitelist::Call::dispatch_whitelisted_call_with_preimage { call }.into()
}

#[test]
fn fast_track_does_what_the_committee_has_whitelisted() {
	let mut main = main_chain();
	let call = RuntimeCall::from(announce());
	whitelist(&mut main, BlakeTwo256::hash_of(&call));
	assert!(!is_announced(&mut main), "the committee alone does nothing");
	decide(&mut main, fast(), dispatch_whitelisted(call));
	assert!(is_announced(&mut main));
}

#[test]
fn fast_track_does_nothing_without_the_committee() {
	let mut main = main_chain();
	decide(&mut main, fast(), dispatch_whitelisted(announce().into()));
	assert!(!is_announced(&mut main));
	// Nor does it act in another name than that of the whitelist.
	decide(&mut main, fast(), announce());
	assert!(!is_announced(&mut main));
}

#[test]
fn strangers_to_the_committee_cannot_use_it() {
	let mut main = main_chain();
	let proposal = Box::new(RuntimeCall::from(announce()));
	let propose = pallet_collective::Call::<Runtime, pallet_collective::Instance1>::propose {
		threshold: 1,
		proposal,
		length_bound: 1_000,
	};
	let failed = main.submit(Sr25519Keyring::Dave, propose);
	assert_eq!(failed, Outcome::Failed("NotMember".into()));
}

#[test]
fn general_admin_tunes_fees_and_not_chains() {
	let mut main = main_chain();
	decide(&mut main, general_admin(), treasury_share(50));
	let share: Percent = main.with(dynamic_params::fees::TreasuryShare::get);
	assert_eq!(share, Percent::from_percent(50));
	let before: Balance = main.with(dynamic_params::chains::MinBond::get);
	decide(&mut main, general_admin(), min_bond(7 * UNIT));
	assert_eq!(main.with(dynamic_params::chains::MinBond::get), before);
	decide(&mut main, general_admin(), announce());
	assert!(!is_announced(&mut main));
}

#[test]
fn chain_admin_tunes_chains_and_not_fees() {
	let mut main = main_chain();
	decide(&mut main, chain_admin(), min_bond(7 * UNIT));
	assert_eq!(main.with(dynamic_params::chains::MinBond::get), 7 * UNIT);
	let before: Percent = main.with(dynamic_params::fees::TreasuryShare::get);
	decide(&mut main, chain_admin(), treasury_share(50));
	assert_eq!(main.with(dynamic_params::fees::TreasuryShare::get), before);
	decide(&mut main, chain_admin(), announce());
	assert!(!is_announced(&mut main));
}

fn treasury(main: &mut Main) -> Balance {
	use sp_runtime::traits::AccountIdConversion;
	let account: terrace_main_runtime::AccountId =
		TreasuryPalletId::get().into_account_truncating();
	main.with(|| pallet_balances::Pallet::<Runtime>::free_balance(account))
}

#[test]
fn treasury_gets_its_share_of_fees_and_spends_it_by_vote() {
	let mut main = main_chain();
	let (mut paid, before) = (0, treasury(&mut main));
	// Authors are paid from fees too: somebody who is none says what was paid.
	let payer = Sr25519Keyring::Charlie;
	for _ in 0..3 {
		let funds = main.free(payer);
		let remark = frame_system::Call::remark { remark: vec![1; 100_000] };
		assert_eq!(main.submit(payer, remark), Outcome::Applied);
		paid += funds - main.free(payer);
	}
	let gained = treasury(&mut main) - before;
	let expected = Percent::from_percent(20) * paid;
	assert!(gained.abs_diff(expected) <= 3, "{gained} of {paid}");

	let (who, amount) = (Sr25519Keyring::Ferdie, gained / 2);
	let funds = main.free(who);
	let spend = pallet_treasury::Call::spend {
		asset_kind: Box::new(()),
		amount,
		beneficiary: Box::new(who.to_account_id()),
		valid_from: None,
	};
	decide(&mut main, general_admin(), spend);
	assert_eq!(main.submit(ALICE, pallet_treasury::Call::payout { index: 0 }), Outcome::Applied);
	assert_eq!(main.free(who), funds + amount);
}

#[test]
fn general_admin_cannot_spend_more_than_its_limit() {
	let mut main = main_chain();
	let spend = pallet_treasury::Call::spend {
		asset_kind: Box::new(()),
		amount: 10_001 * UNIT,
		beneficiary: Box::new(ALICE.to_account_id()),
		valid_from: None,
	};
	decide(&mut main, general_admin(), spend);
	assert_eq!(main.with(pallet_treasury::SpendCount::<Runtime>::get), 0);
}

#[test]
fn nobody_alone_calls_a_referendum_off() {
	let mut main = main_chain();
	let index = propose(&mut main, BOB, root(), announce());
	let cancel = pallet_referenda::Call::cancel { index };
	assert_eq!(main.submit(ALICE, cancel), Outcome::Failed("BadOrigin".into()));
	assert_eq!(verdict(&mut main, index), None);
}

fn status_of(world: &mut World) -> NeighbourStatus {
	let child = world.contract.id();
	let all = world.main.neighbours();
	all.into_iter().find(|view| view.chain == child).expect("it is registered").status
}

#[test]
fn chain_admin_freezes_and_unfreezes_a_chain() {
	let mut world = World::new();
	let chain = world.contract.id();
	let set = |status| pallet_chain_registry::Call::<Runtime>::set_status { chain, status };
	decide(&mut world.main, chain_admin(), set(NeighbourStatus::Halted));
	assert_eq!(status_of(&mut world), NeighbourStatus::Halted);
	let outcome = world.main.transfer_down(chain, ALICE, UNIT);
	assert_eq!(outcome, Outcome::Failed("NotSending".into()));
	decide(&mut world.main, chain_admin(), set(NeighbourStatus::Active));
	assert_eq!(status_of(&mut world), NeighbourStatus::Active);
	assert_eq!(world.main.transfer_down(chain, ALICE, UNIT), Outcome::Applied);
}

#[test]
fn chain_admin_jumps_to_another_set_and_approves_code() {
	let mut world = World::new();
	let chain = world.contract.id();
	world.contract.blocks(5);
	let checkpoint = terrace_tests_layers::checkpoint(&mut world.contract);
	let number = checkpoint.number;
	let force = pallet_chain_registry::Call::<Runtime>::force_set {
		chain,
		checkpoint: Box::new(checkpoint),
		incarnation: None,
	};
	decide(&mut world.main, chain_admin(), force);
	let all = world.main.neighbours();
	assert!(all.iter().any(|view| view.chain == chain && view.best_number == number), "{all:?}");
	let (layer, hash) = (Layer::Contract, H256::repeat_byte(3));
	let approve = pallet_chain_registry::Call::<Runtime>::approve_code { layer, hash };
	assert_eq!(world.main.submit(ALICE, approve.clone()), Outcome::Failed("BadOrigin".into()));
	decide(&mut world.main, chain_admin(), approve);
	let approved = || pallet_chain_registry::ApprovedCode::<Runtime>::contains_key((layer, hash));
	assert!(world.main.with(approved));
}

#[test]
fn chain_admin_retires_a_chain() {
	let mut world = World::new();
	let chain = world.contract.id();
	let retire = pallet_chain_registry::Call::<Runtime>::deregister { chain };
	decide(&mut world.main, chain_admin(), retire);
	assert_eq!(status_of(&mut world), NeighbourStatus::Draining);
}

#[test]
fn live_networks_take_days() {
	let mut main = main_chain();
	main.with(|| {
		DecisionPace::<Runtime>::put(Pace::Days);
		assert_eq!(Timing::pace(), Pace::Days);
		for track in tracks::Tracks::tracks() {
			assert_eq!(track.info.decision_period, 28 * DAYS, "track {}", track.id);
		}
		let root = tracks::Tracks::info(tracks::ROOT).expect("it is there");
		assert_eq!((root.confirm_period, root.min_enactment_period), (DAYS, DAYS));
		let notice: u32 = <Runtime as upgrades::Config>::Notice::get();
		assert_eq!(notice, DAYS);
	});
}

#[test]
fn tracks_are_in_order_and_each_belongs_to_one_origin() {
	let mut main = main_chain();
	main.with(|| {
		assert_eq!(tracks::Tracks::check_integrity(), Ok(()));
		let ids: Vec<_> = [root(), fast(), general_admin(), chain_admin()]
			.iter()
			.map(|origin| tracks::Tracks::track_for(origin).expect("it has one"))
			.collect();
		let known: Vec<_> = tracks::Tracks::track_ids().collect();
		assert_eq!(ids, known);
		let none = OriginCaller::system(frame_system::RawOrigin::None);
		assert_eq!(tracks::Tracks::track_for(&none), Err(()));
	});
}

#[test]
fn command_line_reads_what_the_chain_keeps() {
	use terrace_client::gov::{Proposal, Referendum};
	let mut main = main_chain();
	let long = frame_system::Call::remark { remark: vec![7; 200] };
	let first = propose(&mut main, ALICE, root(), announce());
	let second = propose(&mut main, BOB, chain_admin(), long);
	assert_eq!(vote(&mut main, ALICE, first, true, 1_000), Outcome::Applied);
	let read = |main: &mut Main, index: u32| {
		let key =
			terrace_layers::keys::map_blake2("Referenda", "ReferendumInfoFor", &index.encode());
		let bytes = main.with(|| sp_io::storage::get(&key)).expect("it is kept");
		Referendum::read(&bytes).expect("it is understood")
	};
	let Referendum::Ongoing(ongoing) = read(&mut main, first) else { panic!("it is under way") };
	let call = RuntimeCall::from(announce()).encode();
	assert_eq!((ongoing.track, ongoing.origin), (tracks::ROOT, (0, 0)));
	assert_eq!(ongoing.proposal, Proposal::Inline(call));
	assert_eq!(ongoing.submission_deposit.0, ALICE.to_account_id());
	assert!(ongoing.decision_deposit.is_some());
	let votes = 1_000 * UNIT;
	assert_eq!((ongoing.tally.ayes, ongoing.tally.nays, ongoing.tally.support), (votes, 0, votes));
	let Referendum::Ongoing(noted) = read(&mut main, second) else { panic!("it is under way") };
	assert_eq!(noted.track, tracks::CHAIN_ADMIN);
	assert!(matches!(noted.proposal, Proposal::Noted(_, 204..)), "{:?}", noted.proposal);
	wait(&mut main, first);
	assert!(!matches!(read(&mut main, first), Referendum::Ongoing(_)));
	decide(&mut main, root(), announce());
	let bytes =
		main.with(|| sp_io::storage::get(&terrace_layers::keys::value("Upgrades", "Announced")));
	let announced = terrace_client::gov::Announced::decode(&mut &bytes.expect("it is kept")[..]);
	assert_eq!(announced.expect("it is understood").code_hash, H256::repeat_byte(7));
}
