// SPDX-License-Identifier: Apache-2.0
// A proof chain knows no accounts: nothing signed gets in, and proofs are checked in the pool.

import { send } from './tally.mjs';

async function refusedByPool(tally, what, work) {
	try {
		await work();
		tally.fail(what, 'it was accepted');
	} catch (error) {
		if (!/1010: Invalid Transaction|1011: Unknown Transaction/.test(error.message)) tally.fail(what, error);
		else {
			tally.refused.set(what, error.message);
			console.log(`  refused ${what} (${error.message})`);
		}
	}
}

export async function proofJourney(tally, apis, { alice }) {
	const api = apis.proof;
	await refusedByPool(tally, 'proof.system.remark', () => send(api, api.tx.system.remark('0x00'), alice));
	const { args } = api.tx.proofVerification.submitProofs.meta;
	const empty = args.map(({ type }) => api.registry.createType(type.toString()));
	const proofs = api.tx.proofVerification.submitProofs(...empty);
	await refusedByPool(tally, 'proof.proofVerification.submitProofs', () => send(api, proofs, alice));
}
