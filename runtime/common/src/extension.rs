// SPDX-License-Identifier: Apache-2.0
//! What every transaction is checked for, in order.

/// The transaction extensions of every layer.
pub type TxExtension<Runtime> = (
	frame_system::AuthorizeCall<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckEra<Runtime>,
	// Before anything is charged: what another relay was faster to bring costs nobody a fee.
	(pallet_chain_registry::CheckFinality<Runtime>, pallet_cross_layer::CheckRelay<Runtime>),
	frame_system::CheckNonce<Runtime>,
	frame_system::CheckWeight<Runtime>,
	pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);
