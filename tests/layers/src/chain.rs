// SPDX-License-Identifier: Apache-2.0
//! One chain in memory, with a runtime of its layer.

use crate::authoring::{finality_proof, pre_digest, AUTHORS};
use codec::Encode;
use frame_support::traits::fungible::Inspect;
use serde_json::Value;
use sp_core::H256;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
	generic::Era,
	traits::{BlakeTwo256, Hash, Header as _},
	transaction_validity::{TransactionSource, TransactionValidity, TransactionValidityError},
	BuildStorage, Digest, MultiSignature,
};
use terrace_layers::{
	keys,
	views::{LaneView, NeighbourView},
	Authorities, ChainId, Checkpoint, FinalityProof, GenesisProof, Header, LaneId, Layer,
	StateProof,
};
use terrace_runtime_common::{constants::SLOT_MS, genesis::LOCAL};

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
	/// It was included and did what it says.
	Applied,
	/// It was included and failed with this error of this pallet.
	Failed(String),
	/// It was not included.
	Refused(TransactionValidityError),
}

/// What every layer can do; the rest is reached through [`Chain::with`].
pub trait Chain {
	/// Genesis hash.
	fn id(&self) -> ChainId;
	/// Layer of the runtime.
	fn layer(&self) -> Layer;
	/// Newest header.
	fn head(&self) -> &Header;
	/// Runs `f` on the state.
	fn with<R>(&mut self, f: impl FnOnce() -> R) -> R;
	/// Produces empty blocks.
	fn blocks(&mut self, count: u32);
	/// Id of the GRANDPA set.
	fn set_id(&mut self) -> u64;
	/// The GRANDPA set.
	fn authorities(&mut self) -> Authorities;
	/// A finality proof of the newest header.
	fn finality(&mut self) -> FinalityProof;
	/// Proves keys under the newest header.
	fn prove(&mut self, keys: &[Vec<u8>]) -> StateProof;
	/// Neighbours, as the runtime API tells them.
	fn neighbours(&mut self) -> Vec<NeighbourView>;
	/// One lane, as the runtime API tells it.
	fn lane(&mut self, peer: ChainId, lane: LaneId) -> LaneView;
	/// Queued payloads, as the runtime API tells them.
	fn messages(&mut self, peer: ChainId, lane: LaneId, from: u64) -> Vec<Vec<u8>>;
	/// Submits a relay call in a block of its own, as relays do on this layer.
	fn relay(&mut self, chain: ChainId, lane: LaneId, parcel: crate::Parcel) -> Outcome;
	/// Registers a child from its genesis proof.
	fn register(&mut self, genesis: GenesisProof, who: Sr25519Keyring) -> Outcome;
	/// All tokens of this layer.
	fn total_issuance(&mut self) -> u128;
	/// Free tokens of an account.
	fn free(&mut self, who: Sr25519Keyring) -> u128;
}

macro_rules! chain {
	($(#[$doc:meta])* $name:ident, $runtime:ident, $layer:expr, accountless: $accountless:expr) => {
		$(#[$doc])*
		pub struct $name {
			ext: sp_io::TestExternalities,
			id: ChainId,
			head: Header,
			headers: std::collections::BTreeMap<u32, Header>,
			genesis: GenesisProof,
			slot: u64,
			proofs: std::collections::BTreeMap<u32, StateProof>,
		}

		impl $name {
			/// A chain at its genesis, from the local preset.
			pub fn new(parent: Option<Checkpoint>) -> Self {
				let config = sp_io::TestExternalities::default().execute_with(|| {
					let defaults = serde_json::to_value($runtime::RuntimeGenesisConfig::default())
						.expect("the defaults are JSON");
					let json = genesis(defaults, parent, $layer, $runtime::genesis::preset);
					serde_json::from_value::<$runtime::RuntimeGenesisConfig>(json)
						.expect("the preset is valid")
				});
				let mut ext: sp_io::TestExternalities =
					config.build_storage().expect("the genesis builds").into();
				ext.insert(keys::code(), code_of($layer));
				ext.register_extension(crate::code::reader());
				ext.state_version = sp_runtime::StateVersion::V1;
				ext.commit_all().expect("nothing is open");
				let state_root = *ext.as_backend().root();
				let mut nodes = nodes(&mut ext, &keys::genesis_proof_keys());
				nodes.retain(|node| *node != code_of($layer));
				let genesis = GenesisProof { state_root, nodes };
				let head = terrace_layers::genesis_header(state_root);
				let id = genesis.chain_id();
				Self { ext, id, head: head.clone(), headers: [(0, head)].into(), genesis, slot: 1_000_000, proofs: Default::default() }
			}

			/// The proof with which this chain registers.
			pub fn genesis_proof(&self) -> GenesisProof {
				self.genesis.clone()
			}

			/// State proof of this chain's authorities under an earlier block, as an archive gives it.
			fn prove_at_checkpoint(&mut self, checkpoint: &Checkpoint) -> StateProof {
				self.proofs
					.get(&checkpoint.number)
					.cloned()
					.expect("every block's proof is kept")
			}

			/// A header by number.
			pub fn header(&self, number: u32) -> Header {
				self.headers[&number].clone()
			}

			/// Lets block numbers grow as if `count` empty blocks had been produced.
			pub fn skip(&mut self, count: u32) {
				self.head.number += count;
				let number = self.head.number;
				self.ext.execute_with(|| $runtime::System::set_block_number(number));
			}

			fn open_block(&mut self) {
				use $runtime::{Babe, Executive, Runtime, RuntimeCall, UncheckedExtrinsic};
				self.slot += 1;
				let (slot, head, parent) = (self.slot, self.head.number + 1, self.head.hash());
				self.ext.execute_with(|| {
					// The epoch of this slot, which may begin with it.
					let starts = u64::from(pallet_babe::GenesisSlot::<Runtime>::get()) != 0
						&& slot >= u64::from(Babe::current_epoch_start())
							+ Babe::current_epoch().duration;
					let epoch = if starts { Babe::next_epoch() } else { Babe::current_epoch() };
					let index = (slot % AUTHORS.len() as u64) as usize;
					let key = &epoch.authorities[index].0;
					let author = AUTHORS
						.map(|(sr, _)| sr)
						.into_iter()
						.find(|sr| sr.public() == *key.as_ref())
						.expect("the authorities are those of the preset");
					let (randomness, number) = (&epoch.randomness, epoch.epoch_index);
					let item = pre_digest(index as u32, author, slot.into(), randomness, number);
					let header = Header::new(
						head,
						H256::default(),
						H256::default(),
						parent,
						Digest { logs: vec![item] },
					);
					Executive::initialize_block(&header);
					let now = slot * SLOT_MS;
					let inherent = UncheckedExtrinsic::new_bare(RuntimeCall::Timestamp(
						pallet_timestamp::Call::set { now },
					));
					Executive::apply_extrinsic(inherent).expect("valid").expect("applies");
				});
			}

			fn close_block(&mut self) {
				let header = self.ext.execute_with($runtime::Executive::finalize_block);
				self.ext.commit_all().expect("nothing is open");
				assert_eq!(*self.ext.as_backend().root(), header.state_root);
				let proof = nodes(&mut self.ext, &keys::checkpoint_proof_keys());
				self.proofs.insert(header.number, proof);
				self.head = header.clone();
				self.headers.insert(header.number, header);
			}

			/// Produces a block with these extrinsics and tells what became of each.
			pub fn block(&mut self, extrinsics: Vec<$runtime::UncheckedExtrinsic>) -> Vec<Outcome> {
				self.open_block();
				let outcomes = self.ext.execute_with(|| {
					extrinsics
						.into_iter()
						.map(|extrinsic| {
							let mut outcome = Outcome::Applied;
							// As authors do: what is refused leaves nothing behind.
							let _ = frame_support::storage::with_transaction(|| {
								use sp_runtime::{DispatchError, TransactionOutcome};
								match $runtime::Executive::apply_extrinsic(extrinsic) {
									Ok(Ok(())) => (),
									Ok(Err(error)) => outcome = Outcome::Failed(name_of(error)),
									Err(error) => {
										outcome = Outcome::Refused(error);
										return TransactionOutcome::Rollback(Err(DispatchError::Other("")));
									},
								}
								TransactionOutcome::Commit(Ok::<_, DispatchError>(()))
							});
							outcome
						})
						.collect()
				});
				self.close_block();
				outcomes
			}

			fn extension(nonce: u32) -> terrace_runtime_common::extension::TxExtension<$runtime::Runtime> {
				(
					frame_system::AuthorizeCall::new(),
					frame_system::CheckNonZeroSender::new(),
					frame_system::CheckSpecVersion::new(),
					frame_system::CheckTxVersion::new(),
					frame_system::CheckGenesis::new(),
					frame_system::CheckEra::from(Era::Immortal),
					(
						pallet_chain_registry::CheckFinality::new(),
						pallet_cross_layer::CheckRelay::new(),
					),
					frame_system::CheckNonce::from(nonce),
					frame_system::CheckWeight::new(),
					pallet_transaction_payment::ChargeTransactionPayment::from(0),
					frame_metadata_hash_extension::CheckMetadataHash::new(false),
					frame_system::WeightReclaim::new(),
				)
			}

			/// A call without an account.
			pub fn general(call: $runtime::RuntimeCall) -> $runtime::UncheckedExtrinsic {
				$runtime::UncheckedExtrinsic::new_transaction(call, Self::extension(0))
			}

			/// A call signed by `who`.
			pub fn signed(
				&mut self,
				who: Sr25519Keyring,
				call: $runtime::RuntimeCall,
			) -> $runtime::UncheckedExtrinsic {
				self.ext.execute_with(|| {
					let account = who.to_account_id();
					let nonce = $runtime::System::account_nonce(&account);
					let extension = Self::extension(nonce);
					let payload = sp_runtime::generic::SignedPayload::new(call, extension)
						.expect("the extensions know their implicit data");
					let signature = payload.using_encoded(|bytes| who.sign(bytes));
					let (call, extension, _) = payload.deconstruct();
					$runtime::UncheckedExtrinsic::new_signed(
						call,
						account.into(),
						MultiSignature::Sr25519(signature),
						extension,
					)
				})
			}

			/// Submits a signed call in a block of its own.
			///
			/// A block that begins an epoch has room for nothing else: then it waits for the next one, as
			/// in a transaction pool.
			pub fn submit(&mut self, who: Sr25519Keyring, call: impl Into<$runtime::RuntimeCall>) -> Outcome {
				let extrinsic = self.signed(who, call.into());
				let full = Outcome::Refused(
					sp_runtime::transaction_validity::InvalidTransaction::ExhaustsResources.into(),
				);
				match self.block(vec![extrinsic.clone()]).remove(0) {
					outcome if outcome == full => self.block(vec![extrinsic]).remove(0),
					outcome => outcome,
				}
			}

			/// Submits a call without an account in a block of its own.
			pub fn submit_general(&mut self, call: impl Into<$runtime::RuntimeCall>) -> Outcome {
				self.block(vec![Self::general(call.into())]).remove(0)
			}

			/// What the transaction pool says of a call without an account.
			pub fn validate(&mut self, call: impl Into<$runtime::RuntimeCall>) -> TransactionValidity {
				let extrinsic = Self::general(call.into());
				let hash = self.head.hash();
				let mut result = None;
				let _ = self.ext.execute_with(|| {
					frame_support::storage::with_transaction::<(), sp_runtime::DispatchError, _>(|| {
						result = Some($runtime::Executive::validate_transaction(
							TransactionSource::External,
							extrinsic,
							hash,
						));
						sp_runtime::TransactionOutcome::Rollback(Ok(()))
					})
				});
				result.expect("it was asked")
			}
		}

		impl Chain for $name {
			fn id(&self) -> ChainId {
				self.id
			}

			fn layer(&self) -> Layer {
				$layer
			}

			fn head(&self) -> &Header {
				&self.head
			}

			fn with<R>(&mut self, f: impl FnOnce() -> R) -> R {
				self.ext.execute_with(f)
			}

			fn blocks(&mut self, count: u32) {
				for _ in 0..count {
					self.block(vec![]);
				}
			}

			fn set_id(&mut self) -> u64 {
				self.with(|| pallet_grandpa::CurrentSetId::<$runtime::Runtime>::get())
			}

			fn authorities(&mut self) -> Authorities {
				let list = self.with($runtime::Grandpa::grandpa_authorities);
				let keys: Vec<_> = list.into_iter().map(|(key, _)| key).collect();
				keys.try_into().expect("two fit")
			}

			fn finality(&mut self) -> FinalityProof {
				let set_id = self.set_id();
				finality_proof(&self.head, set_id)
			}

			fn prove(&mut self, keys: &[Vec<u8>]) -> StateProof {
				nodes(&mut self.ext, keys)
			}

			fn neighbours(&mut self) -> Vec<NeighbourView> {
				self.with($runtime::ChainRegistry::neighbours)
			}

			fn lane(&mut self, peer: ChainId, lane: LaneId) -> LaneView {
				self.with(|| $runtime::CrossLayer::lane_view(peer, lane)).expect("the lane exists")
			}

			fn messages(&mut self, peer: ChainId, lane: LaneId, from: u64) -> Vec<Vec<u8>> {
				self.with(|| $runtime::CrossLayer::messages(peer, lane, from, 64))
			}

			fn relay(&mut self, chain: ChainId, lane: LaneId, parcel: crate::Parcel) -> Outcome {
				let call = pallet_cross_layer::Call::relay {
					chain,
					lane,
					finality: parcel.finality.map(Box::new),
					at: parcel.at,
					proof: parcel.proof,
					first: parcel.first,
					messages: parcel.messages,
					tail: parcel.tail,
					max_weight: parcel.max_weight,
				};
				if $accountless {
					self.submit_general(call)
				} else {
					self.submit(Sr25519Keyring::Charlie, call)
				}
			}

			fn register(&mut self, genesis: GenesisProof, who: Sr25519Keyring) -> Outcome {
				let origin = crate::relay::origin_of(&genesis);
				let checkpoint = origin.parent.expect("a child names its parent");
				let header = self.header(checkpoint.number);
				let checkpoint_proof = self.prove_at_checkpoint(&checkpoint);
				let possession = crate::relay::possession(self.id, &genesis);
				self.submit(
					who,
					pallet_chain_registry::Call::register_child {
						genesis,
						possession,
						checkpoint_header: Box::new(header),
						checkpoint_proof,
						bond: 1_000 * terrace_runtime_common::constants::UNIT,
					},
				)
			}

			fn total_issuance(&mut self) -> u128 {
				self.with(|| <$runtime::Balances as Inspect<_>>::total_issuance())
			}

			fn free(&mut self, who: Sr25519Keyring) -> u128 {
				self.with(|| <$runtime::Balances as Inspect<_>>::balance(&who.to_account_id()))
			}
		}
	};
}

impl Main {
	/// Moves tokens of `who` down to `who` on `child`.
	pub fn transfer_down(&mut self, child: ChainId, who: Sr25519Keyring, amount: u128) -> Outcome {
		let beneficiary = who.to_account_id();
		// Alice pays, so that an account may be funded that has nothing.
		let from = Sr25519Keyring::Alice;
		self.submit(from, pallet_cross_layer::Call::transfer_down { child, beneficiary, amount })
	}
}

chain!(
	/// A main chain.
	Main, terrace_main_runtime, Layer::Main, accountless: false
);
chain!(
	/// A contract chain.
	Contract, terrace_contract_runtime, Layer::Contract, accountless: true
);
chain!(
	/// A proof chain.
	Proof, terrace_proof_runtime, Layer::Proof, accountless: true
);

/// What stands in the state for a layer's runtime, which these tests run natively.
fn code_of(layer: Layer) -> Vec<u8> {
	format!("the code of the runtime of the {layer:?} layer").into_bytes()
}

/// The local preset over the runtime's defaults, with the parent's checkpoint.
fn genesis(
	mut config: Value,
	parent: Option<Checkpoint>,
	layer: Layer,
	preset: fn(&sp_genesis_builder::PresetId) -> Option<Vec<u8>>,
) -> Value {
	let patch = preset(&LOCAL.into()).expect("the preset exists");
	merge(&mut config, serde_json::from_slice(&patch).expect("it is JSON"));
	config["chainRegistry"]["parent"] = serde_json::to_value(parent).expect("it is serialisable");
	if let Some(child) = layer.child() {
		let hash = BlakeTwo256::hash(&code_of(child));
		config["chainRegistry"]["approvedCode"] = serde_json::json!([[child, hash]]);
	}
	config
}

/// Puts a patch over a document, as nodes do with presets.
fn merge(document: &mut Value, patch: Value) {
	match (document, patch) {
		(Value::Object(fields), Value::Object(patches)) => {
			for (name, patch) in patches {
				merge(fields.entry(name).or_insert(Value::Null), patch);
			}
		}
		(document, patch) => *document = patch,
	}
}

fn nodes(ext: &mut sp_io::TestExternalities, keys: &[Vec<u8>]) -> StateProof {
	let proof = sp_state_machine::prove_read(ext.as_backend(), keys.iter()).expect("it proves");
	proof.into_nodes().into_iter().collect()
}

fn name_of(error: sp_runtime::DispatchError) -> String {
	match error {
		sp_runtime::DispatchError::Module(module) => {
			module.message.unwrap_or("an error without a name").to_string()
		}
		other => format!("{other:?}"),
	}
}
