// SPDX-License-Identifier: Apache-2.0
// Runs the code of docs/dapp-builders.md against a local network: npm run snippets

import { readFileSync, rmSync, writeFileSync } from 'node:fs';

const guide = readFileSync(new URL('../../docs/dapp-builders.md', import.meta.url), 'utf8');
const parts = [...guide.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
if (parts.length === 0) throw new Error('the guide has no code');
// Beside this file, so that packages are found.
const file = new URL(`./.snippets-${process.pid}.mjs`, import.meta.url);
const base = Number(process.env.TERRACE_BASE_PORT ?? 9944);
const moved = parts.join('\n').replaceAll(/\b99([456])4\b/g, (_, tens) => String(base + (Number(tens) - 4) * 10));
writeFileSync(file, moved);
try {
	await import(file.href);
	console.log(`${parts.length} pieces of code ran`);
} finally {
	rmSync(file);
}
