// SPDX-License-Identifier: Apache-2.0
//! Pins what neighbours of other releases rely on, byte for byte.
//!
//! If a test here fails, chains and relayers that run the former release no longer understand this
//! one: add a new version beside the old one instead of changing what is pinned.

use codec::{Decode, Encode};
use sp_core::{sr25519, H256};
use sp_runtime::{generic::Digest, AccountId32, DigestItem};
use terrace_layers::{views::NeighbourStatus, *};
use terrace_possession::ContentId;

fn chain(byte: u8) -> ChainId {
	ChainId(H256::repeat_byte(byte))
}

fn assert_bytes(value: impl Encode, expected: &str) {
	assert_eq!(hex::encode(value.encode()), expected);
}

#[test]
fn proven_keys_stay_the_same() {
	let cases = [
		(keys::grandpa_authorities(), "5f9cc45b7a00c5899361e1c6099678dc5e0621c4869aa60c02be9adcc98a0d1d"),
		(keys::grandpa_set_id(), "5f9cc45b7a00c5899361e1c6099678dc8a2d09463effcc78a22d75b9cb87dffc"),
		(keys::code(), "3a636f6465"),
		(keys::origin(), "b87e92a4e41fd7868cfd4951ebb2663acc6755b2a7a58fa73881684c4da199a4"),
		(keys::total_issuance(), "c2261276cc9d1f8598ea4b6a74b15c2f57c875e4cff74148e4628f264b974c80"),
		(keys::lane(chain(0x11), LaneId::STORAGE), "3a28b15587a100272c19744209092318b6eb671beaf37eaf1d1785be68511a1eba213ddafb661156e140b9fe3d8cb69d111111111111111111111111111111111111111111111111111111111111111102"),
	];
	for (key, expected) in cases {
		assert_eq!(hex::encode(key), expected);
	}
}

#[test]
fn header_binding_stays_the_same() {
	assert_bytes(
		header_binding(chain(0x22)),
		"045452434584012222222222222222222222222222222222222222222222222222222222222222",
	);
}

#[test]
fn lane_state_stays_the_same() {
	let state = LaneState {
		version: 1,
		self_id: chain(0x33),
		incarnation: 4,
		out_nonce: 5,
		out_head: H256::repeat_byte(0x55),
		in_nonce: 6,
		in_head: H256::repeat_byte(0x66),
		open: true,
	};
	assert_bytes(&state, "01333333333333333333333333333333333333333333333333333333333333333304000000050000000000000055555555555555555555555555555555555555555555555555555555555555550600000000000000666666666666666666666666666666666666666666666666666666666666666601");
	assert!(state.encode().len() >= 33, "a shorter value would be inlined into its trie node");
}

#[test]
fn message_head_stays_the_same() {
	let direction =
		Direction { source: chain(1), target: chain(2), lane: LaneId::MONEY, incarnation: 0 };
	let head = direction.next_head(1, H256::zero(), payload_hash(b"payload"));
	assert_eq!(
		hex::encode(head),
		"b1459f4b0b54e42935390e5d872e659ade99de2ecc34fee7a9b72aa7d57a8be0"
	);
}

#[test]
fn what_people_and_keys_refer_to_stays_the_same() {
	let direction =
		Direction { source: chain(1), target: chain(2), lane: LaneId::STORAGE, incarnation: 3 };
	assert_bytes(
		direction.trace_id(4),
		"58959241f32b837cde7249c9fa6d004d13d12eb7461928699d6c33fb3982292d",
	);
	assert_eq!(
		hex::encode(registration_statement(chain(1), chain(2))),
		format!("746572726163652f72656769737465722f31{}{}", "01".repeat(32), "02".repeat(32))
	);
	let checkpoint = Checkpoint {
		chain: chain(1),
		layer: Layer::Main,
		number: 7,
		hash: H256::repeat_byte(8),
		state_root: H256::repeat_byte(9),
		set_id: 10,
		authorities: Authorities::default(),
	};
	assert_eq!(hex::encode(recovery_statement(chain(2), &checkpoint)), "746572726163652f7265636f7665722f3102020202020202020202020202020202020202020202020202020202020202021c83a4d34825919dd98ddbdcf31ad88422cb9baf049f41a406eeeecb3532f542");
	for (status, index) in [
		(NeighbourStatus::Active, 0u8),
		(NeighbourStatus::Halted, 1),
		(NeighbourStatus::Frozen, 2),
		(NeighbourStatus::Closed, 3),
		(NeighbourStatus::Expired, 4),
		(NeighbourStatus::Draining, 5),
	] {
		assert_eq!(status.encode(), [index]);
	}
}

#[test]
fn every_message_has_a_trace_of_its_own() {
	let way = Direction { source: chain(1), target: chain(2), lane: LaneId::ADMIN, incarnation: 0 };
	let others = [
		(Direction { source: chain(3), ..way }, 1),
		(Direction { target: chain(3), ..way }, 1),
		(Direction { lane: LaneId::MONEY, ..way }, 1),
		(Direction { incarnation: 1, ..way }, 1),
		(way, 2),
	];
	for (direction, nonce) in others {
		assert_ne!(direction.trace_id(nonce), way.trace_id(1));
	}
}

#[test]
fn a_lane_record_of_this_layout_is_read_to_its_last_byte() {
	let bytes = LaneState::new(chain(1), 2).encode();
	assert_eq!(LaneState::read(&bytes), Some(LaneState::new(chain(1), 2)));
	let longer = [bytes.clone(), vec![0]].concat();
	assert_eq!(LaneState::read(&longer), None);
	for length in 0..bytes.len() {
		assert_eq!(LaneState::read(&bytes[..length]), None, "{length} bytes");
	}
}

#[test]
fn a_lane_record_of_the_next_layout_is_read_as_far_as_it_is_known() {
	let next = LaneState { version: LaneState::VERSION + 1, ..LaneState::new(chain(1), 2) };
	let appended = |bytes: usize| [next.encode(), vec![7; bytes]].concat();
	for bytes in [0, 1, LaneState::MAX_APPENDED] {
		assert_eq!(LaneState::read(&appended(bytes)), Some(next.clone()), "{bytes} bytes more");
	}
	assert_eq!(LaneState::read(&appended(LaneState::MAX_APPENDED + 1)), None);
	for version in [0, LaneState::VERSION + 2, u8::MAX] {
		let other = LaneState { version, ..next.clone() };
		assert_eq!(LaneState::read(&other.encode()), None, "version {version}");
	}
}

fn payload(message: Message) -> Vec<u8> {
	VersionedMessage::to_payload(message)
}

#[test]
fn messages_stay_the_same() {
	let who = AccountId32::new([7; 32]);
	let leg = TrackedLeg {
		leg: LegId(1),
		stream: StreamId(2),
		provider: who.clone(),
		operator: sr25519::Public::from_raw([8; 32]),
		root: ContentId([9; 32]),
		size: 1_025,
		start: Window(3),
		end: Window(6),
		challenges: 2,
		interval: 3,
	};
	let batch = TrackBatch { batch: BatchId(1), legs: vec![leg].try_into().unwrap() };
	let report = Report {
		window: Window(4),
		part: 0,
		last: true,
		applied: BatchId(1),
		outages: vec![Outage { stream: StreamId(2), kind: OutageKind::Partial }]
			.try_into()
			.unwrap(),
		faults: vec![LegId(5)].try_into().unwrap(),
	};
	let cases = [
		(Message::Beacon(Beacon { epoch: 1, randomness: [2; 32] }), "010001000000000000000202020202020202020202020202020202020202020202020202020202020202"),
		(Message::Credit { who: who.clone(), amount: 3 }, "0101070707070707070707070707070707070707070707070707070707070707070703000000000000000000000000000000"),
		(Message::Release { who, amount: 4 }, "0102070707070707070707070707070707070707070707070707070707070707070704000000000000000000000000000000"),
		(Message::Track(batch), "010301000000000000000401000000000000000200000007070707070707070707070707070707070707070707070707070707070707070808080808080808080808080808080808080808080808080808080808080808090909090909090909090909090909090909090909090909090909090909090901040000000000000300000006000000020300"),
		(Message::Untrack(vec![LegId(5)].try_into().unwrap()), "0104040500000000000000"),
		(Message::Report(report), "0105040000000000010100000000000000040200000001040500000000000000"),
		(Message::Heartbeat { window: Window(1), round: 2 }, "01060100000002000000"),
		(Message::SetOperator { stream: StreamId(2), operator: sr25519::Public::from_raw([8; 32]) }, "0107020000000808080808080808080808080808080808080808080808080808080808080808"),
		(Message::Admin { spec_version: 9, call: vec![0, 1, 2].try_into().unwrap() }, "0108090000000c000102"),
	];
	for (message, expected) in cases {
		let bytes = payload(message.clone());
		assert_eq!(hex::encode(&bytes), expected, "{message:?}");
		assert_eq!(VersionedMessage::from_payload(&bytes), Ok(message));
	}
}

#[test]
fn payload_with_a_trailing_byte_is_refused() {
	let mut bytes = payload(Message::Heartbeat { window: Window(1), round: 2 });
	bytes.push(0);
	assert!(VersionedMessage::from_payload(&bytes).is_err());
}

#[test]
fn payload_of_an_unknown_version_or_variant_is_refused() {
	assert!(VersionedMessage::from_payload(&[2, 6, 0, 0, 0, 0, 0, 0, 0, 0]).is_err());
	assert!(VersionedMessage::from_payload(&[1, 250]).is_err());
	assert!(VersionedMessage::from_payload(&[]).is_err());
}

#[test]
fn payload_longer_than_a_message_is_refused() {
	let bytes = vec![1; limits::MAX_MESSAGE as usize + 1];
	assert!(VersionedMessage::from_payload(&bytes).is_err());
}

#[test]
fn the_longest_report_and_batch_fit_a_message() {
	let outage = Outage { stream: StreamId(u32::MAX), kind: OutageKind::Partial };
	let report = Report {
		window: Window(u32::MAX),
		part: u16::MAX,
		last: true,
		applied: BatchId(u64::MAX),
		outages: vec![outage; MAX_EXCEPTIONS_PER_PART as usize].try_into().unwrap(),
		faults: vec![LegId(u64::MAX); MAX_EXCEPTIONS_PER_PART as usize].try_into().unwrap(),
	};
	assert!(payload(Message::Report(report)).len() <= limits::MAX_MESSAGE as usize);
	let leg = TrackedLeg {
		leg: LegId(u64::MAX),
		stream: StreamId(u32::MAX),
		provider: AccountId32::new([0; 32]),
		operator: sr25519::Public::from_raw([0; 32]),
		root: ContentId([0; 32]),
		size: u64::MAX,
		start: Window(0),
		end: Window(u32::MAX),
		challenges: u8::MAX,
		interval: u16::MAX,
	};
	let legs = vec![leg; MAX_LEGS_PER_BATCH as usize].try_into().unwrap();
	let batch = TrackBatch { batch: BatchId(u64::MAX), legs };
	assert!(payload(Message::Track(batch)).len() <= limits::MAX_MESSAGE as usize);
	let call = vec![0; MAX_ADMIN_CALL as usize].try_into().unwrap();
	assert!(
		payload(Message::Admin { spec_version: u32::MAX, call }).len()
			<= limits::MAX_MESSAGE as usize
	);
}

fn digest(logs: Vec<DigestItem>) -> Digest {
	Digest { logs }
}

#[test]
fn a_header_is_bound_to_the_chain_it_names() {
	assert_eq!(binding_of(&digest(vec![header_binding(chain(1))])), Some(chain(1)));
}

#[test]
fn a_header_without_a_binding_is_bound_to_nothing() {
	assert_eq!(binding_of(&digest(vec![DigestItem::Other(vec![1])])), None);
}

#[test]
fn a_header_with_two_bindings_is_bound_to_nothing() {
	let logs = vec![header_binding(chain(1)), header_binding(chain(1))];
	assert_eq!(binding_of(&digest(logs)), None);
}

#[test]
fn a_malformed_binding_binds_to_nothing() {
	let long = DigestItem::Consensus(BINDING_ENGINE_ID, (1u8, chain(1), 0u8).encode());
	let version = DigestItem::Consensus(BINDING_ENGINE_ID, (2u8, chain(1)).encode());
	for log in [long, version, DigestItem::Consensus(BINDING_ENGINE_ID, vec![])] {
		assert_eq!(binding_of(&digest(vec![log])), None);
	}
}

#[test]
fn a_chain_id_follows_from_the_genesis_state_root() {
	let proof = GenesisProof { state_root: H256::repeat_byte(0x77), nodes: vec![] };
	assert_eq!(proof.chain_id().0, genesis_header(H256::repeat_byte(0x77)).hash());
	assert_eq!(
		hex::encode(proof.chain_id().0),
		"b311c548f1a81e2ac482ddb57b7163247f8419760670c7fba75eab3cefed040e"
	);
	assert_eq!(Header::decode(&mut &genesis_header(H256::zero()).encode()[..]).unwrap().number, 0);
}

#[test]
fn a_chain_extends_over_payloads_and_tail_alike() {
	let direction =
		Direction { source: chain(1), target: chain(2), lane: LaneId::ADMIN, incarnation: 3 };
	let payloads = vec![b"one".to_vec(), b"two".to_vec(), b"three".to_vec()];
	let whole = direction.extend(0, H256::zero(), &payloads, &[]).unwrap();
	let tail: Vec<_> = payloads[1..].iter().map(|p| payload_hash(p)).collect();
	let split = direction.extend(0, H256::zero(), &payloads[..1], &tail).unwrap();
	assert_eq!(whole.end, split.end);
	assert_eq!(split.delivered.0, 1);
	assert_eq!(whole.delivered, whole.end);
	assert_eq!(direction.extend(u64::MAX, H256::zero(), &payloads, &[]), None);
}

#[test]
fn rates_round_up_and_are_never_zero() {
	assert_eq!(rate(0, 1), Some(1));
	assert_eq!(rate(1, 1), Some(1));
	assert_eq!(rate(10, 1 << 30), Some(10));
	assert_eq!(rate(10, (1 << 30) + 1), Some(11));
	assert_eq!(rate(u128::MAX, 2), None);
}
