// SPDX-License-Identifier: Apache-2.0
// Which nodes are asked.

/** A layer of Terrace. */
export type Layer = 'Main' | 'Contract' | 'Proof';

export const LAYERS: readonly Layer[] = ['Main', 'Contract', 'Proof'];

export type Endpoints = Record<Layer, string>;

const DEFAULTS: Endpoints = {
	Main: 'ws://127.0.0.1:9944',
	Contract: 'ws://127.0.0.1:9954',
	Proof: 'ws://127.0.0.1:9964',
};

const KEY = 'terrace.endpoints';

/** Whether a text is the address of a node. */
export function isEndpoint(text: string): boolean {
	try {
		const url = new URL(text);
		return (url.protocol === 'ws:' || url.protocol === 'wss:') && url.host !== '';
	} catch {
		return false;
	}
}

/** The endpoints: those of the page's address, else the kept ones, else those of a local network. */
export function readEndpoints(search: string, kept: string | null): Endpoints {
	const query = new URLSearchParams(search);
	let stored: Record<string, unknown> = {};
	try {
		const read: unknown = JSON.parse(kept ?? '{}');
		if (typeof read === 'object' && read !== null) stored = read as Record<string, unknown>;
	} catch {
		// What is not ours is ignored.
	}
	const pick = (layer: Layer): string => {
		const candidates = [query.get(layer.toLowerCase()), stored[layer]];
		const found = candidates.find((text) => typeof text === 'string' && isEndpoint(text));
		return (found as string | undefined) ?? DEFAULTS[layer];
	};
	return { Main: pick('Main'), Contract: pick('Contract'), Proof: pick('Proof') };
}

export function endpoints(): Endpoints {
	return readEndpoints(location.search, localStorage.getItem(KEY));
}

/** Keeps endpoints for the next visit; the caller reloads the page. */
export function keepEndpoints(chosen: Endpoints): void {
	localStorage.setItem(KEY, JSON.stringify(chosen));
}

export function forgetEndpoints(): void {
	localStorage.removeItem(KEY);
}
