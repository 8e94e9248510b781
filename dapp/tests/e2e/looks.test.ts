// SPDX-License-Identifier: Apache-2.0
// Every page fits every screen, can be used without a mouse, and is there quickly.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pickAccount, shot, start, visit, type World } from './world';

const PAGES = ['overview', 'store', 'contracts', 'providers', 'chains', 'governance'];
let world: World;

beforeAll(async () => {
	world = await start();
}, 60_000);

afterAll(async () => world?.stop());

for (const width of [360, 768, 1440]) {
	test(`no page is wider than a screen of ${width} pixels`, async () => {
		const { page, context, errors } = await visit(world, { width, dark: width === 768 });
		await page.locator('[data-layer=Proof] .tag.good').waitFor({ timeout: 30_000 });
		await pickAccount(page, 'Dave');
		for (const name of PAGES) {
			await page.evaluate((name) => { location.hash = `#/${name}`; }, name);
			await page.locator(`nav a[href="#/${name}"][aria-current=page]`).waitFor();
			await page.waitForTimeout(1_500);
			const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
			expect(wide, name).toBeLessThanOrEqual(0);
			await shot(page, `${name}-${width}`);
		}
		expect(errors).toEqual([]);
		await context.close();
	}, 120_000);
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

for (const dark of [false, true]) {
	test(`axe finds nothing to complain of in ${dark ? 'dark' : 'light'} colours`, async () => {
		// What fades in has little contrast on its way.
		const { page, context } = await visit(world, { dark, still: true });
		await page.locator('[data-layer=Proof] .tag.good').waitFor({ timeout: 30_000 });
		await pickAccount(page, 'Dave');
		for (const name of PAGES) {
			await page.evaluate((name) => { location.hash = `#/${name}`; }, name);
			await page.waitForTimeout(2_000);
			expect(await page.locator('h1').count()).toBe(1);
			const found = await page.evaluate(`${AXE}; axe.run()`) as AxeResults;
			const told = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
			expect(told, name).toEqual([]);
		}
		await context.close();
	}, 90_000);
}

test('pages are reached with the keyboard alone', async () => {
	const { page, context } = await visit(world);
	await page.locator('nav').waitFor();
	for (let presses = 0; presses < 20; presses += 1) {
		await page.keyboard.press('Tab');
		const text = await page.evaluate(() => document.activeElement?.textContent);
		if (text === 'Providers') break;
	}
	await page.keyboard.press('Enter');
	await page.locator('h1', { hasText: 'Providers' }).waitFor({ timeout: 5_000 });
	// What was opened has the focus, so that it is read out.
	expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
	await context.close();
}, 30_000);

test('the page is there in less than two seconds', async () => {
	const { page, context } = await visit(world);
	await page.locator('h1').waitFor();
	const ready = await page.evaluate(() => {
		const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
		return entry?.domContentLoadedEventEnd ?? Number.POSITIVE_INFINITY;
	});
	expect(ready).toBeLessThan(2_000);
	await context.close();
}, 30_000);

test('a message visibly travels', async () => {
	const { page, context } = await visit(world);
	// A report leaves the proof chain with every window.
	await page.locator('[data-traveller^="bottom-2-up"]').first().waitFor({ state: 'attached', timeout: 60_000 });
	await shot(page, 'overview-travelling');
	await context.close();
}, 90_000);
