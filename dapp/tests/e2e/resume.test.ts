// SPDX-License-Identifier: Apache-2.0
// An upload over a line that breaks goes on where it stopped.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pickAccount, PROVIDERS, shot, start, visit, type World } from './world';

const SIZE = 24 * 1024 * 1024;
let world: World;
let line: Server;
/** What each connection carried upwards. */
const carried: { head: string; bytes: number }[] = [];
let cut = true;

/** A line to the provider that breaks in the middle of the first upload. */
function breakingLine(port: number): Server {
	return createServer((client: Socket) => {
		const one = { head: '', bytes: 0 };
		carried.push(one);
		const provider = connect(port, '127.0.0.1');
		client.on('data', (data: Buffer) => {
			if (one.head === '') one.head = data.subarray(0, 2_000).toString('latin1');
			one.bytes += data.length;
			provider.write(data);
			if (cut && one.head.startsWith('PUT') && one.bytes > SIZE / 3) {
				cut = false;
				client.destroy();
				provider.end();
			}
		});
		provider.on('data', (data) => client.write(data));
		for (const [from, to] of [[client, provider], [provider, client]] as const) {
			from.on('close', () => to.destroy());
			from.on('error', () => to.destroy());
		}
	});
}

beforeAll(async () => {
	world = await start();
	const port = Number(new URL(PROVIDERS[1] ?? '').port);
	line = breakingLine(port);
	await new Promise<void>((ready) => line.listen(0, '127.0.0.1', ready));
}, 60_000);

afterAll(async () => {
	line?.close();
	await world?.stop();
});

test('the second attempt sends only what is missing', async () => {
	const { page, context } = await visit(world, { path: 'store' });
	const address = line.address();
	if (address === null || typeof address === 'string') throw new Error('the line has no port');
	// The browser is led over the line: the offer on the chain names the provider itself.
	await page.addInitScript(([from, to]) => {
		const turned = (url: string): string => url.replace(from, to);
		const plainFetch = window.fetch.bind(window);
		window.fetch = (input, init) => plainFetch(turned(String(input)), init);
		const plainOpen = XMLHttpRequest.prototype.open;
		XMLHttpRequest.prototype.open = function (this: XMLHttpRequest, method: string, url: string | URL) {
			return plainOpen.call(this, method, turned(String(url)), true);
		};
	}, [PROVIDERS[1] ?? '', `http://127.0.0.1:${address.port}`] as const);
	await page.reload();
	const path = join(mkdtempSync(join(tmpdir(), 'terrace-dapp.')), 'large.bin');
	writeFileSync(path, randomBytes(SIZE));
	await pickAccount(page, 'Dave');
	await page.locator('input[type=file]').setInputFiles(path);
	await page.locator('.choice', { hasText: PROVIDERS[1] ?? '' }).locator('input').check();
	await page.getByLabel('Windows to pay for').fill('2');
	await page.getByText('nothing stands in the way').waitFor({ timeout: 30_000 });
	await page.getByRole('button', { name: 'Sign and store' }).click();
	await page.getByText('attempt 2 follows').waitFor({ timeout: 120_000 });
	await shot(page, 'upload-resumes');
	await page.locator('.journey[data-stage=active]').waitFor({ timeout: 60_000 });
	const rest = carried.find(({ head }) => head.startsWith('PUT') && /content-range: bytes \d+-/i.test(head));
	expect(rest, 'no upload went on').toBeDefined();
	const from = Number(/content-range: bytes (\d+)-/i.exec(rest?.head ?? '')?.[1]);
	expect(from).toBeGreaterThan(0);
	expect(rest?.bytes).toBeGreaterThanOrEqual(SIZE - from);
	expect(rest?.bytes).toBeLessThan(SIZE);
	await context.close();
}, 240_000);
