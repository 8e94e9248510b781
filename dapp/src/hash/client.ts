// SPDX-License-Identifier: Apache-2.0
// Content ids, counted in a worker: the BLAKE3 hash of the whole content, as `b3sum` prints it.

import { fail } from '../problem';
import type { FromWorker, ToWorker } from './protocol';

function start(): Worker {
	return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
}

function send(worker: Worker, message: ToWorker, transfer: Transferable[] = []): void {
	worker.postMessage(message, transfer);
}

function answer(worker: Worker, progress: (done: number) => void, stop?: AbortSignal): Promise<string> {
	return new Promise((resolve, reject) => {
		const unreadable = (text: string): void => {
			const hint = 'Check that it still exists and that you may read it.';
			reject(fail('file', 'The file cannot be read', hint, text));
		};
		worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
			if (data.kind === 'progress') progress(data.done);
			else if (data.kind === 'root') resolve(data.root);
			else unreadable(data.text);
		};
		worker.onerror = (event) => unreadable(event.message);
		stop?.addEventListener('abort', () => reject(fail('file', 'Hashing was stopped')));
	});
}

/** The content id of a file, in 64 hexadecimal digits. */
export async function hashFile(
	file: Blob,
	progress: (done: number) => void,
	stop?: AbortSignal,
): Promise<string> {
	const worker = start();
	try {
		const root = answer(worker, progress, stop);
		send(worker, { kind: 'file', file });
		return await root;
	} finally {
		worker.terminate();
	}
}

/** Hashes pieces as they arrive. */
export class PieceHasher {
	private readonly worker = start();
	private readonly root = answer(this.worker, () => undefined);

	constructor() {
		// Whoever ends it learns of errors; until then they are not unhandled.
		this.root.catch(() => undefined);
	}

	add(bytes: Uint8Array): void {
		const copy = bytes.slice().buffer as ArrayBuffer;
		send(this.worker, { kind: 'piece', bytes: copy }, [copy]);
	}

	async end(): Promise<string> {
		send(this.worker, { kind: 'end' });
		try {
			return await this.root;
		} finally {
			this.close();
		}
	}

	close(): void {
		this.worker.terminate();
	}
}
