// SPDX-License-Identifier: Apache-2.0
// A browser wallet signs what the pages propose: keys never reach the page.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import type { SignerPayloadJSON } from '@polkadot/types/types';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shot, start, URLS, visit, type World } from './world';

let world: World;
let api: ApiPromise;

beforeAll(async () => {
	await cryptoWaitReady();
	world = await start();
	api = await ApiPromise.create({ provider: new WsProvider(URLS.contract), noInitWarn: true });
}, 60_000);

afterAll(async () => {
	await api?.disconnect();
	await world?.stop();
});

test('a proposal is signed by the wallet, and withdrawn by it', async () => {
	const dave = new Keyring({ type: 'sr25519', ss58Format: 42 }).addFromUri('//Dave');
	const { page, context, errors } = await visit(world, { path: 'store' });
	const asked: string[] = [];
	// The wallet decodes what it is asked to sign, as a person would look at it.
	await page.exposeFunction('walletSigns', (payload: SignerPayloadJSON) => {
		const call = api.registry.createType('Call', payload.method);
		asked.push(`${call.section}.${call.method}`);
		return api.registry.createType('ExtrinsicPayload', payload, { version: payload.version }).sign(dave);
	});
	await page.addInitScript((address) => {
		const account = { address, name: 'Wallet Dave', type: 'sr25519' };
		const accounts = {
			get: async () => [account],
			subscribe: (tell: (all: unknown[]) => void) => {
				tell([account]);
				return () => undefined;
			},
		};
		const signs = (window as unknown as { walletSigns(payload: unknown): Promise<object> }).walletSigns;
		const signPayload = async (payload: unknown) => ({ id: 1, ...(await signs(payload)) });
		const enable = async () => ({ accounts, signer: { signPayload } });
		Object.assign(window, { injectedWeb3: { 'test-wallet': { version: '1.0.0', enable } } });
	}, dave.address);
	await page.reload();
	await page.locator('button.account').click();
	await page.getByRole('button', { name: 'Connect a wallet' }).click();
	await page.locator('.accounts button', { hasText: 'Wallet Dave' }).click();

	const path = join(mkdtempSync(join(tmpdir(), 'terrace-dapp.')), 'wallet.bin');
	writeFileSync(path, randomBytes(9_000));
	await page.locator('input[type=file]').setInputFiles(path);
	await page.locator('.choice input').first().check();
	await page.getByText('nothing stands in the way').waitFor({ timeout: 30_000 });
	await page.route('**/contracts/*', (route) => route.abort('connectionreset'));
	await page.getByRole('button', { name: 'Sign and store' }).click();
	await page.getByText('attempt 2 follows').waitFor({ timeout: 90_000 });
	await page.getByRole('button', { name: 'Stop', exact: true }).click();
	expect(asked).toEqual(['storageContracts.propose']);

	await page.getByRole('link', { name: 'My contracts' }).click();
	const card = page.locator('[data-state=Proposed]').first();
	await card.waitFor({ timeout: 30_000 });
	await card.getByRole('button', { name: 'Withdraw' }).click();
	await card.waitFor({ state: 'detached', timeout: 60_000 });
	expect(asked).toEqual(['storageContracts.propose', 'storageContracts.withdraw']);
	expect(errors).toEqual([]);
	await shot(page, 'wallet-signed');
	await context.close();
}, 200_000);
