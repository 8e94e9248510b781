// SPDX-License-Identifier: Apache-2.0
// The metadata-hash extension: what a hardware wallet shows is what the chain runs.

import { merkleizeMetadata } from '@polkadot-api/merkleize-metadata';
import { u8aToHex } from '@polkadot/util';
import { send } from './tally.mjs';

/** The digest of a chain's metadata, counted here. */
export async function digestOf(api) {
	const found = await api.call.metadata.metadataAtVersion(15);
	if (found.isNone) throw new Error('the chain gives no metadata of version 15');
	const properties = await api.rpc.system.properties();
	const merkle = merkleizeMetadata(found.unwrap().toHex(), {
		decimals: properties.tokenDecimals.unwrap()[0].toNumber(),
		tokenSymbol: properties.tokenSymbol.unwrap()[0].toString(),
	});
	return merkle.digest();
}

/** Sends a transaction that commits to `digest`; says how it went. */
async function commit(api, pair, digest) {
	try {
		const { error } = await send(api, api.tx.system.remark('0x00'), pair, {
			mode: 1,
			// As hexadecimal digits: the first of raw bytes would be read as the flag of an option.
			metadataHash: u8aToHex(digest),
		});
		return error ? `refused with ${error}` : 'accepted';
	} catch (error) {
		return error.message;
	}
}

export async function checkHash(tally, name, api, pair) {
	if (!api.registry.signedExtensions.includes('CheckMetadataHash')) {
		tally.fail(`${name}: metadata hash`, 'the runtime has no CheckMetadataHash');
		return;
	}
	const digest = await digestOf(api);
	const right = await commit(api, pair, digest);
	const wrong = await commit(api, pair, digest.map((byte) => byte ^ 1));
	if (wrong === 'accepted') tally.fail(`${name}: metadata hash`, 'a wrong hash was accepted');
	// A blob without a baked hash can check none, and must say so instead of letting all pass.
	const unable = /could not lookup|cannotlookup|unknown transaction/i.test(right);
	const excused = unable && !process.env.TERRACE_METADATA_HASH;
	if (right !== 'accepted' && !excused) tally.fail(`${name}: metadata hash`, right);
	console.log(`  ${name}: digest ${u8aToHex(digest)}; right hash ${right}; wrong hash: ${wrong}`);
	if (unable) console.log(`  ${name}: this runtime was not built by scripts/release, and knows no hash of its metadata`);
}
