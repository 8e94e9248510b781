// SPDX-License-Identifier: Apache-2.0
//! Registration: who holds the keys of the child.
use super::*;

const NONE: Error<Test> = Error::<Test>::NoPossession;

fn with(signers: &[Account]) -> DispatchResult {
	Birth { signers: signers.to_vec(), ..Birth::new() }.register()
}

fn signing(statement: &[u8]) -> DispatchResult {
	let birth = Birth::new();
	let signatures: Vec<_> = accounts(20..24).iter().map(|who| sign(*who, statement)).collect();
	birth.register_signed(birth.genesis(), signatures.try_into().expect("four"), MIN_BOND)
}

#[test]
fn register_child_needs_a_signature_of_each_authority_in_order() {
	TestExt::new().build_and_execute(|| {
		Anchor::new(2).laid();
		assert_noop!(with(&[]), NONE);
		assert_noop!(with(&accounts(20..23)), NONE);
		assert_noop!(with(&accounts(20..25)), NONE);
		assert_noop!(with(&accounts(19..23)), NONE);
		let mut reversed = accounts(20..24);
		reversed.reverse();
		assert_noop!(with(&reversed), NONE);
		assert_noop!(with(&[20, 21, 22, 22].map(Account)), NONE);
		assert_ok!(with(&accounts(20..24)));
	});
}

#[test]
fn register_child_needs_signatures_for_this_parent_and_this_child() {
	TestExt::new().build_and_execute(|| {
		let child = Birth::new().id();
		assert_noop!(signing(&registration_statement(STRANGER, child)), NONE);
		assert_noop!(signing(&registration_statement(OWN, STRANGER)), NONE);
		assert_noop!(signing(&registration_statement(child, OWN)), NONE);
		assert_noop!(signing(b""), NONE);
		assert_ok!(signing(&registration_statement(OWN, child)));
	});
}

#[test]
fn register_child_takes_a_hundred_authorities() {
	TestExt::new().build_and_execute(|| {
		let members = accounts(100..200);
		let birth = Birth { signers: members.clone(), ..Birth::new() }.authorities(list(&members));
		assert_ok!(birth.register());
		let header = signed(header_of(birth.id(), 1), 0, quorum(&members));
		assert_ok!(submit_for(birth.id(), header));
	});
}
