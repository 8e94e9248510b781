// SPDX-License-Identifier: Apache-2.0
// Talks to providers: uploads and fetches blobs.

import { PieceHasher } from '../hash/client';
import { fail, Failure } from '../problem';

/** How long a provider may take to answer a short question. */
const ANSWER = 10_000;
/** Attempts to upload, and the first pause between them. */
const ATTEMPTS = 6;
const PAUSE = 1_500;

export interface Health {
	status: string;
	provider: string;
	chain: string;
	free_bytes: number;
}

/** The URL that an on-chain endpoint holds, or `undefined` if it is none that can be asked. */
export function endpointUrl(hex: string): string | undefined {
	const digits = hex.startsWith('0x') ? hex.slice(2) : hex;
	const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
	try {
		const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
		const url = new URL(text);
		const usable = (url.protocol === 'http:' || url.protocol === 'https:') && url.host !== '';
		return usable ? text.replace(/\/+$/, '') : undefined;
	} catch {
		return undefined;
	}
}

/** A content id as providers write it. */
export function plainRoot(root: string): string {
	return root.replace(/^0x/, '').toLowerCase();
}

export function providerDown(endpoint: string): Failure {
	return fail(
		'provider-down',
		'The provider is not reachable',
		'Try again later, or choose another provider. What is on the chain is not affected.',
		`Nothing answers at ${endpoint}.`,
	);
}

export async function health(endpoint: string): Promise<Health> {
	const response = await reach(endpoint, 'health', {});
	return (await response.json()) as Health;
}

async function reach(endpoint: string, path: string, init: RequestInit): Promise<Response> {
	let response: Response;
	try {
		response = await fetch(`${endpoint}/${path}`, { signal: AbortSignal.timeout(ANSWER), ...init });
	} catch {
		throw providerDown(endpoint);
	}
	if (!response.ok) throw refused(response.status, await response.text());
	return response;
}

/** What a provider says of its refusal. */
export function refused(status: number, body: string): Failure {
	let said: { error?: string; hint?: string } = {};
	try {
		said = JSON.parse(body) as typeof said;
	} catch {
		// Its status is all there is.
	}
	const hint = said.hint ? `The provider advises: ${said.hint}.` : 'Choose another provider.';
	const failure = fail('provider-refused', 'The provider refused', hint, said.error ?? `Status ${status}.`);
	return Object.assign(failure, { status });
}

/** Whether an upload may succeed if it is tried again. */
export function mayPass(error: unknown): boolean {
	if (!(error instanceof Failure)) return false;
	if (error.problem.kind === 'provider-down') return true;
	const status = (error as Failure & { status?: number }).status ?? 0;
	// The provider may not have seen the proposal yet, or be busy.
	return [404, 408, 425, 429].includes(status) || (status >= 500 && status !== 507);
}

/** Bytes of a contract's upload that the provider has already: all of them if it keeps the blob. */
async function received(what: Upload): Promise<number> {
	try {
		const response = await reach(what.endpoint, `contracts/${what.contract}`, { method: 'HEAD' });
		const offset = Number(response.headers.get('upload-offset'));
		return Number.isSafeInteger(offset) && offset > 0 && offset <= what.file.size ? offset : 0;
	} catch {
		// Whatever is wrong shows when the upload begins.
		return 0;
	}
}

export interface Upload {
	endpoint: string;
	contract: number;
	root: string;
	file: Blob;
}

export interface UploadTold {
	progress(sent: number): void;
	/** It broke off and is tried again. */
	waiting(reason: string, attempt: number): void;
}

/** Sends a blob; goes on by itself where it stopped when the connection breaks or the provider is busy. */
export async function upload(what: Upload, told: UploadTold, stop: AbortSignal): Promise<void> {
	let anew = false;
	for (let attempt = 1; ; attempt += 1) {
		const from: number = anew ? 0 : await received(what);
		try {
			await put(what, from, told.progress, stop);
			told.progress(what.file.size);
			return;
		} catch (error) {
			// A provider that refuses the rest may still take the whole.
			anew = from > 0 && !stop.aborted && !mayPass(error);
			if (stop.aborted || attempt >= ATTEMPTS || !(anew || mayPass(error))) throw error;
			told.waiting((error as Failure).problem.title, attempt);
			await sleep(PAUSE * attempt, stop);
		}
	}
}

function put(what: Upload, from: number, progress: (sent: number) => void, stop: AbortSignal): Promise<void> {
	const size = what.file.size;
	// fetch() tells nothing of how far an upload is.
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest();
		request.open('PUT', `${what.endpoint}/contracts/${what.contract}`);
		request.setRequestHeader('content-type', 'application/octet-stream');
		if (from > 0 && from < size) {
			request.setRequestHeader('content-range', `bytes ${from}-${size - 1}/${size}`);
		}
		request.upload.onprogress = (event) => progress(from + event.loaded);
		request.onload = () => {
			if (request.status >= 200 && request.status < 300) resolve();
			else reject(refused(request.status, request.responseText));
		};
		request.onerror = () => reject(providerDown(what.endpoint));
		request.onabort = () => reject(stopped());
		stop.addEventListener('abort', () => request.abort());
		// Of a blob that is there already nothing is sent: asking is enough to have it accepted.
		request.send(what.file.slice(from));
	});
}

function stopped(): Failure {
	return fail(
		'provider-refused',
		'The upload was stopped',
		'Continue it under My contracts, or withdraw the proposal there.',
	);
}

function sleep(milliseconds: number, stop: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(resolve, milliseconds);
		stop.addEventListener('abort', () => {
			clearTimeout(timer);
			reject(stopped());
		});
	});
}

/** Fetches a blob and checks that it is what its content id says; nothing else is ever handed out. */
export async function download(
	endpoint: string,
	root: string,
	size: bigint,
	progress: (got: number) => void,
	stop: AbortSignal,
): Promise<Blob> {
	const response = await reach(endpoint, `blobs/${plainRoot(root)}`, { signal: stop });
	if (!response.body) throw providerDown(endpoint);
	const hasher = new PieceHasher();
	try {
		const pieces = await receive(response.body, endpoint, size, (bytes, got) => {
			hasher.add(bytes);
			progress(got);
		});
		const found = await hasher.end();
		if (found !== plainRoot(root)) throw corrupt(root, found);
		return new Blob(pieces, { type: 'application/octet-stream' });
	} finally {
		hasher.close();
	}
}

async function receive(
	body: ReadableStream<Uint8Array>,
	endpoint: string,
	size: bigint,
	take: (bytes: Uint8Array, got: number) => void,
): Promise<Uint8Array<ArrayBuffer>[]> {
	const pieces: Uint8Array<ArrayBuffer>[] = [];
	let got = 0;
	const reader = body.getReader();
	for (;;) {
		let piece: ReadableStreamReadResult<Uint8Array>;
		try {
			piece = await reader.read();
		} catch {
			throw providerDown(endpoint);
		}
		if (piece.done) return pieces;
		got += piece.value.length;
		// A provider must not fill the memory with what nobody asked for.
		if (BigInt(got) > size) {
			await reader.cancel();
			throw corrupt('the contract', 'longer data');
		}
		take(piece.value, got);
		pieces.push(piece.value as Uint8Array<ArrayBuffer>);
	}
}

function corrupt(expected: string, found: string): Failure {
	return fail(
		'corrupt',
		'What came back is not the file',
		'It was thrown away. Fetch another copy, or demand an audit of this provider.',
		`Expected ${expected}, found ${found}.`,
	);
}
