// SPDX-License-Identifier: Apache-2.0
// An upload over a line that breaks goes on where it stopped.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pickAccount, PROVIDERS, shot, start, visit, type World } from './world';

const SIZE = 24 * 1024 * 1024;
let world: World;
let line: Server;
/** The uploads that went over the line: where each began, and what it carried. */
const uploads: { range: string | undefined; bytes: number }[] = [];
let cut = true;

/** A line to the provider that breaks in the middle of the first upload. */
function breakingLine(provider: string): Server {
	return createServer((asked, answered) => {
		const { method, url, headers } = asked;
		const onward = request(new URL(url ?? '/', provider), { method, headers, agent: false });
		onward.on('response', (response) => {
			// A browser repeats by itself what broke on a connection that it has used before.
			answered.writeHead(response.statusCode ?? 502, { ...response.headers, connection: 'close' });
			response.pipe(answered);
		});
		onward.on('error', () => answered.destroy());
		const one = { range: headers['content-range'], bytes: 0 };
		if (method === 'PUT') uploads.push(one);
		asked.on('data', (data: Buffer) => {
			one.bytes += data.length;
			if (method === 'PUT' && cut && one.bytes > SIZE / 3) {
				cut = false;
				asked.destroy();
				// What the provider was sent before, it gets.
				onward.socket?.end();
			} else if (!onward.destroyed) {
				onward.write(data);
			}
		});
		asked.on('end', () => onward.end());
		asked.on('error', () => undefined);
	});
}

beforeAll(async () => {
	world = await start();
	line = breakingLine(PROVIDERS[1] ?? '');
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
	const rest = uploads.find(({ range }) => range !== undefined);
	expect(rest, 'no upload went on').toBeDefined();
	const from = Number(/^bytes (\d+)-/.exec(rest?.range ?? '')?.[1]);
	expect(from).toBeGreaterThan(0);
	expect(rest?.bytes).toBe(SIZE - from);
	await context.close();
}, 240_000);
