// SPDX-License-Identifier: Apache-2.0
//! Tracks of referenda: what they cost, how long they take, and how many must agree.
//!
//! Percentages fall over the decision period from the first to the last number of a curve; approval is the
//! part of votes cast that says aye, support is the part of all tokens that does, without conviction.

use crate::{origins::Origin, Balance, BlockNumber, OriginCaller, Timing};
use alloc::{borrow::Cow, vec::Vec};
use frame_system::RawOrigin;
use pallet_referenda::{Curve, Track, TrackInfo, TracksInfo};
use sp_runtime::{str_array, FixedI64, Perbill};
use terrace_runtime_common::{
	constants::{DAYS, HOURS, MINUTES, UNIT},
	timing::Pace,
};

/// Everything, through root.
pub const ROOT: u16 = 0;
/// What the technical committee has put on the whitelist, through root.
pub const FAST: u16 = 1;
/// Fees, committee and treasury.
pub const GENERAL_ADMIN: u16 = 10;
/// Contract chains and what is below them.
pub const CHAIN_ADMIN: u16 = 11;

const fn percent(percent: i32) -> FixedI64 {
	FixedI64::from_rational(percent as u128, 100)
}

/// Approval that falls from all to half, fast at first.
const MOST: Curve = Curve::make_reciprocal(4, 28, percent(80), percent(50), percent(100));
const ROOT_SUPPORT: Curve = Curve::make_linear(28, 28, percent(0), percent(50));
const FAST_APPROVAL: Curve =
	Curve::make_reciprocal(16, 28 * 24, percent(96), percent(50), percent(100));
const FAST_SUPPORT: Curve = Curve::make_reciprocal(1, 28, percent(20), percent(5), percent(50));
const CHAIN_SUPPORT: Curve = Curve::make_reciprocal(14, 28, percent(20), percent(0), percent(50));
const GENERAL_SUPPORT: Curve = Curve::make_reciprocal(7, 28, percent(10), percent(0), percent(50));

/// On a test network one account of many decides, but not against another like it.
const TEST_SUPPORT: Curve = Curve::LinearDecreasing {
	length: Perbill::from_percent(100),
	floor: Perbill::from_percent(0),
	ceil: Perbill::from_percent(5),
};

/// Lengths of one track, in blocks.
struct Lengths {
	prepare: BlockNumber,
	decide: BlockNumber,
	confirm: BlockNumber,
	enact: BlockNumber,
}

/// Within a minute: the same for every track.
const TEST_LENGTHS: Lengths = Lengths { prepare: 3, decide: 20, confirm: 4, enact: 2 };

fn track(
	pace: Pace,
	(id, name): (u16, &str),
	(max_deciding, decision_deposit): (u32, Balance),
	lengths: Lengths,
	(min_approval, min_support): (Curve, Curve),
) -> Track<u16, Balance, BlockNumber> {
	let lengths = pace.pick(lengths, TEST_LENGTHS);
	let info = TrackInfo {
		name: str_array(name),
		max_deciding: pace.pick(max_deciding, max_deciding.max(10)),
		decision_deposit,
		prepare_period: lengths.prepare,
		decision_period: lengths.decide,
		confirm_period: lengths.confirm,
		min_enactment_period: lengths.enact,
		min_approval,
		min_support: pace.pick(min_support, TEST_SUPPORT),
	};
	Track { id, info }
}

fn all(pace: Pace) -> Vec<Track<u16, Balance, BlockNumber>> {
	let decide = 28 * DAYS;
	alloc::vec![
		track(
			pace,
			(ROOT, "root"),
			(1, 10_000 * UNIT),
			Lengths { prepare: 2 * HOURS, decide, confirm: DAYS, enact: DAYS },
			(MOST, ROOT_SUPPORT),
		),
		track(
			pace,
			(FAST, "fast"),
			(10, 1_000 * UNIT),
			Lengths { prepare: 30 * MINUTES, decide, confirm: 10 * MINUTES, enact: 10 * MINUTES },
			(FAST_APPROVAL, FAST_SUPPORT),
		),
		track(
			pace,
			(GENERAL_ADMIN, "general_admin"),
			(10, 1_000 * UNIT),
			Lengths { prepare: HOURS, decide, confirm: 3 * HOURS, enact: 10 * MINUTES },
			(MOST, GENERAL_SUPPORT),
		),
		track(
			pace,
			(CHAIN_ADMIN, "chain_admin"),
			(10, 5_000 * UNIT),
			Lengths { prepare: 2 * HOURS, decide, confirm: 12 * HOURS, enact: HOURS },
			(MOST, CHAIN_SUPPORT),
		),
	]
}

/// The tracks, at the pace that the genesis has set.
pub struct Tracks;

impl TracksInfo<Balance, BlockNumber> for Tracks {
	type Id = u16;
	type RuntimeOrigin = OriginCaller;

	fn tracks() -> impl Iterator<Item = Cow<'static, Track<u16, Balance, BlockNumber>>> {
		all(Timing::pace()).into_iter().map(Cow::Owned)
	}

	fn track_for(origin: &OriginCaller) -> Result<u16, ()> {
		match origin {
			OriginCaller::system(RawOrigin::Root) => Ok(ROOT),
			OriginCaller::Origins(Origin::WhitelistedCaller) => Ok(FAST),
			OriginCaller::Origins(Origin::GeneralAdmin) => Ok(GENERAL_ADMIN),
			OriginCaller::Origins(Origin::ChainAdmin) => Ok(CHAIN_ADMIN),
			_ => Err(()),
		}
	}
}
