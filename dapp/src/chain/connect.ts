// SPDX-License-Identifier: Apache-2.0
// Connections to one node of each layer, and what they say about themselves.

import { signal, type Signal } from '@preact/signals';
import type { ApiPromise } from '@polkadot/api';
import { endpoints, LAYERS, type Layer } from '../config';
import { problemOf, type Problem } from '../problem';

export type Status = 'connecting' | 'ready' | 'down' | 'wrong';

export interface ChainState {
	layer: Layer;
	url: string;
	status: Status;
	/** Identity of the chain: the hash of its genesis header. */
	id?: string;
	name?: string;
	/** Whether the chain is for tests on this machine. */
	local: boolean;
	version?: { name: string; spec: number };
	best: number;
	final: number;
	/** When the newest block was seen, in milliseconds since 1970. */
	seenAt: number;
	problem?: Problem;
}

export const chains: Record<Layer, Signal<ChainState>> = (() => {
	const urls = endpoints();
	const blank = (layer: Layer): ChainState => ({
		layer,
		url: urls[layer],
		status: 'connecting',
		local: false,
		best: 0,
		final: 0,
		seenAt: 0,
	});
	return {
		Main: signal(blank('Main')),
		Contract: signal(blank('Contract')),
		Proof: signal(blank('Proof')),
	};
})();

const apis = new Map<Layer, Promise<ApiPromise>>();
/** A best block. */
export interface Head {
	hash: string;
	parent: string;
	number: number;
}

type Watcher = (layer: Layer, api: ApiPromise, head: Head) => void;
const watchers = new Set<Watcher>();

/** Calls `watcher` for every best block of every layer until the returned function is called. */
export function onBlock(watcher: Watcher): () => void {
	watchers.add(watcher);
	return () => watchers.delete(watcher);
}

function update(layer: Layer, change: Partial<ChainState>): void {
	chains[layer].value = { ...chains[layer].value, ...change };
}

/** The connection to a layer; it is made on the first call. */
export function apiOf(layer: Layer): Promise<ApiPromise> {
	const known = apis.get(layer);
	if (known) return known;
	const made = connect(layer);
	apis.set(layer, made);
	return made;
}

/** Connects to all layers. */
export function connectAll(): void {
	for (const layer of LAYERS) {
		apiOf(layer).catch((error: unknown) => {
			update(layer, { status: 'wrong', problem: problemOf(error) });
		});
	}
}

async function connect(layer: Layer): Promise<ApiPromise> {
	// The library is most of the program: the page is drawn before it is loaded.
	const { ApiPromise, WsProvider } = await import('@polkadot/api');
	const url = chains[layer].value.url;
	const provider = new WsProvider(url, 2_500, {}, 20_000);
	const down = (): void => update(layer, { status: 'down', problem: nodeDown(layer, url) });
	provider.on('disconnected', down);
	provider.on('error', down);
	const api = await ApiPromise.create({ provider, noInitWarn: true, throwOnConnect: false });
	await introduce(layer, api);
	api.on('connected', () => {
		introduce(layer, api).catch((error: unknown) => {
			update(layer, { status: 'wrong', problem: problemOf(error) });
		});
	});
	await follow(layer, api);
	return api;
}

export function nodeDown(layer: Layer, url: string): Problem {
	return {
		kind: 'node-down',
		title: `The ${layer.toLowerCase()} chain's node is not reachable`,
		text: `Nothing answers at ${url}.`,
		hint: 'It is tried again every few seconds. Start the node, or choose another one under Network.',
	};
}

/** Learns who the chain is, and whether it is the one that belongs here. */
async function introduce(layer: Layer, api: ApiPromise): Promise<void> {
	const url = chains[layer].value.url;
	const call = api.call['linkApi']?.['thisChain'];
	if (!call) {
		update(layer, { status: 'wrong', problem: wrongNetwork(layer, url, 'no Terrace chain') });
		return;
	}
	const [id, found] = (await call()).toJSON() as [string, Layer];
	if (found !== layer) {
		const what = `a ${found.toLowerCase()} chain`;
		update(layer, { status: 'wrong', problem: wrongNetwork(layer, url, what) });
		return;
	}
	const [name, type] = await Promise.all([api.rpc.system.chain(), api.rpc.system.chainType()]);
	update(layer, {
		status: 'ready',
		problem: undefined,
		id,
		name: name.toString(),
		local: type.isLocal || type.isDevelopment,
		version: {
			name: api.runtimeVersion.specName.toString(),
			spec: api.runtimeVersion.specVersion.toNumber(),
		},
	});
}

function wrongNetwork(layer: Layer, url: string, found: string): Problem {
	return {
		kind: 'wrong-network',
		title: 'Wrong network',
		text: `A ${layer.toLowerCase()} chain was expected at ${url}, and there is ${found}.`,
		hint: 'Choose the right node under Network.',
	};
}

/** Says that a child is not registered with the parent that was asked. */
export function strangers(parent: Layer, child: Layer): Problem {
	return {
		kind: 'wrong-network',
		title: 'Wrong network',
		text:
			`This ${child.toLowerCase()} chain is not registered with this ` +
			`${parent.toLowerCase()} chain: they belong to different networks.`,
		hint: 'Choose nodes of one network under Network.',
	};
}

async function follow(layer: Layer, api: ApiPromise): Promise<void> {
	await api.rpc.chain.subscribeNewHeads((header) => {
		const number = header.number.toNumber();
		update(layer, { best: number, seenAt: Date.now() });
		if (chains[layer].value.status !== 'ready') return;
		const head = { hash: header.hash.toHex(), parent: header.parentHash.toHex(), number };
		for (const watcher of watchers) watcher(layer, api, head);
	});
	await api.rpc.chain.subscribeFinalizedHeads((header) => {
		update(layer, { final: header.number.toNumber() });
	});
	await api.rpc.state.subscribeRuntimeVersion((version) => {
		const spec = version.specVersion.toNumber();
		update(layer, { version: { name: version.specName.toString(), spec } });
	});
}
