// SPDX-License-Identifier: Apache-2.0
// Calls of the main chain that an account can make.

import { submitter } from './tally.mjs';

const UNIT = 10n ** 12n;

export async function mainJourney(tally, apis, pairs) {
	const { ok, no, early } = submitter(tally, 'main', apis.main);
	const { alice, provider, client } = pairs;
	const child = apis.contract.genesisHash.toHex();
	const nowhere = `0x${'11'.repeat(32)}`;
	await ok('system.remark', alice, '0x1234');
	await ok('system.remarkWithEvent', alice, '0x1234');
	await ok('balances.transferKeepAlive', alice, provider.address, 5n * UNIT);
	await ok('balances.transferAllowDeath', alice, provider.address, 5n * UNIT);
	await no('session.purgeKeys', 'session.NoKeys', provider);
	await ok('balances.transferAll', provider, alice.address, false);
	const remark = apis.main.tx.system.remark('0x01');
	await ok('utility.batch', alice, [remark]);
	await ok('utility.batchAll', alice, [remark, remark]);
	await ok('utility.forceBatch', alice, [remark]);
	await ok('utility.asDerivative', alice, 0, remark);
	await no('utility.dispatchAs', 'BadOrigin', alice, { system: 'Root' }, remark);
	await ok('utility.ifElse', alice, remark, remark);
	await no('utility.withWeight', 'BadOrigin', alice, remark, { refTime: 1, proofSize: 1 });
	await ok('balances.burn', alice, 1n, true);
	await no('collatorSelection.leaveIntent', 'collatorSelection.NotCandidate', alice);
	await ok('crossLayer.transferDown', alice, child, provider.address, 600n * UNIT);
	await ok('crossLayer.transferDown', alice, child, client.address, 300n * UNIT);
	await no('crossLayer.transferUp', 'crossLayer.NoParent', alice, alice.address, UNIT);
	await no('crossLayer.redispatch', 'crossLayer.NotFound', alice, child, 1, 1);
	await no('chainRegistry.deregister', 'chainRegistry.UnknownChain', alice, nowhere);
	await no('chainRegistry.close', 'chainRegistry.UnknownChain', alice, nowhere);
	await no('chainRegistry.withdrawBond', 'chainRegistry.UnknownChain', alice, nowhere);
	await early('chainRegistry.expire', alice, nowhere);
	await no('crossLayer.releaseWaiting', 'crossLayer.NotFound', alice, child, 1);
	await no('chainRegistry.setStatus', 'BadOrigin', alice, child, 'Halted');
	await no('chainRegistry.approveCode', 'BadOrigin', alice, 'Contract', nowhere);
	await no('chainRegistry.revokeCode', 'BadOrigin', alice, 'Contract', nowhere);
	await no('crossLayer.abandon', 'BadOrigin', alice, child, 1, 1);
}
