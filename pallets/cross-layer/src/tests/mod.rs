// SPDX-License-Identifier: Apache-2.0
//! Relaying is split by what goes wrong: the proof, the lane, the messages, the fee.

mod abandon;
mod authorize;
mod beacon;
mod blockers;
mod budget;
mod dead_letters;
mod extension;
mod fees;
mod free;
mod lane;
mod lanes;
mod long_run;
mod proof;
mod prop;
mod redispatch;
mod release_limit;
mod scenarios;
mod send;
mod send_admin;
mod trace;
mod transfer;
mod try_state;
mod views;
mod weights;

pub(crate) use crate::{
	mock::*, Acked, Acknowledged, DeadLetterNonces, DeadLetters, Error, Event, Lanes, Locked,
	Outbox, Pallet,
};
pub(crate) use codec::Encode;
pub(crate) use frame_support::{
	assert_noop, assert_ok,
	dispatch::{DispatchResultWithPostInfo, Pays},
	weights::Weight,
};
pub(crate) use sp_core::H256;
pub(crate) use sp_runtime::DispatchError;
pub(crate) use terrace_layers::{
	keys, limits, ChainId, Direction, LaneId, LaneState, Message, Relation, SendMessage,
	VersionedMessage,
};

/// Asserts that `relay` is refused on `target`, changes nothing there and never enters a pool.
pub(crate) fn refuse(target: &mut Chain, relay: &Relay, error: Error<Test>) {
	target.run(|| {
		assert!(relay.authorize().is_err(), "a pool takes what is refused with {error:?}");
		assert_noop!(relay.submit(), error);
	});
}

/// Name of a message that the contract chain has sent up.
pub(crate) fn trace_up(lane: LaneId, nonce: u64) -> H256 {
	Direction { source: CONTRACT, target: MAIN, lane, incarnation: 0 }.trace_id(nonce)
}

/// Name of a message that the main chain has sent down.
pub(crate) fn trace_down(lane: LaneId, nonce: u64) -> H256 {
	Direction { source: MAIN, target: CONTRACT, lane, incarnation: 0 }.trace_id(nonce)
}

/// Sends `count` heartbeats up, marked with their numbers from 1.
pub(crate) fn send_up(world: &mut World, count: u32) {
	for mark in 1..=count {
		assert_ok!(world.contract.send(heartbeat(mark, 0)));
	}
}

/// The heartbeats `marks`.
pub(crate) fn heartbeats(marks: impl IntoIterator<Item = u32>) -> Vec<Message> {
	marks.into_iter().map(|mark| heartbeat(mark, 0)).collect()
}
