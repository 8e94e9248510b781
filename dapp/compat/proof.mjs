// SPDX-License-Identifier: Apache-2.0
// A proof chain knows no accounts: nothing signed gets in, and proofs are checked in the pool.

import { submitter } from './tally.mjs';

export async function proofJourney(tally, apis, { alice }) {
	const api = apis.proof;
	const { early } = submitter(tally, 'proof', api);
	await early('system.remark', alice, '0x00');
	const { args } = api.tx.proofVerification.submitProofs.meta;
	const empty = args.map(({ type }) => api.registry.createType(type.toString()));
	await early('proofVerification.submitProofs', alice, ...empty);
}
