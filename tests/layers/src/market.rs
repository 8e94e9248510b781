// SPDX-License-Identifier: Apache-2.0
//! A client and a provider, as their programs behave.

use crate::{Chain, Contract, Outcome, Proof, World};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring;
use terrace_layers::{
	views::{ContractView, SlotView},
	ContractId, Offer, ProofBatch, ProofItem, StreamId, Terms,
};
use terrace_possession::{challenge, prove, BlobSize, ChallengeSeed, ContentId};
use terrace_runtime_common::constants::UNIT;

/// Who stores.
pub const PROVIDER: Sr25519Keyring = Sr25519Keyring::Eve;
/// Who pays.
pub const CLIENT: Sr25519Keyring = Sr25519Keyring::Dave;

/// Funds both parties and registers the provider.
pub fn open(world: &mut World) {
	for who in [PROVIDER, CLIENT] {
		crate::fund(&mut world.main, &mut world.contract, who, 10_000);
	}
	let offer = Offer {
		endpoint: b"http://127.0.0.1:8080".to_vec().try_into().expect("it is short"),
		price: UNIT,
		capacity: 1 << 40,
		min_windows: 1,
		max_windows: 1_000,
		operator: PROVIDER.public(),
	};
	let call = pallet_storage_providers::Call::register { offer, collateral: 1_000 * UNIT };
	assert_eq!(world.contract.submit(PROVIDER, call), Outcome::Applied);
}

/// Proposes and accepts a contract over `data`; returns its id.
pub fn agree(world: &mut World, data: &[u8], windows: u32) -> ContractId {
	let call = pallet_storage_contracts::Call::propose {
		provider: PROVIDER.to_account_id(),
		terms: Terms {
			proof_chain: world.proof.id(),
			root: ContentId::of(data),
			size: data.len() as u64,
			windows,
			interval: 1,
			max_rate: u128::MAX,
		},
	};
	assert_eq!(world.contract.submit(CLIENT, call), Outcome::Applied);
	let newest = contracts(&mut world.contract).last().expect("it was proposed").id;
	let accept = pallet_storage_contracts::Call::accept { id: newest };
	assert_eq!(world.contract.submit(PROVIDER, accept), Outcome::Applied);
	newest
}

/// The client's contracts.
pub fn contracts(chain: &mut Contract) -> Vec<ContractView> {
	chain.with(|| {
		terrace_contract_runtime::StorageContracts::contracts_of(
			CLIENT.to_account_id(),
			ContractId(0),
			100,
		)
	})
}

/// A contract that is still there.
pub fn contract(chain: &mut Contract, id: ContractId) -> ContractView {
	chain.with(|| terrace_contract_runtime::StorageContracts::contract(id)).expect("it exists")
}

/// The slots of a page that are due and unproven.
pub fn due(proof: &mut Proof, stream: StreamId, page: u32) -> Vec<SlotView> {
	let slots = proof.with(|| terrace_proof_runtime::ProofVerification::page(stream, page));
	slots.into_iter().filter(|slot| slot.due && !slot.proven).collect()
}

/// Answers everything that is due of `blobs` in the open window, page by page; returns the batches.
pub fn answers(proof: &mut Proof, blobs: &[&[u8]]) -> Vec<(ProofBatch, [u8; 64])> {
	let stream = StreamId(0);
	let Some(window) = proof.with(terrace_proof_runtime::ProofVerification::window) else {
		return vec![];
	};
	let pages = proof.with(|| terrace_proof_runtime::ProofVerification::pages(stream));
	let mut batches = Vec::new();
	for page in 0..pages {
		let mut batch = ProofBatch::new(stream, window.window, 0);
		for slot in due(proof, stream, page) {
			let Some(data) = blobs.iter().find(|data| ContentId::of(data) == slot.root) else {
				continue;
			};
			let size = BlobSize::new(slot.size).expect("tracked blobs have a size");
			let provider = PROVIDER.to_account_id();
			let seed = ChallengeSeed(window.seed);
			let indices = challenge(&seed, provider.as_ref(), slot.leg.0, size, slot.challenges);
			let item = ProofItem { page, slot: slot.slot, proof: prove(data, &indices) };
			assert!(batch.push(&item), "a page is no larger than a batch");
		}
		if batch.data.is_empty() {
			continue;
		}
		let signature = PROVIDER.pair().sign(&batch.signing_payload(proof.id()));
		batches.push((batch, signature.0));
	}
	batches
}

/// Submits what [`answers`] gives.
pub fn prove_due(world: &mut World, blobs: &[&[u8]]) -> Vec<Outcome> {
	answers(&mut world.proof, blobs)
		.into_iter()
		.map(|(batch, signature)| {
			world.proof.submit_general(pallet_proof_verification::Call::submit_proofs {
				batch,
				signature: sp_core::sr25519::Signature::from_raw(signature),
			})
		})
		.collect()
}
