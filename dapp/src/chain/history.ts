// SPDX-License-Identifier: Apache-2.0
// What happened in the newest blocks of the layers, read from their events.

import { signal } from '@preact/signals';
import type { ApiPromise } from '@polkadot/api';
import type { EventRecord } from '@polkadot/types/interfaces';
import type { Vec } from '@polkadot/types';
import type { Layer } from '../config';
import { apiOf, chains, onBlock, type Head } from './connect';
import { fieldsOf } from './submit';

export interface Happening {
	layer: Layer;
	block: number;
	hash: string;
	/** Place among the block's events. */
	index: number;
	/** Pallet and name, like `storageContracts.ReportApplied`. */
	name: string;
	fields: Record<string, unknown>;
}

/** What is kept: everything else is noise here. */
const PALLETS = new Set(['storageContracts', 'storageProviders', 'proofVerification', 'crossLayer', 'chainRegistry']);
const NOISE = new Set([
	'crossLayer.MessagesReceived',
	'crossLayer.MessagesAcknowledged',
	'chainRegistry.FinalityImported',
]);

/** Most happenings that are kept. */
const KEPT = 6_000;
/** Blocks that are read at once when looking back. */
const AT_ONCE = 8;
/** Blocks that are read back when the page opens. */
const AT_FIRST = 40;
/** Most blocks below a new head that are read because of it. */
const CATCH_UP = 32;

export const history = signal<Happening[]>([]);
/** Lowest block that was read, by layer. */
export const readFrom = signal<Partial<Record<Layer, number>>>({});

/** Hash of every block that was read, by layer and number. */
const blocks = new Map<string, string>();

function place(layer: Layer, number: number): string {
	return `${layer}/${number}`;
}

async function read(layer: Layer, api: ApiPromise, hash: string, block: number): Promise<Happening[]> {
	const at = await api.at(hash);
	const events = (await at.query['system']?.['events']?.()) as unknown as Vec<EventRecord>;
	return events.flatMap(({ event }, index) => {
		const name = `${event.section}.${event.method}`;
		if (!PALLETS.has(event.section) || NOISE.has(name)) return [];
		return [{ layer, block, hash, index, name, fields: fieldsOf(event) }];
	});
}

/** Notes a block's happenings in place of those of a block that lost its place to it. */
function put(layer: Layer, number: number, hash: string, found: Happening[]): void {
	blocks.set(place(layer, number), hash);
	const others = history.peek().filter((one) => one.layer !== layer || one.block !== number);
	if (found.length === 0 && others.length === history.peek().length) return;
	const all = [...others, ...found];
	all.sort((a, b) => a.block - b.block || a.index - b.index);
	history.value = all.slice(-KEPT);
}

/** Reads a new head, and those below it that were missed or replaced. */
async function advance(layer: Layer, api: ApiPromise, head: Head): Promise<void> {
	let { hash, parent, number } = head;
	for (let steps = 0; steps < CATCH_UP; steps += 1) {
		put(layer, number, hash, await read(layer, api, hash, number));
		const below = number - 1;
		if (blocks.get(place(layer, below)) === parent || below < (readFrom.peek()[layer] ?? number)) return;
		const header = await api.rpc.chain.getHeader(parent);
		[hash, parent, number] = [parent, header.parentHash.toHex(), below];
	}
}

/** Reads every new block of every layer. */
export function watchHistory(): () => void {
	return onBlock((layer, api, head) => {
		const first = readFrom.peek()[layer] === undefined;
		if (first) readFrom.value = { ...readFrom.peek(), [layer]: head.number };
		const reading = advance(layer, api, head);
		// The page begins with what happened just now.
		(first ? reading.then(() => lookBack(layer, AT_FIRST)) : reading).catch(() => undefined);
	});
}

/** Reads `count` more blocks back from what is read already. */
export async function lookBack(layer: Layer, count: number): Promise<void> {
	const api = await apiOf(layer);
	const start = readFrom.peek()[layer] ?? chains[layer].peek().best + 1;
	const end = Math.max(1, start - count);
	readFrom.value = { ...readFrom.peek(), [layer]: end };
	for (let top = start - 1; top >= end; top -= AT_ONCE) {
		const numbers = Array.from({ length: Math.min(AT_ONCE, top - end + 1) }, (_, i) => top - i);
		await Promise.all(numbers.map(async (number) => {
			const hash = (await api.rpc.chain.getBlockHash(number)).toHex();
			put(layer, number, hash, await read(layer, api, hash, number));
		}));
	}
}
