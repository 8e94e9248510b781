// SPDX-License-Identifier: Apache-2.0
//! Which authority sets are followed.
use super::*;
use crate::verify::is_weak;
use sp_core::{ed25519, hex2array};

/// A key of its raw bytes.
fn key(bytes: [u8; 32]) -> AuthorityId {
	ed25519::Public::from_raw(bytes).into()
}

/// The reduced encoding of the neutral point, under which everybody can sign.
fn neutral() -> [u8; 32] {
	let mut bytes = [0; 32];
	bytes[0] = 1;
	bytes
}

/// Lists that no client may take.
fn bad_lists() -> [(AuthorityList, &'static str); 6] {
	let four = || list(&accounts(20..24));
	let mut heavy = four();
	heavy[2].1 = 2;
	let mut weightless = four();
	weightless[2].1 = 0;
	let mut double = four();
	double[3].0 = double[1].0.clone();
	let mut weak = four();
	weak[0].0 = key(neutral());
	[
		(vec![], "empty"),
		(list(&accounts(0..101)), "too many"),
		(heavy, "a weight of two"),
		(weightless, "a weight of none"),
		(double, "a member twice"),
		(weak, "a key of small order"),
	]
}

#[test]
fn register_child_fails_when_the_authorities_are_no_valid_set() {
	TestExt::new().build_and_execute(|| {
		for (list, why) in bad_lists() {
			let birth = Birth::new().authorities(list);
			println!("{why}");
			assert_noop!(birth.register(), Error::<Test>::BadAuthoritySet);
		}
	});
}

/// Case 27.
#[test]
fn submit_finality_fails_when_the_next_authorities_are_no_valid_set() {
	let members = accounts(0..4);
	following(&members).build_and_execute(|| {
		for (list, why) in bad_lists() {
			let header = header_with(START + 1, [hand_over(list)]);
			println!("{why}");
			assert_noop!(submit(finalised(header, &members)), Error::<Test>::BadAuthoritySet);
		}
		let header = header_with(START + 1, [hand_over(list(&accounts(0..100)))]);
		assert_ok!(submit(finalised(header, &members)));
	});
}

#[test]
fn a_weak_key_is_one_that_everybody_can_sign_with() {
	let points = [
		hex2array!("0000000000000000000000000000000000000000000000000000000000000000"),
		hex2array!("0100000000000000000000000000000000000000000000000000000000000000"),
		hex2array!("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
		hex2array!("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
		hex2array!("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
		hex2array!("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
		hex2array!("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
	];
	let mut forged = [0; 64];
	forged[..32].copy_from_slice(&neutral());
	let forgeable = |bytes: [u8; 32]| {
		[&b"one message"[..], b"another one", b"a third"].iter().all(|message| {
			sp_io::crypto::ed25519_verify(
				&ed25519::Signature::from_raw(forged),
				message,
				&ed25519::Public::from_raw(bytes),
			)
		})
	};
	for point in points {
		let mut negative = point;
		negative[31] |= 0x80;
		for bytes in [point, negative] {
			assert!(forgeable(bytes), "{}", key(bytes));
			assert!(is_weak(&key(bytes)), "{}", key(bytes));
		}
	}
	for account in accounts(0..50) {
		let strong = AuthorityId::from(account);
		assert!(!forgeable(account.public().to_bytes()), "{strong}");
		assert!(!is_weak(&strong), "{strong}");
	}
}

#[test]
fn a_reduced_point_next_to_a_weak_one_is_strong() {
	for first in 2..19 {
		let mut bytes = [0; 32];
		bytes[0] = first;
		assert!(!is_weak(&key(bytes)), "{first}");
		let mut unreduced =
			hex2array!("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
		unreduced[0] += first;
		assert!(!is_weak(&key(unreduced)), "{first}");
	}
}
