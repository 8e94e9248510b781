// SPDX-License-Identifier: Apache-2.0
//! People who vote on the main chain.

use crate::{Chain, Main, Outcome};
use codec::Encode;
use frame_support::traits::{schedule::DispatchTime, Bounded};
use frame_system::RawOrigin;
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use pallet_referenda::{ReferendumCount, ReferendumInfo, ReferendumInfoFor};
use sp_keyring::Sr25519Keyring;
use sp_runtime::traits::{BlakeTwo256, Hash};
use terrace_main_runtime::{origins::Origin, OriginCaller, Runtime, RuntimeCall};
use terrace_runtime_common::constants::UNIT;

/// Longest call that a referendum holds itself.
const INLINE: usize = 128;
/// Blocks of a minute and a half: no referendum of a test network takes longer.
pub const LONGEST: u32 = 45;

/// How a referendum ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
	/// Most were for it.
	Approved,
	/// Too few were for it.
	Rejected,
	/// It was called off.
	Cancelled,
}

/// In the name of root.
pub fn root() -> OriginCaller {
	OriginCaller::system(RawOrigin::Root)
}

/// In the name of the chains' administration.
pub fn chain_admin() -> OriginCaller {
	OriginCaller::Origins(Origin::ChainAdmin)
}

/// In the name of the general administration.
pub fn general_admin() -> OriginCaller {
	OriginCaller::Origins(Origin::GeneralAdmin)
}

/// In the name of those who dispatch what is on the whitelist.
pub fn fast() -> OriginCaller {
	OriginCaller::Origins(Origin::WhitelistedCaller)
}

/// Proposes a call and puts the deposits down; returns the number of the referendum.
pub fn propose(
	main: &mut Main,
	who: Sr25519Keyring,
	origin: OriginCaller,
	call: impl Into<RuntimeCall>,
) -> u32 {
	let bytes = call.into().encode();
	let proposal = if bytes.len() <= INLINE {
		Bounded::Inline(bytes.try_into().expect("it is short"))
	} else {
		let (hash, len) = (BlakeTwo256::hash(&bytes), bytes.len() as u32);
		let note = pallet_preimage::Call::note_preimage { bytes };
		assert_eq!(main.submit(who, note), Outcome::Applied);
		Bounded::Lookup { hash, len }
	};
	let index = main.with(ReferendumCount::<Runtime>::get);
	let submit = pallet_referenda::Call::submit {
		proposal_origin: Box::new(origin),
		proposal,
		enactment_moment: DispatchTime::After(0),
	};
	assert_eq!(main.submit(who, submit), Outcome::Applied);
	let deposit = pallet_referenda::Call::place_decision_deposit { index };
	assert_eq!(main.submit(who, deposit), Outcome::Applied);
	index
}

/// Votes with so many tokens, locked for one period.
pub fn vote(main: &mut Main, who: Sr25519Keyring, index: u32, aye: bool, units: u128) -> Outcome {
	let vote = Vote { aye, conviction: Conviction::Locked1x };
	let vote = AccountVote::Standard { vote, balance: units * UNIT };
	main.submit(who, pallet_conviction_voting::Call::vote { poll_index: index, vote })
}

/// How the referendum ended, if it has.
pub fn verdict(main: &mut Main, index: u32) -> Option<Verdict> {
	let info = main.with(|| ReferendumInfoFor::<Runtime>::get(index)).expect("it was proposed");
	match info {
		ReferendumInfo::Ongoing(_) => None,
		ReferendumInfo::Approved(..) => Some(Verdict::Approved),
		ReferendumInfo::Rejected(..) => Some(Verdict::Rejected),
		_ => Some(Verdict::Cancelled),
	}
}

/// Lets blocks pass until the referendum has ended, and what it decided was done.
pub fn wait(main: &mut Main, index: u32) -> Verdict {
	for _ in 0..LONGEST {
		if let Some(verdict) = verdict(main, index) {
			main.blocks(5);
			return verdict;
		}
		main.blocks(1);
	}
	panic!("referendum {index} takes longer than a minute and a half");
}

/// Proposes a call that Alice and Bob are for, and waits until it was dispatched.
pub fn decide(main: &mut Main, origin: OriginCaller, call: impl Into<RuntimeCall>) {
	let index = propose(main, Sr25519Keyring::Alice, origin, call);
	for who in [Sr25519Keyring::Alice, Sr25519Keyring::Bob] {
		assert_eq!(vote(main, who, index, true, 500_000), Outcome::Applied);
	}
	assert_eq!(wait(main, index), Verdict::Approved);
}
