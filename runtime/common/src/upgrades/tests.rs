// SPDX-License-Identifier: Apache-2.0
//! Tests of announced upgrades.

use super::*;
use crate::mock::*;
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{GetDispatchInfo, PostDispatchInfo},
	pallet_prelude::TransactionSource,
	traits::Authorize,
};
use sp_core::{storage::well_known_keys::CODE, H256};
use sp_runtime::{
	traits::BlakeTwo256,
	transaction_validity::{TransactionValidityError, ValidTransaction},
	DispatchError,
};

const ALICE: u64 = 1;

fn hash(code: &[u8]) -> H256 {
	BlakeTwo256::hash(code)
}

/// Announces code and lets its notice pass.
fn ready(code: &[u8]) {
	assert_ok!(Upgrades::announce(RuntimeOrigin::root(), hash(code), 0));
	System::set_block_number(1 + NOTICE);
}

fn apply(code: &[u8]) -> DispatchResultWithPostInfo {
	Upgrades::apply(RuntimeOrigin::signed(ALICE), code.to_vec())
}

fn authorize(code: &[u8]) -> Result<ValidTransaction, TransactionValidityError> {
	let call = RuntimeCall::Upgrades(Call::apply { code: code.to_vec() });
	let answer = call.authorize(TransactionSource::External);
	answer.expect("it needs no account").map(|(valid, _)| valid)
}

/// Asserts that `code` is refused everywhere, and that nothing has changed.
fn refused(code: &[u8], error: Error<Test>, validity: TransactionValidityError) {
	assert_eq!(authorize(code), Err(validity));
	assert_noop!(apply(code).map_err(without_info), DispatchError::from(error));
}

fn without_info(failed: sp_runtime::DispatchErrorWithPostInfo<PostDispatchInfo>) -> DispatchError {
	failed.error
}

#[test]
fn announced_code_is_applied_by_anyone_for_nothing() {
	run(|| {
		let new = code("mock", 8);
		ready(&new);
		let valid = authorize(&new).expect("it may be applied");
		assert_eq!((valid.priority, valid.provides.len()), (PRIORITY, 1));
		let done = apply(&new).expect("it applies");
		assert_eq!(done.pays_fee, Pays::No);
		assert_eq!(sp_io::storage::get(CODE).map(|code| code.to_vec()), Some(new.clone()));
		assert_eq!(Announced::<Test>::get(), None);
		let applied = Event::UpgradeApplied { code_hash: hash(&new) };
		assert!(events().contains(&applied.into()));
	});
}

#[test]
fn code_is_applied_without_an_account() {
	run(|| {
		let new = code("mock", 8);
		ready(&new);
		let origin = RuntimeOrigin::from(frame_system::RawOrigin::Authorized);
		assert_ok!(Upgrades::apply(origin, new.clone()));
		assert_eq!(sp_io::storage::get(CODE).map(|code| code.to_vec()), Some(new));
	});
}

#[test]
fn notice_is_kept_whatever_is_announced() {
	run(|| {
		let new = code("mock", 8);
		assert_ok!(Upgrades::announce(RuntimeOrigin::root(), hash(&new), 2));
		let (code_hash, not_before) = (hash(&new), 1 + NOTICE);
		let expected = Announcement { code_hash, not_before };
		assert_eq!(Announced::<Test>::get(), Some(expected));
		let event = Event::UpgradeAnnounced { code_hash, not_before };
		assert_eq!(events().last(), Some(&event.into()));
		System::set_block_number(NOTICE);
		let later = frame_support::pallet_prelude::UnknownTransaction::CannotLookup;
		refused(&new, Error::TooEarly, later.into());
		// A later day is kept as it is.
		assert_ok!(Upgrades::announce(RuntimeOrigin::root(), hash(&new), 100));
		System::set_block_number(99);
		refused(&new, Error::TooEarly, later.into());
		System::set_block_number(100);
		assert_ok!(apply(&new));
	});
}

#[test]
fn other_code_than_announced_is_refused() {
	run(|| {
		let stale = InvalidTransaction::Stale;
		refused(&code("mock", 8), Error::NothingAnnounced, stale.into());
		ready(&code("mock", 8));
		refused(&code("mock", 9), Error::WrongHash, InvalidTransaction::BadProof.into());
	});
}

#[test]
fn announced_code_that_is_no_upgrade_is_refused() {
	let cases = [
		(code("other", 8), Error::WrongName),
		(code("mock", 7), Error::VersionNotHigher),
		(code("mock", 6), Error::VersionNotHigher),
		(b"what has no version".to_vec(), Error::NoVersion),
	];
	for (bad, error) in cases {
		run(|| {
			ready(&bad);
			refused(&bad, error, InvalidTransaction::BadProof.into());
			// It can still be taken back, and another one announced.
			assert_ok!(Upgrades::cancel(RuntimeOrigin::root()));
			assert_ok!(Upgrades::announce(RuntimeOrigin::root(), hash(b"better"), 0));
		});
	}
}

#[test]
fn cancelled_code_is_refused() {
	run(|| {
		let new = code("mock", 8);
		let nothing = Error::<Test>::NothingAnnounced;
		assert_noop!(Upgrades::cancel(RuntimeOrigin::root()), nothing);
		ready(&new);
		assert_ok!(Upgrades::cancel(RuntimeOrigin::root()));
		assert_eq!(Announced::<Test>::get(), None);
		let cancelled = Event::UpgradeCancelled { code_hash: hash(&new) };
		assert_eq!(events().last(), Some(&cancelled.into()));
		refused(&new, Error::NothingAnnounced, InvalidTransaction::Stale.into());
	});
}

#[test]
fn only_root_announces_and_cancels() {
	run(|| {
		let new = code("mock", 8);
		let signed = || RuntimeOrigin::signed(ALICE);
		assert_noop!(Upgrades::announce(signed(), hash(&new), 0), DispatchError::BadOrigin);
		ready(&new);
		assert_noop!(Upgrades::cancel(signed()), DispatchError::BadOrigin);
		let nobody = RuntimeOrigin::none;
		assert_noop!(
			Upgrades::apply(nobody(), new).map_err(without_info),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn what_runs_already_is_not_announced() {
	run(|| {
		let new = code("mock", 8);
		ready(&new);
		assert_ok!(apply(&new));
		let again = Upgrades::announce(RuntimeOrigin::root(), hash(&new), 0);
		assert_noop!(again, Error::<Test>::AlreadyRunning);
	});
}

#[test]
fn newer_announcement_takes_the_place_of_the_older() {
	run(|| {
		let (old, new) = (code("mock", 8), code("mock", 9));
		ready(&old);
		assert_ok!(Upgrades::announce(RuntimeOrigin::root(), hash(&new), 0));
		System::set_block_number(1 + 2 * NOTICE);
		refused(&old, Error::WrongHash, InvalidTransaction::BadProof.into());
		assert_ok!(apply(&new));
	});
}

#[test]
fn applying_fits_a_block() {
	let info = Call::<Test>::apply { code: Vec::new() }.get_dispatch_info();
	let most = crate::constants::MAX_BLOCK_WEIGHT.ref_time() / 2;
	assert!(info.call_weight.ref_time() < most, "{:?}", info.call_weight);
}
