// SPDX-License-Identifier: Apache-2.0
// A file's whole way through the pages, on a live local network.

import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blake3 } from 'hash-wasm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pickAccount, shot, start, trouble, visit, type Visit, type World } from './world';

const SIZE = 3 * 1024 * 1024 + 17;
const WINDOWS = 3;

let world: World;
let seen: Visit;
const bytes = randomBytes(SIZE);
const path = join(mkdtempSync(join(tmpdir(), 'terrace-dapp.')), 'holiday.bin');
let id: string;

beforeAll(async () => {
	world = await start();
	writeFileSync(path, bytes);
	seen = await visit(world, { path: 'store' });
}, 60_000);

afterAll(async () => {
	await seen?.context.close();
	await world?.stop();
});

/** What `b3sum` prints, if this machine has it; else another implementation's answer. */
async function b3sum(file: string): Promise<string> {
	try {
		return execFileSync('b3sum', ['--no-names', file]).toString().trim();
	} catch {
		return blake3(readFileSync(file));
	}
}

test('the content id is the BLAKE3 hash of the file', async () => {
	const { page } = seen;
	await pickAccount(page, 'Dave');
	await page.locator('input[type=file]').setInputFiles(path);
	const code = page.locator('.facts .code').first();
	await code.waitFor();
	expect(await code.getAttribute('title')).toBe(await b3sum(path));
}, 60_000);

test('a signed contract is uploaded, accepted and active', async () => {
	const { page } = seen;
	await page.locator('.choice input').first().check();
	await page.getByLabel('Windows to pay for').fill(String(WINDOWS));
	await page.getByText('nothing stands in the way').waitFor();
	await shot(page, 'store-quote');
	await page.getByRole('button', { name: 'Sign and store' }).click();
	await page.locator('.journey[data-stage=active]').waitFor({ timeout: 120_000 });
	const title = await page.locator('.done h2').textContent();
	id = /Contract (\d+) is active/.exec(title ?? '')?.[1] ?? '';
	expect(id).not.toBe('');
	await shot(page, 'store-active');
}, 150_000);

test('a cancellation that comes too late is refused in words', async () => {
	const { page } = seen;
	await page.getByRole('link', { name: 'Watch it under My contracts' }).click();
	const card = page.locator(`[data-contract="${id}"]`);
	await card.waitFor();
	await card.getByRole('button', { name: 'Cancel' }).click();
	await card.getByRole('button', { name: 'Yes, cancel' }).click();
	const refused = card.locator('.trouble[data-kind=refused]');
	await refused.waitFor({ timeout: 60_000 });
	expect(await refused.textContent()).toContain('storageContracts.');
	await shot(page, 'contract-refused');
}, 90_000);

test('every window is settled, and the money is told', async () => {
	const { page } = seen;
	const card = page.locator(`[data-contract="${id}"][data-state=Ended]`);
	await card.waitFor({ timeout: 240_000 });
	expect(await card.textContent()).toContain(`${WINDOWS} of ${WINDOWS} reported, ${WINDOWS} proven`);
	await shot(page, 'contract-ended');
}, 260_000);

test('the timeline joins proof, report and settlement by trace', async () => {
	const { page } = seen;
	const card = page.locator(`[data-contract="${id}"]`);
	await card.locator('summary').click();
	const lines = card.locator('.timeline li');
	await lines.filter({ hasText: 'Proven in window' }).first().waitFor();
	const all = (await lines.allTextContents()).join('\n');
	for (const part of ['Proposed', 'Accepted', 'The proof chain knows it', 'Proven in window', 'was settled']) {
		expect(all).toContain(part);
	}
	const traces = await card.locator('.timeline .code').evaluateAll((all) => all.map((one) => one.getAttribute('title')));
	// Each report's message is told at both of its ends.
	const twice = traces.filter((one, index) => traces.indexOf(one) !== index);
	expect(twice.length).toBeGreaterThanOrEqual(WINDOWS);
	await shot(page, 'contract-timeline');
}, 30_000);

test('the file comes back, checked, byte for byte', async () => {
	const { page } = seen;
	const card = page.locator(`[data-contract="${id}"]`);
	const arrives = page.waitForEvent('download', { timeout: 60_000 });
	await card.getByRole('button', { name: 'Fetch and verify' }).click();
	const got = readFileSync(await (await arrives).path());
	const digest = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
	expect(digest(got)).toBe(digest(bytes));
	await card.getByText('The file came back whole').waitFor();
	await shot(page, 'contract-fetched');
}, 90_000);

test('a damaged file is thrown away', async () => {
	const { page } = seen;
	const card = page.locator(`[data-contract="${id}"]`);
	const wrong = Buffer.from(bytes);
	wrong[SIZE >> 1] = (wrong[SIZE >> 1] ?? 0) ^ 1;
	await page.route('**/blobs/*', (route) => route.fulfill({
		body: wrong, headers: { 'access-control-allow-origin': '*' },
	}));
	let saved = false;
	page.on('download', () => { saved = true; });
	await card.getByRole('button', { name: 'Fetch and verify' }).click();
	await trouble(page, 'corrupt').waitFor({ timeout: 30_000 });
	expect(saved).toBe(false);
	await page.unroute('**/blobs/*');
	await shot(page, 'fetch-corrupt');
}, 60_000);

test('an ended contract is closed and leaves the list', async () => {
	const { page } = seen;
	const card = page.locator(`[data-contract="${id}"]`);
	await card.getByRole('button', { name: 'Close' }).click();
	await card.waitFor({ state: 'detached', timeout: 60_000 });
	expect(seen.errors).toEqual([]);
}, 90_000);
