// SPDX-License-Identifier: Apache-2.0
// Announced code, wherever the runtime keeps it.

import type { ApiPromise } from '@polkadot/api';

export interface Announcement {
	codeHash: string;
	/** First block that may apply it. */
	notBefore: number;
	/** The call that brings the code. */
	pallet: string;
	apply: string;
}

/** The code that is announced on a chain, if any. */
export async function announced(api: ApiPromise): Promise<Announcement | undefined> {
	const own = (await api.query['upgrades']?.['announced']?.())?.toJSON();
	if (own) {
		const { codeHash, notBefore } = own as { codeHash: string; notBefore: number };
		return { codeHash, notBefore, pallet: 'upgrades', apply: 'apply' };
	}
	const plain = (await api.query['system']?.['authorizedUpgrade']?.())?.toJSON();
	if (!plain) return undefined;
	const { codeHash } = plain as { codeHash: string };
	return { codeHash, notBefore: 0, pallet: 'system', apply: 'applyAuthorizedUpgrade' };
}

/** The hash by which code is announced. */
export function codeHash(api: ApiPromise, code: Uint8Array): string {
	return api.registry.hash(code).toHex();
}
