// SPDX-License-Identifier: Apache-2.0
// Hashes away from the page, so that the page stays quick.

import { createBLAKE3, type IHasher } from 'hash-wasm';
import type { FromWorker, ToWorker } from './protocol';

/** Bytes that are read from a file at once. */
const PIECE = 4 * 1024 * 1024;

let running: IHasher | undefined;

function tell(message: FromWorker): void {
	self.postMessage(message);
}

async function hashFile(file: Blob): Promise<void> {
	const hasher = await createBLAKE3();
	let done = 0;
	while (done < file.size) {
		const piece = await file.slice(done, done + PIECE).arrayBuffer();
		if (piece.byteLength === 0) throw new Error('the file became shorter while it was read');
		hasher.update(new Uint8Array(piece));
		done += piece.byteLength;
		tell({ kind: 'progress', done });
	}
	tell({ kind: 'root', root: hasher.digest('hex') });
}

async function handle(message: ToWorker): Promise<void> {
	if (message.kind === 'file') return hashFile(message.file);
	running ??= await createBLAKE3();
	if (message.kind === 'piece') running.update(new Uint8Array(message.bytes));
	else tell({ kind: 'root', root: running.digest('hex') });
}

// Messages are worked on one after the other, in the order in which they came.
let queue: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<ToWorker>): void => {
	queue = queue
		.then(() => handle(data))
		.catch((error: unknown) => tell({ kind: 'error', text: String(error) }));
};
