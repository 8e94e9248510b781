// SPDX-License-Identifier: Apache-2.0
//! Nodes that answer over RPC with anything at all.

use crate::{
	calls::{finality, relay, Call, Relayed},
	node::{Answer, Node},
	plan::Load,
	rpc_node::RpcNode,
};
use codec::Encode;
use futures::{FutureExt, StreamExt};
use jsonrpsee::{
	server::{Server, ServerHandle, SubscriptionMessage},
	types::ErrorObjectOwned,
	RpcModule,
};
use scale_info::{meta_type, TypeInfo};
use serde_json::{json, Value};
use sp_core::H256;
use sp_runtime::Weight;
use std::{
	sync::{
		atomic::{AtomicUsize, Ordering},
		Arc,
	},
	time::Duration,
};
use subxt::ext::frame_metadata::{
	v15::{
		CustomMetadata, ExtrinsicMetadata, OuterEnums, PalletCallMetadata, PalletMetadata,
		RuntimeMetadataV15, SignedExtensionMetadata,
	},
	RuntimeMetadata, RuntimeMetadataPrefixed,
};
use terrace_client::{Error, Signer};
use terrace_layers::{AccountId, ChainId, LaneId, Layer};

/// Everything is answered as it should be.
const HONEST: usize = usize::MAX;
/// Index of the pallet.
const PALLET: u8 = 9;
const METHODS: [&str; 9] = [
	"chain_getBlock",
	"chain_getBlockHash",
	"chain_getFinalizedHead",
	"chain_getHeader",
	"grandpa_proveFinality",
	"state_getReadProof",
	"state_getStorage",
	"state_getRuntimeVersion",
	"system_accountNextIndex",
];

#[allow(dead_code, non_camel_case_types)]
#[derive(TypeInfo, Encode)]
enum CrossLayerCall {
	#[codec(index = 3)]
	relay { at: u32, chain: [u8; 32] },
}

fn metadata() -> Vec<u8> {
	let pallet = PalletMetadata {
		name: "CrossLayer",
		storage: None,
		calls: Some(PalletCallMetadata { ty: meta_type::<CrossLayerCall>() }),
		event: None,
		constants: vec![],
		error: None,
		index: PALLET,
		docs: vec![],
	};
	let unit = meta_type::<()>;
	let extension =
		|identifier| SignedExtensionMetadata { identifier, ty: unit(), additional_signed: unit() };
	let extrinsic = ExtrinsicMetadata {
		version: 4,
		address_ty: unit(),
		call_ty: unit(),
		signature_ty: unit(),
		extra_ty: unit(),
		signed_extensions: vec![extension("CheckNonce")],
	};
	let outer = OuterEnums { call_enum_ty: unit(), event_enum_ty: unit(), error_enum_ty: unit() };
	let custom = CustomMetadata { map: Default::default() };
	let described = RuntimeMetadataV15::new(vec![pallet], extrinsic, unit(), vec![], outer, custom);
	let magic = u32::from_le_bytes(*b"meta");
	RuntimeMetadataPrefixed(magic, RuntimeMetadata::V15(described)).encode()
}

fn hex(bytes: &[u8]) -> Value {
	let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
	json!(format!("0x{}", digits.concat()))
}

/// What nobody expects as an answer.
fn garbage() -> Vec<Value> {
	let nested = (0..100).fold(json!(null), |inner, _| json!([inner]));
	let header = json!({ "number": "0xffffffffff", "parentHash": "0x", "digest": 7 });
	vec![
		json!(null),
		json!(true),
		json!(-1),
		json!(1e300),
		json!(""),
		json!("0x"),
		json!("0xzz"),
		json!("0x00"),
		json!(format!("0x{}", "ff".repeat(40))),
		json!(format!("0xfeffffff{}", "00".repeat(100_000))),
		json!([]),
		json!({}),
		nested,
		header.clone(),
		json!({ "block": { "header": header, "extrinsics": [7] }, "justifications": [[[1], 2]] }),
		json!({ "at": "0x", "proof": ["0x", "zz", 7] }),
		json!("a\u{1b}[31m".repeat(10_000)),
	]
}

fn honest(method: &str, called: Option<&str>) -> Value {
	match (method, called) {
		("chain_getBlockHash", _) => json!(H256::repeat_byte(1)),
		("state_getRuntimeVersion", _) => json!({ "specVersion": 7, "transactionVersion": 1 }),
		("system_accountNextIndex", _) => json!(3),
		(_, Some("Metadata_metadata_at_version")) => hex(&Some(metadata()).encode()),
		(_, Some("LinkApi_this_chain")) => hex(&(ChainId::default(), Layer::Main).encode()),
		_ => json!(null),
	}
}

/// A node whose answers follow `mode`: honest, or garbage of some kind, where `2 *` the kind keeps
/// what every transaction needs.
async fn serve(mode: Arc<AtomicUsize>) -> (String, ServerHandle) {
	let server = Server::builder().build("127.0.0.1:0").await.expect("a free port");
	let url = format!("ws://{}", server.local_addr().expect("it is bound"));
	let answer = |method: &'static str, called: Option<&str>, mode: usize| {
		let needed = ["state_getRuntimeVersion", "system_accountNextIndex"].contains(&method);
		let kept = mode.is_multiple_of(2) && needed;
		match garbage().get(mode / 2) {
			Some(_) if kept => Ok(honest(method, called)),
			Some(garbage) => Ok(garbage.clone()),
			None if mode == HONEST => Ok(honest(method, called)),
			None => Err(ErrorObjectOwned::owned(-1, "\u{1b}no", Some("never"))),
		}
	};
	let mut module = RpcModule::new(mode);
	for method in METHODS {
		module
			.register_method(method, move |_, mode, _| {
				answer(method, None, mode.load(Ordering::SeqCst))
			})
			.expect("names differ");
	}
	module
		.register_method("state_call", move |params, mode, _| {
			let called: String = params.sequence().next().unwrap_or_default();
			answer("state_call", Some(&called), mode.load(Ordering::SeqCst))
		})
		.expect("names differ");
	for (subscribe, item, unsubscribe) in [
		(
			"grandpa_subscribeJustifications",
			"grandpa_justifications",
			"grandpa_unsubscribeJustifications",
		),
		("author_submitAndWatchExtrinsic", "author_extrinsicUpdate", "author_unwatchExtrinsic"),
	] {
		module
			.register_subscription(subscribe, item, unsubscribe, |_, pending, _, _| async move {
				let Ok(sink) = pending.accept().await else { return };
				for item in garbage() {
					let item = SubscriptionMessage::from_json(&item).expect("it is JSON");
					let _ = sink.send(item).await;
				}
			})
			.expect("names differ");
	}
	(url, server.start(module))
}

fn call() -> Call {
	relay(&Relayed {
		source: ChainId(H256::repeat_byte(5)),
		lane: LaneId::MONEY,
		finality: None,
		at: 6,
		proof: vec![],
		first: 1,
		load: Load { messages: vec![], tail: vec![], max_weight: Weight::zero() },
	})
}

/// Asks for everything that a relay ever asks for.
fn questions<'a>(
	node: &'a RpcNode,
	call: &'a Call,
	signer: &'a Signer,
) -> Vec<(&'static str, Answer<'a, ()>)> {
	let (chain, lane, hash) = (ChainId::default(), LaneId::MONEY, H256::repeat_byte(3));
	fn any<T: 'static>(answer: Answer<'_, T>) -> Answer<'_, ()> {
		answer.map(|answer| answer.map(drop)).boxed()
	}
	vec![
		("finalized", any(node.finalized())),
		("best", any(node.best())),
		("header", any(node.header(hash))),
		("block_hash", any(node.block_hash(9))),
		("stored_justification", any(node.stored_justification(hash))),
		("prove_finality", any(node.prove_finality(9))),
		("storage", any(node.storage(vec![1], Some(hash)))),
		("read_proof", any(node.read_proof(vec![vec![1]], hash))),
		("neighbours", any(node.neighbours())),
		("lane", any(node.lane(chain, lane, Some(hash)))),
		("messages", any(node.messages(chain, lane, 1, 9, hash))),
		("dispatch_weight", any(node.dispatch_weight(vec![1]))),
		("balance", any(node.balance(AccountId::new([1; 32])))),
		("check", node.check(call, signer)),
		("submit", node.submit(call, Some(signer))),
		("submit without an account", node.submit(call, None)),
	]
}

#[tokio::test]
async fn any_answer_is_an_answer_or_an_error() {
	let mode = Arc::new(AtomicUsize::new(HONEST));
	let (url, _server) = serve(mode.clone()).await;
	let node = RpcNode::open(&url).await.expect("it is honest at first");
	let signer = Signer::from_suri("//Charlie").expect("a test key");
	let call = call();
	let kinds = garbage().len() + 1;
	for kind in 0..2 * kinds {
		mode.store(kind, Ordering::SeqCst);
		for (what, answer) in questions(&node, &call, &signer) {
			let answer = tokio::time::timeout(Duration::from_secs(20), answer).await;
			let answer = answer.unwrap_or_else(|_| panic!("{what} {kind}: no end"));
			if ["header", "finalized", "check", "submit"].contains(&what) {
				assert!(answer.is_err(), "{what} {kind}: believed");
			}
		}
		assert!(RpcNode::open(&url).await.is_err(), "{kind}: it is no node of a chain");
	}
}

#[tokio::test]
async fn garbage_in_a_stream_is_left_out() {
	let (url, _server) = serve(Arc::new(AtomicUsize::new(HONEST))).await;
	let node = RpcNode::open(&url).await.expect("it is honest");
	let stream = node.justifications().await.expect("it is there");
	let hexadecimal = garbage().into_iter().filter(|item| match item.as_str() {
		Some(text) => text == "0x" || text.starts_with("0x00") || text.starts_with("0xf"),
		None => false,
	});
	let read = stream.take(hexadecimal.count()).collect::<Vec<_>>();
	let read = tokio::time::timeout(Duration::from_secs(20), read).await.expect("all have come");
	assert!(read.iter().all(|item| crate::finality::read(item).is_none()));
}

#[tokio::test]
async fn calls_follow_the_metadata_of_the_chain() {
	let mode = Arc::new(AtomicUsize::new(HONEST));
	let (url, _server) = serve(mode).await;
	let node = RpcNode::open(&url).await.expect("it is honest");
	let encoded = node.encode(&call()).await.expect("it knows the call");
	assert_eq!(encoded, (PALLET, 3u8, 6u32, [5u8; 32]).encode());
	let unknown = node.encode(&finality(ChainId::default(), &[])).await;
	assert!(matches!(unknown, Err(Error::Unsupported { .. })), "{unknown:?}");
}
