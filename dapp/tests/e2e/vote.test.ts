// SPDX-License-Identifier: Apache-2.0
// A referendum is voted on in the page, passes, and announces an upgrade that the page then shows.

import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { blake2AsHex, cryptoWaitReady } from '@polkadot/util-crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pickAccount, shot, start, URLS, visit, type World } from './world';

let world: World;
let api: ApiPromise;

beforeAll(async () => {
	await cryptoWaitReady();
	world = await start();
	api = await ApiPromise.create({ provider: new WsProvider(URLS.main), noInitWarn: true });
}, 60_000);

afterAll(async () => {
	await api?.disconnect();
	await world?.stop();
});

/** Submits a proposal for root and returns its referendum's index. */
async function propose(code: string): Promise<number> {
	const alice = new Keyring({ type: 'sr25519', ss58Format: 42 }).addFromUri('//Alice');
	const call = api.tx['upgrades']?.['announce']?.(code, 0).method.toHex();
	const tx = api.tx['referenda']?.['submit']?.({ system: 'Root' }, { Inline: call }, { After: 1 });
	if (!tx) throw new Error('the runtime has no referenda');
	return new Promise((resolve, reject) => {
		tx.signAndSend(alice, { nonce: -1 }, ({ status, events, dispatchError }) => {
			if (dispatchError) reject(new Error(dispatchError.toString()));
			if (!status.isInBlock) return;
			const found = events.find(({ event }) => event.section === 'referenda' && event.method === 'Submitted');
			resolve(Number(found?.event.data[0]?.toString()));
		}).catch(reject);
	});
}

test('a vote in the page announces an upgrade', async (context) => {
	if (!('referenda' in api.query) || !('upgrades' in api.query)) {
		context.skip('this main chain has no referenda');
	}
	const code = blake2AsHex(`code of ${Date.now()}`);
	const index = await propose(code);
	const { page, context: browser, errors } = await visit(world, { path: 'governance' });
	await pickAccount(page, 'Alice');
	const card = page.locator(`[data-referendum="${index}"]`);
	await card.waitFor({ timeout: 30_000 });
	await card.getByRole('button', { name: 'Put down' }).click();
	await card.getByText('The deposit is placed.').waitFor({ timeout: 60_000 });
	const { data } = (await api.query['system']?.['account']?.(
		new Keyring({ type: 'sr25519' }).addFromUri('//Alice').address,
	)) as unknown as { data: { free: { toBigInt(): bigint } } };
	await card.getByLabel('Tokens').fill(String(data.free.toBigInt() / 2n / 10n ** 12n));
	await card.getByRole('button', { name: 'Aye' }).click();
	await card.getByText('Your aye is counted.').waitFor({ timeout: 60_000 });
	await shot(page, 'referendum-voted');
	await card.waitFor({ state: 'detached', timeout: 400_000 });
	const shown = page.locator('[data-upgrade=Main] .code');
	await shown.waitFor({ timeout: 120_000 });
	expect(await shown.getAttribute('title')).toBe(code);
	await shot(page, 'upgrade-announced');
	expect(errors).toEqual([]);
	await browser.close();
}, 700_000);
