// SPDX-License-Identifier: Apache-2.0
//! Nothing that differs from what was signed is taken.
use super::*;
use codec::DecodeAll;
use frame_support::assert_storage_noop;
use proptest::{collection::vec, prelude::*};

/// A sound proof with ancestry and a hand-over.
fn sound() -> FinalityProof {
	let members = accounts(0..4);
	let header = header_with(START + 1, [hand_over(list(&accounts(10..13)))]);
	let params = JustificationGeneratorParams {
		ancestors: 3,
		forks: 2,
		..params(&header, SET, quorum(&members))
	};
	let justification = make_justification_for_header(params);
	FinalityProof { header, justification, set_id: SET }
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(300))]

	#[test]
	fn a_proof_with_any_bit_flipped_is_refused(at in 0usize..4_096, bit in 0u8..8) {
		let mut bytes = sound().encode();
		let at = at % bytes.len();
		bytes[at] ^= 1 << bit;
		if let Ok(proof) = FinalityProof::decode_all(&mut bytes.as_slice()) {
			following(&accounts(0..4)).build_and_execute(|| {
				assert_storage_noop!(assert!(submit(proof).is_err(), "byte {at}, bit {bit}"));
			});
		}
	}

	#[test]
	fn a_genesis_proof_with_any_bit_flipped_is_refused(
		node in 0usize..64,
		at in 0usize..4_096,
		bit in 0u8..8,
	) {
		TestExt::new().build_and_execute(|| {
			let birth = Birth::new();
			let mut genesis = birth.genesis();
			let node = node % genesis.nodes.len();
			let at = at % genesis.nodes[node].len();
			genesis.nodes[node][at] ^= 1 << bit;
			assert_noop!(birth.register_with(genesis, MIN_BOND), Error::<Test>::BadStateProof);
		});
	}

	#[test]
	fn arbitrary_nodes_are_refused_without_a_panic(
		nodes in vec(vec(any::<u8>(), 0..80), 0..6),
	) {
		TestExt::new().build_and_execute(|| {
			let birth = Birth::new();
			let mut genesis = birth.genesis();
			// The root's node is kept, so that the others are looked at.
			let root = genesis.state_root;
			genesis.nodes.retain(|node| BlakeTwo256::hash(node) == root);
			assert_eq!(genesis.nodes.len(), 1);
			genesis.nodes.extend(nodes);
			assert_noop!(birth.register_with(genesis, MIN_BOND), Error::<Test>::BadStateProof);
		});
	}

	#[test]
	fn headers_in_any_order_leave_those_far_enough_apart(
		steps in vec((0u32..200, any::<bool>()), 1..40),
	) {
		let members = accounts(0..2);
		following(&members).build_and_execute(|| {
			let (mut kept, mut loose, mut set_id) = (vec![START], false, SET);
			for (number, mandatory) in steps.into_iter().map(|(step, m)| (START + step, m)) {
				let newer = kept.last().is_some_and(|best| number > *best);
				let logs = mandatory.then(|| hand_over(list(&members)));
				let proof = signed(header_with(number, logs), set_id, &members);
				assert_eq!(submit(proof).is_ok(), newer);
				if newer {
					set_id += u64::from(mandatory);
					if loose {
						kept.pop();
					}
					loose = !mandatory && number - kept[kept.len() - 1] < FREE_INTERVAL;
					kept.push(number);
				}
			}
			let from = kept.len().saturating_sub(HEADERS_TO_KEEP as usize);
			assert_eq!(HeaderRing::<Test>::get(PEER).into_inner(), &kept[from..]);
			for (at, number) in kept.iter().enumerate() {
				let root = ChainRegistry::state_root(&PEER, *number);
				assert_eq!(root.is_some(), at >= from);
			}
		});
	}
}
