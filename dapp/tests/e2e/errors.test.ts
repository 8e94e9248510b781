// SPDX-License-Identifier: Apache-2.0
// What people see when something is wrong.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keyring } from '@polkadot/api';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pickAccount, PROVIDERS, shot, start, trouble, URLS, visit, type World } from './world';

const LONG = 90_000;
let world: World;
let path: string;
let dave: string;

beforeAll(async () => {
	world = await start();
	path = join(mkdtempSync(join(tmpdir(), 'terrace-dapp.')), 'small.bin');
	writeFileSync(path, randomBytes(20_000));
	await cryptoWaitReady();
	dave = new Keyring({ type: 'sr25519', ss58Format: 42 }).addFromUri('//Dave').address;
}, 60_000);

afterAll(async () => world?.stop());

/** Fills in everything up to the signature. */
async function fill(page: Page, windows = '2'): Promise<void> {
	await page.locator('input[type=file]').setInputFiles(path);
	await page.locator('.choice input').first().check();
	await page.getByLabel('Windows to pay for').fill(windows);
}

/** A wallet that knows Dave's address and answers signatures with `answer`. */
async function wallet(page: Page, answer: string): Promise<void> {
	await page.addInitScript(([address, answer]) => {
		const account = { address, name: 'Wallet Dave', type: 'sr25519' };
		const accounts = {
			get: async () => [account],
			subscribe: (tell: (all: unknown[]) => void) => {
				tell([account]);
				return () => undefined;
			},
		};
		const signPayload = async (): Promise<never> => {
			throw new Error(answer);
		};
		Object.assign(window, {
			injectedWeb3: {
				'test-wallet': { version: '1.0.0', enable: async () => ({ accounts, signer: { signPayload } }) },
			},
		});
	}, [dave, answer] as const);
	await page.reload();
	await page.locator('button.account').click();
	await page.getByRole('button', { name: 'Connect a wallet' }).click();
	await page.locator('.accounts button', { hasText: 'Wallet Dave' }).click();
}

test('node down: the page says which, and what to do', async () => {
	const { page, context } = await visit(world, { proof: 'ws://127.0.0.1:9' });
	const shown = trouble(page, 'node-down');
	await shown.waitFor({ timeout: 30_000 });
	expect(await shown.textContent()).toContain('ws://127.0.0.1:9');
	// The other layers go on.
	await page.locator('[data-layer=Main] .tag.good').waitFor();
	await shot(page, 'error-node-down');
	await context.close();
}, LONG);

test('wrong network: a node of another layer is told apart', async () => {
	const { page, context } = await visit(world, { path: 'store', contract: URLS.proof });
	const shown = trouble(page, 'wrong-network');
	await shown.waitFor({ timeout: 30_000 });
	expect(await shown.textContent()).toContain('there is a proof chain');
	await shot(page, 'error-wrong-network');
	await context.close();
}, LONG);

test('rejected signature: nothing is sent', async () => {
	const { page, context } = await visit(world, { path: 'store' });
	await wallet(page, 'Cancelled');
	await fill(page);
	await page.getByText('nothing stands in the way').waitFor({ timeout: 30_000 });
	await page.getByRole('button', { name: 'Sign and store' }).click();
	const shown = trouble(page, 'signature-rejected');
	await shown.waitFor({ timeout: 30_000 });
	expect(await shown.textContent()).toContain('Nothing was sent');
	await shot(page, 'error-signature-rejected');
	await context.close();
}, LONG);

test('not enough balance: told before anything is signed', async () => {
	const { page, context } = await visit(world, { path: 'store' });
	// It has nothing on the contract chain; authors of blocks earn fees there.
	await pickAccount(page, 'Charlie');
	await fill(page);
	const shown = trouble(page, 'refused');
	await shown.waitFor({ timeout: 30_000 });
	expect(await shown.textContent()).toContain('Not enough balance');
	expect(await page.getByRole('button', { name: 'Sign and store' }).isDisabled()).toBe(true);
	await shot(page, 'error-balance');
	await context.close();
}, LONG);

test('contract refused: the reason is named', async () => {
	const { page, context } = await visit(world, { path: 'store' });
	await pickAccount(page, 'Dave');
	await fill(page, '2000000');
	const shown = trouble(page, 'refused');
	await shown.waitFor({ timeout: 30_000 });
	expect(await shown.textContent()).toContain('The provider offers 1 to 100,000 windows');
	expect(await page.getByRole('button', { name: 'Sign and store' }).isDisabled()).toBe(true);
	await shot(page, 'error-refused');
	await context.close();
}, LONG);

test('provider down: noticed before money is set aside', async () => {
	const { page, context } = await visit(world, { path: 'store' });
	await pickAccount(page, 'Dave');
	await fill(page);
	await page.getByText('nothing stands in the way').waitFor({ timeout: 30_000 });
	// As if its machine were off.
	for (const url of PROVIDERS) await page.route(`${url}/**`, (route) => route.abort('connectionrefused'));
	await page.getByRole('button', { name: 'Sign and store' }).click();
	const shown = trouble(page, 'provider-down');
	await shown.waitFor({ timeout: 30_000 });
	expect(await shown.textContent()).toContain('Nothing answers at');
	await shot(page, 'error-provider-down');
	await context.close();
}, LONG);

test('a broken upload waits, goes on, and can be withdrawn', async () => {
	const { page, context } = await visit(world, { path: 'store' });
	await pickAccount(page, 'Dave');
	await fill(page);
	await page.getByText('nothing stands in the way').waitFor({ timeout: 30_000 });
	await page.route('**/contracts/*', (route) => route.abort('connectionreset'));
	await page.getByRole('button', { name: 'Sign and store' }).click();
	await page.getByText('attempt 2 follows').waitFor({ timeout: LONG });
	await page.getByRole('button', { name: 'Stop', exact: true }).click();
	await trouble(page, 'provider-refused').waitFor();
	await page.unroute('**/contracts/*');
	await page.getByRole('link', { name: 'My contracts' }).click();
	const card = page.locator('[data-state=Proposed]').first();
	await card.waitFor({ timeout: 30_000 });
	await shot(page, 'upload-interrupted');
	const id = await card.getAttribute('data-contract');
	await card.locator('input[type=file]').setInputFiles(path);
	await page.locator(`[data-contract="${id}"][data-state=Active]`).waitFor({ timeout: 60_000 });
	await context.close();
}, 200_000);

test('no referenda: the page says so plainly, or shows them', async () => {
	const { page, context, errors } = await visit(world, { path: 'governance' });
	await page.locator('[data-governance]').waitFor({ timeout: 30_000 });
	await page.locator('[data-upgrade=Proof] p', { hasText: 'No upgrade is announced' }).waitFor({ timeout: 30_000 });
	await shot(page, 'governance');
	expect(errors).toEqual([]);
	await context.close();
}, LONG);

test('test accounts are offered on local networks only', async () => {
	const { page, context } = await visit(world, { main: 'ws://127.0.0.1:9', contract: 'ws://127.0.0.1:9' });
	await trouble(page, 'node-down').waitFor({ timeout: 30_000 });
	await page.locator('button.account').click();
	expect(await page.locator('.accounts button').count()).toBe(0);
	await context.close();
}, LONG);
