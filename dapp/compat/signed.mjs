// SPDX-License-Identifier: Apache-2.0
// What parties sign outside of transactions, byte by byte as docs/protocol.md lays it out.

import { bnToU8a, stringToU8a, u8aConcat } from '@polkadot/util';
import { blake2AsU8a } from '@polkadot/util-crypto';

const number = (value, bits) => bnToU8a(value, { bitLength: bits, isLe: true });

/** A proposal that a provider may publish. */
export function signedProposal(api, { client, provider, terms, sequence, expiresAt }) {
	const encoded = api.registry.createType(typeOf(api, 'storageContracts', 'propose', 'terms'), terms);
	const statement = blake2AsU8a(u8aConcat(
		stringToU8a('terrace-propose/1'), api.genesisHash.toU8a(), client.publicKey, provider.publicKey,
		encoded.toU8a(), number(sequence, 64), number(expiresAt, 32),
	));
	return {
		client: client.address,
		terms,
		number: sequence,
		expiresAt,
		signature: { Sr25519: client.sign(statement) },
	};
}

/** Agreement of a contract's other party; `change` is the encoded change. */
export function consent(api, pair, { contract, leg, change, expiresAt }) {
	const statement = blake2AsU8a(u8aConcat(
		stringToU8a('terrace-change/1'), api.genesisHash.toU8a(), number(contract, 64), number(leg, 64),
		change, number(expiresAt, 32),
	));
	return { signature: { Sr25519: pair.sign(statement) }, expiresAt };
}

/** The change that ends a contract. */
export const END = Uint8Array.of(0);

/** The change to another price. */
export function amend(price) {
	return u8aConcat(Uint8Array.of(1), number(price, 128));
}

/** Type of a call's argument, as metadata names it. */
export function typeOf(api, pallet, call, argument) {
	const found = api.tx[pallet][call].meta.args.find(({ name }) => name.toString() === argument);
	return found.type.toString();
}
