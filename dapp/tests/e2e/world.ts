// SPDX-License-Identifier: Apache-2.0
// A browser, the built pages, and the local network that they show.

import { mkdirSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
// @ts-expect-error it has no types
import { serve } from '../../serve.mjs';

/** First port of the network, as `terrace-demo --base-port` takes it. */
export const BASE = Number(process.env['TERRACE_BASE_PORT'] ?? 9944);
export const URLS = {
	main: `ws://127.0.0.1:${BASE}`,
	contract: `ws://127.0.0.1:${BASE + 10}`,
	proof: `ws://127.0.0.1:${BASE + 20}`,
};
export const PROVIDERS = [120, 121].map((offset) => `http://127.0.0.1:${BASE + offset}`);

const SHOTS = new URL('../../test-output/', import.meta.url).pathname;
const BROWSER = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const FLAGS = [
	'--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
	'--disable-component-update', '--disable-sync',
];

export interface World {
	browser: Browser;
	home: string;
	stop(): Promise<void>;
}

export async function start(): Promise<World> {
	mkdirSync(SHOTS, { recursive: true });
	const { url, close } = (await serve(0)) as { url: string; close(): void };
	const browser = await chromium.launch({ executablePath: BROWSER, args: FLAGS });
	return {
		browser,
		home: url,
		stop: async () => {
			await browser.close();
			close();
		},
	};
}

export interface Visit {
	context: BrowserContext;
	page: Page;
	/** What the page's own program failed with. */
	errors: string[];
}

export async function visit(
	world: World,
	where: { path?: string; main?: string; contract?: string; proof?: string; width?: number; dark?: boolean; still?: boolean } = {},
): Promise<Visit> {
	const context = await world.browser.newContext({
		viewport: { width: where.width ?? 1280, height: 900 },
		colorScheme: where.dark ? 'dark' : 'light',
		reducedMotion: where.still ? 'reduce' : 'no-preference',
		acceptDownloads: true,
	});
	const page = await context.newPage();
	const errors: string[] = [];
	page.on('pageerror', (error) => errors.push(error.message));
	const { main, contract, proof } = { ...URLS, ...where };
	const query = new URLSearchParams({ main, contract, proof });
	await page.goto(`${world.home}?${query}#/${where.path ?? 'overview'}`);
	return { context, page, errors };
}

export async function pickAccount(page: Page, name: string): Promise<void> {
	await page.locator('button.account').click();
	await page.locator('.accounts button', { hasText: name }).click();
	await page.locator('button.account b', { hasText: name }).waitFor();
}

export async function shot(page: Page, name: string): Promise<void> {
	await page.screenshot({ path: `${SHOTS}${name}.png`, fullPage: true });
}

/** The error that the page shows, by its kind. */
export function trouble(page: Page, kind: string) {
	return page.locator(`.trouble[data-kind="${kind}"]`).first();
}
