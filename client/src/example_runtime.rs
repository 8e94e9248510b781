// SPDX-License-Identifier: Apache-2.0
//! A small runtime for tests, described as a node would describe it.

use crate::runtime::Runtime;
use codec::Encode;
use scale_info::{meta_type, TypeInfo};
use subxt::{
	ext::frame_metadata::v15::{
		CustomMetadata, ExtrinsicMetadata, OuterEnums, PalletCallMetadata, PalletConstantMetadata,
		PalletErrorMetadata, PalletEventMetadata, PalletMetadata, RuntimeMetadataV15,
		SignedExtensionMetadata,
	},
	metadata::Metadata,
};

#[derive(TypeInfo, Encode)]
#[allow(dead_code)]
pub(crate) enum ShopCall {
	#[codec(index = 3)]
	Buy { what: u32, note: Vec<u8> },
}

#[derive(TypeInfo, Encode)]
#[allow(dead_code)]
pub(crate) enum ShopEvent {
	#[codec(index = 0)]
	Opened,
	#[codec(index = 4)]
	Bought { what: u32, by: [u8; 4], note: Vec<u8> },
}

#[derive(TypeInfo, Encode)]
#[scale_info(capture_docs = "always")]
#[allow(dead_code)]
pub(crate) enum ShopError {
	/// It is sold.
	///
	/// Nothing more to say.
	#[codec(index = 1)]
	SoldOut,
}

/// Index of the shop pallet.
pub(crate) const SHOP: u8 = 11;

/// A runtime with one pallet that is called `Shop`.
pub(crate) fn example_runtime() -> Runtime {
	let shop = PalletMetadata {
		name: "Shop",
		storage: None,
		calls: Some(PalletCallMetadata { ty: meta_type::<ShopCall>() }),
		event: Some(PalletEventMetadata { ty: meta_type::<ShopEvent>() }),
		constants: vec![PalletConstantMetadata {
			name: "Shelves",
			ty: meta_type::<u32>(),
			value: 7u32.encode(),
			docs: vec![],
		}],
		error: Some(PalletErrorMetadata { ty: meta_type::<ShopError>() }),
		index: SHOP,
		docs: vec![],
	};
	let extension = |identifier| SignedExtensionMetadata {
		identifier,
		ty: meta_type::<()>(),
		additional_signed: meta_type::<()>(),
	};
	let extrinsic = ExtrinsicMetadata {
		version: 4,
		address_ty: meta_type::<()>(),
		call_ty: meta_type::<()>(),
		signature_ty: meta_type::<()>(),
		extra_ty: meta_type::<()>(),
		signed_extensions: vec![extension("CheckGenesis"), extension("CheckNonce")],
	};
	let outer = OuterEnums {
		call_enum_ty: meta_type::<()>(),
		event_enum_ty: meta_type::<()>(),
		error_enum_ty: meta_type::<()>(),
	};
	let custom = CustomMetadata { map: Default::default() };
	let described =
		RuntimeMetadataV15::new(vec![shop], extrinsic, meta_type::<()>(), vec![], outer, custom);
	Runtime::new(1, 1, Metadata::from_v15(described).expect("complete"))
}
