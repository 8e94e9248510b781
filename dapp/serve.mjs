// SPDX-License-Identifier: Apache-2.0
// Serves the built dApp on loopback: node serve.mjs [PORT] [--until-input-ends]

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('./dist', import.meta.url));
const KINDS = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.wasm': 'application/wasm',
};
// Nodes and providers are asked directly, wherever they are; nothing else is loaded from elsewhere.
const POLICY = [
	"default-src 'self'",
	"script-src 'self' 'wasm-unsafe-eval'",
	"style-src 'self' 'unsafe-inline'",
	"img-src 'self' data:",
	'connect-src * ws: wss:',
	"frame-ancestors 'none'",
	"base-uri 'none'",
].join('; ');

function file(url) {
	const path = normalize(decodeURIComponent(new URL(url, 'http://localhost').pathname));
	const found = join(ROOT, path.endsWith(sep) ? 'index.html' : path);
	return found.startsWith(ROOT + sep) ? found : undefined;
}

async function answer(request, response) {
	if (request.method !== 'GET' && request.method !== 'HEAD') return response.writeHead(405).end();
	let path;
	try {
		path = file(request.url ?? '/');
	} catch {
		return response.writeHead(400).end();
	}
	const info = path && (await stat(path).catch(() => undefined));
	if (!path || !info?.isFile()) return response.writeHead(404).end();
	response.writeHead(200, {
		'content-type': KINDS[extname(path)] ?? 'application/octet-stream',
		'content-length': info.size,
		'cache-control': path.includes(`${sep}assets${sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache',
		'content-security-policy': POLICY,
		'referrer-policy': 'no-referrer',
		'x-content-type-options': 'nosniff',
	});
	if (request.method === 'HEAD') return response.end();
	createReadStream(path).pipe(response);
}

/** Starts serving; port 0 takes a free one. */
export function serve(port) {
	const server = createServer((request, response) => void answer(request, response));
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			resolve({ url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() });
		});
	});
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	const port = Number(process.argv[2] ?? 9930);
	serve(port).then(
		({ url }) => {
			console.log(`dApp: ${url}`);
			// Whoever started it may be killed without a chance to stop it.
			if (process.argv.includes('--until-input-ends')) {
				process.stdin.resume().once('close', () => process.exit());
			}
		},
		(error) => {
			console.error(`The dApp cannot be served on port ${port}: ${error.message}`);
			process.exitCode = 1;
		},
	);
}
