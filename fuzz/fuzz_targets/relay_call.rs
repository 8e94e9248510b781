// SPDX-License-Identifier: Apache-2.0
//! The arguments of a relay call, and what they carry: whatever the bytes are, reading them ends, and
//! what was read says the same when it is written again.
#![no_main]

use codec::{Decode, DecodeLimit, Encode};
use libfuzzer_sys::fuzz_target;
use sp_core::H256;
use sp_weights::Weight;
use terrace_layers::{
	ChainId, Direction, FinalityProof, LaneId, LaneState, StateProof, VersionedMessage,
};

/// As deep as the runtime lets the decoder of an extrinsic go.
const DEPTH: u32 = 256;

/// The arguments, in their order.
type Relay = (
	ChainId,
	LaneId,
	Option<Box<FinalityProof>>,
	u32,
	StateProof,
	u64,
	Vec<Vec<u8>>,
	Vec<H256>,
	Weight,
);

fn message(payload: &[u8]) {
	if let Ok(message) = VersionedMessage::from_payload(payload) {
		assert_eq!(VersionedMessage::to_payload(message), payload);
	}
}

fn lane(bytes: &[u8]) {
	if let Some(state) = LaneState::read(bytes) {
		let written = state.encode();
		assert!(bytes.starts_with(&written), "{state:?}");
		assert!(state.version != LaneState::VERSION || bytes == written, "{state:?}");
	}
}

fn call(bytes: &[u8]) {
	let Ok(call) = Relay::decode_with_depth_limit(DEPTH, &mut &*bytes) else { return };
	let again = Relay::decode(&mut &call.encode()[..]);
	assert_eq!(again.as_ref(), Ok(&call));
	let (source, id, finality, _, _, first, messages, tail, _) = call;
	if let Some(proof) = finality {
		let _ = (proof.header.hash(), terrace_layers::binding_of(&proof.header.digest));
	}
	messages.iter().for_each(|payload| message(payload));
	let way = Direction { source, target: ChainId::default(), lane: id, incarnation: 0 };
	let Some(before) = first.checked_sub(1) else { return };
	match way.extend(before, H256::zero(), &messages, &tail) {
		Some(chain) => {
			assert_eq!(chain.delivered.0 - before, messages.len() as u64);
			assert_eq!(chain.end.0 - chain.delivered.0, tail.len() as u64);
		}
		None => assert!(before.checked_add((messages.len() + tail.len()) as u64).is_none()),
	}
}

fuzz_target!(|bytes: &[u8]| {
	call(bytes);
	message(bytes);
	lane(bytes);
});
