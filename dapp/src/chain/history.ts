// SPDX-License-Identifier: Apache-2.0
// What happened in the newest blocks of the layers, read from their events.

import { signal } from '@preact/signals';
import type { ApiPromise } from '@polkadot/api';
import type { EventRecord } from '@polkadot/types/interfaces';
import type { Vec } from '@polkadot/types';
import type { Layer } from '../config';
import { apiOf, chains, onBlock } from './connect';
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
	'chainRegistry.FinalityAdvanced',
]);

/** Most happenings that are kept. */
const KEPT = 6_000;
/** Blocks that are read at once when looking back. */
const AT_ONCE = 8;

export const history = signal<Happening[]>([]);
/** Lowest block that was read, by layer. */
export const readFrom = signal<Partial<Record<Layer, number>>>({});

const known = new Set<string>();

async function read(layer: Layer, api: ApiPromise, hash: string, block: number): Promise<Happening[]> {
	const at = await api.at(hash);
	const events = (await at.query['system']?.['events']?.()) as unknown as Vec<EventRecord>;
	return events.flatMap(({ event }, index) => {
		const name = `${event.section}.${event.method}`;
		if (!PALLETS.has(event.section) || NOISE.has(name)) return [];
		return [{ layer, block, hash, index, name, fields: fieldsOf(event) }];
	});
}

function add(found: Happening[]): void {
	const fresh = found.filter(({ hash, index }) => !known.has(`${hash}/${index}`));
	if (fresh.length === 0) return;
	for (const { hash, index } of fresh) known.add(`${hash}/${index}`);
	// A block that lost its place to another one of the same number goes.
	const stale = (old: Happening): boolean =>
		fresh.some((one) => one.layer === old.layer && one.block === old.block && one.hash !== old.hash);
	const all = [...history.peek().filter((old) => !stale(old)), ...fresh];
	all.sort((a, b) => a.block - b.block || a.index - b.index);
	history.value = all.slice(-KEPT);
}

/** Reads every new block of every layer. */
export function watchHistory(): () => void {
	return onBlock((layer, api, hash, block) => {
		if (readFrom.peek()[layer] === undefined) {
			readFrom.value = { ...readFrom.peek(), [layer]: block };
		}
		read(layer, api, hash, block).then(add, () => undefined);
	});
}

/** Reads `blocks` more blocks back from what is read already. */
export async function lookBack(layer: Layer, blocks: number): Promise<void> {
	const api = await apiOf(layer);
	const start = readFrom.peek()[layer] ?? chains[layer].peek().best + 1;
	const end = Math.max(1, start - blocks);
	readFrom.value = { ...readFrom.peek(), [layer]: end };
	for (let top = start - 1; top >= end; top -= AT_ONCE) {
		const numbers = Array.from({ length: Math.min(AT_ONCE, top - end + 1) }, (_, i) => top - i);
		const found = await Promise.all(numbers.map(async (number) => {
			const hash = (await api.rpc.chain.getBlockHash(number)).toHex();
			return read(layer, api, hash, number);
		}));
		add(found.flat());
	}
}
